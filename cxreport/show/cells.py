"""One cell of a table: a value of a frame in the reader's words, by the name of its column."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.inputs.contracts import CATALOGUE
from cxreport.show.captions import (
    answer_label,
    capital,
    code_label,
    column_label,
    question_label,
    score_label,
)
from cxreport.show.drivers.cells import WRITERS as DRIVERS
from cxreport.show.journey.cells import WRITERS as JOURNEY
from cxreport.show.linkage.cells import WRITERS as LINKAGE
from cxreport.show.pyramid.cells import WRITERS as PYRAMID
from cxreport.show.retention.cells import WRITERS as RETENTION
from cxreport.show.validation.cells import WRITERS as VALIDATION
from cxreport.show.value.cells import WRITERS as VALUE
from cxreport.show.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    Row = dict[Hashable, Any]
    Writer = Callable[[Words, Row, dict[str, Any]], str]


def write_cell(name: str, row: Row, parameters: dict[str, Any], words: Words) -> str:
    """Write one column of one row.

    Parameters
    ----------
    name : str
        The column: one of ``WRITERS``, or else text as it is and whole numbers.
    row : dict
        The frame's row.
    parameters : dict
        Of the block: labels and periods.
    words : Words
        The reader's language.
    """
    return WRITERS.get(name, _plain)(words, {**row, "_column": name}, parameters)


def _plain(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    value = row.get(row["_column"])
    if isinstance(value, str):
        return value
    return "" if value is None or pd.isna(value) else words.whole(value)


def _measured(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    value = row.get(row["_column"])
    return words.measured(math.nan if value is None else value, row.get("metric", ""))


def _interval(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    prefix = row["_column"].removesuffix("interval")
    ends = ENDS.get(prefix, (f"{prefix}low", f"{prefix}high"))
    low, high = (row.get(name) for name in ends)
    if low is None or high is None or pd.isna(low) or pd.isna(high):
        return words.text("value.none")
    write = WRITE_ENDS[prefix]
    return words.text(
        "value.range", low=write(words, low, row["metric"]), high=write(words, high, row["metric"])
    )


ENDS = {
    "unweighted_": ("low_unweighted", "high_unweighted"),
    "with_weights_": ("low", "high"),
    "weighted_": ("difference_low_weighted", "difference_high_weighted"),
}
WRITE_ENDS: dict[str, Callable[[Words, float, str], str]] = {
    "": Words.measured,
    "unweighted_": Words.measured,
    "with_weights_": Words.measured,
    "stabilised_": Words.measured,
    "difference_": lambda words, value, _: words.signed(value),
    "weighted_": lambda words, value, _: words.signed(value),
    "mean_": lambda words, value, _: words.number(value, 2),
}


def _percent(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    value = row.get(row["_column"])
    return words.measured(math.nan if value is None else value, "share")


def _one_decimal(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    value = row.get(row["_column"])
    return words.number(math.nan if value is None else value)


def _ranks(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    """Write the ranks that are plausible, or why there is none."""
    if row.get("rank_low") is None or pd.isna(row["rank_low"]):
        return words.text(f"note.{row['note']}") if row["note"] else words.text("value.none")
    if row["rank_low"] == row["rank_high"]:
        return words.whole(row["rank_low"])
    low, high = words.whole(row["rank_low"]), words.whole(row["rank_high"])
    return words.text("value.range", low=low, high=high)


def _limits(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    if row.get("lower") is None or pd.isna(row["lower"]):
        return words.text("value.none")
    low, high = (words.measured(row[end], row["metric"]) for end in ("lower", "upper"))
    return words.text("value.range", low=low, high=high)


def _rule(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    """Name the rule of the control chart that fired."""
    return words.text(f"rule.{row['signal']}") if row["signal"] else ""


def _difference(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    value = row.get(row["_column"])
    return words.signed(math.nan if value is None else value)


def _decimal(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    value = row.get(row["_column"])
    return words.number(math.nan if value is None else value, 2)


def _signal(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    known = {True: "yes", False: "no"}
    value = row.get(row["_column"])
    if value is None and row.get("difference") is None:
        return ""
    return words.text(f"signal.{known.get(value, 'unknown')}")  # type: ignore[arg-type]


def _catalogued(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    """Translate a value that comes from a fixed list; leave the codebook's own words."""
    value, column = row.get(row["_column"]) or "", row["_column"]
    return words.text(f"{column}.{value}") if words.has(f"{column}.{value}") else str(value)


def _reason(words: Words, row: Row, parameters: dict[str, Any]) -> str:
    """Say why there is no answer: in the codebook's words, or because it is empty."""
    why = parameters.get("reasons", {}).get(row["reason"], {})
    return str(why.get(words.language) or _catalogued(words, row, parameters))


def _problem(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    what, what_to_do = CATALOGUE[row["problem"]][words.language]
    return str(what if row["_column"] == "problem" else what_to_do)


WRITERS: dict[str, Writer] = {
    **VALIDATION,
    **DRIVERS,
    **PYRAMID,
    **LINKAGE,
    **JOURNEY,
    **RETENTION,
    **VALUE,
    "question": lambda words, row, p: question_label(row["question"], p, words),
    "score": lambda words, row, p: capital(score_label(row["metric"], row["question"], p, words)),
    "answer": lambda words, row, _: answer_label(row["answer"], words),
    "group": lambda words, row, p: code_label(p["group"], row["group"], p, words),
    "column": lambda words, row, p: column_label(row["column"], p, words),
    "period": lambda words, row, p: words.period(row["period"], p["period"]["kind"], short=True),
    "arm": lambda words, row, p: code_label("arm", row["arm"], p, words),
    "share_customers": _percent,
    "share_planned": _percent,
    "share_treated": _percent,
    "share_control": _percent,
    "accepted": lambda words, row, _: row[f"accepted_{words.language}"],
    "metric": _catalogued,
    "meaning": _catalogued,
    "severity": _catalogued,
    "reason": _reason,
    "found": lambda words, row, _: (
        words.text("note.suppressed") if pd.isna(row["n"]) else words.whole(row["n"])
    ),
    "note": _catalogued,
    "interval_kind": _catalogued,
    "coverage": _percent,
    "lowest": _percent,
    "width": _one_decimal,
    "signal": _signal,
    "signal_weighted": _signal,
    "problem": _problem,
    "what_to_do": _problem,
    "estimate": _measured,
    "estimate_unweighted": _measured,
    "unweighted_interval": _interval,
    "with_weights": lambda words, row, _: words.measured(row["estimate"], row["metric"]),
    "with_weights_interval": _interval,
    "stabilised": _measured,
    "stabilised_interval": _interval,
    "ranks": _ranks,
    "detectable": _one_decimal,
    "ratio": _decimal,
    "used": lambda words, row, _: words.value(bool(row["used"])),
    "share_population": _percent,
    "variable": lambda words, row, p: column_label(row["variable"], p, words),
    "level": lambda words, row, p: code_label(row["variable"], row["level"], p, words),
    "centre": _measured,
    "rule": _rule,
    "limits": _limits,
    "direction": _catalogued,
    "title": lambda words, row, _: row[f"title_{words.language}"],
    "estimate_reference": _measured,
    "std_error": _decimal,
    "mean": _decimal,
    "share": _percent,
    "interval": _interval,
    "difference_interval": _interval,
    "mean_interval": _interval,
    "difference": _difference,
    "difference_weighted": _difference,
    "weighted_interval": _interval,
}
