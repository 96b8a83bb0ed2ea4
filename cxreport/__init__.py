"""Customer experience reports that say how sure they are: what a notebook may import."""

from importlib.metadata import version

from cxreport import show
from cxreport.errors import CxError
from cxreport.inputs.actions import actions_of
from cxreport.inputs.company import open_company
from cxreport.inputs.dataset import open_source
from cxreport.inputs.experiments import open_experiment
from cxreport.inputs.survey import open_survey
from cxreport.scores.compare import compare
from cxreport.scores.leagues import break_down, channel_consistency, league_tables
from cxreport.scores.planning import plan_samples
from cxreport.scores.population import (
    compare_with_base,
    unweighted_scores,
    weight_summary,
    weighted_differences,
    weighted_scores,
)
from cxreport.scores.pyramid import pyramid
from cxreport.scores.scoreboard import score_history, score_questions, scoreboard
from cxreport.scores.scores import ces, csat, nps
from cxreport.scores.segments import shrink, suppress
from cxreport.scores.signals import chart_scores
from cxreport.scores.spread import answer_shares
from cxreport.stats.change_point import change_point
from cxreport.stats.power import detectable_difference, sample_size
from cxreport.stats.share_grids import share_grid
from cxreport.stats.survival import compare_survival, restricted_mean, survival
from cxreport.stats.survival_quantiles import survival_quantile
from cxreport.stats.trend import control_chart
from cxreport.stats.weights import design_effect, rake
from cxreport.topics import (
    channels,
    conversion,
    drivers,
    experiment,
    journey,
    linkage,
    quality,
    retention,
    service,
    studies,
    survey,
    validation,
    value,
)
from cxreport.topics import pyramid as layers
from cxreport.topics.channels import (
    channel_ratings,
    channel_use,
    compare_friction,
    consistency,
    journey_friction,
    multichannel,
    request_friction,
)
from cxreport.topics.channels.frames import (
    channel_customers,
    channel_scores,
    company_friction,
    stage_channels,
)
from cxreport.topics.conversion import (
    compare_funnels,
    compare_with_rest,
    differ_by_group,
    error_rates,
    funnel,
    funnel_shares,
    session_differences,
    session_funnel,
    session_steps,
    sessions_against_rest,
)
from cxreport.topics.conversion.frames import (
    shop_differences,
    shop_funnel,
    stage_funnel,
    step_errors,
)
from cxreport.topics.drivers import (
    asymmetry,
    criticality,
    importance,
    moments_of_truth,
    priority_order,
)
from cxreport.topics.drivers.frames import (
    survey_asymmetry,
    survey_criticality,
    survey_importance,
    survey_moments,
    survey_priorities,
)
from cxreport.topics.experiment.decision import decide
from cxreport.topics.experiment.effects import effect, sample_ratio
from cxreport.topics.experiment.interaction import interaction
from cxreport.topics.journey import (
    against_expectation,
    event_problems,
    expectation_gap,
    first_drop,
    lateness,
    peak_end,
    promise_kept,
    stage_coverage,
    stage_ratings,
    transitions,
)
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
from cxreport.topics.linkage import (
    Evidence,
    exceeding,
    judge_claims,
    loyal_ratio,
    return_on_experience,
    returns_by_class,
    revenue_at_risk,
    score_link,
    survey_returns,
    tornado,
    word_of_mouth,
)
from cxreport.topics.linkage.frames import (
    company_claims,
    company_loyal_ratio,
    company_score_link,
    survey_word_of_mouth,
)
from cxreport.topics.linkage.strata import standardised_difference
from cxreport.topics.linkage.worth_frames import (
    company_at_risk,
    plan_inputs,
    plan_return,
    plan_tornado,
)
from cxreport.topics.pyramid.frames import (
    survey_layer_weights,
    survey_pyramid,
    survey_pyramid_groups,
)
from cxreport.topics.pyramid.layers import layer_gaps
from cxreport.topics.pyramid.scalogram import scalogram
from cxreport.topics.retention import (
    churn_window,
    cohorts,
    contract_survivors,
    contractual_retention,
    orders_outside_cohorts,
    project_and_check,
    project_retention,
    purchases,
    repeat_purchase,
    retention_by_age,
    retention_chart,
)
from cxreport.topics.retention.frames import company_contracts, company_retention
from cxreport.topics.service import (
    avoidable_contacts,
    closed_loop,
    compare_later,
    compare_waits,
    contact_reasons,
    handled_rates,
    hold_family,
    later_scores,
    read_tickets,
    waiting_curve,
    waits,
    within_level,
)
from cxreport.topics.service.contact_frames import avoidable_history
from cxreport.topics.service.wait_frames import company_tickets
from cxreport.topics.studies.coverage import (
    coverage_at_edges,
    coverage_by_number,
    coverage_of_intervals,
)
from cxreport.topics.validation.batteries import battery_reliability, bridge_versions
from cxreport.topics.validation.reliability import cronbach_alpha, icc
from cxreport.topics.validation.scale_use import same_answers, scale_use
from cxreport.topics.value import (
    buying_history,
    chance_active,
    check_forecast,
    customer_value,
    expected_orders,
    fit_buying,
    fit_spending,
    forecast_buying,
    in_one_currency,
    losses_again,
    margin_multiple,
    mean_spend,
    profit_by_customer,
    profit_of_nobody,
    profitability,
    spending_history,
    whale_curve,
    whale_peak,
)
from cxreport.topics.value.frames import company_buying, company_membership
from cxreport.topics.value.profit_frames import company_profit

