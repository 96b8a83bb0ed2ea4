"""How the layers of the pyramid stand, where they are weak, and what is claimed of their order."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.scores.pyramid import LAYERS
from cxreport.show.few import without_few
from cxreport.show.parts import SURVEY, Column, chart, note, say, section, sentences, table
from cxreport.stats.estimates import ONE_CLASS
from cxreport.topics.pyramid.frames import STAGE
from cxreport.topics.pyramid.layers import group_gaps
from cxreport.topics.pyramid.scalogram import NO_VARIANCE

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from cxreport.inputs.survey import Survey
    from cxreport.show.blocks import Block
    from cxreport.show.parts import Said

    Row = dict[Hashable, Any]

CUSTOM = 0.6
"""Scalability from which answers are called a scale (Menzel 1953)."""
SURE = 95
"""Percent of resamples in which a layer ranks first before it is said to weigh most."""
WEAKEST = {
    "needs": "weakest.needs", "ease": "weakest.ease", "enjoyability": "weakest.enjoyability",
}  # fmt: skip

LAYER = Column("question", "capital:question", "layer")
SCORE = (Column("estimate", "number", "score"), Column("", "range:number", "score_interval"))
NOTE = Column("note", "word:note")
STANDING = (LAYER, Column("n"), Column("met", "share"), *SCORE)
ORDER = (
    Column("metric", "word:figure", "figure"), Column("n"),
    Column("unit", "word:order_value", "value", is_text=False),
    Column("unit", "word:order_by_chance", "by_chance", is_text=False), NOTE,
)  # fmt: skip
WEIGHTS = (LAYER, Column("n"), Column("estimate", "with_range:share", "part"),
           Column("first", "number"), NOTE)  # fmt: skip
WHOLE = (Column("index", "with_range:number:index_low:index_high"),
         Column("all_three", "with_range:share:all_three_low:all_three_high"))  # fmt: skip


@without_few
def standing(frames: Mapping[str, pd.DataFrame], survey: Survey) -> Block:
    """State and draw how the layers stand; ``frames`` from ``survey_pyramid``."""
    layers = frames["layers"]
    if layers.empty:
        return note("pyramid", "missing.pyramid", survey, needs=SURVEY)
    if not layers["n"].max():
        return note("pyramid", "missing.pyramid_unanswered")
    rows = _by(layers, "metric")
    story = [
        say("index", **_ends(rows["index"]), n=int(rows["index"]["n"])),
        say("all_three", **_ends(rows["all_three"])),
        _weakest(rows, frames["gaps"]),
    ]
    drawn = layers[layers["metric"].isin(LAYERS)].iloc[::-1]  # the base of the pyramid is below
    drawn = drawn.assign(
        question=_questions(survey, drawn["metric"]),
        met=100 * drawn["top"].astype(float) / drawn["n"],
    )
    label = {"name": "question", "how": "question"}
    bars = chart("bars", "pyramid", "layers", drawn, STANDING, survey, label=label, x="axis.layers")
    return section([sentences("pyramid", story, survey), bars])


@without_few
def order(frames: Mapping[str, pd.DataFrame], survey: Survey, periods: int = 1) -> Block:
    """Describe how pyramid-like the answers are; ``frames`` from ``survey_pyramid``."""
    figures = frames["order"]
    if figures.empty:
        return note("pyramid", "missing.pyramid", survey, needs=SURVEY)
    rows = _by(figures, "metric")
    share, scale = rows["in_order"], rows["scalability"]
    if share["note"]:
        why = "order.same" if share["note"] == NO_VARIANCE else "order.few"
        return sentences("pyramid", [say(why)], survey)
    verdict = "order.between"
    if scale["low"] >= CUSTOM:
        verdict = "order.pyramid"
    elif scale["high"] < CUSTOM:
        verdict = "order.none"
    chance = float(share["by_chance"])
    story = [
        say("order.share", **_ends(share), n=int(share["n"]), chance=chance),
        say(verdict, **_ends(scale), custom=CUSTOM),
    ]
    units = figures["metric"].eq("in_order").map({True: "share", False: "coefficient"})
    listed = table("pyramid", "order", figures.assign(unit=units), ORDER, survey, periods=periods)
    return section([sentences("pyramid", story, survey), listed])


def _why_no_groups(survey: Survey) -> str:
    """Return the key of why there is no pyramid by group."""
    layers = [survey.columns(layer) for layer in LAYERS]
    scales = {column.scale for asked in layers for column in asked.values()}
    if len(scales) != 1 or any(len(asked) != 1 for asked in layers):
        return "missing.pyramid"
    named = survey.columns("stage", "channel")
    return "missing.groups_few" if named else "missing.groups"


@without_few
def groups(boards: Mapping[str, pd.DataFrame], survey: Survey, periods: int) -> Block:
    """Draw the layers by stage and channel; ``boards`` from ``survey_pyramid_groups``."""
    gaps = group_gaps(boards, level=survey.family_level).to_dict("records")
    if not gaps:
        return note("pyramid", _why_no_groups(survey))
    blocks = [sentences("pyramid", [_of_groups(row) for row in gaps], survey)]
    for column, board in boards.items():
        named = board.dropna(subset=column).rename(columns={column: "group"})
        layers = named[named["metric"].isin(LAYERS)]
        drawn = layers.assign(question=_questions(survey, layers["metric"]))
        if drawn["estimate"].notna().any():
            how = "known_word:stage" if column == STAGE else f"code:{column}"
            group = Column("group", how)
            more = {"group": _column_name(column), "periods": periods}
            blocks.append(
                chart(
                    "bars", "pyramid", "layers_by_group", drawn,
                    (group, LAYER, Column("n"), *SCORE, NOTE), survey, x="axis.layers",
                    label={"name": "group", "how": how},
                    series={"name": "metric", "how": "word:layer"}, **more,
                )
            )  # fmt: skip
            whole = (group, Column("n"), *WHOLE, NOTE)
            blocks.append(table("pyramid", "groups", _side_by_side(named), whole, survey, **more))
    return section(blocks)


@without_few
def weights(shares: pd.DataFrame, survey: Survey, periods: int) -> Block:
    """Put the claim that the emotional layer weighs most on trial.

    Parameters
    ----------
    shares : DataFrame
        From ``survey_layer_weights``.
    survey : Survey
        The survey reported.
    periods : int
        How many periods were counted.
    """
    if shares.empty:
        return note("pyramid", "missing.weights")
    first = float(_by(shares, "layer")["enjoyability"]["first"])
    percent = {name: 100 * shares[name] for name in ("estimate", "low", "high")}
    by_layer = shares.assign(question=shares["driver"], **percent)
    story = [say("first.unsaid")]
    if not math.isnan(first):
        refuted = 100 - SURE
        verdict = "first.perhaps"
        if first >= SURE:
            verdict = "first.yes"
        elif first <= refuted:
            verdict = "first.no"
        story = [
            say(verdict, first=first, sure=SURE, against=refuted),
            say("first.together", together=float(by_layer["estimate"].sum())),
        ]
    listed = table("pyramid", "weights", by_layer, WEIGHTS, survey, periods=periods)
    return section([sentences("pyramid", story, survey), listed])


def _of_groups(row: Row) -> Said:
    """State which group is lowest on the whole pyramid, if groups differ."""
    column = str(row["group"])
    if pd.isna(row["signal"]):
        key = "groups.single" if row["groups"] < 2 else "groups.same"
    else:
        key = "groups.differ" if row["signal"] else "groups.alike"
    values: dict[str, Any] = {"question": _column_name(column)}
    for name, code in (("lowest", row["lowest"]), ("highest", row["highest"])):
        ends = {"": "estimate", "_from": "low", "_to": "high"}
        values |= {f"{name}{end}": float(row[f"{name}_{of}"]) for end, of in ends.items()}
        values["low" if name == "lowest" else "high"] = _group_name(column, code)
    return say(key, **values)


def _column_name(column: str) -> str | Said:
    """Name a column of groups: the five stages are the house's own."""
    return say("stage.name") if column == STAGE else column


