"""What an improvement is worth: products by hand, and spreads that have a closed form."""

from __future__ import annotations

import math

import pytest
from scipy.stats import norm

from cxreport.errors import CxError
from cxreport.topics.linkage.return_on_experience import return_on_experience, tornado


def test_numbers_alone_make_a_plain_product() -> None:
    # 4 points x 0.25 euro x 10,000 customers x 30% = 3,000; less 2,500
    found = return_on_experience(4, 0.25, 10_000, 0.3, 2_500).iloc[0]
    assert found[["gain", "cost", "estimate"]].tolist() == [3_000, 2_500, 500]
    assert found[["low", "high", "probability"]].isna().all()


def test_one_uncertain_input_gives_its_own_interval() -> None:
    found = return_on_experience((4, 2, 6), 0.25, 10_000, 0.3, 2_500).iloc[0]
    # 2 to 6 points: 1,500 to 4,500, less 2,500; pays from 3.333 points on
    assert [found["low"], found["high"]] == pytest.approx([-1_000, 2_000], abs=60)
    error = 4 / (2 * norm.ppf(0.975))
    assert found["probability"] == pytest.approx(100 * norm.cdf((4 - 10 / 3) / error), abs=1.5)


def test_two_uncertain_inputs_spread_as_a_product_does() -> None:
    found = return_on_experience((4, 2, 6), (1, 0.5, 1.5), 1, 1, 0, draws=200_000).iloc[0]
    # of a product of independents: sd^2 = m1^2 s2^2 + m2^2 s1^2 + s1^2 s2^2
    s1, s2 = 4 / 3.92, 1 / 3.92
    sd = math.sqrt(16 * s2**2 + s1**2 + s1**2 * s2**2)
    assert (found["high"] - found["low"]) / 3.92 == pytest.approx(sd, rel=0.03)
    assert found["estimate"] == 4


def test_the_same_seed_gives_the_same_result() -> None:
    inputs = ((4, 2, 6), (1, 0.5, 1.5), 1_000, 0.3, (100, 50, 150))
    first, second = (return_on_experience(*inputs, seed=3) for _ in range(2))
    assert first.equals(second)
    assert not first.equals(return_on_experience(*inputs, seed=4))


def test_the_tornado_begins_with_what_moves_the_result_most() -> None:
    found = tornado((4, 3, 5), (0.25, 0.05, 0.45), 10_000, 0.3, (2_500, 2_400, 2_700))
    assert found["input"].tolist() == ["effect", "change", "cost"]
    assert found.set_index("input").loc["effect", ["low", "high"]].tolist() == pytest.approx(
        [-1_900, 2_900]
    )
    assert found.set_index("input").loc["change", ["low", "high"]].tolist() == [-250, 1_250]
    # a higher cost is the lower result
    assert found.set_index("input").loc["cost", ["low", "high"]].tolist() == [300, 600]
    assert found["estimate"].tolist() == pytest.approx([500] * 3)


def test_without_an_interval_there_is_no_tornado() -> None:
    assert tornado(4, 0.25, 10_000, 0.3, 2_500).empty


@pytest.mark.parametrize(
    "effect",
    [float("nan"), (1.0, 2.0, 3.0), (2.0, 1.0, float("inf")), (1.0, 2.0), [2.0, 1.0, 3.0], None],
)
def test_an_input_that_is_no_quantity_is_an_error(effect: object) -> None:
    with pytest.raises(CxError, match="effect"):
        return_on_experience(4, effect, 10_000, 0.3, 2_500)  # type: ignore[arg-type]


def test_a_margin_in_percent_is_an_error() -> None:
    with pytest.raises(CxError, match="not a share"):
        return_on_experience(4, 0.25, 10_000, 30, 2_500)


def test_no_draws_is_an_error() -> None:
    with pytest.raises(CxError, match="no draws"):
        return_on_experience(4, 0.25, 10_000, 0.3, 2_500, draws=0)
