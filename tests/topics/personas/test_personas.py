"""Latent classes: published fits, planted classes found again, none where none are."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import softmax

from cxreport import CxError
from cxreport.topics.personas import agreement, outcomes, personas
from cxreport.topics.personas import classes as module

ROOT = Path(__file__).parents[3]
CASES = {
    case["id"]: case
    for case in json.loads((ROOT / "tests" / "reference" / "personas.json").read_text("utf-8"))
}
CHANCES = np.array([[0.9, 0.85, 0.8, 0.9, 0.8, 0.85], [0.2, 0.15, 0.8, 0.1, 0.2, 0.8]])
SIX = dict.fromkeys("abcdef", "categorical")


def rows_of(case: dict[str, Any]) -> pd.DataFrame:
    patterns = case["input"].get("patterns_A_to_G") or case["input"]["patterns"]
    table = np.repeat(np.array(patterns), case["input"]["count"], axis=0)
    return pd.DataFrame(table, columns=list("ABCDEFG")[: table.shape[1]])


def world(n: int, seed: int) -> pd.DataFrame:
    """Two classes of 65% and 35%; of the first 70% say yes, of the second 40%."""
    rng = np.random.default_rng(seed)
    kind = (rng.random(n) < 0.35).astype(int)
    data = pd.DataFrame((rng.random((n, 6)) < CHANCES[kind]).astype(int), columns=list("abcdef"))
    yes = rng.random(n) < np.where(kind == 0, 0.7, 0.4)
    return data.assign(kind=kind, yes=100.0 * yes)


@pytest.fixture(scope="module")
def two() -> pd.DataFrame:
    return world(1500, 3)


def found_in(data: pd.DataFrame, **options: Any) -> module.Personas:
    return personas(data, SIX, **({"classes": [2], "starts": 5, "resamples": 0} | options))


def test_carcinoma_is_as_published() -> None:
    case = CASES["lca-01"]
    data, far = rows_of(case), case["tolerance"]
    found = personas(data, dict.fromkeys(data, "categorical"), classes=range(1, 5), resamples=0)
    assert found.count == case["expected"]["best_k_by_bic"]
    fit = found.fit.set_index("classes")
    for count, name in ((2, "k2"), (3, "k3")):
        expected = case["expected"][name]
        assert fit["parameters"][count] == expected["npar"]
        for column in ("loglik", "aic", "bic"):
            assert fit[column][count] == pytest.approx(expected[column], abs=far[column])
    expected = case["expected"]["k3"]
    assert found.sizes["estimate"].to_numpy() / 100 == pytest.approx(
        expected["shares"], abs=far["shares"]
    )
    positive = found.profiles[found.profiles["level"] == "2"]
    for item, chances in expected["pr_positive"].items():
        of_item = positive[positive["item"] == item].sort_values("class")["estimate"] / 100
        assert of_item.to_numpy() == pytest.approx(chances, abs=far["pr_positive"])


def test_values_data_are_as_in_polca() -> None:
    case = CASES["lca-03"]
    data, far = rows_of(case), case["tolerance"]
    found = personas(data, dict.fromkeys(data, "categorical"), classes=range(1, 4), resamples=0)
    assert found.count == case["expected"]["best_k_by_bic"]
    assert found.fit["bic"].to_numpy() == pytest.approx(case["expected"]["bic"], abs=far["bic"])
    assert found.sizes["estimate"].to_numpy() / 100 == pytest.approx(
        case["expected"]["k2"]["shares"], abs=far["shares"]
    )


def test_one_class_has_the_standard_errors_of_shares() -> None:
    data = pd.DataFrame({"a": [0] * 30 + [1] * 70, "b": [0, 1] * 50})
    items = {"a": "categorical", "b": "ordered"}
    found = personas(data, items, classes=[1])
    rows = found.profiles.set_index(["item", "level"])
    assert rows["std_error"]["a", "1"] == pytest.approx(100 * (0.7 * 0.3 / 100) ** 0.5)
    assert rows["std_error"]["b", ""] == pytest.approx((0.25 / 100) ** 0.5)
    # Wilson's interval of 70 of 100
    assert rows.loc[("a", "1"), ["low", "high"]].tolist() == pytest.approx([60.42, 78.11], abs=0.01)
    assert found.count == 1


def test_classes_without_overlap_are_counted() -> None:
    rows = [[1, 1, 1, 1, 1]] * 60 + [[2, 2, 2, 2, 2]] * 40
    data = pd.DataFrame(rows, columns=list("abcde"))
    found = personas(data, dict.fromkeys("abcde", "categorical"), classes=[2], starts=3)
    size = found.sizes.iloc[0]
    assert size["n"] == 60
    assert size["std_error"] == pytest.approx(100 * (0.6 * 0.4 / 100) ** 0.5, abs=1e-3)
    assert found.fit["entropy"].item() == pytest.approx(1, abs=1e-6)
    assert found.fit["stability"].item() == pytest.approx(1)
    certain = found.profiles[(found.profiles["class"] == 1) & (found.profiles["level"] == "1")]
    assert set(certain["note"]) == {"at the boundary"}
    # Wilson: all of 60 is 93.98% or more
    assert certain["low"].tolist() == pytest.approx([93.98] * 5, abs=0.01)


def test_the_adjusted_rand_index_is_that_of_hubert_and_arabie() -> None:
    # Of 15 pairs 4 are together in both (1 of the first three, 3 of the last), 6 in the first way
    # and 4 in the second; expected are 6 * 4 / 15.
    one, other = [0, 0, 0, 1, 1, 1], [0, 0, 1, 2, 2, 2]
    pairs, rows, columns = 1 + 3, 6, 1 + 3
    expected = rows * columns / 15
    by_hand = (pairs - expected) / ((rows + columns) / 2 - expected)
    assert agreement(one, other) == pytest.approx(by_hand)
    assert agreement(one, [1, 1, 1, 0, 0, 0]) == 1
    assert agreement([0, 1], [0, 1], [3, 3]) == agreement([0] * 3 + [1] * 3, [0] * 3 + [1] * 3)


def test_planted_classes_are_found(two: pd.DataFrame) -> None:
    found = found_in(two, classes=range(1, 5), resamples=5)
    assert found.count == 2
    assert agreement(two["kind"], found.members["class"].astype(int) - 1) > 0.7
    assert found.fit.set_index("classes")["stability"][2] > 0.9
    assert found.sizes["low"][0] <= 65 <= found.sizes["high"][0]


def test_no_order_changes_a_byte(two: pd.DataFrame) -> None:
    first = found_in(two)
    turned = two.sample(frac=1, random_state=1)
    again = personas(turned, dict(reversed(SIX.items())), classes=[2], starts=5, resamples=0)
    pd.testing.assert_frame_equal(first.fit, again.fit, check_exact=True)
    pd.testing.assert_frame_equal(first.sizes, again.sizes, check_exact=True)
    pd.testing.assert_frame_equal(first.profiles, again.profiles, check_exact=True)
    members = again.members.loc[two.index]
    pd.testing.assert_frame_equal(first.members, members, check_exact=True)


def test_equal_classes_are_ordered_by_their_profiles() -> None:
    rows = [[1, 1, 1, 1]] * 30 + [[2, 2, 2, 2]] * 30
    data = pd.DataFrame(rows, columns=list("abcd"))
    orders = []
    for seed in range(4):
        found = personas(data, dict.fromkeys("abcd", "categorical"), classes=[2], starts=2,
                         seed=seed, resamples=0)  # fmt: skip
        orders.append(found.members["class"].tolist())
    assert all(order == orders[0] for order in orders)


def test_missing_answers_are_no_level(two: pd.DataFrame) -> None:
    holes = np.random.default_rng(1).random((len(two), 6)) < 0.2
    data = two[list("abcdef")].astype("float64").mask(holes)
    data.iloc[0] = np.nan
    found = found_in(data)
    assert found.n == len(two) - (data.isna().all(axis=1)).sum()
    assert pd.isna(found.members["class"].iloc[0])
    assert set(found.profiles["level"]) == {"0", "1"}
    rows = found.profiles[found.profiles["level"] == "1"].pivot_table(
        index="class", columns="item", values="estimate"
    )
    assert rows.to_numpy() == pytest.approx(100 * CHANCES, abs=8)


def test_weights_are_shares_and_no_frequencies(two: pd.DataFrame) -> None:
    plain = found_in(two)
    same = found_in(two.assign(w=2.5), weight="w")
    columns = ["estimate", "low", "high"]
    assert same.sizes[columns].to_numpy() == pytest.approx(plain.sizes[columns].to_numpy())
    assert same.fit["bic"].item() == pytest.approx(plain.fit["bic"].item())
    # weights that give each class one half
    heavy = two.assign(w=np.where(two["kind"] == 0, 0.35, 0.65))
    half = found_in(heavy, weight="w")
    assert half.sizes["estimate"].tolist() == pytest.approx([50, 50], abs=4)
    assert (half.sizes["std_error"] > plain.sizes["std_error"]).all()


def test_a_row_of_no_weight_is_placed_and_not_counted(two: pd.DataFrame) -> None:
    part = two.head(600)
    both = two.head(800).assign(w=[1] * 600 + [0] * 200)
    alone, found = found_in(part), found_in(both, weight="w")
    assert found.n == 600
    assert found.sizes["estimate"].tolist() == pytest.approx(
        alone.sizes["estimate"].tolist(), abs=0.1
    )
    assert found.members["class"].notna().all()


def test_numbers_and_levels_go_together() -> None:
    rng = np.random.default_rng(2)
    kind = rng.random(800) < 0.4
    data = pd.DataFrame({
        "spend": np.where(kind, rng.normal(80, 10, 800), rng.normal(40, 5, 800)),
        "visits": np.where(kind, rng.normal(2, 1, 800), rng.normal(6, 1, 800)),
        "web": np.where(kind, rng.random(800) < 0.8, rng.random(800) < 0.2),
    })  # fmt: skip
    data.loc[:40, "spend"] = np.nan
    items = {"spend": "continuous", "visits": "continuous", "web": "categorical"}
    found = personas(data, items, classes=range(1, 4), starts=5, resamples=0)
    assert found.count == 2
    assert agreement(kind.astype(int), found.members["class"].astype(int) - 1) > 0.9
    rows = found.profiles[found.profiles["metric"] == "mean"].set_index(["class", "item"])
    assert rows["low"][1, "spend"] <= 40 <= rows["high"][1, "spend"]
    # the standard error of a mean: 5 / sqrt(about 460)
    assert rows["std_error"][1, "spend"] == pytest.approx(
        5 / rows["n"][1, "spend"] ** 0.5, rel=0.15
    )


def test_a_value_that_most_have_makes_no_endless_likelihood() -> None:
    rng = np.random.default_rng(5)
    data = pd.DataFrame({"calls": np.where(rng.random(400) < 0.7, 0.0, rng.gamma(2, 2, 400)),
                         "spend": rng.normal(50, 10, 400)})  # fmt: skip
    items = dict.fromkeys(data, "continuous")
    found = personas(data, items, classes=range(1, 4), starts=5, resamples=0)
    # no denser than a normal of a tenth of the standard deviation: log(10) a row and item
    assert np.isfinite(found.fit["loglik"]).all()
    gain = found.fit["loglik"].max() - found.fit["loglik"].iloc[0]
    assert gain < 400 * 2 * np.log(10)


def test_independent_items_are_one_class() -> None:
    alone = 0
    for seed in range(20):
        rng = np.random.default_rng([9, seed])
        data = pd.DataFrame({c: rng.random(300) < rng.uniform(0.2, 0.8) for c in "abcd"})
        items = dict.fromkeys("abcd", "categorical")
        found = personas(data, items, classes=range(1, 3), starts=2, resamples=0)
        alone += found.count == 1
    assert alone >= 19


def test_with_one_class_there_is_nothing_to_compare() -> None:
    rng = np.random.default_rng(1)
    data = pd.DataFrame(rng.integers(0, 2, (300, 4)), columns=list("abcd")).assign(y=1.0)
    found = personas(data, dict.fromkeys("abcd", "categorical"), classes=range(1, 4), starts=3)
    assert found.count == 1
    assert set(found.members["class"]) == {1}
    assert outcomes(found, data, ["y"]).empty


def test_outcomes_are_corrected_for_the_misplaced() -> None:
    corrected, naive, held = [], [], []
    for seed in range(12):
        data = world(500, 100 + seed)
        found = found_in(data, starts=3)
        rows = outcomes(found, data, ["yes"])
        corrected.append(rows["estimate"].tolist())
        naive.append(data.groupby(found.members["class"].astype(int))["yes"].mean().tolist())
        held += [rows["low"][i] <= y <= rows["high"][i] for i, y in enumerate((70, 40))]
    corrected, naive = np.mean(corrected, axis=0), np.mean(naive, axis=0)
    assert corrected == pytest.approx([70, 40], abs=2.5)
    assert naive[0] - naive[1] < 28.5  # people in the wrong class draw the two together
    assert np.mean(held) > 0.8


def test_the_correction_is_that_of_stepmix(two: pd.DataFrame) -> None:
    from stepmix.corrections import compute_bch_matrix  # noqa: PLC0415 - slow to import

    found = found_in(two)
    posterior = found.members.filter(like="posterior").to_numpy()
    _, inverse = compute_bch_matrix(posterior, "modal")
    weights = np.eye(2)[posterior.argmax(axis=1)] @ inverse
    expected = two["yes"].to_numpy() @ weights / weights.sum(axis=0)
    assert outcomes(found, two, ["yes"])["estimate"].to_numpy() == pytest.approx(expected)


def test_errors_hold_what_the_classes_add(two: pd.DataFrame) -> None:
    """Bakk, Oberski & Vermunt 2014: the outcome's own part, and J V J' with J by small steps."""
    data = two.head(300)
    found = found_in(data)
    precision = found.precision
    design = np.stack([data[name] == level for name in "abcdef" for level in (0, 1)], axis=1)
    yes, count = data["yes"].to_numpy(), precision.model.count
    start = [np.log(precision.model.weights), *np.log(precision.model.means)]
    likeliest = found.members.filter(like="posterior").to_numpy().argmax(axis=1)

    def corrected(flat: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the corrected means, what each row weighs in them, and the probabilities."""
        alpha, *logits = np.split(flat, np.cumsum([count] + [12] * (count - 1)))
        log = np.log(np.exp(alpha) / np.exp(alpha).sum()) + np.stack(
            [design @ np.log(softmax(own.reshape(6, 2), axis=1).ravel()) for own in logits], axis=1
        )
        posterior = softmax(log, axis=1)
        chances = posterior.T @ np.eye(count)[likeliest] / posterior.sum(axis=0)[:, None]
        by_row = np.linalg.inv(chances)[likeliest]
        by_row = by_row / by_row.sum(axis=0)
        return yes @ by_row, by_row, posterior

    flat = np.concatenate([part.ravel() for part in start])
    means, by_row, posterior = corrected(flat)
    steps = 1e-5 * np.eye(len(flat))
    slopes = np.array([(corrected(flat + d)[0] - corrected(flat - d)[0]) / 2e-5 for d in steps]).T
    moves = by_row * (yes - posterior @ means)[:, None]
    own = (moves**2).sum(axis=0) * len(yes) / (len(yes) - 1)
    added = np.diag(slopes @ precision.covariance @ slopes.T)
    rows = outcomes(found, data, ["yes"])
    assert rows["estimate"].tolist() == pytest.approx(means, rel=1e-6)
    assert (added > 0.005 * own).all()
    assert (rows["std_error"] ** 2).tolist() == pytest.approx(own + added, rel=1e-4)


