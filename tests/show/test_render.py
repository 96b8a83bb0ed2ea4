"""Blocks become HTML in one way: escaped, in the reader's language, whole or not at all."""

from __future__ import annotations

import base64
import re
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure

from cxreport import show
from cxreport.errors import CxError
from cxreport.show.blocks import Block, read_block
from cxreport.show.parts import chart
from cxreport.show.render import KINDS, render, render_cell
from cxreport.topics.survey.group_blocks import GROUPS as COLUMNS

HOSTILE = "<img src=x onerror=alert(1)>\"'&{{ 7*7 }}</style></script><!--"
ABOUT: dict[str, Any] = {
    "names": {},
    "labels": {},
    "period": {"name": "2026-10", "kind": "month"},
    "reference": None,
}
GROUPS = pd.DataFrame(
    {
        "group": [HOSTILE, "b"],
        "metric": "csat",
        "n": [30, 40],
        "estimate": [82.0, 50.0],
        "low": [80.0, 40.0],
        "high": [84.0, 60.0],
        "signal": [None, None],
        "difference": [None, None],
        "note": ["", ""],
    }
)
CHART = {"group": HOSTILE, "metric": "csat"}
DRAWN = {"label": {"name": "group", "how": "code"}, "x": "axis.score", "how": "score"}


def written(kind: str, frame: pd.DataFrame | None = None, /, **parameters: object) -> str:
    """Render a block in both languages, one after the other, as it arrives from a notebook."""
    block = Block(kind, pd.DataFrame() if frame is None else frame, ABOUT | parameters)
    arrived = read_block(block.payload())
    return "".join(render(arrived, language, prefix="f1") for language in ("en", "it"))


def shown(kind: str, frame: pd.DataFrame, **parameters: object) -> Block:
    """Show groups, as the survey's break-down does."""
    return chart(kind, "survey", "breakdown", frame, COLUMNS, **ABOUT | CHART | DRAWN | parameters)


def groups(kind: str, frame: pd.DataFrame, **parameters: object) -> str:
    """Render groups in both languages, one after the other, as they arrive from a notebook."""
    arrived = read_block(shown(kind, frame, **parameters).payload())
    return "".join(render(arrived, language, prefix="f1") for language in ("en", "it"))


def is_harmless(html: str) -> bool:
    return not re.search(r"<(img|script|!--|/style|/script)", html) and "&lt;img" in html


def test_a_table_of_hostile_codes_is_escaped() -> None:
    assert is_harmless(groups("table", GROUPS, question=HOSTILE))


def test_a_chart_of_hostile_codes_is_escaped() -> None:
    assert is_harmless(groups("intervals", GROUPS, question=HOSTILE, reference_value=60.0))


def test_a_note_of_a_hostile_key_is_no_text() -> None:
    with pytest.raises(CxError, match="no such text"):
        written("note", topic="show", key=HOSTILE)


def test_sentences_with_hostile_values_are_escaped() -> None:
    sentence = {"key": "value.range", "values": {"low": HOSTILE, "high": HOSTILE}}
    assert is_harmless(written("sentences", topic="show", sentences=[sentence]))


def test_a_chart_comes_with_its_table_and_its_data() -> None:
    html = groups("intervals", GROUPS, question="csat", reference_value=60.0)
    assert html.count("<figcaption>") == html.count("<caption>") == 2
    files = re.findall(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', html)
    english, italian = (base64.b64decode(file).decode().splitlines() for file in files)
    assert english[0].startswith("Group,Answers,Result (%),")
    assert english[2] == "b,40,50.0,40.0,60.0"
    assert italian[0].startswith("\ufeffGruppo;Risposte;Risultato (%);")
    assert italian[2] == "b;40;50,0;40,0;60,0"


def test_a_chart_without_a_number_is_a_table() -> None:
    hidden = GROUPS.assign(estimate=None, low=None, high=None, note="too few answers")
    html = groups("intervals", hidden, question="csat", reference_value=60.0)
    assert "<svg" not in html
    assert html.count("<table") == 2
    assert "too few answers" in html


def test_several_blocks_have_ids_of_their_own() -> None:
    drawn = shown("intervals", GROUPS, question="q", reference_value=60.0)
    html = render(show.section([drawn, drawn]), "en", prefix="f1")
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids)) > 3


