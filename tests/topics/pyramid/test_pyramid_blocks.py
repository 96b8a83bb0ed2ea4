"""What a page says of the pyramid, in both languages."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import cxreport as cx
from cxreport.inputs.meaning import Column
from cxreport.show.render import render
from cxreport.topics.pyramid import groups, order, standing, weights

if TYPE_CHECKING:
    from cxreport.inputs.survey import Survey
    from cxreport.show.blocks import Block

NAN = float("nan")
LAYERS = ["needs", "ease", "enjoyability"]


@pytest.fixture(scope="module")
def survey() -> Survey:
    return cx.open_survey("demo", period="2026-10")


def said(block: Block, language: str = "en") -> str:
    text = re.sub(r"<svg.*?</svg>", " ", str(render(block, language, prefix="b")), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())


def frames(answers: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return what ``survey_pyramid`` would for these answers, all of one scale."""
    columns = {name: name for name in LAYERS}
    layers = cx.pyramid(answers, **columns).assign(question="pyramid")
    gaps, order = cx.layers.layer_gaps(answers, **columns), cx.layers.scalogram(answers, LAYERS)
    return {"layers": layers, "gaps": gaps, "order": order}


def answers(patterns: dict[str, int]) -> pd.DataFrame:
    rows = [[5 if sign == "1" else 1 for sign in p] for p, n in patterns.items() for _ in range(n)]
    return pd.DataFrame(rows, columns=LAYERS)


def test_the_page_says_index_weakest_layer_and_all_three(survey: Survey) -> None:
    # 40 people: needs met by 38, ease by 36, enjoyability by 10; all three by 10.
    found = frames(answers({"111": 10, "110": 26, "100": 2, "000": 2}))
    page = said(standing(found, survey))
    # Layers 90, 80, -50 points: the mean is 40.
    assert "enjoyability): 40.0 points" in page
    assert "For 25.0% of these customers" in page
    assert "The weakest layer is enjoyability: -50.0 points, 130.0 below the next one" in page
    assert "Il livello più debole è la gradevolezza: -50,0 punti, 130,0 sotto" in said(
        standing(found, survey), "it"
    )


def test_layers_that_differ_by_chance_have_no_weakest(survey: Survey) -> None:
    found = frames(answers({"111": 20, "110": 5, "101": 5, "011": 6}))
    assert "weakest cannot be said: the two lowest are" in said(standing(found, survey))
    alike = frames(answers({"111": 20, "000": 5}))
    page = standing(alike, survey)
    assert "everybody answered the two lowest layers with the same difference" in said(page)
    assert "la differenza è la stessa per tutti" in said(page, "it")
    nobody = frames(answers({"111": 20, "000": 5}))
    few = standing(nobody | {"gaps": nobody["gaps"].assign(note="one answer")}, survey)
    assert "is the weakest cannot be said: too few answers." in said(few)


@pytest.mark.parametrize(
    ("patterns", "words"),
    [
        ({"111": 100, "110": 100, "100": 100, "000": 100}, "do form a pyramid"),
        ({"111": 60, "001": 60, "010": 60, "000": 60}, "do not form a pyramid"),
        ({"111": 12, "110": 12, "100": 12, "000": 12, "001": 10}, "cannot be said: scalability"),
        ({"111": 5, "110": 5}, "cannot be said: too few answers."),
        ({"110": 40}, "cannot be said: everybody reached the same layers."),
    ],
)
def test_order_is_judged_by_the_whole_interval(
    patterns: dict[str, int], words: str, survey: Survey
) -> None:
    assert words in said(order(frames(answers(patterns)), survey))


def shares(first: float) -> pd.DataFrame:
    rows = {"layer": LAYERS, "driver": LAYERS, "n": 90, "estimate": [0.1, 0.05, 0.15]}
    limits = {"low": 0.01, "high": 0.2, "first": [100 - first, 0.0, first], "note": ""}
    return pd.DataFrame(rows | limits)


