"""Tables on experience and money: their columns, and how each cell is written."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.captions import answer_label, capital
from cxreport.show.linkage.words import money, range_of, reason_key

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from cxreport.show.words import Words

    Row = dict[Hashable, Any]
    Writer = Callable[[Words, Row, dict[str, Any]], str]

TABLES: dict[str, tuple[str, ...]] = {
    "claims": ("claim", "claim_verdict", "claim_result", "claim_n", "claim_tested"),
    "link_classes": ("link_class", "link_when", "n", "link_share", "link_share_interval"),
    "link": ("link_what", "link_signal", "link_difference", "link_best", "link_worst", "link_n"),
    "loyal": ("loyal_counted", "loyal_times", "loyal_times_interval", "loyal_spend", "loyal_rest"),
    "worth_inputs": (
        "worth_input",
        "worth_value",
        "worth_interval",
        "worth_meaning",
        "worth_source",
    ),
    "worth_tornado": ("worth_moved", "worth_end", "worth_result"),
}
TEXT_COLUMNS = {
    "claim", "claim_verdict", "claim_tested", "link_class", "link_when", "link_what", "link_signal",
    "loyal_counted", "worth_input", "worth_meaning", "worth_source", "worth_moved", "worth_end",
}  # fmt: skip
SHARES = ("ordered_again", "ordered_before")
MONEY_CLAIMS = ("happy_return", "five_times", "channels")
"""Claims that are judged by customers; the others, by answers."""


def _number(row: Row, name: str) -> float:
    value = row.get(name)
    return math.nan if value is None or pd.isna(value) else float(value)


def _with_interval(words: Words, row: Row, write: Callable[[float], str]) -> str:
    """Write an estimate, and its interval in brackets where there is one."""
    estimate, low, high = (write(_number(row, end)) for end in ("estimate", "low", "high"))
    known = not math.isnan(_number(row, "low"))
    return f"{estimate} ({range_of(words, low, high)})" if known else estimate


def _claim_result(words: Words, row: Row, parameters: dict[str, Any]) -> str:
    if math.isnan(_number(row, "estimate")):
        return words.text("value.none")
    currency = parameters["currency"]
    written = {
        "points": words.signed,
        "money": lambda value: money(words, value, currency),
        "times": lambda value: words.number(value, 2),
        "people": words.number,
        "percent": words.number,
    }[row["unit"]]
    return words.text(f"claims.unit.{row['unit']}", value=_with_interval(words, row, written))


def _claim_n(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    n = _number(row, "n")
    if not n > 0:
        return words.text("value.none")
    who = "customers" if row["claim"] in MONEY_CLAIMS else "answers"
    return words.text(f"claims.counted.{who}", n=int(n))


def _claim_tested(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    if row["verdict"] == "cannot be tested":
        return words.text(reason_key(row["note"]))
    return words.text(f"claims.tested.{row['claim']}")


def _of_link(words: Words, row: Row, parameters: dict[str, Any]) -> Callable[[float], str]:
    """Return how values of an outcome are written."""
    if row["outcome"] in SHARES:
        return lambda value: words.measured(value, "share")
    return lambda value: money(words, value, parameters["currency"])


def _link_difference(words: Words, row: Row, parameters: dict[str, Any]) -> str:
    currency = parameters["currency"]

    def write(value: float) -> str:
        share = row["outcome"] in SHARES
        return words.signed(value) if share else money(words, value, currency)

    return _with_interval(words, row | {"estimate": row["difference"]}, write)


def _link_signal(words: Words, row: Row, _parameters: dict[str, Any]) -> str:
    """Write what a comparison is worth: only adjusted ones are claims, placebos are checks."""
    if row["analysis"] == "unadjusted":
        return words.text("linkage.not_tested")
    if row["signal"] is None or pd.isna(row["signal"]):
        return words.text("signal.unknown")
    side = "check" if row["analysis"] == "placebo" else "claim"
    return words.text(f"linkage.{side}.{'yes' if row['signal'] else 'no'}")


def _share(words: Words, row: Row, name: str) -> str:
    return words.measured(_number(row, name), "share")


def _spend(end: str) -> Writer:
    """Write what a customer of a group spent, and how many they are."""
    amount, n = ("estimate_loyal", "n") if end == "loyal" else ("estimate_reference", "n_reference")

    def write(words: Words, row: Row, parameters: dict[str, Any]) -> str:
        spent = money(words, _number(row, amount), parameters["currency"])
        return words.text("linkage.each", spent=spent, n=int(row[n]))

    return write


def _input_value(words: Words, value: float, row: Row, parameters: dict[str, Any]) -> str:
    name, currency = row["input"], parameters["currency"]
    if name in ("effect", "cost"):
        return money(words, value, currency, 2 if name == "effect" else 0)
    if name == "margin":
        return words.measured(100 * value, "share")
    return words.whole(value) if name == "customers" else words.signed(value)


def _worth_interval(words: Words, row: Row, parameters: dict[str, Any]) -> str:
    if not _number(row, "low") < _number(row, "high"):
        return words.text("value.none")
    low, high = (_input_value(words, _number(row, end), row, parameters) for end in ("low", "high"))
    return range_of(words, low, high)


WRITERS: dict[str, Writer] = {
    "claim": lambda words, row, _: words.text(f"claims.name.{row['claim']}"),
    "claim_verdict": lambda words, row, _: words.text(f"claims.verdict.{row['verdict']}"),
    "claim_result": _claim_result,
    "claim_n": _claim_n,
    "claim_tested": _claim_tested,
    "link_class": lambda words, row, _: capital(answer_label(row["answer"], words)),
    "link_when": lambda words, row, _: words.text(f"bars.series.{row['outcome']}"),
    "link_share": lambda words, row, _: _share(words, row, "estimate"),
    "link_share_interval": lambda words, row, _: range_of(
        words, _share(words, row, "low"), _share(words, row, "high")
    ),
    "link_what": lambda words, row, _: words.text(
        f"linkage.what.{row['outcome']}.{row['analysis']}"
    ),
    "link_best": lambda words, row, p: _of_link(words, row, p)(_number(row, "estimate")),
    "link_worst": lambda words, row, p: _of_link(words, row, p)(_number(row, "estimate_reference")),
    "link_difference": _link_difference,
    "link_n": lambda words, row, _: words.whole(_number(row, "n") + _number(row, "n_reference")),
    "link_signal": _link_signal,
    "loyal_counted": lambda words, row, _: words.text(f"linkage.counted.{row['counted_in']}"),
    "loyal_spend": _spend("loyal"),
    "loyal_rest": _spend("rest"),
    "loyal_times": lambda words, row, _: words.number(_number(row, "estimate"), 2),
    "loyal_times_interval": lambda words, row, _: range_of(
        words, words.number(_number(row, "low"), 2), words.number(_number(row, "high"), 2)
    ),
    "worth_input": lambda words, row, _: words.text(f"bars.label.{row['input']}"),
    "worth_value": lambda words, row, p: _input_value(words, _number(row, "estimate"), row, p),
    "worth_interval": _worth_interval,
    "worth_meaning": lambda words, row, _: words.text(f"linkage.meaning.{row['input']}"),
    "worth_source": lambda words, row, _: words.text(f"linkage.source.{row['source']}"),
    "worth_moved": lambda words, row, _: words.text(f"bars.label.{row['label']}"),
    "worth_end": lambda words, row, _: words.text(f"bars.series.{row['series']}"),
    "worth_result": lambda words, row, p: money(words, _number(row, "estimate"), p["currency"]),
}
