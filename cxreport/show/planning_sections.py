"""Blocks on planning and weights: what samples can show, what weights cost and change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.show.blocks import Block
from cxreport.show.few import without_few
from cxreport.show.sections import about, note, several, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from cxreport.inputs.survey import Survey
    from cxreport.scores.population import Unweighted


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
    blocks = [table("detectable", board, survey)]
    for column, rows in groups.items():
        named = {"group": column, "question": rows["question"].iloc[0]}
        named |= {"metric": rows["metric"].iloc[0], "caption": "detectable_by"}
        shown = rows.rename(columns={column: "group"})
        blocks.append(table("detectable_by", shown, survey, **named))
    return several(blocks)


def plan(plans: pd.DataFrame, survey: Survey) -> Block:
    """Show how many answers show differences of several sizes; from ``plan_samples``."""
    return table("plan", plans, survey)


@without_few
def weight_cost(summary: pd.DataFrame, survey: Survey) -> Block:
    """Say what the weights cost; ``summary`` from ``weight_summary``."""
    if summary.empty:
        return note("weights")
    values = summary.iloc[0].to_dict()
    values["n"], values["without"] = int(values["n"]), int(values["without"])
    sentences = [{"key": "weights.cost", "values": values}]
    if values["without"]:
        sentences.append({"key": "weights.without", "values": {"n": values["without"]}})
    return Block("sentences", parameters=about(survey) | {"sentences": sentences})


@without_few
def weighted_differences(differences: pd.DataFrame, survey: Survey) -> Block:
    """Show differences from the period before, without and with weights, side by side."""
    if differences.empty:
        return note("weighted_differences")
    return table("weighted_differences", differences, survey)


def without_weights(found: Unweighted, survey: Survey) -> Block:
    """Fold away the plain figures beside the weighted ones; from ``unweighted_scores``."""
    if found.board.empty:
        return several([])
    answered = found.history[found.history["n"] > 0]
    tables = [
        table("scoreboard_plain", found.board, survey),
        table("trend_plain", answered, survey),
    ]
    blocks = [block.payload() for block in tables]
    return Block("fold", parameters={"summary": "without_weights", "blocks": blocks})
