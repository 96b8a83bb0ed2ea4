"""What goes into a page is clean SVG: real text, nothing that loads or runs, the same bytes."""

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from cxreport.errors import CxError
from cxreport.show import charts
from cxreport.show.charts.distribution import distribution
from cxreport.show.charts.intervals import intervals
from cxreport.show.charts.lines import line
from cxreport.show.charts.svg import to_svg

SVG = "{http://www.w3.org/2000/svg}"
TAGS = {"svg", "title", "desc", "g", "defs", "clipPath", "path", "rect", "use", "text"}
TAGS |= {"tspan", "image", "pattern"}
NAMES = {"id", "role", "aria-labelledby", "viewBox", "width", "height", "x", "y", "d", "transform"}
NAMES |= {"href", "clip-path", "fill", "fill-opacity", "opacity", "text-anchor", "patternUnits"}
NAMES |= {"font-family", "font-size", "font-weight", "font-style", "image-rendering"}
NAMES |= {"stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-dashoffset"}
NAMES |= {"stroke-linecap", "stroke-linejoin", "stroke-miterlimit"}

HOSTILE = [
    "<script>alert(1)</script>",
    "</text><script>alert(1)</script>",
    "\" onload='alert(1)' x=\"",
    "&lt;b&gt; & co.",
    "]]> <!-- --> <![CDATA[",
    "$x^2$ costs $5 and \\alpha",
    "$\\unknown{$",
    "$\\mathdefault{$",
    "$\\mathdefault{\\unknown}$",
    "100% {braces} %s",
    "😀 👩‍👩‍👧",
    "עברית ثلاثة",
    "漢字かな",
    "javascript:alert(1)",
]


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314


def words(svg: str) -> list[str]:
    return [text.text or "" for text in parsed(svg).iter(f"{SVG}text")]


def three_charts(*, wide: bool = True, name: str = "Roma", prefix: str = "") -> list[Figure]:
    frame = pd.DataFrame(
        {
            "label": [name, "Torino", "Bari"],
            "y": [30.0, float("nan"), 40.0],
            "low": [20.0, float("nan"), 35.0],
            "high": [40.0, float("nan"), 50.0],
            "n": [120, 3, 80],
            "open": [False, False, True],
        }
    )
    names = {"number": "{:.1f}".format, "wide": wide, "x_label": prefix + name}
    ends = {"y": "y", "low": "low", "high": "high"}
    return [
        line(frame, x="label", y_label=name, is_open="open", open_label=name, **names, **ends),
        intervals(
            frame, label="label", n="n", reference=38.0, reference_label=name, **names, **ends
        ),
        distribution(frame, label="label", parts=["y", "n"], part_labels=[name, "altro"], **names),
    ]


def own_figure() -> Figure:
    """Make a figure as an analyst would, with about everything a page may hold."""
    figure = Figure()
    axes = figure.subplots(2, 2).ravel()
    axes[0].bar([1, 2], [3, 4], hatch="//", url="https://example.org/", gid="two bars")
    axes[0].set_title("bold", weight="bold", style="italic", url="javascript:alert(1)")
    axes[1].imshow(np.arange(12).reshape(3, 4))
    axes[2].loglog([1, 10, 1000], [1, 100, 10_000])
    axes[3].scatter([1, 2, 3], [1, 2, 3], c=[1, 2, 3], alpha=0.5)
    axes[3].set_ylabel("turned", rotation=45)
    return figure


@pytest.mark.parametrize("wide", [True, False])
def test_only_known_elements_and_attributes_are_written(*, wide: bool) -> None:
    for figure in [*three_charts(wide=wide), own_figure()]:
        for element in parsed(to_svg(figure, prefix="t", alt="a", description="b")).iter():
            assert element.tag.removeprefix(SVG) in TAGS
            assert set(element.attrib) <= NAMES
            href = element.get("href", "#")
            assert href.startswith(("#", "data:image/png;base64,"))
            outside = [text for name, text in element.attrib.items() if name != "href"]
            assert not [text for text in outside if re.search(r"https?:|javascript:|//", text)]


