"""All scores of a survey at once, against counts by hand of ten rows."""

import datetime as dt

import pandas as pd
import pytest
from ibis.backends.duckdb import Backend

from cxreport.inputs.codebook import Column
from cxreport.inputs.period import between
from cxreport.scores.leagues import break_down
from cxreport.scores.scoreboard import (
    favourable_from,
    score_history,
    score_questions,
    scoreboard,
)
from cxreport.scores.spread import answer_shares

QUESTIONS = {
    "recommend": Column(role="nps"),
    "visit": Column(role="csat", scale=(1, 5)),
    "effort": Column(role="ces", scale=(1, 7)),
    "staff": Column(role="touchpoint", scale=(5, 1)),
}
ANSWERS = pd.DataFrame(
    {
        "recommend": [10, 9, 9, 8, 7, 6, 3, 0, None, 11],
        "visit": [5, 5, 4, 4, 3, 3, 2, 1, None, 5],
        "effort": [7, 6, 5, 4, 4, 3, 2, 1, 7, 7],
        "staff": [1, 1, 2, 3, 4, 5, None, None, None, 2],
        "channel": ["app"] * 4 + ["web"] * 6,
        "period_start": [dt.date(2026, 1, 1)] * 5 + [dt.date(2026, 3, 1)] * 5,
    }
)


def test_each_question_is_measured_by_the_score_of_its_role() -> None:
    scores = score_questions(ANSWERS, QUESTIONS).set_index("question")
    assert scores["metric"].to_dict() == {
        "recommend": "nps", "visit": "csat", "effort": "ces", "staff": "csat",
    }  # fmt: skip
    # recommend: 3 promoters and 3 detractors of 8; visit: 5 of 9; effort: 5 of 10;
    # staff, where 1 is the best: 1, 1, 2 and 2 of 7
    assert scores["n"].to_dict() == {"recommend": 8, "visit": 9, "effort": 10, "staff": 7}
    assert scores["estimate"].to_dict() == pytest.approx(
        {"recommend": 0, "visit": 100 * 5 / 9, "effort": 50, "staff": 100 * 4 / 7}
    )
    assert scores.loc["recommend", ["missing", "invalid"]].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("role", "scale", "declared", "expected"),
    [
        ("csat", (1, 5), None, 4),
        ("csat", (5, 1), None, 4),
        ("csat", (1, 7), None, 6),
        ("csat", (1, 10), 7, 7),
        ("ces", (1, 7), None, 5),
        ("ces", (1, 5), None, 4),
    ],
)
def test_favourable_answers(
    role: str, scale: tuple[int, int], declared: int | None, expected: int
) -> None:
    column = Column.model_validate({"role": role, "scale": scale, "favourable_from": declared})
    assert favourable_from(column) == expected


def test_three_layers_make_one_pyramid() -> None:
    layers = {
        name: Column.model_validate({"role": name, "scale": (1, 5)})
        for name in ("needs", "ease", "enjoyability")
    }
    frame = pd.DataFrame({"needs": [5, 5, 1], "ease": [4, 3, 2], "enjoyability": [4, 4, 4]})
    scores = score_questions(frame, layers)
    assert set(scores["question"]) == {"pyramid"}
    assert dict(zip(scores["metric"], scores["estimate"], strict=True)) == pytest.approx(
        {
            "needs": 100 / 3,  # two at the top, one at the bottom
            "ease": 0.0,  # one, one
            "enjoyability": 100.0,
            "index": 400 / 9,  # (3 + 2 - 1) of 3 x 3
            "all_three": 100 / 3,
        }
    )


def test_two_ratings_of_ease_are_no_pyramid() -> None:
    layers = {
        "needs": Column(role="needs", scale=(1, 5)),
        "ease_1": Column(role="ease", scale=(1, 5)),
        "ease_2": Column(role="ease", scale=(1, 5)),
        "joy": Column(role="enjoyability", scale=(1, 5)),
    }
    frame = pd.DataFrame({name: [5, 1] for name in layers})
    assert score_questions(frame, layers)["metric"].tolist() == ["csat"] * 4


