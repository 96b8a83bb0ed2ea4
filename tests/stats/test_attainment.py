"""The probability that a target is reached: known laws, and how often it is right."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, dirichlet

from cxreport.stats.attainment import balance_above, half_through, mean_above, share_above
from cxreport.stats.survival import survival
from cxreport.stats.survival_quantiles import survival_quantile

WORLDS = 6000
"""Worlds of each kind; of every 27 or so, one is told with about 90%."""


World: TypeAlias = Callable[[np.random.Generator, np.ndarray], tuple[pd.Series, np.ndarray]]


def columns(*values: object) -> list[pd.Series]:
    return [pd.Series(np.atleast_1d(value), dtype=float) for value in values]


def test_a_share_follows_a_beta_law() -> None:
    found = share_above(*columns([30.0, 0.0, 100.0], [40, 12, 12], [25.0, 25.0, 25.0]))
    expected = beta.sf(0.25, [12.5, 0.5, 12.5], [28.5, 12.5, 0.5])
    assert found.tolist() == pytest.approx(expected.tolist(), abs=1e-12)


@pytest.mark.parametrize(
    ("counts", "bound"), [((20, 30, 50), 20), ((2, 1, 27), 70), ((9, 3, 0), -60)]
)
def test_a_net_score_follows_a_dirichlet_law(counts: tuple[int, ...], bound: float) -> None:
    bottom, middle, top = counts
    n = bottom + middle + top
    score = (top - bottom) / n
    error = ((top + bottom) / n - score**2) ** 0.5 / n**0.5
    found = balance_above(*columns(100 * score, 100 * error, n, bound)).item()
    drawn = dirichlet(np.array(counts) + 0.5).rvs(200_000, random_state=7)
    expected = (100 * (drawn[:, 2] - drawn[:, 0]) >= bound).mean()
    assert found == pytest.approx(expected, abs=0.004)


def test_a_mean_follows_students_law() -> None:
    # qt(0.9, 10) = 1.372184 (any table of Student's distribution)
    found = mean_above(*columns([6.372184, 5, 5], [1, 1, 0], [11, 11, 11], [5, 5, 5]))
    assert found.iloc[:2].tolist() == pytest.approx([0.9, 0.5], abs=1e-6)
    assert np.isnan(found.iloc[2])


def test_the_ends_of_the_interval_of_a_median_have_their_probabilities() -> None:
    waits = pd.DataFrame({"hours": np.arange(1.0, 61), "solved": [1, 1, 1, 0] * 15})
    curve = survival(waits, "hours", "solved")
    ends = survival_quantile(curve, 50).iloc[0]
    chance = half_through(curve["estimate"], curve["std_error"], 60 + 0 * curve["at_risk"])
    for end, probability in (("low", 0.025), ("estimate", 0.5), ("high", 0.975)):
        before, at = chance[curve["time"] < ends[end]], chance[curve["time"] == ends[end]]
        assert before.max() < probability <= at.item(), end


def test_all_or_none_through_is_nearly_sure() -> None:
    found = half_through(*columns([0.0, 100.0], [np.nan, np.nan], [10, 10]))
    assert found.iloc[0] > 0.999
    assert found.iloc[1] < 0.001


def shares(rng: np.random.Generator, n: np.ndarray) -> tuple[pd.Series, np.ndarray]:
    aim = rng.uniform(20, 90, WORLDS)
    true = aim + rng.uniform(-4, 4, WORLDS) * 100 * (0.25 / n) ** 0.5
    true = np.clip(true, 0, 100)
    observed = 100 * rng.binomial(n, true / 100) / n
    return share_above(*columns(observed, n, aim)), true >= aim


def balances(rng: np.random.Generator, n: np.ndarray) -> tuple[pd.Series, np.ndarray]:
    chances = rng.dirichlet([1, 2, 3], WORLDS)
    counts = rng.multinomial(n, chances)
    score = (counts[:, 2] - counts[:, 0]) / n
    spread = (counts[:, 2] + counts[:, 0]) / n - score**2
    true = 100 * (chances[:, 2] - chances[:, 0])
    aim = true + rng.uniform(-4, 4, WORLDS) * 80 / n**0.5
    return balance_above(*columns(100 * score, 100 * (spread / n) ** 0.5, n, aim)), true >= aim


def means(rng: np.random.Generator, n: np.ndarray) -> tuple[pd.Series, np.ndarray]:
    lows = np.array([-100.0, -100 / 3, 0, 100 / 3, 200 / 3, 100])
    chances = rng.dirichlet([1, 1, 2, 2, 3, 3], WORLDS)
    counts = rng.multinomial(n, chances)
    mean = counts @ lows / n
    error = ((counts @ lows**2 / n - mean**2) / (n - 1)) ** 0.5
    true = chances @ lows
    aim = true + rng.uniform(-4, 4, WORLDS) * 60 / n**0.5
    return mean_above(*columns(mean, error, n, aim)), true >= aim


def halves(rng: np.random.Generator, n: np.ndarray) -> tuple[pd.Series, np.ndarray]:
    """Draw lognormal waits, a fifth or so cut short, and follow them up to the target."""
    asked = np.arange(n.max())[None, :] < n[:, None]
    log_aim = rng.uniform(-4, 4, WORLDS) / n**0.5
    wait = rng.normal(0, 1, asked.shape)
    cut = rng.normal(1.2, 1, asked.shape)
    time, seen = np.minimum(wait, cut), (wait <= cut) & asked
    time[~asked] = np.inf
    order = np.argsort(time, axis=1)
    time, seen = np.take_along_axis(time, order, 1), np.take_along_axis(seen, order, 1)
    risk = np.maximum(n[:, None] - np.arange(n.max())[None, :], 1)
    lost = seen & (time <= log_aim[:, None])
    share = np.prod(np.where(lost, 1 - 1 / risk, 1), axis=1)
    greenwood = (lost / (risk * np.maximum(risk - 1, 1))).sum(axis=1)
    return half_through(*columns(100 * share, 100 * share * greenwood**0.5, n)), log_aim >= 0


KINDS = [shares, balances, means, halves]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_said_with_90_percent_is_true_in_about_90(kind: World) -> None:
    rng = np.random.default_rng(2026)
    chance, is_true = kind(rng, rng.integers(30, 501, WORLDS))
    told = ((chance > 0.875) & (chance < 0.925)).to_numpy()
    assert told.sum() > 150
    assert 0.85 <= is_true[told].mean() <= 0.95
