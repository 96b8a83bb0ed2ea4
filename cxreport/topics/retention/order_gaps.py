"""The one query under every question on rhythm: from one day with an order to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table, run
from cxreport.orders.rules import is_placed
from cxreport.stats.durations import life_table
from cxreport.stats.group_columns import as_names, check_columns, kept_whole

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from cxreport.stats.group_columns import By


def count_gaps(
    orders: Data,
    customer: str,
    date: str,
    until: dt.date,
    by: By = None,
    *,
    first_only: bool,
    reserved: Sequence[str] = (),
) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """Count how long it was from an order to the next one, in days.

    Orders of one customer on one day are one. After the last order the wait goes on until
    ``until``: it is not over, and not a customer lost.

    Parameters
    ----------
    orders, customer, date, until, by
        As in ``repeat.repeat_purchase``.
    first_only : bool
        Only the wait from the first order to the second, or every wait.
    reserved : sequence of str
        Names that a column of groups may not have.

    Returns
    -------
    list of (DataFrame, DataFrame)
        For each group its ``by`` columns in one row, and a frame with one row per length, in order:
        ``time`` (days), ``at_risk`` (waits as long or longer), ``events`` (those that ended then
        with an order).

    Raises
    ------
    CxError
        If a column is unknown, the dates are no times, ``until`` is no day, or nothing is left.
    """
    table, names = as_table(orders), as_names(by)
    check_columns(table, names, reserved)
    placed = table.filter(is_placed(table, customer, date, until))
    groups = {f"by_{position}": placed[name] for position, name in enumerate(names)}
    moment = placed[date].cast("timestamp")
    days = placed.select(**groups, customer=placed[customer], day=moment.truncate("D")).distinct()
    of_one = ibis.window(group_by=[*groups, "customer"], order_by="day")
    ordinal = days.day.first().over(of_one)
    waits = days.mutate(later=days.day.lead().over(of_one), first=ordinal)
    if first_only:
        waits = waits.filter(waits.day == waits["first"])
    counted = waits.group_by([*groups, "day", "later"]).aggregate(rows=waits.count())
    cells = kept_whole(run(counted), groups)
    if cells.empty:
        raise CxError(
            "no order to count",
            where=f"columns {customer}, {date}",
            expected=f"orders with a customer and a day up to {until}",
        )
    cells["event"] = cells["later"].notna().astype(int)
    last = pd.Timestamp(until).normalize()
    cells["time"] = (cells["later"].fillna(last) - cells["day"]).dt.days
    parts = cells.groupby(list(groups), dropna=False) if groups else [((), cells)]
    return [
        (rows[list(groups)].head(1).set_axis(names, axis="columns"), life_table(rows))
        for _, rows in parts
    ]
