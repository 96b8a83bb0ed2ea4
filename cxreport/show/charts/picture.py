"""Block -> picture: the chart of its kind, for a desktop page and for a phone, with alt text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxreport.show.charts.bars import draw_bars
from cxreport.show.charts.control import draw_control
from cxreport.show.charts.curves import draw_curves
from cxreport.show.charts.distribution import draw_distribution
from cxreport.show.charts.intervals import draw_intervals
from cxreport.show.charts.lines import draw_lines
from cxreport.show.charts.map import draw_map
from cxreport.show.charts.svg import to_svg
from cxreport.show.written import reader_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxreport.show.blocks import Block
    from cxreport.show.charts.canvas import Drawing
    from cxreport.show.formats import Reader
    from cxreport.show.words import Words


@dataclass(frozen=True)
class Picture:
    """The same chart twice, and what it says in words."""

    wide: str
    narrow: str
    alt: str


def picture_of(block: Block, words: Words, *, prefix: str) -> Picture:
    """Draw a block of one of the chart kinds.

    Parameters
    ----------
    block : Block
        Of a kind in ``DRAWINGS``.
    words : Words
        The reader's language.
    prefix : str
        What the ids of the picture begin with, one for each picture of a page.

    Returns
    -------
    Picture
        Two SVG texts and the alt text made from the frame.
    """
    draw, alt = DRAWINGS[block.kind](block, reader_of(block, words.language))
    return Picture(
        wide=to_svg(draw(True), prefix=f"{prefix}w", alt=alt),
        narrow=to_svg(draw(False), prefix=f"{prefix}n", alt=alt),
        alt=alt,
    )


DRAWINGS: dict[str, Callable[[Block, Reader], Drawing]] = {
    "control": draw_control,
    "intervals": draw_intervals,
    "distribution": draw_distribution,
    "lines": draw_lines,
    "curves": draw_curves,
    "bars": draw_bars,
    "map": draw_map,
}
"""Kind of block -> what draws it."""
