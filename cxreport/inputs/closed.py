"""Which period is over? One that is not has no final number, and is never reported."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs import period as periods_of_time
from cxreport.inputs.dataset import Dataset, open_source
from cxreport.inputs.source import run

if TYPE_CHECKING:
    from cxreport.inputs.codebook import Codebook
    from cxreport.inputs.period import Period

DATED = ("responses", "orders", "events", "tickets")
"""Tables whose rows happen in a period."""
SAY_HOW_FAR = (
    "when the fieldwork is over, say up to which day the export is complete, even without an "
    "answer: observed_until = 2026-10-31 in [source]"
)


def last_closed(codebook: Codebook, observed_until: dt.date | None = None) -> Period:
    """Return the last period that the data cover whole.

    Parameters
    ----------
    codebook : Codebook
        The source's contract; its ``observed_until`` counts when the argument is left out.
    observed_until : date, optional
        The last day that the data cover.

    Raises
    ------
    CxError
        If no period is closed, or nothing says how far the data go.
    """
    until = observed_until or codebook.source.observed_until
    if until is None:
        until = open_source(codebook.path, strict=False).observed_until
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


def first_day(dataset: Dataset) -> dt.date | None:
    """Return the first day of the first period that has an answer, order, event or ticket."""
    days = [
        run(rows.aggregate(first=rows.period_start.min()))["first"].item()
        for name, rows in dataset.tables.items()
        if name in DATED and "period_start" in rows.columns
    ]
    return min((pd.Timestamp(day).date() for day in days if not pd.isna(day)), default=None)


def choose_period(dataset: Dataset, name: str) -> Period:
    """Return the period asked for, if it is over; the last one that is over if none is named."""
    source, until = dataset.codebook.source, dataset.observed_until
    last = last_closed(dataset.codebook, until)
    if not name:
        first = first_day(dataset)
        if first is not None and last.end <= first:
            raise CxError(
                "no period is over yet",
                where=dataset.codebook.path,
                got=f"the data begin on {first} and end on {until}",
                hint=SAY_HOW_FAR,
            )
        return last
    chosen = periods_of_time.parse(name, source.period, dataset.codebook.waves)
    if not chosen.is_closed(until):
        raise CxError(
            "this period is not over: its numbers would still change",
            where=dataset.name,
            got=f"{name}; the data end on {until}",
            hint=f"the last closed one is {last.name}",
        )
    return chosen
