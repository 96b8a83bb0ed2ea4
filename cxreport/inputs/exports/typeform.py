"""Typeform, old and new: questions as headings (which repeat), dates in UTC at the end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cxreport.inputs.exports.product import Field, Product, Shape, unique_names
from cxreport.inputs.exports.statuses import by_status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxreport.inputs.exports.grid import Grid, Row

METADATA: dict[str, tuple[str, str, str]] = {
    "#": ("response_id", "id", ""),
    "response type": ("response_type", "segment", ""),
    "start date (utc)": ("started_at", "time", ""),
    "stage date (utc)": ("stage_at", "time", ""),
    "submit date (utc)": ("answered_at", "date", ""),
    "network id": ("", "", "it stands for the respondent's network address"),
    "tags": ("tags", "other", ""),
    "ending": ("ending", "segment", ""),
    "score": ("quiz_score", "other", ""),
}
HIDDEN = re.compile(r"[a-z][a-z0-9_]*")
"""A hidden field is named like a variable, a question is a sentence."""
TIMES = ("started_at", "stage_at", "answered_at")


def recognise(rows: list[Row]) -> bool:
    """Return whether the headings are those of Typeform."""
    lower = {name.lower() for name in rows[0]} if rows else set()
    return {"#", "network id"} <= lower and any(name.startswith("submit date") for name in lower)


def shape(grid: Grid) -> Shape:
    """Describe the columns of an export of Typeform; its times are in UTC."""
    names = grid.first(1)[0]
    fields = [_field(*parts) for parts in zip(unique_names(names), names, strict=True)]
    times = [n for n, f in enumerate(fields) if f.name in TIMES and "utc" in f.exported.lower()]

    def in_utc(rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            for n in times:
                row[n] = f"{row[n]} UTC" if row[n] and row[n][-1].isdecimal() else row[n]
            yield row

    excluded = by_status(fields, "Response Type", {"started": "begun and not answered"})
    return Shape("responses", fields, rows=in_utc, excluded=excluded)


def _field(name: str, heading: str) -> Field:
    meant = METADATA.get(heading.lower())
    if meant:
        canonical, role, left_out = meant
        return Field(name, heading, canonical, role, left_out=left_out)
    return Field(name, heading, question=not HIDDEN.fullmatch(heading))


PRODUCT = Product("typeform", "Typeform", recognise, shape)
