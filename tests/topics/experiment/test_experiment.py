"""Experiments: sample ratio, effect, subgroups and decision, against published and hand counts."""

import math

import pandas as pd
import pytest
from scipy.stats import false_discovery_control, norm
from score_samples import case
from statsmodels.stats.proportion import confint_proportions_2indep

from cxreport.errors import CxError
from cxreport.topics.experiment import decision
from cxreport.topics.experiment.decision import decide
from cxreport.topics.experiment.effects import effect, sample_ratio
from cxreport.topics.experiment.interaction import interaction as spread_of

HALVES = {"control": 1, "treatment": 1}
NAMES = {"arm": "arm", "outcome": "outcome", "control": "control"}
Counts = dict[str, tuple[int, int]]


def rows(arms: Counts, **columns: object) -> pd.DataFrame:
    """Make one row per customer from (with the outcome, all) of each arm."""
    parts = [
        pd.DataFrame({"arm": arm, "outcome": [1] * with_it + [0] * (n - with_it), **columns})
        for arm, (with_it, n) in arms.items()
    ]
    return pd.concat(parts, ignore_index=True)


def two(with_it: int, n: int, other: int, other_n: int, **columns: object) -> pd.DataFrame:
    return rows({"treatment": (with_it, n), "control": (other, other_n)}, **columns)


def test_published_broken_ratio() -> None:
    # Kohavi, Tang & Xu 2020, Trustworthy Online Controlled Experiments, chapter 3: p = 1.8E-6.
    ratio = sample_ratio({"control": 821_588, "treatment": 815_482}, HALVES)
    assert ratio["p_value"].tolist() == pytest.approx([1.8e-6] * 2, abs=0.05e-6)
    assert ratio["broken"].tolist() == [True, True]
    assert ratio["share"].tolist() == pytest.approx([50.187, 49.813], abs=0.001)


def test_unequal_plan_is_mendels() -> None:
    # Mendel's peas, 9:3:3:1: chi-square 0.470 on 3 degrees of freedom, p = 0.925.
    peas = {"ry": 315, "wy": 101, "rg": 108, "wg": 32}
    ratio = sample_ratio(peas, {"ry": 9, "wy": 3, "rg": 3, "wg": 1})
    first = ratio.iloc[0]
    assert first["chi2"] == pytest.approx(0.470, abs=0.0005)
    assert first["p_value"] == pytest.approx(0.925, abs=0.0005)
    assert ratio["df"].tolist() == [3] * 4
    assert ratio["share_planned"].tolist() == [56.25, 18.75, 18.75, 6.25]
    assert not ratio["broken"].any()


def test_threshold_of_a_broken_ratio() -> None:
    # chi-square of 1 degree is above 10.828 for p < 0.001: 2 (n/2 - x)^2 / (n/2) with n = 1,000.
    kept = sample_ratio({"control": 552, "treatment": 448}, HALVES)
    broken = sample_ratio({"control": 553, "treatment": 447}, HALVES)
    assert kept["chi2"].iloc[0] == pytest.approx(10.816)
    assert broken["chi2"].iloc[0] == pytest.approx(11.236)
    assert [kept["broken"].iloc[0], broken["broken"].iloc[0]] == [False, True]


def test_lost_arm_is_broken_and_few_customers_say_nothing() -> None:
    assert sample_ratio({"control": 40}, HALVES)["broken"].tolist() == [True, True]
    for few in ({}, {"control": 9}):
        ratio = sample_ratio(few, HALVES)
        assert ratio["broken"].isna().all()
        assert ratio["note"].tolist() == ["too few customers"] * 2


@pytest.mark.parametrize(
    ("counts", "planned"),
    [
        ({"a": 5}, {"a": 1}),
        ({"a": 5}, {"a": 1, "b": 0}),
        ({"a": 5}, {"a": 1, "b": math.nan}),
        ({"a": 5, "c": 5}, {"a": 1, "b": 1}),
        ({"a": -5}, {"a": 1, "b": 1}),
        ({"a": math.nan}, {"a": 1, "b": 1}),
    ],
)
def test_impossible_plans_are_refused(counts: dict[str, float], planned: dict[str, float]) -> None:
    with pytest.raises(CxError):
        sample_ratio(counts, planned)


