"""The first screen in words: what it says of rise, fall, calm, few answers and a first period."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from measured_series import UPS_AND_DOWNS, series

import cxreport as cx
from cxreport.inputs.company import Company
from cxreport.show.render import render
from cxreport.show.texts import find_text
from cxreport.topics.overview import blocks as overview_blocks
from cxreport.topics.overview import changes, first_screen
from cxreport.topics.overview.measures import COLUMNS

if TYPE_CHECKING:
    from cxreport.inputs.survey import Survey

BOARD = pd.DataFrame({"question": ["nps"], "metric": ["nps"], "detectable": [14.4]})
RANKED = pd.DataFrame(
    {
        "question": ["tp_delivery", "tp_app", "tp_checkout"],
        "estimate": [2.0, 1.0, -0.5],
        "performance": [3.74, 3.66, 4.2],
        "level": ["high", "medium", "low"],
        "n": 400,
    }
)
NOTHING = RANKED.iloc[:0]


@pytest.fixture(scope="module")
def survey() -> Survey:
    return cx.open_survey("demo", period="2026-10")


def page(survey: Survey, *parts: pd.DataFrame, ranked: pd.DataFrame = NOTHING) -> dict[str, str]:
    """Write the first screen of some measures, without its table, in both languages."""
    measures = pd.concat(parts)
    block = first_screen(changes(measures), measures, BOARD, ranked, survey)
    return {language: str(render(block, language, prefix="f1")) for language in ("en", "it")}


def said(html: str) -> str:
    """Return what a reader sees of it: neither the table nor the alt texts."""
    seen = re.sub(r"<details>.*?</details>|<svg.*?</svg>", "", html, flags=re.DOTALL)
    return " ".join(re.sub("<[^>]+>", " ", seen).split())


def heading(html: str) -> str:
    (text,) = re.findall("<h1>(.*?)</h1>", html)
    return str(text)


def waits(last: float, **more: Any) -> pd.DataFrame:
    hours = [*np.exp([3.0, 3.1] * 6).tolist(), last]
    kind: dict[str, Any] = {
        "section": "service",
        "question": "",
        "unit": "hours",
        "better": "lower",
    }
    return series(hours, measure="solution", **kind, low=18.0, high=24.0, **more)


def test_a_calm_month_says_so_in_one_sentence(survey: Survey) -> None:
    html = page(survey, series([*UPS_AND_DOWNS, 41.0]), waits(21.0))
    assert heading(html["en"]) == "October 2026: nothing changed by more than chance"
    assert heading(html["it"]) == "Ottobre 2026: nessun cambiamento oltre il caso"
    assert "Worse." not in said(html["en"])
    assert said(html["it"]).count("= stabile") == 2


def test_steady_waits_do_not_hide_that_answers_are_too_few(survey: Survey) -> None:
    short = series([40.0, 41.0], p_before=0.9)
    short.loc[1, ["n", "low", "high"]] = [12, -15.0, 85.0]
    html = page(survey, short, waits(21.0))
    assert heading(html["en"]) == "October 2026: too few answers to see a change"
    assert heading(html["it"]).endswith("troppo poche risposte per vedere un cambiamento")
    assert "12 answers, " in said(html["en"])  # with its interval, on its card
    assert said(html["en"]).count("= steady") == 1  # the waits


def test_longer_waits_are_the_finding_and_the_phone_is_where(survey: Survey) -> None:
    phone = {"variable": "channel", "level": "phone"}
    html = page(survey, series([*UPS_AND_DOWNS, 41.0]), waits(40.0), waits(44.0, **phone))
    assert heading(html["en"]) == (
        "October 2026: scores are steady, requests for help take longer to solve"
    )
    assert heading(html["it"]) == (
        "Ottobre 2026: punteggi stabili, le richieste di aiuto si risolvono più lentamente"
    )
    text = said(html["en"])
    assert "Time until half of the requests for help are solved: 40 hours, usually" in text
    assert "Where: phone (44 hours; usually" in text
    assert "▲ worse than usual" in text
    assert "Nothing else changed by more than chance." in text
    assert "Dove: telefono (44 ore; di solito da" in said(html["it"])


@pytest.mark.parametrize(
    ("last", "english", "italian", "mark"),
    [
        (60.0, "more customers would recommend", "più clienti consiglierebbero", "▲ better"),
        (20.0, "fewer customers would recommend", "meno clienti consiglierebbero", "▼ worse"),
    ],
)
def test_rise_and_fall(survey: Survey, last: float, english: str, italian: str, mark: str) -> None:
    html = page(survey, series([*UPS_AND_DOWNS, last]))
    assert english in heading(html["en"])
    assert italian in heading(html["it"])
    assert mark in said(html["en"])


def to_october(values: list[float]) -> pd.DataFrame:
    """Make one series that ends in October 2026."""
    months = pd.period_range(end="2026-10", periods=len(values), freq="M").astype(str)
    return series(values).assign(period=months)


def test_the_same_month_of_last_year_stands_beside_the_month_before(survey: Survey) -> None:
    html = page(survey, to_october([*UPS_AND_DOWNS, 20.0]))
    assert "(September 2026: 40; October 2025: 38). More than chance." in said(html["en"])
    assert "(settembre 2026: 40; ottobre 2025: 38). Più del caso." in said(html["it"])
    short = page(survey, to_october([41.0, 40.0, *UPS_AND_DOWNS[1:], 20.0]).iloc[2:])
    assert "(September 2026: 40). More than chance." in said(short["en"])


def test_few_answers_of_last_year_show_no_number(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Company, "minimum_group", 10)
    few = to_october([40.0, 40.0, 77.0, *UPS_AND_DOWNS[1:], 20.0])
    few.loc[2, "n"] = 9
    assert "(September 2026: 40). More than chance." in said(page(survey, few)["en"])


def test_a_first_month_has_nothing_to_compare_with(survey: Survey) -> None:
    html = page(survey, series([41.0]))
    assert heading(html["en"]) == "October 2026: first results, nothing to compare with yet"
    text = said(html["en"])
    assert "no earlier period has enough data" in text
    assert "chance" not in text
    assert "usual ups and downs" not in text


def test_few_answers_show_no_number(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Company, "minimum_group", 10)
    few = series([*UPS_AND_DOWNS, 77.0])
    few.loc[12, "n"] = 9
    html = page(survey, few)
    assert "77" not in said(html["en"])
    (table,) = re.findall("<tbody.*?</tbody>", html["en"], flags=re.DOTALL)
    assert "77" not in table
    assert ">9<" not in table
    (data,) = re.findall('base64,([^"]+)', html["en"])
    assert "77" not in base64.b64decode(data).decode()
    assert "… too few answers" in said(html["en"])
    assert "… troppo poche risposte" in said(html["it"])


def test_three_changes_are_told_in_figures_and_all_others_named(survey: Survey) -> None:
    names = ("tp_app", "tp_website", "tp_checkout", "tp_delivery", "tp_returns")
    many = [
        series([*UPS_AND_DOWNS, 20.0], section="touchpoints", measure="csat", question=name)
        for name in names
    ]
    html = page(survey, *many)
    assert html["en"].count('class="item worse"') == 3
    assert "2 more measures changed by more than chance: “" in said(html["en"])
    assert "Altre 2 misure sono cambiate oltre il caso: «" in said(html["it"])
    labels = {each["en"] for each in (survey.codebook.questions[n].label for n in names)}
    assert all(f"“{label}”" in said(html["en"]) for label in labels)


def test_where_to_start_names_what_is_rated_too_low(survey: Survey) -> None:
    html = page(survey, series([41.0]), ranked=RANKED)
    text = said(html["en"])
    assert "Delivery : rated 3.7 of 5; last action: Logistics, September 15, 2025" in text
    assert "App : rated 3.7 of 5 (less sure)" in text
    assert "Checkout" not in text
    assert "Da dove cominciare (ultimi 12 periodi)" in said(html["it"])
    assert "voto 3,7 su 5; ultima azione: Logistica, 15 settembre 2025" in said(html["it"])


def test_a_planned_action_is_the_next(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = {
        "measure": "tp_app",
        "done_on": pd.Timestamp("2026-12-01"),
        "owner": "",
        "planned": True,
    }
    monkeypatch.setattr(overview_blocks, "newest_actions", lambda _: pd.DataFrame([plan]))
    html = page(survey, series([41.0]), ranked=RANKED)
    assert "App : rated 3.7 of 5 (less sure); next action: December 1, 2026" in said(html["en"])
    assert "prossima azione: 1 dicembre 2026" in said(html["it"])
    assert "last action" not in said(html["en"])


def with_targets(monkeypatch: pytest.MonkeyPatch, **more: Any) -> None:
    target = {"question": "nps", "metric": "nps", "target": 40.0, "state": "open"}
    frame = pd.DataFrame([target | {"assurance": "inconsistent"} | more])
    monkeypatch.setattr(overview_blocks, "survey_targets", lambda _: frame)


@pytest.mark.parametrize(
    ("assurance", "state", "english", "italian"),
    [
        ("pass", "open", "✓ target 40: reached every time", "✓ obiettivo 40: raggiunto ogni volta"),
        ("fail", "open", "✗ target 40: missed every time", "✗ obiettivo 40: mancato ogni volta"),
        ("inconsistent", "reached", "? target 40: reached or missed by chance", "? obiettivo 40"),
        ("", "reached", "✓ target 40: reached this time", "✓ obiettivo 40: raggiunto questa volta"),
        ("", "missed", "✗ target 40: not reached this time", "✗ obiettivo 40: non raggiunto"),
        ("", "open", "? target 40: too close to tell", "? obiettivo 40: troppo vicino"),
    ],
)
def test_a_card_bears_the_mark_of_its_target(
    survey: Survey, monkeypatch: pytest.MonkeyPatch,
    assurance: str, state: str, english: str, italian: str,
) -> None:  # fmt: skip
    with_targets(monkeypatch, assurance=assurance, state=state)
    html = page(survey, series([*UPS_AND_DOWNS, 41.0]), waits(21.0))
    assert said(html["en"]).count("target") == 1  # the other card has none
    assert english in said(html["en"])
    assert italian in said(html["it"])


def test_a_target_is_told_in_the_unit_of_its_measure(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_targets(monkeypatch, question="", metric="solution", target=24.0)
    assert "target 24.0 hours:" in said(page(survey, waits(21.0))["en"])
    with_targets(monkeypatch, question="csat", metric="csat", target=82.5)
    rated = series([*UPS_AND_DOWNS, 41.0], measure="csat", question="csat", unit="percent")
    assert "obiettivo 82,5%:" in said(page(survey, rated)["it"])


def test_no_word_of_a_target_without_one(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = series([*UPS_AND_DOWNS, 41.0])
    assert "target" not in page(survey, quiet)["en"]
    assert "obiettiv" not in page(survey, quiet)["it"]
    with_targets(monkeypatch, assurance="", state="unknown")
    assert "target" not in page(survey, quiet)["en"]
    few = quiet.assign(n=[*quiet["n"][:-1], 9])
    with_targets(monkeypatch)
    monkeypatch.setattr(Company, "minimum_group", 10)
    assert "target" not in page(survey, few)["en"]


@pytest.mark.parametrize("word", ["pass", "fail", "inconsistent"])
@pytest.mark.parametrize("language", ["en", "it"])
def test_a_card_and_the_table_of_targets_use_one_word(word: str, language: str) -> None:
    key = f"assurance.{word}"
    assert find_text("overview", key, language) == find_text("targets", key, language)


def test_no_heading_is_longer_than_fifteen_words(survey: Survey) -> None:
    many = [
        series([*UPS_AND_DOWNS, 20.0], measure=name)
        for name in ("nps", "csat", "ces", "index", "came_back")
    ]
    for first in range(len(many)):
        html = page(survey, *many[first:], waits(40.0), waits(40.0).assign(measure="first_reply"))
        assert all(len(heading(text).split()) <= 15 for text in html.values())


@pytest.mark.parametrize(
    ("measure", "english", "italian"),
    [
        ("came_back", "fewer new customers came back", "meno nuovi clienti sono tornati"),
        ("bought", "fewer visits end in a purchase",
         "meno visite si concludono con un acquisto"),
    ],
)  # fmt: skip
def test_without_answers_the_screen_speaks_of_customers_and_visits(
    survey: Survey, monkeypatch: pytest.MonkeyPatch, measure: str, english: str, italian: str
) -> None:
    monkeypatch.setattr(type(survey), "table", lambda *_: None)
    section = {"came_back": "retention", "bought": "conversion"}[measure]
    kind: dict[str, Any] = {"section": section, "measure": measure, "question": ""}
    html = page(survey, series([*UPS_AND_DOWNS, 10.0], unit="percent", **kind))
    assert heading(html["en"]) == f"October 2026: {english}"
    assert heading(html["it"]) == f"Ottobre 2026: {italian}"
    quiet = page(survey, series([*UPS_AND_DOWNS, 41.0], unit="percent", **kind))
    for language, word in (("en", "answer"), ("it", "rispost")):
        assert word not in said(html[language]) + said(quiet[language])
    few = page(survey, series([*UPS_AND_DOWNS, 41.0], unit="percent", n=5, **kind))
    assert heading(few["it"]) == "Ottobre 2026: troppo pochi dati per vedere un cambiamento"
    assert "too few to judge" in said(few["en"])


def test_nothing_that_is_measured_is_said(survey: Survey) -> None:
    html = page(survey, pd.DataFrame(columns=COLUMNS))
    assert heading(html["en"]) == "October 2026: the data hold nothing that this report measures"
    assert "Che cosa serve per ciascuna" in said(html["it"])
