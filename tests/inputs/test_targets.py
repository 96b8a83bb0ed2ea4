"""Targets in the codebook: which may be declared, and which is in force when."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from sources import write_codebook

from cxreport.errors import CxError
from cxreport.inputs.codebook import read_codebook
from cxreport.inputs.targets import RANGES, targets_on
from cxreport.scores.kinds import score_kind, score_of

if TYPE_CHECKING:
    from pathlib import Path

SATISFACTION = {"rating": 'role = "csat", scale = [1, 5]'}
REQUESTS = """
[tables.tickets]
files = "tickets.csv"
[tables.tickets.columns]
created_at = { role = "time" }
solved_at = { role = "time" }
"""


def target(measure: str, value: object, more: str = "") -> str:
    return f'[[target]]\nmeasure = "{measure}"\nvalue = {value}\n{more}\n'


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (target("rating", 80.5) + target("score", -100) + target("solution", 24), None),
        (target("scor", 30), "no such measure; those of this source are: score, rating, solution"),
        (target("first_reply", 4), "no such measure"),
        (target("index", 30), "no such measure"),
        (target("rating", -1), "of rating: a value from 0 to 100 is needed, not -1"),
        (target("score", 101), "of score: a value from -100 to 100 is needed, not 101"),
        (target("solution", 0), "of solution: a value above 0 hours is needed, not 0"),
        (target("solution", "inf"), "target.0.value: a number is needed that is not infinite"),
        (target("score", '"30"'), "target.0.value: a number is needed"),
        (target("score", 30, 'owner = "care"'), "target.0.owner: a text in both languages"),
        (target("score", 30, "by = 2"), "target.0.by: there is no such setting"),
        (target("score", 30) * 2, "of score: two are in force at once"),
        (target("score", 30, "since = 2026-01-01") * 2, "of score: two are in force at once"),
        (target("score", 30) + target("score", 40, "since = 2026-01-01"), None),
    ],
)
def test_only_what_can_be_judged_is_taken(tmp_path: Path, written: str, said: str | None) -> None:
    path = write_codebook(tmp_path, columns=SATISFACTION, more=REQUESTS + written)
    if said is None:
        assert read_codebook(path).target
        return
    with pytest.raises(CxError) as caught:
        read_codebook(path)
    assert said in str(caught.value)


def test_the_latest_that_has_begun_is_in_force(tmp_path: Path) -> None:
    later = target("score", 40, "since = 2026-07-01") + target("score", 20, "since = 2026-02-01")
    targets = read_codebook(write_codebook(tmp_path, more=later)).target
    values = [
        {name: each.value for name, each in targets_on(targets, dt.date(2026, month, 1)).items()}
        for month in (1, 2, 6, 7, 12)
    ]
    assert values == [{}, {"score": 20}, {"score": 20}, {"score": 40}, {"score": 40}]


@pytest.mark.parametrize("role", RANGES)
def test_a_target_may_be_whatever_its_score_can(role: str) -> None:
    assert RANGES[role] == score_kind(score_of(role)).within
