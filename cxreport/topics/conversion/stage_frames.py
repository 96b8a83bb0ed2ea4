"""The five stages of a company's customers as a funnel, from its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.inputs.meaning import STAGES
from cxreport.orders.purchases import purchases
from cxreport.topics.conversion.funnel import funnel
from cxreport.topics.conversion.shares import COLUMNS, NEVER, with_shares

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from cxreport.inputs.company import Company

FIRST_PROMOTER = 9
LAST, ANSWERED = "advocacy", "of those who answered"
NOT_MEASURED = "not measured"
INSTANT = ibis.interval(microseconds=1)


def stage_funnel(company: Company, *, window: int = 90, level: float = 0.95) -> pd.DataFrame:
    """Measure how many customers go on from each of the five stages to the next.

    Awareness is a proxy: a first visit. Who has heard of the company and never came is in no table.
    Consideration is an event of that stage by the codebook's map; purchase, an order that counts
    (:func:`cxreport.orders.purchases`); retention, another one; advocacy, an answer of
    9 or 10 to the question of NPS, as a share of those who answered, since not everybody is asked.

    Parameters
    ----------
    company : Company
        Its ``events`` (with a column of stages), ``orders`` and ``responses`` are looked at, as
        far as it has them. Only customers known by their id count.
    window : int
        Days for each stage, from the stage before.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    DataFrame
        One row a stage: the columns of :func:`cxreport.topics.conversion.funnel`. A stage that no
        table measures has the note "not measured" and no number; the next one is counted from the
        last that is measured. The note of advocacy is "of those who answered", with the
        answers as ``eligible`` and no ``overall``. Empty where fewer than two stages are measured.
    """
    moments = _stage_moments(company)
    path = [stage for stage in STAGES[:-1] if stage in moments]
    if len(path) < 2:
        return pd.DataFrame(columns=COLUMNS)
    asked = "answer" in moments and path[-1] == "retention"
    events = ibis.union(*moments.values())

    def through(*last: str) -> pd.DataFrame:
        return funnel(
            events,
            [*path, *last],
            window=window,
            until=company.until,
            customer="who",
            name="stage",
            date="at",
            proxies=["awareness"] if "awareness" in path else [],
            level=level,
        )

    found = through()
    if asked:
        found = pd.concat([found, _advocates(through("answer"), through("promoter"), level)])
    return _every_stage(found.set_index("step"))


def _every_stage(found: pd.DataFrame) -> pd.DataFrame:
    """Give the stages that are not measured a row without numbers."""
    frame = found.reindex(list(STAGES))
    counts = ["eligible", "reached", "open", "unknown", "entered", "completed"]
    frame["note"] = frame["note"].astype("str").where(frame["eligible"].notna(), NOT_MEASURED)
    frame["proxy"] = frame["proxy"].eq(1)
    frame[counts] = frame[counts].astype("Int64")
    return frame.rename_axis("step").reset_index()[COLUMNS]


def _advocates(answered: pd.DataFrame, promoters: pd.DataFrame, level: float) -> pd.DataFrame:
    """Return the row of advocacy: promoters among the customers who answered in time."""
    row = promoters.tail(1).assign(
        step=LAST,
        eligible=answered["reached"].iloc[-1],
        first=False,
        never=answered["note"].iloc[-1] == NEVER,
        possible=False,
        entrants=1,
    )
    return with_shares(row, level).assign(note=ANSWERED)[COLUMNS]


def _stage_moments(company: Company) -> dict[str, ir.Table]:
    """Return who was at which stage when: ``who``, ``at``, ``stage``, a table a stage."""
    found = _from_events(company)
    orders, until = company.table("orders"), company.until
    if orders is not None and {"customer_id", "ordered_at"} <= company.columns_of("orders"):
        rows = purchases(orders, until=until).rows
        found["purchase"] = _moments(rows, rows.ordered_at, "purchase")
        # An instant early, so that an order is never its own successor.
        early = rows.ordered_at.cast("timestamp") - INSTANT
        found["retention"] = _moments(rows, early, "retention")
    return found | _from_answers(company)


def _from_events(company: Company) -> dict[str, ir.Table]:
    """Return the stages that only events tell."""
    events, columns = company.table("events"), company.columns_of("events")
    if events is None or {"customer_id", "occurred_at", "stage"} - columns:
        return {}
    known = set(company.codebook.tables["events"].columns["stage"].stages.values())
    found: dict[str, ir.Table] = {}
    for stage in STAGES[:2]:
        if stage in known:
            rows = events.filter(events.stage == stage)
            found[stage] = _moments(rows, rows.occurred_at, stage)
    return found


def _from_answers(company: Company) -> dict[str, ir.Table]:
    """Return who answered the question of NPS, and who did so as a promoter."""
    answers = company.table("responses")
    nps = [name for name, c in company.codebook.questions.items() if c.role == "nps"]
    needed = {"customer_id", "answered_at", *nps[:1]}
    if answers is None or not nps or needed - company.columns_of("responses"):
        return {}
    given = answers.filter(answers[nps[0]].notnull())
    promoters = given.filter(given[nps[0]] >= FIRST_PROMOTER)
    return {
        "answer": _moments(given, given.answered_at, "answer"),
        "promoter": _moments(promoters, promoters.answered_at, "promoter"),
    }


def _moments(rows: ir.Table, at: ir.Value, stage: str) -> ir.Table:
    return rows.select(
        who=rows.customer_id.cast("string"), at=at.cast("timestamp"), stage=ibis.literal(stage)
    )
