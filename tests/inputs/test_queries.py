"""How often the engine is asked when a source is opened: not once a column, nor once a question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from ibis.backends.duckdb import Backend
from sources import TITLE, write_source

from cxreport.inputs.dataset import open_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CELLS = {"touchpoint": "5", "time": "2026-01-02", "number": "3.5", "segment": "north"}


def columns(each: int) -> dict[str, str]:
    """Return so many columns of each kind, and their meanings."""
    named = {f"{role}_{i}": f'role = "{role}"' for role in CELLS for i in range(each)}
    return {n: m + ", scale = [1, 5]" if "touch" in n else m for n, m in named.items()}


def times_asked(monkeypatch: pytest.MonkeyPatch, path: Path, **given: pd.DataFrame) -> int:
    """Count the tables that an engine makes, to bring back or to keep, when a source is opened."""
    asked = []

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given, **how: asked.append(real.__name__) or real(*given, **how)

    with monkeypatch.context() as patched:
        for name in ("to_pyarrow", "create_table"):
            patched.setattr(Backend, name, counted(getattr(Backend, name)))
        open_source(path, strict=False, tables=given)
    return len(asked)


@pytest.mark.parametrize("each", [1, 6])
def test_more_columns_are_no_more_queries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, each: int
) -> None:
    """The file is held, read and its rows kept (3 tables).

    Asked are the rows and ids of the file, its codes, its checks, the checks of the rows, the
    days, the ends of scales, the ids that are alike, turned scales.
    """
    more = columns(each)
    cells = [CELLS[name.partition("_")[0]] for name in more]
    lines = [",".join([name, f"2026-01-0{i}", "9", *cells]) for i, name in enumerate("abc", 1)]
    path = write_source(tmp_path, ",".join(["id", "day", "score", *more]), *lines, columns=more)
    assert times_asked(monkeypatch, path) == 3 + 8


def test_the_ids_of_all_tables_are_three_queries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All ids are kept together, their sizes asked, and how many meet their partner.

    Of each table the file and the rows are kept, and the rows and ids of the file asked; of orders
    and tickets also the checks of the file, of the rows, and the days.
    """
    dated = {"orders": "ordered_at", "tickets": "opened_at"}
    text = f"[source]\n{TITLE}"
    given = {"customers": pd.DataFrame({"customer_id": ["a"]})}
    for table, day in dated.items():
        key = f"{table[:-1]}_id"
        given[table] = pd.DataFrame({key: ["1"], day: "2026-01-05", "customer_id": "a"})
        roles = {key: "id", day: "date", "customer_id": "customer"}
        text += f'\n[tables.{table}]\nfiles = "*.csv"\n[tables.{table}.columns]\n'
        text += "".join(f'{name} = {{ role = "{role}" }}\n' for name, role in roles.items())
    text += '\n[tables.customers]\nfiles = "*.csv"\ncolumns.customer_id = { role = "id" }\n'
    path = tmp_path / "codebook.toml"
    path.write_text(text, encoding="utf-8")
    assert times_asked(monkeypatch, path, **given) == 3 * 3 + 2 * 3 + 3
