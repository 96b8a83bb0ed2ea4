"""Which rows of an export belong to a table: previews, tests and spam do not.

The codebook says it by ``only`` and ``skip``. What is left out is counted on the page and in
``check``; unlike the filters of a report it says nothing about other tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from cxreport.inputs.contracts import Problem, problem
from cxreport.inputs.export import readings
from cxreport.inputs.normalise import cleaned, coded
from cxreport.inputs.source import run

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from cxreport.inputs.table_files import TableFiles


def belonging(raw: ir.Table, table: TableFiles, *, wave: str | None, zone: str) -> ir.Table:
    """Keep the rows that belong to a table.

    Parameters
    ----------
    raw : ibis Table
        The rows as exported.
    table : TableFiles
        Its ``only`` and ``skip``: column -> codes, compared without capitals and outer blanks; an
        empty text stands for an empty cell. A column is named as in the export, or as in the
        codebook: then its code counts, after ``recode``.
    wave : str or None
        The wave that the rows belong to.
    zone : str
        The source's time zone.
    """
    for column, codes, keeps in _rules(table):
        text = _text_of(raw, column, table, wave, zone)
        if text is not None:
            meant = text.isin([code.strip().lower() for code in codes])
            raw = raw.filter(meant if keeps else ~meant)
    return raw


def filter_problems(
    raw: ir.Table, name: str, table: TableFiles, *, wave: str | None, zone: str
) -> list[Problem]:
    """Count the rows that do not belong, each by the first rule that leaves it out."""
    problems = []
    for column, codes, keeps in _rules(table):
        text = _text_of(raw, column, table, wave, zone)
        if text is None:
            problems.append(problem("filter-column-missing", name, "", 1, column, wave))
            continue
        wanted = [code.strip().lower() for code in codes]
        meant = text.isin(wanted)
        out = raw.filter(~meant if keeps else meant)
        rows_by_code = out.group_by(code=_text_of(out, column, table, wave, zone))
        counts = run(rows_by_code.aggregate(n=out.count()).order_by("code"))
        if n := int(counts["n"].sum()):
            if keeps:
                example = f"{column} ≠ {', '.join(codes)}"
            else:
                listed = zip(counts["code"], counts["n"], strict=True)
                example = f"{column} = " + ", ".join(f"{code or '∅'} ({m})" for code, m in listed)
            problems.append(problem("rows-not-belonging", name, "", n, example, wave))
        elif not keeps:
            example = f"{column}: {', '.join(codes)}"
            problems.append(problem("filter-without-rows", name, "", 1, example, wave))
        raw = raw.filter(meant if keeps else ~meant)
    return problems


def _rules(table: TableFiles) -> list[tuple[str, tuple[str, ...], bool]]:
    """Return the rules in order: column, codes, and whether they keep or leave out."""
    keeping = [(column, codes, True) for column, codes in table.only.items()]
    return keeping + [(column, codes, False) for column, codes in table.skip.items()]


def _text_of(
    raw: ir.Table, name: str, table: TableFiles, wave: str | None, zone: str
) -> ir.StringValue | None:
    """Return what the rows say in a column, in small letters; None where there is no such one."""
    if name in raw.columns:
        return cleaned(raw[name]).fill_null("").lower()
    column = table.columns.get(name)
    meanings = readings(raw, table.columns, wave=wave, zone=zone).get(name, [])
    branches = [
        (
            inside,
            coded(cleaned(raw[exported], column.role), meaning.model_copy(update={"missing": {}})),
        )
        for exported, meaning, inside in meanings
        if column and exported in raw.columns
    ]
    return ibis.cases(*branches).fill_null("").lower() if branches else None
