"""The claims of the trade on trial: what one's own data say of each, or why they cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.stats.intervals import normal_quantile
from cxreport.topics.linkage.score_link import ADJUSTED, AGAIN

if TYPE_CHECKING:
    from cxreport.topics.linkage.score_link import ScoreLink

SUPPORTED, NOT_SUPPORTED, NO_SIGNAL = "supported", "not supported", "no signal"
UNTESTED = "cannot be tested"
COLUMNS = ("claim", "unit", "n", "estimate", "low", "high", "claimed", "verdict", "note")
NEEDS = {
    "happy_return": "needs score and orders",
    "five_times": "needs amounts of two months",
    "tell_nine": "needs people told",
    "tell_sixteen": "needs people told",
    "bad_travels": "needs people told",
    "later": "needs the same people a year later",
    "emotion_first": "needs three layers",
    "exceeding": "needs expectations",
    "channels": "needs channels and amounts",
}
"""Claim -> what it would take to test it."""
CLAIMED = {"five_times": 5.0, "tell_nine": 9.0, "tell_sixteen": 16.0}
"""What is said in the trade; never used for anything but to be compared with."""
SURE = 95.0
"""Percent of resamples in which a layer must rank first, so that it is said to be first."""


@dataclass(frozen=True)
class Evidence:
    """The frames that claims are judged by; one that is absent cannot be tested.

    Attributes
    ----------
    link : ScoreLink, optional
        From :func:`~cxreport.topics.linkage.score_link`.
    ratio : DataFrame, optional
        From :func:`~cxreport.topics.linkage.loyal_ratio`.
    told : DataFrame, optional
        From :func:`~cxreport.topics.linkage.word_of_mouth`.
    layers : DataFrame, optional
        From :func:`~cxreport.topics.drivers.importance`, with ``layer`` (needs, ease,
        enjoyability).
    exceeded : DataFrame, optional
        From :func:`~cxreport.topics.linkage.exceeding`.
    channels : DataFrame, optional
        From :func:`~cxreport.topics.channels.multichannel`.
    """

    link: ScoreLink | None = None
    ratio: pd.DataFrame | None = None
    told: pd.DataFrame | None = None
    layers: pd.DataFrame | None = None
    exceeded: pd.DataFrame | None = None
    channels: pd.DataFrame | None = None


def judge_claims(evidence: Evidence) -> pd.DataFrame:
    """Return for each claim whether it holds in one's own data.

    Parameters
    ----------
    evidence : Evidence
        What was measured.

    Returns
    -------
    DataFrame
        One row per claim: ``claim``: "happy_return" (promoters order again more than detractors who
        bought alike before; points), "five_times" (loyal customers spend five times as much;
        times), "tell_nine" and "tell_sixteen" (a promoter tells nine people, a detractor sixteen;
        people), "bad_travels" (a detractor tells more people than a promoter; times), "later"
        (24 and 15 a year later), "emotion_first" (of the three layers enjoyability goes most with
        the score; percent of resamples), "exceeding" (more than expected adds as much NPS as less
        than expected takes; points), "channels" (customers of several channels spend more than
        those of one with as many orders; money). ``unit`` ("points", "times", "people",
        "percent", "money"); ``n``; ``estimate``, ``low``, ``high``; ``claimed`` (the number of
        the claim, where it has one; else what the interval is held against); ``verdict``:
        "supported" (the whole interval at or beyond what is claimed, or a signal), "not
        supported" (the whole interval short of it, or a signal to the other side), "no signal"
        (the data cannot tell), "cannot be tested"; ``note``: "", the note of the measurement, or
        what it would take to test the claim ("needs score and orders").

    Notes
    -----
    All claims that can be tested are one family, held to 5% of false verdicts together
    (Bonferroni): among m, ``low`` and ``high`` reach as much further as a normal interval of level
    1 - 0.05 / m does, by logarithms for "times", and a layer must rank first in 100 - 5 / m
    percent. All are associations. None of the claims is a measurement of the company: 9 and 16
    people, and 15 and 24, are of the American Express Global Customer Service Barometer, United
    States, 2011 and 2012; the others are sayings of the trade.

    Examples
    --------
    >>> ratio = pd.DataFrame({"counted_in": ["later period"], "n": [40], "n_reference": [60],
    ...     "estimate": [1.8], "low": [1.6], "high": [2.0], "note": [""]})
    >>> judged = judge_claims(Evidence(ratio=ratio))
    >>> judged.loc[judged["claim"] == "five_times", ["n", "estimate", "claimed", "verdict"]]
         n  estimate  claimed        verdict
    1  100       1.8      5.0  not supported
    """
    claims = [
        ("happy_return", "points", _happy(evidence.link), 0.0),
        ("five_times", "times", _five(evidence.ratio), CLAIMED["five_times"]),
        ("tell_nine", "people", _recipients(evidence, "told_by_promoter"), CLAIMED["tell_nine"]),
        ("tell_sixteen", "people", _recipients(evidence, "told_by_detractor"),
             CLAIMED["tell_sixteen"]),
        ("bad_travels", "times", _recipients(evidence, "ratio"), 1.0),
        ("later", "people", {}, float("nan")),
        ("emotion_first", "percent", _first(evidence.layers), SURE),
        ("exceeding", "points", _picked(evidence.exceeded, "comparison", "added - taken"), 0.0),
        ("channels", "money", _channels(evidence.channels), 0.0),
    ]  # fmt: skip
    tested = sum(_row(*claim)["verdict"] != UNTESTED for claim in claims)
    rows = [_row(*claim, tested=max(tested, 1)) for claim in claims]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(
    claim: str, unit: str, measured: dict[Any, Any], claimed: float, tested: int = 1
) -> dict[str, Any]:
    """Judge one of so many claims by its interval, and by its test where it has one."""
    numbers = {name: float(measured.get(name, "nan")) for name in ("estimate", "low", "high")}
    numbers = _widened(numbers, tested, logarithms=unit == "times")
    note = str(measured.get("note", NEEDS[claim]))
    if claim == "emotion_first" and pd.notna(numbers["estimate"]):
        claimed = 100 - (100 - claimed) / tested
        verdict = _by_rank(numbers["estimate"], claimed)
    elif "verdict" in measured:
        verdict = measured["verdict"]
        if numbers["low"] <= claimed <= numbers["high"] and verdict != UNTESTED:
            verdict = NO_SIGNAL
    elif pd.isna(numbers["low"]):
        verdict = UNTESTED
    elif numbers["low"] >= claimed:
        verdict = SUPPORTED
    else:
        verdict = NOT_SUPPORTED if numbers["high"] < claimed else NO_SIGNAL
    n = int(measured.get("n", 0))
    return {"claim": claim, "unit": unit, "n": n, **numbers, "claimed": claimed,
            "verdict": verdict, "note": note}  # fmt: skip


def _picked(frame: pd.DataFrame | None, column: str, value: str) -> dict[Any, Any]:
    """Return the row of a frame that a claim is about, or nothing."""
    if frame is None or frame.empty:
        return {}
    rows = frame[frame[column] == value].to_dict("records")
    return dict(rows[0]) if rows else {}


def _by_signal(row: dict[Any, Any]) -> str:
    """Judge by a test: a signal in the claim's direction, against it, none, or not testable."""
    if row["signal"] is None or pd.isna(row["signal"]):
        return UNTESTED
    if not row["signal"]:
        return NO_SIGNAL
    return SUPPORTED if row["estimate"] > 0 else NOT_SUPPORTED


