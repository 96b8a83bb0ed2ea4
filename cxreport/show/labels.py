"""What things are called: questions, columns, codes and titles, in the reader's language.

A block carries the codebook's labels of whatever its frame names, in all languages; which one is
read is decided here, at export.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.plain_text import isolated

if TYPE_CHECKING:
    from cxreport.show.words import Words

    Parameters = dict[str, Any]

MARK = re.compile(r"\[([A-Za-z -]+)\]")
"""What stands in the place of a piece of personal data, see ``cxreport.inputs.redaction``."""


def capital(text: str) -> str:
    """Begin with a capital letter.

    Examples
    --------
    >>> capital("ease"), capital("")
    ('Ease', '')
    """
    return text[:1].upper() + text[1:]


def title_label(parameters: Parameters, words: Words) -> str:
    """Return what a report is called: by its own title or a known one, and what it is a part of."""
    title = parameters["title"]
    own = isinstance(title, dict)
    written = isolated(str(title[words.language])) if own else words.text(f"title.{title}")
    filters = filters_label(parameters, words)
    return f"{written} ({filters})" if filters else written


def filters_label(parameters: Parameters, words: Words) -> str:
    """Return which part of the answers a report is on; empty for all of them."""
    return "; ".join(
        f"{isolated(column_label(column, parameters, words))}: "
        + ", ".join(isolated(code_label(column, code, parameters, words)) for code in codes)
        for column, codes in parameters.get("filters", {}).items()
    )


def answer_label(answer: str, words: Words) -> str:
    """Return what an answer, or a class of answers, is called."""
    return words.text(f"part.{answer}") if words.has(f"part.{answer}") else answer


def period_label(parameters: Parameters, words: Words, which: str = "period") -> str:
    """Return the name of the period reported, or of the one before."""
    period = parameters.get(which)
    return words.period(period["name"], period["kind"]) if period else ""


def score_label(metric: str, question: str, parameters: Parameters, words: Words) -> str:
    """Return what a score is called, with its question where the score has one."""
    return words.text(f"label.{metric}", question=question_label(question, parameters, words))


def question_label(name: str, parameters: Parameters, words: Words) -> str:
    """Return the codebook's label of a question."""
    if words.has(f"question.{name}"):
        return words.text(f"question.{name}")
    return column_label(name, parameters, words)


def column_label(name: str, parameters: Parameters, words: Words) -> str:
    """Return the codebook's label of a column; its name where it has none."""
    label = parameters.get("names", {}).get(name, {})
    return str(label.get(words.language, name))


def code_label(column: str, code: object, parameters: Parameters, words: Words) -> str:
    """Return the codebook's label of a code; the code itself where it has none."""
    if code is None or pd.isna(code):  # type: ignore[call-overload]
        return words.text("value.unknown")
    label = parameters.get("labels", {}).get(column, {}).get(str(code), {})
    return str(label.get(words.language, code))


def comment_label(text: str, words: Words) -> str:
    """Return what a customer wrote, with its marks of redaction in the reader's language.

    Examples
    --------
    >>> from cxreport.show.words import Words
    >>> comment_label("Write to [email] [not a mark]", Words("it"))
    'Write to [indirizzo e-mail] [not a mark]'
    """
    kinds = {kind: f"redacted.{kind}" for kind in MARK.findall(text)}
    marks = {kind: words.text(key) if words.has(key) else kind for kind, key in kinds.items()}
    return MARK.sub(lambda mark: f"[{marks[mark[1]]}]", text)
