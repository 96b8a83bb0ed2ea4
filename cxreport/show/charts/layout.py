"""Where the parts of a chart stand: worked out from the widths of its texts, without a drawing.

Matplotlib would draw a figure several times to learn these places. Here each text is measured by
itself, once a process, and sums give the rest. Lengths are in points: a sheet has one a pixel.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.text import Annotation
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FixedFormatter, FixedLocator, Formatter, MaxNLocator
from matplotlib.transforms import IdentityTransform

from cxreport.show.charts.canvas import FONT_SIZE, HOUSE, INK, LINE_HEIGHT, brief, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

    from cxreport.show.charts.canvas import Numbers, Sheet, Style, Writer

LINE = 72 * LINE_HEIGHT
PAD = 3.0
"""Around a picture."""
GAP, TICK, ABOVE, BELOW = 3.5, 3.0, 6.0, 4.0
"""Between an axis and its labels, how long a tick is, below a title, above an axis's name."""
STEPS = (1, 2, 3, 6, 12, 24)  # every label, every second, a quarter, half a year, a year
BEFORE = {"left": 0.0, "center": 0.5, "right": 1.0}
"""Which part of a text stands before its place."""
ROUNDS = 5
"""After which margins no longer change: they depend on the width that they leave."""
NARROWEST = 0.2
"""Of a picture, that its margins leave in any case."""
HINTED = 1.08
"""How much wider a text is at most where letters stand on whole pixels."""
FONT = FontProperties(family=HOUSE["font.family"], size=FONT_SIZE)

Steps = list[tuple[float, str]]


class Frame(NamedTuple):
    """Where the axes stand in a picture, from its lower left corner."""

    x0: float
    y0: float
    x1: float
    y1: float


@lru_cache(maxsize=8192)
def width_of(text: str) -> float:
    """Return how wide a text may be in the house's font."""
    width, _, _ = text_to_path.get_text_width_height_descent(text, FONT, ismath=False)
    return HINTED * float(width)


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
    """Let an axis have numbers in the language of the page, in at most so many intervals."""
    axis.set_major_locator(MaxNLocator(most))
    axis.set_major_formatter(Values(number, whole))


def name_periods(axes: Axes, labels: Sequence[str]) -> None:
    """Let the horizontal axis name periods, of which as many are labelled as fit."""
    axes.set_xlim(-0.5, max(len(labels), 1) - 0.5)
    axes.xaxis.set_major_locator(FixedLocator(range(len(labels))))
    axes.xaxis.set_major_formatter(FixedFormatter([brief(label, 18) for label in labels]))


def lay_out(figure: Sheet, axes: Axes) -> None:
    """Give every part of a chart its place, and write those of its axes that are visible.

    The axes are written as texts and lines of the figure: ticks of matplotlib's own would be five
    artists each.
    """
    across, upright = _steps(axes.xaxis), _steps(axes.yaxis)
    width, height = (72 * float(inches) for inches in figure.get_size_inches())
    left, right = _margins(axes, width, across, upright)
    name, title = axes.get_xlabel(), axes.get_title(loc="left")
    tick = TICK if isinstance(axes.xaxis.get_major_locator(), FixedLocator) else 0.0
    labels = GAP + tick + LINE if across else 0.0
    below = PAD + labels + (BELOW + LINE * len(name.split("\n")) if name else 0.0)
    above = PAD + figure.above + (ABOVE + LINE * len(title.split("\n")) if title else LINE / 2)
    frame = Frame(left, below, width - right, height - above)
    size = (frame.x1 - frame.x0, frame.y1 - frame.y0)
    axes.set_position((left / width, below / height, size[0] / width, size[1] / height))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_visible(False)
    _write_across(figure, axes, frame, _that_fit(axes.xaxis, across, size[0]), tick)
    _write_upright(figure, axes, frame, upright)
    if name:
        _write(figure, (frame.x1, below - labels - BELOW), name, ha="right", va="top")


def _steps(axis: Axis) -> Steps:
    """Return what an axis says, and where; nothing where it is not to be seen."""
    if not axis.get_visible():
        return []
    places = [float(place) for place in axis.get_majorticklocs()]
    low, high = sorted(axis.get_view_interval())
    slack = 1e-9 * (high - low)
    written = axis.get_major_formatter().format_ticks(places)
    return [
        (place, text)
        for place, text in zip(places, written, strict=True)
        if low - slack <= place <= high + slack
    ]


