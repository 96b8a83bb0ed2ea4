"""Customer experience reports that say how sure they are: what a notebook may import."""

from importlib.metadata import version

from cxreport import orders, scores, show, stats
from cxreport.errors import CxError
from cxreport.inputs.actions import actions_of
from cxreport.inputs.company import open_company
from cxreport.inputs.dataset import open_source
from cxreport.inputs.experiments import open_experiment
from cxreport.inputs.survey import open_survey
from cxreport.scores.compare import compare
from cxreport.scores.leagues import break_down
from cxreport.scores.pyramid import pyramid
from cxreport.scores.scoreboard import score_history, scoreboard
from cxreport.scores.scores import ces, csat, nps
from cxreport.scores.signals import chart_scores
from cxreport.show.lab import attach as _attach
from cxreport.stats.power import detectable_difference, sample_size
from cxreport.stats.trend import control_chart
from cxreport.stats.weights import rake
from cxreport.topics import (
    actions,
    channels,
    conversion,
    drivers,
    experiment,
    journey,
    linkage,
    overview,
    personas,
    quality,
    retention,
    service,
    shops,
    studies,
    survey,
    targets,
    validation,
    value,
    voice,
)
from cxreport.topics import pyramid as layers

__version__ = version("cxreport")
_attach()

__all__ = [
    "CxError",
    "actions",
    "actions_of",
    "break_down",
    "ces",
    "channels",
    "chart_scores",
    "compare",
    "control_chart",
    "conversion",
    "csat",
    "detectable_difference",
    "drivers",
    "experiment",
    "journey",
    "layers",
    "linkage",
    "nps",
    "open_company",
    "open_experiment",
    "open_source",
    "open_survey",
    "orders",
    "overview",
    "personas",
    "pyramid",
    "quality",
    "rake",
    "retention",
    "sample_size",
    "score_history",
    "scoreboard",
    "scores",
    "service",
    "shops",
    "show",
    "stats",
    "studies",
    "survey",
    "targets",
    "validation",
    "value",
    "voice",
]
