"""A scale that the answers do not fill is a question, never a score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sources import accept, problems_of, write_source

from cxreport import open_source
from cxreport.errors import CxError

if TYPE_CHECKING:
    from pathlib import Path

QUESTION = ("scale-not-filled", "score")


def survey(folder: Path, answers: list[int], meaning: str = 'role = "nps"', more: str = "") -> Path:
    lines = [f"r{n},2026-01-{n % 28 + 1:02d},{answer}" for n, answer in enumerate(answers)]
    return write_source(folder, "id,day,score", *lines, columns={"score": meaning}, more=more)


@pytest.mark.parametrize(
    ("answers", "meaning"),
    [
        ([1, 2, 3, 4, 5] * 4, 'role = "nps"'),  # a 1-5 question: NPS -100.0
        ([1, 2, 3, 4, 5] * 3, 'role = "nps"'),  # 15 answers, as a first month has
        ([2, 3, 4, 5, 5] * 2, 'role = "csat", scale = [0, 10]'),
        ([*range(1, 11)] * 10, 'role = "nps"'),  # a 1-10 question
        ([*range(10)] * 10, 'role = "nps"'),  # 0-9 for 0-10
        ([*range(1, 12)] * 3, 'role = "nps"'),  # 1-11 for 0-10
        ([1, 2, 3, 4, 5] * 20, 'role = "csat", scale = [0, 10]'),
        ([1, 2, 3, 4, 5] * 20, 'role = "csat", scale = [10, 1]'),
        ([0, 1, 2, 3, 4] * 20, 'role = "csat", scale = [1, 5]'),
        ([2, 3, 4, 5] * 25, 'role = "touchpoint", scale = [1, 5]'),
        ([4, 5] * 10, 'role = "ces", scale = [5, 1]'),
    ],
)
def test_an_unfilled_scale_stops_the_report(
    tmp_path: Path, answers: list[int], meaning: str
) -> None:
    path = survey(tmp_path, answers, meaning)
    assert problems_of(path)[QUESTION]["severity"] == "error"
    with pytest.raises(CxError, match=r"responses\.score: rating whose answers"):
        open_source(path)


@pytest.mark.parametrize(
    ("answers", "meaning"),
    [
        ([*range(11)] * 10, 'role = "nps"'),
        ([9] * 99, 'role = "nps"'),  # a small shop whose customers are all happy
        ([1, 2, 3, 4, 5] * 20, 'role = "csat", scale = [5, 1]'),
        ([1, 2, 3] * 3, 'role = "nps"'),  # 9 answers say nothing about a scale
        ([0, 1, 2, 3, 4] * 3, 'role = "nps"'),  # 15 angry ones, one of them at the very end
        ([1, 2] * 9 + [3], 'role = "csat", scale = [1, 5]'),
    ],
)
def test_a_filled_scale_is_no_question(tmp_path: Path, answers: list[int], meaning: str) -> None:
    assert QUESTION not in problems_of(survey(tmp_path, answers, meaning))


def test_the_question_says_what_was_answered_and_can_be_accepted(tmp_path: Path) -> None:
    path = survey(tmp_path, [2, 3, 4, 5] * 25, 'role = "csat", scale = [1, 5]')
    assert problems_of(path)[QUESTION]["example"] == "declared [1, 5], answered from 2 to 5"
    more = accept("scale-not-filled", "score", 100)
    path = survey(tmp_path, [2, 3, 4, 5] * 25, 'role = "csat", scale = [1, 5]', more)
    assert problems_of(path)[QUESTION]["severity"] == "note"
    open_source(path)
