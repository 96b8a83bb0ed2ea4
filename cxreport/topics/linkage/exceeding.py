"""What more than expected wins, beside what less than expected loses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table
from cxreport.scores.scores import nps
from cxreport.stats.group_columns import check_columns
from cxreport.stats.intervals import normal_quantile
from cxreport.stats.value_columns import is_one_of

if TYPE_CHECKING:
    from collections.abc import Sequence

TOO_FEW = "too few answers"
FEWEST = 10


def exceeding(
    answers: Data,
    *,
    score: str = "nps",
    expected: str = "expected",
    codes: Sequence[str] = ("worse", "as", "better"),
    level: float = 0.95,
) -> pd.DataFrame:
    """Compare the NPS of those who got more, as much, and less than they expected.

    Parameters
    ----------
    answers : pandas, polars or pyarrow frame, or Ibis table
        One row per answer, with columns ``score`` (0 to 10, as numbers) and ``expected``.
    score, expected : str
        Columns.
    codes : sequence of str
        Codes of worse than, as, and better than expected, in this order.
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        Three rows: ``comparison`` ("better - as": what more than expected adds; "as - worse":
        what less than expected takes away; "added - taken": the first less the second); ``n``
        answers in it; ``estimate`` (NPS points), ``std_error``, ``low``, ``high``; ``note`` ("",
        "too few answers" below 10 in a class: no interval).

    Raises
    ------
    CxError
        If a column is unknown, there are not three codes, or the level is out of range.

    Notes
    -----
    Normal intervals from the standard errors of the three scores; an association, not a cause: who
    is content may also remember having expected less. Who answered twice counts twice. Source of
    the asymmetry: Anderson & Sullivan 1993, Marketing Science 12(2), 125-143.

    Examples
    --------
    >>> people = pd.DataFrame({"expected": ["worse"] * 20 + ["as"] * 20 + ["better"] * 20,
    ...     "nps": [2] * 10 + [9] * 10 + [2] * 5 + [9] * 15 + [7] * 5 + [9] * 15})
    >>> exceeding(people)[["comparison", "n", "estimate"]]
          comparison   n  estimate
    0    better - as  40      25.0
    1     as - worse  40      50.0
    2  added - taken  60     -25.0
    """
    z = normal_quantile(level)
    if len(set(codes)) != 3:
        raise CxError("three codes are needed", got=", ".join(codes), expected="worse, as, better")
    table = as_table(answers)
    check_columns(table, [score, expected])
    scores = nps(table.filter(is_one_of(table[expected], codes)), score, by=expected)
    by_code = scores.set_index(expected)[["n", "estimate", "std_error"]].reindex(list(codes))
    n = by_code["n"].fillna(0)
    weights = {"better - as": (0, -1, 1), "as - worse": (-1, 1, 0), "added - taken": (1, -2, 1)}
    rows = []
    for name, parts in weights.items():
        part = pd.Series(parts, index=by_code.index, dtype=float)
        used = part != 0
        estimate = float((part * by_code["estimate"])[used].sum(skipna=False))
        error = float(((part * by_code["std_error"])[used] ** 2).sum(skipna=False) ** 0.5)
        enough = bool((n[used] >= FEWEST).all())
        error = error if enough and error > 0 else float("nan")
        ends = [estimate, error, estimate - z * error, estimate + z * error]
        rows.append([name, int(n[used].sum()), *ends, "" if enough else TOO_FEW])
    columns = ["comparison", "n", "estimate", "std_error", "low", "high", "note"]
    return pd.DataFrame(rows, columns=columns)
