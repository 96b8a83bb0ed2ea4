"""Step curves: each stands where its numbers say, begins where it must, and is told in words."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.show import curves as module
from cxreport.show.curves import curves
from cxreport.show.parts import Column, chart
from cxreport.show.render import render

NAMES = {"x_label": "days", "y_label": "still there (%)", "number": "{:.1f}".format}
STAYS = pd.DataFrame(
    {
        "group": ["a", "a", "a", "b", "b"],
        "time": [10, 30, 60, 20, 60],
        "estimate": [90.0, 70.0, 70.0, 50.0, np.nan],
        "low": [80.0, 60.0, 60.0, np.nan, np.nan],
        "high": [95.0, 80.0, 80.0, np.nan, np.nan],
    }
)


@pytest.mark.parametrize("wide", [True, False])
def test_each_curve_holds_until_its_next_step(wide: bool) -> None:
    axes = curves(STAYS, start=100, wide=wide, **NAMES).axes[0]
    first, second = (line for line in axes.lines if str(line.get_gid()).startswith("line"))
    assert first.get_xdata().tolist() == [0, 10, 30, 60]
    assert first.get_ydata().tolist() == [100, 90, 70, 70]
    assert first.get_drawstyle() == "steps-post"
    assert second.get_ydata().tolist() == [100, 50]  # what is not known is not drawn
    assert axes.get_ylim() == (0, 100)


def test_curves_differ_in_more_than_colour() -> None:
    lines = curves(STAYS, start=100, wide=True, **NAMES).axes[0].lines
    assert len({str(line.get_linestyle()) for line in lines}) == 2


def test_the_last_value_stands_beside_each_curve() -> None:
    notes = curves(STAYS, start=100, wide=True, **NAMES).axes[0].texts
    assert [note.get_text() for note in notes] == ["70.0", "50.0"]


def test_long_curves_are_thinned_but_keep_both_ends() -> None:
    time = np.arange(1, 5_001)
    long = pd.DataFrame({"group": "", "time": time, "estimate": 100 - time / 50})
    long = long.assign(low=long["estimate"], high=long["estimate"])
    line = curves(long, wide=True, **NAMES).axes[0].lines[0]
    assert len(line.get_xdata()) <= module.MOST_STEPS
    assert (line.get_xdata()[0], line.get_xdata()[-1]) == (1, 5_000)


def test_times_out_of_order_are_refused() -> None:
    with pytest.raises(CxError, match="out of order"):
        curves(STAYS.iloc[::-1], wide=True, **NAMES)


@pytest.mark.parametrize(("language", "words"), [("en", "days"), ("it", "giorni")])
def test_the_alt_text_tells_the_curve(language: str, words: str) -> None:
    days = (Column("time", "whole", "day"), Column("estimate", "share"))
    axes = {"x": "axis.days", "y": "axis.again", "label": {"name": "group", "how": "as_is"}}
    block = chart("curves", "retention", "second_curve", STAYS, days, **axes)
    html = render(block, language, prefix="f")
    titles = re.findall(r"<title[^>]*>([^<]*)</title>", str(html))
    assert len(titles) == 2
    assert words in titles[0]
    assert {"en": "90.0% at 10", "it": "90,0% a 10"}[language] in titles[0]
