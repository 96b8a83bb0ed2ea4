"""From a survey: the score that an action should move, before it and after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.actions import actions_of
from cxreport.inputs.targets import INDEX, LAYERS, RANGES, WAIT_ENDS
from cxreport.scores.compare import compare
from cxreport.scores.kinds import score_kind, score_of
from cxreport.scores.scoreboard import PYRAMID, score_history, score_questions
from cxreport.scores.signals import chart_scores
from cxreport.topics.service import (
    company_history,
    company_tickets,
    compare_waits,
    hold_family,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Hashable

    from cxreport.inputs.period import Period
    from cxreport.inputs.survey import Survey

    Row = dict[Hashable, Any]

PERIODS = 3
"""Periods taken together on either side of an action."""
ACTION = ["sign", "period", "done_on", "title_en", "title_it", "owner", "measure"]
SIDE = ["n", "estimate", "low", "high"]
MOVED = ["difference", "difference_low", "difference_high", "speed", "speed_low", "speed_high"]
NUMBERS = [*(f"{name}_reference" for name in SIDE), *SIDE, *MOVED, "p_value"]
COLUMNS = [
    *ACTION, "question", "metric", "periods", "first", "last", *NUMBERS, "signal", "marked",
    "direction", "state",
]  # fmt: skip
CHARTED = ["question", "metric", "period", "n", "signal", "direction"]


@dataclass(frozen=True)
class _Window:
    """The whole periods just before an action, and just after."""

    before: list[Period]
    after: list[Period]

    @property
    def names(self) -> list[str]:
        return [period.name for period in (*self.before, *self.after)]

    @property
    def starts(self) -> list[dt.date]:
        return [period.start for period in (*self.before, *self.after)]


def before_and_after(survey: Survey, *, periods: int = PERIODS) -> pd.DataFrame:
    """Return how the score that each action should move was before it, and after it.

    Parameters
    ----------
    survey : Survey
        With a table ``actions``, see ``actions_of``. Its ``measure`` is a question with the role
        ``nps``, ``csat``, ``ces`` or ``touchpoint`` by the fixed name of its column, ``index``,
        ``first_reply`` or ``solution``: what may have a target.
    periods : int
        Whole periods taken together on either side. The period of the action itself belongs to
        neither, unless the action is of its first day: then it is the first one after.

    Returns
    -------
    DataFrame
        One row per action of ``actions_of``, oldest first: its columns; ``question`` and ``metric``
        (as on the scoreboard; "" and the measure for a wait; both "" where no measure is named, or
        it was not asked); ``periods`` (on either side); ``first`` and ``last`` (names of the first
        and the last period after); ``n``, ``estimate``, ``low``, ``high`` after and the same with
        ``_reference`` before
        (answers or requests; points, percent, or hours of the median wait; 95%); ``difference``,
        ``difference_low``, ``difference_high`` (after minus before, points; not of waits);
        ``speed``, ``speed_low``, ``speed_high`` (of waits: how many end in an hour after, of those
        not over, as a multiple of before); ``p_value``; ``signal``; ``marked`` (the first of the
        periods after that the control chart marks, "" without one) and ``direction`` (of the mark:
        "improvement", "concern" or ""); ``state`` ("better", "worse", "steady"; or why nothing is
        compared: "unnamed", "unobserved": the periods after are not there yet, "no_before",
        "reworded": the question's wording changed between, "few", "unsaid"). Numbers stand only
        where both sides are compared.

    Raises
    ------
    CxError
        If ``periods`` is below 1.

    Notes
    -----
    Differences as in :func:`cxreport.scores.compare.compare`, waits by the log-rank test, Holm over
    all actions, held to ``survey.family_level`` (shared evenly where both are there). A score
    after an action is not a score because of it: seasons and other actions are in it as well, and
    what was done after a bad month is followed by a better one by chance alone.

    Examples
    --------
    >>> from cxreport.inputs.survey import open_survey
    >>> survey = open_survey("demo", period="2026-10", families=16)
    >>> before_and_after(survey)[["sign", "measure", "state"]].tail(2).to_numpy().tolist()
    [['F', 'tp_website', 'steady'], ['G', 'tp_returns', 'unobserved']]
    """
    if periods < 1:
        raise CxError("not a number of periods", got=periods, expected="1 or more")
    done = actions_of(survey)
    named = _measures(survey, {*done["measure"]})
    charted = _charted(survey, named)
    rows: list[Row] = []
    windows: dict[Any, _Window] = {}
    for action in done.to_dict("records"):
        question, metric = named.get(str(action["measure"]), ("", ""))
        window = _window(survey, action["done_on"].date(), periods)
        chart = charted[(charted["question"] == question) & (charted["metric"] == metric)]
        state = _why_not(survey, window, chart, periods) if metric else "unnamed"
        marked, direction = _first_mark(chart, window) if not state else ("", "")
        names = [period.name for period in window.after] or [""]
        rows.append(
            {**action, "question": question, "metric": metric, "first": names[0],
             "last": names[-1], "state": state, "marked": marked, "direction": direction}
        )  # fmt: skip
        windows[action["sign"]] = window
    frame = pd.DataFrame(rows, columns=[*ACTION, "question", "metric", "first", "last", "marked",
                                        "direction", "state"])  # fmt: skip
    compared = _compared(survey, frame[frame["state"] == ""], windows)
    frame = frame.merge(compared, on="sign", how="left")
    judged = frame["state"] == ""
    frame.loc[judged, "state"] = [_word(row) for row in frame[judged].to_dict("records")]
    return frame.assign(periods=periods)[COLUMNS]


def _measures(survey: Survey, measures: set[str]) -> dict[str, tuple[str, str]]:
    """Return which measures can be compared: name -> question and metric."""
    asked = survey.columns(*RANGES)
    named = {name: (name, score_of(asked[name].role)) for name in measures if name in asked}
    if INDEX in measures and all(len(survey.columns(layer)) == 1 for layer in LAYERS):
        named[INDEX] = (PYRAMID, INDEX)
    tickets = company_tickets(survey)
    return named | {
        name: ("", name)
        for name in WAIT_ENDS
        if name in measures and tickets is not None and name in tickets.metrics
    }


def _charted(survey: Survey, named: dict[str, tuple[str, str]]) -> pd.DataFrame:
    """Judge the history of every measure by its control chart."""
    asked = survey.columns(*RANGES)
    questions = {name: asked[name] for name in asked if name in named}
    if INDEX in named:
        questions |= survey.columns(*LAYERS)
    parts = []
    if questions:
        history = score_history(survey.responses, questions, survey.history, **survey.design)
        parts.append(chart_scores(history, breaks=survey.breaks))
    if {*named} & {*WAIT_ENDS}:
        parts.append(company_history(survey, by="").assign(question=""))
    filled = [part[CHARTED] for part in parts if not part.empty]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=CHARTED)


def _window(survey: Survey, day: dt.date, periods: int) -> _Window:
    before = [period for period in survey.history if period.end <= day]
    after = [period for period in survey.history if period.start >= day]
    return _Window(before[-periods:], after[:periods])


def _why_not(survey: Survey, window: _Window, chart: pd.DataFrame, periods: int) -> str:
    """Return why an action's two sides cannot be compared; "" where they can."""
    if len(window.after) < periods:
        return "unobserved"
    n = chart.set_index("period")["n"].reindex(window.names).astype(float)
    before = n[[period.name for period in window.before]]
    if len(before) < periods or before.isna().any():
        return "no_before"
    if _was_reworded(survey, window, str(chart["question"].iloc[0])):
        return "reworded"
    return "few" if (n.fillna(0) < survey.minimum_group).any() else ""


def _was_reworded(survey: Survey, window: _Window, question: str) -> bool:
    """Return whether what was asked changed between the first period before and the last after."""
    columns = [*survey.columns(*LAYERS)] if question == PYRAMID else [question]
    changed = {name for column in columns for name in survey.breaks.get(column, [])}
    first, last = window.before[0].start, window.after[-1].start
    return any(p.name in changed for p in survey.history if first < p.start <= last)


def _first_mark(chart: pd.DataFrame, window: _Window) -> tuple[str, str]:
    """Return the first period after an action that the chart marks, and to which side."""
    after = chart[chart["period"].isin([period.name for period in window.after])]
    marked = after[after["signal"].fillna("") != ""].head(1)
    rows = list(zip(marked["period"], marked["direction"].fillna(""), strict=True))
    return rows[0] if rows else ("", "")


def _compared(survey: Survey, actions: pd.DataFrame, windows: dict[Any, _Window]) -> pd.DataFrame:
    """Compare both sides of all actions: one family."""
    is_wait = actions["metric"].isin([*WAIT_ENDS])
    parts = [actions[~is_wait], actions[is_wait]]
    level = 1 - (1 - survey.family_level) / max(sum(len(part) > 0 for part in parts), 1)
    scores = _compare_scores(survey, parts[0].to_dict("records"), windows, level)
    waited = _compare_waits(survey, parts[1].to_dict("records"), windows, level)
    filled = [part for part in (scores, waited) if not part.empty]
    columns = ["sign", *NUMBERS, "signal"]
    if not filled:
        return pd.DataFrame(columns=columns)
    return pd.concat([part.reindex(columns=columns) for part in filled], ignore_index=True)


def _compare_scores(
    survey: Survey, actions: list[Row], windows: dict[Any, _Window], level: float
) -> pd.DataFrame:
    """Compare answers: each action's score, after against before."""
    asked, start = survey.columns(*RANGES, *LAYERS), survey.responses.period_start
    sides = []
    for action in actions:
        window, question = windows[action["sign"]], action["question"]
        names = [question] if question in asked else [*survey.columns(*LAYERS)]
        inside = survey.responses.filter(start.isin(window.starts)).mutate(
            side=ibis.ifelse(start >= window.after[0].start, "after", "before")
        )
        scores = score_questions(inside, {n: asked[n] for n in names}, by=["side"], **survey.design)
        scores = scores[(scores["question"] == question) & (scores["metric"] == action["metric"])]
        scores.insert(0, "sign", action["sign"])
        sides.append(scores)
    if not sides:
        return pd.DataFrame()
    both = pd.concat(sides, ignore_index=True)
    after, before = (
        both[both["side"] == side].drop(columns="side") for side in ("after", "before")
    )
    differences = compare(after, before, level=level, correction="holm").rename(
        columns={"low": "difference_low", "high": "difference_high"}
    )
    ends = after[["sign", "low", "high"]].merge(
        before[["sign", "low", "high"]], on="sign", suffixes=("", "_reference")
    )
    return differences.merge(ends, on="sign")


def _compare_waits(
    survey: Survey, actions: list[Row], windows: dict[Any, _Window], level: float
) -> pd.DataFrame:
    """Compare requests for help: each action's wait, after against before."""
    tickets, parts = company_tickets(survey), []
    if tickets is None:
        return pd.DataFrame()
    for action in actions:
        window, start = windows[action["sign"]], tickets.rows.period_start
        inside = tickets.rows.filter(start.isin(window.starts)).mutate(
            side=(start >= window.after[0].start).cast("int32")
        )
        compared = compare_waits(
            replace(tickets, rows=inside), ["side"], metrics=[action["metric"]], level=level
        )
        parts.append(compared.assign(sign=action["sign"]))
    if not parts:
        return pd.DataFrame()
    names = {f"{name}_rest": f"{name}_reference" for name in SIDE}
    return hold_family(pd.concat(parts, ignore_index=True), level).rename(columns=names)


def _word(row: Row) -> str:
    """Return how a score came out after an action."""
    if pd.isna(row["signal"]):
        return "unsaid"
    if not row["signal"]:
        return "steady"
    if row["metric"] in WAIT_ENDS:
        return "better" if row["speed"] > 1 else "worse"
    up = row["difference"] > 0
    return "better" if up == (score_kind(row["metric"]).better == "higher") else "worse"
