"""Step curves over time, with bands: survival, second orders, replies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from cxreport.errors import CxError
from cxreport.show.charts import canvas, layout
from cxreport.show.charts.canvas import COLOURS
from cxreport.show.charts.labels import label_of, write_drawn, write_measured
from cxreport.show.written import caption, names_of

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation

    from cxreport.show.blocks import Block
    from cxreport.show.charts.canvas import Drawing, Style, Writer
    from cxreport.show.formats import Reader

DASHES = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (5, 2, 1, 2)), (0, (9, 2)), (0, (3, 1, 1, 1)))
HALF, MOST_STEPS = 50, 300
"""Steps of one curve that a picture can show apart."""


def draw_curves(block: Block, reader: Reader) -> Drawing:
    """Draw a block of kind ``curves``: how a share changes with time.

    Parameters
    ----------
    block : Block
        Frame: one row per curve and time, in the order of time, with ``time`` (0 or more),
        ``estimate``, ``low``, ``high`` (percent).

        Parameters: ``x`` (the axis of time), ``y`` (what the percent are of); optional ``label``
        (names the curves; one curve needs none), ``start`` (percent at time 0), ``smooth`` (true
        for what is no step, such as a projection), ``how`` (``share`` where it is not said) and
        ``drawn``.
    reader : Reader
        Who reads it.

    Returns
    -------
    tuple
        What draws the figure (wide or not), and its alt text.
    """
    p = block.parameters
    frame = block.frame.assign(group=names_of(block, reader) if "label" in p else "")
    x_label, y_label = (label_of(block, reader, axis) for axis in ("x", "y"))
    number = write_drawn(block, reader)

    def draw(wide: bool) -> Figure:
        return curves(
            frame, x_label=x_label, y_label=y_label, number=number, whole=reader.words.whole,
            start=p.get("start"), smooth=p.get("smooth", False), wide=wide,
        )  # fmt: skip

    measured = frame.dropna(subset="estimate")
    lines = [_in_words(rows, block, reader) for _, rows in measured.groupby("group", sort=False)]
    texts = {"caption": caption(block, reader.words), "x": x_label, "y": y_label}
    return draw, reader.text(p.get("alt", "alt.curves"), texts | {"lines": "; ".join(lines)})


def _in_words(rows: pd.DataFrame, block: Block, reader: Reader) -> str:
    """Return where a curve is early, in the middle and at its end."""
    write = write_measured(block, reader, "how", "share")
    chosen = rows.iloc[np.unique(np.linspace(0, len(rows) - 1, 4).round().astype(int))]
    at = [
        reader.text(
            "alt.curve_at",
            {"time": reader.words.value(_short(row["time"])), "value": write(row, "estimate")},
        )
        for row in chosen.to_dict("records")
    ]
    name = rows["group"].iloc[0]
    return (f"{name}: " if name else "") + ", ".join(at)


def _short(time: float) -> float | int:
    return int(time) if float(time).is_integer() else float(time)


def curves(
    frame: pd.DataFrame,
    *,
    x_label: str,
    y_label: str,
    number: Writer,
    wide: bool,
    start: float | None = None,
    smooth: bool = False,
    whole: Writer | None = None,
) -> Figure:
    """Show how a share changes with time, in steps, with its interval as a band.

    Parameters
    ----------
    frame : DataFrame
        One row per group and time, in the order of time: ``group`` (its name; one empty name for a
        curve that needs none), ``time`` (0 or more), ``estimate``, ``low``, ``high`` (percent).
        A row without an estimate is not drawn; one without limits has no band there.
    x_label, y_label : str
        Names of the axes, with their unit.
    number, whole : callable
        Write a value, and a whole number (``number`` if not given).
    wide : bool
        True for a desktop page (7.6 inches), False for a phone (3.5 inches).
    start : float, optional
        Where every curve begins, at time 0 (percent): 100 for those still there, 0 for those who
        came back.
    smooth : bool
        Join the points by lines: for what is no step, such as a projection.

    Returns
    -------
    Figure
        The last value of each curve is written beside it; groups differ in colour and in dashes.

    Raises
    ------
    CxError
        On an unknown column, a value that is no number, or times out of order within a group.

    Examples
    --------
    >>> stays = pd.DataFrame({"time": [30, 90], "estimate": [80.0, 60.0]})
    >>> stays = stays.assign(group="", low=stays["estimate"] - 9, high=stays["estimate"] + 9)
    >>> names = {"x_label": "days", "y_label": "still there (%)", "number": "{:.1f}".format}
    >>> figure = curves(stays, start=100, wide=True, **names)
    >>> figure.axes[0].texts[0].get_text()
    '60.0'
    """
    names = canvas.texts(frame, "group")
    columns = ("time", "estimate", "low", "high")
    values = pd.DataFrame({name: canvas.numbers(frame, name) for name in columns})
    with canvas.drawing():
        figure, axes = canvas.canvas(3.1 if wide else 2.6, wide=wide)
        handles: list[Artist] = []
        ends: list[Annotation] = []
        for i, name in enumerate(dict.fromkeys(names)):
            rows = _in_order(values[np.array(names) == name], name, start)
            look: Style = {"color": COLOURS[i % 6], "linestyle": DASHES[i % 6], "linewidth": 1.7}
            _curve(axes, rows, look, str(i), smooth=smooth)
            last = rows.tail(1).to_numpy()
            ends += [canvas.beside(axes, number(y), (x, y), "data") for x, y, *_ in last]
            if name:
                handles.append(Line2D([], [], label=canvas.brief(name, 28), **look))
        axes.set_ylim(0, _top(values))
        axes.set_xlim(left=0)
        canvas.name_axes(axes, x_label, y_label, wide=wide)
        canvas.legend(figure, handles, wide=wide)
        layout.write_values(axes.yaxis, number, whole, 5)
        layout.write_values(axes.xaxis, number, whole, 7 if wide else 4)
        whole_only = bool((values["time"].dropna() % 1 == 0).all())
        axes.xaxis.set_major_locator(MaxNLocator(7 if wide else 4, integer=whole_only))
        layout.lay_out(figure, axes)
        canvas.move_apart(axes, ends)
    return figure


def _top(values: pd.DataFrame) -> float:
    """Return where the axis ends: at 100%, or at the next ten where the upper half is empty."""
    peak = float(values[["estimate", "low", "high"]].max().max())
    return 10 * (peak // 10 + 1) if peak < HALF else 100


def _in_order(rows: pd.DataFrame, name: str, start: float | None) -> pd.DataFrame:
    """Keep the known rows of one curve, from its start, and no more than can be seen apart."""
    steps = rows.dropna(subset=["time", "estimate"])
    if (steps["time"] < 0).any() or (steps["time"].diff() <= 0).any():
        raise CxError(
            "a time comes twice or out of order",
            where=name or None,
            hint="one row per group and time, in the order of time, from 0",
        )
    if start is not None and not steps.empty and steps["time"].iloc[0] > 0:
        first = pd.DataFrame([[0.0, start, start, start]], columns=steps.columns)
        steps = pd.concat([first, steps], ignore_index=True)
    few = np.linspace(0, len(steps) - 1, min(len(steps), MOST_STEPS)).round().astype(int)
    return steps.iloc[few]


def _curve(axes: Axes, rows: pd.DataFrame, look: Style, gid: str, *, smooth: bool) -> None:
    """Draw one band and one curve; a step holds until the next."""
    time, y, low, high = (rows[name].to_numpy() for name in ("time", "estimate", "low", "high"))
    bounded = np.isfinite(low) & np.isfinite(high)
    band: Style = {"color": look["color"], "alpha": 0.18, "linewidth": 0, "gid": f"band-{gid}"}
    axes.fill_between(time, low, high, where=bounded, step=None if smooth else "post", **band)
    axes.plot(time, y, drawstyle="default" if smooth else "steps-post", gid=f"line-{gid}", **look)
