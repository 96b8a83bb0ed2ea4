"""Which summary of a journey predicts how it is remembered: its peak, its end, or its mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd
from scipy.stats import t

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table, run
from cxreport.stats.group_columns import check_columns
from cxreport.stats.intervals import normal_quantile
from cxreport.stats.multiplicity import interval_level, judged
from cxreport.stats.value_columns import ratings as ratings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

    from cxreport.stats.value_columns import Scale

    Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

SUMMARIES = {
    "mean": ("mean",),
    "peak": ("peak",),
    "end": ("end",),
    "best": ("best",),
    "worst": ("worst",),
    "peak and end": ("peak", "end"),
}
TOO_FEW = "too few answers"
SMALLEST_FOLD = 10
COLUMNS = [
    "summary", "n", "left_out", "invalid", "estimate", "low", "high", "difference",
    "difference_low", "difference_high", "p_value", "q_value", "signal", "note",
]  # fmt: skip


def peak_end(
    answers: Data,
    ratings: Sequence[str],
    *,
    score: str = "nps",
    scale: tuple[int, int] = (1, 5),
    score_scale: Scale = None,
    folds: int = 10,
    repeats: int = 20,
    seed: int = 0,
    level: float = 0.95,
    family_level: float | None = None,
) -> pd.DataFrame:
    """Compare summaries of a person's ratings as predictors of their overall score.

    Parameters
    ----------
    answers : pandas, polars or pyarrow frame, or Ibis table
        One row per answer.
    ratings : list of str
        Columns of ratings in the order of the journey, on one scale. People without the score, or
        with fewer than two ratings, are left out: their peak, end and mean are the same.
    score : str
        Column of the overall score.
    scale, score_scale : (int, int)
        Ends of the scales of the ratings and of the score; what lies outside counts as none.
    folds, repeats : int
        Parts that people are allocated to at random, each predicted from the others; and how often.
    seed : int
        Start of the dealing.
    level : float
        Confidence level of what is explained, between 0 and 1.
    family_level : float, optional
        1 minus the error that all differences from the mean together are held to;
        ``level`` when left out.

    Returns
    -------
    DataFrame
        One row per summary, best first: ``summary`` ("mean"; "peak": the rating furthest from the
        middle of the scale, the worse of two as far; "end": the last one; "best"; "worst"; "peak
        and end" together); ``n`` people, ``left_out``, ``invalid`` (people with a rating or score
        outside its scale); ``estimate``, ``low``, ``high`` (R2 on
        people not used for the fit, percent of the variance explained; below 0 where the overall
        mean would do better); ``difference``, ``difference_low``, ``difference_high`` (points, to
        the mean; widened for their number), ``p_value``, ``q_value`` (Holm), ``signal`` (NA for the
        mean itself);
        ``note`` ("", "too few answers").

    Raises
    ------
    CxError
        If there are fewer than two ratings, a column is absent or holds no numbers, or folds or
        repeats are too few.

    Notes
    -----
    Least squares. Equal answers are allocated as counts, which is the same as allocating rows.
    Interval: corrected for folds that share people to fit on, Nadeau & Bengio 2003, Machine
    Learning 52, 239-281. Peak-end rule: Kahneman et al. 1993; a meta-analysis finds the mean as
    strong (Alaybek et al. 2022, OBHDP 170, 104149), so nothing here is taken for granted.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> first, last = rng.integers(1, 6, 500), rng.integers(1, 6, 500)
    >>> people = pd.DataFrame({"nps": 2 * last, "visit": first, "delivery": last})
    >>> summaries = peak_end(people, ["visit", "delivery"], repeats=2)
    >>> summaries[["summary", "n", "estimate"]].head(1)
      summary    n  estimate
    0     end  500     100.0
    """
    family_level = level if family_level is None else family_level
    normal_quantile(level)
    if len(ratings) < 2:
        raise CxError("a journey needs two ratings", got=", ".join(ratings) or "none")
    if folds < 2 or repeats < 1:
        raise CxError(
            "too few folds or repeats", got=f"{folds}, {repeats}", expected="2, 1 or more"
        )
    cells, counted = _cells(as_table(answers), list(ratings), score, (scale, score_scale))
    n = int(cells["people"].sum())
    frame = pd.DataFrame({"summary": list(SUMMARIES), "n": n, **counted})
    if n < SMALLEST_FOLD * folds or cells[score].nunique() < 2:
        unknown = pd.array([None] * len(frame), dtype="boolean")
        return frame.assign(note=TOO_FEW, signal=unknown).reindex(columns=COLUMNS)
    r2_by_summary: dict[str, list[float]] = {name: [] for name in SUMMARIES}
    rng = np.random.default_rng(seed)
    outcome, people = cells[score].to_numpy(dtype=float), cells["people"].to_numpy()
    designs = {
        name: np.column_stack([np.ones(len(cells)), cells[list(columns)].to_numpy(dtype=float)])
        for name, columns in SUMMARIES.items()
    }
    for _ in range(repeats):
        people_by_fold = rng.multinomial(people, np.full(folds, 1 / folds)).astype(float)
        for name, design in designs.items():
            r2_by_summary[name] += _r2_by_fold(design, outcome, people_by_fold)
    arrays = {name: np.array(each) for name, each in r2_by_summary.items()}
    return _compared(frame, arrays, folds, level, family_level)


def _cells(
    table: ir.Table, ratings: list[str], score: str, scales: tuple[tuple[int, int], Scale]
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Count people by score and by what sums up their ratings; and those left out."""
    check_columns(table, [score, *ratings])
    scale, score_scale = scales
    given = ratings_of(table, dict.fromkeys(ratings, scale) | {score: score_scale})
    columns = [given[name].value.cast("float64") for name in ratings]
    least, most = float(min(scale)) - 1, float(max(scale)) + 1
    total, number = columns[0].fill_null(0), columns[0].notnull().cast("int32")
    for column in columns[1:]:
        total, number = total + column.fill_null(0), number + column.notnull().cast("int32")
    rows = table.select(
        **{score: given[score].value.cast("float64")},
        invalid=ibis.or_(*(each.outside for each in given.values())),
        best=ibis.greatest(*(column.fill_null(least) for column in columns)),
        worst=ibis.least(*(column.fill_null(most) for column in columns)),
        end=ibis.coalesce(*columns[::-1]),
        total=total,
        number=number,
    )
    usable = (rows["number"] > 1) & rows[score].notnull()
    counted = run(
        rows.aggregate(
            left_out=(~usable).sum().fill_null(0), invalid=rows.invalid.sum().fill_null(0)
        )
    ).iloc[0]
    kept = rows.filter(usable).drop("invalid")
    cells = run(kept.group_by(kept.columns).aggregate(people=kept.count()))
    cells = cells.sort_values(
        [*kept.columns], ignore_index=True
    )  # the seed allocates them in order
    cells["mean"] = cells["total"] / cells["number"]
    middle = sum(scale) / 2
    cells["peak"] = cells["worst"].where(
        middle - cells["worst"] >= cells["best"] - middle, cells["best"]
    )
    return cells, {str(name): int(n) for name, n in counted.items()}


