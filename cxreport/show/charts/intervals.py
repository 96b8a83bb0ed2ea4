"""Estimates with their intervals: one row each, a dot and a whisker."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D

from cxreport.errors import CxError
from cxreport.show.charts import canvas, layout
from cxreport.show.charts.canvas import COLOURS, INK
from cxreport.show.charts.labels import label_of, write_drawn, write_measured
from cxreport.show.written import caption, names_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

    from cxreport.show.blocks import Block
    from cxreport.show.charts.canvas import Drawing, Style, Writer
    from cxreport.show.formats import Reader


def draw_intervals(block: Block, reader: Reader) -> Drawing:
    """Draw a block of kind ``intervals``: one dot with its interval for each group or question.

    Parameters
    ----------
    block : Block
        Frame: one row per line of the chart, from top to bottom, with ``estimate``, ``low``,
        ``high`` and, optional, ``n``, which is written below the name.

        Parameters: ``label`` (names the rows), ``x`` (the axis of the estimates); optional
        ``how``, ``drawn``, ``reference_value`` (such as the total, for a vertical line) and
        ``reference_label`` (``chart.all`` where it is not said).
    reader : Reader
        Who reads it.

    Returns
    -------
    tuple
        What draws the figure (wide or not), and its alt text.
    """
    p, frame = block.parameters, block.frame.assign(name=names_of(block, reader))
    x_label, number = label_of(block, reader, "x"), write_drawn(block, reader)
    meaning = label_of(block, reader, "reference_label", "chart.all")

    measured = frame.dropna(subset="estimate")

    def draw(wide: bool) -> Figure:
        return intervals(  # where there is little room, what has no estimate is in the table alone
            frame if wide else measured, label="name", y="estimate", low="low", high="high",
            n="n" if "n" in frame else None, reference=p.get("reference_value"),
            reference_label=meaning, x_label=x_label, number=number,
            whole=reader.words.whole, wide=wide,
        )  # fmt: skip

    write = write_measured(block, reader)
    if measured.empty:
        raise CxError("a chart without a number", got=p["caption"])
    values = measured["estimate"].astype(float).to_numpy()
    lowest, highest = measured.iloc[values.argmin()], measured.iloc[values.argmax()]
    texts = {
        "caption": caption(block, reader.words), "groups": len(frame),
        "highest": write(highest.to_dict(), "estimate"), "highest_at": highest["name"],
        "lowest": write(lowest.to_dict(), "estimate"), "lowest_at": lowest["name"],
    }  # fmt: skip
    return draw, reader.text(p.get("alt", "alt.intervals"), texts)


def intervals(
    frame: pd.DataFrame,
    *,
    label: str,
    y: str,
    low: str,
    high: str,
    x_label: str,
    number: Writer,
    wide: bool,
    n: str | None = None,
    whole: Writer | None = None,
    reference: float | None = None,
    reference_label: str = "",
) -> Figure:
    """Compare groups: one row each, a dot for the estimate and a whisker for its interval.

    Parameters
    ----------
    frame : DataFrame
        One row per group, drawn from top to bottom.
    label, y, low, high : str
        Columns of the group's name, the estimate and its interval's ends. A row without an
        estimate shows its name alone.
    x_label : str
        Name of the axis, with its unit.
    number, whole : callable
        Write an estimate, and a whole number (``number`` if not given).
    wide : bool
        As in `line`.
    n : str, optional
        Column of the number of answers, written under the name.
    reference : float, optional
        Where to draw a vertical line, such as the total.
    reference_label : str, optional
        What the line is, for the legend.

    Returns
    -------
    Figure
        As high as its rows need; each estimate is written at the right.

    Raises
    ------
    CxError
        On an unknown column, or a value that is no number.

    Examples
    --------
    >>> import pandas as pd
    >>> shops = pd.DataFrame({"shop": ["Roma"], "nps": [40.5], "low": [31.0], "high": [49.0]})
    >>> names = {"label": "shop", "x_label": "NPS (points)", "number": "{:.1f}".format}
    >>> figure = intervals(shops, y="nps", low="low", high="high", wide=False, **names)
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['Roma', '40.5']
    """
    values, lows, highs = (canvas.numbers(frame, column) for column in (y, low, high))
    handles: list[Artist] = []
    with canvas.drawing():
        names, notes = canvas.texts(frame, label), canvas.sizes_of(frame, n, whole or number)
        figure, axes, middles = canvas.rows(names, notes, wide=wide)
        if reference is not None and math.isfinite(reference):
            look: Style = {"color": INK, "linewidth": 1, "linestyle": (0, (4, 2))}
            axes.axvline(reference, gid="reference", zorder=1.5, **look)
            meaning = f"{reference_label} {number(reference)}"
            handles.append(Line2D([], [], label=canvas.brief(meaning, 60 if wide else 30), **look))
        drawn = np.flatnonzero(np.isfinite(values))
        ended = drawn[np.isfinite(lows[drawn]) & np.isfinite(highs[drawn])]
        axes.hlines(
            middles[ended], lows[ended], highs[ended], COLOURS[0], linewidth=1.8, gid="whiskers"
        )
        axes.plot(
            values[drawn], middles[drawn], "o", color=COLOURS[0], markersize=5.5, gid="points"
        )
        for i in drawn:
            canvas.beside(axes, number(values[i]), (1, middles[i]), ("axes fraction", "data"))
        canvas.name_axes(axes, x_label, "", wide=wide)
        canvas.legend(figure, handles, wide=wide)
        layout.write_values(axes.xaxis, number, whole, 6)
        axes.xaxis.set_visible(len(drawn) > 0)
        layout.lay_out(figure, axes)
    return figure
