"""The channels: consistency, use by stage, friction, customers of several."""

from cxreport.stats.consistency import consistency
from cxreport.topics.channels.association import class_residuals
from cxreport.topics.channels.friction import journey_friction, request_friction
from cxreport.topics.channels.friction_rates import compare_friction
from cxreport.topics.channels.matrix import channel_ratings, channel_use
from cxreport.topics.channels.multichannel import multichannel
from cxreport.topics.channels.ranks import rank_difference, rank_pairs

__all__ = [
    "channel_ratings",
    "channel_use",
    "class_residuals",
    "compare_friction",
    "consistency",
    "journey_friction",
    "multichannel",
    "rank_difference",
    "rank_pairs",
    "request_friction",
]
