"""From when until when each table is known, and which period that closes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from sources import TITLE

from cxreport import CxError, open_company, open_source, open_survey, show
from cxreport.inputs.closed import last_closed
from cxreport.inputs.codebook import read_codebook
from cxreport.show.render import render
from cxreport.topics.retention import company_retention, summary

if TYPE_CHECKING:
    from pathlib import Path

CODEBOOK = (
    "[source]\n"
    + TITLE.replace("{", "{{").replace("}", "}}")
    + """{source}
[tables.responses]
files = "answers.csv"
{survey}
[tables.responses.columns]
id = {{ role = "id" }}
day = {{ role = "date" }}
score = {{ role = "nps" }}

[tables.orders]
files = "orders.csv"
{shop}
[tables.orders.columns]
order_id = {{ role = "id" }}
customer_id = {{ role = "customer" }}
ordered_at = {{ role = "date" }}
net_amount = {{ role = "number" }}
"""
)


def days(first: str, last: str) -> list[str]:
    return [str(day.date()) for day in pd.date_range(first, last)]


def answers(of: list[str]) -> pd.DataFrame:
    scores = [i % 11 for i in range(len(of))]
    return pd.DataFrame({"id": [f"a{i}" for i in range(len(of))], "day": of, "score": scores})


def orders(of: list[str]) -> pd.DataFrame:
    """Ten customers take turns, one order per day."""
    numbers = range(len(of))
    return pd.DataFrame({
        "order_id": [f"o{i}" for i in numbers], "customer_id": [f"c{i % 10}" for i in numbers],
        "ordered_at": of, "net_amount": 10,
    })  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write(tmp_path)


def write(folder: Path, source: str = "", survey: str = "", shop: str = "") -> Path:
    path = folder / "codebook.toml"
    path.write_text(CODEBOOK.format(source=source, survey=survey, shop=shop), encoding="utf-8")
    return path


def problems_in(path: Path, tables: dict[str, pd.DataFrame]) -> dict[tuple[str, str], Any]:
    lines = open_source(path, tables=tables, strict=False).problems.to_dict("records")
    return {(line["problem"], line["column"]): line for line in lines}


def test_a_survey_that_ends_on_the_seventh_is_no_closed_month(shop: Path) -> None:
    given = {
        "responses": answers(days("2026-07-01", "2026-10-07")),
        "orders": orders(days("2026-07-01", "2026-10-31")),
    }
    with pytest.raises(CxError, match="not over"):
        open_survey(shop, period="2026-10", tables=given)
    assert open_survey(shop, tables=given).period.name == "2026-09"
    assert open_company(shop, about=["orders"], tables=given).period.name == "2026-10"
    company = open_company(shop, period="2026-10", tables=given)
    assert company.not_known == {"responses": dt.date(2026, 10, 7)}
    assert company.table("responses") is None


@pytest.mark.parametrize("source", ["", "observed_until = 2026-10-31"])
def test_orders_that_end_in_august_say_nothing_of_october(tmp_path: Path, source: str) -> None:
    path = write(tmp_path, source)
    given = {
        "responses": answers(days("2026-03-01", "2026-10-31")),
        "orders": orders(days("2026-03-01", "2026-08-31")),
    }
    survey = open_survey(path, period="2026-10", tables=given)
    assert survey.table("orders") is None
    assert company_retention(survey).cohorts.empty
    assert survey.not_known == {"orders": dt.date(2026, 8, 31)}
    august = open_company(path, about=["orders"], tables=given)
    assert (august.period.name, august.until) == ("2026-08", dt.date(2026, 8, 31))
    assert ("table-ends-early", "ordered_at") in problems_in(path, given)


def test_a_table_may_say_itself_that_nothing_happened(tmp_path: Path) -> None:
    path = write(tmp_path, shop="observed_until = 2026-10-31")
    given = {
        "responses": answers(days("2026-03-01", "2026-10-31")),
        "orders": orders(days("2026-03-01", "2026-08-31")),
    }
    company = open_company(path, about=["orders"], tables=given)
    assert company.period.name == "2026-10"
    found = problems_in(path, given)
    assert found["period-empty", "ordered_at"]["example"] == "2026-09, 2026-10"
    assert found["period-empty", "ordered_at"]["table"] == "orders"


@pytest.mark.parametrize("slips", [["2027-02-28"], ["2026-11-30"], ["2026-12-31", "2062-10-05"]])
def test_a_row_far_ahead_is_a_question_and_closes_no_month(shop: Path, slips: list[str]) -> None:
    given = {
        "responses": answers(days("2026-01-01", "2026-10-31")),
        "orders": orders(days("2026-01-01", "2026-10-31") + slips),
    }
    line = problems_in(shop, given)["date-far-ahead", "ordered_at"]
    assert (line["severity"], line["n"]) == ("error", len(slips))
    spans = open_source(shop, tables=given, strict=False).spans
    assert spans["orders"].until == dt.date(2026, 10, 31)
    text = shop.read_text("utf-8")
    entry = 'problem = "date-far-ahead"\ncolumn = "ordered_at"\nat_most = 2\n'
    reason = 'reason = { en = "known", it = "noto" }\n'
    shop.write_text(f"{text}\n[[accept]]\n{entry}{reason}", encoding="utf-8")
    assert open_company(shop, about=["orders"], tables=given).period.name == "2026-10"


def test_a_shop_closed_for_two_weeks_is_no_slip(shop: Path) -> None:
    given = {
        "responses": answers(days("2026-01-01", "2026-10-31")),
        "orders": orders(days("2026-01-01", "2026-10-15") + days("2026-10-29", "2026-10-31")),
    }
    assert ("date-far-ahead", "ordered_at") not in problems_in(shop, given)


def test_a_half_first_month_is_no_month_to_compare_with(shop: Path) -> None:
    given = {
        "responses": answers(days("2026-08-20", "2026-10-31")),
        "orders": orders(days("2026-08-01", "2026-10-31")),
    }
    names = [period.name for period in open_survey(shop, tables=given).history]
    assert names == ["2026-09", "2026-10"]
    with pytest.raises(CxError, match="in the midst") as caught:
        open_survey(shop, period="2026-08", tables=given)
    assert "observed_from" in str(caught.value)
    assert open_survey(shop, period="2026-09", tables=given).previous is None


def test_an_export_may_say_from_when_it_is_whole(tmp_path: Path) -> None:
    path = write(tmp_path, survey="observed_from = 2026-08-01")
    given = {
        "responses": answers(days("2026-08-20", "2026-10-31")),
        "orders": orders(days("2026-08-01", "2026-10-31")),
    }
    names = [period.name for period in open_survey(path, tables=given).history]
    assert names == ["2026-08", "2026-09", "2026-10"]


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("9999-12-31", "a day lies between 1900 and 2199"),
        ("2025-12-31", "cannot be complete"),
        ("2028-01-01", "cannot be complete"),
    ],
)
@pytest.mark.parametrize("place", ["source", "shop"])
def test_an_end_that_no_export_has_is_refused(
    tmp_path: Path, until: str, said: str, place: str
) -> None:
    path = write(tmp_path, **{place: f"observed_until = {until}"})
    given = {
        "responses": answers(days("2026-01-01", "2026-10-31")),
        "orders": orders(days("2026-01-01", "2026-10-31")),
    }
    with pytest.raises(CxError, match=said):
        open_source(path, tables=given)


@pytest.mark.parametrize("stands", ["1980-01-01", "1970-01-01", "1900-01-01"])
def test_a_day_that_stands_for_none_is_a_question(shop: Path, stands: str) -> None:
    given = {
        "responses": answers(days("2026-01-01", "2026-10-31")),
        "orders": orders(days("2026-01-01", "2026-10-31") + [stands] * 200),
    }
    line = problems_in(shop, given)["date-stands-for-none", "ordered_at"]
    assert (line["severity"], line["n"], line["example"]) == ("error", 200, stands)
    span = open_source(shop, tables=given, strict=False).spans["orders"]
    assert (span.first, span.until) == (dt.date(2026, 1, 1), dt.date(2026, 10, 31))


def test_a_day_that_no_export_reaches_is_an_error_and_no_end(shop: Path) -> None:
    given = {
        "responses": answers(days("2026-01-01", "2026-10-31")),
        "orders": orders(days("2026-01-01", "2026-10-31") + ["9999-12-31"] * 200),
    }
    line = problems_in(shop, given)["date-of-another-year", "ordered_at"]
    assert (line["severity"], line["n"], line["example"]) == ("error", 200, "9999-12-31")
    span = open_source(shop, tables=given, strict=False).spans["orders"]
    assert (span.first, span.until) == (dt.date(2026, 1, 1), dt.date(2026, 10, 31))


def test_one_day_in_a_large_part_of_the_rows_is_a_question(shop: Path) -> None:
    given = {
        "responses": answers(days("2026-01-01", "2026-10-31") + ["2026-03-17"] * 100),
        "orders": orders(days("2026-01-01", "2026-10-31")),
    }
    line = problems_in(shop, given)["date-stands-for-none", "day"]
    assert (line["n"], line["example"]) == (101, "2026-03-17")


def test_the_files_alone_say_which_period_is_the_last(tmp_path: Path) -> None:
    answers(days("2026-07-01", "2026-10-07")).to_csv(tmp_path / "answers.csv", index=False)
    orders([*days("2026-07-01", "2026-10-31"), "2027-03-31"]).to_csv(
        tmp_path / "orders.csv", index=False
    )
    codebook = read_codebook(write(tmp_path))
    assert last_closed(codebook, about=["responses"]).name == "2026-09"
    assert last_closed(codebook, about=["orders"]).name == "2026-10"
    assert last_closed(codebook, about=["responses", "orders"]).name == "2026-09"


def test_the_page_says_how_far_a_table_is_known_and_nothing_of_later_days(shop: Path) -> None:
    given = {
        "responses": answers(days("2026-07-01", "2026-10-31")),
        "orders": orders(days("2026-07-01", "2026-08-31")),
    }
    survey = open_survey(shop, tables=given)
    head = render(show.header(survey, "monthly"), "en", prefix="a1")
    assert "orders (August 31, 2026)" in head
    section = render(summary(company_retention(survey), survey), "it", prefix="a1")
    assert "non si sa nulla dopo il 31 agosto 2026" in section
    assert "0,0" not in section


@pytest.mark.parametrize("far", ["2015-06-01", "2031-12-31", "2027-10-31"])
@pytest.mark.parametrize("rows", [2, 6, 12])
def test_a_lone_day_far_from_all_others_is_a_question_whatever_it_holds(
    shop: Path, far: str, rows: int
) -> None:
    """61 rows, and 3 to 16% on a day that no system uses for "unknown"."""
    slips = orders([*days("2026-09-01", "2026-10-31"), *[far] * rows])
    tables = {"responses": answers(days("2026-09-01", "2026-10-31")), "orders": slips}
    found = problems_in(shop, tables)
    line = found["date-stands-for-none", "ordered_at"]
    assert (line["severity"], line["n"], line["example"]) == ("error", rows, far)
    opened = open_source(shop, tables=tables, strict=False)
    assert opened.spans["orders"].until == dt.date(2026, 10, 31)
    assert opened.spans["orders"].first == dt.date(2026, 9, 1)


def test_a_row_a_year_ahead_is_a_question_in_a_small_table_too(shop: Path) -> None:
    tables = {
        "responses": answers(days("2026-09-01", "2026-10-31")),
        "orders": orders([*days("2026-10-01", "2026-10-07"), "2027-10-08"]),
    }
    assert problems_in(shop, tables)["date-far-ahead", "ordered_at"]["n"] == 1


def test_seasons_and_yearly_questionnaires_are_no_slips(shop: Path) -> None:
    summers = [day for year in (2024, 2025, 2026) for day in days(f"{year}-07-01", f"{year}-08-31")]
    tables = {
        "responses": answers(["2023-10-01", "2024-10-01", "2025-10-01", "2026-10-01"]),
        "orders": orders([*summers, "2027-07-01"]),
    }
    found = {name for name, _ in problems_in(shop, tables)}
    assert not found & {"date-stands-for-none", "date-far-ahead", "date-far-back"}
