"""What a page says of word of mouth, in both languages."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import cxreport as cx
from cxreport.inputs.company import Company
from cxreport.show.render import render
from cxreport.topics.linkage import people_told

if TYPE_CHECKING:
    from cxreport.inputs.survey import Survey
    from cxreport.show.blocks import Block


@pytest.fixture(scope="module")
def survey() -> Survey:
    return cx.open_survey("demo", period="2026-10")


def said(block: Block, language: str = "en") -> str:
    text = re.sub(r"<svg.*?</svg>", " ", str(render(block, language, prefix="b")), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())


def figures(**changes: object) -> pd.DataFrame:
    """Return what ``survey_word_of_mouth`` would for 60 customers, with changes of the ratio."""
    rows = pd.DataFrame({"nps": [2] * 20 + [8] * 20 + [10] * 20, "told_n": [5, 3] * 10 + [1] * 40})
    found = cx.linkage.word_of_mouth(rows, bootstrap=200).set_index("metric")
    for name, value in changes.items():
        found.loc["ratio", name] = value
    return found.reset_index()


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (1.2, 1.5, "a signal. "),
        (0.9, 1.4, "no more than chance would make. "),
        (0.4, 0.9, "so fewer"),
    ],
)
def test_the_ratio_is_judged_by_its_interval(
    low: float, high: float, words: str, survey: Survey
) -> None:
    page = said(people_told(figures(low=low, high=high), survey, 12))
    assert words in page
    assert "A detractor tells 4.0 people, a promoter 1.0" in page
    assert "Our interval holds neither" in page


def test_published_figures_are_an_illustration_beside_ours(survey: Survey) -> None:
    page = said(people_told(figures(low=1.7, high=2.0), survey, 12))
    assert "An illustration only, not measured here" in page
    assert "(1.78 times), and 24 and 15 a year later (1.60 times" in page
    assert "holds at least one" in page


def test_people_are_counted_for_each_100_customers(survey: Survey) -> None:
    # 20 detractors told 80, 20 promoters told 20, of 60 customers: 133 and 33.
    page = said(people_told(figures(), survey, 12))
    assert "For each 100 customers, 33 people hear of us from promoters" in page
    assert "and 133 from detractors" in page
    assert "60 answers" in page
    assert "more than 50 people" not in page


def test_too_few_answers_are_said_to_be_too_few(survey: Survey) -> None:
    rows = pd.DataFrame({"nps": [2, 8, 10], "told_n": [5, 1, 0]})
    page = said(people_told(cx.linkage.word_of_mouth(rows), survey, 1), "it")
    assert "Non si può dire se i detrattori" in page
    assert "Non si può dire quante persone" in page
    assert "i promotori non l'hanno raccontato a nessuno" in page
    assert "American Express" not in page


def test_a_ratio_of_few_people_is_not_said(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Company, "minimum_group", 10)
    rows = pd.DataFrame({"nps": [2, 10] * 3 + [8] * 20, "told_n": [5, 1] * 3 + [1] * 20})
    page = said(people_told(cx.linkage.word_of_mouth(rows), survey, 1))
    assert "Whether detractors tell more people than promoters cannot be said" in page
    assert "detractor against promoter" not in page


def test_a_section_without_its_question_says_so(survey: Survey) -> None:
    empty = pd.DataFrame({"metric": pd.Series(dtype="str")})
    assert "Niente passaparola" in said(people_told(empty, survey, 12), "it")
