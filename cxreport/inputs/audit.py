"""Count what an export holds, code by code, before anything is made of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.inputs.fixed_words import known_spellings
from cxreport.inputs.meaning import NPS_SCALE, NUMBER, Column, Meaning
from cxreport.inputs.roles import CODED, SCORES
from cxreport.inputs.source import run

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from cxreport.inputs.export import Export, Reading

AUDIT_COLUMNS = ["wave", "column", "code", "n", "ids", "meaning", "reason"]
ID = "_id"


def count_codes(export: Export, *, wave: str | None, table: str = "") -> pd.DataFrame:
    """Count every code of every rating and category, and say what the codebook makes of it.

    Parameters
    ----------
    export : Export
        The columns of a file, read.
    wave : str or None
        The wave of the rows; None without waves.
    table : str
        Which table the rows are of: some of its words have a fixed meaning.

    Returns
    -------
    DataFrame
        One row per column and code: ``wave``, ``column``, ``code`` (as exported, blanks cleaned),
        ``n`` (rows), ``ids`` (different ids among them: what a repeated row counts for),
        ``meaning`` (``valid``; ``missing``; ``outside`` the scale; ``unknown`` text
        in a rating; ``unlabelled`` category; ``unmapped`` stage), ``reason`` (why missing).
    """
    audited = export.of(*SCORES, *CODED)
    if not audited:
        return pd.DataFrame(columns=AUDIT_COLUMNS)
    rows = []
    for place, code, n, ids in _counted(export, audited).itertuples(index=False):
        reading = export.readings[int(place)]
        name, column = reading.name, reading.column
        word = known_spellings(table, name, column).get(code.lower(), code)
        rows.append((wave, name, code, n, ids, *judge(word, column, reading.meaning)))
    keys = ["column", "code", "meaning", "reason"]
    by_code = pd.DataFrame(rows, columns=AUDIT_COLUMNS).groupby(keys, as_index=False)
    summed = by_code.agg(n=("n", "sum"), ids=("ids", "sum")).assign(wave=wave)
    order = list(export.columns)
    position = [
        (order.index(name), sort_key(code))
        for name, code in zip(summed["column"], summed["code"], strict=True)
    ]
    in_order = sorted(range(len(summed)), key=position.__getitem__)
    return summed.iloc[in_order].reset_index(drop=True)[AUDIT_COLUMNS]


def _counted(export: Export, audited: list[Reading]) -> pd.DataFrame:
    """Count the rows and the different ids of each code that a reading met."""
    texts = {str(r.place): ibis.cases((export.inside(r), _code(export, r))) for r in audited}
    keyed = export.rows.select(**texts, **{ID: export.written_id()})
    # To count the ids of each code is slow; where none repeats they are as many as its rows.
    has_ids = any(column.role == "id" for column in export.columns.values())
    repeated = has_ids and export.sizes.n != export.sizes.written
    counts = (
        keyed.pivot_longer(~ibis.selectors.cols(ID), names_to="place", values_to="code")
        .group_by("place", "code")
        .aggregate(n=ibis._.count(), ids=ibis._[ID].nunique() if repeated else ibis._.count())
    )
    return run(counts).dropna(subset="code")


def _code(export: Export, reading: Reading) -> ir.StringColumn:
    """Return the text of a column, one code for all ways to write a whole number."""
    text = export.text(reading)
    if reading.column.role in SCORES and reading.meaning.decimal_sign == ",":
        text = text.re_replace("^([0-9]+),([0-9]+)$", r"\1.\2").re_replace("[.]0+$", "")
    return text.fill_null("")


def judge(code: str, column: Column, meaning: Meaning) -> tuple[str, str]:
    """Return what one code means.

    Examples
    --------
    >>> nps = Column(role="nps", missing={"99": "prefers not to say"})
    >>> judge("9", nps, nps), judge("99", nps, nps), judge("11", nps, nps)
    (('valid', ''), ('missing', 'prefers not to say'), ('outside', ''))
    """
    code = meaning.recode.get(code, code)
    if code == "":
        return "missing", "empty"
    is_number = column.role in SCORES and re.fullmatch(NUMBER, code)
    why = meaning.missing.get(code) or (
        meaning.missing_numbers.get(float(code)) if is_number else None
    )
    if why is not None:
        return "missing", why if isinstance(why, str) else why["en"]
    if column.role == "stage":
        return ("valid" if code in column.stages else "unmapped"), ""
    if column.role in CODED:
        return ("unlabelled" if column.labels and code not in column.labels else "valid"), ""
    if not re.fullmatch(NUMBER, code):
        return "unknown", ""
    number = float(code)
    low, high = sorted(meaning.scale or NPS_SCALE)
    return ("valid" if low <= number <= high and number.is_integer() else "outside"), ""


def sort_key(code: str) -> tuple[int, float, str]:
    """Put numbers first, in their order, then text."""
    return (0, float(code), code) if re.fullmatch(NUMBER, code) else (1, 0.0, code)
