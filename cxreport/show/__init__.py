"""DataFrame -> what people see: the blocks that a notebook cell may end in."""

from cxreport.show.blocks import language
from cxreport.show.conversion.sections import (
    funnel_differences,
    shop_funnel,
    stage_funnel,
    step_errors,
)
from cxreport.show.conversion.sessions import (
    session_differences,
    session_steps,
    sessions_against_rest,
    undated,
)
from cxreport.show.drivers.moments import moments, moments_in_brief
from cxreport.show.drivers.sections import (
    driver_method,
    importances,
    penalties,
    priorities,
    priority_order,
)
from cxreport.show.experiment.sections import (
    decision,
    effect,
    experiment_method,
    experiment_plan,
    sample_ratio,
    subgroup_effects,
)
from cxreport.show.pyramid.sections import layer_weights, pyramid, pyramid_groups, pyramid_order
from cxreport.show.retention.sections import (
    churn_windows,
    cohort_map,
    contracts,
    left_out_orders,
    retention_ages,
    retention_chart,
    returning,
    returning_brief,
    second_orders,
)
from cxreport.show.sections import figure, header, note, plain_table, several, table
from cxreport.show.service.contacts import (
    avoidable_contacts,
    service_loop,
    service_rates,
    service_reasons,
)
from cxreport.show.service.sections import (
    service_brief,
    service_method,
    service_summary,
    service_waits,
)
from cxreport.show.service.waits import service_curves, service_history
from cxreport.show.study_sections import (
    interval_brief,
    interval_edges,
    interval_lines,
    interval_maps,
    study,
)
from cxreport.show.validation.sections import (
    bridges,
    reliability,
    returns,
    same_answers,
    scale_use,
    validation_method,
)
from cxreport.show.value.profits import profit, profit_groups
from cxreport.show.value.sections import (
    contract_value,
    customer_value,
    forecast_check,
    next_year,
    value_brief,
)

__all__ = [
    "avoidable_contacts",
    "bridges",
    "churn_windows",
    "cohort_map",
    "contract_value",
    "contracts",
    "customer_value",
    "decision",
    "driver_method",
    "effect",
    "experiment_method",
    "experiment_plan",
    "figure",
    "forecast_check",
    "funnel_differences",
    "header",
    "importances",
    "interval_brief",
    "interval_edges",
    "interval_lines",
    "interval_maps",
    "language",
    "layer_weights",
    "left_out_orders",
    "moments",
    "moments_in_brief",
    "next_year",
    "note",
    "penalties",
    "plain_table",
    "priorities",
    "priority_order",
    "profit",
    "profit_groups",
    "pyramid",
    "pyramid_groups",
    "pyramid_order",
    "reliability",
    "retention_ages",
    "retention_chart",
    "returning",
    "returning_brief",
    "returns",
    "same_answers",
    "sample_ratio",
    "scale_use",
    "second_orders",
    "service_brief",
    "service_curves",
    "service_history",
    "service_loop",
    "service_method",
    "service_rates",
    "service_reasons",
    "service_summary",
    "service_waits",
    "session_differences",
    "session_steps",
    "sessions_against_rest",
    "several",
    "shop_funnel",
    "stage_funnel",
    "step_errors",
    "study",
    "subgroup_effects",
    "table",
    "undated",
    "validation_method",
    "value_brief",
]
