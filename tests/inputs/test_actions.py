"""What was done, by whom, for which measure, and what is planned next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from sources import SHOP

import cxreport as cx
from cxreport.inputs.actions import newest_actions

if TYPE_CHECKING:
    from pathlib import Path

    from cxreport.inputs.survey import Survey

MORE = """
[tables.actions]
files = "actions.csv"
[tables.actions.columns]
action_id = { role = "id" }
done_on = { role = "date" }
title_it = { role = "other" }
title_en = { role = "other" }
"""
WHO = 'owner = { role = "other" }\nmeasure = { role = "other" }\n'
ANSWERS = pd.DataFrame(
    {
        "response_id": [f"r{n}" for n in range(60)],
        "answered_at": [f"2026-{8 + n // 20:02d}-{1 + n % 20:02d}" for n in range(60)],
        "nps": 9,
    }
)
DAYS = ["2026-08-05", "2026-09-10", "2026-12-01", "2027-01-15", "2026-09-20"]
ACTIONS = pd.DataFrame(
    {
        "action_id": list("abcde"),
        "done_on": DAYS,
        "title_it": list("ABCDE"),
        "title_en": list("ABCDE"),
        "owner": ["shops", "care", "care", None, "care"],
        "measure": ["nps", "nps", "nps", "nps", None],
    }
)


def shop(folder: Path, period: str = "2026-10", actions: Any = ACTIONS, more: str = WHO) -> Survey:
    path = folder / "codebook.toml"
    path.write_text(SHOP + (MORE + more if actions is not None else ""), encoding="utf-8")
    tables = {"responses": ANSWERS} | ({"actions": actions} if actions is not None else {})
    return cx.open_survey(path, period=period, tables=tables)


def test_an_action_names_who_and_what_for(tmp_path: Path) -> None:
    done = cx.actions_of(shop(tmp_path))
    assert done["title_en"].tolist() == ["A", "B", "E"]  # what is planned is not done
    assert done["owner"].tolist() == ["shops", "care", "care"]
    assert done["measure"].tolist() == ["nps", "nps", ""]


@pytest.mark.parametrize(
    ("period", "title", "planned"),
    [("2026-10", "C", True), ("2026-09", "B", False), ("2026-08", "A", False)],
)
def test_a_plan_stands_on_the_newest_page_alone(
    tmp_path: Path, period: str, title: str, planned: bool
) -> None:
    row = newest_actions(shop(tmp_path, period)).iloc[0]
    assert (row["measure"], row["title_en"], row["planned"]) == ("nps", title, planned)


def test_without_plans_the_last_action_stands(tmp_path: Path) -> None:
    newest = newest_actions(shop(tmp_path, actions=ACTIONS.iloc[:2]))
    assert newest[["title_en", "owner", "planned"]].to_numpy().tolist() == [["B", "care", False]]


def test_who_and_what_for_may_be_left_out(tmp_path: Path) -> None:
    survey = shop(tmp_path, actions=ACTIONS.drop(columns=["owner", "measure"]), more="")
    assert cx.actions_of(survey)["owner"].tolist() == ["", "", ""]
    assert newest_actions(survey).empty


def test_no_table_no_actions(tmp_path: Path) -> None:
    survey = shop(tmp_path, actions=None)
    assert cx.actions_of(survey).empty
    assert newest_actions(survey).empty


@pytest.mark.parametrize(
    ("was", "becomes", "lacks"),
    [
        ('done_on = { role = "date" }', 'done_on = { role = "other" }', "done_on"),
        ('title_it = { role = "other" }\n', "", "title_it"),
        ('title_en = { role = "other" }', 'title_en = { role = "number" }', "title_en"),
    ],
)
def test_a_table_of_actions_has_its_days_and_titles(
    tmp_path: Path, was: str, becomes: str, lacks: str
) -> None:
    """Or else ``check`` would pass, and every report would stop."""
    assert was in MORE
    path = tmp_path / "codebook.toml"
    path.write_text(SHOP + MORE.replace(was, becomes), "utf-8")
    with pytest.raises(cx.CxError, match=f"actions need {lacks} = "):
        cx.open_source(path)
