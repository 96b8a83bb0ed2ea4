"""What a chart tells, in one sentence above its caption: made from the frame that it draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.show.labels import capital
from cxreport.show.written import names_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxreport.show.blocks import Block
    from cxreport.show.formats import Reader

MARKED = {
    "improvement": ("finding.improvement", "finding.earlier_improvement"),
    "concern": ("finding.concern", "finding.earlier_concern"),
    "rise": ("finding.rise", "finding.earlier_rise"),
    "fall": ("finding.fall", "finding.earlier_fall"),
}
"""Direction of a mark -> what is said of it in the last period, and in an earlier one."""


def finding_of(block: Block, reader: Reader) -> str:
    """Return what a chart tells; nothing where its kind, or its frame, tells no one thing.

    Parameters
    ----------
    block : Block
        Of any kind: control charts say whether their last period is usual, charts of intervals
        which row is the highest and the lowest, and whether the intervals of these two overlap;
        with the parameter ``finding`` false (rows that are not to be compared) nothing.
    reader : Reader
        Who reads it.
    """
    tell = TELLERS.get(block.kind)
    if tell is None or not block.parameters.get("finding", True):
        return ""
    return capital(tell(block, reader))


def _control(block: Block, reader: Reader) -> str:
    """Return whether the last period is usual; a period without limits judges nothing."""
    measured = block.frame.assign(name=names_of(block, reader)).dropna(subset="estimate")
    marked = measured[measured["signal"] != ""]
    judged = measured[measured["lower"].notna()]
    if marked.empty:
        return reader.text("finding.steady", {"n": len(judged)}) if len(judged) else ""
    last = marked.iloc[-1]
    now, earlier = MARKED[last["direction"]]
    if last.name == measured.index[-1]:
        return reader.text(now, {"at": last["name"]})
    if judged.empty or judged.index[-1] <= last.name:
        return ""
    return reader.text(earlier, {"at": last["name"], "last": judged["name"].iloc[-1]})


def _intervals(block: Block, reader: Reader) -> str:
    """Name the highest and the lowest row, and say whether their intervals overlap."""
    rows = block.frame.assign(name=names_of(block, reader))
    rows = rows.dropna(subset=["estimate", "low", "high"])
    if len(rows) < 2 or rows["estimate"].nunique() == 1:
        return ""
    in_order = rows.sort_values("estimate", kind="stable")
    lowest, highest = in_order.iloc[0], in_order.iloc[-1]
    apart = highest["low"] > lowest["high"]
    key = "finding.apart" if apart else "finding.overlap"
    return reader.text(key, {"highest": highest["name"], "lowest": lowest["name"]})


TELLERS: dict[str, Callable[[Block, Reader], str]] = {"control": _control, "intervals": _intervals}
