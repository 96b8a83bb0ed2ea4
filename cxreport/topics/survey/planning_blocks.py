"""Planning and weights: what samples can show, what weights cost and change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.show.blocks import Block
from cxreport.show.few import without_few
from cxreport.show.parts import Column, note, say, section, sentences, table
from cxreport.topics.survey.blocks import (
    DIFFERENCE,
    PLAIN_BOARD,
    PLAIN_TREND,
    RESULT,
    SCORE,
    TOPIC,
)
from cxreport.topics.survey.group_blocks import GROUP, NOTE

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from cxreport.inputs.survey import Survey
    from cxreport.scores.population import Unweighted

CHANGE = Column("detectable", "number")
PLAN = (SCORE, Column("difference", "signed"), Column("n"), Column("invitations"))
WEIGHTED_DIFFERENCES = (
    SCORE,
    *DIFFERENCE,
    Column("signal", "signal"),
    Column("difference_weighted", "signed"),
    Column(
        "difference_weighted",
        "range:signed:difference_low_weighted:difference_high_weighted",
        "weighted_interval",
    ),
    Column("signal_weighted", "signal"),
)


@without_few
def detectable(board: pd.DataFrame, groups: Mapping[str, pd.DataFrame], survey: Survey) -> Block:
    """Show the smallest change that the period's samples could show: in all, and by group.

    Parameters
    ----------
    board : DataFrame
        From ``scoreboard``.
    groups : mapping of str to DataFrame
        From ``break_down``.
    survey : Survey
        The survey reported.
    """
    blocks = [table(TOPIC, "detectable", board, (SCORE, *RESULT, CHANGE), survey)]
    for column, rows in groups.items():
        named = {"question": rows["question"].iloc[0], "metric": rows["metric"].iloc[0]}
        columns = (GROUP, *RESULT, CHANGE, NOTE)
        by_group = rows.rename(columns={column: "group"})
        blocks.append(
            table(TOPIC, "detectable_by", by_group, columns, survey, group=column, **named)
        )
    return section(blocks)


def plan(plans: pd.DataFrame, survey: Survey) -> Block:
    """Show how many answers show differences of several sizes; from ``plan_samples``."""
    return table(TOPIC, "plan", plans, PLAN, survey)


@without_few
def weight_cost(summary: pd.DataFrame, survey: Survey) -> Block:
    """Describe what the weights cost; ``summary`` from ``weight_summary``."""
    if summary.empty:
        return note(TOPIC, "missing.weights")
    weights = summary.iloc[0]
    shape = {name: float(weights[name]) for name in ("n_effective", "deff", "smallest", "largest")}
    items = [say("weights.cost", n=int(weights["n"]), **shape)]
    if weights["without"]:
        items.append(say("weights.without", n=int(weights["without"])))
    return sentences(TOPIC, items, survey)


@without_few
def weighted_differences(differences: pd.DataFrame, survey: Survey) -> Block:
    """Show differences from the period before, without and with weights, side by side."""
    if differences.empty:
        return note(TOPIC, "missing.weighted_differences")
    return table(TOPIC, "weighted_differences", differences, WEIGHTED_DIFFERENCES, survey)


def without_weights(unweighted: Unweighted, survey: Survey) -> Block:
    """Fold away the plain figures beside the weighted ones; from ``unweighted_scores``."""
    if unweighted.board.empty:
        return section([])
    answered = unweighted.history[unweighted.history["n"] > 0]
    blocks = [plain_board(unweighted.board, survey), plain_trend(answered, survey)]
    payloads = [block.payload() for block in blocks]
    return Block("fold", parameters={"summary": "without_weights", "blocks": payloads})


@without_few
def plain_board(scores: pd.DataFrame, survey: Survey) -> Block:
    """List the scores without weights."""
    return table(TOPIC, "scoreboard_plain", scores, PLAIN_BOARD, survey)


@without_few
def plain_trend(scores_by_period: pd.DataFrame, survey: Survey) -> Block:
    """List the scores of every period without weights."""
    return table(TOPIC, "trend_plain", scores_by_period, PLAIN_TREND, survey)
