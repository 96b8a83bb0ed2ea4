"""The table behind a picture, as a file: every value as the page has it, and none that runs."""

from __future__ import annotations

import csv
import io

import pytest

from cxreport.show.cell import Cell, Table
from cxreport.show.numeral import HOURS, POINTS, Number, Numeral
from cxreport.show.sheet import Missing, sheet_of
from cxreport.show.spreadsheet import csv_of, harmless
from cxreport.show.words import Words

ENGLISH, ITALIAN = Words("en"), Words("it")


def table(heading: str, *cells: str, is_number: bool = False, is_hidden: bool = False) -> Table:
    rows = [[Cell("a", ""), Cell(text, "", is_number, is_hidden=is_hidden)] for text in cells]
    return Table("A table", [Cell("Shop", ""), Cell(heading, "", is_number)], rows)


def read_back(shown: Table) -> list[list[str]]:
    text = csv_of(shown, ENGLISH)
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", " =", "\n=", "＝", "＋", "－", "＠", "﹦"], ids=repr
)
def test_a_text_that_a_spreadsheet_would_run_is_marked(start: str) -> None:
    hostile = f"{start}A1+1"
    assert read_back(table("Said", hostile))[1][1].startswith("'")
    assert read_back(table(hostile))[0][1].startswith("'")


@pytest.mark.parametrize("between", [";", ",", "\t", "\n", ";  "], ids=repr)
def test_a_formula_after_the_separator_of_another_country_is_marked(between: str) -> None:
    assert harmless(f"fine{between}=1+1") == f"fine{between}'=1+1"
    assert harmless(f"fine{between}-2+3+cmd|'x'!A0") == f"fine{between}'-2+3+cmd|'x'!A0"


@pytest.mark.parametrize(
    "text",
    ["-3.5", "+39", "-3,5%", "caffè, bar", 'the "old" one', "great ;-)", "from 2, -3 to 4", "a-b",
     "1 = 1", "me@example.org", "5 + 5"],
)  # fmt: skip
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text
    assert read_back(table("Said", text))[1][1] == text


def test_italian_files_are_in_the_form_of_an_italian_spreadsheet() -> None:
    cells = [Words("it").share(1234.56), Words("it").share(-3.5)]
    text = csv_of(table("Quota", *cells, is_number=True), ITALIAN)
    assert text == "\ufeffShop;Quota (%)\r\na;1234,6\r\na;-3,5\r\n"


def test_english_files_have_commas_and_points() -> None:
    text = csv_of(table("Share", ENGLISH.share(1234.56), is_number=True), ENGLISH)
    assert text == "Shop,Share (%)\r\na,1234.6\r\n"


def test_what_is_not_known_is_empty_and_what_is_hidden_says_so() -> None:
    assert read_back(table("n", "–", "3", is_number=True))[1] == ["a", ""]
    hidden = table("n", "–", Numeral("3", Number(3, 0)), is_number=True, is_hidden=True)
    assert read_back(hidden)[1:] == [["a", "suppressed (small numbers)"], ["a", "3"]]


def interval(low: float, high: float | None) -> Numeral:
    ends = (Number(low, 1, HOURS), None if high is None else Number(high, 1, HOURS))
    return Numeral("some hours", *ends)


def test_an_interval_takes_two_columns_and_an_open_end_is_not_available() -> None:
    shown = sheet_of(table("Wait", interval(1.5, 4), interval(30, None), is_number=True), ENGLISH)
    assert shown.headings == ["Shop", "Wait, lower end (hours)", "Wait, upper end (hours)"]
    assert shown.rows[0][1:] == [Number(1.5, 1, HOURS), Number(4, 1, HOURS)]
    assert shown.rows[1][1:] == [Number(30, 1, HOURS), Missing.ABSENT]


def test_numbers_of_several_units_stand_beside_their_unit() -> None:
    cells = [ENGLISH.share(82.07), Numeral("32.0", Number(32.0, 1, POINTS))]
    shown = sheet_of(table("Result", *cells, is_number=True), ENGLISH)
    assert shown.headings == ["Shop", "Unit", "Result"]
    assert [row[1] for row in shown.rows] == ["%", "points"]


def test_a_heading_that_names_its_unit_does_so_once() -> None:
    for heading, text in [("Difference, points", ENGLISH.signed(2)), ("% happy", ENGLISH.share(2))]:
        shown = sheet_of(table(heading, text, is_number=True), ENGLISH)
        assert shown.headings == ["Shop", heading]


def test_headings_differ() -> None:
    shown = sheet_of(table("shop", "b"), ENGLISH)
    assert shown.headings == ["Shop", "shop (2)"]


def test_a_cell_over_several_columns_says_in_each_why_it_is_empty() -> None:
    heads = [Cell("Cohort", ""), *(Cell(str(n), "", is_number=True) for n in (1, 2, 3))]
    row = [Cell("May", ""), Cell(ENGLISH.share(5), "1", is_number=True)]
    row.append(Cell("not yet observable", "2", span=2, is_open=True))
    assert sheet_of(Table("Cohorts", heads, [row]), ENGLISH).rows == [
        ["May", Number(5, 1, "%"), Missing.ABSENT, Missing.ABSENT]
    ]
