"""Differences between two sets of scores: how large, how sure, signal or noise.

Works on the small frames that the scores return, never on the rows behind them.
"""

from __future__ import annotations

from typing import get_args

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.stats.differences import (
    CLASSES,
    error_difference,
    net_difference,
    share_difference,
)
from cxreport.stats.intervals import normal_quantile
from cxreport.stats.multiplicity import Correction, interval_level, judged
from cxreport.stats.power import detectable_difference, sample_size

__all__ = ["compare", "detectable_difference", "sample_size"]

ONLY_CURRENT = "only in current"
ONLY_REFERENCE = "only in reference"
TOO_FEW = "too few answers"
ALL_PASSIVE = "all answers passive"
NO_VARIANCE = "no variance"

NEEDED = ("n", "estimate", "std_error", "n_effective", "weighted")
NPS_CLASSES = ("detractors", "passives", "promoters")


def compare(
    current: pd.DataFrame,
    reference: pd.DataFrame,
    *,
    level: float = 0.95,
    correction: Correction = "bh",
) -> pd.DataFrame:
    """Measure how far each score is from its reference, and whether that is more than noise.

    Parameters
    ----------
    current, reference : DataFrame
        What ``nps``, ``csat``, ``ces`` or ``pyramid`` returned for two independent sets of
        answers, with the same ``by`` columns (those before ``metric``). Several can be stacked
        with ``pandas.concat``.
    level : float
        Confidence level, between 0 and 1.
    correction : {"bh", "holm", "none"}
        What the p-values of all rows are corrected by: Benjamini-Hochberg for exploring, Holm
        for claims.

    Returns
    -------
    DataFrame
        One row per group and metric found on either side, sorted by the ``by`` columns: ``by``;
        ``metric``; ``n`` and ``n_reference`` answers; ``estimate`` and ``estimate_reference``;
        ``difference`` (current minus reference, points), ``std_error`` (of the difference, not
        adjusted), ``low`` and ``high``; ``p_value`` (two-sided); ``q_value`` (corrected over all
        rows); ``signal`` (True if ``q_value`` is below 1 - level, empty if it cannot be said);
        ``note`` ("", "only in current", "only in reference", "too few answers", "all answers
        passive", "no variance": why there is no p-value).

        NPS and pyramid layers: 3/4, 3/2 and 3/4 answers are added to each sample for interval and
        p-value. Shares: Newcombe's interval; the p-value is 1 minus the level at which it reaches
        zero. Pyramid index, and weighted or clustered scores: Welch's interval and test from their
        standard errors, at the effective size; to the latter answers are added as above, two
        to a share. ``low`` and ``high`` are at
        ``level`` for one row alone or ``correction="none"``; among m rows they are as much wider
        as the correction asks (``statistics.multiplicity.interval_level``), so that a row is a
        signal if and only if its interval leaves out zero. Means are not compared.

    Raises
    ------
    CxError
        If a frame is not a frame of scores, the two have different ``by`` columns, a row occurs
        twice, or the level or the correction is unknown.

    Notes
    -----
    Sources: Rocks 2016, The American Statistician 70(4), 365-372; Newcombe 1998, Statistics in
    Medicine 17, 873-890, method 10; Agresti & Caffo 2000, The American Statistician 54, 280-288;
    Benjamini & Hochberg 1995, JRSS B 57, 289-300; Benjamini &
    Yekutieli 2005, JASA 100, 71-81.

    Examples
    --------
    >>> from cxreport.scores.scores import nps
    >>> april = nps(pd.DataFrame({"score": [0] * 30 + [7] * 30 + [10] * 40}), "score")
    >>> may = nps(pd.DataFrame({"score": [0] * 20 + [7] * 30 + [10] * 50}), "score")
    >>> compare(may, april)[["difference", "low", "high", "signal"]].round(1)
       difference  low  high  signal
    0        20.0 -2.6  41.4   False
    """
    if correction not in get_args(Correction):
        kinds = ", ".join(get_args(Correction))
        raise CxError("unknown correction", got=correction, expected=kinds)
    normal_quantile(level)  # refuses a wrong level before any work
    by = _by_columns(current, "current")
    if _by_columns(reference, "reference") != by:
        raise CxError(
            "the two sides are broken down differently",
            got=", ".join(_by_columns(reference, "reference")) or "no groups",
            expected=", ".join(by) or "no groups",
        )
    rows = _matched(current, reference, [*by, "metric"])
    tested = _tested(rows, level)["p_value"]
    note = _notes(rows, tested)
    p_value = tested.where(note == "")
    verdicts = judged(p_value, level, correction)
    limits = _tested(rows, interval_level(p_value, level, correction))
    frame = rows.assign(
        difference=rows["estimate"] - rows["estimate_reference"],
        std_error=(rows["std_error"] ** 2 + rows["std_error_reference"] ** 2) ** 0.5,
        low=limits["low"],
        high=limits["high"],
        p_value=p_value,
        q_value=verdicts["q_value"],
        signal=verdicts["signal"],
        note=note,
    ).astype({"n": "int64", "n_reference": "int64"})
    both = ["n", "n_reference", "estimate", "estimate_reference"]
    verdict = ["difference", "std_error", "low", "high", "p_value", "q_value", "signal", "note"]
    return frame[[*by, "metric", *both, *verdict]]


