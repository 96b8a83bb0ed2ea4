"""Differences: the cases of papers and of R, corrections, and when nothing can be said."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control, t, ttest_ind_from_stats
from score_samples import case, rated, recommended
from statsmodels.stats.proportion import confint_proportions_2indep

from cxreport.errors import CxError
from cxreport.metrics.compare import compare
from cxreport.metrics.scores import ces, csat, nps, pyramid

LAYERS = {"needs": "met", "ease": "easy", "enjoyability": "fun"}


def net(*groups: tuple[int, int, int]) -> pd.DataFrame:
    return nps(recommended(*groups), "score", by="group")


def satisfied(*groups: tuple[int, int]) -> pd.DataFrame:
    return csat(rated(*groups), "score", by="group")


def test_difference_of_two_nps_as_in_r() -> None:
    given, expected = case("nps-13")["input"], case("nps-13")["expected"]
    row = compare(net(given["a"]), net(given["b"])).iloc[0]
    adjusted = expected["adjusted_wald"]
    assert row["difference"] / 100 == pytest.approx(expected["diff"], abs=1e-8)
    assert (row[["low", "high"]] / 100).tolist() == pytest.approx(adjusted["ci"], abs=1e-8)
    assert row["p_value"] == pytest.approx(adjusted["p"], abs=1e-8)
    assert row["std_error"] / 100 == pytest.approx(expected["wald"]["se"], abs=1e-8)
    assert not row["signal"]


def test_the_sign_is_kept() -> None:
    given = case("nps-13")["input"]
    up = compare(net(given["a"]), net(given["b"])).iloc[0]
    down = compare(net(given["b"]), net(given["a"])).iloc[0]
    assert down["difference"] == -up["difference"]
    assert [down["low"], down["high"]] == pytest.approx([-up["high"], -up["low"]])
    assert down["p_value"] == pytest.approx(up["p_value"])


def test_shares_have_the_published_interval() -> None:
    pairs = case("diff-01")["input"]["x1_n1_x2_n2"]
    current = satisfied(*(pair[:2] for pair in pairs))
    reference = satisfied(*(pair[2:] for pair in pairs))
    frame = compare(current, reference, correction="none")
    expected = np.ravel(case("diff-01")["expected"]["ci95"])
    assert (frame[["low", "high"]] / 100).to_numpy().ravel() == pytest.approx(expected, abs=5e-5)


def test_the_p_value_of_shares_is_where_the_interval_reaches_zero() -> None:
    for now, then in (((56, 70), (48, 80)), ((3, 40), (12, 35)), ((20, 20), (5, 9))):
        row = compare(satisfied(now), satisfied(then)).iloc[0]
        limits = confint_proportions_2indep(
            *now, *then, method="newcomb", compare="diff", alpha=row["p_value"]
        )
        assert min(map(abs, limits)) == pytest.approx(0, abs=1e-9)
        assert row["signal"] == (row["p_value"] < 0.05)


def test_weighted_scores_are_compared_by_their_errors() -> None:
    given = case("nps-17")["input"]
    rows = pd.DataFrame(given)
    weighted = nps(rows, "scores", weight="weights")
    plain = nps(rows.assign(scores=[10, 10, 9, 9, 9, 9, 9, 9, 9, 2, 7, 8]), "scores")
    errors = 0.2960210259328, math.sqrt((9 / 12 + 1 / 12 - (8 / 12) ** 2) / 12)
    sizes = rows["weights"].sum() ** 2 / (rows["weights"] ** 2).sum(), 12
    scores = weighted["estimate"].item() / 100, 8 / 12
    moments = [added(*each) for each in zip(scores, errors, sizes, strict=True)]
    difference = 100 * (moments[0][0] - moments[1][0])
    error = 100 * math.hypot(moments[0][1], moments[1][1])
    freedom = sum(e**2 for _, e in moments) ** 2 / sum(
        e**4 / (size - 1) for (_, e), size in zip(moments, sizes, strict=True)
    )
    reach = t.ppf(0.975, freedom) * error
    for current, reference, sign in ((weighted, plain, 1), (plain, weighted, -1)):
        row = compare(current, reference).iloc[0]
        assert row["std_error"] == pytest.approx(100 * math.hypot(*errors), abs=1e-8)
        assert row["low"] == pytest.approx(sign * difference - reach, abs=1e-8)
        assert row["high"] == pytest.approx(sign * difference + reach, abs=1e-8)
        assert row["p_value"] == pytest.approx(2 * t.sf(abs(difference) / error, freedom), abs=1e-9)


def added(score: float, error: float, size: float) -> tuple[float, float]:
    """Return score and error after adding 3/4 of -1, 3/2 of 0 and 3/4 of 1: squares added up."""
    mean = score * size / (size + 3)
    own = size * (size * error**2 + score**2)  # what the answers' squares add up to
    squares = own + 3 / 4 + 3 / 4
    return mean, math.sqrt((squares / (size + 3) - mean**2) / (size + 3))


def test_a_weighted_share_is_compared_with_two_answers_added() -> None:
    # All but alike in weight, it is Agresti and Caffo's: (7 + 1) / 12 against (3 + 1) / 12.
    first, second = ([5] * 7 + [1] * 3, [5] * 3 + [1] * 7)
    frames = [
        csat(pd.DataFrame({"score": answers, "weight": [1.0] * 9 + [1.0001]}), "score",
             weight="weight")
        for answers in (first, second)
    ]  # fmt: skip
    row = compare(*frames).iloc[0]
    middle, error = 100 * 4 / 12, 100 * math.sqrt(2 * (8 / 12) * (4 / 12) / 12)
    assert (row["low"] + row["high"]) / 2 == pytest.approx(middle, abs=0.01)
    # The linearised variance has 9 in place of 10 below, which makes the error a little larger.
    assert error < (row["high"] - middle) / t.ppf(0.975, 18) < 1.06 * error


def test_pyramid_rows_are_compared_by_their_kind() -> None:
    before = pd.DataFrame({"met": [1, 2, 3, 5, 4], "easy": [2, 3, 3, 4, 2], "fun": [1, 3, 5, 4, 4]})
    after = pd.DataFrame({"met": [5, 4, 5, 1], "easy": [5, 4, 4, 3], "fun": [5, 3, 4, 2]})
    boards = pyramid(after, **LAYERS), pyramid(before, **LAYERS)
    frame = compare(*boards, correction="none").set_index("metric")
    assert frame.index.tolist() == [*LAYERS, "index", "all_three"]
    as_net = compare(net((1, 0, 3)), net((2, 1, 2))).iloc[0]
    as_share = compare(satisfied((2, 4)), satisfied((1, 5))).iloc[0]
    columns = ["difference", "low", "high", "p_value"]
    assert frame.loc["needs", columns].tolist() == pytest.approx(as_net[columns].tolist())
    assert frame.loc["all_three", columns].tolist() == pytest.approx(as_share[columns].tolist())
    # Layers of each respondent: after +++ ++0 +++ -0-; before --- -00 00+ +++ +-+.
    one = pd.Series([100, 200 / 3, 100, -200 / 3])
    two = pd.Series([-100, -100 / 3, 100 / 3, 100, 100 / 3])
    welch = ttest_ind_from_stats(
        *(one.mean(), one.std(), 4), *(two.mean(), two.std(), 5), equal_var=False
    )
    assert frame.loc["index", "p_value"] == pytest.approx(welch.pvalue, abs=1e-12)


def test_corrections() -> None:
    current = satisfied((56, 70), (30, 70), (41, 70), (20, 40))
    reference = satisfied((42, 70), (38, 70), (28, 70), (20, 40))
    plain = compare(current, reference, correction="none")
    p_values = plain["p_value"].tolist()
    assert plain["q_value"].tolist() == p_values
    benjamini = compare(current, reference)["q_value"].tolist()
    assert benjamini == pytest.approx(false_discovery_control(p_values).tolist())
    holm = compare(current, reference, correction="holm")["q_value"].tolist()
    first, second, third = sorted(p_values)[:3]
    stepped = {first: 4 * first, second: max(4 * first, 3 * second)}
    stepped[third] = max(stepped[second], 2 * third)
    assert [holm[p_values.index(p)] for p in stepped] == pytest.approx(list(stepped.values()))


def test_signal_follows_the_corrected_value() -> None:
    # Alone, 50/100 against 36/100 is p = 0.0455; beside nine rows without change it is noise.
    alone = compare(satisfied((50, 100)), satisfied((36, 100))).iloc[0]
    assert 0.04 < alone["p_value"] < 0.05
    assert alone["signal"]
    many = compare(satisfied((50, 100), *[(50, 100)] * 9), satisfied((36, 100), *[(50, 100)] * 9))
    assert many["p_value"].iloc[0] == alone["p_value"]
    assert many["signal"].tolist() == [False] * 10


@pytest.mark.parametrize(
    ("current", "reference", "note"),
    [
        ((0, 10, 0), (0, 0, 10), "all answers passive"),
        ((0, 0, 10), (0, 500, 0), "all answers passive"),
        ((0, 0, 1), (50, 0, 0), "too few answers"),
        ((5, 5, 5), (0, 0, 1), "too few answers"),
    ],
)
def test_what_cannot_be_said_is_left_empty(
    current: tuple[int, int, int], reference: tuple[int, int, int], note: str
) -> None:
    frame = compare(net(current), net(reference))
    assert frame["note"].tolist() == [note]
    assert frame["signal"].isna().all()
    assert frame[["p_value", "q_value"]].isna().all(axis=None)
    assert frame["difference"].notna().all()


def test_shares_without_variance_are_left_empty() -> None:
    frame = compare(satisfied((10, 10)), satisfied((20, 20)))
    assert frame["note"].tolist() == ["no variance"]
    assert frame["signal"].isna().all()


def test_weighted_all_passive_is_never_significant() -> None:
    rows = pd.DataFrame({"score": [7] * 9, "weight": [1.0, 2, 3] * 3})
    other = pd.DataFrame({"score": [10] * 8 + [0], "weight": [1.0, 2, 3] * 3})
    frames = [nps(each, "score", weight="weight") for each in (rows, other)]
    frame = compare(*frames)
    assert frame["note"].tolist() == ["all answers passive"]
    assert frame["signal"].isna().all()


def test_weighted_all_promoters_have_no_variance_to_test_with() -> None:
    rows = pd.DataFrame({"score": [10, 9, 9], "weight": [1.0, 2, 3]})
    other = pd.DataFrame({"score": [10, 9, 0], "weight": [1.0, 2, 3]})
    frames = [nps(each, "score", weight="weight") for each in (rows, other)]
    frame = compare(*frames)
    assert frame["note"].tolist() == ["no variance"]
    assert frame[["low", "high", "p_value"]].isna().all(axis=None)
    assert frame["signal"].isna().all()


def test_opposite_samples_are_a_signal() -> None:
    row = compare(net((0, 0, 30)), net((30, 0, 0))).iloc[0]
    assert row["difference"] == 200
    assert row["low"] > 0
    assert row["high"] <= 200
    assert row["signal"]


def test_groups_of_one_side_stay() -> None:
    rows = recommended((2, 3, 5), (2, 3, 5), (3, 3, 3))
    rows["shop"] = rows["group"].map({0: "b", 1: "a", 2: None})
    current = nps(rows[rows["group"] < 2], "score", by="shop")
    reference = nps(rows[rows["group"] != 1], "score", by="shop")
    frame = compare(current, reference)
    assert frame["shop"].fillna("none").tolist() == ["a", "b", "none"]
    assert frame["note"].tolist() == ["only in current", "", "only in reference"]
    assert frame["n"].tolist() == [10, 10, 0]
    assert frame["n_reference"].tolist() == [0, 10, 9]
    assert frame["difference"].isna().tolist() == [True, False, True]
    assert frame["signal"].isna().tolist() == [True, False, True]
    assert frame.loc[0, ["low", "high"]].isna().all()


def test_a_missing_group_meets_its_like() -> None:
    shops = pd.array([1, 1, None, None], dtype="Int64")
    rows = pd.DataFrame({"shop": shops, "score": [10, 0, 10, 7]})
    frame = compare(nps(rows, "score", by="shop"), nps(rows[:3], "score", by="shop"))
    assert frame["n"].tolist() == [2, 2]
    assert frame["n_reference"].tolist() == [2, 1]
    whole = nps(rows[:2].astype({"shop": "int64"}), "score", by="shop")
    assert compare(nps(rows, "score", by="shop"), whole)["n_reference"].tolist() == [2, 0]


def test_an_empty_side() -> None:
    current = net((2, 3, 5))
    for frame in (compare(current, current[:0]), compare(current[:0], current)):
        assert len(frame) == 1
        assert frame["signal"].isna().all()
    nothing = nps(pd.DataFrame({"group": [], "score": []}), "score", by="group")
    assert compare(current, nothing)["note"].tolist() == ["only in current"]
    both = compare(current[:0], nothing)
    assert len(both) == 0
    assert list(both) == list(compare(current, current))


def test_stacked_scores_are_matched_by_metric() -> None:
    rows = rated((6, 10), (2, 9))
    frames = [metric(rows, "score", by="group") for metric in (nps, csat, ces)]
    frame = compare(pd.concat(frames), pd.concat(frames[::-1]))
    assert frame["metric"].tolist() == ["nps", "csat", "ces"] * 2
    assert frame["difference"].tolist() == [0] * 6
    assert frame["p_value"].tolist() == pytest.approx([1] * 6)


def test_columns_are_those_promised() -> None:
    assert list(compare(net((1, 2, 3)), net((1, 2, 3)))) == [
        *("group", "metric", "n", "n_reference", "estimate", "estimate_reference"),
        *("difference", "std_error", "low", "high", "p_value", "q_value", "signal", "note"),
    ]


@pytest.mark.parametrize(
    ("options", "what"),
    [({"correction": "fdr"}, "unknown correction"), ({"level": 1}, "not a confidence level")],
)
def test_wrong_options_are_refused(options: dict[str, object], what: str) -> None:
    with pytest.raises(CxError, match=re.escape(what)):
        compare(net((1, 2, 3)), net((1, 2, 3)), **options)


def test_frames_that_do_not_belong_together_are_refused() -> None:
    scores = net((1, 2, 3), (1, 2, 3))
    with pytest.raises(CxError, match="not a frame of scores"):
        compare(scores, pd.DataFrame({"group": [0], "estimate": [1.0]}))
    with pytest.raises(CxError, match="broken down differently"):
        compare(scores, scores.drop(columns="group")[:1])
    with pytest.raises(CxError, match="occurs twice"):
        compare(scores, pd.concat([scores, scores]))
    with pytest.raises(CxError, match="different types"):
        compare(scores, scores.assign(group=["x", "y"]))
