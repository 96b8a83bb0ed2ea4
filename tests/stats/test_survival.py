"""Survival: the cases of R's survival package, hand counts, and bad input."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.stats.survival import compare_survival, restricted_mean, survival

VECTORS = Path(__file__).parents[1] / "reference" / "retention.json"
CASES = {entry["id"]: entry for entry in json.loads(VECTORS.read_text(encoding="utf-8"))}


def freireich() -> pd.DataFrame:
    """Return the two arms of the trial."""
    given = CASES["km-02"]["input"]
    arms = [
        pd.DataFrame({"arm": arm, "weeks": given[f"time_{arm}"], "relapse": given[f"event_{arm}"]})
        for arm in ("a", "b")
    ]
    return pd.concat(arms, ignore_index=True)


def stays(times: list[Any], events: list[Any]) -> pd.DataFrame:
    return pd.DataFrame({"months": times, "left": events})


def test_curve_is_that_of_r() -> None:
    case = CASES["km-01"]
    expected, tolerance = case["expected"], case["tolerance"]
    data = stays(case["input"]["time"], case["input"]["event"])
    found = survival(data, "months", "left")
    assert found["time"].tolist() == expected["time"]
    assert found["at_risk"].tolist() == expected["n_risk"]
    assert found["events"].tolist() == expected["events"]
    for column, name in (
        ("estimate", "S"),
        ("std_error", "se_greenwood"),
        ("low", "lower"),
        ("high", "upper"),
    ):
        assert (found[column] / 100).tolist() == pytest.approx(expected[name], abs=tolerance[name])


def test_groups_have_curves_of_their_own() -> None:
    found = survival(freireich(), "weeks", "relapse", by="arm")
    own = survival(freireich().query("arm == 'a'"), "weeks", "relapse")
    pd.testing.assert_frame_equal(found[found["arm"] == "a"].drop(columns="arm"), own)
    last = found.iloc[-1]
    assert (last["arm"], last["time"], last["estimate"], last["note"]) == (
        "b",
        23,
        0,
        "everybody lost",
    )


def test_a_larger_level_is_wider() -> None:
    narrow, wide = (survival(freireich(), "weeks", "relapse", level=v) for v in (0.8, 0.99))
    inside = narrow["low"].notna()
    assert (wide["low"] < narrow["low"])[inside].all()
    assert (wide["high"] > narrow["high"])[inside].all()


def test_nobody_lost_has_no_interval() -> None:
    found = survival(stays([3, 5, 5], [0, 0, 0]), "months", "left")
    assert found[["time", "at_risk", "events", "estimate"]].to_numpy().tolist() == [[5, 2, 0, 100]]
    assert found[["std_error", "low", "high"]].isna().all(axis=None)
    assert found["note"].tolist() == ["nobody lost yet"]


def test_true_and_false_are_events() -> None:
    flags = stays([1, 2, 2, 3], [True, True, False, False])
    assert survival(flags, "months", "left")["estimate"].tolist() == [75, 50]


def test_log_rank_is_that_of_r() -> None:
    expected = CASES["km-02"]["expected"]
    tolerance = CASES["km-02"]["tolerance"]
    found = compare_survival(freireich(), "weeks", "relapse", "arm")
    assert found["arm"].tolist() == ["a", "b"]
    assert found["n"].tolist() == [21, 21]
    assert found["observed"].tolist() == expected["observed"]
    assert found["expected"].tolist() == pytest.approx(expected["expected"], abs=tolerance)
    assert found["chi2"].tolist() == pytest.approx([expected["logrank_chi2"]] * 2, abs=tolerance)
    assert found["p_value"].tolist() == pytest.approx([expected["p"]] * 2, abs=tolerance)
    assert found["df"].tolist() == [1, 1]


def test_three_groups_have_two_degrees_of_freedom() -> None:
    # By hand: a is lost first of six, b third, c fifth, and so on in turn.
    data = pd.DataFrame({"plan": list("abcabc"), "months": [1, 2, 3, 4, 5, 6], "left": 1})
    found = compare_survival(data, "months", "left", "plan")
    assert found["df"].tolist() == [2, 2, 2]
    expected_a = 2 / 6 + 1 / 5 + 1 / 4 + 1 / 3
    expected_c = 2 / 6 + 2 / 5 + 2 / 4 + 1 / 3 + 1 / 2 + 1
    assert found["expected"].iloc[[0, 2]].tolist() == pytest.approx([expected_a, expected_c])
    assert found["expected"].sum() == pytest.approx(6)


def test_without_events_there_is_nothing_to_compare() -> None:
    data = pd.DataFrame({"plan": list("ab"), "months": [1, 2], "left": 0})
    found = compare_survival(data, "months", "left", "plan")
    assert found["note"].tolist() == ["no events"] * 2
    assert found[["chi2", "p_value"]].isna().all(axis=None)


def test_one_group_cannot_be_compared() -> None:
    with pytest.raises(CxError, match="one group"):
        compare_survival(freireich().query("arm == 'a'"), "weeks", "relapse", "arm")


def test_restricted_mean_has_the_error_of_the_estimate() -> None:
    case = CASES["km-03"]
    expected, tolerance = case["expected"], case["tolerance"]
    found = restricted_mean(
        freireich(), "weeks", "relapse", tau=case["input"]["tau"], by="arm"
    ).set_index("arm")
    assert found["estimate"].tolist() == pytest.approx(expected["rmst"], abs=tolerance["rmst"])
    assert found["std_error"].tolist() == pytest.approx(expected["se"], abs=tolerance["se"])
    reach = 1.959964 * np.array(expected["se"])
    assert (found["high"] - found["estimate"]).tolist() == pytest.approx(reach.tolist(), abs=1e-5)


@pytest.mark.parametrize(
    ("times", "events", "tau", "mean", "note"),
    [
        ([2, 4], [1, 0], 6, None, "not yet observable"),  # the one left was seen up to 4
        ([2, 4], [1, 1], 6, 3.0, ""),  # both are gone: (2 + 4) / 2
        ([2, 4], [1, 0], 4, 3.0, ""),
        ([5, 6], [0, 0], 4, 4.0, "no events"),
        ([2, 2], [1, 1], 4, 2.0, "no variance"),
    ],
)
def test_restricted_mean_needs_customers_seen_long_enough(
    times: list[int], events: list[int], tau: float, mean: float | None, note: str
) -> None:
    found = restricted_mean(stays(times, events), "months", "left", tau=tau).iloc[0]
    assert found["note"] == note
    assert found["estimate"] == pytest.approx(np.nan if mean is None else mean, nan_ok=True)
    assert pd.isna(found["std_error"]) == (note != "")


@pytest.mark.parametrize(
    ("times", "events", "words"),
    [
        ([-1, 2], [1, 0], "1 of 2 rows"),
        ([None, 2], [1, 0], "1 of 2 rows"),
        ([1, float("inf")], [1, 0], "1 of 2 rows"),
        ([1, 2], [1, None], "1 of 2 rows"),
        ([1, 2], [1, 2], "1 of 2 rows"),
        (["1", "2"], [1, 0], "must be numbers"),
        ([], [], "no rows|must be numbers"),
    ],
)
def test_bad_rows_are_refused(times: list[Any], events: list[Any], words: str) -> None:
    with pytest.raises(CxError, match=words):
        survival(stays(times, events), "months", "left")


@pytest.mark.parametrize("tau", [0, -1, float("inf"), float("nan")])
def test_a_limit_that_is_no_time_is_refused(tau: float) -> None:
    with pytest.raises(CxError, match="tau"):
        restricted_mean(freireich(), "weeks", "relapse", tau=tau)


def test_a_group_named_as_a_result_is_refused() -> None:
    with pytest.raises(CxError, match="name of a result column"):
        survival(freireich().rename(columns={"arm": "note"}), "weeks", "relapse", by="note")
