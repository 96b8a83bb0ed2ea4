"""The tables of a page as one workbook, for whoever goes on counting with them.

It follows the UK Government Analysis Function's guidance on spreadsheets: a cover, contents and
notes; one table per sheet, from its first cell on; units in headings, numbers as numbers, nothing
merged, no empty cell without a sign that says why. It holds what the page shows and no more, each
number as it is rounded there, and no clock, no name of a person or of a machine.
"""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
from xlsxwriter import Workbook

from cxreport.show.numeral import Number
from cxreport.show.sheet import Missing, sheet_of
from cxreport.show.spreadsheet import harmless

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from cxreport.show.cell import Table
    from cxreport.show.sheet import Sheet, Value
    from cxreport.show.words import Words

WITHOUT_DATE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""When a workbook was made that is about no period: the same at any time."""
NOTES = (
    "workbook.note.numbers",
    "workbook.note.ends",
    "workbook.note.few",
    "workbook.note.hidden",
    "workbook.note.absent",
    "workbook.note.nothing",
)
NARROWEST, WIDEST, TEXT_WIDTH = 10, 40, 100
"""Widths of columns, in signs."""
NOTHING_RUNS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


class Shown(NamedTuple):
    """A table, and the heading of the page below which it stands."""

    section: str
    table: Table


class Cover(NamedTuple):
    """What a workbook is about.

    ``about`` are the lines of the page's head, ``page`` is the name of its file, and ``last`` the
    last day that it is about, which stands for the day on which it was made.
    """

    title: str
    about: Sequence[str]
    page: str
    last: str | None


def write_workbook(cover: Cover, tables: Sequence[Shown], words: Words) -> bytes:
    """Write the tables of a page as a workbook.

    Parameters
    ----------
    cover : Cover
        What the page is about.
    shown : sequence of Shown
        Its tables, in its order.
    words : Words
        The reader's language.

    Returns
    -------
    bytes
        An XLSX file, the same for the same tables.
    """
    file = io.BytesIO()
    book = Workbook(file, NOTHING_RUNS)
    made = pd.Timestamp(cover.last).to_pydatetime() if cover.last else WITHOUT_DATE
    book.set_properties({"title": cover.title, "created": made})
    writer = _Writer(book, words)
    names = [words.text("workbook.sheet", number=n + 1) for n in range(len(tables))]
    writer.lines(
        words.text("workbook.cover"),
        [cover.title, *cover.about, words.text("workbook.page", page=cover.page)],
    )
    writer.contents(names, tables)
    writer.notes()
    for number, (name, each) in enumerate(zip(names, tables, strict=True), start=1):
        writer.table(number, name, sheet_of(each.table, words))
    book.close()
    return file.getvalue()


class _Writer:
    """Writes the sheets of one workbook."""

    def __init__(self, book: Workbook, words: Words) -> None:
        self.book, self.words = book, words
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.link = book.add_format({"font_color": "#0563c1", "underline": 1, "valign": "top"})
        self.decimals: dict[int, Format] = {}

    def lines(self, name: str, lines: Sequence[str]) -> Worksheet:
        """Write a sheet of lines, the first of which is its title."""
        sheet = self.book.add_worksheet(name)
        sheet.set_column(0, 0, TEXT_WIDTH)
        for row, line in enumerate(lines):
            sheet.write_string(row, 0, harmless(line), self.wrapped if row else self.title)
        return sheet

    def contents(self, names: Sequence[str], tables: Sequence[Shown]) -> None:
        """Write the list of the tables, with a link to each."""
        text = self.words.text
        sheet = self.book.add_worksheet(text("workbook.contents"))
        sheet.write_string(0, 0, text("workbook.contents"), self.title)
        headings = ["workbook.where", "workbook.what", "workbook.section"]
        self._head(sheet, 1, [text(key) for key in headings], len(tables), "contents")
        for row, (name, each) in enumerate(zip(names, tables, strict=True), start=2):
            sheet.write_url(row, 0, f"internal:'{name}'!A1", self.link, name)
            sheet.write_string(row, 1, harmless(each.table.caption), self.wrapped)
            sheet.write_string(row, 2, harmless(each.section) or Missing.NOTHING.value)
        sheet.set_column(0, 0, 14)
        sheet.set_column(1, 1, TEXT_WIDTH)
        sheet.set_column(2, 2, WIDEST)

    def notes(self) -> None:
        """Write what holds for all tables, and what stands for a number that is not there."""
        text = self.words.text
        lines = [text(key) for key in NOTES]
        self.lines(text("workbook.notes"), [text("workbook.notes"), *lines])

    def table(self, number: int, name: str, content: Sheet) -> None:
        """Write one table: title, what the sheet holds, note, headings, rows."""
        sheet = self.book.add_worksheet(name)
        sheet.write_string(0, 0, harmless(content.caption), self.title)
        about = [self.words.text("workbook.one_table", notes=self.words.text("workbook.notes"))]
        about += [content.note] if content.note else []
        for row, line in enumerate(about, start=1):
            sheet.write_string(row, 0, harmless(line))
        first = 1 + len(about)
        self._head(sheet, first, content.headings, len(content.rows), f"table_{number}")
        for row, values in enumerate(content.rows, start=first + 1):
            for column, value in enumerate(values):
                self._cell(sheet, row, column, value)
        for column, heading in enumerate(content.headings):
            texts = [value for row in content.rows if isinstance(value := row[column], str)]
            longest = max(map(len, [*heading.split(), *texts]), default=0) + 2
            sheet.set_column(column, column, min(max(longest, NARROWEST), WIDEST))

    def _head(self, sheet: Worksheet, row: int, headings: Sequence[str], n: int, name: str) -> None:
        """Write the headings, and mark what is below them as their table."""
        columns = [{"header": harmless(h), "header_format": self.heading} for h in headings]
        about = {"name": name, "columns": columns, "autofilter": False, "style": None}
        sheet.add_table(row, 0, row + n, len(headings) - 1, about)

    def _cell(self, sheet: Worksheet, row: int, column: int, value: Value) -> None:
        if isinstance(value, Number):
            sheet.write_number(row, column, value.value, self._number(value.decimals))
        elif isinstance(value, Missing):
            sheet.write_string(row, column, value.value)
        else:
            sheet.write_string(row, column, harmless(value), self.wrapped)

    def _number(self, decimals: int) -> Format:
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        if decimals not in self.decimals:
            self.decimals[decimals] = self.book.add_format({"num_format": pattern, "valign": "top"})
        return self.decimals[decimals]
