"""Waits in the unit that a reader would use: minutes, hours or days."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cxreport.show.numeral import HOURS, Number, Numeral, joined

if TYPE_CHECKING:
    from cxreport.show.words import Words

MOST_HOURS, LEAST_HOURS = 48, 1
LEAST_WHOLE = 10
"""Hours from which decimals say nothing."""
UNITS = {"minutes": 1 / 60, "hours": 1, "days": 24}


def wait(hours: float | None, words: Words) -> str:
    """Write a wait in minutes, hours or days.

    Examples
    --------
    >>> from cxreport.show.words import Words
    >>> [wait(hours, Words("en")) for hours in (0.5, 4.57, 144, float("nan"))]
    ['30 minutes', '4.6 hours', '6.0 days', '–']
    """
    if hours is None or not math.isfinite(hours):
        return words.text("value.none")
    unit = _unit(hours)
    if unit == "minutes":
        minutes = round(60 * hours)
        text = words.text("duration.minutes", n=minutes)
        return Numeral(text, Number(round(minutes * UNITS[unit], 2), 2, HOURS))
    key = "duration.hours" if unit == "hours" else "duration.days"
    text = words.text(key, value=words.number(hours / UNITS[unit]))
    return Numeral(text, Number(round(round(hours / UNITS[unit], 1) * UNITS[unit], 1), 1, HOURS))


def level(hours: float, words: Words) -> str:
    """Write a service level: a whole number of hours as it was declared.

    Examples
    --------
    >>> from cxreport.show.words import Words
    >>> level(48.0, Words("en")), level(0.5, Words("en"))
    ('48 hours', '30 minutes')
    """
    if float(hours).is_integer():
        return Numeral(words.text("duration.whole_hours", n=int(hours)), Number(hours, 0, HOURS))
    return wait(hours, words)


def rough_wait(hours: float, words: Words) -> str:
    """Write a wait of ten hours or more without decimals.

    Examples
    --------
    >>> from cxreport.show.words import Words
    >>> [rough_wait(hours, Words("en")) for hours in (0.5, 4.49, 21.27, 144)]
    ['30 minutes', '4.5 hours', '21 hours', '6 days']
    """
    if not hours >= LEAST_WHOLE:
        return wait(hours, words)
    if _unit(hours) == "hours":
        return words.text("duration.whole_hours", n=round(hours))
    return words.text("duration.days", value=words.whole(hours / UNITS["days"]))


def rough_wait_range(low: float, high: float, words: Words) -> str:
    """Write two ends of a wait, from ten hours on without decimals.

    Examples
    --------
    >>> from cxreport.show.words import Words
    >>> rough_wait_range(15.57, 19.2, Words("en")), rough_wait_range(0.5, 4, Words("en"))
    ('16 to 19 hours', '30 minutes to 4.0 hours')
    """
    if not math.isfinite(low) or not math.isfinite(high):
        return wait_range(low, high, words)
    unit = _unit(low)
    decimals = 0 if unit == "minutes" or high >= LEAST_WHOLE else 1
    one_unit = unit == _unit(high)
    first = words.number(low / UNITS[unit], decimals) if one_unit else rough_wait(low, words)
    return words.text("value.range", low=first, high=rough_wait(high, words))


def _unit(hours: float) -> str:
    if hours < LEAST_HOURS:
        return "minutes"
    return "hours" if hours < MOST_HOURS else "days"


def wait_range(low: float | None, high: float | None, words: Words) -> str:
    """Write the interval of a wait; an end that is not known yet is said to be so.

    Examples
    --------
    >>> from cxreport.show.words import Words
    >>> wait_range(0.9, 4, Words("en")), wait_range(30, float("nan"), Words("en"))
    ('54 minutes to 4.0 hours', '30.0 hours or more')
    >>> wait_range(4.1, 5.9, Words("en"))
    '4.1 to 5.9 hours'
    """
    if low is None or not math.isfinite(low):
        return words.text("value.none")
    if high is None or not math.isfinite(high):
        return joined(words.text("duration.or_more", low=wait(low, words)), wait(low, words), "")
    first, unit = wait(low, words), _unit(high)
    if _unit(low) == unit:  # said once is enough
        decimals = 0 if unit == "minutes" else 1
        first = words.number(low / UNITS[unit], decimals)
    text = words.text("value.range", low=first, high=wait(high, words))
    return joined(text, wait(low, words), wait(high, words))
