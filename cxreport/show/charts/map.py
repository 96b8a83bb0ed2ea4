"""A map of named points on two scales, with their intervals both ways."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox

from cxreport.show.charts import canvas, layout
from cxreport.show.charts.canvas import COLOURS, INK
from cxreport.show.charts.labels import label_of, write_exact, write_measured
from cxreport.show.written import caption, names_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cxreport.show.blocks import Block
    from cxreport.show.charts.canvas import Drawing, Numbers, Style, Writer
    from cxreport.show.formats import Reader

QUIET = "#767676"
LOOKS: tuple[Style, ...] = (
    {"color": COLOURS[1], "marker": "D", "markersize": 8},
    {"color": COLOURS[0], "marker": "o", "markersize": 7},
    {"color": QUIET, "marker": "s", "markersize": 5.5},
    {"color": QUIET, "marker": "x", "markersize": 6},
)
PLACES = ((5, 3, "left", "bottom"), (5, -3, "left", "top"), (-5, 3, "right", "bottom"),
          (-5, -3, "right", "top"), (0, 9, "center", "bottom"), (0, -9, "center", "top"),
          (9, 14, "left", "bottom"), (9, -14, "left", "top"))  # fmt: skip
"""Where a name may stand about its point: by how far, and which of its ends is there."""
OUTSIDE = 9
"""Names that one may rather cover than stand outside the axes, where it would be cut."""


def draw_map(block: Block, reader: Reader) -> Drawing:
    """Draw a block of kind ``map``: where each thing stands on two scales.

    Parameters
    ----------
    block : Block
        Frame: one row per point, with ``x``, ``x_low``, ``x_high``, ``y``, ``y_low``, ``y_high``.

        Parameters: ``label`` (names the points), ``x`` and ``y`` (the axes), ``kinds`` (names the
        kind of a point, such as ``{"name": "level", "how": "word:level"}``) and ``order`` (the
        kinds as they stand in that column, the most striking first); optional ``x_line`` and
        ``y_line`` (where the map is parted in four), ``x_how`` and ``how`` (formats of the two
        values in the alt text).
    reader : Reader
        Who reads it.

    Returns
    -------
    tuple
        What draws the figure (wide or not), and its alt text.
    """
    p, column = block.parameters, block.parameters["kinds"]["name"]
    frame = block.frame.assign(
        label=names_of(block, reader),
        kind=block.frame[column],
        name=names_of(block, reader, "kinds"),
    )
    x_label, y_label = (label_of(block, reader, axis) for axis in ("x", "y"))
    kinds = {kind: reader.write(kind, p["kinds"]["how"], {column: kind}) for kind in p["order"]}

    def draw(wide: bool) -> Figure:
        return points(
            frame, x_label=x_label, y_label=y_label, number=write_exact(reader),
            kinds=kinds, cross=(p.get("x_line"), p.get("y_line")), wide=wide,
        )  # fmt: skip

    horizontal, vertical = write_measured(block, reader, "x_how"), write_measured(block, reader)
    rows = [
        reader.text("alt.point", {"label": row["label"], "x": horizontal(row, "x"),
                                  "y": vertical(row, "y"), "kind": row["name"]})
        for row in frame.dropna(subset=["x", "y"]).to_dict("records")
    ]  # fmt: skip
    texts = {"caption": caption(block, reader.words), "x": x_label, "y": y_label}
    return draw, reader.text(p.get("alt", "alt.map"), texts | {"points": "; ".join(rows)})


def points(
    frame: pd.DataFrame,
    *,
    x_label: str,
    y_label: str,
    number: Writer,
    wide: bool,
    kinds: Mapping[str, str],
    cross: tuple[float | None, float | None] = (None, None),
) -> Figure:
    """Show where each thing stands on two scales, and how sure that is.

    Parameters
    ----------
    frame : DataFrame
        One row per point: ``label``, ``x``, ``x_low``, ``x_high``, ``y``, ``y_low``, ``y_high``,
        ``kind`` (a key of ``kinds``). A row without an x or a y is not drawn.
    x_label, y_label : str
        Names of the axes, with their unit.
    number : callable
        Writes a number of an axis.
    wide : bool
        True for a desktop page (7.6 inches), False for a phone (3.5 inches).
    kinds : mapping of str to str
        Kind -> its name in the legend, the most striking first.
    cross : (float or None, float or None)
        Where a vertical and a horizontal line part the map in four.

    Returns
    -------
    Figure
        Names stand beside their points. Where they would cover each other, points of the first
        kind keep theirs and others go without: the table beside the map has all.

    Raises
    ------
    CxError
        On an unknown column, or a value that is no number.

    Examples
    --------
    >>> point = pd.DataFrame({"label": ["delivery"], "x": [3.6], "y": [20.0], "kind": ["high"]})
    >>> point = point.assign(x_low=3.5, x_high=3.7, y_low=17.0, y_high=24.0)
    >>> names = {"x_label": "rating", "y_label": "importance", "number": "{:.1f}".format}
    >>> figure = points(point, wide=True, kinds={"high": "fix first"}, **names)
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['delivery']
    """
    names = ("x", "x_low", "x_high", "y", "y_low", "y_high")
    values = pd.DataFrame({name: canvas.numbers(frame, name) for name in names})
    labels, given = canvas.texts(frame, "label"), canvas.texts(frame, "kind")
    drawn = np.flatnonzero(np.isfinite(values["x"]) & np.isfinite(values["y"]))
    with canvas.drawing():
        figure, axes = canvas.canvas(4.6 if wide else 3.6, wide=wide)
        _crosses(axes, values.iloc[drawn])
        handles = []
        for i, (kind, name) in enumerate(kinds.items()):
            chosen = [int(at) for at in drawn if given[at] == kind]
            look: Style = {**LOOKS[min(i, len(LOOKS) - 1)], "linestyle": ""}
            if chosen:
                at = values.iloc[chosen]
                axes.plot(at["x"], at["y"], gid=f"points-{i}", **look)
                handles.append(Line2D([], [], label=canvas.brief(name, 36), **look))
        parting: Style = {"color": INK, "linewidth": 1, "linestyle": (0, (4, 2)), "zorder": 1}
        for draw, where in zip((axes.axvline, axes.axhline), cross, strict=True):
            if where is not None and math.isfinite(where):
                draw(where, **parting)
        axes.margins(0.14 if wide else 0.2)
        canvas.name_axes(axes, x_label, y_label, wide=wide)
        canvas.legend(figure, handles, wide=wide)
        layout.write_values(axes.xaxis, number, None, 6 if wide else 4)
        layout.write_values(axes.yaxis, number, None, 5)
        layout.lay_out(figure, axes)
        placed = values.iloc[drawn][["x", "y"]].to_numpy()
        written = [canvas.brief(labels[at], 26 if wide else 17) for at in drawn]
        first = [given[at] == next(iter(kinds), "") for at in drawn]
        _name_points(axes, placed, written, first, cross)
    return figure


def _crosses(axes: Axes, values: pd.DataFrame) -> None:
    """Draw each point's two intervals."""
    look: Style = {"color": QUIET, "linewidth": 1.1, "alpha": 0.75}
    horizontal = values.dropna(subset=["x_low", "x_high"])
    axes.hlines(horizontal["y"], horizontal["x_low"], horizontal["x_high"], gid="across", **look)
    vertical = values.dropna(subset=["y_low", "y_high"])
    axes.vlines(vertical["x"], vertical["y_low"], vertical["y_high"], gid="upright", **look)


