"""Tables of profit and value: their columns, and how each cell is written."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.captions import code_label
from cxreport.show.money import write_money

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from cxreport.show.words import Words

    Row = dict[Hashable, Any]
    Writer = Callable[[Words, Row, dict[str, Any]], str]

TABLES: dict[str, tuple[str, ...]] = {
    "whale": ("whale_share", "whale_customers", "whale_total", "whale_part"),
    "profit_groups": ("profit_group", "profit_customers", "profit_each", "profit_range",
                      "profit_losing", "profit_word"),
    "tracking": ("track_month", "track_counted", "track_expected", "track_range", "track_seen"),
    "repeat_classes": ("bought_before", "profit_customers", "later_counted", "later_expected",
                       "later_range"),
    "value_classes": ("bought_so_far", "profit_customers", "orders_each", "worth_each",
                      "worth_range"),
}  # fmt: skip
TEXT_COLUMNS = {"profit_group", "profit_word", "track_month", "track_seen", "bought_before",
                "bought_so_far", "whale_share"}  # fmt: skip


def _number(row: Row, name: str) -> float:
    value = row.get(name)
    return math.nan if value is None or pd.isna(value) else float(value)


def _money(name: str) -> Writer:
    return lambda words, row, p: write_money(words, _number(row, name), p["currency"])


def _money_range(words: Words, row: Row, parameters: dict[str, Any]) -> str:
    ends = [
        write_money(words, _number(row, end), parameters["currency"]) for end in ("low", "high")
    ]
    none = words.text("value.none")
    return none if none in ends else words.text("value.range", low=ends[0], high=ends[1])


def _whole_range(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    ends = [words.whole(_number(row, end)) for end in ("low", "high")]
    none = words.text("value.none")
    return none if none in ends else words.text("value.range", low=ends[0], high=ends[1])


def _percent(name: str) -> Writer:
    return lambda words, row, _: words.measured(_number(row, name), "share")


def _whole(name: str) -> Writer:
    return lambda words, row, _: words.whole(_number(row, name))


def _each(name: str, of: str = "") -> Writer:
    def write(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
        value = _number(row, name)
        return words.number(value / _number(row, of) if of else value, 2)

    return write


def _each_range(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    low, high = (words.number(_number(row, end), 2) for end in ("low", "high"))
    none = words.text("value.none")
    return none if none in (low, high) else words.text("value.range", low=low, high=high)


def _verdict(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    """Say in a word whether a group earns or loses money."""
    if row.get("note"):
        return words.text(f"note.{row['note']}")
    if row["signal"] is None or pd.isna(row["signal"]):
        return words.text("signal.unknown")
    if not row["signal"]:
        return words.text("profit.word.neither")
    return words.text("profit.word.loses" if row["estimate"] < 0 else "profit.word.earns")


def _purchases(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    """Write how many purchases a class of customers has made."""
    key = f"worth.purchases.{row['purchases']}"
    return words.text(key) if words.has(key) else str(row["purchases"])


WRITERS: dict[str, Writer] = {
    "whale_share": _percent("share"),
    "whale_customers": _whole("n"),
    "whale_total": _money("total"),
    "whale_part": _percent("estimate"),
    "profit_group": lambda words, row, p: code_label("profit_group", row["label"], p, words),
    "profit_customers": _whole("n"),
    "profit_each": _money("estimate"),
    "profit_range": _money_range,
    "profit_losing": _percent("losing_share"),
    "profit_word": _verdict,
    "track_month": lambda words, row, _: words.period(row["month"], "month", short=True),
    "track_counted": _whole("actual"),
    "track_expected": _whole("estimate"),
    "track_range": _whole_range,
    "track_seen": lambda words, row, _: words.text(
        "buying.held_out" if row["held_out"] else "buying.seen"
    ),
    "bought_before": _purchases,
    "later_counted": _each("actual"),
    "later_expected": _each("estimate"),
    "later_range": _each_range,
    "bought_so_far": _purchases,
    "orders_each": _each("orders", "n"),
    "worth_each": _money("estimate"),
    "worth_range": _money_range,
}
