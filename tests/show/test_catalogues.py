"""No text is without a use: every key of the catalogues is named in the code or in a notebook."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxreport.show.tables import TABLES
from cxreport.show.words import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
FEWEST = 3
"""Letters that a text with gaps must have to count as a name: ``f"late_{unit}"`` has five."""


def keys(found: dict[str, Any], place: str = "") -> Iterator[str]:
    for key, value in found.items():
        if isinstance(value, dict) and set(value) != {"one", "other"}:
            yield from keys(value, f"{place}{key}.")
        else:
            yield f"{place}{key}"


def named_in(code: str) -> Iterator[str]:
    """Find what a piece of code names, as patterns."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "" for part in node.values]
            if sum(map(len, map(str, parts))) >= FEWEST:
                yield "".join(re.escape(str(part)) if part else ".+" for part in parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.escape(node.value)
            yield re.escape(node.value.replace(" ", "_"))
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg


def named() -> re.Pattern[str]:
    codes = [path.read_text("utf-8") for path in (ROOT / "cxreport").rglob("*.py")]
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
        codes += ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    found = {pattern for code in codes for pattern in named_in(code)}
    for template in (ROOT / "cxreport" / "publish" / "template").glob("*.j2"):
        found |= set(re.findall(r"[a-z_.]+", template.read_text("utf-8")))
    return re.compile("|".join(f"(?:{pattern})" for pattern in sorted(found)))


def test_every_text_has_a_use() -> None:
    use = named()
    steps = {key: key.split(".") for key in keys(catalogue("en"))}
    unused = [
        key
        for key, parts in steps.items()
        if not any(use.fullmatch(".".join(parts[at:])) for at in range(len(parts)))
    ]
    assert unused == []
    assert not use.fullmatch("a name that nothing has")


def test_the_texts_of_columns_are_those_of_the_tables() -> None:
    shown = {column for columns in TABLES.values() for column in columns}
    against = {"signal_against", "signal_weighted_against"}  # where a table names its reference
    assert set(catalogue("en")["column"]) ^ shown == against
