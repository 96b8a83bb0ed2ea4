"""What drives an outcome: importance, asymmetry, criticality, moments of truth."""

from cxreport.topics.drivers.asymmetry import asymmetry, priority_order
from cxreport.topics.drivers.blocks import (
    importances,
    method,
    moments,
    moments_in_brief,
    penalties,
    priorities,
    priorities_by_kind,
)
from cxreport.topics.drivers.criticality import criticality
from cxreport.topics.drivers.frames import (
    survey_asymmetry,
    survey_criticality,
    survey_importance,
    survey_moments,
    survey_priorities,
)
from cxreport.topics.drivers.importance import importance
from cxreport.topics.drivers.moments_of_truth import moments_of_truth

__all__ = [
    "asymmetry",
    "criticality",
    "importance",
    "importances",
    "method",
    "moments",
    "moments_in_brief",
    "moments_of_truth",
    "penalties",
    "priorities",
    "priorities_by_kind",
    "priority_order",
    "survey_asymmetry",
    "survey_criticality",
    "survey_importance",
    "survey_moments",
    "survey_priorities",
]
