"""Block -> line chart of several series, beside the level that all of them claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.show import charts
from cxreport.show.written import caption, names_of, reader_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cxreport.show.blocks import Block
    from cxreport.show.pictures import Drawing
    from cxreport.show.words import Words


def draw_lines(block: Block, words: Words) -> Drawing:
    """Draw the column ``parameters["value"]`` over ``n``, one line a name.

    Parameters
    ----------
    block : Block
        Frame with ``n`` and the value (percent). Parameters: ``value``, ``label`` (a column and its
        format), ``level`` (percent), which is drawn as a line of its own, ``level_name``, ``x`` and
        ``y`` (texts).
    words : Words
        The reader's language.

    Returns
    -------
    tuple
        What draws the figure (wide or not), and its alt text.
    """
    parameters, reader = block.parameters, reader_of(block, words.language)
    value, level = parameters["value"], parameters["level"]
    lines = block.frame[["n"]].assign(value=block.frame[value], name=names_of(block, reader))
    claim, x_label, y_label = (reader.text(parameters[key]) for key in ("level_name", "x", "y"))
    claimed = lines[["n"]].drop_duplicates().assign(value=level, name=claim)
    frame = pd.concat([lines, claimed], ignore_index=True)
    frame["n"] = [words.whole(n) for n in frame["n"]]

    def draw(wide: bool) -> Figure:
        return charts.line(
            frame, x="n", y="value", series="name", x_label=x_label,
            y_label=y_label, number=words.number, whole=words.whole, wide=wide,
        )  # fmt: skip

    told = [
        words.text("alt.line", name=name, first=words.number(rows["value"].iloc[0]),
                   last=words.number(rows["value"].iloc[-1]))
        for name, rows in lines.groupby("name", sort=False)
    ]  # fmt: skip
    alt = words.text(
        "alt.lines",
        caption=caption(block, words),
        first=frame["n"].iloc[0],
        last=frame["n"].iloc[-1],
        lines="; ".join(told),
    )
    return draw, alt
