"""How the ranks of answers differ between groups: all together, and pair by pair."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import chi2, norm

from cxreport.stats.answers import count_answers
from cxreport.stats.multiplicity import corrected

if TYPE_CHECKING:
    from cxreport.inputs.source import Data
    from cxreport.stats.group_columns import By

TOO_FEW = "fewer than two groups"
NO_VARIANCE = "no variance"


def rank_difference(
    data: Data, score: str, *, by: By, scale: tuple[int, int] = (0, 10)
) -> pd.DataFrame:
    """Measure whether answers are higher in some channels, without taking them for distances.

    Parameters
    ----------
    data : pandas, polars or pyarrow frame, or Ibis table
        One row per answered questionnaire.
    score : str
        Column of answers.
    by : str or list of str
        Columns that make the groups.
    scale : (int, int)
        Lowest and highest answer.

    Returns
    -------
    DataFrame
        One row: ``metric`` ("kruskal_wallis"); ``groups`` with answers; ``n`` answers; ``H``
        (corrected for ties), ``df``, ``p_value``; ``epsilon_squared`` (0 none to 1 full); ``note``
        ("", "fewer than two groups", "no variance").

    Raises
    ------
    CxError
        If a column is unknown or of the wrong kind.

    Notes
    -----
    Sources: Kruskal & Wallis 1952, JASA 47, 583-621; Tomczak & Tomczak 2014, Trends in Sport
    Sciences 21, 19-25.

    Examples
    --------
    >>> answers = pd.DataFrame({"channel": list("aaabbb"), "score": [1, 2, 3, 8, 9, 10]})
    >>> rank_difference(answers, "score", by="channel")[["groups", "n", "H", "df"]].round(3)
       groups  n      H  df
    0       2  6  3.857   1
    """
    ranks = _ranks(data, score, by, scale)
    filled, n = ranks[ranks["n"] > 0], float(ranks["n"].sum())
    sizes = {"metric": "kruskal_wallis", "groups": len(filled), "n": int(n)}
    empty = {
        "H": np.nan,
        "df": max(len(filled) - 1, 0),
        "p_value": np.nan,
        "epsilon_squared": np.nan,
    }
    if len(filled) < 2:
        return pd.DataFrame([sizes | empty | {"note": TOO_FEW}])
    variance = float(filled["variance"].iloc[0])
    if not variance > 0:
        return pd.DataFrame([sizes | empty | {"note": NO_VARIANCE}])
    distance = filled["mean_rank"] - (n + 1) / 2
    statistic = float((filled["n"] * distance**2).sum() / variance)
    test = {
        "H": statistic,
        "df": len(filled) - 1,
        "p_value": float(chi2.sf(statistic, len(filled) - 1)),
        "epsilon_squared": statistic / (n - 1),
    }
    return pd.DataFrame([sizes | test | {"note": ""}])


def rank_pairs(
    data: Data, score: str, *, by: str, scale: tuple[int, int] = (0, 10)
) -> pd.DataFrame:
    """Measure which channels differ from which, after :func:`rank_difference`.

    Parameters
    ----------
    data, score, by, scale
        As there, with one column of groups.

    Returns
    -------
    DataFrame
        One row per pair of groups with answers: ``group``, ``group_reference``; ``n``,
        ``n_reference`` answers; ``z`` (above 0: ``group`` answers higher); ``p_value``
        (two-sided); ``q_value`` (Holm over all pairs). Empty values where no answer differs.

    Raises
    ------
    CxError
        If a column is unknown or of the wrong kind.

    Notes
    -----
    Source: Dunn 1964, Technometrics 6, 241-252, with the correction for ties.

    Examples
    --------
    >>> answers = pd.DataFrame({"channel": list("aaabbb"), "score": [1, 2, 3, 8, 9, 10]})
    >>> rank_pairs(answers, "score", by="channel")[["group", "group_reference", "z"]].round(3)
      group group_reference      z
    0     b               a  1.964
    """
    ranks = _ranks(data, score, by, scale)
    filled = ranks[ranks["n"] > 0].reset_index(drop=True)
    pairs = list(combinations(range(len(filled)), 2))
    reference, current = (filled.loc[[pair[side] for pair in pairs]] for side in (0, 1))
    reference, current = reference.reset_index(drop=True), current.reset_index(drop=True)
    error = current["variance"] * (1 / current["n"] + 1 / reference["n"])
    z = (current["mean_rank"] - reference["mean_rank"]) / error.where(error > 0) ** 0.5
    p_value = pd.Series(2 * norm.sf(z.abs()), z.index)
    return pd.DataFrame(
        {
            "group": current[by],
            "group_reference": reference[by],
            "n": current["n"],
            "n_reference": reference["n"],
            "z": z,
            "p_value": p_value,
            "q_value": corrected(p_value),
        }
    )


def _ranks(data: Data, score: str, by: By, scale: tuple[int, int]) -> pd.DataFrame:
    """Rank all answers together, from their counts: ``n`` and ``mean_rank`` of each group.

    ``variance`` is that of a rank drawn from all answers, corrected for ties.
    """
    answers = count_answers(data, {"score": score}, scale=scale, by=by)
    counts = answers.valid["n"].groupby(answers.valid["score"]).sum()
    n = counts.sum()
    middle = counts.cumsum() - (counts - 1) / 2
    tied = float((counts.astype("float64") ** 3 - counts).sum())
    total = answers.total(answers.valid["n"] * answers.valid["score"].map(middle))
    size = answers.count("valid")
    return answers.groups.assign(
        n=size,
        mean_rank=total / size.where(size > 0),
        variance=n * (n + 1) / 12 - tied / (12 * (n - 1)) if n > 1 else 0.0,
    )
