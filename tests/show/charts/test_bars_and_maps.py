"""Bars and maps show what the frame says: lengths, sides, gaps, crosses, names that are free."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from cxreport.errors import CxError
from cxreport.show.blocks import Block
from cxreport.show.charts.bars import bars, draw_bars
from cxreport.show.charts.map import draw_map, points
from cxreport.show.charts.picture import picture_of
from cxreport.show.formats import Reader
from cxreport.show.words import Words

NAN = float("nan")
LABELS = {
    "names": {"tp": {"en": "delivery", "it": "consegna"}},
    "labels": {
        "rating": {"bad": {"en": "bad rating", "it": "voto basso"}},
        "level": {"high": {"en": "criticality high", "it": "criticità alta"}},
    },
}
NAMES = {"name": "label", "how": "question"}
AXES = {"x_label": "points", "number": "{:.1f}".format}


def effects() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": ["delivery", "staff", "returns"],
            "estimate": [-2.0, 1.0, NAN],
            "low": [-2.5, NAN, NAN],
            "high": [-1.5, NAN, NAN],
        }
    )


def places() -> pd.DataFrame:
    frame = pd.DataFrame({"label": ["delivery", "staff"], "x": [3.6, 3.9], "y": [20.0, 10.0]})
    ends = {"x_low": [3.5, NAN], "x_high": [3.7, NAN], "y_low": [15.0, 8.0], "y_high": [25.0, 12.0]}
    return frame.assign(kind=["high", "low"], **ends)


def rectangles(figure: Figure) -> list[tuple[float, float]]:
    """Return from where to where each bar goes."""
    return [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in figure.axes[0].patches]


def drawn_lines(figure: Figure, gid: str) -> Any:
    (found,) = [c for c in figure.axes[0].collections if c.get_gid() == gid]
    return found.get_segments()


def test_bars_go_from_zero_to_their_side() -> None:
    figure = bars(effects(), wide=True, **AXES)
    assert rectangles(figure) == [(0, -2), (0, 1)]  # the third has no value and no bar
    (whisker,) = drawn_lines(figure, "whiskers-0")
    assert whisker[:, 0].tolist() == [-2.5, -1.5]
    written = [text.get_text() for text in figure.axes[0].texts]
    assert written == ["delivery", "staff", "returns", "-2.0", "1.0"]


@pytest.mark.parametrize("wide", [True, False])
def test_two_series_stand_in_the_row_of_their_label(*, wide: bool) -> None:
    both = pd.concat([effects().assign(series="bad"), effects().assign(series="good")])
    figure = bars(both, wide=wide, **AXES)
    axes = figure.axes[0]
    middles = [bar.get_y() + bar.get_height() / 2 for bar in axes.patches]
    first, second = middles[:2], middles[2:]
    assert all(a < b for a, b in zip(first, second, strict=True))  # rows go downwards
    assert second[0] < first[1]
    faces = {bar.get_facecolor() for bar in axes.patches}
    assert len(faces) == 2
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["bad", "good"]


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(CxError, match="comes twice"):
        bars(pd.concat([effects(), effects()]), wide=True, **AXES)
    five = pd.concat([effects().assign(series=str(i)) for i in range(5)])
    with pytest.raises(CxError, match="too many bars"):
        bars(five, wide=True, **AXES)
    with pytest.raises(CxError, match="unknown column"):
        bars(effects().drop(columns="low"), wide=True, **AXES)
    with pytest.raises(CxError, match="needs numbers"):
        points(places().assign(x="a"), wide=True, kinds={}, y_label="", **AXES)


def test_a_map_puts_points_and_crosses_where_they_are() -> None:
    kinds = {"high": "first", "low": "later"}
    figure = points(places(), wide=True, kinds=kinds, y_label="y", cross=(4.0, None), **AXES)
    axes = figure.axes[0]
    at = {line.get_gid(): line.get_xydata().tolist() for line in axes.lines if line.get_gid()}
    assert at == {"points-0": [[3.6, 20.0]], "points-1": [[3.9, 10.0]]}
    (across,) = drawn_lines(figure, "across")
    assert across.tolist() == [[3.5, 20.0], [3.7, 20.0]]
    assert len(drawn_lines(figure, "upright")) == 2
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["first", "later"]
    assert axes.get_xlim()[0] < 3.5
    assert axes.get_xlim()[1] > 4.0  # the parting line is seen


def test_names_on_a_map_do_not_cover_each_other() -> None:
    close = pd.concat([places().head(1).assign(label=f"point {i}", x=3.6 + i / 100)
                       for i in range(4)])  # fmt: skip
    figure = points(close, wide=True, kinds={"high": "first"}, y_label="y", **AXES)
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert len(boxes) == 4
    overlaps = [a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :]]
    assert not any(overlaps)


def test_a_point_without_a_place_is_not_drawn() -> None:
    missing = places().assign(y=[NAN, 10.0])
    figure = points(missing, wide=False, kinds={"high": "a", "low": "b"}, y_label="y", **AXES)
    assert [text.get_text() for text in figure.axes[0].texts] == ["staff"]


def a_block(kind: str, frame: pd.DataFrame, **more: object) -> Block:
    parameters = LABELS | {"topic": "show", "caption": "proof", "periods": 2, "metric": "effect"}
    return Block(kind, frame, parameters | {"label": NAMES} | more)


def reader(block: Block, language: str) -> Reader:
    return Reader(language, "show", block.parameters)


def test_the_words_of_bars_are_those_of_the_language() -> None:
    frame = pd.DataFrame({"label": ["tp"], "estimate": [-1.25], "low": [-2.0], "high": [None]})
    series = {"name": "rating", "how": "code:rating"}
    block = a_block("bars", frame.assign(rating="bad"), x="axis.score", series=series)
    _, alt = draw_bars(block, reader(block, "it"))
    assert "consegna, voto basso -1,2 (da -2,0 a –)" in alt
    figure, _ = draw_bars(block, reader(block, "en"))
    assert "delivery" in [text.get_text() for text in figure(True).axes[0].texts]


def test_axes_do_not_round_away_their_steps() -> None:
    frame = pd.DataFrame({"label": ["tp"], "estimate": [0.3], "low": [0.0], "high": [0.45]})
    block = a_block("bars", frame, x="axis.score")
    figure = draw_bars(block, reader(block, "en"))[0](True)
    figure.draw_without_rendering()
    ticks = figure.axes[0].xaxis
    shown = [label.get_text() for label in ticks.get_ticklabels()]
    assert np.allclose([float(text) for text in shown], ticks.get_majorticklocs())


def test_a_map_tells_its_points_in_words() -> None:
    frame = places().assign(label=["tp", "staff"])
    kinds = {"kinds": {"name": "kind", "how": "code:level"}, "order": ["high", "low"]}
    block = a_block("map", frame, x="axis.score", y="axis.proof_days", x_how="2", **kinds)
    draw, alt = draw_map(block, reader(block, "en"))
    assert "across: difference from control (points), upright: days" in alt
    assert "delivery 3.60, 20.0 (criticality high)" in alt
    # One rule and one word: the level of the list, and no advice by the part of the map.
    assert {text.get_text() for text in draw(False).axes[0].texts} <= {"delivery", "staff"}
    assert [t.get_text() for t in draw(True).legends[0].get_texts()] == ["criticality high", "low"]
    picture = picture_of(block, Words("it"), prefix="m")
    assert picture.wide.startswith("<svg")
    assert picture == picture_of(block, Words("it"), prefix="m")


def test_names_from_right_to_left_do_not_turn_what_stands_beside_them() -> None:
    """Two Hebrew names side by side, then numbers: each name turns by itself alone."""
    shop, app = "\u05d7\u05e0\u05d5\u05ea", "\u05d9\u05d9\u05e9\u05d5\u05dd"
    frame = pd.DataFrame({"label": [shop], "estimate": [12.0], "low": [8.0], "high": [16.0]})
    series = {"name": "rating", "how": "code:rating"}
    block = a_block("bars", frame.assign(rating=app), x="axis.score", series=series)
    draw, alt = draw_bars(block, reader(block, "en"))
    assert f"\u2068{shop}\u2069, \u2068{app}\u2069 12.0 (8.0 to 16.0)" in alt
    assert f"\u2068{shop}\u2069" in [text.get_text() for text in draw(True).axes[0].texts]
    assert "<svg" in picture_of(block, Words("en"), prefix="b").wide
