"""Text from data cannot turn, hide or imitate what stands beside it."""

from __future__ import annotations

import base64
import re
import unicodedata

import pandas as pd
import pytest
from matplotlib.figure import Figure

import cxreport as cx
from cxreport.errors import CxError
from cxreport.show.blocks import Block, read_block
from cxreport.show.labels import title_label
from cxreport.show.parts import chart
from cxreport.show.plain_text import visible, visible_block
from cxreport.show.render import render
from cxreport.show.words import Words
from cxreport.topics.survey.group_blocks import GROUPS as COLUMNS

# bidirectional controls (Unicode Annex 9), zero-width characters, a soft hyphen, a tag letter
CONTROLS = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u200b\u200d\ufeff"
CONTROLS += "\u2060\u00ad\U000e0041\u3164\u0000\u0085"
ABOUT = {
    "names": {"channel": {"en": f"way{CONTROLS}", "it": f"via{CONTROLS}"}},
    "labels": {"channel": {f"tel{CONTROLS}": {"en": f"phone{CONTROLS}", "it": "telefono\u202e"}}},
    "period": {"name": "2026-10", "kind": "month"},
    "reference": None,
}


def block_of(kind: str) -> Block:
    groups = [f"tel{CONTROLS}", f"web{CONTROLS}"]
    frame = pd.DataFrame(
        {"group": groups, "metric": "nps", "n": [120, 90], "estimate": [32.0, 10.0],
         "low": [20.0, -2.0], "high": [44.0, 22.0], "note": ""}
    )  # fmt: skip
    named = {"group": "channel", "metric": "nps", "question": f"q{CONTROLS}"}
    named |= {"label": {"name": "group", "how": "code"}, "x": "axis.score", "how": "score"}
    return chart(kind, "survey", "breakdown", frame, COLUMNS, reference_value=20.0, **ABOUT | named)


@pytest.mark.parametrize("language", ["en", "it"])
@pytest.mark.parametrize("kind", ["table", "intervals"])
def test_no_control_reaches_a_page_a_picture_or_a_download(kind: str, language: str) -> None:
    html = str(render(read_block(block_of(kind).payload()), language, prefix="t"))
    downloads = re.findall(r"data:text/csv[^,]*,([\w+/=]*)", html)
    texts = [html, *(base64.b64decode(text).decode("utf-8-sig") for text in downloads)]
    assert len(texts) == (2 if kind == "intervals" else 1)
    for text in texts:
        left = {c for c in text if unicodedata.category(c) in {"Cf", "Cs"} or c in "\u3164\x00\x85"}
        assert left == set()
    assert "web" in html


def test_what_can_be_seen_stays() -> None:
    for text in ("caffè", "Zürich", "naïve – «sì»", "東京", "x\u0301", "1\u00a0h", "a\nb"):
        assert visible(text) == text


def test_letters_are_composed_and_bear_two_marks_at_most() -> None:
    assert visible("a\u0301") == "\u00e1"  # Unicode Annex 15
    assert visible("x" + "\u0336" * 40 + "y\u0301") == "x\u0336\u0336\u00fd"


def test_the_text_of_a_cell_is_cut_at_400_signs() -> None:
    block = Block("plain_table", pd.DataFrame({"text": ["a" * 400, "b" * 401], "n": [1, 2]}))
    cells = list(visible_block(block).frame["text"])
    assert cells == ["a" * 400, "b" * 399 + "…"]


def test_a_name_from_right_to_left_is_isolated_in_a_sentence() -> None:
    name = "\u05d7\u05e0\u05d5\u05ea"  # Hebrew for shop
    assert f"{Words('it').value(name)}" == f"\u2068{name}\u2069"
    assert Words("it").value("negozio") == "negozio"


def test_a_title_isolates_the_codes_that_it_names() -> None:
    about = ABOUT | {"title": "monthly", "filters": {"channel": ["\u05d7", "tel"]}}
    about |= {"names": {}, "labels": {}}
    assert title_label(about, Words("en")).endswith("(channel: \u2068\u05d7\u2069, tel)")


PICTURES = {
    "heading": '<svg viewBox="0 0 9 9"><h2>Official</h2></svg>',
    "link": '<svg viewBox="0 0 9 9"><a href="https://example.org"><text>x</text></a></svg>',
    "other vocabulary": '<svg viewBox="0 0 9 9"><foreignObject><p>x</p></foreignObject></svg>',
    "heading in a title": '<svg viewBox="0 0 9 9"><title>a<h1>b</h1></title></svg>',
    "text before": '<h2>Official</h2><svg viewBox="0 0 9 9"/>',
    "text after": '<svg viewBox="0 0 9 9"/><p>Official</p>',
    "no picture": "<div>Official</div>",
    "handler": '<svg viewBox="0 0 9 9" onload="x()"/>',
    "style": '<svg viewBox="0 0 9 9" style="position:fixed"/>',
    "class": '<svg viewBox="0 0 9 9" class="synthetic"/>',
    "address": '<svg viewBox="0 0 9 9"><image href="https://example.org/a.png"/></svg>',
    "picture in a picture": '<svg viewBox="0 0 9 9"><svg viewBox="0 0 9 9"/></svg>',
}


@pytest.mark.parametrize("svg", PICTURES.values(), ids=PICTURES)
def test_a_picture_that_imitates_the_page_is_refused(svg: str) -> None:
    titles = {"en": "a", "it": "a"}
    parameters = {"svg": {"en": svg, "it": svg}, "title": titles, "alt": titles}
    with pytest.raises(CxError, match="a picture"):
        render(Block("figure", pd.DataFrame({"n": [1]}), parameters), "en", prefix="t")


def test_a_figure_of_matplotlib_passes() -> None:
    figure = Figure(figsize=(3, 2))
    axes = figure.subplots()
    axes.plot([1, 2, 3], [1, 4, 9])
    axes.set_title("Squares < cubes\u202e")
    titles = {"en": "Squares", "it": "Quadrati"}
    shown = cx.show.figure(figure, pd.DataFrame({"x": [1]}), title=titles, alt=titles)
    html = str(render(read_block(shown.payload()), "it", prefix="t"))
    assert 'id="t-title">Quadrati</title>' in html
    assert "Squares &lt; cubes</text>" in html
