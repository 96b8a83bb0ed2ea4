"""What counts as an answer, in every kind of frame, and what is refused."""

import datetime as dt
import math
import random
import re
from collections.abc import Callable

import ibis
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from cxreport.errors import CxError
from cxreport.scores.scores import ces, csat, nps, pyramid
from cxreport.stats import answers

STATES = ["n", "missing", "invalid"]


def states(values: object) -> list[int]:
    return nps(pd.DataFrame({"score": values}), "score").loc[0, STATES].tolist()


@pytest.mark.parametrize("text", ["9", "09", "9.0", "9.00", " 9 ", "\u00a09\u00a0", "\t9\n"])
def test_text_that_is_a_whole_number_counts(text: str) -> None:
    assert states([text]) == [1, 0, 0]


@pytest.mark.parametrize("text", ["", " ", "\u00a0", None])
def test_blank_text_is_missing(text: str | None) -> None:
    assert states(["9", text]) == [1, 1, 0]


@pytest.mark.parametrize("text", ["11", "-1", "7.5", "Blank", "NaN", "inf", "9,0", "nine", "0x9"])
def test_other_text_is_invalid(text: str) -> None:
    assert states([text]) == [0, 0, 1]


def test_numbers_have_the_same_three_states() -> None:
    assert states([0, 10, 11, -1]) == [2, 0, 2]
    assert states([0.0, -0.0, 10.0, 7.5, 11.0, math.inf, -math.inf, math.nan]) == [3, 1, 4]
    assert states(pd.array([9, None, 12], dtype="Int64")) == [1, 1, 1]
    assert states([None, None]) == [0, 2, 0]
    assert states(pd.Categorical(["9", "x", None])) == [1, 1, 1]


def test_nan_of_an_engine_table_is_missing() -> None:
    table = ibis.memtable(pa.table({"score": [9.0, math.nan, None]}))
    assert nps(table, "score").loc[0, STATES].tolist() == [1, 2, 0]


@pytest.mark.parametrize(
    "values",
    [[True, False], [dt.date(2024, 5, 1)], [dt.datetime(2024, 5, 1)]],  # noqa: DTZ001
    ids=["boolean", "date", "time"],
)
def test_columns_that_hold_no_scores_are_refused(values: list[object]) -> None:
    with pytest.raises(CxError, match="holds no scores"):
        nps(pa.table({"score": values}), "score")


def test_a_column_of_lists_is_refused() -> None:
    with pytest.raises(CxError, match="a column of lists is not read"):
        nps(pa.table({"score": [[9]]}), "score")


def test_unknown_columns_are_refused_with_the_nearest_name() -> None:
    rows = pd.DataFrame({"score": [9], "channel": ["app"]})
    with pytest.raises(CxError, match=re.escape("did you mean score?")):
        nps(rows, "scor")
    with pytest.raises(CxError, match=re.escape("did you mean channel?")):
        nps(rows, "score", by=["chanel"])
    with pytest.raises(CxError, match="unknown column"):
        nps(rows, "score", weight="w")


def test_columns_that_differ_only_in_case_are_refused() -> None:
    with pytest.raises(CxError, match="differ only in case"):
        nps(pd.DataFrame({"Score": [0], "score": [9]}), "score")


def test_groups_may_not_be_named_like_results() -> None:
    with pytest.raises(CxError, match="name of a result column"):
        nps(pd.DataFrame({"score": [9], "n": [1]}), "score", by="n")


@pytest.mark.parametrize("bad", [None, math.nan, 0.0, -1.0, math.inf, 1e-9, 1e9])
def test_bad_weights_are_counted_and_refused(bad: float | None) -> None:
    rows = pd.DataFrame({"score": [9, 9, None], "weight": [1.0, bad, bad]})
    with pytest.raises(CxError, match="2 of 3 rows"):
        nps(rows, "score", weight="weight")


def test_weights_must_be_numbers() -> None:
    with pytest.raises(CxError, match="weights must be numbers"):
        nps(pd.DataFrame({"score": [9], "weight": ["1"]}), "score", weight="weight")


def test_no_rows_without_groups_is_one_empty_row() -> None:
    nothing = pd.DataFrame({"score": pd.Series(dtype="float64")})
    for metric in (nps, csat, ces):
        row = metric(nothing, "score").iloc[0]
        assert row[STATES].tolist() == [0, 0, 0]
        assert row[["estimate", "std_error", "low", "high"]].isna().all()
        assert row["n_effective"] == 0
        assert row["note"] == "no answers"


