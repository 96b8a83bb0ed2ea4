"""Blocks that say whether customers come back: a sentence first, then the picture or the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.blocks import Block
from cxreport.show.few import without_few
from cxreport.show.retention.lines import (
    lapse,
    line,
    next_month,
    numbers,
    projected,
    renewed,
    second_order,
    steady,
)
from cxreport.show.sections import about, note, several, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxreport.inputs.company import Company
    from cxreport.topics.retention.contract_frames import Contracts
    from cxreport.topics.retention.frames import Retention

EVERY = "month"
BRIEF_AGES, FEWEST = (1, 3, 6, 12), 100
"""Ages that are told in words; customers that an age needs to be drawn."""


@without_few
def returning_brief(
    found: Retention, company: Company, contracts: Contracts | None = None
) -> Block:
    """Say in a sentence each whether customers come back, when, and when they are lost.

    Parameters
    ----------
    found : Retention
        From ``company_retention``.
    company : Company or Survey
        What is reported.
    contracts : Contracts, optional
        From ``company_contracts``; without contracts nothing is said of them.
    """
    if found.windows.empty:
        return note("orders", company)
    told = [next_month(found), second_order(found), *lapse(found)[:1]]
    if contracts is not None and not contracts.years.empty:
        told.append(renewed(contracts))
    return _say(told, company)


@without_few
def cohort_map(found: Retention, company: Company) -> Block:
    """Show the share of each month's new customers that bought in each later month."""
    if found.cohorts.empty:
        return note("orders" if found.windows.empty else "new_customers", company)
    who = "earlier" if found.dated else "unknown_before"
    told = [line("map"), line(who if found.earlier else "all_new", n=found.earlier)]
    parameters = about(company) | {"caption": "cohort_map", "every": EVERY}
    return several([_say(told, company), Block("cohort_map", found.cohorts, parameters)])


@without_few
def retention_ages(found: Retention, company: Company) -> Block:
    """Show the share of customers that buys so many months after their first purchase."""
    known = found.by_age.dropna(subset="estimate")
    known = known[known["at_risk"] >= FEWEST]
    if known.empty:
        return note("completed_cohorts", company)
    chosen = known[known["age"].isin(BRIEF_AGES)]
    told = [
        line(
            "at_age" if row["age"] > 1 else "at_age_one",
            age=int(row["age"]),
            n=int(row["at_risk"]),
            cohorts=int(row["cohorts"]),
            **numbers(row),
        )
        for row in chosen.to_dict("records")
    ]
    frame = known.assign(group="", time=known["age"], metric="retention")
    chart = {"unit": "ordered", "time_unit": "months_since_first", "smooth": True}
    return several([_say(told, company), _curves("retention_by_age", frame, company, **chart)])


@without_few
def retention_chart(found: Retention, company: Company) -> Block:
    """Draw the month after the first over cohorts as a control chart."""
    if found.chart.empty:
        return note("completed_cohorts", company)
    return several([_say(steady(found), company), _drawn_chart(found, company)])


@without_few
def returning(found: Retention, company: Company) -> Block:
    """Say whether customers come back in one short section: two sentences and the chart."""
    if found.windows.empty:
        return note("orders", company)
    told = _say([next_month(found), second_order(found)], company)
    return several([told, _drawn_chart(found, company)]) if len(found.chart) else told


def _drawn_chart(found: Retention, company: Company) -> Block:
    """Draw the control chart of the month after the first."""
    frame = found.chart.assign(metric="retention")
    last = {"period": {"name": frame["period"].iloc[-1], "kind": EVERY}}
    parameters = {"caption": "retention_chart", "table": "retention_chart"}
    parameters |= {"question": "", "metric": "retention"}
    return Block("control", frame, about(company) | parameters | last)


@without_few
def second_orders(found: Retention, company: Company) -> Block:
    """Show how long it takes until a second order."""
    if found.second_orders.empty:
        return note("new_customers", company)
    told = [second_order(found), line("second_how")]
    frame = found.second_orders.assign(metric="retention")
    blocks = [_say(told, company)]
    if not found.curve.empty:
        curve = found.curve.assign(group="", time=found.curve["day"], metric="retention")
        chart = {"unit": "again", "time_unit": "days_since_first", "start": 0}
        blocks.append(_curves("second_orders", curve, company, caption="second_curve", **chart))
    return several([*blocks, table("second_orders", frame, company)])


@without_few
def churn_windows(found: Retention, company: Company) -> Block:
    """Say after how many days of silence a customer may be called lapsed."""
    if found.windows.empty:
        return note("orders", company)
    return several([_say(lapse(found), company), table("churn_windows", found.windows, company)])


@without_few
def contracts(found: Contracts, company: Company) -> Block:
    """Show whether customers under contract stay, and how many will; from ``company_contracts``."""
    if found.years.empty:
        return note("contracts", company)
    frame = found.years.assign(metric="retention")
    blocks = [_say([renewed(found)], company), table("contract_years", frame, company)]
    check = found.projection.check.dropna(subset="estimate")
    if check.empty:
        return several([*blocks, note("projection")])
    return several([*blocks, *_projected(found, check, company)])


@without_few
def left_out_orders(found: Retention, company: Company) -> Block:
    """Say which orders are no purchases, and what changes when every order counts."""
    if not found.orders:
        return note("orders", company)
    lost = found.left_out[found.left_out["n"] > 0]
    key = "left_out" if len(lost) else "nothing_left_out"
    told = [line(key, orders=found.orders, left=int(lost["n"].sum()))]
    blocks = [table("left_out_orders", lost, company)] if len(lost) else []
    if found.counted["estimate"].notna().all() and len(found.counted):
        kept, every = (float(value) for value in found.counted["estimate"])
        if round(kept, 1) == round(every, 1):
            told.append(line("counted_same", kept=kept))
        else:
            told.append(line("counted", kept=kept, every=every))
            blocks.append(table("counted_ways", found.counted.assign(metric="retention"), company))
    return several([_say(told, company), *blocks])


def _projected(found: Contracts, check: pd.DataFrame, company: Company) -> list[Block]:
    """Draw what the projection says now, and list how far off it was on what it had not seen."""
    curve = found.projection.curve
    empty = {"low": float("nan"), "high": float("nan")}
    observed = curve.assign(estimate=curve["observed"], group="observed", **empty)
    drawn = pd.concat([curve.assign(group="projected"), observed], ignore_index=True)
    drawn = drawn.assign(time=drawn["age"], metric="retention").dropna(subset="estimate")
    chart = {"unit": "still", "time_unit": "renewals", "smooth": True}
    return [
        _say(projected(found, check), company),
        _curves("projection", drawn, company, **chart),
        table("renewal_check", check[check["age"] > 0].assign(metric="retention"), company),
    ]


def _curves(name: str, frame: pd.DataFrame, company: Company, **parameters: object) -> Block:
    """Make a block of step curves with its table."""
    return Block("curves", frame, about(company) | {"table": name, "caption": name} | parameters)


def _say(told: Sequence[dict[str, Any]], company: Company) -> Block:
    return Block("retention", parameters=about(company) | {"sentences": told, "every": EVERY})
