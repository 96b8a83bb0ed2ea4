"""The two public sources give the figures that were published, or counted twice by others."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from cxreport import ces, csat, nps, open_source, open_survey
from cxreport.inputs.source import run

if TYPE_CHECKING:
    from cxreport.inputs.survey import Survey

ROOT = Path(__file__).parents[2]
DATA = ROOT / os.environ.get("CXREPORT_PUBLIC_DATA", "../shared") / "data"
pytestmark = pytest.mark.skipif(
    not (DATA / "sfo").is_dir(), reason="no public data: set CXREPORT_PUBLIC_DATA to their folder"
)
OVERALL = {
    "2010": 3.925, "2011": 3.946, "2012": 3.998, "2013": 3.982,
    "2014": 3.996, "2015": 4.048, "2016": 4.038, "2017": 4.064,
}  # fmt: skip
DESIGN_EFFECT = {
    "2010": 1.153, "2013": 1.232, "2014": 1.372, "2015": 1.411, "2016": 1.228, "2017": 1.211,
}  # fmt: skip


def open_in_project(name: str) -> Survey:
    """Open a source of the project, whose default folder counts from the project's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return open_survey(name)


@pytest.fixture(scope="module")
def sfo() -> Survey:
    return open_in_project("sfo")


@pytest.fixture(scope="module")
def nhs() -> Survey:
    return open_in_project("nhs")


def test_sfo_2017_recommends(sfo: Survey) -> None:
    assert sfo.period.name == "2017"
    score = nps(sfo.current, "recommend").iloc[0]
    counted = ["promoters", "passives", "detractors", "n", "missing", "invalid"]
    assert score[counted].tolist() == [1436, 968, 342, 2746, 85, 0]
    interval = score[["estimate", "low", "high"]].tolist()
    assert interval == pytest.approx([39.84, 37.18, 42.41], abs=0.005)


def test_sfo_2017_recommends_by_weight(sfo: Survey) -> None:
    score = nps(sfo.current, "recommend", weight="weight").iloc[0]
    assert score["estimate"] == pytest.approx(40.40, abs=0.005)
    assert score["std_error"] == pytest.approx(1.445, abs=0.001)


def test_sfo_blanks_of_2017_are_counted_apart(sfo: Survey) -> None:
    codes = sfo.dataset.answers_by_code
    blank = codes[(codes["column"] == "recommend") & (codes["meaning"] == "missing")]
    assert dict(zip(blank["code"], blank["n"], strict=True)) == {"11": 84, "": 1}


def test_sfo_is_satisfied_in_every_wave(sfo: Survey) -> None:
    scores = csat(sfo.responses, "overall", by="wave").set_index("wave")
    assert scores["mean"].to_dict() == pytest.approx(OVERALL, abs=0.0005)
    assert scores.loc["2017", "estimate"] == pytest.approx(82.07, abs=0.005)


def test_sfo_2012_restaurants_without_the_codes_for_no_answer(sfo: Survey) -> None:
    score = csat(sfo.responses, "restaurants", by="wave").set_index("wave").loc["2012"]
    assert score["n"] == 2821
    assert score["mean"] == pytest.approx(3.643, abs=0.0005)


def test_sfo_2017_security_by_problem(sfo: Survey) -> None:
    scores = ces(sfo.current, "security", by="problem", scale=(1, 5), favourable_from=4)
    means = scores.dropna(subset="problem").set_index("problem")["mean"].to_dict()
    assert means == pytest.approx({"1": 3.860, "2": 4.382}, abs=0.0005)


def test_sfo_weights_cost_what_kish_says(sfo: Survey) -> None:
    weights = run(sfo.responses.select("wave", "weight")).dropna()
    effect = {
        str(wave): len(w) * (w**2).sum() / w.sum() ** 2
        for wave, w in weights.groupby("wave")["weight"]
    }
    without = {"2011": 1.0, "2012": 1.0}  # years without weights: each answer counts once
    assert effect == pytest.approx(DESIGN_EFFECT | without, abs=0.0005)


def test_sfo_has_nothing_unexplained(sfo: Survey) -> None:
    assert sfo.dataset.problems.empty
    assert set(sfo.dataset.answers_by_code["meaning"]) == {"valid", "missing"}


def test_nhs_ratings_by_respondent(nhs: Survey) -> None:
    rated = run(nhs.responses.rating.value_counts(name="n")).dropna()
    by_rating = dict(zip(rated["rating"], rated["n"], strict=True))
    assert by_rating == {1: 2875, 2: 729, 3: 203, 4: 172, 5: 248}


def test_nhs_no_answers_by_respondent(nhs: Survey) -> None:
    without = run(nhs.responses.filter(nhs.responses.rating.isnull()).select("response_id"))
    raw = pd.read_parquet(DATA / "nhs_feedback" / "nhs_px_v6.parquet")
    once = raw.drop_duplicates("Respondent ID").set_index("Respondent ID")
    codes = once.loc[without["response_id"], "FFT categorical answer"].astype(int)
    assert codes.value_counts().to_dict() == {7: 225, 6: 14}


def test_nhs_rates_one_as_the_best(nhs: Survey) -> None:
    score = csat(nhs.responses, "rating", scale=(5, 1)).iloc[0]
    assert score[["n", "favourable"]].tolist() == [4227, 2875 + 729]


def test_nhs_problems_are_accepted_with_a_reason(nhs: Survey) -> None:
    problems: Any = nhs.dataset.problems
    assert set(problems["severity"]) == {"note"}
    accepted = problems[problems["accepted_en"] != ""]
    assert sorted(accepted["problem"]) == ["date-unreadable", "rows-contradict"]


def test_the_codes_of_nhs_are_counted_once_a_respondent() -> None:
    codes = open_source(ROOT / "data" / "nhs" / "codebook.toml").answers_by_code
    rating = codes[codes["column"] == "rating"].set_index("code")["ids"]
    assert rating.to_dict() == {
        "1": 2875, "2": 729, "3": 203, "4": 172, "5": 248, "6": 14, "7": 225,
    }  # fmt: skip
