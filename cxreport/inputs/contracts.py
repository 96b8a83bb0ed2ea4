"""What a valid table is: every problem of the data found at once, in one table.

A problem is an error (no report is made, unless the codebook accepts it with a reason and an upper
bound) or a note (shown on the page). What each one means and what to do is in ``problems.toml``.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from difflib import get_close_matches
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.errors import CxError, shorten
from cxreport.inputs.meaning import LANGUAGES

if TYPE_CHECKING:
    from cxreport.inputs.codebook import Codebook

CATALOGUE: dict[str, dict[str, Any]] = tomllib.loads(
    files("cxreport.inputs").joinpath("problems.toml").read_text(encoding="utf-8")
)
PROBLEM_COLUMNS = ["problem", "severity", "table", "column", "wave", "n", "example"]
PROBLEM_COLUMNS += [f"accepted_{language}" for language in LANGUAGES]

Problem = dict[str, Any]


def problem(
    name: str, table: str, column: str, n: int, example: object = "", wave: str | None = None
) -> Problem:
    """Return one line of the table of problems."""
    return {
        "problem": name,
        "severity": CATALOGUE[name]["severity"],
        "table": table,
        "column": column,
        "wave": wave,
        "n": int(n),
        "example": str(example),
        "accepted_en": "",
        "accepted_it": "",
    }


def accept(problems: list[Problem], codebook: Codebook) -> pd.DataFrame:
    """Gather the problems of all files, and turn accepted errors into notes.

    Parameters
    ----------
    problems : list of dict
        Lines made by ``problem``.
    codebook : Codebook
        Its ``accept`` entries say which problem, of which column, and how many rows at most: in
        all files and waves of a table together.

    Returns
    -------
    DataFrame
        One row per problem, table, column and wave, errors first: ``problem``, ``severity`` (error
        or note), ``table``, ``column``, ``wave``, ``n`` (rows), ``example`` (80 characters),
        ``accepted_en`` and ``accepted_it`` (the reason).

    Raises
    ------
    CxError
        If an entry names a problem or a column that does not exist.
    """
    _check_entries(codebook)
    total: Counter[tuple[str, str, str]] = Counter()
    gathered: dict[tuple[str, str, str, str | None], Problem] = {}
    for line in problems:
        place = (line["problem"], line["table"], line["column"])
        total[place] += line["n"]
        same = gathered.setdefault((*place, line["wave"]), line | {"n": 0, "example": []})
        same["n"] += line["n"]
        same["example"] += [line["example"]] if line["example"] not in same["example"] else []
    for (name, table, column, _), line in gathered.items():
        line["example"] = shorten(", ".join(line["example"]))
        for entry in codebook.accept:
            named = (name, column) == (entry.problem, entry.column)
            named = named and entry.table in {"", table}
            if named and total[name, table, column] <= entry.at_most:
                line["severity"] = "note"
                line |= {f"accepted_{language}": text for language, text in entry.reason.items()}
    in_order = sorted(gathered.values(), key=lambda line: line["severity"])
    return pd.DataFrame(in_order, columns=PROBLEM_COLUMNS)


def _check_entries(codebook: Codebook) -> None:
    """Refuse acceptances that could never apply."""
    columns = {name for table in codebook.tables.values() for name in table.columns} | {""}
    for entry in codebook.accept:
        for what, name, existing in (
            ("problem", entry.problem, set(CATALOGUE)),
            ("column", entry.column, columns),
        ):
            if name not in existing:
                near = get_close_matches(name, sorted(existing), n=1)
                raise CxError(
                    f"[[accept]] names a {what} that does not exist",
                    where=codebook.path,
                    got=name,
                    hint=f"did you mean {near[0]!r}?" if near else None,
                )


def explain(problems: pd.DataFrame, language: str) -> pd.DataFrame:
    """Add to each problem what it is and what to do, in words.

    Examples
    --------
    >>> explain(pd.DataFrame([problem("id-missing", "responses", "id", 3)]), "en")["what"].item()
    'row without an id: left out'
    """
    texts = [CATALOGUE[name][language] for name in problems["problem"]]
    return problems.assign(what=[t[0] for t in texts], what_to_do=[t[1] for t in texts])
