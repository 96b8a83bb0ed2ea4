"""Freshdesk tickets, as its own lists export them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.inputs.exports.product import Field, Product, Shape, unique_names
from cxreport.inputs.exports.words import is_personal

if TYPE_CHECKING:
    from cxreport.inputs.exports.grid import Grid, Row

STATUSES = {
    "open": "open",
    "pending": "open",
    "waiting on customer": "open",
    "waiting on third party": "open",
    "resolved": "solved",
    "closed": "closed",
}
METADATA: dict[str, tuple[str, str]] = {
    "ticket id": ("ticket_id", "id"),
    "created time": ("created_at", "date"),
    "status": ("status", "segment"),
    "source": ("channel", "channel"),
    "type": ("reason", "segment"),
    "group": ("team", "segment"),
    "priority": ("priority", "segment"),
    "subject": ("subject", "comment"),
    "description": ("text", "comment"),
    "contact id": ("customer_id", "customer"),
    "resolved time": ("solved_at", "time"),
    "closed time": ("closed_at", "time"),
    "initial response time": ("first_reply_at", "time"),
    "due by time": ("due_at", "time"),
    "last update time": ("updated_at", "time"),
    "agent interactions": ("replies_n", "number"),
}
PERSONAL = ("agent", "contact email", "email", "full name", "contact", "work phone", "mobile phone",
            "twitter id", "facebook id", "time zone", "company domain")  # fmt: skip


def recognise(rows: list[Row]) -> bool:
    """Return whether the headings are those of tickets of Freshdesk."""
    lower = {name.lower() for name in rows[0]} if rows else set()
    return {"ticket id", "subject", "status", "created time"} <= lower


def shape(grid: Grid) -> Shape:
    """Describe the columns of an export of tickets.

    Without a contact's id the address of the contact stands for it, as a hash.
    """
    headings = grid.first(1)[0]
    lower = {name.lower() for name in headings}
    address = (
        ""
        if "contact id" in lower
        else next((n for n in ("contact email", "email") if n in lower), "")
    )
    names = unique_names(headings)
    fields = [_field(*parts, address) for parts in zip(names, headings, strict=True)]
    return Shape("tickets", fields)


def _field(name: str, heading: str, address: str) -> Field:
    lower = heading.lower()
    if lower == address:
        return Field(name, heading, "customer_id", "customer", pseudonym=True)
    if lower in PERSONAL or is_personal(heading):
        return Field(name, heading, left_out="personal data")
    canonical, role = METADATA.get(lower, ("", ""))
    return Field(name, heading, canonical, role, recode=STATUSES if canonical == "status" else {})


PRODUCT = Product("freshdesk", "Freshdesk tickets", recognise, shape)
