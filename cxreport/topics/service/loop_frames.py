"""The closed loop of a company's survey: unhappy customers called back, helped, and asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.topics.service.closed_loop import closed_loop, later_scores
from cxreport.topics.service.rates import RATES

if TYPE_CHECKING:
    from cxreport.inputs.company import Company


def service_loop(company: Company, *, hours: float = 48) -> pd.DataFrame:
    """Say how many of the period's detractors were called back in time, and helped.

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


def service_later(company: Company) -> pd.DataFrame:
    """Say what detractors answered the next time, of all periods up to the last day looked at.

    Parameters
    ----------
    company : Company
        As in :func:`service_loop`, with customers.

    Returns
    -------
    DataFrame
        See :func:`cxreport.topics.service.later_scores`; without a row when nobody answered
        again, or one of the two sides is not there.
    """
    answers, score = company.table("responses"), _score(company)
    if answers is None or not score or "customer_id" not in answers.columns:
        return pd.DataFrame(columns=["called", "metric", "n"])
    found = later_scores(answers, score=score, until=company.until)
    return found if len(found) == 2 else found.iloc[:0]


def _score(company: Company) -> str:
    """Return the column of NPS, if detractors and calls to them are known; else nothing."""
    needed = {"answered_at", "contacted_at", "resolved_at", "period_start"}
    if not needed <= company.columns_of("responses"):
        return ""
    return next(iter(company.codebook.responses.with_role("nps")), "")
