"""The channels: consistency, use by stage, friction, customers of several."""

from cxreport.metrics.channels.association import class_residuals
from cxreport.metrics.channels.consistency import consistency
from cxreport.metrics.channels.friction import journey_friction, request_friction
from cxreport.metrics.channels.friction_rates import compare_friction
from cxreport.metrics.channels.matrix import channel_ratings, channel_use
from cxreport.metrics.channels.multichannel import multichannel
from cxreport.metrics.channels.ranks import rank_difference, rank_pairs

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
