"""The measures themselves: scales, batteries and new wordings, against counts by hand."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest

from cxreport import open_survey
from cxreport.errors import CxError
from cxreport.inputs.codebook import Column
from cxreport.inputs.period import between
from cxreport.topics.validation.batteries import battery_reliability, bridge_versions
from cxreport.topics.validation.scale_use import same_answers, scale_use

REFERENCE = Path(__file__).parents[2] / "reference" / "reliability.json"
RECOMMEND = Column(role="nps")
VISIT = Column(role="csat", scale=(1, 5))
EFFORT = Column(role="ces", scale=(1, 7))
REVERSED = Column(role="touchpoint", scale=(5, 1))
QUESTIONS = {"recommend": RECOMMEND, "visit": VISIT, "effort": EFFORT, "staff": REVERSED}
TEN = pd.DataFrame(
    {
        "recommend": [10, 10, 0, 5, 9, 7, 10, None, 11, 10],
        "visit": [5, 5, 1, 3, 5, 4, 5, 5, 5, None],
        "effort": [7, 7, 1, 4, 7, 6, 6, 7, 7, 7.5],
        "staff": [1, 1, 5, 3, 1, 2, 1, 1, 1, 1],
    }
)
MONTHS = between(dt.date(2026, 1, 1), dt.date(2026, 6, 30), "month")


def by_month(*answers: tuple[int, ...]) -> pd.DataFrame:
    starts = [month.start for month, given in zip(MONTHS, answers, strict=False) for _ in given]
    return pd.DataFrame({"visit": sum(answers, ()), "period_start": starts})


def asked(**version: dt.date) -> dict[str, Column]:
    return {"visit": Column.model_validate(VISIT.model_dump() | {"versions": [version]})}


def test_ends_of_scales_and_gaps_by_hand() -> None:
    used = scale_use(TEN, QUESTIONS).set_index("question")
    counts = used[["n", "missing", "invalid"]].to_numpy().tolist()
    assert counts == [[8, 1, 1], [9, 1, 0], [9, 0, 1], [10, 0, 0]]
    # where 1 is the best, the best end is at 1
    assert used["best"].tolist() == pytest.approx([100 * 4 / 8, 600 / 9, 500 / 9, 70])
    assert used["worst"].tolist() == pytest.approx([12.5, 100 / 9, 100 / 9, 10])
    assert used["missing_share"].tolist() == [10, 10, 0, 0]
    assert used["invalid_share"].tolist() == [10, 0, 10, 0]
    # Wilson, 4 of 8: (4 + 1.9207) / 11.8415 ± 1.96 sqrt(8 x 0.25 + 0.9604) / 11.8415
    limits = used.loc["recommend", ["best_low", "best_high"]].tolist()
    assert limits == pytest.approx([21.52, 78.48], abs=0.005)


def test_the_same_answer_is_the_same_place_on_every_scale() -> None:
    found = same_answers(TEN, QUESTIONS).iloc[0]
    # rows 1, 2 always best, 3 always worst, 4 always in the middle; 5, 6 and 7 differ
    assert found[["items", "n", "left_out"]].tolist() == [4, 7, 3]
    shares = found[["same", "all_best", "all_worst", "all_between"]].tolist()
    assert shares == pytest.approx([400 / 7, 200 / 7, 100 / 7, 100 / 7])


def test_nobody_who_answered_all_has_no_share() -> None:
    found = same_answers(TEN.tail(3), QUESTIONS).iloc[0]
    assert found["n"] == 0
    assert pd.isna(found["same"])
    used = scale_use(TEN.assign(visit=float("nan")), {"visit": VISIT})
    assert used["missing"].item() == 10
    assert used[["worst", "best"]].isna().to_numpy().all()


def test_nothing_to_compare_is_an_empty_table() -> None:
    assert same_answers(TEN, {"visit": VISIT}).empty
    assert scale_use(TEN, {}).empty
    assert battery_reliability(TEN, QUESTIONS).empty  # one touchpoint is no battery
    assert bridge_versions(by_month((5,)), {"visit": VISIT}, MONTHS).empty


def test_a_battery_has_the_published_coefficients() -> None:
    case = json.loads(REFERENCE.read_text("utf-8"))[0]
    ratings = pd.DataFrame(*case["input"].values(), columns=["a", "b", "c", "d"])
    rated = dict.fromkeys(ratings, Column(role="touchpoint", scale=(1, 10)))
    found = battery_reliability(ratings, rated).iloc[0]
    expected = dict(zip(case["expected"]["type"], case["expected"]["icc"], strict=True))
    assert found["alpha"] == pytest.approx(expected["ICC3k"], abs=1e-8)
    assert found["agreement"] == pytest.approx(expected["ICC2"], abs=1e-8)
    assert found[["question", "items", "n", "left_out"]].tolist() == ["touchpoints", 4, 6, 0]


def test_each_battery_and_each_scale_is_judged_by_itself() -> None:
    roles = [("needs", (1, 5)), ("ease", (1, 5)), ("enjoyability", (1, 5))]
    roles += [("touchpoint", (1, 5))] * 2 + [("touchpoint", (5, 1))] * 3
    frame = pd.DataFrame({f"q{at}": [1, 2, 4, 5, None] for at in range(len(roles))})
    questions = {f"q{at}": Column(role=role, scale=ends) for at, (role, ends) in enumerate(roles)}  # type: ignore[arg-type]
    found = battery_reliability(frame, questions)
    assert found["question"].tolist() == ["pyramid", "touchpoints", "touchpoints"]
    assert found["items"].tolist() == [3, 2, 3]
    assert found["n"].tolist() == [4, 4, 4]
    assert found["left_out"].tolist() == [1, 1, 1]
    assert found["alpha"].tolist() == pytest.approx([1, 1, 1])


def test_a_new_wording_parts_the_periods() -> None:
    # January 5 5 4 1 and February 5 1: 4 of 6; March 5 1 1 and April 1: 1 of 4
    answers = by_month((5, 5, 4, 1), (5, 1), (5, 1, 1), (1,))
    row = bridge_versions(answers, asked(since=dt.date(2026, 3, 1)), MONTHS).iloc[0]
    assert row[["before_first", "before_last"]].tolist() == ["2026-01", "2026-02"]
    assert row[["after_first", "after_last"]].tolist() == ["2026-03", "2026-06"]
    assert row[["n_reference", "n"]].tolist() == [6, 4]
    assert row["difference"] == pytest.approx(25 - 400 / 6)


def test_the_last_day_of_the_old_wording_says_the_same() -> None:
    answers = by_month((5, 5, 4, 1), (5, 1), (5, 1, 1), (1,))
    since, until = (
        bridge_versions(answers, asked(**version), MONTHS)
        for version in ({"since": dt.date(2026, 3, 1)}, {"until": dt.date(2026, 2, 28)})
    )
    pd.testing.assert_frame_equal(since, until)
    assert since["changed_on"].item() == pd.Timestamp("2026-03-01")


def test_only_so_many_periods_count_and_a_mixed_one_is_on_no_side() -> None:
    answers = by_month((1,), (5,), (4,), (3,), (2,), (1,))
    changed = asked(since=dt.date(2026, 3, 15))
    row = bridge_versions(answers, changed, MONTHS, periods=1).iloc[0]
    assert row[["before_last", "after_first"]].tolist() == ["2026-02", "2026-04"]
    assert row[["estimate_reference", "estimate"]].tolist() == [100, 0]
    assert row[["n_reference", "n"]].tolist() == [1, 1]


def test_a_side_ends_at_another_change() -> None:
    days = [dt.date(2026, 3, 1), dt.date(2026, 5, 1)]
    twice = [{"since": days[0], "until": dt.date(2026, 4, 30)}, {"since": days[1]}]
    column = Column.model_validate(VISIT.model_dump() | {"versions": twice})
    answers = by_month((5, 4), (5, 1), (5, 1), (1, 2), (5, 5), (4, 4))
    found = bridge_versions(answers, {"visit": column}, MONTHS)
    assert found["changed_on"].tolist() == [pd.Timestamp(day) for day in days]
    assert found["before_first"].tolist() == ["2026-01", "2026-03"]
    assert found["after_last"].tolist() == ["2026-04", "2026-06"]
    assert found["difference"].tolist() == [25 - 75, 100 - 25]


@pytest.mark.parametrize("day", [dt.date(2025, 6, 1), dt.date(2026, 1, 1), dt.date(2026, 6, 15)])
def test_a_change_without_periods_on_both_sides_is_no_comparison(day: dt.date) -> None:
    assert bridge_versions(by_month((5,)), asked(since=day), MONTHS).empty


def test_a_side_without_answers_cannot_be_said() -> None:
    row = bridge_versions(by_month((5, 1)), asked(since=dt.date(2026, 3, 1)), MONTHS).iloc[0]
    assert row["note"] == "too few answers"
    assert pd.isna(row["signal"])
    with pytest.raises(CxError, match="each side"):
        bridge_versions(by_month((5,)), asked(since=dt.date(2026, 3, 1)), MONTHS, periods=0)


def test_the_demo_s_new_wording_is_no_signal() -> None:
    survey = open_survey("demo", period="2026-10")
    found = bridge_versions(survey.responses, survey.columns("nps", "ces"), survey.history)
    assert found["question"].tolist() == ["ces"]
    assert found["changed_on"].item() == pd.Timestamp("2025-05-01")
    assert not found["signal"].item()
