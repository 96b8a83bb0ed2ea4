"""Trustpilot reviews: comments with one to five stars, beside the other tables of a source."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cxreport.inputs.exports.product import Field, Product, Shape, unique_names
from cxreport.inputs.exports.words import is_personal

if TYPE_CHECKING:
    from cxreport.inputs.exports.grid import Grid, Row

METADATA: dict[str, tuple[str, str]] = {
    "review id": ("text_id", "id"),
    "id": ("text_id", "id"),
    "review created": ("created_at", "date"),
    "created": ("created_at", "date"),
    "review content": ("text", "comment"),
    "review text": ("text", "comment"),
    "review title": ("title", "comment"),
    "review stars": ("rating", "csat"),
    "stars": ("rating", "csat"),
    "rating": ("rating", "csat"),
    "review language": ("language", "segment"),
    "language": ("language", "segment"),
    "review source": ("source", "segment"),
    "source": ("source", "segment"),
    "reference id": ("order_id", "other"),
    "company reply": ("reply", "comment"),
    "company reply content": ("reply", "comment"),
    "company reply date": ("replied_at", "time"),
    "company reply created": ("replied_at", "time"),
    "reply date": ("replied_at", "time"),
}
"""Heading in small letters, without its zone -> canonical name and role."""
PERSONAL = re.compile(r".*(username|user ?id|consumer|e-?mail|display ?name|user ?name|author).*")


def _plain(heading: str) -> str:
    lower = re.sub(r"\s*\(utc\)$", "", heading.strip().lower().replace("_", " "))
    return re.sub(r" date ?time$| at$", "", lower)


def recognise(rows: list[Row]) -> bool:
    """Return whether the headings are those of reviews of Trustpilot."""
    plain = {_plain(name) for name in rows[0]} if rows else set()
    stars = {"review stars", "stars"} & plain
    return bool(stars) and bool({"review content", "review text"} & plain) and "review id" in plain


def shape(grid: Grid) -> Shape:
    """Describe the columns of an export of reviews."""
    headings = grid.first(1)[0]
    fields = [_field(*parts) for parts in zip(unique_names(headings), headings, strict=True)]
    return Shape("verbatims", fields)


def _field(name: str, heading: str) -> Field:
    plain = _plain(heading)
    if plain in METADATA:
        canonical, role = METADATA[plain]
        return Field(
            name, heading, canonical, role, scale=(1, 5) if canonical == "rating" else None
        )
    personal = bool(PERSONAL.fullmatch(plain)) or is_personal(heading)
    return Field(name, heading, left_out="personal data" if personal else "")


PRODUCT = Product("trustpilot", "Trustpilot reviews", recognise, shape)
