"""How well a company's requests for help were handled in one period, and in the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.scores.compare import compare
from cxreport.topics.service.frames import company_tickets, of_period
from cxreport.topics.service.rates import RATES, handled_rates, within_level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxreport.inputs.company import Company
    from cxreport.topics.service.tickets import Tickets

LEVELS: Mapping[str, float] = {"first_reply": 8, "solution": 48}
"""Hours within which customers should hear from the company, and be helped."""
HANDLED = [*RATES, "estimate_reference", "n_reference", "difference", "difference_low",
           "difference_high", "p_value", "q_value", "signal"]  # fmt: skip


def service_rates(
    company: Company, *, hours: Mapping[str, float] = LEVELS, level: float = 0.95
) -> pd.DataFrame:
    """Say how well the period's requests were handled, and what changed since the one before.

    Parameters
    ----------
    company : Company
        From ``open_company``, or a survey.
    hours : mapping of str to float
        Metric -> service level in hours.
    level : float
        Confidence level of the rates, between 0 and 1.

    Returns
    -------
    DataFrame
        One row a rate: the columns of :func:`cxreport.topics.service.within_level` and
        :func:`cxreport.topics.service.handled_rates`; then, against the period before,
        ``estimate_reference`` (percent), ``n_reference``, ``difference`` (points),
        ``difference_low``, ``difference_high`` (Newcombe), ``p_value``, ``q_value`` (Holm over the
        rates), ``signal`` (empty if it cannot be said).
    """
    tickets = company_tickets(company)
    if tickets is None:
        return pd.DataFrame(columns=HANDLED)
    whole = company.history_of("tickets")
    sides = [_rates(of_period(tickets, period), hours, level) for period in whole[:-3:-1]]
    if not sides or sides[0].empty:
        return pd.DataFrame(columns=HANDLED)
    before = sides[1] if len(sides) > 1 else sides[0].iloc[:0]
    found = compare(sides[0], before, level=company.family_level, correction="holm")
    found = found.rename(columns={"low": "difference_low", "high": "difference_high"})
    added = [name for name in HANDLED if name not in RATES]
    return sides[0].merge(found[["metric", *added]], on="metric")[HANDLED]


def _rates(tickets: Tickets, hours: Mapping[str, float], level: float) -> pd.DataFrame:
    """Put all rates of a set of requests below each other."""
    parts = [
        within_level(tickets, metric, hours[metric], level=level)
        for metric in tickets.metrics
        if metric in hours
    ]
    parts.append(handled_rates(tickets, level=level))
    filled = [part for part in parts if not part.empty]
    return pd.concat(filled, ignore_index=True) if filled else parts[-1]
