"""What drives an outcome: importance, asymmetry, criticality, moments of truth."""

from cxreport.metrics.drivers.asymmetry import asymmetry, priority_order
from cxreport.metrics.drivers.criticality import criticality
from cxreport.metrics.drivers.importance import importance
from cxreport.metrics.drivers.moments import moments_of_truth

__all__ = ["asymmetry", "criticality", "importance", "moments_of_truth", "priority_order"]
