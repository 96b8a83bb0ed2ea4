"""Cells of the tables on conversion: steps, who went on, and who came too late to be judged."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.captions import capital, code_label, question_label

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from cxreport.show.words import Words

    Row = dict[Hashable, Any]

TABLES = {
    "funnel": ("step", "arrived", "went_on", "went_on_interval", "of_all", "too_late", "why_empty"),
    "session_steps": ("step", "arrived", "went_on", "went_on_interval", "of_all", "came_aside"),
    "funnel_differences": ("step", "pair", "difference_span", "signal"),
    "against_rest": ("group", "n_sessions", "bought_share", "rest_share", "difference",
                     "difference_interval", "signal"),
    "step_errors": ("step", "n_events", "failed", "failed_interval"),
}  # fmt: skip
TEXT_COLUMNS = {"step", "pair", "difference_span", "why_empty"}


def _number(row: Row, name: str) -> float:
    value = row.get(name)
    return math.nan if value is None or pd.isna(value) else float(value)


def _percent(name: str) -> Callable[[Words, Row, dict[str, Any]], str]:
    return lambda words, row, _parameters: words.measured(_number(row, name), "share")


def _whole(name: str) -> Callable[[Words, Row, dict[str, Any]], str]:
    return lambda words, row, _parameters: words.whole(_number(row, name))


def _interval(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    low, high = _number(row, "low"), _number(row, "high")
    if math.isnan(low) or math.isnan(high):
        return words.text("value.none")
    ends = {"low": words.measured(low, "share"), "high": words.measured(high, "share")}
    return words.text("value.range", **ends)


def _too_late(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    """Write how many came too late; nothing where nobody did."""
    return words.whole(_number(row, "open")) if _number(row, "open") else ""


def _came_aside(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    return words.whole(_number(row, "skipped")) if _number(row, "skipped") else ""


def _why_empty(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    return words.text(f"conversion.note.{row['note']}") if row["note"] else ""


def _pair(words: Words, row: Row, parameters: dict[str, Any]) -> str:
    """Name the two groups that are compared, each with its share."""
    names = {
        side: code_label(parameters["group"], row[column], parameters, words)
        for side, column in [("first", "group"), ("second", "group_reference")]
    }
    shares = {
        f"{side}_share": words.measured(_number(row, column), "share")
        for side, column in [("first", "estimate"), ("second", "estimate_reference")]
    }
    return words.text("conversion.pair", **names, **shares)


def _difference(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    """Write a difference with its interval."""
    if math.isnan(_number(row, "difference")):
        return words.text("value.none")
    names = {"difference": "difference", "low": "difference_low", "high": "difference_high"}
    signed = {key: words.signed(_number(row, name)) for key, name in names.items()}
    return words.text("conversion.span", **signed)


WRITERS: dict[str, Callable[[Words, Row, dict[str, Any]], str]] = {
    "step": lambda words, row, p: capital(question_label(row["step"], p, words)),
    "arrived": _whole("reached"),
    "went_on": _percent("estimate"),
    "went_on_interval": _interval,
    "of_all": _percent("overall"),
    "too_late": _too_late,
    "came_aside": _came_aside,
    "why_empty": _why_empty,
    "pair": _pair,
    "difference_span": _difference,
    "n_sessions": _whole("n"),
    "bought_share": _percent("estimate"),
    "rest_share": _percent("estimate_reference"),
    "n_events": _whole("n"),
    "failed": _percent("estimate"),
    "failed_interval": _interval,
}
