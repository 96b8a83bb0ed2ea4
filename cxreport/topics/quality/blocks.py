"""How good the data are: what was read, its problems, its codes, and what was asked when."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cxreport.inputs.contracts import CATALOGUE
from cxreport.inputs.meaning import LANGUAGES
from cxreport.scores.suppression import is_small, with_partners
from cxreport.show.few import few_note
from cxreport.show.parts import Column, chart, note, section, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from cxreport.inputs.dataset import Dataset
    from cxreport.inputs.survey import Survey
    from cxreport.show.blocks import Block

TOPIC = "quality"
FILES = (
    Column("table", "as_is"),
    Column("file", "as_is"),
    Column("wave", "as_is"),
    Column("rows"),
    Column("columns"),
)
PROBLEMS = (
    Column("severity", "word:severity"),
    Column("table", "as_is"),
    Column("column", "column"),
    Column("problem", "translated:problem"),
    Column("n", "or:whole:note.suppressed", "found"),
    Column("example", "as_is"),
    Column("problem", "translated:what_to_do", "what_to_do"),
    Column("accepted", "translated:accepted"),
)
CODES = (
    Column("code", "as_is"),
    Column("wave", "as_is"),
    Column("n", "or:whole:note.suppressed", "found"),
    Column("ids"),
    Column("meaning", "known_word:meaning"),
    Column("reason", "translated:reason"),
)


def files(dataset: Dataset, survey: Survey) -> Block:
    """Show which files were read."""
    return table(TOPIC, "files", dataset.files.drop(columns="sha256"), FILES, survey)


def problems(dataset: Dataset, survey: Survey) -> Block:
    """Show every problem of the data."""
    if dataset.problems.empty:
        return note(TOPIC, "missing.problems")
    rows = dataset.problems.assign(
        **{
            f"{name}_{language}": [
                CATALOGUE[problem][language][at] for problem in dataset.problems["problem"]
            ]
            for language in LANGUAGES
            for at, name in enumerate(("problem", "what_to_do"))
        }
    )
    return table(TOPIC, "problems", rows, PROBLEMS, survey)


def codes(dataset: Dataset, survey: Survey) -> Block:
    """Show every code of every rating and category, and what it was counted as.

    Counts of so few that persons might be recognised stay empty, as in any break-down.
    """
    responses = dataset.answers_by_code[dataset.answers_by_code["table"] == "responses"]
    family = responses.groupby(["wave", "column"], dropna=False, sort=False).ngroup()
    few = is_small(responses["ids"], survey.minimum_group)
    few = with_partners(few, responses["ids"], [family], survey.minimum_group)
    counts = {name: responses[name].astype("Int64").mask(few) for name in ("n", "ids")}
    reasons = _translated(responses["reason"], survey.codebook.reasons)
    responses = responses.assign(**counts, **reasons)
    return section(
        [
            table(TOPIC, "codes", rows, CODES, survey, column=str(column))
            for column, rows in responses.groupby("column", sort=False)
        ]
    )


def _translated(names: pd.Series, texts: Mapping[str, Mapping[str, str]]) -> dict[str, list[Any]]:
    """Return the codebook's reasons in each language, empty where it gives none."""
    return {
        f"reason_{language}": [texts.get(name, {}).get(language, "") for name in names]
        for language in LANGUAGES
    }


def coverage(history: pd.DataFrame, survey: Survey) -> Block:
    """Show how many answers each question has in each period, as shaded cells."""
    few = is_small(history["n"], survey.minimum_group)
    months = history.groupby(["question", "metric"], dropna=False).ngroup()
    few = with_partners(few, history["n"], [months], survey.minimum_group)
    n = history["n"].astype("float64").mask(few | (history["n"] == 0))
    shades = [math.ceil(5 * value / n.max()) if value > 0 else 0 for value in n]
    cells = history[["question", "period"]].assign(n=n, shade=shades)
    cells = cells.drop_duplicates(["question", "period"])  # of several scores of a question, one
    shaded = chart(
        "heat_map", TOPIC, "coverage", cells, (Column("question", "question"),), survey,
        across={"name": "period", "how": "short"}, cell={"name": "n", "how": "count"},
    )  # fmt: skip
    return section([shaded, few_note(survey)]) if few.any() else shaded
