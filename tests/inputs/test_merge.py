"""Every id counts once: copies are one row, contradictions leave a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd
import pytest
from sources import column_of

from cxreport.inputs.codebook import Column, TableFiles
from cxreport.inputs.merge import merge_repeated
from cxreport.inputs.source import as_table, run

if TYPE_CHECKING:
    import ibis.expr.types as ir

TABLE = TableFiles(
    files="x",
    columns={"id": Column(role="id"), "score": Column(role="nps"), "shop": Column(role="segment")},
)
ROWS = pd.DataFrame(
    [
        ("a", 9.0, "Rome"),
        ("b", 8.0, "Rome"),
        ("b", 8.0, "Rome"),  # a copy
        ("c", 3.0, "Milan"),
        ("c", 4.0, "Milan"),  # another score
        ("d", None, "Rome"),
        ("d", 10.0, None),  # nothing against the row above
        ("e", 1.0, "Rome"),
        ("e", 1.0, "Milan"),
        ("e", 1.0, "Milan"),  # a copy that contradicts the first
        (None, 7.0, "Rome"),
        (None, 7.0, "Rome"),
    ],
    columns=["id", "score", "shop"],
)


def own_engine(frame: pd.DataFrame) -> ir.Table:
    backend: Any = ibis.duckdb.connect()
    return backend.create_table("answers", as_table(frame).to_pyarrow())


@pytest.mark.parametrize("table", [as_table, own_engine], ids=["frame", "an engine of its own"])
def test_every_id_is_one_row(table: Any) -> None:
    merged, found = merge_repeated(table(ROWS), "responses", TABLE)
    rows = run(merged).sort_values("id")
    assert column_of(rows, "id") == ["a", "b", "c", "d", "e"]
    assert column_of(rows, "score") == [9, 8, None, 10, 1]
    assert column_of(rows, "shop") == ["Rome", "Rome", "Milan", "Rome", None]
    assert [(p["problem"], p["column"], p["n"], p["example"]) for p in found] == [
        ("id-missing", "id", 2, ""),
        ("rows-repeated", "id", 5, "x"),
        ("rows-contradict", "score", 1, "id x"),
        ("rows-contradict", "shop", 1, "id x"),
    ]


def test_rows_without_copies_stay_as_they_are() -> None:
    merged, found = merge_repeated(as_table(ROWS.head(2)), "responses", TABLE)
    assert column_of(run(merged), "score") == [9, 8]
    assert found == []


def test_a_table_without_an_id_keeps_all_rows() -> None:
    table = TableFiles(files="x", columns={"score": Column(role="nps")})
    merged, found = merge_repeated(as_table(ROWS), "costs", table)
    assert run(merged.count().name("n"))["n"].item() == 12
    assert found == []
