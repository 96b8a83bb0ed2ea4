"""What every chart shares: the house style, the empty figure, its names, ticks and legend."""

from __future__ import annotations

import math
import re
import textwrap
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import FontManager, fontManager, json_dump

from cxreport.errors import CxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pandas as pd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation
    from numpy.typing import NDArray

    Numbers: TypeAlias = NDArray[np.float64]
    Writer: TypeAlias = Callable[[float], str]
    Style: TypeAlias = dict[str, Any]
    Drawing: TypeAlias = tuple[Callable[[bool], Figure], str]
    """What draws a figure, for a desktop page or for a phone, and its alt text."""

INK = "#222222"
COLOURS = ("#0072b2", "#c24e00", "#007a59", "#a0508c", "#7a5c00", "#595959")
FONT_SIZE = 9
LINE_HEIGHT = 0.165  # inches, of that font
MAX_LINES = 4  # of a name at the left: the whole name is in the table beside the chart
ILLEGAL_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

HOUSE: dict[str, Any] = {
    "axes.edgecolor": "#767676",
    "axes.labelcolor": INK,
    "axes.labelsize": FONT_SIZE,
    "axes.titlesize": FONT_SIZE,
    "font.family": ["DejaVu Sans"],
    "font.size": FONT_SIZE,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "legend.fontsize": FONT_SIZE,
    "svg.fonttype": "none",
    "svg.hashsalt": "cxreport",
    "text.color": INK,
    "text.hinting": "none",
    "text.parse_math": False,
}


class Sheet(Figure):
    """A figure of one chart, one point a pixel; its texts are literal, its legend stands above."""

    above = 0.0
    """Points that the legend takes."""


@contextmanager
def drawing() -> Iterator[None]:
    """Draw in the house style, whatever the session's own settings are; put those back after."""
    import seaborn as sns  # noqa: PLC0415 - takes seconds, and scipy with it

    with mpl.rc_context(), warnings.catch_warnings():
        # The reader's browser has other fonts than the one that measures here.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        mpl.rcdefaults()
        mpl.rcParams.update(sns.axes_style("whitegrid") | HOUSE)
        yield


def plain(text: object) -> str:
    """Make one line of any text, without the characters that XML cannot hold."""
    return " ".join(ILLEGAL_IN_XML.sub("", str(text)).split())


def brief(text: object, width: int) -> str:
    """Cut a text to so many characters."""
    whole = plain(text)
    return whole if len(whole) <= width else whole[: width - 1].rstrip() + "…"


def texts(frame: pd.DataFrame, column: str) -> list[str]:
    """Return a column as texts of one line."""
    _must_have(frame, column)
    return [plain(text) for text in frame[column]]


def numbers(frame: pd.DataFrame, column: str) -> Numbers:
    """Return a column as numbers; what is missing or infinite is NaN."""
    _must_have(frame, column)
    try:
        values = frame[column].to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise CxError("a chart needs numbers", where=column, got=frame[column].dtype) from error
    return np.where(np.isfinite(values), values, np.nan)


def _must_have(frame: pd.DataFrame, column: str) -> None:
    if column not in frame:
        columns = ", ".join(map(str, frame.columns))
        raise CxError("unknown column for a chart", got=column, expected=f"one of {columns}")


def canvas(height: float, *, wide: bool) -> tuple[Sheet, Axes]:
    """Make an empty figure, as wide as the text of a desktop page or of a phone, in inches.

    What fills it ends in ``layout.lay_out``, which gives the axes their place.
    """
    import seaborn as sns  # noqa: PLC0415 - takes seconds, and scipy with it

    figure = Sheet(figsize=(7.6 if wide else 3.5, height), dpi=72, frameon=False)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.patch.set_visible(False)
    sns.despine(ax=axes)
    return figure, axes


