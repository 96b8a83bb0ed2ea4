"""Cells of the tables on customers who come back: ages, waits, contracts, what was left out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from cxreport.show.words import Words

    Row = dict[Hashable, Any]
    Writer = Callable[[Words, Row, dict[str, Any]], str]

TABLES: dict[str, tuple[str, ...]] = {
    "retention_by_age": ("months_since", "complete_cohorts", "customers_counted", "estimate",
                         "interval", "note"),
    "retention_chart": ("period", "customers_counted", "estimate", "interval", "centre", "limits",
                        "rule", "direction"),
    "second_orders": ("days_after", "still_followed", "estimate", "interval", "note"),
    "churn_windows": ("waits_share", "waits", "silence", "silence_interval", "came_back_later",
                      "note"),
    "contract_years": ("year_span", "at_start", "stayed", "estimate", "interval", "newcomers"),
    "renewal_check": ("renewals", "observed_share", "projected", "interval", "points_off",
                      "fitted"),
    "projection": ("curve_series", "renewals", "estimate", "interval"),
    "left_out_orders": ("left_reason", "orders_counted"),
    "counted_ways": ("counted_how", "orders_counted", "customers_counted", "estimate", "interval"),
}  # fmt: skip
TEXT_COLUMNS = {
    "counted_how",
    "days_after",
    "renewals",
    "waits_share",
    "curve_series",
    "fitted",
    "left_reason",
    "year_span",
}


def _number(row: Row, name: str) -> float:
    value = row.get(name)
    return math.nan if value is None or pd.isna(value) else float(value)


def _whole(name: str) -> Writer:
    return lambda words, row, _parameters: words.whole(_number(row, name))


def _counted(name: str, key: str) -> Writer:
    """Write a number with what it counts, so that it can stand alone as the heading of a row."""
    return lambda words, row, _parameters: words.text(f"returning.{key}", n=int(_number(row, name)))


def _days(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    low, high = _number(row, "low"), _number(row, "high")
    if math.isnan(low):
        return words.text("value.none")
    if math.isnan(high):
        return words.text("returning.from_days", low=words.whole(low))
    return words.text("value.range", low=words.whole(low), high=words.whole(high))


def _span(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    days = {name: words.day(pd.Timestamp(row[name]).date()) for name in ("since", "until")}
    return words.text("returning.span", **days)


def _text(section: str, name: str) -> Writer:
    return lambda words, row, _parameters: words.text(f"{section}.{row[name]}")


WRITERS: dict[str, Writer] = {
    "months_since": _whole("age"),
    "complete_cohorts": _whole("cohorts"),
    "customers_counted": lambda words, row, _: words.whole(
        _number(row, "at_risk" if "at_risk" in row else "n")
    ),
    "days_after": _counted("day", "after_days"),
    "still_followed": _whole("at_risk"),
    "waits_share": lambda words, row, _: words.text(
        "returning.of_waits", share=words.whole(_number(row, "share"))
    ),
    "waits": _whole("gaps"),
    "silence": _whole("estimate"),
    "silence_interval": _days,
    "came_back_later": lambda words, row, _: words.measured(_number(row, "later"), "share"),
    "year_span": _span,
    "at_start": _whole("at_start"),
    "stayed": _whole("retained"),
    "newcomers": _whole("new"),
    "renewals": _counted("age", "after_renewals"),
    "observed_share": lambda words, row, _: words.measured(_number(row, "observed"), "share"),
    "projected": lambda words, row, _: words.measured(_number(row, "estimate"), "share"),
    "points_off": lambda words, row, _: words.signed(_number(row, "off")),
    "fitted": lambda words, row, _: words.text(f"value.{str(not row['held_out']).lower()}"),
    "curve_series": _text("curves.series", "group"),
    "left_reason": _text("left_reason", "reason"),
    "counted_how": _text("counted_how", "counted"),
    "orders_counted": lambda words, row, _: words.whole(
        _number(row, "orders" if "orders" in row else "n")
    ),
}
