"""Read the columns of an export, each by the meanings that it has: values, beside their texts.

The values become the rows of the source; the texts are counted code by code, and say what could
not be read. Both are computed once, in one table.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import ibis

from cxreport.inputs.normalise import (
    as_time,
    cleaned,
    day_after,
    is_time,
    steps_of,
    value_type,
    written,
)
from cxreport.inputs.roles import CODED, NUMBERS, TIMES
from cxreport.inputs.source import keep, run

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir

    from cxreport.inputs.meaning import Column, Meaning, Version

SHOWN = ("id", *CODED, *NUMBERS, *TIMES)
"""Roles whose texts are counted or checked."""
ALWAYS = ibis.literal(value=True)


class Reading(NamedTuple):
    """A column of an export, read by one of its meanings."""

    place: int
    """Which of the readings of the export."""
    name: str
    column: Column
    number: int
    """Which of the meanings in ``Column.in_wave``."""
    exported: ir.Column
    meaning: Meaning
    inside: ir.BooleanValue


class Sizes(NamedTuple):
    """How many rows a file or a table has: all, those with an id, and different ids among them."""

    n: int
    named: int
    ids: int
    written: int = 0
    """Different ids as exported, by meaning."""


@dataclass(frozen=True)
class Export:
    """The columns of one file, read by their meanings.

    Attributes
    ----------
    rows : ibis Table
        What was made of the columns, under names of its own.
    columns : mapping of str to Column
        Canonical name -> meaning.
    readings : list of Reading
        One for each meaning of each column that the file has.
    zone : str
        The source's time zone.
    """

    rows: ir.Table
    columns: Mapping[str, Column]
    readings: list[Reading]
    zone: str

    def of(self, *roles: str) -> list[Reading]:
        """Return the readings of the columns with one of these roles."""
        return [reading for reading in self.readings if reading.column.role in roles]

    def value(self, reading: Reading) -> ir.Column:
        """Return what a meaning makes of its column; a text that it leaves alone is its value."""
        name = f"value{reading.place}"
        return self.rows[name] if name in self.rows.columns else self.rows[f"text{reading.place}"]

    def text(self, reading: Reading) -> ir.StringColumn:
        """Return a column as exported, blanks cleaned.

        Of times that came as such there is only the text of those that are no value.
        """
        return self.rows[f"text{reading.place}"]

    def inside(self, reading: Reading) -> ir.BooleanValue:
        """Return for which rows a meaning holds; each row has at most one meaning."""
        name = f"inside{reading.place}"
        return self.rows[name] if name in self.rows.columns else ALWAYS

    def column(self, name: str) -> ir.Value:
        """Return the values of a canonical column, each read by the meaning that holds for it."""
        of_column = [reading for reading in self.readings if reading.name == name]
        branches = [(self.inside(reading), self.value(reading)) for reading in of_column]
        return ibis.cases(*branches) if branches else ibis.null()

    def written_id(self) -> ir.Value:
        """Return the id of each row as exported, beside the number of its meaning."""
        ids = [
            (self.inside(r), ibis.literal(f"{r.number}:") + self.text(r).fill_null(""))
            for r in self.of("id")
        ]
        return ibis.cases(*ids) if ids else ibis.null("string")

    @cached_property
    def sizes(self) -> Sizes:
        """How many rows there are, and how many different ids among them."""
        key = next((name for name, column in self.columns.items() if column.role == "id"), None)
        ids = (self.column(key) if key else ibis.null()).cast("string")
        rows = self.rows.select(ids=ids, written=self.written_id())
        counted = {"named": rows.ids.count(), "ids": rows.ids.nunique()}
        counts = rows.aggregate(n=rows.count(), **counted, written=rows.written.nunique())
        return Sizes(*run(counts).iloc[0].map(int))

    def kept(self) -> Export:
        """Compute everything once; see ``source.keep``."""
        return replace(self, rows=keep(self.rows))

    def canonical(self) -> ir.Table:
        """Return the canonical columns; see ``normalise``."""
        values = self.rows.select(**{name: self.column(name) for name in self.columns})
        days = {name for name, kind in values.schema().items() if kind.is_date()}
        kinds = {n: value_type(column.role) for n, column in self.columns.items() if n not in days}
        return values.cast(kinds)


def read_export(
    raw: ir.Table, columns: Mapping[str, Column], *, wave: str | None, zone: str
) -> Export:
    """Read the columns of an export by their meanings; nothing is computed yet.

    Parameters
    ----------
    raw : ibis Table
        The columns as exported.
    columns : mapping of str to Column
        Canonical name -> meaning.
    wave : str or None
        The wave that the rows belong to.
    zone : str
        The source's time zone.
    """
    in_file = [
        (name, number, raw[exported], meaning, inside)
        for name, meanings in readings(raw, columns, wave=wave, zone=zone).items()
        for number, (exported, meaning, inside) in enumerate(meanings)
        if exported in raw.columns
    ]
    read = [Reading(i, name, columns[name], *rest) for i, (name, *rest) in enumerate(in_file)]
    cells = {f"text{r.place}": written(r.exported, r.column) for r in read}
    cells |= {f"inside{r.place}": r.inside for r in read if not r.inside.equals(ALWAYS)}
    rows = raw.select(**cells or {"nothing": ibis.null("string")})
    steps = [steps_of(r.exported.type(), r.column, r.meaning, zone) for r in read]
    for level in range(max(map(len, steps), default=0)):
        before = "value" if level else "text"
        todo = {i: part[level] for i, part in enumerate(steps) if level < len(part)}
        rows = rows.mutate(**{f"value{i}": step(rows[f"{before}{i}"]) for i, step in todo.items()})
    return Export(_with_texts_shown(rows, read), columns, read, zone)


def _with_texts_shown(rows: ir.Table, read: list[Reading]) -> ir.Table:
    """Keep the texts that are counted or checked; of times, those of what has no value."""
    unread_texts = {}
    texts = {f"text{r.place}": r for r in read if f"value{r.place}" in rows.columns}
    for name, r in texts.items():
        if r.column.role in TIMES and is_time(r.exported.type()):
            unread = rows[f"value{r.place}"].isnull()
            unread_texts[name] = ibis.cases((unread, cleaned(rows[name])))
    return rows.mutate(**unread_texts).drop(
        *(n for n, r in texts.items() if r.column.role not in SHOWN)
    )


def normalise(
    raw: ir.Table, columns: Mapping[str, Column], *, wave: str | None, zone: str
) -> ir.Table:
    """Turn an export into the table that its codebook declares.

    Parameters
    ----------
    raw, columns, wave, zone
        As in ``read_export``.

    Returns
    -------
    ibis Table
        The canonical columns: ratings as numbers, times naive and local, days as dates, all else
        text. A column that was not asked is NULL; one that the export lacks is too, and
        ``contracts`` says so.
    """
    return read_export(raw, columns, wave=wave, zone=zone).canonical()


def readings(
    raw: ir.Table, columns: Mapping[str, Column], *, wave: str | None, zone: str
) -> dict[str, list[tuple[str, Meaning, ir.BooleanValue]]]:
    """Return for each column its meanings in a wave, each with the rows that it holds for.

    Every meaning is (name in the export, meaning, rows); each row has at most one meaning.
    """
    date = None
    for name, column in columns.items():
        for _, meaning in column.in_wave(wave)[:1] if column.role == "date" else ():
            exported = meaning.column or name
            date = as_time(raw[exported], meaning, zone) if exported in raw.columns else None
    meanings_by_column: dict[str, list[tuple[str, Meaning, ir.BooleanValue]]] = {}
    for name, column in columns.items():
        rest: ir.BooleanValue = ALWAYS
        meanings_by_column[name] = []
        for version, meaning in column.in_wave(wave):
            inside = rest if version is None else _in_force(version, date)
            meanings_by_column[name].append((meaning.column or name, meaning, inside))
            rest &= ~inside
    return meanings_by_column


def _in_force(version: Version, date: ir.Column | None) -> ir.BooleanValue:
    """Return which rows fall between the first and the last day of a version."""
    if not version.is_dated:
        return ALWAYS
    if date is None:
        return ibis.literal(value=False)
    inside = date.notnull()
    if version.since:
        inside &= date >= ibis.timestamp(version.since)
    if version.until:
        inside &= date < day_after(version.until)
    return inside
