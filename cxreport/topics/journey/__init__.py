"""The journey: stages, transitions, first drops, peak and end, expectations, promises."""

from cxreport.inputs.meaning import STAGES
from cxreport.topics.journey.blocks import asked, first_drops, memory, rated, steps
from cxreport.topics.journey.event_problems import event_problems
from cxreport.topics.journey.expectations import against_expectation, expectation_gap
from cxreport.topics.journey.first_drop import first_drop
from cxreport.topics.journey.frames import (
    delivery_lateness,
    delivery_promises,
    detractor_first_drop,
    journey_coverage,
    journey_event_problems,
    journey_memory,
    journey_stages,
    journey_steps,
    survey_expectations,
)
from cxreport.topics.journey.peak_end import peak_end
from cxreport.topics.journey.promise_blocks import expected, kept
from cxreport.topics.journey.promises import lateness, promise_kept
from cxreport.topics.journey.stage_coverage import stage_coverage
from cxreport.topics.journey.stage_ratings import stage_ratings
from cxreport.topics.journey.stages import as_stage, in_order
from cxreport.topics.journey.transitions import transitions

__all__ = [
    "STAGES",
    "against_expectation",
    "as_stage",
    "asked",
    "delivery_lateness",
    "delivery_promises",
    "detractor_first_drop",
    "event_problems",
    "expectation_gap",
    "expected",
    "first_drop",
    "first_drops",
    "in_order",
    "journey_coverage",
    "journey_event_problems",
    "journey_memory",
    "journey_stages",
    "journey_steps",
    "kept",
    "lateness",
    "memory",
    "peak_end",
    "promise_kept",
    "rated",
    "stage_coverage",
    "stage_ratings",
    "steps",
    "survey_expectations",
    "transitions",
]
