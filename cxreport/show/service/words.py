"""Customer service in sentences: waits in the unit a reader would use, groups by their names."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from cxreport.show.captions import capital, code_label, column_label
from cxreport.show.durations import level, wait, wait_range

if TYPE_CHECKING:
    from cxreport.show.blocks import Block
    from cxreport.show.words import Words

    Parameters = dict[str, Any]


def service_sentences(block: Block, words: Words) -> list[str]:
    """Write what a block of kind ``service`` says.

    Parameters
    ----------
    block : Block
        Each of ``parameters["sentences"]`` is ``{"key": ..., "values": {...}}``, one list item; a
        list of such is one item of several sentences. A value is plain, or ``{kind: value}`` of a
        kind that ``WRITERS`` knows.
    words : Words
        The reader's language.

    Returns
    -------
    list of str
        The sentences.
    """
    items = []
    for item in block.parameters["sentences"]:
        told = item if isinstance(item, list) else [item]
        items.append(" ".join(_sentence(one, block.parameters, words) for one in told))
    return items


def _sentence(told: dict[str, Any], parameters: Parameters, words: Words) -> str:
    values = {name: _value(value, parameters, words) for name, value in told["values"].items()}
    return capital(words.text(f"service.{told['key']}", **values))


def _value(value: Any, parameters: Parameters, words: Words) -> Any:
    """Write a tagged value in the reader's language; leave a plain one to the text."""
    if not isinstance(value, dict):
        return value
    kind, content = next(iter(value.items()))
    return WRITERS[kind](content, parameters, words)


def _waits(named: list[list[Any]], parameters: Parameters, words: Words) -> str:
    """List groups with their waits."""
    return ", ".join(
        words.text(
            "service.group_wait",
            group=_name(column, code, parameters, words),
            wait=words.text("service.half_not_yet") if _is_unknown(hours) else wait(hours, words),
        )
        for column, code, hours in named
    )


def _name(column: str, code: object, parameters: Parameters, words: Words) -> str:
    if code == "":
        return words.text("service.everybody")
    return code_label(column, code, parameters, words)


def _usually(named: list[list[Any]], parameters: Parameters, words: Words) -> str:
    """List groups with their waits, and those that are usual."""
    return "; ".join(
        words.text(
            "service.group_usually",
            group=_name(column, code, parameters, words),
            wait=wait(hours, words),
            usual=wait(centre, words),
        )
        for column, code, hours, centre in named
    )


def _then(named: list[list[Any]], parameters: Parameters, words: Words) -> str:
    """List groups with their waits, now and in the period before."""
    return "; ".join(
        words.text(
            "service.group_then",
            group=_name(column, code, parameters, words),
            wait=words.text("service.half_not_yet") if _is_unknown(now) else wait(now, words),
            then=wait(was, words),
        )
        for column, code, now, was in named
    )


def _is_unknown(hours: float | None) -> bool:
    return hours is None or math.isnan(hours)


def _columns(names: list[str], parameters: Parameters, words: Words) -> str:
    return ", ".join(column_label(name, parameters, words) for name in names)


def _waiting(n: int, _parameters: Parameters, words: Words) -> str:
    return words.text("service.waiting", n=n) if n else words.text("service.nobody_waiting")


def _codes(named: list[list[Any]], parameters: Parameters, words: Words) -> str:
    return ", ".join(_name(column, code, parameters, words) for column, code in named)


def _period(name: str, parameters: Parameters, words: Words) -> str:
    return words.period(name, parameters["period"]["kind"])


WRITERS: dict[str, Any] = {
    "wait": lambda hours, _, words: wait(hours, words),
    "wait_range": lambda ends, _, words: wait_range(ends[0], ends[1], words),
    "share": lambda value, _, words: words.measured(math.nan if value is None else value, "share"),
    "points": lambda value, _, words: words.signed(math.nan if value is None else value),
    "number": lambda value, _, words: words.number(math.nan if value is None else value),
    "text": lambda key, _, words: words.text(key),
    "waits": _waits,
    "usually": _usually,
    "then": _then,
    "columns": _columns,
    "waiting": _waiting,
    "level": lambda hours, _, words: level(hours, words),
    "codes": _codes,
    "period": _period,
    "day": lambda day, _, words: words.day(dt.date.fromisoformat(str(day))),
}
