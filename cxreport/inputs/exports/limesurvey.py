"""LimeSurvey: codes or whole questions as headings; 1980-01-01 where dates were taken out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cxreport.inputs.exports.product import Field, Product, Shape, unique_names
from cxreport.inputs.exports.statuses import by_status

if TYPE_CHECKING:
    from cxreport.inputs.exports.grid import Grid, Row

ANONYMOUS = dict.fromkeys(
    ("1980-01-01", "1980-01-01 00:00:00"), "the date was taken out of an anonymous survey"
)
METADATA: dict[str, tuple[str, str, str]] = {
    "id": ("response_id", "id", ""),
    "submitdate": ("answered_at", "date", ""),
    "lastpage": ("last_page", "number", ""),
    "startlanguage": ("language", "segment", ""),
    "seed": ("seed", "other", ""),
    "token": ("token", "other", ""),
    "startdate": ("started_at", "time", ""),
    "datestamp": ("last_action_at", "time", ""),
    "ipaddr": ("", "", "personal data"),
    "refurl": ("referrer", "other", ""),
    "interviewtime": ("interview_seconds", "number", ""),
}
"""Code of a heading -> canonical name, role, and why it is left out."""
TITLES = {
    "id": ("response id", "id risposta", "id della risposta", "antwort id", "antwort-id",
           "id de la réponse", "id de respuesta"),
    "submitdate": ("date submitted", "data di invio", "data invio", "datum abgeschickt",
                   "date de soumission", "fecha de envío"),
    "lastpage": ("last page", "ultima pagina", "letzte seite", "dernière page", "última página"),
    "startlanguage": ("start language", "lingua iniziale", "start-sprache", "startsprache",
                      "langue de départ", "lenguaje inicial"),
    "seed": ("seed", "seme", "zufallsstartwert", "tête de série", "semilla"),
    "token": ("token", "access code", "codice di accesso", "zugangscode", "code d'accès"),
    "startdate": ("date started", "data di inizio", "data inizio", "datum gestartet",
                  "date de lancement", "fecha de inicio"),
    "datestamp": ("date last action", "data dell'ultima azione", "data ultima azione",
                  "datum letzte aktivität", "date de la dernière action"),
    "ipaddr": ("ip address", "indirizzo ip", "ip-adresse", "adresse ip"),
    "refurl": ("referrer url", "url referrer", "url di provenienza"),
    "interviewtime": ("total time", "tempo totale", "gesamtzeit", "temps total"),
}  # fmt: skip
"""Code -> headings of an export with whole questions."""
CODES = {title: code for code, titles in TITLES.items() for title in titles}
TIMES = re.compile(
    r"(group|question)time\w*|(group|question) time: .*|tempo (gruppo|domanda).*", re.IGNORECASE
)
CODE_AND_TEXT = re.compile(r"([A-Za-z]\w*(?:\[\w+\])*)[.:] (.+)", re.DOTALL)


def recognise(rows: list[Row]) -> bool:
    """Return whether the headings are those of LimeSurvey."""
    codes = {_code(name) for name in rows[0]} if rows else set()
    return {"id", "submitdate", "lastpage", "startlanguage"} <= codes


def _code(heading: str) -> str:
    lower = heading.lower()
    first = lower.partition(". ")[0]
    return next((c for c in (lower, first, CODES.get(lower, "")) if c in METADATA), "")


def shape(grid: Grid) -> Shape:
    """Describe the columns of an export of LimeSurvey."""
    headings = grid.first(1)[0]
    fields = [_field(*parts) for parts in zip(unique_names(headings), headings, strict=True)]
    return Shape("responses", fields, excluded=by_status(fields, "", {}))


def _field(name: str, heading: str) -> Field:
    if code := _code(heading):
        canonical, role, left_out = METADATA[code]
        missing = ANONYMOUS if role in {"date", "time"} else {}
        return Field(name, heading, canonical, role, left_out=left_out, missing=missing)
    if TIMES.fullmatch(heading):
        return Field(name, heading, role="number")
    match = CODE_AND_TEXT.fullmatch(heading)
    return Field(name, match[2] if match else heading, question=True)


PRODUCT = Product("limesurvey", "LimeSurvey", recognise, shape)