def _by_columns(frame: pd.DataFrame, side: str) -> list[str]:
    """Return the columns before ``metric``, once the frame has proved to be one of scores."""
    absent = [name for name in ("metric", *NEEDED) if name not in frame]
    if absent:
        raise CxError(
            "this is not a frame of scores",
            where=side,
            got=f"no column {', '.join(absent)}",
            expected="what nps, csat, ces or pyramid returned",
        )
    columns = list(frame.columns)
    by = columns[: columns.index("metric")]
    if frame.duplicated([*by, "metric"]).any():
        raise CxError("a score occurs twice", where=side, expected="one row per group and metric")
    return by


def _matched(current: pd.DataFrame, reference: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Put the two sides beside each other, rows of one side only included."""
    sides = [_common(current, keys), _common(reference, keys)]
    if len(filled := [side for side in sides if not side.empty]) == 1:
        # The keys of an empty side have no type of their own.
        sides = [side.astype(filled[0].dtypes[keys].to_dict()) for side in sides]
    try:
        order = pd.concat([side[keys] for side in sides], ignore_index=True).drop_duplicates()
        if by := keys[:-1]:
            order = order.sort_values(by, kind="stable")
        rows = order.merge(sides[0], how="left", on=keys)
        rows = rows.merge(sides[1], how="left", on=keys, suffixes=("", "_reference"))
    except (TypeError, ValueError) as error:
        raise CxError(
            "the groups of the two sides are of different types", where=", ".join(keys[:-1])
        ) from error
    return rows.assign(
        absent=rows["n"].isna(),
        absent_reference=rows["n_reference"].isna(),
        n=rows["n"].fillna(0),
        n_reference=rows["n_reference"].fillna(0),
        either_weighted=_by_error(rows, "") | _by_error(rows, "_reference"),
    )


def _by_error(rows: pd.DataFrame, side: str) -> pd.Series:
    """Return which scores rest on their standard error: weighted, or of answers in clusters."""
    worth_less = rows[f"n_effective{side}"] < rows[f"n{side}"] - 1e-9
    return rows[f"weighted{side}"].eq(1) | worth_less


def _common(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Keep what a comparison needs, with one name for the classes of NPS and of the pyramid."""
    common = frame[[*keys, *NEEDED]].astype(dict.fromkeys(NEEDED, "float64"))
    nothing = pd.Series(np.nan, index=frame.index)
    for name, other in zip(CLASSES, NPS_CLASSES, strict=True):
        counts = [frame.get(column, nothing).astype("float64") for column in (name, other)]
        common[name] = counts[0].fillna(counts[1])
    common["favourable"] = frame.get("favourable", nothing).astype("float64")
    return common


def _tested(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Test each row by the method of its kind: ``low``, ``high`` and ``p_value``."""
    enough = (rows["n"] > 0) & (rows["n_reference"] > 0)
    counted = enough & ~rows["either_weighted"]
    net = counted & rows["top"].notna() & rows["top_reference"].notna()
    share = counted & rows["favourable"].notna() & rows["favourable_reference"].notna()
    rest = enough & ~net & ~share
    parts = [
        net_difference(rows[net], level),
        share_difference(rows[share], level),
        error_difference(rows[rest], level),
    ]
    return pd.concat(parts).reindex(rows.index)


def _notes(rows: pd.DataFrame, p_value: pd.Series) -> pd.Series:
    """Return why a row cannot be called signal or noise."""
    passive = pd.Series(data=False, index=rows.index)
    for side in ("", "_reference"):
        passive |= (rows[f"middle{side}"] == rows[f"n{side}"]) & (rows[f"n{side}"] > 0)
    reasons = {
        ONLY_CURRENT: rows["absent_reference"],
        ONLY_REFERENCE: rows["absent"],
        TOO_FEW: rows[["n", "n_reference"]].min(axis="columns") < 2,
        ALL_PASSIVE: passive,
        NO_VARIANCE: p_value.isna(),
    }
    return pd.Series(np.select(list(reasons.values()), list(reasons), ""), rows.index, dtype="str")
