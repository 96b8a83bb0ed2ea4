"""Small groups: what is hidden, and what is drawn toward the mean of all."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import betabinom, dirichlet_multinomial
from score_samples import rated, recommended

from cxreport.errors import CxError
from cxreport.scores.compare import compare
from cxreport.scores.scores import csat, nps, pyramid
from cxreport.scores.segments import shrink, suppress
from cxreport.stats.shrinkage import fitted_prior, moment_prior

FILE = Path(__file__).parents[1] / "reference" / "segments.json"
CASES: dict[str, Any] = {c["id"]: c for c in json.loads(FILE.read_text(encoding="utf-8"))}
ADDED = ["stabilised", "stabilised_low", "stabilised_high", "rank", "rank_low", "rank_high"]


def sized(*sizes: int, **columns: list[str]) -> pd.DataFrame:
    """Make scores of groups of these sizes, a third each of 3, 7 and 10."""
    counts = [(n // 3, n // 3, n - 2 * (n // 3)) for n in sizes]
    rows = recommended(*counts)
    for name, labels in columns.items():
        rows[name] = rows["group"].map(dict(enumerate(labels)))
    return nps(rows, "score", by=list(columns) or "group")


def shares(favourable: list[int], n: list[int]) -> pd.DataFrame:
    return csat(rated(*zip(favourable, n, strict=True)), "score", by="group")


def measured(estimates: list[float], std_error: float, n: int) -> pd.DataFrame:
    """Make scores of which only estimate and error are known, as of weighted answers."""
    return pd.DataFrame(
        {
            "group": range(len(estimates)),
            "metric": "csat",
            "n": n,
            "estimate": estimates,
            "std_error": std_error,
            "n_effective": float(n),
            "weighted": True,
            "note": "",
        }
    )


def hidden(frame: pd.DataFrame) -> list[bool]:
    return (frame["note"] == "suppressed").tolist()


def test_the_threshold_of_the_published_rule() -> None:
    given, expected = CASES["sup-01"]["input"]["cells"], CASES["sup-01"]["expected"]
    for name in "ABC":
        scores = sized(given[name], 500, 600)
        assert hidden(suppress(scores))[0] == (expected[name] == "suppressed"), name


def test_the_next_smallest_is_hidden_too() -> None:
    given, expected = CASES["sup-01"]["input"]["cells"], CASES["sup-01"]["expected"]
    frame = suppress(sized(*given["table"]), given["table_threshold"])
    shown = [None if pd.isna(n) else int(n) for n in frame["n"]]
    assert shown == expected["table_shown"]


def test_nothing_of_a_hidden_row_is_left() -> None:
    scores = sized(30, 12, 4)
    frame = suppress(scores)
    numbers = frame.columns.difference(["group", "metric", "weighted", "note"])
    assert frame.loc[1:, numbers].isna().all(axis=None)
    assert frame.loc[0, numbers].notna().all()
    assert frame["n"].dtype == "Int64"
    assert frame["note"].tolist() == ["", "suppressed", "suppressed"]
    assert list(frame) == list(scores)
    assert scores["n"].tolist() == [30, 12, 4]


def test_two_hidden_rows_protect_each_other() -> None:
    assert hidden(suppress(sized(30, 9, 4, 50))) == [False, True, True, False]
    assert hidden(suppress(sized(30, 10, 50))) == [False] * 3


def test_each_total_is_protected_on_its_own() -> None:
    regions, shops = ["n", "n", "n", "s", "s", "s"], list("abcdef")
    scores = sized(30, 40, 5, 60, 20, 50, region=regions, shop=shops)
    assert hidden(suppress(scores)) == [True, False, True, False, False, False]


def test_totals_over_other_columns_are_protected_when_asked() -> None:
    regions, channels = ["n", "n", "n", "s", "s", "s"], list("abcabc")
    scores = sized(30, 40, 5, 60, 20, 50, region=regions, channel=channels)
    assert hidden(suppress(scores)) == [True, False, True, False, False, False]
    # Hiding n-c and n-a leaves s-c and s-a to be had by subtraction from the totals of channels.
    both = suppress(scores, totals=["region", "channel"])
    assert hidden(both) == [True, False, True, True, False, True]


def test_metrics_and_questions_are_hidden_apart() -> None:
    scores = pd.concat([sized(30, 12, 4), sized(30, 12, 11).assign(metric="csat")])
    assert hidden(suppress(scores)) == [False, True, True, False, False, False]
    assert suppress(scores).index.tolist() == scores.index.tolist()
    asked = sized(30, 12, 4, 50, 51, 52, shop=list("abcabc"), question=list("xxxyyy"))
    assert hidden(suppress(asked[["shop", "question", *asked.columns[2:]]])).count(True) == 2


def test_a_group_without_answers_hides_nothing() -> None:
    rows = recommended((10, 10, 10), (2, 1, 1), (5, 5, 5), (1, 0, 0))
    rows.loc[rows["group"] == 3, "score"] = None
    frame = suppress(nps(rows, "score", by="group"))
    assert frame["note"].tolist() == ["", "suppressed", "suppressed", "no answers"]


def test_scores_without_groups() -> None:
    assert hidden(suppress(nps(recommended((1, 1, 1)), "score"))) == [True]
    assert hidden(suppress(nps(recommended((4, 4, 4)), "score"))) == [False]
    assert hidden(suppress(sized(9))) == [True]
    assert suppress(sized(30)[:0]).empty


def test_suppressing_twice_changes_nothing() -> None:
    once = suppress(sized(30, 12, 4))
    pd.testing.assert_frame_equal(suppress(once), once)


def test_a_small_reference_period_is_hidden_too() -> None:
    board = compare(sized(30, 40, 50), sized(30, 40, 5)).assign(n_effective=1.0, weighted=False)
    frame = suppress(board)
    assert hidden(frame) == [True, False, True]
    gone = ["n_reference", "estimate_reference", "difference", "p_value", "signal"]
    assert frame.loc[[0, 2], gone].isna().all(axis=None)


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(CxError, match="smallest number"):
        suppress(sized(30), 0)
    with pytest.raises(CxError, match="not a column of groups"):
        suppress(sized(30), totals=["shop"])
    for function in (suppress, shrink):
        with pytest.raises(CxError, match="not a frame of scores"):
            function(pd.DataFrame({"n": [1]}))
    with pytest.raises(CxError, match="not a confidence level"):
        shrink(sized(30), level=95)


def test_moments_of_the_rat_tumours() -> None:
    given, expected = CASES["eb-01"]["input"], CASES["eb-01"]["expected"]
    tumours, n = np.array(given["x"]), np.array(given["n"])
    alpha, beta = moment_prior(np.column_stack([tumours, n - tumours]).astype(float))
    assert alpha == pytest.approx(expected["mom_alpha"], abs=1e-6)
    assert beta == pytest.approx(expected["mom_beta"], abs=1e-6)
    assert alpha == pytest.approx(expected["published"]["alpha"], abs=0.05)
    assert beta == pytest.approx(expected["published"]["beta"], abs=0.05)


def test_likelihood_of_the_rat_tumours_as_in_scipy() -> None:
    given = CASES["eb-01"]["input"]
    tumours, n = np.array(given["x"]), np.array(given["n"])

    def loss(logarithms: Any) -> float:
        return -float(betabinom.logpmf(tumours, n, *np.exp(logarithms)).sum())

    options = {"xatol": 1e-9, "fatol": 1e-11, "maxiter": 5000}
    alpha, beta = np.exp(minimize(loss, [0.0, 2.0], method="Nelder-Mead", options=options).x)
    frame = shrink(shares(given["x"], given["n"]))
    expected = 100 * (alpha + tumours) / (alpha + beta + n)
    assert frame["stabilised"].tolist() == pytest.approx(expected.tolist(), abs=1e-3)


def test_shrunk_nps_as_in_dirmult() -> None:
    given, expected = CASES["eb-04"]["input"]["counts_det_pas_pro"], CASES["eb-04"]["expected"]
    counts = np.array(given, dtype=float)
    prior = fitted_prior(counts)
    assert prior is not None
    assert prior.tolist() == pytest.approx(expected["alpha"], abs=0.002)
    likelihood = dirichlet_multinomial.logpmf(counts.astype(int), prior, counts.sum(axis=1))
    # The published likelihood is without the multinomial coefficients.
    flat = dirichlet_multinomial.logpmf(counts.astype(int), np.full(3, 1e9), counts.sum(axis=1))
    flat -= counts.sum(axis=1) * np.log(1 / 3)
    assert likelihood.sum() - flat.sum() == pytest.approx(expected["loglik"], abs=1e-3)
    frame = shrink(nps(recommended(*map(tuple, given)), "score", by="group"))
    shrunk = [100 * value for value in expected["shrunk_nps"]]
    assert frame["stabilised"].tolist() == pytest.approx(shrunk, abs=0.01)
    assert frame["rank"].tolist() == [2, 3, 6, 1, 4, 5]


def test_estimates_with_errors_as_james_and_stein() -> None:
    given, expected = CASES["eb-03"]["input"], CASES["eb-03"]["expected"]
    estimates = [100 * hits / given["at_bats"] for hits in given["hits"]]
    mean = expected["grand_mean"]
    error = 100 * (mean * (1 - mean) / given["at_bats"]) ** 0.5
    frame = shrink(measured(estimates, error, given["at_bats"]))
    shrunk = [100 * value for value in expected["estimates"]]
    assert frame["stabilised"].tolist() == pytest.approx(shrunk, abs=1e-7)


def test_groups_that_differ_by_chance_only_are_drawn_to_the_mean() -> None:
    # 5, 6 and 4 of 10: less spread than three samples from one population would show.
    frame = shrink(shares([5, 6, 4], [10, 10, 10]))
    assert frame["stabilised"].tolist() == pytest.approx([50.0] * 3)
    assert frame["rank"].tolist() == [1, 1, 1]
    assert frame["rank_low"].tolist() == [1, 1, 1]
    assert frame["rank_high"].tolist() == [3, 3, 3]
    # Between Wilson's intervals of 5 of 10 alone and of 15 of 30 together.
    assert 23.7 < frame["stabilised_low"].iloc[0] < 33.2
    assert 66.8 < frame["stabilised_high"].iloc[0] < 76.3
    same = shrink(measured([50.0, 51.0, 49.0, 50.0, 50.5], 10.0, 25))
    assert same["stabilised"].tolist() == pytest.approx([50.1] * 5)


def test_the_smaller_sample_is_drawn_further() -> None:
    frame = shrink(shares([30, 3, 100, 160, 90], [40, 4, 400, 400, 300]))
    moved = (frame["stabilised"] - frame["estimate"]).abs()
    assert moved[1] > 4 * moved[0] > 0
    width = frame["stabilised_high"] - frame["stabilised_low"]
    assert width[1] > width[0] > width[2]
    inside = frame["stabilised"].between(frame["stabilised_low"], frame["stabilised_high"])
    assert inside.all()


def test_ranks_that_are_told_apart_and_ranks_that_are_not() -> None:
    frame = shrink(shares([900, 300, 290, 50], [1000, 1000, 1000, 1000]))
    assert frame["rank"].tolist() == [1, 2, 3, 4]
    assert frame["rank_low"].tolist() == [1, 2, 2, 4]
    assert frame["rank_high"].tolist() == [1, 3, 3, 4]


def test_tables_are_stabilised_apart() -> None:
    one, two = shares([30, 3, 60], [40, 4, 200]), shares([3, 13, 9], [40, 14, 20])
    both = pd.concat([one.assign(month=1), two.assign(month=2)], ignore_index=True)
    both = both[["month", *one.columns]]
    for month, scores in ((1, one), (2, two)):
        mine = shrink(both)[both["month"] == month]
        assert mine["stabilised"].tolist() == shrink(scores)["stabilised"].tolist()
        assert sorted(mine["rank"]) == [1, 2, 3]


def test_the_same_seed_gives_the_same_limits() -> None:
    scores = shares([30, 3, 100], [40, 4, 400])
    pd.testing.assert_frame_equal(shrink(scores), shrink(scores))
    other = shrink(scores, seed=1)
    assert (other["stabilised"] == shrink(scores)["stabilised"]).all()
    assert (other["stabilised_low"] != shrink(scores)["stabilised_low"]).any()


def test_a_wider_level_is_wider() -> None:
    scores = shares([30, 3, 100], [40, 4, 400])
    assert (shrink(scores, level=0.99)["stabilised_low"] < shrink(scores)["stabilised_low"]).all()


def test_a_single_group_stays_as_it_is() -> None:
    frame = shrink(nps(recommended((20, 30, 50)), "score"))
    assert frame["stabilised"].tolist() == [30.0]
    assert frame[["rank", "rank_low", "rank_high"]].to_numpy().tolist() == [[1, 1, 1]]
    # About the adjusted Wald interval, 14.05 to 44.20.
    assert frame["stabilised_low"].iloc[0] == pytest.approx(14.05, abs=1)
    assert frame["stabilised_high"].iloc[0] == pytest.approx(44.20, abs=1)


def test_answers_that_all_agree_keep_an_interval() -> None:
    frame = shrink(nps(recommended((0, 0, 10), (0, 0, 1), (0, 0, 5)), "score", by="group"))
    assert frame["stabilised"].tolist() == [100.0] * 3
    assert frame["stabilised_high"].tolist() == [100.0] * 3
    ten, one, five = frame["stabilised_low"]
    # Ten promoters alone would give 47.5 (adjusted Wald).
    assert 47.5 < ten < 97
    assert one < five < ten


def test_opposite_groups_are_left_as_they_are() -> None:
    frame = shrink(shares([0, 50, 0, 50], [50] * 4))
    assert frame["stabilised"].tolist() == pytest.approx([0, 100, 0, 100], abs=0.1)
    assert frame["rank_high"].tolist() == [4, 2, 4, 2]


def test_groups_without_answers_and_hidden_ones_stay_empty() -> None:
    rows = recommended((10, 10, 10), (5, 10, 15), (1, 0, 0), (20, 10, 4), (2, 1, 1))
    rows.loc[rows["group"] == 2, "score"] = None
    frame = shrink(suppress(nps(rows, "score", by="group")))
    assert frame["stabilised"].isna().tolist() == [True, False, True, False, True]
    assert frame["rank"].dropna().tolist() == [1, 2]
    assert list(frame)[-6:] == ADDED
    nothing = shrink(nps(rows[:0], "score", by="group"))
    assert list(nothing)[-6:] == ADDED
    assert nothing.empty


def test_a_missing_group_is_no_group() -> None:
    rows = recommended((10, 10, 30), (15, 10, 25), (2, 1, 9), (400, 0, 0))
    rows["shop"] = rows["group"].map({0: "a", 1: "b", 2: "c", 3: None})
    frame = shrink(nps(rows, "score", by="shop"))
    alone = shrink(nps(rows[rows["group"] < 3], "score", by="shop"))
    assert frame["stabilised"].tolist()[:3] == alone["stabilised"].tolist()
    assert frame.loc[3, ADDED].isna().all()


def test_weighted_scores_are_stabilised_by_their_errors() -> None:
    rows = recommended((10, 10, 20), (15, 10, 5), (8, 8, 9), (2, 2, 40), (0, 0, 3))
    rows["weight"] = np.resize([0.5, 1.0, 1.5, 2.0], len(rows))
    frame = shrink(nps(rows, "score", by="group", weight="weight"))
    assert frame[ADDED].notna().all(axis=None)
    mean = frame["estimate"].mean()
    # Three promoters without any spread are not taken for certain.
    assert mean < frame["stabilised"].iloc[4] < 95
    assert frame["stabilised_low"].iloc[4] < 75


def test_all_layers_of_the_pyramid_are_stabilised() -> None:
    rows = pd.DataFrame(
        {
            "shop": np.repeat(list("abcde"), 6),
            "met": np.resize([5, 4, 1, 3, 2, 5, 5], 30),
            "easy": np.resize([4, 4, 2, 5, 1], 30),
            "fun": np.resize([3, 1, 5, 4], 30),
        }
    )
    layers = {"needs": "met", "ease": "easy", "enjoyability": "fun"}
    frame = shrink(pyramid(rows, by="shop", **layers))
    assert frame[ADDED].notna().all(axis=None)
    assert frame.groupby("metric")["rank"].min().tolist() == [1] * 5


def test_answers_without_any_spread_cannot_be_stabilised_by_errors() -> None:
    rows = recommended((0, 0, 4), (0, 0, 6)).assign(weight=1.5)
    frame = shrink(nps(rows, "score", by="group", weight="weight"))
    assert frame[ADDED].isna().all(axis=None)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    generator, held, groups = np.random.default_rng(20), 0, 12
    sizes = np.resize([8, 15, 30, 60, 120], groups)
    for _ in range(25):
        truth = generator.beta(14, 6, groups)
        favourable = generator.binomial(sizes, truth)
        frame = shrink(shares(favourable.tolist(), sizes.tolist()), level=0.9)
        low, high = frame["stabilised_low"], frame["stabilised_high"]
        held += int(((low <= 100 * truth) & (high >= 100 * truth)).sum())
    # 300 intervals of 90%; the estimated spread costs some percent.
    assert 0.83 <= held / 300 <= 0.95
