"""Blocks of the study of intervals: numbers where they belong, shades on the right side."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from cxreport import show
from cxreport.inputs.meaning import LANGUAGES
from cxreport.show.blocks import Block, read_block
from cxreport.show.charts.picture import picture_of
from cxreport.show.heat_map import make_shaded
from cxreport.show.render import render
from cxreport.show.texts import find_text
from cxreport.show.words import Words
from cxreport.topics import studies
from cxreport.topics.studies.blocks import shade_of

KINDS = ("adjusted-wald", "score", "wald")
BY_NUMBER = pd.DataFrame(
    [(n, kind, 95.0 + i, 90.0 - i, 40.0 + i + n) for n in (5, 10, 300)
     for i, kind in enumerate(KINDS)],
    columns=["n", "interval", "coverage", "worst", "width"],
)  # fmt: skip
EDGES = BY_NUMBER[BY_NUMBER["n"] == 10].assign(edge="no detractors")
MAPPED = pd.DataFrame(
    [(10, "score", 0.25, 0.25, 94.8), (10, "score", 0.25, 0.75, 80.0),
     (10, "score", 0.75, 0.25, 99.9)],
    columns=["n", "interval", "detractors", "promoters", "coverage"],
)  # fmt: skip


def written(block: Block, language: str = "en") -> str:
    return str(render(read_block(block.payload()), language, prefix="p"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_header_introduces_the_study(language: str) -> None:
    page = written(show.study("coverage"), language)
    assert {"en": "Nothing is simulated", "it": "Niente è simulato"}[language] in page
    assert show.study("coverage").parameters["period"] == {"name": "study", "kind": "study"}


def test_the_brief_tells_the_smallest_number_from_ten_on() -> None:
    page = written(studies.brief(BY_NUMBER, EDGES, 45))
    assert "with 5 to 300 answers, on average over 45 kinds" in page
    assert "with 10 answers it holds the true NPS in 97.0% of samples" in page
    assert "in 88.0% only" in page
    assert "96.0% with 10 answers. It pays with width: 51.0 points on average, against 50.0" in page
    assert "in 95.0% of samples, the score interval in 96.0%" in page
    assert "90.0% and 89.0%" in page


def test_the_brief_of_small_numbers_takes_the_smallest() -> None:
    few = BY_NUMBER[BY_NUMBER["n"] == 5]
    assert "with 5 answers it holds" in written(studies.brief(few, EDGES, 45))


@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_are_drawn_beside_what_is_claimed(language: str) -> None:
    words = Words(language)
    mean, worst = (read_block(p) for p in studies.lines(BY_NUMBER).parameters["blocks"])
    picture = picture_of(mean, words, prefix="p")
    for name in ("interval_kind.score", "claimed"):
        assert find_text("studies", name, language) in picture.wide
    first, last = words.number(97.0), words.number(88.0)
    wald = find_text("studies", "interval_kind.wald", language)
    assert words.text("alt.line", name=wald, first=f"{first}%", last=f"{first}%") in picture.alt
    assert last in picture_of(worst, words, prefix="p").alt


def test_the_lines_carry_their_table() -> None:
    page = written(studies.lines(BY_NUMBER))
    assert page.count("<figcaption>") == 2
    assert "Textbook (Wald)" in page
    assert "88.0%" in page


def test_a_map_has_a_row_a_share_of_detractors() -> None:
    [payload] = studies.maps(MAPPED).parameters["blocks"]
    table = make_shaded(read_block(payload), Words("it"))
    assert table.caption == "Score (Tango), 10 risposte (%)"
    assert [cell.text for cell in table.headings[1:]] == ["25%", "75%"]
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["25%", "94,8", "80,0"],
        ["75%", "99,9", ""],
    ]
    assert [[cell.shade for cell in row] for row in table.rows] == [[0, 0, -5], [0, 3, 0]]
    assert 'class="n shade-5"' in written(studies.maps(MAPPED))


@pytest.mark.parametrize(
    ("distance", "shade"),
    [(0.5, 0), (-0.5, 0), (0.6, 1), (-0.6, -1), (-1.5, -2), (-4.9, -3), (-9.0, -4), (-10.1, -5),
     (math.nan, 0)],
)  # fmt: skip
def test_shades_deepen_with_the_distance(distance: float, shade: int) -> None:
    assert shade_of(distance) == shade


def test_edges_are_named() -> None:
    both = pd.concat([EDGES, EDGES.assign(edge="no passives")])
    page = written(studies.edges(both), "it")
    assert page.count("<caption>") == 2
    assert "Nessun passivo" in page
    assert "Nessun detrattore" in page
    assert "Wald corretto (predefinito)" in page
    assert "95,0%" in page