def test_effect_has_the_published_interval() -> None:
    # Newcombe 1998, table II, method 10.
    pairs = case("diff-01")["input"]["x1_n1_x2_n2"]
    limits = case("diff-01")["expected"]["ci95"]
    for pair, expected in zip(pairs, limits, strict=True):
        row = effect(two(*pair), **NAMES).iloc[0]
        assert (row[["low", "high"]] / 100).tolist() == pytest.approx(expected, abs=5e-5)


def test_ten_customers_counted_by_hand() -> None:
    ten = pd.DataFrame(
        {
            "group": ["control"] * 5 + ["new"] * 5,
            "bought": [1, 0, 0, 0, None, 1, 1, 0, 1, 2],
        }
    )
    row = effect(ten, arm="group", outcome="bought", control="control").iloc[0]
    counts = ["n", "favourable", "left_out", "n_control", "favourable_control", "left_out_control"]
    assert row[counts].tolist() == [4, 3, 1, 4, 1, 1]
    assert row[["arm", "estimate", "estimate_control", "difference"]].tolist() == [
        "new", 75.0, 25.0, 50.0,
    ]  # fmt: skip


def test_the_p_value_is_where_the_interval_reaches_zero() -> None:
    row = effect(two(56, 70, 48, 80), **NAMES).iloc[0]
    low, _ = confint_proportions_2indep(
        56, 70, 48, 80, method="newcomb", compare="diff", alpha=row["p_value"]
    )
    assert low == pytest.approx(0, abs=1e-9)
    assert row["signal"]


def test_each_arm_is_compared_with_the_control() -> None:
    three = rows({"b": (30, 100), "a": (45, 100), "control": (25, 100)})
    found = effect(three, correction="holm", **NAMES)
    assert found["arm"].tolist() == ["a", "b"]
    assert found["difference"].tolist() == pytest.approx([20, 5])
    assert found["n_control"].tolist() == [100, 100]
    p_values = found["p_value"].tolist()
    assert found["q_value"].tolist() == pytest.approx([2 * p_values[0], p_values[1]])


def test_subgroups_of_all_columns_are_one_family() -> None:
    data = pd.concat(
        [
            two(40, 100, 22, 100, region="south", age="old"),
            two(30, 100, 25, 100, region="north", age="old"),
            two(28, 100, 20, 100, region="north", age="young"),
        ]
    )
    found = effect(data, by=["region", "age"], **NAMES)
    assert found[["variable", "level"]].to_numpy().tolist() == [
        ["age", "old"], ["age", "young"], ["region", "north"], ["region", "south"],
    ]  # fmt: skip
    assert found["n"].tolist() == [200, 100, 200, 100]
    assert found["favourable_control"].tolist() == [47, 20, 45, 22]
    expected = false_discovery_control(found["p_value"].tolist())
    assert found["q_value"].tolist() == pytest.approx(expected.tolist())


def test_groups_of_one_side_say_why() -> None:
    data = pd.concat(
        [
            two(5, 10, 3, 10, shop="a"),
            rows({"treatment": (2, 4)}, shop="b"),
            rows({"control": (2, 4)}, shop="c"),
            two(5, 10, 3, 10, shop=None),
        ]
    )
    found = effect(data, by="shop", **NAMES)
    assert found["note"].tolist() == ["", "no control", "no treated", ""]
    assert found["signal"].isna().tolist() == [False, True, True, False]
    assert found["n"].tolist() == [10, 4, 0, 10]
    assert found["level"].isna().tolist() == [False, False, False, True]


def test_no_effect_is_read_where_the_ratio_is_broken() -> None:
    data = two(80, 400, 60, 600)
    ratio = sample_ratio({"control": 600, "treatment": 400}, HALVES)
    row = effect(data, ratio=ratio, **NAMES).iloc[0]
    assert row[["difference", "low", "high", "p_value", "q_value", "signal"]].isna().all()
    assert row["note"] == "sample ratio broken"
    planned = sample_ratio({"control": 600, "treatment": 400}, {"control": 6, "treatment": 4})
    assert effect(data, ratio=planned, **NAMES)["signal"].tolist() == [True]
    by_shop = effect(data.assign(shop="a"), by="shop", ratio=ratio, **NAMES)
    assert by_shop["difference"].isna().all()
    assert spread_of(by_shop).empty


def test_no_variance_and_nobody_are_no_signal() -> None:
    assert effect(two(0, 50, 0, 50), **NAMES)["note"].tolist() == ["no variance"]
    empty = effect(two(1, 2, 1, 2).head(0), **NAMES)
    assert empty.empty
    assert decide(empty).empty
    undeclared = effect(two(1, 2, 1, 2), by=(), **NAMES)
    assert list(undeclared.columns[:3]) == ["variable", "level", "arm"]
    assert spread_of(undeclared).empty


