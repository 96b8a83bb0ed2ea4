"""DataFrame -> what people see: the blocks that a notebook cell may end in."""

from cxreport.show.blocks import language
from cxreport.show.conversion.sections import (
    funnel_differences,
    shop_funnel,
    stage_funnel,
    step_errors,
)
from cxreport.show.conversion.sessions import (
    session_differences,
    session_steps,
    sessions_against_rest,
    undated,
)
from cxreport.show.sections import figure, header, note, plain_table, several, table
from cxreport.show.service.contacts import (
    avoidable_contacts,
    service_loop,
    service_rates,
    service_reasons,
)
from cxreport.show.service.sections import (
    service_brief,
    service_method,
    service_summary,
    service_waits,
)
from cxreport.show.service.waits import service_curves, service_history
from cxreport.show.study_sections import study

__all__ = [
    "avoidable_contacts",
    "figure",
    "funnel_differences",
    "header",
    "language",
    "note",
    "plain_table",
    "service_brief",
    "service_curves",
    "service_history",
    "service_loop",
    "service_method",
    "service_rates",
    "service_reasons",
    "service_summary",
    "service_waits",
    "session_differences",
    "session_steps",
    "sessions_against_rest",
    "several",
    "shop_funnel",
    "stage_funnel",
    "step_errors",
    "study",
    "table",
    "undated",
]
