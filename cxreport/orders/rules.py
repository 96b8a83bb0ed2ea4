"""How orders, events and tickets are read: whose a row is, and when a day is over."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from cxreport.errors import CxError
from cxreport.stats.group_columns import check_columns

if TYPE_CHECKING:
    from collections.abc import Collection

    import ibis.expr.types as ir


def is_placed(table: ir.Table, customer: str, date: str, until: dt.date) -> ir.BooleanValue:
    """Return which orders have a customer and a day up to ``until``."""
    check_columns(table, [customer, date])
    if not (table[date].type().is_timestamp() or table[date].type().is_date()):
        raise CxError("these are no times", where=f"column {date}", got=table[date].type())
    return is_named(table, customer) & table[date].notnull() & (table[date] < next_day(until))


def is_named(table: ir.Table, customer: str) -> ir.BooleanValue:
    """Return which orders say whose they are; blank text says nothing."""
    column = table[customer]
    present = column.notnull()
    return (
        present & (column.strip() != "").fill_null(False) if column.type().is_string() else present
    )


def is_word(column: ir.Column, words: Collection[str]) -> ir.BooleanValue:
    """Return which rows hold one of some words, whatever its capitals and the blanks around it."""
    plain = [word.strip().lower() for word in words]
    return column.cast("string").strip().lower().isin(plain).fill_null(False)


def check_same_ids(one: ir.Column, other: ir.Column) -> None:
    """Refuse ids that are text in one table and numbers in another: no join would match them.

    Raises
    ------
    CxError
        If they are.
    """
    kinds = [column.type() for column in (one, other)]
    if not any(kind.is_null() for kind in kinds) and kinds[0].is_string() != kinds[1].is_string():
        raise CxError(
            "ids are text in one table and not in the other",
            where=f"column {one.get_name()}",
            got=" and ".join(map(str, kinds)),
            hint="write them alike in both, as text: .astype('str')",
        )


def next_day(until: dt.date) -> dt.datetime:
    """Return the moment at which the day is over."""
    return day_of(until) + dt.timedelta(days=1)


def day_of(until: dt.date) -> dt.datetime:
    """Return the moment at which the day begins.

    Raises
    ------
    CxError
        If it is no day, or a time of some zone.
    """
    if not isinstance(until, dt.date) or pd.isna(until):
        raise CxError("until is not a day", got=until, expected="a date, the last that data cover")
    if isinstance(until, dt.datetime) and until.tzinfo is not None:
        raise CxError("a time with a time zone", where="until", got=until, expected="local time")
    return pd.Timestamp(until).normalize().to_pydatetime()
