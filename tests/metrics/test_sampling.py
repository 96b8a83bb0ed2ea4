"""Unequal weights and answers that belong together: intervals that hold their level.

The truth is the share that each world is drawn with; nothing here is printed by the package.
"""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from cxreport.errors import CxError
from cxreport.metrics.compare import compare
from cxreport.metrics.scores import csat, nps

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


def test_too_few_unequal_answers_are_called_so() -> None:
    # One of ten weighs as much as 30: (39)^2 / (9 + 900) = 1.67 equal answers.
    rows = pd.DataFrame({"score": [10] * 5 + [3] * 5, "weight": [30.0] + [1.0] * 9})
    row = nps(rows, "score", weight="weight").iloc[0]
    assert row["n_effective"] == pytest.approx(39**2 / 909)
    assert row["note"] == "too few answers"
    assert nps(rows.assign(weight=2.0), "score", weight="weight")["note"].item() == ""


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
