"""The journey, in one place: where it is measured, where it goes, where it breaks.

Stages and their ratings, what customers do next, the first drop of a detractor, peak and end,
expectations and promises: each in a module of its own.
"""

from cxreport.metrics.event_problems import event_problems
from cxreport.metrics.expectations import against_expectation, expectation_gap
from cxreport.metrics.first_drop import first_drop
from cxreport.metrics.peak_end import peak_end
from cxreport.metrics.promises import lateness, promise_kept
from cxreport.metrics.stage_coverage import stage_coverage
from cxreport.metrics.stage_ratings import stage_ratings
from cxreport.metrics.stages import STAGES
from cxreport.metrics.transitions import transitions

__all__ = [
    "STAGES",
    "against_expectation",
    "event_problems",
    "expectation_gap",
    "first_drop",
    "lateness",
    "peak_end",
    "promise_kept",
    "stage_coverage",
    "stage_ratings",
    "transitions",
]
