"""Sentences whose values have names of their own: stages, codes, texts of the catalogue, lists."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cxreport.inputs.meaning import LANGUAGES
from cxreport.show.blocks import Block
from cxreport.show.captions import code_label, period_label, question_label
from cxreport.show.sections import about
from cxreport.show.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cxreport.inputs.company import Company

    Sentence = dict[str, Any]


def say(key: str, **values: object) -> Sentence:
    """Name a sentence and its values, to be written in the reader's language.

    A value is a number or a text as it is, ``{"text": key}`` (of the catalogue), ``{"code":
    [column, code]}`` (the codebook's label), ``{"question": column}``, ``{"period": name}``,
    ``{"signed": number}``, ``{"measured": [number, metric]}`` or ``{"list": [...]}`` of these.

    Examples
    --------
    >>> say("journey.stages.lowest", stage={"text": "stage.retention"}, n=3)["key"]
    'journey.stages.lowest'
    """
    return {"key": key, "values": values}


def told(sentences: Sequence[Sentence], company: Company) -> Block:
    """Show sentences."""
    return Block("told", parameters=about(company) | {"sentences": list(sentences)})


def told_sentences(block: Block, words: Words) -> list[str]:
    """Write the sentences of a block of kind ``told``."""
    parameters, written = block.parameters, []
    for sentence in parameters["sentences"]:
        values = {"period": period_label(parameters, words)} | {
            name: _value(value, parameters, words) for name, value in sentence["values"].items()
        }
        text = words.text(sentence["key"], **values)
        written.append(text[:1].upper() + text[1:])
    return written


def _value(value: Any, parameters: dict[str, Any], words: Words) -> Any:
    """Write one value."""
    if not isinstance(value, dict):
        return value
    kind, content = next(iter(value.items()))
    write = WRITE_AS.get(kind)
    if write is not None:
        return write(content, parameters, words)
    return ", ".join(words.value(_value(item, parameters, words)) for item in content)


def _known(number: float | None) -> float:
    return math.nan if number is None else number


WRITE_AS: dict[str, Callable[[Any, dict[str, Any], Words], str]] = {
    "text": lambda key, _, words: words.text(key),
    "code": lambda pair, parameters, words: code_label(pair[0], pair[1], parameters, words),
    "question": question_label,
    "period": lambda name, parameters, words: words.period(name, parameters["period"]["kind"]),
    "signed": lambda number, _, words: words.signed(_known(number)),
    "measured": lambda pair, _, words: words.measured(_known(pair[0]), pair[1]),
}


def with_names(
    parameters: dict[str, Any], column: str, section: str, codes: Sequence[str]
) -> dict[str, Any]:
    """Add the names of a column's codes, which are keys of a section of texts, to a block's labels.

    Examples
    --------
    >>> with_names({"labels": {}}, "stage", "stage", ["retention"])["labels"]["stage"]
    {'retention': {'en': 'retention', 'it': 'ritenzione'}}
    """
    names = {
        code: {language: Words(language).text(f"{section}.{code}") for language in LANGUAGES}
        for code in codes
    }
    return parameters | {"labels": parameters["labels"] | {column: names}}
