"""Customer experience reports that say how sure they are: what a notebook may import."""

from cxreport import show
from cxreport.errors import CxError
from cxreport.inputs.actions import actions_of
from cxreport.inputs.dataset import open_source
from cxreport.inputs.experiments import open_experiment
from cxreport.inputs.survey import open_survey
from cxreport.metrics.change_point import change_point
from cxreport.metrics.channels import consistency
from cxreport.metrics.compare import compare
from cxreport.metrics.coverage import (
    coverage_at_edges,
    coverage_by_number,
    coverage_of_intervals,
)
from cxreport.metrics.decision import decide
from cxreport.metrics.experiment import effect, sample_ratio
from cxreport.metrics.interaction import interaction
from cxreport.metrics.leagues import break_down, channel_consistency, league_tables
from cxreport.metrics.planning import plan_samples
from cxreport.metrics.population import (
    compare_with_base,
    weight_summary,
    weighted_differences,
    weighted_scores,
)
from cxreport.metrics.power import detectable_difference, sample_size
from cxreport.metrics.reliability import cronbach_alpha, icc
from cxreport.metrics.returns import returns_by_class, survey_returns
from cxreport.metrics.scale_use import same_answers, scale_use
from cxreport.metrics.scoreboard import score_history, score_questions, scoreboard
from cxreport.metrics.scores import ces, csat, nps, pyramid
from cxreport.metrics.segments import shrink, suppress
from cxreport.metrics.share_grids import share_grid
from cxreport.metrics.signals import chart_scores
from cxreport.metrics.spread import answer_shares
from cxreport.metrics.trend import control_chart
from cxreport.metrics.validation import battery_reliability, bridge_versions
from cxreport.metrics.weights import design_effect, rake

__all__ = [
    "CxError",
    "actions_of",
    "answer_shares",
    "battery_reliability",
    "break_down",
    "bridge_versions",
    "ces",
    "change_point",
    "channel_consistency",
    "chart_scores",
    "compare",
    "compare_with_base",
    "consistency",
    "control_chart",
    "coverage_at_edges",
    "coverage_by_number",
    "coverage_of_intervals",
    "cronbach_alpha",
    "csat",
    "decide",
    "design_effect",
    "detectable_difference",
    "effect",
    "icc",
    "interaction",
    "league_tables",
    "nps",
    "open_experiment",
    "open_source",
    "open_survey",
    "plan_samples",
    "pyramid",
    "rake",
    "returns_by_class",
    "same_answers",
    "sample_ratio",
    "sample_size",
    "scale_use",
    "score_history",
    "score_questions",
    "scoreboard",
    "share_grid",
    "show",
    "shrink",
    "suppress",
    "survey_returns",
    "weight_summary",
    "weighted_differences",
    "weighted_scores",
]
