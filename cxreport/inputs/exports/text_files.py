"""How a text file is written: its encoding and delimiter, from the whole file, or a question."""

from __future__ import annotations

import codecs
import csv
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from charset_normalizer import from_bytes

from cxreport.errors import CxError
from cxreport.inputs.csv_files import LONGEST_VALUE, csv_rows
from cxreport.inputs.exports.grid import Grid, check_first_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cxreport.inputs.exports.grid import Row, Stated

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
BLOCK = 1 << 20
SAMPLE = 1 << 18
"""Most bytes around signs beyond ASCII that are looked at."""
MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
OLD_ENCODINGS = ["cp1252", "mac_roman", "cp850"]
"""Of Windows, of old Macs, and of DOS: others are for the user to state."""
USUAL_NAMES = {"cp1252": "windows-1252", "mac_roman": "mac-roman", "cp850": "cp850"}
LINES = 1000
TITLES = 30
"""Lines among which the headings are looked for."""


def open_text(path: Path, stated: Stated) -> Grid:
    """Open a text file of rows.

    Raises
    ------
    CxError
        If its encoding or delimiter can be more than one, or it cannot be read.
    """
    _check_stated(stated)
    encoding = stated.encoding or encoding_of(path)
    above, separator = _line_of_excel(path, encoding)
    above = max(above, stated.headings_line - 1)
    try:
        delimiter = stated.delimiter or separator or _delimiter_of(path, encoding, above)
    except CxError:
        for sign in DELIMITERS:
            check_first_line(_first_lines(path, sign, encoding, above), path)
        raise
    check_first_line(_first_lines(path, delimiter, encoding, above), path)
    rows = partial(
        _of_one_width, path, delimiter=delimiter, encoding=encoding, lines_above_header=above
    )
    kind = f"text with {DELIMITERS.get(delimiter, repr(delimiter))}s, {encoding}"
    return Grid(path, kind, rows, notes=_line_end(path))


def _check_stated(stated: Stated) -> None:
    """Refuse an encoding that nobody knows, and a delimiter of more than one sign."""
    try:
        codecs.lookup(stated.encoding or "utf-8")
    except LookupError:
        expected = "windows-1252, mac-roman, utf-16, ..."
        raise CxError("no such encoding", got=stated.encoding, expected=expected) from None
    if len(stated.delimiter) > 1:
        raise CxError("a delimiter is one sign", got=stated.delimiter)


def encoding_of(path: Path) -> str:
    """Return how a text file is encoded: UTF-8 if all of it is, else by charset-normalizer.

    Raises
    ------
    CxError
        If the file is no text, or its bytes make sense in more than one encoding.
    """
    decoder, sample, plain = codecs.getincrementaldecoder("utf-8")(), b"", True
    with path.open("rb") as file:
        begin = file.read(2)
        if begin in MARKS:
            return MARKS[begin]
        file.seek(0)
        while block := file.read(BLOCK):
            if b"\0" in block:
                raise CxError("the file is no text", where=path, hint="export it as CSV in UTF-8")
            if not block.isascii() and len(sample) < SAMPLE:
                lines = [line for line in block.splitlines(keepends=True) if not line.isascii()]
                sample += b"".join(lines)[:SAMPLE]
            try:
                decoder.decode(block if plain else b"")
            except UnicodeDecodeError:
                plain = False
        try:
            decoder.decode(b"", final=plain)
        except UnicodeDecodeError:
            plain = False
    return "utf-8" if plain else _old_encoding(path, sample)


def _old_encoding(path: Path, sample: bytes) -> str:
    """Return the one old encoding in which the signs beyond ASCII look like words."""
    matches = from_bytes(sample, cp_isolation=OLD_ENCODINGS, threshold=0.4)
    readings = {match.encoding: (match.coherence, -match.chaos, str(match)) for match in matches}
    ranked = sorted(readings, key=lambda name: readings[name][:2], reverse=True)
    plausible = [name for name in ranked if _is_prose(readings[name][2])]
    texts = {readings[name][2] for name in plausible}
    if len(texts) == 1:
        return USUAL_NAMES[plausible[0]]
    choices = [USUAL_NAMES[name] for name in plausible or OLD_ENCODINGS]
    raise CxError(
        "the encoding of the file is not sure",
        where=path,
        expected=" or ".join(f"--encoding {name}" for name in choices),
        hint="say which one it is, or export it in UTF-8",
    )


