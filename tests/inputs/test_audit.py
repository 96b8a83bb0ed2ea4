"""The count of codes: every row of an export stands in it once, with what is made of it."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from cxreport.inputs import audit
from cxreport.inputs.audit import AUDIT_COLUMNS, judge
from cxreport.inputs.codebook import Column, Version
from cxreport.inputs.export import normalise, read_export
from cxreport.inputs.source import as_table, run


def count_codes(
    frame: pd.DataFrame, columns: dict[str, Column], wave: str | None = None
) -> pd.DataFrame:
    export = read_export(as_table(frame), columns, wave=wave, zone="UTC")
    return audit.count_codes(export, wave=wave)


NPS = Column(role="nps", missing={"99": "refused"}, recode={"dieci": "10"})


def test_ten_rows_are_counted_by_code() -> None:
    exported = ["9", "9", "09", "99", "dieci", "", None, "11", "7.5", "Blank"]
    found = count_codes(pd.DataFrame({"score": exported}), {"score": NPS})
    assert list(found.columns) == AUDIT_COLUMNS
    assert found[["code", "n", "meaning", "reason"]].to_numpy().tolist() == [
        ["7.5", 1, "outside", ""],
        ["09", 1, "valid", ""],
        ["9", 2, "valid", ""],
        ["11", 1, "outside", ""],
        ["99", 1, "missing", "refused"],
        ["", 2, "missing", "empty"],
        ["Blank", 1, "unknown", ""],
        ["dieci", 1, "valid", ""],
    ]


def test_a_code_counts_under_each_of_its_meanings() -> None:
    version = Version(until=dt.date(2025, 12, 31), missing={"0": "blank"})
    column = Column(role="nps", versions=(version,))
    frame = pd.DataFrame({"day": ["2025-12-31", "2026-01-01", "2026-01-02"], "score": ["0"] * 3})
    columns = {"day": Column(role="date"), "score": column}
    found = count_codes(frame, columns)
    assert found[["code", "n", "meaning"]].to_numpy().tolist() == [
        ["0", 1, "missing"],
        ["0", 2, "valid"],
    ]


def test_categories_without_a_label_are_named() -> None:
    label = {"en": "app", "it": "app"}
    column = Column.model_validate({"role": "channel", "labels": {"app": label}})
    frame = pd.DataFrame({"channel": ["app", "App", "fax"]})
    found = count_codes(frame, {"channel": column}, wave="2017")
    assert dict(zip(found["code"], found["meaning"], strict=True)) == {
        "app": "valid", "App": "unlabelled", "fax": "unlabelled",
    }  # fmt: skip
    assert found["wave"].unique().tolist() == ["2017"]


@pytest.mark.parametrize("rows", [[], ["9"]])
def test_nothing_is_counted_where_nothing_is_rated(rows: list[str]) -> None:
    frame = pd.DataFrame({"comment": pd.Series(rows, dtype=object)})
    found = count_codes(frame, {"comment": Column(role="comment")})
    assert list(found.columns) == AUDIT_COLUMNS
    assert found.empty


def test_a_file_without_rows_has_no_codes() -> None:
    frame = pd.DataFrame({"score": pd.Series([], dtype=object)})
    assert count_codes(frame, {"score": NPS}).empty


ODD = [
    "9",
    " 9 ",
    "9.0",
    "+9",
    "9.",
    "1e1",
    "1e99",
    "-1",
    "nan",
    "inf",
    "1_0",
    "٩",
    "9,0",
    "0x9",
    "x",
]


@pytest.mark.parametrize("code", ODD)
def test_a_code_is_valid_exactly_when_it_becomes_an_answer(code: str) -> None:
    frame = pd.DataFrame({"score": [code]})
    rows = normalise(as_table(frame), {"score": NPS}, wave=None, zone="UTC")
    value = run(rows)["score"].item()
    found = count_codes(frame, {"score": NPS})["meaning"].item()
    assert (found == "valid") == (value in range(11))
    assert (found == "unknown") == (value != value)  # noqa: PLR0124 - NaN


def test_a_reversed_scale_has_the_same_codes() -> None:
    column = Column(role="csat", scale=(5, 1))
    assert [judge(code, column, column)[0] for code in ("0", "1", "5", "6")] == [
        "outside", "valid", "valid", "outside",
    ]  # fmt: skip


def test_a_repeated_row_counts_for_one_id() -> None:
    frame = pd.DataFrame({"id": ["a", "a", "b", "c", "c"], "score": ["9", "9", "9", "11", "8"]})
    columns = {"id": Column(role="id"), "score": Column(role="nps")}
    found = count_codes(frame, columns).set_index("code")
    assert found["n"].to_dict() == {"8": 1, "9": 3, "11": 1}
    assert found["ids"].to_dict() == {"8": 1, "9": 2, "11": 1}
    without = count_codes(frame, {"score": Column(role="nps")}).set_index("code")
    assert without["ids"].to_dict() == {"8": 1, "9": 3, "11": 1}
