"""What an improvement of the score would be worth to a company, from what was measured there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.inputs.columns import check_result
from cxreport.inputs.meaning import NPS_SCALE
from cxreport.inputs.source import run
from cxreport.orders.frames import PAID, company_trade
from cxreport.orders.rules import next_day
from cxreport.scores.scales import is_valid
from cxreport.scores.spread import NPS_CLASSES
from cxreport.stats.proportions import percent_of
from cxreport.topics.linkage.answer_windows import MONEY
from cxreport.topics.linkage.frames import YEAR
from cxreport.topics.linkage.return_on_experience import (
    INPUTS,
    Quantity,
    return_on_experience,
    tornado,
)
from cxreport.topics.linkage.revenue_at_risk import COLUMNS as AT_RISK
from cxreport.topics.linkage.revenue_at_risk import link_of_money, refusal, revenue_at_risk

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from cxreport.inputs.company import Company
    from cxreport.orders.frames import Trade
    from cxreport.topics.linkage.score_link import ScoreLink

POINTS_APART = 200
"""NPS points between a company of detractors only and one of promoters only."""
ASSUMED, LINKED, COUNTED = "assumed", "linked", "counted"
NO_MARGIN, NO_CUSTOMERS = "margin not known", "no customers"
NO_ORDERS, NO_SCORE = "no orders", "no score"
PLAN = ("input", "estimate", "low", "high", "source", "reason")


def plan_inputs(
    company: Company,
    link: ScoreLink,
    *,
    change: tuple[float, float, float],
    cost: float,
    margin: float = 0.0,
) -> pd.DataFrame:
    """List what a plan rests on: what was measured, and what is assumed.

    Parameters
    ----------
    company : Company
        With orders; those of the twelve months up to the end of the period reported count.
    link : ScoreLink
        From :func:`~cxreport.topics.linkage.frames.company_score_link`.
    change : tuple of three floats
        By how much NPS is to rise: estimate, low, high (points).
    cost : float
        What it costs (money).
    margin : float
        Share of the spend left as margin (0 to 1); that of the orders when 0.

    Returns
    -------
    DataFrame
        Five rows: ``input`` ("change", "effect": later spend a customer that goes with one point
        of NPS, "customers" who bought, "margin", "cost"), ``estimate``, ``low``, ``high`` (the
        ends equal where nothing is known of the spread), ``source`` ("assumed", "linked",
        "counted"), ``reason``, the same in each row: why there is no result: "" where there is
        one, "no orders", "no score", "margin not known", "no customers", or as for
        :func:`~cxreport.topics.linkage.revenue_at_risk`; ``currency``.

    Notes
    -----
    If every customer went from detractor to promoter NPS would rise by 200 points and each would,
    by the link, spend the adjusted difference more; one point is a two-hundredth of that.
    """
    spend, trade = link_of_money(link), company_trade(company)
    counted = _last_year(trade)
    share = margin or counted.get("margin", float("nan"))
    reason = refusal(spend) if not link.differences.empty else _unlinked(trade)
    if not reason and pd.isna(share):
        reason = NO_MARGIN
    if not reason and not counted["customers"]:
        reason = NO_CUSTOMERS
    ends = ("difference", "low", "high")
    effect = [float(spend.get(name, float("nan"))) / POINTS_APART for name in ends]
    rows = {
        "change": [*change, ASSUMED],
        "effect": [*effect, LINKED],
        "customers": [*[counted["customers"]] * 3, COUNTED],
        "margin": [*[share] * 3, ASSUMED if margin else COUNTED],
        "cost": [*[float(cost)] * 3, ASSUMED],
    }
    values = [[name, *rows[name], reason] for name in INPUTS]
    return pd.DataFrame(values, columns=list(PLAN)).assign(currency=trade.currency)


def _unlinked(trade: Trade) -> str:
    """Return what is missing where nothing could be compared."""
    return NO_ORDERS if trade.bought is None else NO_SCORE


def plan_return(inputs: pd.DataFrame, *, draws: int = 10_000, seed: int = 0) -> pd.DataFrame:
    """Work out what a plan brings in; without a row where its inputs give a reason not to.

    Parameters
    ----------
    inputs : DataFrame
        From :func:`plan_inputs`.
    draws, seed : int
        As in :func:`~cxreport.topics.linkage.return_on_experience`.

    Returns
    -------
    DataFrame
        As :func:`~cxreport.topics.linkage.return_on_experience`.
    """
    result = return_on_experience(*_quantities(inputs), draws=draws, seed=seed)
    return result if not _reason(inputs) else result.head(0)


def plan_tornado(inputs: pd.DataFrame) -> pd.DataFrame:
    """Return which input a plan hangs on most; without a row where there is a reason not to.

    Returns
    -------
    DataFrame
        As :func:`~cxreport.topics.linkage.tornado`.
    """
    bars = tornado(*_quantities(inputs))
    return bars if not _reason(inputs) else bars.head(0)


def company_at_risk(company: Company, link: ScoreLink, *, seed: int = 0) -> pd.DataFrame:
    """Estimate the spend that goes with the discontent of a company's detractors, or refuse.

    Parameters
    ----------
    company : Company
        With answers and orders; those of the twelve months up to the end of the period count.
    link : ScoreLink
        From :func:`~cxreport.topics.linkage.frames.company_score_link`.
    seed : int
        Of the draws.

    Returns
    -------
    DataFrame
        As :func:`~cxreport.topics.linkage.revenue_at_risk`; detractors are counted among
        those who answered. With ``currency``. Without a row where there are no answers or no
        orders.
    """
    answers = company.table("responses")
    nothing = pd.DataFrame(columns=[*AT_RISK, "currency"])
    if link.differences.empty or answers is None:
        return nothing
    trade = company_trade(company)
    score = next(iter(company.codebook.responses.with_role("nps")))
    recent = answers.filter(_in_last_year(trade, answers.answered_at))
    valid = recent.filter(is_valid(recent[score], NPS_SCALE))
    detracting = valid[score].isin(list(NPS_CLASSES["detractors"]))
    counts = run(valid.aggregate(count=detracting.sum(), n=valid.count())).fillna(0)
    share = percent_of(counts["count"], counts["n"])[["estimate", "low", "high"]].iloc[0] / 100
    if share.isna().any():
        return nothing
    quantity = (float(share["estimate"]), float(share["low"]), float(share["high"]))
    customers = _last_year(trade)["customers"]
    at_risk = revenue_at_risk(link, share=quantity, customers=customers, seed=seed)
    return at_risk.assign(currency=trade.currency)


def _in_last_year(trade: Trade, day: ir.Value) -> ir.BooleanValue:
    """Return what happened in the twelve months up to the end of the period reported."""
    end = next_day(trade.last)
    since = pd.Timestamp(end) - pd.DateOffset(months=YEAR)
    return (day >= ibis.timestamp(since.to_pydatetime())) & (day < end)


def _last_year(trade: Trade) -> dict[str, float]:
    """Count the customers of the last twelve months, and measure their margin."""
    if trade.bought is None or not trade.has(PAID):
        return {"customers": 0.0}
    recent = trade.bought.filter(_in_last_year(trade, trade.bought.ordered_at))
    sums = {"customers": recent.customer_id.nunique(), "spent": recent[PAID].cast(MONEY).sum()}
    if trade.has("margin"):
        sums["margin"] = recent.margin.cast(MONEY).sum()
    totals = {str(name): value for name, value in run(recent.aggregate(**sums)).iloc[0].items()}
    has_margin = "margin" in totals and totals["spent"]
    share = float(totals["margin"] / totals["spent"]) if has_margin else float("nan")
    return {"customers": float(totals["customers"]), "margin": share}


def _quantities(inputs: pd.DataFrame) -> list[Quantity]:
    """Turn rows into numbers, or into estimates with their ends."""
    check_result(inputs, ("input", "estimate", "low", "high", "reason"), "plan_inputs")
    intervals = inputs.set_index("input").loc[list(INPUTS), ["estimate", "low", "high"]].fillna(0.0)
    ends = [tuple(float(end) for end in row) for row in intervals.to_numpy()]
    return [(mid, low, high) if low < high else mid for mid, low, high in ends]


def _reason(inputs: pd.DataFrame) -> str:
    return str(inputs["reason"].iloc[0])
