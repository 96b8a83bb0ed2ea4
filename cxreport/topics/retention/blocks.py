"""Do customers come back: what a report says, draws and lists of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cxreport.show.few import without_few
from cxreport.show.parts import Column, chart, note, say, section, sentences, table, with_interval
from cxreport.topics.retention.contract_blocks import renewed
from cxreport.topics.retention.frames import ORDERED
from cxreport.topics.retention.lapse import NOT_REACHED

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block
    from cxreport.show.parts import Said
    from cxreport.topics.retention.frames import Contracts, Retention

    Row = dict[Hashable, Any]

TOPIC, EVERY = "retention", "month"
HALF = 50
BRIEF_AGES, BRIEF_DAYS, FEWEST = (1, 3, 6, 12), (90, 365), 100
"""Ages and days that are told in words; customers that an age needs to be drawn."""
MOST_AGES, MOST_COHORTS, SHADES = 12, 25, 5
NO_CHART = ("run chart", "one point", "no variance")

_sentences = partial(sentences, TOPIC, every=EVERY)
_table = partial(table, TOPIC, every=EVERY)
_note = partial(note, TOPIC)

SHARE = (Column("estimate", "share"), Column("interval", "range:share"))
COHORTS = (Column("cohort", "word:first_purchase:state"), Column("size", "whole"))
BY_AGE = (
    Column("age", "whole"),
    Column("cohorts", "whole"),
    Column("at_risk", "whole", "customers"),
    *SHARE,
    Column("note", "word:note"),
)
STEADINESS = (
    Column("period", "short"),
    Column("n", "whole", "customers"),
    *SHARE,
    Column("centre", "share"),
    Column("limits", "range:share:lower:upper"),
    Column("rule", "word:rule:signal"),
    Column("direction", "word:direction"),
)
SECOND = (
    Column("day", "say:after_days"),
    Column("at_risk", "whole", "followed"),
    *SHARE,
    Column("note", "word:note"),
)
LAPSES = (
    Column("share", "say:of_waits"),
    Column("gaps", "whole"),
    Column("estimate", "whole", "silence"),
    Column("days", "word:days", "silence_interval", is_text=False),
    Column("later", "share"),
    Column("note", "word:note"),
)
LEFT_OUT = (Column("reason", "word:reason"), Column("n", "whole", "orders"))
COUNTED = (
    Column("counted", "word:counted_as"),
    Column("orders", "whole"),
    Column("at_risk", "whole", "customers"),
    *SHARE,
)


@without_few
def brief(retention: Retention, company: Company, renewals: Contracts | None = None) -> Block:
    """State in a sentence each whether customers come back, when, and when they are lost.

    Parameters
    ----------
    retention : Retention
        From ``company_retention``.
    company : Company or Survey
        What is reported.
    renewals : Contracts, optional
        From ``company_contracts``; without contracts nothing is said of them.
    """
    if retention.windows.empty:
        return _no_purchases(company)
    lines = [_next_month(retention), _second_order(retention), *_lapse(retention)[:1]]
    if renewals is not None and not renewals.years.empty:
        lines.append(renewed(renewals))
    return _sentences(lines, company)


def _no_purchases(company: Company) -> Block:
    """State why there is no purchase: no orders that could be one, or none that is."""
    has_orders = company.columns_of("orders") >= ORDERED
    key = "missing.purchases" if has_orders else "missing.orders"
    return _note(key, company, needs=("orders",))


def _no_new_customers(retention: Retention, company: Company) -> Block:
    """State why nobody is a new customer, which needs orders of more than a first month."""
    if retention.windows.empty:
        return _no_purchases(company)
    key = "missing.new_customers" if retention.dated else "missing.perhaps_customers"
    return _note(key, company, needs=("orders",))


@without_few
def cohort_map(retention: Retention, company: Company) -> Block:
    """Show the share of each month's new customers that bought in each later month."""
    if retention.cohorts.empty:
        return _no_new_customers(retention, company)
    who = "earlier" if retention.dated else "unknown_before"
    lines = [say("map"), say(who if retention.earlier else "all_new", n=retention.earlier)]
    later = retention.cohorts[retention.cohorts["age"].between(1, MOST_AGES)]
    cells = chart(
        "heat_map", TOPIC, "cohort_map", _last_cohorts(retention.cohorts), COHORTS, company,
        every=EVERY,
        across={"name": "age", "how": "say:after_months"},
        cell={"name": "estimate", "how": "share"},
        open="note.not yet observable",
        gap="note.no order at all",
        foot=say("map_note", reach=_reach(later)),
    )  # fmt: skip
    return section([_sentences(lines, company), cells])


