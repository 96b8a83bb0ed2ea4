"""Text from data -> text that reads as it was written: nothing in it can turn its surroundings."""

from __future__ import annotations

import unicodedata
from typing import Any

from cxreport.show.blocks import Block

INVISIBLE = {"Cc", "Cf", "Cs"}
"""Unicode categories of controls, format characters (direction, zero width) and half characters."""
FILLERS = set("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
"""Letters that show nothing."""
RIGHT_TO_LEFT = {"R", "AL", "AN"}
MOST_MARKS = 2
"""Marks that one letter may bear; more of them climb over the lines above."""
MARKS = {"Mn", "Me"}
LONGEST = 400
"""Signs of a cell's text; a longer one is cut."""
ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"


def visible(text: str) -> str:
    r"""Leave out the characters that nobody sees, and that turn or join what stands beside them.

    Letters are written in their composed form (NFC), and bear two marks at most.

    Examples
    --------
    >>> visible("tel\u202e"), visible("pay\u200bpal"), len(visible("a" + 9 * "\u0336"))
    ('tel', 'paypal', 3)
    """
    if text.isascii() and text.isprintable():
        return text
    lines = text.replace("\u2028", "\n").replace("\u2029", "\n")
    kept = "".join(
        letter
        for letter in lines
        if letter in "\n\t\r"
        or (unicodedata.category(letter) not in INVISIBLE and letter not in FILLERS)
    )
    return _with_few_marks(unicodedata.normalize("NFC", kept))


def _with_few_marks(text: str) -> str:
    """Leave each letter its first marks."""
    letters, marks = [], 0
    for letter in text:
        marks = marks + 1 if unicodedata.category(letter) in MARKS else 0
        if marks <= MOST_MARKS:
            letters.append(letter)
    return "".join(letters)


def _cell(value: Any) -> Any:
    """Make the text of a cell visible, and cut a long one."""
    text = all_visible(value)
    if not isinstance(text, str) or len(text) <= LONGEST:
        return text
    return text[: LONGEST - 1].rstrip() + "…"


def all_visible(value: Any) -> Any:
    """Make every text inside plain data visible, names included."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {all_visible(key): all_visible(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [all_visible(item) for item in value]
    return value


def visible_block(block: Block) -> Block:
    """Make every text of a block visible: the one door from data into a page."""
    frame = block.frame.map(_cell)
    frame.columns = [all_visible(name) for name in block.frame.columns]
    return Block(block.kind, frame, all_visible(block.parameters))


def isolated(text: str) -> str:
    r"""Keep a text that is read from right to left from turning the sentence around it.

    Examples
    --------
    >>> isolated("Torino"), isolated("\u05e9") == "\u2068\u05e9\u2069"
    ('Torino', True)
    """
    turns = any(unicodedata.bidirectional(letter) in RIGHT_TO_LEFT for letter in text)
    if not turns or (text.startswith(ISOLATE) and text.endswith(END_OF_ISOLATE)):
        return text
    return f"{ISOLATE}{text}{END_OF_ISOLATE}"