LETTERS = frozenset(
    "àáâãäåæçèéêëìíîïñòóôõöøœùúûüýÿßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØŒÙÚÛÜÝšžŠŽ€£°’‘“”–—…«»¿¡ºª§©®™•\u00a0´·"
)
"""Signs beyond ASCII that people write in western Europe."""


def _is_prose(text: str) -> bool:
    """Return whether the signs beyond ASCII are those of words, each where a word has it."""
    return not any(
        sign not in LETTERS
        or (sign.isupper() and before.islower())
        or (sign in "“‘«¿¡" and before.isalpha())
        or (sign in "ŠŽšž" and (before + after).isascii())
        for before, sign, after in zip(" " + text, text, text[1:] + " ", strict=False)
        if not sign.isascii()
    )


def _line_of_excel(path: Path, encoding: str) -> tuple[int, str]:
    """Return how many lines stand above the header, and the delimiter that they declare."""
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as file:
        try:
            line = file.readline(100).strip().strip('"')
        except UnicodeError:
            return 0, ""
    if line.lower().startswith("sep=") and len(line) == len("sep=") + 1:
        return 1, line[-1]
    return (1, "\t") if line.lower() == "sep=" else (0, "")


def _delimiter_of(path: Path, encoding: str, above: int) -> str:
    """Return the one sign by which all rows are as wide as the header."""
    csv.field_size_limit(LONGEST_VALUE)
    fitting: dict[str, str] = {}
    refused: dict[str, CxError] = {}
    for delimiter, name in DELIMITERS.items():
        rows = csv_rows(path, delimiter=delimiter, encoding=encoding, lines_above_header=above)
        try:
            widths = {len(row) for row in islice(rows, LINES)}
        except CxError as error:
            refused[delimiter] = error
            continue
        if widths and max(widths) > 1:
            fitting[delimiter] = name
    if len(fitting) > 1:  # the beginning does not say: all rows do
        fitting = {
            sign: name for sign, name in fitting.items() if _fits(path, sign, encoding, above)
        }
    if len(fitting) == 1:
        return next(iter(fitting))
    if fitting:
        raise CxError(
            "the file can be read with more than one delimiter",
            where=path,
            got=", ".join(fitting.values()),
            hint="say which one it is: --delimiter ';'",
        )
    if len(refused) == len(DELIMITERS):
        raise refused[","]
    if refused:
        wider = [d for d in DELIMITERS if d in refused]
        raise refused[wider[0]]
    return ","


def _first_lines(path: Path, delimiter: str, encoding: str, above: int) -> list[tuple[int, Row]]:
    """Return the first rows with the lines on which they end, whatever their width.

    None where they cannot be read: whoever reads the whole file says why.
    """
    written = "utf-8-sig" if encoding == "utf-8" else encoding
    try:
        with path.open(encoding=written, errors="replace", newline="") as file:
            reader = csv.reader(islice(file, above, above + TITLES), delimiter=delimiter)
            return [(above + reader.line_num, row) for row in reader]
    except (csv.Error, UnicodeError):
        return []


def _fits(path: Path, delimiter: str, encoding: str, above: int) -> bool:
    rows = csv_rows(path, delimiter=delimiter, encoding=encoding, lines_above_header=above)
    try:
        return all(row is not None for row in rows)
    except CxError:
        return False


def _of_one_width(path: Path, **written: str | int) -> Iterator[Row]:
    """Give the rows with their blanks at the ends taken away."""
    for row in csv_rows(path, **written):  # type: ignore[arg-type]
        yield [value.strip() for value in row]


def _line_end(path: Path) -> tuple[str, ...]:
    with path.open("rb") as file:
        file.seek(0, 2)
        if not file.tell():
            raise CxError("the file is empty", where=path, hint="export it again")
        file.seek(-1, 2)
        ended = file.read(1) in b"\r\n\0"
    return () if ended else ("the file does not end with a line end: perhaps it is cut short",)
