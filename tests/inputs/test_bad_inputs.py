"""Whatever is wrong with a codebook or a file, the answer is a sentence: no traceback, no row."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from click.testing import CliRunner
from sources import accept, problems_of, write_codebook, write_source

from cxreport.cli import main
from cxreport.errors import CxError
from cxreport.inputs.codebook import read_codebook
from cxreport.inputs.dataset import open_source

if TYPE_CHECKING:
    from pathlib import Path

HEADER, ROW = "id,day,score", "a,2026-01-05,9"
LONG = "x" * 5000
NUMBER = "9" * 5000
PYDANTIC = ("Dictionary should", "Input should", "Field required", "Extra inputs", "Tuple should")


def in_codebook(folder: Path, text: str) -> Path:
    """Write a codebook that holds a text among its settings of the source."""
    return write_codebook(folder, source=text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"x = {'[' * 5000}{']' * 5000}", "no valid TOML"),
        (f"x = {NUMBER}", "no valid TOML"),
        ("x = 1\0", "no valid TOML"),
        ("colour = 1", "source.colour: there is no such setting"),
        ("synthetic = 7", "source.synthetic: true or false"),
        ("folder = 7", "source.folder: a text in quotes"),
        ("observed_until = 9999-12-31", "source.observed_until: a day lies between 1900 and 2199"),
        ('observed_until = "soon"', "source.observed_until: a day is needed"),
        ('period = "week"', "source.period: one of 'month'"),
        ('folder = "\\u0000"', "this is no folder"),
        (f'folder = "{LONG}"', "no such file"),
    ],
)
def test_a_source_that_makes_no_sense_is_one_sentence(
    tmp_path: Path, text: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = in_codebook(tmp_path, text)
    (tmp_path / "reports.toml").write_text("", "utf-8")
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke(main, ["check", str(path)])
    assert (run.exit_code, type(run.exception)) == (1, SystemExit)
    assert said in run.output
    assert len(run.output) < 7000
    assert not [words for words in PYDANTIC if words in run.output]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"grade": 'role = "csat", scale = [1, 1000000000000000000000000000000]'}, "two whole"),
        ({"grade": 'role = "csat", scale = [1, 5, 7]'}, "two whole numbers"),
        ({"grade": 'role = "csat", scale = "1-5"'}, "two whole numbers"),
        ({'""': 'role = "segment"'}, "a name is a printable text"),
        ({LONG: 'role = "segment"'}, "a name is a printable text"),
        ({'"a\\u0000b"': 'role = "segment"'}, "a name is a printable text"),
        ({"shop": 'role = "segment", column = "score"'}, "two roles: score"),
        ({"shop": 'role = "segment", label = { en = "shop" }'}, "in both languages"),
        ({"shop": "label = 7"}, "shop.role: is missing"),
        ({"shop": 'role = "shop"'}, "one of 'id'"),
        ({"shop": 'role = "segment", label = { en = "shop", it = " " }'}, "in both languages"),
        ({"ends": 'role = "time", format = ""'}, "no format of dates"),
        ({"ends": 'role = "time", format = "dd/mm/yyyy"'}, "no format of dates"),
    ],
)
def test_a_column_that_makes_no_sense_is_one_sentence(
    tmp_path: Path, columns: dict[str, str], said: str
) -> None:
    with pytest.raises(CxError) as caught:
        read_codebook(write_codebook(tmp_path, columns=columns))
    assert said in str(caught.value)
    assert not [words for words in PYDANTIC if words in str(caught.value)]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('files = "answers.csv"\nencoding = "klingon"', "no encoding of text"),
        ('files = "answers.csv"\nencoding = "base64"', "no encoding of text"),
        ('files = "answers.csv"\ndecimal = ","\nthousands = ","', "two different signs"),
        ('files = "answers.csv"\nheader_rows = 0', "a number from 1"),
        ('files = "answers.csv"\ndelimiter = ""', "it is empty"),
        ('files = "answers.csv:x"', "only a database holds tables"),
    ],
)
def test_a_table_that_makes_no_sense_is_one_sentence(tmp_path: Path, table: str, said: str) -> None:
    with pytest.raises(CxError) as caught:
        open_source(write_source(tmp_path, HEADER, ROW, table=table))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (accept("code-unknown", "score", 0), "accept.0.at_most: a number from 1 is needed"),
        (2 * accept("code-unknown", "score", 1), "[[accept]] twice: code-unknown in .score"),
    ],
)
def test_what_is_accepted_makes_sense(tmp_path: Path, more: str, said: str) -> None:
    with pytest.raises(CxError) as caught:
        read_codebook(write_codebook(tmp_path, more=more))
    assert said in str(caught.value)


@pytest.mark.parametrize("name", ["", "a\0b", LONG, "..", "nothing", "nothing.toml", "a\0.toml"])
def test_check_of_no_source_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "reports.toml").write_text("", "utf-8")
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke(main, ["check", name])
    assert (run.exit_code, type(run.exception)) == (1, SystemExit)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no column"),
        (b"id,day,score\n", "without rows"),
        (b"id,day,score\na,2026-01-05,9\n\0\n", "cannot be read"),
        (b"id,,score\na,2026-01-05,9\n", "without a name"),
        (b"\xff\xfe\x00", "cannot be read"),
        (f"{HEADER}\na,2026-01-05,{NUMBER}\n".encode(), ""),
        (f"{HEADER},{LONG}\n{ROW},1\n".encode(), ""),
        (f"{HEADER}\na,9999-12-31,9\nb,2263-01-01,9\nc,2026-01-05,9\n".encode(), "date of a year"),
        (f"{HEADER}\na,99999-01-01,9\n".encode(), "date that cannot be read"),
    ],
)
def test_a_file_that_makes_no_sense_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, said: str
) -> None:
    january = "observed_from = 2026-01-01\nobserved_until = 2026-01-31"
    path = write_source(tmp_path, source=january)
    (tmp_path / "answers.csv").write_bytes(content)
    (tmp_path / "reports.toml").write_text("", "utf-8")
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke(main, ["check", str(path)])
    assert run.exit_code == int(bool(said))
    assert run.exception is None or isinstance(run.exception, SystemExit)
    assert said in run.output
    assert len(run.output) < 3000


def test_yes_and_no_are_no_recommendation(tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": ["a", "b"], "day": dt.date(2026, 1, 5), "score": [True, False]})
    path = write_source(tmp_path, HEADER, ROW)
    line = problems_of(path, {"responses": frame})["rating-yes-no", "score"]
    assert (line["severity"], line["example"]) == ("error", "score")


@pytest.mark.parametrize("day", [dt.date(9999, 12, 31), dt.datetime(2263, 1, 1)])  # noqa: DTZ001
def test_a_day_for_ever_may_be_declared(tmp_path: Path, day: dt.date) -> None:
    kind = "datetime64[us]" if isinstance(day, dt.datetime) else "object"
    days = pd.Series([day, day], dtype=kind)
    frame = pd.DataFrame(
        {"id": ["a", "b"], "day": dt.date(2026, 1, 5), "score": [9, 8], "ends": days}
    )
    path = write_source(tmp_path, HEADER, ROW, columns={"ends": 'role = "time"'})
    assert problems_of(path, {"responses": frame})["date-of-another-year", "ends"]["n"] == 2
    declared = f'role = "time", missing = {{ "{day}" = "for ever" }}'
    path = write_source(tmp_path, HEADER, ROW, columns={"ends": declared})
    assert problems_of(path, {"responses": frame}) == {}
