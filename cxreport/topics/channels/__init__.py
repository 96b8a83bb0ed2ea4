"""The channels: consistency, use by stage, friction, customers of several."""

from cxreport.stats.consistency import consistency
from cxreport.topics.channels.association import class_residuals
from cxreport.topics.channels.blocks import frictions, months, scores, several, stages
from cxreport.topics.channels.frames import (
    channel_customers,
    channel_scores,
    company_friction,
    stage_channels,
)
from cxreport.topics.channels.friction import journey_friction, request_friction
from cxreport.topics.channels.friction_rates import compare_friction
from cxreport.topics.channels.matrix import channel_ratings, channel_use
from cxreport.topics.channels.multichannel import multichannel
from cxreport.topics.channels.ranks import rank_difference, rank_pairs

__all__ = [
    "channel_customers",
    "channel_ratings",
    "channel_scores",
    "channel_use",
    "class_residuals",
    "company_friction",
    "compare_friction",
    "consistency",
    "frictions",
    "journey_friction",
    "months",
    "multichannel",
    "rank_difference",
    "rank_pairs",
    "request_friction",
    "scores",
    "several",
    "stage_channels",
    "stages",
]