def _group_name(column: str, code: object) -> object:
    """Name a group of a column."""
    return say("named_stage", stage=code) if column == STAGE else code


def _weakest(layers: dict[Hashable, Row], gaps: pd.DataFrame) -> Said:
    """State which layer is the lowest, if it is below both others for sure."""
    scores = {layer: float(layers[layer]["estimate"]) for layer in LAYERS}
    lowest, following = sorted(LAYERS, key=lambda layer: scores[layer])[:2]
    pairs = gaps.to_dict("records")
    own = [pair for pair in pairs if lowest in (pair["layer"], pair["other"])]
    nearest = next(pair for pair in own if following in (pair["layer"], pair["other"]))
    if pd.isna(nearest["signal"]):
        return say("weakest.same" if nearest["note"] == ONE_CLASS else "weakest.few")
    turn = -1 if nearest["layer"] == lowest else 1
    low, high = sorted(turn * float(nearest[end]) for end in ("low", "high"))
    certain = all(pair["signal"] is True for pair in own)
    return say(
        WEAKEST[lowest] if certain else "weakest.alike",
        score=scores[lowest], gap=turn * float(nearest["difference"]), low=low, high=high,
    )  # fmt: skip


def _questions(survey: Survey, layers: pd.Series) -> list[str]:
    """Name the column of each layer, whose label the codebook has."""
    return [next(iter(survey.columns(str(layer)))) for layer in layers]


def _side_by_side(board: pd.DataFrame) -> pd.DataFrame:
    """Put the index and the share with all three of each group into one row."""
    ends = {"estimate": "", "low": "_low", "high": "_high"}
    whole = board[board["metric"] == "index"][["group", "n", "note"]].reset_index(drop=True)
    for metric in ("index", "all_three"):
        rows = board[board["metric"] == metric].reset_index(drop=True)
        whole = whole.assign(**{f"{metric}{end}": rows[name] for name, end in ends.items()})
    return whole


def _by(frame: pd.DataFrame, name: str) -> dict[Hashable, Row]:
    """Return the rows of a frame by one of its columns."""
    return {row[name]: row for row in frame.to_dict("records")}


def _ends(row: Row) -> dict[str, float]:
    return {end: float(row[end]) for end in ("estimate", "low", "high")}
