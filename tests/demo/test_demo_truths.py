"""The demo company's planted truths are found again by the report's own calls, and no others."""

from pathlib import Path

import pandas as pd
import pytest

import cxreport as cx
from cxreport.inputs.source import run
from cxreport.inputs.survey import Survey
from cxreport.scores.population import WEIGHT, margins, met_margins, weighted_answers

ROOT = Path(__file__).parents[2]
HEADLINE = ("nps", "csat", "ces", "needs", "ease", "enjoyability")


def opened(period: str = "") -> Survey:
    return cx.open_survey(ROOT / "data" / "demo" / "codebook.toml", period=period)


@pytest.fixture(scope="module")
def october() -> Survey:
    return opened()


@pytest.fixture(scope="module")
def march() -> Survey:
    return opened("2026-03")


def test_the_last_closed_month_is_october_2026(october: Survey) -> None:
    assert october.period.name == "2026-10"
    assert len(october.history) == 24


def test_the_outage_month_is_a_signal(march: Survey) -> None:
    questions = march.columns(*HEADLINE)
    board = cx.scoreboard(march.current, march.previous, questions).set_index("metric")
    assert bool(board.loc["ces", "signal"])
    by_channel = cx.break_down(march.current, march.previous, march.main_question, ["channel"])
    nps = by_channel["channel"].set_index("channel")
    assert nps.index[nps["signal"].fillna(value=False)].tolist() == ["phone"]
    assert nps.loc["phone", "difference"] < -50  # planted: 68 points below other months


def test_the_outage_stands_out_of_the_phone_control_chart(october: Survey) -> None:
    history = cx.score_history(
        october.responses, october.columns("ces"), october.history, by=["channel"]
    )
    chart = cx.chart_scores(history, breaks=october.breaks)
    worse = chart[(chart["signal"] == "outside") & (chart["direction"] == "concern")]
    assert worse[["channel", "period"]].to_numpy().tolist() == [["phone", "2026-03"]]


def test_a_month_that_moves_by_noise_alone_is_no_signal(october: Survey) -> None:
    board = cx.scoreboard(october.current, october.previous, october.columns(*HEADLINE))
    assert board.set_index("metric").loc["nps", "difference"] == pytest.approx(-5.4, abs=0.1)
    assert not board["signal"].fillna(value=False).any()


def test_the_channel_gap_is_found(october: Survey) -> None:
    scores = cx.nps(october.recent(7), "nps", by="channel")  # the months after the outage
    spread = cx.stats.consistency(scores).iloc[0]
    assert spread["p_value"] < 0.001
    assert spread["largest_gap_between"].endswith("phone")
    others = scores[scores["channel"] != "phone"]
    mean = (others["estimate"] * others["n"]).sum() / others["n"].sum()
    phone = scores.set_index("channel").loc["phone", "estimate"]
    assert mean - phone == pytest.approx(24, abs=9)  # planted 24; about 580 answers by phone


def test_the_over_represented_region_is_corrected(october: Survey) -> None:
    everyone = october.recent(24)
    answers, weight = weighted_answers(october, everyone)
    assert weight == WEIGHT
    raw = cx.nps(everyone, "nps")["estimate"].item()
    weighted = cx.nps(answers, "nps", weight=WEIGHT)["estimate"].item()
    assert raw - weighted == pytest.approx(2.3, abs=0.5)  # the README plants 2.3
    shares = cx.scores.compare_with_base(october).set_index(["variable", "level"])
    assert shares["ratio"].idxmax() == ("region", "Lombardia")


def test_raked_answers_have_the_shares_of_the_customers(october: Survey) -> None:
    answers, weight = weighted_answers(october, october.current)
    rows = run(answers.select("region", "channel", WEIGHT))
    assert weight == WEIGHT
    for variable, shares in margins(october).items():
        found = rows.groupby(variable)[WEIGHT].sum() / rows[WEIGHT].sum()
        pd.testing.assert_series_equal(
            found.sort_index(), pd.Series(shares).sort_index(), check_names=False, atol=1e-8
        )


def test_small_shops_are_not_shown_and_ranks_overlap(october: Survey) -> None:
    month = cx.scores.league_tables(october.current, october.main_question, ["shop"])["shop"]
    pienza = month.set_index("shop").loc["Pienza"]  # six answers in the month
    assert pienza["note"] == "suppressed"
    assert pd.isna(pienza["n"])
    year = cx.scores.league_tables(october.recent(12), october.main_question, ["shop"])["shop"]
    assert (year["rank_high"] - year["rank_low"]).median() > 5


def test_actions_stand_at_their_months(october: Survey) -> None:
    actions = cx.actions_of(october)
    assert actions["sign"].tolist() == list("ABCDEFG")
    assert actions.set_index("sign").loc["D", "period"] == "2026-03"


def test_a_new_wording_breaks_the_chart(october: Survey) -> None:
    assert october.breaks["ces"] == ["2025-05"]
    assert october.breaks["nps"] == []


def test_a_part_of_the_customers_is_not_weighted_to_the_whole() -> None:
    part = cx.open_survey(
        ROOT / "data" / "demo" / "codebook.toml", filters={"channel": ["app", "web"]}
    )
    assert margins(part) == {}
    assert cx.scores.weighted_scores(part, part.columns("nps")).empty
    assert cx.scores.compare_with_base(part).empty


def test_a_region_without_an_answer_is_not_weighted_for(october: Survey) -> None:
    rows = october.current
    without = rows.filter(rows.region != "Puglia")
    assert list(met_margins(october, without)) == ["channel"]
    assert weighted_answers(october, without)[1] == WEIGHT
    assert list(met_margins(october, rows.filter(rows.channel == "app"))) == ["region"]
