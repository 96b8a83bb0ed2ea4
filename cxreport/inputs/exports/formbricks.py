"""Formbricks: numbered questions after the answer's own columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cxreport.inputs.exports.product import Field, Product, Shape, unique_names
from cxreport.inputs.exports.statuses import by_status

if TYPE_CHECKING:
    from cxreport.inputs.exports.grid import Grid, Row

METADATA: dict[str, tuple[str, str, str]] = {
    "no.": ("", "", "only a running number"),
    "response id": ("response_id", "id", ""),
    "timestamp": ("answered_at", "date", ""),
    "finished": ("finished", "other", ""),
    "survey id": ("survey_id", "segment", ""),
    "formbricks id (internal)": ("contact_id", "other", ""),
    "user id": ("customer_id", "customer", ""),
    "userid": ("customer_id", "customer", ""),
    "notes": ("notes", "other", ""),
    "tags": ("tags", "other", ""),
    "language": ("language", "segment", ""),
    "country": ("country", "segment", ""),
    "device": ("device", "segment", ""),
    "email": ("", "", "personal data"),
    "ipaddress": ("", "", "personal data"),
}
NUMBERED = re.compile(r"(\d+)\. (.+)", re.DOTALL)


def recognise(rows: list[Row]) -> bool:
    """Return whether the headings are those of Formbricks."""
    lower = {name.lower() for name in rows[0]} if rows else set()
    return {"response id", "timestamp", "finished", "survey id"} <= lower


def shape(grid: Grid) -> Shape:
    """Describe the columns of an export of Formbricks."""
    headings = grid.first(1)[0]
    fields = [_field(*parts) for parts in zip(unique_names(headings), headings, strict=True)]
    return Shape("responses", fields, excluded=by_status(fields, "", {}))


def _field(name: str, heading: str) -> Field:
    if meant := METADATA.get(heading.lower()):
        canonical, role, left_out = meant
        return Field(name, heading, canonical, role, left_out=left_out)
    match = NUMBERED.fullmatch(heading)
    return Field(name, match[2] if match else heading, question=match is not None)


PRODUCT = Product("formbricks", "Formbricks", recognise, shape)
