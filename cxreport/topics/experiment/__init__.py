"""Did it work: the arms of an experiment, the effect, its subgroups, and what to do."""

from cxreport.topics.experiment.blocks import (
    arms,
    main_effect,
    method,
    plan,
    subgroups,
    verdict,
)
from cxreport.topics.experiment.decision import decide
from cxreport.topics.experiment.effects import effect, sample_ratio
from cxreport.topics.experiment.interaction import interaction

__all__ = [
    "arms",
    "decide",
    "effect",
    "interaction",
    "main_effect",
    "method",
    "plan",
    "sample_ratio",
    "subgroups",
    "verdict",
]
