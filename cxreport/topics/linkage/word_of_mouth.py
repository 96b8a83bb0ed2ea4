"""Word of mouth: how many people hear of the company from those who would recommend it or not.

Whom customers told is asked, not guessed: no published multiple stands in for a measurement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table, run
from cxreport.scores.spread import NPS_CLASSES
from cxreport.stats.group_columns import check_columns
from cxreport.stats.intervals import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Hashable

    import ibis.expr.types as ir
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

METRICS = (
    "told_by_detractor", "told_by_passive", "told_by_promoter", "negative_reach",
    "positive_reach", "ratio",
)  # fmt: skip
COLUMNS = ["metric", "n", "missing", "invalid", "capped", "estimate", "low", "high", "uncapped",
           "largest", "note"]  # fmt: skip
AT_MOST = 50
"""A larger number of people counts as this one (our own line)."""
FEWEST = 10
"""Answers of a class below which no interval is given."""


def word_of_mouth(
    answers: Data,
    *,
    score: str = "nps",
    told: str = "told_n",
    at_most: int = AT_MOST,
    bootstrap: int = 2000,
    level: float = 0.95,
    ratio_level: float | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Estimate how many people detractors and promoters tell, and how many hear of it in all.

    Parameters
    ----------
    answers : pandas, polars or pyarrow frame, or Ibis table
        One row per answered questionnaire.
    score : str
        Column of answers to "how likely are you to recommend us", 0 to 10, as numbers.
    told : str
        Column of answers to "how many people have you told", as numbers with missing codes read.
    at_most : int
        A larger number counts as this one: one person who says 500 would outweigh a hundred.
    bootstrap : int
        Resamples of respondents behind the intervals.
    level : float
        Confidence level of the intervals, between 0 and 1.
    ratio_level : float, optional
        That of the ratio's interval, which says whether the two classes tell as many;
        ``level`` when left out.
    seed : int
        Start of the resampling.

    Returns
    -------
    DataFrame
        Six rows: ``metric`` ("told_by_detractor", "told_by_passive", "told_by_promoter": mean
        number of people; "negative_reach", "positive_reach": people told by detractors, and by
        promoters, for each 100 customers of all classes; "ratio": told by a detractor over told
        by a promoter); ``n`` answers that it rests on; ``missing`` (no number of people; for the
        reaches also no score) and ``invalid`` (below 0, or not whole); ``capped`` (answers
        above ``at_most``); ``estimate``, ``low``, ``high`` (percentile bootstrap), ``uncapped``
        (the estimate with every number as given), all in people, the ratio in times; ``largest``
        (number given by one respondent); ``note`` ("", "no answers", "too few answers": a class
        below 10 answers, no interval; "nobody told" by promoters: no ratio).

    Raises
    ------
    CxError
        If a column is absent or holds text, ``at_most`` or ``bootstrap`` is below 1, or the level
        is not between 0 and 1.

    Notes
    -----
    What promoters tell is counted as good and what detractors tell as bad; the question does not
    say. Counts of people are skewed, so respondents are resampled: a multinomial draw of the
    counts of (class, number) does so exactly. Source: Efron & Tibshirani 1993, An Introduction to
    the Bootstrap, chapter 13.

    Examples
    --------
    >>> answers = pd.DataFrame({"nps": [2, 5, 8, 10, 9], "told_n": [6, 2, 1, 2, None]})
    >>> figures = word_of_mouth(answers)
    >>> figures.loc[[0, 2, 3, 4, 5], ["metric", "n", "missing", "estimate"]]
                  metric  n  missing  estimate
    0  told_by_detractor  2        0       4.0
    2   told_by_promoter  1        1       2.0
    3     negative_reach  4        1     200.0
    4     positive_reach  4        1      50.0
    5              ratio  3        1       2.0
    """
    ratio_level = level if ratio_level is None else ratio_level
    normal_quantile(level)
    normal_quantile(ratio_level)
    if at_most < 1 or bootstrap < 1:
        raise CxError("a number below 1", got=min(at_most, bootstrap), expected="1 or more")
    cells = _cells(as_table(answers), score, told, at_most)
    valid = cells[cells["state"] == "valid"].reset_index(drop=True)
    counts = valid["n"].to_numpy(dtype=float)
    classes = valid["answer"].to_numpy()
    capped = _figures(counts[None, :], classes, valid["told"].to_numpy(dtype=float))[0]
    given = valid["people"].to_numpy(dtype=float) / counts
    drawn = np.full((1, len(METRICS)), np.nan)
    if len(valid):
        total = int(counts.sum())
        resampled = np.random.default_rng(seed).multinomial(total, counts / total, size=bootstrap)
        drawn = _figures(resampled.astype(float), classes, valid["told"].to_numpy(dtype=float))
    frame = pd.DataFrame([_counted(cells, metric) for metric in METRICS])
    frame = frame.assign(
        metric=METRICS, estimate=capped, uncapped=_figures(counts[None, :], classes, given)[0]
    )
    frame["note"] = [_note(row, cells) for row in frame.to_dict("records")]
    levels = [ratio_level if metric == "ratio" else level for metric in METRICS]
    ends = [_limits(drawn[:, at], each) for at, each in enumerate(levels)]
    limits = pd.DataFrame(ends, columns=["low", "high"]).where(frame["note"] == "")
    return frame.join(limits)[COLUMNS].astype({"metric": "str", "note": "str"})


