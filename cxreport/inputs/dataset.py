"""Open a source: find its files, read them by its codebook, check them, and hand out its tables."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs import row_checks
from cxreport.inputs.codebook import Codebook, read_codebook
from cxreport.inputs.contracts import accept, explain
from cxreport.inputs.keys import (
    count_ids,
    count_links,
    key_problems,
    link_problems,
    panel_problems,
)
from cxreport.inputs.places import find_codebook
from cxreport.inputs.roles import TIMES
from cxreport.inputs.scale_ends import unfilled_scales
from cxreport.inputs.spans import Span, days_of, find_spans, rows_by_day
from cxreport.inputs.summary import summary
from cxreport.inputs.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import ibis.expr.types as ir

    from cxreport.inputs.source import Data


@dataclass(frozen=True)
class Dataset:
    """The checked tables of a source, and what the checks found.

    Attributes
    ----------
    name : str
        The source's folder name.
    codebook : Codebook
        Its contract.
    tables : dict of str to ibis Table
        Canonical name -> checked rows, one an id, with ``period_start`` where there is a date.
    problems : DataFrame
        See ``contracts.accept``.
    answers_by_code : DataFrame
        See ``audit.count_codes``, with ``table`` in front.
    files : DataFrame
        ``table``, ``file``, ``wave``, ``rows``, ``columns``, ``sha256``.
    spans : dict of str to Span
        Table -> from when until when it is known; without the tables that have no day.
    links : DataFrame
        See ``keys.count_links``.
    redactions : DataFrame
        Personal data taken out of free text: ``table``, ``column``, ``kind``, ``n`` (pieces),
        ``texts`` (rows with one or more).
    """

    name: str
    codebook: Codebook
    tables: dict[str, ir.Table]
    problems: pd.DataFrame
    answers_by_code: pd.DataFrame
    files: pd.DataFrame
    spans: dict[str, Span]
    links: pd.DataFrame = field(default_factory=pd.DataFrame)
    redactions: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def observed_until(self) -> dt.date:
        """The last day that any table covers; the first of all days when no row has a date."""
        return max((span.until for span in self.spans.values()), default=dt.date.min)

    def __repr__(self) -> str:
        """Return which source this is; rows are never shown unasked."""
        tables, until = ", ".join(self.tables), self.observed_until
        return f"<Dataset {self.name}: {tables}; until {until}; {len(self.problems)} problems>"

    def _repr_html_(self) -> str:
        facts = {"Source": self.name, "Until": str(self.observed_until)}
        facts["Problems"] = f"{len(self.problems)}, see .problems"
        return summary(facts, self.files, list(self.codebook.questions))


def open_source(
    source: str | Path,
    *,
    tables: Mapping[str, Data] | None = None,
    only: tuple[str, ...] | None = None,
    strict: bool = True,
) -> Dataset:
    """Open a source and check it.

    Parameters
    ----------
    source : str or Path
        A folder name under ``data/``, or the path of a ``codebook.toml``.
    tables : mapping of str to frame, optional
        Frames to use in place of the files of the tables of these names.
    only : tuple of str, optional
        Which tables to open, if the source has them; all when left out.
    strict : bool
        Whether errors in the data stop here, all of them in one message.

    Returns
    -------
    Dataset
        The checked tables and what was found.

    Raises
    ------
    CxError
        If a file is missing or unreadable, the codebook is not understood, or ``strict`` and the
        data have an error that the codebook does not accept.
    """
    path = find_codebook(source)
    codebook = read_codebook(path)
    tables = tables or {}
    _check_names(tables, codebook)
    read = {
        name: read_table(codebook, name, tables.get(name))
        for name in codebook.tables
        if only is None or name in only
    }
    rows = {name: table.rows for name, table in read.items()}
    by_day = {
        name: rows_by_day(rows[name], codebook.tables[name].with_role(*TIMES)) for name in rows
    }
    days = days_of(by_day, codebook)
    spans = find_spans(days, codebook)
    problems = [line for table in read.values() for line in table.problems]
    ids = count_ids(codebook, rows)
    for name, checked_rows in rows.items():
        problems += unfilled_scales(checked_rows, name, codebook.tables[name])
        problems += key_problems(checked_rows, name, codebook.tables[name], ids)
        problems += panel_problems(checked_rows, name, codebook)
    links = count_links(codebook, ids)
    problems += link_problems(links)
    if "responses" in rows:
        problems += row_checks.scale_problems(rows["responses"], "responses", codebook.responses)
    problems += row_checks.period_problems(days, spans, codebook)
    problems += row_checks.span_problems(spans, codebook)
    for name, counted in by_day.items():
        problems += row_checks.stand_in_problems(counted, name)
    checked = accept(problems, codebook)
    if strict:
        _stop_on_errors(checked, path)
    return Dataset(
        name=path.resolve().parent.name,
        codebook=codebook,
        tables=rows,
        problems=checked,
        answers_by_code=pd.concat(
            [counted for table in read.values() for counted in table.codes], ignore_index=True
        ),
        files=pd.DataFrame([file for table in read.values() for file in table.files]),
        spans=spans,
        links=links,
        redactions=pd.concat([table.redactions for table in read.values()], ignore_index=True),
    )


def _check_names(names: Iterable[str], codebook: Codebook) -> None:
    """Refuse tables that the codebook does not know: they would be left out in silence."""
    for name in names:
        if name not in codebook.tables:
            near = get_close_matches(name, codebook.tables, n=1)
            raise CxError(
                "no such table",
                where=codebook.path,
                got=name,
                expected=", ".join(codebook.tables),
                hint=f"did you mean {near[0]!r}?" if near else None,
            )


def _stop_on_errors(problems: pd.DataFrame, path: Path) -> None:
    """Raise one error that lists all errors of the data."""
    errors = explain(problems[problems["severity"] == "error"], "en")
    if errors.empty:
        return
    lines = [
        f"    {'.'.join(filter(None, (row['wave'], row['table'], row['column'])))}: {row['what']}"
        f" (n = {row['n']}, for example {row['example']!r}); {row['what_to_do']}"
        for row in errors.to_dict("records")
    ]
    raise CxError(
        "the data have errors, and no report is made from them:\n" + "\n".join(lines),
        where=path,
        hint="mend them, or accept them: [[accept]] with problem, column, at_most, reason",
    )
