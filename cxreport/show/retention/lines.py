"""What is said of customers who come back: keys of sentences with their values, from frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.topics.retention.lapse import NOT_REACHED
from cxreport.topics.retention.renewals import CONSTANT

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.topics.retention.contract_frames import Contracts
    from cxreport.topics.retention.frames import Retention

    Line = dict[str, Any]
    Row = dict[Hashable, Any]
BRIEF_DAYS, HALF = (90, 365), 50
NO_CHART = ("run chart", "one point", "no variance")


def line(key: str, **values: object) -> Line:
    """Name a sentence under ``returning`` and its values; a value may be a sentence itself."""
    return {"key": key, "values": values}


def numbers(row: Row) -> dict[str, float]:
    """Return an estimate and its interval."""
    return {name: float(row[name]) for name in ("estimate", "low", "high")}


def next_month(found: Retention) -> Line:
    """Say what share bought again in the next month, and whether that is steady."""
    if found.by_age.empty or pd.isna(found.by_age["estimate"].iloc[0]):
        return line("month_open")
    row = found.by_age.to_dict("records")[0]
    n, cohorts = int(row["at_risk"]), int(row["cohorts"])
    return line("month", n=n, cohorts=cohorts, then=steady(found)[0], **numbers(row))


def steady(found: Retention) -> list[Line]:
    """Say which cohorts, if any, are a signal."""
    chart = found.chart
    if chart.empty or chart["note"].isin(NO_CHART).all():
        return [line("too_few_cohorts")]
    told = []
    for direction in ("concern", "improvement"):
        months = chart.loc[chart["direction"] == direction, "period"].tolist()
        if months:
            told.append(line(direction, months=months))
    first, last = chart["period"].iloc[0], chart["period"].iloc[-1]
    return told or [line("steady", first_month=first, last_month=last)]


def second_order(found: Retention) -> Line:
    """Say what share ordered a second time within three months and within a year."""
    rows = found.second_orders.set_index("day").reindex(BRIEF_DAYS).dropna(subset="estimate")
    if rows.empty:
        return line("second_open")
    n = int(rows["customers"].iloc[0])
    values: dict[str, Any] = {"n": n, "first_days": int(rows.index[0])}
    values |= {f"first_{k}": v for k, v in numbers(rows.iloc[0].to_dict()).items()}
    if len(rows) == 1:
        return line("second_one", **values)
    values |= {f"last_{k}": v for k, v in numbers(rows.iloc[1].to_dict()).items()}
    return line("second", last_days=int(rows.index[1]), **values)


def lapse(found: Retention) -> list[Line]:
    """Say within how many days most waits are over, and which share is not reached."""
    reached = found.windows.dropna(subset="estimate")
    beyond = found.windows[found.windows["note"] == NOT_REACHED]
    told = []
    if len(reached):
        rows = reached.to_dict("records")
        # The first silence after which most are lost; else the longest that can be told.
        row = next((row for row in rows if row["later_high"] < HALF), rows[-1])
        half = rows[0]
        days = {name: int(row[name]) for name in ("estimate", "low", "high") if pd.notna(row[name])}
        key = "waits_alike" if "low" not in days else "waits" if "high" in days else "waits_open"
        told.append(line(key, n=int(row["gaps"]), share=int(row["share"]), half="", **days))
        told[-1]["values"]["then"] = _silence(row)
        if half["share"] < row["share"]:
            told[-1]["values"]["half"] = line("half", half=int(half["estimate"]))
    if len(beyond):
        row = beyond.to_dict("records")[0]
        values = {"share": int(row["share"]), "followed": int(row["followed"])}
        key = "lapse_beyond" if len(reached) else "lapse_unknown"
        told.append(line(key, n=int(row["gaps"]), returned=float(row["returned"]), **values))
    return told


def _silence(row: Row) -> Line:
    """Judge a silence by how many of the customers who were silent for longer came back."""
    values = {"days": int(row["estimate"]), "followed": int(row["followed"])}
    if pd.isna(row["later_low"]):
        return line("silence_unsaid", **values)
    values |= {name: float(row[name]) for name in ("later", "later_low", "later_high")}
    if row["later_high"] < HALF:
        return line("silence_lost", **values)
    return line("silence_back" if row["later_low"] > HALF else "silence_unsaid", **values)


def renewed(found: Contracts) -> Line:
    """Say what share of those under contract a year ago still is."""
    row = found.years.to_dict("records")[0]
    return line("renewed", n=int(row["at_start"]), **numbers(row))


def projected(found: Contracts, check: pd.DataFrame) -> list[Line]:
    """Say how far off the projection was on what it had not seen, and what it says now."""
    last = check.to_dict("records")[-1]
    ahead = found.projection.curve.to_dict("records")[-1]
    off = float(last["off"])
    side = line("too_high" if off > 0 else "too_low")
    return [
        line("model_constant" if last["model"] == CONSTANT else "model_falling"),
        line(
            "checked",
            n=int(found.survivors["survivors"].iloc[0]),
            seen=int(check.loc[~check["held_out"], "age"].max()),
            age=int(last["age"]),
            observed=float(last["observed"]),
            off=abs(off),
            side=side,
            **numbers(last),
        ),
        line("ahead", age=int(ahead["age"]), **numbers(ahead)),
    ]
