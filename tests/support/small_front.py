"""A first screen of given texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.blocks import Block
from cxreport.show.parts import say

if TYPE_CHECKING:
    from collections.abc import Sequence


def front(texts: Sequence[str], *, n_cards: int, **about: Any) -> Block:
    """Return a first screen whose finding is the first text, and whose cards the first are."""
    each = [say("value.range", low=text, high=text) for text in texts]
    card = {"value": each[0], "line": each[-1], "mark": each[0], "alt": each[0], "look": "worse"}
    points = pd.DataFrame({"estimate": [20.0, 30.0], "n": 100})
    ranged = points.assign(expected=22.0, lower=15.0, upper=27.0)
    parameters = {
        "topic": "overview",
        "caption": "series",
        "columns": [{"name": "n", "how": "whole", "heading": "n"}],
        "facts": each[:2],
        "findings": each[:1],
        "items": [{"word": each[0], "text": text, "look": "worse"} for text in each[1:3]],
        "rest": each[:2],
        "start": each[0],
        "starts": [{"name": text, "text": text} for text in each[:3]],
        "cards": [card | {"name": each[place]} for place in range(n_cards)],
        "explained": each[0],
    }
    frame = pd.concat([ranged.assign(card=place) for place in range(n_cards)])
    return Block("front", frame, about | parameters)
