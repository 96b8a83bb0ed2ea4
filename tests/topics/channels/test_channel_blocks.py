"""What a page says of the channels, in both languages."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cxreport import open_survey
from cxreport.show.render import render
from cxreport.topics.channels import frictions, months, scores, several, stages

if TYPE_CHECKING:
    from cxreport.inputs.survey import Survey
    from cxreport.show.blocks import Block

NAN = float("nan")


@pytest.fixture(scope="module")
def survey() -> Survey:
    return open_survey("demo", period="2026-10")


def html(block: Block, language: str = "en") -> str:
    return str(render(block, language, prefix="b"))


def said(block: Block, language: str = "en") -> str:
    text = re.sub(r"<svg.*?</svg>", " ", html(block, language), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())


def channels(signal: object) -> pd.DataFrame:
    frame = pd.DataFrame({"group": ["web", "phone"], "question": "nps", "metric": "nps", "n": 90})
    numbers = {"estimate": [40.0, 10.0], "low": [30.0, 0.0], "high": [50.0, 20.0]}
    gaps = {"difference": [30.0, -30.0], "difference_low": [20.0, -40.0], "p_value": 0.01}
    return frame.assign(
        **numbers, **gaps, difference_high=[40.0, -20.0], estimate_reference=[10.0, 40.0],
        signal=signal, note="",
    )  # fmt: skip


def test_channels_that_differ_are_named_the_weakest_first(survey: Survey) -> None:
    told = said(scores(channels([True, True]), survey, 12), "it")
    assert told.index("Più debole degli altri canali: telefono") < told.index("Più forte")
    assert "all answers 25.0" in html(scores(channels([True, True]), survey, 12))
    assert "more than chance would make it" in said(scores(channels([False, None]), survey, 12))
    assert "cannot be compared" in said(scores(channels(False).head(1), survey, 12))


def test_only_months_outside_the_limits_are_told(survey: Survey) -> None:
    chart = pd.DataFrame(
        {
            "channel": "phone", "question": "nps", "metric": "nps", "n": 80,
            "low": 0.0, "high": 9.0,
            "period": ["2026-02", "2026-03"], "estimate": [19.0, -61.0], "centre": 13.0,
            "lower": -9.0, "upper": 36.0, "signal": ["one-side", "outside"],
            "direction": ["improvement", "concern"], "note": "",
        }
    )  # fmt: skip
    told = said(months(chart, survey))
    assert "March 2026, phone: NPS -61.0 (80 answers), below the usual variation" in told
    assert "Feb 2026" not in told
    none = said(months(chart.head(1), survey))
    assert "In 1 periods no channel left its usual variation" in none


def matrix(phone: float) -> pd.DataFrame:
    frame = pd.DataFrame({"stage": "purchase", "channel": ["app", "phone"], "measure": "ease"})
    numbers = {"estimate": [80.0, phone], "low": [75.0, phone - 5], "high": [85.0, phone + 5]}
    return frame.assign(n=200, count=100, **numbers, open=0, note="")


def test_a_channel_is_behind_only_if_it_stands_apart(survey: Survey) -> None:
    behind = said(stages(matrix(60), survey, 12))
    assert "Less easy than in the other channels: purchase by phone, 60.0%" in behind
    assert "Purchase: each channel" in behind
    assert "clearly less easy than all others" in said(stages(matrix(74), survey, 12))


def test_a_small_cell_says_why_it_is_empty(survey: Survey) -> None:
    few = matrix(60).assign(estimate=[80.0, NAN], low=[75.0, NAN], high=[85.0, NAN])
    few["note"] = ["", "too few answers"]
    assert "too few answers" in said(stages(few, survey, 12))


def test_friction_names_signals_and_what_cannot_be_said(survey: Survey) -> None:
    frame = pd.DataFrame(
        {
            "measure": ["errors"] * 3 + ["transfers"] * 3, "unit": "journeys",
            "group": ["all", "digital", "assisted"] * 2, "n": 100, "count": 30,
            "estimate": [30.0, 40.0, 10.0, 1.0, 2.0, 0.0], "std_error": [3.0, 4.0, 2.0, 1, 1, 0],
            "low": 1.0, "high": 50.0, "dispersion": 1.0, "open": [7] * 6, "note": "",
        }
    )  # fmt: skip
    told = said(frictions(frame, survey, 12))
    assert "Errors: 40.0 in 100 that begin digitally, 10.0 in 100 that begin with people" in told
    assert "so 4.00 times as many" in told
    assert "Hand-overs: digital ones and those with people cannot be compared" in told
    assert "7 journeys or requests may still go on" in told


@pytest.mark.parametrize(
    ("signal", "words"),
    [(False, "No sign that several channels make customers more loyal"), (True, "a signal")],
)
def test_several_channels_are_told_as_the_test_says(
    signal: bool, words: str, survey: Survey
) -> None:
    row = {"outcome": "ordered_again", "n_several": 50, "n_one": 40, "several": 48.0, "one": 34.0,
           "raw": 14.0, "raw_low": 11.0, "raw_high": 16.0, "compared": 50, "estimate": 0.5,
           "std_error": 1.0, "low": -1.5, "high": 2.5, "p_value": 0.6, "signal": signal,
           "note": ""}  # fmt: skip
    told = said(several(pd.DataFrame([row]), survey, 6))
    assert words in told
    assert "+14.0 (+11.0 to +16.0)" in told


@pytest.mark.parametrize(
    "call",
    [
        lambda survey: stages(pd.DataFrame(), survey, 12),
        lambda survey: frictions(pd.DataFrame(), survey, 12),
        lambda survey: several(pd.DataFrame(), survey, 6),
        lambda survey: months(pd.DataFrame(), survey),
    ],
)
def test_what_cannot_be_shown_is_a_note_in_both_languages(call: object, survey: Survey) -> None:
    block = call(survey)  # type: ignore[operator]
    assert block.kind == "note"
    assert said(block, "en") != said(block, "it")