def test_no_rows_with_groups_is_no_row_with_all_columns() -> None:
    rows = pd.DataFrame({"score": [9.0], "shop": ["a"]})
    for metric in (nps, csat, ces):
        empty, full = metric(rows[:0], "score", by="shop"), metric(rows, "score", by="shop")
        assert len(empty) == 0
        assert list(empty) == list(full)
    layers = {"needs": "score", "ease": "score", "enjoyability": "score"}
    assert len(pyramid(rows[:0], **layers, by="shop")) == 0
    assert len(pyramid(rows[:0], **layers)) == 5


def test_a_missing_group_is_kept_and_last() -> None:
    rows = pd.DataFrame(
        {
            "shop": pd.array([2, None, 1, None, 10], dtype="Int64"),
            "open": pd.array([True, None, False, True, True], dtype="boolean"),
            "score": [10, 9, 0, 3, 7],
        }
    )
    frame = nps(rows, "score", by=["shop", "open"])
    assert frame["shop"].fillna(-1).tolist() == [1, 2, 10, -1, -1]
    assert frame["open"].isna().tolist() == [False, False, False, False, True]
    assert str(frame["shop"].dtype) == "Int64"
    assert frame["estimate"].tolist() == [-100, 100, 0, -100, 100]


def test_a_group_without_answers_is_kept() -> None:
    frame = nps(pd.DataFrame({"shop": ["a", "b"], "score": [10, None]}), "score", by="shop")
    assert frame[STATES].to_numpy().tolist() == [[1, 0, 0], [0, 1, 0]]
    assert frame.loc[1, ["estimate", "low", "high"]].isna().all()


def sample(rows: int) -> pd.DataFrame:
    draw = random.Random(2024)  # noqa: S311 - a sample, not a secret
    return pd.DataFrame(
        {
            "shop": [draw.choice(["a", "b", "c", None]) for _ in range(rows)],
            "score": [draw.choice([*range(13), None]) for _ in range(rows)],
            "other": [draw.choice([*range(7), None]) for _ in range(rows)],
            "weight": [draw.uniform(0.2, 4) for _ in range(rows)],
        }
    )


def scores(data: answers.Data) -> list[pd.DataFrame]:
    layers = {"needs": "other", "ease": "other", "enjoyability": "score"}
    return [
        nps(data, "score", by="shop"),
        nps(data, "score", by="shop", weight="weight"),
        csat(data, "other", by="shop", weight="weight"),
        pyramid(data, **layers, by="shop", weight="weight"),
    ]


def test_order_of_rows_changes_no_bit() -> None:
    rows = sample(3000)
    shuffled = rows.sample(frac=1, random_state=7)
    for one, other in zip(scores(rows), scores(shuffled), strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)


@pytest.mark.parametrize(
    "convert",
    [
        pl.from_pandas,
        lambda rows: pa.Table.from_pandas(rows, preserve_index=False),
        lambda rows: ibis.memtable(pa.Table.from_pandas(rows, preserve_index=False)),
        lambda rows: rows.astype({"shop": "category", "score": "float32", "other": "Int8"}),
        lambda rows: rows.assign(other=rows["other"].astype("Int64").astype("string")),
    ],
    ids=["polars", "pyarrow", "ibis", "other types", "text"],
)
def test_kind_of_frame_changes_no_bit(convert: Callable[[pd.DataFrame], answers.Data]) -> None:
    rows = sample(500)
    for one, other in zip(scores(rows), scores(convert(rows)), strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_one_query_whose_answer_does_not_grow_with_the_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    brought_back: list[int] = []

    def counted(expression: ibis.Table) -> pd.DataFrame:
        result = run(expression)
        brought_back.append(len(result))
        return result

    run = answers.run
    monkeypatch.setattr(answers, "run", counted)
    rows = sample(20_000).assign(score=lambda frame: frame["score"] + np.arange(20_000) % 97 / 97)
    nps(rows, "score", by="shop", weight="weight")
    assert len(brought_back) == 1
    # Four groups; eleven scores, missing, invalid.
    assert brought_back[0] <= 4 * 13
