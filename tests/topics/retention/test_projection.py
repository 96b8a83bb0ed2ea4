"""Projection of retention: the published cohort of Fader and Hardie, and cohorts without a fit."""

import json
from pathlib import Path

import numpy as np
import pytest

from cxreport.errors import CxError
from cxreport.topics.retention.projection import discounted_renewals, project_retention

VECTORS = Path(__file__).parents[2] / "reference" / "retention.json"
CASES = {entry["id"]: entry for entry in json.loads(VECTORS.read_text(encoding="utf-8"))}
HIGH_END = CASES["sbg-01"]["input"]["survivors"]


def test_parameters_are_the_published_ones() -> None:
    expected, tolerance = CASES["sbg-01"]["expected"], CASES["sbg-01"]["tolerance"]
    found = project_retention(HIGH_END, 12).parameters.set_index("parameter")
    published = expected["published"]
    for name in ("alpha", "beta"):
        row = found.loc[name]
        assert row["estimate"] == pytest.approx(published[name], abs=tolerance["published"][name])
        assert row["estimate"] == pytest.approx(expected[name], abs=tolerance[name])
        assert row["low"] < row["estimate"] < row["high"]
        assert row["log_likelihood"] == pytest.approx(expected["loglik"], abs=tolerance["loglik"])


def test_projected_survival() -> None:
    expected, tolerance = CASES["sbg-01"]["expected"], CASES["sbg-01"]["tolerance"]
    curve = project_retention(HIGH_END, 12).curve
    name = "projected_survival_1_to_12"
    assert curve["age"].tolist() == list(range(13))
    assert (curve["estimate"][1:] / 100).tolist() == pytest.approx(
        expected[name], abs=tolerance[name]
    )
    assert curve["observed"][:8].tolist() == pytest.approx([count / 10 for count in HIGH_END])
    assert curve["observed"][8:].isna().all()
    assert curve.loc[0, ["estimate", "low", "high"]].tolist() == [100, 100, 100]


def test_the_years_held_out_are_found_again() -> None:
    held_out = np.array(CASES["sbg-01"]["expected"]["actual_survivors_8_to_12"]) / 10
    later = project_retention(HIGH_END, 12).curve.iloc[8:]
    assert (later["estimate"] - held_out).abs().max() < 2
    assert (later["low"] < held_out).all()
    assert (held_out < later["high"]).all()


def test_retention_rates_rise_with_age() -> None:
    rates = CASES["sbg-03"]["expected"]["retention_rate_1_to_12"]
    curve = project_retention(HIGH_END, 12).curve["estimate"].to_numpy()
    assert curve[1:] / curve[:-1] == pytest.approx(rates, abs=1e-4)


def test_discounted_renewals() -> None:
    case = CASES["sbg-03"]
    given = case["input"]
    found = [
        discounted_renewals(given["alpha"], given["beta"], renewals, given["discount"])
        for renewals in range(5)
    ]
    assert found == pytest.approx(case["expected"]["DERL_n_1_to_5"], abs=case["tolerance"])


def test_the_interval_covers_the_curve_that_made_the_cohorts() -> None:
    """Draw 200 cohorts from known parameters (1, 2), whose curve is 2 / (t + 2)."""
    rng = np.random.default_rng(20261121)
    true = 100 * 2 / (10 + 2)
    covered = 0
    for _ in range(200):
        stays = rng.geometric(rng.beta(1, 2, size=1000))
        counts = [int((stays > age).sum()) for age in range(6)]
        last = project_retention(counts, 10).curve.iloc[-1]
        covered += int(last["low"] <= true <= last["high"])
    # 95% of 200 is 190, with a standard error of 3.1.
    assert 178 <= covered <= 199


@pytest.mark.parametrize(
    ("survivors", "note"),
    [
        ([100, 100, 100], "nobody lost yet"),
        ([1024, 512, 256, 128, 64], "no fit"),  # half of them each time: all are alike
        ([100, 90, 70, 30], "no fit"),  # the rate of loss rises
        ([100, 50, 50, 50], "no fit"),  # half leave at once, the others never
    ],
)
def test_no_fit_is_said(survivors: list[int], note: str) -> None:
    found = project_retention(survivors, 5)
    for frame in (found.parameters, found.curve):
        assert frame[["estimate", "low", "high"]].isna().all(axis=None)
        assert frame["note"].str.startswith(note).all()
    assert found.curve["observed"].notna().sum() == len(survivors)


def test_a_tiny_cohort_has_no_upper_limit_of_its_parameters() -> None:
    found = project_retention([10, 9, 9, 9, 8, 7, 7], 10)
    assert found.parameters["estimate"].notna().all()
    assert found.parameters["high"].isna().all()
    assert found.curve[["low", "high"]].notna().all(axis=None)
    assert (found.curve["low"] <= found.curve["estimate"]).all()


@pytest.mark.parametrize(
    ("survivors", "words"),
    [
        ([100, 90], "not counts"),
        ([0, 0, 0], "not counts"),
        ([100, 90.5, 80], "not counts"),
        ([100, 90, float("nan")], "not counts"),
        ([100, 90, -1], "not counts"),
        (["a", "b", "c"], "not counts"),
        ([100, 80, 90], "cannot grow"),
    ],
)
def test_bad_survivors_are_refused(survivors: list[int], words: str) -> None:
    with pytest.raises(CxError, match=words):
        project_retention(survivors, 5)


@pytest.mark.parametrize("horizon", [0, -1, 2.5, float("nan")])
def test_a_horizon_that_is_no_age_is_refused(horizon: int) -> None:
    with pytest.raises(CxError, match="horizon"):
        project_retention(HIGH_END, horizon)


def test_renewals_out_of_range_are_refused() -> None:
    with pytest.raises(CxError, match="renewals"):
        discounted_renewals(1, 1, 0, 0)
