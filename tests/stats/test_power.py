"""Planning: the numbers of R's power functions, finite populations, and what has no room."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from statsmodels.stats.power import TTestIndPower

from cxreport.errors import CxError
from cxreport.stats.power import detectable_difference, sample_size, sample_size_for_margin

FILE = Path(__file__).parents[1] / "reference" / "power.json"
CASES: dict[str, Any] = {c["id"]: c for c in json.loads(FILE.read_text(encoding="utf-8"))}
Z, Z_POWER = 1.959963984540054, 0.8416212335729143


def exact(*arguments: Any, **options: Any) -> float:
    return float(sample_size(*arguments, **options)["n_exact"].iloc[0])


def detectable(*arguments: Any, **options: Any) -> dict[str, Any]:
    return dict(detectable_difference(*arguments, **options).iloc[0])


def test_nps_as_in_r() -> None:
    given, expected = CASES["nps-18"]["input"], CASES["nps-18"]["expected"]
    (low, _, high), (other_low, _, other_high) = given["p1"], given["p2"]
    fewer = exact("nps", -10, promoters=high, detractors=low)
    more = exact("nps", 10, promoters=other_high, detractors=other_low)
    assert fewer == pytest.approx(expected["n_per_group"], abs=1e-6)
    assert more == pytest.approx(expected["n_per_group"], abs=1e-6)
    margin = sample_size_for_margin("nps", 5, promoters=high, detractors=low)
    assert margin["n_exact"].iloc[0] == pytest.approx(expected["n_moe_var_061"], abs=1e-6)
    assert margin["n"].iloc[0] == 938
    worst = sample_size_for_margin("nps", 5)["n_exact"].iloc[0]
    assert worst == pytest.approx(expected["n_moe_worst_case"], abs=1e-6)


def test_shares_as_in_r() -> None:
    given, expected = CASES["power-01"]["input"], CASES["power-01"]["expected"]
    first, second, reached = given["p1"], given["p2"], expected["power_at_n400"]
    for metric in ("share", "csat", "ces"):
        assert exact(metric, 5, share=first) == pytest.approx(expected["n_per_group"], abs=1e-3)
        assert exact(metric, -5, share=second) == pytest.approx(expected["n_per_group"], abs=1e-3)
    assert exact("share", 5, share=first, power=reached) == pytest.approx(400, abs=1e-3)
    found = detectable("share", 400, share=first, power=reached)
    assert found["rise"] == pytest.approx(5, abs=1e-5)


def test_means_as_the_t_test() -> None:
    # power.t.test(power = .90, delta = 1) prints 22.02110.
    assert exact("mean", 1, power=0.9, std=1) == pytest.approx(22.02110, abs=1e-5)
    oracle = TTestIndPower()
    for difference, n in ((0.3, 40), (0.05, 900)):
        reached = oracle.power(difference / 1.7, n, 0.05, 1, alternative="larger")
        one_sided = oracle.power(difference / 1.7, n, 0.025, 1, alternative="larger")
        assert reached > one_sided
        size = exact("mean", -difference, power=one_sided, std=1.7)
        assert size == pytest.approx(n, abs=1e-3)


def test_sizes_and_differences_are_each_other_s_inverse() -> None:
    for options in ({"promoters": 0.6, "detractors": 0.1}, {"promoters": 0.2, "detractors": 0.5}):
        found = detectable("nps", 200, **options)
        assert exact("nps", found["rise"], **options) == pytest.approx(200)
        assert exact("nps", -found["drop"], **options) == pytest.approx(200)
        assert found["detectable"] == max(found["rise"], found["drop"])
    found = detectable("mean", 25, std=2)
    assert found["rise"] == found["drop"]
    assert exact("mean", found["rise"], std=2) == pytest.approx(25)


def test_nps_without_passives_to_give() -> None:
    # From all passive to +60: 60 promoters, 40 passives: variance 0.24.
    n = exact("nps", 60, promoters=0, detractors=0)
    assert n == pytest.approx((Z + Z_POWER) ** 2 * 0.24 / 0.36, abs=1e-6)


def test_the_most_uncertain_reference_is_assumed() -> None:
    assert exact("nps", 10) == exact("nps", 10, promoters=0.5, detractors=0.5)
    assert exact("nps", 10) > exact("nps", 10, promoters=0.5, detractors=0.2)
    assert exact("share", 5) == exact("share", 5, share=0.5)


def test_groups_of_different_size_and_a_fixed_target() -> None:
    # V = 0.61 and 0.66 of nps-18, with 500 answers against 2000.
    found = detectable("nps", 500, n_reference=2000, promoters=0.5, detractors=0.2)
    after = 0.3 - found["drop"] / 100
    error = math.sqrt(0.61 / 2000 + (0.7 - after**2) / 500)
    assert found["drop"] / 100 == pytest.approx((Z + Z_POWER) * error, abs=1e-9)
    fixed = detectable("share", 100, n_reference=math.inf, share=0.5)
    moved = 0.5 + fixed["rise"] / 100
    reach = Z * math.sqrt(0.25 / 100) + Z_POWER * math.sqrt(moved * (1 - moved) / 100)
    assert fixed["rise"] / 100 == pytest.approx(reach, abs=1e-9)


def test_a_finite_population_needs_fewer_answers() -> None:
    # Cochran: n / (1 + (n - 1) / N), by hand of 384.146 for 1,000 customers.
    row = sample_size_for_margin("share", 5, population=1000).iloc[0]
    assert row["n_exact"] == pytest.approx(384.1458820694 / (1 + 383.1458820694 / 1000))
    assert row["n"] == 278
    given = CASES["nps-18"]["expected"]["n_per_group"]
    small = exact("nps", -10, promoters=0.5, detractors=0.2, population=3000)
    assert small == pytest.approx(given / (1 + (given - 1) / 3000), abs=1e-6)
    everybody = detectable("nps", 300, population=300)
    assert everybody["detectable"] == 0


def test_invitations() -> None:
    row = sample_size("nps", -10, promoters=0.5, detractors=0.2, response_rate=0.1).iloc[0]
    assert row["n"] == 997
    assert row["invitations"] == 9970
    assert row["note"] == ""
    short = sample_size("nps", -10, population=3000, response_rate=0.1).iloc[0]
    assert short["note"] == "more invitations than customers"
    assert sample_size("nps", 10)["invitations"].isna().all()


def test_a_change_the_scale_has_no_room_for() -> None:
    found = detectable("share", 50, share=0.99)
    assert math.isnan(found["rise"])
    assert found["detectable"] == found["drop"] > 1
    nothing = detectable("nps", 2, promoters=0.5, detractors=0.5)
    assert math.isnan(nothing["detectable"])
    assert nothing["note"] == "no change could be shown"
    with pytest.raises(CxError, match="no room"):
        sample_size("share", 2, share=0.99)
    with pytest.raises(CxError, match="no room"):
        sample_size("nps", -131, promoters=0.5, detractors=0.2)


def test_two_answers_are_the_fewest() -> None:
    assert exact("mean", 1000, std=1) == 2
    assert exact("share", 100, share=0) == 2


def test_tiny_differences_and_huge_samples() -> None:
    assert exact("mean", 1e-5, std=1) == pytest.approx(2 * (Z + Z_POWER) ** 2 * 1e10, rel=1e-6)
    small = detectable("mean", 5e6, std=1)["rise"]
    assert small == pytest.approx((Z + Z_POWER) * math.sqrt(2 / 5e6), rel=1e-5)


@pytest.mark.parametrize(
    ("arguments", "options", "what"),
    [
        (("nsp", 10), {}, "unknown metric"),
        (("nps", 10), {"promoters": 0.5}, "not described"),
        (("nps", 10), {"share": 0.5}, "not described"),
        (("mean", 1), {}, "not described"),
        (("nps", 10), {"promoters": 0.7, "detractors": 0.4}, "not possible"),
        (("nps", 10), {"promoters": 50, "detractors": 20}, "not possible"),
        (("share", 5), {"share": float("nan")}, "not possible"),
        (("share", 5), {"share": -0.1}, "not possible"),
        (("mean", 1), {"std": 0}, "not possible"),
        (("nps", 0), {}, "no room"),
        (("nps", float("nan")), {}, "no room"),
        (("mean", math.inf), {"std": 1}, "no room"),
        (("nps", 10), {"power": 1}, "not a power"),
        (("nps", 10), {"power": 0.02}, "not a power"),
        (("nps", 10), {"level": 95}, "not a confidence level"),
        (("nps", 10), {"population": 1}, "not a number of customers"),
        (("nps", 10), {"response_rate": 0}, "not a response rate"),
        (("nps", 10), {"response_rate": 20}, "not a response rate"),
    ],
)
def test_plans_that_make_no_sense_are_refused(
    arguments: tuple[Any, ...], options: dict[str, float], what: str
) -> None:
    with pytest.raises(CxError, match=what):
        sample_size(*arguments, **options)


@pytest.mark.parametrize(
    ("n", "options"),
    [(1, {}), (float("nan"), {}), (50, {"n_reference": 0}), (50, {"population": 40})],
)
def test_samples_that_are_none_are_refused(n: float, options: dict[str, float]) -> None:
    with pytest.raises(CxError, match="not a number of answers"):
        detectable_difference("nps", n, **options)


@pytest.mark.parametrize("margin", [0, -1, float("nan"), math.inf])
def test_margins_that_are_none_are_refused(margin: float) -> None:
    with pytest.raises(CxError, match="not a margin"):
        sample_size_for_margin("nps", margin)
