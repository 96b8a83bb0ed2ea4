"""The newest period of a series, judged by those before it."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_ind

from cxreport.errors import CxError
from cxreport.stats.multiplicity import corrected, weighted_holm
from cxreport.stats.usual_range import steady, usual_range

EIGHT = [40.0, 42, 41, 43, 40, 42, 41, 43]  # mean 41.5, sum of squares 10


def series(*values: float, n: float = 100) -> pd.DataFrame:
    return pd.DataFrame({"n": n, "estimate": values})


def judged(data: pd.DataFrame, **options: Any) -> dict[str, Any]:
    return {str(n): v for n, v in usual_range(data, **options).iloc[0].items()}


def test_the_range_is_the_prediction_of_one_more_period() -> None:
    # s = sqrt(10 / 7), t(0.975; 7) = 2.3646: 41.5 -+ 2.3646 * s * sqrt(1 + 1/8)
    row = judged(series(*EIGHT, 45))
    assert (row["expected"], row["earlier"]) == (41.5, 8)
    assert [row["lower"], row["upper"]] == pytest.approx([38.5024, 44.4976], abs=1e-3)
    # with equal n it is Student's test of one value against eight
    p_value = ttest_ind([45], EIGHT).pvalue
    assert row["p_value"] == pytest.approx(p_value)


def test_the_period_itself_moves_nothing() -> None:
    low, high = judged(series(*EIGHT, 10)), judged(series(*EIGHT, 90))
    assert (low["lower"], low["upper"]) == (high["lower"], high["upper"])


def test_fewer_answers_widen_the_range() -> None:
    data = series(*EIGHT, 45)
    data.loc[8, "n"] = 25
    row = judged(data)
    # sqrt(100) (sqrt(10/7)) sqrt(1/25 + 1/800)
    reach = 2.36462 * np.sqrt(1000 / 7) * np.sqrt(1 / 25 + 1 / 800)
    assert row["upper"] == pytest.approx(41.5 + reach, abs=1e-3)


def test_waits_are_judged_by_their_ratios() -> None:
    row = judged(series(*np.exp([1, 2] * 4), np.exp(1.5)), in_logs=True)
    assert row["expected"] == pytest.approx(np.exp(1.5))
    assert row["p_value"] == pytest.approx(1)
    assert row["lower"] * row["upper"] == pytest.approx(np.exp(3))


def test_a_zero_among_waits_has_no_logarithm() -> None:
    row = judged(series(0, 2, 0, 2, 0, 2, 0, 2, 1), in_logs=True, within=(0, np.inf))
    assert (row["expected"], row["lower"]) == (1, 0)


def test_an_outage_is_no_part_of_what_is_usual() -> None:
    row = judged(series(*EIGHT[:4], 90, *EIGHT[4:], 45))
    assert (row["expected"], row["earlier"]) == (41.5, 8)


def test_a_share_must_be_odd_by_chance_too() -> None:
    # 8 periods of 5 in 10 and then 3 in 10: Fisher's p doubled is far from small
    data = pd.DataFrame({"n": 10, "estimate": [50.0, 50.1, 50, 50.1, 50, 50.1, 50, 50.1, 30]})
    assert judged(data)["p_value"] < 0.001
    assert judged(data, share=True)["p_value"] > 0.3


@pytest.mark.parametrize(
    ("values", "note"),
    [
        (EIGHT, "too few periods"),
        ([*EIGHT, np.nan], "no value"),
        ([*[41.0] * 8, 45], "no variance"),
        ([], "no value"),
        ([4.0], "too few periods"),
    ],
)
def test_what_cannot_be_judged_says_why(values: list[float], note: str) -> None:
    row = judged(series(*values))
    assert row["note"] == note
    assert np.isnan(row["p_value"])


def test_the_range_of_a_gap_is_that_of_a_usual_period() -> None:
    assert judged(series(*EIGHT, np.nan))["upper"] == pytest.approx(44.4976, abs=1e-3)


def test_a_frame_of_something_else_is_refused() -> None:
    with pytest.raises(CxError, match="estimate"):
        usual_range(pd.DataFrame({"n": [1]}))


def test_a_step_is_no_outlier() -> None:
    assert steady(np.array([5.0, 6, 5, 6, 40, 41, 40, 41])).all()


def test_weights_share_the_error() -> None:
    # by hand: ratios .01/.5, .01/.3, .2/.2; left 1, .5, .2
    found = weighted_holm(pd.Series([0.01, 0.01, 0.2]), pd.Series([0.5, 0.3, 0.2]))
    assert found.tolist() == pytest.approx([0.02, 0.02, 0.2])


def test_equal_weights_are_holm() -> None:
    p_value = pd.Series([0.03, None, 0.001, 0.04])
    held = weighted_holm(p_value, pd.Series(2.0, p_value.index))
    pd.testing.assert_series_equal(held, corrected(p_value))


def test_a_steady_series_is_odd_as_often_as_promised() -> None:
    random = np.random.default_rng(12)
    odd = 0
    for _ in range(400):
        n = random.integers(300, 600, 24)
        odd += (
            judged(pd.DataFrame({"n": n, "estimate": random.normal(40, 70 / n**0.5)}))["p_value"]
            < 0.05
        )
    assert 8 <= odd <= 34  # 20 expected; 3.3 standard deviations either way
