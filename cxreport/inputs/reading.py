"""How a source was read: what each column was taken for, so that a mistake meets the eye."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from cxreport.errors import shorten
from cxreport.inputs.fixed_words import known_spellings
from cxreport.inputs.masking import SHARED, masked
from cxreport.inputs.roles import CODED, NUMBERS, ROLES, SCORES, TIMES
from cxreport.inputs.source import run

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import ibis.expr.types as ir

    from cxreport.inputs.dataset import Dataset


def reading_of(dataset: Dataset) -> pd.DataFrame:
    """Return what each rating and category was taken for, in all periods together.

    Parameters
    ----------
    dataset : Dataset
        A checked source.

    Returns
    -------
    DataFrame
        One row per column: ``column``, ``role``, ``worst`` and ``best`` (ends of the scale; empty
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


def columns_read(dataset: Dataset) -> pd.DataFrame:
    """Return how each column of every table was read, with its smallest and largest value.

    Parameters
    ----------
    dataset : Dataset
        A checked source.

    Returns
    -------
    DataFrame
        One row per column: ``table``, ``column``, ``role``, ``values`` (rows that hold one),
        ``empty`` (rows that hold none), ``smallest`` and ``largest`` value. Identifiers and free
        text are shown by their shape (see ``masking.masked``).
    """
    counted = dataset.answers_by_code
    shared = counted[counted["ids"] >= SHARED].groupby(["table", "column"])["code"].agg(set)
    lines = []
    for name, rows in dataset.tables.items():
        described = dataset.codebook.tables[name].columns
        ends = _ends_of(rows, list(described))
        for number, (column, meaning) in enumerate(described.items()):
            write: Callable[[str], str] = str
            if known_spellings(name, column, meaning):
                pass
            elif ROLES[meaning.role] in {"key", "text"}:
                write = partial(masked, an_id=True)
            elif meaning.role in CODED:
                open_codes = {*meaning.labels, *shared.get((name, column), ())}
                write = partial(_unless_shared, shared=open_codes)
            n, low, high = (ends[f"{key}{number}"] for key in ("n", "low", "high"))
            limits = [_in_words(end, meaning.role, write) for end in (low, high)]
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


def _unless_shared(code: str, shared: Collection[str]) -> str:
    """Show a code that has a label or that many rows have; another may be a name."""
    return code if code in shared else masked(code, an_id=True)


def _in_words(value: object, role: str, write: Callable[[str], str]) -> str:
    """Write a smallest or largest value: days without a clock, numbers in six digits at most.

    A phone number that was taken for an amount is not given away.
    """
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return ""
    if role in TIMES:
        return str(value).removesuffix(" 00:00:00")
    if role in NUMBERS:
        return f"{float(str(value)):.6g}"
    return shorten(write(str(value)), 24)