def rows(names: Sequence[str], notes: Sequence[str], *, wide: bool) -> tuple[Sheet, Axes, Numbers]:
    """Make a figure with one named row a group, and say where each row's middle is.

    Rows go from top to bottom, each as high as its name needs; heights are in inches.
    """
    width = 36 if wide else 17
    wrapped = [
        textwrap.wrap(name, width, max_lines=MAX_LINES, placeholder="…") + ([note] if note else [])
        for name, note in zip(names, notes, strict=True)
    ]
    gap = 0.1 if wide else 0.05
    heights = np.array([LINE_HEIGHT * max(len(lines), 1) + gap for lines in wrapped])
    middles = np.cumsum(heights) - heights / 2
    total = max(float(heights.sum()), LINE_HEIGHT)
    figure, axes = canvas(total + 0.55, wide=wide)
    for lines, middle in zip(wrapped, middles, strict=True):
        for k, line in enumerate(lines):  # one text per line keeps its right edge in every font
            down = 72 * LINE_HEIGHT * ((len(lines) - 1) / 2 - k)
            at: Style = {"xytext": (-7, down), "textcoords": "offset points", "ha": "right"}
            axes.annotate(line, (0, middle), xycoords=("axes fraction", "data"), va="center", **at)
    axes.set_ylim(total, 0)
    axes.yaxis.set_visible(False)
    axes.spines["left"].set_visible(False)
    return figure, axes, middles


def name_axes(axes: Axes, x_label: str, y_label: str, *, wide: bool) -> None:
    """Name the axes where long names fit: the vertical one above, the horizontal one right."""
    width = 80 if wide else 40
    axes.set_xlabel(textwrap.fill(plain(x_label), width))
    axes.set_title(textwrap.fill(plain(y_label), width), loc="left", y=1)


def legend(figure: Sheet, handles: Sequence[Artist], *, wide: bool) -> None:
    """Explain the marks above the axes, in as many columns as fit, and make room for them."""
    if not handles:
        return
    longest = max(len(str(handle.get_label())) for handle in handles)
    columns = min(max((84 if wide else 38) // (longest + 7), 1), len(handles))
    width, height = figure.get_size_inches()
    taken = 0.2 * -(-len(handles) // columns) + 0.1
    figure.set_size_inches(width, height + taken)
    figure.above = 72 * taken
    by_row = [handle for column in range(columns) for handle in handles[column::columns]]
    figure.legend(handles=by_row, loc="upper left", ncols=columns, frameon=False, borderaxespad=0)


def beside(axes: Axes, text: str, at: tuple[float, float], of: str | tuple[str, str]) -> Annotation:
    """Write a text to the right of a point."""
    where: Style = {"xytext": (7, 0), "textcoords": "offset points", "ha": "left", "va": "center"}
    return axes.annotate(plain(text), at, xycoords=of, **where)


def write_last(axes: Axes, values: pd.Series[float], number: Writer) -> list[Annotation]:
    """Write a series' last value beside it."""
    present = values.dropna()
    last = [(float(at), float(value)) for at, value in zip(present.index, present, strict=True)][
        -1:
    ]
    return [beside(axes, number(value), (at, value), "data") for at, value in last]


def move_apart(axes: Axes, notes: list[Annotation]) -> None:
    """Move apart the numbers at the ends of the series, keeping their order and their middle."""
    heights = np.array([axes.transData.transform(note.xy)[1] for note in notes])
    order = np.argsort(heights, kind="stable")
    steps = np.arange(len(notes)) * 1.2 * FONT_SIZE
    apart = np.maximum.accumulate(heights[order] - steps) + steps
    apart += (heights[order] - apart).mean() if notes else 0
    for i, height in zip(order, apart, strict=True):
        notes[i].xyann = (7, height - heights[i])


def sizes_of(frame: pd.DataFrame, n: str | None, whole: Writer) -> list[str]:
    """Write how many answers each row has."""
    if n is None:
        return [""] * len(frame)
    sizes = numbers(frame, n)
    return [f"n = {whole(size)}" if math.isfinite(size) else "" for size in sizes]


def write_fonts(folder: Path) -> None:
    """Write the fonts of this machine into a folder of settings, so that no kernel seeks them.

    A search that takes long is told on stderr, where nothing may stand.
    """
    folder.mkdir(parents=True)
    json_dump(fontManager, folder / f"fontlist-v{FontManager.__version__}.json")
