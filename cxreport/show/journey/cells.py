"""Tables of the journey and its channels: their columns, and how each cell is written."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.captions import capital, code_label
from cxreport.show.plain_text import isolated
from cxreport.topics.journey.stages import STAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from cxreport.show.words import Words

    Row = dict[Hashable, Any]
    Writer = Callable[[Words, Row, dict[str, Any]], str]

TABLES: dict[str, tuple[str, ...]] = {
    "journey_stages": ("journey_stage", "stage_people", "stage_liked", "journey_note"),
    "journey_coverage": ("journey_stage", "asked_where", "asked_answers", "contacts",
                         "response_rate", "last_answer", "asked_note"),
    "journey_steps": ("step_before", "step_after", "step_n", "step_share"),
    "first_drop": ("journey_stage", "drop_rated", "drop_share", "drop_chance",
                   "drop_difference", "signal", "drop_others"),
    "memory": ("summary_of", "memory_explained", "memory_gap", "signal"),
    "expectations": ("expectation", "expectation_n", "expectation_share", "expectation_nps",
                     "expectation_gap", "signal"),
    "promises": ("promise_of", "promise_n", "promise_share", "promise_late", "promise_overdue",
                 "promise_open"),
    "channel_scores": ("group", "n", "estimate", "interval", "difference", "difference_interval",
                       "signal", "note"),
    "stage_channels": ("asked_in", "channel_use", "channel_completion",
                       "channel_ease", "channel_satisfaction"),
    "friction": ("friction_of", "friction_digital", "friction_assisted", "friction_ratio",
                 "signal"),
    "several_channels": ("outcome_of", "outcome_several", "outcome_one", "outcome_raw",
                         "outcome_adjusted", "signal"),
}  # fmt: skip
TEXT_COLUMNS = {
    "asked_in", "asked_note", "asked_where", "expectation", "friction_of", "journey_note",
    "journey_stage", "last_answer", "outcome_of", "promise_of", "step_after", "step_before",
    "summary_of",
}  # fmt: skip


def _number(row: Row, name: str) -> float:
    value = row.get(name)
    return math.nan if value is None or pd.isna(value) else float(value)


def _written(words: Words, value: float, unit: str) -> str:
    """Write a number with its unit: percent, points (signed), times, or none."""
    if unit == "percent":
        return words.measured(value, "share")
    if unit == "ratio":
        return words.ratio(value)
    return words.signed(value) if unit == "signed" else words.number(value)


def _with_interval(estimate: str, low: str, high: str, unit: str) -> Writer:
    """Write an estimate and its interval in one cell."""

    def write(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
        values = [_number(row, name) for name in (estimate, low, high)]
        if math.isnan(values[0]):
            return words.text("value.none")
        text, *ends = (_written(words, value, unit) for value in values)
        if any(math.isnan(value) for value in values[1:]):
            return text
        return f"{text} ({words.text('value.range', low=ends[0], high=ends[1])})"

    return write


def _whole(name: str) -> Writer:
    return lambda words, row, _parameters: words.whole(_number(row, name))


def _named(section: str, name: str) -> Writer:
    """Write a name that is a key of a section of texts."""
    return lambda words, row, _parameters: capital(words.text(f"{section}.{row[name]}"))


def _code(column: str, name: str) -> Writer:
    """Write a code by the codebook's label; nothing where there is none."""

    def write(words: Words, row: Row, parameters: dict[str, Any]) -> str:
        code = row.get(name)
        empty = code is None or pd.isna(code)
        return "" if empty else capital(code_label(column, code, parameters, words))

    return write


