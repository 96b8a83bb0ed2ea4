"""How pyramid-like answers are: errors counted by hand, as Goodenough and Edwards do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.topics.pyramid.scalogram import scalogram

ITEMS = ["base", "middle", "top"]
# Seven of ten in order: 111, 111, 110, 110, 100, 100, 000. Three not, two errors each:
# 101 (ideal 110), 011 (ideal 110), 001 (ideal 100).
TEN = ["111", "111", "110", "110", "100", "100", "000", "101", "011", "001"]


def answers(patterns: list[str], names: list[str] = ITEMS) -> pd.DataFrame:
    """Write 1 as a 4 or 5 and 0 as a 1, 2 or 3."""
    met, not_met = [4, 5], [1, 2, 3]
    rows = [
        [met[at % 2] if sign == "1" else not_met[at % 3] for at, sign in enumerate(pattern)]
        for pattern in patterns
    ]
    return pd.DataFrame(rows, columns=names)


def figures(frame: pd.DataFrame) -> dict[str, float]:
    return frame.set_index("metric")["estimate"].to_dict()


def test_hand_count_of_ten() -> None:
    found = scalogram(answers(TEN), ITEMS)
    assert found["n"].tolist() == [10] * 4
    assert found["errors"].tolist() == [6] * 4
    # Met: base 7, middle 5, top 5 of ten; so marginal is (0.7 + 0.5 + 0.5) / 3.
    marginal = 1.7 / 3
    said = {"in_order": 70, "reproducibility": 1 - 6 / 30, "marginal": marginal}
    said["scalability"] = (0.8 - marginal) / (1 - marginal)
    assert figures(found) == pytest.approx(said)
    assert found["low"].isna().all()
    assert set(found["note"]) == {"too few answers"}


def test_chance_is_what_independent_items_would_give() -> None:
    found = scalogram(answers(TEN), ITEMS).set_index("metric")["by_chance"]
    # Base 0.7, middle and top 0.5: 000 0.075, 100 0.175, 110 0.175, 111 0.175.
    assert found["in_order"] == pytest.approx(60)
    assert found["reproducibility"] == pytest.approx(1 - 2 * 0.4 / 3)
    assert found["marginal"] == pytest.approx(1.7 / 3)


def test_three_items_make_two_errors_out_of_order() -> None:
    # Published: 21 mixed types of 150 respondents, one correction each, 1 - 21/450 = 95.3%
    # (Social Research Methods, table 7.4). Goodenough and Edwards count both answers: 42.
    patterns = ["101"] * 10 + ["011"] * 5 + ["010"] * 4 + ["001"] * 2 + ["111"] * 70 + ["000"] * 59
    found = scalogram(answers(patterns), ITEMS)
    assert found["errors"].iloc[0] == 42
    assert figures(found)["reproducibility"] == pytest.approx(1 - 42 / 450)
    assert figures(found)["in_order"] == pytest.approx(100 * 129 / 150)


@pytest.mark.parametrize(
    ("pattern", "errors"), [("0110", 2), ("0011", 4), ("1010", 2), ("1100", 0)]
)
def test_four_items_are_compared_with_the_pattern_in_order(pattern: str, errors: int) -> None:
    names = [*ITEMS, "tip"]
    found = scalogram(answers([pattern, "1111", "0000"], names), names)
    assert found["errors"].iloc[0] == errors


def test_a_perfect_pyramid_has_no_error() -> None:
    found = scalogram(answers(["111", "110", "100", "000"] * 10), ITEMS)
    assert figures(found)["reproducibility"] == figures(found)["scalability"] == 1
    assert figures(found)["in_order"] == 100
    turned = scalogram(answers(["111", "110", "100", "000"] * 10), ITEMS[::-1])
    assert figures(turned)["scalability"] == pytest.approx(0)  # 2 of 3 answers fit, as shares would


def test_interval_of_the_share_in_order_is_that_of_a_share() -> None:
    found = scalogram(answers(TEN * 40), ITEMS, bootstrap=4000).set_index("metric")
    reach = 196 * (0.7 * 0.3 / 400) ** 0.5
    assert found.loc["in_order", ["low", "high"]].tolist() == pytest.approx(
        [70 - reach, 70 + reach], abs=0.6
    )
    # With three items reproducibility is 1 - 2/3 of the share out of order, limits as well.
    for end in ("low", "high"):
        share = found.loc["in_order", end] / 100
        assert found.loc["reproducibility", end] == pytest.approx(1 - 2 * (1 - share) / 3)


def test_reversed_scale_and_missing_answers() -> None:
    rows = answers(TEN)
    with_gap = pd.concat([6 - rows, pd.DataFrame([[1, None, 9], [1, 2, None]], columns=ITEMS)])
    found = scalogram(with_gap, ITEMS, scale=(5, 1))
    assert figures(found) == pytest.approx(figures(scalogram(rows, ITEMS)))
    assert found[["n", "missing", "invalid"]].iloc[0].tolist() == [10, 1, 1]


def test_everybody_alike_has_no_order() -> None:
    found = scalogram(answers(["111"] * 40), ITEMS).set_index("metric")
    assert np.isnan(found.loc["scalability", "estimate"])
    assert set(found["note"]) == {"no variance"}
    assert scalogram(answers(TEN).head(0), ITEMS)["note"].tolist() == ["no answers"] * 4


@pytest.mark.parametrize("items", [["base"], ["base", "base"], list("abcdefg")])
def test_what_is_no_order_is_refused(items: list[str]) -> None:
    with pytest.raises(CxError, match="order of items"):
        scalogram(answers(TEN), items)
