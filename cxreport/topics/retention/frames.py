"""Do the customers of a company come back, and do its contracts last: every frame, made at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from cxreport.inputs.source import keep, run
from cxreport.orders.purchases import purchases
from cxreport.topics.retention.chart import CHART, retention_chart
from cxreport.topics.retention.cohort_ages import retention_by_age
from cxreport.topics.retention.cohorts import CELLS, cohorts
from cxreport.topics.retention.contracts import COLUMNS, contractual_retention
from cxreport.topics.retention.first_orders import orders_outside_cohorts
from cxreport.topics.retention.lapse import WINDOW, churn_window
from cxreport.topics.retention.renewals import Checked, contract_survivors, project_and_check
from cxreport.topics.retention.repeat import REPEAT, repeat_purchase

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from cxreport.inputs.company import Company

DAYS = (30, 90, 180, 365)
SHARES = (0.5, 0.8, 0.9, 0.95, 0.99)
LONGEST, STEP, FEWEST = 730, 7, 10
"""The curve ends after two years, goes by weeks, and stops where fewer than ten are followed."""
ORDERED = {"customer_id", "ordered_at"}
UNDER_CONTRACT = {"customer_id", "contract_start", "contract_end"}
YEARS = 3
BY_AGE = [
    "age", "cohorts", "at_risk", "events", "estimate", "std_error", "low", "high", "method", "note",
]  # fmt: skip
COUNTED = ["counted", "orders", "at_risk", "estimate", "low", "high"]


def _empty(*columns: str) -> pd.DataFrame:
    """Return a frame without rows, its words as text and its numbers as numbers."""
    words = {"cohort", "period", "note", "method", "reason", "counted", "signal", "direction"}
    kinds = {name: "str" if name in words else "float64" for name in columns}
    return pd.DataFrame(columns=list(columns)).astype(kinds)


@dataclass(frozen=True)
class Retention:
    """What :func:`company_retention` returns; every frame is empty where there is nothing to count.

    Attributes
    ----------
    cohorts : DataFrame
        Customers by month of their first purchase, as from ``cohorts``.
    by_age : DataFrame
        As from ``retention_by_age``.
    chart : DataFrame
        Retention in the month after the first by cohort, as from ``retention_chart``.
    second_orders : DataFrame
        As from ``repeat_purchase``, after 30, 90, 180 and 365 days.
    curve : DataFrame
        The same, week by week, as long as ten customers are followed.
    windows : DataFrame
        As from ``churn_window``, for 50, 80, 90, 95 and 99 percent of waits.
    left_out : DataFrame
        Orders that are no purchase: ``reason``, ``n``.
    counted : DataFrame
        Retention in the month after the first, counted in two ways: ``counted`` ("purchases",
        "every order" with a customer and a day), ``orders``, ``at_risk`` (customers of completed
        cohorts), ``estimate``, ``low``, ``high`` (percent).
    orders : int
        Orders read, up to the last day.
    dated : bool
        Whether the source says since when it knows its customers.
    earlier : int
        Customers with a purchase who were customers before the first order of the data, or may
        have been: those of its first month, if nothing is dated. They count in no frame but
        ``windows``; ``cohorts`` has the row of the first month, if nothing is dated.
    """

    cohorts: pd.DataFrame = field(default_factory=lambda: _empty(*CELLS))
    by_age: pd.DataFrame = field(default_factory=lambda: _empty(*BY_AGE))
    chart: pd.DataFrame = field(default_factory=lambda: _empty(*CHART))
    second_orders: pd.DataFrame = field(default_factory=lambda: _empty(*REPEAT))
    curve: pd.DataFrame = field(default_factory=lambda: _empty(*REPEAT))
    windows: pd.DataFrame = field(default_factory=lambda: _empty(*WINDOW))
    left_out: pd.DataFrame = field(default_factory=lambda: _empty("reason", "n"))
    counted: pd.DataFrame = field(default_factory=lambda: _empty(*COUNTED))
    orders: int = 0
    dated: bool = False
    earlier: int = 0


def company_retention(company: Company) -> Retention:
    """Return whether a company's customers come back, from its orders.

    Parameters
    ----------
    company : Company or Survey
        What is reported; its orders up to its last day count.

    Returns
    -------
    Retention
        Frames that are all empty without a table of orders with ``customer_id`` and
        ``ordered_at``, or without a purchase. Cohorts and second orders are of customers whose
        first purchase is surely in the data: those first seen (``customers.first_seen_at``) before
        its first order are no new customers, nor, where nothing says so, those of its first month.

    Raises
    ------
    CxError
        If the orders' dates are no times.
    """
    return company.once("retention", lambda: _retention(company))


def _retention(company: Company) -> Retention:
    """Make the frames, once a company: several sections of a report read them."""
    orders = company.table("orders")
    if orders is None or not company.columns_of("orders") >= ORDERED:
        return Retention()
    until, customers = company.until, _dated_customers(company)
    kept = purchases(orders, until=until, customers=customers)
    read = run(orders.aggregate(first=orders.ordered_at.min(), n=orders.count()))
    retention = Retention(left_out=kept.left_out, orders=int(read["n"].item()))
    if kept.left_out["n"].sum() >= retention.orders:
        return retention
    bought = keep(kept.rows.select(*sorted(ORDERED)))
    retention = replace(retention, windows=churn_window(bought, until=until, share=SHARES))
    first_day = pd.Timestamp(read["first"].item()).normalize()
    silent = _silent_months(orders)
    if customers is None:
        retention = replace(retention, cohorts=cohorts(bought, until=until, silent=silent))
        begun = first_day.replace(day=1) + pd.DateOffset(months=1)
        earlier = bought.filter(bought.ordered_at < begun).customer_id
    else:
        earlier = customers.filter(customers.first_seen_at < first_day).customer_id
        retention = replace(retention, dated=True)
    of_earlier = bought.customer_id.isin(earlier)
    n = _count(bought.filter(of_earlier).customer_id.nunique())
    retention, new = replace(retention, earlier=n), keep(bought.filter(~of_earlier))
    if not _count(new.count()):
        return retention
    others = keep(orders.select(*sorted(ORDERED)).filter(~orders.customer_id.isin(earlier)))
    followed = (until - first_day.date()).days
    return _of_new_customers(retention, new, others, until, followed, silent)


def _of_new_customers(
    retention: Retention,
    new: ir.Table,
    orders: ir.Table,
    until: dt.date,
    followed: int,
    silent: list[dt.date],
) -> Retention:
    """Follow the customers whose first purchase is surely in the data."""
    table, every = (cohorts(rows, until=until, silent=silent) for rows in (new, orders))
    by_age = retention_by_age(table)
    weeks = range(STEP, min(followed, LONGEST) + 1, STEP)
    second = repeat_purchase(new, until=until, days=sorted({*DAYS, *weeks}))
    curve = second[second["day"].isin(weeks)]
    orders_counted = _count(orders.count()) - int(
        orders_outside_cohorts(orders, until=until)["outside"].item()
    )
    ways = {
        "purchases": (_count(new.count()), by_age),
        "every order": (orders_counted, retention_by_age(every)),
    }
    counted = [
        {"counted": name, "orders": n, **rows.iloc[0][COUNTED[2:]].to_dict()}
        for name, (n, rows) in ways.items()
    ]
    return replace(
        retention,
        cohorts=table if retention.dated else retention.cohorts,
        by_age=by_age,
        chart=retention_chart(table),
        second_orders=second[second["day"].isin(DAYS)].reset_index(drop=True),
        curve=curve[curve["at_risk"] >= FEWEST].reset_index(drop=True),
        counted=pd.DataFrame(counted),
    )


def _silent_months(orders: ir.Table) -> list[dt.date]:
    """Return the months between the first and the last order of the table that have none."""
    day = orders.ordered_at
    counted = run(orders.select(year=day.year(), month=day.month()).distinct()).dropna()
    months = {12 * int(year) + int(month) - 1 for year, month in counted.to_numpy()}
    between = range(min(months), max(months)) if months else ()
    return [dt.date(number // 12, number % 12 + 1, 1) for number in between if number not in months]


def _count(number: ir.IntegerScalar) -> int:
    """Return a count from the engine."""
    return int(run(number.name("n"))["n"].item())


def _dated_customers(company: Company) -> ir.Table | None:
    """Return the table of customers if it says since when they are known."""
    dated = {"customer_id", "first_seen_at"} <= company.columns_of("customers")
    return company.table("customers") if dated else None


@dataclass(frozen=True)
class Contracts:
    """What :func:`company_contracts` returns.

    Attributes
    ----------
    years : DataFrame
        The last years up to the end of the period, newest first, as from
        ``contractual_retention``; empty where no customer has a contract.
    survivors : DataFrame
        As from ``contract_survivors``: ``age`` (renewals), ``survivors``.
    projection : Checked
        As from ``project_and_check``; its frames are empty with too few contracts or renewals.
    """

    years: pd.DataFrame
    survivors: pd.DataFrame
    projection: Checked


def company_contracts(company: Company, *, months: int = 12) -> Contracts:
    """Return whether a company's customers renew, from the contracts in its table of customers.

    Parameters
    ----------
    company : Company or Survey
        What is reported.
    months : int
        Months from one renewal to the next.

    Returns
    -------
    Contracts
        Frames that are all empty where ``customers`` has no ``contract_start`` and
        ``contract_end``. Years in which nobody had a contract at the start are left out.

    Raises
    ------
    CxError
        If the dates are no times.
    """
    customers = company.table("customers")
    if customers is None or not company.columns_of("customers") >= UNDER_CONTRACT:
        nothing = pd.DataFrame({"age": [], "survivors": []}, dtype="int64")
        return Contracts(pd.DataFrame(columns=COLUMNS), nothing, project_and_check([]))
    end = pd.Timestamp(company.period.end)
    ends = [end - pd.DateOffset(years=years) for years in range(YEARS + 1)]
    years = contractual_retention(
        customers,
        since=[day.date() for day in ends[1:]],
        until=[day.date() - dt.timedelta(days=1) for day in ends[:-1]],
    )
    survivors = contract_survivors(customers, until=company.until, months=months)
    checked = project_and_check(survivors["survivors"].tolist())
    return Contracts(years[years["at_start"] > 0].reset_index(drop=True), survivors, checked)
