"""Reliability: the data of Shrout and Fleiss, and batteries that say nothing."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.topics.validation.reliability import cronbach_alpha, icc

FILE = Path(__file__).parents[2] / "reference" / "reliability.json"
CASES: dict[str, Any] = {c["id"]: c for c in json.loads(FILE.read_text(encoding="utf-8"))}
ITEMS = list("abcd")


def ratings() -> pd.DataFrame:
    return pd.DataFrame(CASES["icc-01"]["input"]["ratings_6_targets_x_4_raters"], columns=ITEMS)


def test_correlations_as_in_psych() -> None:
    expected = CASES["icc-01"]["expected"]
    frame = icc(ratings(), ITEMS, scale=(1, 10))
    assert frame["metric"].tolist() == expected["type"]
    assert frame["estimate"].tolist() == pytest.approx(expected["icc"], abs=1e-8)
    assert frame["low"].tolist() == pytest.approx(expected["lower"], abs=1e-6)
    assert frame["high"].tolist() == pytest.approx(expected["upper"], abs=1e-6)
    assert frame[["items", "n"]].to_numpy().tolist() == [[4, 6]] * 6


def test_alpha_is_the_consistency_of_the_mean() -> None:
    expected = CASES["icc-01"]["expected"]
    row = cronbach_alpha(ratings(), ITEMS, scale=(1, 10)).iloc[0]
    at = expected["type"].index("ICC3k")
    assert row["metric"] == "cronbach_alpha"
    assert row["estimate"] == pytest.approx(expected["icc"][at], abs=1e-8)
    assert row["low"] == pytest.approx(expected["lower"][at], abs=1e-6)
    assert row["high"] == pytest.approx(expected["upper"][at], abs=1e-6)


def test_alpha_by_its_definition() -> None:
    rows = pd.DataFrame({"a": [1, 2, 2, 4, 5, 3], "b": [2, 1, 3, 5, 4, 3], "c": [1, 1, 4, 4, 4, 2]})
    total = rows.sum(axis=1).var()
    row = cronbach_alpha(rows, ["a", "b", "c"], scale=(1, 5)).iloc[0]
    assert row["estimate"] == pytest.approx(3 / 2 * (1 - rows.var().sum() / total))


def test_the_order_of_rows_and_repeated_rows_do_not_matter() -> None:
    rows = pd.concat([ratings()] * 3, ignore_index=True)
    shuffled = rows.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(
        icc(rows, ITEMS, scale=(1, 10)), icc(shuffled, ITEMS, scale=(1, 10))
    )


def test_only_full_answers_count() -> None:
    rows = pd.concat(
        [ratings(), pd.DataFrame([[9, None, 5, 8], [9, 11, 5, 8]], columns=ITEMS)],
        ignore_index=True,
    )
    row = cronbach_alpha(rows, ITEMS, scale=(1, 10)).iloc[0]
    assert row[["n", "missing", "invalid"]].tolist() == [6, 1, 1]
    assert row["estimate"] == pytest.approx(CASES["icc-01"]["expected"]["icc"][5], abs=1e-8)


def test_groups() -> None:
    rows = pd.concat([ratings().assign(shop="a"), ratings().assign(shop="b", d=5)])
    frame = cronbach_alpha(rows, ITEMS, scale=(1, 10), by="shop")
    assert frame["shop"].tolist() == ["a", "b"]
    alone = cronbach_alpha(ratings().assign(d=5), ITEMS, scale=(1, 10))
    assert frame["estimate"].iloc[1] == pytest.approx(alone["estimate"].iloc[0])
    assert icc(rows, ITEMS, scale=(1, 10), by="shop")["shop"].tolist() == ["a"] * 6 + ["b"] * 6


def test_full_agreement_has_no_limits() -> None:
    rows = pd.DataFrame({"a": [1, 2, 3, 5], "b": [1, 2, 3, 5]})
    frame = icc(rows, ["a", "b"], scale=(1, 5))
    assert frame["estimate"].tolist() == pytest.approx([1.0] * 6)
    assert frame[["low", "high"]].isna().all(axis=None)
    shifted = icc(rows.assign(b=rows["b"] - 1), ["a", "b"], scale=(0, 5)).set_index("metric")
    assert shifted.loc["ICC3", "estimate"] == pytest.approx(1)
    assert shifted.loc["ICC2", "estimate"] < 1


@pytest.mark.parametrize(
    ("rows", "note"),
    [
        (pd.DataFrame({"a": [3, 3, 3], "b": [3, 3, 3]}), "no variance"),
        (pd.DataFrame({"a": [3], "b": [4]}), "fewer than two respondents"),
        (pd.DataFrame({"a": [None, 2], "b": [4, None]}), "fewer than two respondents"),
    ],
)
def test_what_cannot_be_said_is_left_empty(rows: pd.DataFrame, note: str) -> None:
    for frame in (
        icc(rows, ["a", "b"], scale=(1, 5)),
        cronbach_alpha(rows, ["a", "b"], scale=(1, 5)),
    ):
        assert frame[["estimate", "low", "high"]].isna().all(axis=None)
        assert set(frame["note"]) == {note}


def test_persons_who_do_not_differ_have_no_reliability() -> None:
    # Each gives one 1 and one 5: means are all 3, and alpha has nothing to divide by.
    rows = pd.DataFrame({"a": [1, 5, 1, 5], "b": [5, 1, 5, 1]})
    frame = icc(rows, ["a", "b"], scale=(1, 5))
    assert frame["estimate"].isna().all()
    assert set(frame["note"]) == {"no variance"}


def test_one_question_is_refused() -> None:
    for items in ([], ["a"], ["a", "a"]):
        with pytest.raises(CxError, match="one question"):
            cronbach_alpha(ratings(), items, scale=(1, 10))
    with pytest.raises(CxError, match="unknown column"):
        icc(ratings(), ["a", "z"], scale=(1, 10))
    with pytest.raises(CxError, match="not a confidence level"):
        icc(ratings(), ITEMS, scale=(1, 10), level=95)
