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
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import Formatter, MaxNLocator

from cxreport.errors import CxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pandas as pd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
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
STEPS = (1, 2, 3, 6, 12, 24)  # every label, every second, a quarter, half a year, a year
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
    "xtick.bottom": True,
    "xtick.color": INK,
    "xtick.labelsize": FONT_SIZE,
    "xtick.major.size": 3,
    "ytick.color": INK,
    "ytick.labelsize": FONT_SIZE,
}


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


def canvas(height: float, *, wide: bool) -> tuple[Figure, Axes]:
    """Make an empty figure, as wide as the text of a desktop page or of a phone, in inches."""
    import seaborn as sns  # noqa: PLC0415 - takes seconds, and scipy with it

    size = (7.6 if wide else 3.5, height)
    figure = Figure(figsize=size, dpi=72, layout="constrained", frameon=False)
    axes = figure.subplots()
    axes.patch.set_visible(False)
    axes.grid(visible=False)
    sns.despine(ax=axes)
    return figure, axes


def rows(names: Sequence[str], notes: Sequence[str], *, wide: bool) -> tuple[Figure, Axes, Numbers]:
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
    horizontal = textwrap.fill(plain(x_label), width)
    axes.set_xlabel(horizontal, loc="right")
    axes.set_title(textwrap.fill(plain(y_label), width), loc="left")


def legend(figure: Figure, handles: Sequence[Artist], *, wide: bool) -> None:
    """Explain the marks above the axes, in as many columns as fit, and make room for them."""
    if not handles:
        return
    longest = max(len(str(handle.get_label())) for handle in handles)
    columns = min(max((84 if wide else 38) // (longest + 7), 1), len(handles))
    width, height = figure.get_size_inches()
    figure.set_size_inches(width, height + 0.2 * -(-len(handles) // columns) + 0.1)
    by_row = [handle for column in range(columns) for handle in handles[column::columns]]
    figure.legend(handles=by_row, loc="outside upper left", ncols=columns, frameon=False)


class Values(Formatter):
    """Writes an axis's numbers in the language of the page, as whole ones where all are."""

    def __init__(self, number: Writer, whole: Writer | None) -> None:
        self.number, self.whole = number, whole

    def __call__(self, value: float, pos: int | None = None) -> str:  # noqa: ARG002
        """Write one number alone."""
        return self.format_ticks([value])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Write the numbers of an axis."""
        whole = self.whole if np.allclose(values, np.round(values)) else None
        return [plain((whole or self.number)(round(value, 10) + 0.0)) for value in values]


def write_values(axis: Axis, number: Writer, whole: Writer | None, most: int) -> None:
    """Write an axis's numbers in the language of the page, in at most so many intervals."""
    axis.set_major_locator(MaxNLocator(max(most, 1)))
    axis.set_major_formatter(Values(number, whole))
    axis.grid(visible=True)
    axis.set_tick_params(length=0)


def lay_out(figure: Figure) -> None:
    """Give every part of a figure its place: what is measured next must be where it will be."""
    layout = figure.get_layout_engine()
    if isinstance(layout, ConstrainedLayoutEngine):
        layout.execute(figure)  # a whole drawing takes twice as long
    else:
        figure.draw_without_rendering()


def beside(axes: Axes, text: str, at: tuple[float, float], of: str | tuple[str, str]) -> Annotation:
    """Write a text to the right of a point."""
    where: Style = {"xytext": (7, 0), "textcoords": "offset points", "ha": "left", "va": "center"}
    return axes.annotate(plain(text), at, xycoords=of, **where)


def labels_that_fit(figure: Figure, axes: Axes) -> int:
    """Return how many of the level axis's labels fit beside each other, at least one."""
    lay_out(figure)
    widths = [label.get_window_extent().width for label in axes.get_xticklabels()]
    # Browsers set other fonts than the one that measures here: a fifth more is on the safe side.
    return max(int(axes.bbox.width / (1.2 * max(widths, default=1) + FONT_SIZE / 2)), 1)


def write_last(axes: Axes, values: pd.Series[float], number: Writer) -> list[Annotation]:
    """Write a series' last value beside it."""
    present = values.dropna()
    last = [(float(at), float(value)) for at, value in zip(present.index, present, strict=True)][
        -1:
    ]
    return [beside(axes, number(value), (at, value), "data") for at, value in last]


def thin_out(figure: Figure, axes: Axes, labels: list[str]) -> None:
    """Label as many periods as fit, always the last one."""
    short = [brief(label, 18) for label in labels]
    axes.set_xlim(-0.5, max(len(labels), 1) - 0.5)
    axes.set_xticks(range(len(labels)), short)
    room = labels_that_fit(figure, axes)
    step = next((step for step in STEPS if len(labels) <= step * room), max(len(labels), 1))
    first = (len(labels) - 1) % step
    axes.set_xticks(range(first, len(labels), step), short[first::step])


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
