"""What changed in a period: one rule over all that a report measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cxreport.stats.multiplicity import corrected, weighted_holm
from cxreport.stats.usual_range import judge_last, smallest_shift
from cxreport.topics.overview.measures import NAMED, WITHIN, check_measures

if TYPE_CHECKING:
    from collections.abc import Hashable

ERROR = 0.05
"""First screens on which nothing changed that may name a change all the same."""
WHOLES = ("scores", "service", "retention", "conversion")
"""Sections whose rows without a group are measures as a whole; all other rows are parts."""
BLIND = 0.25
"""Part of a scale by which a measure can move unseen before it is too few answers to judge by."""
PART_OF = {"layers": "index"}
"""Sections of parts that are parts of a measure of another name."""
USUAL = ("expected", "lower", "upper", "std_error", "earlier")
FEW, UNOBSERVED, UNJUDGED, STEADY = "few", "unobserved", "unjudged", "steady"
COLUMNS = [
    *NAMED, "whole", "period", "n", "estimate", "low", "high", "expected", "lower", "upper",
    "estimate_before", "period_before", "unit", "better", "against", "p_value", "q_value",
    "smallest", "signal", "where", "state",
]  # fmt: skip

JUDGED = [*COLUMNS[:-5], "std_error", "earlier", "state"]


def changes(measures: pd.DataFrame, *, minimum: int = 10) -> pd.DataFrame:
    """Return which measures of a company changed in its newest period by more than chance.

    Parameters
    ----------
    measures : DataFrame
        From ``company_measures``.
    minimum : int
        Fewest answers, requests or customers of a period that is judged, or judges.

    Returns
    -------
    DataFrame
        One row per series, signals first, the worst of them first: the columns that name it;
        ``whole`` (true for a measure of everybody, false for a part: a group, a touchpoint, a
        layer, a topic); ``period`` (its newest), ``n``, ``estimate``, ``low``, ``high``;
        ``expected``, ``lower``, ``upper`` (where it usually lies, 95%, without the newest period;
        empty where there are too few periods to say); ``estimate_before``, ``period_before``;
        ``unit``, ``better``; ``against`` ("usual", "before" or ""), ``p_value`` (against the usual
        range, or else against the period before), ``q_value`` (corrected over all rows),
        ``smallest`` (points from the usual value that would be a signal with a chance of 80%; not
        of waits), ``signal``; ``where`` (true for a part that moved with its measure, and is told
        with it); ``state`` ("better", "worse", "more", "less", "steady", "few":
        too few answers, also where only a change of more than a quarter of the scale could have
        been seen; "unobserved": not yet observable; "unjudged": nothing to compare with).

    Raises
    ------
    CxError
        If the frame is none of measures.

    Notes
    -----
    One family: measures as a whole have one half of the 5% and parts the other, each shared evenly,
    corrected by Holm with weights (Benjamini & Hochberg 1997), so that a first screen on which
    nothing changed names something in at most one case of twenty. Only where a measure moved, its
    parts are looked at once more as a family of their own (Holm, 5%), to say where.
    """
    check_measures(measures)
    rows = [
        _newest(series.reset_index(drop=True), minimum)
        for _, series in measures.groupby(NAMED, sort=False)
    ]
    frame = pd.DataFrame(rows, columns=JUDGED)
    whole = frame["whole"].astype(bool)
    sizes = frame.groupby(whole)["p_value"].transform("count")
    frame["q_value"] = weighted_holm(frame["p_value"], 1 / sizes.clip(lower=1))
    frame["smallest"] = [
        smallest_shift(row["std_error"], row["earlier"], ERROR / 2 / size)
        if row["against"] == "usual" and row["unit"] != "hours"
        else np.nan
        for row, size in zip(frame.to_dict("records"), sizes, strict=True)
    ]
    frame["signal"] = (frame["q_value"] < ERROR).fillna(value=False).astype(bool)
    frame["where"] = _where(frame)
    up = frame["estimate"] > frame["expected"].fillna(frame["estimate_before"])
    good = np.where(frame["better"] == "higher", up, ~up)
    word = np.where(good, "better", "worse")
    word = np.where(frame["better"] == "", np.where(up, "more", "less"), word)
    frame["state"] = frame["state"].mask((frame["state"] == STEADY) & _is_blind(frame), FEW)
    frame["state"] = np.where(frame["signal"], word, frame["state"])
    bad = frame["state"].map({"worse": 0, "more": 1, "less": 1, "better": 2}).fillna(3)
    odd = frame["p_value"].where(frame["signal"], 0)
    ranks = pd.DataFrame({"bad": bad, "part": ~whole, "odd": odd})
    order = ranks.sort_values(["bad", "part", "odd"], kind="stable").index
    return frame.assign(whole=whole).loc[order, COLUMNS].reset_index(drop=True)


def _is_blind(frame: pd.DataFrame) -> pd.Series:
    """Return where a change by a quarter of the scale would probably not have been seen.

    Against the period before, the smallest change that is seen in four of five cases is about as
    wide as the interval (2.8 times the root of two standard errors; an interval has 3.9).
    """
    unseen = frame["smallest"].fillna(frame["high"] - frame["low"]).astype(float)
    scales = frame["unit"].map({unit: high - low for unit, (low, high) in WITHIN.items()})
    return unseen > BLIND * scales.astype(float)


def _newest(series: pd.DataFrame, minimum: int) -> dict[Hashable, Any]:
    """Judge the newest period of one series."""
    last = series.iloc[-1].to_dict()
    few = series["n"] < minimum
    judged = series.assign(estimate=series["estimate"].astype(float).mask(few))
    unit = last["unit"]
    usual = judge_last(
        judged["estimate"].to_numpy(), judged["n"].to_numpy(dtype=float),
        in_logs=unit == "hours", share=unit == "percent", within=WITHIN[unit],
    )  # fmt: skip
    by_history = pd.notna(usual["p_value"])
    before = judged["estimate"].iloc[-2] if len(judged) > 1 else np.nan
    alone = usual["note"] == "too few periods" and pd.notna(before) and not few.iloc[-1]
    p_value = usual["p_value"] if by_history else last["p_before"] if alone else np.nan
    if few.iloc[-1]:
        state = FEW
    elif pd.isna(last["estimate"]):
        state = UNOBSERVED
    else:
        state = STEADY if pd.notna(p_value) else UNJUDGED
    return {
        **last,
        **{name: usual[name] for name in USUAL},
        "whole": last["section"] in WHOLES and last["level"] == "",
        "estimate": judged["estimate"].iloc[-1],
        **{end: np.nan if few.iloc[-1] else last[end] for end in ("low", "high")},
        "estimate_before": before,
        "period_before": series["period"].iloc[-2] if len(series) > 1 else "",
        "against": "usual" if by_history else "before" if pd.notna(p_value) else "",
        "p_value": p_value,
        "state": state,
    }


def _where(frame: pd.DataFrame) -> pd.Series:
    """Return which parts moved with their measure, and to the same side."""
    side = np.sign(frame["estimate"] - frame["expected"].fillna(frame["estimate_before"]))
    of = frame["section"].map(PART_OF).fillna(frame["measure"])
    part = ~frame["whole"].astype(bool) & ~frame["section"].isin(["touchpoints", "voice"])
    moved = pd.Series(data=False, index=frame.index)
    for at in frame.index[frame["whole"].astype(bool) & frame["signal"]]:
        parts = part & (of == frame.loc[at, "measure"])
        held = corrected(frame["p_value"].where(parts))
        moved |= (held < ERROR) & (side == side[at])
    return moved
