"""Can the measures be trusted: do batteries hang together, did a new wording move a score."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table
from cxreport.scores.compare import compare
from cxreport.scores.pyramid import LAYERS
from cxreport.scores.scoreboard import PYRAMID, score_questions
from cxreport.stats.group_columns import check_columns
from cxreport.stats.value_columns import times
from cxreport.topics.validation.reliability import icc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cxreport.inputs.codebook import Column
    from cxreport.inputs.period import Period

TOUCHPOINTS = "touchpoints"
BATTERIES = {PYRAMID: LAYERS, TOUCHPOINTS: ("touchpoint",)}
"""Name of a battery -> the roles of its questions."""
ALPHA, AGREEMENT = "ICC3k", "ICC2"
"""Cronbach's alpha is ICC(C,k); agreement is ICC(A,1), of one question alone."""
ENDS = ("estimate", "low", "high")
WINDOW = ["question", "changed_on", "before_first", "before_last", "after_first", "after_last"]


def battery_reliability(
    data: Data, questions: Mapping[str, Column], *, level: float = 0.95
) -> pd.DataFrame:
    """Measure whether the questions of each battery measure one thing.

    Parameters
    ----------
    data : pandas, polars or pyarrow frame, or Ibis table
        One row per answered questionnaire.
    questions : mapping of str to Column
        Column -> its meaning. Questions on needs, ease and enjoyability are one battery
        ("pyramid"), touchpoints another ("touchpoints"); a battery with two scales is taken apart.
    level : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per battery of two or more questions: ``question`` (its name); ``items`` (number of
        questions); ``n`` respondents who answered all, ``left_out`` (the others); ``alpha``
        (Cronbach's, at most 1) with ``alpha_low``, ``alpha_high`` (Feldt's); ``agreement``
        (ICC(A,1), at most 1: how far one question alone would give the person's number) with
        ``agreement_low``, ``agreement_high``; ``note`` ("", or why there is no number).

    Raises
    ------
    CxError
        If the level is not between 0 and 1.

    Notes
    -----
    Sources: those of :func:`~cxreport.topics.validation.icc`; Nunnally 1978, Psychometric Theory,
    for the custom that alpha should be 0.7 or more.

    Examples
    --------
    >>> from cxreport.inputs.codebook import Column
    >>> answers = pd.DataFrame({"till": [1, 2, 4, 5], "staff": [1, 3, 4, 5]})
    >>> rated = dict.fromkeys(answers, Column(role="touchpoint", scale=(1, 5)))
    >>> battery_reliability(answers, rated)[["question", "items", "n", "alpha"]].round(2)
          question  items  n  alpha
    0  touchpoints      2  4   0.98
    """
    rows = []
    for battery, roles in BATTERIES.items():
        asked = {name: c.scale or (1, 5) for name, c in questions.items() if c.role in roles}
        for scale in dict.fromkeys(asked.values()):
            names = [name for name, its_scale in asked.items() if its_scale == scale]
            if len(names) > 1:
                metrics = icc(data, names, scale=(min(scale), max(scale)), level=level)
                rows.append({"question": battery, **_coefficients(metrics.set_index("metric"))})
    numbers = [f"{kind}{end}" for kind in ("alpha", "agreement") for end in ("", "_low", "_high")]
    return pd.DataFrame(rows, columns=["question", "items", "n", "left_out", *numbers, "note"])


def _coefficients(metrics: pd.DataFrame) -> dict[str, object]:
    """Pick the two coefficients that say most of a battery."""
    first = metrics.iloc[0]
    row: dict[str, object] = {"items": int(first["items"]), "n": int(first["n"])}
    row |= {"left_out": int(first["missing"] + first["invalid"]), "note": first["note"]}
    for kind, metric in [("alpha", ALPHA), ("agreement", AGREEMENT)]:
        names = (kind, f"{kind}_low", f"{kind}_high")
        row |= {name: metrics.loc[metric, end] for name, end in zip(names, ENDS, strict=True)}
    return row


