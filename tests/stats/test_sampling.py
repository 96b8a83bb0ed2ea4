"""Unequal weights and answers that belong together: intervals that hold their level.

The truth is the share that each world is drawn with; nothing here is printed by the package.
"""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, t

from cxreport.errors import CxError
from cxreport.scores.compare import compare
from cxreport.scores.scores import csat, nps
from cxreport.stats.answers import count_answers
from cxreport.stats.estimates import mean
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


def two_point_worlds(n: int, shares: tuple[float, ...], worlds: int) -> pd.DataFrame:
    """Draw answers of which every fifth weighs six times the others: a design effect of 2.

    (0.8 + 0.2 * 36) / (0.8 + 0.2 * 6)^2 = 8 / 4.
    """
    rng = np.random.default_rng([20261202, n])
    return pd.DataFrame(
        {
            "world": np.repeat(np.arange(worlds), n),
            "score": rng.choice([3, 8, 10], size=worlds * n, p=shares),
            "weight": rng.choice([1.0, 6.0], size=worlds * n, p=[0.8, 0.2]),
        }
    )


@pytest.mark.parametrize("n", [30, 100])
@pytest.mark.parametrize("shares", [(0.5, 0.0, 0.5), (0.02, 0.03, 0.95), (0.3, 0.4, 0.3)])
def test_a_few_heavy_answers_do_not_pass_for_all(n: int, shares: tuple[float, ...]) -> None:
    """Half for and half against, 30 answers: by the estimated effect of the weights alone, 92%."""
    worlds = 12_000 if n == 30 else 4_000
    score = nps(two_point_worlds(n, shares, worlds), "score", by="world", weight="weight")
    chance = 100 * 2.6 * (0.05 * 0.95 / worlds) ** 0.5
    # Where nearly all are promoters the unweighted interval holds up to 97.6% itself.
    assert 93 <= held(score, 100 * (shares[2] - shares[0])) <= 97.6 + chance


def test_the_interval_of_weighted_answers_by_hand() -> None:
    # 10 with weight 3; 10, 3, 8 with weight 1: score (3 + 1 - 1) / 6 = 0.5, Kish 36 / 12 = 3.
    # Linearised (9/4 + 1/4 + 9/4 + 1/4) / 36 = 5/36; by the model (3/4 + 1/4 + 9/4 + 1/4) / 6 / 3
    # = 7/36; three answers of the one and twenty of the other: (3 * 5 + 20 * 7) / 23 / 36.
    rows = pd.DataFrame({"score": [10, 10, 3, 8], "weight": [3.0, 1.0, 1.0, 1.0]})
    row = nps(rows, "score", weight="weight").iloc[0]
    variance = 155 / (23 * 36)
    # Three answers added to three: half the score, and 9 v + 3 / 16 + 3 / 2 + 3 / 16 over 6^2.
    # The twenty are worth four degrees of freedom.
    wider = t.ppf(0.975, 3 + 4) / t.ppf(0.975, 4 + 4)
    reach = wider * norm.ppf(0.975) * (9 * variance + 1.875) ** 0.5 / 6
    assert row["estimate"] == pytest.approx(50)
    assert row[["low", "high"]].tolist() == pytest.approx([25 - 100 * reach, 25 + 100 * reach])
    # The standard error stays R's: svymean(~y, svydesign(~1, weights = ~w)), 4/3 * 5/36.
    assert row["std_error"] == pytest.approx(100 * (4 / 3 * 5 / 36) ** 0.5)


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


def people_of(n: int, repeated: float) -> np.ndarray:
    """Say whose each of ``n`` answers is: a part of them from people with two, three or four."""
    sizes: list[int] = []
    while sum(sizes) < repeated * n - 1:
        sizes.append(min((2, 3, 4)[len(sizes) % 3], round(repeated * n) - sum(sizes)))
    return np.repeat(np.arange(len(sizes) + n - sum(sizes)), [*sizes, *[1] * (n - sum(sizes))])


def layered_worlds(n: int, repeated: float, shift: tuple[float, ...], worlds: int) -> pd.DataFrame:
    """Draw three layers of people with a mood of their own, for everything and for each layer.

    Normal with variance 0.5 + 0.5 + 1, moved by ``shift``; above 0 is good, below -1 bad.
    """
    rng = np.random.default_rng([n, round(100 * repeated), worlds])
    who = people_of(n, repeated)
    moods = rng.normal(size=(worlds, who.max() + 1, 1)) + rng.normal(
        size=(worlds, who.max() + 1, 3)
    )
    feeling = moods[:, who] / 2**0.5 + rng.normal(size=(worlds, n, 3)) + np.array(shift)
    codes = np.where(feeling > 0, 5, np.where(feeling < -1, 1, 3)).reshape(-1, 3)
    world = np.repeat(np.arange(worlds), n)
    rows = pd.DataFrame(codes, columns=["needs", "ease", "enjoyability"])
    return rows.assign(world=world, who=np.tile(who, worlds) + n * world)


