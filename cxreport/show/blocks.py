"""Blocks: what a notebook cell ends in, and what travels to the page as data.

A block is a kind, a frame and parameters; ``cxreport.show.parts`` makes them. In JupyterLab it
shows itself; in the executed notebook it is one output of the project's own MIME type, numbers as
numbers, and the export writes it out in each language.
"""

from __future__ import annotations

import datetime as dt
import math
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError

from cxreport.errors import CxError, shorten
from cxreport.inputs.meaning import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

MIME = "application/vnd.cxreport.v1+json"
SIGNIFICANT_DIGITS = 10
TOLD_FIRST = {"n", "estimate", "low", "high", "difference", "signal"}
MOST_ROWS, MOST_COLUMNS, WIDEST = 12, 8, 30
"""Rows, columns and signs of a value that a block shows as plain text."""


class Frame(BaseModel):
    """A frame as data: names of columns, and rows of plain values."""

    model_config = ConfigDict(extra="forbid", strict=True)
    columns: list[str] = []
    rows: list[list[bool | int | float | str | None]] = []


class Payload(BaseModel):
    """What a block looks like in a notebook's output."""

    model_config = ConfigDict(extra="forbid", strict=True)
    kind: str
    frame: Frame = Frame()
    parameters: dict[str, Any] = {}


@dataclass(frozen=True, repr=False)
class Block:
    """Something to show.

    Attributes
    ----------
    kind : str
        How it is shown, see ``cxreport.show.render``.
    frame : DataFrame
        The numbers.
    parameters : dict
        What else the page must know; plain values only.
    """

    kind: str
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    parameters: dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Write the block as a small plain table, for where nobody draws it."""
        try:
            return "\n".join(_in_plain_text(self.payload()))
        except CxError:  # of which the page will say more
            return f"{self.kind}: {len(self.frame)} rows"

    def payload(self) -> dict[str, Any]:
        """Return the block as plain data, the same for the same numbers on any machine."""
        rows = [[plain(value) for value in row] for row in self.frame.itertuples(index=False)]
        parameters = plain(self.parameters)
        columns = [str(column) for column in self.frame.columns]
        return {
            "kind": self.kind,
            "frame": {"columns": columns, "rows": rows},
            "parameters": parameters,
        }

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        payload = self.payload()
        if os.environ.get("CXREPORT_BLOCKS") == "data":
            return {MIME: payload}
        return {MIME: payload, "text/html": READS.write(read_block(payload), READS.language)}


@dataclass
class Reading:
    """How blocks show themselves in JupyterLab; a page is written in its own language."""

    language: str = "en"
    write: Callable[[Block, str], str] = lambda block, _: repr(block)


READS = Reading()


def language(name: str) -> None:
    """Choose the language in which blocks show themselves in this notebook.

    Parameters
    ----------
    name : {"en", "it"}
        The language.

    Raises
    ------
    CxError
        If there is no such language.

    Examples
    --------
    >>> language("en")
    """
    if name not in LANGUAGES:
        raise CxError("no such language", got=name, expected=", ".join(LANGUAGES))
    READS.language = name


def _in_plain_text(payload: dict[str, Any]) -> list[str]:
    """Return the lines of a block's data: what it is, and its first rows and columns."""
    parameters, data = payload["parameters"], payload["frame"]
    if payload["kind"] == "several":
        return [line for block in parameters["blocks"] for line in _in_plain_text(block)]
    named = [parameters.get(name) for name in ("table", "title", "key", "text")]
    about = next((str(name) for name in named if name), "")
    frame = pd.DataFrame(data["rows"], columns=data["columns"])
    lines = [": ".join(filter(None, [payload["kind"], about]))]
    if not frame.empty:
        first = [c for c in frame if c in TOLD_FIRST or pd.api.types.is_string_dtype(frame[c])]
        chosen = [*first, *(c for c in frame if c not in first)][:MOST_COLUMNS]
        extract = frame[[c for c in frame if c in chosen]].head(MOST_ROWS)
        extract = extract.map(lambda v: shorten(v, WIDEST) if isinstance(v, str) else v)
        written = extract.to_string(index=False, na_rep="", float_format="{:.6g}".format)
        lines += written.splitlines()
        if extract.shape != frame.shape:
            lines.append(f"... {len(frame)} rows, {len(frame.columns)} columns")
    return [line.rstrip() for line in lines]


def plain(value: Any) -> Any:
    """Turn a value into plain data: no NaN, no numpy, ten significant digits."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.datetime64):  # its own item() is a count of nanoseconds
        value = pd.Timestamp(value)
    return None if value is None or value is pd.NA or value is pd.NaT else _plain_one(value)


def _plain_one(value: Any) -> bool | int | float | str | None:
    """Turn one known value into plain data."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return float(f"{value:.{SIGNIFICANT_DIGITS}g}") if math.isfinite(value) else None
    if isinstance(value, dt.date):
        has_time = isinstance(value, dt.datetime) and value.time() != dt.time()
        return value.isoformat() if has_time else value.isoformat()[:10]
    if isinstance(value, bool | int | str):
        return value
    raise CxError("a block holds plain values only", got=type(value).__name__)


def read_block(data: object) -> Block:
    """Read a block back from a notebook's output, and refuse anything else.

    Raises
    ------
    CxError
        If the data are not of the form that ``Block.payload`` writes.

    Examples
    --------
    >>> block = read_block(Block("table", pd.DataFrame({"n": [3]})).payload())
    >>> block.frame["n"].item()
    3
    """
    try:
        payload = Payload.model_validate(data)
        frame = pd.DataFrame(payload.frame.rows, columns=payload.frame.columns)
    except (ValidationError, ValueError) as error:
        raise CxError("an output is not a block", got=error) from error
    return Block(payload.kind, frame, payload.parameters)
