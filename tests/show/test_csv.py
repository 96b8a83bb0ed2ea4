"""The data behind a picture, as a file: every value as it was, and none that runs."""

import csv
import io

import pandas as pd
import pytest

from cxreport.show.spreadsheet import csv_of


def read_back(frame: pd.DataFrame) -> list[list[str]]:
    return list(csv.reader(io.StringIO(csv_of(frame))))


@pytest.mark.parametrize("empty", ["", None, pd.NA, float("nan")], ids=repr)
def test_an_empty_cell_stays_empty(empty: object) -> None:
    assert read_back(pd.DataFrame({"shop": ["a", empty], "n": [1, 2]}))[2] == ["", "2"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "\n=", "＝"], ids=repr)
def test_a_text_that_a_spreadsheet_would_run_is_quoted(start: str) -> None:
    hostile = f"{start}1+1"
    assert read_back(pd.DataFrame({"shop": [hostile]}))[1] == [f"'{hostile}"]


def test_a_heading_is_a_text_too() -> None:
    assert read_back(pd.DataFrame({"=1+1": [-3.5]})) == [["'=1+1"], ["-3.5"]]


def test_other_texts_and_numbers_stay_as_they_are() -> None:
    frame = pd.DataFrame({"shop": ["caffè, bar", 'the "old" one'], "change": [-1, 2]})
    assert read_back(frame)[1:] == [["caffè, bar", "-1"], ['the "old" one', "2"]]