def gaps_by_world(rows: pd.DataFrame, level: float) -> list[pd.DataFrame]:
    """Estimate the gaps of all worlds at once, as ``layer_gaps`` does for one."""
    layers = ("needs", "ease", "enjoyability")
    named = {layer: layer for layer in layers}
    answers = count_answers(rows, named, scale=(1, 5), by="world", cluster="who")
    signs = np.sign(answers.valid[list(layers)] - 3)
    return [
        mean(answers, 100 * (signs[one] - signs[other]), level=level, limits=(-200, 200))
        for one, other in combinations(layers, 2)
    ]


@pytest.mark.parametrize("n", [60, 120])
@pytest.mark.parametrize("repeated", [0.3, 0.6])
def test_gaps_of_layers_hold_their_level_when_people_answer_again(n: int, repeated: float) -> None:
    shift = (0.4, 0.0, -0.5)
    rows = layered_worlds(n, repeated, shift, worlds=1500)
    sizes = rows[rows["world"] == 0]["who"].value_counts()
    assert sizes[sizes > 1].sum() / n == pytest.approx(repeated, abs=0.02)
    good, bad = (norm.cdf(np.array(shift) - end, scale=2**0.5) for end in (0, -1))
    scores = 100 * (good - (1 - bad))
    truths = [one - other for one, other in combinations(scores, 2)]
    for found, truth in zip(gaps_by_world(rows, 0.95), truths, strict=True):
        assert 93 <= held(found, truth) <= 97


def test_gaps_of_layers_are_rarely_signals_on_a_page_of_many_families() -> None:
    # Three pairs at half a percent together, and three standard errors: 0.83% of 4,000 worlds.
    rows, share = layered_worlds(60, 0.6, (0, 0, 0), worlds=4000), 0.005
    found = gaps_by_world(rows, 1 - share / 3)
    out = np.array([(gap["low"] > 0) | (gap["high"] < 0) for gap in found])
    assert out.any(axis=0).mean() <= share + 3 * (share * (1 - share) / 4000) ** 0.5
    # The first world, by the function itself.
    names = {name: name for name in ("needs", "ease", "enjoyability")}
    first = layer_gaps(rows[rows["world"] == 0], **names, cluster="who", level=1 - share)
    assert not first["signal"].any()
    ends = [[gap.loc[0, "low"], gap.loc[0, "high"]] for gap in found]
    assert first[["low", "high"]].to_numpy().tolist() == pytest.approx(np.array(ends))


@pytest.mark.parametrize("by", [[], ["channel"]], ids=["scores", "channels"])
def test_clustered_differences_are_rarely_signals_on_a_page_of_many_families(by: list[str]) -> None:
    # By their standard errors and normal quantiles alone, the channels had 1.7% here in place of
    # half a percent: 20 answers of a few people are not many.
    rng, worlds, share = np.random.default_rng(20261129), 2000, 0.005
    sides = []
    for _ in range(2):
        who = people_of(60, 0.4)
        first = np.searchsorted(who, who)
        own = rng.choice([3, 8, 10], size=(worlds, 60), p=(0.2, 0.3, 0.5))
        again = rng.random((worlds, 60)) < 0.5  # as the same person answered before
        world = np.repeat(np.arange(worlds), 60)
        rows = pd.DataFrame(
            {
                "world": world,
                "who": np.tile(who, worlds) + 100 * world,
                "score": np.where(again, own[:, first], own).ravel(),
                "channel": rng.choice(list("abc"), size=worlds * 60),
            }
        )
        names = ["world", *by]
        net = nps(rows, "score", by=names, cluster="who")
        good = csat(rows, "score", by=names, cluster="who", scale=(0, 10), favourable_from=9)
        sides.append(pd.concat([net, good]))
    p_value = compare(*sides, correction="none").groupby("world")["p_value"]
    signals = p_value.agg(lambda p: (p * p.size).min()) < share
    assert signals.mean() <= share + 3 * (share * (1 - share) / worlds) ** 0.5


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
    # With 3/4, 3/2 and 3/4 answers added to the ten people, and their nine degrees of freedom:
    later, first = 0.6 * 10 / 13, 0.0
    squares = 10 * 0.64 / 9 + 0.36, 10 / 9  # of ten answers each, over ten
    variances = [(10 * s + 1.5) / 13 - m**2 for s, m in zip(squares, (later, first), strict=True)]
    errors = np.array(variances) / 13
    welch = errors.sum() ** 2 / (errors**2 / 9).sum()
    assert row["p_value"] == pytest.approx(2 * t.sf(later / errors.sum() ** 0.5, welch))
    assert compare(*(nps(rows, "score") for rows in (after, before)))["p_value"].item() < 0.02
