"""Is what was set reached: the probability for this period, and what the process will do."""

from cxreport.topics.targets.blocks import reached
from cxreport.topics.targets.frames import survey_targets

__all__ = ["reached", "survey_targets"]
