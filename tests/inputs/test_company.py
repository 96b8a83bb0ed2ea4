"""A company seen from one period, with or without a survey."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sources import write_source

from cxreport import CxError, open_company, open_survey
from cxreport.inputs.source import run

if TYPE_CHECKING:
    from pathlib import Path

CODEBOOK = """
[source]
title = { en = "A shop", it = "Un negozio" }
terms = { en = "made for a test", it = "fatto per un test" }
observed_until = 2026-03-10

[tables.orders]
files = "orders.csv"
[tables.orders.columns]
order_id = { role = "id" }
customer_id = { role = "customer" }
ordered_at = { role = "date" }
net_amount = { role = "number" }

[tables.events]
files = "events.csv"
[tables.events.columns]
event_id = { role = "id" }
occurred_at = { role = "date" }
is_error = { role = "number" }
[tables.events.columns.stage]
role = "stage"
stages = { browse = "consideration", buy = "purchase" }
"""
ORDERS = pd.DataFrame({
    "order_id": ["1", "2", "3", "4", "5"],
    "customer_id": ["a", "a", "b", "b", "c"],
    "ordered_at": ["2026-01-05", "2026-01-31 23:59:59", "2026-02-01", "2026-03-09", None],
    "net_amount": ["1", "2", "3", "4", "5"],
})  # fmt: skip
EVENTS = pd.DataFrame({
    "event_id": ["1", "2", "3"],
    "occurred_at": ["2025-12-30", "2026-01-02", "2026-02-02"],
    "stage": ["browse", "buy", "wander"],
    "is_error": [True, False, None],
})  # fmt: skip


@pytest.fixture
def codebook(tmp_path: Path) -> Path:
    path = tmp_path / "codebook.toml"
    path.write_text(CODEBOOK, encoding="utf-8")
    return path


def given() -> dict[str, pd.DataFrame]:
    return {"orders": ORDERS, "events": EVENTS}


def test_a_company_needs_no_survey(codebook: Path) -> None:
    company = open_company(codebook, tables=given())
    assert company.period.name == "2026-02"
    assert [period.name for period in company.history] == ["2025-12", "2026-01", "2026-02"]
    assert company.table("tickets") is None
    assert company.columns_of("tickets") == set()
    assert "net_amount" in company.columns_of("orders")


def test_a_survey_report_says_that_there_is_no_survey(codebook: Path) -> None:
    with pytest.raises(CxError, match="this source has no survey"):
        open_survey(codebook, tables=given())


def test_a_report_to_which_the_survey_is_one_table_among_others_needs_none(codebook: Path) -> None:
    survey = open_survey(codebook, tables=given(), required=False)
    company = open_company(codebook, tables=given())
    assert survey.period == company.period
    assert survey.history == company.history
    assert survey.table("responses") is None
    assert survey.scored == survey.categories == survey.columns("touchpoint") == {}
    assert run(survey.current.count().name("n"))["n"].item() == 0
    with pytest.raises(CxError, match="no such column to filter by") as raised:
        open_survey(codebook, tables=given(), required=False, filters={"channel": ["app"]})
    assert "there is no survey" in str(raised.value)


def test_a_source_with_nothing_says_what_is_missing(codebook: Path) -> None:
    with pytest.raises(CxError, match="orders: table without rows"):
        open_survey(codebook, tables={n: t.iloc[:0] for n, t in given().items()}, required=False)


@pytest.mark.parametrize(
    ("period", "until", "orders"),
    [("", dt.date(2026, 3, 10), ["1", "2", "3", "4", "5"]),
     ("2026-02", dt.date(2026, 3, 10), ["1", "2", "3", "4", "5"]),
     ("2026-01", dt.date(2026, 1, 31), ["1", "2", "5"])],
)  # fmt: skip
def test_a_report_on_an_earlier_period_looks_at_nothing_later(
    codebook: Path, period: str, until: dt.date, orders: list[str]
) -> None:
    company = open_company(codebook, period=period, tables=given())
    assert company.until == until
    table = company.table("orders")
    assert table is not None
    assert sorted(run(table.select("order_id"))["order_id"]) == orders


def test_stages_are_mapped_and_what_the_map_does_not_know_is_counted(codebook: Path) -> None:
    company = open_company(codebook, tables=given())
    events = company.table("events")
    assert events is not None
    rows = run(events.order_by("event_id"))
    assert rows["stage"].tolist()[:2] == ["consideration", "purchase"]
    assert rows["stage"].isna().tolist() == [False, False, True]
    found = company.dataset.problems.set_index("problem").loc["stage-unknown"]
    assert (found["n"], found["example"]) == (1, "aaaaaa")


def test_yes_and_no_are_one_and_zero_where_numbers_are_asked_for(codebook: Path) -> None:
    events = open_company(codebook, tables=given()).table("events")
    assert events is not None
    errors = run(events.order_by("event_id"))["is_error"]
    assert errors.tolist()[:2] == [1.0, 0.0]
    assert errors.isna().tolist() == [False, False, True]


def test_an_open_period_is_refused(codebook: Path) -> None:
    with pytest.raises(CxError, match="not over"):
        open_company(codebook, period="2026-03", tables=given())


def test_a_part_of_the_answers_says_nothing_about_all_orders(tmp_path: Path) -> None:
    answers = ["id,day,score,channel", "a,2026-01-01,10,app", "b,2026-01-02,0,web"]
    path = write_source(
        tmp_path,
        *answers,
        columns={"channel": 'role = "channel"'},
        source="observed_until = 2026-01-31",
    )
    orders = CODEBOOK[CODEBOOK.index("[tables.orders]") : CODEBOOK.index("[tables.events]")]
    path.write_text(path.read_text("utf-8") + orders, encoding="utf-8")
    whole = open_survey(path, tables={"orders": ORDERS.head(2)})
    assert whole.table("orders") is not None
    part = open_survey(path, filters={"channel": ["app"]}, tables={"orders": ORDERS.head(2)})
    assert part.table("orders") is None
    assert part.columns_of("orders") == set()
    answered = part.table("responses")
    assert answered is not None
    assert run(answered.select("id"))["id"].tolist() == ["a"]


def test_a_source_without_dates_has_no_period(codebook: Path) -> None:
    start = CODEBOOK.index("[tables.orders]")
    sessions = '[tables.sessions]\nfiles = "*.csv"\ncolumns.bought = { role = "number" }\n'
    codebook.write_text(CODEBOOK[:start] + sessions, encoding="utf-8")
    with pytest.raises(CxError, match="no dates"):
        open_company(codebook)