def test_a_difference_is_a_signal_where_its_interval_leaves_out_zero(two: pd.DataFrame) -> None:
    noise = np.random.default_rng(1).normal(size=len(two))
    data = two.assign(noise=noise, flat=1.0)
    rows = outcomes(found_in(data), data, ["yes", "noise", "flat"])
    known = rows.dropna(subset="p_value")
    outside = (known["difference_low"] > 0) | (known["difference_high"] < 0)
    assert (outside == known["signal"].astype(bool)).all()
    assert rows.set_index(["metric", "class"])["signal"]["yes", 1]
    assert set(rows.loc[rows["metric"] == "flat", "note"]) == {"no variance"}


def test_few_answers_are_not_estimated(two: pd.DataFrame) -> None:
    data = two.assign(rare=two["yes"].where(two.index < 12))
    rows = outcomes(found_in(data), data, ["rare"])
    assert "too few" in set(rows["note"])
    assert rows.loc[rows["note"] == "too few", "estimate"].isna().all()


def test_more_parameters_than_the_data_tell_are_not_fitted() -> None:
    data = pd.DataFrame({"a": [0, 1] * 20, "b": [0, 0, 1, 1] * 10})
    found = personas(data, dict.fromkeys("ab", "categorical"), classes=range(1, 4), starts=2)
    assert found.fit["note"].tolist() == ["", "not identified", "not identified"]
    assert found.fit["bic"].isna().tolist() == [False, True, True]


