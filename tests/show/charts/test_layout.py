"""A chart is measured by its texts and drawn once; nothing it says leaves the picture."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from cxreport.show.blocks import Block
from cxreport.show.charts.intervals import intervals
from cxreport.show.charts.lines import line
from cxreport.show.charts.picture import picture_of
from cxreport.show.charts.spark import ABOVE, ASIDE, HEIGHT, WIDTH, draw_spark
from cxreport.show.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = {"x_label": "", "y_label": "NPS", "number": "{:.1f}".format}


def counted(monkeypatch: pytest.MonkeyPatch, kind: type, name: str) -> list[str]:
    calls: list[str] = []
    usual: Callable[..., object] = getattr(kind, name)

    def counts(self: object, *given: object, **more: object) -> object:
        calls.append(name)
        return usual(self, *given, **more)

    monkeypatch.setattr(kind, name, counts)
    return calls


def test_a_picture_is_drawn_once_a_width_and_never_to_find_its_places(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = counted(monkeypatch, Figure, "draw")
    sought = counted(monkeypatch, ConstrainedLayoutEngine, "execute")
    frame = pd.DataFrame({"shop": ["r", "t"], "estimate": [40.0, 25.5], "low": 20.0, "high": 45.0})
    about = {"label": {"name": "shop", "how": "as_is"}, "x": "axis.proof_days", "periods": 2}
    named = {"topic": "show", "caption": "proof", "metric": "nps"}
    picture_of(Block("intervals", frame, about | named), Words("en"), prefix="p")
    assert (len(drawn), sought) == (2, [])


@pytest.mark.parametrize("wide", [True, False])
def test_a_long_value_at_the_end_has_its_room(*, wide: bool) -> None:
    months = pd.DataFrame({"month": ["gen", "feb"], "nps": [1.0, 2.0]})
    writes = NAMES | {"number": lambda value: f"{value:.1f} milioni di euro"}
    figure = line(months, x="month", y="nps", wide=wide, **writes)
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in [*figure.texts, *figure.axes[0].texts]]
    assert min(box.x0 for box in boxes) >= 0
    assert max(box.x1 for box in boxes) <= figure.bbox.x1


def test_fewer_numbers_stand_on_an_axis_where_they_are_long() -> None:
    frame = pd.DataFrame({"shop": ["a"], "nps": [5e6], "low": [1e6], "high": [9e6]})
    ends = {"label": "shop", "y": "nps", "low": "low", "high": "high", "x_label": ""}
    short = intervals(frame, number=lambda _: "1", wide=False, **ends)
    long = intervals(frame, number="{:,.2f}".format, wide=False, **ends)
    written = [[text for text in figure.texts if text.get_text()] for figure in (short, long)]
    assert len(written[0]) > len(written[1]) >= 2
    long.draw_without_rendering()
    boxes = sorted((text.get_window_extent() for text in written[1]), key=lambda box: box.x0)
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(boxes))


def test_a_sparkline_stands_where_its_values_are_with_its_gap_and_its_last_value() -> None:
    series = pd.DataFrame({"estimate": [0.0, 10.0, np.nan, 5.0]})
    series = series.assign(expected=5.0, lower=2.5, upper=7.5)
    svg = draw_spark(series, "worse", prefix="p", alt="from <0> to 5")
    root = ET.fromstring(svg.replace(' xmlns="', ' was="'))  # noqa: S314 - our own
    foot, room = HEIGHT - ABOVE, HEIGHT - 2 * ABOVE  # 0 is at the foot, 10 at the top
    step = (WIDTH - 2 * ASIDE) / 4.3
    across = [ASIDE + step * (place + 0.5) for place in range(4)]
    centre, way = (path.attrib["d"] for path in root.iter("path"))
    assert centre == f"M2 {foot - room / 2:.2f}H{WIDTH - ASIDE:g}"
    first, second, last = (
        f"{across[0]:.2f} {foot:.2f}",
        f"{across[1]:.2f} {ABOVE:.2f}",
        f"{across[3]:.2f} {foot - room / 2:.2f}",
    )
    assert way == f"M{first}L{second}M{last}"
    (band,) = root.iter("rect")
    assert float(band.attrib["height"]) == pytest.approx(room / 2, abs=0.01)
    (mark,) = root.iter("circle")
    assert (mark.attrib["cx"], mark.attrib["fill"]) == (f"{across[3]:.2f}", "#c24e00")
    assert root[0].text == "from <0> to 5"


def test_a_sparkline_of_equal_values_is_a_level_line_without_a_band() -> None:
    series = pd.DataFrame({"estimate": [3.0, 3.0]}).assign(expected=np.nan, lower=1.0, upper=np.nan)
    svg = draw_spark(series, "", prefix="p", alt="3 and 3")
    assert svg.count("<rect") == 0
    assert svg.count(f" {HEIGHT / 2:.2f}") == 2
