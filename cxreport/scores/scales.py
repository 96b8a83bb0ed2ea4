"""Answer scales as they are declared: the worst answer, then the best."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from cxreport.errors import CxError
from cxreport.inputs.meaning import NPS_SCALE
from cxreport.scores.kinds import score_kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir
    import pandas as pd

    from cxreport.inputs.meaning import Column


def ascending(scale: tuple[int, int]) -> tuple[int, int]:
    """Return the lowest and the highest answer of a scale.

    Raises
    ------
    CxError
        If the scale is not two different whole numbers.

    Examples
    --------
    >>> ascending((5, 1))
    (1, 5)
    """
    if len(scale) != 2 or any(type(end) is not int for end in scale) or scale[0] == scale[1]:
        raise CxError(
            "not a scale", got=scale, expected="two whole numbers: the worst answer, then the best"
        )
    return min(scale), max(scale)


def first_favourable(metric: str, scale: tuple[int, int]) -> int:
    """Return the lowest favourable answer where nobody declared one, higher counted as better.

    The second best answer for satisfaction, the first above the middle for effort ("ces"), and
    never the middle itself: who chose "neither" of three answers is not satisfied.

    Examples
    --------
    >>> first_favourable("csat", (1, 5)), first_favourable("csat", (1, 3))
    (4, 3)
    >>> first_favourable("ces", (1, 7))
    5
    """
    low, high = ascending(scale)
    above_the_middle = (low + high) // 2 + 1
    if score_kind(metric).favourable == "above the middle":
        return above_the_middle
    return max(high - 1, above_the_middle)


def turned(values: pd.Series, scale: tuple[int, int]) -> pd.Series:
    """Turn answers so that higher is better; those of an ascending scale stay as they are."""
    worst, best = scale
    return values if worst < best else worst + best - values


def is_valid(answer: ir.Column, scale: tuple[int, int]) -> ir.BooleanValue:
    """Return which rows hold a whole number on the scale."""
    low, high = ascending(scale)
    return answer.isin(list(range(low, high + 1))).fill_null(False)


def valid_answers(rows: ir.Table, questions: Mapping[str, Column]) -> ir.Table:
    """Make answers ready for a model: empty outside their scale, and higher is better.

    Parameters
    ----------
    rows : ibis Table
        One row per answered questionnaire.
    questions : mapping of str to Column
        Column -> its meaning; the other columns stay as they are.

    Returns
    -------
    ibis Table
        The same rows, answers in steps of their scale, from its lower to its higher end.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxreport.inputs.codebook import Column
    >>> from cxreport.inputs.source import as_table, run
    >>> rows = as_table(pd.DataFrame({"effort": [1, 5, 11]}))
    >>> valid = run(valid_answers(rows, {"effort": Column(role="ces", scale=(5, 1))}))
    >>> valid["effort"].fillna(0).tolist()
    [5.0, 1.0, 0.0]
    """
    valid: dict[str, ir.Value] = {}
    for name, column in questions.items():
        worst, best = column.scale or NPS_SCALE
        answer = rows[name] if worst < best else worst + best - rows[name]
        valid[name] = ibis.cases((is_valid(rows[name], (worst, best)), answer))
    return rows.mutate(**valid)