__version__ = version("cxreport")

__all__ = [
    "CxError",
    "Evidence",
    "actions_of",
    "against_expectation",
    "answer_shares",
    "asymmetry",
    "avoidable_contacts",
    "avoidable_history",
    "battery_reliability",
    "break_down",
    "bridge_versions",
    "buying_history",
    "ces",
    "chance_active",
    "change_point",
    "channel_consistency",
    "channel_customers",
    "channel_ratings",
    "channel_scores",
    "channel_use",
    "channels",
    "chart_scores",
    "check_forecast",
    "churn_window",
    "closed_loop",
    "cohorts",
    "company_at_risk",
    "company_buying",
    "company_claims",
    "company_contracts",
    "company_friction",
    "company_loyal_ratio",
    "company_membership",
    "company_profit",
    "company_retention",
    "company_score_link",
    "company_tickets",
    "compare",
    "compare_friction",
    "compare_funnels",
    "compare_later",
    "compare_survival",
    "compare_waits",
    "compare_with_base",
    "compare_with_rest",
    "consistency",
    "contact_reasons",
    "contract_survivors",
    "contractual_retention",
    "control_chart",
    "conversion",
    "coverage_at_edges",
    "coverage_by_number",
    "coverage_of_intervals",
    "criticality",
    "cronbach_alpha",
    "csat",
    "customer_value",
    "decide",
    "delivery_lateness",
    "delivery_promises",
    "design_effect",
    "detectable_difference",
    "detractor_first_drop",
    "differ_by_group",
    "drivers",
    "effect",
    "error_rates",
    "event_problems",
    "exceeding",
    "expectation_gap",
    "expected_orders",
    "experiment",
    "first_drop",
    "fit_buying",
    "fit_spending",
    "forecast_buying",
    "funnel",
    "funnel_shares",
    "handled_rates",
    "hold_family",
    "icc",
    "importance",
    "in_one_currency",
    "interaction",
    "journey",
    "journey_coverage",
    "journey_event_problems",
    "journey_friction",
    "journey_memory",
    "journey_stages",
    "journey_steps",
    "judge_claims",
    "lateness",
    "later_scores",
    "layer_gaps",
    "layers",
    "league_tables",
    "linkage",
    "losses_again",
    "loyal_ratio",
    "margin_multiple",
    "mean_spend",
    "moments_of_truth",
    "multichannel",
    "nps",
    "open_company",
    "open_experiment",
    "open_source",
    "open_survey",
    "orders_outside_cohorts",
    "peak_end",
    "plan_inputs",
    "plan_return",
    "plan_samples",
    "plan_tornado",
    "priority_order",
    "profit_by_customer",
    "profit_of_nobody",
    "profitability",
    "project_and_check",
    "project_retention",
    "promise_kept",
    "purchases",
    "pyramid",
    "quality",
    "rake",
    "read_tickets",
    "repeat_purchase",
    "request_friction",
    "restricted_mean",
    "retention",
    "retention_by_age",
    "retention_chart",
    "return_on_experience",
    "returns_by_class",
    "revenue_at_risk",
    "same_answers",
    "sample_ratio",
    "sample_size",
    "scale_use",
    "scalogram",
    "score_history",
    "score_link",
    "score_questions",
    "scoreboard",
    "service",
    "session_differences",
    "session_funnel",
    "session_steps",
    "sessions_against_rest",
    "share_grid",
    "shop_differences",
    "shop_funnel",
    "show",
    "shrink",
    "spending_history",
    "stage_channels",
    "stage_coverage",
    "stage_funnel",
    "stage_ratings",
    "standardised_difference",
    "step_errors",
    "studies",
    "suppress",
    "survey",
    "survey_asymmetry",
    "survey_criticality",
    "survey_expectations",
    "survey_importance",
    "survey_layer_weights",
    "survey_moments",
    "survey_priorities",
    "survey_pyramid",
    "survey_pyramid_groups",
    "survey_returns",
    "survey_word_of_mouth",
    "survival",
    "survival_quantile",
    "tornado",
    "transitions",
    "unweighted_scores",
    "validation",
    "value",
    "waiting_curve",
    "waits",
    "weight_summary",
    "weighted_differences",
    "weighted_scores",
    "whale_curve",
    "whale_peak",
    "within_level",
    "word_of_mouth",
]
