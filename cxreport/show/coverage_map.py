"""Frame of coverage -> heat map: a table of populations, shaded by the distance from the level."""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import TYPE_CHECKING

import pandas as pd

from cxreport.show.cell import Cell, Table

if TYPE_CHECKING:
    from cxreport.show.blocks import Block
    from cxreport.show.words import Words

STEPS = (0.5, 1, 2, 5, 10)
"""Percentage points from the level at which the next shade begins."""


def make_coverage_map(block: Block, words: Words) -> Table:
    """Write the coverage of one interval as a table: a row a share of detractors.

    Parameters
    ----------
    block : Block
        Frame with ``detractors`` and ``promoters`` (fractions) and ``coverage`` (percent), and
        parameters ``n``, ``interval`` and ``level`` (percent).
    words : Words
        The reader's language.

    Returns
    -------
    Table
        One column a share of promoters. Shades 1 to 5 lie above the level, -1 to -5 below it; no
        shade is within half a point. Empty where the shares add up to more than everybody.
    """
    parameters = block.parameters
    kind = words.text(f"interval_kind.{parameters['interval']}")
    grid = block.frame.pivot_table(index="detractors", columns="promoters", values="coverage")
    headings = [Cell(words.text("coverage.corner"), "")]
    headings += [Cell(_percent(float(p), words), "", is_number=True) for p in grid.columns]
    rows = [
        [Cell(_percent(share, words), headings[0].text)]
        + [
            Cell(
                "" if pd.isna(value) else words.number(value),
                heading.text,
                is_number=True,
                shade=shade_of(value - parameters["level"]),
            )
            for value, heading in zip(values, headings[1:], strict=True)
        ]
        for share, values in zip(grid.index, grid.to_numpy(), strict=True)
    ]
    return Table(words.text("caption.coverage_map", kind=kind, n=parameters["n"]), headings, rows)


def shade_of(distance: float) -> int:
    """Return the shade of a distance from the level, in percentage points.

    Examples
    --------
    >>> [shade_of(distance) for distance in (0.4, -0.6, 3.0, -40.0, math.nan)]
    [0, -1, 3, -5, 0]
    """
    if math.isnan(distance):
        return 0
    return bisect_left(STEPS, round(abs(distance), 6)) * (1 if distance > 0 else -1)


def _percent(share: float, words: Words) -> str:
    """Write a share of the grid, without a decimal where it has none."""
    percent = round(100 * share, 1)
    return f"{words.number(percent, 0 if percent.is_integer() else 1)}%"