def test_it_is_one_element_that_scales_and_names_itself() -> None:
    svg = to_svg(Figure(figsize=(7.5, 3)), prefix="nps", alt="NPS & co.", description="Più <alto>")
    root = parsed(svg)
    assert svg.startswith("<svg ")
    assert svg.endswith("</svg>")
    assert (root.get("viewBox"), root.get("width"), root.get("height")) == (
        "0 0 540 216",
        "720",
        "288",
    )
    assert root.get("role") == "img"
    named = {element.get("id"): element for element in root.iter() if element.get("id")}
    spoken = [named[name].text for name in root.get("aria-labelledby", "").split()]
    assert spoken == ["NPS & co.", "Più <alto>"]
    assert root[0].tag == f"{SVG}title"


def test_every_reference_leads_to_an_id_of_its_own_figure() -> None:
    pages = {
        prefix: [parsed(to_svg(f, prefix=f"{prefix}{i}", alt="a")) for i, f in enumerate(figures)]
        for prefix, figures in {"a": three_charts(), "b": [*three_charts(), own_figure()]}.items()
    }
    seen: list[str] = []
    for prefix, roots in pages.items():
        for i, root in enumerate(roots):
            ids = [element.get("id", "") for element in root.iter() if element.get("id")]
            assert all(name.startswith(f"{prefix}{i}-") for name in ids)
            text = ET.tostring(root, encoding="unicode")
            used = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', text)
            assert used
            assert {first or second for first, second in used} <= set(ids)
            seen += ids
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_typed_and_does_nothing(text: str) -> None:
    plainly = " ".join(text.split())
    for figure in three_charts(name=text, prefix=text):
        svg = to_svg(figure, prefix="t", alt=text)
        shown = words(svg)
        assert any(plainly in " ".join(shown[i:]) for i in range(len(shown)))
        assert (parsed(svg)[0].text or "") == plainly
        assert "<script" not in svg
        assert not [e for e in parsed(svg).iter() if e.tag.removeprefix(SVG) not in TAGS]


@pytest.mark.parametrize("bad", ["\x00", "\x08", "\x1b", "\ufffe"])
def test_characters_that_xml_cannot_hold_are_left_out(bad: str) -> None:
    for figure in three_charts(name=f"Ro{bad}ma"):
        svg = to_svg(figure, prefix="t", alt=f"Ro{bad}ma")
        assert "Roma" in words(svg)
        assert parsed(svg)[0].text == "Roma"


def test_half_a_character_is_left_out() -> None:
    for figure in three_charts(prefix="Ro\ud800ma "):
        svg = to_svg(figure, prefix="t", alt="Ro\ud800ma")
        assert "Roma Roma" in words(svg)
        assert parsed(svg)[0].text == "Roma"


def test_they_are_left_out_of_a_figure_of_ones_own_too() -> None:
    figure = Figure()
    figure.text(0.5, 0.5, "Ro\x1bma")
    assert words(to_svg(figure, prefix="t", alt="a")) == ["Roma"]


def test_a_line_break_in_a_name_is_a_space() -> None:
    assert "Roma Nord" in words(to_svg(three_charts(name="Roma\nNord")[0], prefix="t", alt="a"))


def test_dollars_in_a_figure_of_ones_own_show_as_typed() -> None:
    figure = Figure()
    axes = figure.subplots()
    axes.set_title("from $5 to $9, $\\broken{$")
    axes.plot(["$a$", "$b$"], [1, 2])
    svg = to_svg(figure, prefix="t", alt="a")
    assert {"from $5 to $9, $\\broken{$", "$a$", "$b$"} <= set(words(svg))
    assert axes.title.get_parse_math()


