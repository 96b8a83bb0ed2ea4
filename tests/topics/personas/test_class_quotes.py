"""Comments that stand for a class: whose they are, and which of them."""

from __future__ import annotations

import pandas as pd
import pytest

from cxreport import CxError
from cxreport.topics.personas import class_quotes

LATE = "The parcel came late, and the courier never called me at all"
LATER = "The parcel came late, and the courier was rude when he came by"
KIND = "The staff of the shop was kind, and found my size in no time"
WRITTEN = pd.DataFrame(
    [  # ten comments: a, b, c, d of class 1; e, f, g of class 2; h of class 3; i, j of nobody
        ("a", LATE), ("b", LATE + " today"), ("c", "Late."), ("d", KIND + " yesterday"),
        ("e", KIND), ("f", KIND + " again"), ("g", LATER),
        ("h", "I looked for a present, and nobody had the time to help me"),
        ("i", "Whoever wrote this is a customer that is in no class at all"),
        (None, "Whoever wrote this gave no name, and so belongs to no class"),
    ],
    columns=["customer_id", "text"],
)  # fmt: skip
CLASSES = pd.Series([1, 1, 1, 1, 2, 2, 2, 3, None], index=list("abcdefghi"), dtype="Int64")


def test_ten_comments_by_hand() -> None:
    found = class_quotes(WRITTEN, CLASSES, minimum=3, each=2)
    # class 3 has one customer; "Late." is too short; two of class 1 speak of parcels, one does not
    assert found["class"].tolist() == [1, 1, 2, 2]
    assert found["n"].tolist() == [4, 4, 3, 3]
    assert found["candidates"].tolist() == [3, 3, 3, 3]
    assert set(found["text"][:2]) == {LATE, LATE + " today"}
    assert set(found["text"][2:]) == {KIND, KIND + " again"}
    for _, of_class in found.groupby("class"):
        assert of_class["nearness"].is_monotonic_decreasing
        assert of_class["nearness"].between(0, 1).all()


def test_nobody_is_quoted_from_a_class_under_the_minimum() -> None:
    assert set(class_quotes(WRITTEN, CLASSES, minimum=4)["class"]) == {1}
    assert class_quotes(WRITTEN, CLASSES).empty  # ten customers, where nothing is said
    # one customer who writes ten times is one customer
    often = pd.DataFrame({"customer_id": ["a"] * 10, "text": [f"{LATE} {n}" for n in "abcdefghij"]})
    assert class_quotes(often, CLASSES, minimum=2).empty


def test_a_customer_is_quoted_once() -> None:
    again = pd.concat(
        [WRITTEN, pd.DataFrame({"customer_id": ["a"], "text": [LATE + " again"]})],
        ignore_index=True,
    )
    found = class_quotes(again, CLASSES, minimum=3, each=4)
    of_first = found[found["class"] == 1]["text"]
    assert of_first.str.startswith(LATE).sum() == 2  # a once, b once
    assert len(of_first) == 3
    assert of_first.iloc[-1] == KIND + " yesterday"


def test_each_group_of_scores_is_quoted_in_turn() -> None:
    scores = ["detractor", "detractor", "detractor", "promoter", *["passive"] * 4, None, None]
    found = class_quotes(WRITTEN.assign(group=scores), CLASSES, minimum=4, each=2)
    assert found["group"].tolist() == ["detractor", "promoter"]
    assert found["candidates"].tolist() == [2, 1]
    assert found["text"].tolist()[1] == KIND + " yesterday"


def test_the_order_of_rows_and_the_index_change_nothing() -> None:
    found = class_quotes(WRITTEN, CLASSES, minimum=3)
    shuffled = WRITTEN.sample(frac=1, random_state=2).set_axis([0] * 10)
    pd.testing.assert_frame_equal(class_quotes(shuffled, CLASSES[::-1], minimum=3), found)


def test_a_customer_that_cannot_be_compared_is_refused() -> None:
    with pytest.raises(CxError, match="not a name"):
        class_quotes(WRITTEN.assign(customer_id=[[1]] * 10), CLASSES)
    with pytest.raises(CxError, match="no such column"):
        class_quotes(WRITTEN[["text"]], CLASSES)