def _stage(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    stage = row.get("stage")
    if stage is None or pd.isna(stage):
        return words.text("value.unknown")
    return capital(words.text(f"stage.{stage}")) if stage in STAGES else str(stage)


def _step(name: str) -> Writer:
    """Write a step of a journey: its beginning, its end, rare ones, or the event's label."""

    def write(words: Words, row: Row, parameters: dict[str, Any]) -> str:
        value = str(row[name])
        if words.has(f"journey.step.{value}"):
            return words.text(f"journey.step.{value}", n=int(_number(row, "edges")))
        return capital(code_label(parameters["column"], value, parameters, words))

    return write


def _note(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    return words.text(f"note.{row['note']}") if row.get("note") else ""


def _asked_where(words: Words, row: Row, parameters: dict[str, Any]) -> str:
    """Write touchpoint and channel, as far as they are said."""
    names = [_code(column, column)(words, row, parameters) for column in ("touchpoint", "channel")]
    told = list(dict.fromkeys(name for name in names if name))
    return f"{isolated(told[0])} ({isolated(told[1].lower())})" if len(told) > 1 else "".join(told)


def _asked_answers(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    n = int(_number(row, "n"))
    return words.whole(n) if n else words.text("journey.coverage.nobody_asks")


def _asked_note(words: Words, row: Row, parameters: dict[str, Any]) -> str:
    return "" if row.get("note") == "not measured" else _note(words, row, parameters)


def _promise_of(words: Words, row: Row, parameters: dict[str, Any]) -> str:
    if not row["group"]:
        return words.text("journey.all_orders")
    return capital(code_label("channel", row["group"], parameters, words))


def _last_answer(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    last = row.get("last_answer")
    return "" if last is None or pd.isna(last) else words.day(pd.Timestamp(last).date())


def _outcome(name: str) -> Writer:
    """Write a mean of the outcome: percent of customers, or money."""

    def write(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
        unit = "percent" if row["outcome"] == "ordered_again" else "money"
        return _written(words, _number(row, name), unit)

    return write


def _measure(name: str) -> Writer:
    """Write one measure of a cell of the matrix with its interval, or why there is none."""
    share = _with_interval(name, f"{name}_low", f"{name}_high", "percent")

    def write(words: Words, row: Row, parameters: dict[str, Any]) -> str:
        why = row.get(f"{name}_note")
        return words.text(f"note.{why}") if why else share(words, row, parameters)

    return write


WRITERS: dict[str, Writer] = {
    "journey_stage": _stage,
    "journey_note": _note,
    "asked_note": _asked_note,
    "stage_people": _whole("n"),
    "stage_liked": _with_interval("estimate", "low", "high", "percent"),
    "asked_where": _asked_where,
    "asked_answers": _asked_answers,
    "asked_in": _code("channel", "channel"),
    "contacts": _whole("uses"),
    "response_rate": _with_interval("estimate", "low", "high", "percent"),
    "last_answer": _last_answer,
    "step_before": _step("before"),
    "step_after": _step("after"),
    "step_n": _whole("times"),
    "step_share": _with_interval("estimate", "low", "high", "percent"),
    "drop_rated": _whole("rated"),
    "drop_share": _with_interval("share", "share_low", "share_high", "percent"),
    "drop_chance": lambda words, row, _: words.measured(_number(row, "expected"), "share"),
    "drop_difference": _with_interval("difference", "difference_low", "difference_high", "signed"),
    "drop_others": lambda words, row, _: words.measured(_number(row, "others"), "share"),
    "summary_of": _named("journey.summary", "summary"),
    "memory_explained": _with_interval("estimate", "low", "high", "percent"),
    "memory_gap": _with_interval("difference", "difference_low", "difference_high", "signed"),
    "expectation": _named("journey.expectation", "answer"),
    "expectation_n": _whole("count"),
    "expectation_share": _with_interval("share", "share_low", "share_high", "percent"),
    "expectation_nps": _with_interval("estimate", "low", "high", "points"),
    "expectation_gap": _with_interval("difference", "difference_low", "difference_high", "signed"),
    "promise_of": _promise_of,
    "promise_n": _whole("n"),
    "promise_share": _with_interval("estimate", "low", "high", "percent"),
    "promise_late": _whole("late"),
    "promise_overdue": _whole("overdue"),
    "promise_open": _whole("open"),
    "channel_use": _measure("use"),
    "channel_completion": _measure("completion"),
    "channel_ease": _measure("ease"),
    "channel_satisfaction": _measure("satisfaction"),
    "friction_of": _named("journey.friction_of", "measure"),
    "friction_digital": _with_interval("digital", "digital_low", "digital_high", "number"),
    "friction_assisted": _with_interval("assisted", "assisted_low", "assisted_high", "number"),
    "friction_ratio": _with_interval("estimate", "low", "high", "ratio"),
    "outcome_of": _named("journey.outcome", "outcome"),
    "outcome_several": _outcome("several"),
    "outcome_one": _outcome("one"),
    "outcome_raw": _with_interval("raw", "raw_low", "raw_high", "signed"),
    "outcome_adjusted": _with_interval("estimate", "low", "high", "signed"),
}
