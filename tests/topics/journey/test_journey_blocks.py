"""What a page says of the journey, in both languages."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from cxreport import open_survey
from cxreport.show.render import render
from cxreport.topics.journey import (
    STAGES,
    asked,
    expected,
    first_drops,
    kept,
    memory,
    rated,
    steps,
)

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


def stages(*estimates: float) -> pd.DataFrame:
    """Return ratings of the five stages, each five points sure."""
    frame = pd.DataFrame({"stage": list(STAGES), "estimate": estimates, "n": 90, "ratings": 90})
    frame = frame.assign(low=frame["estimate"] - 5, high=frame["estimate"] + 5, touchpoints=1)
    return frame.assign(note=np.where(frame["estimate"].isna(), "not measured", ""))


def test_the_weakest_stage_is_named_only_if_it_stands_apart(survey: Survey) -> None:
    apart = said(rated(stages(60, 70, 80, 40, NAN), survey, 12))
    assert "Weakest stage: retention. Of its ratings 40.0% are favourable" in apart
    assert "the lowest" in apart
    near = said(rated(stages(60, 70, 80, 55, NAN), survey, 12))
    assert "Lowest rated: retention" in near
    assert "cannot be told apart from: awareness." in near
    assert "the lowest" not in near


def test_a_stage_nobody_rates_is_shown_as_not_measured(survey: Survey) -> None:
    block = rated(stages(60, 70, NAN, 40, NAN), survey, 12)
    page = html(block, "it")
    assert page.count('class="unmeasured"') == 2
    assert page.count("<li") == 5 + 3  # the strip and three sentences
    told = said(block, "it")
    assert "Non misurate: acquisto, passaparola." in told
    assert " 0,0%" not in told


def test_without_ratings_there_is_a_note(survey: Survey) -> None:
    assert "no touchpoint rating" in said(rated(stages(*[NAN] * 5), survey, 12))


def drops(signal: dict[str, float]) -> pd.DataFrame:
    """Return first drops, 40 of 200 at each stage; ``signal`` has the surplus of those certain."""
    frame = pd.DataFrame({"stage": [*STAGES[:4], "no drop"], "n": 200, "unjudged": 3, "rated": 180})
    surplus = frame["stage"].map(signal).fillna(0.0)
    numbers = {"first": 40, "estimate": 20.0, "low": 15.0, "high": 26.0, "p_value": 0.01}
    return frame.assign(
        **numbers, expected=20 - surplus, difference=surplus,
        difference_low=surplus - 4, difference_high=surplus + 4, signal=frame["stage"].isin(signal),
        others=12.0, gap=8.0, gap_low=[-1.0, -1.0, -1.0, 2.0, -1.0], gap_high=15.0, note="",
    )  # fmt: skip


def test_a_first_drop_is_told_against_chance_and_the_others(survey: Survey) -> None:
    told = said(first_drops(drops({"retention": 9.0}), survey, 12))
    assert "It begins at: retention. For 20.0% of 200 detractors" in told
    assert "than chance alone would make it (11.0%; +9.0 points" in told
    assert "+5.0 to +13.0)" in told
    assert "among the other customers (12.0%; +8.0 points" in told
    assert "3 detractors rated fewer than two stages" in told


def test_a_drop_that_everybody_shares_is_no_finding(survey: Survey) -> None:
    told = said(first_drops(drops({"purchase": 9.0}), survey, 12))
    assert "No finding on detractors: purchase" in told
    assert "At no stage do detractors' ratings first fall" in told
    assert "It begins" not in told


def test_without_others_chance_alone_is_told(survey: Survey) -> None:
    lonely = drops({"retention": 9.0}).assign(others=NAN, gap=NAN, gap_low=NAN, gap_high=NAN)
    told = said(first_drops(lonely, survey, 12))
    assert "It begins at: retention" in told
    assert "other customers (" not in told


def test_a_stage_below_chance_is_no_beginning(survey: Survey) -> None:
    told = said(first_drops(drops({"consideration": -9.0}), survey, 12))
    assert "At no stage do detractors' ratings first fall" in told
    assert "It begins" not in told


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(-9.0, -6.0, "The mean of all moments says more"), (3.0, 6.0, "Peak and end say more"),
     (-2.0, 2.0, "cannot be said")],
)  # fmt: skip
def test_peak_and_end_win_or_lose_or_neither(
    low: float, high: float, words: str, survey: Survey
) -> None:
    names = ["mean", "peak", "end", "best", "worst", "peak and end"]
    frame = pd.DataFrame({"summary": names, "n": 500, "estimate": 20.0, "low": 18.0, "high": 22.0})
    frame = frame.assign(difference=(low + high) / 2, difference_low=low, difference_high=high)
    assert words in said(memory(frame.assign(signal=low * high > 0, note=""), survey, 12))


def expectations(worse: float, better: float) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"answer": ["worse", "as", "better"], "n": 300, "count": 100, "nps_n": 100}
    )
    change = pd.Series([worse, NAN, better])
    numbers = {"estimate": 33.3, "low": 28.0, "high": 39.0, "p_value": 0.01, "note": ""}
    limits = {"difference_low": change - 5, "difference_high": change + 5}
    score = 20 + change.fillna(0)
    return frame.assign(
        **numbers, nps=score, nps_low=score - 4, nps_high=score + 4, difference=change, **limits,
        signal=pd.array([True, None, True], dtype="boolean"),
    )  # fmt: skip


def test_disappointment_and_surprise_are_weighed_by_their_intervals(survey: Survey) -> None:
    heavier = said(expected(expectations(-60, 20), survey, 12))
    assert "A disappointment weighs more" in heavier
    assert "(-60.0 and +20.0 points" in heavier
    assert "A nice surprise weighs more" in said(expected(expectations(-20, 60), survey, 12))
    assert "cannot be said" in said(expected(expectations(-25, 20), survey, 12))


def promised(n: int = 100) -> pd.DataFrame:
    counts = {"n": n, "kept": 80, "late": 15, "overdue": 5, "open": 1, "unpromised": 0}
    row = {"group": "", **counts, "cancelled": 0, "impossible": 2, "estimate": 80.0, "low": 71.0}
    return pd.DataFrame([row | {"high": 87.0, "note": ""}])


@pytest.mark.parametrize(
    ("hours", "words"),
    [(30.0, "30.0 hours late or more"), (72.0, "3.0 days late or more")],
)
def test_lateness_is_told_in_hours_or_days(hours: float, words: str, survey: Survey) -> None:
    late = pd.DataFrame({"quantile": [0.5, 0.9], "estimate": [hours, 2 * hours]})
    told = said(kept(promised(), late, survey, 12))
    assert words in told
    assert "5 are past their promise and not there" in told
    assert "One order is not due yet" in told
    assert "2 orders are dated impossibly" in told
    assert "All orders" in told


def test_lateness_that_is_not_known_is_not_told(survey: Survey) -> None:
    late = pd.DataFrame({"quantile": [0.5, 0.9], "estimate": [30.0, NAN]})
    assert "late or more" not in said(kept(promised(), late, survey, 12))
    assert "not yet observable" in said(kept(promised(0), late, survey, 12))


def log(**found: int) -> pd.DataFrame:
    names = ["no journey", "no time", "no state", "after the end", "same moment", "out of order"]
    counts = [found.get(name.replace(" ", "_"), 0) for name in names]
    return pd.DataFrame({"problem": names, "n": 90, "found": pd.array(counts, dtype="Int64")})


def paths() -> pd.DataFrame:
    rows = [("start", "visit", "start", 100, 100), ("visit", "end", "end", 100, 70),
            ("visit", "purchase", "step", 100, 30), ("purchase", "end", "end", 30, 30)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["before", "after", "kind", "n", "times"])
    share = 100 * frame["times"] / frame["n"]
    return frame.assign(estimate=share, low=share - 5, high=share, edges=1, open=0, note="")


def test_the_end_after_a_purchase_is_no_loss(survey: Survey) -> None:
    told = said(steps(paths(), log(no_journey=5), ["purchase"], survey, 12))
    assert "after “visit”, 70.0% go no further" in told
    assert "5 events that belong to no visit" in told
    assert "No event is without a time" in told
    lost = said(steps(paths(), log(), [], survey, 12))
    assert "largest share leaves: after “purchase”" in lost


def test_events_in_doubt_are_named_and_counted(survey: Survey) -> None:
    faults = log(after_the_end=3, out_of_order=2)
    told = said(steps(paths(), faults, ["purchase"], survey, 12), "it")
    assert "3 eventi datati dopo la fine dei dati" in told
    assert "2 eventi sono stati registrati dopo" in told
    assert "Nessun evento è senza" not in told


def test_a_stage_outside_the_codebook_is_named(survey: Survey) -> None:
    frame = pd.DataFrame(
        {
            "stage": ["purchase", "purchase", "odd"], "touchpoint": ["checkout", "delivery", "app"],
            "channel": "web", "n": [0, 8, 4], "uses": pd.array([90, 50, 0], dtype="Int64"),
            "invited": pd.array([None] * 3, dtype="Int64"), "estimate": NAN, "low": NAN,
            "high": NAN, "last_answer": pd.Timestamp("2026-10-03"),
            "note": ["not measured", "", "stage not in the map"],
        }
    )  # fmt: skip
    told = said(asked(frame, survey, 12))
    assert "Of 3 ways in which customers meet us" in told
    assert "2 are followed by a questionnaire" in told
    assert "checkout (website), 90 contacts" in told
    assert "4 answers name a stage that is not in the codebook (odd)" in told
    assert "no questionnaire" in told


@pytest.mark.parametrize(
    "call",
    [
        lambda survey: asked(pd.DataFrame(), survey, 12),
        lambda survey: steps(pd.DataFrame(), log(), [], survey, 12),
        lambda survey: first_drops(pd.DataFrame(), survey, 12),
        lambda survey: memory(pd.DataFrame(), survey, 12),
        lambda survey: expected(pd.DataFrame(), survey, 12),
        lambda survey: kept(pd.DataFrame(), pd.DataFrame(), survey, 12),
    ],
)
def test_what_cannot_be_shown_is_a_note_in_both_languages(call: object, survey: Survey) -> None:
    block = call(survey)  # type: ignore[operator]
    assert block.kind == "note"
    assert said(block, "en") != said(block, "it")
