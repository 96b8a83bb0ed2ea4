"""How a source was read: defaults, reasons in both languages, and codes that are no slips."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sources import TITLE, problems_of, write_codebook

from cxreport.errors import CxError
from cxreport.inputs.closed import last_closed
from cxreport.inputs.codebook import read_codebook
from cxreport.inputs.dataset import open_source
from cxreport.inputs.reading import columns_read, reading_of
from cxreport.inputs.source import run
from cxreport.inputs.survey import open_survey

if TYPE_CHECKING:
    from pathlib import Path

DEFAULTS = (
    'files = "answers.csv"\n[tables.responses.defaults]\nscale = [1, 5]\n'
    'missing = { "0" = { en = "blank", it = "in bianco" } }'
)
COLUMNS = {"visit": 'role = "csat"', "speed": 'role = "touchpoint", scale = [5, 1], missing = {}'}


def answers(**columns: list[object]) -> dict[str, pd.DataFrame]:
    n = len(next(iter(columns.values())))
    frame = {
        "id": [str(i) for i in range(n)],
        "day": [pd.Timestamp(2026, 4, 5)] * n,
        "score": [9] * n,
    }
    return {"responses": pd.DataFrame(frame | columns)}


def test_ratings_take_the_defaults_unless_they_say_otherwise(tmp_path: Path) -> None:
    columns = read_codebook(write_codebook(tmp_path, table=DEFAULTS, columns=COLUMNS)).responses
    assert columns.columns["visit"].scale == (1, 5)
    assert list(columns.columns["visit"].missing) == ["0"]
    assert columns.columns["speed"].scale == (5, 1)
    assert columns.columns["speed"].missing == {}
    assert columns.columns["score"].missing == {}  # the 0 of an NPS is an answer


def test_reasons_are_kept_in_both_languages(tmp_path: Path) -> None:
    path = write_codebook(tmp_path, table=DEFAULTS, columns=COLUMNS)
    assert read_codebook(path).reasons == {"blank": {"en": "blank", "it": "in bianco"}}
    codes = open_source(path, tables=answers(visit=[5, 0], speed=[1, 2])).answers_by_code
    assert codes.loc[codes["meaning"] == "missing", "reason"].tolist() == ["blank"]


def test_a_survey_says_how_it_was_read(tmp_path: Path) -> None:
    path = write_codebook(tmp_path, table=DEFAULTS, columns=COLUMNS)
    frames = answers(visit=[5, 4, 0, 9], speed=[1, 2, 5, None])
    reading = reading_of(open_source(path, tables=frames)).set_index("column")
    assert reading.loc["visit"].tolist() == ["csat", 1, 5, 2, "1 blank", 1]
    assert reading.loc["speed"].tolist() == ["touchpoint", 5, 1, 3, "1 empty", 0]


@pytest.mark.parametrize(
    ("slips", "rows", "expected"),
    [
        (4, 60, "value-outside-scale"),
        (5, 60, "values-outside-scale"),
        (29, 600, "value-outside-scale"),
        (30, 600, "values-outside-scale"),
        (30, 3000, "value-outside-scale"),
        (31, 3000, "values-outside-scale"),
    ],
)
def test_many_numbers_outside_the_scale_are_an_undeclared_code(
    tmp_path: Path, slips: int, rows: int, expected: str
) -> None:
    frames = answers(score=[11] * slips + [0, 10] + [9] * (rows - slips - 2))
    found = problems_of(write_codebook(tmp_path), tables=frames)
    assert [problem for problem, column in found if column == "score"] == [expected]
    severity = "error" if expected.startswith("values") else "note"
    assert found[expected, "score"]["severity"] == severity


def test_a_source_whose_first_month_is_not_over_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CxError, match="no period is over yet") as caught:
        open_survey(write_codebook(tmp_path), tables=answers(score=[9, 8]))
    assert "observed_until" in str(caught.value)
    over = write_codebook(tmp_path, source="observed_until = 2026-04-30")
    assert open_survey(over, tables=answers(score=[9, 8])).period.name == "2026-04"


def test_a_wave_that_is_not_over_says_what_to_do(tmp_path: Path) -> None:
    wave = '[[waves]]\nname = "a"\nsince = 2026-04-01\nuntil = 2026-04-30\n'
    path = write_codebook(tmp_path, source='period = "wave"', more=wave)
    with pytest.raises(CxError, match="no wave is over yet") as caught:
        last_closed(read_codebook(path), dt.date(2026, 4, 24))
    assert "observed_until" in str(caught.value)


def test_every_column_of_every_table_says_how_it_was_read(tmp_path: Path) -> None:
    columns = COLUMNS | {"who": 'role = "customer"', "said": 'role = "comment"'}
    path = write_codebook(tmp_path, table=DEFAULTS, columns=columns)
    path.write_text(
        path.read_text(encoding="utf-8")
        + '\n[tables.costs]\nfiles = "*.csv"\n[tables.costs.columns]\n'
        'kind = { role = "other" }\namount = { role = "number" }\nmonth = { role = "date" }\n',
        encoding="utf-8",
    )
    frames = answers(visit=[5, 0], speed=[1, 2], who=["C-10848.0", None], said=["call Maria", "ok"])
    days = pd.to_datetime(["2026-01-31", "2026-02-28"])
    costs = pd.DataFrame({"kind": ["Serve", "acquisition"], "amount": [2.5, -3.0], "month": days})
    read = columns_read(open_source(path, tables=frames | {"costs": costs}))
    lines = read.drop(columns=["table", "role"]).set_index("column")
    assert read["table"].unique().tolist() == ["responses", "costs"]
    assert lines.loc["visit"].tolist() == [1, 1, "5", "5"]
    assert lines.loc["day"].tolist() == [2, 0, "2026-04-05", "2026-04-05"]
    assert lines.loc["who"].tolist() == [1, 1, "A-99999.9", "A-99999.9"]
    assert lines.loc["said"].tolist() == [2, 0, "aaaa Aaaaa", "aa"]
    assert lines.loc["kind"].tolist() == [2, 0, "acquisition", "serve"]
    assert lines.loc["amount"].tolist() == [2, 0, "-3", "2.5"]
    assert lines.loc["month"].tolist() == [2, 0, "2026-01-31", "2026-02-28"]


@pytest.mark.parametrize("declared", ["99", "99.0", "099"])
@pytest.mark.parametrize("given", [99, 99.0, "99", "099", "9.9E1", "99.00"])
def test_a_code_that_is_a_number_is_meant_however_it_is_written(
    tmp_path: Path, declared: str, given: object
) -> None:
    ease = f'role = "csat", scale = [0, 100], missing = {{ "{declared}" = "refused" }}'
    frames = answers(score=[9, 10, 0], ease=[given, 100, 0])
    dataset = open_source(
        write_codebook(tmp_path, columns={"ease": ease}), tables=frames, strict=False
    )
    assert run(dataset.tables["responses"].order_by("id"))["ease"].dropna().tolist() == [100, 0]
    codes = dataset.answers_by_code.query("column == 'ease' and meaning == 'missing'")
    assert codes[["n", "reason"]].to_numpy().tolist() == [[1, "refused"]]


def test_a_code_that_is_a_number_has_the_decimals_of_its_column(tmp_path: Path) -> None:
    columns = {
        "ease": 'role = "csat", scale = [0, 100], decimal = ",", missing = { "99" = "refused" }',
        "spent": 'role = "number", decimal = ",", thousands = ".", missing = { "99999" = "none" }',
    }
    frames = answers(
        score=[9, 10, 0], ease=["99,0", "100", "0"], spent=["99.999,00", "1.234,50", "12"]
    )
    dataset = open_source(write_codebook(tmp_path, columns=columns), tables=frames, strict=False)
    rows = run(dataset.tables["responses"].order_by("id"))
    assert rows["ease"].dropna().tolist() == [100, 0]
    assert rows["spent"].dropna().tolist() == [1234.5, 12]
    assert not [key for key in dataset.problems["column"] if key == "spent"]


def test_a_date_without_a_year_is_refused(tmp_path: Path) -> None:
    day = 'role = "date", format = "%d/%m"'
    with pytest.raises(CxError, match="has no year") as refused:
        open_source(write_codebook(tmp_path, columns={"day": day}), tables=answers(score=[9]))
    assert 'template = "{}/2026"' in str(refused.value)


@pytest.mark.parametrize("role", ["number", "time"])
def test_words_of_fixed_meaning_are_no_figures(tmp_path: Path, role: str) -> None:
    path = tmp_path / "codebook.toml"
    path.write_text(
        f'[source]\n{TITLE}\n[tables.orders]\nfiles = "*.csv"\n[tables.orders.columns]\n'
        'order_id = { role = "id" }\nordered_at = { role = "date" }\n'
        f'status = {{ role = "{role}" }}\n',
        encoding="utf-8",
    )
    with pytest.raises(CxError, match=r"orders.status is read as words"):
        read_codebook(path)


@pytest.mark.parametrize("sign", ["\u20b9", "R$", "US$", "kr", "z\u0142", "Fr.", "\u20ba"])
@pytest.mark.parametrize("blank", [" ", "\u2009", "\u202f", "\u00a0"])
def test_signs_of_money_and_narrow_blanks_are_read(tmp_path: Path, sign: str, blank: str) -> None:
    spent = 'role = "number", decimal = ",", thousands = " "'
    frames = answers(score=[9, 8], spent=[f"{sign}{blank}1{blank}234,50", f"12{blank}{sign}"])
    dataset = open_source(write_codebook(tmp_path, columns={"spent": spent}), tables=frames)
    assert run(dataset.tables["responses"].order_by("id"))["spent"].tolist() == [1234.5, 12]
