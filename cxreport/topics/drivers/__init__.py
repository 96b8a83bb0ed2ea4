"""What drives an outcome: importance, asymmetry, criticality, moments of truth."""

from cxreport.topics.drivers.asymmetry import asymmetry, priority_order
from cxreport.topics.drivers.criticality import criticality
from cxreport.topics.drivers.importance import importance
from cxreport.topics.drivers.moments import moments_of_truth

__all__ = ["asymmetry", "criticality", "importance", "moments_of_truth", "priority_order"]
