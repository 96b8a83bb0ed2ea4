"""Where it begins to go wrong: the stage at which a detractor's rating first falls."""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd
from scipy.stats import norm

from cxreport.errors import CxError
from cxreport.inputs.meaning import STAGES
from cxreport.inputs.source import Data, as_table, run
from cxreport.stats.group_columns import check_columns
from cxreport.stats.intervals import normal_quantile
from cxreport.stats.multiplicity import interval_level, judged
from cxreport.stats.proportions import SHARES, percent_of
from cxreport.stats.value_columns import ratings as ratings_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import ibis.expr.types as ir

    from cxreport.stats.value_columns import Scale

    Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

NO_DROP = "no drop"
NOBODY = "nobody rated this stage"
HAIR = 1e-9
"""Means closer than that are the same: a float is not exact."""
COLUMNS = [
    "stage", "n", "unjudged", "invalid", "rated", "first", *SHARES, "expected", "difference",
    "difference_low", "difference_high", "p_value", "q_value", "signal", "n_others", "others",
    "gap", "gap_low", "gap_high", "note",
]  # fmt: skip


def first_drop(
    answers: Data,
    ratings: Mapping[str, str],
    *,
    score: str = "nps",
    scale: Scale = None,
    score_scale: Scale = None,
    at_most: int = 6,
    level: float = 0.95,
    family_level: float | None = None,
) -> pd.DataFrame:
    """Return at which stage a detractor's rating first falls below their own mean.

    A stage's rating is the mean of the person's ratings of its touchpoints; the person's own mean
    is the mean of their stages, so that a stage with many touchpoints counts once. A stage equal
    to the mean has not fallen. Somebody whose stages are all alike has no drop; somebody who rated
    fewer than two stages cannot be judged.

    Parameters
    ----------
    answers : pandas, polars or pyarrow frame, or Ibis table
        One row per answer, ratings with higher as better.
    ratings : mapping of str to str
        Column of a rating -> one of the five stages.
    score : str
        Column of the overall score.
    scale, score_scale : (int, int)
        Ends of the scales of the ratings and of the score; what lies outside counts as none.
    at_most : int
        Highest score of those looked at: 6 for detractors.
    level : float
        Confidence level of the shares' intervals, between 0 and 1.
    family_level : float, optional
        1 minus the error that the tests of all stages together are held to;
        ``level`` when left out.

    Returns
    -------
    DataFrame
        One row per stage that has a rating, in the order of the journey, and the row "no drop":
        ``stage``; ``n`` (people judged), ``unjudged`` (too few stages rated), ``invalid`` (people
        with a rating or score outside its scale, of all answers), ``rated`` (of ``n``, who rated
        the stage), ``first`` (of them, whose first drop it is); ``estimate``, ``std_error``,
        ``low``, ``high`` (percent of ``n``, Wilson); ``expected`` (percent of ``n``, if each
        person's ratings had fallen on their stages in any order), ``difference``,
        ``difference_low``, ``difference_high`` (points, widened for the stages), ``p_value``,
        ``q_value`` (Holm over the stages), ``signal`` (bool; NA where there is no test);
        ``n_others``, ``others`` (the same share of people with a higher score, percent), ``gap``,
        ``gap_low``, ``gap_high`` (points more than of these, Newcombe): a stage that is weak for
        everybody is no finding on detractors; ``note`` ("", "nobody rated this stage").

    Raises
    ------
    CxError
        If a column is absent or holds no numbers, a stage is none of the five, or fewer than two
        stages have a rating.

    Notes
    -----
    An early stage is the first below the mean more often by chance alone: where all stages are
    alike, one in two people falls below their mean at the very first. Hence ``expected``: of
    somebody with m stages, b of them below the mean, the j-th is the first of these in
    C(m - j, b - 1) / C(m, b) of all orders. The test is the normal one for a sum of such chances.

    Examples
    --------
    >>> people = pd.DataFrame({"nps": [3, 5, 9], "visit": [4, 4, 5], "delivery": [1, 2, 1]})
    >>> drops = first_drop(people, {"visit": "awareness", "delivery": "retention"})
    >>> drops[["stage", "n", "rated", "first", "estimate", "expected"]]
           stage  n  rated  first  estimate  expected
    0  awareness  2      2      0       0.0      50.0
    1  retention  2      2      2     100.0      50.0
    2    no drop  2      2      0       0.0       0.0
    """
    family_level = level if family_level is None else family_level
    stages: list[str] = [stage for stage in STAGES if stage in set(ratings.values())]
    if strange := sorted(set(ratings.values()) - set(STAGES)):
        raise CxError("no such stage", got=", ".join(strange), expected=", ".join(STAGES))
    if len(stages) < 2:
        raise CxError("a drop needs two stages with a rating", got=", ".join(stages) or "none")
    table = as_table(answers)
    check_columns(table, [score, *ratings])
    given = ratings_of(table, dict.fromkeys(ratings, scale) | {score: score_scale})
    rows = table.select(
        **{name: given[name].value for name in ratings},
        given=given[score].value,
        outside=ibis.or_(*(each.outside for each in given.values())),
    )
    drops = _count(run(_patterns(rows.filter(rows.given <= at_most), ratings, stages)), stages)
    others = _count(run(_patterns(rows.filter(rows.given > at_most), ratings, stages)), stages)
    invalid = run(rows.aggregate(invalid=rows.outside.sum().fill_null(0)))["invalid"].item()
    beside = _compared(_tested(drops, level, family_level), others, level).assign(
        invalid=int(invalid)
    )
    return beside.reindex(columns=COLUMNS)


