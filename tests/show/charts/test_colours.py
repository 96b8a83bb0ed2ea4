"""Colours that stand beside each other stay apart for every eye, by day and in the dark."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from cxreport.show.charts import bars, canvas, control, curves, distribution, lines, spark
from cxreport.show.charts import map as chart_map

SEEN = {
    "usual": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
"""Light as an eye sees it, linear RGB: Machado, Oliveira and Fernandes (2009), severity 1."""
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
     [0.0193339, 0.1191920, 0.9503041]]
)  # fmt: skip
"""Linear sRGB to XYZ, white D65: IEC 61966-2-1."""
TURNED = np.array([[-0.574, 1.430, 0.144], [0.426, 0.430, 0.144], [0.426, 1.430, -0.856]])
"""``hue-rotate(180deg)``: W3C Filter Effects, section 9.4."""
APART = 15.0
"""Least distance of two colours in CIELAB; 2.3 is the least that is noticed at all."""

PAIRS = {
    "signals": list(combinations([canvas.INK, canvas.COLOURS[0], canvas.COLOURS[1]], 2)),
    "three answers": list(pairwise(distribution.THREE)),
    "five answers": list(pairwise(distribution.MORE)),
    "the map": list(combinations([canvas.COLOURS[1], canvas.COLOURS[0], chart_map.QUIET], 2)),
    "two series": [canvas.COLOURS[:2]],
}


def linear(colour: str) -> np.ndarray:
    """Return a colour's light."""
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def in_the_dark(colour: str) -> str:
    """Return a colour as the filter of the dark page leaves it."""
    inverted = np.array([1 - int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return "#" + "".join(f"{round(255 * part):02x}" for part in np.clip(TURNED @ inverted, 0, 1))


def lab(colour: str, eye: str) -> np.ndarray:
    """Return where a colour stands in CIELAB for an eye."""
    light = XYZ @ np.clip(np.array(SEEN[eye]) @ linear(colour), 0, 1) / (XYZ @ np.ones(3))
    f = np.where(light > 216 / 24389, np.cbrt(light), (24389 / 27 * light + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one: str, other: str, eye: str) -> float:
    """Return how far two colours are apart for an eye (CIE 1976)."""
    return float(np.linalg.norm(lab(one, eye) - lab(other, eye)))


def test_the_simulation_tells_what_is_in_the_books() -> None:
    assert lab("#ff0000", "usual") == pytest.approx([53.24, 80.09, 67.20], abs=0.05)
    assert distance("#a05000", "#508000", "usual") > 3 * distance(
        "#a05000", "#508000", "protanopia"
    )
    assert in_the_dark("#ffffff") == "#000000"
    assert in_the_dark("#000000") == "#ffffff"


@pytest.mark.parametrize("eye", SEEN)
@pytest.mark.parametrize("place", PAIRS)
def test_colours_beside_each_other_are_apart(place: str, eye: str) -> None:
    for one, other in PAIRS[place]:
        assert distance(one, other, eye) >= APART
        assert distance(in_the_dark(one), in_the_dark(other), eye) >= APART


def test_no_series_differs_by_colour_alone() -> None:
    assert len({*lines.MARKERS}) == len(lines.MARKERS) == len(canvas.COLOURS)
    assert len({*curves.DASHES}) == len(canvas.COLOURS)
    assert len({str(look["marker"]) for look in chart_map.LOOKS}) == len(chart_map.LOOKS)
    assert control.LOOKS["improvement"]["marker"] != control.LOOKS["concern"]["marker"]
    outlines = {(look["facecolor"] == "white", str(look.get("linestyle"))) for look in bars.LOOKS}
    assert len(outlines) >= len(bars.LOOKS) - 1  # the last is the grey of what is left
    assert spark.LAST["worse"] != spark.LAST["better"]  # the word stands beside it
