"""The formats that a text or a column may ask for, by name: a value in the reader's language.

``{low:share}`` in a text, or ``Column("low", "share")`` in a table, writes the value ``low`` as a
share. Some formats take an option, ``code:channel``, and some look at the other values of the
sentence or the row: ``score`` at its ``metric``, ``code_of:variable`` at its ``variable``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.errors import CxError
from cxreport.scores.kinds import score_kind
from cxreport.show.durations import UNITS, level, wait, wait_range
from cxreport.show.labels import (
    answer_label,
    capital,
    code_label,
    column_label,
    comment_label,
    period_label,
    question_label,
    score_label,
)
from cxreport.show.money import write_money
from cxreport.show.numeral import POINTS, in_unit, joined, numbers_in
from cxreport.show.plain_text import isolated
from cxreport.show.roughly import rough, rough_range
from cxreport.show.texts import SHARED, find_text, has_text
from cxreport.show.words import Words, fill

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Row = Mapping[str, Any]
    Format = Callable[["Reader", Any, str, Row], str]


@dataclass(frozen=True)
class Reader:
    """Who reads a block: in which language, with a topic's texts and the labels it carries."""

    language: str
    topic: str = SHARED
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> Words:
        """Numbers, dates and shared texts of the language."""
        return Words(self.language)

    def has(self, key: str) -> bool:
        """Return whether the topic, or the house, has a text of this key."""
        return has_text(self.topic, key)

    def text(self, key: str, values: Row | None = None) -> str:
        """Return a text by its dotted key, with values filled in.

        Of a text with two forms one is chosen by the value called ``n``. ``{period}`` and
        ``{reference}`` are the periods that the block is about, where no value is called so.
        """
        row = dict(values or {})
        written = {name: Value(self, value, row) for name, value in row.items()}
        for which in ("period", "reference"):
            label = period_label(self.parameters, self.words, which)
            written.setdefault(which, Value(self, label, row))
        text = find_text(self.topic, key, self.language)
        return fill(self.words, text, written, n=row.get("n"), where=f"{self.topic}: {key}")

    def write(self, value: Any, how: str, row: Row) -> str:
        """Write a value in a named format; a sentence among the values is written as a text.

        Raises
        ------
        CxError
            If there is no such format.
        """
        if isinstance(value, dict) and set(value) == {"key", "values"}:
            return self.text(value["key"], value["values"])
        name, _, option = how.partition(":")
        if name.isdigit():
            return self.words.number(number(value), int(name))
        if name not in FORMATS:
            raise CxError("no such format", got=how, expected=", ".join(FORMATS))
        return FORMATS[name](self, value, option, row)


@dataclass(frozen=True)
class Value:
    """A value inside a text, written when the text asks for it."""

    reader: Reader
    value: Any
    row: Row

    def __format__(self, how: str) -> str:
        """Write the value in the format that the text names, so that it turns nothing around it."""
        return isolated(self.reader.write(self.value, how, self.row))


def number(value: Any) -> float:
    """Return a number; one that is missing is not known."""
    return math.nan if value is None or pd.isna(value) else float(value)


def _count(reader: Reader, value: Any, _option: str, _row: Row) -> str:
    """Write a number of something; nothing where it was not counted."""
    return "" if math.isnan(number(value)) else reader.words.whole(value)


def _any(reader: Reader, value: Any, _option: str, row: Row) -> str:
    if isinstance(value, list):
        return ", ".join(reader.write(item, "", row) for item in value)
    return reader.words.value(value)


def _period(reader: Reader, name: Any, option: str, _row: Row) -> str:
    return reader.words.period(name, option or _every(reader))


def _short_period(reader: Reader, name: Any, option: str, _row: Row) -> str:
    return reader.words.period(name, option or _every(reader), short=True)


def _every(reader: Reader) -> str:
    """Return what the block's periods are: months, quarters, years."""
    parameters = reader.parameters
    return str(parameters.get("every") or parameters["period"]["kind"])


def _day(reader: Reader, value: Any, _option: str, _row: Row) -> str:
    if value is None or pd.isna(value):
        return ""
    return reader.words.day(pd.Timestamp(value).date())


def _score(reader: Reader, value: Any, _option: str, row: Row) -> str:
    """Write a score in its own unit: points bare, shares with their sign."""
    if score_kind(str(row["metric"])).unit == "points":
        written = reader.words.number(number(value))
        return in_unit(written, written, POINTS) if numbers_in(written) else written
    return reader.words.share(number(value))


def _money(reader: Reader, value: Any, _option: str, row: Row) -> str:
    currency = row.get("currency", reader.parameters.get("currency", ""))
    return write_money(reader.words, number(value), str(currency or ""))


def _code(reader: Reader, value: Any, option: str, _row: Row) -> str:
    column = option or reader.parameters["group"]
    return code_label(column, value, reader.parameters, reader.words)


