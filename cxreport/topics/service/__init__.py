"""Customer service: waits, rates, reasons for contact, the closed loop."""

from cxreport.topics.service.closed_loop import closed_loop, compare_later, later_scores
from cxreport.topics.service.comparisons import compare_waits, hold_family
from cxreport.topics.service.contact_blocks import (
    avoidable_chart,
    loop_table,
    rates_table,
    reasons_chart,
)
from cxreport.topics.service.contact_frames import (
    avoidable_history,
    company_later,
    company_loop,
    company_rates,
    company_reasons,
)
from cxreport.topics.service.median_waits import median_waits
from cxreport.topics.service.rates import handled_rates, within_level
from cxreport.topics.service.reasons import avoidable_contacts, contact_reasons
from cxreport.topics.service.tickets import read_tickets
from cxreport.topics.service.times import waiting_curve, waits
from cxreport.topics.service.wait_blocks import brief, method, summary, waits_table
from cxreport.topics.service.wait_chart_blocks import curves_chart, history_chart
from cxreport.topics.service.wait_frames import (
    company_changes,
    company_curve,
    company_history,
    company_left_out,
    company_still_waiting,
    company_tickets,
    company_waits,
    last_ending,
)

__all__ = [
    "avoidable_chart",
    "avoidable_contacts",
    "avoidable_history",
    "brief",
    "closed_loop",
    "company_changes",
    "company_curve",
    "company_history",
    "company_later",
    "company_left_out",
    "company_loop",
    "company_rates",
    "company_reasons",
    "company_still_waiting",
    "company_tickets",
    "company_waits",
    "compare_later",
    "compare_waits",
    "contact_reasons",
    "curves_chart",
    "handled_rates",
    "history_chart",
    "hold_family",
    "last_ending",
    "later_scores",
    "loop_table",
    "median_waits",
    "method",
    "rates_table",
    "read_tickets",
    "reasons_chart",
    "summary",
    "waiting_curve",
    "waits",
    "waits_table",
    "within_level",
]
