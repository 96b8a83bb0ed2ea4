"""The pyramid of a survey: its layers, their order, and which of them weighs most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.scores.leagues import break_down
from cxreport.scores.pyramid import LAYERS
from cxreport.scores.scales import valid_answers
from cxreport.scores.scoreboard import score_questions
from cxreport.topics.drivers import importance
from cxreport.topics.journey import in_order
from cxreport.topics.pyramid.layers import layer_gaps
from cxreport.topics.pyramid.scalogram import scalogram

if TYPE_CHECKING:
    from cxreport.inputs.survey import Survey

EMPTY = pd.DataFrame({"metric": pd.Series(dtype="str")})
STAGE = "stage"


def survey_pyramid(survey: Survey, *, periods: int = 1, seed: int = 0) -> dict[str, pd.DataFrame]:
    """Answer how the layers of the pyramid stand, which is the weakest, and if they are in order.

    Parameters
    ----------
    survey : Survey
        The survey reported.
    periods : int
        How many periods together, the one reported the last.
    seed : int
        Start of the resampling behind the intervals of the order.

    Returns
    -------
    dict of str to DataFrame
        ``layers`` as ``pyramid`` returns it with ``question`` ("pyramid") before; ``gaps`` as
        :func:`cxreport.topics.pyramid.layers.layer_gaps`; ``order`` as
        :func:`~cxreport.topics.pyramid.scalogram`, needs the base and enjoyability the top.
        All without a row where the survey did not ask exactly one question on each layer, on one
        scale.
    """
    columns, scale = _layers(survey)
    if not columns:
        return dict.fromkeys(("layers", "gaps", "order"), EMPTY)
    rows, cluster = survey.recent(periods), survey.design["cluster"]
    return {
        "layers": score_questions(rows, survey.columns(*LAYERS), **survey.design),
        "gaps": layer_gaps(
            rows, **columns, scale=scale, cluster=cluster, level=survey.family_level
        ),
        "order": scalogram(rows, list(columns.values()), scale=scale, seed=seed),
    }


def survey_pyramid_groups(survey: Survey, *, periods: int = 12) -> dict[str, pd.DataFrame]:
    """Answer how the layers stand by stage of the journey and by channel.

    Parameters
    ----------
    survey : Survey
        The survey reported.
    periods : int
        How many periods together, the one reported the last.

    Returns
    -------
    dict of str to DataFrame
        "stage" (the five stages, in the order of the journey; an answer whose code is in no stage
        has none) and each column of channels -> one row per group and metric ("needs", "ease",
        "enjoyability", "index" in points, "all_three" in percent) as ``break_down`` returns it:
        groups below 10 answers hidden. Empty where the layers were not asked.
    """
    columns, _ = _layers(survey)
    if not columns:
        return {}
    rows, boards = survey.recent(periods), {}
    staged = next(iter(survey.columns("stage")), None)
    if staged:
        rows = rows.mutate(**{STAGE: rows[staged]})
    by = [*([STAGE] if staged else []), *survey.columns("channel")]
    every = survey.responses.filter(survey.responses.period_start <= survey.period.start)
    if staged:
        every = every.mutate(**{STAGE: every[staged]})
    groups = break_down(
        rows, None, survey.columns(*LAYERS), by,
        minimum=survey.minimum_group, earlier=every, **survey.design,
    )  # fmt: skip
    for column_name, board in groups.items():
        places = board[column_name].map(in_order) if column_name == STAGE else board[column_name]
        order = board.assign(place=places).sort_values("place", kind="stable", na_position="last")
        boards[column_name] = order.drop(columns="place").reset_index(drop=True)
    return boards


def survey_layer_weights(
    survey: Survey, *, periods: int = 12, bootstrap: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """Answer which layer goes most with the score, and whether the emotional one ranks first.

    Parameters
    ----------
    survey : Survey
        The survey reported.
    periods : int
        How many periods together, the one reported the last.
    bootstrap : int
        Resamples behind intervals and ranks.
    seed : int
        Start of the resampling.

    Returns
    -------
    DataFrame
        ``layer`` ("needs", "ease", "enjoyability") and the columns of
        :func:`cxreport.topics.drivers.importance` with the question of NPS as outcome: ``first``
        is the percent of resamples in which the layer ranks first. Without a row where the layers
        or NPS were not asked.
    """
    columns, _ = _layers(survey)
    score = next(iter(survey.columns("nps")), None)
    if not columns or score is None:
        return pd.DataFrame({"layer": pd.Series(dtype="str")})
    rows = valid_answers(survey.recent(periods), survey.columns("nps", *LAYERS))
    drivers = list(columns.values())
    weights = importance(
        rows, score, drivers, cluster=survey.design["cluster"], bootstrap=bootstrap, seed=seed
    )
    return weights.assign(layer=list(columns))


def _layers(survey: Survey) -> tuple[dict[str, Any], tuple[int, int]]:
    """Return the question of each layer and their common scale; nothing if they are not three."""
    asked = {layer: survey.columns(layer) for layer in LAYERS}
    scales = {column.scale for named in asked.values() for column in named.values()}
    if any(len(named) != 1 for named in asked.values()) or len(scales) != 1:
        return {}, (1, 5)
    return {layer: next(iter(named)) for layer, named in asked.items()}, scales.pop() or (1, 5)
