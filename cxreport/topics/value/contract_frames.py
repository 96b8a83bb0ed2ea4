"""What a customer with a contract is worth: yearly margin, how many renew, and what money costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from cxreport.orders.frames import company_trade
from cxreport.stats.intervals import normal_quantile
from cxreport.topics.retention.contract_frames import company_contracts
from cxreport.topics.retention.contracts import usable_contracts
from cxreport.topics.value.customer_value import margin_multiple
from cxreport.topics.value.profit_frames import costs_of
from cxreport.topics.value.profitability import profitability
from cxreport.topics.value.profits import profit_by_customer

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir

    from cxreport.inputs.company import Company
    from cxreport.orders.frames import Trade

COLUMNS = [
    "n", "retention", "retention_low", "retention_high", "margin", "margin_low", "margin_high",
    "discount", "multiple", "estimate", "low", "high", "note",
]  # fmt: skip
NOT_POSITIVE = "the margin may be 0 or less"


@dataclass(frozen=True)
class Membership:
    """What :func:`company_membership` found.

    Attributes
    ----------
    value : DataFrame
        One row: ``n`` (customers under contract a year before the end of the period),
        ``retention``, ``retention_low``, ``retention_high`` (percent of them still there),
        ``margin``, ``margin_low``, ``margin_high`` (what each left in that year: margin less cost
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
    nothing = pd.DataFrame(columns=COLUMNS)
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
    return Membership(pd.DataFrame([row], columns=COLUMNS), trade.currency)


def _yearly_margin(company: Company, trade: Trade, since: pd.Timestamp) -> pd.Series:
    """Work out what each member of the beginning left in the year since then."""
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
