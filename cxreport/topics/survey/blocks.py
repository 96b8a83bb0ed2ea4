"""What customers answered: the scores of a period, in brief, in tables and over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.scores.kinds import score_kind
from cxreport.scores.population import met_margins
from cxreport.scores.suppression import is_small
from cxreport.show.few import few_note, without_few
from cxreport.show.parts import (
    SURVEY,
    Column,
    chart,
    note,
    say,
    section,
    sentences,
    table,
    with_interval,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from cxreport.inputs.survey import Survey
    from cxreport.show.blocks import Block
    from cxreport.show.parts import Said

    Row = dict[Hashable, Any]

TOPIC = "survey"
RESULT = (Column("n"), Column("estimate", "score"), Column("estimate", "range:score", "interval"))
DIFFERENCE = (
    Column("difference", "signed"),
    Column("difference", "range:signed:difference_low:difference_high", "difference_interval"),
)
SCORE = Column("metric", "capital:score_name", "score")
BEFORE = (*RESULT, Column("estimate_reference", "score"), *DIFFERENCE)
BOARD = (SCORE, *BEFORE, Column("signal", "signal"), Column("detectable", "number"))
YEAR = (Column("n_year", heading="n_year"), Column("estimate_year", "if_known:score"))
BOARD_OF_YEARS = (SCORE, *BEFORE, *YEAR, Column("signal", "signal"), Column("detectable", "number"))
PLAIN_BOARD = (SCORE, *BEFORE)
PLAIN_TREND = (SCORE, Column("period", "short"), *RESULT)
WEIGHTED = (
    SCORE,
    Column("n"),
    Column("estimate_unweighted", "score"),
    Column("low", "range:score:low_unweighted:high_unweighted", "unweighted_interval"),
    Column("estimate", "score", "with_weights"),
    Column("low", "range:score", "with_weights_interval"),
    Column("std_error", "2"),
    Column("n_effective"),
)
TREND = (
    Column("period", "short"),
    *RESULT,
    Column("centre", "score"),
    Column("lower", "range:score:lower:upper", "limits"),
    Column("signal", "word:rule", "rule"),
    Column("direction", "word:direction"),
)
SIGNALS = (
    Column("group", "code"),
    SCORE,
    Column("period", "short"),
    Column("n"),
    Column("estimate", "score"),
    Column("centre", "score"),
    Column("signal", "word:rule", "rule"),
    Column("direction", "word:direction"),
)
RESPONSE = (
    Column("period", "short"),
    Column("n", heading="invitations"),
    Column("answers"),
    Column("estimate", "share", "response"),
    Column("estimate", "range:share", "interval"),
    Column("centre", "share"),
    Column("lower", "range:share:lower:upper", "limits"),
    Column("signal", "word:rule", "rule"),
)
LEFT_OUT = (Column("missing"), Column("invalid"))
MEAN = (Column("mean", "2"), Column("mean", "range:2:mean_low:mean_high", "mean_interval"))
TOUCHPOINTS = (
    Column("question", "question"),
    *RESULT,
    MEAN[0],
    *DIFFERENCE,
    Column("signal", "signal"),
    *LEFT_OUT,
)
MEANS = (Column("question", "question"), Column("n"), *MEAN, *LEFT_OUT)
ANSWERS = (
    Column("question", "question"),
    Column("answer", "answer"),
    Column("n"),
    Column("share", "share"),
)
OF_SCORE = {"x": "axis.score", "how": "score"}
"""How charts of groups and questions name and write a score."""


def has_weights(survey: Survey) -> bool:
    """Return whether the report shows weighted scores: its own weights, or raked ones."""
    return bool(survey.columns("weight") or met_margins(survey, survey.current))


@without_few
def in_brief(board: pd.DataFrame, survey: Survey) -> Block:
    """Describe each headline score: how sure it is, and whether it differs from the period before.

    Parameters
    ----------
    board : DataFrame
        From ``scoreboard``.
    survey : Survey
        The survey reported.
    """
    rows = board.to_dict("records")
    headlines = [row for row in rows if score_kind(row["metric"]).is_headline]
    has_reference = len(survey.history) > 1
    items = [_in_a_sentence(row, has_reference=has_reference) for row in headlines]
    if not has_reference:
        items.append(say("brief.no_before"))
    if survey.columns("weight"):
        items.append(say("brief.weighted"))
    elif has_weights(survey):
        items.append(say("brief.weights"))
    comparisons = int(board["p_value"].notna().sum())
    if comparisons:
        items.append(say("brief.note", n=comparisons))
    return sentences(TOPIC, items, survey)


def _in_a_sentence(row: Row, *, has_reference: bool) -> Said:
    """State one score, and how it compares."""
    named = {"metric": row["metric"], "question": row["question"]}
    if pd.isna(row["estimate"]):
        return say("brief.first", main=say("brief.nothing", **named))
    in_points = score_kind(row["metric"]).unit == "points"
    key = "brief.points" if in_points else "brief.percent"
    main = say(key, n=int(row["n"]), **named, **with_interval(row))
    if not has_reference:
        return say("brief.first", main=main)
    if pd.isna(row["signal"]):
        asked = row["n_reference"] > 0
        why = say("signal.unknown") if asked else say("brief.not_asked")
        return say("brief.unsaid", main=main, why=why)
    names = {"difference": "difference", "low": "difference_low", "high": "difference_high"}
    difference = {name: float(row[column]) for name, column in names.items()}
    moved = "brief.better" if difference["difference"] > 0 else "brief.worse"
    return say(moved if row["signal"] else "brief.steady", main=main, **difference)


def board(scores: pd.DataFrame, survey: Survey, history: pd.DataFrame | None = None) -> Block:
    """List the scores, with their differences from the period before, and the year before.

    Parameters
    ----------
    scores : DataFrame
        From ``scoreboard``.
    survey : Survey
        The survey reported.
    history : DataFrame, optional
        From ``score_history``: the scores of the same period of the year before stand beside, where
        it has them; they are compared with nothing.
    """
    if scores.empty:
        return note(TOPIC, "missing.scores", survey, needs=SURVEY)
    name = "scoreboard" if len(survey.history) > 1 else "scoreboard_alone"
    year = survey.year_before
    if history is None or year is None or year.name == survey.history[-2].name:
        return _board(scores, survey, name, BOARD)
    then = _as_it_was(history, survey, year.name)
    beside = scores.merge(then, how="left", on=["question", "metric"])
    return _board(beside, survey, name, BOARD_OF_YEARS)


@without_few
def _board(scores: pd.DataFrame, survey: Survey, name: str, columns: Sequence[Column]) -> Block:
    return table(TOPIC, name, scores, columns, survey)


def _as_it_was(history: pd.DataFrame, survey: Survey, period: str) -> pd.DataFrame:
    """Return the scores of an earlier period, but of few, and of questions asked otherwise then."""
    names = [each.name for each in survey.history]
    after = {*names[names.index(period) + 1 :]}
    reworded = {name for name, breaks in survey.breaks.items() if {*breaks} & after}
    rows = history[(history["period"] == period) & ~history["question"].isin(reworded)]
    rows = rows[(rows["n"] >= survey.minimum_group)]
    renamed = {"n": "n_year", "estimate": "estimate_year"}
    return rows[["question", "metric", *renamed]].rename(columns=renamed)


@without_few
def weighted(scores: pd.DataFrame, survey: Survey) -> Block:
    """Show the weighted scores, or say that there are no weights."""
    if scores.empty:
        return note(TOPIC, "missing.weights", survey, needs=SURVEY)
    return table(TOPIC, "weighted", scores, WEIGHTED, survey)


@without_few
def trends(
    scores_by_period: pd.DataFrame, survey: Survey, actions: pd.DataFrame | None = None
) -> Block:
    """Draw a control chart of each headline score.

    Parameters
    ----------
    scores_by_period : DataFrame
        From ``chart_scores``.
    survey : Survey
        The survey reported.
    actions : DataFrame, optional
        What was done and when, with ``sign`` and ``period``: its signs stand on the charts.
    """
    listed = [] if actions is None else actions[["sign", "period"]].to_dict("records")
    charts = []
    for (question, metric), rows in scores_by_period.groupby(["question", "metric"], sort=False):
        if score_kind(str(metric)).is_headline and rows["estimate"].notna().any():
            named = {"question": str(question), "metric": str(metric), "actions": listed}
            label = {"name": "period", "how": "short"}
            charts.append(
                chart("control", TOPIC, "trend", rows, TREND, survey, label=label,
                      y="axis.score", how="score", **named)
            )  # fmt: skip
    return section(charts) if charts else note(TOPIC, "missing_section.trend", survey, needs=SURVEY)


@without_few
def response_rate(rates: pd.DataFrame, survey: Survey) -> Block:
    """Draw how many of those invited answered, by period; ``rates`` from ``response_rates``."""
    if rates["estimate"].isna().all():
        needs = SURVEY if survey.table("responses") is None else ("invitations",)
        return note(TOPIC, "missing.response", survey, needs=needs)
    label = {"name": "period", "how": "short"}
    return chart("control", TOPIC, "response", rates, RESPONSE, survey, label=label,
                 y="axis.response", how="share")  # fmt: skip


def signals(scores_by_period: pd.DataFrame, survey: Survey, group: str) -> Block:
    """List the periods of each group in which a rule of its control chart fired."""
    marked = scores_by_period[scores_by_period["signal"] != ""].rename(columns={group: "group"})
    if marked.empty:
        return note(TOPIC, "missing.signals")
    return table(TOPIC, "signals", marked, SIGNALS, survey, group=group)


@without_few
def touchpoints(scores: pd.DataFrame, survey: Survey) -> Block:
    """Draw the satisfaction with each touchpoint, best first; ``scores`` from ``scoreboard``."""
    if scores.empty:
        return note(TOPIC, "missing.touchpoints", survey, needs=SURVEY)
    in_order = scores.sort_values(["estimate", "question"], ascending=[False, True])
    label = {"name": "question", "how": "question"}
    return chart(
        "intervals", TOPIC, "touchpoints", in_order, TOUCHPOINTS, survey,
        label=label, metric="csat", **OF_SCORE,
    )  # fmt: skip


def distributions(shares: pd.DataFrame, scores: pd.DataFrame, survey: Survey) -> Block:
    """Show how the answers to each question are spread, and the means of the ratings.

    Parameters
    ----------
    shares : DataFrame
        From ``answer_shares``.
    scores : DataFrame
        From ``scoreboard``.
    survey : Survey
        The survey reported.
    """
    n = shares.groupby("question")["n"].transform("sum")
    few = is_small(n, survey.minimum_group)
    answered = shares[(n > 0) & ~few]
    scale = answered.groupby("question", sort=False)["answer"].agg("/".join)
    blocks = []
    for answers, questions in scale.groupby(scale, sort=False):
        rows = answered[answered["question"].isin(questions.index)]
        first, *_, last = str(answers).split("/")
        blocks.append(
            chart("distribution", TOPIC, "answers", rows, ANSWERS, survey,
                  label={"name": "question", "how": "question"},
                  parts={"name": "answer", "how": "answer"}, first_answer=first, last_answer=last)
        )  # fmt: skip
    rated = scores[scores["metric"].isin(["csat", "ces"])]
    if few.any():
        blocks.append(few_note(survey))
    return section([*blocks, *([] if rated.empty else [means(rated, survey)])])


@without_few
def means(rated: pd.DataFrame, survey: Survey) -> Block:
    """List the means of the ratings."""
    return table(TOPIC, "means", rated, MEANS, survey)
