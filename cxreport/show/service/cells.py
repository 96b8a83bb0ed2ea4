"""Cells of the tables on customer service: waits in their own unit, rates, reasons, calls."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.captions import capital, code_label
from cxreport.show.durations import level, wait, wait_range

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from cxreport.show.words import Words

    Row = dict[Hashable, Any]
    Writer = Callable[[Words, Row, dict[str, Any]], str]

LIMITS = ("wait_centre", "wait_limits", "rule", "direction")
TABLES: dict[str, tuple[str, ...]] = {
    "waits": ("service_group", "requests", "still_open", "half_wait", "half_interval",
              "tenth_wait", "ended_wait", "against_others", "wait_speed"),
    "waits_in_short": ("service_group", "requests", "first_reply_wait", "solution_wait"),
    "wait_history": ("period", "requests", "still_open", "half_wait", "half_interval", *LIMITS),
    "wait_signals": ("waited_for", "service_group", "period", "requests", "half_wait", *LIMITS),
    "waiting_curve": ("service_group", "after_hours", "still_waiting", "interval"),
    "service_rates": ("service_rate", "requests", "estimate", "interval", "not_observable",
                      "estimate_reference", "difference_interval", "signal"),
    "contact_reasons": ("group", "requests", "estimate", "interval", "cumulative_share",
                        "estimate_reference", "lift", "signal"),
    "avoidable_contacts": ("period", "orders_placed", "avoidable", "estimate", "interval",
                           "centre", "limits", "rule", "direction"),
    "closed_loop": ("service_rate", "detractors", "estimate", "interval", "not_observable"),
    "later_scores": ("called", "customers_again", "estimate", "interval"),
    "requests_left_out": ("left_out_reason", "requests"),
}  # fmt: skip
TEXT_COLUMNS = {
    "service_group", "waited_for", "against_others", "service_rate", "left_out_reason", "called",
}  # fmt: skip


def _number(row: Row, name: str) -> float:
    value = row.get(name)
    return math.nan if value is None else float(value)


def _count(name: str) -> Writer:
    return lambda words, row, _: words.whole(_number(row, name))


def _hours(row: Row, name: str) -> float:
    """Return a wait in hours; charts of long waits count in days."""
    return _number(row, name) * (24 if str(row.get("metric", "")).endswith("_days") else 1)


def _wait(name: str) -> Writer:
    return lambda words, row, _: wait(_hours(row, name), words)


def _half(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    """Write the median wait, or that it is not yet known."""
    hours = _hours(row, "estimate")
    if math.isnan(hours) and _number(row, "n") > 0:
        return words.text("service.not_yet")
    return wait(hours, words)


def _waits(low: str, high: str) -> Writer:
    return lambda words, row, _: wait_range(_hours(row, low), _hours(row, high), words)


def _in_short(metric: str) -> Writer:
    """Write a median wait with its interval."""

    def write(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
        if f"{metric}_estimate" not in row:
            return ""
        hours, low, high = (
            _number(row, f"{metric}_{name}") for name in ("estimate", "low", "high")
        )
        if math.isnan(hours):
            return words.text("service.not_yet")
        if math.isnan(low):
            return wait(hours, words)
        limits = wait_range(low, high, words)
        return words.text("service.with_interval", value=wait(hours, words), interval=limits)

    return write


def _tenth(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    """Write what one in ten waits longer than, with its interval where the time is known."""
    p90 = _number(row, "p90")
    if math.isnan(p90):
        return words.text("service.not_yet")
    if math.isnan(_number(row, "p90_low")):
        return wait(p90, words)
    limits = wait_range(_number(row, "p90_low"), _number(row, "p90_high"), words)
    return words.text("service.with_interval", value=wait(p90, words), interval=limits)


def _group(words: Words, row: Row, parameters: dict[str, Any]) -> str:
    """Name the group of a row: by its own variable, or by the table's."""
    variable = row.get("variable", parameters.get("group", ""))
    code = row.get("level", row.get("group"))
    if code == "":
        return words.text("service.all")
    return capital(code_label(str(variable), code, parameters, words))


def _against(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    """Say whether a group waits longer than the others."""
    if not row.get("variable"):
        return ""
    if row.get("direction"):
        return words.text(f"service.direction.{row['direction']}")
    known = row.get("signal")
    return words.text("signal.unknown" if known is None or pd.isna(known) else "signal.no")


def _lift(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    """Write how many times as large a part a reason has become."""
    values = [words.ratio(_number(row, name)) for name in ("lift", "lift_low", "lift_high")]
    if math.isnan(_number(row, "lift")):
        note = row.get("note") or ""
        return words.text(f"note.{note}") if note else words.text("value.none")
    return words.text(
        "service.with_interval",
        value=values[0],
        interval=words.text("value.range", low=values[1], high=values[2]),
    )


def _speed(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    """Write how many waits end in an hour, as a multiple of the others', with its interval."""
    names = ("speed", "speed_low", "speed_high")
    value, low, high = (words.ratio(_number(row, name)) for name in names)
    if math.isnan(_number(row, "speed")):
        return ""
    interval = words.text("value.range", low=low, high=high)
    return words.text("service.with_interval", value=value, interval=interval)


def _rate(words: Words, row: Row, parameters: dict[str, Any]) -> str:
    """Name a rate, with its level in hours where it has one."""
    metric = str(row["metric"])
    hours = parameters.get("hours", {}).get(metric.removesuffix("_within"))
    return words.text(f"service.rate.{metric}", hours=level(hours, words) if hours else "")


WRITERS: dict[str, Writer] = {
    "service_group": _group,
    "waited_for": lambda words, row, _: capital(words.text(f"service.metric.{row['metric']}")),
    "requests": _count("n"),
    "detractors": _count("n"),
    "customers_again": _count("n"),
    "orders_placed": _count("n"),
    "avoidable": _count("contacts"),
    "still_open": _count("waiting"),
    "half_wait": _half,
    "half_interval": _waits("low", "high"),
    "tenth_wait": _tenth,
    "first_reply_wait": _in_short("first_reply"),
    "solution_wait": _in_short("solution"),
    "ended_wait": lambda words, row, _: (
        wait(_number(row, "ended_median"), words) if row["waiting"] else ""
    ),
    "wait_centre": _wait("centre"),
    "wait_limits": _waits("lower", "upper"),
    "after_hours": _wait("hours"),
    "still_waiting": lambda words, row, _: words.measured(_number(row, "estimate"), "share"),
    "against_others": _against,
    "wait_speed": _speed,
    "service_rate": _rate,
    "cumulative_share": lambda words, row, _: words.measured(_number(row, "cumulative"), "share"),
    "lift": _lift,
    "called": lambda words, row, _: words.text(
        f"service.called.{str(bool(row['called'])).lower()}"
    ),
    "left_out_reason": lambda words, row, _: words.text(f"service.left_out.{row['reason']}"),
}
