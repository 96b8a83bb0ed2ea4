"""How many visits end in a purchase: what a report draws of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.show.few import without_few
from cxreport.show.parts import Column, chart, note
from cxreport.topics.conversion.blocks import TOPIC

if TYPE_CHECKING:
    import pandas as pd

    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block

HISTORY = (
    Column("period", "short"),
    Column("n", "whole", "visits"),
    Column("estimate", "share", "bought"),
    Column("estimate", "range:share", "interval"),
    Column("centre", "share"),
    Column("lower", "range:share:lower:upper", "limits"),
    Column("signal", "word:rule", "rule"),
)


@without_few
def history_chart(visits: pd.DataFrame, company: Company) -> Block:
    """Draw the share of visits that ended in a purchase; from ``visits_that_bought``."""
    if visits["estimate"].isna().all():
        return note(TOPIC, "missing.visits", company, needs=("events",))
    label = {"name": "period", "how": "short"}
    return chart("control", TOPIC, "visits", visits, HISTORY, company, label=label,
                 y="axis.bought", how="share")  # fmt: skip
