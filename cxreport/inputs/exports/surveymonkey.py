"""SurveyMonkey: two rows of headings; a column without a question belongs to its left neighbour."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cxreport.inputs.exports.product import Field, Product, Shape, unique_names
from cxreport.inputs.exports.statuses import by_status
from cxreport.inputs.exports.words import is_personal

if TYPE_CHECKING:
    from cxreport.inputs.exports.grid import Grid, Row

RESPONDENT = (
    "respondent id", "respondent_id", "id rispondente", "id del rispondente", "id intervistato",
    "id dell'intervistato", "teilnehmer-id", "befragten-id", "id répondant", "id du répondant",
    "id del encuestado", "id de encuestado", "id do respondente", "respondent-id",
)  # fmt: skip
STARTED = ("startdatum", "date de début", "fecha de inicio", "data de início", "begindatum")
ENDED = ("enddatum", "date de fin", "fecha de finalización", "data de término", "einddatum")
METADATA: dict[str, tuple[str, str]] = {
    **dict.fromkeys(RESPONDENT, ("response_id", "id")),
    "collector id": ("collector_id", "segment"),
    "id collector": ("collector_id", "segment"),
    "id raccoglitore": ("collector_id", "segment"),
    "start date": ("started_at", "time"),
    "date created": ("started_at", "time"),
    "data di inizio": ("started_at", "time"),
    "data inizio": ("started_at", "time"),
    "end date": ("answered_at", "date"),
    "date modified": ("answered_at", "date"),
    "data di fine": ("answered_at", "date"),
    "data fine": ("answered_at", "date"),
    **dict.fromkeys(STARTED, ("started_at", "time")),
    **dict.fromkeys(ENDED, ("answered_at", "date")),
    "ip address": ("", "personal"),
    "indirizzo ip": ("", "personal"),
    "email address": ("", "personal"),
    "indirizzo e-mail": ("", "personal"),
    "indirizzo email": ("", "personal"),
    "first name": ("", "personal"),
    "nome": ("", "personal"),
    "last name": ("", "personal"),
    "cognome": ("", "personal"),
    "custom data 1": ("", ""),
    "dati personalizzati 1": ("", ""),
}
"""Heading in small letters, above an empty cell -> canonical name and role."""
ANSWER = re.compile(
    r"response|open-ended response|risposta|risposta (aperta|a testo libero)|antwort|"
    r"(beantwortung mit )?offen\w* antwort\w*|réponse( ouverte)?|"
    r"respuesta( abierta)?|resposta( aberta)?",
    re.IGNORECASE,
)
OF_R = re.compile(r"\.\.\.\d+")
"""What R writes for an empty heading."""


def recognise(rows: list[Row]) -> bool:
    """Return whether the rows begin with a respondent's id above an empty cell."""
    return len(rows) > 1 and bool(rows[0]) and rows[0][0].lower() in RESPONDENT


def may_be(rows: list[Row]) -> bool:
    """Return whether there seem to be two rows of headings, in a language that is not read here."""
    if len(rows) < 3 or not rows[1] or rows[1][0]:
        return False
    below = [cell for cell in rows[1] if cell]
    gaps = [n for n, cell in enumerate(rows[0]) if not cell and rows[1][n]]
    return bool(below) and (bool(gaps) or any(ANSWER.fullmatch(cell) for cell in below))


def shape(grid: Grid) -> Shape:
    """Describe the columns of an export of SurveyMonkey."""
    rows = grid.first(2)
    two = len(rows) > 1 and not rows[1][0]
    below = rows[1] if two else [""] * len(rows[0])
    above = ["" if OF_R.fullmatch(name) else name for name in rows[0]]
    questions, last = [], ""
    for name in above:
        last = name or last
        questions.append(last)
    names = _names(above, questions, below)
    people = {q for q in questions if _asks_who(q, questions, below)}
    fields = [
        _field(name, question, option, personal=question in people)
        for name, question, option in zip(names, questions, below, strict=True)
    ]
    return Shape("responses", fields, 2 if two else 1, excluded=by_status(fields, "", {}))


def _asks_who(question: str, questions: list[str], below: list[str]) -> bool:
    """Return whether a question asks for a person's contacts, by two or more of its parts."""
    parts = [option for q, option in zip(questions, below, strict=True) if q == question]
    return sum(is_personal(part) for part in parts) > 1


def _names(above: list[str], questions: list[str], below: list[str]) -> list[str]:
    """Name a column by its question, and by its option where a question has more than one."""
    names = []
    for place, (name, question, option) in enumerate(zip(above, questions, below, strict=True)):
        alone = bool(name) and not (place + 1 < len(above) and not above[place + 1])
        plain = not option or (alone and ANSWER.fullmatch(option))
        names.append(question if plain else f"{question} / {option}")
    return unique_names(names)


def _field(name: str, question: str, option: str, *, personal: bool) -> Field:
    meant = METADATA.get(question.lower()) if not option else None
    if meant is not None:
        canonical, role = meant
        left_out = "personal data" if role == "personal" else ""
        return Field(name, question, canonical, "" if left_out else role, left_out=left_out)
    if not option and re.fullmatch(r"custom data \d+|dati personalizzati \d+", question.lower()):
        return Field(name, question)
    if (personal and is_personal(option)) or (not option and is_personal(question)):
        return Field(name, name, left_out="personal data")
    return Field(name, name, question=bool(option))


PRODUCT = Product("surveymonkey", "SurveyMonkey", recognise, shape)