def test_no_question_gives_an_empty_board() -> None:
    board = score_questions(ANSWERS, {}, by=["channel"])
    assert board.empty
    assert {"n", "estimate", "low", "high", "note"} <= set(board)
    assert board.columns.tolist()[:3] == [
        "channel",
        "question",
        "metric",
    ]
    assert scoreboard(ANSWERS, ANSWERS, {}).empty


def test_a_board_holds_the_difference_from_the_reference() -> None:
    only = {"visit": QUESTIONS["visit"]}
    board = scoreboard(ANSWERS.head(4), ANSWERS.tail(6), only)
    # all 4 of 4 favourable against 1 of 5
    assert board[["estimate", "estimate_reference", "difference"]].iloc[0].tolist() == [
        100.0,
        20.0,
        80.0,
    ]
    assert board["difference_low"].item() < 80 < board["difference_high"].item()


def test_without_a_reference_nothing_is_compared() -> None:
    board = scoreboard(ANSWERS, None, QUESTIONS)
    assert board["difference"].isna().all()
    assert board["signal"].isna().all()
    assert len(board) == 4


def test_a_month_without_answers_is_a_gap_and_never_a_zero() -> None:
    months = between(dt.date(2026, 1, 1), dt.date(2026, 3, 31), "month")
    history = score_history(ANSWERS, {"visit": QUESTIONS["visit"]}, months)
    assert history["period"].tolist() == ["2026-01", "2026-02", "2026-03"]
    assert history["n"].tolist() == [5, 0, 4]
    assert history["estimate"].isna().tolist() == [False, True, False]
    assert history["note"].tolist()[1] == "no answers"
    assert history["estimate"].iloc[0] == pytest.approx(80)


def test_each_column_is_broken_down_by_itself() -> None:
    frame = ANSWERS.assign(region=pd.Series([None] * 10, dtype="str"))
    only = {"visit": QUESTIONS["visit"]}
    boards = break_down(frame, None, only, ["channel", "region"], minimum=1)
    assert list(boards) == ["channel"]
    assert boards["channel"]["estimate"].tolist() == pytest.approx([100, 20])


def test_answers_are_spread_from_the_worst_to_the_best() -> None:
    shares = answer_shares(ANSWERS, QUESTIONS).set_index("question")
    assert shares.loc["recommend", "answer"].tolist() == ["detractors", "passives", "promoters"]
    assert shares.loc["recommend", "n"].tolist() == [3, 2, 3]
    assert shares.loc["staff", "answer"].tolist() == ["5", "4", "3", "2", "1"]
    assert shares.loc["staff", "n"].tolist() == [1, 1, 1, 2, 2]
    assert shares.loc["visit", "share"].sum() == pytest.approx(100)


def test_a_question_that_nobody_answered_has_no_shares() -> None:
    frame = pd.DataFrame({"visit": pd.Series([None, None], dtype="float")})
    shares = answer_shares(frame, {"visit": QUESTIONS["visit"]})
    assert shares["n"].sum() == 0
    assert shares["share"].isna().all()


@pytest.mark.parametrize("many", [1, 5])
def test_more_questions_are_no_more_queries(monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    """Asked are how many gave each answer, and which answers share a customer."""
    questions = {f"rating_{n}": Column(role="csat", scale=(1, 5)) for n in range(many)}
    layers = {role: Column(role=role, scale=(1, 5)) for role in ("needs", "ease", "enjoyability")}
    asked = {"recommend": Column(role="nps"), **questions, **layers}
    answers = pd.DataFrame({name: [5, 4, 1, 5] for name in asked} | {"customer": list("aabc")})
    times = []
    real = Backend.to_pyarrow
    monkeypatch.setattr(
        Backend, "to_pyarrow", lambda *given, **how: times.append(1) or real(*given, **how)
    )
    scores = score_questions(answers, asked, cluster="customer")
    assert (len(scores), len(times)) == (1 + many + 5, 2)
