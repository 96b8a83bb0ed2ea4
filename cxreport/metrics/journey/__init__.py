"""The journey: stages, transitions, first drops, peak and end, expectations, promises."""

from cxreport.metrics.journey.event_problems import event_problems
from cxreport.metrics.journey.expectations import against_expectation, expectation_gap
from cxreport.metrics.journey.first_drop import first_drop
from cxreport.metrics.journey.peak_end import peak_end
from cxreport.metrics.journey.promises import lateness, promise_kept
from cxreport.metrics.journey.stage_coverage import stage_coverage
from cxreport.metrics.journey.stage_ratings import stage_ratings
from cxreport.metrics.journey.stages import STAGES
from cxreport.metrics.journey.transitions import transitions

coverage = stage_coverage

__all__ = [
    "STAGES",
    "against_expectation",
    "coverage",
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
