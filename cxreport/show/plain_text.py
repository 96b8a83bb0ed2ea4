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
ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"


def visible(text: str) -> str:
    r"""Leave out the characters that nobody sees, and that turn or join what stands beside them.

    Examples
    --------
    >>> visible("tel\u202e"), visible("pay\u200bpal")
    ('tel', 'paypal')
    """
    if text.isascii() and text.isprintable():
        return text
    lines = text.replace("\u2028", "\n").replace("\u2029", "\n")
    return "".join(
        letter
        for letter in lines
        if letter in "\n\t\r"
        or (unicodedata.category(letter) not in INVISIBLE and letter not in FILLERS)
    )


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
    frame = block.frame.map(all_visible)
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
