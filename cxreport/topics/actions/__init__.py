"""What we did, and what came after: the affected score before and after each action."""

from cxreport.topics.actions.blocks import figures, results
from cxreport.topics.actions.frames import before_and_after

__all__ = ["before_and_after", "figures", "results"]
