"""From a company: how requests are handled, why they come, and who is called back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.inputs.source import run
from cxreport.scores.compare import compare
from cxreport.topics.service.closed_loop import closed_loop, later_scores
from cxreport.topics.service.control import CHARTED, chart_periods
from cxreport.topics.service.rates import RATES, handled_rates, within_level
from cxreport.topics.service.reasons import PARETO, avoidable_contacts, contact_reasons
from cxreport.topics.service.wait_frames import company_tickets, of_period

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cxreport.inputs.company import Company
    from cxreport.topics.service.tickets import Tickets

LEVELS: Mapping[str, float] = {"first_reply": 8, "solution": 48}
"""Hours within which customers should hear from the company, and be helped."""
HANDLED = [*RATES, "estimate_reference", "n_reference", "difference", "difference_low",
           "difference_high", "p_value", "q_value", "signal"]  # fmt: skip


def company_rates(
    company: Company, *, hours: Mapping[str, float] = LEVELS, level: float = 0.95
) -> pd.DataFrame:
    """Return how well the period's requests were handled, and what changed since the one before.

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
        One row per rate: the columns of :func:`cxreport.topics.service.within_level` and
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
    differences = compare(sides[0], before, level=company.family_level, correction="holm")
    differences = differences.rename(columns={"low": "difference_low", "high": "difference_high"})
    added = [name for name in HANDLED if name not in RATES]
    return sides[0].merge(differences[["metric", *added]], on="metric")[HANDLED]


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


def company_reasons(company: Company) -> pd.DataFrame:
    """Return why customers asked for help in the period, and which reasons grew.

    Parameters
    ----------
    company : Company
        From ``open_company``, or a survey.

    Returns
    -------
    DataFrame
        See :func:`cxreport.topics.service.contact_reasons`; the reference are all periods
        of the history before the one reported.
    """
    tickets = company_tickets(company)
    if tickets is None or "reason" not in tickets.rows.columns:
        return pd.DataFrame(columns=list(PARETO))
    whole = company.history_of("tickets")
    rows, before = tickets.rows, [period.start for period in whole[:-1]]
    current = rows.filter(rows.period_start == company.period.start)
    reference = rows.filter(rows.period_start.isin(before)) if before else None
    if reference is not None and not run(reference.count().name("n"))["n"].item():
        reference = None
    return contact_reasons(current, reference, family_level=company.family_level)


def avoidable_history(company: Company, avoidable: Sequence[str]) -> pd.DataFrame:
    """Judge the avoidable requests per 100 orders, period by period, by a control chart.

    Parameters
    ----------
    company : Company
        From ``open_company``, or a survey; with orders and reasons of the requests.
    avoidable : sequence of str
        Codes of ``reason`` that are declared avoidable.

    Returns
    -------
    DataFrame
        One row per period of the history: ``period`` (name), ``n`` (orders), ``contacts``,
        ``estimate``, ``low``, ``high`` (requests per 100 orders) and, from ``chart_counts``:
        ``centre``, ``lower``, ``upper``, ``signal``, ``direction``, ``note``.
        Without a row when no reason is declared or found, or there are fewer than two periods.
    """
    columns = [*CHARTED[:2], "contacts", *CHARTED[2:]]
    tickets, orders = company_tickets(company), company.table("orders")
    if tickets is None or orders is None or not avoidable:
        return pd.DataFrame(columns=columns)
    if "reason" not in tickets.rows.columns or "period_start" not in orders.columns:
        return pd.DataFrame(columns=columns)
    contacts = avoidable_contacts(tickets.rows, orders, avoidable=avoidable, by="period_start")
    whole = [pd.Timestamp(period.start) for period in company.history_of("orders")]
    # No half month of orders.
    contacts = contacts[pd.to_datetime(contacts["period_start"]).isin(whole)]
    if not contacts["contacts"].sum():
        return pd.DataFrame(columns=columns)
    chart = chart_periods(contacts, company)
    return chart if chart.empty else chart[columns]


def company_loop(company: Company, *, hours: float = 48) -> pd.DataFrame:
    """Return how many of the period's detractors were called back in time, and helped.

    Parameters
    ----------
    company : Company
        With a survey that asks NPS and knows ``contacted_at`` and ``resolved_at``.
    hours : float
        How soon a detractor should be called back.

    Returns
    -------
    DataFrame
        See :func:`cxreport.topics.service.closed_loop`.
    """
    answers, score = company.table("responses"), _score(company)
    if answers is None or not score:
        return pd.DataFrame(columns=list(RATES))
    current = answers.filter(answers.period_start == company.period.start)
    return closed_loop(current, score=score, until=company.until, hours=hours)


def company_later(company: Company) -> pd.DataFrame:
    """Return what detractors answered the next time, of all periods up to the last day looked at.

    Parameters
    ----------
    company : Company
        As in :func:`company_loop`, with customers.

    Returns
    -------
    DataFrame
        See :func:`cxreport.topics.service.later_scores`; without a row when nobody answered
        again, or one of the two sides is not there.
    """
    answers, score = company.table("responses"), _score(company)
    if answers is None or not score or "customer_id" not in answers.columns:
        return pd.DataFrame(columns=["called", "metric", "n"])
    scores = later_scores(answers, score=score, until=company.until)
    return scores if len(scores) == 2 else scores.iloc[:0]


def _score(company: Company) -> str:
    """Return the column of NPS, if detractors and calls to them are known; else nothing."""
    needed = {"answered_at", "contacted_at", "resolved_at", "period_start"}
    if not needed <= company.columns_of("responses"):
        return ""
    return next(iter(company.codebook.responses.with_role("nps")), "")
