"""Block -> line chart of several series, beside the level that all of them claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.show import charts
from cxreport.show.written import caption

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cxreport.show.blocks import Block
    from cxreport.show.pictures import Drawing
    from cxreport.show.words import Words


def draw_lines(block: Block, words: Words) -> Drawing:
    """Draw the column ``parameters["value"]`` over ``n``, one line an interval.

    Parameters
    ----------
    block : Block
        Frame with ``n``, ``interval_kind`` and the value (percent); parameters ``value`` and
        ``level`` (percent), which is drawn as a line of its own.
    words : Words
        The reader's language.

    Returns
    -------
    tuple
        What draws the figure (wide or not), and its alt text.
    """
    value, level = block.parameters["value"], block.parameters["level"]
    kinds = [words.text(f"interval_kind.{kind}") for kind in block.frame["interval_kind"]]
    lines = block.frame[["n"]].assign(value=block.frame[value], name=kinds)
    claimed = lines[["n"]].drop_duplicates().assign(value=level, name=words.text("chart.claimed"))
    frame = pd.concat([lines, claimed], ignore_index=True)
    frame["n"] = [words.whole(n) for n in frame["n"]]

    def draw(wide: bool) -> Figure:
        return charts.line(
            frame, x="n", y="value", series="name", x_label=words.text("chart.answers"),
            y_label=words.text("chart.held"), number=words.number, whole=words.whole, wide=wide,
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
