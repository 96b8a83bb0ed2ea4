"""Do they come back: cohorts, second orders, lapses, survival, contracts, projection."""

from cxreport.orders.purchases import purchases
from cxreport.stats.survival import compare_survival, restricted_mean, survival
from cxreport.topics.retention.blocks import (
    ages,
    brief,
    cohort_map,
    lapses,
    left_out,
    second_orders,
    steadiness,
    summary,
)
from cxreport.topics.retention.chart import retention_chart
from cxreport.topics.retention.cohort_ages import retention_by_age
from cxreport.topics.retention.cohorts import cohorts
from cxreport.topics.retention.contract_blocks import under_contract
from cxreport.topics.retention.contracts import contractual_retention, usable_contracts
from cxreport.topics.retention.first_orders import orders_outside_cohorts
from cxreport.topics.retention.frames import (
    Contracts,
    Retention,
    company_contracts,
    company_retention,
)
from cxreport.topics.retention.lapse import churn_window
from cxreport.topics.retention.projection import project_retention
from cxreport.topics.retention.renewals import contract_survivors, project_and_check
from cxreport.topics.retention.repeat import repeat_purchase

__all__ = [
    "Contracts",
    "Retention",
    "ages",
    "brief",
    "churn_window",
    "cohort_map",
    "cohorts",
    "company_contracts",
    "company_retention",
    "compare_survival",
    "contract_survivors",
    "contractual_retention",
    "lapses",
    "left_out",
    "orders_outside_cohorts",
    "project_and_check",
    "project_retention",
    "purchases",
    "repeat_purchase",
    "restricted_mean",
    "retention_by_age",
    "retention_chart",
    "second_orders",
    "steadiness",
    "summary",
    "survival",
    "under_contract",
    "usable_contracts",
]
