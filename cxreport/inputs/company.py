"""A company seen from one period: its tables, up to the last day that a report may look at.

A survey is one of the tables, and not every company has one: orders, events or tickets are enough
for the reports on them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import ibis

from cxreport.errors import CxError
from cxreport.inputs import period as periods_of_time
from cxreport.inputs.closed import DATED, choose_period, end_of, first_whole, last_closed
from cxreport.inputs.codebook import read_codebook
from cxreport.inputs.dataset import Dataset, open_source
from cxreport.inputs.places import find_codebook
from cxreport.inputs.summary import summary

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence
    from pathlib import Path

    import ibis.expr.types as ir
    import pandas as pd

    from cxreport.inputs.codebook import Codebook
    from cxreport.inputs.period import Period
    from cxreport.inputs.source import Data

UNDATED = ("customers", "costs", "invitations")
TABLES = (*DATED, *UNDATED, "verbatims", "population", "actions")
"""Tables that a report on a company or its survey looks at, where the codebook has them."""
PAGE_ERROR = 0.05
"""Share of pages, where nothing differs, that may name a difference all the same."""
HISTORY = 25
"""Periods of a trend: two years and the month they start from."""
Result = TypeVar("Result")


@dataclass(frozen=True)
class Company:
    """What a report is about: one source, one closed period.

    Attributes
    ----------
    dataset : Dataset
        The checked source.
    period : Period
        The period reported.
    history : list of Period
        The period reported and those before it, oldest first, without gaps.
    filters : dict of str to list of str
        Column of the answers -> codes that count; all answers when empty.
    about : sequence of str
        Tables whose ends decide which period is the last one; see ``end_of``.
    families : int
        Families of comparisons that the page makes: all of them together name something that is
        not there in at most one page of twenty.
    """

    dataset: Dataset
    period: Period
    history: list[Period] = field(repr=False)
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    about: Sequence[str] = ()
    families: int = 1
    _kept: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a number of families that is none."""
        if self.families < 1:
            raise CxError("not a number of families", got=self.families, expected="1 or more")

    def __repr__(self) -> str:
        """Return what is reported; rows are never shown unasked."""
        part = f", filters {dict(self.filters)}" if self.filters else ""
        return f"<{type(self).__name__} {self.period.name}{part}, of {self.dataset!r}>"

    def _repr_html_(self) -> str:
        filters = "; ".join(f"{name}: {', '.join(kept)}" for name, kept in self.filters.items())
        facts = {"Source": self.dataset.name, "Period": self.period.name}
        facts["Filters"] = filters or "none"
        return summary(facts, self.dataset.files, list(self.codebook.questions))

    @property
    def codebook(self) -> Codebook:
        """The source's contract."""
        return self.dataset.codebook

    @property
    def redactions(self) -> pd.DataFrame:
        """Personal data taken out of free text when the tables were opened; see ``Dataset``."""
        return self.dataset.redactions

    @property
    def known_until(self) -> dt.date:
        """The last day that the tables reported cover."""
        return end_of(self.dataset.spans, self.about)

    @property
    def year_before(self) -> Period | None:
        """The same month or quarter of the year before; None where the history does not hold it."""
        if self.period.kind not in ("month", "quarter"):
            return None
        start = self.period.start.replace(year=self.period.start.year - 1)
        return next((period for period in self.history if period.start == start), None)

    @property
    def minimum_group(self) -> int:
        """Fewest answers, requests or customers of which a page shows anything."""
        return self.codebook.source.minimum_group

    @property
    def family_level(self) -> float:
        """1 minus the error that each of the page's families is held to (Bonferroni)."""
        return 1 - PAGE_ERROR / self.families

    @property
    def until(self) -> dt.date:
        """The last day looked at: that of the period if it is followed by closed ones.

        Else the last day that all tables cover that know the whole period.
        """
        last = self.period.end - dt.timedelta(days=1)
        if last_closed(self.codebook, self.known_until) != self.period:
            return last
        spans = [self.dataset.spans[name] for name in DATED if name in self.dataset.spans]
        return min((span.until for span in spans if span.covers(self.period)), default=last)

    @property
    def not_known(self) -> dict[str, dt.date]:
        """Tables that end before the period does, and how far they are known."""
        spans = self.dataset.spans
        return {
            name: spans[name].until
            for name in (*DATED, *UNDATED)
            if name in spans and not spans[name].covers(self.period)
        }

    def counted(self, periods: int) -> int:
        """Return how many periods there are to take together, where so many were asked for."""
        return min(periods, len(self.history))

    def history_of(self, name: str) -> list[Period]:
        """Return those periods of the history that a table covers from their beginning."""
        span = self.dataset.spans.get(name)
        first = span.first_whole(self.codebook).start if span else dt.date.max
        return [period for period in self.history if period.start >= first]

    def table(self, name: str) -> ir.Table | None:
        """Return a table's rows up to ``until``, those without a date included.

        Parameters
        ----------
        name : str
            Canonical name of the table.

        Returns
        -------
        ibis Table or None
            None where the source has no such table, where the table ends before the period does,
            and where a report is about a part of the answers: nothing says which orders, events
            or tickets that part is.
        """
        unknown = self.filters or name in self.not_known
        rows = None if unknown else self.dataset.tables.get(name)
        return None if rows is None else self.cut(name, rows)

    def cut(self, name: str, rows: ir.Table) -> ir.Table:
        """Leave out those rows of a table that happened after ``until``."""
        for column in self.codebook.tables[name].with_role("date"):
            end = ibis.literal(dt.datetime.combine(self.until, dt.time()) + dt.timedelta(days=1))
            rows = rows.filter((rows[column] < end) | rows[column].isnull())
        return rows

    def columns_of(self, name: str) -> set[str]:
        """Return the names of a table's columns; none where ``table`` gives none."""
        rows = self.table(name)
        return set() if rows is None else set(rows.columns)

    def once(self, name: Hashable, find: Callable[[], Result]) -> Result:
        """Find something about this company, or return what was found the first time.

        For what several sections of a report read, and takes long: the answer must not be changed.
        """
        if name not in self._kept:
            self._kept[name] = find()
        result: Result = self._kept[name]
        return result


