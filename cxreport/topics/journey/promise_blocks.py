"""Expectations and promises: what customers expected, and what was delivered."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.few import without_few
from cxreport.show.parts import Column, chart, note, say, section, sentences, table, with_interval

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block
    from cxreport.show.parts import Said

    Row = dict[Hashable, Any]

TWO_DAYS = 48
"""Hours from which on a reader counts in days."""
HOURS_A_DAY = 24
LEFT_OUT = {"open": "promises.open", "impossible": "promises.impossible"}

EXPECTED = (
    Column("answer", "capital:word:expectation", "expectation"),
    Column("count", "whole", "customers"),
    Column("share", "with_range:share:share_low:share_high", "part"),
    Column("estimate", "with_range:number", "nps"),
    Column("difference", "with_range:signed:difference_low:difference_high", "from_expected"),
    Column("signal", "signal"),
)
KEPT = (
    Column("group", "known_word:orders:capital:code:channel", "channel"),
    Column("n", "whole", "due"),
    Column("estimate", "with_range:share", "in_time"),
    Column("late", "whole"),
    Column("overdue", "whole"),
    Column("open", "whole"),
)

_tell = partial(sentences, "journey")
_intervals = partial(chart, "intervals", "journey")


@without_few
def expected(classes: pd.DataFrame, company: Company, periods: int) -> Block:
    """Show how many got less, or more, than expected; ``classes`` from ``survey_expectations``."""
    if classes.empty or not classes["n"].max():
        return note("journey", "missing.expectations")
    rows = {str(row["answer"]): row for row in classes.to_dict("records")}
    shares = {
        f"{name}_{column}": float(rows[name][column])
        for name in ("worse", "better")
        for column in ("estimate", "low", "high")
    }
    parts = [say("expectations.shares", n=int(rows["worse"]["n"]), **shares), _heavier(rows)]
    names = {"estimate": "share", "low": "share_low", "high": "share_high"}
    scores = {"nps": "estimate", "nps_low": "low", "nps_high": "high"}
    scored = classes.rename(columns=names).rename(columns=scores)
    drawn = scored.assign(n=scored["count"])
    chart_ = _intervals("expectations", drawn, EXPECTED, company, periods=periods, metric="nps",
                        label={"name": "answer", "how": "word:expectation"},
                        x="axis.score")  # fmt: skip
    return section([_tell(parts, company), chart_])


def _heavier(rows: dict[str, Row]) -> Said:
    """State which weighs more: a disappointment, or a nice surprise."""
    worse, as_expected, better = (rows[name] for name in ("worse", "as", "better"))
    if pd.isna(worse["difference"]) or pd.isna(better["difference"]):
        return say("expectations.unsaid")
    if -worse["difference_high"] > better["difference_high"]:
        key = "expectations.worse"
    elif -worse["difference_low"] < better["difference_low"]:
        key = "expectations.better"
    else:
        key = "expectations.alike"
    return say(key, worse=float(worse["nps"]), as_expected=float(as_expected["nps"]),
               better=float(better["nps"]), less=float(worse["difference"]),
               more=float(better["difference"]))  # fmt: skip


@without_few
def kept(promises: pd.DataFrame, lateness: pd.DataFrame, company: Company, periods: int) -> Block:
    """Show how many orders arrive by the promised moment.

    Parameters
    ----------
    promises, lateness : DataFrame
        From ``delivery_promises`` and ``delivery_lateness``.
    company : Company or Survey
        The company reported.
    periods : int
        How many periods of orders were counted.
    """
    if promises.empty or not promises["n"].iloc[0]:
        key = "missing.promises" if promises.empty else "missing.promises_open"
        return note("journey", key, company, needs=("orders",))
    total = promises.to_dict("records")[0]
    counts = {name: int(total[name]) for name in ("n", "late", "overdue")}
    parts = [say("promises.kept", **counts, **with_interval(total)), *_late(lateness)]
    parts += [say(key, n=int(total[name])) for name, key in LEFT_OUT.items() if total[name]]
    options = {"metric": "promise", "periods": periods}
    channels = promises.iloc[1:]
    if len(channels) > 1 and channels["estimate"].notna().any():
        listed = _intervals("promises", channels, KEPT, company, x="axis.score", how="share",
                            label={"name": "group", "how": "code:channel"},
                            reference_value=total["estimate"],
                            reference_label="reference.all_orders", **options)  # fmt: skip
    else:
        rows = promises.assign(group=promises["group"].replace("", "all orders"))
        listed = table("journey", "promises", rows, KEPT, company, **options)
    return section([_tell(parts, company), listed])


def _late(lateness: pd.DataFrame) -> list[Said]:
    """State how late broken promises are, in hours or in days."""
    half, tenth = (lateness[lateness["quantile"] == q]["estimate"] for q in (0.5, 0.9))
    if not len(half) or not len(tenth) or half.isna().any() or tenth.isna().any():
        return []
    hours = {"median": float(half.item()), "tenth": float(tenth.item())}
    if hours["median"] < TWO_DAYS:
        return [say("promises.late_hours", **hours)]
    return [say("promises.late_days", **{name: n / HOURS_A_DAY for name, n in hours.items()})]
