"""Blocks on requests for help: how they are handled, why they come, who is called back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.blocks import Block
from cxreport.show.few import without_few
from cxreport.show.sections import about, note, several, table
from cxreport.show.service.told import say, told
from cxreport.topics.service.closed_loop import compare_later

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cxreport.inputs.company import Company

MOST = 80
"""Percent of the requests that the first reasons of a Pareto make up."""


@without_few
def service_rates(rates: pd.DataFrame, company: Company, hours: Mapping[str, float]) -> Block:
    """Show how requests were handled; ``rates`` from ``service_rates`` with the same ``hours``."""
    if rates.empty or not rates["n"].sum():
        return note("service", company)
    if rates["q_value"].isna().all():
        shown = table("service_rates", rates, company, hours=dict(hours))
        return several([told([say("no_before")], company), shown])
    changed = []
    for row in rates.to_dict("records"):
        if pd.isna(row["signal"]) or not row["signal"]:
            continue
        values = {name: {"share": row[name]} for name in ("estimate", "estimate_reference")}
        values |= {"rate": {"text": f"service.rate_short.{row['metric']}"}}
        ends = ("difference", "difference_low", "difference_high")
        changed.append(
            say("rate_signal", **values, **{name: {"points": row[name]} for name in ends})
        )
    shown = table("service_rates", rates, company, hours=dict(hours))
    return several([told(changed or [say("rate_none")], company), shown])


@without_few
def service_reasons(reasons: pd.DataFrame, company: Company) -> Block:
    """Draw why customers asked for help, and say which reasons grew; from ``service_reasons``."""
    if reasons.empty or not reasons["n"].sum():
        return note("service_reasons", company)
    named = reasons[reasons["n"] > 0]
    few = int((named["cumulative"].shift(fill_value=0) < MOST).sum())
    first = named.iloc[0]
    values: dict[str, Any] = {"n": int(named["n"].sum()), "few": few, "of": len(named)}
    values |= {"share": {"share": named["cumulative"].iloc[few - 1]}}
    values |= {"largest": {"share": first["estimate"]}}
    values |= {"reason": {"codes": [["reason", first["reason"]]]}}
    items = [say("reasons.pareto", **values)]
    grown = reasons[reasons["signal"].fillna(value=False)]
    for row in grown.to_dict("records"):
        said = {"reason": {"codes": [["reason", row["reason"]]]}}
        said |= {name: {"share": row[name]} for name in ("estimate", "estimate_reference")}
        more = row["estimate"] > row["estimate_reference"]
        items.append(say(f"reasons.{'more' if more else 'less'}", **said))
    if grown.empty:
        tested = int(reasons["p_value"].notna().sum())
        items.append(say("reasons.none" if tested else "reasons.untested", n=tested))
    parameters = {"caption": "contact_reasons", "table": "contact_reasons"}
    parameters |= {"group": "reason", "metric": "reasons"}
    shown = named.rename(columns={"reason": "group"}).assign(metric="reasons")
    return several([told(items, company), Block("intervals", shown, about(company) | parameters)])


@without_few
def avoidable_contacts(history: pd.DataFrame, company: Company, avoidable: Sequence[str]) -> Block:
    """Draw avoidable requests per 100 orders; ``history`` from ``avoidable_history``.

    Parameters
    ----------
    history : DataFrame
        One row a period, with its control chart.
    company : Company
        The company reported.
    avoidable : sequence of str
        The reasons declared avoidable.
    """
    if history.empty:
        return note("avoidable_contacts", company)
    now = history.iloc[-1]
    codes = {"codes": [["reason", code] for code in avoidable]}
    values = {"n": int(now["contacts"]), "orders": int(now["n"]), "reasons": codes}
    values |= {name: {"number": now[name]} for name in ("estimate", "low", "high")}
    values |= {"period": {"period": now["period"]}}
    items = [say("avoidable.now", **values)]
    verdict = now["direction"] or ("unsaid" if pd.isna(now["lower"]) else "ordinary")
    items.append(say(f"avoidable.{verdict}"))
    parameters = {"caption": "avoidable_contacts", "table": "avoidable_contacts"}
    parameters |= {"metric": "avoidable", "question": ""}
    chart = Block("control", history.assign(metric="avoidable"), about(company) | parameters)
    return several([told(items, company), chart])


@without_few
def service_loop(steps: pd.DataFrame, later: pd.DataFrame, company: Company, hours: float) -> Block:
    """Say how many detractors were called back and helped, and what they said the next time.

    Parameters
    ----------
    steps : DataFrame
        From ``service_loop``.
    later : DataFrame
        From ``service_later``.
    company : Company
        The company reported.
    hours : float
        How soon a detractor should be called back.
    """
    if steps.empty:
        return note("closed_loop", company)
    items: list[Any] = []
    for row in steps.to_dict("records"):
        key = row["metric"] if row["n"] else f"{row['metric']}_none"
        values: dict[str, Any] = {
            name: {"share": row[name]} for name in ("estimate", "low", "high")
        }
        values |= {"n": int(row["n"]), "hours": {"level": hours}}
        said = [say(f"loop.{key}", **values)]
        if row["not_observable"]:
            said.append(say("loop.waiting", n=int(row["not_observable"])))
        items.append(said)
    blocks = [table("closed_loop", steps, company, hours={"contacted": hours})]
    if len(later) == 2:
        row = compare_later(later, level=company.family_level).to_dict("records")[0]
        points = {name: {"points": row[name]} for name in ("difference", "low", "high")}
        known = {True: "signal", False: "none"}
        verdict = "unsaid" if pd.isna(row["signal"]) else known[bool(row["signal"])]
        items.append(say(f"later.{verdict}", **points))
        blocks.append(table("later_scores", later, company))
    return several([told(items, company), *blocks])
