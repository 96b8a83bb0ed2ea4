"""DataFrame -> what people see: the blocks that a notebook cell may end in."""

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
from cxreport.show.group_sections import base, breakdown, consistency, leagues
from cxreport.show.journey.channels import (
    channel_months,
    channel_scores,
    friction,
    several_channels,
    stage_channels,
)
from cxreport.show.journey.promises import expectations, promises
from cxreport.show.journey.sections import (
    first_drop,
    journey,
    journey_coverage,
    journey_steps,
    memory,
)
from cxreport.show.linkage.sections import (
    at_risk,
    claims,
    linkage_method,
    loyal_ratio,
    score_link,
    worth,
)
from cxreport.show.method import families, method
from cxreport.show.planning_sections import (
    detectable,
    plan,
    weight_cost,
    weighted_differences,
    without_weights,
)
from cxreport.show.quality_sections import codes, coverage, files, problems
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
from cxreport.show.sections import (
    distributions,
    figure,
    header,
    in_brief,
    note,
    plain_table,
    several,
    signals,
    table,
    touchpoints,
    trends,
    weighted,
)
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
from cxreport.show.study_sections import study
from cxreport.show.value.profits import profit, profit_groups
from cxreport.show.value.sections import (
    contract_value,
    customer_value,
    forecast_check,
    next_year,
    value_brief,
)
from cxreport.show.word_of_mouth_sections import word_of_mouth

__all__ = [
    "at_risk",
    "avoidable_contacts",
    "base",
    "breakdown",
    "channel_months",
    "channel_scores",
    "churn_windows",
    "claims",
    "codes",
    "cohort_map",
    "consistency",
    "contract_value",
    "contracts",
    "coverage",
    "customer_value",
    "detectable",
    "distributions",
    "expectations",
    "families",
    "figure",
    "files",
    "first_drop",
    "forecast_check",
    "friction",
    "funnel_differences",
    "header",
    "in_brief",
    "journey",
    "journey_coverage",
    "journey_steps",
    "leagues",
    "left_out_orders",
    "linkage_method",
    "loyal_ratio",
    "memory",
    "method",
    "next_year",
    "note",
    "plain_table",
    "plan",
    "problems",
    "profit",
    "profit_groups",
    "promises",
    "retention_ages",
    "retention_chart",
    "returning",
    "returning_brief",
    "score_link",
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
    "several_channels",
    "shop_funnel",
    "signals",
    "stage_channels",
    "stage_funnel",
    "step_errors",
    "study",
    "table",
    "touchpoints",
    "trends",
    "undated",
    "value_brief",
    "weight_cost",
    "weighted",
    "weighted_differences",
    "without_weights",
    "word_of_mouth",
    "worth",
]
