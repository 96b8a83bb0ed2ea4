"""How often the engine is asked when a source is opened: not once a column, nor once a question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ibis.backends.duckdb import Backend
from sources import write_source

from cxreport.inputs.dataset import open_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CELLS = {"touchpoint": "5", "time": "2026-01-02", "number": "3.5", "segment": "north"}


def columns(each: int) -> dict[str, str]:
    """Return so many columns of each kind, and their meanings."""
    named = {f"{role}_{i}": f'role = "{role}"' for role in CELLS for i in range(each)}
    return {n: m + ", scale = [1, 5]" if "touch" in n else m for n, m in named.items()}


def times_asked(folder: Path, monkeypatch: pytest.MonkeyPatch, each: int) -> int:
    """Count the tables that an engine makes, to bring back or to keep, when a source is opened."""
    more = columns(each)
    cells = [CELLS[name.partition("_")[0]] for name in more]
    lines = [",".join([name, f"2026-01-0{i}", "9", *cells]) for i, name in enumerate("abc", 1)]
    path = write_source(folder, ",".join(["id", "day", "score", *more]), *lines, columns=more)
    asked = []

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given, **how: asked.append(real.__name__) or real(*given, **how)

    with monkeypatch.context() as patched:
        for name in ("to_pyarrow", "create_table"):
            patched.setattr(Backend, name, counted(getattr(Backend, name)))
        open_source(path, strict=False)
    return len(asked)


@pytest.mark.parametrize("each", [1, 6])
def test_more_columns_are_no_more_queries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, each: int
) -> None:
    """The file is held, read and its rows kept (3 tables).

    Asked are the codes (2), the checks of the file and its rows (2), the ids that repeat, the
    checks of the rows, the days, the ends of scales, the ids that are alike, turned scales.
    """
    assert times_asked(tmp_path, monkeypatch, each) == 3 + 2 + 2 + 6
