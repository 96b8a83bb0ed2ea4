"""Google Forms: the time first, in the spreadsheet's own way of writing it, then the questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.inputs.exports.product import Field, Product, Shape, unique_names
from cxreport.inputs.exports.statuses import by_status
from cxreport.inputs.exports.values import possible_orders
from cxreport.inputs.exports.words import is_personal

if TYPE_CHECKING:
    from cxreport.inputs.exports.grid import Grid, Row

TIME = (
    "timestamp", "informazioni cronologiche", "horodateur", "zeitstempel", "marca temporal",
    "carimbo de data/hora", "tijdstempel", "sygnatura czasowa", "marca de tiempo",
)  # fmt: skip
SCORE = ("score", "punteggio", "total score", "punteggio totale")


def recognise(rows: list[Row]) -> bool:
    """Return whether a column of times stands first, under Google's own word for it."""
    if len(rows) < 2 or not rows[0] or rows[0][0].lower() not in TIME:
        return False
    return all(possible_orders(row[0]) for row in rows[1:] if row[0])


def shape(grid: Grid) -> Shape:
    """Describe the columns of an export of Google Forms; an answer has no id of its own."""
    headings = grid.first(1)[0]
    fields = [_field(*parts) for parts in zip(unique_names(headings), headings, strict=True)]
    return Shape("responses", fields, excluded=by_status(fields, "", {}))


def _field(name: str, heading: str) -> Field:
    if heading.lower() in TIME:
        return Field(name, heading, "answered_at", "date")
    if is_personal(heading):
        return Field(name, heading, left_out="personal data")
    if heading.lower() in SCORE:
        return Field(name, heading, role="other")
    return Field(name, heading, question=True)


PRODUCT = Product("google-forms", "Google Forms", recognise, shape)
