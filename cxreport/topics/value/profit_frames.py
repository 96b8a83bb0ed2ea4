"""The profit of a company's customers, and which of them cost more than they bring."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd
from scipy.stats import chi2

from cxreport.inputs.roles import CATEGORIES
from cxreport.inputs.source import run
from cxreport.orders.frames import Trade, company_trade
from cxreport.scores.segments import suppress
from cxreport.stats.heterogeneity import heterogeneity
from cxreport.stats.multiplicity import judged
from cxreport.topics.value.customer_groups import asked_for_help, first_values, sent_back
from cxreport.topics.value.losses import COLUMNS as AGAIN
from cxreport.topics.value.losses import losses_again
from cxreport.topics.value.profitability import judge_profits, profitability
from cxreport.topics.value.profits import profit_by_customer, profit_of_nobody
from cxreport.topics.value.whale import whale_curve, whale_peak

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir

    from cxreport.inputs.company import Company

MOST_GROUPS, FEWEST_MONTHS = 12, 12
NO_ORDER = "no order"
COSTS = {"customer_id", "month", "kind", "amount"}
GROUPS = [
    "variable", "level", "n", "losing", "losing_share", "losing_low", "losing_high", "total",
    "estimate", "low", "high", "p_value", "q_value", "signal", "note",
]  # fmt: skip
SPREAD = ["variable", "groups", "p_value", "q_value", "signal"]


@dataclass(frozen=True)
class Profit:
    """What :func:`company_profit` returns; every frame is empty where profit is not known.

    Attributes
    ----------
    total : DataFrame
        One row, as from ``profitability``.
    curve, peak : DataFrame
        As from ``whale_curve`` and ``whale_peak``.
    groups : DataFrame
        One row per variable and level, lowest mean first within a variable: ``variable``
        ("channel": of the first order; "sent_back": part of the orders; "help": requests per
        order; or a column of ``customers``), ``level`` ("no order" once: customers with cost
        only); from
        ``profitability`` ``n``, ``losing``, ``losing_share``, ``losing_low``, ``losing_high``,
        ``total``, ``estimate``, ``low``, ``high``, ``p_value``, ``q_value`` (Holm, over all rows),
        ``signal``, ``note``. Small groups are hidden.
    spread : DataFrame
        One row per variable: ``variable``, ``groups``, ``p_value`` (that their means are alike),
        ``q_value`` (Holm), ``signal``.
    again : DataFrame
        As from ``losses_again``: the second half of the months, by the first; empty with fewer than
        twelve.
    nobody : DataFrame
        As from ``profit_of_nobody``.
    trade : Trade
        What was sold, with its first and last day and its currency.
    has_costs : bool
        Whether costs are known; without them profit is margin only.
    missing : str
        Why there is nothing: "orders" or "margin"; empty where there is profit.
    """

    total: pd.DataFrame
    curve: pd.DataFrame
    peak: pd.DataFrame
    groups: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=GROUPS))
    spread: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=SPREAD))
    again: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=AGAIN))
    nobody: pd.DataFrame = field(default_factory=pd.DataFrame)
    trade: Trade | None = None
    has_costs: bool = False
    missing: str = ""


def company_profit(company: Company, *, rates: Mapping[str, float] | None = None) -> Profit:
    """Return the profit of a company's customers, and which groups cost more than they bring.

    Margins and costs are those from the first day with an order to the end of the period: what was
    spent before on customers, whose orders of then are not in the data, is left out.

    Parameters
    ----------
    company : Company or Survey
        What is reported.
    rates : mapping of str to float, optional
        Currency -> what one unit is worth, see ``in_one_currency``.

    Returns
    -------
    Profit
        Its frames are empty without orders, or without their margin: revenue is no profit.

    Raises
    ------
    CxError
        If there are several currencies without rates.
    """
    trade = company_trade(company, rates=rates)
    if trade.orders is None or not trade.has("margin"):
        missing = "orders" if trade.orders is None else "margin"
        nothing = pd.DataFrame()
        return Profit(nothing, nothing, nothing, trade=trade, missing=missing)
    costs = costs_of(company, trade.first, trade.last)
    profits = profit_by_customer(trade.orders, costs)
    groups, spread = _by_group(company, trade, costs)
    return Profit(
        profitability(profits),
        whale_curve(profits),
        whale_peak(profits),
        groups,
        spread,
        _again(company, trade),
        profit_of_nobody(trade.orders, costs),
        trade,
        has_costs=costs is not None,
    )


def _again(company: Company, trade: Trade) -> pd.DataFrame:
    """Compare the two halves of the months."""
    if trade.orders is None or trade.months < FEWEST_MONTHS:
        return pd.DataFrame(columns=AGAIN)
    halves = []
    for first, last in ((trade.first, trade.split), (trade.after_split, trade.last)):
        begin, end = (dt.datetime.combine(day, dt.time()) for day in (first, last))
        day = trade.orders.ordered_at
        orders = trade.orders.filter(day >= begin, day < end + dt.timedelta(days=1))
        halves.append(profit_by_customer(orders, costs_of(company, first, last)))
    return losses_again(*halves)


def costs_of(company: Company, first: dt.date, last: dt.date) -> ir.Table | None:
    """Return the costs of the months from one day to another; None where the source has none.

    Parameters
    ----------
    company : Company or Survey
        What is reported.
    first, last : date
        First and last day.
    """
    costs = company.table("costs")
    if costs is None or not company.columns_of("costs") >= COSTS:
        return None
    begin = dt.datetime.combine(first.replace(day=1), dt.time())
    end = dt.datetime.combine(last, dt.time()) + dt.timedelta(days=1)
    month = costs.month.cast("timestamp")
    return costs.filter((month >= begin) & (month < end))


def _by_group(
    company: Company, trade: Trade, costs: ir.Table | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Break profit down by what the company knows of its customers."""
    frames, spread = [], []
    for variable, (groups, rest) in _variables(company, trade).items():
        profits = profit_by_customer(trade.orders, costs, groups=groups, by=variable)
        if rest:
            profits = profits.mutate(**{variable: profits[variable].fill_null(rest)})
        levels = suppress(profitability(profits, by=variable).dropna(subset=variable))
        if not 1 < len(levels) <= MOST_GROUPS:
            continue
        ordered = levels.sort_values("estimate", na_position="last").rename(
            columns={variable: "level"}
        )
        frames.append(ordered.assign(variable=variable))
        spread.append({"variable": variable, "groups": len(levels), "p_value": _alike(levels)})
    if not frames:
        empty = Profit(pd.DataFrame(), pd.DataFrame(), pd.DataFrame())
        return empty.groups, empty.spread
    table, between = pd.concat(frames, ignore_index=True), pd.DataFrame(spread)
    level = company.family_level
    together = between.assign(**judged(between["p_value"].astype(float), level))
    return judge_profits(table, level)[GROUPS], together[SPREAD]


