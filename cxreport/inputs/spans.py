"""From when until when is each table known: by its own word, by its source's, or by its rows.

Nothing is known of the days after a table's end, so nothing is counted there: no order in a month
that the orders do not reach is no customer lost.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import ibis
import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs import period as periods
from cxreport.inputs.source import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from cxreport.inputs.codebook import Codebook
    from cxreport.inputs.period import Period

PLANNED = ("actions",)
"""Tables whose dates may lie after the last day of the data: what is planned."""
REGISTERS = {"customers": ("first_seen_at", "contract_start")}
"""Tables whose rows happen on no day, and the times by which they show how far they go."""
STAND_INS = frozenset(
    dt.date.fromisoformat(day)
    for day in (
        "0001-01-01", "1601-01-01", "1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01",
        "1901-01-01", "1904-01-01", "1970-01-01", "1980-01-01", "2099-12-31", "2222-12-31",
        "2999-12-31", "3000-01-01", "4712-12-31", "9999-01-01", "9999-12-31",
    )
)  # fmt: skip
"""Days by which systems say that they know none."""
FEW, FAR, USUAL = 0.02, 14, 2
"""Rows that a slip may have, in part; days that are far, if twice the longest pause is less."""
FEWEST_DAYS = 10
"""Days with rows by which a table's usual pauses can be judged."""
ALONE, ALONE_AMONG_FEW, FEW_DAYS = 100, 180, 3
"""Days that are far for one or two outer days that hold more rows than a slip may; among fewer days
than pauses can be judged by; and the fewest of those."""
SILENT = {"month": 31, "quarter": 92, "year": 366}
"""Days without a row after which a source's word alone is not enough, if no pause was as long."""
LATEST = 366
"""Days between the last row and a declared end that can be meant."""
LATE, TIMES_MEAN = 4, 4
"""A first period may begin with a quarter missing, or four usual pauses."""


@dataclass(frozen=True)
class Span:
    """The days of a table.

    Attributes
    ----------
    first, last : date
        First and last day with a row, those far off from all others aside.
    since, until : date
        First and last day that the table is known for.
    told_by : {"table", "source", "rows", "others"}
        Who says until when: ``observed_until`` of the table, that of the source, the last row, or,
        of a table of customers, the last row of any other.
    days : int
        Days with rows.
    pause, longest : float
        Mean and most days from one day with rows to the next.
    before, after : int
        Rows far before and far after all others.
    """

    first: dt.date
    last: dt.date
    since: dt.date
    until: dt.date
    told_by: Literal["table", "source", "rows", "others"] = "rows"
    days: int = 1
    pause: float = 0.0
    longest: int = 0
    before: int = 0
    after: int = 0

    def covers(self, period: Period) -> bool:
        """Return whether the table is known up to the end of a period."""
        return period.is_closed(self.until)

    def first_whole(self, codebook: Codebook) -> Period:
        """Return the first period that the table covers from its beginning, or nearly so."""
        kind, waves = codebook.source.period, codebook.waves
        if kind == "wave":
            began = [wave for wave in waves if wave.until >= self.since] or waves
            return periods.parse(min(began, key=lambda wave: wave.since).name, kind, waves)
        begun = periods.containing(self.since, kind)
        missing, length = (self.since - begun.start).days, (begun.end - begun.start).days
        late = self.days >= FEWEST_DAYS and missing > max(length / LATE, TIMES_MEAN * self.pause)
        return periods.containing(begun.end, kind) if late else begun


