"""Classes compared within strata: by hand, against Welch's test, and where nothing differs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_ind

from cxreport.topics.linkage.strata import standardised_difference


def cells(*rows: tuple[str, object, list[float]]) -> pd.DataFrame:
    """Make one cell per row: class, stratum, values."""
    sums = [[name, before, len(x), sum(x), sum(v * v for v in x)] for name, before, x in rows]
    return pd.DataFrame(sums, columns=["answer", "before", "n", "total", "squares"])


def difference(frame: pd.DataFrame, *by: str) -> pd.Series:
    found = standardised_difference(
        frame, group="answer", current="up", reference="down", strata=by
    )
    return found.iloc[0]


def test_without_strata_it_is_welch_s_test() -> None:
    up, down = [5.0, 9.0, 12.0, 4.0, 7.0], [3.0, 4.0, 1.0]
    found = difference(cells(("up", 0, up), ("down", 0, down)))
    expected = ttest_ind(up, down, equal_var=False)
    interval = expected.confidence_interval()
    assert found["p_value"] == pytest.approx(expected.pvalue)
    assert [found["low"], found["high"]] == pytest.approx([interval.low, interval.high])


def test_two_strata_by_hand() -> None:
    # Means 3, 1 and 10, 8; all variances 2; weights 1/2. Difference (2 + 2) / 2 = 2, variance
    # 4 x 1/4 x 2/2 = 1; df 1 / (4 x 1/16) = 4; t = 2 on 4 df: p = 0.1161, t(0.975) = 2.7764.
    found = difference(
        cells(("up", 0, [2, 4]), ("down", 0, [0, 2]), ("up", 1, [9, 11]), ("down", 1, [7, 9])),
        "before",
    )
    assert found[["estimate", "estimate_reference", "difference", "std_error"]].tolist() == [
        6.5, 4.5, 2.0, 1.0,
    ]  # fmt: skip
    assert found["p_value"] == pytest.approx(0.1161, abs=0.00005)
    assert found[["low", "high"]].tolist() == pytest.approx([-0.7764, 4.7764], abs=0.00005)


def test_what_comes_from_the_mix_alone_goes_away() -> None:
    # Within each stratum the classes are equal; "up" has more people in the better one.
    frame = cells(
        ("up", "poor", [0, 2]), ("down", "poor", [0, 2, 0, 2, 0, 2]),
        ("up", "rich", [9, 11, 9, 11, 9, 11]), ("down", "rich", [9, 11]),
    )  # fmt: skip
    assert difference(frame)["difference"] == pytest.approx(7.75 - 3.25)
    assert difference(frame, "before")["difference"] == 0


def test_strata_without_a_counterpart_are_left_out_and_counted() -> None:
    frame = cells(
        ("up", 0, [2, 4]), ("down", 0, [0, 2]), ("up", 1, [5, 6, 7]), ("down", 2, [1]),
        ("up", None, [1, 2]), ("down", None, [1, 3]),
    )  # fmt: skip
    found = difference(frame, "before")
    assert found[["n", "n_reference", "left_out", "strata"]].tolist() == [4, 4, 4, 2]
    # a missing stratum is one of its own: (2 - 0.5) / 2
    assert found["difference"] == pytest.approx(0.75)


def test_too_few_and_no_variance_have_no_interval() -> None:
    few = difference(cells(("up", 0, [2, 4]), ("down", 0, [3])))
    assert few["note"] == "too few answers"
    assert np.isnan([few["difference"], few["p_value"]]).all()
    alike = difference(cells(("up", 0, [0.1] * 30), ("down", 0, [0.1] * 20)))
    assert alike["note"] == "no variance"
    assert alike["difference"] == pytest.approx(0)
    assert np.isnan(alike["low"])


def test_where_nothing_differs_five_in_a_hundred_are_signals() -> None:
    generator = np.random.default_rng(5)
    found = []
    for _ in range(400):
        spend = {0: generator.exponential(50, 40), 1: generator.exponential(200, 60)}
        frame = cells(
            *(("up", key, list(values[:25])) for key, values in spend.items()),
            *(("down", key, list(values[25:])) for key, values in spend.items()),
        )
        found.append(difference(frame, "before")["p_value"] < 0.05)
    assert 0.02 < np.mean(found) < 0.08  # 0.05 and three standard errors
