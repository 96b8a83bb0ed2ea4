"""The codebook: what may be said in it, and that every mistake is named with its place."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sources import write_codebook

from cxreport.errors import CxError
from cxreport.inputs.codebook import Codebook, Column, Version, expand, read_codebook

ROOT = Path(__file__).parents[2]
WAVE = '[[waves]]\nname = "a"\nsince = 2026-01-01\nuntil = 2026-01-31\n'


@pytest.mark.parametrize("name", ["demo", "nhs", "sfo"])
def test_the_codebooks_of_the_project_are_understood(name: str) -> None:
    assert "responses" in read_codebook(ROOT / "data" / name / "codebook.toml").tables


def test_all_mistakes_are_listed_at_once_with_their_place(tmp_path: Path) -> None:
    path = write_codebook(
        tmp_path,
        source='colour = "red"\ntimezone = "Europe/Roma"',
        columns={"score": 'role = "nsp"', "rating": 'role = "csat"', "x": 'role = "id", szale = 1'},
    )
    with pytest.raises(CxError) as caught:
        read_codebook(path)
    message = str(caught.value)
    for place in (
        "source.colour", "source.timezone", "tables.responses.columns.score.role",
        "tables.responses.columns.rating", "tables.responses.columns.x.szale",
    ):  # fmt: skip
        assert place in message
    assert str(path) in message


@pytest.mark.parametrize(
    ("meaning", "said"),
    [
        ('role = "csat"', "needs its scale"),
        ('role = "csat", scale = [3, 3]', "two different ends"),
        ('role = "csat", scale = [1, 5], favourable_from = 6', "outside the scale"),
        (
            'role = "csat", scale = [1, 5], versions = [{ waves = ["x"], scale = [1, 7] }]',
            "another",
        ),
        ('role = "nps", scale = [1, 5]', "from 0 to 10"),
        ('role = "csat", scale = [1, 5], versions = [{ column = "old" }]', "its waves, or its"),
        ('role = "time", versions = [{ since = 2026-02-01, until = 2026-01-01 }]', "ends before"),
        ('role = "time", versions = [{ until = 2026-02-01 }, { since = 2026-02-01 }]', "same day"),
        ('role = "time", zone = "Italy/Rome"', "no time zone"),
        ('role = "time", format = "%d/%m/%Q"', "no format of dates"),
        ('role = "time", template = "2026-01-"', "needs one {}"),
        ('role = "segment", label = { en = "shop" }', "at least 2"),
        ('role = "segment", versions = [{ waves = ["2030"] }]', "rating: 2030"),
    ],
)
def test_a_column_that_makes_no_sense_is_refused(tmp_path: Path, meaning: str, said: str) -> None:
    with pytest.raises(CxError, match="rating") as caught:
        read_codebook(write_codebook(tmp_path, columns={"rating": meaning}))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("source", "more", "said"),
    [
        ('period = "wave"', "", "belong together"),
        ("", WAVE, "belong together"),
        (
            'period = "wave"',
            WAVE + WAVE.replace("until = 2026", "until = 2025"),
            "same name; two waves begin on the same day; a wave ends before",
        ),
    ],
)
def test_waves_that_cannot_be_told_apart_are_refused(
    tmp_path: Path, source: str, more: str, said: str
) -> None:
    with pytest.raises(CxError) as caught:
        read_codebook(write_codebook(tmp_path, source=source, more=more))
    assert said in str(caught.value)


def test_a_survey_needs_one_id_and_one_date(tmp_path: Path) -> None:
    nothing = write_codebook(tmp_path, columns={"id": 'role = "other"', "day": 'role = "time"'})
    with pytest.raises(CxError, match=r'"id".*"date"'):
        read_codebook(nothing)
    twice = write_codebook(tmp_path, columns={"second": 'role = "id"'})
    with pytest.raises(CxError, match="a table has one column"):
        read_codebook(twice)


def test_a_source_describes_at_least_one_of_the_main_tables(tmp_path: Path) -> None:
    path = write_codebook(tmp_path)
    written = path.read_text("utf-8")
    path.write_text(written.replace("responses", "respones"), "utf-8")
    with pytest.raises(CxError, match="describe at least one of"):
        read_codebook(path)
    path.write_text(written.replace("responses", "orders"), "utf-8")
    assert read_codebook(path).questions == {}


@pytest.mark.parametrize(
    ("name", "meant"), [("tikets", "tickets"), ("order", "orders"), ("verbatim", "verbatims")]
)
def test_a_table_with_a_slip_in_its_name_is_named(tmp_path: Path, name: str, meant: str) -> None:
    path = write_codebook(tmp_path)
    written = path.read_text("utf-8")
    table = f'[tables.{name}]\nfiles = "x.csv"\n[tables.{name}.columns]\nday = {{ role = "date" }}'
    path.write_text(f"{written}\n{table}\n", "utf-8")
    with pytest.raises(CxError, match=rf"reads \[tables.{name}\]: is it \[tables.{meant}\]"):
        read_codebook(path)


def test_a_source_may_have_a_table_of_its_own(tmp_path: Path) -> None:
    path = write_codebook(tmp_path)
    written = path.read_text("utf-8")
    own = '[tables.stock]\nfiles = "x.csv"\n[tables.stock.columns]\nday = { role = "date" }\n'
    path.write_text(f"{written}\n{own}", "utf-8")
    assert "stock" in read_codebook(path).tables


def test_a_map_of_stages_belongs_to_a_column_of_stages(tmp_path: Path) -> None:
    for wrong in (
        'role = "stage"',
        'role = "other"\nstages = { buy = "purchase" }',
        'role = "stage"\nstages = { buy = "shopping" }',
        'role = "other"\nstage = "purchase"',
    ):
        with pytest.raises(CxError, match="stage"):
            read_codebook(write_codebook(tmp_path, columns={"step": wrong}))


def test_names_that_differ_only_in_case_are_refused(tmp_path: Path) -> None:
    path = write_codebook(tmp_path, columns={"Score": 'role = "segment"'})
    with pytest.raises(CxError, match="capital letters"):
        read_codebook(path)


@pytest.mark.parametrize("name", ["period_start", "wave", "Wave"])
def test_names_that_reading_adds_are_taken(tmp_path: Path, name: str) -> None:
    with pytest.raises(CxError, match="reading adds"):
        read_codebook(write_codebook(tmp_path, columns={name: 'role = "segment"'}))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[source\n", "no valid TOML"),
        ("è".encode("latin-1"), "no valid TOML"),
        (None, "no codebook"),
    ],
)
def test_an_unreadable_codebook_is_one_error(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "codebook.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CxError, match=said):
        read_codebook(path)


def test_a_folder_in_place_of_a_codebook_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CxError, match="codebook"):
        read_codebook(tmp_path)


def test_versions_of_a_wave_replace_the_general_meaning() -> None:
    column = Column(
        role="csat",
        scale=(1, 5),
        missing={"9": "blank"},
        versions=(
            Version(waves=("2010",), column="Q1"),
            Version(waves=("2011",), column=""),
            Version(waves=("2012",), scale=(5, 1)),
        ),
    )
    [(_, first)] = column.in_wave("2010")
    assert (first.column, first.scale, first.missing) == ("Q1", (1, 5), {"9": "blank"})
    assert column.in_wave("2011") == []
    [(_, third)] = column.in_wave("2012")
    assert (third.column, third.scale) == (None, (5, 1))
    assert column.in_wave("2013") == [], "asked only in the waves that name its column"


def test_dated_versions_stand_beside_the_general_meaning() -> None:
    old = Version(until=dt.date(2025, 12, 31), column="old")
    column = Column(role="csat", scale=(1, 5), versions=(old,))
    assert [(v, m.column) for v, m in column.in_wave(None)] == [(old, "old"), (None, None)]


@pytest.mark.parametrize(
    ("value", "found"), [("/elsewhere", "/elsewhere"), ("", "here"), (None, "here")]
)
def test_a_folder_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None, found: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SHOP_DATA", raising=False)
    if value is not None:
        monkeypatch.setenv("SHOP_DATA", value)
    assert expand("${SHOP_DATA:-here}/sub", tmp_path / "beside") == tmp_path / found / "sub"


def test_a_plain_folder_counts_from_the_codebook(tmp_path: Path) -> None:
    assert expand("raw", tmp_path) == tmp_path / "raw"


def test_an_unset_variable_without_default_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOP_DATA", raising=False)
    with pytest.raises(CxError, match="SHOP_DATA"):
        expand("${SHOP_DATA}/raw", tmp_path)


@pytest.fixture
def two_waves(tmp_path: Path) -> Codebook:
    more = "".join(
        f'[[waves]]\nname = "{year}"\nfiles = "{year}*"\n'
        f"since = {year}-05-01\nuntil = {year}-05-31\n"
        for year in (2016, 2017)
    )
    return read_codebook(write_codebook(tmp_path, source='period = "wave"', more=more))


def test_a_file_belongs_to_the_wave_whose_pattern_it_fits(two_waves: Codebook) -> None:
    wave = two_waves.wave_of("2017_answers.csv")
    assert wave is not None
    assert wave.name == "2017"


@pytest.mark.parametrize("file", ["2018_answers.csv", ""])
def test_a_file_of_no_wave_is_an_error(two_waves: Codebook, file: str) -> None:
    with pytest.raises(CxError, match="exactly one wave"):
        two_waves.wave_of(file)
