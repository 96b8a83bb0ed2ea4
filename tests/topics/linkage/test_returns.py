"""Who orders again: hand counts of a few customers, and the truths of the demo company."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from cxreport import open_source
from cxreport.errors import CxError
from cxreport.topics.linkage.returns import compare_returns, returns_by_class

DAYS = 30
FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 6, 30)


def answers(*rows: tuple[str | None, str, float | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "answered_at", "nps"])
    frame["answered_at"] = pd.to_datetime(frame["answered_at"])
    return frame.assign(response_id=[f"r{n}" for n in range(len(frame))])


def orders(*rows: tuple[str | None, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "ordered_at"])
    return frame.assign(ordered_at=pd.to_datetime(frame["ordered_at"]))


def counted(given: pd.DataFrame, placed: pd.DataFrame) -> pd.DataFrame:
    found = returns_by_class(
        given, placed, score="nps", days=DAYS, observed_from=FIRST, observed_until=LAST
    )
    return found.set_index(["metric", "answer"])


def one(when: str, *placed: tuple[str | None, str]) -> pd.DataFrame:
    """Follow one promoter."""
    found = counted(answers(("a", when, 10)), orders(*placed)).xs("promoters", level="answer")
    return found[["n", "favourable", "not_observable"]]


def test_an_order_counts_after_the_answer_and_up_to_the_last_moment_of_the_window() -> None:
    answered = "2026-03-01 12:00"
    for ordered, expected in [
        ("2026-03-01 12:00", 0),  # at the answer
        ("2026-03-01 12:01", 1),
        ("2026-03-31 12:00", 1),  # 30 days later, to the minute
        ("2026-03-31 12:01", 0),
    ]:
        found = one(answered, ("a", ordered))
        assert found.loc["ordered_again"].tolist() == [1, expected, 0], ordered


def test_the_check_looks_before_the_day_of_the_last_order() -> None:
    answered = "2026-03-20 12:00"
    for ordered, expected in [
        (["2026-03-18 09:00"], 0),  # its own order
        (["2026-03-18 09:00", "2026-03-18 08:00"], 0),  # the same day
        (["2026-03-18 09:00", "2026-03-17 23:59"], 1),
        (["2026-03-18 09:00", "2026-02-16 00:00"], 1),  # 30 days before the day
        (["2026-03-18 09:00", "2026-02-15 23:59"], 0),
        ([], 0),
    ]:
        found = one(answered, *(("a", each) for each in ordered))
        assert found.loc["ordered_before"].tolist() == [1, expected, 0], ordered


def test_a_window_that_is_not_covered_is_not_counted() -> None:
    assert one("2026-05-31 23:59").loc["ordered_again"].tolist() == [1, 0, 0]
    late = one("2026-06-01 00:00", ("a", "2026-06-02"))
    assert late.loc["ordered_again"].tolist() == [0, 0, 1]
    assert one("2026-01-31").loc["ordered_before"].tolist() == [1, 0, 0]
    assert one("2026-01-30").loc["ordered_before"].tolist() == [0, 0, 1]


def test_a_blank_is_no_customer() -> None:
    found = counted(answers((" ", "2026-03-10", 10)), orders((" ", "2026-03-12")))
    assert found.loc[("ordered_again", "promoters"), ["n", "unknown"]].tolist() == [0, 1]


def test_ten_answers_by_hand() -> None:
    day = "2026-03-10"
    given = answers(
        ("a", day, 10), ("b", day, 9), ("c", day, 9), ("d", day, 10),
        ("e", day, 8), ("f", day, 7),
        ("g", day, 6), ("h", day, 0),
        (None, day, 10), ("j", day, 11),
    )  # fmt: skip
    placed = orders(
        ("a", "2026-03-15"), ("a", "2026-03-16"), ("b", "2026-03-20"), ("c", "2026-04-01"),
        ("e", "2026-03-11"), ("d", "2026-05-01"), ("j", "2026-03-11"), (None, "2026-03-11"),
    )  # fmt: skip
    found = counted(given, placed).loc["ordered_again"]
    assert found["n"].to_dict() == {"detractors": 2, "passives": 2, "promoters": 4}
    assert found["favourable"].to_dict() == {"detractors": 0, "passives": 1, "promoters": 3}
    assert found["unknown"].to_dict() == {"detractors": 0, "passives": 0, "promoters": 1}
    # Wilson by hand: centre (x + z²/2) / (n + z²), with z² = 3.8415: 3 of 4, and 0 of 2
    assert found.loc["promoters", ["estimate", "low", "high"]].tolist() == pytest.approx(
        [75, 30.06, 95.44], abs=0.005
    )
    assert found.loc["detractors", ["low", "high"]].tolist() == pytest.approx([0, 65.76], abs=0.005)


def test_nobody_in_a_class_is_a_gap_and_never_a_zero() -> None:
    found = counted(answers(("a", "2026-03-10", 10)), orders())
    assert found.loc[("ordered_again", "detractors"), "n"] == 0
    assert found.loc["ordered_again"]["estimate"].isna().tolist() == [True, True, False]
    assert compare_returns(found.reset_index())["signal"].isna().all()


def test_no_answer_and_no_order_is_an_empty_table() -> None:
    found = counted(answers(("a", "2026-03-10", None)), orders())
    assert found["n"].sum() == 0
    assert len(found) == 6


@pytest.mark.parametrize("column", ["customer_id", "nps"])
def test_an_absent_column_is_an_error(column: str) -> None:
    with pytest.raises(CxError, match="unknown column"):
        counted(answers(("a", "2026-03-10", 10)).drop(columns=column), orders(("a", "2026-03-11")))


def test_ids_as_text_and_as_numbers_are_an_error() -> None:
    with pytest.raises(CxError, match="text in one table"):
        counted(answers(("1", "2026-03-10", 10)), orders((1, "2026-03-12")))  # type: ignore[arg-type]


def test_a_window_without_a_day_is_an_error() -> None:
    with pytest.raises(CxError, match="a day or more"):
        returns_by_class(answers(), orders(), score="nps", observed_until=LAST, days=0)


def test_the_demo_s_truth_is_found_again() -> None:
    source = open_source("demo", only=("responses", "orders"))
    responses = source.tables["responses"]
    first, end = pd.Timestamp("2025-05-01"), pd.Timestamp("2026-05-05")
    window = responses.filter((responses.answered_at >= first) & (responses.answered_at < end))
    found = returns_by_class(
        window, source.tables["orders"], score="nps", observed_until=source.observed_until
    )
    again, before = (rows.set_index("answer") for _, rows in found.groupby("metric", sort=False))
    # data/demo/README.md, counted there by another program
    assert again["estimate"].round(1).to_dict() == {
        "detractors": 41.8, "passives": 61.7, "promoters": 70.8,
    }  # fmt: skip
    assert again["not_observable"].sum() == 0
    signals = compare_returns(found).set_index("metric")["signal"]
    assert signals.to_dict() == {"ordered_again": True, "ordered_before": False}
    assert before["estimate"].max() - before["estimate"].min() < 5
