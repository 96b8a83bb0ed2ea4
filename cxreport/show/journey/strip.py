"""The journey as a strip of its five stages: what each is rated, and which nobody asks about."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.captions import capital

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.show.blocks import Block
    from cxreport.show.words import Words


@dataclass(frozen=True)
class Stage:
    """One stage of the strip: its name, its rating, and what stands below it."""

    name: str
    rating: str
    lines: list[str]
    look: str = ""


def make_strip(block: Block, words: Words) -> list[Stage]:
    """Write the stages of a block of kind ``journey``.

    Parameters
    ----------
    block : Block
        Frame as from ``stage_ratings``.
    words : Words
        The reader's language.

    Returns
    -------
    list of Stage
        In the order of the journey; ``look`` is "unmeasured" where there is no rating, "lowest"
        for the stage that the block's ``lowest`` names.
    """
    lowest = block.parameters.get("lowest")
    return [_stage(row, lowest, words) for row in block.frame.to_dict("records")]


def _stage(row: dict[Hashable, Any], lowest: str | None, words: Words) -> Stage:
    """Write one stage."""
    name = capital(words.text(f"stage.{row['stage']}"))
    low, high = (math.nan if pd.isna(row[end]) else row[end] for end in ("low", "high"))
    if row["estimate"] is None or pd.isna(row["estimate"]):
        return Stage(
            name, words.text("value.none"), [words.text(f"note.{row['note']}")], "unmeasured"
        )
    ends = {"low": words.measured(low, "share"), "high": words.measured(high, "share")}
    lines = [
        words.text("value.range", **ends),
        words.text("journey.people", n=int(row["n"])),
    ]
    if row["stage"] != lowest:
        return Stage(name, words.measured(row["estimate"], "share"), lines)
    said = [*lines, words.text("journey.lowest")]
    return Stage(name, words.measured(row["estimate"], "share"), said, "lowest")