def rows_by_day(rows: ir.Table, columns: Iterable[str]) -> dict[str, pd.Series]:
    """Count for each column of times the rows of each day, oldest first, those without one aside.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxreport.inputs.source import as_table
    >>> days = pd.to_datetime(["2026-10-02", "2026-10-01", "2026-10-02", None])
    >>> rows_by_day(as_table(pd.DataFrame({"seen": days})), ["seen"])["seen"].tolist()
    [1, 2]
    """
    named = dict(enumerate(columns))
    if not named:
        return {}
    days = rows.select(**{str(place): rows[name].cast("date") for place, name in named.items()})
    longer = days.pivot_longer(ibis.selectors.all(), names_to="place", values_to="day")
    counted = run(longer.group_by("place", "day").aggregate(n=longer.count()))
    counted = counted.dropna(subset="day").sort_values("day")
    counts_by_column = {}
    for place, name in named.items():
        of_column = counted[counted["place"] == str(place)]
        counts_by_column[name] = pd.Series(
            of_column["n"].to_numpy(), index=[_as_day(day) for day in of_column["day"]]
        )
    return counts_by_column


def _as_day(value: object) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value  # type: ignore[return-value]


def find_spans(days: Mapping[str, pd.Series], codebook: Codebook) -> dict[str, Span]:
    """Return from when until when each table is known.

    Parameters
    ----------
    days : mapping of str to Series
        Table -> rows by day, from ``days_of``.
    codebook : Codebook
        Its words on the source and on each table count before the rows.

    Returns
    -------
    dict of str to Span
        Without the tables that have no day.

    Raises
    ------
    CxError
        If a declared end lies before the first row, or more than a year after the last.
    """
    spans_by_rows = {name: _by_rows(rows, name, codebook) for name, rows in days.items()}
    spans = {name: span for name, span in spans_by_rows.items() if span}
    if spans:
        _check_end(codebook.source.observed_until, [*spans.values()], codebook, "[source]")
    spans = {name: _as_declared(span, name, codebook) for name, span in spans.items()}
    latest = max((s.until for name, s in spans.items() if name not in REGISTERS), default=None)
    for name in spans.keys() & REGISTERS.keys():
        span = spans[name]
        if latest and span.told_by == "rows" and _is_believed(latest, span, name, codebook):
            spans[name] = replace(span, until=max(latest, span.until), told_by="others")
    return spans


def list_spans(spans: Mapping[str, Span]) -> pd.DataFrame:
    """List the tables with ``first``, ``last``, ``known_until`` (days) and ``told_by``."""
    rows = [(name, s.first, s.last, s.until, s.told_by) for name, s in spans.items()]
    return pd.DataFrame(rows, columns=["table", "first", "last", "known_until", "told_by"])


def days_of(
    counted: Mapping[str, Mapping[str, pd.Series]], codebook: Codebook
) -> dict[str, pd.Series]:
    """Return the rows of each day of every table that has days, as ``find_spans`` takes them.

    Parameters
    ----------
    counted : mapping of str to mapping of str to Series
        Table -> column of times -> rows by day, from ``rows_by_day``.
    codebook : Codebook
        Says which times are the days of a table.
    """
    days_by_table = {}
    for name, columns in counted.items():
        dated = [column for column in codebook.tables[name].with_role("date") if column in columns]
        entered = [column for column in REGISTERS.get(name, ()) if column in columns]
        if name not in PLANNED and (used := dated or entered):
            days = pd.concat([columns[column] for column in used])
            days_by_table[name] = days.groupby(level=0).sum()
    return days_by_table


def _by_rows(rows: pd.Series, name: str, codebook: Codebook) -> Span | None:
    """Find the days of a table in its rows: slips and stand-ins do not move its ends."""
    rows = rows[[day not in STAND_INS for day in rows.index]]
    declared = codebook.tables[name].observed_until or codebook.source.observed_until
    in_time = [declared is None or day <= declared for day in rows.index]
    rows = rows[in_time] if any(in_time) else rows  # a later row is a problem of its own
    if rows.empty and codebook.waves and declared:  # the files say what the days do not
        return Span(since := codebook.waves[0].since, declared, since, declared)
    if rows.empty:
        return None
    begin, end = (0, len(rows)) if codebook.waves else body_of(rows)
    days = list(rows.index[begin:end])
    pauses = [(later - day).days for day, later in pairwise(days)]
    until = days[-1]
    if pauses and all(day.day == 1 for day in days):  # each stands for its month
        until = periods.containing(until, "month").end - dt.timedelta(days=1)
    return Span(
        days[0], days[-1], days[0], until, days=len(days), longest=max(pauses, default=0),
        pause=sum(pauses) / max(1, len(pauses)), before=int(rows.iloc[:begin].sum()),
        after=int(rows.iloc[end:].sum()),
    )  # fmt: skip


