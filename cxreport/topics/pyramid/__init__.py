"""How needs, ease and enjoyability stand: the layers, their order, what each of them weighs."""

from cxreport.topics.pyramid.blocks import groups, order, standing, weights
from cxreport.topics.pyramid.frames import (
    survey_layer_weights,
    survey_pyramid,
    survey_pyramid_groups,
)
from cxreport.topics.pyramid.layers import group_gaps, layer_gaps
from cxreport.topics.pyramid.scalogram import scalogram

__all__ = [
    "group_gaps",
    "groups",
    "layer_gaps",
    "order",
    "scalogram",
    "standing",
    "survey_layer_weights",
    "survey_pyramid",
    "survey_pyramid_groups",
    "weights",
]
