"""How waits go by: what a report draws of the share still waiting, and of the wait by period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.show.few import without_few
from cxreport.show.parts import Column, chart, note, say, section, sentences
from cxreport.topics.service.wait_blocks import REQUESTS, group_name, with_scope

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    import pandas as pd

    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block

TOPIC = "service"
DAY = 24
LONG = 4 * DAY
"""Hours from which a chart counts in days."""

GROUP_OF_CURVE = Column("scope", "capital:word:curve:scope", "group")
CURVE = (
    GROUP_OF_CURVE,
    Column("time", "wait", "after"),
    Column("estimate", "share", "still_waiting"),
    Column("", "range:share", "interval"),
)
CURVE_IN_DAYS = (GROUP_OF_CURVE, Column("time", "wait:days", "after"), *CURVE[2:])
PERIOD = (Column("period", "short"), REQUESTS, Column("waiting"))
RULES = (Column("signal", "word:rule", "rule"), Column("direction", "word:direction"))
HISTORY = (
    *PERIOD,
    Column("estimate", "or:wait:not_yet", "half"),
    Column("", "waits", "interval"),
    Column("centre", "wait"),
    Column("", "waits:lower:upper", "limits"),
    *RULES,
)
HISTORY_IN_DAYS = (
    *PERIOD,
    Column("estimate", "or:wait:days:not_yet", "half"),
    Column("", "waits:low:high:days", "interval"),
    Column("centre", "wait:days"),
    Column("", "waits:lower:upper:days", "limits"),
    *RULES,
)


def curves_chart(curves: Sequence[pd.DataFrame], company: Company, group: str = "channel") -> Block:
    """Draw the share of customers still waiting, one chart per metric.

    Parameters
    ----------
    curves : sequence of DataFrame
        From ``company_curve``, each of one metric; empty ones are left out.
    company : Company
        The company reported.
    group : str
        The column of the groups.
    """
    charts = [_curve_chart(curve, company, group) for curve in curves if not curve.empty]
    if not charts:
        return note(TOPIC, "missing.curve", company, needs=("tickets",))
    return section(charts)


def _curve_chart(curve: pd.DataFrame, company: Company, group: str) -> Block:
    """Draw one metric's curves, in hours or in days."""
    long = curve["time"].max() > LONG
    drawn = with_scope(curve[curve["group"].notna()], "group")
    drawn["time"] = drawn["time"] / (DAY if long else 1)
    return chart(
        "curves", TOPIC, "curve", drawn, CURVE_IN_DAYS if long else CURVE, company,
        label={"name": "group", "how": "code"}, group=group, start=100, how="share",
        metric=str(curve["metric"].iloc[0]), x="axis.days" if long else "axis.hours",
        y="axis.waiting",
    )  # fmt: skip


@without_few
def history_chart(history: pd.DataFrame, company: Company, group: str = "channel") -> Block:
    """Draw the median wait of each period, and name the periods out of the ordinary.

    One chart for all requests of each metric, and one for each group in which a rule fired for
    worse.

    Parameters
    ----------
    history : DataFrame
        From ``company_history``.
    company : Company
        The company reported.
    group : str
        The column of the groups.
    """
    if history.empty:
        return note(TOPIC, "missing.history", company, needs=("tickets",))
    fired = history[(history["signal"] != "") & (history["direction"] == "concern")]
    outside = fired[fired["signal"] == "outside"]
    outside = outside.sort_values("period", ascending=False, kind="stable")
    items = []
    for (period, metric), rows in outside.groupby(["period", "metric"], sort=False):
        groups = [
            say("group_usually", group=group_name(group, row["group"]), half=row["estimate"],
                usual=row["centre"])
            for row in rows.to_dict("records")
        ]  # fmt: skip
        items.append(say("concern.some", at=period, metric=metric, groups=groups))
    everybody = history[(history["group"] == "") & history["estimate"].isna() & (history["n"] > 0)]
    items += [
        say("concern.unknown", at=row["period"], metric=row["metric"])
        for row in everybody.to_dict("records")
    ]
    judged = history["lower"].notna().any() or (history["signal"] != "").any()
    if outside.empty:
        items.insert(0, say("concern.none" if judged else "concern.unjudged"))
    concerned = set(fired["metric"] + "/" + fired["group"].astype("str"))
    charts = [
        _history_chart(rows, company, group, level)
        for (metric, level), rows in history.groupby(["metric", "group"], sort=False, dropna=False)
        if level == "" or f"{metric}/{level}" in concerned
    ]
    return section([sentences(TOPIC, items, company), *charts])


def _history_chart(rows: pd.DataFrame, company: Company, group: str, level: Hashable) -> Block:
    """Draw one control chart of medians, in hours or in days."""
    long = rows["estimate"].max() > LONG
    if long:
        values = ["estimate", "low", "high", "centre", "lower", "upper"]
        rows = rows.assign(**{name: rows[name] / DAY for name in values})
    return chart(
        "control", TOPIC, "wait_history" if level == "" else "wait_history_group", rows,
        HISTORY_IN_DAYS if long else HISTORY, company, label={"name": "period", "how": "short"},
        how="wait:days" if long else "wait", metric=str(rows["metric"].iloc[0]), group=group,
        level=level, unit="days" if long else "hours", y="axis.median",
    )  # fmt: skip
