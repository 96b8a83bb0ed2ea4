"""The purchases of a company, in one currency and net of refunds, up to the end of its period."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from cxreport.inputs.source import keep, run
from cxreport.orders.currency import in_one_currency
from cxreport.orders.purchases import purchases

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir

    from cxreport.inputs.company import Company

NEEDED = {"customer_id", "ordered_at"}
AMOUNTS = ("net_amount", "refund_amount", "margin")
COLUMNS = ("customer_id", "ordered_at", "status", "channel", *AMOUNTS)
PAID = "paid"
PURCHASED = ("reason", "n")


@dataclass(frozen=True)
class Trade:
    """What :func:`company_trade` returns.

    Attributes
    ----------
    orders : ibis Table or None
        Orders up to ``last`` and those without a day, money in one currency; None where the source
        has none.
    bought : ibis Table or None
        Those that are purchases, with ``paid`` (net of refunds) where the amount is known.
    left_out : DataFrame
        Orders that are no purchase: ``reason``, ``n``.
    first, last : date
        First day with an order, and last day of the period.
    currency : str
        Code of the currency; empty where it is not stated.
    without_currency : int
        Orders whose currency is not stated beside others that state theirs; their money is left
        out.
    """

    orders: ir.Table | None = field(repr=False)
    bought: ir.Table | None
    left_out: pd.DataFrame
    first: dt.date
    last: dt.date
    currency: str = ""
    without_currency: int = 0

    @property
    def months(self) -> int:
        """Calendar months from the first day to the last."""
        return 12 * (self.last.year - self.first.year) + self.last.month - self.first.month + 1

    @property
    def after_split(self) -> dt.date:
        """First day of the second half of the months."""
        begun = pd.Timestamp(self.first).to_period("M") + (self.months + 1) // 2
        return begun.start_time.date()

    @property
    def split(self) -> dt.date:
        """Last day of the first half of the months, the longer one."""
        return self.after_split - dt.timedelta(days=1)

    def has(self, column: str) -> bool:
        """Return whether the purchases have a column."""
        return self.bought is not None and column in self.bought.columns


def company_trade(company: Company, *, rates: Mapping[str, float] | None = None) -> Trade:
    """Read what a company sold, up to the end of its period; once for the same rates.

    Parameters
    ----------
    company : Company or Survey
        What is reported.
    rates : mapping of str to float, optional
        As in ``in_one_currency``.

    Raises
    ------
    CxError
        If there are several currencies without rates.
    """
    named = tuple((rates or {}).items())  # of two with the rate 1 the first is the currency wanted
    return company.once(("trade", named), lambda: _read(company, rates))


def _read(company: Company, rates: Mapping[str, float] | None) -> Trade:
    last = company.period.end - dt.timedelta(days=1)
    orders = company.table("orders")
    nothing = Trade(None, None, pd.DataFrame(columns=list(PURCHASED)), last, last)
    if orders is None or not company.columns_of("orders") >= NEEDED:
        return nothing
    until_then = orders.filter((orders.ordered_at < company.period.end).fill_null(True))
    money = in_one_currency(
        until_then, [name for name in AMOUNTS if name in orders.columns], rates=rates
    )
    held = keep(money.rows.select(*(name for name in COLUMNS if name in orders.columns)))
    first = run(held.aggregate(first=held.ordered_at.min()))["first"].item()
    dated = {"customer_id", "first_seen_at"} <= company.columns_of("customers")
    customers = company.table("customers") if dated else None
    kept = purchases(held, until=last, customers=customers)
    bought = kept.rows
    if pd.isna(first) or not run(bought.aggregate(n=bought.count()))["n"].item():
        return nothing
    if "net_amount" in bought.columns:
        back = bought.refund_amount.fill_null(0) if "refund_amount" in bought.columns else 0
        bought = bought.mutate(**{PAID: bought.net_amount - back})
    unstated = money.counts.loc[money.counts["note"] != "", "n"].sum()
    return Trade(
        held, bought, kept.left_out, pd.Timestamp(first).date(), last,
        money.currency, int(unstated),
    )  # fmt: skip