def test_powers_of_ten_are_still_set_as_powers() -> None:
    svg = to_svg(own_figure(), prefix="t", alt="a")
    assert "mathdefault" not in svg
    assert len(parsed(svg).findall(f".//{SVG}tspan")) > 4


def test_style_becomes_attributes() -> None:
    figure = Figure()
    figure.text(0.5, 0.5, "Big", size=20, weight="bold", ha="right", color="#ff0000")
    root = parsed(to_svg(figure, prefix="t", alt="a"))
    (text,) = root.iter(f"{SVG}text")
    kept = {
        name: text.get(name, root.get(name))
        for name in ("font-size", "font-weight", "text-anchor", "fill")
    }
    assert kept == {
        "font-size": "20px",
        "font-weight": "700",
        "text-anchor": "end",
        "fill": "#f00",
    }


def test_coordinates_are_short_and_still_right() -> None:
    figure = Figure(figsize=(2, 1))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 3), ylim=(0, 1))
    axes.axis("off")
    axes.plot([1, 2], [1 / 3, 2 / 3], gid="thirds")
    path = parsed(to_svg(figure, prefix="t", alt="a")).find(f".//*[@id='t-thirds']/{SVG}path")
    assert path is not None
    assert path.get("d") == "M48 48L96 24"  # thirds of 144 by 72 points, upside down
    for chart in three_charts():
        for element in parsed(to_svg(chart, prefix="t", alt="a")).iter(f"{SVG}path"):
            assert not re.search(r"\.\d{3}|\n", element.get("d", ""))


def test_thousands_of_points_become_one_picture_and_the_text_stays() -> None:
    figure = Figure()
    axes = figure.subplots()
    axes.set_title("Cloud")
    cloud = axes.scatter(np.arange(5000) % 71, np.arange(5000) % 73)
    svg = to_svg(figure, prefix="t", alt="a")
    (image,) = parsed(svg).iter(f"{SVG}image")
    assert image.get("href", "").startswith("data:image/png;base64,iVBOR")
    assert "Cloud" in words(svg)
    assert len(list(parsed(svg).iter(f"{SVG}use"))) < 50
    assert len(svg) < 200_000
    assert not cloud.get_rasterized()


def test_hundreds_of_points_stay_points() -> None:
    figure = Figure()
    figure.subplots().plot(np.arange(500), np.arange(500) % 7, "o")
    svg = to_svg(figure, prefix="t", alt="a")
    assert not list(parsed(svg).iter(f"{SVG}image"))
    assert len(list(parsed(svg).iter(f"{SVG}use"))) >= 500


def test_a_figure_that_needs_what_a_page_refuses_is_an_error() -> None:
    figure = Figure()
    figure.subplots().tripcolor([0, 1, 0, 1], [0, 0, 1, 1], [0, 1, 2, 3], shading="gouraud")
    with pytest.raises(CxError, match="cannot show this figure"):
        to_svg(figure, prefix="t", alt="a")


@pytest.mark.parametrize("alt", ["", "  \n"])
def test_a_picture_needs_alt_text(alt: str) -> None:
    with pytest.raises(CxError, match="alt text"):
        to_svg(Figure(), prefix="t", alt=alt)


@pytest.mark.parametrize("prefix", ["", "1a", "a b", 'a"', "a\n", "è"])
def test_a_prefix_must_be_an_id(prefix: str) -> None:
    with pytest.raises(CxError, match="prefix"):
        to_svg(Figure(), prefix=prefix, alt="a")


def every_svg() -> str:
    figures = [*three_charts(), *three_charts(wide=False), own_figure()]
    return "".join(to_svg(figure, prefix="t", alt="a") for figure in figures)


def test_the_same_figure_gives_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import test_svg;"
        "sys.stdout.buffer.write(test_svg.every_svg().encode())"
    )
    surroundings = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": "0"}
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **surroundings, "PYTHONPATH": str(Path(charts.__file__).parents[3])},
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    assert run.stdout.decode() == every_svg()
