"""NPS: the cases of papers and of R, the edges, and what must hold for every small sample."""

import itertools
import math
import re

import numpy as np
import pandas as pd
import pytest
from score_samples import case, recommended

from cxreport.errors import CxError
from cxreport.scores.scores import nps

LIMITS = ["low", "high"]


def test_published_score_and_error() -> None:
    expected, tolerance = case("nps-01")["expected"], case("nps-01")["tolerance"]
    row = nps(recommended(case("nps-01")["input"]["counts_det_pas_pro"]), "score").iloc[0]
    assert row["estimate"] / 100 == pytest.approx(expected["nps"], abs=tolerance["nps"])
    assert row["std_error"] / 100 == pytest.approx(expected["se"], abs=tolerance["se"])
    assert row["n"] * row["std_error"] ** 2 / 1e4 == pytest.approx(expected["variance"], abs=1e-12)


def test_each_score_has_its_class() -> None:
    given, expected = case("nps-03")["input"]["scores"], case("nps-03")["expected"]
    frame = nps(pd.DataFrame({"score": given}), "score", by="score")
    counts = frame[["detractors", "passives", "promoters"]]
    named = counts.rename(columns=lambda name: name.removesuffix("s").capitalize())
    assert named.idxmax(axis="columns").tolist() == expected["category"]
    assert (counts.sum(axis="columns") == 1).all()
    whole = nps(pd.DataFrame({"score": given}), "score").iloc[0]
    assert whole["estimate"] / 100 == pytest.approx(expected["nps"], abs=1e-12)


def test_wald_as_in_r() -> None:
    expected = case("nps-04")["expected"]
    row = nps(recommended(case("nps-04")["input"]["counts"]), "score", interval="wald").iloc[0]
    assert row["estimate"] / 100 == pytest.approx(expected["nps"], abs=1e-9)
    assert row["std_error"] / 100 == pytest.approx(expected["se"], abs=1e-9)
    assert (row[LIMITS] / 100).tolist() == pytest.approx(expected["ci"], abs=1e-9)


@pytest.mark.parametrize("level", [0.90, 0.95, 0.99])
def test_adjusted_wald_as_in_r(level: float) -> None:
    row = nps(recommended(case("nps-05")["input"]["counts"]), "score", level=level).iloc[0]
    expected = case("nps-05")["expected"][f"ci{round(100 * level)}"]
    assert (row[LIMITS] / 100).tolist() == pytest.approx(expected, abs=1e-9)


def test_estimate_stays_raw_beside_an_adjusted_interval() -> None:
    expected = case("nps-06")["expected"]
    row = nps(recommended(case("nps-06")["input"]["counts"]), "score").iloc[0]
    assert row["estimate"] / 100 == pytest.approx(expected["nps_reported"], abs=1e-9)
    assert (row[LIMITS] / 100).tolist() == pytest.approx(expected["ci95"], abs=1e-9)


def test_interval_is_cut_at_the_scale() -> None:
    frame = nps(recommended(*case("nps-08")["input"]["cases"]), "score", by="group")
    expected = np.ravel(case("nps-08")["expected"]["ci95_clipped_to_scale"])
    assert (frame[LIMITS] / 100).to_numpy().ravel() == pytest.approx(expected, abs=1e-9)
    assert frame["note"].tolist() == ["all answers in one class"] * 2


@pytest.mark.parametrize("name", ["nps-09", "nps-11"])
def test_score_interval_is_that_of_tango(name: str) -> None:
    rows = recommended(*case(name)["input"]["cases"])
    frame = nps(rows, "score", by="group", interval="score")
    expected = np.ravel(case(name)["expected"]["ci95"])
    assert (frame[LIMITS] / 100).to_numpy().ravel() == pytest.approx(expected, abs=2e-6)


def test_everybody_passive() -> None:
    expected, rows = case("nps-12")["expected"], recommended((0, 10, 0))
    wald = nps(rows, "score", interval="wald").iloc[0]
    adjusted = nps(rows, "score").iloc[0]
    assert wald[LIMITS].tolist() == expected["wald_ci"]
    assert (adjusted[LIMITS] / 100).tolist() == pytest.approx(expected["adjusted_wald_ci"])


