"""A plain table: one row of headings, of no product; and a file of SPSS, with its own labels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cxreport.errors import CxError
from cxreport.inputs.codebook import NEEDED_ROLES
from cxreport.inputs.exports.product import Field, Product, Shape, unique_names
from cxreport.inputs.exports.words import is_personal, name_of_heading, role_of_question

if TYPE_CHECKING:
    from cxreport.inputs.exports.grid import Grid, Row, Stated

SIGNS: dict[str, tuple[set[str], ...]] = {
    "orders": ({"order_id", "ordered_at"}, {"order_id", "net_amount"}),
    "events": ({"event_name", "occurred_at"},),
    "tickets": ({"ticket_id", "created_at"}, {"ticket_id", "status"}),
    "verbatims": ({"text_id", "created_at", "text"},),
    "responses": ({"response_id", "answered_at"}, {"answered_at", "nps"}),
}
"""Table -> canonical names of which one set must be there."""
KEYS = {"orders": "order_id", "events": "event_id", "tickets": "ticket_id", "verbatims": "text_id",
        "responses": "response_id", "customers": "customer_id"}  # fmt: skip
"""Table -> the column that tells its rows apart."""
DATES = {"orders": "ordered_at", "events": "occurred_at", "tickets": "created_at",
         "verbatims": "created_at", "responses": "answered_at",
         "customers": "first_seen_at"}  # fmt: skip
CANONICAL = {
    "order_id", "ordered_at", "net_amount", "event_name", "event_id", "occurred_at", "ticket_id",
    "created_at", "status", "text_id", "text", "response_id", "answered_at", "customer_id",
    "channel", "device", "language", "session_id", "anonymous_id", "reason", "team", "currency",
    "source", "rating",
}  # fmt: skip
"""Headings that are taken as they are."""


def recognise(rows: list[Row]) -> bool:
    """Return whether there is a row of headings with a row below it."""
    return bool(rows) and len(rows[0]) > 0


def shape(grid: Grid) -> Shape:
    """Describe the columns of a plain table, by their headings and by what the file says."""
    headings = grid.first(1)[0]
    names = unique_names(headings)
    meant = [_canonical(name) for name in headings]
    meant = [name if name not in meant[:n] else "" for n, name in enumerate(meant)]
    table = _table(set(meant) | {name.lower() for name in headings}, headings)
    fields = [
        _field(grid, name, heading, canonical, table)
        for name, heading, canonical in zip(names, headings, meant, strict=True)
    ]
    return Shape(table, fields)


def _canonical(heading: str) -> str:
    lower = heading.strip().lower()
    return lower if lower in CANONICAL else name_of_heading(heading)


def _table(names: set[str], headings: list[str]) -> str:
    """Return which table the names speak for; empty when they speak for none or for several."""
    tables = [t for t, sets in SIGNS.items() if any(signs <= names for signs in sets)]
    if len(tables) == 1:
        return tables[0]
    asks = any(role_of_question(heading) in {"nps", "csat", "ces"} for heading in headings)
    return "responses" if not tables and asks and "answered_at" in names else ""


def _field(grid: Grid, name: str, heading: str, canonical: str, table: str) -> Field:
    facts = grid.facts.get(heading)
    if is_personal(heading) and not canonical:
        return Field(name, heading, left_out="personal data")
    field = Field(name, heading, canonical, _role(table, canonical or heading.lower()))
    if facts is not None:
        field = replace(
            field,
            text=facts.text or heading,
            labels=facts.labels,
            missing=facts.missing,
            ranges=facts.ranges,
        )
    return field


def _role(table: str, name: str) -> str:
    """Return the role of a column that bears a canonical name."""
    if name == KEYS.get(table):
        return "id"
    if name == DATES.get(table):
        return "date"
    for role, tables in NEEDED_ROLES.items():
        if name in tables.get(table, ()):
            return role
    own = {"customer_id": "customer", "channel": "channel", "device": "segment",
           "language": "segment", "comment": "comment", "weight": "weight", "status": "segment",
           "event_name": "segment", "text": "comment", "subject": "comment",
           "team": "segment", "reason": "segment", "financial_status": "segment"}  # fmt: skip
    if name.endswith("_id"):
        return own.get(name, "other")
    return own.get(name, "")


def with_table(shape: Shape, table: str, where: object, stated: Stated) -> Shape:
    """Give a plain table the name that the user states, or ask for it.

    Raises
    ------
    CxError
        If neither the headings nor the user say which table it is.
    """
    if not table:
        raise CxError(
            "which table is this?",
            where=where,
            expected=", ".join(f"--table {name}" for name in SIGNS),
            hint="say it: its columns speak for none of them, or for several",
        )
    foreign = ({*KEYS.values()} | {*DATES.values()}) - {KEYS.get(table), DATES.get(table)}
    foreign -= {"customer_id", "order_id", "ticket_id", "created_at"}
    fields = [
        replace(one, name="", role="")
        if one.name in foreign and one.name != one.exported.lower()
        else one
        if one.left_out
        else replace(one, role=stated.roles.get(one.exported) or _role(table, one.name) or one.role)
        for one in shape.fields
    ]
    return replace(shape, table=table, fields=fields)


PLAIN = Product("table", "plain table", recognise, shape)
