"""Weights: the cases of R's survey package, and targets that cannot be met."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from cxreport.errors import CxError
from cxreport.inputs.source import as_table
from cxreport.stats.weights import design_effect, rake, rake_cells

FILE = Path(__file__).parents[1] / "reference" / "weights.json"
CASES: dict[str, Any] = {c["id"]: c for c in json.loads(FILE.read_text(encoding="utf-8"))}
HALVES = {"region": {"north": 0.5, "south": 0.5}}


def schools() -> pd.DataFrame:
    """Make one row per school of the California sample."""
    cells = pd.DataFrame(CASES["wt-01"]["input"]["cells"])
    cells["mean"] = cells["sum_api00"] / cells["n"]
    return cells.loc[cells.index.repeat(cells["n"])].reset_index(names="cell")


def voters() -> pd.DataFrame:
    """Make one row per respondent of the American election study."""
    given = CASES["wt-04"]["input"]
    rows = [
        {"age": age, "married": married}
        for married in ("not_married", "married")
        for age, n in zip(given["age"], given[f"n_{married}"], strict=True)
        for _ in range(n)
    ]
    return pd.DataFrame(rows)


def voters_targets() -> dict[str, dict[Any, float]]:
    given = CASES["wt-04"]["input"]
    share = given["target_share"]
    return {
        "age": dict(zip(given["age"], share["age"], strict=True)),
        "married": {name: share[name] for name in ("married", "not_married")},
    }


def people(north: int, south: int) -> pd.DataFrame:
    return pd.DataFrame({"region": ["north"] * north + ["south"] * south})


def test_totals_as_in_r() -> None:
    given, expected = CASES["wt-01"]["input"], CASES["wt-01"]["expected"]
    rows = schools().assign(base=given["base_weight"])
    raked = rake(rows, given["margins"], weight="base")
    cells = raked.groupby(rows["cell"])
    assert cells.first().tolist() == pytest.approx(expected["cell_weight"], abs=1e-4)
    assert cells.std().max() < 1e-9
    mean = (raked * rows["mean"]).sum() / raked.sum()
    assert mean == pytest.approx(expected["converged_mean"], abs=1e-4)
    assert raked.sum() == pytest.approx(6194)
    assert design_effect(raked).n_effective == pytest.approx(expected["n_eff_kish"], abs=1e-3)


def test_equal_starting_weights_are_the_same_as_none() -> None:
    given = CASES["wt-01"]["input"]
    rows = schools().assign(base=given["base_weight"])
    plain, based = rake(rows, given["margins"]), rake(rows, given["margins"], weight="base")
    assert plain.tolist() == pytest.approx(based.tolist(), rel=1e-8)


def test_shares_as_in_r() -> None:
    expected, rows = CASES["wt-04"]["expected"], voters()
    raked = rake(rows, voters_targets())
    found = raked.groupby([rows["married"], rows["age"]]).first()
    assert found["not_married"].tolist() == pytest.approx(expected["w_not_married"], abs=1e-7)
    assert found["married"].tolist() == pytest.approx(expected["w_married"], abs=1e-7)
    effect = design_effect(raked)
    assert effect.n == 1211
    assert effect.n_effective == pytest.approx(expected["n_eff"], abs=1e-6)
    assert effect.deff == pytest.approx(expected["deff"], abs=1e-7)
    assert raked.mean() == pytest.approx(1)


def test_design_effect_as_in_r() -> None:
    given, expected = CASES["wt-02"]["input"], CASES["wt-02"]["expected"]
    values = [given["weights_by_stratum"][name] for name, n in given["n"].items() for _ in range(n)]
    effect = design_effect(values)
    assert effect.n == 200
    assert effect.deff == pytest.approx(expected["kish_deff"], abs=1e-8)
    assert effect.n_effective == pytest.approx(expected["n_eff"], abs=1e-6)
    assert design_effect([3.0] * 7) == (7, 7.0, 1.0)


@pytest.mark.parametrize("bad", [0, -1, float("nan"), None, float("inf")])
def test_weights_that_are_none_have_no_design_effect(bad: float | None) -> None:
    with pytest.raises(CxError, match="cannot be used"):
        design_effect([1.0, bad])  # type: ignore[list-item]
    with pytest.raises(CxError, match="cannot be used"):
        design_effect([])


def test_the_index_and_the_order_of_rows_are_kept() -> None:
    rows = people(3, 1).iloc[::-1].set_axis(list("abcd"))
    raked = rake(rows, HALVES)
    assert raked.index.tolist() == list("abcd")
    assert raked.tolist() == pytest.approx([2, 2 / 3, 2 / 3, 2 / 3])
    doubled = people(3, 1).set_axis([0, 0, 1, 1])
    assert rake(doubled, HALVES).tolist() == pytest.approx([2 / 3, 2 / 3, 2 / 3, 2])


def test_many_rows_of_polars_keep_their_order() -> None:
    codes = np.random.default_rng(4).integers(0, 3, 300_000)
    targets = {"age": {0: 0.2, 1: 0.3, 2: 0.5}}
    raked = rake(pl.DataFrame({"age": codes}), targets)
    by_hand = np.array([0.2, 0.3, 0.5]) * codes.size / np.bincount(codes)
    assert raked.to_numpy() == pytest.approx(by_hand[codes])


def test_columns_of_any_type() -> None:
    rows = pd.concat([people(5, 3)] * 3, ignore_index=True)
    rows["member"] = np.resize([True, False, True, True, False], 24)
    rows["age"] = pd.array(np.resize([1, 2, 2], 24), "Int8")
    rows["region"] = rows["region"].astype("category")
    targets = {**HALVES, "member": {True: 0.7, False: 0.3}, "age": {1: 0.25, 2: 0.75}}
    raked = rake(rows, targets)
    for name, levels in targets.items():
        for level, share in levels.items():
            assert raked[rows[name] == level].sum() == pytest.approx(24 * share)


def test_starting_weights_are_kept_in_proportion() -> None:
    rows = people(3, 1).assign(base=[1.0, 2.0, 3.0, 9.0])
    raked = rake(rows, HALVES, weight="base")
    assert raked.tolist() == pytest.approx([1 / 3, 2 / 3, 1, 2])


def test_trimmed_weights_stay_under_the_limit_and_on_target() -> None:
    rows = pd.concat([people(8, 2).assign(sex="f"), people(9, 1).assign(sex="m")])
    rows = rows.reset_index(drop=True)
    targets = {**HALVES, "sex": {"f": 0.5, "m": 0.5}}
    free, trimmed = rake(rows, targets), rake(rows, targets, trim=3.5)
    assert free.max() > 3.6
    assert trimmed.max() == pytest.approx(3.5)
    assert trimmed[rows["region"] == "south"].sum() == pytest.approx(10)
    assert trimmed[rows["sex"] == "m"].sum() == pytest.approx(10)
    assert (rake(rows, targets, trim=9) == free).all()


def test_a_limit_that_cannot_hold_is_refused() -> None:
    # Three rows of the south must weigh 10 together: more than 3 each.
    rows = pd.concat([people(8, 2).assign(sex="f"), people(9, 1).assign(sex="m")])
    with pytest.raises(CxError, match="with trim=3"):
        rake(rows, {**HALVES, "sex": {"f": 0.5, "m": 0.5}}, trim=3)
    with pytest.raises(CxError, match="not a limit"):
        rake(rows, HALVES, trim=1)


def test_cells_in_an_engine() -> None:
    table = as_table(people(3, 1))
    cells = rake_cells(table, {"region": {"south": 60, "north": 20}})
    assert cells["region"].tolist() == ["south", "north"]
    assert cells["n"].tolist() == [1, 3]
    assert cells["raked_weight"].tolist() == pytest.approx([60, 20 / 3])
    with pytest.raises(CxError, match="no order"):
        rake(table, HALVES)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("targets", "what", "named"),
    [
        ({}, "no targets", "column -> level"),
        ({"region": {}}, "without levels", "region"),
        ({"region": {"north": 0.6, "south": 0.5}}, "do not add up", "region: 1.1"),
        ({"region": {"north": 30, "south": 9}, "sex": {"f": 20, "m": 20}}, "do not add up", "39"),
        ({"region": {"north": 1.0, "south": 0}}, "not a target", "south"),
        ({"region": {"north": 1.5, "south": -0.5}}, "not a target", "south"),
        ({"region": {"north": 0.5, "south": None}}, "not a target", "south"),
        ({"region": {"north": 0.5, "south": float("nan")}}, "not a target", "south"),
        ({"region": {"north": 0.5, "west": 0.5}}, "levels without a target", "'aaaaa'"),
        ({"region": {"north": 0.5, "south": 0.3, "west": 0.2}}, "no row can meet", "'west'"),
        ({"country": {"north": 0.5, "south": 0.5}}, "unknown column", "country"),
    ],
)
def test_targets_that_cannot_be_used_are_named(
    targets: dict[str, Any], what: str, named: str
) -> None:
    rows = people(3, 1).assign(sex=["f", "m", "f", "m"])
    with pytest.raises(CxError, match=what) as error:
        rake(rows, targets)
    assert named in str(error.value)


def test_rounded_totals_are_taken() -> None:
    rows = people(3, 1).assign(sex=["f", "m", "f", "m"])
    targets = {"region": {"north": 500_000, "south": 500_001}, "sex": {"f": 400_000, "m": 600_000}}
    assert rake(rows, targets).sum() == pytest.approx(1_000_001)


def test_margins_that_contradict_each_other_are_refused() -> None:
    # Every woman is in the north, so that both margins ask for the same rows.
    rows = people(2, 2).assign(sex=["f", "f", "m", "m"])
    with pytest.raises(CxError, match="no weights meet these margins") as error:
        rake(rows, {**HALVES, "sex": {"f": 0.6, "m": 0.4}})
    assert "region" in str(error.value)
    with pytest.raises(CxError, match="not a tolerance"):
        rake(rows, HALVES, tolerance=0)


def test_rows_without_a_level_are_refused() -> None:
    rows = people(3, 2)
    rows.loc[1, "region"] = None
    with pytest.raises(CxError, match="without a value") as error:
        rake(rows, HALVES)
    assert "1 of 5 rows" in str(error.value)
    with pytest.raises(CxError, match="no rows"):
        rake(people(0, 0), HALVES)


@pytest.mark.parametrize("bad", [0.0, -1.0, None, float("nan"), 1e9])
def test_starting_weights_that_are_none_are_refused(bad: float | None) -> None:
    rows = people(3, 1).assign(base=[1.0, 1.0, bad, 1.0])
    with pytest.raises(CxError, match="cannot be used") as error:
        rake(rows, HALVES, weight="base")
    assert "1 of 4 rows" in str(error.value)


def test_starting_weights_must_be_numbers_of_their_own() -> None:
    rows = people(3, 1).assign(base=list("abcd"), n=1.0)
    with pytest.raises(CxError, match="must be numbers"):
        rake(rows, HALVES, weight="base")
    with pytest.raises(CxError, match="name of a result column"):
        rake(rows, HALVES, weight="n")
    with pytest.raises(CxError, match="unknown column"):
        rake(rows, HALVES, weight="weight")
