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
    "type": ("reason", "segment"),
    "ticket type": ("reason", "segment"),
    "group_id": ("team", "segment"),
    "group": ("team", "segment"),
    "solved_at": ("solved_at", "time"),
    "solved at": ("solved_at", "time"),
    "subject": ("subject", "comment"),
    "description": ("text", "comment"),
    "updated_at": ("updated_at", "time"),
    "updated at": ("updated_at", "time"),
    "due_at": ("due_at", "time"),
    "due at": ("due_at", "time"),
    "reopens": ("reopened_n", "number"),
    "replies": ("replies_n", "number"),
    "priority": ("priority", "segment"),
    "satisfaction score": ("satisfaction", "segment"),
}
PERSONAL = (
    "requester", "requester email", "requester external id", "assignee", "submitter", "recipient",
    "via_source_to_address", "via_source_from_address", "via_source_to_name", "requester domain",
    "via_source_from_title", "via_source_from_id",
)  # fmt: skip


def recognise(rows: list[Row]) -> bool:
    """Return whether the headings are those of tickets of Zendesk."""
    lower = {name.lower() for name in rows[0]} if rows else set()
    warehouse = {"id", "created_at", "status", "requester_id", "via_channel", "subject"}
    listed = {"id", "status", "subject", "requester", "created at"}
    return warehouse <= lower or (listed <= lower and bool({"via", "group", "assignee"} & lower))


def shape(grid: Grid) -> Shape:
    """Say what the columns of an export of tickets are."""
    headings = grid.first(1)[0]
    fields = [_field(*parts) for parts in zip(unique_names(headings), headings, strict=True)]
    return Shape("tickets", fields)


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
