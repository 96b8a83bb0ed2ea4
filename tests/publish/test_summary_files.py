"""The summary beside a page: short, in three forms, of the blocks that say they belong to it."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest
from markupsafe import Markup

from cxreport.publish.beside import files_beside
from cxreport.publish.fold import Piece
from cxreport.publish.gate_beside import check_beside
from cxreport.publish.summary import MOST_WORDS, summarise
from cxreport.show.blocks import Block
from cxreport.show.parts import say, section, sentences
from cxreport.show.words import Words

EN = Words("en")
FACT = say("value.with_range", value="NPS 12", range="4 to 20, 300 answers")  # seven words


def pieces(*blocks: Block) -> list[Piece]:
    return [Piece(block=block, html=Markup()) for block in blocks]


def cards(n: int) -> Block:
    each = {
        "name": say("value.with_range", value="NPS", range="shops"),
        "value": say("value.range", low=1, high=2),
        "lines": [say("value.range", low=3, high=4)],
        "look": "",
    }
    parameters: dict[str, Any] = {"topic": "show", "cards": [each] * n, "summary": True}
    return Block("cards", pd.DataFrame(), parameters)


def summary_of(*blocks: Block) -> list[str]:
    return summarise(pieces(*blocks), "Report", EN, "shops/2026-10/en.html").lines()


def test_a_block_that_does_not_say_so_is_not_in_the_summary() -> None:
    assert summary_of(sentences("show", [FACT])) == [
        "Report",
        "The whole report: shops/2026-10/en.html",
    ]


def test_a_block_gives_its_sentences_or_those_that_stand_for_it() -> None:
    short = say("value.range", low=1, high=2)
    own = sentences("show", [FACT], summary=True)
    other = sentences("show", [FACT], summary=[short])
    assert summary_of(own)[1] == "NPS 12 (4 to 20, 300 answers)"
    assert summary_of(section([other]))[1:-1] == ["1 to 2"]


def test_the_first_four_cards_are_the_headline_values() -> None:
    lines = summary_of(cards(6), sentences("show", [FACT], summary=True))
    assert lines[1] == "NPS 12 (4 to 20, 300 answers)"
    assert lines[2:-1] == ["NPS (shops): 1 to 2 (3 to 4)"] * 4


@pytest.mark.parametrize("n", [1, 8, 9, 10, 60])
def test_a_summary_has_75_words_at_most_and_no_cut_sentence(n: int) -> None:
    lines = summary_of(sentences("show", [FACT] * n, summary=True))
    said = lines[1:-1]
    assert set(said) == {"NPS 12 (4 to 20, 300 answers)"}
    # one word of the title, four of the name of the page, seven a sentence: ten fit
    assert len(said) == min(n, 10)
    assert sum(len(line.split()) for line in lines) <= MOST_WORDS == 75


def test_three_forms_say_the_same_and_the_mail_loads_nothing() -> None:
    blocks = pieces(sentences("show", [FACT], summary=True))
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
