"""Every word that a page shows: one ``texts.toml`` a topic, both languages side by side.

A text is ``key = { en = "...", it = "..." }``, or two forms, ``["one ...", "many ..."]``, between
which a value called ``n`` decides. ``{low:share}`` asks for the value ``low`` in the format
``share``, see ``cxreport.show.formats``. What several topics share stands in ``show/texts.toml``.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cxreport.errors import CxError
from cxreport.inputs.meaning import LANGUAGES

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

SHARED = "show"
"""What stands for a topic where texts belong to none."""

OPTIONS = re.compile(r"{\w+:([^}]+)}")

Text = str | list[str]


def file_of(topic: str) -> Traversable:
    """Return the file that holds a topic's texts."""
    folder = files("cxreport")
    place = folder / "show" if topic == SHARED else folder / "topics" / topic
    return place / "texts.toml"


@cache
def texts_of(topic: str) -> dict[str, dict[str, Text]]:
    """Return the texts of a topic: dotted key -> language -> text.

    Raises
    ------
    CxError
        If there is no such topic.
    """
    try:
        tree = tomllib.loads(file_of(topic).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CxError("no such topic", got=topic, expected="a folder with texts.toml") from error
    return _flat(tree)


def _flat(tree: dict[str, Any], place: str = "") -> dict[str, dict[str, Text]]:
    """Name each text by the sections that it stands in."""
    texts: dict[str, dict[str, Text]] = {}
    for name, item in tree.items():
        if not isinstance(item, dict) or not item:
            raise CxError("this is no text", where=f"{place}{name}", expected="{ en, it }")
        if all(isinstance(part, str | list) for part in item.values()):
            texts[place + name] = item
        else:
            texts |= _flat(item, f"{place}{name}.")
    return texts


@cache
def options_in(topic: str) -> frozenset[str]:
    """Return what texts ask of formats by name: ``channel`` in ``{worst:code:channel}``."""
    forms = [form for text in texts_of(topic).values() for form in text.values()]
    every = " ".join(" ".join(form) if isinstance(form, list) else form for form in forms)
    return frozenset(word for how in OPTIONS.findall(every) for word in how.split(":"))


def has_text(topic: str, key: str) -> bool:
    """Return whether a topic, or the house, has a text of this key."""
    return key in texts_of(topic) or key in texts_of(SHARED)


def find_text(topic: str, key: str, language: str) -> Text:
    """Return a text by its dotted key: the topic's own, else the one that all share.

    Raises
    ------
    CxError
        If there is no such text, or no such language.
    """
    if language not in LANGUAGES:
        raise CxError("no such language", got=language, expected=", ".join(LANGUAGES))
    text = texts_of(topic).get(key) or texts_of(SHARED).get(key)
    if text is None:
        raise CxError("no such text", where=f"{topic}/texts.toml", got=key)
    return text[language]
