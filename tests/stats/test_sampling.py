"""Unequal weights and answers that belong together: intervals that hold their level.

The truth is the share that each world is drawn with; nothing here is printed by the package.
"""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from cxreport.errors import CxError
from cxreport.scores.compare import compare
from cxreport.scores.scores import csat, nps
from cxreport.stats.proportions import clustered_percent, percent_of
from cxreport.topics.pyramid.layers import layer_gaps

SHARES = (0.2, 0.3, 0.5)
SCORE = 30.0
SATISFIED = 50.0


def held(frame: pd.DataFrame, truth: float) -> float:
    """Say in how many percent of the worlds the interval holds the truth."""
    return float(100 * ((frame["low"] <= truth) & (truth <= frame["high"])).mean())


def weighted_worlds(n: int, effect: float, worlds: int = 1500) -> pd.DataFrame:
    """Draw answers of lognormal weights, whose design effect is ``effect`` in large samples."""
    rng = np.random.default_rng([n, round(100 * effect)])
    rows = worlds * n
    spread = np.log(effect) ** 0.5
    return pd.DataFrame(
        {
            "world": np.repeat(np.arange(worlds), n),
            "score": rng.choice([3, 8, 10], size=rows, p=SHARES),
            "weight": np.exp(spread * rng.standard_normal(rows)).clip(0.001, 1000),
        }
    )


@pytest.mark.parametrize("n", [10, 30, 100])
@pytest.mark.parametrize("effect", [1.1, 1.5, 2.0])
def test_weighted_scores_hold_their_level(n: int, effect: float) -> None:
    rows = weighted_worlds(n, effect)
    score = nps(rows, "score", by="world", weight="weight")
    share = csat(rows, "score", by="world", weight="weight", scale=(0, 10), favourable_from=9)
    assert 93 <= held(score, SCORE) <= 97
    assert 93 <= held(share, SATISFIED) <= 97


PEOPLE = {
    "promoters": (0.1, 0.2, 0.7),
    "detractors": (0.55, 0.3, 0.15),
    "balanced": (0.3, 0.4, 0.3),
    "split": (0.45, 0.1, 0.45),
    "very happy": (0.05, 0.15, 0.8),
}


@pytest.mark.parametrize(("n", "worlds"), [(10, 1500), (30, 1200), (100, 500)])
@pytest.mark.parametrize("effect", [1.1, 1.5, 2.0])
def test_weighted_scores_hold_their_level_whoever_the_customers_are(
    n: int, worlds: int, effect: float
) -> None:
    """On other populations and other draws than the form of the interval was chosen on."""
    rng = np.random.default_rng([20261128, n, round(100 * effect)])
    parts = [
        weighted_worlds(n, effect, worlds).assign(
            people=name, score=rng.choice([3, 8, 10], size=worlds * n, p=shares)
        )
        for name, shares in PEOPLE.items()
    ]
    rows, by = pd.concat(parts), ["people", "world"]
    score = nps(rows, "score", by=by, weight="weight")
    share = csat(rows, "score", by=by, weight="weight", scale=(0, 10), favourable_from=9)
    kept: dict[str, list[float]] = {"net": [], "share": []}
    for name, (bottom, _, top) in PEOPLE.items():
        for kind, frame, truth in (("net", score, top - bottom), ("share", share, top)):
            known = frame[frame["people"].eq(name) & frame["note"].ne("too few answers")]
            kept[kind].append(held(known, 100 * truth))
    chance = 100 * 3 * (0.05 * 0.95 / worlds) ** 0.5  # three standard errors of one population
    for shares in kept.values():
        assert 93 <= np.mean(shares) <= 97
        assert 93 - chance < min(shares)
        assert max(shares) < 97 + chance


def test_too_few_unequal_answers_are_called_so() -> None:
    # One of ten weighs as much as 30: (39)^2 / (9 + 900) = 1.67 equal answers.
    rows = pd.DataFrame({"score": [10] * 5 + [3] * 5, "weight": [30.0] + [1.0] * 9})
    row = nps(rows, "score", weight="weight").iloc[0]
    assert row["n_effective"] == pytest.approx(39**2 / 909)
    assert row["note"] == "too few answers"
    assert nps(rows.assign(weight=2.0), "score", weight="weight")["note"].item() == ""


def test_a_gap_of_layers_has_the_error_of_its_people() -> None:
    # Differences of 100, 100 | -100 | 0 from a mean of 25: per person 150, -125, -25;
    # R's svymean(~d, svydesign(~who)): 3/2 (150^2 + 125^2 + 25^2) / 4^2
    rows = pd.DataFrame({"n": [5, 5, 3, 3], "e": [3, 3, 5, 3], "j": [3] * 4, "who": list("aabc")})
    found = layer_gaps(rows, needs="n", ease="e", enjoyability="j", cluster="who").iloc[0]
    assert found["difference"] == 25
    assert found["std_error"] == pytest.approx((1.5 * (150**2 + 125**2 + 25**2)) ** 0.5 / 4)


def test_steps_of_customers_with_habits_hold_their_level() -> None:
    """The shares of `transitions`: each customer has 3 to 10 journeys, most of them of one habit.

    40% of all journeys go on as counted; 60 customers a world, sums over customers as R would have
    them for a ratio.
    """
    rng, worlds, customers = np.random.default_rng(20261130), 2000, 60
    journeys = rng.integers(3, 11, size=(worlds, customers))
    habit = rng.random((worlds, customers)) < 0.4
    alike = rng.binomial(journeys, 0.8)
    times = np.where(habit, alike, 0) + rng.binomial(journeys - alike, 0.4)
    sums = pd.DataFrame(
        {
            "times": times.sum(axis=1),
            "n": journeys.sum(axis=1),
            "clusters": customers,
            "n_squared": (journeys**2).sum(axis=1),
            "times_squared": (times**2).sum(axis=1),
            "times_n": (times * journeys).sum(axis=1),
        }
    )
    assert 93 <= held(clustered_percent(sums), 40) <= 97
    assert held(percent_of(sums["times"], sums["n"]), 40) < 70


