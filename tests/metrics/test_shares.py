"""CSAT and CES: published intervals, means, reversed scales, weights."""

import math
import re

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from score_samples import case, rated

from cxreport.errors import CxError
from cxreport.metrics.scales import first_favourable
from cxreport.metrics.scores import ces, csat

LIMITS = ["low", "high"]


@pytest.mark.parametrize(
    ("name", "interval"), [("prop-01", "wilson"), ("prop-03", "jeffreys"), ("prop-04", "wilson")]
)
def test_published_intervals(name: str, interval: str) -> None:
    rows = rated(*case(name)["input"]["x_n"])
    frame = csat(rows, "score", by="group", interval=interval)
    expected = np.ravel(case(name)["expected"]["ci"])
    limits = (frame[LIMITS] / 100).to_numpy().ravel()
    assert limits == pytest.approx(expected, abs=case(name)["tolerance"])


def test_limits_at_the_ends_are_exact() -> None:
    for interval in ("wilson", "jeffreys"):
        frame = csat(rated((0, 20), (20, 20)), "score", by="group", interval=interval)
        assert frame.loc[0, "low"] == 0
        assert frame.loc[1, "high"] == 100


def test_effort_as_in_r() -> None:
    counts, expected = (
        case("ces-01")["input"]["counts_for_scores_1_to_7"],
        case("ces-01")["expected"],
    )
    rows = pd.DataFrame({"score": [s for s, n in enumerate(counts, 1) for _ in range(n)]})
    row = ces(rows, "score").iloc[0]
    assert row["n"] == expected["n"]
    assert row["mean"] == pytest.approx(expected["mean"], abs=1e-8)
    assert row[["mean_low", "mean_high"]].tolist() == pytest.approx(expected["t_ci95"], abs=1e-8)
    assert row["estimate"] / 100 == pytest.approx(expected["top3_share"], abs=1e-8)
    assert (row[LIMITS] / 100).tolist() == pytest.approx(expected["top3_wilson95"], abs=1e-8)
    top2 = ces(rows, "score", favourable_from=6).iloc[0]
    assert top2["estimate"] / 100 == pytest.approx(expected["top2_share"], abs=1e-8)
    assert (top2[LIMITS] / 100).tolist() == pytest.approx(expected["top2_wilson95"], abs=1e-8)


def test_reversed_scale_is_turned_before_anything() -> None:
    rows = pd.DataFrame({"score": [1, 1, 1, 2, 2, 3, 4, 5, 6, 0]})
    row = csat(rows, "score", scale=(5, 1)).iloc[0]
    # Turned: 5 5 5 4 4 3 2 1; 6 and 0 are outside.
    assert row[["n", "invalid", "favourable"]].tolist() == [8, 2, 5]
    assert row["mean"] == pytest.approx(29 / 8)
    assert row["estimate"] == 62.5


def test_scale_is_never_guessed() -> None:
    rows = pd.DataFrame({"score": [1, 1, 1, 1]})
    assert csat(rows, "score").loc[0, "estimate"] == 0
    assert csat(rows, "score", scale=(5, 1)).loc[0, "estimate"] == 100


def test_weighted_share_and_mean_against_robust_regression() -> None:
    rows = pd.DataFrame(
        {
            "score": [1, 2, 3, 4, 5, 5, 4, 4, 2, 5],
            "weight": [0.5, 1.5, 1, 2, 0.7, 1.1, 0.4, 1, 2.2, 0.6],
        }
    )
    row = csat(rows, "score", weight="weight").iloc[0]
    share = _robust((rows["score"] >= 4).astype(float), rows["weight"])
    mean = _robust(rows["score"].astype(float), rows["weight"])
    assert row["estimate"] == pytest.approx(100 * share.params.iloc[0], abs=1e-9)
    assert row["std_error"] == pytest.approx(100 * share.bse.iloc[0], abs=1e-9)
    assert row["mean"] == pytest.approx(mean.params.iloc[0], abs=1e-9)
    # Ten unequal answers are worth 11^2 / 15.56 = 7.776 equal ones.
    size = 11**2 / 15.56
    error = mean.bse.iloc[0] * (0.9 * size / (size - 1)) ** 0.5
    reach = 2.380537412 * error  # R: qt(0.975, 6.776349614)
    low, high = mean.params.iloc[0] - reach, mean.params.iloc[0] + reach
    assert row[["mean_low", "mean_high"]].tolist() == pytest.approx([low, high], abs=1e-9)
    assert row["low"] < row["estimate"] < row["high"]
    assert row["favourable"] == 6