@without_few
def ages(retention: Retention, company: Company) -> Block:
    """Show the share of customers that buys so many months after their first purchase."""
    by_age = retention.by_age.dropna(subset="estimate")
    by_age = by_age[by_age["at_risk"] >= FEWEST]
    if by_age.empty:
        return _note("missing.completed_cohorts", company, needs=("orders",))
    lines = [
        say("at_age" if row["age"] > 1 else "at_age_one", age=int(row["age"]),
            n=int(row["at_risk"]), cohorts=int(row["cohorts"]), **with_interval(row))
        for row in by_age[by_age["age"].isin(BRIEF_AGES)].to_dict("records")
    ]  # fmt: skip
    curve = chart(
        "curves", TOPIC, "by_age", by_age.assign(group="", time=by_age["age"]), BY_AGE, company,
        x="axis.months", y="axis.ordered", smooth=True,
    )  # fmt: skip
    return section([_sentences(lines, company), curve])


@without_few
def steadiness(retention: Retention, company: Company) -> Block:
    """Draw the month after the first over cohorts as a control chart."""
    if retention.chart.empty:
        return _note("missing.completed_cohorts", company, needs=("orders",))
    return section([_sentences(_steady(retention), company), _control(retention, company)])


@without_few
def summary(retention: Retention, company: Company) -> Block:
    """State whether customers come back in one short section: two sentences and the chart."""
    if retention.windows.empty:
        return _no_purchases(company)
    lines = _sentences([_next_month(retention), _second_order(retention)], company)
    return section([lines, _control(retention, company)]) if len(retention.chart) else lines


@without_few
def second_orders(retention: Retention, company: Company) -> Block:
    """Show how long it takes until a second order."""
    if retention.second_orders.empty:
        return _no_new_customers(retention, company)
    blocks = [_sentences([_second_order(retention), say("second_how")], company)]
    if not retention.curve.empty:
        by_day = retention.curve.assign(group="", time=retention.curve["day"])
        blocks.append(
            chart("curves", TOPIC, "second_curve", by_day, SECOND, company,
                  x="axis.days", y="axis.again", start=0)
        )  # fmt: skip
    return section([*blocks, _table("second_orders", retention.second_orders, SECOND, company)])


@without_few
def lapses(retention: Retention, company: Company) -> Block:
    """State after how many days of silence a customer may be called lapsed."""
    if retention.windows.empty:
        return _no_purchases(company)
    windows = retention.windows
    ends = np.select([windows["low"].isna(), windows["high"].isna()], ["none", "open"], "both")
    listed = _table("lapses", windows.assign(days=ends), LAPSES, company)
    return section([_sentences(_lapse(retention), company), listed])


@without_few
def left_out(retention: Retention, company: Company) -> Block:
    """State which orders are no purchases, and what changes when every order counts."""
    if not retention.orders:
        return _no_purchases(company)
    by_reason = retention.left_out[retention.left_out["n"] > 0]
    key = "left_out" if len(by_reason) else "nothing_left_out"
    lines = [say(key, orders=retention.orders, left=int(by_reason["n"].sum()))]
    blocks = [_table("left_out", by_reason, LEFT_OUT, company)] if len(by_reason) else []
    if retention.counted["estimate"].notna().all() and len(retention.counted):
        kept, every = (float(value) for value in retention.counted["estimate"])
        if round(kept, 1) == round(every, 1):
            lines.append(say("counted_same", kept=kept))
        else:
            lines.append(say("counted", kept=kept, every=every))
            blocks.append(_table("counted", retention.counted, COUNTED, company))
    return section([_sentences(lines, company), *blocks])


def _last_cohorts(cohorts: pd.DataFrame) -> pd.DataFrame:
    """Return the cells of the map: the last cohorts, each with its state, and one shade per cell.

    Shades go up to the largest share of any cohort; a share of 0 has none.
    """
    later = cohorts[cohorts["age"].between(1, MOST_AGES)]
    begun = cohorts[cohorts["age"] == 0].set_index("cohort")["retained"]
    shares = later["estimate"].astype(float)
    of_most = (SHADES * shares / (shares.max() or 1)).round(9)
    cells = later.assign(
        state=np.where(later["cohort"].map(begun).isna(), "open", "over"),
        shade=np.ceil(of_most.fillna(0)).astype("int64"),
    )
    names = sorted(cells["cohort"].unique())[-MOST_COHORTS:]
    return cells[cells["cohort"].isin(names)].sort_values(["cohort", "age"], ignore_index=True)


