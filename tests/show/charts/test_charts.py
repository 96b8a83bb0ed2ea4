"""Charts show what the frame says: positions, gaps, order, numbers in the page's language."""

import itertools
import re
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from cxreport.errors import CxError
from cxreport.show.charts.canvas import COLOURS
from cxreport.show.charts.distribution import distribution
from cxreport.show.charts.intervals import intervals
from cxreport.show.charts.lines import line
from cxreport.show.charts.svg import to_svg

NAN = float("nan")
MONTHS = ["gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"]


def italian(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def a_line(frame: pd.DataFrame, *, wide: bool = True, **more: str) -> Figure:
    names = {"x": "month", "y": "nps", "x_label": "Mese", "y_label": "NPS (punti)", **more}
    return line(frame, number=italian, wide=wide, **names)


def some_intervals(frame: pd.DataFrame, *, wide: bool = True, **more: object) -> Figure:
    names = {"label": "shop", "y": "nps", "low": "low", "high": "high", "x_label": "NPS (punti)"}
    return intervals(frame, number=italian, wide=wide, **names, **more)


def a_distribution(frame: pd.DataFrame, *, wide: bool = True) -> Figure:
    parts = {"parts": ["det", "pas", "pro"], "part_labels": ["Detrattori", "Passivi", "Promotori"]}
    return distribution(
        frame, label="shop", x_label="Risposte (%)", number=italian, wide=wide, **parts
    )


FROM_ROOT = ("fill", "font-size", "text-anchor")


def drawn(figure: Figure) -> ET.Element:
    root = ET.fromstring(to_svg(figure, prefix="t", alt="test").replace(' xmlns="', ' was="'))  # noqa: S314
    kept = {f"#{e.get('id')}": e.attrib for e in root.iter("path")}
    _inherit(root, {}, kept)
    return root


def _inherit(element: ET.Element, given: dict[str, str], kept: dict[str, dict[str, str]]) -> None:
    """Write out what a browser takes from elsewhere: from the groups around, and from the mark."""
    given = given | {name: element.attrib[name] for name in FROM_ROOT if name in element.attrib}
    if element.tag in {"text", "use"}:
        mark = kept.get(element.get("href", ""), {})
        painted = {name: text for name, text in mark.items() if name in {"fill", "stroke"}}
        element.attrib = given | element.attrib | painted
    for child in element:
        _inherit(child, given, kept)


def named(root: ET.Element, gid: str) -> ET.Element:
    found = root.find(f".//*[@id='t-{gid}']")
    assert found is not None, gid
    return found


def marks(root: ET.Element, gid: str) -> list[tuple[float, float]]:
    """Where the markers of a group stand, in the units of the view box."""
    group = root.find(f".//*[@id='t-{gid}']")
    uses = [] if group is None else group.findall(".//use")
    return [(float(use.attrib["x"]), float(use.attrib["y"])) for use in uses]


def vertices(path: ET.Element) -> np.ndarray:
    points: list[list[float]] = []
    for command, text in re.findall(r"([A-Za-z])([^A-Za-z]*)", path.attrib["d"]):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", text)]
        if command in "HV":  # along one axis: the other coordinate is that of the point before
            point = [*points[-1]]
            point["HV".index(command)] = numbers[0]
            numbers = point
        points += [numbers[at : at + 2] for at in range(0, len(numbers), 2)]
    return np.array(points)


def texts(root: ET.Element) -> dict[str, ET.Element]:
    return {text.text or "": text for text in root.iter("text")}


def months(count: int) -> list[str]:
    return [f"{MONTHS[i % 12]} {2023 + i // 12}" for i in range(count)]


@pytest.fixture
def by_month() -> pd.DataFrame:
    nps = [10.0, 20.0, NAN, 40.0, 30.0, NAN, 25.0]
    frame = pd.DataFrame({"month": months(7), "nps": nps, "open": [False] * 6 + [True]})
    return frame.assign(low=frame.nps - 5, high=frame.nps + 10)


@pytest.fixture
def by_shop() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "shop": ["Torino", "Roma", "Bari"],
            "nps": [10.0, NAN, 30.0],
            "low": [0.0, NAN, 20.0],
            "high": [20.0, NAN, 40.0],
            "n": [1234, 4, 80],
            "det": [1.0, NAN, 50.0],
            "pas": [1.0, NAN, 49.0],
            "pro": [2.0, NAN, 1.0],
        }
    )


