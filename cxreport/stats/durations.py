"""The one query under every survival curve: how many were lost, or left, after each duration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table, run
from cxreport.stats.group_columns import as_names, check_columns, kept_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

    from cxreport.stats.group_columns import By


def count_durations(
    data: Data, duration: str, event: str, by: By, reserved: Sequence[str]
) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """Count who was at risk and who was lost at each duration, in each group.

    Parameters
    ----------
    data : pandas, polars or pyarrow frame, or Ibis table
        One row per customer.
    duration : str
        Column of times under observation, 0 or more.
    event : str
        Column that says whether the customer was lost then (1, true) or last seen (0, false).
    by : str or list of str, optional
        Columns that make the groups. A missing value is a group of its own, the last.
    reserved : sequence of str
        Names that a column of groups may not have.

    Returns
    -------
    list of (DataFrame, DataFrame)
        For each group its ``by`` columns in one row, and a frame with one row per duration, in
        order: ``time``, ``at_risk``, ``events``.

    Raises
    ------
    CxError
        If a column is unknown, there are no rows, or a duration or event cannot be used.
    """
    table, names = as_table(data), as_names(by)
    check_columns(table, names, reserved)
    cells = count_cells(table, duration, event, names)
    if cells.empty:
        raise CxError("no rows to follow", where=f"columns {duration}, {event}")
    return life_tables(cells, names)


def count_cells(table: ir.Table, duration: str, event: str, by: Sequence[str]) -> pd.DataFrame:
    """Count the rows of each group, duration and event.

    Parameters
    ----------
    table : ibis Table
        One row per customer.
    duration, event, by
        As in :func:`count_durations`.

    Returns
    -------
    DataFrame
        The ``by`` columns, called by their position (0, 1, ...); ``time``, ``event`` (1 lost, 0
        last seen), ``rows`` (how many).

    Raises
    ------
    CxError
        As in :func:`count_durations`, but for a table without rows.
    """
    check_columns(table, [duration, event])
    for name in (duration, event):
        kind = table[name].type()
        if not (kind.is_numeric() or (name == event and kind.is_boolean())):
            raise CxError("durations and events must be numbers", where=name, got=kind)
    keys = {f"by_{position}": table[name] for position, name in enumerate(by)}
    query = table.group_by(**keys, time=table[duration], event=table[event])
    cells = kept_whole(run(query.aggregate(rows=table.count())), keys)
    # Not in the engine: not every one makes a number of true.
    cells["event"] = cells["event"].astype("float64")
    good = (cells["time"] >= 0) & (cells["time"] < float("inf")) & cells["event"].isin([0, 1])
    if not good.all():
        raise CxError(
            "durations or events that cannot be used",
            where=f"columns {duration}, {event}",
            got=f"{cells.loc[~good, 'rows'].sum()} of {cells['rows'].sum()} rows",
            expected="a duration of 0 or more, and an event of 0 or 1, in every row",
            hint="say what these rows are, or leave them out first",
        )
    return cells.rename(columns={key: position for position, key in enumerate(keys)})


def life_tables(
    cells: pd.DataFrame, names: Sequence[str]
) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """Return the life table of each group; see :func:`count_durations`.

    Parameters
    ----------
    cells : DataFrame
        From :func:`count_cells`.
    names : sequence of str
        What its columns of groups are called.
    """
    keys = list(range(len(names)))
    groups = cells.groupby(keys, dropna=False) if keys else [((), cells)]
    return [
        (rows[keys].head(1).set_axis(list(names), axis="columns"), life_table(rows))
        for _, rows in groups
    ]


def life_table(cells: pd.DataFrame) -> pd.DataFrame:
    """Turn counts by duration and event into who was at risk and who was lost.

    Parameters
    ----------
    cells : DataFrame
        ``time``, ``event`` (1 lost, 0 last seen) and ``rows`` (how many).

    Returns
    -------
    DataFrame
        One row per duration, in order: ``time``, ``at_risk``, ``events``.

    Examples
    --------
    >>> life_table(pd.DataFrame({"time": [1, 2, 2], "event": [1, 1, 0], "rows": [1, 1, 2]}))
       time  at_risk  events
    0     1        4       1
    1     2        3       1
    """
    events = cells["rows"].where(cells["event"] == 1, 0)
    life = cells.assign(events=events).groupby("time")[["rows", "events"]].sum().reset_index()
    at_risk = life["rows"][::-1].cumsum()[::-1]
    return pd.DataFrame({"time": life["time"], "at_risk": at_risk, "events": life["events"]})