def _name_points(
    axes: Axes,
    at: Numbers,
    labels: list[str],
    must: list[bool],
    cross: tuple[float | None, float | None],
) -> None:
    """Write each name where it covers no other name and no point, and best no parting line.

    Those that ``must`` be named come first; of the others, one that finds no place is left out.
    """
    taken: list[Bbox] = []
    spots = axes.transData.transform(at) if len(at) else at
    parting = axes.transData.transform([[math.nan if c is None else c for c in cross]])[0]
    for i in sorted(range(len(labels)), key=lambda i: (not must[i], -spots[i][1], spots[i][0])):
        others = [spot for j, spot in enumerate(spots) if j != i]
        tried: list[tuple[int, int, int, Bbox]] = []
        for place in range(len(PLACES)):
            box = _box(labels[i], spots[i], place)
            covers = sum(box.overlaps(other) for other in taken)
            covers += sum(box.contains(*spot) for spot in others)
            outside = box.x0 < axes.bbox.x0 or box.x1 > axes.bbox.x1
            struck = int(box.x0 < parting[0] < box.x1) + int(box.y0 < parting[1] < box.y1)
            tried.append((covers + OUTSIDE * outside, struck, place, box))
        covers, _, place, box = min(tried, key=lambda each: each[:3])
        if must[i] or not covers:
            right, up, horizontal, vertical = PLACES[place]
            look: Style = {"textcoords": "offset points", "ha": horizontal, "va": vertical}
            axes.annotate(labels[i], (float(at[i][0]), float(at[i][1])), xytext=(right, up), **look)
            taken.append(box)


def _box(label: str, spot: Numbers, place: int) -> Bbox:
    """Return what a name would cover in one of its places about a point."""
    right, up, horizontal, vertical = PLACES[place]
    width = layout.width_of(label)
    x = spot[0] + right - layout.BEFORE[horizontal] * width
    y = spot[1] + up - (layout.LINE if vertical == "top" else 0)
    return Bbox.from_bounds(x, y, width, layout.LINE)
