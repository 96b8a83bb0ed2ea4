"""Block -> pictures of value: the whale curve, and purchases counted beside those expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.show.charts.lines import line
from cxreport.show.written import caption

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cxreport.show.blocks import Block
    from cxreport.show.charts.canvas import Drawing
    from cxreport.show.words import Words


def draw_whale(block: Block, words: Words) -> Drawing:
    """Draw the part of the profit that so many customers make, the most profitable first.

    Parameters
    ----------
    block : Block
        Frame from ``whale_curve``.
    words : Words
        The reader's language.

    Returns
    -------
    tuple
        What draws the figure (wide or not), and its alt text.
    """
    shares = [f"{words.whole(share)}%" for share in block.frame["share"]]
    frame = block.frame.assign(share=shares)

    def draw(wide: bool) -> Figure:
        return line(
            frame, x="share", y="estimate", x_label=words.text("profit.axis.customers"),
            y_label=words.text("profit.axis.part"), number=words.whole, wide=wide,
        )  # fmt: skip

    values = frame["estimate"].astype(float).to_numpy()
    chosen = sorted({0, len(frame) // 5, int(values.argmax()), len(frame) - 1})
    points = "; ".join(
        words.text("profit.point", share=shares[at], value=words.measured(values[at], "share"))
        for at in chosen
    )
    return draw, words.text("profit.alt", caption=caption(block, words), points=points)


def draw_tracking(block: Block, words: Words) -> Drawing:
    """Draw repeat purchases to the end of each month, counted and expected.

    Parameters
    ----------
    block : Block
        Frame ``by_month`` of a ``ForecastCheck``; months that the model had not seen are hollow.
    words : Words
        The reader's language.

    Returns
    -------
    tuple
        What draws the figure (wide or not), and its alt text.
    """
    months = [words.period(month, "month", short=True) for month in block.frame["month"]]
    given = block.frame.assign(month=months)
    counted = given[["month", "held_out"]].assign(
        value=given["actual"], low=np.nan, high=np.nan, name=words.text("buying.counted")
    )
    expected = given[["month", "held_out", "low", "high"]].assign(
        value=given["estimate"], name=words.text("buying.expected")
    )
    frame = pd.concat([counted, expected], ignore_index=True)

    def draw(wide: bool) -> Figure:
        return line(
            frame, x="month", y="value", low="low", high="high", series="name",
            is_open="held_out", open_label=words.text("buying.held_out_months"), x_label="",
            y_label=words.text("buying.axis"), number=words.whole, whole=words.whole, wide=wide,
        )  # fmt: skip

    split = int((~given["held_out"].astype(bool)).sum()) - 1
    points = "; ".join(
        words.text(
            "buying.point", month=months[at], counted=words.whole(given["actual"].iloc[at]),
            expected=words.whole(given["estimate"].iloc[at]),
        )
        for at in sorted({max(split, 0), len(given) - 1})
    )  # fmt: skip
    return draw, words.text("buying.alt", caption=caption(block, words), points=points)
