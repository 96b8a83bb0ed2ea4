"""Consistency: whether customers find the same experience in every channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from scipy.stats import chi2

from cxreport.errors import CxError
from cxreport.stats.families import family_numbers, group_columns, shared_columns
from cxreport.stats.heterogeneity import (
    common_variances,
    heterogeneity,
    sampling_variances,
)

if TYPE_CHECKING:
    from collections.abc import Hashable

ONE_GROUP = "fewer than two groups"
NO_VARIANCE = "no variance"

COLUMNS = (
    *("groups", "n", "Q", "df", "p_value", "tau", "i2"),
    *("largest_gap", "largest_gap_between", "note"),
)


def consistency(scores: pd.DataFrame) -> pd.DataFrame:
    """Measure how much channels differ beyond what chance alone would do.

    Parameters
    ----------
    scores : DataFrame
        What ``nps``, ``csat``, ``ces`` or ``pyramid`` returned, the channel (or touchpoint, or
        segment) as the last of the ``by`` columns. The groups hold different answers.

    Returns
    -------
    DataFrame
        One row per metric (and value of the other ``by`` columns): these; ``metric``; ``groups``
        compared and their ``n`` answers; ``Q`` (Cochran's) and its ``df``; ``p_value`` (of no
        difference); ``tau`` (standard deviation of the true scores between groups, in points or
        percent as the score: 0 is full consistency); ``i2`` (percent of the spread that is not
        sampling error); ``largest_gap`` (highest minus lowest estimate) and
        ``largest_gap_between`` ("highest - lowest"); ``note`` ("", "fewer than two groups", "no
        variance": why there is no test).

        Left out: a missing channel, which is none, and channels without an estimate. A channel
        whose answers all agree takes the spread of all channels together.

    Raises
    ------
    CxError
        If the frame is not one of scores, or has no ``by`` column.

    Notes
    -----
    ``Q`` weighs each channel by its own standard error and so, read as chi-square, gives too many
    false alarms in small samples (one in ten for three channels of 12 answers). The p-value is
    that of the same sum with the one variance that answers have if channels do not differ: the
    score test, which keeps its level. ``tau`` and ``i2`` are too large for the same reason: hide
    small groups first. Sources: Cochran 1954, Biometrics 10, 101-129; DerSimonian
    & Laird 1986, Controlled Clinical Trials 7, 177-188; Higgins & Thompson 2002, Statistics in
    Medicine 21, 1539-1558.

    Examples
    --------
    >>> from cxreport.scores.scores import nps
    >>> answers = {"channel": ["app"] * 40 + ["web"] * 40, "score": [9] * 25 + [7] * 30 + [3] * 25}
    >>> spread = consistency(nps(pd.DataFrame(answers), "score", by="channel"))
    >>> spread[["groups", "df", "i2", "largest_gap", "largest_gap_between"]].round(1)
       groups  df    i2  largest_gap largest_gap_between
    0       2   1  99.2        125.0           app - web
    """
    by = group_columns(scores)
    if not by:
        raise CxError("there are no groups to compare", hint="break the scores down: by='channel'")
    group, frame = by[-1], scores.reset_index(drop=True)
    family = family_numbers(frame, group)
    estimated = frame["estimate"].notna() & (frame["n"] > 0).fillna(value=False)
    compared = frame[estimated & frame[group].notna()]
    spreads = pd.DataFrame(
        [
            _spread(compared[family[compared.index] == number], group)
            for number in range(family.nunique())
        ],
        columns=list(COLUMNS),
    )
    first = frame.loc[~family.duplicated(), shared_columns(frame, group)].reset_index(drop=True)
    return first.join(spreads)


def _spread(rows: pd.DataFrame, group: str) -> dict[Hashable, object]:
    """Compare the groups of one metric."""
    row: dict[Hashable, object] = {"groups": len(rows), "n": int(rows["n"].sum())}
    if len(rows) < 2:
        return row | {"df": 0, "largest_gap_between": "", "note": ONE_GROUP}
    freedom = len(rows) - 1
    ordered = rows.sort_values("estimate", kind="stable")
    lowest, highest = ordered.iloc[0], ordered.iloc[-1]
    row |= {
        "df": freedom,
        "largest_gap": highest["estimate"] - lowest["estimate"],
        "largest_gap_between": f"{highest[group]} - {lowest[group]}",
    }
    variances = sampling_variances(rows)
    if pd.isna(variances).any():
        return row | {"largest_gap_between": "", "note": NO_VARIANCE}
    estimates = rows["estimate"].to_numpy("float64")
    spread = heterogeneity(estimates, variances)
    null = heterogeneity(estimates, common_variances(rows))
    return row | {
        "Q": spread.Q,
        "p_value": float(chi2.sf(null.Q, freedom)),
        "tau": spread.tau_squared**0.5,
        "i2": 100 * max(0.0, 1 - freedom / spread.Q) if spread.Q > 0 else 0.0,
        "note": "",
    }