def _code_of(reader: Reader, value: Any, option: str, row: Row) -> str:
    return code_label(str(row[option]), value, reader.parameters, reader.words)


def _score_name(reader: Reader, metric: Any, _option: str, row: Row) -> str:
    return score_label(metric, str(row.get("question", "")), reader.parameters, reader.words)


def _word(reader: Reader, value: Any, option: str, row: Row) -> str:
    """Write a word of a section of texts, chosen by the value; nothing for nothing."""
    section, _, column = option.partition(":")
    value = row.get(column) if column else value
    missing = value is None or value == "" or (not isinstance(value, str) and pd.isna(value))
    return "" if missing else reader.text(f"{section}.{value}", row)


def _known_word(reader: Reader, value: Any, option: str, row: Row) -> str:
    """Write a word of a section of texts where it stands there; else the value in a format.

    ``known_word:step`` writes any other value as it is, ``known_word:step:code:event`` as a code.
    """
    section, _, how = option.partition(":")
    if reader.has(f"{section}.{value}"):
        return _word(reader, value, section, row)
    return reader.write(value, how, row) if how else reader.words.value(value or "")


def _unless(reader: Reader, value: Any, option: str, row: Row) -> str:
    """Write a value, or the note why it is not known: ``unless:note:share``."""
    column, _, how = option.partition(":")
    if math.isnan(number(value)) and row[column]:
        return reader.text(f"note.{row[column]}", row)
    return reader.write(value, how, row)


def _codes(reader: Reader, _value: Any, option: str, row: Row) -> str:
    """Write the codes of two columns, the second in brackets; one that says it all alone."""
    labels = [
        capital(_code(reader, row.get(column), column, row))
        for column in option.split(":")
        if not pd.isna(row.get(column))
    ]
    first, *other = dict.fromkeys(labels) or [""]
    return f"{isolated(first)} ({isolated(other[0].lower())})" if other else first


def _yes(reader: Reader, value: Any, _option: str, _row: Row) -> str:
    return reader.words.value(bool(value))


def _signal(reader: Reader, value: Any, option: str, row: Row) -> str:
    """Return the word for a signal; nothing where nothing was compared, as ``option`` tells."""
    if value is None and not option and row.get("difference") is None:
        return ""
    missing = value is None or (not isinstance(value, bool) and pd.isna(value))
    if missing and option and math.isnan(number(row.get(option))):
        return ""
    return reader.text(f"signal.{'unknown' if missing else 'yes' if value else 'no'}")


def _ends(option: str) -> tuple[str, str, str]:
    """Return the format, and the columns of the ends: ``share``, or ``share:lower:upper``."""
    *how, low, high = option.split(":") if option.count(":") > 1 else (option, "low", "high")
    return ":".join(how), low, high


def _range(reader: Reader, _value: Any, option: str, row: Row) -> str:
    """Write two ends of an interval: ``range:share`` or ``range:share:lower:upper``."""
    how, *names = _ends(option)
    ends = [row.get(name) for name in names]
    if any(math.isnan(number(end)) for end in ends):
        return reader.text("value.none")
    low, high = (reader.write(end, how, row) for end in ends)
    return joined(reader.words.text("value.range", low=low, high=high), low, high)


def _span(reader: Reader, value: Any, option: str, row: Row) -> str:
    """Write two ends, one where they are alike, and the row's note where there are none."""
    how, first, last = option.split(":")
    if math.isnan(number(row.get(first))):
        return _word(reader, row.get("note"), "note", row) or reader.text("value.none")
    alike = row[first] == row[last]
    return reader.write(row[first], how, row) if alike else _range(reader, value, option, row)


def _or(reader: Reader, value: Any, option: str, row: Row) -> str:
    """Write a value, or the text of a key where it is missing: ``or:whole:note.suppressed``.

    Where nobody was counted (``n``), the text is not true of anybody, and is not written.
    """
    how, _, key = option.rpartition(":")
    missing = math.isnan(number(value)) and row.get("n") != 0
    return reader.text(key) if missing else reader.write(value, how, row)


def _translated(reader: Reader, value: Any, option: str, row: Row) -> str:
    """Write the row's own text in the language, ``title_it``; else a word of that section."""
    own = row.get(f"{option}_{reader.language}")
    return str(own) if isinstance(own, str) and own else _known_word(reader, value, option, row)


def _with_range(reader: Reader, value: Any, option: str, row: Row) -> str:
    """Write a value and, in brackets, its interval where it is known; as ``range``."""
    how, low, high = _ends(option)
    written = reader.write(value, how, row)
    ends = [row.get(low)] if how == "wait" else [row.get(low), row.get(high)]  # a wait may be open
    if any(math.isnan(number(each)) for each in (value, *ends)):
        return written
    interval = (
        wait_range(number(row[low]), number(row.get(high)), reader.words)
        if how == "wait"
        else _range(reader, None, option, row)
    )
    return joined(f"{written} ({interval})", written, interval)


