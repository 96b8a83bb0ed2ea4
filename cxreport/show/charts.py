"""Tidy frame -> matplotlib figure: values over periods, estimates with intervals, shares.

Everything a reader sees comes in already translated, and ``number`` writes the numbers, so a page
has the decimal sign of its language. What is not there is not drawn: no value is a gap, never a
zero. Series differ in colour and in marker; every colour stands at least 3:1 against white.
Figures are made without pyplot, so nothing global changes.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import seaborn as sns
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from cxreport.errors import CxError
from cxreport.show import canvas
from cxreport.show.canvas import COLOURS, INK
from cxreport.show.lines import line

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cxreport.show.canvas import Numbers, Style, Writer

__all__ = ["distribution", "intervals", "line"]

THREE = ("#c24e00", "#767676", "#0072b2")  # from the worst answer to the best
MORE = ("#7d3200", "#c24e00", "#767676", "#0072b2", "#00436b")


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
        One row a group, drawn from top to bottom.
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
        names, notes = canvas.texts(frame, label), _sizes(frame, n, whole or number)
        figure, axes, middles = canvas.rows(names, notes, wide=wide)
        if reference is not None and math.isfinite(reference):
            look: Style = {"color": INK, "linewidth": 1, "linestyle": (0, (4, 2))}
            axes.axvline(reference, gid="reference", zorder=1.5, **look)
            meaning = f"{reference_label} {number(reference)}"
            handles.append(Line2D([], [], label=canvas.brief(meaning, 60 if wide else 30), **look))
        known = np.flatnonzero(np.isfinite(values))
        ended = known[np.isfinite(lows[known]) & np.isfinite(highs[known])]
        axes.hlines(
            middles[ended], lows[ended], highs[ended], COLOURS[0], linewidth=1.8, gid="whiskers"
        )
        axes.plot(
            values[known], middles[known], "o", color=COLOURS[0], markersize=5.5, gid="points"
        )
        for i in known:
            canvas.beside(axes, number(values[i]), (1, middles[i]), ("axes fraction", "data"))
        canvas.name_axes(axes, x_label, "", wide=wide)
        canvas.legend(figure, handles, wide=wide)
        canvas.write_values(axes.xaxis, number, whole, 6)
        axes.xaxis.set_visible(len(known) > 0)
        room = canvas.labels_that_fit(figure, axes)
        canvas.write_values(axes.xaxis, number, whole, min(room - 1, 6))
    return figure


def _sizes(frame: pd.DataFrame, n: str | None, whole: Writer) -> list[str]:
    """Write how many answers each row has."""
    if n is None:
        return [""] * len(frame)
    sizes = canvas.numbers(frame, n)
    return [f"n = {whole(size)}" if math.isfinite(size) else "" for size in sizes]


def distribution(
    frame: pd.DataFrame,
    *,
    label: str,
    parts: Sequence[str],
    part_labels: Sequence[str],
    x_label: str,
    number: Writer,
    wide: bool,
    n: str | None = None,
    whole: Writer | None = None,
) -> Figure:
    """Show what each group is made of: one bar a group, its parts adding to 100 percent.

    Parameters
    ----------
    frame : DataFrame
        One row a group, drawn from top to bottom.
    label : str
        Column of the group's name.
    parts, part_labels : sequence of str
        Columns of counts or shares, from the worst answer to the best, and their names for the
        legend. A row that lacks one, or has none at all, shows its name alone.
    x_label, number, wide, n, whole
        As in `intervals`; ``number`` writes shares in percent.

    Returns
    -------
    Figure
        Shares are written inside where they fit.

    Raises
    ------
    CxError
        On an unknown column, a value that is no number or below zero, or parts and names that
        do not pair.

    Examples
    --------
    >>> import pandas as pd
    >>> shops = pd.DataFrame({"shop": ["Roma"], "low": [1], "high": [3]})
    >>> names = {"parts": ["low", "high"], "part_labels": ["Low", "High"], "x_label": "Answers (%)"}
    >>> figure = distribution(shops, label="shop", wide=True, number="{:.0f}".format, **names)
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['Roma', '25', '75']
    """
    if not parts or len(parts) != len(part_labels):
        raise CxError("each part needs a name", where=", ".join(parts), got=list(part_labels))
    amounts = np.column_stack([canvas.numbers(frame, part) for part in parts])
    if (amounts < 0).any():
        raise CxError("a part of a whole is below zero", where=", ".join(parts))
    shares = _shares(amounts)
    colours = sns.blend_palette(THREE if len(parts) <= 3 else MORE, len(parts)).as_hex()
    with canvas.drawing():
        names, notes = canvas.texts(frame, label), _sizes(frame, n, whole or number)
        figure, axes, middles = canvas.rows(names, notes, wide=wide)
        _stack(axes, shares, middles, colours)
        handles = [
            Patch(color=colour, label=canvas.brief(name, 28))
            for colour, name in zip(colours, part_labels, strict=True)
        ]
        canvas.name_axes(axes, x_label, "", wide=wide)
        canvas.legend(figure, handles, wide=wide)
        canvas.write_values(axes.xaxis, number, whole, 4)
        axes.set_xlim(0, 100)
        figure.draw_without_rendering()
        _write_shares(axes, shares, middles, number)
    return figure


def _shares(amounts: Numbers) -> Numbers:
    """Turn each row into percent of its sum; a row without one is NaN."""
    totals = amounts.sum(axis=1, keepdims=True)
    return 100 * amounts / np.where(totals > 0, totals, np.nan)


def _stack(axes: Axes, shares: Numbers, middles: Numbers, colours: Sequence[str]) -> None:
    known = np.flatnonzero(np.isfinite(shares).all(axis=1))
    starts = np.cumsum(shares, axis=1) - shares
    for k, colour in enumerate(colours):
        look: Style = {"color": colour, "edgecolor": "white", "linewidth": 0.8, "height": 0.25}
        bars = axes.barh(middles[known], shares[known, k], left=starts[known, k], **look)
        for i, bar in zip(known, bars, strict=True):
            bar.set_gid(f"part-{i}-{k}")


def _write_shares(axes: Axes, shares: Numbers, middles: Numbers, number: Writer) -> None:
    """Write each share inside its part, in white, where the part is wide enough."""
    centres = np.cumsum(shares, axis=1) - shares / 2
    for (i, k), share in np.ndenumerate(shares):
        text = canvas.plain(number(share)) if math.isfinite(share) else ""
        if len(text) * 0.7 * canvas.FONT_SIZE + 4 < share / 100 * axes.bbox.width:
            axes.text(
                float(centres[i, k]),
                float(middles[i]),
                text,
                ha="center",
                va="center",
                color="white",
            )
