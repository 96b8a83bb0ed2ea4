"""Where are they lost: funnels with windows, their groups, sessions."""

from cxreport.topics.conversion.errors import error_rates
from cxreport.topics.conversion.funnel import funnel
from cxreport.topics.conversion.groups import compare_funnels, differ_by_group, funnel_shares
from cxreport.topics.conversion.rest import compare_with_rest
from cxreport.topics.conversion.sessions import session_funnel
from cxreport.topics.conversion.source_sessions import (
    session_differences,
    session_steps,
    sessions_against_rest,
)

__all__ = [
    "compare_funnels",
    "compare_with_rest",
    "differ_by_group",
    "error_rates",
    "funnel",
    "funnel_shares",
    "session_differences",
    "session_funnel",
    "session_steps",
    "sessions_against_rest",
]
