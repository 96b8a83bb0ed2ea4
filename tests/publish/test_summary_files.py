"""The summary beside a page: short, in three forms, of what the page says first."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from markupsafe import Markup
from small_front import front

from cxreport.publish.beside import files_beside
from cxreport.publish.fold import Piece
from cxreport.publish.gate_beside import check_beside
from cxreport.publish.summary import MOST_WORDS, headline_of, summarise
from cxreport.show.parts import say, section, sentences
from cxreport.show.words import Words

if TYPE_CHECKING:
    from cxreport.show.blocks import Block

EN = Words("en")
FACT = say("value.with_range", value="NPS 12", range="4 to 20, 300 answers")  # seven words


def pieces(*blocks: Block) -> list[Piece]:
    return [Piece(block=block, html=Markup()) for block in blocks]


def summary_of(*blocks: Block) -> list[str]:
    return summarise(pieces(*blocks), "Report", EN, "shops/2026-10/en.html").lines()


def test_a_page_without_a_first_screen_gives_its_first_sentences() -> None:
    other = say("value.range", low=1, high=2)
    page = summary_of(section([sentences("show", [FACT])]), sentences("show", [other]))
    assert page == [
        "Report",
        "NPS 12 (4 to 20, 300 answers)",
        "The whole report: shops/2026-10/en.html",
    ]


def test_a_first_screen_gives_its_finding_its_cards_and_what_changed() -> None:
    about = {"period": {"name": "2026-10", "kind": "month"}}
    lines = summary_of(front(["a", "b", "c", "d"], n_cards=4, **about), sentences("show", [FACT]))
    assert lines[1:-1] == [
        "A to a",
        "A to a B to b",
        "A to a C to c",
        "A to a: a to a (d to d)",
        "B to b: a to a (d to d)",
        "C to c: a to a (d to d)",
        "D to d: a to a (d to d)",
    ]


def test_the_headline_is_what_a_page_says_first() -> None:
    finding = front(["a", "b", "c"], n_cards=1, period={"name": "2026-10", "kind": "month"})
    assert headline_of(pieces(finding, sentences("show", [FACT])), EN) == "A to a"
    inside = section([sentences("show", [FACT])])
    assert headline_of(pieces(inside), EN) == "NPS 12 (4 to 20, 300 answers)"
    assert headline_of(pieces(), EN) == ""


@pytest.mark.parametrize("n", [1, 8, 9, 10, 60])
def test_a_summary_has_75_words_at_most_and_no_cut_sentence(n: int) -> None:
    lines = summary_of(sentences("show", [FACT] * n))
    said = lines[1:-1]
    assert set(said) == {"NPS 12 (4 to 20, 300 answers)"}
    # one word of the title, four of the name of the page, seven a sentence: ten fit
    assert len(said) == min(n, 10)
    assert sum(len(line.split()) for line in lines) <= MOST_WORDS == 75


def test_three_forms_say_the_same_and_the_mail_loads_nothing() -> None:
    blocks = pieces(sentences("show", [FACT]))
    files = files_beside(blocks, "it", page="shops/2026-10/it.html", title="Negozi")
    assert set(files) == {f"it.summary.{kind}" for kind in ("txt", "html", "json")}
    text = files["it.summary.txt"].decode()
    assert text.splitlines() == [
        "Negozi",
        "NPS 12 (4 to 20, 300 answers)",
        "Il report completo: shops/2026-10/it.html",
    ]
    assert json.loads(files["it.summary.json"])["sentences"] == [text.splitlines()[1]]
    html = files["it.summary.html"].decode()
    assert all(line in html for line in text.splitlines())
    assert not any(word in html for word in ("<style", "href", "src=", "class=", "url("))
    assert [check_beside(name, content) for name, content in files.items()] == [[]] * 3


@pytest.mark.parametrize(
    ("more", "problem"),
    [("<script>x</script>", "a <script> element"), ("<p>anna@example.org</p>", "a mail address")],
)
def test_a_summary_that_runs_or_names_a_person_is_refused(more: str, problem: str) -> None:
    html = f'<!doctype html><html lang="en"><body>{more}</body></html>'
    assert problem in " ".join(check_beside("en.summary.html", html.encode()))
