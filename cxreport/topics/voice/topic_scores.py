"""Topics that go with a lower score, and how much of the whole score goes with each.

No lexicon of feelings is needed, in any language: a topic hurts if those who speak of it score
lower than the others who wrote. It is association, not cause.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import t

from cxreport.errors import CxError
from cxreport.inputs.columns import as_flags, as_labels, as_numbers
from cxreport.stats.multiplicity import interval_level, judged
from cxreport.stats.proportions import clustered_percent, percent_of
from cxreport.topics.voice.impact import impacts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Flags = NDArray[np.bool_]

MINIMUM = 10
"""Respondents of a topic that is judged."""
RESAMPLES = 1_000
FEW, ALIKE, ALL_OR_NONE = "too few answers", "no variance", "nobody else"
COLUMNS = [
    "topic", "n", "respondents", "share", "share_low", "share_high", "n_scored", "mean",
    "mean_rest", "estimate", "std_error", "low", "high", "p_value", "q_value", "signal", "impact",
    "impact_low", "impact_high", "rank", "rank_low", "rank_high", "first", "stage", "note",
]  # fmt: skip


def topics(
    coded: pd.DataFrame,
    score: pd.Series,
    *,
    weight: pd.Series | None = None,
    cluster: pd.Series | None = None,
    stage: pd.Series | None = None,
    minimum: int = MINIMUM,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how many respondents speak of each topic, and how their score differs from the rest's.

    Parameters
    ----------
    coded : DataFrame of bool
        One row per respondent who wrote something, one column per topic.
    score : Series of float
        Of the same respondents, in any unit; missing where there is none. In points of NPS: 100 for
        a promoter, 0 for a passive, -100 for a detractor.
    weight : Series of float, optional
        Of each respondent, above 0.
    cluster : Series, optional
        The customer that each answer belongs to; a missing one is a customer of its own.
    stage : Series of str, optional
        Of each respondent, the stage of the journey that was rated.
    minimum : int
        Fewest scored respondents of a topic, and of the rest, that are compared.
    level : float
        1 minus the error rate that all topics together are held to.
    resamples : int
        Bootstrap resamples for impact and ranks; none when 0.
    seed : int
        Their start.

    Returns
    -------
    DataFrame
        One row per topic, in the order of ``coded``: ``topic``; ``n`` respondents who speak of it,
        of ``respondents``; ``share`` (percent), ``share_low``, ``share_high`` (Wilson, 95%);
        ``n_scored`` (of n, those with a score), ``mean`` and ``mean_rest`` (unit of the score);
        ``estimate`` (their difference), ``std_error``, ``low``, ``high`` (at the level at which
        they say the same as the signals), ``p_value``, ``q_value`` (Benjamini-Hochberg over the
        topics), ``signal``; ``impact`` (share of the scored times difference: by how much the mean
        of all lies above that of the rest), ``impact_low``, ``impact_high``; ``rank`` (1: the
        lowest impact), ``rank_low``, ``rank_high``, ``first`` (percent of resamples in which it
        ranks first and its impact is below 0); ``stage`` at which most speak of it; ``note`` ("",
        "too few answers", "no variance": all of the topic score alike, "nobody else").

    Raises
    ------
    CxError
        If the series do not have the rows of ``coded``, or a weight is not above 0.

    Notes
    -----
    Welch's test; with weights or clusters the linearised variance of each mean, and no more degrees
    of freedom than clusters of the topic less one. Sources: Welch 1947, Biometrika 34, 28-35;
    Benjamini & Hochberg 1995, Journal of the Royal Statistical Society B 57, 289-300.

    Examples
    --------
    >>> coded = pd.DataFrame({"waiting": [True] * 20 + [False] * 60})
    >>> score = pd.Series([-100, 0] * 10 + [100, 0, 100] * 20)
    >>> topics(coded, score)[["topic", "n", "share", "mean", "estimate", "signal"]].round(1)
         topic   n  share  mean  estimate  signal
    0  waiting  20   25.0 -50.0    -116.7    True
    """
    coded = as_flags(coded)
    cluster = None if cluster is None else as_labels(cluster)
    stage = None if stage is None else as_labels(stage)
    for name, given in (("score", score), ("weight", weight), ("cluster", cluster),
                        ("stage", stage)):  # fmt: skip
        if given is not None and len(given) != len(coded):
            raise CxError(
                f"the {name} is not of the same rows", got=len(given), expected=len(coded)
            )
    values, worth = as_numbers(score, "score"), _weights(weight, len(coded))
    who = _clusters(cluster, len(coded))
    holds = coded.to_numpy(dtype=bool)
    rows = pd.DataFrame(
        [
            {"topic": name, "respondents": len(coded), "stage": _most(stage, holds[:, place])}
            | _difference(holds[:, place], values, worth, who, minimum)
            for place, name in enumerate(coded.columns)
        ]
    )
    if rows.empty:
        return pd.DataFrame(columns=COLUMNS)
    rows = pd.concat([rows, _shares(holds, worth, who)], axis="columns")
    rows[["q_value", "signal"]] = judged(rows["p_value"], level, "bh")
    reach = rows["std_error"] * t.ppf(
        (1 + interval_level(rows["p_value"], level, "bh")) / 2, rows["df"]
    )
    rows = rows.assign(low=rows["estimate"] - reach, high=rows["estimate"] + reach)
    usable = ~np.isnan(values) & (worth > 0)
    ranked = impacts(
        holds[usable], values[usable], worth[usable], None if cluster is None else who[usable],
        rows["estimate"].notna().to_numpy(), resamples=resamples, seed=seed,
    )  # fmt: skip
    return pd.concat([rows, ranked], axis="columns")[COLUMNS]


