"""A sparkline: one series over the band of its usual ups and downs, without words."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np

from cxreport.show.charts import canvas
from cxreport.show.charts.canvas import COLOURS, INK
from cxreport.show.charts.svg import as_text, root_of

if TYPE_CHECKING:
    import pandas as pd

    from cxreport.show.charts.canvas import Numbers

WIDTH, HEIGHT = 187.2, 36.0  # points
ASIDE, ABOVE = 2.0, 4.0
"""Points around the series that its last value, or the thick of its line, may need."""
BAND, CENTRE = "#8a8a8a", "#767676"
LAST = {"worse": COLOURS[1], "better": COLOURS[0]}


def draw_spark(series: pd.DataFrame, look: str, *, prefix: str, alt: str) -> str:
    """Draw one series, its last value marked.

    Parameters
    ----------
    series : DataFrame
        One row per period, oldest first: ``estimate``; ``expected``, ``lower``, ``upper`` (alike in
        all rows; empty where there is no usual range).
    look : str
        "worse" or "better": the colour of the last value; ink for any other.
    prefix, alt : str
        As in ``to_svg``.

    Returns
    -------
    str
        SVG without axes or words: what it shows stands beside it.

    Examples
    --------
    >>> import pandas as pd
    >>> months = pd.DataFrame({"estimate": [1.0, 3.0]})
    >>> months = months.assign(expected=None, lower=None, upper=None)
    >>> draw_spark(months, "better", prefix="p", alt="from 1 to 3").count("<path")
    1
    """
    values = canvas.numbers(series, "estimate")
    usual = np.array([canvas.numbers(series, n)[-1] for n in ("expected", "lower", "upper")])
    if not np.isfinite(usual[1:]).all():
        usual[:] = np.nan
    middles = np.arange(len(values), dtype=np.float64) + 0.5
    x: Numbers = np.float64(ASIDE) + (WIDTH - 2 * ASIDE) / (len(values) + 0.3) * middles
    y, (centre, low, high) = _heights(values, usual)
    root = root_of(WIDTH, HEIGHT, prefix=prefix, alt=alt)
    if np.isfinite(low):
        band = {
            "x": f"{ASIDE:g}",
            "width": f"{WIDTH - 2 * ASIDE:g}",
            "fill": BAND,
            "opacity": ".25",
        }
        ET.SubElement(root, "rect", band | {"y": f"{high:.2f}", "height": f"{low - high:.2f}"})
        line = {"d": f"M{ASIDE:g} {centre:.2f}H{WIDTH - ASIDE:g}", "stroke": CENTRE}
        dashes = {"stroke-width": ".7", "stroke-dasharray": "2.1 1.4"}
        ET.SubElement(root, "path", line | dashes)
    look_of_line = {"fill": "none", "stroke": INK, "stroke-width": "1.1"}
    ET.SubElement(root, "path", {"d": _line(x, y)} | look_of_line)
    for last in np.flatnonzero(np.isfinite(y))[-1:]:
        at = {"cx": f"{x[last]:.2f}", "cy": f"{y[last]:.2f}", "r": "3"}
        ET.SubElement(root, "circle", at | {"fill": LAST.get(look, INK)})
    return as_text(root)


def _heights(values: Numbers, usual: Numbers) -> tuple[Numbers, Numbers]:
    """Return where values stand in the picture, from its top, so that all are seen."""
    every = np.concatenate([values, usual])
    lowest, highest = np.nanmin(every), np.nanmax(every)
    scale = (HEIGHT - 2 * ABOVE) / (highest - lowest) if highest > lowest else 0.0
    foot = HEIGHT - ABOVE if scale else HEIGHT / 2
    return foot - scale * (values - lowest), foot - scale * (usual - lowest)


def _line(x: Numbers, y: Numbers) -> str:
    """Return the way of a line, begun anew after each gap."""
    drawn, way = False, []
    for across, up in zip(x, y, strict=True):
        if np.isfinite(up):
            way.append(f"{'L' if drawn else 'M'}{across:.2f} {up:.2f}")
        drawn = bool(np.isfinite(up))
    return "".join(way)