def test_the_same_block_gives_the_same_text() -> None:
    first, second = (
        groups("intervals", GROUPS, question="q", reference_value=60.0) for _ in range(2)
    )
    assert first == second


def test_an_analyst_s_own_picture_has_its_alt_text_and_its_data_in_each_language() -> None:
    drawn = Figure(figsize=(3, 2))
    drawn.subplots().plot([1, 2], [3, 4])
    frame = pd.DataFrame({"shop": [HOSTILE, "b"], "n": [1234, None], "share": [12.34, 50.0]})
    block = show.figure(
        drawn,
        frame,
        title={"en": f"Shops {HOSTILE}", "it": "Negozi"},
        alt={"en": f"Rising {HOSTILE}", "it": "In salita"},
    )
    arrived = read_block(block.payload())
    english, italian = (render(arrived, name, prefix="f7-0") for name in ("en", "it"))
    assert is_harmless(english)
    assert re.search(r'<title id="f7-0-title">Rising &lt;img', english)
    assert '<title id="f7-0-title">In salita</title>' in italian
    assert "PREFIX" not in english + italian
    assert "<figcaption>Negozi</figcaption>" in italian
    assert "1.234" in italian
    assert "1,234" in english
    assert ">–<" in italian  # what is not known


def test_a_table_of_one_s_own_needs_no_picture() -> None:
    frame = pd.DataFrame({"shop": [HOSTILE, "b"], "n": [1234, None], "share": [12.34, 50.0]})
    block = show.plain_table(frame, title={"en": f"Shops {HOSTILE}", "it": "Negozi"})
    english, italian = (render(block, name, prefix="f7-0") for name in ("en", "it"))
    assert is_harmless(english)
    assert "<caption>Negozi</caption>" in italian
    assert "1.234" in italian
    assert re.search('<th[^>]* class="n"[^>]*>share</th>', italian)
    with pytest.raises(CxError, match="a text in all languages is needed"):
        show.plain_table(frame, title={"en": "Shops"})


def test_a_notebook_shows_a_chart_once_and_another_with_other_names() -> None:
    drawn = shown("intervals", GROUPS, question="q", reference_value=60.0)
    other = Block("intervals", GROUPS.head(1), drawn.parameters)
    first, second = (render_cell(block, "en") for block in (drawn, other))
    assert render(drawn, "en", prefix="x").count("<svg") == 2  # a page has one for a phone, too
    assert (first.count("<svg"), first.count("<figure"), first.count("</figure>")) == (1, 1, 1)
    ids = [set(re.findall(r'\bid="([^"]+)"', html)) for html in (first, second)]
    assert ids[0].isdisjoint(ids[1])


@pytest.mark.parametrize(
    ("kind", "parameters", "problem"),
    [
        ("tabel", {}, "no such kind of block"),
        ("header", {}, "a block lacks something"),
        ("note", {}, "a block lacks something"),
        ("sentences", {}, "a block lacks something"),
        ("several", {}, "a block lacks something"),
        ("several", {"blocks": [{"kind": "tabel"}]}, "no such kind of block"),
        ("several", {"blocks": ["x"]}, "an output is not a block"),
        ("table", {"topic": "no such", "caption": "files", "columns": []}, "no such topic"),
        ("table", {"topic": "quality", "caption": "no such", "columns": []}, "no such text"),
        ("table", {"topic": "quality", "caption": "files"}, "a block lacks something"),
        ("figure", {}, "a block lacks something"),
    ],
)
def test_a_block_that_is_not_whole_is_an_error(
    kind: str, parameters: dict[str, object], problem: str
) -> None:
    with pytest.raises(CxError, match=problem):
        written(kind, **parameters)


def test_an_unknown_language_is_an_error() -> None:
    key = {"topic": "survey", "key": "missing.weights"}
    with pytest.raises(CxError, match="no such language"):
        render(Block("note", parameters=key), "fr", prefix="f1")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_kind_takes_what_it_lacks_for_nothing(kind: str) -> None:
    with pytest.raises(CxError):
        render(Block(kind), "en", prefix="f1")