def repeating_worlds(n: int, share: float, worlds: int = 500) -> pd.DataFrame:
    """Draw worlds in which ``share`` of the answers come from people with 2 to 4 alike ones."""
    rng = np.random.default_rng([n, round(100 * share)])
    parts = []
    for world in range(worlds):
        sizes: list[int] = []
        while sum(sizes) < share * n:
            sizes.append(int(rng.integers(2, 5)))
        sizes += [1] * (n - sum(sizes))
        people = np.repeat(np.arange(len(sizes)), sizes)
        habit = rng.choice([3, 8, 10], size=len(sizes), p=SHARES)[people]
        other = rng.choice([3, 8, 10], size=len(people), p=SHARES)
        alike = rng.random(len(people)) < 0.8
        columns = {"world": world, "who": people, "score": np.where(alike, habit, other)}
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_scores_of_people_who_answer_again_hold_their_level(share: float) -> None:
    rows = repeating_worlds(100, share)
    plain = nps(rows, "score", by="world")
    score = nps(rows, "score", by="world", cluster="who")
    satisfied = csat(rows, "score", by="world", cluster="who", scale=(0, 10), favourable_from=9)
    assert held(plain, SCORE) < 92
    assert 93 <= held(score, SCORE) <= 97
    assert 93 <= held(satisfied, SATISFIED) <= 97
    assert (score["n_effective"] <= 100).all()
    assert score["n_effective"].mean() < 90
    assert score["estimate"].tolist() == pytest.approx(plain["estimate"].tolist())


def test_a_hand_count_of_clusters() -> None:
    # Deviations from a score of 0 add up, person by person, to 2, -2, 1, -1:
    # 4/3 * (4 + 4 + 1 + 1) / 6^2 is the squared error, R's svymean(~y, svydesign(~who, w = 1)).
    rows = pd.DataFrame({"who": ["a", "a", "b", "b", "c", "d"], "score": [10, 10, 0, 0, 9, 5]})
    row = nps(rows, "score", cluster="who").iloc[0]
    assert row["estimate"] == 0
    assert row["std_error"] == pytest.approx(100 * (4 / 3 * 10 / 36) ** 0.5)
    # As one each, they are 6^2 / (4 + 4 + 1 + 1) = 3.6 answers.
    assert row["n_effective"] == pytest.approx(3.6)
    assert row["note"] == "too few answers"


def test_everybody_for_himself_is_no_cluster() -> None:
    rows = pd.DataFrame({"score": [10, 9, 8, 3, 0, 10, 7, 9, 10, 6]})
    plain = nps(rows, "score")
    limits = ["estimate", "low", "high", "n_effective"]
    for who in (range(10), [None] * 10, [""] * 10, [float("nan")] * 10, ["a", *[None] * 9]):
        alone = nps(rows.assign(who=pd.Series(list(who))), "score", cluster="who")
        pd.testing.assert_frame_equal(alone[limits], plain[limits])


def test_clusters_and_weights_in_groups_that_may_be_missing() -> None:
    rows = pd.DataFrame(
        {
            "shop": ["x", "x", "x", "x", None, None, None, None],
            "who": ["a", "a", "b", None, "a", "a", "c", ""],
            "score": [10, 9, 3, 8, 10, 9, 3, 8],
            "weight": [1.0, 2.0, 1.5, 0.5] * 2,
        }
    )
    both = nps(rows, "score", by="shop", weight="weight", cluster="who")
    alone = nps(rows.iloc[:4], "score", weight="weight", cluster="who")
    columns = ["estimate", "std_error", "low", "high", "n_effective"]
    for at in (0, 1):
        assert both.loc[at, columns].tolist() == pytest.approx(alone.loc[0, columns].tolist())


def test_clusters_have_one_kind_of_interval() -> None:
    with pytest.raises(CxError, match="not for answers in clusters"):
        nps(pd.DataFrame({"score": [9], "who": [1]}), "score", cluster="who", interval="wald")
    with pytest.raises(CxError, match="unknown column"):
        nps(pd.DataFrame({"score": [9]}), "score", cluster="who")


def test_clustered_scores_are_compared_by_their_errors() -> None:
    # Ten people say the same thing three times: as sure as ten answers, not as thirty.
    people = np.repeat(np.arange(10), 3)
    before = pd.DataFrame({"who": people, "score": np.repeat([10] * 5 + [0] * 5, 3)})
    after = pd.DataFrame({"who": people, "score": np.repeat([10] * 8 + [0] * 2, 3)})
    frames = [nps(rows, "score", cluster="who") for rows in (after, before)]
    row = compare(*frames).iloc[0]
    # Variances of ten people: 10/9 * (1 - 0.6^2) / 10 and 10/9 * 1 / 10.
    assert row["std_error"] == pytest.approx(100 * ((1 - 0.36) / 9 + 1 / 9) ** 0.5)
    assert row["p_value"] == pytest.approx(2 * norm.sf(60 / row["std_error"]))
    assert compare(*(nps(rows, "score") for rows in (after, before)))["p_value"].item() < 0.02
