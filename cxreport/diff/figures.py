"""The workbook beside a page -> one row per number that the page shows, with its interval and n."""

from __future__ import annotations

import io
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
from python_calamine import CalamineWorkbook

from cxreport.show.texts import SHARED, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cxreport.show.words import Words

COUNTS = frozenset(
    f"column.{name}"
    for name in ("n", "n_before", "n_after", "answers", "customers", "detractors", "invitations",
                 "people", "requests", "visits")
)  # fmt: skip
"""Headings of columns that hold a number of people or answers."""
STATED = "95%"
"""What a heading or caption says of an interval that is one of a single figure, in any language."""
OWN = "\u2026"
"""What stands in a text for the period that its page is about."""
COLUMNS = ("section", "table", "caption", "texts", "period", "is_own", "measure", "unit", "n",
           "value", "low", "high", "is_count", "about")  # fmt: skip


class Grid(NamedTuple):
    """One table of a workbook: its section and caption, headings and rows."""

    section: str
    caption: str
    headings: list[str]
    rows: list[list[Any]]


class Measure(NamedTuple):
    """Where a number of each row stands, and the ends of its interval and its n, if any."""

    value: int
    low: int | None
    high: int | None
    size: int | None


def figures_of(content: bytes, period: str, kind: str, words: Words) -> pd.DataFrame:
    """Return every number of a workbook, once, with what it is about.

    Parameters
    ----------
    content : bytes
        The workbook, as published.
    period, kind : str
        That its page is about.
    words : Words
        Its language.

    Returns
    -------
    DataFrame
        One row per number: ``section`` and ``caption`` as written; ``table`` (the caption, with
        the page's own period left out, and numbered where two are alike), ``texts`` (tuple of str,
        what names the row), ``period`` (the row's, of a table by period; else "") and ``is_own``
        (whether it is the page's), ``measure`` (the heading), ``unit`` ("" where the heading names
        it), ``n`` (NaN where it is not known), ``value``, ``low``, ``high`` (of a 95% interval;
        NaN without one), ``is_count`` (of people or answers) and ``about``: "period" where the
        number rests on the page's period alone, "row" where it is of the row's, "window" where it
        may rest on others, too.
    """
    own = [re.escape(words.period(period, kind, short=short)) for short in (False, True)]
    label = re.compile(rf"(?<!\w)(?:{'|'.join(own)})(?!\w)")
    records: list[tuple[Any, ...]] = []
    times: dict[str, int] = {}
    for grid in read_tables(content, words):
        table = label.sub(OWN, grid.caption)
        times[table] = times.get(table, 0) + 1
        if times[table] > 1:
            table = f"{table} ({times[table]})"
        records += _of_table(grid, table, label, words)
    return pd.DataFrame(records, columns=list(COLUMNS))


def read_tables(content: bytes, words: Words) -> Iterator[Grid]:
    """Yield the tables of a workbook of ours, in the order of the page."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))

    def rows_of(name: str) -> list[list[Any]]:
        return book.get_sheet_by_name(name).to_python(skip_empty_area=False)

    for sheet, caption, section in (
        row[:3] for row in rows_of(words.text("workbook.contents"))[2:]
    ):
        rows = rows_of(sheet)
        head = next((i for i, row in enumerate(rows[2:4], start=2) if any(row[1:])), 2)
        headings = [str(cell) for cell in rows[head]]
        yield Grid(section, caption, headings, rows[head + 1 :])


def _of_table(
    grid: Grid, table: str, label: re.Pattern[str], words: Words
) -> Iterator[tuple[Any, ...]]:
    """Yield the numbers of one table."""
    headings = [label.sub(OWN, heading) for heading in grid.headings]
    numeric = {i for i in range(len(headings)) if any(_is_number(row[i]) for row in grid.rows)}
    measures = list(_measures(headings, numeric, grid.caption, words))
    named = range(min(numeric, default=len(headings)))
    unit = _position(headings, words.text("sheet.unit"))
    dated = _position(headings, words.text("column.period"))
    is_window = f"{words.text('diff.up_to')} {OWN}" in table
    about = "period" if OWN in table and not is_window else "window"
    counts = count_headings(words.language)
    for row in grid.rows:
        period = str(row[dated]) if dated is not None and dated in named else ""
        texts = tuple(str(row[i]) if i == dated else label.sub(OWN, str(row[i])) for i in named)
        for measure in measures:
            heading = headings[measure.value]
            yield (grid.section, table, grid.caption, texts, period,
                   bool(period) and label.fullmatch(period) is not None, heading,
                   "" if unit is None else str(row[unit]), _number(row, measure.size),
                   *(_number(row, at) for at in (measure.value, measure.low, measure.high)),
                   heading in counts, "row" if period else about)  # fmt: skip


def _measures(
    headings: Sequence[str], numeric: set[int], caption: str, words: Words
) -> Iterator[Measure]:
    """Yield the columns that hold a figure; the ends of intervals are no figures of their own."""
    marks = [words.text(key, heading="") for key in ("sheet.lower", "sheet.upper")]
    ends = {i for i in numeric if any(mark in headings[i] for mark in marks)}
    counts = {i for i in numeric if headings[i] in count_headings(words.language)}
    of_value: dict[int, tuple[int, int]] = {}
    for low in sorted(ends):
        head, mark, tail = headings[low].partition(marks[0])
        high = _position(headings, f"{head}{marks[1]}{tail}")
        if mark and high is not None and STATED in f"{head} {caption}":
            value = _position(headings, head + tail)
            of_value[low - 1 if value is None else value] = (low, high)
    for value in sorted(numeric - ends):
        if value not in of_value:
            yield Measure(value, None, None, None)
            continue
        left = max((i for i in counts if i < value), default=None)
        yield Measure(value, *of_value[value], left)


@cache
def count_headings(language: str) -> frozenset[str]:
    """Return the headings under which tables hold a number of people or answers."""
    folders = [each.name for each in (files("cxreport") / "topics").iterdir() if each.is_dir()]
    topics = [SHARED, *(name for name in folders if not name.startswith("__"))]
    every = [(key, text[language]) for topic in topics for key, text in texts_of(topic).items()]
    return frozenset(text for key, text in every if key in COUNTS and isinstance(text, str))


def _position(headings: Sequence[str], heading: str) -> int | None:
    return headings.index(heading) if heading in headings else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(row: Sequence[Any], at: int | None) -> float:
    """Return the number of a cell; NaN where none is shown."""
    return float(row[at]) if at is not None and _is_number(row[at]) else float("nan")