def _cells(table: ir.Table, score: str, recipients: str, at_most: int) -> pd.DataFrame:
    """Count rows by class, state and number of people; numbers above the limit are one cell."""
    check_columns(table, [score, recipients])
    for name in (score, recipients):
        kind = table[name].type()
        if not (kind.is_numeric() or kind.is_null()) or kind.is_boolean():
            raise CxError(
                "numbers are wanted", where=f"column {name}", got=kind, expected="numbers",
                hint="read the codes for no answer first: open_survey does, by the codebook",
            )  # fmt: skip
    people: ir.Value = table[recipients].cast("float64")
    whole = people.isin([float(number) for number in range(at_most + 1)])
    many = (people > at_most) & ~people.isinf()
    named = ((table[score].isin(list(v)), name) for name, v in NPS_CLASSES.items())
    state = ibis.cases((people.isnull(), "missing"), (whole | many, "valid"), else_="invalid")
    rows = table.select(
        answer=ibis.cases(*named, else_="unknown"),
        state=state,
        told=ibis.cases((whole, people), (many, float(at_most + 1)), else_=None),
        given=people,
    )
    query = rows.group_by("answer", "state", "told").aggregate(
        n=rows.count(), people=rows.given.sum(), largest=rows.given.max()
    )
    cells = run(query).sort_values(["answer", "state", "told"], ignore_index=True)
    cells.loc[cells["answer"] == "unknown", "state"] = "missing"
    return cells.assign(
        capped=cells["n"].where(cells["told"] > at_most, 0), told=cells["told"].clip(upper=at_most)
    )


def _figures(counts: Floats, classes: NDArray[np.object_], recipients: Floats) -> Floats:
    """Return the six figures per row of counts of cells; NaN where nobody answered."""
    people = {
        name: counts[:, classes == name] @ recipients[classes == name] for name in NPS_CLASSES
    }
    n = {name: counts[:, classes == name].sum(axis=1) for name in NPS_CLASSES}
    means = {name: people[name] / np.where(n[name] > 0, n[name], np.nan) for name in NPS_CLASSES}
    everyone = np.where(counts.sum(axis=1) > 0, counts.sum(axis=1), np.nan)
    promoters_mean = np.where(means["promoters"] > 0, means["promoters"], np.nan)
    reach = [100 * people[name] / everyone for name in ("detractors", "promoters")]
    return np.column_stack([*means.values(), *reach, means["detractors"] / promoters_mean])


def _classes_of(metric: str) -> list[str]:
    """Return the classes that a figure rests on."""
    if metric.startswith("told_by_"):
        return [f"{metric.removeprefix('told_by_')}s"]
    return ["detractors", "promoters"] if metric == "ratio" else [*NPS_CLASSES]


def _counted(cells: pd.DataFrame, metric: str) -> dict[str, object]:
    """Count what a figure rests on, and what was left out of it."""
    classes = _classes_of(metric)
    own = cells[cells["answer"].isin(classes)]
    beside = cells[cells["answer"] == "unknown"] if metric.endswith("reach") else cells.iloc[:0]
    valid = own[own["state"] == "valid"]
    return {
        "n": int(valid["n"].sum()),
        "missing": int(own.loc[own["state"] == "missing", "n"].sum() + beside["n"].sum()),
        "invalid": int(own.loc[own["state"] == "invalid", "n"].sum()),
        "capped": int(valid["capped"].sum()),
        "largest": float(valid["largest"].max()) if len(valid) else float("nan"),
    }


def _note(row: dict[Hashable, Any], cells: pd.DataFrame) -> str:
    """Return in a word why there is no figure, or no interval."""
    metric, valid = row["metric"], cells[cells["state"] == "valid"]
    n = valid.groupby("answer")["n"].sum().reindex(_classes_of(metric)).fillna(0)
    if not (n.sum() if metric.endswith("reach") else n.min()):
        return "no answers"
    if pd.isna(row["estimate"]):
        return "nobody told"
    return "too few answers" if n.min() < FEWEST else ""


def _limits(drawn: Floats, level: float) -> tuple[float, float]:
    """Return the percentiles of the resamples; resamples without a figure do not count."""
    figures = drawn[~np.isnan(drawn)]
    if not len(figures):
        return float("nan"), float("nan")
    low, high = np.quantile(figures, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
