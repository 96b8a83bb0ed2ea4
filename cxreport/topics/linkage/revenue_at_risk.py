"""What detractors would have spent if they bought as promoters do, or why nobody can say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.topics.linkage.return_on_experience import Quantity, draw_quantity, ends_of
from cxreport.topics.linkage.score_link import ADJUSTED, SPENT

if TYPE_CHECKING:
    from cxreport.topics.linkage.score_link import ScoreLink

NO_MONEY, NO_LINK = "no amounts", "no link found"
COLUMNS = ("share", "customers", "difference", "estimate", "low", "high", "draws", "reason")


def revenue_at_risk(
    link: ScoreLink,
    *,
    share: Quantity,
    customers: Quantity,
    draws: int = 10_000,
    seed: int = 0,
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate the spend that goes with the discontent of the worst class, or refuse to.

    Detractors x the measured difference of later spend between promoters and detractors who
    bought alike before. Nothing in it is a constant of the trade.

    Parameters
    ----------
    link : ScoreLink
        From :func:`~cxreport.topics.linkage.score_link`.
    share : float or tuple
        Detractors among customers (0 to 1): a number, or (estimate, low, high) with the ends of
        its interval at ``level``.
    customers : float or tuple
        Customers who buy.
    draws : int
        How often the product is worked out with values drawn from the intervals.
    seed : int
        Of the random numbers.
    level : float
        Confidence level, the one of ``link``.

    Returns
    -------
    DataFrame
        One row: ``share``, ``customers``; ``difference`` (money a customer, adjusted),
        ``estimate``, ``low``, ``high`` (money in one window of the link; percentiles of the
        draws), ``draws``, ``reason``: why there is no estimate: "" where there is one, "no
        amounts", "too few answers", "no variance", "placebo not clean", "placebo cannot be said",
        "no link found" (no signal, or promoters spend no more).

    Raises
    ------
    CxError
        If an input is no number, the share is not between 0 and 1, or ``draws`` is below 1.

    Notes
    -----
    An upper bound at best: an association among respondents, carried over to all customers.

    Examples
    --------
    >>> from cxreport.topics.linkage.score_link import ScoreLink
    >>> row = {"outcome": "spent_after", "analysis": "adjusted", "difference": 40.0, "low": 30.0,
    ...     "high": 50.0, "signal": True, "note": ""}
    >>> link = ScoreLink(pd.DataFrame([row]), pd.DataFrame(), pd.DataFrame())
    >>> revenue_at_risk(link, share=0.2, customers=1_000)[["share", "difference", "estimate"]]
       share  difference  estimate
    0    0.2        40.0    8000.0
    """
    part, number = (ends_of(name, value)[0] for name, value in
                    (("share", share), ("customers", customers)))  # fmt: skip
    if not 0 <= part <= 1:
        raise CxError("not a share", where="share", got=part, expected="a number from 0 to 1")
    if draws < 1:
        raise CxError("no draws", got=draws, expected="1 or more")
    spend = link_of_money(link)
    difference = float(spend.get("difference", np.nan))
    if reason := refusal(spend):
        values = [part, number, difference, *[np.nan] * 3, 0, reason]
        return pd.DataFrame([values], columns=list(COLUMNS))
    generator = np.random.default_rng(seed)
    gap = (difference, float(spend["low"]), float(spend["high"]))
    drawn = [draw_quantity(value, draws, generator, level) for value in (share, customers, gap)]
    low, high = np.quantile(np.prod(drawn, axis=0), [(1 - level) / 2, (1 + level) / 2])
    estimate = part * number * difference
    values = [part, number, difference, estimate, float(low), float(high), draws, ""]
    return pd.DataFrame([values], columns=list(COLUMNS))


def link_of_money(link: ScoreLink) -> dict[str, Any]:
    """Return the adjusted row of later spend, or nothing where no money was counted."""
    differences = link.differences
    rows = differences[(differences["outcome"] == SPENT) & (differences["analysis"] == ADJUSTED)]
    return {str(name): value for name, value in rows.iloc[0].items()} if len(rows) else {}


def refusal(row: dict[str, Any]) -> str:
    """Return why a link makes no money; nothing where it does."""
    if not row:
        return NO_MONEY
    if row["note"]:
        return str(row["note"])
    positive = not pd.isna(row["signal"]) and bool(row["signal"]) and row["difference"] > 0
    return "" if positive else NO_LINK
