"""Rows that do not belong: left out by the codebook, and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sources import accept, problems_of, write_codebook, write_source

import cxreport as cx
from cxreport import CxError, open_source, open_survey
from cxreport.inputs.source import run
from cxreport.show.render import render

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [
    "id,day,score,Status,Finished",
    "a,2026-01-05,10,IP Address,True",
    "b,2026-01-06,0,Survey Preview,True",
    "c,2026-01-07,10,survey preview ,True",
    "d,2026-01-08,9,IP Address,False",
    "e,2026-01-31,8,,true",
]
IGNORED = 'files = "answers.csv"\nignore = ["Status", "Finished"]\n'


def ids(path: Path, **given: pd.DataFrame) -> list[str]:
    table = open_source(path, tables=given).tables["responses"]
    return sorted(run(table.select("id"))["id"])


@pytest.mark.parametrize(
    ("rules", "left", "counted"),
    [
        ('skip = { Status = "Survey Preview" }', "ade", [("Status = survey preview (2)", 2)]),
        ("only = { Finished = true }", "abce", [("Finished ≠ True", 1)]),
        ('only.Finished = ["TRUE"]\nskip.Status = ["Survey Preview", ""]', "a",
         [("Finished ≠ TRUE, Status = ∅ (1), survey preview (2)", 4)]),
    ],
)  # fmt: skip
def test_rows_that_do_not_belong_are_left_out_and_counted(
    tmp_path: Path, rules: str, left: str, counted: list[tuple[str, int]]
) -> None:
    path = write_source(tmp_path, *ROWS, table=IGNORED + rules)
    assert ids(path) == list(left)
    line = problems_of(path)["rows-not-belonging", ""]
    assert [(line["example"], line["n"])] == counted
    assert (line["severity"], line["table"]) == ("note", "responses")
    assert open_source(path).files["rows"].tolist() == [5]  # what the file holds


def test_a_column_may_be_named_as_in_the_codebook(tmp_path: Path) -> None:
    kind = 'role = "other", column = "Status", recode = { "Survey Preview" = "preview" }'
    table = 'files = "answers.csv"\nignore = ["Finished"]\nskip = { kind = "preview" }'
    path = write_source(tmp_path, *ROWS, table=table, columns={"kind": kind})
    assert ids(path) == ["a", "c", "d", "e"]  # another spelling is another code


def test_rows_left_out_of_one_table_leave_the_others_whole(tmp_path: Path) -> None:
    orders = (
        '[tables.orders]\nfiles = "o.csv"\nignore = ["state"]\nskip = { state = "test" }\n'
        '[tables.orders.columns]\norder_id = { role = "id" }\nordered_at = { role = "date" }\n'
    )
    path = write_codebook(tmp_path, source="observed_until = 2026-01-31", more=orders)
    days = ["2026-01-05", "2026-01-30"]
    given = {
        "responses": pd.DataFrame({"id": ["a", "b"], "day": days, "score": [9, 0]}),
        "orders": pd.DataFrame({"order_id": [1, 2], "ordered_at": days, "state": ["ok", "Test"]}),
    }
    survey = open_survey(path, tables=given)
    table = survey.table("orders")
    assert table is not None
    assert run(table.select("order_id"))["order_id"].tolist() == ["1"]
    assert len(run(survey.current)) == 2


def test_a_rule_on_a_column_that_is_not_there_stops_the_report(tmp_path: Path) -> None:
    path = write_source(tmp_path, *ROWS, table=IGNORED + 'skip = { Staus = "Survey Preview" }')
    with pytest.raises(CxError, match="only or skip"):
        open_source(path)


def test_a_code_that_no_row_has_is_a_question(tmp_path: Path) -> None:
    path = write_source(tmp_path, *ROWS, table=IGNORED + 'skip = { Status = "Spam" }')
    assert problems_of(path)["filter-without-rows", ""]["example"] == "Status: Spam"


def test_a_filter_that_leaves_nothing_is_an_error(tmp_path: Path) -> None:
    path = write_source(tmp_path, *ROWS, table=IGNORED + 'only = { Status = "Complete" }')
    with pytest.raises(CxError, match="table without rows"):
        open_source(path)


def test_the_method_says_what_was_left_out_of_the_survey_and_of_no_other_table(
    tmp_path: Path,
) -> None:
    orders = (
        '[tables.orders]\nfiles = "o.csv"\nignore = ["state"]\nskip = { state = "test" }\n'
        '[tables.orders.columns]\norder_id = { role = "id" }\nordered_at = { role = "date" }\n'
        + accept("date-missing", "ordered_at", 1)
    )
    table = 'files = "answers.csv"\nignore = ["Status"]\nskip = { Status = ["Spam", ""] }'
    path = write_codebook(
        tmp_path, source="observed_until = 2026-01-31", table=table, more=orders,
        columns={"score": 'role = "nps", label = { en = "again", it = "ancora" }'},
    )  # fmt: skip
    days = ["2026-01-05", "2026-01-30"]
    given = {
        "responses": pd.DataFrame(
            {"id": list("abcde"), "day": days[0], "score": [9, 0, 1, 8, 3],
             "Status": ["ok", "ok", "spam", "Spam", ""]}
        ),
        "orders": pd.DataFrame(
            {"order_id": [1, 2, 3], "ordered_at": [*days, None], "state": ["ok", "Test", "ok"]}
        ),
    }  # fmt: skip
    survey = open_survey(path, tables=given)
    board = cx.scoreboard(survey.current, survey.previous, survey.columns("nps"))
    english, italian = (
        render(cx.survey.counted(board, survey), name, prefix="x") for name in ("en", "it")
    )
    rules = "Status = ∅ (1), spam (2)"
    assert "3 rows of the export do not belong to the survey" in english
    assert "3 righe dell&#39;esportazione non fanno parte dell&#39;indagine" in italian
    assert rules in english
    assert rules in italian
    assert "no usable date" not in english  # that is a row of the orders