def test_a_missing_value_is_a_gap(by_month: pd.DataFrame) -> None:
    root = drawn(a_line(by_month))
    (path,) = named(root, "line-0").findall(".//path")
    # gen-feb, apr-mag, and lug alone: three pieces, five points
    assert re.findall("[A-Za-z]", path.attrib["d"]) == list("MLMLM")
    assert len(marks(root, "point-0")) == 5


def test_an_infinite_value_is_a_gap_too(by_month: pd.DataFrame) -> None:
    infinite = by_month.assign(nps=by_month.nps.fillna(float("inf")))
    assert to_svg(a_line(infinite), prefix="t", alt="a") == to_svg(
        a_line(by_month), prefix="t", alt="a"
    )


def test_points_stand_where_their_values_are(by_month: pd.DataFrame) -> None:
    at = marks(drawn(a_line(by_month)), "point-0")
    across, up = np.array(at).T
    points = (up[0] - up) / (up[0] - up[1]) * 10 + 10  # gen is 10, feb is 20
    np.testing.assert_allclose(points, [10, 20, 40, 30, 25], atol=0.02)
    month = (across - across[0]) / (across[1] - across[0])
    np.testing.assert_allclose(month, [0, 1, 3, 4, 6], atol=0.002)


def test_the_band_spans_the_interval_and_stops_at_gaps(by_month: pd.DataFrame) -> None:
    root = drawn(a_line(by_month, low="low", high="high"))
    bands = named(root, "band-0").findall(".//path")
    assert len(bands) == 2
    up = np.array(marks(root, "point-0"))[:, 1]
    per_point = (up[0] - up[1]) / 10
    first = vertices(bands[0])[:, 1]
    assert first.max() == pytest.approx(up[0] + 5 * per_point, abs=0.03)  # low of gen: 5
    assert first.min() == pytest.approx(up[1] - 10 * per_point, abs=0.03)  # high of feb: 30
    (alone,) = named(root, "whisker-0").findall(".//path")
    assert np.ptp(vertices(alone)[:, 1]) == pytest.approx(15 * per_point, abs=0.03)


def test_an_open_period_is_hollow_and_explained(by_month: pd.DataFrame) -> None:
    root = drawn(a_line(by_month, is_open="open", open_label="mese ancora aperto"))
    assert len(marks(root, "point-0")) == 4
    (use,) = named(root, "open-0").findall(".//use")
    assert use.attrib["fill"] == "#fff"
    assert use.attrib["stroke"] == COLOURS[0]
    assert "mese ancora aperto" in texts(root)


def test_nothing_is_explained_when_no_period_is_open(by_month: pd.DataFrame) -> None:
    closed = by_month.assign(open=False)
    assert "aperto" not in texts(drawn(a_line(closed, is_open="open", open_label="aperto")))


def test_the_last_value_is_written_in_the_language_of_the_page(by_month: pd.DataFrame) -> None:
    root = drawn(a_line(by_month))
    assert "25,0" in texts(root)
    written = [text for text in texts(root) if text and text[0].isdigit()]
    assert not [text for text in written if "." in text]


def test_series_differ_in_colour_and_in_shape(by_month: pd.DataFrame) -> None:
    both = pd.concat(
        [by_month.assign(shop=shop, nps=by_month.nps + i) for i, shop in enumerate("ab")]
    )
    root = drawn(a_line(both, series="shop"))
    shapes, colours = set(), set()
    for gid in ("point-0", "point-1"):
        use = named(root, gid).findall(".//use")[0]
        shapes.add(named(root, use.attrib["href"][3:]).attrib["d"])
        colours.add(use.attrib["fill"])
    assert len(shapes) == len(colours) == 2
    assert {"a", "b"} <= set(texts(root))


