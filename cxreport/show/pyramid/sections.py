"""Blocks of the pyramid: its layers, where they are weak, and what is claimed of their order."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.inputs.meaning import LANGUAGES
from cxreport.metrics.journey.stages import STAGES
from cxreport.metrics.pyramid import LAYERS
from cxreport.metrics.pyramid_layers import group_gaps
from cxreport.metrics.scalogram import NO_VARIANCE
from cxreport.metrics.statistics.estimates import ONE_CLASS
from cxreport.show.blocks import Block
from cxreport.show.few import without_few
from cxreport.show.journey.words import with_names
from cxreport.show.sections import about, note, several, table
from cxreport.show.words import Words

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from cxreport.inputs.survey import Survey

    Row = dict[Hashable, Any]

CUSTOM = 0.6
"""Scalability from which answers are called a scale (Menzel 1953)."""
SURE = 95
"""Percent of resamples in which a layer ranks first before it is said to weigh most."""


@without_few
def pyramid(found: Mapping[str, pd.DataFrame], survey: Survey) -> Block:
    """Say and draw how the layers stand; ``found`` from ``survey_pyramid``."""
    layers = found["layers"]
    if layers.empty or not layers["n"].max():
        return note("pyramid" if layers.empty else "pyramid_unanswered")
    rows = _by(layers, "metric")
    sentences = [
        _say("index", **_ends(rows["index"]), n=int(rows["index"]["n"])),
        _say("all_three", **_ends(rows["all_three"])),
        _weakest(rows, found["gaps"]),
    ]
    drawn = layers[layers["metric"].isin(LAYERS)].iloc[::-1]  # the base of the pyramid is below
    drawn = drawn.assign(question=_questions(survey, drawn["metric"]))
    drawn = drawn.assign(label=drawn["question"], met=100 * drawn["top"].astype(float) / drawn["n"])
    parameters = about(survey) | {"caption": "pyramid", "table": "pyramid", "axis": "layers"}
    return several([_told(sentences, survey), Block("bars", drawn, parameters)])


@without_few
def pyramid_order(found: Mapping[str, pd.DataFrame], survey: Survey, periods: int = 1) -> Block:
    """Say how pyramid-like the answers are; ``found`` from ``survey_pyramid``."""
    order = found["order"]
    if order.empty:
        return note("pyramid")
    rows = _by(order, "metric")
    share, scale = rows["in_order"], rows["scalability"]
    if share["note"]:
        why = "same" if share["note"] == NO_VARIANCE else "few"
        return _told([_say(f"order.{why}")], survey)
    verdict = "between"
    if scale["low"] >= CUSTOM:
        verdict = "pyramid"
    elif scale["high"] < CUSTOM:
        verdict = "none"
    sentences = [
        _say("order.share", **_ends(share), n=int(share["n"]), chance=float(share["by_chance"])),
        _say(f"order.{verdict}", **_ends(scale), custom=CUSTOM),
    ]
    return several(
        [_told(sentences, survey), table("pyramid_order", order, survey, periods=periods)]
    )


@without_few
def pyramid_groups(found: Mapping[str, pd.DataFrame], survey: Survey, periods: int) -> Block:
    """Draw the layers by stage and channel; ``found`` from ``survey_pyramid_groups``."""
    sentences = [
        _of_groups(row) for row in group_gaps(found, level=survey.family_level).to_dict("records")
    ]
    named = _with_stages(about(survey)) | {"periods": periods}
    blocks = [Block("sentences", parameters=named | {"sentences": sentences})]
    for column, board in found.items():
        known = board.dropna(subset=column).rename(columns={column: "label"})
        layers = known[known["metric"].isin(LAYERS)]
        drawn = layers.assign(series=layers["metric"])
        drawn = drawn.assign(question=_questions(survey, drawn["metric"]))
        if drawn["estimate"].notna().any():
            parameters = named | {"group": column}
            chart = {"caption": "pyramid_layers", "table": "pyramid_layers", "axis": "layers"}
            together = {"caption": "pyramid_groups", "table": "pyramid_groups"}
            blocks.append(Block("bars", drawn, parameters | chart))
            blocks.append(Block("table", _side_by_side(known), parameters | together))
    return several(blocks) if sentences else note("pyramid_groups")


@without_few
def layer_weights(found: pd.DataFrame, survey: Survey, periods: int) -> Block:
    """Put the claim that the emotional layer weighs most on trial.

    Parameters
    ----------
    found : DataFrame
        From ``survey_layer_weights``.
    survey : Survey
        The survey reported.
    periods : int
        How many periods were counted.
    """
    if found.empty:
        return note("layer_weights")
    first = float(_by(found, "layer")["enjoyability"]["first"])
    if math.isnan(first):
        sentences = [_say("first.unsaid")]
    else:
        verdict = "yes" if first >= SURE else "no" if first <= 100 - SURE else "perhaps"
        together = 100 * float(found["estimate"].sum())
        sentences = [
            _say(f"first.{verdict}", first=first, sure=SURE, against=100 - SURE),
            _say("first.together", together=together),
        ]
    named = found.assign(question=found["driver"])
    shown = table("layer_weights", named, survey, periods=periods)
    return several([_told(sentences, survey), shown])


def _of_groups(row: Row) -> dict[str, Any]:
    """Say which group is lowest on the whole pyramid, if groups differ."""
    if pd.isna(row["signal"]):
        verdict = "single" if row["groups"] < 2 else "same"
    else:
        verdict = "differ" if row["signal"] else "alike"
    values = {"question": row["group"], "channel": row["group"], "groups": int(row["groups"])}
    values |= {"low": row["lowest"], "high": row["highest"]}
    for name in ("lowest", "highest"):
        ends = {"": "estimate", "_from": "low", "_to": "high"}
        values |= {f"{name}{end}": float(row[f"{name}_{column}"]) for end, column in ends.items()}
    return {"key": f"pyramid.groups.{verdict}", "values": values}


def _weakest(layers: dict[Hashable, Row], gaps: pd.DataFrame) -> dict[str, Any]:
    """Say which layer is the lowest, if it is below both others for sure."""
    scores = {layer: float(layers[layer]["estimate"]) for layer in LAYERS}
    lowest, following = sorted(LAYERS, key=lambda layer: scores[layer])[:2]
    pairs = gaps.to_dict("records")
    own = [pair for pair in pairs if lowest in (pair["layer"], pair["other"])]
    nearest = next(pair for pair in own if following in (pair["layer"], pair["other"]))
    if pd.isna(nearest["signal"]):
        return _say("weakest.same" if nearest["note"] == ONE_CLASS else "weakest.few")
    turn = -1 if nearest["layer"] == lowest else 1
    low, high = sorted(turn * float(nearest[end]) for end in ("low", "high"))
    certain = all(pair["signal"] is True for pair in own)
    return _say(
        f"weakest.{lowest}" if certain else "weakest.alike",
        score=scores[lowest], gap=turn * float(nearest["difference"]), low=low, high=high,
    )  # fmt: skip


def _questions(survey: Survey, layers: pd.Series) -> list[str]:
    """Name the column of each layer, whose label the codebook has."""
    return [next(iter(survey.columns(str(layer)))) for layer in layers]


def _side_by_side(board: pd.DataFrame) -> pd.DataFrame:
    """Put the index and the share with all three of each group into one row."""
    ends = {"estimate": "", "low": "_low", "high": "_high"}
    whole = board[board["metric"] == "index"][["label", "n", "note"]].reset_index(drop=True)
    for metric in ("index", "all_three"):
        rows = board[board["metric"] == metric].reset_index(drop=True)
        whole = whole.assign(**{f"{metric}{end}": rows[name] for name, end in ends.items()})
    return whole


def _with_stages(parameters: dict[str, Any]) -> dict[str, Any]:
    """Add the names of the five stages to the labels of a block."""
    own = {"stage": {language: Words(language).text("stage.name") for language in LANGUAGES}}
    named = with_names(parameters, "stage", "stage", STAGES)
    return named | {"names": own | parameters["names"]}


def _by(frame: pd.DataFrame, name: str) -> dict[Hashable, Row]:
    """Return the rows of a frame by one of its columns."""
    return {row[name]: row for row in frame.to_dict("records")}


def _ends(row: Row) -> dict[str, float]:
    return {end: float(row[end]) for end in ("estimate", "low", "high")}


def _say(key: str, **values: object) -> dict[str, Any]:
    return {"key": f"pyramid.{key}", "values": values}


def _told(sentences: list[dict[str, Any]], survey: Survey) -> Block:
    return Block("sentences", parameters=about(survey) | {"sentences": sentences})
