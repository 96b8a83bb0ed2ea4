"""What changed, by one rule over all measures of a report."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from measured_series import UPS_AND_DOWNS, series
from steady_companies import MONTHS, steady_company

from cxreport.errors import CxError
from cxreport.topics.overview import changes


def state_of(*parts: pd.DataFrame) -> list[str]:
    states: list[str] = changes(pd.concat(parts))["state"].tolist()
    return states


@pytest.mark.parametrize(
    ("last", "better", "state"),
    [
        (60.0, "higher", "better"),
        (20.0, "higher", "worse"),
        (60.0, "lower", "worse"),
        (20.0, "lower", "better"),
        (60.0, "", "more"),
        (20.0, "", "less"),
        (41.0, "higher", "steady"),
        (np.nan, "higher", "unobserved"),
    ],
)
def test_a_state_says_what_the_newest_period_is(last: float, better: str, state: str) -> None:
    assert state_of(series([*UPS_AND_DOWNS, last], better=better)) == [state]


def test_few_answers_are_not_judged() -> None:
    few = series([*UPS_AND_DOWNS, -90.0])
    few.loc[12, "n"] = 9
    row = changes(few).iloc[0]
    assert (row["state"], row["signal"]) == ("few", False)
    assert np.isnan(row["estimate"])


@pytest.mark.parametrize(("half", "state"), [(24.0, "steady"), (26.0, "few")])
def test_what_could_not_be_seen_is_not_called_steady(half: float, state: str) -> None:
    short = series([40.0, 41.0], p_before=0.9)  # of a scale of 200 points, a quarter is 50
    short.loc[1, ["low", "high"]] = [41.0 - half, 41.0 + half]
    assert changes(short)["state"].tolist() == [state]


def test_few_answers_judge_nothing() -> None:
    early = series([*UPS_AND_DOWNS, 41.0])
    early.loc[3, ["n", "estimate"]] = [9, -90.0]
    assert changes(early)["lower"].iloc[0] > 30


def test_a_first_period_has_nothing_to_be_compared_with() -> None:
    row = changes(series([40.0])).iloc[0]
    assert (row["state"], row["against"]) == ("unjudged", "")


def test_a_short_series_is_compared_with_the_period_before() -> None:
    row = changes(series([40.0, 20.0], p_before=0.001)).iloc[0]
    assert (row["state"], row["against"], row["estimate_before"]) == ("worse", "before", 40)


def test_measures_have_one_half_of_the_error_and_parts_the_other() -> None:
    wholes = [series([40.0, 20.0], measure=name, p_before=0.012) for name in ("nps", "csat")]
    parts = [
        series([40.0, 20.0], section="touchpoints", question=f"t{n}", p_before=0.012)
        for n in range(5)
    ]
    # 0.012 times 2 x 2 is below 5%; alone with 5 parts it would be 0.012 x 2 x 5
    found = changes(pd.concat([*wholes, *parts])).set_index("whole")["q_value"]
    assert found[True].tolist() == pytest.approx([0.048, 0.048])
    assert found[False].min() == pytest.approx(0.06)  # Holm: the wholes' half is free then


def test_a_part_that_moved_with_its_measure_says_where() -> None:
    group = {"section": "groups", "variable": "channel"}
    found = changes(
        pd.concat(
            [
                series([*UPS_AND_DOWNS, 20.0]),
                series([*UPS_AND_DOWNS, 10.0], level="phone", **group),
                series([*UPS_AND_DOWNS, 70.0], level="web", **group),  # to the other side
                series([*UPS_AND_DOWNS, 40.0], level="shop", **group),
            ]
        )
    )
    assert found.loc[found["where"], "level"].tolist() == ["phone"]


def test_the_worst_comes_first() -> None:
    found = changes(
        pd.concat(
            [
                series([*UPS_AND_DOWNS, 60.0]),
                series([*UPS_AND_DOWNS, 40.0], measure="ces"),
                series([*UPS_AND_DOWNS, 20.0], section="touchpoints", question="t"),
                series([*UPS_AND_DOWNS, 25.0], measure="csat"),
            ]
        )
    )
    assert found["state"].tolist() == ["worse", "worse", "better", "steady"]
    assert found["measure"].tolist()[:1] == ["csat"]  # a whole before a part


def test_a_frame_of_something_else_is_refused() -> None:
    with pytest.raises(CxError, match="no measures"):
        changes(pd.DataFrame({"period": ["2026-10"]}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"estimate": np.inf}, {"estimate": 999.0}, {"estimate": -101.0}, {"estimate": "x"},
        {"n": np.inf}, {"n": -5}, {"n": np.nan}, {"n": "x"}, {"unit": "kg"}, {"better": "up"},
        {"unit": "percent", "estimate": 100.5}, {"unit": "hours", "estimate": -1.0},
    ],
)  # fmt: skip
def test_what_no_measure_can_be_is_refused(wrong: dict[str, object]) -> None:
    frame = series([*UPS_AND_DOWNS, 41.0]).astype(object)
    for name, value in wrong.items():
        frame.loc[12, name] = value
    with pytest.raises(CxError):
        changes(frame)


@pytest.mark.parametrize("answers", [60, 490])
def test_a_company_that_never_changes_is_said_to_be_steady(answers: int) -> None:
    # 500 companies of either size are in docs/methods.md
    named = sum(changes(steady_company(world, answers))["signal"].any() for world in range(4))
    assert named <= 1  # with 5% in each, a second has a chance of 1.4%


def test_a_change_is_seen_in_a_company_that_is_steady_else() -> None:
    company = steady_company(3, 490)
    last = (company["measure"] == "solution") & (company["period"] == MONTHS[-1])
    company.loc[last, "estimate"] *= 1.5
    first = changes(company).iloc[0]
    assert (first["measure"], first["level"], first["state"]) == ("solution", "", "worse")
