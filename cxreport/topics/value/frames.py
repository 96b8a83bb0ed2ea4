"""What a company's customers will bring: orders to come, spend, value, and contracts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from cxreport.inputs.source import run
from cxreport.orders.frames import PAID, Trade, company_trade
from cxreport.stats.intervals import normal_quantile
from cxreport.topics.retention import company_contracts, usable_contracts
from cxreport.topics.value.bgnbd import fit_buying
from cxreport.topics.value.buying import buying_history
from cxreport.topics.value.buying_check import ForecastCheck, check_forecast
from cxreport.topics.value.buying_forecast import forecast_buying
from cxreport.topics.value.customer_value import WEEKS_A_YEAR, customer_value, margin_multiple
from cxreport.topics.value.gamma_gamma import (
    fit_spending,
    mean_spend,
    spend_and_frequency,
    spending_history,
)
from cxreport.topics.value.profit_frames import costs_of
from cxreport.topics.value.profitability import profitability
from cxreport.topics.value.profits import ACQUISITION, profit_by_customer

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir

    from cxreport.inputs.company import Company
    from cxreport.topics.value.likelihood import Fit

FEWEST_MONTHS = 6
CLASSES = {"1": (0, 0), "2": (1, 1), "3 to 5": (2, 4), "6+": (5, np.inf)}
"""Purchases so far -> the fewest and most repeat purchases."""
MARGIN, SERVED = "margin", "margin less service"
CONTRACT = [
    "n", "retention", "retention_low", "retention_high", "margin", "margin_low", "margin_high",
    "discount", "multiple", "estimate", "low", "high", "note",
]  # fmt: skip
NOT_POSITIVE = "the margin may be 0 or less"


@dataclass(frozen=True)
class Buying:
    """What :func:`company_buying` returns; every frame is empty where there are no orders.

    Attributes
    ----------
    fit : Fit or None
        The model of buying, on all months.
    forecast : DataFrame
        One row, as from ``forecast_buying``, for the weeks of a year.
    check : ForecastCheck or None
        Fitted on the first half of the months, compared with the second; None with fewer than six
        months.
    spend : DataFrame
        One row, as from ``mean_spend``; empty without amounts.
    value : DataFrame
        One row per class of customers, by ``purchases`` so far ("1", "2", "3 to 5", "6+", "all"),
        as from ``customer_value``; empty without amounts.
    correlation : float
        Of how often and how much customers bought, see ``spend_and_frequency``.
    discount : float
        Rate a year.
    margin : float or None
        What is left of a euro spent, and
    margin_is : str
        what that is: "margin", or "margin less service" where the cost to serve is known.
    trade : Trade
        What was sold, with its first and last day and its currency.
    """

    trade: Trade
    discount: float
    fit: Fit | None = None
    forecast: pd.DataFrame = field(default_factory=pd.DataFrame)
    check: ForecastCheck | None = None
    spend: pd.DataFrame = field(default_factory=pd.DataFrame)
    value: pd.DataFrame = field(default_factory=pd.DataFrame)
    correlation: float = np.nan
    margin: float | None = None
    margin_is: str = ""


def company_buying(
    company: Company, *, discount: float = 0.1, rates: Mapping[str, float] | None = None
) -> Buying:
    """Forecast a year of a company's customers, and check the forecast on months held out.

    Parameters
    ----------
    company : Company or Survey
        What is reported.
    discount : float
        Rate a year, above -1; 0.1 for 10%.
    rates : mapping of str to float, optional
        Currency -> what one unit is worth, see ``in_one_currency``.

    Returns
    -------
    Buying
        Its frames are empty without orders.

    Raises
    ------
    CxError
        If there are several currencies without rates, or the discount rate is out of range.
    """
    trade = company_trade(company, rates=rates)
    if trade.bought is None:
        return Buying(trade, discount)
    paid = PAID if trade.has(PAID) else None
    history = buying_history(trade.bought, amount=paid, until=trade.last)
    fit = fit_buying(history)
    buying = Buying(
        trade, discount, fit, forecast_buying(fit, history, WEEKS_A_YEAR), _check(trade)
    )
    if paid is None:
        return buying
    spent = spending_history(trade.bought, amount=paid, until=trade.last)
    spending = fit_spending(spent)
    margin, margin_is = _margin(company, trade)
    worth = partial(customer_value, buying=fit, spending=spending, discount=discount, margin=margin)
    by_class = worth(_classed(history), by="purchases")
    order = by_class["purchases"].map(list(CLASSES).index)
    everybody = worth(history).assign(purchases="all")
    value = pd.concat([by_class.iloc[order.argsort()], everybody], ignore_index=True)
    return replace(
        buying, spend=mean_spend(spending), value=value, correlation=spend_and_frequency(spent),
        margin=margin, margin_is=margin_is,
    )  # fmt: skip


def _check(trade: Trade) -> ForecastCheck | None:
    """Fit the first half of the months, and hold out the second."""
    if trade.months < FEWEST_MONTHS or trade.bought is None:
        return None
    return check_forecast(trade.bought, split=trade.split, until=trade.last)


def _classed(history: pd.DataFrame) -> pd.DataFrame:
    """Name the class of each history by its purchases so far."""
    repeats = history["repeats"]
    named = np.select(
        [repeats.between(low, high) for low, high in CLASSES.values()], list(CLASSES), ""
    )
    return history.assign(purchases=pd.Series(named, index=history.index, dtype="str"))


def _margin(company: Company, trade: Trade) -> tuple[float | None, str]:
    """Return what is left of the money spent, after the cost to serve where that is known."""
    if trade.bought is None or not trade.has("margin"):
        return None, ""
    both = trade.bought.filter(trade.bought.margin.notnull(), trade.bought[PAID].notnull())
    exact = {name: both[name].cast("decimal(18, 4)").sum() for name in ("margin", PAID)}
    sums = run(both.aggregate(**exact)).iloc[0]
    costs = costs_of(company, trade.first, trade.last)
    served = 0.0
    if costs is not None:
        serving = costs.filter((costs.kind != ACQUISITION).fill_null(True))
        exact_cost = serving.amount.cast("decimal(18, 4)").sum().fill_null(0)
        served = float(run(serving.aggregate(n=exact_cost))["n"].item())
    if not sums[PAID] > 0:
        return None, ""
    left = float((sums["margin"] - served) / sums[PAID])
    return (left if 0 <= left <= 1 else None), (MARGIN if costs is None else SERVED)


@dataclass(frozen=True)
class Membership:
    """What :func:`company_membership` returns.

    Attributes
    ----------
    value : DataFrame
        One row: ``n`` (customers under contract a year before the end of the period),
        ``retention``, ``retention_low``, ``retention_high`` (percent of them still there),
        ``margin``, ``margin_low``, ``margin_high`` (profit of each in that year: margin less cost
        to serve, money), ``discount`` (rate a year), ``multiple`` (yearly margins a contract is
        worth), ``estimate``, ``low``, ``high`` (money a contract; the interval from those of
        retention and margin, taken as independent; empty if the margin may be 0 or less),
        ``note``. Without a row where there are no contracts or no margins.
    currency : str
        Code of the currency.
    missing : str
        Why there is nothing: "contracts" or "margin"; else empty.
    """

    value: pd.DataFrame
    currency: str = ""
    missing: str = ""


def company_membership(
    company: Company, *, discount: float = 0.1, rates: Mapping[str, float] | None = None
) -> Membership:
    """Value a contract: what a member left last year, as long as members stay.

    Parameters
    ----------
    company : Company or Survey
        What is reported.
    discount : float
        Rate a year, above 0.
    rates : mapping of str to float, optional
        Currency -> what one unit is worth, see ``in_one_currency``.

    Returns
    -------
    Membership
        Its frame ``value`` is without a row where the source has no contracts or no margins.

    Raises
    ------
    CxError
        If there are several currencies without rates, or the discount rate is out of range.

    Notes
    -----
    m r / (1 + i - r), see ``margin_multiple``: retention and margin stay what they were in the last
    year. Fees for the contract itself count only if they are orders.
    """
    years = company_contracts(company).years
    nothing = pd.DataFrame(columns=CONTRACT)
    if years.empty:
        return Membership(nothing, missing="contracts")
    trade = company_trade(company, rates=rates)
    if trade.orders is None or not trade.has("margin"):
        return Membership(nothing, missing="margin")
    year = years.iloc[0]
    yearly = _yearly_margin(company, trade, pd.Timestamp(year["since"]))
    row = {
        "n": int(year["at_start"]),
        **_named("retention", year),
        **_named("margin", yearly),
        "discount": discount,
        **_worth(year, yearly, discount),
    }
    return Membership(pd.DataFrame([row], columns=CONTRACT), trade.currency)


def _yearly_margin(company: Company, trade: Trade, since: pd.Timestamp) -> pd.Series:
    """Work out the profit of each member of the beginning in the year since then."""
    contracts = company.table("customers")
    usable, begun, ended = usable_contracts(
        contracts, "customer_id", "contract_start", "contract_end"
    )
    moment = ibis.timestamp(since.to_pydatetime())
    members = usable.filter((begun < moment) & (ended.isnull() | (ended >= moment)))
    members = members.select("customer_id").distinct()
    orders: ir.Table = trade.orders
    year = orders.filter(orders.ordered_at >= since.to_pydatetime())
    year = year.semi_join(members, "customer_id")
    nothing = members.select("customer_id", margin=ibis.literal(0.0))
    every = year.select("customer_id", margin=year.margin.cast("float64")).union(nothing)
    costs = costs_of(company, since.date(), trade.last)
    served = None if costs is None else costs.semi_join(members, "customer_id")
    profits = profit_by_customer(every, served, acquisition=())
    return profitability(profits).iloc[0]


def _named(name: str, row: pd.Series) -> dict[str, float]:
    ends = {"": "estimate", "_low": "low", "_high": "high"}
    return {f"{name}{end}": float(row[column]) for end, column in ends.items()}


def _worth(year: pd.Series, yearly: pd.Series, discount: float) -> dict[str, object]:
    """Multiply, and add up the two variances on the log scale."""
    shares = [float(year[name]) / 100 for name in ("estimate", "low", "high")]
    multiple, least, most = (margin_multiple(share, discount) for share in shares)
    margin, estimate = float(yearly["estimate"]), multiple * float(yearly["estimate"])
    if not (margin > 0 and float(yearly["low"]) > 0 and least > 0):
        return {
            "multiple": multiple, "estimate": estimate, "low": np.nan, "high": np.nan,
            "note": NOT_POSITIVE,
        }  # fmt: skip
    z = normal_quantile(0.95)
    spread = np.log(most / least) / (2 * z)
    reach = z * (spread**2 + (float(yearly["std_error"]) / margin) ** 2) ** 0.5
    return {
        "multiple": multiple,
        "estimate": estimate,
        "low": estimate * np.exp(-reach),
        "high": estimate * np.exp(reach),
        "note": "",
    }
