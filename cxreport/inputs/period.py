"""Periods: month, quarter, year or named wave; the one before, and whether it is over.

A period that is not closed has no final number, so it is never reported as if it had one.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cxreport.errors import CxError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxreport.inputs.codebook import Wave

Kind = Literal["month", "quarter", "year", "wave"]
MONTHS = {"month": 1, "quarter": 3, "year": 12}
SPELLING = {"month": "2026-10", "quarter": "2026-Q3", "year": "2026"}


@dataclass(frozen=True, order=True)
class Period:
    """A stretch of time with a name.

    Attributes
    ----------
    start, end : date
        First day, and the day after the last.
    name : str
        ``2026-10``, ``2026-Q3``, ``2026``, or the name of a wave.
    kind : str
        month, quarter, year or wave.
    """

    start: dt.date
    end: dt.date
    name: str
    kind: Kind

    def is_closed(self, observed_until: dt.date) -> bool:
        """Return whether the data cover the whole period.

        Parameters
        ----------
        observed_until : date
            The last day that the data cover.

        Examples
        --------
        >>> october = parse("2026-10", "month")
        >>> october.is_closed(dt.date(2026, 10, 30)), october.is_closed(dt.date(2026, 10, 31))
        (False, True)
        """
        return observed_until >= self.end - dt.timedelta(days=1)


def parse(name: str, kind: Kind, waves: Sequence[Wave] = ()) -> Period:
    """Read the name of a period.

    Raises
    ------
    CxError
        If the name is not one of its kind.

    Examples
    --------
    >>> parse("2026-Q3", "quarter").start
    datetime.date(2026, 7, 1)
    """
    if kind == "wave":
        for wave in waves:
            if wave.name == name:
                return Period(wave.since, wave.until + dt.timedelta(days=1), name, kind)
        raise CxError("unknown wave", got=name, expected=", ".join(w.name for w in waves))
    pattern = {"month": r"(\d{4})-(\d\d)", "quarter": r"(\d{4})-Q(\d)", "year": r"(\d{4})()"}
    match = re.fullmatch(pattern[kind], name, re.ASCII)
    number = int(match[2] or 1) if match else 0
    possible = 1 <= number <= 12 // MONTHS[kind]
    if match is None or not possible or not dt.MINYEAR <= int(match[1]) < dt.MAXYEAR:
        raise CxError(f"this is no {kind}", got=name, expected=f"like {SPELLING[kind]}")
    return containing(dt.date(int(match[1]), (number - 1) * MONTHS[kind] + 1, 1), kind)


def containing(day: dt.date, kind: Kind) -> Period:
    """Return the month, quarter or year that a day lies in.

    Examples
    --------
    >>> containing(dt.date(2026, 10, 31), "month").name
    '2026-10'
    """
    length = MONTHS[kind]
    first = (day.month - 1) // length * length
    start = dt.date(day.year, first + 1, 1)
    year, month = day.year + (first + length) // 12, (first + length) % 12 + 1
    end = dt.date(year, month, 1) if year <= dt.MAXYEAR else dt.date.max
    names = {
        "month": f"{start:%Y-%m}",
        "quarter": f"{start.year}-Q{first // 3 + 1}",
        "year": f"{start.year}",
    }
    return Period(start, end, names[kind], kind)


def previous(period: Period, waves: Sequence[Wave] = ()) -> Period | None:
    """Return the period before, or None before the first wave.

    Examples
    --------
    >>> previous(parse("2026-01", "month")).name
    '2025-12'
    """
    if period.kind == "wave":
        earlier = sorted((w for w in waves if w.since < period.start), key=lambda w: w.since)
        return parse(earlier[-1].name, "wave", waves) if earlier else None
    return containing(period.start - dt.timedelta(days=1), period.kind)


def between(first: dt.date, last: dt.date, kind: Kind, waves: Sequence[Wave] = ()) -> list[Period]:
    """Return every period from one day to another, without gaps, in order.

    Examples
    --------
    >>> [p.name for p in between(dt.date(2025, 12, 5), dt.date(2026, 2, 1), "month")]
    ['2025-12', '2026-01', '2026-02']
    """
    if kind == "wave":
        every = sorted(parse(w.name, "wave", waves) for w in waves)
        return [p for p in every if p.end > first and p.start <= last]
    periods = [containing(first, kind)]
    while periods[-1].end <= min(last, dt.date.max - dt.timedelta(days=1)):
        periods.append(containing(periods[-1].end, kind))
    return periods
