"""Tables of the pyramid and of word of mouth: their columns, and how each cell is written."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.captions import capital, code_label, question_label

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from cxreport.show.words import Words

    Row = dict[Hashable, Any]
    Writer = Callable[[Words, Row, dict[str, Any]], str]

TABLES: dict[str, tuple[str, ...]] = {
    "pyramid": ("layer", "n", "layer_met", "layer_score", "layer_interval"),
    "pyramid_layers": ("layer_place", "layer", "n", "layer_score", "layer_interval", "note"),
    "pyramid_groups": ("layer_place", "n", "layer_index", "layer_all_three", "note"),
    "pyramid_order": ("order_figure", "n", "order_value", "order_by_chance", "note"),
    "layer_weights": ("layer", "n", "layer_part", "layer_first", "note"),
}
TEXT_COLUMNS = {"layer", "layer_place", "order_figure"}


def _number(row: Row, name: str) -> float:
    value = row.get(name)
    return math.nan if value is None or pd.isna(value) else float(value)


def _range(words: Words, low: str, high: str) -> str:
    none = words.text("value.none")
    return none if none in (low, high) else words.text("value.range", low=low, high=high)


def _percent(words: Words, value: float) -> str:
    return words.measured(value, "share")


def _with_interval(
    words: Words, row: Row, write: Callable[[float], str], name: str = "estimate"
) -> str:
    """Write a value with its interval as one cell."""
    prefix = "" if name == "estimate" else f"{name}_"
    value, low, high = (write(_number(row, c)) for c in (name, f"{prefix}low", f"{prefix}high"))
    limits = _range(words, low, high)
    return value if limits == words.text("value.none") else f"{value} ({limits})"


def _of_group(metric: str) -> Writer:
    """Write a score of a group."""
    return lambda words, row, _: _with_interval(
        words, row, lambda value: words.measured(value, metric), metric
    )


def _order(words: Words, row: Row) -> Callable[[float], str]:
    """Write the share in order in percent, the coefficients with two decimals."""
    if row["metric"] == "in_order":
        return lambda value: _percent(words, value)
    return lambda value: words.number(value, 2)


WRITERS: dict[str, Writer] = {
    "layer": lambda words, row, p: capital(question_label(row["question"], p, words)),
    "layer_place": lambda words, row, p: code_label(p["group"], row["label"], p, words),
    "layer_met": lambda words, row, _: _percent(words, _number(row, "met")),
    "layer_score": lambda words, row, _: words.number(_number(row, "estimate")),
    "layer_interval": lambda words, row, _: _range(
        words, words.number(_number(row, "low")), words.number(_number(row, "high"))
    ),
    "layer_index": _of_group("index"),
    "layer_all_three": _of_group("all_three"),
    "layer_part": lambda words, row, _: _with_interval(
        words, row, lambda value: _percent(words, 100 * value)
    ),
    "layer_first": lambda words, row, _: words.number(_number(row, "first")),
    "order_figure": lambda words, row, _: words.text(f"pyramid.figure.{row['metric']}"),
    "order_value": lambda words, row, _: _with_interval(words, row, _order(words, row)),
    "order_by_chance": lambda words, row, _: _order(words, row)(_number(row, "by_chance")),
}
