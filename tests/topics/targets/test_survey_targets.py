"""Targets of a small shop: what is said of each, and that nothing is where none is declared."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sources import write_source

from cxreport.inputs.survey import Survey, open_survey
from cxreport.show.render import render_cell
from cxreport.show.texts import SHARED, texts_of
from cxreport.topics.targets import reached, survey_targets

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]
MONTHS = [f"2025-{month:02}" for month in range(1, 13)]
RATING = {"rating": 'role = "csat", scale = [1, 5]', "shop": 'role = "segment"'}
REQUESTS = """
[tables.tickets]
files = "tickets.csv"
[tables.tickets.columns]
ticket_id = { role = "id" }
created_at = { role = "date", format = "%Y-%m-%dT%H:%M" }
solved_at = { role = "time", format = "%Y-%m-%dT%H:%M" }
"""
TARGETS = """
[[target]]
measure = "rating"
value = 50
owner = { en = "Anna & team", it = "Anna e squadra" }
[[target]]
measure = "score"
value = 40
[[target]]
measure = "solution"
value = 2
[[target]]
measure = "score"
value = 90
since = 2026-01-01
"""


def answers(favourable: int, promoters: int, n: int = 100) -> list[str]:
    """Return answers of a year, with a little noise before December."""
    rows = []
    for number, month in enumerate(MONTHS):
        moved = 0 if month == MONTHS[-1] else (-1) ** number * 3
        for person in range(n):
            score = 10 if person < promoters + moved else 0
            rating = 5 if person < favourable + moved else 1
            rows.append(f"{month}-{person},{month}-15,{score},{rating},{'ab'[person % 2]}")
    return ["id,day,score,rating,shop", *rows]


@pytest.fixture
def shop(tmp_path: Path) -> Callable[..., Survey]:
    """Write a shop whose 60 of 100 are satisfied, and 70 promoters; open it."""

    def written(more: str = TARGETS, **given: int) -> Survey:
        numbers = {"favourable": 60, "promoters": 70} | given
        tickets = [
            f"{month}-{number},{month}-03T10:00,"
            f"{month}-03T{11 + number % 4}:{(number + 7 * turn) % 60:02}"
            for turn, month in enumerate(MONTHS)
            for number in range(60)
        ]
        text = "ticket_id,created_at,solved_at\n" + "\n".join(tickets) + "\n"
        (tmp_path / "tickets.csv").write_text(text, encoding="utf-8")
        path = write_source(
            tmp_path, *answers(**numbers), source="observed_until = 2025-12-31",
            columns=RATING, more=REQUESTS + more,
        )  # fmt: skip
        return open_survey(path, period="2025-12")

    return written


def test_each_target_has_its_probability_and_the_mark_of_its_process(
    shop: Callable[..., Survey],
) -> None:
    found = survey_targets(shop()).set_index("measure")
    assert list(found.index) == ["rating", "score", "solution"]
    # 1 - pbeta(0.5, 60.5, 40.5); by hand the score is 70 - 30
    assert found.loc["rating", "probability"] == pytest.approx(97.75, abs=0.01)
    assert found.loc["rating", "state"] == "reached"
    assert found.loc["rating", "owner_it"] == "Anna e squadra"
    assert found.loc["score", ["estimate", "target", "n"]].tolist() == [40, 40, 100]
    assert found.loc["score", "probability"] == pytest.approx(49, abs=1.5)
    assert found.loc["score", "state"] == "open"
    assert found.loc["score", "assurance"] == "inconsistent"
    # a quarter of the requests takes less than two hours
    assert found.loc["solution", "state"] == "missed"
    assert found.loc["solution", "assurance"] == "fail"


def test_a_target_of_a_later_period_is_not_in_force_yet(shop: Callable[..., Survey]) -> None:
    assert survey_targets(shop()).query("measure == 'score'")["target"].tolist() == [40]


def test_a_process_far_above_its_target_reaches_it_every_time(shop: Callable[..., Survey]) -> None:
    found = survey_targets(shop(favourable=96)).set_index("measure")
    assert found.loc["rating", "assurance"] == "pass"
    assert found.loc["rating", "probability"] > 99.9


def test_few_answers_are_not_judged(shop: Callable[..., Survey]) -> None:
    survey = shop(n=9, favourable=6, promoters=6)
    found = survey_targets(survey).set_index("measure")
    assert found.loc[["rating", "score"], "state"].tolist() == ["unknown", "unknown"]
    assert "Anna" not in render_cell(reached(survey_targets(survey), survey), "en")


def test_a_part_of_the_answers_has_no_targets(shop: Callable[..., Survey]) -> None:
    path = shop().codebook.path
    part = open_survey(path, period="2025-12", filters={"shop": ["a"]})
    assert survey_targets(part).empty


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            ["60.0% (50.2% to 69.1%)", "50.0% (Anna &amp; team)", "reached (98%)",
             "too close to tell (49%)", "reached or missed by chance", "not reached (under 1%)"],
        ),
        (
            "it",
            ["60,0% (da 50,2% a 69,1%)", "50,0% (Anna e squadra)", "raggiunto (98%)",
             "troppo vicino per dirlo (49%)", "raggiunto o mancato per caso",
             "non raggiunto (sotto l&#39;1%)"],
        ),
    ],
)  # fmt: skip
def test_the_table_says_it(shop: Callable[..., Survey], language: str, told: list[str]) -> None:
    survey = shop()
    written = render_cell(reached(survey_targets(survey), survey), language).replace("\u2068", "")
    written = written.replace("\u2069", "")
    assert [text for text in told if text not in written] == []


@pytest.mark.parametrize("language", ["en", "it"])
def test_without_a_target_nothing_is_shown(shop: Callable[..., Survey], language: str) -> None:
    survey = shop("")
    found = survey_targets(survey)
    assert found.empty
    pd.testing.assert_index_equal(found.columns, survey_targets(shop()).columns)
    assert "<" not in render_cell(reached(found, survey), language)


def test_no_other_text_of_a_page_speaks_of_targets() -> None:
    topics = {file.parent.name for file in ROOT.glob("cxreport/topics/*/texts.toml")} - {"targets"}
    texts = {
        f"{topic}: {key}": re.sub(r"{[^}]*}", "", str(text))
        for topic in (SHARED, *topics)
        for key, text in texts_of(topic).items()
        if "_target" not in key  # said only where a notebook sets one
    }
    for file in ROOT.glob("notebooks/*.ipynb"):
        for cell in json.loads(file.read_text("utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                texts[f"{file.name}: {cell['id']}"] = "".join(cell["source"])
    assert len(texts) > 1000
    words = ("target", "obiettiv")
    assert [key for key, text in texts.items() if any(w in text.lower() for w in words)] == []
