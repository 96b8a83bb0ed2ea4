"""The table of problems: what it says of one bad thing at a time, and what may be accepted."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from sources import accept, problems_of, write_source

from cxreport.cli import main
from cxreport.errors import CxError
from cxreport.inputs import contracts
from cxreport.inputs.codebook import LANGUAGES
from cxreport.inputs.contracts import CATALOGUE, PROBLEM_COLUMNS, explain, problem
from cxreport.inputs.dataset import open_source
from cxreport.inputs.source import run

HEADER = "id,day,score"
GOOD = ("a,2026-01-05,9", "b,2026-01-06,8", "c,2026-01-07,3")
WEIGHT = {"weight": 'role = "weight"'}
APP = '{ en = "app", it = "app" }'
GRADE = {"grade": 'role = "csat", scale = [1, 5]'}


def test_clean_data_have_no_problem(tmp_path: Path) -> None:
    assert problems_of(write_source(tmp_path, HEADER, *GOOD)) == {}


@pytest.mark.parametrize(
    ("kind", "column", "expected", "lines", "codebook"),
    [
        ("column-unknown", "colour", (2, "colour, size", "note"),
         ["id,day,score,colour,size", "a,2026-01-05,9,red,1"], {}),
        ("column-missing", "grade", (1, "grade (answers.csv)", "error"),
         [HEADER, *GOOD[:1]], {"columns": GRADE}),
        ("value-outside-scale", "score", (3, "-1, 7.5, 11", "note"),
         [HEADER, "a,2026-01-05,11", "b,2026-01-05,-1", "c,2026-01-05,7.5"], {}),
        ("code-unknown", "score", (2, "Aaaaa", "error"),
         [HEADER, "a,2026-01-05,Blank", "b,2026-01-05, Blank"], {}),
        ("category-unknown", "channel", (1, "aaa", "note"),
         [f"{HEADER},channel", "a,2026-01-05,9,app", "b,2026-01-05,9,fax"],
         {"columns": {"channel": f'role = "channel", labels = {{ app = {APP} }}'}}),
        ("date-unreadable", "day", (1, "25/12/2025", "error"),
         [HEADER, "a,25/12/2025,9", "b,2026-01-05,9"], {}),
        ("date-ambiguous", "day", (2, "8.7.2026 10:30", "error"),
         [HEADER, "a,08/07/2026,9", "b,8.7.2026 10:30,9", "c,2026-01-05,9"], {}),
        ("date-unreadable", "day", (1, "13/25/2026", "error"),
         [HEADER, "a,13/25/2026,9", "b,01/02/2026,9"],
         {"columns": {"day": 'role = "date", format = "%d/%m/%Y"'}}),
        ("date-missing", "day", (1, "a", "note"), [HEADER, "a,,9", "b,2026-01-05,9"], {}),
        ("date-after-end", "day", (1, "2026-02-01 00:00:00", "error"),
         [HEADER, "a,2026-02-01,9", "b,2026-01-31 23:59:59,9"],
         {"source": "observed_until = 2026-01-31"}),
        ("number-unreadable", "spent", (1, "Aaaaa", "error"),
         [f"{HEADER},spent", "a,2026-01-05,9,Blank", "b,2026-01-05,9,10.50", "c,2026-01-05,9,"],
         {"columns": {"spent": 'role = "number"'}}),
        ("weight-not-positive", "weight", (3, "0", "error"),
         [f"{HEADER},weight", "a,2026-01-05,9,0", "b,2026-01-05,9,-2", "c,2026-01-05,9,",
          "d,2026-01-05,9,1.5"],
         {"columns": WEIGHT}),
        ("number-unreadable", "weight", (1, "AaA", "error"),
         [f"{HEADER},weight", "a,2026-01-05,9,NaN", "b,2026-01-05,9,1"], {"columns": WEIGHT}),
        ("id-missing", "id", (2, "", "error"),
         [HEADER, *GOOD, ",2026-01-05,9", "\u00a0,2026-01-05,9"], {}),
        ("rows-repeated", "id", (2, "a", "note"), [HEADER, *GOOD, GOOD[0], GOOD[0]], {}),
        ("rows-contradict", "score", (1, "id a", "error"), [HEADER, *GOOD, "a,2026-01-05,2"], {}),
        ("rows-none", "", (1, "answers.csv", "error"), [HEADER], {}),
        ("period-empty", "day", (2, "2026-02, 2026-04", "note"),
         [HEADER, "a,2026-01-05,9", "b,2026-03-05,9"], {"source": "observed_until = 2026-05-30"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_each_problem_is_counted_with_an_example(
    tmp_path: Path,
    kind: str,
    column: str,
    expected: tuple[int, str, str],
    lines: list[str],
    codebook: dict[str, Any],
) -> None:
    line = problems_of(write_source(tmp_path, *lines, **codebook))[kind, column]
    assert (line["n"], line["example"], line["severity"]) == expected
    assert line["table"] == "responses"


PERSONAL = ("Anna", "Rossi", "example.it", "1234567", "R_3x9")


def test_no_problem_quotes_what_a_person_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = ("Anna Rossi", "anna@example.it", "333 1234567", "3331234567")
    lines = [f"R_3x9{i},{text},{text},{text},{text}" for i, text in enumerate(said)]
    lines += ["R_3x9,2026-01-05,9,web,1", "R_3x9,2026-01-05,8,web,1", "4512,,9,web,1"]
    columns = {"shop": 'role = "channel", labels = { web = { en = "web", it = "web" } }'}
    columns["spent"] = 'role = "number"'
    path = write_source(tmp_path, f"{HEADER},shop,spent", *lines, columns=columns)
    problems = problems_of(path)
    assert {kind for kind, _ in problems} >= {
        "code-unknown", "category-unknown", "date-unreadable", "number-unreadable",
        "number-otherwise", "rows-contradict", "rows-repeated", "date-missing",
    }  # fmt: skip
    assert problems["date-missing", "day"]["example"] != "4512"
    with pytest.raises(CxError) as caught:
        open_source(path)
    (tmp_path / "reports.toml").write_text("", "utf-8")
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke(main, ["check", str(path)])
    assert run.exit_code == 1
    every = [str(caught.value), run.output, *(str(line["example"]) for line in problems.values())]
    assert not [word for word in PERSONAL for text in every if word.lower() in text.lower()]


def test_a_file_without_a_header_does_not_give_its_first_row_away(tmp_path: Path) -> None:
    path = write_source(tmp_path, "R_3x9,Anna Rossi,anna@example.it", "b,2026-01-05,9")
    examples = str([line["example"] for line in problems_of(path).values()])
    assert not [word for word in PERSONAL if word.lower() in examples.lower()]


def test_a_code_that_many_gave_is_shown(tmp_path: Path) -> None:
    rows = [f"{i},2026-01-05,Non so" for i in range(10)]
    line = problems_of(write_source(tmp_path, HEADER, *rows))["code-unknown", "score"]
    assert (line["n"], line["example"]) == (10, "Non so")


def amounts(folder: Path, *values: str, table: str = "", spent: str = "") -> Path:
    rows = [f'{i},2026-01-05,9,"{value}"' for i, value in enumerate(values)]
    columns = {"spent": f'role = "number"{spent}'}
    written = f'files = "answers.csv"\n{table}'
    return write_source(folder, f"{HEADER},spent", *rows, columns=columns, table=written)


@pytest.mark.parametrize(
    ("values", "table", "spent", "found"),
    [
        (["1.234,50", "9,9", "1.287"], 'decimal = ","\nthousands = "."', "", [1234.5, 9.9, 1287]),
        (["1.234,50", "1.000"], 'thousands = "."', "", [1234.5, 1000]),
        (["1.000", "2.500"], "", ', decimal = "."', [1, 2.5]),
        (["1,234.50", "59.9"], 'thousands = ","', "", [1234.5, 59.9]),
        (["1 234,5", "1\u202f000"], 'decimal = ","\nthousands = " "', "", [1234.5, 1000]),
        (["1'234.50", "1\u2019000"], """thousands = "'" """, "", [1234.5, 1000]),
        (["1.287", "0.873", "12.5"], "", "", [1.287, 0.873, 12.5]),
        (["€ 12,50", "3,10 €", "-€1"], 'decimal = ","', "", [12.5, 3.1, -1]),
        (["$1,000.00", "($12.50)", "12.50-", "\u22123"], 'thousands = ","', "",
         [1000, -12.5, -12.5, -3]),
        (["-4", "5"], "", ", negate = true", [4, -5]),
    ],
)  # fmt: skip
def test_numbers_of_other_countries_are_read_as_declared(
    tmp_path: Path, values: list[str], table: str, spent: str, found: list[float]
) -> None:
    path = amounts(tmp_path, *values, table=table, spent=spent)
    assert problems_of(path) == {}
    rows = open_source(path).tables["responses"].order_by("id").spent.to_pyarrow().to_pylist()
    assert rows == found


@pytest.mark.parametrize(
    ("values", "table", "kind", "n"),
    [
        (["1.287", "2.500", "12"], "", "number-ambiguous", 2),
        (["1.000", "3"], "", "number-ambiguous", 1),
        (["1.234,50", "59,90"], "", "number-otherwise", 2),
        (["1.28", "12,5"], 'decimal = ","\nthousands = "."', "number-otherwise", 1),
        (["12.5", "12,5"], 'decimal = ","', "number-otherwise", 1),
        (["5%", "12.5 %", "7"], "", "number-percent", 2),
        (["€ 5", "$ 7", "7"], "", "number-currencies", 2),
        (["9" * 5000, "7"], "", "number-too-large", 1),
        (["inf", "7"], "", "number-unreadable", 1),
    ],
)
def test_numbers_that_can_be_read_in_two_ways_are_a_question(
    tmp_path: Path, values: list[str], table: str, kind: str, n: int
) -> None:
    line = problems_of(amounts(tmp_path, *values, table=table))[kind, "spent"]
    assert (line["n"], line["severity"]) == (n, "error")


def test_a_column_cannot_be_emptied_by_declaring_its_numbers_missing(tmp_path: Path) -> None:
    missing = ', missing = { "1.234,50" = "?", "59,90" = "?" }'
    path = amounts(tmp_path, "1.234,50", "59,90", spent=missing)
    assert problems_of(path)["numbers-none", "spent"]["n"] == 2


def orders(net: list[float], refund: list[float]) -> pd.DataFrame:
    ids = [str(i) for i in range(len(net))]
    days = pd.Timestamp("2026-01-05 10:00")
    return pd.DataFrame(
        {"order_id": ids, "ordered_at": days, "net_amount": net, "refund_amount": refund}
    )


@pytest.mark.parametrize(
    ("frame", "found"),
    [
        (orders([10, 20, 30], [0, 20, 5]), set()),
        (orders([10, 20, 30], [0, -20, 0]), {"refund-negative"}),
        (orders([10, 0, 30], [0, 20, 0]), {"refund-above-amount"}),
        (orders([10, -20, 30], [0, 0, 0]), {"amount-negative"}),
    ],
    ids=["taken off", "with a minus", "taken off already", "an order of its own"],
)
def test_refunds_are_taken_off_once(tmp_path: Path, frame: pd.DataFrame, found: set[str]) -> None:
    path = write_source(tmp_path, HEADER, *GOOD)
    path.write_text(
        path.read_text("utf-8")
        .replace("[tables.responses]", "[tables.orders]")
        .split("[tables.orders.columns]")[0]
        .split("[tables.responses.columns]")[0]
        + "[tables.orders.columns]\n"
        + 'order_id = { role = "id" }\nordered_at = { role = "date" }\n'
        + 'net_amount = { role = "number" }\nrefund_amount = { role = "number" }\n',
        "utf-8",
    )
    assert {kind for kind, _ in problems_of(path, {"orders": frame})} == found


def test_an_order_below_zero_is_a_question_unless_it_was_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "codebook.toml"
    source = '[source]\ntitle = { en = "Shop", it = "Negozio" }\nterms = { en = "-", it = "-" }\n'
    table = (
        '[tables.orders]\nfiles = "orders.csv"\n'
        '[tables.orders.columns]\norder_id = { role = "id" }\nordered_at = { role = "date" }\n'
        'net_amount = { role = "number" }\nstatus = { role = "other" }\n'
    )
    path.write_text(source + table, "utf-8")
    frame = orders([10, -20, -30], [0, 0, 0]).drop(columns="refund_amount")
    told = frame.assign(status=["completed", "returned", "cancelled"])
    assert problems_of(path, {"orders": told}) == {}
    silent = {"orders": frame.assign(status="completed")}
    found = problems_of(path, silent)["amount-negative", "net_amount"]
    assert (found["n"], found["severity"]) == (2, "error")
    for at_most, severity in ((1, "error"), (2, "note")):
        path.write_text(source + accept("amount-negative", "net_amount", at_most) + table, "utf-8")
        assert problems_of(path, silent)["amount-negative", "net_amount"]["severity"] == severity


def test_a_file_without_a_last_line_end_is_noted(tmp_path: Path) -> None:
    path = write_source(tmp_path, HEADER, *GOOD)
    (tmp_path / "answers.csv").write_bytes("\n".join([HEADER, *GOOD]).encode())
    assert set(problems_of(path)) == {("line-end-missing", "")}


def test_a_line_end_of_two_bytes_is_seen(tmp_path: Path) -> None:
    path = write_source(tmp_path, table='files = "answers.csv"\nencoding = "utf-16"')
    text = "\n".join([HEADER, *GOOD])
    (tmp_path / "answers.csv").write_bytes((text + "\n").encode("utf-16"))
    assert problems_of(path) == {}
    (tmp_path / "answers.csv").write_bytes(text.encode("utf-16"))
    assert set(problems_of(path)) == {("line-end-missing", "")}


def test_columns_in_ignore_are_known(tmp_path: Path) -> None:
    lines = ["id,day,score,Q1,Q2,x", "a,2026-01-05,9,1,2,3"]
    table = 'files = "answers.csv"\nignore = ["Q*"]'
    line = problems_of(write_source(tmp_path, *lines, table=table))["column-unknown", "x"]
    assert (line["n"], line["example"]) == (1, "x")


@pytest.mark.parametrize(("scale", "found"), [("[1, 5]", True), ("[5, 1]", False)])
def test_a_reversed_scale_is_asked_about_unless_declared(
    tmp_path: Path, scale: str, *, found: bool
) -> None:
    """Grades run from 5 for a detractor to 1 for a promoter; numpy says r = -0.961."""
    scores = [(10, 1), (9, 1), (9, 2), (8, 2), (7, 3), (6, 3), (5, 4), (3, 4), (1, 5), (0, 5)] * 3
    rows = [f"{i},2026-01-05,{score},{grade}" for i, (score, grade) in enumerate(scores)]
    columns = {"grade": f'role = "csat", scale = {scale}'}
    path = write_source(tmp_path, f"{HEADER},grade", *rows, columns=columns)
    problems = problems_of(path)
    assert (("scale-looks-reversed", "grade") in problems) == found
    if found:
        line = problems["scale-looks-reversed", "grade"]
        assert (line["severity"], line["n"], line["example"]) == ("error", 30, "r = -0.96 (score)")


def test_few_answers_say_nothing_about_a_scale(tmp_path: Path) -> None:
    rows = [f"{i},2026-01-05,{10 * (i % 2)},{5 - 4 * (i % 2)}" for i in range(29)]
    assert problems_of(write_source(tmp_path, f"{HEADER},grade", *rows, columns=GRADE)) == {}


def test_a_weight_may_be_declared_for_some_days_only(tmp_path: Path) -> None:
    dated = '{ since = 2026-02-01, column = "w" }'
    path = write_source(
        tmp_path, f"{HEADER},w", "a,2026-01-05,9,", "b,2026-02-05,9,1.5", "c,2026-02-06,9,0",
        columns={"weight": f'role = "weight", column = "", versions = [{dated}]'},
    )  # fmt: skip
    assert problems_of(path)["weight-not-positive", "weight"]["n"] == 1


def many(tmp_path: Path, at_most: int) -> Path:
    """Two unreadable scores, one in each of two files."""
    for name in ("a", "b"):
        text = f"{HEADER}\n{name}1,2026-01-05,Blank\n{name}2,2026-01-06,9\n"
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    more = accept("code-unknown", "score", at_most)
    return write_source(tmp_path, table='files = "[ab].csv"', more=more)


def test_an_accepted_error_is_a_note_with_its_reason(tmp_path: Path) -> None:
    line = problems_of(many(tmp_path, 2))["code-unknown", "score"]
    assert (line["severity"], line["n"]) == ("note", 2)
    assert (line["accepted_en"], line["accepted_it"]) == ("known", "noto")


def test_only_what_was_named_is_accepted(tmp_path: Path) -> None:
    more = accept("code-unknown", "score", 9) + accept("date-unreadable", "grade", 9)
    rows = ("a,soon,Blank,x", "b,2026-01-05,9,5")
    path = write_source(tmp_path, f"{HEADER},grade", *rows, columns=GRADE, more=more)
    found = {place: line["severity"] for place, line in problems_of(path).items()}
    assert found == {
        ("code-unknown", "score"): "note",
        ("code-unknown", "grade"): "error",
        ("date-unreadable", "day"): "error",
        ("date-missing", "day"): "note",
    }


def test_more_than_was_accepted_is_an_error_again(tmp_path: Path) -> None:
    path = many(tmp_path, 1)
    line = problems_of(path)["code-unknown", "score"]
    assert (line["severity"], line["n"], line["accepted_en"]) == ("error", 2, "")
    with pytest.raises(CxError, match="n = 2"):
        open_source(path)


@pytest.mark.parametrize(
    ("kind", "column", "hint"),
    [("code-unkown", "score", "'code-unknown'"), ("code-unknown", "scores", "'score'")],
)
def test_an_acceptance_of_nothing_is_refused(
    tmp_path: Path, kind: str, column: str, hint: str
) -> None:
    path = write_source(tmp_path, HEADER, *GOOD, more=accept(kind, column, 1))
    with pytest.raises(CxError, match="does not exist") as caught:
        open_source(path, strict=False)
    assert hint in caught.value.parts["hint"]


def test_a_strict_opening_lists_every_error_and_no_note(tmp_path: Path) -> None:
    lines = ("a,08/07/2026,Blank,0,1", "a,2026-01-05,9,1,1", ",soon,9,1,1")
    path = write_source(tmp_path, f"{HEADER},weight,x", *lines, columns=WEIGHT | GRADE)
    with pytest.raises(CxError) as caught:
        open_source(path)
    message = str(caught.value)
    errors = {(k, c) for (k, c), line in problems_of(path).items() if line["severity"] == "error"}
    assert errors == {
        ("date-ambiguous", "day"), ("date-unreadable", "day"), ("code-unknown", "score"),
        ("weight-not-positive", "weight"), ("column-missing", "grade"), ("id-missing", "id"),
        ("rows-contradict", "weight"),
    }  # fmt: skip
    for kind, column in errors:
        what, what_to_do = CATALOGUE[kind]["en"]
        assert f"responses.{column}: {what}" in message
        assert what_to_do in message
    assert "does not know" not in message
    assert str(path) in message


def test_errors_stand_first_and_the_columns_are_as_documented(tmp_path: Path) -> None:
    path = write_source(tmp_path, f"{HEADER},x", "a,2026-01-05,11,1", "b,2026-01-05,Blank,1")
    problems = open_source(path, strict=False).problems
    assert list(problems.columns) == PROBLEM_COLUMNS
    assert problems["severity"].tolist() == ["error", "note", "note"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_is_explained(language: str) -> None:
    lines = pd.DataFrame([problem(name, "responses", "score", 1) for name in CATALOGUE])
    explained = explain(lines, language)
    assert explained["what"].is_unique
    assert explained["what"].str.len().min() > 10
    assert explained["what_to_do"].str.len().min() > 3


def test_the_catalogue_holds_what_the_checks_can_find_and_nothing_else() -> None:
    folder = Path(contracts.__file__).parent
    catalogue = tomllib.loads((folder / "problems.toml").read_text("utf-8"))
    code = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    families = {"unreadable"}
    named = {n for n in catalogue if f'"{n}"' in code or n.rpartition("-")[2] in families}
    assert named == set(catalogue)
    assert {line["severity"] for line in catalogue.values()} == {"error", "note"}


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("2206-10-01", "date-of-another-year"),
        ("0206-10-01", "date-of-another-year"),
        ("2206-13-45", "date-unreadable"),
        (pd.Timestamp("2206-10-01"), "date-of-another-year"),
        (dt.date(1066, 10, 14), "date-of-another-year"),
    ],
)
def test_a_year_that_no_data_are_of_is_named_as_such(
    tmp_path: Path, value: object, kind: str
) -> None:
    path = write_source(tmp_path, "id,day,score", "a,2026-10-01,9")
    frame = pd.DataFrame({"id": ["a"], "day": [value], "score": [9]})
    found = problems_of(path, {"responses": frame})
    assert next(name for name, _ in found if name.startswith("date-")) == kind


@pytest.mark.parametrize("value", [1e30, 1e300, "1e30", "9" * 40, 10**12])
def test_an_amount_that_no_sum_holds_is_a_question_and_counts_for_nothing(
    tmp_path: Path, value: object
) -> None:
    columns = {"paid": 'role = "number"'}
    path = write_source(tmp_path, "id,day,score,paid", "a,2026-10-01,9,1", columns=columns)
    frame = pd.DataFrame({"id": ["a", "b"], "day": "2026-10-01", "score": [9, 9]})
    frame["paid"] = [value, value if isinstance(value, str) else 12.5]
    found = problems_of(path, {"responses": frame})
    assert found["number-too-large", "paid"]["severity"] == "error"
    rows = run(open_source(path, tables={"responses": frame}, strict=False).tables["responses"])
    assert set(rows["paid"].dropna()) <= {12.5}
