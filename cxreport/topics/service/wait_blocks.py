"""How long do customers who ask for help wait: what a report says, lists and draws of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.few import without_few
from cxreport.show.parts import Column, say, section, sentences, table
from cxreport.topics.service.contact_blocks import no_requests

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block
    from cxreport.show.parts import Said

    Row = dict[Hashable, Any]

TOPIC = "service"
FLATTERING = 0.95
"""Part of the median below which leaving out who still waits is called too short."""
METHOD = ("method.waits", "method.compared", "method.history", "method.rates")
CHANGE = {"slower": "change.slower", "faster": "change.faster", "none": "change.none"}
CHANGE_IN = {"slower": "change_in.slower", "faster": "change_in.faster"}
APART = {"slower": "apart.slower", "faster": "apart.faster"}
ENDED = {"first_reply": "ended.first_reply", "solution": "ended.solution"}
SPEED = ["speed", "speed_low", "speed_high"]
OPPOSITE = {"slower": "faster", "faster": "slower"}

GROUP = Column("scope", "capital:word:group:scope", "group")
REQUESTS = Column("n", heading="requests")
WAITS = (
    GROUP,
    REQUESTS,
    Column("waiting"),
    Column("estimate", "or:wait:not_yet", "half"),
    Column("", "waits", "interval"),
    Column("p90", "or:with_range:wait:p90_low:p90_high:not_yet", "tenth"),
    Column("left_open", "word:ended_wait", "ended", is_text=False),
    Column("verdict", "word:verdict", "against_others"),
    Column("speed", "if_known:with_range:ratio:speed_low:speed_high"),
)
IN_SHORT = (
    GROUP,
    REQUESTS,
    Column("first_reply", "or:with_range:wait:first_reply_low:first_reply_high:not_yet"),
    Column("solution", "or:with_range:wait:solution_low:solution_high:not_yet"),
)
LEFT_OUT = (Column("reason", "word:left_out"), REQUESTS)


@without_few
def brief(waits: pd.DataFrame, changes: pd.DataFrame, company: Company) -> Block:
    """State how long customers waited, where longest, what changed, and how sure that is.

    Parameters
    ----------
    waits : DataFrame
        From ``company_waits``.
    changes : DataFrame
        From ``company_changes``.
    company : Company
        The company reported.
    """
    everybody = waits[waits["variable"] == ""]
    is_now = _is_now(everybody, company)
    if everybody.empty or not everybody.loc[is_now, "n"].sum():
        return no_requests(company)
    changes = _with_column(changes)
    items: list[Any] = [_lead(changes, everybody[~is_now])]
    for metric, rows in everybody.groupby("metric", sort=False):
        now = rows[_is_now(rows, company)].to_dict("records")[0]
        before = rows[~_is_now(rows, company)].to_dict("records")
        own = changes[changes["metric"] == metric]
        is_change = own["variable"] == "period"
        items.append([*_how_long(now), *_changed(own[is_change], before)])
        if groups := _apart(own[~is_change], str(metric)):
            items.append(groups)
        if now["waiting"] and now["ended_median"] < FLATTERING * now["estimate"]:
            values = {"ended": now["ended_median"], "waiting": int(now["waiting"])}
            items.append(say(ENDED[str(metric)], **values))
    if tests := int(changes["p_value"].notna().sum()):
        items.append(say("family", n=tests))
    return sentences(TOPIC, items, company)


@without_few
def summary(waits: pd.DataFrame, changes: pd.DataFrame, company: Company) -> Block:
    """Describe the same in short, with one small table: for a report on other things too.

    Parameters
    ----------
    waits, changes, company
        As in :func:`brief`.
    """
    now = waits[_is_now(waits, company)]
    if not now["n"].sum():
        return no_requests(company)
    everybody = waits[waits["variable"] == ""]
    items: list[Any] = [_lead(_with_column(changes), everybody[~_is_now(everybody, company)])]
    for _, rows in everybody.groupby("metric", sort=False):
        current = rows[_is_now(rows, company)].to_dict("records")[0]
        items.append([_how_long(current)[0]])
    keys = ["variable", "level"]
    listed = now.drop_duplicates(keys)[[*keys, "n"]]
    for metric, rows in now.groupby("metric", sort=False):
        names = {"estimate": metric, "low": f"{metric}_low", "high": f"{metric}_high"}
        listed = listed.merge(rows.rename(columns=names)[[*keys, *names.values()]], on=keys)
    columns = [column for column in IN_SHORT if column is GROUP or column.name in listed]
    beside = table(TOPIC, "waits_in_short", with_scope(listed), columns, company)
    return section([sentences(TOPIC, items, company), beside])


def _lead(changes: pd.DataFrame, before: pd.DataFrame) -> list[Said]:
    """Name the first thing to look at: what got slower, or else who waits longer than others."""
    against = changes["variable"] == "period"
    slower = changes["direction"] == "slower"
    if (against & slower).any():
        row = changes[against & slower].sort_values("chi2").to_dict("records")[-1]
        values = {"metric": row["metric"], "before": before["period"].iloc[0]}
        values |= {"was": row["estimate_rest"], "group": group_name(row["column"], row["group"])}
        if pd.isna(row["estimate"]):
            return [say("lead.change_unknown", **values)]
        return [say("lead.change", half=row["estimate"], n=int(row["n"]), **values)]
    steady = []
    if changes.loc[against, "signal"].notna().any():
        steady = [say("lead.no_change", before=before["period"].iloc[0])]
    if (slower & ~against).any():
        # Of those who wait longer, the one of whom it is surest.
        row = changes[slower & ~against].sort_values("chi2").to_dict("records")[-1]
        return [say("lead.group", group=_group_wait(row), metric=row["metric"]), *steady]
    return steady or [say("lead.none" if changes["signal"].notna().any() else "lead.unsaid")]


def _with_column(changes: pd.DataFrame) -> pd.DataFrame:
    """Note which column the groups are of that are compared with the period before."""
    others = changes.loc[changes["variable"] != "period", "variable"]
    return changes.assign(column="" if others.empty else others.iloc[0])


def _is_now(rows: pd.DataFrame, company: Company) -> pd.Series:
    return rows["period"] == company.period.name


def group_name(column: object, code: object) -> Said:
    """Name a group by its code; all requests where there is none."""
    return say("everybody") if code == "" else say("named", column=column, code=code)


def _group_wait(row: Row) -> Said:
    """Name a group that is compared with the others, and how long half of it waited."""
    return say("group_wait", group=group_name(row["variable"], row["level"]), half=row["estimate"])


def _how_long(now: Row) -> list[Said]:
    """State how long half, and one in ten, of all customers waited."""
    n = int(now["waiting"])
    values: dict[str, Any] = {"n": int(now["n"]), "metric": now["metric"]}
    values["waiting"] = say("waiting", n=n) if n else say("nobody_waiting")
    if pd.isna(now["estimate"]):
        return [say("half_unknown", **values)]
    key = "half_open" if n else "half"
    half = say(key, half=now["estimate"], low=now["low"], high=now["high"], **values)
    if pd.isna(now["p90"]):
        return [half, say("tenth_unknown")]
    return [half, say("tenth", tenth=now["p90"], low=now["p90_low"], high=now["p90_high"])]


def _changed(against: pd.DataFrame, before: list[Row]) -> list[Said]:
    """State whether that differs from the period before, and in which groups."""
    if not before:
        return [say("no_before")]
    values = {"before": before[0]["period"], "was": before[0]["estimate"]}
    everybody = against[against["group"] == ""].to_dict("records")
    key = "change.unsaid"
    if everybody and pd.notna(everybody[0]["signal"]):
        key = CHANGE[everybody[0]["direction"] or "none"]
    parts = [say(key, **values)]
    for direction, key in CHANGE_IN.items():
        rows = against[(against["group"] != "") & (against["direction"] == direction)]
        groups = [
            say("group_then", group=group_name(row["column"], row["group"]), half=row["estimate"],
                was=row["estimate_rest"])
            for row in rows.to_dict("records")
        ]  # fmt: skip
        if groups:
            parts.append(say(key, groups=groups))
    return parts


def _apart(rows: pd.DataFrame, metric: str) -> list[Said]:
    """Name the groups that waited longer, or less long, than all the others."""
    parts = []
    for direction, key in APART.items():
        apart = rows[rows["direction"] == direction]
        apart = apart.sort_values("estimate", ascending=False, na_position="first")
        if groups := [_group_wait(row) for row in apart.to_dict("records")]:
            parts.append(say(key, groups=groups, metric=metric))
    if not parts and rows["signal"].notna().any():
        variables = rows["variable"].drop_duplicates().tolist()
        return [say("apart.none", variables=variables, metric=metric)]
    return parts


@without_few
def waits_table(waits: pd.DataFrame, changes: pd.DataFrame, company: Company) -> Block:
    """Show the waits of all requests and of each group, one table per metric.

    Parameters
    ----------
    waits, changes, company
        As in :func:`brief`.
    """
    if waits.empty:
        return no_requests(company)
    rows = waits[_is_now(waits, company)].astype({"level": "str"})
    verdicts = changes[["variable", "level", "metric", "signal", "direction", *SPEED]]
    verdicts = verdicts.astype({"level": "str"})
    listed = rows.merge(verdicts, how="left", on=["variable", "level", "metric"])
    listed = _with_verdict(_both_sides(with_scope(listed)))
    listed["left_open"] = (listed["waiting"] > 0).map({True: "some", False: ""})
    return section([
        table(TOPIC, "waits", of_metric, WAITS, company, metric=metric)
        for metric, of_metric in listed.groupby("metric", sort=False)
    ])  # fmt: skip


def with_scope(rows: pd.DataFrame, level: str = "level") -> pd.DataFrame:
    """Note which rows are of all requests, and which of one group."""
    return rows.assign(scope=(rows[level] == "").map({True: "all", False: "one"}))


def _both_sides(rows: pd.DataFrame) -> pd.DataFrame:
    """Of two groups only one was tested: give the other the same verdict, the other way round."""
    for _, pair in rows.groupby(["metric", "variable"], sort=False):
        untested = pair["direction"].isna()
        if len(pair) == 2 and untested.sum() == 1:
            tested, other = pair.index[~untested][0], pair.index[untested][0]
            rows.loc[other, "signal"] = rows.loc[tested, "signal"]
            direction = str(rows.loc[tested, "direction"])
            rows.loc[other, "direction"] = OPPOSITE.get(direction, "")
            ends = ["speed", "speed_high", "speed_low"]
            rows.loc[other, SPEED] = (1 / rows.loc[tested, ends].astype(float)).to_numpy()
    return rows


def _with_verdict(rows: pd.DataFrame) -> pd.DataFrame:
    """State in a word whether a group waits longer than the others; nothing of all requests."""
    unsaid = rows["signal"].isna().map({True: "unsaid", False: "none"})
    verdict = rows["direction"].where(rows["direction"].isin([*OPPOSITE]), unsaid)
    return rows.assign(verdict=verdict.mask(rows["variable"] == "", ""))


def method(left_out: pd.DataFrame, company: Company) -> Block:
    """Describe how waits are measured, and which requests could not be.

    Parameters
    ----------
    left_out : DataFrame
        From ``company_left_out``.
    company : Company
        The company reported.
    """
    items = [say(key) for key in METHOD]
    if "closed_at" in company.columns_of("tickets"):
        items.append(say("method.closed"))
    items.append(say("method.until", day=company.until))
    if left_out.empty:
        return sentences(TOPIC, [*items, say("method.all_counted")], company)
    listed = table(TOPIC, "left_out", left_out, LEFT_OUT, company)
    return section([sentences(TOPIC, items, company), listed])
