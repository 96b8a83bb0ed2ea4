"""Cells of the tables on drivers: importance, criticality, penalty and reward, moments of truth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.captions import capital, question_label

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from cxreport.show.words import Words

    Row = dict[Hashable, Any]
    Writer = Callable[[Words, Row, dict[str, Any]], str]

TABLES: dict[str, tuple[str, ...]] = {
    "criticality": ("touchpoint_name", "criticality", "often_first_three", "n",
                    "mean_rating_range", "importance_range", "note"),
    "importance": ("touchpoint_name", "n", "driver_importance", "driver_importance_interval",
                   "often_first", "driver_inflation", "note"),
    "kinds": ("touchpoint_name", "n", "effect_kind", "asymmetry", "asymmetry_interval", "note"),
    "priority_order": ("priority", "touchpoint_name", "effect_kind", "mean_rating", "standing"),
    "rating_effects": ("touchpoint_name", "rated", "effect_size", "effect_interval"),
    "moments": ("touchpoint_name", "later", "moment", "bad_effect", "excellent_effect",
                "mean_rating", "driver_at_risk", "note"),
}  # fmt: skip
TEXT_COLUMNS = {
    "touchpoint_name", "criticality", "effect_kind", "standing", "rated", "later", "moment",
    "driver_at_risk", "note",
}  # fmt: skip


def _number(row: Row, name: str) -> float:
    value = row.get(name)
    return math.nan if value is None or pd.isna(value) else float(value)


def _range(words: Words, row: Row, name: str, write: Callable[[float], str]) -> str:
    """Write an interval by the names of its ends, with a prefix or without."""
    prefix = f"{name}_" if f"{name}_low" in row else ""
    low, high = _number(row, f"{prefix}low"), _number(row, f"{prefix}high")
    if math.isnan(low) or math.isnan(high):
        return words.text("value.none")
    return words.text("value.range", low=write(low), high=write(high))


def _of(section: str, column: str) -> Writer:
    """Translate a value of a column that is one of a fixed list."""

    def write(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
        value = row.get(column) or ""
        return words.text(f"{section}.{value}") if value else ""

    return write


def _with_range(name: str) -> Writer:
    """Write an effect and, in brackets, its interval."""

    def write(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
        effect = _number(row, name)
        if math.isnan(effect):
            return words.text("value.none")
        return f"{words.signed(effect)} ({_range(words, row, name, words.signed)})"

    return write


def _and_range(name: str, write: Callable[[Words, float], str]) -> Writer:
    """Write a number and, in brackets, its interval."""

    def cell(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
        value = write(words, _number(row, name))
        return f"{value} ({_range(words, row, name, lambda end: write(words, end))})"

    return cell


def _percent(name: str) -> Writer:
    return lambda words, row, _: words.measured(_number(row, name), "share")


def _decimal(name: str, decimals: int) -> Writer:
    return lambda words, row, _: words.number(_number(row, name), decimals)


def _at_risk(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    value = row.get("at_risk")
    known = {True: "yes", False: "no"}
    return words.text(f"at_risk.{'unknown' if value is None else known[bool(value)]}")


WRITERS: dict[str, Writer] = {
    "touchpoint_name": lambda words, row, p: capital(question_label(row["question"], p, words)),
    "criticality": _of("criticality", "level"),
    "often_first_three": lambda words, row, _: words.whole(_number(row, "top")),
    "often_first": lambda words, row, _: words.whole(_number(row, "first")),
    "mean_rating": _decimal("performance", 2),
    "mean_rating_range": _and_range("performance", lambda words, x: words.number(x, 2)),
    "driver_importance": _percent("importance"),
    "importance_range": _and_range("importance", lambda words, x: words.measured(x, "share")),
    "driver_importance_interval": lambda words, row, _: _range(
        words, row, "importance", lambda value: words.measured(value, "share")
    ),
    "driver_inflation": _decimal("vif", 1),
    "effect_kind": _of("kind", "kind"),
    "asymmetry": _decimal("asymmetry", 2),
    "asymmetry_interval": lambda words, row, _: _range(
        words, row, "asymmetry", lambda value: words.number(value, 2)
    ),
    "priority": lambda words, row, _: words.whole(_number(row, "order")),
    "standing": _of("standing", "standing"),
    "rated": _of("bars.series", "series"),
    "effect_size": lambda words, row, _: words.signed(_number(row, "estimate")),
    "effect_interval": lambda words, row, _: _range(words, row, "estimate", words.signed),
    "later": _of("later", "outcome"),
    "moment": _of("moment", "kind"),
    "bad_effect": _with_range("negative"),
    "excellent_effect": _with_range("positive"),
    "driver_at_risk": _at_risk,
}