def _weights(weight: pd.Series | None, n: int) -> Numbers:
    """Return weights with a mean of 1."""
    if weight is None:
        return np.ones(n)
    worth = as_numbers(weight, "weight")
    if not (np.isfinite(worth) & (worth > 0)).all():
        raise CxError("weights that cannot be used", expected="a number above 0 in every row")
    return np.asarray(worth / worth.mean()) if n else worth


def _clusters(cluster: pd.Series | None, n: int) -> NDArray[np.int64]:
    """Give each customer a number; a missing one is a customer of its own."""
    if cluster is None:
        return np.arange(n)
    codes, names = pd.factorize(cluster)
    codes = codes.astype(np.int64)
    codes[codes < 0] = len(names) + np.arange(int((codes < 0).sum()))
    return codes


def _most(stage: pd.Series | None, inside: Flags) -> str:
    """Return the stage at which most speak of a topic."""
    if stage is None:
        return ""
    counts = stage[inside].dropna().astype(str).value_counts()
    return str(min(counts[counts == counts.max()].index)) if len(counts) else ""


def _shares(holds: Flags, worth: Numbers, who: NDArray[np.int64]) -> pd.DataFrame:
    """Return what share of the respondents speaks of each topic."""
    names = {"estimate": "share", "low": "share_low", "high": "share_high"}
    size, n = np.bincount(who, worth), holds.sum(axis=0)
    if (size == 1).all():
        shares = percent_of(pd.Series(n), pd.Series(len(size), range(len(n))))
        return shares[list(names)].rename(columns=names).assign(n=n)
    rows = []
    for inside in holds.T:
        times = np.bincount(who, worth * inside, minlength=len(size))
        rows.append({"times": times.sum(), "times_squared": (times**2).sum(),
                     "times_n": (times * size).sum()})  # fmt: skip
    sums = pd.DataFrame(rows).assign(
        n=size.sum(), clusters=int((size > 0).sum()), n_squared=(size**2).sum()
    )
    return clustered_percent(sums)[list(names)].rename(columns=names).assign(n=n)


def _difference(
    inside: Flags, values: Numbers, worth: Numbers, who: NDArray[np.int64], minimum: int
) -> dict[str, object]:
    """Compare the score of those who speak of a topic with that of the rest."""
    scored = ~np.isnan(values)
    sides = [scored & inside, scored & ~inside]
    n = [int(side.sum()) for side in sides]
    row: dict[str, object] = dict.fromkeys(
        ("mean", "mean_rest", "estimate", "std_error", "p_value", "df"), np.nan
    )
    row |= {"n_scored": n[0], "note": FEW}
    if min(n) < max(minimum, 2):
        row["note"] = ALL_OR_NONE if n[1] == 0 and n[0] >= minimum else FEW
        return row
    means = [float(np.average(values[side], weights=worth[side])) for side in sides]
    row |= {"mean": means[0], "mean_rest": means[1], "estimate": means[0] - means[1], "note": ""}
    if np.ptp(values[sides[0]]) == 0:
        return row | {"note": ALIKE}
    influence = np.zeros(len(values))
    for sign, side, mean in zip((1, -1), sides, means, strict=True):
        size = int(side.sum())
        part = worth[side] * (values[side] - mean) / worth[side].sum()
        influence[side] = sign * part * np.sqrt(size / (size - 1))
    each = np.bincount(who[scored], influence[scored]) ** 2
    owners = [len(np.unique(who[side])) for side in sides]
    parts = [float((influence[side] ** 2).sum()) for side in sides]
    error = float(np.sqrt(each.sum()))
    spread = sum(p**2 / (m - 1) for p, m in zip(parts, owners, strict=True) if m > 1)
    df = sum(parts) ** 2 / spread if spread > 0 else np.nan
    if owners[0] < n[0]:
        df = min(df, owners[0] - 1)
    p_value = 2 * t.sf(abs(means[0] - means[1]) / error, df) if error > 0 and df > 0 else np.nan
    return row | {"std_error": error, "df": df, "p_value": float(p_value)}
