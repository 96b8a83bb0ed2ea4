"""Every text stands in both languages, asks for the same values, and is used; none is missing."""

from __future__ import annotations

import ast
import json
import re
import string
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cxreport.inputs.meaning import LANGUAGES
from cxreport.show.formats import FORMATS
from cxreport.show.texts import SHARED, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "cxreport"
TOPICS = [SHARED, *sorted(file.parent.name for file in PACKAGE.glob("topics/*/texts.toml"))]
topics = pytest.mark.parametrize("topic", TOPICS)
NAMES_A_SECTION = {"word", "known_word", "translated"}
"""Formats whose option is a section of texts, not one text."""
IN_TEXTS = {"say": 0, "sentences": None, "table": 1, "chart": 2, "note": 1}
"""Functions of blocks -> which argument is the key of a text."""


def test_texts_are_many() -> None:
    assert sum(len(texts_of(topic)) for topic in TOPICS) > 100


def forms(text: str | list[str]) -> list[str]:
    return text if isinstance(text, list) else [text]


def fields(text: str) -> set[str]:
    """Return the values that a text asks for, each with its format."""
    parts = string.Formatter().parse(text)
    return {f"{name}:{how}" if how else name for _, name, how, _ in parts if name is not None}


def formats_in(how: str) -> Iterator[str]:
    """Yield the formats that a format names: itself, and those of its parts."""
    name, _, option = how.partition(":")
    yield name
    if name in {"list", "series", "and", "capital", "range", "span", "or"}:
        yield from formats_in(option if name != "or" else option.rpartition(":")[0])


@topics
def test_every_text_stands_in_both_languages(topic: str) -> None:
    texts = texts_of(topic)
    assert {key: set(text) for key, text in texts.items() if set(text) != set(LANGUAGES)} == {}
    every = [form for text in texts.values() for part in text.values() for form in forms(part)]
    assert [
        form for form in every if not form or (form != form.strip(" ") and form[0] != ",")
    ] == []
    plural = [part for text in texts.values() for part in text.values() if isinstance(part, list)]
    assert [part for part in plural if len(part) != 2] == []


@topics
def test_both_languages_ask_for_the_same_values(topic: str) -> None:
    differing = {}
    for key, text in texts_of(topic).items():
        asked = {language: fields(forms(text[language])[-1]) for language in LANGUAGES}
        if asked["en"] != asked["it"]:
            differing[key] = asked
            continue
        named = {field.partition(":")[0] for language in LANGUAGES
                 for form in forms(text[language]) for field in fields(form)}  # fmt: skip
        if not all(name.isidentifier() for name in named):
            differing[key] = {"no plain names": named}
    assert differing == {}


@topics
def test_every_format_is_known(topic: str) -> None:
    asked = {
        field.partition(":")[2]
        for text in texts_of(topic).values()
        for part in text.values()
        for form in forms(part)
        for field in fields(form)
        if ":" in field
    }
    known = {*FORMATS, *"0123"}
    assert [how for how in asked if not set(formats_in(how)) <= known] == []


def literals(code: ast.AST) -> Iterator[str]:
    for node in ast.walk(code):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def choices(argument: ast.expr) -> Iterator[str]:
    """Yield the literals that an argument may be."""
    if isinstance(argument, ast.IfExp):
        yield from (*choices(argument.body), *choices(argument.orelse))
    elif isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value


def code_of(topic: str) -> list[ast.Module]:
    """Return the modules that may name a topic's texts; those of the house, all may."""
    folder = PACKAGE if topic == SHARED else PACKAGE / "topics" / topic
    return [ast.parse(file.read_text("utf-8")) for file in sorted(folder.rglob("*.py"))]


def templates() -> str:
    return " ".join(file.read_text("utf-8") for file in PACKAGE.rglob("*.j2"))


def cells_of_notebooks() -> str:
    cells = [
        "".join(cell["source"])
        for file in sorted((ROOT / "notebooks").glob("*.ipynb"))
        for cell in json.loads(file.read_text("utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    return "\n".join(cells)


@topics
def test_every_text_has_a_use(topic: str) -> None:
    named = {text for module in code_of(topic) for text in literals(module)}
    own = [texts_of(name) for name in (TOPICS if topic == SHARED else [topic])]
    asked = [f for t in own for text in t.values() for part in text.values()
             for form in forms(part) for f in fields(form)]  # fmt: skip
    named |= {step for how in [*named, *asked] for step in how.split(":")}
    if topic == SHARED:
        named |= set(re.findall(r"[\w.]+", templates() + cells_of_notebooks()))
    unused = [key for key in texts_of(topic) if not is_named(key, named)]
    assert unused == []


def is_named(key: str, named: set[str]) -> bool:
    """Say whether code names a text: whole, as a word of a section, a caption or a heading."""
    section, _, last = key.rpartition(".")
    sections = {section, section.rpartition(".")[0]} - {""}
    return key in named or bool(sections & named) or (
        section.rpartition(".")[2] in {"caption", "column", "against"} and last in named
    )  # fmt: skip


@pytest.mark.parametrize("topic", TOPICS[1:])
def test_every_text_that_code_names_is_there(topic: str) -> None:
    known = {*texts_of(topic), *texts_of(SHARED)}
    sections = {key.partition(".")[0] for key in known} | {"missing", "missing_section"}
    missing = [
        text
        for module in code_of(topic)
        for text in literals(module)
        if re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", text)
        and text.partition(".")[0] in sections
        and text not in known
    ]
    for module in code_of(topic):
        for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
            name = call.func.id if isinstance(call.func, ast.Name) else ""
            at = IN_TEXTS.get(name)
            if at is not None and len(call.args) > at:
                place = "caption." if name in {"table", "chart"} else ""
                keys = choices(call.args[at])
                missing += [f"{name}: {place}{key}" for key in keys if place + key not in known]
            if name == "Column":
                headings = [
                    *call.args[2:3],
                    *(k.value for k in call.keywords if k.arg == "heading"),
                ]
                named = [*choices(call.args[0]), *(c for a in headings for c in choices(a))]
                heading = f"column.{named[-1] or named[0]}"
                missing += [] if heading in known else [f"Column: {heading}"]
    assert missing == []
