"""Count every id once: rows that say the same are one, rows that disagree leave a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from cxreport.inputs.contracts import Problem, problem
from cxreport.inputs.export import Sizes
from cxreport.inputs.masking import masked
from cxreport.inputs.source import keep, run

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from cxreport.inputs.codebook import TableFiles


def merge_repeated(
    rows: ir.Table, name: str, table: TableFiles, sizes: Sizes | None = None
) -> tuple[ir.Table, list[Problem]]:
    """Make one row of all rows that share an id.

    A value that the rows agree on is kept (an empty one agrees with any); a value that they
    disagree on is left empty, because nothing in the data says which is right. Rows without an id
    are left out.

    Parameters
    ----------
    rows : ibis Table
        Checked rows.
    name : str
        The table's name.
    table : TableFiles
        Its part of the codebook; without an id column the rows stay as they are.
    sizes : Sizes, optional
        How many rows and ids there are, where they were counted already.

    Returns
    -------
    (ibis Table, list of dict)
        One row per id, and the problems found: ``id-missing`` (rows), ``rows-repeated`` (surplus
        rows) and one ``rows-contradict`` for each column that rows of an id disagree on (ids).
    """
    key = next(iter(table.with_role("id")), None)
    if key is None:
        return rows, []
    if sizes is None:
        ids = rows[key]
        counts = rows.aggregate(n=rows.count(), named=ids.count(), ids=ids.nunique())
        sizes = Sizes(*run(counts).iloc[0].map(int))
    without, surplus = sizes.n - sizes.named, sizes.named - sizes.ids
    problems = [problem("id-missing", name, key, without)] if without else []
    present = rows.filter(rows[key].notnull())
    if surplus == 0:
        return present, problems
    others = [column for column in rows.columns if column != key]
    ends = {f"low_{c}": rows[c].min() for c in others} | {
        f"high_{c}": rows[c].max() for c in others
    }
    by_id = keep(present.group_by(key).aggregate(rows_of_id=ibis._.count(), **ends))
    disagree = {c: by_id[f"low_{c}"] != by_id[f"high_{c}"] for c in others}
    merged = by_id.select(
        **{
            c: by_id[key] if c == key else ibis.cases((~disagree[c], by_id[f"low_{c}"]))
            for c in rows.columns
        }
    )
    repeated = by_id.rows_of_id > 1
    sums = {f"n_{c}": bad.cast("int32").sum() for c, bad in disagree.items()}
    examples = {f"e_{c}": ibis.cases((bad, by_id[key])).min() for c, bad in disagree.items()}
    totals = run(
        by_id.aggregate(example=ibis.cases((repeated, by_id[key])).min(), **sums, **examples)
    ).iloc[0]
    problems.append(
        problem("rows-repeated", name, key, surplus, masked(totals["example"], an_id=True))
    )
    problems += [
        problem(
            "rows-contradict",
            name,
            c,
            totals[f"n_{c}"],
            f"{key} {masked(totals[f'e_{c}'], an_id=True)}",
        )
        for c in others
        if totals[f"n_{c}"] > 0
    ]
    return merged.order_by(key), problems  # engines give groups in any order