def _margins(axes: Axes, width: float, across: Steps, upright: Steps) -> tuple[float, float]:
    """Return how much of a picture's width is left and right of its axes, for all to be seen."""
    low, high = axes.get_xlim()
    reach = [(0.0, 0.0, 0.0), (1.0, 0.0, 0.0)]
    reach += [(0.0, -GAP - width_of(text), 0.0) for _, text in upright]
    for place, text in across:
        half = width_of(text) / 2
        reach.append(((place - low) / (high - low), -half, half))
    for note in axes.texts:
        if isinstance(note, Annotation):
            scale = note.xycoords[0] if isinstance(note.xycoords, tuple) else note.xycoords
            at = (note.xy[0] - low) / (high - low) if scale == "data" else note.xy[0]
            whole = width_of(note.get_text())
            start = note.xyann[0] - BEFORE[note.get_horizontalalignment()] * whole
            reach.append((float(at), start, start + whole))
    place, start, end = np.array(reach).T
    left = right = PAD
    for _ in range(ROUNDS):
        inner = max(width - left - right, NARROWEST * width)
        left = PAD + float(np.max(-start - place * inner))
        right = PAD + float(np.max(end - (1 - place) * inner))
    spare = width - left - right - NARROWEST * width
    return left + min(spare, 0), right


def _that_fit(axis: Axis, steps: Steps, inner: float) -> Steps:
    """Keep as many labels as fit beside each other, of periods always the last."""
    # Browsers set other fonts than the one that measures here: a fifth more is on the safe side.
    widest = 1.2 * max((width_of(text) for _, text in steps), default=0) + FONT_SIZE / 2
    room = max(int(inner / widest), 1)
    locator = axis.get_major_locator()
    if isinstance(locator, FixedLocator):
        step = next((step for step in STEPS if len(steps) <= step * room), max(len(steps), 1))
        kept = steps[(len(steps) - 1) % step :: step]
        axis.set_major_locator(FixedLocator([place for place, _ in kept]))
        axis.set_major_formatter(FixedFormatter([text for _, text in kept]))
        return kept
    for most in range(len(steps) - 1, 0, -1):
        if len(steps) <= room or not isinstance(locator, MaxNLocator):
            break
        locator.set_params(nbins=most)
        axis.set_visible(True)
        steps = _steps(axis)
        axis.set_visible(False)
    return steps


def _write_across(figure: Sheet, axes: Axes, frame: Frame, steps: Steps, tick: float) -> None:
    """Write the horizontal axis: periods have ticks, numbers lines across the picture."""
    low, high = axes.get_xlim()
    at = np.array([frame.x0 + (p - low) / (high - low) * (frame.x1 - frame.x0) for p, _ in steps])
    for x, (_, text) in zip(at, steps, strict=True):
        _write(figure, (x, frame.y0 - GAP - tick), text, ha="center", va="top")
    if tick:
        _rule(figure, at, np.array([frame.y0 - tick, frame.y0]), color=INK, linewidth=0.8)
    else:
        _rule(figure, at, np.array([frame.y0, frame.y1]))


def _write_upright(figure: Sheet, axes: Axes, frame: Frame, steps: Steps) -> None:
    """Write the numbers of the vertical axis, with lines across the picture."""
    low, high = axes.get_ylim()
    at = np.array([frame.y0 + (p - low) / (high - low) * (frame.y1 - frame.y0) for p, _ in steps])
    for y, (_, text) in zip(at, steps, strict=True):
        _write(figure, (frame.x0 - GAP, y), text, ha="right", va="center_baseline")
    _rule(figure, at, np.array([frame.x0, frame.x1]), upright=False)


def _write(figure: Sheet, at: tuple[float, float], text: str, *, ha: str, va: str) -> None:
    figure.text(*at, text, ha=ha, va=va, transform=IdentityTransform())


def _rule(
    figure: Sheet,
    at: Numbers,
    ends: Numbers,
    *,
    upright: bool = True,
    color: str = HOUSE["grid.color"],
    linewidth: float = HOUSE["grid.linewidth"],
) -> None:
    """Draw parallel lines as one, below all else."""
    along = np.tile([*ends, np.nan], len(at))
    beside = np.repeat(at, 3)
    x, y = (beside, along) if upright else (along, beside)
    look: Style = {"color": color, "linewidth": linewidth, "zorder": -1}
    figure.add_artist(Line2D(x, y, transform=IdentityTransform(), **look))