def _r2_by_fold(design: Floats, outcome: Floats, people_by_fold: Floats) -> list[float]:
    """Predict each fold from the others; ``people_by_fold``: a row per cell, a column per fold."""
    everyone, r2 = people_by_fold.sum(axis=1), []
    for fold in people_by_fold.T:
        train = everyone - fold
        weighted = design * train[:, None]
        slopes = np.linalg.lstsq(weighted.T @ design, weighted.T @ outcome, rcond=None)[0]
        middle = train @ outcome / train.sum()
        error = fold @ (outcome - design @ slopes) ** 2
        spread = fold @ (outcome - middle) ** 2
        r2.append(float(1 - error / spread) if spread > 0 else np.nan)
    return r2


def corrected_interval(values: Floats, folds: int, level: float = 0.95) -> tuple[float, float]:
    """Return the interval of the mean of a figure over repeated folds.

    Examples
    --------
    >>> low, high = corrected_interval(np.array([1.0, 2.0, 3.0, 4.0]), folds=2)
    >>> round(low, 3), round(high, 3)
    (-2.093, 7.093)
    """
    reach = float(t.ppf((1 + level) / 2, len(values) - 1)) * _error(values, folds)
    return float(values.mean()) - reach, float(values.mean()) + reach


def _error(values: Floats, folds: int) -> float:
    """Return the standard error of a mean over folds that share people to fit on."""
    return float(((1 / len(values) + 1 / (folds - 1)) * np.var(values, ddof=1)) ** 0.5)


def _compared(
    frame: pd.DataFrame,
    r2_by_summary: dict[str, Floats],
    folds: int,
    level: float,
    family_level: float,
) -> pd.DataFrame:
    """Put each summary beside the mean, best first."""
    rows = []
    for summary in frame["summary"]:
        values = 100 * r2_by_summary[summary][~np.isnan(r2_by_summary[summary])]
        gaps = 100 * (r2_by_summary[summary] - r2_by_summary["mean"])
        gaps = gaps[~np.isnan(gaps)]
        low, high = corrected_interval(values, folds, level)
        rows.append([values.mean(), low, high, gaps.mean(), _error(gaps, folds), len(gaps) - 1])
    names = ["estimate", "low", "high", "difference", "error", "freedom"]
    table = frame.join(pd.DataFrame(rows, columns=names)).assign(note="")
    table["difference"] = table["difference"].mask(table["summary"] == "mean")
    error, freedom = table["error"].where(table["error"] > 0), table["freedom"]
    table["p_value"] = 2 * t.sf((table["difference"] / error).abs(), freedom)
    wider = interval_level(table["p_value"], family_level)
    reach = (error * t.ppf((1 + wider) / 2, freedom)).mask(table["difference"].isna())
    table = table.join(judged(table["p_value"], family_level)).assign(
        difference_low=table["difference"] - reach, difference_high=table["difference"] + reach
    )
    return table.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)[COLUMNS]
