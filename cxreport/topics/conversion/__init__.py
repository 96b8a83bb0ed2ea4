"""Where are they lost: funnels with windows, their groups, sessions."""

from cxreport.topics.conversion.blocks import (
    against_rest_chart,
    differences_table,
    errors_table,
    session_chart,
    session_differences_table,
    shop_chart,
    stages_chart,
)
from cxreport.topics.conversion.errors import error_rates
from cxreport.topics.conversion.frames import (
    shop_differences,
    shop_funnel,
    stage_funnel,
    step_errors,
)
from cxreport.topics.conversion.funnel import funnel
from cxreport.topics.conversion.groups import compare_funnels, differ_by_group, funnel_shares
from cxreport.topics.conversion.rest import compare_with_rest
from cxreport.topics.conversion.session_frames import (
    session_differences,
    session_steps,
    sessions_against_rest,
)
from cxreport.topics.conversion.sessions import session_funnel
from cxreport.topics.conversion.visit_blocks import history_chart
from cxreport.topics.conversion.visits import visits_that_bought

__all__ = [
    "against_rest_chart",
    "compare_funnels",
    "compare_with_rest",
    "differ_by_group",
    "differences_table",
    "error_rates",
    "errors_table",
    "funnel",
    "funnel_shares",
    "history_chart",
    "session_chart",
    "session_differences",
    "session_differences_table",
    "session_funnel",
    "session_steps",
    "sessions_against_rest",
    "shop_chart",
    "shop_differences",
    "shop_funnel",
    "stage_funnel",
    "stages_chart",
    "step_errors",
    "visits_that_bought",
]
