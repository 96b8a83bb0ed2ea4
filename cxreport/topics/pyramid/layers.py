"""Where the pyramid is weak: which layer, in which group, and whether that is certain."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pandas as pd
from scipy.stats import t

from cxreport.inputs.columns import check_result
from cxreport.scores.pyramid import LAYERS
from cxreport.scores.scales import ascending, turned
from cxreport.stats import estimates
from cxreport.stats.answers import count_answers
from cxreport.stats.consistency import consistency
from cxreport.stats.intervals import normal_quantile
from cxreport.stats.multiplicity import interval_level, judged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxreport.inputs.source import Data

ENDS = ("estimate", "low", "high")


def layer_gaps(
    data: Data,
    *,
    needs: str,
    ease: str,
    enjoyability: str,
    scale: tuple[int, int] = (1, 5),
    cluster: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Compare the layers of the pyramid with each other, within the same respondents.

    Parameters
    ----------
    data : pandas, polars or pyarrow frame, or Ibis table
        One row per answered questionnaire. Respondents count who answered all three.
    needs, ease, enjoyability : str
        Columns of answers on one common scale.
    scale : (int, int)
        The worst answer and the best, at least four answers.
    cluster : str, optional
        Column of the customer, who may answer more than once: the standard error is linearised, as
        that of ``nps``, and interval and test have the degrees of freedom of as many customers as
        the answers would be worth if each customer always said the same. A missing one is a
        customer of its own.
    level : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        Three rows: ``layer`` and ``other`` ("needs", "ease", "enjoyability"); ``n`` respondents;
        ``difference`` (score of the layer minus score of the other, points, -200..200), its
        ``std_error``, ``low``, ``high`` (Student's, widened for the three pairs); ``p_value``,
        ``q_value`` (Holm over the three pairs); ``signal`` (true, false, or NA where it cannot
        be said); ``note`` ("", "no answers", "one answer", "all answers in one class").

    Raises
    ------
    CxError
        If a column is unknown or the level is not between 0 and 1.

    Notes
    -----
    A paired test: each respondent's sign (1, 0, -1) on one layer minus that on the other, so
    that what respondents have in common cancels out. Source: Student 1908, Biometrika 6, 1-25;
    Holm 1979, Scandinavian Journal of Statistics 6, 65-70.

    Examples
    --------
    >>> answers = pd.DataFrame({"n": [5, 5, 4, 4], "e": [5, 3, 4, 2], "j": [1, 2, 3, 1]})
    >>> gaps = layer_gaps(answers, needs="n", ease="e", enjoyability="j")
    >>> gaps[["layer", "other", "n", "difference"]]
       layer         other  n  difference
    0  needs          ease  4        75.0
    1  needs  enjoyability  4       175.0
    2   ease  enjoyability  4       100.0
    """
    normal_quantile(level)
    columns = dict(zip(LAYERS, (needs, ease, enjoyability), strict=True))
    lowest, highest = ascending(scale)
    answers = count_answers(data, columns, scale=(lowest, highest), cluster=cluster)
    given = answers.valid[list(LAYERS)].apply(turned, scale=scale)
    signs = (given >= highest - 1).astype(int) - (given <= lowest + 1).astype(int)
    pairs = list(combinations(LAYERS, 2))
    rows = [
        estimates.mean(answers, 100.0 * (signs[one] - signs[other]), level=level,
                       limits=(-200, 200)).assign(layer=one, other=other)
        for one, other in pairs
    ]  # fmt: skip
    gaps = pd.concat(rows, ignore_index=True).rename(columns={"estimate": "difference"})
    error = gaps["wide_error"].where(gaps["wide_error"] > 0)
    freedom = gaps["as_one"] - 1
    gaps["p_value"] = 2 * t.sf((gaps["difference"] / error).abs(), freedom)
    reach = error * t.ppf((1 + interval_level(gaps["p_value"], level)) / 2, freedom)
    for name, end in (("low", gaps["difference"] - reach), ("high", gaps["difference"] + reach)):
        gaps[name] = end.clip(-200, 200)
    names = ["layer", "other", "n", "difference", "std_error", "low", "high", "p_value"]
    named = gaps[[*names, "note"]].astype({"layer": "str", "other": "str"})
    return named[names].join(judged(gaps["p_value"], level)).assign(note=named["note"])


def group_gaps(
    groups: Mapping[str, pd.DataFrame], *, metric: str = "index", level: float = 0.95
) -> pd.DataFrame:
    """Return, for each split, which group is lowest and whether groups differ beyond chance.

    Parameters
    ----------
    groups : mapping of str to DataFrame
        Column -> scores by it, as ``survey_pyramid_groups`` returns them.
    metric : str
        Which of their rows.
    level : float
        1 minus the chance of a false alarm, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per column with at least one score: ``group`` (the column); ``groups`` compared;
        ``lowest`` (its code), ``lowest_estimate``, ``lowest_low``, ``lowest_high`` (unit of the
        metric), and the same of the ``highest``; ``p_value`` (of no difference, score test of
        ``consistency``), ``q_value`` (Holm over the columns), ``signal`` (true, false, NA where it
        cannot be said).

    Examples
    --------
    >>> from cxreport.scores.pyramid import pyramid
    >>> answers = pd.DataFrame({"shop": ["a", "a", "b", "b"], "q": [5, 4, 1, 3]})
    >>> board = pyramid(answers, needs="q", ease="q", enjoyability="q", by="shop")
    >>> group_gaps({"shop": board})[["group", "lowest", "highest", "lowest_estimate"]]
      group lowest highest  lowest_estimate
    0  shop      b       a            -50.0
    """
    normal_quantile(level)
    rows = []
    for column, board in groups.items():
        check_result(board, (column, "metric", "estimate", *ENDS), "survey_pyramid_groups")
        scores = board[board["metric"] == metric].dropna(subset=[column, "estimate"])
        if not scores.empty:
            ordered = scores.sort_values("estimate", kind="stable")
            row = {"group": column, "groups": len(ordered)}
            for name, place in (("lowest", 0), ("highest", -1)):
                row |= {name: ordered[column].iloc[place]}
                row |= {f"{name}_{end}": float(ordered[end].iloc[place]) for end in ENDS}
            rows.append(row | {"p_value": consistency(scores)["p_value"].item()})
    sides = [
        f"{name}{end}" for name in ("lowest", "highest") for end in ("", *(f"_{e}" for e in ENDS))
    ]
    gaps = pd.DataFrame(rows, columns=["group", "groups", *sides, "p_value"])
    return gaps.join(judged(gaps["p_value"].astype(float), level))
