"""Customer service in sentences: waits in the unit a reader would use, groups by their names."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from cxreport.show.captions import capital, code_label, column_label

if TYPE_CHECKING:
    from cxreport.show.blocks import Block
    from cxreport.show.words import Words

    Parameters = dict[str, Any]

MOST_HOURS, LEAST_HOURS = 48, 1
UNITS = {"minutes": 1 / 60, "hours": 1, "days": 24}


def wait(hours: float | None, words: Words) -> str:
    """Write a wait in minutes, hours or days.

    Examples
    --------
    >>> from cxreport.show.words import Words
    >>> [wait(hours, Words("en")) for hours in (0.5, 4.57, 144, float("nan"))]
    ['30 minutes', '4.6 hours', '6.0 days', '–']
    """
    if hours is None or not math.isfinite(hours):
        return words.text("value.none")
    unit = _unit(hours)
    if unit == "minutes":
        return words.text("service.minutes", n=round(60 * hours))
    return words.text(f"service.{unit}", value=words.number(hours / UNITS[unit]))


def level(hours: float, words: Words) -> str:
    """Write a service level: a whole number of hours as it was declared.

    Examples
    --------
    >>> from cxreport.show.words import Words
    >>> level(48.0, Words("en")), level(0.5, Words("en"))
    ('48 hours', '30 minutes')
    """
    if float(hours).is_integer():
        return words.text("service.whole_hours", n=int(hours))
    return wait(hours, words)


def _unit(hours: float) -> str:
    if hours < LEAST_HOURS:
        return "minutes"
    return "hours" if hours < MOST_HOURS else "days"


def wait_range(low: float | None, high: float | None, words: Words) -> str:
    """Write the interval of a wait; an end that is not known yet is said to be so.

    Examples
    --------
    >>> from cxreport.show.words import Words
    >>> wait_range(0.9, 4, Words("en")), wait_range(30, float("nan"), Words("en"))
    ('54 minutes to 4.0 hours', '30.0 hours or more')
    >>> wait_range(4.1, 5.9, Words("en"))
    '4.1 to 5.9 hours'
    """
    if low is None or not math.isfinite(low):
        return words.text("value.none")
    if high is None or not math.isfinite(high):
        return words.text("service.or_more", low=wait(low, words))
    first, unit = wait(low, words), _unit(high)
    if _unit(low) == unit:  # said once is enough
        decimals = 0 if unit == "minutes" else 1
        first = words.number(low / UNITS[unit], decimals)
    return words.text("value.range", low=first, high=wait(high, words))


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
