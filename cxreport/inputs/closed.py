"""Which period is over? One that is not has no final number, and is never reported."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from cxreport.errors import CxError
from cxreport.inputs import period as periods_of_time
from cxreport.inputs.spans import find_spans
from cxreport.inputs.tables import read_days

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cxreport.inputs.codebook import Codebook
    from cxreport.inputs.dataset import Dataset
    from cxreport.inputs.period import Period
    from cxreport.inputs.spans import Span

DATED = ("responses", "orders", "events", "tickets")
"""Tables whose rows happen in a period."""
SAY_HOW_FAR = (
    "when the fieldwork is over, say up to which day the export is complete, even without an "
    "answer: observed_until = 2026-10-31 in [source]"
)
SAY_FROM_WHEN = (
    "if the export covers it from its first day, even without a row, say so: "
    "observed_from = 2026-09-01 in [source]"
)


def end_of(spans: Mapping[str, Span], about: Sequence[str] = ()) -> dt.date:
    """Return the last day that a report can look at.

    The earliest end of the tables that it is about; the latest of all that happen in time where
    it is about none of the source's.
    """
    ends = {name: spans[name].until for name in (*DATED, *about) if name in spans}
    named = [ends[name] for name in about if name in ends]
    return min(named) if named else max(ends.values(), default=dt.date.min)


def last_closed(
    codebook: Codebook, observed_until: dt.date | None = None, *, about: Sequence[str] = ()
) -> Period:
    """Return the last period that a source covers whole.

    Parameters
    ----------
    codebook : Codebook
        The source's contract.
    observed_until : date, optional
        The last day that the data cover; found in the files, by ``end_of``, when left out.
    about : sequence of str
        Tables that the report is about.

    Raises
    ------
    CxError
        If no period is closed, or nothing says how far the data go.
    """
    until = observed_until
    if until is None:
        names = [name for name in codebook.tables if name in about] or [
            name for name in codebook.tables if name in DATED
        ]
        until = end_of(find_spans(read_days(codebook, names), codebook), about)
    if until == dt.date.min:
        raise CxError("no row has a date", where=codebook.path, hint="see cxreport check")
    kind, waves = codebook.source.period, codebook.waves
    if kind == "wave":
        ended = [periods_of_time.parse(w.name, kind, waves) for w in waves if w.until <= until]
        last = max(ended, default=None)
    else:
        running = periods_of_time.containing(until, kind)
        last = running if running.is_closed(until) else periods_of_time.previous(running)
    if last is None:
        raise CxError(
            "no wave is over yet",
            where=codebook.path,
            got=f"the data end on {until}, the first wave on {min(w.until for w in waves)}",
            hint=SAY_HOW_FAR,
        )
    return last


def first_whole(dataset: Dataset, names: Iterable[str] = DATED) -> Period | None:
    """Return the first period that one of these tables covers from its beginning."""
    spans = [dataset.spans[name] for name in names if name in dataset.spans]
    return min((span.first_whole(dataset.codebook) for span in spans), default=None)


def choose_period(dataset: Dataset, name: str, about: Sequence[str] = ()) -> Period:
    """Return the period asked for, if it is over; the last one that is over if none is named."""
    codebook, spans = dataset.codebook, dataset.spans
    until, names = end_of(spans, about), [name for name in about if name in spans] or DATED
    first, last = first_whole(dataset, names), last_closed(codebook, until)
    chosen = periods_of_time.parse(name, codebook.source.period, codebook.waves) if name else last
    if not chosen.is_closed(until):
        raise CxError(
            "this period is not over: its numbers would still change",
            where=dataset.name,
            got=f"{name}; the data end on {until}",
            hint=f"the last closed one is {last.name}",
        )
    begun = min((spans[name].since for name in names if name in spans), default=until)
    if first is None or chosen >= first or (name and chosen.end <= begun):
        return chosen
    raise CxError(
        "the data begin in the midst of this period" if name else "no period is over yet",
        where=codebook.path,
        got=f"{chosen.name}; the data begin on {begun} and end on {until}",
        hint=SAY_FROM_WHEN if name else f"{SAY_HOW_FAR}; {SAY_FROM_WHEN}",
    )
