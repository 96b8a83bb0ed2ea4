"""Exact coverage of NPS intervals, against cases worked out by hand and by other means."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar

from cxreport.errors import CxError
from cxreport.scores.scores import nps
from cxreport.stats.intervals import NetInterval
from cxreport.stats.share_grids import edge_shares, share_grid
from cxreport.topics.studies import coverage
from cxreport.topics.studies.coverage import (
    coverage_at_edges,
    coverage_by_number,
    coverage_of_intervals,
    interval_coverage,
)

GRID = share_grid(0.1)


def population(detractors: float, promoters: float) -> pd.DataFrame:
    return pd.DataFrame({"detractors": [detractors], "promoters": [promoters]})


@pytest.mark.parametrize(
    ("detractors", "promoters", "expected"),
    [
        # One answer. Detractor: 1.75, 1.5 and 0.75 of 4 make -0.25 with a variance of
        # 2.5 / 4 - 0.0625 = 0.5625, so -0.25 ± 1.96 x 0.75 / 2: -0.985 to 0.485. Promoter: the
        # mirror, -0.485 to 0.985. Passive: 0 ± 1.96 x sqrt(0.375) / 2: -0.600 to 0.600.
        (0.20, 0.50, 100),  # 0.30 lies in all three
        (0.05, 0.60, 95),  # 0.55 is above what a detractor's interval reaches
        (0.10, 0.80, 80),  # 0.70 lies in a promoter's alone
        (0.00, 0.99, 0),  # 0.99 lies in none
    ],
)
def test_one_answer_by_hand(detractors: float, promoters: float, expected: float) -> None:
    found = interval_coverage(1, population(detractors, promoters))
    assert found["coverage"].item() == pytest.approx(expected)


def test_two_answers_by_hand() -> None:
    # Wald. Promoter and passive: 0.5 ± 1.96 x 0.5 / sqrt(2), -0.193 to 1 (cut); promoter and
    # detractor: -1 to 1; passive and detractor: -1 to 0.193; two alike: no width at all.
    # A true score of 0.3 lies in the first two: 2 x 0.5 x 0.3 + 2 x 0.5 x 0.2 = 0.5.
    found = interval_coverage(2, population(0.2, 0.5), interval="wald")
    assert found["coverage"].item() == pytest.approx(50)
    # 0.3 x (1 + 0.193) + 0.2 x 2 + 2 x 0.3 x 0.2 x (1 + 0.193), in points
    assert found["width"].item() == pytest.approx(30 * 1.19297 + 40 + 12 * 1.19297, abs=0.001)


@pytest.mark.parametrize("interval", ["adjusted-wald", "score", "wald"])
def test_every_sequence_of_five_answers_agrees(interval: NetInterval) -> None:
    chances = {0: 0.15, 7: 0.25, 10: 0.6}
    sequences = list(itertools.product(chances, repeat=5))
    answers = pd.DataFrame(
        [(i, answer) for i, answered in enumerate(sequences) for answer in answered],
        columns=["sequence", "score"],
    )
    scores = nps(answers, "score", by="sequence", interval=interval)
    held = scores["low"].le(45 + 1e-6) & scores["high"].ge(45 - 1e-6)  # 60 less 15
    chance = [math.prod(chances[answer] for answer in answered) for answered in sequences]
    expected = 100 * float((held * chance).sum())
    found = interval_coverage(5, population(0.15, 0.6), interval=interval)
    assert found["coverage"].item() == pytest.approx(expected)


def passes_score_test(bottom: int, middle: int, top: int, score: float) -> bool:
    """Test a true score by the most likely shares that have it, found by search."""
    n = bottom + middle + top

    def unlikelihood(low: float) -> float:
        shares = (low, 1 - 2 * low - score, low + score)
        counts = (bottom, middle, top)
        return -sum(c * math.log(s) for c, s in zip(counts, shares, strict=True) if c)

    ends = (max(0, -score) + 1e-12, (1 - score) / 2 - 1e-12)
    low = minimize_scalar(unlikelihood, bounds=ends, method="bounded", options={"xatol": 1e-10}).x
    variance = n * (2 * low + score - score**2)
    return bool((top - bottom - n * score) ** 2 <= 1.959964**2 * variance)


def test_the_score_interval_holds_what_the_score_test_accepts() -> None:
    expected = 0.0
    for bottom, top in itertools.product(range(7), repeat=2):
        if (middle := 6 - bottom - top) >= 0 and passes_score_test(bottom, middle, top, 0.3):
            ways = math.comb(6, bottom) * math.comb(6 - bottom, top)
            expected += ways * 0.2**bottom * 0.3**middle * 0.5**top
    found = interval_coverage(6, population(0.2, 0.5), interval="score")
    assert 90 < 100 * expected < 100
    assert found["coverage"].item() == pytest.approx(100 * expected)


@pytest.mark.parametrize("n", [1, 2, 40])
def test_probabilities_sum_to_one(n: int) -> None:
    truth = np.array([[0.2, 0.3, 0.5], [0.0, 0.4, 0.6], [0.0, 0.0, 1.0]])
    outcomes = coverage._outcomes(n)
    assert len(outcomes) == (n + 1) * (n + 2) / 2
    assert coverage._probabilities(outcomes, truth).sum(axis=1) == pytest.approx(1)


def test_detractors_and_promoters_are_mirrored() -> None:
    mirrored = GRID.rename(columns={"detractors": "promoters", "promoters": "detractors"})
    for interval in coverage.KINDS:
        there = interval_coverage(7, GRID, interval=interval)["coverage"]
        back = interval_coverage(7, mirrored, interval=interval)["coverage"]
        assert there.tolist() == pytest.approx(back.tolist())


def test_the_default_holds_its_level_from_ten_answers_on() -> None:
    means = {n: interval_coverage(n, GRID)["coverage"].mean() for n in range(10, 301)}
    assert {n: mean for n, mean in means.items() if not 94.5 <= mean <= 96.5} == {}


def test_the_textbook_interval_falls_short_of_its_level() -> None:
    found = coverage_by_number(coverage_of_intervals([10, 30], GRID)).set_index(["n", "interval"])
    assert found.loc[(10, "wald"), "coverage"] < 90
    assert found.loc[(30, "wald"), "coverage"] < 94
    for n in (10, 30):
        others = found.loc[[(n, "adjusted-wald"), (n, "score")], "worst"]
        assert found.loc[(n, "wald"), "worst"] < others.min() - 2


@pytest.mark.parametrize("n", [10, 30, 100, 300])
def test_the_score_interval_holds_its_level(n: int) -> None:
    found = interval_coverage(n, GRID, interval="score")["coverage"]
    assert 94.5 <= found.mean() <= 96.5
    assert found.min() > 93.5


def test_without_detractors_the_score_interval_is_better_on_average() -> None:
    found = coverage_at_edges([10, 30, 100], step=0.01).query("edge == 'no detractors'")
    mean = found.pivot_table(index="n", columns="interval", values="coverage")
    assert (mean["score"] > 95).all()
    assert (mean["adjusted-wald"] < 95).all()
    width = found.pivot_table(index="n", columns="interval", values="width")
    assert width.loc[10, "score"] > width.loc[10, "adjusted-wald"]
    assert width.loc[100, "score"] < width.loc[100, "adjusted-wald"]


def test_where_nearly_all_agree_the_score_interval_falls_short() -> None:
    agreed = population(0.0, 0.99)
    found = coverage_of_intervals([10, 100], agreed).set_index(["interval", "n"])["coverage"]
    # ten answers: 0.99 ** 10 = 90.4% of samples are promoters alone, 9.1% have one passive
    assert found["score", 10] == pytest.approx(90.438, abs=0.001)
    assert found["adjusted-wald", 10] == pytest.approx(90.438 + 9.135, abs=0.001)
    assert found["score", 100] < 95 < found["adjusted-wald", 100]


def test_the_grid_leaves_room_for_passives() -> None:
    assert len(GRID) == 45  # 9 + 8 + ... + 1
    assert (GRID.sum(axis="columns") <= 0.95 + 1e-9).all()
    assert GRID.to_numpy().min() == 0.05


def test_sums_up_by_number_and_interval() -> None:
    rows = [(5, "wald", 80.0, 10.0), (5, "wald", 90.0, 20.0), (9, "score", 95.0, 30.0)]
    table = pd.DataFrame(rows, columns=["n", "interval", "coverage", "width"])
    assert coverage_by_number(table).to_numpy().tolist() == [
        [5, "wald", 85.0, 80.0, 15.0],
        [9, "score", 95.0, 95.0, 30.0],
    ]


@pytest.mark.parametrize(
    ("n", "shares"), [(0, population(0.2, 0.3)), (5, population(0.7, 0.4))]
)  # fmt: skip
def test_refuses_what_is_no_population(n: int, shares: pd.DataFrame) -> None:
    with pytest.raises(CxError, match="not a population"):
        interval_coverage(n, shares)


def test_refuses_nothing_to_measure() -> None:
    with pytest.raises(CxError, match="nothing to measure"):
        coverage_of_intervals([], GRID)


@pytest.mark.parametrize("step", [0, -0.1, 0.7])
def test_refuses_a_step_that_makes_no_grid(step: float) -> None:
    with pytest.raises(CxError, match="no grid"):
        share_grid(step)
    with pytest.raises(CxError, match="no grid"):
        edge_shares(step)
