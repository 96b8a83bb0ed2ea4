"""Values over periods -> matplotlib figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from cxreport.errors import CxError
from cxreport.show import canvas
from cxreport.show.canvas import COLOURS, INK

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation

    from cxreport.show.canvas import Style, Writer

MARKERS = "os^DvP"
STEPS = (1, 2, 3, 6, 12, 24)  # every label, every second, a quarter, half a year, a year


def line(  # noqa: PLR0913
    frame: pd.DataFrame,
    *,
    x: str,
    y: str,
    x_label: str,
    y_label: str,
    number: Writer,
    wide: bool,
    low: str | None = None,
    high: str | None = None,
    series: str | None = None,
    is_open: str | None = None,
    open_label: str = "",
    whole: Writer | None = None,
) -> Figure:
    """Show how a value goes over periods, with its interval as a band.

    Parameters
    ----------
    frame : DataFrame
        One row a period (and series), in the order of time.
    x, y : str
        Columns of the period's label and of the value.
    x_label, y_label : str
        Names of the axes, with their unit.
    number : callable
        Writes a number in the language of the page.
    wide : bool
        True for a desktop page (7.6 inches), False for a phone (3.5 inches).
    low, high, series, is_open : str, optional
        Columns of the interval's ends, of the series' name, and of whether the period is still
        open (true or false): open periods are drawn hollow.
    open_label : str, optional
        What a hollow point means, for the legend.
    whole : callable, optional
        Writes the axis's numbers where all are whole (``number`` if not given).

    Returns
    -------
    Figure
        The last value of each series is written beside it; without a value, empty axes.

    Raises
    ------
    CxError
        On an unknown column, a value that is no number, or a period that comes twice or out of
        order within a series.

    Examples
    --------
    >>> months = pd.DataFrame({"month": ["May", "June"], "nps": [38.0, 40.5]})
    >>> names = {"x_label": "", "y_label": "NPS (points)", "number": "{:.1f}".format}
    >>> figure = line(months, x="month", y="nps", wide=True, **names)
    >>> figure.axes[0].texts[0].get_text()
    '40.5'
    """
    optional = {"low": low, "high": high, "open": is_open}
    columns = {"y": y} | {key: column for key, column in optional.items() if column}
    values = pd.DataFrame({key: canvas.numbers(frame, name) for key, name in columns.items()})
    periods = canvas.texts(frame, x)
    names = canvas.texts(frame, series) if series else [""] * len(frame)
    labels = list(dict.fromkeys(periods))
    values["at"] = [labels.index(period) for period in periods]
    with canvas.drawing():
        figure, axes = canvas.canvas(3.1 if wide else 2.4, wide=wide)
        handles: list[Artist] = []
        ends: list[Annotation] = []
        for i, name in enumerate(dict.fromkeys(names)):
            rows = _placed(values[np.array(names) == name], len(labels), name)
            look: Style = {"color": COLOURS[i % 6], "marker": MARKERS[(i + i // 6) % 6]}
            _series(axes, rows, str(i), look)
            ends += write_last(axes, rows["y"], number)
            if series:
                handles.append(Line2D([], [], label=canvas.brief(name, 28), **look))
        if open_label and "open" in values and values["open"].eq(1).any():
            hollow: Style = {
                "color": INK,
                "marker": "o",
                "markerfacecolor": "white",
                "linestyle": "",
            }
            handles.append(Line2D([], [], label=canvas.brief(open_label, 36), **hollow))
        canvas.name_axes(axes, x_label, y_label, wide=wide)
        canvas.legend(figure, handles, wide=wide)
        canvas.write_values(axes.yaxis, number, whole, 5)
        axes.yaxis.set_visible(bool(ends))
        thin_out(figure, axes, labels)
        move_apart(axes, ends)
    return figure


def _placed(rows: pd.DataFrame, length: int, name: str) -> pd.DataFrame:
    """Give a series a row for each period: NaN where it has none."""
    if not (np.diff(rows["at"]) > 0).all():
        raise CxError(
            "a period comes twice or out of order",
            where=name or None,
            hint="one row a period and series, in the order of time",
        )
    return rows.set_index("at").reindex(range(length))


def _series(axes: Axes, rows: pd.DataFrame, gid: str, look: Style) -> None:
    """Draw the band, the line, and the points of closed and of open periods."""
    at, y = np.arange(len(rows)), rows["y"].to_numpy()
    if {"low", "high"} <= set(rows):
        low, high = rows["low"].to_numpy(), rows["high"].to_numpy()
        known = np.isfinite(y) & np.isfinite(low) & np.isfinite(high)
        padded = np.concatenate([[False], known, [False]])
        alone = known & ~padded[:-2] & ~padded[2:]  # a band of one point has no width
        band: Style = {"color": look["color"], "alpha": 0.18, "linewidth": 0}
        axes.fill_between(at, low, high, where=known & ~alone, gid=f"band-{gid}", **band)
        ends: Style = {"color": look["color"], "alpha": 0.4, "gid": f"whisker-{gid}"}
        axes.vlines(at[alone], low[alone], high[alone], linewidth=4, **ends)
    axes.plot(at, y, color=look["color"], linewidth=1.6, gid=f"line-{gid}")
    hollow = rows["open"].eq(1).to_numpy() if "open" in rows else np.zeros(len(rows), dtype=bool)
    for kind, chosen, face in [("point", ~hollow, look["color"]), ("open", hollow, "white")]:
        style: Style = {**look, "linestyle": "", "markersize": 4.5, "markerfacecolor": face}
        axes.plot(at[chosen], y[chosen], gid=f"{kind}-{gid}", **style)


def write_last(axes: Axes, values: pd.Series[float], number: Writer) -> list[Annotation]:
    """Write a series' last value beside it."""
    known = values.dropna()
    last = [(float(at), float(value)) for at, value in zip(known.index, known, strict=True)][-1:]
    return [canvas.beside(axes, number(value), (at, value), "data") for at, value in last]


def thin_out(figure: Figure, axes: Axes, labels: list[str]) -> None:
    """Label as many periods as fit, always the last one."""
    shown = [canvas.brief(label, 18) for label in labels]
    axes.set_xlim(-0.5, max(len(labels), 1) - 0.5)
    axes.set_xticks(range(len(labels)), shown)
    room = canvas.labels_that_fit(figure, axes)
    step = next((step for step in STEPS if len(labels) <= step * room), max(len(labels), 1))
    first = (len(labels) - 1) % step
    axes.set_xticks(range(first, len(labels), step), shown[first::step])


def move_apart(axes: Axes, notes: list[Annotation]) -> None:
    """Move apart the numbers at the ends of the series, keeping their order and their middle."""
    heights = np.array([axes.transData.transform(note.xy)[1] for note in notes])
    order = np.argsort(heights, kind="stable")
    steps = np.arange(len(notes)) * 1.2 * canvas.FONT_SIZE
    apart = np.maximum.accumulate(heights[order] - steps) + steps
    apart += (heights[order] - apart).mean() if notes else 0
    for i, height in zip(order, apart, strict=True):
        notes[i].xyann = (7, height - heights[i])
