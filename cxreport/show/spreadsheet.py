"""The table behind a picture, as a file for a spreadsheet: in the reader's form, and none runs."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from cxreport.show.numeral import Number
from cxreport.show.sheet import Missing, sheet_of

if TYPE_CHECKING:
    from cxreport.show.cell import Table
    from cxreport.show.sheet import Value
    from cxreport.show.words import Words

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "﹢", "﹣", "﹦", "﹫")
"""What a formula begins with in a spreadsheet."""
PLAIN_NUMBER = re.compile(r"[+-]?\d[\d.,]*%?")
INSIDE = re.compile(r"([;,\t\r\n]\s*)(?=[=＝﹦@＠﹫]|[+\-＋－﹢﹣][\w.]*[-+*/(|!])")
"""Where another separator than the file's own would let a formula begin."""
BYTE_ORDER_MARK = "\ufeff"


def csv_of(table: Table, words: Words) -> str:
    """Write a page's table as CSV that no spreadsheet takes for a formula.

    Parameters
    ----------
    table : Table
        As the page shows it.
    words : Words
        The reader's language: in Italian semicolons, decimal commas and a byte-order mark, which
        a spreadsheet there expects; in English commas and points.

    Returns
    -------
    str
        Headings in words, then rows; what is not known is empty, what is hidden says so.
    """
    italian = words.language == "it"
    sheet = sheet_of(table, words)
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";" if italian else ",", lineterminator="\r\n")
    writer.writerow(harmless(heading) for heading in sheet.headings)
    writer.writerows([_written(value, words) for value in row] for row in sheet.rows)
    return (BYTE_ORDER_MARK if italian else "") + file.getvalue()


def _written(value: Value, words: Words) -> str:
    if isinstance(value, Number):
        text = f"{value.value:.{value.decimals}f}"
        return text.replace(".", words.locale.number_symbols["latn"]["decimal"])
    if isinstance(value, Missing):
        return words.text("note.suppressed") if value is Missing.HIDDEN else ""
    return harmless(value)


def harmless(text: str) -> str:
    r"""Mark a text that a spreadsheet would run, wherever it would find the formula.

    Examples
    --------
    >>> harmless("=1+1"), harmless("a;@SUM(1)"), harmless("-3.5"), harmless("great ;-)")
    ("'=1+1", "a;'@SUM(1)", '-3.5', 'great ;-)')
    """
    runs = text.lstrip().startswith(FORMULA) or text.startswith(("\t", "\r"))
    inside = INSIDE.sub(r"\1'", text)
    return f"'{inside}" if runs and not PLAIN_NUMBER.fullmatch(text) else inside