@pytest.mark.parametrize("arms", [{"control": (1, 9)}, {"a": (1, 9), "b": (2, 9)}])
def test_nothing_to_compare_is_refused(arms: Counts) -> None:
    with pytest.raises(CxError, match="nothing to compare"):
        effect(rows(arms), **NAMES)


def test_the_arm_is_no_subgroup() -> None:
    with pytest.raises(CxError, match="subgroup"):
        effect(two(1, 2, 1, 2), by="arm", **NAMES)


def test_interaction_of_two_groups_is_their_z_test() -> None:
    data = pd.concat([two(60, 200, 40, 200, shop="a"), two(50, 200, 50, 200, shop="b")])
    found = spread_of(effect(data, by="shop", **NAMES)).iloc[0]
    # Differences 0.10 and 0; variances (0.3 x 0.7 + 0.2 x 0.8) / 200 and 2 x 0.25 x 0.75 / 200.
    z = 0.10 / math.sqrt(0.37 / 200 + 0.375 / 200)
    assert found["Q"] == pytest.approx(z**2)
    assert found["p_value"] == pytest.approx(2 * norm.sf(z))
    assert found[["variable", "arm", "groups", "df"]].tolist() == ["shop", "treatment", 2, 1]


def test_one_group_has_no_interaction() -> None:
    found = spread_of(effect(two(60, 200, 40, 200, shop="a"), by="shop", **NAMES))
    assert found["note"].tolist() == ["fewer than two groups"]
    assert found["p_value"].isna().all()


@pytest.mark.parametrize(
    ("counts", "worthwhile", "better", "expected"),
    [
        # Newcombe: +20 points, 5.2 to 33.4.
        ((56, 70, 48, 80), 0, "higher", "adopt"),
        ((56, 70, 48, 80), 20, "higher", "adopt"),
        ((56, 70, 48, 80), 21, "higher", "perhaps"),
        ((56, 70, 48, 80), 34, "higher", "too_small"),
        ((56, 70, 48, 80), 0, "lower", "harm"),
        ((48, 80, 56, 70), 0, "higher", "harm"),
        ((48, 80, 56, 70), 0, "lower", "adopt"),
        ((48, 80, 56, 70), 34, "lower", "too_small"),
        # One customer more in ten, and nobody at all.
        ((4, 10, 3, 10), 0, "higher", "unknown"),
        ((0, 50, 0, 50), 0, "higher", "unknown"),
        # 500/10,000 on both sides: -0.6 to 0.6, no signal, and surely less than 1 point.
        ((500, 10_000, 500, 10_000), 0, "higher", "unknown"),
        ((500, 10_000, 500, 10_000), 1, "higher", "too_small"),
    ],
)
def test_decisions(
    counts: tuple[int, int, int, int],
    worthwhile: float,
    better: decision.Better,
    expected: str,
) -> None:
    found = decide(effect(two(*counts), **NAMES), worthwhile=worthwhile, better=better)
    assert found["decision"].tolist() == [expected]


def test_broken_ratio_decides_nothing() -> None:
    ratio = sample_ratio({"control": 600, "treatment": 400}, HALVES)
    found = decide(effect(two(80, 400, 60, 600), ratio=ratio, **NAMES))
    assert found["decision"].tolist() == ["broken"]
    assert found["difference"].isna().all()


def test_detectable_is_that_of_r() -> None:
    # R: power.prop.test(n = 50, p1 = .50, p2 = .75) has power 0.7401659.
    effects = effect(two(25, 50, 25, 50), **NAMES)
    for better in ("higher", "lower"):
        found = decide(effects, power=0.7401659, better=better)
        assert found["detectable"].item() == pytest.approx(25, abs=0.001)


def test_one_customer_detects_nothing() -> None:
    found = decide(effect(two(1, 1, 3, 10), **NAMES))
    assert found["decision"].tolist() == ["unknown"]
    assert found["detectable"].isna().all()


@pytest.mark.parametrize("wrong", [{"worthwhile": -1}, {"worthwhile": math.nan}, {"better": "up"}])
def test_wrong_rules_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(CxError):
        decide(effect(two(1, 9, 1, 9), **NAMES), **wrong)  # type: ignore[arg-type]
