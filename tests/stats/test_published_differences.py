"""The interval between two published figures is that of the paper, and holds its level."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxreport.stats.published import published_differences

Z = 1.959964


def wilson(count: np.ndarray | float, n: float) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's limits of a share, written out as in Newcombe 1998, eq. for method 3."""
    share = np.asarray(count) / n
    middle, root = 2 * n * share + Z**2, Z * np.sqrt(Z**2 + 4 * n * share * (1 - share))
    return (middle - root) / (2 * (n + Z**2)), (middle + root) / (2 * (n + Z**2))


def pair(now: tuple[float, float, float], then: tuple[float, float, float]) -> pd.DataFrame:
    names = ("value", "low", "high")
    columns = dict(zip(names, now, strict=True))
    return pd.DataFrame([columns | {f"{n}_reference": v for n, v in zip(names, then, strict=True)}])


# Newcombe 1998, Statistics in Medicine 17, 873-890, table II, method 10
@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((6, 7, 2, 7), (0.0582, 0.8062)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        ((0, 10, 0, 20), (-0.1611, 0.2775)),
        ((10, 10, 0, 20), (0.6791, 1.0000)),
    ],
)
def test_the_interval_is_newcombe_s_where_both_are_wilson_s(
    counts: tuple[int, int, int, int], expected: tuple[float, float]
) -> None:
    a, m, b, n = counts
    sides = [(count / size, *map(float, wilson(count, size))) for count, size in ((a, m), (b, n))]
    result = published_differences(pair(sides[0], sides[1])).iloc[0]
    assert (result["low"], result["high"]) == pytest.approx(expected, abs=6e-5)


def test_with_symmetric_intervals_it_is_the_usual_z_test() -> None:
    # means 10 and 7, each with standard error 1: z = 3 / sqrt(2), two-sided p = 0.0339
    result = published_differences(pair((10, 10 - Z, 10 + Z), (7, 7 - Z, 7 + Z))).iloc[0]
    assert result["p_value"] == pytest.approx(0.0339, abs=5e-5)
    assert result["low"] == pytest.approx(3 - Z * 2**0.5, abs=1e-5)
    assert result["signal"]


def test_many_comparisons_are_held_together_by_holm() -> None:
    strong, weak = pair((10, 10 - Z, 10 + Z), (7, 7 - Z, 7 + Z)), pair((1, 0, 2), (1, 0, 2))
    alone, beside = published_differences(strong), published_differences(pd.concat([strong, weak]))
    assert beside["q_value"].iloc[0] == pytest.approx(2 * alone["p_value"].iloc[0])
    assert not beside["signal"].any()  # 2 x 0.034 is above 5%
    assert beside["low"].iloc[0] < 0 < beside["high"].iloc[0]  # and the interval agrees


def test_a_figure_that_stands_in_two_tables_is_one_comparison() -> None:
    strong = pair((10, 10 - Z, 10 + Z), (7, 7 - Z, 7 + Z))
    twice = published_differences(pd.concat([strong, strong], ignore_index=True))
    assert twice["q_value"].tolist() == [twice["p_value"].iloc[0]] * 2
    assert twice["signal"].all()


def test_without_width_or_interval_there_is_no_test() -> None:
    rows = pd.concat([pair((1, 1, 1), (0, 0, 0)), pair((1, np.nan, 2), (0, -1, 1))])
    result = published_differences(rows)
    assert result["p_value"].isna().all()
    assert result["low"].isna().all()
    assert result["signal"].isna().all()


def test_where_nothing_changed_a_page_is_alarmed_in_one_month_of_twenty_at_most() -> None:
    draws, figures, n = 500, 20, 200
    random = np.random.default_rng(13)
    truth = np.linspace(0.2, 0.9, figures)
    alarms = 0
    for _ in range(draws):
        sides = {}
        for side in ("", "_reference"):
            count = random.binomial(n, truth)
            low, high = wilson(count, n)
            sides |= {f"value{side}": count / n, f"low{side}": low, f"high{side}": high}
        rounded = (100 * pd.DataFrame(sides)).round(1)  # as a page publishes them
        alarms += bool(published_differences(rounded)["signal"].any())
    assert alarms / draws <= 0.05 + 2 * (0.05 * 0.95 / draws) ** 0.5