def test_the_last_number_tried_is_marked() -> None:
    assert found_in(world(600, 1), classes=range(1, 3)).fit["note"].tolist() == ["", "most tried"]


def test_the_last_number_that_the_data_can_tell_is_marked() -> None:
    # of three items with two answers each, 7 numbers can be told: two classes, no third
    rows = [[0, 0, 0]] * 40 + [[1, 1, 1]] * 40 + [[0, 0, 1], [0, 1, 0], [1, 0, 0]] * 4
    data = pd.DataFrame(rows, columns=list("abc"))
    found = personas(data, dict.fromkeys("abc", "categorical"), starts=3, resamples=0)
    assert found.fit["note"].tolist()[:3] == ["", "most tried", "not identified"]
    assert found.doubts == ["most tried"]


def test_a_difference_from_the_others_is_tested_as_that_of_two_shares() -> None:
    # Classes that do not overlap: 60 of whom 30, and 40 of whom 26, say 1 to the fifth item.
    rows = [[1, 1, 1, 1]] * 60 + [[2, 2, 2, 2]] * 40
    data = pd.DataFrame(rows, columns=list("abcd"))
    data["e"] = [0, 1] * 30 + [0] * 14 + [1] * 26
    items = {**dict.fromkeys("abcd", "categorical"), "e": "ordered"}
    found = personas(data, items, classes=[2], starts=3, resamples=0)
    error = (0.5 * 0.5 / 60 + 0.65 * 0.35 / 40) ** 0.5
    by_hand = 2 * (1 - NormalDist().cdf(0.15 / error))
    of_item = found.profiles[found.profiles["item"] == "e"]
    assert of_item["p_value"].to_numpy() == pytest.approx(np.full(6, by_hand), rel=1e-3)
    # all of one class, nobody of the other: far from chance, though neither has a spread
    assert found.profiles.query("item == 'a'")["p_value"].max() < 1e-6


