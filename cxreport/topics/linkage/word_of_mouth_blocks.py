"""Word of mouth: who told how many people, beside the figures often quoted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxreport.show.few import without_few
from cxreport.show.parts import SURVEY, Column, note, say, section, sentences, table
from cxreport.topics.linkage.word_of_mouth import AT_MOST

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

    from cxreport.inputs.survey import Survey
    from cxreport.show.blocks import Block
    from cxreport.show.parts import Said

    Row = dict[Hashable, Any]
    Rows = dict[str, Row]

QUOTED = ((16, 9), (24, 15))
"""People told of a poor and of a good experience: American Express Global Customer Service
Barometer, United States, 2011 and 2012. An illustration; nothing is worked out from it."""
# The number of people with its interval is text: so a phone may break it into two lines.
PEOPLE = (
    Column("metric", "word:told_by", "told_by"),
    Column("n"),
    Column("estimate", "unless:note:with_range:as:written", "people_told", is_text=True),
)


@without_few
def people_told(figures: pd.DataFrame, survey: Survey, periods: int) -> Block:
    """State how many people hear of the company; ``figures`` from ``survey_word_of_mouth``."""
    if figures.empty or not figures["n"].max():
        return note("linkage", "missing.people_told", survey, needs=SURVEY)
    rows = {row["metric"]: row for row in figures.to_dict("records")}
    parts = [_reach(rows), _each(rows)]
    reach = rows["positive_reach"]
    capped = int(reach["capped"])
    if capped:
        largest, given = int(reach["largest"]), float(reach["uncapped"])
        parts.append(
            say("people_told.capped", n=capped, at_most=AT_MOST, largest=largest, given=given)
        )
    if "ratio" in rows and not rows["ratio"]["note"]:
        parts.append(_quoted(rows["ratio"]))
    written = figures["metric"].eq("ratio").map({True: "2", False: "1"})
    listed = figures.assign(written=written)
    counted = table("linkage", "people_told", listed, PEOPLE, survey, periods=periods)
    return section([sentences("linkage", parts, survey), counted])


def _reach(rows: Rows) -> Said:
    """State how many people hear something good, and something bad, for each 100 customers."""
    if rows["positive_reach"]["note"] or rows["negative_reach"]["note"]:
        return say("people_told.reach_unsaid")
    return say("people_told.reach", **_ends(rows, good="positive_reach", bad="negative_reach"),
               n=int(rows["positive_reach"]["n"]))  # fmt: skip


def _each(rows: Rows) -> Said:
    """Compare what one detractor tells with what one promoter tells."""
    ratio = rows.get("ratio")  # of few people it is not there
    if ratio is None or ratio["note"]:
        return say("people_told.each.unsaid")
    names = {"bad": "told_by_detractor", "good": "told_by_promoter", "ratio": "ratio"}
    if ratio["low"] > 1:
        key = "people_told.each.more"
    else:
        key = "people_told.each.fewer" if ratio["high"] < 1 else "people_told.each.alike"
    return say(key, **_ends(rows, **names))


def _quoted(ratio: Row) -> Said:
    """Put the figures that are often quoted beside ours, as an illustration only."""
    quoted = [bad / good for bad, good in QUOTED]
    inside = any(ratio["low"] <= value <= ratio["high"] for value in quoted)
    key = "people_told.quoted.inside" if inside else "people_told.quoted.outside"
    return say(key, first=quoted[0], second=quoted[1])


def _ends(rows: Rows, **names: str) -> dict[str, float]:
    """Return estimate and limits of some figures, under short names."""
    ends = {"": "estimate", "_low": "low", "_high": "high"}
    return {
        f"{short}{end}": float(rows[metric][column])
        for short, metric in names.items()
        for end, column in ends.items()
    }
