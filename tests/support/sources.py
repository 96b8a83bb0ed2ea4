"""Small sources for the tests: a codebook, and the files or frames that it describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxreport.inputs.dataset import open_source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from cxreport.inputs.source import Data

TITLE = 'title = { en = "Shop", it = "Negozio" }\nterms = { en = "invented", it = "inventati" }\n'
SHOP = """
[source]
title = { en = "A shop", it = "Un negozio" }
terms = { en = "made for a test", it = "fatto per un test" }
observed_until = 2026-10-31

[tables.responses]
files = "responses.csv"

[tables.responses.columns]
response_id = { role = "id" }
answered_at = { role = "date" }
nps = { role = "nps" }
"""
"""A shop that asks for its NPS; columns may be added at the end."""
COLUMNS = {"id": 'role = "id"', "day": 'role = "date"', "score": 'role = "nps"'}


def write_codebook(
    folder: Path,
    *,
    source: str = "",
    table: str = 'files = "answers.csv"',
    columns: Mapping[str, str] | None = None,
    more: str = "",
) -> Path:
    """Write a codebook of one survey with an id, a day and an NPS; ``columns`` adds or replaces."""
    described = "\n".join(
        f"{name} = {{ {meaning} }}" for name, meaning in {**COLUMNS, **(columns or {})}.items()
    )
    path = folder / "codebook.toml"
    path.write_text(
        f"[source]\n{TITLE}{source}\n\n[tables.responses]\n{table}\n"
        f"[tables.responses.columns]\n{described}\n\n{more}\n",
        encoding="utf-8",
    )
    return path


def write_source(folder: Path, *lines: str, **codebook: Any) -> Path:
    """Write ``answers.csv`` of these lines, and the codebook; return the codebook's path."""
    text = "".join(line + "\n" for line in lines)
    (folder / "answers.csv").write_text(text, encoding="utf-8")
    return write_codebook(folder, **codebook)


def problems_of(path: Path, tables: Mapping[str, Data] | None = None) -> dict[tuple[str, str], Any]:
    """Return the table of problems as (problem, column) -> its line."""
    problems = open_source(path, tables=tables, strict=False).problems
    lines = problems.to_dict("records")
    return {(line["problem"], line["column"]): line for line in lines}


def accept(problem: str, column: str, at_most: int) -> str:
    """Return an entry of the codebook that accepts a problem."""
    return (
        f'[[accept]]\nproblem = "{problem}"\ncolumn = "{column}"\nat_most = {at_most}\n'
        'reason = { en = "known", it = "noto" }\n'
    )


def column_of(rows: pd.DataFrame, name: str) -> list[Any]:
    """Return a column as plain values, None where there is none."""
    return [None if value != value else value for value in rows[name].tolist()]  # noqa: PLR0124
