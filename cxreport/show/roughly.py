"""Numbers at a glance: in the unit of their row, whole where the interval is wide."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cxreport.show.durations import rough_wait, rough_wait_range

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxreport.show.words import Words

WIDE = 2
"""Width of an interval, in points, from which decimals say nothing."""


def rough(value: float, row: Mapping[str, Any], words: Words) -> str:
    """Write a value in the row's ``unit``: "hours", "percent" or "points".

    Examples
    --------
    >>> from cxreport.show.words import Words
    >>> row = {"unit": "percent", "low": 70.0, "high": 78.0}
    >>> rough(73.99, row, Words("it")), rough(73.99, row | {"low": 73.5}, Words("it"))
    ('74%', '74%')
    >>> rough(73.99, row | {"low": 73.5, "high": 74.4}, Words("it"))
    '74,0%'
    """
    if row["unit"] == "hours":
        return rough_wait(value, words)
    low, high = _ends("low:high", row)
    written = words.number(value, 1 if high - low < WIDE else 0)
    return f"{written}%" if row["unit"] == "percent" and math.isfinite(value) else written


def rough_range(ends: str, row: Mapping[str, Any], words: Words) -> str:
    """Write two columns of the row as a range: ``lower:upper``.

    Examples
    --------
    >>> from cxreport.show.words import Words
    >>> rough_range("lower:upper", {"unit": "points", "lower": 30.6, "upper": 47.1}, Words("en"))
    '31 to 47'
    """
    low, high = _ends(ends, row)
    if row["unit"] == "hours":
        return rough_wait_range(low, high, words)
    if math.isnan(low) or math.isnan(high):
        return words.text("value.none")
    return words.text("value.range", low=rough(low, row, words), high=rough(high, row, words))


def _ends(names: str, row: Mapping[str, Any]) -> tuple[float, float]:
    low, high = (row.get(name) for name in names.split(":"))
    return (math.nan if low is None else float(low), math.nan if high is None else float(high))
