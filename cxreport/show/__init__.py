"""DataFrame -> what people see: the blocks that a notebook cell may end in."""

from cxreport.show.experiment_sections import (
    decision,
    effect,
    experiment_method,
    experiment_plan,
    sample_ratio,
    subgroup_effects,
)
from cxreport.show.group_sections import base, breakdown, consistency, leagues
from cxreport.show.method import method
from cxreport.show.planning_sections import (
    detectable,
    plan,
    weight_cost,
    weighted_differences,
)
from cxreport.show.quality_sections import codes, coverage, files, problems
from cxreport.show.sections import (
    distributions,
    figure,
    header,
    in_brief,
    note,
    several,
    signals,
    table,
    touchpoints,
    trends,
    weighted,
)
from cxreport.show.study_sections import (
    interval_brief,
    interval_edges,
    interval_lines,
    interval_maps,
    study,
)
from cxreport.show.validation_sections import (
    bridges,
    reliability,
    returns,
    same_answers,
    scale_use,
    validation_method,
)

__all__ = [
    "base",
    "breakdown",
    "bridges",
    "codes",
    "consistency",
    "coverage",
    "decision",
    "detectable",
    "distributions",
    "effect",
    "experiment_method",
    "experiment_plan",
    "figure",
    "files",
    "header",
    "in_brief",
    "interval_brief",
    "interval_edges",
    "interval_lines",
    "interval_maps",
    "leagues",
    "method",
    "note",
    "plan",
    "problems",
    "reliability",
    "returns",
    "same_answers",
    "sample_ratio",
    "scale_use",
    "several",
    "signals",
    "study",
    "subgroup_effects",
    "table",
    "touchpoints",
    "trends",
    "validation_method",
    "weight_cost",
    "weighted",
    "weighted_differences",
]
