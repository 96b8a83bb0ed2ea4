"""Shopify orders: one row per line item; what is said of the order stands on its first row only."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cxreport.inputs.exports.product import Field, Product, Shape, unique_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxreport.inputs.exports.grid import Grid, Row

STATUSES = {
    **dict.fromkeys(("paid", "partially_paid", "partially_refunded", "authorized"), "completed"),
    "voided": "cancelled",
    "expired": "cancelled",
    "refunded": "returned",
}
METADATA: dict[str, tuple[str, str]] = {
    "name": ("order_id", "id"),
    "email": ("customer_id", "customer"),
    "created at": ("ordered_at", "date"),
    "total": ("net_amount", "number"),
    "refunded amount": ("refund_amount", "number"),
    "currency": ("currency", "segment"),
    "source": ("channel", "channel"),
    "order status": ("status", "segment"),
    "financial status": ("financial_status", "segment"),
    "fulfillment status": ("fulfillment_status", "segment"),
    "paid at": ("paid_at", "time"),
    "fulfilled at": ("fulfilled_at", "time"),
    "cancelled at": ("cancelled_at", "time"),
    "subtotal": ("subtotal", "number"),
    "shipping": ("shipping_amount", "number"),
    "taxes": ("tax_amount", "number"),
    "discount amount": ("discount_amount", "number"),
    "id": ("shopify_id", "other"),
    "items": ("items", "number"),
    "billing country": ("billing_country", "segment"),
    "shipping country": ("shipping_country", "segment"),
    "billing zip": ("billing_zip", "other"),
    "shipping zip": ("shipping_zip", "other"),
}
PERSONAL = (
    "billing name", "billing street", "billing address1", "billing address2", "billing company",
    "billing phone", "shipping name", "shipping street", "shipping address1", "shipping address2",
    "shipping company", "shipping phone", "phone", "notes", "note attributes", "payment reference",
    "billing city", "shipping city", "receipt number",
)  # fmt: skip


def recognise(rows: list[Row]) -> bool:
    """Return whether the headings are those of an export of orders."""
    lower = {name.lower() for name in rows[0]} if rows else set()
    return {"name", "financial status", "lineitem name", "created at"} <= lower


def shape(grid: Grid) -> Shape:
    """Describe the columns of an export of orders.

    A further row of an order counts into its items, and is no order.
    """
    headings = grid.first(1)[0]
    names = [*headings, "Order status", "Items"]
    fields = [_field(*parts) for parts in zip(unique_names(names), names, strict=True)]
    places = {name.lower(): n for n, name in enumerate(headings)}
    return Shape(
        "orders",
        fields,
        rows=partial(_with_status, places),
        excluded=lambda row: "" if row[-1] else "a further line item of the order above",
    )


def _with_status(places: dict[str, int], rows: Iterator[Row]) -> Iterator[Row]:
    """Add the order's status and number of line items to its first row, and none to the others."""
    waiting: list[Row] = []
    for row in rows:
        if waiting and row[places["name"]] != waiting[0][places["name"]]:
            yield from _one_order(waiting, places)
            waiting = []
        waiting.append(row)
    if waiting:
        yield from _one_order(waiting, places)


def _one_order(rows: list[Row], places: dict[str, int]) -> Iterator[Row]:
    financial, cancelled = places["financial status"], places.get("cancelled at")
    for n, row in enumerate(rows):
        for zip_code in (places.get("billing zip"), places.get("shipping zip")):
            if zip_code is not None:
                row[zip_code] = row[zip_code].removeprefix("'")
        if n and not row[financial] and not row[places["total"]]:
            yield [*row, "", ""]
        else:
            gone = cancelled is not None and bool(row[cancelled])
            status = "cancelled" if gone else row[financial]
            yield [*row, status, str(len(rows))]


def _field(name: str, heading: str) -> Field:
    lower = heading.lower()
    if lower in PERSONAL:
        return Field(name, heading, left_out="personal data")
    if lower.startswith("lineitem"):
        return Field(name, heading, left_out="of single items, not of the order")
    canonical, role = METADATA.get(lower, ("", ""))
    recode = STATUSES if canonical == "status" else {}
    return Field(name, heading, canonical, role, pseudonym=lower == "email", recode=recode)


PRODUCT = Product("shopify", "Shopify orders", recognise, shape)
