"""A sparkline: one series over the band of its usual ups and downs, without words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from cxreport.show.charts import canvas
from cxreport.show.charts.canvas import COLOURS, INK

if TYPE_CHECKING:
    import pandas as pd

SIZE = (2.6, 0.5)
BAND, CENTRE = "#8a8a8a", "#767676"
LAST = {"worse": COLOURS[1], "better": COLOURS[0]}


def draw_spark(series: pd.DataFrame, look: str) -> Figure:
    """Draw one series, its last value marked.

    Parameters
    ----------
    series : DataFrame
        One row per period, oldest first: ``estimate``; ``expected``, ``lower``, ``upper`` (alike in
        all rows; empty where there is no usual range).
    look : str
        "worse" or "better": the colour of the last value; ink for any other.

    Returns
    -------
    Figure
        Without axes or words: what it shows stands beside it.
    """
    import seaborn as sns  # noqa: PLC0415 - takes seconds, and scipy with it

    values = canvas.numbers(series, "estimate")
    centre, low, high = (canvas.numbers(series, n)[-1] for n in ("expected", "lower", "upper"))
    with canvas.drawing():
        figure = Figure(figsize=SIZE, dpi=72, frameon=False)
        axes = figure.add_axes((0.01, 0.04, 0.98, 0.92))
        sns.despine(ax=axes, left=True, bottom=True)
        axes.set_axis_off()
        places = np.arange(len(values))
        if np.isfinite([low, high]).all():
            axes.axhspan(low, high, color=BAND, alpha=0.25, linewidth=0, gid="usual")
            axes.axhline(centre, color=CENTRE, linewidth=0.7, linestyle=(0, (3, 2)))
        axes.plot(places, values, color=INK, linewidth=1.1, gid="line")
        last = np.flatnonzero(np.isfinite(values))[-1:]
        axes.plot(last, values[last], "o", color=LAST.get(look, INK), markersize=5, gid="last")
        axes.set_xlim(-0.5, len(values) - 0.2)
        axes.margins(y=0.12)
    return figure
