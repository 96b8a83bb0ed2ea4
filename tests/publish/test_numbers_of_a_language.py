"""No number of the demo's month is written in the way of the other language, wherever it stands."""

from __future__ import annotations

import base64
import csv
import io
import re
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from cxreport.publish.elements import read_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cxreport.publish.elements import Element

OF_THE_OTHER = {
    "it": re.compile(
        r"(?<![\d.,])\d+(,\d{3})*\.\d{1,2}(?![\d.])|(?<![\d,.])\d{1,3}(,\d{3})+(?![\d,])"
    ),
    "en": re.compile(
        r"(?<![\d.,])\d+(\.\d{3})*,\d{1,2}(?![\d,])|(?<![\d,.])\d{1,3}(\.\d{3})+(?![\d.])"
    ),
}
"""The language of a page -> the decimals and the thousands of the other one."""
READ = {"aria-label", "data-heading", "download"}
"""Attributes that are read or heard."""


def texts(page: Element) -> Iterator[str]:
    """Yield what a page says, on charts too, and each cell of the files that can be taken."""
    for element in page.every():
        yield from element.texts
        yield from (text for name, text in element.attributes.items() if name in READ)
        kind, _, data = element.attributes.get("href", "").partition(";base64,")
        if kind.startswith("data:text/csv"):
            content = base64.b64decode(data).decode("utf-8-sig")
            delimiter = ";" if ";" in content.splitlines()[0] else ","
            for row in csv.reader(io.StringIO(content), delimiter=delimiter):
                yield from row


def cells(path: Path) -> Iterator[str]:
    """Yield the texts of a workbook; its numbers are numbers."""
    for sheet in load_workbook(path).worksheets:
        for row in sheet.iter_rows(values_only=True):
            yield from (cell for cell in row if isinstance(cell, str))


@pytest.mark.parametrize("language", ["it", "en"])
def test_numbers_are_written_as_in_the_language_of_the_page(
    language: str, demo_month: Path
) -> None:
    page = read_page((demo_month / f"{language}.html").read_text("utf-8"))
    (main,) = page.every("main")
    said = [*texts(main), *cells(demo_month / f"{language}.xlsx")]
    other, own = (OF_THE_OTHER[name] for name in (language, {"it": "en", "en": "it"}[language]))
    assert [text for text in said if other.search(text)] == []
    assert len([text for text in said if own.search(text)]) > 500
