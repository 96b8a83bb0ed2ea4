"""Zendesk tickets: as its own lists export them, and as connectors put them in a warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.inputs.exports.product import Field, Product, Shape, unique_names
from cxreport.inputs.exports.words import is_personal

if TYPE_CHECKING:
    from cxreport.inputs.exports.grid import Grid, Row

STATUSES = {
    "new": "open",
    "open": "open",
    "pending": "open",
    "hold": "open",
    "on-hold": "open",
    "solved": "solved",
    "closed": "closed",
    "deleted": "cancelled",
}
METADATA: dict[str, tuple[str, str]] = {
    "id": ("ticket_id", "id"),
    "ticket id": ("ticket_id", "id"),
    "created_at": ("created_at", "date"),
    "created at": ("created_at", "date"),
    "requested": ("created_at", "date"),
    "status": ("status", "segment"),
    "ticket status": ("status", "segment"),
    "requester_id": ("customer_id", "customer"),
    "requester id": ("customer_id", "customer"),
    "via_channel": ("channel", "channel"),
    "via": ("channel", "channel"),
    "channel": ("channel", "channel"),
    "type": ("reason", "segment"),
    "ticket type": ("reason", "segment"),
    "group_id": ("team", "segment"),
    "group": ("team", "segment"),
    "solved_at": ("solved_at", "time"),
    "solved at": ("solved_at", "time"),
    "solved": ("solved_at", "time"),
    "subject": ("subject", "comment"),
    "description": ("text", "comment"),
    "updated_at": ("updated_at", "time"),
    "updated at": ("updated_at", "time"),
    "updated": ("updated_at", "time"),
    "due_at": ("due_at", "time"),
    "due at": ("due_at", "time"),
    "reopens": ("reopened_n", "number"),
    "replies": ("replies_n", "number"),
    "priority": ("priority", "segment"),
    "satisfaction score": ("satisfaction", "segment"),
    "satisfaction": ("satisfaction", "segment"),
}
BESIDE: dict[str, tuple[set[str], dict[str, tuple[str, str]]]] = {
    "verbatims": (
        {"id", "body", "created", "public", "ticket_id", "user_id"},
        {
            "id": ("text_id", "id"),
            "created": ("created_at", "date"),
            "body": ("text", "comment"),
            "ticket_id": ("ticket_id", "other"),
            "user_id": ("customer_id", "customer"),
            "public": ("public", "segment"),
        },
    ),
    "customers": (
        {"id", "role", "locale", "time_zone", "created_at", "suspended"},
        {
            "id": ("customer_id", "id"),
            "created_at": ("first_seen_at", "date"),
            "role": ("zendesk_role", "segment"),
            "locale": ("language", "segment"),
            "time_zone": ("time_zone", "segment"),
        },
    ),
}
"""Other tables of a warehouse -> the headings that they are recognised by, and what is used."""
PERSONAL = (
    "requester", "requester email", "requester external id", "assignee", "submitter", "recipient",
    "via_source_to_address", "via_source_from_address", "via_source_to_name", "requester domain",
    "via_source_from_title", "via_source_from_id",
)  # fmt: skip


def recognise(rows: list[Row]) -> bool:
    """Return whether the headings are those of tickets of Zendesk."""
    lower = {name.lower() for name in rows[0]} if rows else set()
    warehouse = {"id", "created_at", "status", "requester_id", "via_channel", "subject"}
    if any(signs <= lower for signs, _ in BESIDE.values()) or warehouse <= lower:
        return True
    listed = {"id", "subject", "requester"} <= lower
    return listed and all(
        alternatives & lower
        for alternatives in (
            {"status", "ticket status"},
            {"created at", "requested"},
            {"via", "channel", "group", "assignee"},
        )
    )


def shape(grid: Grid) -> Shape:
    """Describe the columns of an export of tickets, of their comments or of users."""
    headings = grid.first(1)[0]
    names = {name.lower() for name in headings}
    for table, (signs, metadata) in BESIDE.items():
        if signs <= names:
            fields = [
                _beside(*p, metadata) for p in zip(unique_names(headings), headings, strict=True)
            ]
            return Shape(table, fields)
    fields = [_field(*parts) for parts in zip(unique_names(headings), headings, strict=True)]
    return Shape("tickets", fields)


def _beside(name: str, heading: str, metadata: dict[str, tuple[str, str]]) -> Field:
    """Describe a column of a table beside the tickets: only what has a use is taken over."""
    canonical, role = metadata.get(heading.lower(), ("", ""))
    left_out = "" if canonical else "personal data, or of no use here"
    return Field(name, heading, canonical, role, left_out=left_out)


def _field(name: str, heading: str) -> Field:
    lower = heading.lower()
    if lower in PERSONAL or is_personal(heading):
        return Field(name, heading, left_out="personal data")
    if lower.startswith("_fivetran") or lower in {"url", "summation column"}:
        return Field(name, heading, left_out="of the connector, not of the ticket")
    canonical, role = METADATA.get(lower, ("", ""))
    if not canonical and (lower.endswith(("_id", "_ids")) or lower == "id"):
        role = "other"
    return Field(name, heading, canonical, role, recode=STATUSES if canonical == "status" else {})


PRODUCT = Product("zendesk", "Zendesk tickets", recognise, shape)
