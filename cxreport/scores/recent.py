"""The last periods of a company: its rows, and its answers inside their scales."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from cxreport.inputs.roles import SCORES
from cxreport.scores.scales import valid_answers

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from cxreport.inputs.company import Company
    from cxreport.inputs.meaning import Column

PERIODS = 12
"""Periods that are looked at together: the last year of months."""


def columns_with(company: Company, *roles: str) -> dict[str, Column]:
    """Return the columns of the answers with one of these roles, asked in the period reported."""
    described = company.codebook.tables.get("responses")
    wave = company.period.name if company.period.kind == "wave" else None
    named = described.with_role(*roles) if described else {}
    present = company.columns_of("responses")
    return {name: c for name, c in named.items() if c.in_wave(wave) and name in present}


def recent_rows(company: Company, table: str, periods: int = PERIODS) -> ir.Table | None:
    """Return the rows of the period reported and of the ones just before, so many in all."""
    rows = company.table(table)
    if rows is None or "period_start" not in rows.columns:
        return rows
    first = company.history[-periods:][0].start
    return rows.filter((rows.period_start >= first) & (rows.period_start <= company.period.start))


def valid_recent(company: Company, periods: int = PERIODS) -> ir.Table | None:
    """Return the recent answers, those outside their scale left empty, with higher as better."""
    rows = recent_rows(company, "responses", periods)
    return rows if rows is None else valid_answers(rows, columns_with(company, *SCORES))


def last_day(company: Company) -> dt.date:
    """Return the last day of the period reported."""
    return company.period.end - dt.timedelta(days=1)