def _happy(link: ScoreLink | None) -> dict[Any, Any]:
    if link is None or link.differences.empty:
        return {}
    adjusted = link.differences[link.differences["analysis"] == ADJUSTED]
    row = _picked(adjusted, "outcome", AGAIN)
    row |= {"estimate": row["difference"], "n": row["n"] + row["n_reference"]}
    return row | {"verdict": _by_signal(row)}


def _five(ratio: pd.DataFrame | None) -> dict[Any, Any]:
    row = _picked(ratio, "counted_in", "later period")
    return row | {"n": row["n"] + row["n_reference"]} if row else {}


def _recipients(evidence: Evidence, metric: str) -> dict[Any, Any]:
    return _picked(evidence.told, "metric", metric)


def _first(layers: pd.DataFrame | None) -> dict[Any, Any]:
    """Judge by how often the layer ranks first when respondents are resampled."""
    row = _picked(layers, "layer", "enjoyability")
    if not row:
        return {}
    share = float(row["first"])
    ends = {"estimate": share, "low": float("nan"), "high": float("nan")}
    return row | ends | {"note": row["note"] if pd.isna(share) else ""}


def _by_rank(share: float, sure: float) -> str:
    """Return whether a layer ranks first in enough resamples, or in hardly any."""
    return SUPPORTED if share >= sure else NOT_SUPPORTED if share <= 100 - sure else NO_SIGNAL


def _widened(numbers: dict[str, float], tested: int, *, logarithms: bool) -> dict[str, float]:
    """Move the ends of a 95% interval to where they are for one of so many claims."""
    if tested == 1:
        return numbers
    estimate, low, high = numbers["estimate"], numbers["low"], numbers["high"]
    further = normal_quantile(1 - 0.05 / tested) / normal_quantile(0.95)
    if logarithms and min(estimate, low) > 0:
        ends = estimate * (low / estimate) ** further, estimate * (high / estimate) ** further
    else:
        ends = estimate + (low - estimate) * further, estimate + (high - estimate) * further
    return {"estimate": estimate, "low": ends[0], "high": ends[1]}


def _channels(channels: pd.DataFrame | None) -> dict[Any, Any]:
    row = _picked(channels, "outcome", "spend")
    if not row:
        return {}
    return row | {"n": row["n_several"] + row["n_one"], "verdict": _by_signal(row)}
