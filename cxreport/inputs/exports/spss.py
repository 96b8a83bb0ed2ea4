"""SPSS (.sav): codes as they are, with their labels and the codes that mean no answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyreadstat

from cxreport.errors import CxError
from cxreport.inputs.exports.grid import ColumnFacts, Grid
from cxreport.inputs.exports.workbooks import number_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cxreport.inputs.exports.grid import Row

ROWS = 20_000


def open_sav(path: Path) -> Grid:
    """Open a file of SPSS with the codes that its author declared missing.

    Without ``user_missing`` those codes would be lost, and with them why there is no answer.
    """
    try:
        _, meta = pyreadstat.read_sav(path, metadataonly=True, user_missing=True)
    except (pyreadstat.ReadstatError, UnicodeError, ValueError) as error:
        raise CxError(
            "the file is cut short or damaged", where=path, got=str(error), hint="export it again"
        ) from None
    names = list(meta.column_names)
    facts = {name: _facts(meta, name) for name in names}
    return Grid(path, "SPSS", partial(_rows, path, names), typed=True, facts=facts)


def _facts(meta: Any, name: str) -> ColumnFacts:
    """Return the question of a column, its labels, and its codes for no answer."""
    labels = {
        _text(code): str(label)
        for code, label in (meta.variable_value_labels.get(name) or {}).items()
    }
    declared = meta.missing_ranges.get(name) or []
    ranges = [
        (float(one["lo"]), float(one["hi"]))
        for one in declared
        if isinstance(one["lo"], int | float)
    ]
    words = [str(one["lo"]) for one in declared if isinstance(one["lo"], str)]
    missing = {word: labels.get(word, "") for word in words}
    missing |= {code: label for code, label in labels.items() if within(code, ranges)}
    missing |= {
        number_text(low): labels.get(number_text(low), "") for low, high in ranges if low == high
    }
    kept = {code: label for code, label in labels.items() if code not in missing}
    text = meta.column_names_to_labels.get(name) or ""
    return ColumnFacts(text, kept, missing, tuple(ranges))


def within(code: str, ranges: Sequence[tuple[float, float]]) -> bool:
    """Return whether a code is a number inside a range.

    Examples
    --------
    >>> within("98", [(97.0, 99.0)]), within("9", [(97.0, 99.0)]), within("x", [(0.0, 1.0)])
    (True, False, False)
    """
    try:
        number = float(code)
    except ValueError:
        return False
    return any(low <= number <= high for low, high in ranges)


def _rows(path: Path, names: list[str]) -> Iterator[Row]:
    yield list(names)
    try:
        chunks = pyreadstat.read_file_in_chunks(
            pyreadstat.read_sav, path, chunksize=ROWS, user_missing=True
        )
        for frame, _ in chunks:
            columns = [[_text(value) for value in frame[name]] for name in names]
            yield from (list(row) for row in zip(*columns, strict=True))
    except pyreadstat.ReadstatError as error:
        raise CxError(
            "the file is cut short or damaged", where=path, got=str(error), hint="export it again"
        ) from None


def _text(value: Any) -> str:
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, int | float):
        return number_text(float(value))
    return str(value).strip()
