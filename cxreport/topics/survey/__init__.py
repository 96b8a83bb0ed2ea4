"""What customers answered: scores, trends, groups, weights, planning, and the method."""

from cxreport.topics.survey.blocks import (
    board,
    distributions,
    in_brief,
    response_rate,
    signals,
    touchpoints,
    trends,
    weighted,
)
from cxreport.topics.survey.group_blocks import base, breakdown, consistency, leagues
from cxreport.topics.survey.method_blocks import counted, families, method
from cxreport.topics.survey.planning_blocks import (
    detectable,
    plan,
    weight_cost,
    weighted_differences,
    without_weights,
)

__all__ = [
    "base",
    "board",
    "breakdown",
    "consistency",
    "counted",
    "detectable",
    "distributions",
    "families",
    "in_brief",
    "leagues",
    "method",
    "plan",
    "response_rate",
    "signals",
    "touchpoints",
    "trends",
    "weight_cost",
    "weighted",
    "weighted_differences",
    "without_weights",
]
