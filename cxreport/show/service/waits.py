"""Blocks on waits in pictures: the share still waiting, and the median period by period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.show.blocks import Block
from cxreport.show.few import without_few
from cxreport.show.sections import about, note, several
from cxreport.show.service.told import metric_of, period_of, say, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from cxreport.inputs.company import Company

DAY = 24
LONG = 4 * DAY
"""Hours from which a chart counts in days."""


def service_curves(
    curves: Sequence[pd.DataFrame], company: Company, group: str = "channel"
) -> Block:
    """Draw the share of customers still waiting, one chart a metric.

    Parameters
    ----------
    curves : sequence of DataFrame
        From ``service_curve``, each of one metric; empty ones are left out.
    company : Company
        The company reported.
    group : str
        The column of the groups.
    """
    blocks = []
    for curve in curves:
        if curve.empty:
            continue
        long = curve["time"].max() > LONG
        metric = str(curve["metric"].iloc[0])
        parameters = {"caption": f"curve_{metric}", "table": "waiting_curve", "group": group}
        parameters |= {"unit": "waiting", "time_unit": "day" if long else "hour"}
        # The values are shares that still wait, not hours.
        shown = curve[curve["group"].notna()].assign(metric="share", hours=curve["time"])
        shown["time"] = shown["time"] / (DAY if long else 1)
        blocks.append(Block("curves", shown, about(company) | parameters | {"start": 100}))
    return several(blocks) if blocks else note("service_curve", company)


@without_few
def service_history(history: pd.DataFrame, company: Company, group: str = "channel") -> Block:
    """Draw the median wait of each period, and name the periods out of the ordinary.

    One chart for all requests of each metric, and one for each group in which a rule fired for
    worse.

    Parameters
    ----------
    history : DataFrame
        From ``service_history``.
    company : Company
        The company reported.
    group : str
        The column of the groups.
    """
    if history.empty:
        return note("service_history", company)
    fired = history[(history["signal"] != "") & (history["direction"] == "concern")]
    outside = fired[fired["signal"] == "outside"]
    outside = outside.sort_values("period", ascending=False, kind="stable")
    items = []
    for (period, metric), rows in outside.groupby(["period", "metric"], sort=False):
        named = rows.assign(column=group)[["column", "group", "estimate", "centre"]]
        values = {"metric": {"text": f"service.metric.{metric}"}, "period": {"period": period}}
        items.append(say("concern.some", groups={"usually": named.to_numpy().tolist()}, **values))
    everybody = history[(history["group"] == "") & history["estimate"].isna() & (history["n"] > 0)]
    items += [
        say("concern.unknown", metric=metric_of(row), period=period_of(row))
        for row in everybody.to_dict("records")
    ]
    judged = history["lower"].notna().any() or (history["signal"] != "").any()
    if outside.empty:
        items.insert(0, say("concern.none" if judged else "concern.unjudged"))
    blocks = [told(items, company)]
    concerned = set(fired["metric"] + "/" + fired["group"].astype("str"))
    for (metric, level), rows in history.groupby(["metric", "group"], sort=False, dropna=False):
        if level == "" or f"{metric}/{level}" in concerned:
            blocks.append(_chart(rows, company, {"group": group, "level": level}))
    return several(blocks)


def _chart(rows: pd.DataFrame, company: Company, of: dict[str, object]) -> Block:
    """Draw one control chart of medians, in hours or in days."""
    metric = str(rows["metric"].iloc[0])
    if rows["estimate"].max() > LONG:
        metric = f"{metric}_days"
        values = ["estimate", "low", "high", "centre", "lower", "upper"]
        rows = rows.assign(metric=metric, **{name: rows[name] / DAY for name in values})
    caption = "wait_history" if of["level"] == "" else "wait_history_group"
    parameters = {"metric": metric, "question": "", "table": "wait_history", "caption": caption}
    return Block("control", rows, about(company) | parameters | of)