def _count(patterns: pd.DataFrame, stages: Sequence[str]) -> pd.DataFrame:
    """Count first drops, and what chance would make of them, over patterns of ratings."""
    people = patterns["people"].to_numpy(dtype=float)
    sums, counts = (
        patterns[[f"{what}_{stage}" for stage in stages]].to_numpy(dtype=float)
        for what in ("sum", "count")
    )
    values = np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)
    judged = (counts > 0).sum(axis=1) > 1
    first, expected, variance = _first(values[judged])
    weights = people[judged][:, None]
    table = pd.DataFrame(
        {
            "stage": [*stages, NO_DROP],
            "n": int(people[judged].sum()),
            "unjudged": int(people[~judged].sum()),
            "rated": [*(weights * (counts[judged] > 0)).sum(axis=0), people[judged].sum()],
            "first": (weights * first).sum(axis=0),
            "by_chance": (weights * expected).sum(axis=0),
            "variance": (weights * variance).sum(axis=0),
        }
    )
    return table.astype({"rated": "int64", "first": "int64"})


def _patterns(rows: ir.Table, ratings: Mapping[str, str], stages: Sequence[str]) -> ir.Table:
    """Count people by the sum and number of their ratings in each stage."""
    keys: dict[str, ir.Value] = {}
    for stage in stages:
        columns = [rows[name] for name, where in ratings.items() if where == stage]
        total, n = columns[0].fill_null(0), columns[0].notnull().cast("int32")
        for column in columns[1:]:
            total, n = total + column.fill_null(0), n + column.notnull().cast("int32")
        keys |= {f"sum_{stage}": total, f"count_{stage}": n}
    return rows.group_by(**keys).aggregate(people=rows.count())


def _first(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Find each pattern's first drop, and the chance and variance of it at each stage.

    The last column is that of no drop.
    """
    rated = ~np.isnan(values)
    filled = np.where(rated, values, 0.0)
    number = rated.sum(axis=1)
    mean = filled.sum(axis=1) / np.maximum(number, 1)
    below = rated & (values < mean[:, None] - HAIR)
    none = ~below.any(axis=1)
    first = below & (below.cumsum(axis=1) == 1)
    place, lows = rated.cumsum(axis=1), below.sum(axis=1)
    chance = np.zeros(values.shape)
    for row, column in np.argwhere(rated & ~none[:, None]):
        m, b = int(number[row]), int(lows[row])
        chance[row, column] = comb(m - int(place[row, column]), b - 1) / comb(m, b)
    with_none = [np.column_stack([part, none]).astype(float) for part in (first, chance)]
    return with_none[0], with_none[1], with_none[1] * (1 - with_none[1])


def _tested(table: pd.DataFrame, level: float, family_level: float) -> pd.DataFrame:
    """Add shares, what chance would make of them, and the test of the difference."""
    n = table["n"].astype(float)
    shares = table.join(percent_of(table["first"], n, level))
    spread = table["variance"] ** 0.5
    z = (table["first"] - table["by_chance"]) / spread.where(spread > HAIR)
    p_value = pd.Series(2 * norm.sf(z.abs()), index=table.index)
    reach = normal_quantile(interval_level(p_value, family_level)) * spread.where(spread > HAIR)
    chance = 100 * table["by_chance"] / n.where(n > 0)
    return shares.assign(
        expected=chance,
        difference=shares["estimate"] - chance,
        difference_low=shares["estimate"] - chance - 100 * reach / n.where(n > 0),
        difference_high=shares["estimate"] - chance + 100 * reach / n.where(n > 0),
        p_value=p_value,
        **judged(p_value, family_level),
        note=pd.Series("", table.index, dtype="str").mask(table["rated"] == 0, NOBODY),
    )


def _compared(table: pd.DataFrame, others: pd.DataFrame, level: float) -> pd.DataFrame:
    """Put the share of people with a higher score beside each share."""
    n, n_others = int(table["n"].iloc[0]), int(others["n"].iloc[0])
    beside = table.assign(n_others=n_others)
    if not n or not n_others:
        return beside
    # Not above: statsmodels takes a second to load, and most reports do without.
    from statsmodels.stats.proportion import confint_proportions_2indep  # noqa: PLC0415

    low, high = confint_proportions_2indep(
        table["first"], n, others["first"], n_others,
        method="newcomb", compare="diff", alpha=1 - level,
    )  # fmt: skip
    share = 100 * others["first"] / n_others
    gap = {"gap": table["estimate"] - share, "gap_low": 100 * low, "gap_high": 100 * high}
    return beside.assign(others=share, **gap)