def body_of(rows: pd.Series) -> tuple[int, int]:
    """Return where the rows by day begin and end that are not far off from all others.

    Few rows are far off after a fortnight, or after twice the longest pause of the others; one or
    two outer days with many rows, which may be a day that stands for "unknown", after months.

    Examples
    --------
    >>> days = [day.date() for day in pd.date_range("2026-09-01", periods=20)]
    >>> body_of(pd.Series(1, index=[dt.date(2011, 1, 1), *days]))
    (1, 21)
    """
    counts, days = rows.to_numpy(), [day.toordinal() for day in rows.index]
    total, so_far, gaps = counts.sum(), counts.cumsum(), np.diff(days)
    few = max(1, int(FEW * total))
    inner = np.flatnonzero((so_far > few) & (total - so_far + counts > few))
    begin, end = 0, len(rows)
    if len(inner) >= FEWEST_DAYS:
        begin, end = _cut(gaps, int(inner[0]), int(inner[-1]), FAR)
    outer = 2 if len(rows) >= FEWEST_DAYS + 4 else 1
    if len(rows) - 2 * outer < FEW_DAYS:
        return begin, end
    far = ALONE if len(rows) - 2 * outer >= FEWEST_DAYS else ALONE_AMONG_FEW
    alone = _cut(gaps, outer, len(rows) - outer - 1, far)
    return max(begin, alone[0]), min(end, alone[1])


def _cut(gaps: NDArray[np.int_], first: int, last: int, far: int) -> tuple[int, int]:
    """Return where the rows begin and end if what lies before or after two days may be far off."""
    is_far = gaps > max(far, USUAL * gaps[first:last].max())
    before, after = np.flatnonzero(is_far[:first]), np.flatnonzero(is_far[last:])
    begin = int(before[-1]) + 1 if len(before) else 0
    end = last + int(after[0]) + 1 if len(after) else len(gaps) + 1
    return begin, end


def _as_declared(span: Span, name: str, codebook: Codebook) -> Span:
    """Put what the codebook says of a table in place of what its rows say."""
    table, source = codebook.tables[name], codebook.source
    _check_end(table.observed_until, [span], codebook, f"[tables.{name}]")
    begun = replace(span, since=table.observed_from or source.observed_from or span.since)
    if table.observed_until:
        return replace(begun, until=table.observed_until, told_by="table")
    if source.observed_until and _is_believed(source.observed_until, span, name, codebook):
        return replace(begun, until=source.observed_until, told_by="source")
    return begun


def _is_believed(until: dt.date, span: Span, name: str, codebook: Codebook) -> bool:
    """Return whether the silence between a table's last row and its source's end can be meant.

    A survey may be silent as long as its period: the fieldwork is over. Orders, events and
    requests go on: a month without a single one says that the export stops there.
    """
    if codebook.waves or span.days < FEWEST_DAYS:
        return True
    usual = SILENT[codebook.source.period if name == "responses" else "month"]
    return (until - span.until).days <= max(usual, USUAL * span.longest)


def _check_end(until: dt.date | None, spans: list[Span], codebook: Codebook, where: str) -> None:
    """Refuse an end that no export can have."""
    first, last = min(span.first for span in spans), max(span.until for span in spans)
    if until and not (first <= until and (until - last).days <= LATEST):
        raise CxError(
            "the data cannot be complete up to this day",
            where=f"{codebook.path}, observed_until in {where}",
            got=until,
            expected=f"from {first}, the first day with a row, to a year after {last}, the last",
            hint="it is the last day that the export covers, even without a row",
        )