def _robust(values: pd.Series, weights: pd.Series) -> object:
    constant = pd.Series(1.0, index=values.index)
    return sm.WLS(values, constant, weights=weights).fit(cov_type="HC1")


def test_weighted_share_of_everybody_keeps_a_width() -> None:
    rows = pd.DataFrame({"score": [5] * 20, "weight": [0.5] * 20})
    row = csat(rows, "score", weight="weight").iloc[0]
    # Twenty equal weights are twenty answers: R's Wilson interval of 20/20 (case prop-04).
    assert row[LIMITS].tolist() == pytest.approx([83.88748419472, 100], abs=1e-8)


def test_wilson_holds_the_estimate() -> None:
    pairs = [(x, n) for n in range(1, 13) for x in range(n + 1)]
    frame = csat(rated(*pairs), "score", by="group")
    assert len(frame) == len(pairs)
    assert (frame["low"] <= frame["estimate"]).all()
    assert (frame["estimate"] <= frame["high"]).all()
    assert frame["low"].min() >= 0
    assert frame["high"].max() <= 100


def test_mean_of_equal_or_few_answers_has_no_interval() -> None:
    rows = pd.DataFrame({"group": ["one", "same", "same"], "score": [4, 5, 5]})
    frame = csat(rows, "score", by="group")
    assert frame["mean"].tolist() == [4, 5]
    assert frame[["mean_low", "mean_high"]].isna().all(axis=None)
    assert frame["note"].tolist() == ["one answer", "all answers in one class"]
    assert math.isnan(frame.loc[0, "std_error"])


def test_mean_interval_is_cut_at_the_scale() -> None:
    row = csat(pd.DataFrame({"score": [1, 5]}), "score").iloc[0]
    assert row[["mean", "mean_low", "mean_high"]].tolist() == [3, 1, 5]


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"scale": (1, 1)}, "not a scale"),
        ({"scale": (1, 5.5)}, "not a scale"),
        ({"favourable_from": 6}, "favourable_from is not inside the scale"),
        ({"favourable_from": 1}, "favourable_from is not inside the scale"),
        ({"interval": "wald"}, "unknown interval"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, object], what: str) -> None:
    with pytest.raises(CxError, match=re.escape(what)):
        csat(pd.DataFrame({"score": [1]}), "score", **options)


@pytest.mark.parametrize(
    ("scale", "expected"),
    [((1, 3), 3), ((3, 1), 3), ((0, 1), 1), ((1, 2), 2), ((-1, 1), 1), ((1, 4), 3), ((1, 5), 4),
     ((1, 7), 6), ((1, 10), 9), ((0, 10), 9)],
)  # fmt: skip
def test_the_middle_of_a_scale_is_never_satisfied(scale: tuple[int, int], expected: int) -> None:
    assert first_favourable("csat", scale) == expected


def test_of_three_answers_only_the_best_is_satisfied() -> None:
    """Of 16 people, 4 are happy (25%), 10 neither, 2 unhappy: counting "neither" gave 87.5%."""
    rows = pd.DataFrame({"score": [3] * 4 + [2] * 10 + [1] * 2})
    assert csat(rows, "score", scale=(1, 3))["estimate"].item() == 25.0
    assert ces(rows, "score", scale=(1, 3))["estimate"].item() == 25.0


def test_the_older_effort_question_needs_no_cut_of_its_own() -> None:
    rows = pd.DataFrame({"score": [1, 2, 3, 4, 5]})
    assert ces(rows, "score", scale=(5, 1))["favourable"].item() == 2
