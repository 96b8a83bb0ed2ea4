"""From exported columns to canonical ones: codes, numbers, versions and times."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pytest
from sources import column_of

from cxreport.inputs.codebook import Column, Version
from cxreport.inputs.export import normalise
from cxreport.inputs.source import as_table, run

if TYPE_CHECKING:
    from collections.abc import Mapping

ROME = "Europe/Rome"
NPS = Column(role="nps", missing={"99": "prefers not to say", "Blank": "blank"})
GRADE = Column(role="csat", scale=(1, 5))


def read(values: Any, column: Column, zone: str = ROME) -> list[Any]:
    """Return what becomes of one exported column."""
    frame = pa.table({"x": values}) if isinstance(values, pa.Array) else pd.DataFrame({"x": values})
    return column_of(run(normalise(as_table(frame), {"x": column}, wave=None, zone=zone)), "x")


def read_all(
    frame: Mapping[str, list[Any]], columns: Mapping[str, Column], wave: str | None = None
) -> pd.DataFrame:
    return run(normalise(as_table(pd.DataFrame(frame)), columns, wave=wave, zone=ROME))


@pytest.mark.parametrize(
    "exported",
    [
        ["9", "99", "Blank", "", "11"],
        [" 9\u00a0", "99.0", "\u202fBlank ", " \u2007 ", "11"],
        ["9.0", "99.00", "Blank", None, "+11"],
        [9, 99, "Blank", float("nan"), 11.0],
    ],
    ids=["text", "blanks of all kinds", "floats as text", "mixed objects"],
)
def test_codes_become_numbers_or_nothing(exported: list[Any]) -> None:
    assert read(exported, NPS) == [9, None, None, None, 11]


@pytest.mark.parametrize(
    "exported",
    [
        pa.array([9, 99, None], pa.int8()),
        pa.array([9.0, 99.0, float("nan")], pa.float64()),
        pa.array([9.0, 99.0, None], pa.float32()),
        pa.array(["9.00", "99.00", None]).cast(pa.decimal128(5, 2)),
    ],
    ids=["whole", "float", "short float", "decimal"],
)
def test_a_missing_code_is_found_in_every_kind_of_number(exported: pa.Array) -> None:
    assert read(exported, NPS) == [9, None, None]


@pytest.mark.parametrize(
    "text", ["nan", "NaN", "inf", "-Infinity", "1_0", "0x9", "Ⅸ", "9,5", "9 0"]
)
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    assert read([text], NPS) == [None]


def test_a_category_keeps_its_spelling() -> None:
    segment = Column(role="segment", recode={"Milan": "MI", "n/a": "-"}, missing={"-": "unknown"})
    exported = ["Milan", " San\u00a0 Donato ", "2.0", "n/a", "", "milan"]
    assert read(exported, segment) == ["MI", "San Donato", "2.0", None, None, "milan"]


def test_whole_numbers_that_were_read_as_floats_stay_codes() -> None:
    assert read([12.0, None], Column(role="segment")) == ["12", None]
    assert read([1234567890123.0, None], Column(role="id")) == ["1234567890123", None]


def test_recoded_answers_count() -> None:
    words = Column(
        role="nps", recode={"10 - Extremely likely": "10", "Non so": "99"}, missing={"99": ""}
    )
    assert read(["10 - Extremely likely", "Non so", "7"], words) == [10, None, 7]


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("2026-03-01", "2026-03-01 00:00"),
        ("2026-3-1", "2026-03-01 00:00"),
        ("2026-03-01 14:30", "2026-03-01 14:30"),
        ("2026-03-01T14:30:15", "2026-03-01 14:30:15"),
        ("2026-03-01T14:30:15.250", "2026-03-01 14:30:15.250"),
        ("2026-03-01T14:30:15Z", "2026-03-01 15:30:15"),
        ("2026-07-01T14:30:15.5Z", "2026-07-01 16:30:15.5"),
        ("2026-03-01 14:30:15-05:00", "2026-03-01 20:30:15"),
        ("2026-02-30", None),
        ("08/07/2026", None),
        ("12-10-20", None),
        ("0026-10-12", None),
        ("2026", None),
        ("soon", None),
    ],
)
def test_iso_times_are_read_and_no_others(text: str, read_as: str | None) -> None:
    expected = pd.Timestamp(read_as) if read_as else None
    assert read([text], Column(role="date")) == [expected]


@pytest.mark.parametrize(
    ("meaning", "text", "read_as"),
    [
        ({"format": "%d/%m/%Y"}, "08/07/2026", "2026-07-08"),
        ({"format": "%m/%d/%Y"}, "08/07/2026", "2026-08-07"),
        ({"format": "%d/%m/%Y %H.%M.%S"}, "08/07/2026 13.49.22", "2026-07-08 13:49:22"),
        ({"format": "%m/%d/%Y %I:%M:%S %p"}, "05/09/2016 12:00:00 AM", "2016-05-09"),
        ({"format": "%d/%m/%Y"}, "1/2/26", None),
        ({"format": "%d/%m/%y"}, "1/2/26", "2026-02-01"),
        ({"format": "%Y%m%d"}, "20260708", "2026-07-08"),
        ({"format": "%Y-%m-%d %H:%M:%S%z"}, "2026-07-08 10:00:00+0000", "2026-07-08 12:00"),
        ({"template": "2017-05-{}"}, "3", "2017-05-03"),
        ({"template": "2017-05-{}"}, "32", None),
        ({"template": "2017-05-{}"}, "", None),
        ({"template": "2017-05-{}", "missing": {"0": "blank"}}, "0", None),
        ({"template": "{} 2017", "format": "%d %b %Y"}, "3 May", "2017-05-03"),
    ],
)
def test_dates_are_read_as_declared(
    meaning: dict[str, Any], text: str, read_as: str | None
) -> None:
    expected = pd.Timestamp(read_as) if read_as else None
    assert read([text], Column(role="date", **meaning)) == [expected]


def test_a_day_exported_as_a_number_is_read() -> None:
    assert read([3.0, None], Column(role="date", template="2017-05-{}")) == [
        pd.Timestamp("2017-05-03"),
        None,
    ]


# Clocks in Rome: +1 hour in winter, +2 from 29 March 2026 01:00 UTC to 25 October 2026 01:00 UTC.
IN_ROME = [
    ("2026-01-31 23:30:00", "2026-02-01 00:30:00"),
    ("2026-03-29 00:59:59", "2026-03-29 01:59:59"),
    ("2026-03-29 01:00:00", "2026-03-29 03:00:00"),
    ("2026-10-25 00:30:00", "2026-10-25 02:30:00"),
    ("2026-10-25 01:30:00", "2026-10-25 02:30:00"),
    ("2026-12-31 23:00:00", "2027-01-01 00:00:00"),
]


@pytest.mark.parametrize("kind", ["text", "naive", "zoned", "zoned elsewhere", "nanoseconds"])
def test_times_become_the_clock_of_the_source(kind: str) -> None:
    utc = pd.Series(pd.to_datetime([before for before, _ in IN_ROME]))
    exported = {
        "text": utc.astype(str),
        "naive": utc,
        "zoned": utc.dt.tz_localize("UTC"),
        "zoned elsewhere": utc.dt.tz_localize("UTC").dt.tz_convert("America/New_York"),
        "nanoseconds": utc.astype("datetime64[ns]"),
    }[kind]
    declared = None if kind.startswith("zoned") else "UTC"
    found = read(exported, Column(role="date", zone=declared))
    assert found == [pd.Timestamp(after) for _, after in IN_ROME]


def test_naive_times_without_a_zone_are_the_source_s_own() -> None:
    assert read(["2026-03-29 02:30:00"], Column(role="date")) == [pd.Timestamp("2026-03-29 02:30")]


@pytest.mark.parametrize(
    ("exported", "meaning"),
    [
        (pa.array([dt.date(2026, 3, 1), None]), {}),
        (pa.array([dt.date(2026, 3, 1), None]), {"zone": "America/New_York"}),
        (["01/03/2026", None], {"format": "%d/%m/%Y"}),
    ],
)
def test_a_day_stays_a_day(exported: Any, meaning: dict[str, str]) -> None:
    column = Column(role="date", **meaning)
    frame = pa.table({"x": exported})
    rows = normalise(as_table(frame), {"x": column}, wave=None, zone=ROME)
    assert str(rows.schema()["x"]) == "date"
    assert column_of(run(rows), "x") == [pd.Timestamp("2026-03-01"), None]


def test_two_wordings_in_one_file_are_read_each_on_its_days() -> None:
    column = Column(
        role="csat",
        scale=(1, 5),
        column="new",
        missing={"9": "blank"},
        versions=(Version(until=dt.date(2025, 12, 31), column="old", missing={"0": "blank"}),),
    )
    found = read_all(
        {
            "day": [
                "2025-12-31 23:59:59",
                "2025-12-30",
                "2026-01-01",
                "2026-01-02",
                "",
                "2026-01-03",
            ],
            "old": ["4", "0", "1", "1", "1", "1"],
            "new": ["2", "2", "5", "9", "3", ""],
        },
        {"day": Column(role="date"), "rating": column},
    )
    assert column_of(found, "rating") == [4, None, 5, None, 3, None]


def test_a_version_whose_column_is_absent_is_not_read_from_another() -> None:
    column = Column(
        role="csat", scale=(1, 5), versions=(Version(until=dt.date(2025, 12, 31), column="old"),)
    )
    found = read_all(
        {"day": ["2025-12-31", "2026-01-01"], "rating": ["1", "5"]},
        {"day": Column(role="date"), "rating": column},
    )
    assert column_of(found, "rating") == [None, 5]


def test_a_version_that_began_at_the_other_end_is_turned() -> None:
    column = Column(role="csat", scale=(1, 5), versions=(Version(waves=("2010",), scale=(5, 1)),))
    assert column_of(read_all({"x": [1, 2, 5, 11]}, {"x": column}, "2010"), "x") == [5, 4, 1, -5]
    assert column_of(read_all({"x": [1, 2, 5, 11]}, {"x": column}, "2011"), "x") == [1, 2, 5, 11]


def test_a_reversed_scale_is_left_as_declared_when_it_never_changed() -> None:
    assert read([1, 5], Column(role="csat", scale=(5, 1))) == [1, 5]


def test_a_question_that_was_not_asked_is_empty() -> None:
    column = Column(role="csat", scale=(1, 5), versions=(Version(waves=("2010",), column=""),))
    assert column_of(read_all({"x": [4]}, {"x": column}, "2010"), "x") == [None]


def test_absent_columns_keep_their_type() -> None:
    columns = {"grade": GRADE, "at": Column(role="time"), "shop": Column(role="segment")}
    kinds = normalise(as_table(pd.DataFrame({"y": [1]})), columns, wave=None, zone=ROME).schema()
    assert [str(kind) for kind in kinds.types] == ["float64", "timestamp(6)", "string"]


def test_one_word_is_one_code_however_its_accents_are_written() -> None:
    """Files of a Mac hold an e and an accent of its own where others hold one letter."""
    apart = unicodedata.normalize("NFD", "Forlì")
    assert read([apart, "Forlì"], Column(role="segment")) == ["Forlì"] * 2
    recoded = Column(role="segment", recode={"Forlì": "FC"})
    assert read([apart, "Forlì"], recoded) == ["FC"] * 2


def test_digits_of_other_scripts_are_digits() -> None:
    days = ["٢٠٢٦-١٠-٠٣", "۲۰۲۶-۱۰-۰۳", "２０２６-１０-０３"]
    assert read(days, Column(role="date")) == [pd.Timestamp("2026-10-03")] * 3
    assert read(["١٢٫٥", "१२.५"], Column(role="number")) == [12.5, 12.5]
    assert read(["٩", "９"], Column(role="nps")) == [9, 9]
    assert read(["٩"], Column(role="segment")) == ["٩"]  # a code is a text


def test_lakh_and_crore_are_read_where_commas_part_thousands() -> None:
    meaning = Column(role="number", thousands=",", decimal=".")
    texts = ["1,23,456.78", "12,34,567", "1,00,00,000.5", "123,456", "1,2,345", "1,23,45"]
    assert read(texts, meaning) == [123456.78, 1234567, 10000000.5, 123456, None, None]
