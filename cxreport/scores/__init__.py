"""NPS, CSAT, CES and pyramid layers: counted, compared, ranked, held back where few."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

NAMES = {
    "cxreport.scores.leagues": ("channel_consistency", "league_tables"),
    "cxreport.scores.planning": ("plan_samples",),
    "cxreport.scores.population": (
        "compare_with_base",
        "unweighted_scores",
        "weight_summary",
        "weighted_differences",
        "weighted_scores",
    ),
    "cxreport.scores.response_rate": ("response_rates",),
    "cxreport.scores.scoreboard": ("score_questions",),
    "cxreport.scores.segments": ("shrink", "suppress"),
    "cxreport.scores.spread": ("answer_shares",),
}
"""Module -> what of it stands here."""
MODULES = {name: module for module, names in NAMES.items() for name in names}

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


def __getattr__(name: str) -> object:
    """Import what is asked for when it is: who publishes pages needs to know small groups only."""
    if name not in MODULES:
        raise AttributeError(f"module 'cxreport.scores' has no attribute {name!r}")
    value: object = getattr(import_module(MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List what stands here, imported or not."""
    return sorted({*globals(), *__all__})
