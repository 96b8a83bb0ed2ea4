"""What a section is made of: sentences, tables, charts, notes. Each is a block that tells itself.

A table carries its columns, a sentence its key and values, and every block the codebook's labels
of what it names, so that a page is written from blocks and texts alone.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.inputs.company import Company
from cxreport.inputs.roles import SCORES
from cxreport.show.blocks import Block, plain
from cxreport.show.texts import SHARED, options_in

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from cxreport.inputs.codebook import Codebook
    from cxreport.inputs.dataset import Dataset
    from cxreport.inputs.period import Period

SURVEY = ("responses",)
"""The table that a section on answers needs."""
Said = dict[str, Any]
"""A sentence: its key, and its values."""


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name : str
        The frame's column that it shows.
    how : str
        The format of its cells, see ``cxreport.show.formats``.
    heading : str
        Key of its heading under ``column`` in the texts; the name, where empty.
    is_text : bool, optional
        Whether it is read from the left; where not said, its format decides.
    """

    name: str
    how: str = "count"
    heading: str = ""
    is_text: bool | None = None


def say(key: str, **values: object) -> Said:
    """Name a sentence and its values; a value may be a sentence itself.

    Examples
    --------
    >>> say("half", half=12)
    {'key': 'half', 'values': {'half': 12}}
    """
    return {"key": key, "values": values}


def with_interval(row: Mapping[Hashable, Any]) -> dict[str, float]:
    """Return a row's estimate and the ends of its interval, as values of a sentence.

    Examples
    --------
    >>> with_interval({"group": "app", "estimate": 5, "low": 4, "high": 6})
    {'estimate': 5.0, 'low': 4.0, 'high': 6.0}
    """
    return {name: float(row[name]) for name in ("estimate", "low", "high")}


def sentences(
    topic: str,
    said: Sequence[Said | Sequence[Said]],
    company: Company | Dataset | None = None,
    **more: object,
) -> Block:
    """Show sentences; a list among them is one item of several sentences."""
    return _block("sentences", topic, pd.DataFrame(), company, {"sentences": list(said)} | more)


def table(
    topic: str,
    name: str,
    frame: pd.DataFrame,
    columns: Sequence[Column],
    company: Company | Dataset | None = None,
    **more: object,
) -> Block:
    """Show a frame as a table.

    Parameters
    ----------
    topic : str
        Whose texts are read.
    name : str
        Of the table: the key of its caption, under ``caption`` in the texts.
    frame : DataFrame
        The numbers, one row per row of the table.
    columns : sequence of Column
        What is shown of it.
    company : Company or Dataset, optional
        The company reported, of which the block carries periods and labels; or a source without
        dates, of which it carries labels alone.
    **more : object
        Plain values for the caption, or for formats (``group``, ``currency``, ``every``).
    """
    return chart("table", topic, name, frame, columns, company, **more)


def chart(
    kind: str,
    topic: str,
    name: str,
    frame: pd.DataFrame,
    columns: Sequence[Column],
    company: Company | Dataset | None = None,
    **more: object,
) -> Block:
    """Draw a frame, with the table of the same columns beside it; else as :func:`table`.

    ``kind`` is one of ``cxreport.show.render.KINDS`` that draw, each of which says what it needs.
    """
    options = {"caption": name, "columns": [asdict(column) for column in columns]}
    return _block(kind, topic, frame, company, options | more)


def note(
    topic: str, key: str, company: Company | None = None, *, needs: Sequence[str] = ()
) -> Block:
    """Return a note that says why a section is not there.

    Of a company whose report is on a part of the answers, it says that no other table can be
    parted like them; of a table that ends before the period does, up to which day it is known; of a
    section on the survey alone, that there is none.

    Parameters
    ----------
    topic, key : str
        Whose texts are read, and the text.
    company : Company, optional
        The company reported.
    needs : sequence of str
        The tables whose end may be the reason; ``SURVEY`` where the section is on that alone.
    """
    if company is not None and company.filters:
        return Block("note", parameters={"topic": SHARED, "key": "missing_section.filtered"})
    ends = company.not_known if company is not None else {}
    for name in needs:
        if name in ends:
            values = {"table": name, "day": ends[name]}
            key = "missing_section.not_known"
            return Block("note", parameters={"topic": SHARED, "key": key, **values})
    if company is not None and needs == SURVEY and SURVEY[0] not in company.codebook.tables:
        return Block("note", parameters={"topic": SHARED, "key": "missing_section.survey"})
    return Block("note", parameters={"topic": topic, "key": key})


def section(parts: Sequence[Block]) -> Block:
    """Show blocks one below the other."""
    return Block("several", parameters={"blocks": [part.payload() for part in parts]})


def _block(
    kind: str,
    topic: str,
    frame: pd.DataFrame,
    company: Company | Dataset | None,
    parameters: dict[str, Any],
) -> Block:
    """Make a block that carries its periods, and the labels of what it names."""
    periods = periods_of(company) if isinstance(company, Company) else {}
    options = {"topic": topic} | periods | parameters
    if isinstance(company, Company) and isinstance(options.get("periods"), int):
        options["periods"] = company.counted(options["periods"])
    if company is not None:
        named = named_in(frame, options) | options_in(topic)
        options = labels_of(company.codebook, named) | options
    return Block(kind, frame, options)


def periods_of(company: Company) -> dict[str, Any]:
    """Return the period reported, and the one before."""
    reference = company.history[-2] if len(company.history) > 1 else None
    return {
        "period": _named(company.period),
        "reference": _named(reference) if reference else None,
    }


def _named(period: Period) -> dict[str, str]:
    return {"name": period.name, "kind": period.kind}


def labels_of(codebook: Codebook, named: set[str]) -> dict[str, Any]:
    """Return the names of columns and codes that a block names, in all languages.

    Where two tables have a column of one name, the words of the survey count.
    """
    names: dict[str, Any] = {}
    labels: dict[str, Any] = {}
    tables = sorted(codebook.tables, key=lambda name: name != "responses")
    for name, column in ((n, c) for t in tables for n, c in codebook.tables[t].columns.items()):
        if name in named and column.label:
            names.setdefault(name, dict(column.label))
        if name in named and column.labels and column.role not in SCORES:
            codes = {code: dict(label) for code, label in column.labels.items() if code in named}
            labels[name] = codes | labels.get(name, {})
    return {"names": names, "labels": labels}


def named_in(frame: pd.DataFrame, parameters: dict[str, Any]) -> set[str]:
    """Return every word of a block that may be the name of a column or a code."""
    columns = [str(column) for column in frame.columns]
    cells = (value for column in frame for value in frame[column].unique())
    return {*columns, *_words_in(plain(parameters)), *_words_in([plain(v) for v in cells])}


def _words_in(value: Any) -> Iterator[str]:
    """Yield the texts and whole numbers inside plain data, and what follows a format's colon."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield str(name)
            yield from _words_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _words_in(item)
    elif isinstance(value, str):
        yield value
        yield from value.split(":")
    elif value is not None:
        yield str(value)
        if float(value).is_integer():
            yield str(int(value))
