"""The workbook beside a page: its numbers are the page's, and nothing in it runs or is hidden."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest
from nbformat import NotebookNode, v4

from cxreport.publish.beside import files_beside
from cxreport.publish.elements import read_page
from cxreport.publish.export import pieces_of
from cxreport.publish.gate_beside import check_beside
from cxreport.show.blocks import MIME, Block
from cxreport.show.parts import Column, chart, section, table

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

PERIOD = {"period": {"name": "2026-10", "kind": "month"}, "reference": None}
HEADER = Block(
    "header",
    parameters=PERIOD
    | {
        "names": {},
        "labels": {},
        "title": "monthly",
        "first": "2026-10-01",
        "last": "2026-10-31",
        "source": {"en": "Shops", "it": "Negozi"},
        "terms": {"en": "invented", "it": "inventati"},
        "filters": {},
        "observed_until": "2026-10-31",
        "synthetic": True,
    },
)
# each row a kind of number, what the page rounds and what it hides
ROWS = pd.DataFrame(
    {
        "group": ["rounds half to even", "thousands", "hidden", "not known"],
        "metric": ["csat", "csat", "csat", "csat"],
        "n": [12, 12345, None, 0],
        "estimate": [0.25, 99.96, None, None],
        "low": [0.05, 12.345, None, None],
        "high": [1234.55, 100, None, None],
        "difference": [-3.25, 0.04, None, None],
        "hours": [1 / 3, 150.1, None, 4.57],
        "longest": [2.0, None, None, 5.0],
        "amount": [-12.345, 98765.4, None, 1.005],
        "note": ["", "", "suppressed", ""],
    }
)
COLUMNS = (
    Column("group", "as_is"),
    Column("n", "whole"),
    Column("estimate", "score"),
    Column("low", "range:share", "interval"),
    Column("difference", "signed"),
    Column("hours", "wait", "waits"),
    Column("hours", "waits:hours:longest", "ranks"),
    Column("amount", "money", "mean"),
    Column("note", "word:note"),
)


def notebook(*blocks: Block) -> NotebookNode:
    outputs = [v4.new_output("display_data", {MIME: block.payload()}) for block in blocks]
    cells = [v4.new_markdown_cell("## Shops & *more*")]
    return v4.new_notebook(cells=[*cells, v4.new_code_cell("", outputs=outputs)])


def shown(*blocks: Block, language: str = "en") -> tuple[str, bytes]:
    """Return what a page shows of blocks, and its workbook."""
    pieces = pieces_of(notebook(HEADER, *blocks), language, file="shops-2026-10")
    files = files_beside(pieces, language, page=f"shops/2026-10/{language}.html")
    return "\n".join(piece.html for piece in pieces), files.get(f"{language}.xlsx", b"")


def numbers() -> Block:
    block = table("survey", "means", ROWS, COLUMNS, every="month", currency="EUR", **PERIOD)
    return Block(block.kind, block.frame, block.parameters | {"names": {}, "labels": {}})


def book_of(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def rows_of(sheet: Worksheet) -> list[list[Any]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def body_of(sheet: Worksheet) -> list[list[Any]]:
    [place] = [found.ref for found in sheet.tables.values()]
    return [[cell.value for cell in row] for row in sheet[place]]


HOURS = {"minut": 1 / 60, "hour": 1, "ore": 1, "ora": 1, "day": 24, "giorn": 24}


def read_numbers(text: str, language: str) -> list[float]:
    """Read the numbers of a cell of the page as a person would; waits in hours."""
    plain = text.replace("\u2060", "").replace("\u2212", "-").replace("\u00a0", " ")
    plain = plain.replace("€", "")
    thousands, decimal = ".," if language == "it" else ",."
    written = re.findall(r"[+-]?\d[\d.,]*", plain)
    values = [float(one.replace(thousands, "").replace(decimal, ".")) for one in written]
    units = [HOURS[word] for word in re.findall(rf"\b({'|'.join(HOURS)})", plain)]
    if not units:
        return values
    factors = units if len(units) == len(values) else units * len(values)  # said once for both
    return [round(value * factor, 2) for value, factor in zip(values, factors, strict=True)]


@pytest.mark.parametrize("language", ["en", "it"])
def test_every_number_of_the_workbook_is_the_page_s(language: str) -> None:
    html, content = shown(numbers(), language=language)
    [on_page] = read_page(html).every("table")
    [_, *sheet] = body_of(book_of(content).worksheets[3])
    lines = on_page.every("tr")[1:]
    assert len(lines) == len(sheet) == len(ROWS)
    for line, row in zip(lines, sheet, strict=True):
        cells = [cell.words() for cell in line.every("td")]
        read = [number for cell in cells for number in read_numbers(cell, language)]
        assert [value for value in row if isinstance(value, int | float)] == read
    assert sum(isinstance(value, int | float) for row in sheet for value in row) == 9 + 8 + 0 + 5


def test_the_units_stand_in_the_headings() -> None:
    [headings, *_] = body_of(book_of(shown(numbers())[1]).worksheets[3])
    assert headings == [
        "Group", "Answers", "Result (%)", "95% interval, lower end (%)",
        "95% interval, upper end (%)", "Difference (points)", "Waits (hours)",
        "Plausible ranks, lower end (hours)", "Plausible ranks, upper end (hours)",
        "Mean (EUR)", "Note",
    ]  # fmt: skip


def test_what_is_hidden_or_not_known_says_so_in_every_cell() -> None:
    [_, *rows] = body_of(book_of(shown(numbers())[1]).worksheets[3])
    assert rows[2] == ["hidden", *["[c]"] * 9, "suppressed (small numbers)"]
    assert rows[3][2:5] == ["[x]"] * 3
    assert rows[1][8] == "[x]"  # an end that is not known yet
    assert all(value is not None for row in rows for value in row)


def test_the_workbook_has_cover_contents_notes_and_a_table_a_sheet() -> None:
    book = book_of(shown(section([numbers(), numbers()]))[1])
    assert book.sheetnames == ["Cover", "Contents", "Notes", "Table 1", "Table 2"]
    cover = [row[0] for row in rows_of(book["Cover"])]
    assert cover[0] == "Customer experience report"
    assert "Source: Shops. Invented." in cover
    contents = rows_of(book["Contents"])
    assert contents[2][0] == "Table 1"
    assert contents[2][2] == "Shops & more"
    assert book["Contents"]["A3"].hyperlink.location == "'Table 1'!A1"
    for sheet in book.worksheets:
        assert sheet["A1"].value
        assert not sheet.merged_cells.ranges
        filled = [any(value is not None for value in row) for row in rows_of(sheet)]
        assert all(filled)
        assert sheet.sheet_state == "visible"


def test_the_same_tables_give_the_same_bytes_and_no_name_or_clock() -> None:
    first, second = (shown(numbers())[1] for _ in range(2))
    assert first == second
    properties = book_of(first).properties
    assert (properties.creator, properties.lastModifiedBy) == (None, None)
    assert str(properties.created) == str(properties.modified) == "2026-10-31 00:00:00"
    with zipfile.ZipFile(io.BytesIO(first)) as file:
        assert {part.date_time for part in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_page_without_a_table_has_no_workbook() -> None:
    assert shown()[1] == b""


def test_a_chart_is_in_the_workbook_as_its_table_without_what_is_drawn() -> None:
    frame = ROWS[:2].assign(x_position=7.5, colour="#ffffff")
    drawn = chart(
        "intervals", "survey", "breakdown", frame, COLUMNS[:4], question="csat", metric="csat",
        label={"name": "group", "how": "as_is"}, x="axis.score", how="score", group="channel",
        reference_value=20.0, names={}, labels={}, **PERIOD,
    )  # fmt: skip
    html, content = shown(drawn)
    assert "<svg" in html
    [headings, *rows] = body_of(book_of(content).worksheets[3])
    assert len(rows) == 2
    assert not {"x_position", "colour", 7.5, "#ffffff"} & {*headings, *rows[0], *rows[1]}
    assert re.search(r'download="shops-2026-10-[a-z0-9-]+\.csv"', html)


def put_into(content: bytes, part: str, old: str, new: str) -> bytes:
    """Return a workbook with one of its parts changed, or with one more."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as book, zipfile.ZipFile(file, "w") as changed:
        for name in book.namelist():
            text = book.read(name).decode()
            assert name != part or old in text
            changed.writestr(name, text.replace(old, new, 1) if name == part else text)
        if part not in book.namelist():
            changed.writestr(part, new)
    return file.getvalue()


SHEET = "xl/worksheets/sheet4.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"


@pytest.mark.parametrize(
    ("part", "old", "new", "problem"),
    [
        (SHEET, "<v>", "<f>1+1</f><v>", "a <f> in xl/worksheets/sheet4.xml"),
        (RELATIONS, "<Relationship ", '<Relationship TargetMode="External" ', "outside"),
        ("xl/externalLinks/externalLink1.xml", "", "<a/>", "a part that is not expected"),
        ("xl/vbaProject.bin", "", "x", "a part that is not expected"),
        ("xl/sharedStrings.xml", "hidden", "anna@example.org", "a mail address"),
        ("docProps/core.xml", "Customer experience report", "file:///home/anna/x", "a path"),
    ],
    ids=["formula", "link", "other file", "macro", "person", "path"],
)
def test_a_workbook_that_runs_leaves_or_tells_is_refused(
    part: str, old: str, new: str, problem: str
) -> None:
    content = shown(numbers())[1]
    assert check_beside("en.xlsx", content) == []
    assert problem in " ".join(check_beside("en.xlsx", put_into(content, part, old, new)))