def test_items_that_tell_nothing_are_left_out(two: pd.DataFrame) -> None:
    data = two.assign(same=1, empty=np.nan)
    items = SIX | {"same": "categorical", "empty": "ordered"}
    found = personas(data, items, classes=[2], starts=3, resamples=0)
    assert found.left_out.to_numpy().tolist() == [["empty", "no answer"], ["same", "constant"]]
    assert set(found.profiles["item"]) == set("abcdef")


def test_a_sample_is_fitted_and_everybody_placed(
    two: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = found_in(two)
    monkeypatch.setattr(module, "MOST_PATTERNS", 50)
    data = two.assign(g=np.random.default_rng(1).normal(size=len(two)))
    items = SIX | {"g": "continuous"}
    found = personas(data, items, classes=[2], starts=10, resamples=0)
    assert (found.n, found.fitted) == (1500, 50)
    assert found.members["class"].notna().all()
    assert found.sizes["std_error"].min() > 3 * whole.sizes["std_error"].max()


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no rows": ({"data": pd.DataFrame({"a": [], "b": []})}, "no rows"),
    "no column": ({"items": {"a": "categorical", "z": "categorical"}}, "no such column"),
    "no kind": ({"items": {"a": "nominal", "b": "categorical"}}, "not a kind"),
    "text": ({"data": pd.DataFrame({"a": ["x", "y"], "b": [1, 2]}),
              "items": {"a": "ordered", "b": "ordered"}}, "not a column of numbers"),
    "one item": ({"items": {"a": "categorical"}}, "fewer than two items"),
    "ids": ({"data": pd.DataFrame({"a": range(90), "b": [0, 1] * 45})}, "too many levels"),
    "infinity": ({"data": pd.DataFrame({"a": [1.0, np.inf], "b": [0, 1]}),
                  "items": {"a": "continuous", "b": "categorical"}}, "not a number"),
    "weight below 0": ({"weight": "minus"}, "not a weight"),
    "weight missing": ({"weight": "hole"}, "not a weight"),
    "weight infinite": ({"weight": "inf"}, "not a weight"),
    "weights of 0": ({"weight": "zero"}, "no row has a weight"),
    "classes of 0": ({"classes": [0, 1]}, "not numbers of classes"),
    "no classes": ({"classes": []}, "not numbers of classes"),
    "no starts": ({"starts": 0}, "not a number of starts"),
    "too many": ({"classes": [9]}, "no number of classes can be fitted"),
}  # fmt: skip


@pytest.mark.parametrize(("given", "what"), BAD.values(), ids=BAD)
def test_bad_input_is_refused(given: dict[str, Any], what: str) -> None:
    data = pd.DataFrame({"a": [0, 1] * 20, "b": [0, 0, 1, 1] * 10, "minus": [1.0] * 39 + [-1.0],
                         "hole": [1.0] * 39 + [np.nan], "inf": [1.0] * 39 + [np.inf],
                         "zero": 0.0})  # fmt: skip
    options = {"data": data, "items": dict.fromkeys("ab", "categorical")} | given
    with pytest.raises(CxError, match=what):
        personas(**options)


def test_other_rows_are_refused(two: pd.DataFrame) -> None:
    found = found_in(two)
    with pytest.raises(CxError, match="not the rows"):
        outcomes(found, two.head(10), ["yes"])
    with pytest.raises(CxError, match="no such column"):
        outcomes(found, two, ["nothing"])


def test_the_package_loads_without_stepmix() -> None:
    code = "import sys, cxreport; print({'stepmix', 'sklearn'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
