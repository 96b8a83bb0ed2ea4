"""The closed loop with detractors: hand counts, and the truths of the demo company."""

from __future__ import annotations

import datetime as dt
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

import cxreport as cx
from cxreport.errors import CxError
from cxreport.topics.service.closed_loop import closed_loop, compare_later, later_scores

loop = import_module("cxreport.topics.service.closed_loop")

ROOT = Path(__file__).parents[3]
LAST = dt.date(2026, 3, 31)
COUNTS = ["n", "favourable", "not_observable", "unknown"]


def answered(
    *rows: tuple[str, float | None, str | None, str | None], who: str | None = None
) -> pd.DataFrame:
    """Write answers as time, score, call and solution, days and hours of March 2026."""
    columns = ["answered_at", "nps", "contacted_at", "resolved_at"]
    frame = pd.DataFrame(rows, columns=columns).astype({"nps": "float64"})
    for name in ("answered_at", "contacted_at", "resolved_at"):
        frame[name] = pd.to_datetime("2026-03-" + frame[name].astype("str"), format="%Y-%m-%d %H")
    names = list(who or "abcdefghij"[: len(rows)])
    return frame.assign(customer_id=names)


def counted(*rows: tuple[str, float | None, str | None, str | None]) -> dict[str, list[int]]:
    found = closed_loop(answered(*rows), until=LAST, days=7).set_index("metric")[COUNTS]
    return {str(name): row.tolist() for name, row in found.iterrows()}


def test_only_detractors_count() -> None:
    found = counted(("01 10", 6, None, None), ("01 10", 7, None, None), ("01 10", None, None, None))
    assert found["contacted"] == [1, 0, 0, 0]


def test_48_hours_to_the_minute() -> None:
    found = counted(("01 10", 0, "03 10", None), ("01 10", 0, "03 11", None))
    assert found["contacted_within"] == [2, 1, 0, 0]
    assert found["contacted"] == [2, 2, 0, 0]


def test_too_early_to_say_is_neither_yes_nor_no() -> None:
    # not even where it has happened: only the quick ones of the last days would count
    found = counted(("30 10", 0, None, None), ("30 10", 0, "30 12", "30 13"))
    assert found["contacted_within"] == found["contacted"] == [0, 0, 2, 0]
    assert found["resolved"] == [0, 0, 1, 0]


def test_one_a_day_of_whom_half_are_called_at_once_are_half() -> None:
    rows = [(f"{day:02} 00", 0, f"{day:02} 09", None) for day in range(1, 32)]
    rows += [(f"{day:02} 00", 0, None, None) for day in range(1, 32)]
    found = closed_loop(answered(*rows, who="a" * 62), until=LAST).set_index("metric")
    assert found.loc[["contacted_within", "contacted"], "estimate"].tolist() == [50.0, 50.0]
    # the deadline has passed for those of 29 days, and of 17
    assert found.loc[["contacted_within", "contacted"], "n"].tolist() == [58, 34]


def test_solved_is_of_those_called() -> None:
    found = counted(
        ("01 10", 0, "02 10", "05 10"), ("01 10", 0, "02 10", None), ("01 10", 0, None, None)
    )
    assert found["resolved"] == [2, 1, 0, 0]


def test_times_that_contradict_each_other_are_counted_and_left_out() -> None:
    found = counted(("05 10", 0, "04 10", None), ("05 10", 0, "06 10", "05 20"))
    assert found == {name: [0, 0, 0, 2] for name in loop.STEPS}


def test_what_happens_after_the_last_day_has_not_happened_yet() -> None:
    frame = answered(("20 10", 0, "21 10", None))
    found = closed_loop(frame, until=dt.date(2026, 3, 20))
    assert found["favourable"].tolist() == [0, 0, 0]
    assert found["not_observable"].tolist() == [1, 1, 0]


@pytest.mark.parametrize("options", [{"hours": 0}, {"days": float("nan")}])
def test_lengths_of_time_are_above_0(options: dict[str, float]) -> None:
    with pytest.raises(CxError, match="length of time"):
        closed_loop(answered(("01 10", 0, None, None)), until=LAST, **options)


def test_the_next_answer_after_the_first_unhappy_one_counts() -> None:
    frame = answered(
        ("01 10", 9, None, None),
        ("05 10", 3, "06 10", None),
        ("10 10", 8, None, None),  # this one
        ("20 10", 0, None, None),
        who="aaaa",
    )
    found = later_scores(frame, until=LAST)
    assert found[["called", "n", "passives"]].to_numpy().tolist() == [[True, 1, 1]]


def test_a_call_after_the_next_answer_came_too_late() -> None:
    frame = answered(("05 10", 3, "15 10", None), ("10 10", 9, None, None), who="aa")
    assert later_scores(frame, until=LAST)["called"].tolist() == [False]


def test_who_did_not_answer_again_or_has_no_name_is_not_there() -> None:
    frame = answered(("05 10", 3, "06 10", None), ("10 10", 9, None, None), who="ab")
    assert later_scores(frame, until=LAST).empty
    frame["customer_id"] = None
    assert later_scores(frame.astype({"customer_id": "str"}), until=LAST).empty


def test_the_comparison_is_called_minus_not_called() -> None:
    rows = [("01 10", 0, "02 10", None), ("05 10", 10, None, None)] * 3
    others = [("01 10", 0, None, None), ("05 10", 0, None, None)] * 3
    frame = answered(*rows, *others, who="aabbccddeeff")
    found = compare_later(later_scores(frame, until=LAST)).iloc[0]
    assert found[["n", "n_reference", "difference"]].tolist() == [3, 3, 200]


def test_the_demo_is_called_as_planted_and_calling_does_nothing() -> None:
    survey = cx.open_survey(ROOT / "data" / "demo" / "codebook.toml")
    steps = closed_loop(survey.responses, until=survey.dataset.observed_until).set_index("metric")
    assert steps.loc["contacted", "estimate"] == pytest.approx(60, abs=3)  # planted
    assert steps.loc["contacted_within", "estimate"] == pytest.approx(0.6 * 75, abs=3)
    assert steps.loc["resolved", "estimate"] == pytest.approx(70, abs=4)
    later = later_scores(survey.responses, until=survey.dataset.observed_until)
    assert later["n"].min() > 100
    assert not compare_later(later)["signal"].item()  # planted: no effect
