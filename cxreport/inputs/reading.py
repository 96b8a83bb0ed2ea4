"""How a source was read: what each column was taken for, so that a mistake meets the eye."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from cxreport.errors import shorten
from cxreport.inputs.fixed_words import known_spellings
from cxreport.inputs.masking import masked
from cxreport.inputs.meaning import CODED, SCORES
from cxreport.inputs.normalise import NUMBERS, TIMES
from cxreport.inputs.source import run

if TYPE_CHECKING:
    from collections.abc import Callable

    import ibis.expr.types as ir

    from cxreport.inputs.dataset import Dataset


def reading_of(dataset: Dataset) -> pd.DataFrame:
    """Say what each rating and category was taken for, in all periods together.

    Parameters
    ----------
    dataset : Dataset
        A checked source.

    Returns
    -------
    DataFrame
        One row a column: ``column``, ``role``, ``worst`` and ``best`` (ends of the scale; empty
        for categories), ``answers``, ``missing`` (rows, with the reasons in words) and
        ``invalid`` (rows outside the scale).
    """
    counted = dataset.answers_by_code
    rows = []
    for name, codes in counted[counted["table"] == "responses"].groupby("column", sort=False):
        column = dataset.codebook.responses.columns[str(name)]
        scale = (column.scale or (0, 10)) if column.role in SCORES else ("", "")
        n = codes.groupby("meaning")["n"].sum()
        absent = codes[codes["meaning"].isin(["missing", "unknown"])]
        reasons = absent.groupby("reason", sort=False)["n"].sum()
        rows.append(
            {
                "column": str(name),
                "role": column.role,
                "worst": scale[0],
                "best": scale[1],
                "answers": int(n.get("valid", 0) + n.get("unlabelled", 0)),
                "missing": "; ".join(f"{count} {why}" for why, count in reasons.items()) or "0",
                "invalid": int(n.get("outside", 0)),
            }
        )
    columns = ["column", "role", "worst", "best", "answers", "missing", "invalid"]
    return pd.DataFrame(rows, columns=columns)


MANY_CODES = 50
"""More different codes than this are free text: they are shown by their shape only."""


def columns_read(dataset: Dataset) -> pd.DataFrame:
    """Say how each column of every table was read, with its smallest and largest value.

    Parameters
    ----------
    dataset : Dataset
        A checked source.

    Returns
    -------
    DataFrame
        One row per column: ``table``, ``column``, ``role``, ``values`` (rows that hold one),
        ``empty`` (rows that hold none), ``smallest`` and ``largest`` value. Identifiers and free
        text are shown by their shape (see ``masking.mask``).
    """
    counted = dataset.answers_by_code
    codes = counted.groupby(["table", "column"])["code"].nunique()
    lines, hidden = [], partial(masked, an_id=True)
    for name, rows in dataset.tables.items():
        described = dataset.codebook.tables[name].columns
        ends = _ends_of(rows, list(described))
        for number, (column, meaning) in enumerate(described.items()):
            shown: Callable[[str], str] = str
            if meaning.role in {"id", "customer", "comment", "other"}:
                shown = str if known_spellings(name, column, meaning) else hidden
            elif meaning.role in CODED and codes.get((name, column), 0) > MANY_CODES:
                shown = hidden
            n, low, high = (ends[f"{key}{number}"] for key in ("n", "low", "high"))
            limits = [_in_words(end, meaning.role, shown) for end in (low, high)]
            lines.append([name, column, meaning.role, int(n), int(ends["rows"] - n), *limits])
    names = ["table", "column", "role", "values", "empty", "smallest", "largest"]
    return pd.DataFrame(lines, columns=names)


def _ends_of(rows: ir.Table, columns: list[str]) -> pd.Series:
    """Return for each column how many values it holds, the smallest and the largest."""
    measures: dict[str, ir.Scalar] = {"rows": rows.count()}
    for number, column in enumerate(columns):
        measures[f"n{number}"] = rows[column].count()
        measures[f"low{number}"] = rows[column].min()
        measures[f"high{number}"] = rows[column].max()
    counted: pd.Series = run(rows.aggregate(**measures)).astype(object).iloc[0]
    return counted


def _in_words(value: object, role: str, shown: Callable[[str], str]) -> str:
    """Write a smallest or largest value: days without a clock, whole numbers without a point."""
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return ""
    if role in TIMES:
        return str(value).removesuffix(" 00:00:00")
    if role in NUMBERS:
        return f"{float(str(value)):.15g}"
    return shorten(shown(str(value)), 24)
