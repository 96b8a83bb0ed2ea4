"""What is a customer worth: profit so far, what is to come, and what a contract is worth."""

from cxreport.orders.currency import in_one_currency
from cxreport.topics.value.bgnbd import fit_buying
from cxreport.topics.value.blocks import (
    brief,
    contract_value,
    forecast_check,
    next_year,
    worth,
)
from cxreport.topics.value.buying import buying_history
from cxreport.topics.value.buying_check import check_forecast
from cxreport.topics.value.buying_forecast import chance_active, expected_orders, forecast_buying
from cxreport.topics.value.customer_value import customer_value, margin_multiple
from cxreport.topics.value.frames import (
    Buying,
    Membership,
    company_buying,
    company_membership,
)
from cxreport.topics.value.gamma_gamma import fit_spending, mean_spend, spending_history
from cxreport.topics.value.losses import losses_again
from cxreport.topics.value.profit_blocks import profit, profit_groups
from cxreport.topics.value.profit_frames import Profit, company_profit
from cxreport.topics.value.profitability import profitability
from cxreport.topics.value.profits import profit_by_customer, profit_of_nobody
from cxreport.topics.value.whale import whale_curve, whale_peak

__all__ = [
    "Buying",
    "Membership",
    "Profit",
    "brief",
    "buying_history",
    "chance_active",
    "check_forecast",
    "company_buying",
    "company_membership",
    "company_profit",
    "contract_value",
    "customer_value",
    "expected_orders",
    "fit_buying",
    "fit_spending",
    "forecast_buying",
    "forecast_check",
    "in_one_currency",
    "losses_again",
    "margin_multiple",
    "mean_spend",
    "next_year",
    "profit",
    "profit_by_customer",
    "profit_groups",
    "profit_of_nobody",
    "profitability",
    "spending_history",
    "whale_curve",
    "whale_peak",
    "worth",
]
