"""What is a customer worth: profit so far, what is to come, and what experience adds to it."""

from cxreport.orders.currency import in_one_currency
from cxreport.topics.linkage.loyal_ratio import loyal_ratio
from cxreport.topics.linkage.return_on_experience import return_on_experience
from cxreport.topics.linkage.revenue_at_risk import revenue_at_risk
from cxreport.topics.linkage.score_link import score_link
from cxreport.topics.linkage.word_of_mouth import word_of_mouth
from cxreport.topics.value.bgnbd import fit_buying
from cxreport.topics.value.buying import buying_history
from cxreport.topics.value.buying_check import check_forecast
from cxreport.topics.value.buying_forecast import chance_active, expected_orders, forecast_buying
from cxreport.topics.value.customer_value import customer_value, margin_multiple
from cxreport.topics.value.gamma_gamma import fit_spending, mean_spend, spending_history
from cxreport.topics.value.losses import losses_again
from cxreport.topics.value.profitability import profitability
from cxreport.topics.value.profits import profit_by_customer, profit_of_nobody
from cxreport.topics.value.whale import whale_curve, whale_peak

__all__ = [
    "buying_history",
    "chance_active",
    "check_forecast",
    "customer_value",
    "expected_orders",
    "fit_buying",
    "fit_spending",
    "forecast_buying",
    "in_one_currency",
    "losses_again",
    "loyal_ratio",
    "margin_multiple",
    "mean_spend",
    "profit_by_customer",
    "profit_of_nobody",
    "profitability",
    "return_on_experience",
    "revenue_at_risk",
    "score_link",
    "spending_history",
    "whale_curve",
    "whale_peak",
    "word_of_mouth",
]