def open_company(
    source: str | Path,
    *,
    period: str = "",
    about: Sequence[str] = (),
    tables: Mapping[str, Data] | None = None,
    families: int = 1,
) -> Company:
    """Open a source as seen from one period, whether it has a survey or not.

    Parameters
    ----------
    source : str or Path
        A folder name under ``data/``, or the path of a ``codebook.toml``.
    period : str
        ``2026-10``, ``2026-Q3``, ``2026`` or the name of a wave; the last closed one when empty.
    about : sequence of str
        Tables that the report is about: a period is over when all of them cover it. The one that
        goes furthest decides when empty; sections on the others then say how far they are known.
    tables : mapping of str to frame, optional
        Frames to use in place of the source's files.
    families : int
        Families of comparisons that the page makes, at least 1: one for each section that says
        whether something is a signal. See ``Company.family_level``.

    Returns
    -------
    Company
        Its tables, its period and the periods before.

    Raises
    ------
    CxError
        If the data have errors or no dates, the period is unknown or not closed, or ``families`` is
        below 1.
    """
    dataset = open_tables(source, tables)
    chosen = choose_period(dataset, period, about)
    first = first_whole(dataset) or chosen
    history = periods_of_time.between(
        min(first.start, chosen.start), chosen.start, chosen.kind, dataset.codebook.waves
    )
    return Company(dataset, chosen, history[-HISTORY:], about=tuple(about), families=families)


def open_tables(source: str | Path, tables: Mapping[str, Data] | None) -> Dataset:
    """Open those tables of a source that reports on a company look at."""
    codebook = read_codebook(find_codebook(source))
    if not {*codebook.tables} & {*DATED}:
        raise CxError(
            "this source has no dates, so no period can be reported",
            where=codebook.path,
            got=", ".join(codebook.tables),
            expected=f"one of the tables {', '.join(DATED)}",
            hint="a notebook without a period opens it with open_source",
        )
    only = tuple(name for name in TABLES if name in codebook.tables)
    return open_source(source, tables=tables, only=only)
