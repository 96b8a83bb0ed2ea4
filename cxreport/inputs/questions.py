"""Ask a table many questions in one query: each names what to count, and reads what was counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import ibis

from cxreport.inputs.contracts import Problem, problem
from cxreport.inputs.masking import masked
from cxreport.inputs.source import run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import ibis.expr.types as ir
    import pandas as pd

    Check = tuple[str, str, ir.BooleanValue, ir.Value]
    """Kind of problem, column, rows that have it, what to show as an example."""

SHOWS_AN_ID = ("date-missing",)


class Question(NamedTuple):
    """What to count in a table, and the problems that the counts tell of."""

    measures: Mapping[str, ir.Scalar]
    problems: Callable[[pd.Series], list[Problem]]


def ask(rows: ir.Table, *questions: Question) -> list[list[Problem]]:
    """Put questions to a table, all in one query.

    Parameters
    ----------
    rows : ibis Table
        The rows that the questions are about.
    *questions : Question
        Those without a measure have no problem.

    Returns
    -------
    list of list of dict
        The problems of each question.
    """
    measures = {
        f"{name} of {number}": measure
        for number, question in enumerate(questions)
        for name, measure in question.measures.items()
    }
    if not measures:
        return [[] for _ in questions]
    counted = run(rows.aggregate(**measures)).astype(object).iloc[0]
    return [
        question.problems(
            counted[[f"{name} of {number}" for name in question.measures]].set_axis(
                [*question.measures]
            )
        )
        if question.measures
        else []
        for number, question in enumerate(questions)
    ]


def counting(name: str, checks: Sequence[Check], wave: str | None = None) -> Question:
    """Ask for the number of rows of each check of a table, with an example of each."""
    measures: dict[str, ir.Scalar] = {}
    for number, (_, _, bad, sample) in enumerate(checks):
        measures[f"n{number}"] = bad.sum().fill_null(0)
        measures[f"example{number}"] = ibis.cases((bad, sample.cast("string"))).max().fill_null("")

    def problems(counted: pd.Series) -> list[Problem]:
        listed = []
        for number, (kind, column, _, _) in enumerate(checks):
            if counted[f"n{number}"] > 0:
                example = masked(counted[f"example{number}"], an_id=kind in SHOWS_AN_ID)
                listed.append(problem(kind, name, column, counted[f"n{number}"], example, wave))
        return listed

    return Question(measures, problems)
