"""Free text of a table, mended and without personal data, before anything else sees its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.inputs.contracts import Problem, problem
from cxreport.inputs.mending import mended
from cxreport.inputs.redaction import COUNTED, counted, redacted
from cxreport.inputs.roles import ROLES
from cxreport.inputs.source import as_table, forget, keep, run

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from cxreport.inputs.codebook import SourceInfo
    from cxreport.inputs.table_files import TableFiles

TEXTS = {"verbatims": ("text", "reply"), "tickets": ("text", "subject")}
"""Columns of fixed names that hold what people wrote, whatever their role."""
REDACTIONS = ["table", "column", *COUNTED]
BEFORE, AFTER, ROWS, PLACE = "text_as_written", "text_to_be_read", "rows_with_it", "row_of_text"


def free_text(name: str, table: TableFiles) -> list[str]:
    """Return the columns of a table that hold what people wrote."""
    return [
        column
        for column, meaning in table.columns.items()
        if meaning.role == "comment"
        or (column in TEXTS.get(name, ()) and ROLES[meaning.role] == "text")
    ]


def without_personal_data(
    rows: ir.Table, name: str, table: TableFiles, source: SourceInfo
) -> tuple[ir.Table, pd.DataFrame, list[Problem]]:
    """Take personal data out of the free text of a table, and mend broken encodings.

    Parameters
    ----------
    rows : ibis Table
        Canonical rows.
    name : str
        The table's name.
    table : TableFiles
        Its part of the codebook.
    source : SourceInfo
        Which numbers may stay, and how ids are written.

    Returns
    -------
    (ibis Table, DataFrame, list of dict)
        The rows, kept if they changed; what was taken out: ``table``, ``column``, ``kind``, ``n``
        (pieces), ``texts`` (rows with one or more); and one ``text-mended`` for each column with
        text in a broken encoding (rows).
    """
    redactions = [pd.DataFrame(columns=REDACTIONS).astype({"n": "int64", "texts": "int64"})]
    problems: list[Problem] = []
    for column in free_text(name, table):
        texts = run(
            rows.filter(rows[column].notnull())
            .group_by(**{BEFORE: rows[column]})
            .aggregate(**{ROWS: ibis._.count()})
        )
        repaired = mended(texts[BEFORE])
        clean, pieces = redacted(repaired, keep=source.keep, patterns=source.id_patterns)
        taken = counted(pieces.items(), texts[ROWS].tolist())
        redactions.append(taken.assign(table=name, column=column)[REDACTIONS])
        if n := int(texts[ROWS][repaired != texts[BEFORE]].sum()):
            problems.append(problem("text-mended", name, column, n))
        changed = clean != texts[BEFORE]
        if changed.any():
            pairs = pd.DataFrame({BEFORE: texts[BEFORE][changed], AFTER: clean[changed]})
            rows = _replaced(rows, column, pairs)
    return rows, pd.concat([each for each in redactions if len(each)] or redactions[:1]), problems


def _replaced(rows: ir.Table, column: str, pairs: pd.DataFrame) -> ir.Table:
    """Return the rows with other texts in a column, in their order; the old ones are gone."""
    after = as_table(pairs)
    numbered = rows.mutate(**{PLACE: ibis.row_number()})
    joined = numbered.left_join(after, numbered[column] == after[BEFORE]).order_by(PLACE)
    texts = {name: joined[name] for name in rows.columns}
    texts[column] = ibis.coalesce(joined[AFTER], joined[column])
    computed = keep(joined.select(**texts))
    forget(rows)
    return computed