def test_weighted_as_in_r_survey() -> None:
    given, expected = case("nps-17")["input"], case("nps-17")["expected"]
    row = nps(pd.DataFrame(given), "scores", weight="weights").iloc[0]
    assert row["estimate"] / 100 == pytest.approx(expected["nps"], abs=1e-9)
    assert row["std_error"] / 100 == pytest.approx(expected["se"], abs=1e-9)
    reach = 1.959963984540054 * row["std_error"]
    normal = [(row["estimate"] - reach) / 100, (row["estimate"] + reach) / 100]
    assert normal == pytest.approx(expected["ci95_normal"], abs=1e-9)
    assert row["n_effective"] == pytest.approx(expected["n_eff_kish"], abs=1e-9)
    assert row[["detractors", "passives", "promoters"]].tolist() == [3, 3, 6]


def test_equal_weights_change_nothing() -> None:
    rows = recommended((2, 3, 5), (0, 0, 4), (1, 1, 1)).assign(weight=3)
    plain, weighted = (
        nps(rows, "score", by="group"),
        nps(rows, "score", by="group", weight="weight"),
    )
    same = ["n", "detractors", "passives", "promoters", "note"]
    pd.testing.assert_frame_equal(weighted[same], plain[same])
    assert weighted["estimate"].tolist() == pytest.approx(plain["estimate"].tolist(), abs=1e-12)
    assert weighted["n_effective"].tolist() == pytest.approx([10, 4, 3], abs=1e-12)
    pd.testing.assert_frame_equal(weighted[LIMITS], plain[LIMITS], atol=1e-9)


def test_weighted_answers_in_one_class_keep_a_width() -> None:
    rows = pd.DataFrame({"score": [10] * 10, "weight": [2.0] * 10})
    row = nps(rows, "score", weight="weight").iloc[0]
    # Ten equal weights are ten answers: R's adjusted interval of 0/0/10 (case nps-08).
    assert row[LIMITS].tolist() == pytest.approx([47.50355154479, 100], abs=1e-9)
    assert row["std_error"] == 0


@pytest.mark.parametrize("interval", ["adjusted-wald", "score", "wald"])
def test_interval_holds_the_estimate_from_two_answers_on(interval: str) -> None:
    triples = [c for c in itertools.product(range(13), repeat=3) if 2 <= sum(c) <= 12]
    frame = nps(recommended(*triples), "score", by="group", interval=interval)
    assert len(frame) == len(triples)
    assert (frame["low"] <= frame["estimate"]).all()
    assert (frame["estimate"] <= frame["high"]).all()
    assert frame[LIMITS].abs().max(axis=None) <= 100


def test_one_answer_alone_may_lie_outside() -> None:
    row = nps(recommended((0, 0, 1)), "score").iloc[0]
    # (7/4 - 3/4) / 4 = 1/4; its variance ((7/4 + 3/4) / 4 - 1/16) / 4 = 9/64.
    assert row["high"] == pytest.approx(25 + 1.959963984540054 * 37.5)
    assert row["estimate"] == 100
    assert math.isnan(row["std_error"])
    assert row["note"] == "one answer"


def test_hand_count_of_ten_rows() -> None:
    rows = pd.DataFrame({"score": ["9", "10.0", " 8 ", "07", "0", "", None, "11", "7.5", "Blank"]})
    row = nps(rows, "score").iloc[0]
    assert row[["n", "missing", "invalid"]].tolist() == [5, 2, 3]
    assert row[["detractors", "passives", "promoters"]].tolist() == [1, 2, 2]
    assert row["estimate"] == 20


def test_columns_are_those_promised() -> None:
    frame = nps(recommended((1, 2, 3)), "score", by="group")
    assert list(frame) == [
        *("group", "metric", "n", "missing", "invalid", "detractors", "passives", "promoters"),
        *("estimate", "std_error", "low", "high", "n_effective", "weighted", "note"),
    ]


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"interval": "bootstrap"}, "unknown interval"),
        ({"interval": "score", "weight": "weight"}, "not for weighted answers"),
        ({"level": 95}, "not a confidence level"),
        ({"level": 0}, "not a confidence level"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, object], what: str) -> None:
    rows = pd.DataFrame({"score": [9], "weight": [1]})
    with pytest.raises(CxError, match=re.escape(what)):
        nps(rows, "score", **options)


def test_text_that_is_mostly_invalid_says_so() -> None:
    """Three of ten texts are scores: their NPS is not that of the ten."""
    texts = ["9", "10", "0", "very likely", "likely", "no", "yes", "maybe", "ok", "never", None]
    row = nps(pd.DataFrame({"score": texts}), "score").iloc[0]
    assert (row["n"], row["invalid"], row["note"]) == (3, 7, "mostly invalid answers")
    half = nps(pd.DataFrame({"score": ["9", "0", "yes", "no"]}), "score").iloc[0]
    assert half["note"] == ""
