"""Horizontal bars from zero to both sides, with their intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from cxreport.errors import CxError
from cxreport.show.charts import canvas, layout
from cxreport.show.charts.canvas import COLOURS, INK
from cxreport.show.charts.labels import label_of, write_drawn, write_exact, write_measured
from cxreport.show.written import caption, names_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cxreport.show.blocks import Block
    from cxreport.show.charts.canvas import Drawing, Numbers, Style, Writer
    from cxreport.show.formats import Reader

# The second is hollow and the third hollow and dashed, so that they are told apart without colour.
LOOKS: tuple[Style, ...] = (
    {"facecolor": COLOURS[0], "edgecolor": COLOURS[0]},
    {"facecolor": "white", "edgecolor": COLOURS[1]},
    {"facecolor": "white", "edgecolor": COLOURS[2], "linestyle": (0, (2, 1))},
    {"facecolor": COLOURS[5], "edgecolor": COLOURS[5]},
)
MOST_WRITTEN = 2
"""Bars in a row that leave room for their numbers."""


def draw_bars(block: Block, reader: Reader) -> Drawing:
    """Draw a block of kind ``bars``: effects from zero to the left or to the right.

    Parameters
    ----------
    block : Block
        Frame: one row per bar, from top to bottom, with ``estimate``, ``low``, ``high``.

        Parameters: ``label`` (names the rows), ``x`` (the axis of the estimates); optional
        ``series`` (for several bars a label, up to four: names the bars, such as
        ``{"name": "kind", "how": "word:kind"}``), ``how``, ``drawn``, ``reference_value`` (for a
        vertical line) and ``reference_label`` (``chart.all`` where it is not said).
    reader : Reader
        Who reads it.

    Returns
    -------
    tuple
        What draws the figure (wide or not), and its alt text.
    """
    p, frame = block.parameters, block.frame.assign(label=names_of(block, reader))
    frame = frame.drop(columns="series", errors="ignore")
    if "series" in p:
        frame["series"] = names_of(block, reader, "series")
    x_label, number = label_of(block, reader, "x"), write_drawn(block, reader)
    meaning = label_of(block, reader, "reference_label", "chart.all")

    def draw(wide: bool) -> Figure:
        return bars(
            frame, x_label=x_label, number=number, ticks=write_exact(reader),
            reference=p.get("reference_value"), reference_label=meaning, wide=wide,
        )  # fmt: skip

    write, ends = write_measured(block, reader), ("estimate", "low", "high")
    rows = [
        reader.text("alt.bar", {"label": _both(row)} | {end: write(row, end) for end in ends})
        for row in frame.dropna(subset="estimate").to_dict("records")
    ]
    texts = {"caption": caption(block, reader.words), "rows": "; ".join(rows)}
    return draw, reader.text(p.get("alt", "alt.bars"), texts)


def _both(row: dict[Any, Any]) -> str:
    return f"{row['label']}, {row['series']}" if row.get("series") else str(row["label"])


def bars(
    frame: pd.DataFrame,
    *,
    x_label: str,
    number: Writer,
    wide: bool,
    ticks: Writer | None = None,
    reference: float | None = None,
    reference_label: str = "",
) -> Figure:
    """Compare effects: for each label one bar per series, from zero to the left or to the right.

    Parameters
    ----------
    frame : DataFrame
        ``label`` (rows from top to bottom, in order of first appearance), ``estimate``, ``low``,
        ``high`` and, for several bars a label, ``series``. A row without an estimate has no bar,
        one without limits no whisker.
    x_label : str
        Name of the axis, with its unit.
    number, ticks : callable
        Write a value, and a number of the axis (``number`` if not given).
    wide : bool
        True for a desktop page (7.6 inches), False for a phone (3.5 inches).
    reference : float, optional
        Where to draw a vertical line.
    reference_label : str, optional
        What the line is, for the legend.

    Returns
    -------
    Figure
        Up to two bars per label have their values written at the right.

    Raises
    ------
    CxError
        On an unknown column, a value that is no number, more than four series, or a series that
        comes twice for one label.

    Examples
    --------
    >>> effects = pd.DataFrame({"label": ["delivery"], "estimate": [-2.0]})
    >>> effects = effects.assign(low=-2.5, high=-1.5)
    >>> figure = bars(effects, x_label="points", number="{:.1f}".format, wide=True)
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['delivery', '-2.0']
    """
    columns = ("estimate", "low", "high")
    values = pd.DataFrame({name: canvas.numbers(frame, name) for name in columns})
    labels = canvas.texts(frame, "label")
    series = canvas.texts(frame, "series") if "series" in frame else [""] * len(frame)
    rows, kinds = list(dict.fromkeys(labels)), list(dict.fromkeys(series))
    if len(kinds) > len(LOOKS):
        raise CxError("too many bars a label", got=len(kinds), expected=f"{len(LOOKS)} at most")
    if len({*zip(labels, series, strict=True)}) < len(frame):
        raise CxError("a bar comes twice", hint="one row per label and series")
    with canvas.drawing():
        taller = "\u00a0" if len(kinds) > 1 else ""
        figure, axes, middles = canvas.rows(rows, [taller] * len(rows), wide=wide)
        step = 0.72 * _lowest(middles) / max(len(kinds), 1)
        for k, name in enumerate(kinds):
            chosen = np.flatnonzero([kind == name for kind in series])
            at = np.array([rows.index(labels[i]) for i in chosen])
            up = middles[at] + step * (k - (len(kinds) - 1) / 2)
            _draw(axes, values.iloc[chosen], up, 0.8 * step, LOOKS[k], str(k))
            if len(kinds) <= MOST_WRITTEN:
                _write(axes, values["estimate"].to_numpy()[chosen], up, number)
        handles: list[Patch | Line2D] = [
            Patch(label=canvas.brief(name, 36), **LOOKS[k]) for k, name in enumerate(kinds) if name
        ]
        if reference is not None and math.isfinite(reference):
            line: Style = {"color": INK, "linewidth": 1, "linestyle": (0, (4, 2))}
            axes.axvline(reference, gid="reference", **line)
            meaning = canvas.brief(f"{reference_label} {number(reference)}", 60 if wide else 30)
            handles.append(Line2D([], [], label=meaning, **line))
        axes.axvline(0, color=INK, linewidth=0.9, gid="zero")
        canvas.name_axes(axes, x_label, "", wide=wide)
        canvas.legend(figure, handles, wide=wide)
        layout.write_values(axes.xaxis, ticks or number, None, 6)
        axes.xaxis.set_visible(bool(values["estimate"].notna().any()))
        layout.lay_out(figure, axes)
    return figure


def _lowest(middles: Numbers) -> float:
    """Return the height of the lowest row: rows stand one below the other without gaps."""
    heights: list[float] = []
    for middle in middles:
        heights.append(2 * (float(middle) - sum(heights)))
    return min(heights, default=1.0)


def _draw(
    axes: Axes, rows: pd.DataFrame, up: Numbers, height: float, look: Style, gid: str
) -> None:
    """Draw the bars of one series, and their whiskers where the limits are known."""
    estimate, low, high = (rows[name].to_numpy() for name in ("estimate", "low", "high"))
    finite = np.isfinite(estimate)
    drawn = axes.barh(up[finite], estimate[finite], height=height, linewidth=1.3, **look)
    for i, bar in zip(np.flatnonzero(finite), drawn, strict=True):
        bar.set_gid(f"bar-{gid}-{i}")
    ended = finite & np.isfinite(low) & np.isfinite(high)
    axes.hlines(up[ended], low[ended], high[ended], INK, linewidth=1.4, gid=f"whiskers-{gid}")


def _write(axes: Axes, estimate: Numbers, up: Numbers, number: Writer) -> None:
    """Write each value at the right."""
    for value, at in zip(estimate, up, strict=True):
        if math.isfinite(value):
            canvas.beside(axes, number(value), (1, float(at)), ("axes fraction", "data"))
