"""Where are they lost: funnels with windows, their groups, sessions."""

from cxreport.metrics.conversion.errors import error_rates
from cxreport.metrics.conversion.funnel import funnel
from cxreport.metrics.conversion.groups import compare_funnels, differ_by_group, funnel_shares
from cxreport.metrics.conversion.rest import compare_with_rest
from cxreport.metrics.conversion.sessions import session_funnel
from cxreport.metrics.conversion.source_sessions import (
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