def _as(reader: Reader, value: Any, column: str, row: Row) -> str:
    """Write a value in the format that a column of its row names: ``as:unit``."""
    return reader.write(value, str(row[column]), row)


def _if_known(reader: Reader, value: Any, how: str, row: Row) -> str:
    """Write a value in a format; nothing where it is not known."""
    return "" if math.isnan(number(value)) else reader.write(value, how, row)


def _if_any(reader: Reader, value: Any, how: str, row: Row) -> str:
    """Write how many there are in a format; nothing where there are none."""
    return "" if number(value) == 0 else reader.write(value, how, row)


def _wait(reader: Reader, value: Any, option: str, _row: Row) -> str:
    """Write a wait counted in hours, or in days: ``wait:days``."""
    return wait(number(value) * UNITS[option or "hours"], reader.words)


def _waits(reader: Reader, _value: Any, option: str, row: Row) -> str:
    """Write two ends of a wait: ``waits``, ``waits:lower:upper`` or ``waits:lower:upper:days``."""
    *ends, unit = [*(option or "low:high").split(":"), "hours"][:3]
    low, high = (number(row.get(name)) * UNITS[unit] for name in ends)
    return wait_range(low, high, reader.words)


def _say(reader: Reader, value: Any, option: str, row: Row) -> str:
    """Write a text made of the whole row; its ``n`` is the value."""
    return reader.text(option, {**row, "n": value})


def _each(separator: str) -> Format:
    """Return what writes a list, each item in a format of its own: ``list:period``."""
    return lambda reader, items, how, row: separator.join(
        reader.write(item, how, row) for item in items
    )


def _and(reader: Reader, items: Any, how: str, row: Row) -> str:
    """Write a list as a sentence has it: the last after "and"."""
    *names, last = [reader.write(item, how, row) for item in items] or [""]
    return reader.words.text("list.and", first=", ".join(names), last=last) if names else last


def _unbroken(reader: Reader, value: Any, how: str, row: Row) -> str:
    """Write a value that stays on one line: ``unbroken:short``."""
    return reader.write(value, how, row).replace(" ", "\u00a0")


def _capital(reader: Reader, value: Any, how: str, row: Row) -> str:
    return capital(reader.write(value, how, row))


FORMATS: dict[str, Format] = {
    "": _any,
    "as_is": lambda _, value, __, ___: "" if value is None else str(value),
    "comment": lambda r, value, _, __: comment_label(str(value), r.words),
    "count": _count,
    "whole": lambda r, value, _, __: r.words.whole(number(value)),
    "number": lambda r, value, _, __: r.words.number(number(value)),
    "exact": lambda r, value, _, __: r.words.exact(number(value)),
    "share": lambda r, value, _, __: r.words.share(number(value)),
    "signed": lambda r, value, _, __: r.words.signed(number(value)),
    "rough": lambda r, value, _, row: rough(number(value), row, r.words),
    "rough_range": lambda r, _, ends, row: rough_range(ends, row, r.words),
    "ratio": lambda r, value, _, __: r.words.ratio(number(value)),
    "score": _score,
    "money": _money,
    "wait": _wait,
    "waits": _waits,
    "level": lambda r, value, _, __: level(number(value), r.words),
    "p_value": lambda r, value, _, __: r.words.p_value(number(value)),
    "range": _range,
    "span": _span,
    "or": _or,
    "translated": _translated,
    "with_range": _with_range,
    "as": _as,
    "unless": _unless,
    "day": _day,
    "period": _period,
    "short": _short_period,
    "code": _code,
    "code_of": _code_of,
    "codes": _codes,
    "column": lambda r, name, _, __: column_label(str(name), r.parameters, r.words),
    "question": lambda r, name, _, __: question_label(str(name), r.parameters, r.words),
    "answer": lambda r, value, _, __: answer_label(str(value), r.words),
    "score_name": _score_name,
    "signal": _signal,
    "yes": _yes,
    "word": _word,
    "known_word": _known_word,
    "if_known": _if_known,
    "if_any": _if_any,
    "say": _say,
    "capital": _capital,
    "unbroken": _unbroken,
    "list": _each(", "),
    "series": _each("; "),
    "and": _and,
}
TEXTUAL = {
    "", "as_is", "comment", "day", "period", "short", "code", "code_of", "codes", "column",
    "question", "answer", "score_name", "signal", "yes", "word", "known_word", "translated", "say",
    "list", "series", "and", "capital", "unbroken",
}  # fmt: skip
"""Formats of columns that are read as text, from the left; all others are numbers."""
