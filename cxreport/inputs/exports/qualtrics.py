"""Qualtrics: three rows of headings (names, questions in the account's language, import ids)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from cxreport.inputs.exports.product import Field, Product, Shape, unique_names
from cxreport.inputs.exports.statuses import by_status

if TYPE_CHECKING:
    from cxreport.inputs.exports.grid import Grid, Row

METADATA: dict[str, tuple[str, str, str]] = {
    "startdate": ("started_at", "time", ""),
    "enddate": ("answered_at", "date", ""),
    "status": ("status", "other", ""),
    "ipaddress": ("", "", "personal data"),
    "progress": ("progress", "number", ""),
    "duration": ("duration_seconds", "number", ""),
    "finished": ("finished", "other", ""),
    "recordeddate": ("recorded_at", "time", ""),
    "_recordid": ("response_id", "id", ""),
    "recipientlastname": ("", "", "personal data"),
    "recipientfirstname": ("", "", "personal data"),
    "recipientemail": ("", "", "personal data"),
    "externaldatareference": ("external_reference", "other", ""),
    "locationlatitude": ("", "", "personal data"),
    "locationlongitude": ("", "", "personal data"),
    "distributionchannel": ("distribution", "segment", ""),
    "userlanguage": ("language", "segment", ""),
}
"""Import id in small letters -> canonical name, role, and why it is left out."""
HEADINGS = {
    "responseid": "_recordid",
    "duration (in seconds)": "duration",
    "externalreference": "externaldatareference",
}
"""Heading in small letters -> import id, where they differ."""
STATUSES = {
    **dict.fromkeys(("1", "survey preview"), "a preview, no answer"),
    **dict.fromkeys(("2", "survey test"), "a test, no answer"),
    **dict.fromkeys(("8", "spam"), "marked as spam"),
    **dict.fromkeys(("9", "survey preview spam"), "a preview, no answer"),
    **dict.fromkeys(("12", "imported spam", "imported (spam)"), "marked as spam"),
    **dict.fromkeys(("17", "offline preview", "offline survey preview"), "a preview, no answer"),
    **dict.fromkeys(("40", "ex spam"), "marked as spam"),
}
REAL = ("0", "4", "16", "32", "48", "ip address", "imported", "offline", "ex", "ex offline")
IMPORT_ID = re.compile(r'\{\s*"ImportId"\s*:')


def recognise(rows: list[Row]) -> bool:
    """Return whether these are rows of Qualtrics, by their import ids or its own headings."""
    if len(rows) > 2 and _is_ids(rows[2]):
        return True
    return bool(rows) and {"startdate", "enddate", "progress", "finished", "recordeddate"} <= {
        name.lower() for name in rows[0]
    }


def _is_ids(row: Row) -> bool:
    filled = [cell for cell in row if cell]
    return bool(filled) and all(IMPORT_ID.match(cell) for cell in filled)


def shape(grid: Grid) -> Shape:
    """Describe the columns of an export of Qualtrics."""
    rows = grid.first(3)
    names = unique_names(rows[0])
    has_ids = len(rows) > 2 and _is_ids(rows[2])
    headings = 3 if has_ids else 2 if len(rows) > 1 and _repeats_headings(rows) else 1
    texts = rows[1] if headings > 1 else rows[0]
    ids = [_import_id(cell) for cell in rows[2]] if has_ids else [_of_heading(n) for n in rows[0]]
    fields = [_field(*parts) for parts in zip(names, texts, ids, strict=True)]
    column = next((f.exported for f in fields if f.name == "status"), "")
    return Shape("responses", fields, headings, excluded=by_status(fields, column, STATUSES))


def _repeats_headings(rows: list[Row]) -> bool:
    """Return whether the second row holds questions, and no answers: no figure stands in it."""
    place = next((n for n, name in enumerate(rows[0]) if name.lower() == "progress"), None)
    return place is not None and not rows[1][place].isdecimal()


def _import_id(cell: str) -> str:
    try:
        return str(json.loads(cell)["ImportId"]).lower()
    except (ValueError, KeyError, TypeError):
        return ""


def _of_heading(heading: str) -> str:
    lower = heading.lower()
    key = HEADINGS.get(lower, lower)
    return key if key in METADATA else "qid"


def _field(name: str, text: str, import_id: str) -> Field:
    if import_id in METADATA:
        canonical, role, left_out = METADATA[import_id]
        return Field(name, text, canonical, role, left_out=left_out)
    if import_id.endswith("_nps_group") or name.upper().endswith("_NPS_GROUP"):
        return Field(name, text, left_out="computed by Qualtrics from the answers")
    computed = bool(re.search(r"topics|sentiment|parent ?topics", import_id + name, re.IGNORECASE))
    question = import_id.startswith("qid") and not computed
    role = "comment" if import_id.endswith("_text") and import_id.startswith("qid") else ""
    return Field(name, text or name, role=role, question=question)


def nps_questions(fields: list[Field]) -> set[str]:
    """Return the columns of which Qualtrics made groups of promoters: they ask for NPS."""
    groups = [f.exported for f in fields if f.exported.upper().endswith("_NPS_GROUP")]
    return {name[: -len("_NPS_GROUP")] for name in groups}


PRODUCT = Product("qualtrics", "Qualtrics", recognise, shape)
