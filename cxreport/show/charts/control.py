"""A control chart: values over periods between their limits, signals marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D

from cxreport.show.charts import canvas, layout
from cxreport.show.charts.canvas import COLOURS, INK
from cxreport.show.charts.labels import label_of, write_drawn, write_measured
from cxreport.show.written import caption, names_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cxreport.show.blocks import Block
    from cxreport.show.charts.canvas import Drawing, Numbers, Style, Writer
    from cxreport.show.formats import Reader

QUIET = "#767676"
LEGEND = ("centre", "limits", "improvement", "concern", "rise", "fall")
LOOKS: dict[str, Style] = {
    "improvement": {"color": COLOURS[0], "marker": "^", "markersize": 8},
    "concern": {"color": COLOURS[1], "marker": "v", "markersize": 8},
    "rise": {"color": COLOURS[0], "marker": "^", "markersize": 8},
    "fall": {"color": COLOURS[1], "marker": "v", "markersize": 8},
}
"""A rise or a fall is neither good nor bad: a topic that is spoken of more."""


def draw_control(block: Block, reader: Reader) -> Drawing:
    """Draw a block of kind ``control``: estimates over periods between their limits.

    Parameters
    ----------
    block : Block
        Frame: one row per period, in the order of time, with ``estimate``, ``centre``, ``lower``,
        ``upper``, ``signal`` (the rule that fired, else empty) and ``direction`` (``improvement``
        or ``concern``, ``rise`` or ``fall`` where one fired, else empty).

        Parameters: ``label`` (names the periods, mostly in the format ``short``), ``y``; optional
        ``how``, ``drawn`` and ``actions``, a list of ``{"period", "sign"}``: the sign is written
        above the period that stands so in the column of ``label``.
    reader : Reader
        Who reads it.

    Returns
    -------
    tuple
        What draws the figure (wide or not), and its alt text.
    """
    names, labelled = names_of(block, reader), block.parameters["label"]["name"]
    frame, periods = block.frame.assign(period=names), block.frame[labelled].tolist()
    y_label, number = label_of(block, reader, "y"), write_drawn(block, reader)
    marks = [
        (periods.index(action["period"]), action["sign"])
        for action in block.parameters.get("actions", [])
        if action["period"] in periods
    ]
    legend = {key: reader.text(f"chart.{key}") for key in LEGEND}

    def draw(wide: bool) -> Figure:
        return control(
            frame, x_label="", y_label=y_label, number=number, whole=reader.words.whole,
            names=legend, marks=marks, wide=wide,
        )  # fmt: skip

    measured, write = frame.dropna(subset="estimate"), write_measured(block, reader)
    values = measured["estimate"].astype(float).to_numpy()
    ends = {"first": 0, "last": -1, "lowest": int(values.argmin()), "highest": int(values.argmax())}
    at = {end: measured.iloc[place] for end, place in ends.items()}
    value = {end: write(row.to_dict(), "estimate") for end, row in at.items()}
    fired = measured.loc[measured["signal"] != "", "period"]
    texts = {
        "caption": caption(block, reader.words), "points": len(measured),
        "first": at["first"]["period"], "first_value": value["first"],
        "last": at["last"]["period"], "last_value": value["last"],
        "lowest": value["lowest"], "lowest_at": at["lowest"]["period"],
        "highest": value["highest"], "highest_at": at["highest"]["period"],
        "signals": ", ".join(fired) or reader.text("alt.no_marks"),
    }  # fmt: skip
    return draw, reader.text(block.parameters.get("alt", "alt.control"), texts)


def control(
    frame: pd.DataFrame,
    *,
    x_label: str,
    y_label: str,
    number: Writer,
    wide: bool,
    names: Mapping[str, str],
    marks: Sequence[tuple[int, str]] = (),
    whole: Writer | None = None,
) -> Figure:
    """Show which periods are a signal, and which are the noise of a steady process.

    Parameters
    ----------
    frame : DataFrame
        One row per period: ``period`` (its label), ``estimate``, ``centre``, ``lower``, ``upper``,
        ``direction`` (improvement, concern, rise or fall where a rule fired, else empty).
    x_label, y_label, number, wide, whole
        As in ``line``.
    names : mapping of str to str
        What ``centre``, ``limits`` and the directions are called in the legend.
    marks : sequence of (int, str)
        Rows at which something was done, and the short sign to write there.

    Returns
    -------
    Figure
        Signals are larger, of another colour and of another shape.

    Examples
    --------
    >>> import pandas as pd
    >>> series = pd.DataFrame({"period": ["May", "June"], "estimate": [38.0, 20.0]})
    >>> series = series.assign(centre=37.0, lower=30.0, upper=44.0, direction=["", "concern"])
    >>> names = dict.fromkeys(["centre", "limits", "improvement", "concern"], "name")
    >>> figure = control(
    ...     series, x_label="", y_label="", number="{:.1f}".format, wide=True, names=names
    ... )
    >>> figure.axes[0].texts[0].get_text()
    '20.0'
    """
    labels = canvas.texts(frame, "period")
    values = canvas.numbers(frame, "estimate")
    directions = frame["direction"].tolist()
    with canvas.drawing():
        figure, axes = canvas.canvas(3.1 if wide else 1.75, wide=wide)
        limits = _limits(axes, frame)
        line: Style = {"color": INK, "linewidth": 1.1}
        axes.plot(np.arange(len(values)), values, gid="line", **line)
        plain = np.array([not direction for direction in directions])
        axes.plot(np.flatnonzero(plain), values[plain], "o", color=INK, markersize=4, gid="points")
        handles = [Line2D([], [], color=QUIET, linewidth=1.2, label=names["centre"])]
        if limits:
            handles.append(
                Line2D([], [], color=QUIET, linestyle=(0, (4, 2)), label=names["limits"])
            )
        for direction, look in LOOKS.items():
            at = np.flatnonzero([given == direction for given in directions])
            if at.size:
                style: Style = {**look, "linestyle": "", "label": names[direction]}
                axes.plot(at, values[at], gid=direction, **style)
                handles.append(Line2D([], [], **style))
        for position, sign in marks:
            axes.axvline(position, color=QUIET, linewidth=0.8, linestyle=":", zorder=0)
            inside: Style = {"xytext": (2, -2), "textcoords": "offset points", "va": "top"}
            at_top = ("data", "axes fraction")
            axes.annotate(canvas.plain(sign), (position, 1), xycoords=at_top, **inside)
        heights = frame.assign(y=values)["y"].reset_index(drop=True)
        canvas.write_last(axes, heights, number)
        canvas.name_axes(axes, x_label, y_label, wide=wide)
        canvas.legend(figure, handles, wide=wide)
        layout.write_values(axes.yaxis, number, whole, 5)
        layout.name_periods(axes, labels)
        layout.lay_out(figure, axes)
    return figure


def _limits(axes: Axes, frame: pd.DataFrame) -> bool:
    """Draw centre and limits, apart for each segment; say whether there are limits at all."""
    centre, lower, upper = (canvas.numbers(frame, name) for name in ("centre", "lower", "upper"))
    bounded = np.isfinite(lower) & np.isfinite(upper)
    lower, upper = (np.where(bounded, ends, np.nan) for ends in (lower, upper))
    edge: Style = {"color": QUIET, "linewidth": 0.9, "linestyle": (0, (4, 2)), "zorder": 1}
    axes.plot(*_steps(centre), color=QUIET, linewidth=1.2, zorder=1, gid="centre")
    if bounded.any():
        places = np.stack([np.arange(len(lower)) - 0.5, np.arange(len(lower)) + 0.5], axis=1)
        band: Style = {"color": QUIET, "alpha": 0.1, "linewidth": 0, "gid": "limits"}
        axes.fill_between(places.ravel(), np.repeat(lower, 2), np.repeat(upper, 2), **band)
        axes.plot(*_steps(lower), **edge)
        axes.plot(*_steps(upper), **edge)
    return bool(bounded.any())


def _steps(values: Numbers) -> tuple[Numbers, Numbers]:
    """Return both ends of each run of equal values, and nothing after it: one path draws all."""
    first = np.flatnonzero(values != np.append(np.nan, values[:-1]))  # what is not there is alone
    last = np.append(first[1:], len(values))
    nothing = np.full(len(first), np.nan)
    places = np.stack([first - 0.5, last - 0.5, nothing], axis=1).ravel()
    return places, np.stack([values[first], values[first], nothing], axis=1).ravel()
