"""The block of word of mouth: who told how many people, beside the figures often quoted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxreport.show.blocks import Block
from cxreport.show.few import without_few
from cxreport.show.sections import about, note, several, table
from cxreport.topics.linkage.word_of_mouth import AT_MOST

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

    from cxreport.inputs.survey import Survey

    Row = dict[Hashable, Any]
    Rows = dict[str, Row]

QUOTED = ((16, 9), (24, 15))
"""People told of a poor and of a good experience: American Express Global Customer Service
Barometer, United States, 2011 and 2012. An illustration; nothing is worked out from it."""


@without_few
def word_of_mouth(found: pd.DataFrame, survey: Survey, periods: int) -> Block:
    """Say how many people hear of the company; ``found`` from ``survey_word_of_mouth``."""
    if found.empty or not found["n"].max():
        return note("word_of_mouth")
    rows = {row["metric"]: row for row in found.to_dict("records")}
    sentences = [_reach(rows), _each(rows)]
    reach = rows["positive_reach"]
    capped = int(reach["capped"])
    if capped:
        largest, given = int(reach["largest"]), float(reach["uncapped"])
        sentences.append(_say("capped", n=capped, at_most=AT_MOST, largest=largest, given=given))
    if not rows["ratio"]["note"]:
        sentences.append(_quoted(rows["ratio"]))
    said = Block("sentences", parameters=about(survey) | {"sentences": sentences})
    return several([said, table("word_of_mouth", found, survey, periods=periods)])


def _reach(rows: Rows) -> dict[str, Any]:
    """Say how many people hear something good, and something bad, for each 100 customers."""
    if rows["positive_reach"]["note"] or rows["negative_reach"]["note"]:
        return _say("reach_unsaid")
    return _say("reach", **_ends(rows, good="positive_reach", bad="negative_reach"),
                n=int(rows["positive_reach"]["n"]))  # fmt: skip


def _each(rows: Rows) -> dict[str, Any]:
    """Compare what one detractor tells with what one promoter tells."""
    ratio = rows["ratio"]
    if ratio["note"]:
        return _say("each.unsaid")
    verdict = "more" if ratio["low"] > 1 else "fewer" if ratio["high"] < 1 else "alike"
    names = {"bad": "told_by_detractor", "good": "told_by_promoter", "ratio": "ratio"}
    return _say(f"each.{verdict}", **_ends(rows, **names))


def _quoted(ratio: Row) -> dict[str, Any]:
    """Put the figures that are often quoted beside ours, as an illustration only."""
    quoted = [bad / good for bad, good in QUOTED]
    inside = any(ratio["low"] <= value <= ratio["high"] for value in quoted)
    key = "quoted.inside" if inside else "quoted.outside"
    return _say(key, first=quoted[0], second=quoted[1])


def _ends(rows: Rows, **names: str) -> dict[str, float]:
    """Return estimate and limits of some figures, under short names."""
    ends = {"": "estimate", "_low": "low", "_high": "high"}
    return {
        f"{short}{end}": float(rows[metric][column])
        for short, metric in names.items()
        for end, column in ends.items()
    }


def _say(key: str, **values: object) -> dict[str, Any]:
    return {"key": f"word_of_mouth.{key}", "values": values}
