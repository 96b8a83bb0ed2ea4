"""How are requests for help handled, why do they come, who is called back: sentences and charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.few import without_few
from cxreport.show.parts import Column, chart, note, say, section, sentences, table
from cxreport.topics.service.closed_loop import compare_later

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block
    from cxreport.show.parts import Said

TOPIC = "service"
MOST = 80
"""Percent of the requests that the first reasons of a Pareto make up."""
AVOIDABLE = {
    "concern": "avoidable.concern",
    "improvement": "avoidable.improvement",
    "": "avoidable.ordinary",
}
LOOP = {
    "contacted_within": ("loop.contacted_within", "loop.contacted_within_none"),
    "contacted": ("loop.contacted", "loop.contacted_none"),
    "resolved": ("loop.resolved", "loop.resolved_none"),
}
"""What is said of a step; and where it is not yet observable."""

SHARE = (Column("estimate", "share"), Column("", "range:share", "interval"))
RATE = Column("metric", "word:rate", "rate")
RATES = (
    RATE,
    Column("n", heading="requests"),
    *SHARE,
    Column("not_observable"),
    Column("estimate_reference", "share"),
    Column("", "range:signed:difference_low:difference_high", "difference_interval"),
    Column("signal", "signal:difference"),
)
REASONS = (
    Column("reason", "code:reason", "group"),
    Column("n", heading="requests"),
    *SHARE,
    Column("cumulative", "share"),
    Column("estimate_reference", "share"),
    Column("why", "known_word:lift:word:note", "lift", is_text=False),
    Column("signal", "signal:p_value"),
)
PER_ORDERS = (
    Column("period", "short"),
    Column("n", heading="orders"),
    Column("contacts", heading="avoidable"),
    Column("estimate", "number"),
    Column("", "range:number", "interval"),
    Column("centre", "number"),
    Column("", "range:number:lower:upper", "limits"),
    Column("signal", "word:rule", "rule"),
    Column("direction", "word:direction"),
)
STEPS = (RATE, Column("n", heading="detractors"), *SHARE, Column("not_observable"))
LATER = (
    Column("asked_again", "word:asked_again", "called"),
    Column("n", heading="customers"),
    Column("estimate", "number"),
    Column("", "range:number", "interval"),
)


def no_requests(company: Company) -> Block:
    """State why there are no requests: the source has none with their times, or nobody asked."""
    has_times = "created_at" in company.columns_of("tickets")
    key = "missing.requests_none" if has_times else "missing.requests"
    return note(TOPIC, key, company, needs=("tickets",))


@without_few
def rates_table(rates: pd.DataFrame, company: Company, hours: Mapping[str, float]) -> Block:
    """Show how requests were handled; ``rates`` from ``company_rates`` with the same ``hours``."""
    if rates.empty or not rates["n"].sum():
        return no_requests(company)
    limits = {f"{metric}_within": limit for metric, limit in hours.items()}
    listed = table(TOPIC, "rates", rates.assign(hours=rates["metric"].map(limits)), RATES, company)
    if rates["q_value"].isna().all():
        return section([sentences(TOPIC, [say("no_before")], company), listed])
    names = ("estimate", "estimate_reference", "difference", "difference_low", "difference_high")
    changed = [
        say("rate_signal", rate=row["metric"], **{name: row[name] for name in names})
        for row in rates[rates["signal"].fillna(value=False)].to_dict("records")
    ]
    return section([sentences(TOPIC, changed or [say("rate_none")], company), listed])


@without_few
def reasons_chart(reasons: pd.DataFrame, company: Company) -> Block:
    """Draw why customers asked for help, and say which reasons grew; from ``company_reasons``."""
    if reasons.empty or not reasons["n"].sum():
        return note(TOPIC, "missing.reasons", company, needs=("tickets",))
    named = reasons[reasons["n"] > 0]
    few = int((named["cumulative"].shift(fill_value=0) < MOST).sum())
    values = {"n": int(named["n"].sum()), "few": few, "of": len(named)}
    values |= {"share": named["cumulative"].iloc[few - 1]}
    values |= {"reason": named["reason"].iloc[0], "largest": named["estimate"].iloc[0]}
    items = [say("reasons.pareto", **values)]
    names = ("reason", "estimate", "estimate_reference")
    for row in reasons[reasons["signal"].fillna(value=False)].to_dict("records"):
        more = row["estimate"] > row["estimate_reference"]
        key = "reasons.more" if more else "reasons.less"
        items.append(say(key, **{name: row[name] for name in names}))
    if len(items) == 1:
        tested = int(reasons["p_value"].notna().sum())
        items.append(say("reasons.none", n=tested) if tested else say("reasons.untested"))
    drawn = named.assign(why=named["note"].mask(named["lift"].notna(), "known"))
    by_reason = chart(
        "intervals", TOPIC, "contact_reasons", drawn, REASONS, company,
        label={"name": "reason", "how": "code:reason"}, how="share", x="axis.reasons",
    )  # fmt: skip
    return section([sentences(TOPIC, items, company), by_reason])


@without_few
def avoidable_chart(history: pd.DataFrame, company: Company, avoidable: Sequence[str]) -> Block:
    """Draw avoidable requests per 100 orders; ``history`` from ``avoidable_history``.

    Parameters
    ----------
    history : DataFrame
        One row per period, with its control chart.
    company : Company
        The company reported.
    avoidable : sequence of str
        The reasons declared avoidable.
    """
    if history.empty:
        key = "missing.avoidable" if avoidable else "missing.avoidable_undeclared"
        return note(TOPIC, key, company, needs=("tickets", "orders"))
    now = history.iloc[-1]
    values: dict[str, Any] = {name: now[name] for name in ("estimate", "low", "high")}
    values |= {"n": int(now["contacts"]), "orders": int(now["n"]), "at": now["period"]}
    unsaid = not now["direction"] and pd.isna(now["lower"])
    verdict = "avoidable.unsaid" if unsaid else AVOIDABLE[now["direction"]]
    items = [say("avoidable.now", reasons=list(avoidable), **values), say(verdict)]
    by_period = chart(
        "control", TOPIC, "avoidable", history, PER_ORDERS, company,
        label={"name": "period", "how": "short"}, how="number", y="axis.avoidable",
    )  # fmt: skip
    return section([sentences(TOPIC, items, company), by_period])


@without_few
def loop_table(
    steps: pd.DataFrame, later: pd.DataFrame | None, company: Company, hours: float
) -> Block:
    """Describe how many detractors were called back and helped, and what they said the next time.

    Parameters
    ----------
    steps : DataFrame
        From ``company_loop``.
    later : DataFrame or None
        From ``company_later``; None where it is not told.
    company : Company
        The company reported.
    hours : float
        How soon a detractor should be called back.
    """
    if steps.empty:
        return note(TOPIC, "missing.loop", company, needs=("responses",))
    items: list[Any] = []
    for row in steps.to_dict("records"):
        measured, unknown = LOOP[row["metric"]]
        values = {name: row[name] for name in ("estimate", "low", "high")}
        key = measured if row["n"] else unknown
        parts = [say(key, n=int(row["n"]), hours=hours, **values)]
        if row["not_observable"]:
            parts.append(say("loop.waiting", n=int(row["not_observable"])))
        items.append(parts)
    blocks = [table(TOPIC, "closed_loop", steps.assign(hours=hours), STEPS, company)]
    if later is not None and len(later) == 2:
        items.append(_later(later, company))
        asked_again = later["called"].astype(bool).map({True: "called", False: "not_called"})
        listed = later.assign(asked_again=asked_again)
        blocks.append(table(TOPIC, "later_scores", listed, LATER, company))
    return section([sentences(TOPIC, items, company), *blocks])


def _later(later: pd.DataFrame, company: Company) -> Said:
    """State whether detractors who were called score differently the next time."""
    row = compare_later(later, level=company.family_level).to_dict("records")[0]
    if pd.isna(row["signal"]):
        return say("later.unsaid")
    key = "later.signal" if row["signal"] else "later.none"
    return say(key, difference=row["difference"], low=row["low"], high=row["high"])
