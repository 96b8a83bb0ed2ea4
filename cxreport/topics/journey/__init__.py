"""The journey: stages, transitions, first drops, peak and end, expectations, promises."""

from cxreport.topics.journey.event_problems import event_problems
from cxreport.topics.journey.expectations import against_expectation, expectation_gap
from cxreport.topics.journey.first_drop import first_drop
from cxreport.topics.journey.peak_end import peak_end
from cxreport.topics.journey.promises import lateness, promise_kept
from cxreport.topics.journey.stage_coverage import stage_coverage
from cxreport.topics.journey.stage_ratings import stage_ratings
from cxreport.topics.journey.stages import STAGES
from cxreport.topics.journey.transitions import transitions

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
