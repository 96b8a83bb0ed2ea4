"""Blocks of the data quality report: what was read, problems, codes, coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.scores.suppression import is_small, with_partners
from cxreport.show.blocks import Block
from cxreport.show.few import few_note
from cxreport.show.sections import about, note, several, table

if TYPE_CHECKING:
    import pandas as pd

    from cxreport.inputs.dataset import Dataset
    from cxreport.inputs.survey import Survey


def files(dataset: Dataset, survey: Survey) -> Block:
    """Show which files were read."""
    return table("files", dataset.files.drop(columns="sha256"), survey)


def problems(dataset: Dataset, survey: Survey) -> Block:
    """Show every problem found in the data."""
    if dataset.problems.empty:
        return note("problems")
    return table("problems", dataset.problems, survey)


def codes(dataset: Dataset, survey: Survey) -> Block:
    """Show every code of every rating and category, and what it was counted as.

    Counts of so few that persons might be recognised stay empty, as in any break-down.
    """
    responses = dataset.answers_by_code[dataset.answers_by_code["table"] == "responses"]
    family = responses.groupby(["wave", "column"], dropna=False, sort=False).ngroup()
    few = is_small(responses["ids"], survey.minimum_group)
    few = with_partners(few, responses["ids"], [family], survey.minimum_group)
    counts = {name: responses[name].astype("Int64").mask(few) for name in ("n", "ids")}
    responses = responses.assign(**counts)
    return several(
        [
            table("codes", rows, survey, column=str(column), reasons=survey.codebook.reasons)
            for column, rows in responses.groupby("column", sort=False)
        ]
    )


def coverage(history: pd.DataFrame, survey: Survey) -> Block:
    """Show how many answers each question has in each period, as shaded cells."""
    few = is_small(history["n"], survey.minimum_group)
    months = history.groupby(["question", "metric"], dropna=False).ngroup()
    few = with_partners(few, history["n"], [months], survey.minimum_group)
    counts = history.assign(n=history["n"].astype("Int64").mask(few)).pivot_table(
        index="question", columns="period", values="n", aggfunc="first", sort=False
    )
    in_order = counts.reindex(columns=[p.name for p in survey.history]).reset_index()
    shaded = Block("heat_map", in_order, about(survey) | {"caption": "coverage"})
    return several([shaded, few_note(survey)]) if few.any() else shaded
