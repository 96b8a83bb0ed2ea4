"""What a page says of drivers: as sure as the numbers are, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from cxreport import open_survey
from cxreport.show.render import render
from cxreport.topics.drivers import (
    importances,
    method,
    moments,
    moments_in_brief,
    penalties,
    priorities,
    priorities_by_kind,
)
from cxreport.topics.retention import company_retention, summary

if TYPE_CHECKING:
    from cxreport.inputs.survey import Survey
    from cxreport.show.blocks import Block


@pytest.fixture(scope="module")
def survey() -> Survey:
    return open_survey("demo", period="2026-10")


def said(block: Block, language: str = "en") -> str:
    text = re.sub(r"<[^>]*>", " ", str(render(block, language, prefix="b")))
    return " ".join(unescape(text).split())


def ranked(**change: Any) -> pd.DataFrame:
    rows = {
        "question": ["tp_delivery", "tp_website", "tp_product_range"],
        "n": [4000, 3000, 5000],
        "importance": [7.3, 4.0, 1.3], "importance_low": [5.8, 3.1, 1.0],
        "importance_high": [8.7, 5.1, 1.7],
        "performance": [3.67, 3.83, 3.83], "performance_low": [3.6, 3.8, 3.8],
        "performance_high": [3.7, 3.86, 3.86],
        "shortfall": [0.33, 0.17, 0.17], "reach": [80.0, 81.0, 94.0],
        "estimate": [1.9, 0.5, 0.0], "low": [1.4, 0.4, 0.0], "high": [2.4, 0.7, 0.0],
        "share": [79.0, 21.0, 0.0], "top": [97.4, 82.0, 0.0], "level": ["high", "high", "low"],
        "note": ["", "", "sign against correlation"], "target": [4.0, 4.0, 4.0],
    }  # fmt: skip
    return pd.DataFrame(rows | change)


def effects(kinds: list[str]) -> pd.DataFrame:
    n = len(kinds)
    numbers = {"penalty": -2.0, "penalty_low": -2.2, "penalty_high": -1.8, "reward": 1.1,
               "reward_low": 0.9, "reward_high": 1.3, "asymmetry": -0.3, "low": -0.5,
               "high": -0.1}  # fmt: skip
    questions = ["tp_delivery", "tp_shop_staff", "tp_website"][:n]
    frame = pd.DataFrame({"question": questions, "n": 400, "kind": kinds, "note": ""})
    return frame.assign(**numbers)


def later(kind: str, at_risk: object, outcome: str = "ordered_again") -> pd.DataFrame:
    row = {"outcome": outcome, "question": "tp_delivery", "n": 700, "n_low": 90, "n_high": 200,
           "negative": -10.0, "negative_low": -13.4, "negative_high": -6.6, "negative_q": 0.001,
           "positive": 6.0, "positive_low": 2.5, "positive_high": 9.5, "positive_q": 0.01,
           "kind": kind, "performance": 3.67, "performance_low": 3.6, "performance_high": 3.7,
           "at_risk": at_risk, "note": "", "target": 4.0}  # fmt: skip
    return pd.DataFrame([row])


def test_the_first_sentence_names_what_to_fix_and_how_sure_that_is(survey: Survey) -> None:
    page = said(priorities(ranked(), survey, 12))
    assert page.startswith(
        "Fix first: delivery. This is sure: had other customers like these answered"
    )
    assert "first three priorities in 97 cases of 100 (4,000 ratings)" in page
    assert "The last 12 periods up to October 2026 count together" in page
    assert "count together" not in said(priorities(ranked(), survey, 1))
    assert "mean rating is 3.67, a customer counts as satisfied from 4.00; 80% of those" in page
    assert "Then: website, among the first three in 82 cases of 100" in page
    assert "One touchpoint shows no good effect of its own" in page
    assert "Association, not cause" in page
    italian = said(priorities(ranked(), survey, 12), "it")
    assert italian.startswith("Da sistemare per prima cosa: consegna. È sicuro: se avessero")
    assert "l'ha valutato l'80% di chi ha dato un punteggio" in italian


def test_a_target_is_spoken_of_where_somebody_set_one(survey: Survey) -> None:
    own = ranked(target=[4.5] * 3, target_set=[True] * 3)
    page, plain = (said(priorities(rows, survey, 12)) for rows in (own, ranked()))
    assert "the target that was set is 4.50; 80% of those" in page
    assert "dashed lines are the target that was set" in page
    assert "satisfied from" not in page
    assert "target" not in plain
    moment = later("negative", at_risk=True).assign(target=4.5, target_set=True)
    assert "sotto l'obiettivo fissato (4,50)" in said(moments(moment, survey, 180), "it")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"level": ["medium", "low", "low"]}, "Perhaps fix first: delivery, but this is not sure"),
        ({"estimate": [0.0, 0.0, 0.0]}, "Nothing to fix first"),
        (
            {"estimate": [float("nan")] * 3, "level": ["too few answers"] * 3},
            "cannot be said: too few",
        ),
    ],
)
def test_what_is_not_sure_is_not_said_as_if_it_were(
    change: dict[str, Any], words: str, survey: Survey
) -> None:
    page = said(priorities(ranked(**change), survey, 12))
    assert words in page
    assert "Fix first" not in page


def test_the_table_of_criticality_marks_borrowed_importance(survey: Survey) -> None:
    page = said(priorities(ranked(), survey, 12))
    assert "Product range low 0 5,000 3.83 (3.80 to 3.86) 1.3% (1.0% to 1.7%) borrowed" in page
    page = said(priorities(ranked(), survey, 12), "it")
    assert "Consegna alta 97 4.000 3,67 (da 3,60 a 3,70) 7,3% (da " in page


def test_importance_says_how_much_is_explained(survey: Survey) -> None:
    rows = pd.DataFrame({"question": ["tp_delivery", "tp_website"], "n": [400, 300],
                         "estimate": [0.2, 0.1], "low": [0.15, 0.05], "high": [0.25, 0.15],
                         "share": [66.7, 33.3], "first": [99.6, 0.4], "vif": [1.0, 1.0],
                         "note": ["", "no effect of its own"]})  # fmt: skip
    page = said(importances(rows, survey, 12))
    assert (
        "weigh 30% among the reasons why customers' scores differ (up to 400 ratings each)" in page
    )
    assert "20.0% 15.0% to 25.0% 100 1.0" in page


def test_kinds_are_said_with_their_effects(survey: Survey) -> None:
    page = said(penalties(effects(["basic", "excitement", "not identified"]), survey, 12))
    assert "Basic: delivery. A bad rating goes with 2.0 points less" in page
    assert "(95% interval 1.8 to 2.2)" in page
    assert "Excitement: shop staff. An excellent rating goes with 1.1 points more" in page
    assert "For one touchpoint of 3 the kind cannot be said" in page
    assert "about alike" in said(penalties(effects(["performance"]), survey, 12))
    assert "Di base: consegna" in said(penalties(effects(["basic"]), survey, 12), "it")


def test_the_second_view_leaves_out_what_has_no_kind(survey: Survey) -> None:
    order = pd.DataFrame({"question": ["tp_delivery", "tp_app"], "performance": [3.6, 3.7],
                          "asymmetry": [-0.9, 0.0], "kind": ["basic", "not identified"],
                          "standing": ["low", "low"], "order": [1, None]})  # fmt: skip
    page = said(priorities_by_kind(order, survey))
    assert "1 Delivery basic: costs when bad 3.60 below the mean of all" in page
    assert "App" not in page
    assert "No second view" in said(priorities_by_kind(order.tail(1), survey))


@pytest.mark.parametrize(
    ("at_risk", "words"),
    [(True, "To improve: delivery has a mean rating of 3.67, below 4.00"),
     (False, "In order today: delivery"),
     (pd.NA, "Delivery: whether its mean rating, 3.67, is below 4.00")],
)  # fmt: skip
def test_a_moment_of_truth_is_told_with_its_risk(
    at_risk: object, words: str, survey: Survey
) -> None:
    page = said(moments(later("negative", at_risk), survey, 180))
    assert "Can lose customers: delivery (signal)" in page
    assert "within 180 days was 10.0 percentage points lower" in page
    assert "(interval corrected for the number of comparisons 6.6 to 13.4; 90 bad ratings)" in page
    assert "Can win" not in page
    assert words in page
    assert "may have been about to leave anyway" in page


def test_a_moment_both_ways_is_told_both_ways(survey: Survey) -> None:
    for outcome in ("ordered_again", "next_score", "stayed"):
        for language, words in [("en", ["lose", "win"]), ("it", ["perdere", "conquistare"])]:
            page = said(moments(later("both", pd.NA, outcome), survey, 180), language)
            assert all(word in page for word in words)


def test_no_moment_is_no_signal(survey: Survey) -> None:
    page = said(moments(later("none", True), survey, 180))
    assert "no touchpoint shows a large difference beyond chance (up to" in page
    assert "Can lose" not in page
    brief = said(moments_in_brief(later("none", True), survey, 180))
    assert "Ordering again within 180 days: no touchpoint shows a large difference" in brief
    assert "All answers up to October 2026 (24 periods) count here" in brief
    assert "-10.0 (-13.4 to -6.6)" in said(moments_in_brief(later("negative", True), survey, 180))


def test_a_part_of_the_answers_has_no_orders_of_its_own(survey: Survey) -> None:
    app = open_survey("demo", filters={"channel": ["app"]})
    nothing = company_retention(app)
    assert "looks at a part of the answers only" in said(summary(nothing, app))
    assert "none of the orders is a purchase" in said(summary(nothing, survey))


def test_a_section_without_data_says_why(survey: Survey) -> None:
    nothing = pd.DataFrame()
    for block in (priorities(nothing, survey, 1), importances(nothing, survey, 1),
                  penalties(nothing, survey, 1)):  # fmt: skip
        assert "No priorities" in said(block)
    assert "No moments of truth" in said(moments(nothing, survey, 180))
    assert "Nessun momento" in said(moments_in_brief(nothing, survey, 180), "it")
    assert "No second view" in said(priorities_by_kind(nothing, survey))


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_method_is_told(language: str, survey: Survey) -> None:
    page = said(method(survey), language)
    for words in ("Shapley", "Johnson", "Brandt 1988", "Holm"):
        assert words in page


@pytest.mark.parametrize(
    ("months", "words"),
    [(1, ["periods counted: 1,"]), (5, ["periods counted: 5,", "The last 5 periods"])],
)
def test_no_more_periods_are_counted_than_there_are(
    months: int, words: list[str], survey: Survey
) -> None:
    young = replace(survey, history=survey.history[-months:])
    page = said(priorities(ranked(), young, 12))
    assert all(text in page for text in words)
    assert ("count together" in page) == (months > 1)