def _alike(groups: pd.DataFrame) -> float:
    """Return the p-value of the claim that all groups have one mean (Cochran's Q)."""
    varied = groups[groups["std_error"] > 0]
    if len(varied) < 2:
        return float("nan")
    means, errors = (varied[name].to_numpy(float) for name in ("estimate", "std_error"))
    return float(chi2.sf(heterogeneity(means, errors**2).Q, len(varied) - 1))


def _variables(company: Company, trade: Trade) -> dict[str, tuple[ir.Table, str]]:
    """Return each variable's groups, one row per customer, and the group of all other customers."""
    variables: dict[str, tuple[ir.Table, str]] = {}
    if trade.bought is not None and trade.has("channel"):
        variables["channel"] = (first_values(trade.bought, "channel"), NO_ORDER)
    if trade.bought is not None and trade.has("refund_amount"):
        variables["sent_back"] = (sent_back(trade.bought), "" if variables else NO_ORDER)
    tickets = company.table("tickets")
    if (
        trade.bought is not None
        and tickets is not None
        and {"customer_id", "created_at"} <= company.columns_of("tickets")
    ):
        begin = dt.datetime.combine(trade.first, dt.time())
        asked = tickets.filter(tickets.created_at >= begin, tickets.created_at < company.period.end)
        variables["help"] = (asked_for_help(trade.bought, asked), "" if variables else NO_ORDER)
    customers = company.table("customers")
    if customers is not None and "customer_id" in customers.columns:
        for name, column in company.codebook.tables["customers"].columns.items():
            if column.role in CATEGORIES and name in customers.columns and name not in variables:
                once = customers.group_by("customer_id").aggregate(
                    **{name: customers[name].cast("string").min()}
                )
                if run(once.aggregate(n=once[name].nunique()))["n"].item() <= MOST_GROUPS:
                    variables[name] = (once, "")
    return variables