def test_numbers_at_the_ends_of_near_series_do_not_overlap() -> None:
    frame = pd.DataFrame(
        {"month": ["gen", "feb"] * 3, "nps": [1, 20, 2, 20.1, 50, 20.2], "shop": list("aabbcc")}
    )
    written = texts(drawn(a_line(frame, series="shop", wide=False)))
    heights = [float(written[text].attrib["y"]) for text in ("20,2", "20,1", "20,0")]
    assert all(lower - upper > 9 for upper, lower in itertools.pairwise(heights))


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("count", [1, 2, 12, 25, 61])
@pytest.mark.parametrize("prefix", ["", "rilevazione straordinaria di "])
def test_period_labels_never_overlap(prefix: str, count: int, *, wide: bool) -> None:
    labels = [prefix[: 3 * i] + month for i, month in enumerate(months(count))]
    figure = a_line(pd.DataFrame({"month": labels, "nps": range(count)}), wide=wide)
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.texts if text.get_ha() == "center"]
    assert boxes
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(boxes))
    assert figure.axes[0].get_xticks()[-1] == count - 1
    assert boxes[-1].x1 <= figure.bbox.x1


def test_a_wide_picture_labels_more_periods_than_a_narrow_one() -> None:
    frame = pd.DataFrame({"month": months(25), "nps": range(25)})
    wide, narrow = (a_line(frame, wide=wide).axes[0].get_xticks() for wide in (True, False))
    assert len(wide) > len(narrow) >= 2


@pytest.mark.parametrize(
    ("column", "values", "what"),
    [
        ("month", ["gen", "gen", "feb"], "twice"),
        ("nps", ["ten", "9", "8"], "numbers"),
        ("other", [1, 2, 3], "unknown column"),
    ],
)
def test_a_wrong_frame_is_an_error(column: str, values: list[object], what: str) -> None:
    frame = pd.DataFrame({"month": months(3), "nps": [1, 2, 3]}).assign(**{column: values})
    with pytest.raises(CxError, match=what):
        a_line(frame.drop(columns="nps") if column == "other" else frame)


def test_periods_out_of_order_are_an_error() -> None:
    frame = pd.DataFrame({"month": ["gen", "feb", "feb", "gen"], "nps": 1, "shop": list("aabb")})
    with pytest.raises(CxError, match="out of order"):
        a_line(frame, series="shop")


def test_rows_go_from_top_to_bottom_each_with_its_whisker(by_shop: pd.DataFrame) -> None:
    root = drawn(some_intervals(by_shop))
    written = texts(root)
    heights = [float(written[shop].attrib["y"]) for shop in by_shop["shop"]]
    assert heights == sorted(heights)
    (x0, y0), (x1, y1) = marks(root, "points")  # Roma has no estimate: its name alone
    assert x0 < x1
    first, second = np.split(vertices(next(named(root, "whiskers").iter("path"))), 2)
    per_point = (x1 - x0) / 20
    np.testing.assert_allclose(
        first, [[x0 - 10 * per_point, y0], [x0 + 10 * per_point, y0]], atol=0.03
    )
    np.testing.assert_allclose(second[:, 1], y1, atol=0.02)
    assert abs(y0 - heights[0]) < 9
    assert "10,0" in written
    assert "nan" not in "".join(written)


def test_the_reference_is_a_line_with_its_name_and_number(by_shop: pd.DataFrame) -> None:
    root = drawn(some_intervals(by_shop, reference=20.0, reference_label="Totale"))
    (x0, _), (x1, _) = marks(root, "points")
    (path,) = named(root, "reference").iter("path")
    np.testing.assert_allclose(vertices(path)[:, 0], (x0 + x1) / 2, atol=0.02)
    assert "Totale 20,0" in texts(root)


