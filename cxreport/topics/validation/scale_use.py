"""How people use the scales: ends, gaps, and the same answer to everything."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.inputs.meaning import NPS_SCALE
from cxreport.inputs.source import Data, as_table, run
from cxreport.scores.scales import is_valid
from cxreport.stats.group_columns import check_columns
from cxreport.stats.intervals import normal_quantile, of_share
from cxreport.stats.value_columns import numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir

    from cxreport.inputs.codebook import Column

COUNTS = ("n", "missing", "invalid", "worst", "best")
COLUMNS = [
    "question", "n", "missing", "invalid", "missing_share", "invalid_share",
    "worst", "worst_low", "worst_high", "best", "best_low", "best_high",
]  # fmt: skip
SAME_COLUMNS = [
    "items", "n", "left_out", "same", "same_low", "same_high",
    "all_worst", "all_best", "all_between",
]  # fmt: skip


def scale_use(data: Data, questions: Mapping[str, Column], *, level: float = 0.95) -> pd.DataFrame:
    """Measure how much of each scale is used, and how often there is no usable answer.

    Parameters
    ----------
    data : pandas, polars or pyarrow frame, or Ibis table
        One row per answered questionnaire; the questions are numbers, as ``open_survey`` reads
        them.
    questions : mapping of str to Column
        Column -> its meaning.
    level : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per question, in their order: ``question``; ``n`` answers, ``missing`` and
        ``invalid`` rows; ``missing_share`` and ``invalid_share`` (percent of the rows); ``worst``
        and ``best`` (percent of the answers at that end of the scale), each with ``_low`` and
        ``_high`` (Wilson). Shares without a denominator are empty.

    Raises
    ------
    CxError
        If the level is not between 0 and 1.

    Notes
    -----
    An end with many answers hides differences beyond it (floor and ceiling effects). Interval:
    Newcombe 1998, Statistics in Medicine 17, 857-872, method 3.

    Examples
    --------
    >>> from cxreport.inputs.codebook import Column
    >>> answers = pd.DataFrame({"visit": [5, 5, 4, 1, None]})
    >>> used = scale_use(answers, {"visit": Column(role="csat", scale=(1, 5))})
    >>> used[["n", "missing_share", "worst", "best"]]
       n  missing_share  worst  best
    0  4           20.0   25.0  50.0
    """
    normal_quantile(level)
    if not questions:
        return pd.DataFrame(columns=COLUMNS)
    table = as_table(data)
    check_columns(table, list(questions))
    sums = {
        f"{count}_{at}": value
        for at, (name, column) in enumerate(questions.items())
        for count, value in _counts(numbers(table, name), column).items()
    }
    row = run(table.aggregate(**sums)).fillna(0).iloc[0]
    used = pd.DataFrame(
        {"question": list(questions)}
        | {count: [int(row[f"{count}_{at}"]) for at in range(len(questions))] for count in COUNTS}
    )
    rows = used[["n", "missing", "invalid"]].sum(axis="columns")
    for count in ("missing", "invalid"):
        used[f"{count}_share"] = 100 * used[count] / rows.where(rows > 0)
    answered = used["n"].where(used["n"] > 0)
    for end in ("worst", "best"):
        low, high = of_share(used[end] / answered, answered, level)
        used = used.assign(
            **{end: 100 * used[end] / answered, f"{end}_low": 100 * low, f"{end}_high": 100 * high}
        )
    return used[COLUMNS]


def same_answers(
    data: Data, questions: Mapping[str, Column], *, level: float = 0.95
) -> pd.DataFrame:
    """Count who gave the same answer to everything.

    On scales of different lengths an answer is the same when it stands at the same place: at the
    worst end, at the best, in the middle, or as far between them.

    Parameters
    ----------
    data, level
        As in :func:`scale_use`.
    questions : mapping of str to Column
        Column -> its meaning.

    Returns
    -------
    DataFrame
        One row: ``items`` (number of questions); ``n`` respondents with a valid answer to all,
        ``left_out`` (the others); ``same`` (percent of the respondents with one and the same answer
        to all), ``same_low``, ``same_high`` (Wilson); ``all_worst``, ``all_best``,
        ``all_between`` (percent; together ``same``). Shares are empty where nobody answered all;
        without a row when there are fewer than two questions.

    Raises
    ------
    CxError
        If the level is not between 0 and 1.

    Notes
    -----
    Source: Krosnick 1991, Applied Cognitive Psychology 5, 213-236 (non-differentiation). A content
    customer may well mean the best answer everywhere: only sameness in between is careless.

    Examples
    --------
    >>> from cxreport.inputs.codebook import Column
    >>> answers = pd.DataFrame({"recommend": [10, 5, 9], "visit": [5, 3, 3]})
    >>> meaning = {"recommend": Column(role="nps"), "visit": Column(role="csat", scale=(1, 5))}
    >>> same_answers(answers, meaning)[["n", "same", "all_best", "all_between"]].round(1)
       n  same  all_best  all_between
    0  3  66.7      33.3         33.3
    """
    normal_quantile(level)
    if len(questions) < 2:
        return pd.DataFrame(columns=SAME_COLUMNS)
    table = as_table(data)
    check_columns(table, list(questions))
    answers = {name: numbers(table, name) for name in questions}
    ends = {name: column.scale or NPS_SCALE for name, column in questions.items()}
    length = math.lcm(*(best - worst for worst, best in ends.values()))
    places = [
        (answers[name] - worst) * (length // (best - worst)) for name, (worst, best) in ends.items()
    ]
    complete = ibis.and_(*(is_valid(answers[name], pair) for name, pair in ends.items()))
    same = complete & ibis.and_(*(place == places[0] for place in places[1:]))
    counts = {
        "rows": table.count(),
        "n": complete.sum(),
        "same": same.sum(),
        "all_worst": (same & (places[0] == 0)).sum(),
        "all_best": (same & (places[0] == length)).sum(),
    }
    totals = run(table.aggregate(**counts)).fillna(0).astype(int)
    n = totals["n"].where(totals["n"] > 0)
    low, high = of_share(totals["same"] / n, n, level)
    between = totals["same"] - totals["all_worst"] - totals["all_best"]
    return pd.DataFrame(
        {
            "items": len(questions),
            "n": totals["n"],
            "left_out": totals["rows"] - totals["n"],
            "same": 100 * totals["same"] / n,
            "same_low": 100 * low,
            "same_high": 100 * high,
            "all_worst": 100 * totals["all_worst"] / n,
            "all_best": 100 * totals["all_best"] / n,
            "all_between": 100 * between / n,
        }
    )


def _counts(answer: ir.Column, column: Column) -> dict[str, ir.Value]:
    """Count one question's rows by what they hold."""
    worst, best = ends = column.scale or NPS_SCALE
    valid = is_valid(answer, ends)
    return {
        "n": valid.sum(),
        "missing": answer.isnull().sum(),
        "invalid": (answer.notnull() & ~valid).sum(),
        "worst": (answer == worst).fill_null(False).sum(),
        "best": (answer == best).fill_null(False).sum(),
    }
