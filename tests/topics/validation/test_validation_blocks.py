"""What a page says of the measures themselves, in both languages."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cxreport import open_survey
from cxreport.show.render import render
from cxreport.topics.validation import (
    bridges,
    coefficients,
    method,
    one_answer_to_all,
    returns,
    scale_ends,
)

if TYPE_CHECKING:
    from cxreport.inputs.survey import Survey
    from cxreport.show.blocks import Block


@pytest.fixture(scope="module")
def survey() -> Survey:
    return open_survey("demo", period="2026-10")


def said(block: Block, language: str = "en") -> str:
    text = re.sub(r"<[^>]*>", " ", str(render(block, language, prefix="b")))
    return " ".join(unescape(text).split())


def battery(low: float, high: float) -> pd.DataFrame:
    numbers = {"alpha": (low + high) / 2, "alpha_low": low, "alpha_high": high}
    numbers |= {"agreement": 0.5, "agreement_low": 0.4, "agreement_high": 0.6}
    row = {"question": "pyramid", "items": 3, "n": 90, "left_out": 7, **numbers, "note": ""}
    return pd.DataFrame([row])


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.5, 0.69, "only loosely"),
        (0.6, 0.8, "cannot be said"),
        (0.7, 0.96, "may be read as one thing"),
        (0.951, 0.97, "say nearly the same"),
        (float("nan"), float("nan"), "do not differ from each other in their mean"),
    ],
)
def test_alpha_is_judged_by_its_whole_interval(
    low: float, high: float, words: str, survey: Survey
) -> None:
    assert words in said(coefficients(battery(low, high), survey, 12))


@pytest.mark.parametrize(
    ("n", "alpha", "english", "italian"),
    [
        (0, float("nan"), "nobody answered all questions", "nessuno ha risposto"),
        (1, float("nan"), "one respondent answered", "una sola persona"),
        (90, float("nan"), "the 90 respondents who answered", "non differiscono"),
        (90, 1.0, "alpha is 1, and has no interval", "alfa è 1, senza intervallo"),
    ],
)
def test_the_reason_why_alpha_says_nothing_is_the_true_one(
    n: int, alpha: float, english: str, italian: str, survey: Survey
) -> None:
    nothing = float("nan")
    found = battery(nothing, nothing).assign(n=n, alpha=alpha)
    block = coefficients.__wrapped__(found, survey, 12)  # a real page hides so few
    assert english in said(block)
    assert italian in said(block, "it")


def test_coefficients_are_written_with_two_decimals(survey: Survey) -> None:
    page = said(coefficients(battery(0.5, 0.62), survey, 12), "it")
    assert "0,56 da 0,50 a 0,62" in page


def test_ends_of_scales_are_told_where_they_hold_most_answers(survey: Survey) -> None:
    ends = {"best": [60.0, 50.0], "worst": [1.0, 2.0]}
    ends |= {f"{end}_{side}": [0.5, 99.0] for end in ("best", "worst") for side in ("low", "high")}
    shares = {"missing_share": [1.0, 2.0], "invalid_share": [0.0, 0.0]}
    used = pd.DataFrame({"question": ["nps", "tp_app"], "n": [9, 8], **ends, **shares})
    page = said(scale_ends(used, survey, 12))
    assert "on one question of 2, more than half" in page
    assert "Worst end" not in page
    assert "60.0% (0.5% to 0.5%)" in page
    assert "Best end: more than half" in said(scale_ends(used.head(1), survey, 12))
    assert "have room on both sides" in said(scale_ends(used.tail(1), survey, 12))


@pytest.mark.parametrize(
    ("signal", "words"),
    [
        (True, "mixes wording and time"),
        (False, "cancelled"),
        ("too few answers", "cannot be said: too few answers on one side."),
        ("no variance", "cannot be said: the answers are too much alike"),
    ],
)
def test_a_new_wording_is_never_told_as_its_effect(
    signal: bool | str, words: str, survey: Survey
) -> None:
    note = signal if isinstance(signal, str) else ""
    windows = {"before_first": "2024-11", "before_last": "2025-04"}
    windows |= {"after_first": "2025-05", "after_last": "2025-10"}
    row = {"question": "ces", "changed_on": "2025-05-01", **windows, "metric": "ces", "n": 1,
           "n_reference": 1200, "estimate": 70.0, "estimate_reference": 75.0, "difference": -5.0,
           "low": -9.0, "high": -1.0, "signal": None if note else signal, "note": note}  # fmt: skip
    page = said(bridges(pd.DataFrame([row]), survey))
    assert words in page
    assert "Nov 2024 – Apr 2025, 1,200 answers" in page
    assert "May 2025 – Oct 2025, 1 answer" in page
    assert "May 1, 2025" in page


def by_class(again: list[int], before: list[int]) -> pd.DataFrame:
    frames = []
    for metric, counts in [("ordered_again", again), ("ordered_before", before)]:
        shares = pd.Series(counts, dtype=float)
        error = (shares * (100 - shares) / 100) ** 0.5
        rows = {"answer": ["detractors", "passives", "promoters"], "metric": metric, "n": 100,
                "favourable": counts, "not_observable": 4, "unknown": 0, "estimate": shares,
                "std_error": error, "low": shares - 9, "high": shares + 9, "n_effective": 100.0,
                "weighted": False, "note": ""}  # fmt: skip
        frames.append(pd.DataFrame(rows))
    return pd.concat(frames, ignore_index=True)


def test_behaviour_is_told_as_association_with_its_check(survey: Survey) -> None:
    page = said(returns(by_class([40, 55, 70], [60, 60, 60]), survey, 180))
    assert "70.0% of promoters and 40.0% of detractors ordered again" in page
    assert "association, not cause" in page
    assert "12 answers are not yet observable" in page
    assert "as it should be" in page
    warned = said(returns(by_class([40, 55, 70], [40, 55, 70]), survey, 180), "it")
    assert "differivano già" in warned


def test_no_difference_and_nothing_to_test_are_told_apart(survey: Survey) -> None:
    assert "no more than chance would make" in said(
        returns(by_class([60, 60, 61], [60, 60, 60]), survey, 90)
    )
    nobody = by_class([0, 0, 0], [0, 0, 0])
    page = said(returns(nobody, survey, 90))
    assert "cannot be said: 0.0% of promoters and 0.0% of detractors did" in page
    alone = nobody.assign(n=[100, 100, 1] * 2, favourable=[40, 40, 1] * 2)
    block = returns.__wrapped__(alone, survey, 90)
    assert "cannot be said: too few answers whose 90 days are over." in said(block)
    assert "troppo poche risposte con 90 giorni già trascorsi." in said(block, "it")


def test_a_section_without_data_says_why(survey: Survey) -> None:
    nothing = pd.DataFrame()
    assert "No reliability" in said(coefficients(nothing, survey, 12))
    assert "No use of scales" in said(scale_ends(nothing, survey, 12))
    assert "fewer than two scores were asked" in said(one_answer_to_all(nothing, survey, 12))
    unanswered = one_answer_to_all.__wrapped__(pd.DataFrame({"n": [0]}), survey, 12)
    assert "nobody answered all the scores" in said(unanswered)
    assert "nessuno ha dato tutti i punteggi" in said(unanswered, "it")
    assert "No change of wording" in said(bridges(nothing, survey))
    assert "it needs orders" in said(returns(nothing, survey, 180))


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_method_is_told(language: str, survey: Survey) -> None:
    assert "Nunnally 1978" in said(method(survey), language)
