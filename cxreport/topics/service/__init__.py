"""Customer service: waits, rates, reasons for contact, the closed loop."""

from cxreport.topics.service.closed_loop import closed_loop, compare_later, later_scores
from cxreport.topics.service.comparisons import compare_waits, hold_family
from cxreport.topics.service.rates import handled_rates, within_level
from cxreport.topics.service.reasons import avoidable_contacts, contact_reasons
from cxreport.topics.service.tickets import read_tickets
from cxreport.topics.service.times import waiting_curve, waits

__all__ = [
    "avoidable_contacts",
    "closed_loop",
    "compare_later",
    "compare_waits",
    "contact_reasons",
    "handled_rates",
    "hold_family",
    "later_scores",
    "read_tickets",
    "waiting_curve",
    "waits",
    "within_level",
]