def bridge_versions(
    data: Data,
    questions: Mapping[str, Column],
    history: Sequence[Period],
    *,
    periods: int = 6,
    level: float = 0.95,
    family_level: float | None = None,
) -> pd.DataFrame:
    """Compare each score before and after a question began to be asked in another version.

    The difference mixes the wording with everything else that changed in time: it shows whether a
    series may be read across the change, never what the wording alone did.

    Parameters
    ----------
    data : pandas, polars or pyarrow frame, or Ibis table
        One row per answer, with ``period_start``.
    questions : mapping of str to Column
        Column -> its meaning, with its dated versions.
    history : sequence of Period
        The periods, oldest first, without gaps.
    periods : int
        How many whole periods count on each side; fewer at the ends of the history and beside
        another change. A period in which the change fell on a later day than the first is on
        neither side.
    level : float
        Confidence level of the scores' intervals.
    family_level : float, optional
        1 minus the error that all changes together are held to; ``level`` when left out.

    Returns
    -------
    DataFrame
        One row per question and change: ``question``; ``changed_on`` (first day of the new
        version); ``before_first``, ``before_last``, ``after_first``, ``after_last`` (names of
        periods); and the columns of ``compare`` with the new version as current side: ``metric``,
        ``n``, ``n_reference``, ``estimate``, ``estimate_reference`` (points or percent),
        ``difference`` (new minus old, points), ``std_error``, ``low``, ``high``, ``p_value``,
        ``q_value``, ``signal``, ``note``. All rows are one family (Benjamini-Hochberg). Without a
        row when no question changed, or a side has no period.

    Raises
    ------
    CxError
        If ``periods`` is below 1.

    Examples
    --------
    >>> from cxreport.inputs.codebook import Column
    >>> from cxreport.inputs.period import between
    >>> months = between(dt.date(2026, 1, 1), dt.date(2026, 2, 28), "month")
    >>> starts = [month.start for month in months] * 2
    >>> answers = pd.DataFrame({"easy": [5, 1, 5, 5], "period_start": starts})
    >>> asked = Column(role="ces", scale=(1, 5), versions=[{"until": dt.date(2026, 1, 31)}])
    >>> bridges = bridge_versions(answers, {"easy": asked}, months)
    >>> bridges[["before_last", "after_first", "estimate_reference", "estimate", "difference"]]
      before_last after_first  estimate_reference  estimate  difference
    0     2026-01     2026-02               100.0      50.0       -50.0
    """
    family_level = level if family_level is None else family_level
    if periods < 1:
        raise CxError("a comparison needs a period on each side", got=periods, expected="1 or more")
    table = as_table(data)
    check_columns(table, ["period_start"])
    begun = times(table, "period_start")
    sides: dict[str, list[pd.DataFrame]] = {"before": [], "after": []}
    for name, column in questions.items():
        for day, windows in _windows(column, history, periods):
            labels: dict[str, object] = {"question": name, "changed_on": pd.Timestamp(day)}
            for side, window in windows.items():
                labels |= {f"{side}_first": window[0].name, f"{side}_last": window[-1].name}
            for side, window in windows.items():
                inside = begun.isin([pd.Timestamp(period.start) for period in window])
                scores = score_questions(table.filter(inside), {name: column}, level=level)
                scores = scores.drop(columns="question")
                sides[side].append(pd.DataFrame(labels, index=scores.index).join(scores))
    if not sides["after"]:
        return pd.DataFrame(columns=[*WINDOW, "metric"])
    before, after = (pd.concat(sides[side], ignore_index=True) for side in ("before", "after"))
    return compare(after, before, level=family_level)


def _windows(
    column: Column, history: Sequence[Period], periods: int
) -> list[tuple[dt.date, dict[str, list[Period]]]]:
    """Return each day of change with the whole periods before it and after it."""
    days = {version.since for version in column.versions if version.since}
    days |= {v.until + dt.timedelta(days=1) for v in column.versions if v.until}
    edges = [dt.date.min, *sorted(days), dt.date.max]
    windows = []
    for (left, day), (_, right) in pairwise(pairwise(edges)):
        before = [p for p in history if left <= p.start and p.end <= day][-periods:]
        after = [p for p in history if day <= p.start and p.end <= right][:periods]
        if before and after:
            windows.append((day, {"before": before, "after": after}))
    return windows
