"""Blocks on customer service: what to act on first, then the waits, and what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.few import without_few
from cxreport.show.sections import note, several, table
from cxreport.show.service.told import metric_of, period_of, range_of, say, told, wait_of

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block
    from cxreport.show.service.told import Told

    Row = dict[Hashable, Any]

FLATTERING = 0.95
"""Part of the median below which leaving out who still waits is called too short."""
METHOD = ("waits", "compared", "history", "rates")
SPEED = ["speed", "speed_low", "speed_high"]


@without_few
def service_brief(waits: pd.DataFrame, changes: pd.DataFrame, company: Company) -> Block:
    """Say how long customers waited, where longest, what changed, and how sure that is.

    Parameters
    ----------
    waits : DataFrame
        From ``service_waits``.
    changes : DataFrame
        From ``service_changes``.
    company : Company
        The company reported.
    """
    everybody = waits[waits["variable"] == ""]
    if everybody.empty or not everybody.loc[_is_now(everybody, company), "n"].sum():
        return note("service", company)
    changes = _named(changes)
    items: list[Any] = [_lead(changes, everybody[~_is_now(everybody, company)])]
    for metric, rows in everybody.groupby("metric", sort=False):
        now = rows[_is_now(rows, company)].to_dict("records")[0]
        before = rows[~_is_now(rows, company)].to_dict("records")
        own = changes[changes["metric"] == metric]
        against = own[own["variable"] == "period"]
        items.append([*_how_long(now), *_changed(against, before)])
        if groups := _apart(own[~own["variable"].isin(["period"])], str(metric)):
            items.append(groups)
        if now["waiting"] and now["ended_median"] < FLATTERING * now["estimate"]:
            values = {"ended": {"wait": now["ended_median"]}, "waiting": int(now["waiting"])}
            items.append(say(f"ended.{metric}", **values))
    tests = int(changes["p_value"].notna().sum())
    if tests:
        items.append(say("family", n=tests))
    return told(items, company)


@without_few
def service_summary(waits: pd.DataFrame, changes: pd.DataFrame, company: Company) -> Block:
    """Say the same in short, with one small table: for a report on other things too.

    Parameters
    ----------
    waits, changes, company
        As in :func:`service_brief`.
    """
    now = waits[_is_now(waits, company)]
    if not now["n"].sum():
        return note("service", company)
    everybody = waits[waits["variable"] == ""]
    items: list[Any] = [_lead(_named(changes), everybody[~_is_now(everybody, company)])]
    for _, rows in everybody.groupby("metric", sort=False):
        current = rows[_is_now(rows, company)].to_dict("records")[0]
        items.append([_how_long(current)[0]])
    keys = ["variable", "level"]
    shown = now.drop_duplicates(keys)[[*keys, "n"]]
    for metric, rows in now.groupby("metric", sort=False):
        named = {name: f"{metric}_{name}" for name in ("estimate", "low", "high")}
        shown = shown.merge(rows.rename(columns=named)[[*keys, *named.values()]], on=keys)
    return several([told(items, company), table("waits_in_short", shown, company)])


def _lead(changes: pd.DataFrame, before: pd.DataFrame) -> list[Told]:
    """Name the first thing to look at: what got slower, or else who waits longer than others."""
    against = changes["variable"] == "period"
    slower = changes["direction"] == "slower"
    if (against & slower).any():
        row = changes[against & slower].sort_values("chi2").to_dict("records")[-1]
        values = {"metric": metric_of(row), "before": period_of(before.to_dict("records")[0])}
        values |= {"group": {"codes": [[row["column"], row["group"]]]}}
        if pd.isna(row["estimate"]):
            return [say("lead.change_unknown", was=wait_of(row, "estimate_rest"), **values)]
        values |= {"was": wait_of(row, "estimate_rest"), "half": wait_of(row)}
        return [say("lead.change", n=int(row["n"]), **values)]
    found = [say("lead.no_change")] if changes.loc[against, "signal"].notna().any() else []
    if (slower & ~against).any():
        # Of those who wait longer, the one of whom it is surest.
        row = changes[slower & ~against].sort_values("chi2").to_dict("records")[-1]
        named = {"waits": [[row["variable"], row["level"], row["estimate"]]]}
        return [say("lead.group", group=named, metric=metric_of(row)), *found]
    return found or [say("lead.none" if changes["signal"].notna().any() else "lead.unsaid")]


def _named(changes: pd.DataFrame) -> pd.DataFrame:
    """Note which column the groups are of that are compared with the period before."""
    others = changes.loc[changes["variable"] != "period", "variable"]
    return changes.assign(column="" if others.empty else others.iloc[0])


def _is_now(rows: pd.DataFrame, company: Company) -> pd.Series:
    return rows["period"] == company.period.name


def _how_long(now: Row) -> list[Told]:
    """Say how long half, and one in ten, of all customers waited."""
    waiting = {"waiting": int(now["waiting"])}
    values = {"n": int(now["n"]), "waiting": waiting, "period": period_of(now)}
    metric = now["metric"]
    if pd.isna(now["estimate"]):
        return [say(f"half_unknown.{metric}", **values)]
    values |= {"half": wait_of(now, "estimate"), "interval": range_of(now, "low", "high")}
    half = say(f"half.{metric}", **values)
    if pd.isna(now["p90"]):
        return [half, say("tenth_unknown")]
    interval = range_of(now, "p90_low", "p90_high")
    return [half, say("tenth", tenth=wait_of(now, "p90"), interval=interval)]


def _changed(against: pd.DataFrame, before: list[Row]) -> list[Told]:
    """Say whether that differs from the period before, and in which groups."""
    if not before:
        return [say("no_before")]
    values = {"before": period_of(before[0]), "was": wait_of(before[0], "estimate")}
    everybody = against[against["group"] == ""].to_dict("records")
    verdict = "unsaid"
    if everybody and pd.notna(everybody[0]["signal"]):
        verdict = everybody[0]["direction"] or "none"
    found = [say(f"change.{verdict}", **values)]
    for direction in ("slower", "faster"):
        rows = against[(against["group"] != "") & (against["direction"] == direction)]
        if not rows.empty:
            named = rows[["column", "group", "estimate", "estimate_rest"]].to_numpy().tolist()
            found.append(say(f"change_in.{direction}", groups={"then": named}))
    return found


def _apart(rows: pd.DataFrame, metric: str) -> list[Told]:
    """Name the groups that waited longer, or less long, than all the others."""
    found: list[Told] = []
    for direction in ("slower", "faster"):
        apart = rows[rows["direction"] == direction]
        apart = apart.sort_values("estimate", ascending=False, na_position="first")
        if not apart.empty:
            named = apart[["variable", "level", "estimate"]].to_numpy().tolist()
            found.append(say(f"{direction}.{metric}", groups={"waits": named}))
    if not found and rows["signal"].notna().any():
        names = {"columns": rows["variable"].drop_duplicates().tolist()}
        found = [say(f"alike.{metric}", variables=names)]
    return found


@without_few
def service_waits(waits: pd.DataFrame, changes: pd.DataFrame, company: Company) -> Block:
    """Show the waits of all requests and of each group, one table a metric.

    Parameters
    ----------
    waits, changes, company
        As in :func:`service_brief`.
    """
    if waits.empty:
        return note("service", company)
    rows = waits[_is_now(waits, company)].astype({"level": "str"})
    verdicts = changes[["variable", "level", "metric", "signal", "direction", *SPEED]]
    verdicts = verdicts.astype({"level": "str"})
    shown = rows.merge(verdicts, how="left", on=["variable", "level", "metric"])
    shown = _both_sides(shown)
    blocks = [
        table("waits", found, company, caption=f"waits_{metric}")
        for metric, found in shown.groupby("metric", sort=False)
    ]
    return several(blocks)


def _both_sides(rows: pd.DataFrame) -> pd.DataFrame:
    """Of two groups only one was tested: give the other the same verdict, the other way round."""
    opposite = {"slower": "faster", "faster": "slower"}
    for _, pair in rows.groupby(["metric", "variable"], sort=False):
        untested = pair["direction"].isna()
        if len(pair) == 2 and untested.sum() == 1:
            tested, other = pair.index[~untested][0], pair.index[untested][0]
            rows.loc[other, "signal"] = rows.loc[tested, "signal"]
            direction = str(rows.loc[tested, "direction"])
            rows.loc[other, "direction"] = opposite.get(direction, "")
            ends = ["speed", "speed_high", "speed_low"]
            rows.loc[other, SPEED] = (1 / rows.loc[tested, ends].astype(float)).to_numpy()
    return rows


def service_method(left_out: pd.DataFrame, company: Company) -> Block:
    """Say how waits are measured, and which requests could not be.

    Parameters
    ----------
    left_out : DataFrame
        From ``service_left_out``.
    company : Company
        The company reported.
    """
    items = [say(f"method.{key}") for key in METHOD]
    if "closed_at" in company.columns_of("tickets"):
        items.append(say("method.closed"))
    items.append(say("method.until", day={"day": company.until}))
    if left_out.empty:
        return told([*items, say("method.all_counted")], company)
    return several([told(items, company), table("requests_left_out", left_out, company)])
