"""How the answers to each question are spread over its scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.inputs.source import Data, as_table, run
from cxreport.stats.group_columns import check_columns
from cxreport.stats.value_columns import numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cxreport.inputs.codebook import Column

NPS_CLASSES: dict[str, Iterable[int]] = {
    "detractors": range(7),
    "passives": (7, 8),
    "promoters": (9, 10),
}


def answer_shares(data: Data, questions: Mapping[str, Column]) -> pd.DataFrame:
    """Count how the answers to each question are spread over its scale.

    Parameters
    ----------
    data : frame
        One row per answer.
    questions : mapping of str to Column
        Column -> its meaning.

    Returns
    -------
    DataFrame
        One row per question and answer, the worst answer first: ``question``, ``answer`` (as
        declared; detractors, passives and promoters for NPS), ``n``, ``share`` (percent of the
        valid answers; empty where there are none).

    Examples
    --------
    >>> from cxreport.inputs.codebook import Column
    >>> answers = pd.DataFrame({"recommend": [10, 9, 3, 7, 10]})
    >>> answer_shares(answers, {"recommend": Column(role="nps")})
        question      answer  n  share
    0  recommend  detractors  1   20.0
    1  recommend    passives  1   20.0
    2  recommend   promoters  3   60.0
    """
    table = as_table(data)
    check_columns(table, list(questions))
    frames = []
    for name, column in questions.items():
        counted = run(
            table.group_by(answer=numbers(table, name)).aggregate(n=table.count())
        ).dropna()
        by_answer = counted.set_index(counted["answer"].astype(float))["n"]
        classes = NPS_CLASSES if column.role == "nps" else _answers_of(column)
        n = [int(by_answer.reindex(list(values)).sum()) for values in classes.values()]
        shares = [100 * count / sum(n) if sum(n) else float("nan") for count in n]
        columns = {"question": name, "answer": list(classes), "n": n, "share": shares}
        frames.append(pd.DataFrame(columns))
    empty = pd.DataFrame(columns=["question", "answer", "n", "share"])
    return pd.concat(frames, ignore_index=True) if frames else empty


def _answers_of(column: Column) -> dict[str, Iterable[int]]:
    """Return each answer of a scale as a class of its own, the worst first."""
    worst, best = column.scale or (1, 5)
    step = 1 if best > worst else -1
    return {str(answer): (answer,) for answer in range(worst, best + step, step)}
