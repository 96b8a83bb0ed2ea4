"""Counts of customers at the steps of a funnel -> shares with intervals, and why one is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.stats.intervals import of_share
from cxreport.topics.conversion.paths import COUNTS

if TYPE_CHECKING:
    from collections.abc import Sequence

ENTRY = "entry"
NOBODY_ENTERED = "nobody entered"
NEVER = "this step never occurs"
NOT_YET = "not yet observable"
NOBODY = "nobody reached the step before"
ONE = "one customer"
COLUMNS = [
    "step", "proxy", "eligible", "reached", "open", "unknown", "estimate", "std_error", "low",
    "high", "entered", "completed", "overall", "overall_low", "overall_high", "note",
]  # fmt: skip


def as_funnel(
    wide: pd.DataFrame,
    steps: Sequence[str],
    groups: Sequence[str],
    level: float,
    *,
    proxies: Sequence[str] = (),
) -> pd.DataFrame:
    """Turn counts into the frame of a funnel.

    Parameters
    ----------
    wide : DataFrame
        One row per group: its labels, and each of ``conversion_paths.COUNTS`` with the number of
        the step behind it.
    steps, groups : sequence of str
        Names of the steps, in order, and of the columns of groups.
    level : float
        Confidence level of the intervals.
    proxies : sequence of str
        Steps that stand for something else.

    Returns
    -------
    DataFrame
        As from :func:`cxreport.topics.conversion.funnel`.
    """
    parts = [_at_step(wide, number).assign(step=step) for number, step in enumerate(steps)]
    stacked = pd.concat(parts).sort_index(kind="stable")
    shares = with_shares(stacked, level).assign(proxy=stacked["step"].isin(proxies))
    labels = wide.iloc[stacked.index, : len(groups)].set_axis(list(groups), axis="columns")
    return pd.concat([labels, shares[COLUMNS]], axis="columns").reset_index(drop=True)


def _at_step(wide: pd.DataFrame, number: int) -> pd.DataFrame:
    """Return the counts of one step, and whether it occurs and could be entered at all."""
    nothing = pd.Series(0, index=wide.index)
    counts = {count: wide.get(f"{count}_{number}", nothing) for count in COUNTS}
    occurs = all(wide[f"events_{earlier}"].sum() > 0 for earlier in range(number + 1))
    return pd.DataFrame(counts).assign(
        first=number == 0,
        never=wide[f"events_{number}"].sum() == 0,
        possible=occurs,
        entrants=wide["eligible_0"],
    )


def with_shares(frame: pd.DataFrame, level: float) -> pd.DataFrame:
    """Add shares, intervals and notes to the counts."""
    trials = frame["eligible"].where((frame["eligible"] > 0) & ~frame["never"])
    share = frame["reached"] / trials
    low, high = of_share(share, trials, level)
    entered = frame["entered"].where((frame["entered"] > 0) & frame["possible"])
    overall = frame["completed"] / entered
    overall_low, overall_high = of_share(overall, entered, level)
    given = ~frame["first"]
    error = ((share * (1 - share) / trials) ** 0.5).where(trials > 1)
    return frame.assign(
        estimate=100 * share,
        std_error=100 * error.where(given),
        low=100 * low.where(given),
        high=100 * high.where(given),
        overall=100 * overall,
        overall_low=100 * overall_low.where(given),
        overall_high=100 * overall_high.where(given),
        note=_notes(frame),
    )


def _notes(frame: pd.DataFrame) -> pd.Series:
    """Return in a word why a share is empty, or what a reader must know of it."""
    waiting = (frame["open"] > 0) | ((frame["entrants"] > 0) & (frame["entered"] == 0))
    reasons = [
        (frame["never"], NEVER),
        (frame["entrants"] == 0, NOBODY_ENTERED),
        (frame["first"], ENTRY),
        ((frame["eligible"] == 0) & waiting, NOT_YET),
        (frame["eligible"] == 0, NOBODY),
        (frame["eligible"] == 1, ONE),
    ]
    return pd.Series("", frame.index, dtype="str").case_when(reasons)
