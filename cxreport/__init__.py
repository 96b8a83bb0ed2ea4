"""Customer experience reports that say how sure they are: what a notebook may import."""

import sys
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

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

NAMES = {
    "cxreport.errors": ("CxError",),
    "cxreport.inputs.actions": ("actions_of",),
    "cxreport.inputs.company": ("open_company",),
    "cxreport.inputs.dataset": ("open_source",),
    "cxreport.inputs.experiments": ("open_experiment",),
    "cxreport.inputs.survey": ("open_survey",),
    "cxreport.scores.compare": ("compare",),
    "cxreport.scores.leagues": ("break_down",),
    "cxreport.scores.pyramid": ("pyramid",),
    "cxreport.scores.scoreboard": ("score_history", "scoreboard"),
    "cxreport.scores.scores": ("ces", "csat", "nps"),
    "cxreport.scores.signals": ("chart_scores",),
    "cxreport.stats.power": ("detectable_difference", "sample_size"),
    "cxreport.stats.trend": ("control_chart",),
    "cxreport.stats.weights": ("rake",),
}
"""Module -> what of it a notebook may import."""
OWN = ("orders", "scores", "show", "stats")
MODULES = {name: module for module, names in NAMES.items() for name in names}

__version__ = version("cxreport")

_seen: "Callable[[object], object] | None" = None
"""What lets frames remember their function, where a person looks on."""

if "IPython" in sys.modules:  # an analyst may look on
    from cxreport.show.lab import attach as _attach

    if _attach():
        from cxreport.show.units import remember as _seen

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


def __getattr__(name: str) -> object:
    """Import what is asked for when it is: the command line needs no metric and no topic."""
    if name not in __all__:
        raise AttributeError(f"module 'cxreport' has no attribute {name!r}", name=name, obj=None)
    if name in MODULES:
        value: object = getattr(import_module(MODULES[name]), name)
    elif name in OWN:
        value = import_module(f"cxreport.{name}")
    else:
        value = import_module(f"cxreport.topics.{'pyramid' if name == 'layers' else name}")
    if _seen is not None:
        value = _seen(value)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List what a notebook may import, imported or not."""
    return sorted({*globals(), *__all__})


if _seen is not None:
    for _name in OWN:  # which are attributes as soon as anything imports them
        _seen(import_module(f"cxreport.{_name}"))
