"""What a page says of actions: who, when, what came after, and never why."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import cxreport as cx
from cxreport.show.render import render
from cxreport.topics.actions.frames import COLUMNS

if TYPE_CHECKING:
    from cxreport.inputs.survey import Survey
    from cxreport.show.blocks import Block

CAUSES = ("because", "thanks", "effect", "caus", "due to", "perché", "grazie", "merito", "effett")
MOVED: dict[str, Any] = {
    "n_reference": 120.0, "estimate_reference": 20.0, "low_reference": 12.0, "high_reference": 28.0,
    "n": 130.0, "estimate": 36.0, "low": 28.0, "high": 44.0, "p_value": 0.001, "signal": True,
    "difference": 16.0, "difference_low": 3.0, "difference_high": 29.0, "state": "better",
}  # fmt: skip
SPEED = {"speed": 0.5, "speed_low": 0.4, "speed_high": 0.7}


@pytest.fixture(scope="module")
def survey() -> Survey:
    return cx.open_survey("demo", period="2026-10")


def action(sign: str, **more: Any) -> dict[str, Any]:
    named: dict[str, Any] = {
        "sign": sign, "period": "2026-05", "done_on": pd.Timestamp("2026-05-12"),
        "title_en": "New till", "title_it": "Nuova cassa", "owner": "Negozi", "measure": "nps",
        "question": "nps", "metric": "nps", "periods": 3, "first": "2026-06", "last": "2026-08",
        "marked": "", "direction": "", "state": "unobserved",
    }  # fmt: skip
    return named | more


def page(*actions: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(actions, columns=COLUMNS)


def said(block: Block, language: str) -> str:
    html = re.sub(r'href="data:[^"]*"', "", str(render(block, language, prefix="a1")))
    return " ".join(re.sub("<[^>]+>", " ", html).split())


def test_a_row_names_who_when_and_what_came_after(survey: Survey) -> None:
    marked = {"marked": "2026-06", "direction": "improvement"}
    block = cx.actions.results(page(action("A", **MOVED, **marked)), survey)
    assert "New till (Shops, May 12, 2026)" in said(block, "en")
    assert "NPS (would recommend us): 20.0 before (120), 36.0 after (130)" in said(block, "en")
    assert (
        "+16.0 points (+3.0 to +29.0): better after, a signal;"
        " better than usual on the chart from Jun 2026" in said(block, "en")
    )
    assert "Nuova cassa (Negozi, 12 maggio 2026)" in said(block, "it")
    assert "+16,0 punti (da +3,0 a +29,0): meglio dopo, un segnale" in said(block, "it")


def test_a_wait_is_told_by_its_half_and_its_speed(survey: Survey) -> None:
    slower = MOVED | SPEED | {"state": "worse", "metric": "solution", "question": ""}
    block = cx.actions.results(page(action("A", **slower)), survey)
    assert "Half solved within 20.0 hours before (120), 36.0 hours after (130)" in said(block, "en")
    assert "0.50 times as fast (0.40 to 0.70): worse after, a signal" in said(block, "en")
    assert "velocità 0,50 volte quella di prima (da 0,40 a 0,70): peggio" in said(block, "it")


def test_a_steady_wait_has_no_speed_that_its_halves_could_gainsay(survey: Survey) -> None:
    alike = {"speed": 0.99, "speed_low": 0.86, "speed_high": 1.12, "state": "steady"}
    steady = MOVED | alike | {"metric": "first_reply", "question": ""}
    block = cx.actions.results(page(action("A", **steady)), survey)
    assert "; steady, between 0.86 and 1.12 times as fast." in said(block, "en")
    assert "; stabile, velocità fra 0,86 e 1,12 volte quella di prima." in said(block, "it")
    assert "0.99" not in said(block, "en")


@pytest.mark.parametrize(
    ("state", "english", "italian"),
    [
        ("unobserved", "not yet observable", "non ancora osservabile"),
        ("no_before", "too few periods before", "troppo pochi periodi prima"),
        ("reworded", "the question was reworded", "nel frattempo la domanda è cambiata"),
        ("few", "too few answers", "troppo poche risposte"),
        ("unnamed", "no measure named", "nessuna misura indicata"),
        ("unsaid", "cannot be said", "non si può dire"),
    ],
)
def test_what_is_not_compared_says_why(
    survey: Survey, state: str, english: str, italian: str
) -> None:
    frame = page(action("A", state=state, metric="", question="", owner=""))
    for block in (cx.actions.results(frame, survey), cx.actions.figures(frame, survey)):
        assert english in said(block, "en")
        assert italian in said(block, "it")
        assert "nan" not in said(block, "en") + said(block, "it")
    assert "New till (May 12, 2026)" in said(cx.actions.results(frame, survey), "en")


def test_the_newest_come_first_and_all_stand_in_figures(survey: Survey) -> None:
    frame = page(*(action(sign) for sign in "ABCDE"), action("Z", period="2025-01"))
    newest = said(cx.actions.results(frame, survey), "en")
    assert re.findall("([A-Z]): New till", newest) == list("EDCBA")
    assert len(cx.actions.figures(frame, survey).frame) == 6
    old = cx.actions.results(page(action("Z", period="2025-01")), survey)
    assert old.parameters["blocks"] == []


def test_nothing_is_said_to_be_the_reason(survey: Survey) -> None:
    states = ("better", "worse", "steady")
    rows = [action(s, **MOVED | {"state": state}) for s, state in zip("ABC", states, strict=True)]
    for language in ("en", "it"):
        for block in (
            cx.actions.results(page(*rows), survey),
            cx.actions.figures(page(*rows), survey),
        ):
            text = said(block, language).lower()
            assert not [word for word in CAUSES if word in text]


def test_without_actions_a_line_says_so(survey: Survey) -> None:
    nothing = page()
    tables = {name: rows for name, rows in survey.dataset.tables.items() if name != "actions"}
    without = replace(survey, dataset=replace(survey.dataset, tables=tables))
    assert "has no table of actions." in said(cx.actions.results(nothing, without), "en")
    assert cx.actions.figures(nothing, survey).parameters["blocks"] == []


def test_a_table_without_actions_of_this_time_is_no_missing_table(survey: Survey) -> None:
    tables = survey.dataset.tables | {"actions": survey.responses}
    empty = replace(survey, dataset=replace(survey.dataset, tables=tables))
    assert "has none of this time" in said(cx.actions.results(page(), empty), "en")
    assert "non ne ha di questo tempo" in said(cx.actions.results(page(), empty), "it")


def test_few_are_answers_of_a_score_and_requests_of_a_wait(survey: Survey) -> None:
    wait = page(action("A", metric="solution", question="", measure="solution", state="few"))
    score = page(action("A", state="few"))
    for block in (cx.actions.results, cx.actions.figures):
        assert "too few requests" in said(block(wait, survey), "en")
        assert "troppo poche richieste" in said(block(wait, survey), "it")
        assert "too few answers" in said(block(score, survey), "en")
        assert "troppo poche risposte" in said(block(score, survey), "it")


def test_a_reader_is_told_that_there_may_be_other_reasons(survey: Survey) -> None:
    block = cx.actions.results(page(action("A", **MOVED)), survey)
    assert "may have other reasons" in said(block, "en")
    assert "può avere altre ragioni" in said(block, "it")
