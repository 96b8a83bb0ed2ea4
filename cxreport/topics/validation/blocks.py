"""Do the questions measure: a sentence first, then the table behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.scores.compare import ONLY_CURRENT, ONLY_REFERENCE, TOO_FEW
from cxreport.show.few import without_few
from cxreport.show.parts import Column, note, say, section, sentences, table
from cxreport.topics.linkage import AGAIN, BEFORE, compare_returns

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.inputs.survey import Survey
    from cxreport.show.blocks import Block

    Row = dict[Hashable, Any]

ENOUGH, REPEATED = 0.7, 0.95
"""Cronbach's alpha by custom: questions go together, and say the same over again."""
MANY_AT_AN_END = 50
"""Percent of answers at one end of a scale above which it has little room left there."""
ENDS = {"best": ("ceiling", "ceiling_only"), "worst": ("floor", "floor_only")}
"""End of a scale -> what is said where it is crowded, of several questions and of one."""
TOO_SHORT = (ONLY_CURRENT, ONLY_REFERENCE, TOO_FEW)
"""Why a difference has no test: too few answers, not answers that are all alike."""
BRIDGE = {
    "signal": "bridge.signal",
    "none": "bridge.none",
    "few": "bridge.few",
    "alike": "bridge.alike",
}
RETURNS = {
    AGAIN: {
        "caption": "ordered_again",
        "signal": "ordered_again.signal",
        "none": "ordered_again.none",
        "few": "ordered_again.few",
        "alike": "ordered_again.alike",
    },
    BEFORE: {
        "caption": "ordered_before",
        "signal": "ordered_before.signal",
        "none": "ordered_before.none",
        "few": "ordered_before.few",
        "alike": "ordered_before.alike",
    },
}
METHOD = ("method.alpha", "method.ends", "method.bridge", "method.returns")

BATTERY = (Column("question", "capital:question", "battery"), Column("items"), Column("n"),
           Column("left_out"))  # fmt: skip
RELIABILITY = (
    *BATTERY, Column("alpha", "2"), Column("", "range:2:alpha_low:alpha_high", "alpha_interval"),
    Column("agreement", "2"),
    Column("", "range:2:agreement_low:agreement_high", "agreement_interval"),
    Column("note", "word:note"),
)  # fmt: skip
SCALE_USE = (
    Column("question", "question"), Column("n"),
    Column("best", "with_range:share:best_low:best_high", "at_best"),
    Column("worst", "with_range:share:worst_low:worst_high", "at_worst"),
    Column("missing_share", "share"), Column("invalid_share", "share"),
)  # fmt: skip
SAME_ANSWERS = (
    *BATTERY, Column("same", "with_range:share:same_low:same_high"), Column("all_best", "share"),
    Column("all_between", "share"), Column("all_worst", "share"),
)  # fmt: skip
BRIDGES = (
    Column("metric", "capital:score_name", "score"), Column("changed_on", "day"),
    Column("n_reference", "say:window_before", "before"),
    Column("estimate_reference", "score", "result_before"),
    Column("n", "say:window_after", "after"), Column("estimate", "score", "result_after"),
    Column("difference", "signed"), Column("", "range:signed", "difference_interval"),
    Column("signal", "signal:difference"),
)  # fmt: skip
BY_CLASS = (Column("answer", "answer", "nps_class"), Column("n"),
            Column("favourable", "whole", "ordered"), Column("estimate", "share"),
            Column("", "range:share", "interval"))  # fmt: skip
LISTED = {
    AGAIN: (*BY_CLASS, Column("not_observable"), Column("unknown")),
    BEFORE: (*BY_CLASS, Column("not_observable", "whole", "not_covered"), Column("unknown")),
}


@without_few
def coefficients(batteries: pd.DataFrame, survey: Survey, periods: int) -> Block:
    """Show whether batteries measure one thing; ``batteries`` from ``battery_reliability``."""
    if batteries.empty:
        return note("validation", "missing.reliability")
    story = [
        say(_reliable(row), question=row["question"], n=int(row["n"]))
        for row in batteries.to_dict("records")
    ]
    listed = table("validation", "reliability", batteries, RELIABILITY, survey, periods=periods)
    return section([sentences("validation", story, survey), listed])


