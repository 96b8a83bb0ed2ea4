"""Cells of the tables that judge the measures themselves: coefficients, ends of scales, windows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.captions import answer_label, capital, question_label

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from cxreport.show.words import Words

    Row = dict[Hashable, Any]


def _number(row: Row, name: str) -> float:
    value = row.get(name)
    return math.nan if value is None or pd.isna(value) else float(value)


def _coefficient(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    return words.number(_number(row, row["_column"]), 2)


def _coefficient_interval(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    name = row["_column"].removesuffix("_interval")
    low, high = _number(row, f"{name}_low"), _number(row, f"{name}_high")
    if math.isnan(low) or math.isnan(high):
        return words.text("value.none")
    return words.text("value.range", low=words.number(low, 2), high=words.number(high, 2))


def _percent(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    return words.measured(_number(row, row["_column"]), "share")


def _percent_with_interval(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    name = row["_column"].removeprefix("at_")
    share, low, high = (_number(row, column) for column in (name, f"{name}_low", f"{name}_high"))
    if math.isnan(share):
        return words.text("value.none")
    limits = words.text(
        "value.range", low=words.measured(low, "share"), high=words.measured(high, "share")
    )
    return f"{words.measured(share, 'share')} ({limits})"


def _window(words: Words, row: Row, parameters: dict[str, Any]) -> str:
    """Write from which to which period a side of a comparison goes, and its answers."""
    side, kind = row["_column"], parameters["period"]["kind"]
    first, last = (
        words.period(row[f"{side}_{end}"], kind, short=True) for end in ("first", "last")
    )
    n = int(row["n_reference"] if side == "before" else row["n"])
    return words.text("validation.window", first=first, last=last, n=n)


def _result(name: str) -> Callable[[Words, Row, dict[str, Any]], str]:
    return lambda words, row, _parameters: words.measured(_number(row, name), row["metric"])


WRITERS: dict[str, Callable[[Words, Row, dict[str, Any]], str]] = {
    "battery": lambda words, row, p: capital(question_label(row["question"], p, words)),
    "alpha": _coefficient,
    "alpha_interval": _coefficient_interval,
    "agreement": _coefficient,
    "agreement_interval": _coefficient_interval,
    "at_worst": _percent_with_interval,
    "at_best": _percent_with_interval,
    "same": _percent_with_interval,
    "missing_share": _percent,
    "invalid_share": _percent,
    "all_best": _percent,
    "all_between": _percent,
    "all_worst": _percent,
    "nps_class": lambda words, row, _: answer_label(row["answer"], words),
    "not_covered": lambda words, row, _: words.whole(_number(row, "not_observable")),
    "ordered": lambda words, row, _: words.whole(_number(row, "favourable")),
    "changed_on": lambda words, row, _: words.day(pd.Timestamp(row["changed_on"]).date()),
    "before": _window,
    "after": _window,
    "result_before": _result("estimate_reference"),
    "result_after": _result("estimate"),
}
