"""Values over periods, or over another scale, with their intervals as bands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from cxreport.errors import CxError
from cxreport.show.charts import canvas, layout
from cxreport.show.charts.canvas import COLOURS, INK
from cxreport.show.charts.labels import label_of, write_drawn, write_measured
from cxreport.show.parts import say
from cxreport.show.written import caption, names_of

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation

    from cxreport.show.blocks import Block
    from cxreport.show.charts.canvas import Drawing, Style, Writer
    from cxreport.show.formats import Reader

MARKERS = "os^DvP"


def draw_lines(block: Block, reader: Reader) -> Drawing:
    """Draw a block of kind ``lines``: one value or more along periods, or another scale.

    Parameters
    ----------
    block : Block
        Frame: one row per step (and series), in the order of the steps.

        Parameters: ``along`` (names the steps, such as ``{"name": "month", "how": "short"}``) and
        ``y``; the lines are either one column, ``value`` (``estimate`` where it is not said) with
        its ends ``low`` and ``high`` (columns so called where it is not said; empty for none), a
        line for each name that ``label`` gives; or several, ``series``, a list of
        ``{"value", "name", "low", "high"}``: columns, and ``name`` the key of the line's name.

        Optional: ``x``, ``how``, ``drawn``, ``alt`` (a key, or a sentence with values), ``is_open``
        (column: true draws a hollow point) and
        ``open_label`` (key: what that means), ``reference_value`` with ``reference_label`` (a line
        of its own at that level) and ``points`` (positions along the scale whose values the alt
        text says; where it is not said, the first and the last of each line).
    reader : Reader
        Who reads it.

    Returns
    -------
    tuple
        What draws the figure (wide or not), and its alt text.
    """
    p, words = block.parameters, reader.words
    lines = _long(block, reader)
    steps = list(dict.fromkeys(lines["along"]))
    if not steps:
        raise CxError("a chart without a number", got=p["caption"])
    drawn = pd.concat([lines, *_claimed(steps, block, reader)], ignore_index=True)
    x_label, y_label = label_of(block, reader, "x", ""), label_of(block, reader, "y")
    number, hollow = write_drawn(block, reader), label_of(block, reader, "open_label", "")
    ends = {end: end for end in ("low", "high") if drawn[end].notna().any()}

    def draw(wide: bool) -> Figure:
        return line(
            drawn, x="along", y="value", series="name" if drawn["name"].any() else None,
            is_open="is_open" if "is_open" in p else None, open_label=hollow, x_label=x_label,
            y_label=y_label, number=number, whole=words.whole, wide=wide, **ends,
        )  # fmt: skip

    texts = {"caption": caption(block, words), "first": steps[0], "last": steps[-1]}
    in_words = [_in_words(rows, block, reader) for _, rows in lines.groupby("name", sort=False)]
    alt = p.get("alt", "alt.lines")
    own = alt if isinstance(alt, dict) else say(alt)
    return draw, reader.text(own["key"], own["values"] | texts | {"lines": "; ".join(in_words)})


def _long(block: Block, reader: Reader) -> pd.DataFrame:
    """Return one row per step and line: ``along``, ``name``, ``value``, its ends, ``is_open``."""
    p, frame = block.parameters, block.frame
    own = {"value": p.get("value", "estimate")}
    own |= {end: p.get(end, end if end in frame else "") for end in ("low", "high")}
    common: dict[str, Any] = {"along": names_of(block, reader, "along"), "name": ""}
    common |= {"name": names_of(block, reader)} if "label" in p else {}
    common |= {"is_open": canvas.numbers(frame, p["is_open"])} if "is_open" in p else {}
    lines = []
    for columns in p.get("series", [own]):
        name = {"name": reader.text(columns["name"])} if "name" in columns else {}
        values = {
            part: canvas.numbers(frame, columns[part]) if columns.get(part) else np.nan
            for part in ("value", "low", "high")
        }
        lines.append(pd.DataFrame(common | name | values, index=range(len(frame))))
    return pd.concat(lines, ignore_index=True)


def _claimed(steps: list[str], block: Block, reader: Reader) -> list[pd.DataFrame]:
    """Return the line of the level that all lines are held against."""
    if "reference_value" not in block.parameters:
        return []
    level = {"value": block.parameters["reference_value"], "low": np.nan, "high": np.nan}
    name = label_of(block, reader, "reference_label")
    return [pd.DataFrame({"along": steps, "name": name} | level)]


def _in_words(rows: pd.DataFrame, block: Block, reader: Reader) -> str:
    """Return where a line begins and ends, or where it is at the chosen points."""
    write, name = write_measured(block, reader), rows["name"].iloc[0]
    records = rows.to_dict("records")
    if "points" not in block.parameters and name:
        first, last = (write(records[at], "value") for at in (0, -1))
        return reader.text("alt.line", {"name": name, "first": first, "last": last})
    at = [
        reader.text(
            "alt.curve_at", {"time": records[i]["along"], "value": write(records[i], "value")}
        )
        for i in block.parameters.get("points", (0, -1))
    ]
    return (f"{name}: " if name else "") + ", ".join(at)


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
        One row per period (and series), in the order of time.
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
            ends += canvas.write_last(axes, rows["y"], number)
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
        layout.write_values(axes.yaxis, number, whole, 5)
        axes.yaxis.set_visible(bool(ends))
        layout.name_periods(axes, labels)
        layout.lay_out(figure, axes)
        canvas.move_apart(axes, ends)
    return figure


def _placed(rows: pd.DataFrame, length: int, name: str) -> pd.DataFrame:
    """Give a series a row for each period: NaN where it has none."""
    if not (np.diff(rows["at"]) > 0).all():
        raise CxError(
            "a period comes twice or out of order",
            where=name or None,
            hint="one row per period and series, in the order of time",
        )
    return rows.set_index("at").reindex(range(length))


def _series(axes: Axes, rows: pd.DataFrame, gid: str, look: Style) -> None:
    """Draw the band, the line, and the points of closed and of open periods."""
    at, y = np.arange(len(rows)), rows["y"].to_numpy()
    if {"low", "high"} <= set(rows):
        low, high = rows["low"].to_numpy(), rows["high"].to_numpy()
        bounded = np.isfinite(y) & np.isfinite(low) & np.isfinite(high)
        padded = np.concatenate([[False], bounded, [False]])
        alone = bounded & ~padded[:-2] & ~padded[2:]  # a band of one point has no width
        band: Style = {"color": look["color"], "alpha": 0.18, "linewidth": 0}
        axes.fill_between(at, low, high, where=bounded & ~alone, gid=f"band-{gid}", **band)
        ends: Style = {"color": look["color"], "alpha": 0.4, "gid": f"whisker-{gid}"}
        axes.vlines(at[alone], low[alone], high[alone], linewidth=4, **ends)
    axes.plot(at, y, color=look["color"], linewidth=1.6, gid=f"line-{gid}")
    hollow = rows["open"].eq(1).to_numpy() if "open" in rows else np.zeros(len(rows), dtype=bool)
    for kind, chosen, face in [("point", ~hollow, look["color"]), ("open", hollow, "white")]:
        style: Style = {**look, "linestyle": "", "markersize": 4.5, "markerfacecolor": face}
        axes.plot(at[chosen], y[chosen], gid=f"{kind}-{gid}", **style)
