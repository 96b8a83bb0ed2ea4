"""Block -> cards side by side: a name, a value, and lines below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxreport.show.written import reader_of

if TYPE_CHECKING:
    from cxreport.show.blocks import Block
    from cxreport.show.words import Words


@dataclass(frozen=True)
class Card:
    """One card: what it is called, its value, what stands below, and how it looks."""

    name: str
    value: str
    lines: list[str]
    look: str


def cards_of(block: Block, words: Words) -> list[Card]:
    """Write the cards of a block of kind ``cards``.

    Parameters
    ----------
    block : Block
        ``parameters["cards"]`` lists, for each card, ``name`` and ``value`` (sentences, see
        ``cxreport.show.parts.say``), ``lines`` (sentences) and ``look``: "", or a class of the
        style sheet ("unmeasured", "lowest").
    words : Words
        The reader's language.

    Returns
    -------
    list of Card
        In the block's order.
    """
    reader = reader_of(block, words.language)
    return [
        Card(
            name=reader.text(**card["name"]),
            value=reader.text(**card["value"]),
            lines=[reader.text(**line) for line in card["lines"]],
            look=card["look"],
        )
        for card in block.parameters["cards"]
    ]