def _reach(later: pd.DataFrame) -> float:
    """Return half the width of the middle interval of the first age, in points."""
    first = later[later["age"] == 1]
    return float(((first["high"].astype(float) - first["low"].astype(float)) / 2).median())


def _control(retention: Retention, company: Company) -> Block:
    """Draw the control chart of the month after the first."""
    last = {"name": retention.chart["period"].iloc[-1], "kind": EVERY}
    return chart(
        "control", TOPIC, "steadiness", retention.chart, STEADINESS, company,
        label={"name": "period", "how": "short"}, y="axis.came_back", how="share", period=last,
    )  # fmt: skip


def _next_month(retention: Retention) -> Said:
    """State what share bought again in the next month, and whether that is steady."""
    if retention.by_age.empty or pd.isna(retention.by_age["estimate"].iloc[0]):
        return say("month_open")
    row = retention.by_age.to_dict("records")[0]
    n, cohorts = int(row["at_risk"]), int(row["cohorts"])
    return say("month", n=n, cohorts=cohorts, then=_steady(retention)[0], **with_interval(row))


def _steady(retention: Retention) -> list[Said]:
    """State which cohorts, if any, are a signal."""
    by_month = retention.chart
    if by_month.empty or by_month["note"].isin(NO_CHART).all():
        return [say("too_few_cohorts")]
    signals = [
        say(direction, months=rows["period"].tolist())
        for direction in ("concern", "improvement")
        if len(rows := by_month[by_month["direction"] == direction])
    ]
    first, last = by_month["period"].iloc[0], by_month["period"].iloc[-1]
    return signals or [say("steady", first_month=first, last_month=last)]


def _second_order(retention: Retention) -> Said:
    """State what share ordered a second time within three months and within a year."""
    by_day = retention.second_orders.set_index("day").reindex(BRIEF_DAYS).dropna(subset="estimate")
    if by_day.empty:
        return say("second_open")
    values: dict[str, Any] = {"n": int(by_day["customers"].iloc[0])}
    for end, (day, row) in zip(("first", "last"), by_day.iterrows(), strict=False):
        values |= {f"{end}_days": day} | {
            f"{end}_{k}": v for k, v in with_interval(row.to_dict()).items()
        }
    return say("second" if len(by_day) > 1 else "second_one", **values)


def _lapse(retention: Retention) -> list[Said]:
    """State within how many days most waits are over, and which share is not reached."""
    reached = retention.windows.dropna(subset="estimate").to_dict("records")
    beyond = retention.windows[retention.windows["note"] == NOT_REACHED].to_dict("records")
    lines = []
    if reached:
        # The first silence after which most are lost; else the longest that can be told.
        row = next((row for row in reached if row["later_high"] < HALF), reached[-1])
        days = {name: int(row[name]) for name in ("estimate", "low", "high") if pd.notna(row[name])}
        half: Said | str = ""
        if reached[0]["share"] < row["share"]:
            half = say("half", half=int(reached[0]["estimate"]))
        key = "waits_alike" if "low" not in days else "waits" if "high" in days else "waits_open"
        lines.append(say(key, n=int(row["gaps"]), share=int(row["share"]), half=half,
                         then=_silence(row), **days))  # fmt: skip
    if beyond:
        row = beyond[0]
        lines.append(say("lapse_beyond" if reached else "lapse_unknown", n=int(row["gaps"]),
                         share=int(row["share"]), followed=int(row["followed"]),
                         returned=float(row["returned"])))  # fmt: skip
    return lines


def _silence(row: Row) -> Said:
    """Judge a silence by how many of the customers who were silent for longer came back."""
    values = {"days": int(row["estimate"]), "followed": int(row["followed"])}
    if pd.isna(row["later_low"]):
        return say("silence_unsaid", **values)
    values |= {name: float(row[name]) for name in ("later", "later_low", "later_high")}
    if row["later_high"] < HALF:
        return say("silence_lost", **values)
    return say("silence_back" if row["later_low"] > HALF else "silence_unsaid", **values)
