"""The channels: consistency, use by stage, friction, customers of several."""

from cxreport.metrics.channels.consistency import consistency
from cxreport.metrics.channels.friction import journey_friction, request_friction
from cxreport.metrics.channels.friction_rates import compare_friction
from cxreport.metrics.channels.matrix import channel_ratings, channel_use
from cxreport.metrics.channels.multichannel import multichannel

__all__ = [
    "channel_ratings",
    "channel_use",
    "compare_friction",
    "consistency",
    "journey_friction",
    "multichannel",
    "request_friction",
]