@pytest.mark.parametrize(
    ("first", "words"),
    [(95.0, "supported here"), (94.9, "it cannot be said"), (5.0, "contradicted here"),
     (NAN, "too few answers")],
)  # fmt: skip
def test_the_claim_on_the_emotional_layer_is_put_on_trial(
    first: float, words: str, survey: Survey
) -> None:
    page = said(weights(shares(first), survey, 12))
    assert words in page
    assert ("the three layers together weigh 30%" in page) != pd.isna(first)
    assert "Enjoyability 90 15.0% (1.0% to 20.0%)" in page


def test_groups_are_named_in_the_readers_language(survey: Survey) -> None:
    found = cx.layers.survey_pyramid_groups(survey, periods=3)
    page = said(groups(found, survey, 3), "it")
    assert "Per canale, l'indice è più basso in «telefono»" in page
    assert "Per fase del percorso" in page
    assert "acquisto" in page
    assert "purchase" not in page


def test_a_small_group_is_not_shown(survey: Survey) -> None:
    rows = answers({"111": 40, "000": 20}).assign(channel=["app"] * 50 + ["web"] * 5 + ["shop"] * 5)
    board = cx.scores.suppress(
        cx.pyramid(rows, **dict(zip(LAYERS, LAYERS, strict=True)), by="channel")
    )
    page = said(groups({"channel": board}, survey, 1))
    assert "website – – suppressed (small numbers)" in page


@pytest.mark.parametrize(
    ("channels", "english", "italian"),
    [
        (["app"] * 40, "fewer than two groups with a score", "sono meno di due"),
        (["app", "web"] * 20, "in all groups answered alike", "allo stesso modo"),
    ],
)
def test_groups_that_cannot_be_compared_say_why(
    channels: list[str], english: str, italian: str, survey: Survey
) -> None:
    rows = answers({"111": 40}).assign(channel=channels)
    board = cx.pyramid(rows, **{name: name for name in LAYERS}, by="channel")
    block = groups.__wrapped__({"channel": board.assign(question="pyramid")}, survey, 1)
    assert english in said(block)
    assert italian in said(block, "it")


def test_a_section_without_its_question_says_so(survey: Survey) -> None:
    empty = pd.DataFrame({"metric": pd.Series(dtype="str")})
    nothing = dict.fromkeys(("layers", "gaps", "order"), empty)
    assert "No pyramid" in said(standing(nothing, survey))
    assert "No pyramid" in said(order(nothing, survey))
    assert "fewer than two groups have enough answers" in said(groups({}, survey, 12))
    assert "were not asked once each" in said(standing(nothing, survey))
    silent = answers({"111": 1}).mask(lambda rows: rows > 0)  # asked, and answered by nobody
    layers = cx.pyramid(silent, **{name: name for name in LAYERS})
    layers = layers.assign(question="pyramid")
    unanswered = standing.__wrapped__(nothing | {"layers": layers}, survey)
    assert "nobody answered all three questions" in said(unanswered)
    assert "nessuno ha risposto a tutte e tre" in said(unanswered, "it")
    assert "cannot be said" in said(weights(empty, survey, 12))


@pytest.mark.parametrize(
    ("asked", "english", "italian"),
    [
        ("needs ease enjoyability channel", "fewer than two groups have enough", "meno di due"),
        ("needs ease enjoyability", "neither the stage nor the channel", "né la fase né il canale"),
        ("needs ease channel", "were not asked once each", "non sono state chieste"),
    ],
)
def test_no_pyramid_by_group_for_one_reason(
    survey: Survey, monkeypatch: pytest.MonkeyPatch, asked: str, english: str, italian: str
) -> None:
    columns = {name: Column(role="csat", scale=(1, 5)) for name in asked.split()}
    monkeypatch.setattr(
        type(survey), "columns",
        lambda _, *roles: {role: columns[role] for role in roles if role in columns},
    )  # fmt: skip
    assert english in said(groups({}, survey, 12))
    assert italian in said(groups({}, survey, 12), "it")