def _reliable(row: Row) -> str:
    """Judge alpha by its whole interval, or say why there is none."""
    if pd.isna(row["alpha_low"]):
        if row["n"] < 2:
            return "reliability.few"
        return "reliability.alike" if pd.isna(row["alpha"]) else "reliability.exact"
    if row["alpha_low"] > REPEATED:
        return "reliability.repeated"
    if row["alpha_low"] >= ENOUGH:
        return "reliability.good"
    return "reliability.low" if row["alpha_high"] < ENOUGH else "reliability.between"


@without_few
def scale_ends(used: pd.DataFrame, survey: Survey, periods: int) -> Block:
    """Show the ends of the scales, and missing answers; ``used`` from ``scale_use``."""
    if used.empty:
        return note("validation", "missing.scale_use")
    crowded = {end: int((used[end] > MANY_AT_AN_END).sum()) for end in ENDS}
    story = [
        say(ENDS[end][len(used) == 1], n=n, questions=len(used)) for end, n in crowded.items() if n
    ]
    touched = used["question"].isin(survey.columns("touchpoint"))
    parts = {"scale_use": used[~touched], "scale_use_touchpoints": used[touched]}
    tables = [
        table("validation", caption, rows, SCALE_USE, survey, periods=periods)
        for caption, rows in parts.items()
        if not rows.empty
    ]
    return section([sentences("validation", story or [say("no_end")], survey), *tables])


@without_few
def one_answer_to_all(same: pd.DataFrame, survey: Survey, periods: int) -> Block:
    """Show who gave the same answer to everything; ``same`` from ``same_answers``."""
    if same.empty:
        return note("validation", "missing.same_answers")
    if not same["n"].item():
        return note("validation", "missing.same_unanswered")
    row = same.iloc[0]
    shares = {name: float(row[name]) for name in ("same", "all_best", "all_between", "all_worst")}
    story = [say("same", n=int(row["n"]), items=int(row["items"]), **shares)]
    rows = same.assign(question="scores")
    listed = table("validation", "same_answers", rows, SAME_ANSWERS, survey, periods=periods)
    return section([sentences("validation", story, survey), listed])


@without_few
def bridges(versions: pd.DataFrame, survey: Survey) -> Block:
    """Show scores before and after a new wording; ``versions`` from ``bridge_versions``."""
    if versions.empty:
        return note("validation", "missing.bridges")
    story = [
        say(BRIDGE[_verdict(row)], question=row["question"], **_difference(row))
        for row in versions.to_dict("records")
    ]
    listed = table("validation", "bridges", versions, BRIDGES, survey)
    return section([sentences("validation", story, survey), listed])


@without_few
def returns(by_class: pd.DataFrame, survey: Survey, days: int) -> Block:
    """Show who ordered again by class, and the placebo; ``by_class`` from ``survey_returns``."""
    if by_class.empty:
        return note("validation", "missing.returns")
    compared = compare_returns(by_class, level=survey.family_level).to_dict("records")
    differences = {row["metric"]: row for row in compared}
    waiting = int(by_class[by_class["metric"] == AGAIN]["not_observable"].sum())
    blocks = []
    for metric, keys in RETURNS.items():
        row = differences[metric]
        shares = {"promoters": "estimate", "detractors": "estimate_reference"}
        values = {name: float(row[column]) for name, column in shares.items()}
        story = [say(keys[_verdict(row)], days=days, **values, **_difference(row))]
        if metric == AGAIN and waiting:
            story.append(say("waiting", n=waiting, days=days))
        rows = by_class[by_class["metric"] == metric]
        listed = table("validation", keys["caption"], rows, LISTED[metric], survey)
        blocks += [sentences("validation", story, survey), listed]
    return section(blocks)


def method(survey: Survey) -> Block:
    """Describe how the measures were judged."""
    return sentences("validation", [say(key) for key in METHOD], survey)


def _verdict(row: Row) -> str:
    """State whether a difference is a signal, or why it cannot be said."""
    if pd.isna(row["signal"]):
        return "few" if row["note"] in TOO_SHORT else "alike"
    return "signal" if row["signal"] else "none"


def _difference(row: Row) -> dict[str, float]:
    return {name: float(row[name]) for name in ("difference", "low", "high")}
