"""The door to the engine: any frame and any file comes in whole, or not at all."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import duckdb
import ibis
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sources import column_of

from cxreport.errors import CxError
from cxreport.inputs.places import find_files
from cxreport.inputs.source import as_table, engine, keep, read_file, run
from cxreport.stats.group_columns import check_columns

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCORES = [9.0, float("nan"), None]
TEXTS = ["app", "", None]
NOON = pd.Timestamp("2026-03-29 12:00")


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"score": SCORES, "channel": TEXTS}),
        pl.DataFrame({"score": SCORES, "channel": TEXTS}),
        pa.table({"score": SCORES, "channel": TEXTS}),
        ibis.memtable(pa.table({"score": [9.0, None, None], "channel": TEXTS})),
    ],
    ids=["pandas", "polars", "pyarrow", "ibis"],
)
def test_nan_is_null_and_empty_text_is_text_in_every_frame(frame: Any) -> None:
    table = as_table(frame)
    counts = run(table.aggregate(scores=table.score.count(), channels=table.channel.count()))
    assert counts.to_dict("records") == [{"scores": 1, "channels": 2}]
    assert run(table.score.max().name("high"))["high"].item() == 9


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([9, "Blank"], ["9", "Blank"]),
        ([9, None, "Blank", np.nan, pd.NA], ["9", None, "Blank", None, None]),
        ([pd.Period("2026-01", "M")], ["2026-01"]),
        ([[1, 2], "x"], ["[1, 2]", "x"]),
    ],
)
def test_columns_of_mixed_kinds_become_text(values: list[object], texts: list[str | None]) -> None:
    frame = pd.DataFrame({"answer": pd.Series(values, dtype=object)})
    assert column_of(run(as_table(frame)), "answer") == texts


@pytest.mark.parametrize(
    ("column", "values"),
    [
        (pd.Categorical(["app", None]), ["app", None]),
        (pd.array([9, None], dtype="Int64"), [9, None]),
        (np.array([1.5, np.nan], dtype="float16"), [1.5, None]),
        (pd.to_timedelta([1, None], unit="D"), ["1 days 00:00:00", None]),
        ([None, None], [None, None]),
    ],
    ids=["categories", "nullable", "half floats", "durations", "nothing"],
)
def test_other_kinds_of_pandas_columns_come_in(column: Any, values: list[object]) -> None:
    assert column_of(run(as_table(pd.DataFrame({"x": column}))), "x") == values


ODD = {
    "cut": pd.cut(pd.Series([1, 5]), [0, 3, 10]),
    "more than 64 bits": pd.Series([2**70, 1], dtype=object),
    "interval": pd.interval_range(0, 2),
    "complex": [1 + 2j, 1j],
    "half a letter": pd.Series(["\ud800", "x"], dtype=object),
    "sets": pd.Series([{1}, {2}], dtype=object),
    "time zone": [NOON.tz_localize("UTC")] * 2,
    "polars Object": pl.Series([9, "Blank"], dtype=pl.Object),
    "polars Int128": pl.Series([2**70, 1], dtype=pl.Int128),
    "polars bytes": [b"a", b"b"],
    "polars text": ["a", "b"],
}


@pytest.mark.parametrize("odd", ODD)
def test_a_column_that_nobody_asks_for_disturbs_nothing(odd: str) -> None:
    kind: Any = pl.DataFrame if "polars" in odd else pd.DataFrame
    table = as_table(kind({"score": [9, 10], odd: ODD[odd]}))
    assert run(table.aggregate(total=table.score.sum()))["total"].item() == 19
    assert len(run(table)) == 2


def test_times_with_a_zone_are_refused_where_they_are_asked_for() -> None:
    table = as_table(pd.DataFrame({"at": [NOON.tz_localize("UTC")]}))
    with pytest.raises(CxError, match="time zone"):
        check_columns(table, ["at"])


@pytest.mark.parametrize(
    ("column", "values"),
    [
        (pd.Categorical([9, 10, None]), [9.0, 10.0, None]),
        (pd.arrays.SparseArray([9.0, 10.0, np.nan]), [9.0, 10.0, None]),
        (pd.cut([1, 5, 11], [0, 3, 10]), ["(0, 3]", "(3, 10]", None]),
    ],
    ids=["categories of numbers", "sparse numbers", "cut"],
)
def test_a_column_is_its_values(column: Any, values: list[object]) -> None:
    assert column_of(run(as_table(pd.DataFrame({"x": column}))), "x") == values


def test_a_polars_category_is_text() -> None:
    frame = pl.DataFrame({"x": pl.Series(["app", "web"], dtype=pl.Categorical)})
    assert column_of(run(as_table(frame)), "x") == ["app", "web"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"score": [9]}, "not a table"),
        (pd.Series([9], name="score"), "not a table"),
        (pl.LazyFrame({"score": [9]}), "not a table"),
        (pd.DataFrame(), "no column"),
        (
            pd.DataFrame([[1, 2]], columns=["score", "score"]),
            "columns 1 and 2, 'aaaaa' and 'aaaaa', are one name",
        ),
        (pd.DataFrame([[1, 2]], columns=["score", "Score"]), "differ only in case"),
    ],
)
def test_what_is_no_plain_table_is_one_clear_error(data: Any, said: str) -> None:
    with pytest.raises(CxError, match=said):
        as_table(data)


def test_results_come_back_as_plain_numbers_and_times() -> None:
    table = as_table(pd.DataFrame({"n": [1], "at": [NOON]}))
    found = run(
        table.select(whole=table.n, exact=table.n.cast("decimal(9, 2)"), day=table["at"].date())
    )
    assert found.dtypes.astype(str).tolist() == ["int64", "float64", "datetime64[us]"]
    assert found.loc[0].tolist() == [1, 1.0, pd.Timestamp("2026-03-29")]


def test_a_table_is_kept_where_its_data_live() -> None:
    own = ibis.duckdb.connect()
    theirs = own.create_table("answers", pa.table({"score": [9, 10]}))
    assert run(keep(theirs.filter(theirs.score > 9)).count().name("n"))["n"].item() == 1


WHOLE = 'id,text,score\n1,"so, good",9\n2,"two\nlines",8\n'
ROWS = [["1", "so, good", "9"], ["2", "two\nlines", "8"]]


def write(folder: Path, content: str | bytes, name: str = "answers.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "dialect"),
    [
        (WHOLE.encode(), {}),
        (WHOLE.encode("utf-8-sig"), {}),
        (WHOLE.encode("utf-16"), {"encoding": "utf-16"}),
        (WHOLE.strip().encode(), {}),
        (WHOLE.replace("\n", "\r\n").replace("two\r\n", "two\n").encode(), {}),
        (
            WHOLE.replace(", ", "~").replace(",", ";").replace("~", ", ").encode(),
            {"delimiter": ";"},
        ),
        (WHOLE.replace("id,", " id ,\u00a0").encode(), {}),
    ],
    ids=["plain", "mark", "utf-16", "no final line end", "crlf", "semicolon", "blanks in names"],
)
def test_a_csv_file_is_read_whole(tmp_path: Path, content: bytes, dialect: dict[str, str]) -> None:
    found = run(read_file(write(tmp_path, content), **dialect))
    assert list(found.columns) == ["id", "text", "score"]
    assert found.to_numpy().tolist() == ROWS


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_a_line_break_in_a_column_title_is_part_of_the_name(tmp_path: Path, end: str) -> None:
    text = f'id,"How likely\nare you?"{end}1,9{end}2,10{end}'
    found = run(read_file(write(tmp_path, text)))
    assert list(found.columns) == ["id", "How likely\nare you?"]
    assert found.to_numpy().tolist() == [["1", "9"], ["2", "10"]]


def test_line_ends_may_be_mixed_and_blank_lines_are_no_rows(tmp_path: Path) -> None:
    found = run(read_file(write(tmp_path, "id,score\r\n1,9\n2,8\r\n\r\n3,7\r4,\n\n")))
    assert column_of(found, "id") == ["1", "2", "3", "4"]
    assert column_of(found, "score") == ["9", "8", "7", None]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("windows-1252", "id,note\n1,“perché” € 5\n"),
        ("cp1252", "id,note\n1,“perché” € 5\n"),
        ("mac-roman", "id,note\n1,“perché” € 5\n"),
        ("latin-1", "id,note\n1,perché\n"),
        ("iso-8859-15", "id,note\n1,perché € 5\n"),
        ("utf-16-le", "id,note\n1,perché € 5\n"),
    ],
)
def test_a_declared_encoding_is_read(tmp_path: Path, encoding: str, text: str) -> None:
    path = write(tmp_path, text.encode(encoding))
    assert run(read_file(path, encoding=encoding))["note"].item() == text[10:-1]


@pytest.mark.parametrize(
    ("content", "declared", "said"),
    [
        ("id,note\n1,€ 5\n".encode("windows-1252"), "latin-1", "probably windows-1252"),
        ("id,note\n1,perché\n".encode(), "windows-1252", "in utf-8, not in windows-1252"),
        ("id,note\n1,perché\n".encode("windows-1252"), "utf-8", "windows-1252"),
        (b"id,note\n1,perche\n", "utf-16", "byte-order mark"),
        (b"id,note\n1,x\0y\n", "utf-8", "line 2 holds a byte of zero"),
    ],
)
def test_another_encoding_than_declared_is_refused_by_name(
    tmp_path: Path, content: bytes, declared: str, said: str
) -> None:
    with pytest.raises(CxError, match="cut short") as caught:
        read_file(write(tmp_path, content), encoding=declared)
    assert said in caught.value.parts["got"]


def test_rows_of_headings_are_no_answers(tmp_path: Path) -> None:
    qualtrics = 'Id,Q1\nID risposta,"Quanto è\nprobabile?"\n"{""ImportId"":""_id""}",x\nR_1,9\n'
    found = run(read_file(write(tmp_path, qualtrics), header_rows=3))
    assert found.to_dict("records") == [{"Id": "R_1", "Q1": "9"}]
    monkey = "Id,Which channels?,,,Rate:,\r\n,Web,Store,Phone,Speed,Staff\r\n1,Web,,Phone,5,4\r\n"
    found = run(read_file(write(tmp_path, monkey), header_rows=2))
    assert list(found.columns) == [
        "Id", "Which channels?", "Which channels? / Store", "Which channels? / Phone",
        "Rate:", "Rate: / Staff",
    ]  # fmt: skip
    excel = "sep=;\nid;score\n1;9\n"
    found = run(read_file(write(tmp_path, excel), delimiter=";", lines_above_header=1))
    assert found.to_dict("records") == [{"id": "1", "score": "9"}]


@pytest.mark.parametrize(
    "row",
    [
        '3,"Anna Rossi, anna@example.it, +39 333 1234567',
        '3,"Anna Rossi, anna@example.it"+39 333 1234567,9',
        "3,Anna Rossi,anna@example.it,+39 333 1234567",
        "Anna Rossi",
        "3,Anna Ross\0i,anna@example.it",
    ],
    ids=["unclosed quote", "text after a quote", "too long", "too short", "zero byte"],
)
@pytest.mark.parametrize("more", ["", "4,x,9\n" * 3, '4,"x",9\n'])
def test_no_message_ever_quotes_a_row(tmp_path: Path, row: str, more: str) -> None:
    path = write(tmp_path, f"id,text,score\n1,x,9\n2,y,8\n{row}\n{more}")
    with pytest.raises(CxError, match="cut short") as caught:
        read_file(path)
    assert "line 4" in str(caught.value)
    assert caught.value.__cause__ is None
    for word in ("Anna", "Ross", "example", "333"):
        assert word not in str(caught.value)


def test_an_engine_s_error_does_not_quote_a_value() -> None:
    table = as_table(pd.DataFrame({"score": ["9", "Anna D'Angelo"]}))
    with pytest.raises(CxError, match="cannot read") as caught:
        run(table.score.cast("float64").sum().name("sum"))
    assert "Ang" not in str(caught.value)


def test_a_name_with_the_signs_of_a_pattern_is_one_file(tmp_path: Path) -> None:
    folder = tmp_path / "year=2026"
    folder.mkdir()
    for name, score in (("x[1]", 1), ("x1", 2)):
        pq.write_table(pa.table({"score": [score]}), folder / f"{name}.parquet")
        write(folder, f"score\n{score}\n", f"{name}.csv")
    for name in ("x[1].parquet", "x[1].csv"):
        [path] = find_files(folder, name)
        assert run(read_file(path)).astype("int64").to_dict("records") == [{"score": 1}]


def test_a_view_reads_its_own_database_and_no_other_file(tmp_path: Path) -> None:
    secret = write(tmp_path, "word\nsecret\n", "secret.csv")
    path = write_database(tmp_path / "shop.duckdb", 9, 10)
    with duckdb.connect(path) as database:
        database.execute("create view best as select max(score) as score from answers")
        database.execute(f"create view other as select * from read_csv('{secret}')")  # noqa: S608
    assert run(read_file(path, table="best"))["score"].item() == 10
    with pytest.raises(CxError, match="cannot be read") as caught:
        read_file(path, table="other")
    assert "secret" not in caught.value.parts["got"]


def test_latin_letters_are_read_as_declared(tmp_path: Path) -> None:
    path = write(tmp_path, "id,città\n1,Forlì\n".encode("latin-1"))
    assert run(read_file(path, encoding="latin-1"))["città"].item() == "Forlì"


@pytest.mark.parametrize("cut", [len(WHOLE) - 4, len(WHOLE) - 6, WHOLE.index("two") + 1, 16])
def test_a_csv_file_cut_anywhere_inside_a_row_is_refused(tmp_path: Path, cut: int) -> None:
    with pytest.raises(CxError, match="cut short") as caught:
        read_file(write(tmp_path, WHOLE[:cut]))
    assert "answers.csv" in caught.value.parts["where"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no column"),
        ("\nid,score\n1,9\n", "no column"),
        ("id,,score\n1,2,9\n", "without a name"),
        ("id,score,score\n1,2,9\n", "columns 2 and 3, 'aaaaa' and 'aaaaa', are one name"),
        ("id,score, score\n1,2,9\n", "columns 2 and 3, 'aaaaa' and 'aaaaa', are one name"),
        ("id,Score,score\n1,2,9\n", "differ only in case"),
        ("id,score\n1,9,7\n", "cut short"),
        ("id;score\n1;9,5\n", "cut short"),
        ("id,text\n1,perché\n".encode("latin-1"), "cut short"),
        (b"id,text\n" + b"1,x\n" * 5000 + b"2,perch\xe9\n", "cut short"),
        ("id,text\n1,x\n".encode("utf-16"), "cut short"),
        (b"id,te\0xt\n1,x\n", "cut short"),
        ('id,text\n1,"a"b\n', "cut short"),
    ],
)
def test_a_csv_file_of_another_shape_is_refused(
    tmp_path: Path, content: str | bytes, said: str
) -> None:
    with pytest.raises(CxError, match=said):
        read_file(write(tmp_path, content))


def test_an_error_does_not_quote_what_people_wrote(tmp_path: Path) -> None:
    path = write(tmp_path, "id,text\n1,call Anna Rossi, please\n")
    with pytest.raises(CxError, match="line 2") as caught:
        read_file(path)
    assert "Anna" not in str(caught.value)


def test_a_file_in_another_encoding_than_declared_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CxError, match="cut short"):
        read_file(write(tmp_path, WHOLE), encoding="utf-16")


def test_a_parquet_file_is_read_and_a_cut_one_refused(tmp_path: Path) -> None:
    path = tmp_path / "answers.PARQUET"
    pq.write_table(pa.table({"score": [9, 10]}), path)
    assert run(read_file(path))["score"].tolist() == [9, 10]
    with pytest.raises(CxError, match="cut short"):
        read_file(write(tmp_path, path.read_bytes()[:-20], "cut.parquet"))
    with pytest.raises(CxError, match="cut short"):
        read_file(write(tmp_path, b"", "empty.parquet"))


def test_damage_inside_a_parquet_file_is_an_error_too(tmp_path: Path) -> None:
    path = tmp_path / "answers.parquet"
    pq.write_table(pa.table({"score": list(range(1000))}), path, compression="gzip")
    whole = path.read_bytes()
    damaged = write(tmp_path, whole[:60] + b"\xff" * 200 + whole[260:], "damaged.parquet")
    with pytest.raises(CxError, match=r"cannot read|cut short"):
        run(read_file(damaged).score.sum().name("sum"))


def write_database(path: Path, *scores: int) -> Path:
    new = path.with_suffix(".new")
    with duckdb.connect(new) as database:
        database.execute(f"create table answers as select unnest({list(scores)}) as score")
    return new.replace(path)


def test_a_table_of_a_database_is_read(tmp_path: Path) -> None:
    path = write_database(tmp_path / "shop.duckdb", 9, 10)
    assert run(read_file(path, table="answers"))["score"].tolist() == [9, 10]


def test_a_database_that_was_written_again_is_read_again(tmp_path: Path) -> None:
    path = write_database(tmp_path / "shop.duckdb", 9)
    run(read_file(path, table="answers"))
    write_database(path, 1, 2)
    assert run(read_file(path, table="answers"))["score"].tolist() == [1, 2]


def test_tables_of_databases_and_files_can_be_joined(tmp_path: Path) -> None:
    scores = read_file(write_database(tmp_path / "shop.duckdb", 9, 10), table="answers")
    names = read_file(write(tmp_path, "score,word\n9,good\n"))
    joined = scores.join(names, scores.score.cast("string") == names.score)
    assert run(joined.count().name("n"))["n"].item() == 1


def missing(folder: Path) -> Path:
    return folder / "nothing.csv"


def spreadsheet(folder: Path) -> Path:
    return write(folder, "x", "answers.xlsx")


def no_database(folder: Path) -> Path:
    return write(folder, "x" * 5000, "shop.duckdb")


def other_table(folder: Path) -> Path:
    return write_database(folder / "other.duckdb", 9)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (missing, "no such file"),
        (spreadsheet, "kind of file"),
        (no_database, "cannot be read"),
        (other_table, "no such table"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, make: Callable[[Path], Path], said: str
) -> None:
    path = make(tmp_path)
    with pytest.raises(CxError, match=said) as caught:
        read_file(path)
    assert caught.value.parts["where"] == str(path)


def test_files_are_found_in_order_of_name(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "c.parquet"):
        write(tmp_path, "x\n", name)
    assert [path.name for path in find_files(tmp_path, "*.csv")] == ["a.csv", "b.csv"]


@pytest.mark.parametrize("pattern", ["*.parquet", "", "/answers.csv", "**x"])
def test_no_file_is_an_error(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(CxError, match="no such file"):
        find_files(tmp_path, pattern)


def test_times_keep_their_clock() -> None:
    table = as_table(pl.DataFrame({"at": [dt.datetime(2026, 3, 29, 2, 30)]}))  # noqa: DTZ001
    assert run(table)["at"].tolist() == [pd.Timestamp("2026-03-29 02:30")]


def test_a_long_query_draws_no_bar_into_a_cell() -> None:
    setting = engine().raw_sql("select current_setting('enable_progress_bar')")
    assert setting.fetchone() == (False,)


def test_odd_kinds_of_arrow_are_read_or_written_as_text() -> None:
    """Runs that are encoded are their values; a view of lists that nobody asks for harms nobody."""
    runs = pa.RunEndEncodedArray.from_arrays([2, 3], ["app", "shop"])
    views = pa.array([[1], [2], None], pa.list_view(pa.int8()))
    rows = run(as_table(pa.table({"channel": runs, "views": views, "n": [1, 2, 3]})))
    assert rows["channel"].tolist() == ["app", "app", "shop"]
    assert rows["views"].tolist()[:2] == ["[1]", "[2]"]
    assert rows["n"].sum() == 6
