"""Do they come back: cohorts, second orders, lapses, survival, contracts, projection."""

from cxreport.metrics.retention.chart import retention_chart
from cxreport.metrics.retention.cohort_ages import retention_by_age
from cxreport.metrics.retention.cohorts import cohorts
from cxreport.metrics.retention.contracts import contractual_retention
from cxreport.metrics.retention.first_orders import orders_outside_cohorts
from cxreport.metrics.retention.lapse import churn_window
from cxreport.metrics.retention.projection import project_retention
from cxreport.metrics.retention.purchases import purchases
from cxreport.metrics.retention.renewals import contract_survivors, project_and_check
from cxreport.metrics.retention.repeat import repeat_purchase
from cxreport.metrics.statistics.survival import compare_survival, restricted_mean, survival

__all__ = [
    "churn_window",
    "cohorts",
    "compare_survival",
    "contract_survivors",
    "contractual_retention",
    "orders_outside_cohorts",
    "project_and_check",
    "project_retention",
    "purchases",
    "repeat_purchase",
    "restricted_mean",
    "retention_by_age",
    "retention_chart",
    "survival",
]
