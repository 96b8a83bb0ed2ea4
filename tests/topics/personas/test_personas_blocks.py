"""What a page says of classes; what is measured and what is imagined stand apart."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from cxreport import CxError, open_company
from cxreport.inputs.company import Company
from cxreport.show.render import render
from cxreport.topics.personas import (
    CustomerItems,
    PersonaStudy,
    brief,
    compared,
    fits,
    outcomes,
    persona_cards,
    personas,
    profiles,
    read_narratives,
    summary,
)
from cxreport.topics.voice.quotes import LONGEST, SHORTEST

if TYPE_CHECKING:
    from pathlib import Path

    from cxreport.show.blocks import Block

ITEMS = {"ease": "ordered", "needs": "ordered", "enjoyability": "ordered", "channel": "categorical"}
STORY = """
[[persona]]
name = { en = "Ada", it = "Ada" }
signature = { ease = "high", channel = "app" }
needs = { en = "<b>speed</b>", it = "velocità" }
[[persona]]
name = { en = "Bo", it = "Bo" }
class = 2
[[persona]]
name = { en = "Cy", it = "Cy" }
class = 7
"""


@pytest.fixture(scope="module")
def company() -> Company:
    return open_company("demo", period="2026-10", about=["responses"])


def rows(first: int, second: int) -> pd.DataFrame:
    happy = [[5, 5, 5, "app", 100.0, 80.0, 60.0]] * (first - 2) + [
        [5, 4, 5, "web", 0.0, 40.0, 50.0]
    ] * 2
    others = [[1, 2, 1, "phone", -100.0, 20.0, 10.0]] * (second - 2)
    others += [[2, 2, 1, "shop", 0.0, 50.0, 30.0]] * 2
    names = ["ease", "needs", "enjoyability", "channel", "nps", "stage_purchase", "stage_retention"]
    return pd.DataFrame(happy + others, columns=names)


def study_of(data: pd.DataFrame, classes: list[int]) -> PersonaStudy:
    found = personas(data, ITEMS, classes=classes, starts=5, resamples=2)
    metrics = ["nps", "stage_purchase", "stage_retention"]
    read = CustomerItems(data, ITEMS, metrics, 24)
    return PersonaStudy(read, found, outcomes(found, data, metrics))


@pytest.fixture(scope="module")
def study() -> PersonaStudy:
    return study_of(rows(60, 40), [1, 2, 3])


@pytest.fixture(scope="module")
def unsettled() -> PersonaStudy:
    """Two classes, of two at most that were tried."""
    return study_of(rows(60, 40), [1, 2])


def said(block: Block, language: str = "en") -> str:
    text = re.sub(r"<svg.*?</svg>", " ", str(render(block, language, prefix="b")), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())


def test_the_page_says_how_many_and_how_sure(study: PersonaStudy, company: Company) -> None:
    text = said(brief(study, company))
    assert "The 100 customers of the last 24 periods fall into 2 classes" in text
    assert "nearly the same ones would come out (agreement 1" in text


def test_classes_that_could_not_be_settled_are_no_personas(
    unsettled: PersonaStudy, company: Company, tmp_path: Path
) -> None:
    file = tmp_path / "personas.toml"
    file.write_text(STORY, encoding="utf-8")
    text = said(summary(unsettled, company))
    assert "the number of groups could not be settled" in text
    assert "could not be settled. Up to 2 groups were tried" in text
    assert "Numbers of classes tried" in text
    assert "fall into" not in text
    told = read_narratives(file, unsettled.personas)  # type: ignore[arg-type]
    for block in (persona_cards(unsettled, company, told), profiles(unsettled, company),
                  compared(unsettled, company)):  # fmt: skip
        assert said(block).startswith("There are no personas to be seen")
    assert "Size of the classes" not in said(fits(unsettled, company))
    assert "quanti gruppi ci siano" in said(summary(unsettled, company), "it")


@pytest.mark.parametrize(
    ("column", "value", "what"),
    [("stability", 0.79, "Other customers like these would give other groups (agreement 0.79;"),
     ("entropy", 0.59, "The groups run into each other: a customer's likeliest group"),
     ("stability", np.nan, "would give the same classes was not tried")],
)  # fmt: skip
def test_doubts_are_said_in_plain_words(
    study: PersonaStudy, company: Company, column: str, value: float, what: str
) -> None:
    fit = study.personas.fit.copy()  # type: ignore[union-attr]
    fit.loc[fit["chosen"], column] = value
    doubted = replace(study, personas=replace(study.personas, fit=fit))  # type: ignore[type-var]
    text = said(brief(doubted, company))
    assert what in text
    assert ("no personas" in text) == (not np.isnan(value))
    assert not re.search("entropy|BIC|likelihood", text)


def test_steps_of_one_scale_are_no_kinds(company: Company) -> None:
    # who rates one thing higher rates all higher, and the channel tells nothing
    data = rows(60, 40).assign(channel=["app", "web"] * 50)
    study = study_of(data, [1, 2, 3])
    assert study.personas is not None
    assert study.personas.count == 2
    assert study.personas.doubts == ["steps"]
    text = said(brief(study, company))
    assert "do not fall into kinds" in text
    assert "The groups are steps of one scale" in text


def test_a_card_says_what_is_measured(study: PersonaStudy, company: Company) -> None:
    text = said(persona_cards(study, company))
    assert "Class 1 60.0% of these customers" in text
    # Wilson: 60 of 100
    assert "Size: 50.2% to 69.1%, about 60 customers." in text
    assert "More often channel app: 96.7%" in text
    assert "Weakest stage: retention, 59.7% favourable" in text
    assert "NPS: 96.7 (" in text
    assert "above the others" in text


def test_a_mean_is_told_with_the_decimals_that_show_its_interval(
    study: PersonaStudy, company: Company
) -> None:
    # of 60 customers 58 give needs a 5 and two a 4; of 40 others 38 give ease a 1 and two a 2
    text = said(profiles(study, company))
    assert f"{298 / 60:.2f}" in text
    assert f"{42 / 40:.2f}" in text
    row = study.personas.profiles.query("item == 'ease' and metric == 'mean' and low > 0")  # type: ignore[union-attr]
    interval = f"{row['low'].item():.2f} to {row['high'].item():.2f}"
    assert interval in text
    assert f"mean 1.05 ({interval})" in said(persona_cards(study, company))


def test_a_story_is_marked_as_one(study: PersonaStudy, company: Company, tmp_path: Path) -> None:
    file = tmp_path / "personas.toml"
    file.write_text(STORY, encoding="utf-8")
    told = read_narratives(file, study.personas)  # type: ignore[arg-type]
    page = persona_cards(study, company, told)
    text = said(page)
    before, after = text.split("NARRATIVE, NOT MEASURED")
    assert "1. Ada" in before
    assert "speed" not in before
    assert "Imagined: Ada (class 1, recognised by its traits). Needs: <b>speed</b>" in after
    assert "Bo (class 2 by size: next time this may be another class)" in after
    assert "The story of Cy is not shown: no class has those traits." in after
    assert "<b>speed" not in str(render(page, "en", prefix="b"))
    assert "RACCONTO, NON MISURA" in said(page, "it")


def test_three_comments_of_a_class_at_most(study: PersonaStudy, company: Company) -> None:
    quotes = pd.DataFrame({"class": [1] * 5 + [9], "text": [*"vwxyz", "other"]})
    quotes["group"] = "passive"
    text = said(persona_cards(study, company, quotes=quotes))
    assert [f"“{letter}”" in text for letter in "vwxyz"] == [True, True, True, False, False]
    assert "other”" not in text


def test_a_comment_of_a_class_says_who_gave_it_and_the_rule_that_chose_it(
    study: PersonaStudy, company: Company
) -> None:
    quotes = pd.DataFrame({"class": [1, 1], "text": ["Late", "Well, [name]"]})
    page = persona_cards(study, company, quotes=quotes.assign(group=["detractor", "promoter"]))
    text = said(page)
    assert "Class 1, a detractor: “Late”" in text
    assert "Class 1, a promoter: “Well, [name]”" in text
    assert "Classe 1, un detrattore: «Late»" in said(page, "it")
    assert "Classe 1, un promotore: «Well, [nome]»" in said(page, "it")
    # the minimum is 1 in these tests; two comments were chosen
    assert f"in which at least {company.minimum_group} customers wrote" in text
    assert f"of {SHORTEST} to {LONGEST} characters" in text


def test_one_class_is_no_persona(company: Company) -> None:
    rng = np.random.default_rng(1)
    data = rows(60, 40).assign(**{n: rng.permuted(rows(60, 40)[n].to_numpy()) for n in ITEMS})
    study = study_of(data, [1])
    assert "There are no personas to be seen" in said(brief(study, company))
    for block in (persona_cards, profiles, compared):
        assert "no personas to be seen" in said(block(study, company))
    assert "Non si vedono personas" in said(persona_cards(study, company), "it")
    assert "Numbers of classes tried" in said(fits(study, company))


def test_without_customers_it_says_what_is_needed(company: Company) -> None:
    empty = PersonaStudy(CustomerItems(pd.DataFrame(), {}, [], 24), None, pd.DataFrame())
    for block in (brief, fits, profiles, compared, persona_cards):
        assert "at least 50 customers" in said(block(empty, company))


def test_a_small_class_is_not_shown(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    study = study_of(rows(60, 8), [1, 2, 3])
    monkeypatch.setattr(Company, "minimum_group", 10)
    for block in (persona_cards, profiles, fits, compared):
        text = said(block(study, company)).lower()
        # the share of the other class would give it away
        assert "class 2" not in text
        assert "88.2" not in text
        assert "fewer than 10 people" in text


def test_a_map_and_a_table_have_the_same_figures(study: PersonaStudy, company: Company) -> None:
    text = said(profiles(study, company))
    assert text.count("96.7%") >= 2
    assert "Ease (mean)" in text
    assert "class 2 Channel: phone 40 95.0%" in text.replace("\u00a0", " ")


BAD = {
    "no file of personas": ("x = 1", "not a file of personas"),
    "no toml": ("[[", "not a file of personas"),
    "one language": ('[[persona]]\nname = { en = "A" }\nclass = 1', "not a text"),
    "no name": ("[[persona]]\nclass = 1", "not a text"),
    "nobody": ('[[persona]]\nname = { en = "A", it = "A" }', "whom is it about"),
    "class of text": ('[[persona]]\nname = { en = "A", it = "A" }\nclass = "1"', "not a class"),
    "no trait": ('[[persona]]\nname = { en = "A", it = "A" }\nsignature = { ease = "odd" }',
                 "not a trait"),
    "twice": ('[[persona]]\nname = { en = "A", it = "A" }\nclass = 1\n' * 2, "two personas"),
    "unknown part": ('[[persona]]\nname = { en = "A", it = "A" }\nclass = 1\nage = 3',
                     "not a persona"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "what"), BAD.values(), ids=BAD)
def test_a_wrong_file_is_refused(study: PersonaStudy, tmp_path: Path, text: str, what: str) -> None:
    file = tmp_path / "personas.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CxError, match=what):
        read_narratives(file, study.personas)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("doubt", "english", "italian"),
    [
        ("unsettled", "could not be settled; see above", "non si è potuto stabilire quanti"),
        ("steps", "the groups are steps of one scale; see above", "gradini di una sola scala"),
        ("blurred", "cannot be told apart clearly enough", "non si distinguono abbastanza"),
    ],
)
def test_a_line_names_the_one_reason_why_there_are_no_personas(
    study: PersonaStudy, unsettled: PersonaStudy, company: Company, doubt: str, english: str,
    italian: str,
) -> None:  # fmt: skip
    doubted = unsettled
    if doubt == "steps":
        doubted = study_of(rows(60, 40).assign(channel=["app", "web"] * 50), [1, 2, 3])
    if doubt == "blurred":
        fit = study.personas.fit.copy()  # type: ignore[union-attr]
        fit.loc[fit["chosen"], "entropy"] = 0.59
        doubted = replace(study, personas=replace(study.personas, fit=fit))  # type: ignore[type-var]
    assert english in said(profiles(doubted, company))
    assert italian in said(profiles(doubted, company), "it")
