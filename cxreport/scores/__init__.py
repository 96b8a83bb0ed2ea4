"""NPS, CSAT, CES and pyramid layers: counted, compared, ranked, held back where few."""

from cxreport.scores.leagues import channel_consistency, league_tables
from cxreport.scores.planning import plan_samples
from cxreport.scores.population import (
    compare_with_base,
    unweighted_scores,
    weight_summary,
    weighted_differences,
    weighted_scores,
)
from cxreport.scores.response_rate import response_rates
from cxreport.scores.scoreboard import score_questions
from cxreport.scores.segments import shrink, suppress
from cxreport.scores.spread import answer_shares

__all__ = [
    "answer_shares",
    "channel_consistency",
    "compare_with_base",
    "league_tables",
    "plan_samples",
    "response_rates",
    "score_questions",
    "shrink",
    "suppress",
    "unweighted_scores",
    "weight_summary",
    "weighted_differences",
    "weighted_scores",
]
