"""Do the questions measure: reliability, use of the scales, new wordings, what people do later."""

from cxreport.topics.validation.batteries import battery_reliability, bridge_versions
from cxreport.topics.validation.blocks import (
    bridges,
    coefficients,
    method,
    one_answer_to_all,
    returns,
    scale_ends,
)
from cxreport.topics.validation.reliability import cronbach_alpha, icc
from cxreport.topics.validation.scale_use import same_answers, scale_use

__all__ = [
    "battery_reliability",
    "bridge_versions",
    "bridges",
    "coefficients",
    "cronbach_alpha",
    "icc",
    "method",
    "one_answer_to_all",
    "returns",
    "same_answers",
    "scale_ends",
    "scale_use",
]
