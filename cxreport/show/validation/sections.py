"""Blocks that judge the measures themselves: a sentence first, then the table behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.metrics.compare import ONLY_CURRENT, ONLY_REFERENCE, TOO_FEW
from cxreport.metrics.linkage.returns import AGAIN, BEFORE, compare_returns
from cxreport.show.blocks import Block
from cxreport.show.few import without_few
from cxreport.show.sections import about, note, several, table

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.inputs.survey import Survey

    Row = dict[Hashable, Any]
ENOUGH, REPEATED = 0.7, 0.95
"""Cronbach's alpha by custom: questions go together, and say the same over again."""
MANY_AT_AN_END = 50
"""Percent of answers at one end of a scale above which it has little room left there."""
ENDS = {"ceiling": "best", "floor": "worst"}
TOO_SHORT = (ONLY_CURRENT, ONLY_REFERENCE, TOO_FEW)
"""Why a difference has no test: too few answers, not answers that are all alike."""
METHODS = ("alpha", "ends", "bridge", "returns")


@without_few
def reliability(found: pd.DataFrame, survey: Survey, periods: int) -> Block:
    """Show whether batteries measure one thing; ``found`` from ``battery_reliability``."""
    if found.empty:
        return note("reliability")
    sentences = [
        _say(f"reliability.{_reliable(row)}", question=row["question"], n=int(row["n"]))
        for row in found.to_dict("records")
    ]
    return _told(sentences, [table("reliability", found, survey, periods=periods)], survey)


def _reliable(row: Row) -> str:
    """Judge alpha by its whole interval, or say why there is none."""
    if pd.isna(row["alpha_low"]):
        if row["n"] < 2:
            return "few"
        return "alike" if pd.isna(row["alpha"]) else "exact"
    if row["alpha_low"] > REPEATED:
        return "repeated"
    if row["alpha_low"] >= ENOUGH:
        return "good"
    return "low" if row["alpha_high"] < ENOUGH else "between"


@without_few
def scale_use(used: pd.DataFrame, survey: Survey, periods: int) -> Block:
    """Show the ends of the scales, and missing answers; ``used`` from ``scale_use``."""
    if used.empty:
        return note("scale_use")
    crowded = {key: int((used[end] > MANY_AT_AN_END).sum()) for key, end in ENDS.items()}
    alone = "_only" if len(used) == 1 else ""
    sentences = [_say(f"{key}{alone}", n=n, questions=len(used)) for key, n in crowded.items() if n]
    touched = used["question"].isin(survey.columns("touchpoint"))
    parts = {"scale_use": used[~touched], "scale_use_touchpoints": used[touched]}
    tables = [
        table("scale_use", rows, survey, caption=caption, periods=periods)
        for caption, rows in parts.items()
        if not rows.empty
    ]
    return _told(sentences or [_say("no_end")], tables, survey)


@without_few
def same_answers(found: pd.DataFrame, survey: Survey, periods: int) -> Block:
    """Show who gave the same answer to everything; ``found`` from ``same_answers``."""
    if found.empty or not found["n"].item():
        return note("same_answers" if found.empty else "same_unanswered")
    row = found.iloc[0]
    shares = {name: float(row[name]) for name in ("same", "all_best", "all_between", "all_worst")}
    sentences = [_say("same", n=int(row["n"]), items=int(row["items"]), **shares)]
    shown = table("same_answers", found.assign(question="scores"), survey, periods=periods)
    return _told(sentences, [shown], survey)


@without_few
def bridges(found: pd.DataFrame, survey: Survey) -> Block:
    """Show scores before and after a new wording; ``found`` from ``bridge_versions``."""
    if found.empty:
        return note("bridges")
    sentences = [
        _say(
            f"bridge.{_verdict(row)}",
            question=row["question"],
            difference=float(row["difference"]),
            low=float(row["low"]),
            high=float(row["high"]),
        )
        for row in found.to_dict("records")
    ]
    shown = found.rename(columns={"low": "difference_low", "high": "difference_high"})
    return _told(sentences, [table("bridges", shown, survey)], survey)


@without_few
def returns(found: pd.DataFrame, survey: Survey, days: int) -> Block:
    """Show who ordered again by class, and the placebo; ``found`` from ``survey_returns``."""
    if found.empty:
        return note("returns")
    differences = {
        row["metric"]: row
        for row in compare_returns(found, level=survey.family_level).to_dict("records")
    }
    waiting = found[found["metric"] == AGAIN]["not_observable"].sum()
    blocks = []
    for metric in (AGAIN, BEFORE):
        row = differences[metric]
        names = {"estimate": "promoters", "estimate_reference": "detractors"}
        values = {new: float(row[old]) for old, new in names.items()}
        values |= {name: float(row[name]) for name in ("difference", "low", "high")}
        sentences = [_say(f"{metric}.{_verdict(row)}", days=days, **values)]
        if metric == AGAIN and waiting:
            sentences.append(_say("waiting", n=int(waiting), days=days))
        shown = table(metric, found[found["metric"] == metric], survey)
        blocks.append(_told(sentences, [shown], survey))
    return several(blocks)


def validation_method(survey: Survey) -> Block:
    """Say how the measures were judged."""
    return _told([_say(f"method.{key}") for key in METHODS], [], survey)


def _verdict(row: Row) -> str:
    """Say whether a difference is a signal, or why it cannot be said."""
    if pd.isna(row["signal"]):
        return "few" if row["note"] in TOO_SHORT else "alike"
    return "signal" if row["signal"] else "none"


def _say(key: str, **values: object) -> dict[str, Any]:
    return {"key": f"validation.{key}", "values": values}


def _told(sentences: list[dict[str, Any]], tables: list[Block], survey: Survey) -> Block:
    """Put sentences above the tables that they speak of."""
    said = Block("sentences", parameters=about(survey) | {"sentences": sentences})
    return several([said, *tables]) if tables else said
