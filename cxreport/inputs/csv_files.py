"""Read a CSV file whole, as it is declared, or refuse it by its line: rows are never quoted.

Every value is text, so that codes stay codes, and nothing is detected: what an engine guesses of
quotes and line ends may drop rows. Line ends may be of any kind, even mixed.
"""

from __future__ import annotations

import codecs
import csv
import re
from itertools import islice
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from cxreport.errors import CxError
from cxreport.inputs.arrow import check_names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Reader(Protocol):
    """What ``csv.reader`` returns."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]:
        """Give the rows."""


ROWS = 1 << 16
LONGEST_VALUE = 1 << 27
HINT = "export it again, or correct delimiter, encoding and header_rows in the codebook"
CONTROLS = re.compile("[\x80-\x9f]")
"""What Latin-1 makes of the euro sign and the curly quotes of Windows."""


def read_csv(
    path: Path,
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    lines_above_header: int = 0,
    header_rows: int = 1,
) -> pa.Table:
    """Read a CSV file as text.

    Parameters
    ----------
    path : Path
        The file.
    delimiter, encoding : str
        How it is written.
    lines_above_header : int
        Lines to pass over first: a title, ``sep=;``.
    header_rows : int
        Rows of headings. The first gives the names; a column that is empty there belongs to the
        question on its left and is called ``question / text below``. The others are passed over.

    Returns
    -------
    pyarrow Table
        Names without surrounding blanks; an empty value is null, a blank line no row.

    Raises
    ------
    CxError
        If the file is cut short, empty, not in its encoding, or a row is longer or shorter than
        the header.
    """
    rows = csv_rows(
        path, delimiter=delimiter, encoding=encoding, lines_above_header=lines_above_header
    )
    names = _names(list(islice(rows, header_rows)))
    check_names(names, path)
    schema = pa.schema([(name, pa.string()) for name in names])
    return pa.Table.from_batches(_batches(rows, schema), schema)


def csv_rows(
    path: Path, *, delimiter: str = ",", encoding: str = "utf-8", lines_above_header: int = 0
) -> Iterator[list[str]]:
    """Give the rows of a CSV file one by one, the headings first; see ``read_csv``."""
    csv.field_size_limit(LONGEST_VALUE)
    try:
        _check_encoding(path, encoding)
        written = "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding
        with path.open(encoding=written, newline="") as file:
            lines = islice(_checked(file, encoding), lines_above_header, None)
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            yield from _rows(reader, lines_above_header)
    except (csv.Error, OSError, ValueError) as error:
        raise CxError(
            "the file cannot be read: cut short, damaged, or written in another way than declared",
            where=path,
            got=_reason(error),
            hint=HINT,
        ) from None


def _check_encoding(path: Path, encoding: str) -> None:
    """Refuse a file that shows by its first bytes, or by all of them, that it is in another one."""
    name = codecs.lookup(encoding).name
    with path.open("rb") as file:
        if name == "utf-16" and file.read(2) not in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            raise ValueError("no byte-order mark: not utf-16 (or declare utf-16-le, utf-16-be)")
        if name.startswith("utf") or file.seek(0):
            return
        decoder, plain = codecs.getincrementaldecoder("utf-8")(), True
        try:
            while block := file.read(1 << 20):
                plain = plain and block.isascii()
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return
    if not plain:
        raise ValueError(f"it is in utf-8, not in {encoding}")


def _checked(lines: Iterator[str], encoding: str) -> Iterator[str]:
    """Pass on lines without characters that no text holds."""
    latin = codecs.lookup(encoding).name.startswith("iso8859")
    for number, line in enumerate(lines, start=1):
        if "\0" in line:
            raise ValueError(f"line {number} holds a byte of zero")
        if latin and CONTROLS.search(line):
            raise ValueError(f"line {number} is not {encoding}: probably windows-1252")
        yield line


def _rows(reader: Reader, above: int) -> Iterator[list[str]]:
    """Pass on the rows that are not blank, all as long as the first."""
    width, begins = -1, above + 1
    try:
        for row in reader:
            if len(row) == width or width < 0:
                yield row
            elif row:
                raise ValueError(
                    f"the row that begins on line {begins} has {len(row)} values, "
                    f"the header {width}"
                )
            width = len(row) if width < 0 else width
            begins = above + reader.line_num + 1
    except csv.Error as error:
        raise ValueError(f"the row that begins on line {begins}: {error}") from None


def _names(headings: list[list[str]]) -> list[str]:
    """Name the columns by their headings."""
    cleaned = [[text.strip() for text in row] for row in headings]
    first, below = (cleaned[0] if cleaned else []), cleaned[1:]
    names: list[str] = []
    question = ""
    for position, name in enumerate(first):
        question = name or question
        option = next((row[position] for row in below if row[position]), "")
        names.append(name or (f"{question} / {option}" if question and option else ""))
    return names


def _batches(rows: Iterator[list[str]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Turn rows into columns, so many at a time."""
    while some := list(islice(rows, ROWS)):
        columns = [pa.array(column, pa.string()) for column in zip(*some, strict=True)]
        filled = [pc.if_else(pc.equal(column, ""), None, column) for column in columns]
        yield pa.record_batch(filled, schema=schema)


def _reason(error: Exception) -> str:
    """Return what is wrong, without a byte of the file."""
    if isinstance(error, UnicodeDecodeError):
        return (
            f"a byte that is no {error.encoding}; files of Excel are often "
            'encoding = "windows-1252", those of an old Mac "mac-roman"'
        )
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error)