def test_the_number_of_answers_stands_under_the_name(by_shop: pd.DataFrame) -> None:
    written = texts(drawn(some_intervals(by_shop, n="n", whole="{:.0f}".format)))
    assert {"n = 1234", "n = 4", "n = 80"} <= set(written)
    below = float(written["n = 4"].attrib["y"]) - float(written["Roma"].attrib["y"])
    assert below == pytest.approx(11.9, abs=1)


def test_a_long_name_is_wrapped_and_stays_inside(by_shop: pd.DataFrame) -> None:
    name = "Punto vendita di " + "Vipiteno " * 30
    figure = some_intervals(by_shop.assign(shop=["a", name, "c"]), wide=False)
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert min(box.x0 for box in boxes) >= 0
    lines = [text.text or "" for text in drawn(figure).iter("text")]
    assert len([line for line in lines if "Vipiteno" in line or line == "Punto vendita di"]) == 4
    assert figure.axes[0].bbox.width > 0.4 * figure.bbox.width


def widths(root: ET.Element, row: int) -> list[float]:
    bars = [next(named(root, f"part-{row}-{k}").iter("path")) for k in range(3)]
    return [float(np.ptp(vertices(bar)[:, 0])) for bar in bars]


def test_parts_are_drawn_as_shares_of_their_sum(by_shop: pd.DataFrame) -> None:
    root = drawn(a_distribution(by_shop))
    first, last = widths(root, 0), widths(root, 2)
    np.testing.assert_allclose(np.array(first) / sum(first), [0.25, 0.25, 0.5], atol=1e-3)
    np.testing.assert_allclose(np.array(last) / sum(last), [0.5, 0.49, 0.01], atol=1e-3)
    assert sum(first) == pytest.approx(sum(last), abs=0.03)


def test_shares_are_written_where_they_fit(by_shop: pd.DataFrame) -> None:
    written = texts(drawn(a_distribution(by_shop)))
    assert {"25,0", "50,0", "49,0", "Detrattori", "Passivi", "Promotori"} <= set(written)
    assert "1,0" not in written


@pytest.mark.parametrize("absent", [NAN, 0.0])
def test_a_row_without_answers_shows_its_name_alone(by_shop: pd.DataFrame, absent: float) -> None:
    root = drawn(a_distribution(by_shop.fillna({"det": absent, "pas": absent, "pro": absent})))
    assert "Roma" in texts(root)
    assert root.find(".//*[@id='t-part-1-0']") is None
    assert "0,0" not in {text for text, at in texts(root).items() if at.get("fill") == "#fff"}


def test_parts_below_zero_or_without_a_name_are_errors(by_shop: pd.DataFrame) -> None:
    with pytest.raises(CxError, match="below zero"):
        a_distribution(by_shop.assign(det=-1.0))
    with pytest.raises(CxError, match="needs a name"):
        distribution(
            by_shop, label="shop", parts=["det"], part_labels=[], x_label="", number=str, wide=True
        )


def every_chart(by_month: pd.DataFrame, by_shop: pd.DataFrame, *, wide: bool) -> list[Figure]:
    return [
        a_line(by_month, low="low", high="high", is_open="open", open_label="aperto", wide=wide),
        some_intervals(by_shop, reference=20.0, reference_label="Totale", n="n", wide=wide),
        a_distribution(by_shop, wide=wide),
    ]


@pytest.mark.parametrize("wide", [True, False])
def test_every_mark_is_inside_the_picture(
    by_month: pd.DataFrame, by_shop: pd.DataFrame, *, wide: bool
) -> None:
    for figure in every_chart(by_month, by_shop, wide=wide):
        root = drawn(figure)
        _, _, width, height = map(float, root.attrib["viewBox"].split())
        shapes = {id(path) for defs in root.iter("defs") for path in defs.iter("path")}
        corners = [vertices(path) for path in root.iter("path") if id(path) not in shapes]
        uses = [(float(use.attrib["x"]), float(use.attrib["y"])) for use in root.iter("use")]
        points = np.vstack([*corners, *([uses] if uses else [])])
        assert (points >= 0).all()
        assert (points <= [width, height]).all()


