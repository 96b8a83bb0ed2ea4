"""What drives an outcome: importance, asymmetry, criticality, moments of truth."""

from cxreport.metrics.asymmetry import asymmetry, priority_order
from cxreport.metrics.criticality import criticality
from cxreport.metrics.importance import importance
from cxreport.metrics.moments import moments_of_truth

__all__ = ["asymmetry", "criticality", "importance", "moments_of_truth", "priority_order"]
