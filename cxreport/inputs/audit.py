"""Count what an export holds, code by code, before anything is made of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.inputs.fixed_words import known_spellings
from cxreport.inputs.meaning import CODED, NPS_SCALE, SCORES, Column, Meaning
from cxreport.inputs.normalise import NUMBER, codes
from cxreport.inputs.source import run

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir

AUDIT_COLUMNS = ["wave", "column", "code", "n", "ids", "meaning", "reason"]
ID = "_id"


def count_codes(
    raw: ir.Table, columns: Mapping[str, Column], *, wave: str | None, zone: str, table: str = ""
) -> pd.DataFrame:
    """Count every code of every rating and category, and say what the codebook makes of it.

    Parameters
    ----------
    raw : ibis Table
        The columns as exported.
    columns : mapping of str to Column
        Canonical name -> meaning.
    wave, zone : str
        The wave of the rows (None without waves) and the source's time zone.
    table : str
        Which table the rows are of: some of its words have a fixed meaning.

    Returns
    -------
    DataFrame
        One row a column and code: ``wave``, ``column``, ``code`` (as exported, blanks cleaned),
        ``n`` (rows), ``ids`` (different ids among them: what a repeated row counts for),
        ``meaning`` (``valid``; ``missing``; ``outside`` the scale; ``unknown`` text
        in a rating; ``unlabelled`` category; ``unmapped`` stage), ``reason`` (why missing).
    """
    audited = {n: c for n, c in columns.items() if c.role in (*SCORES, *CODED)}
    asked = {n: c for n, c in audited.items() if c.in_wave(wave)}
    dates = {n: c for n, c in columns.items() if c.role == "date"}
    if not asked:
        return pd.DataFrame(columns=AUDIT_COLUMNS)
    ids = {n: c for n, c in columns.items() if c.role == "id"}
    numbered_codes = codes(raw, {**dates, **ids, **asked}, wave=wave, zone=zone)
    key = numbered_codes[next(iter(ids))] if ids else ibis.null("string")
    keyed = numbered_codes.select(*asked, **{ID: key})
    # To count the ids of each code is slow; where none repeats they are as many as its rows.
    size = run(keyed.aggregate(n=keyed.count(), ids=keyed[ID].nunique())).iloc[0]
    repeated = bool(ids) and size["n"] != size["ids"]
    counts = (
        keyed.pivot_longer(~ibis.selectors.cols(ID), names_to="column", values_to="code")
        .group_by("column", "code")
        .aggregate(n=ibis._.count(), ids=ibis._[ID].nunique() if repeated else ibis._.count())
    )
    numbered = run(counts).dropna(subset="code")
    rows = []
    for name, text, n, different in numbered[["column", "code", "n", "ids"]].itertuples(
        index=False
    ):
        number, _, code = text.partition(":")
        word = known_spellings(table, name, asked[name]).get(code.lower(), code)
        judged = judge(word, asked[name], asked[name].in_wave(wave)[int(number)][1])
        rows.append((wave, name, code, n, different, *judged))
    keys = ["column", "code", "meaning", "reason"]
    by_code = pd.DataFrame(rows, columns=AUDIT_COLUMNS).groupby(keys, as_index=False)
    summed = by_code.agg(n=("n", "sum"), ids=("ids", "sum")).assign(wave=wave)
    order = list(asked)
    position = [
        (order.index(name), sort_key(code))
        for name, code in zip(summed["column"], summed["code"], strict=True)
    ]
    in_order = sorted(range(len(summed)), key=position.__getitem__)
    return summed.iloc[in_order].reset_index(drop=True)[AUDIT_COLUMNS]


def judge(code: str, column: Column, meaning: Meaning) -> tuple[str, str]:
    """Say what one code means.

    Examples
    --------
    >>> nps = Column(role="nps", missing={"99": "prefers not to say"})
    >>> judge("9", nps, nps), judge("99", nps, nps), judge("11", nps, nps)
    (('valid', ''), ('missing', 'prefers not to say'), ('outside', ''))
    """
    code = meaning.recode.get(code, code)
    if code == "":
        return "missing", "empty"
    if code in meaning.missing:
        why = meaning.missing[code]
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