@pytest.mark.parametrize(("wide", "page"), [(True, 736), (False, 343)])
def test_text_is_at_least_11_pixels_high(
    by_month: pd.DataFrame, by_shop: pd.DataFrame, page: int, *, wide: bool
) -> None:
    for figure in every_chart(by_month, by_shop, wide=wide):
        root = drawn(figure)
        scale = min(page, float(root.attrib["width"])) / float(root.attrib["viewBox"].split()[2])
        sizes = [float(text.attrib["font-size"].removesuffix("px")) for text in root.iter("text")]
        assert min(sizes) * scale >= 11


def contrast_with_white(colour: str) -> float:
    """The ratio of WCAG 2.2."""
    colour = re.sub("^#(.)(.)(.)$", r"#\1\1\2\2\3\3", colour)
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05))


def test_marks_stand_out_from_the_page_and_white_text_from_its_bar() -> None:
    assert contrast_with_white("#767676") == pytest.approx(4.54, abs=0.01)  # a known pair
    assert min(map(contrast_with_white, COLOURS)) >= 3
    names = list("abcdefg")
    frame = pd.DataFrame([range(10, 17)], columns=names).assign(shop="Roma")
    for parts in (names[:2], names[:3], names[:5], names):
        root = drawn(
            distribution(
                frame,
                label="shop",
                parts=parts,
                part_labels=parts,
                x_label="",
                number=str,
                wide=True,
            )
        )
        fills = [
            next(named(root, f"part-0-{k}").iter("path")).attrib["fill"] for k in range(len(parts))
        ]
        assert len(set(fills)) == len(parts)
        assert min(map(contrast_with_white, fills)) >= 4.5


@pytest.mark.parametrize("wide", [True, False])
def test_nothing_to_show_is_an_empty_picture_without_a_warning(
    by_month: pd.DataFrame, by_shop: pd.DataFrame, *, wide: bool
) -> None:
    no_values = by_month.assign(nps=NAN, low=NAN, high=NAN), by_shop.assign(nps=NAN, det=NAN)
    for figure in every_chart(*no_values, wide=wide) + every_chart(
        by_month.head(0), by_shop.head(0), wide=wide
    ):
        root = drawn(figure)
        gids = [f"t-{gid}" for gid in ("point-0", "points", "part-0-0")]
        found = [group for gid in gids for group in root.iterfind(f".//*[@id='{gid}']")]
        assert not [use for group in found for use in group.iter("use")]


def test_a_chart_leaves_its_frame_and_the_session_as_they_were(
    by_month: pd.DataFrame, by_shop: pd.DataFrame
) -> None:
    months_before, shops_before = by_month.copy(), by_shop.copy()
    with mpl.rc_context({"font.size": 13, "axes.grid": False}):
        settings = dict(mpl.rcParams)
        for figure in every_chart(by_month, by_shop, wide=True):
            to_svg(figure, prefix="t", alt="a")
        assert dict(mpl.rcParams) == settings
    assert plt.get_fignums() == []
    pd.testing.assert_frame_equal(by_month, months_before)
    pd.testing.assert_frame_equal(by_shop, shops_before)


def test_the_settings_of_the_session_change_nothing(
    by_month: pd.DataFrame, by_shop: pd.DataFrame
) -> None:
    def pages() -> list[str]:
        figures = every_chart(by_month, by_shop, wide=False)
        return [to_svg(figure, prefix="t", alt="a") for figure in figures]

    before = pages()
    own = {"font.size": 30, "savefig.bbox": "tight", "axes.facecolor": "red", "svg.hashsalt": "x"}
    with mpl.rc_context(own):
        assert pages() == before
