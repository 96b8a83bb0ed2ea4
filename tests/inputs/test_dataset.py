"""Opening a source: files of every kind give the same rows, and nothing is lost on the way."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sources import column_of, problems_of, write_codebook, write_source

from cxreport import nps, open_source
from cxreport.errors import CxError
from cxreport.inputs.places import find_codebook, find_root
from cxreport.inputs.source import run

if TYPE_CHECKING:
    from pathlib import Path

    from cxreport.inputs.dataset import Dataset

# Ten rows by hand: 4 promoters, 2 passives, 2 detractors, one 11, one that did not say.
SCORES = [9, 10, 10, 9, 7, 8, 0, 6, 11, 99]
DAYS = [f"2026-01-{day:02d}" for day in range(1, 11)]
ROWS = {"id": [f"r{i}" for i in range(10)], "day": DAYS, "score": SCORES}
REFUSED = {"score": 'role = "nps", missing = { "99" = "refused" }'}


def write_csv(folder: Path) -> str:
    pd.DataFrame(ROWS).to_csv(folder / "answers.csv", index=False)
    return "answers.csv"


def write_csv_of_floats(folder: Path) -> str:
    pd.DataFrame(ROWS | {"score": map(float, SCORES)}).to_csv(folder / "answers.csv", index=False)
    return "answers.csv"


def write_parquet(folder: Path) -> str:
    times = [dt.datetime.fromisoformat(f"{day}T12:00+00:00") for day in DAYS]
    pq.write_table(pa.table(ROWS | {"day": times}), folder / "answers.parquet")
    return "answers.parquet"


def write_folder(folder: Path) -> str:
    table = pa.table(ROWS | {"score": [float(score) for score in SCORES]})
    for start in (0, 4, 8):
        pq.write_table(table.slice(start, 4), folder / f"part{start}.parquet")
    return "part*.parquet"


def write_database(folder: Path) -> str:
    answers = pa.table(ROWS)  # noqa: F841 - the engine finds it by its name
    with duckdb.connect(folder / "shop.duckdb") as database:
        database.execute("create table replies as from answers")
    return "shop.duckdb:replies"


@pytest.mark.parametrize(
    "write", [write_csv, write_csv_of_floats, write_parquet, write_folder, write_database]
)
def test_files_of_every_kind_give_the_same_score(tmp_path: Path, write: Any) -> None:
    table = f'files = "{write(tmp_path)}"'
    dataset = open_source(write_codebook(tmp_path, table=table, columns=REFUSED))
    assert_hand_count(dataset)
    assert dataset.files["rows"].sum() == 10
    assert (dataset.files["sha256"].str.len() == 64).all()


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame, pa.table])
def test_frames_of_every_kind_give_the_same_score(tmp_path: Path, frame: Any) -> None:
    path = write_codebook(tmp_path, columns=REFUSED)
    assert_hand_count(open_source(path, tables={"responses": frame(ROWS)}))


def test_a_frame_of_numbers_and_words_gives_the_same_score(tmp_path: Path) -> None:
    mixed = pd.DataFrame(ROWS | {"score": [*map(float, SCORES[:-1]), "Blank"]})
    assert mixed["score"].dtype == object
    path = write_codebook(tmp_path, columns={"score": REFUSED["score"].replace("99", "Blank")})
    assert_hand_count(open_source(path, tables={"responses": mixed}))


def test_nan_in_a_file_is_no_answer(tmp_path: Path) -> None:
    table = pa.table({"id": ["a", "b"], "day": DAYS[:2], "score": [9.0, float("nan")]})
    pq.write_table(table, tmp_path / "answers.parquet")
    dataset = open_source(write_codebook(tmp_path, table='files = "answers.parquet"'))
    assert dataset.problems.empty
    codes = dataset.answers_by_code
    assert codes[["code", "n", "meaning"]].to_numpy().tolist() == [
        ["9", 1, "valid"],
        ["", 1, "missing"],
    ]


def assert_hand_count(dataset: Dataset) -> None:
    scores = nps(dataset.tables["responses"], "score").iloc[0]
    counted = ["n", "missing", "invalid", "promoters", "passives", "detractors"]
    assert scores[counted].tolist() == [8, 1, 1, 4, 2, 2]
    assert scores["estimate"] == 25
    assert dataset.problems[["problem", "n", "example"]].to_numpy().tolist() == [
        ["value-outside-scale", 1, "11"]
    ]
    outside = dataset.answers_by_code.query("meaning == 'outside'")
    assert outside[["table", "code", "n"]].to_numpy().tolist() == [["responses", "11", 1]]


def test_a_frame_with_zoned_times_is_read_in_the_zone_of_the_source(tmp_path: Path) -> None:
    at = pd.Series(pd.to_datetime(["2026-01-31 23:30"])).dt.tz_localize("UTC")
    frame = pd.DataFrame({"id": ["a"], "day": at, "score": [9]})
    path = write_codebook(tmp_path, source='timezone = "Europe/Rome"')
    rows = run(open_source(path, tables={"responses": frame}).tables["responses"])
    assert column_of(rows, "day") == [pd.Timestamp("2026-02-01 00:30")]
    assert column_of(rows, "period_start") == [pd.Timestamp("2026-02-01")]


@pytest.mark.parametrize(
    ("period", "starts"),
    [
        ("month", ["2025-12-01", "2026-01-01", "2026-05-01"]),
        ("quarter", ["2025-10-01", "2026-01-01", "2026-04-01"]),
        ("year", ["2025-01-01", "2026-01-01", "2026-01-01"]),
    ],
)
def test_every_row_knows_its_period(tmp_path: Path, period: str, starts: list[str]) -> None:
    days = ["2025-12-31 23:59:59", "2026-01-01", "2026-05-31"]
    lines = [f"{i},{day},9" for i, day in enumerate(days)]
    path = write_source(tmp_path, "id,day,score", *lines, source=f'period = "{period}"')
    rows = run(open_source(path).tables["responses"]).sort_values("id")
    assert column_of(rows, "period_start") == [pd.Timestamp(start) for start in starts]


WAVES = "".join(
    f'[[waves]]\nname = "{year}"\nfiles = "{year}_*"\nsince = {year}-05-01\nuntil = {year}-05-31\n'
    for year in (2015, 2016, 2017)
)


def write_waves(folder: Path) -> Path:
    """Two waves, each numbering its answers from one; nothing is there of the first."""
    (folder / "2016_a.csv").write_text("id,Q8,score\n1,2016-05-01,9\n2,2016-06-01,8\n", "utf-8")
    (folder / "2017_a.csv").write_text("id,Q7,score\n1,2017-05-01,0\n2,,10\n", "utf-8")
    versions = '{ waves = ["2016"], column = "Q8" }, { waves = ["2017"], column = "Q7" }'
    day = {"day": f'role = "date", versions = [{versions}]'}
    source = 'period = "wave"\nobserved_until = 2017-05-31'
    table = 'files = "*_a.csv"'
    return write_codebook(folder, source=source, table=table, columns=day, more=WAVES)


def test_ids_of_two_waves_are_different_people(tmp_path: Path) -> None:
    dataset = open_source(write_waves(tmp_path))
    rows = run(dataset.tables["responses"]).sort_values("id")
    assert column_of(rows, "id") == ["2016-1", "2016-2", "2017-1", "2017-2"]
    assert column_of(rows, "score") == [9, 8, 0, 10]
    assert column_of(rows, "wave") == ["2016", "2016", "2017", "2017"]
    assert dataset.files["wave"].tolist() == ["2016", "2017"]


def test_a_wave_says_what_is_odd_in_it(tmp_path: Path) -> None:
    problems = problems_of(write_waves(tmp_path))
    assert set(problems) == {("date-outside-wave", "day"), ("period-empty", "day")}
    outside, empty = problems["date-outside-wave", "day"], problems["period-empty", "day"]
    assert (outside["wave"], outside["n"], outside["example"]) == ("2016", 1, "2016-06-01 00:00:00")
    assert (empty["n"], empty["example"]) == (1, "2015")


def test_a_frame_belongs_to_no_wave_where_there_are_several(tmp_path: Path) -> None:
    path, frame = write_waves(tmp_path), pd.DataFrame(ROWS)
    with pytest.raises(CxError, match="exactly one wave"):
        open_source(path, tables={"responses": frame})


def test_a_frame_belongs_to_the_only_wave(tmp_path: Path) -> None:
    wave = '[[waves]]\nname = "w"\nsince = 2026-01-01\nuntil = 2026-01-31\n'
    path = write_codebook(tmp_path, source='period = "wave"', columns=REFUSED, more=wave)
    dataset = open_source(path, tables={"responses": pd.DataFrame(ROWS)})
    assert_hand_count(dataset)
    assert run(dataset.tables["responses"])["wave"].unique().tolist() == ["w"]


def test_files_of_two_wordings_need_only_the_column_of_their_days(tmp_path: Path) -> None:
    (tmp_path / "2025.csv").write_text("id,day,old\na,2025-12-31,9\n", "utf-8")
    (tmp_path / "2026.csv").write_text("id,day,new\nb,2026-01-01,10\n", "utf-8")
    score = 'role = "nps", column = "new", versions = [{ until = 2025-12-31, column = "old" }]'
    path = write_codebook(tmp_path, table='files = "202?.csv"', columns={"score": score})
    dataset = open_source(path)
    assert dataset.problems.empty
    assert run(dataset.tables["responses"])["score"].sum() == 19

    (tmp_path / "2026.csv").write_text("id,day,new\nb,2026-01-01,10\nc,2025-12-30,1\n", "utf-8")
    line = problems_of(path)["column-missing", "score"]
    assert (line["severity"], line["n"], line["example"]) == ("error", 1, "old (2026.csv)")


def test_an_id_in_two_files_is_one_person(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text("id,day,score\n1,2026-01-05,9\n", "utf-8")
    path = write_codebook(tmp_path, table='files = "[ab].csv"')
    assert problems_of(path)["rows-repeated", "id"]["n"] == 1
    assert len(run(open_source(path).tables["responses"])) == 1


def test_a_wrong_delimiter_names_the_columns_that_are_missing(tmp_path: Path) -> None:
    path = write_source(tmp_path, "id;day;score", "a;2026-01-05;9")
    problems = problems_of(path)
    assert {column for kind, column in problems if kind == "column-missing"} == {
        "id",
        "day",
        "score",
    }
    assert problems["column-unknown", ""]["example"] == "aa;aaa;aaaaa"  # perhaps an answer
    with pytest.raises(CxError, match="declared column that the file does not have"):
        open_source(path)


def test_a_missing_file_stops_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(CxError, match="no such file") as caught:
        open_source(write_codebook(tmp_path), strict=False)
    assert caught.value.parts["got"] == "answers.csv"


def test_a_frame_for_a_table_that_is_not_described_is_refused(tmp_path: Path) -> None:
    path, frame = write_codebook(tmp_path, columns=REFUSED), pd.DataFrame(ROWS)
    with pytest.raises(CxError, match="no such table") as caught:
        open_source(path, tables={"responses": frame, "reponses": frame})
    assert caught.value.parts["hint"] == "did you mean 'responses'?"


ORDERS = (
    '[tables.orders]\nfiles = "orders.csv"\n[tables.orders.columns]\n'
    'order_id = { role = "id" }\nordered_at = { role = "date" }\nnet_amount = { role = "number" }\n'
)


def test_problems_of_all_tables_stand_in_one(tmp_path: Path) -> None:
    orders = "order_id,ordered_at,net_amount\no1,2026-02-10,ten\no1,2026-02-10,ten\n"
    (tmp_path / "orders.csv").write_text(orders, "utf-8")
    path = write_source(tmp_path, "id,day,score", "a,2026-01-05,11", more=ORDERS)
    dataset = open_source(path, strict=False)
    assert dataset.problems[["table", "problem", "column", "n"]].to_numpy().tolist() == [
        ["orders", "number-unreadable", "net_amount", 2],
        ["responses", "value-outside-scale", "score", 1],
        ["orders", "rows-repeated", "order_id", 1],
    ]
    assert dataset.observed_until == dt.date(2026, 2, 10)


def test_a_planned_action_does_not_say_how_far_the_data_go(tmp_path: Path) -> None:
    (tmp_path / "actions.csv").write_text("done_on,title_en,title_it\n2030-01-01,a,b\n", "utf-8")
    more = """
[tables.actions]
files = "actions.csv"
[tables.actions.columns]
done_on = { role = "date" }
title_en = { role = "other" }
title_it = { role = "other" }
"""
    path = write_source(tmp_path, "id,day,score", "a,2026-01-31,9", more=more)
    assert open_source(path).observed_until == dt.date(2026, 1, 31)
    declared = {"more": more, "source": "observed_until = 2026-01-31"}
    assert problems_of(write_codebook(tmp_path, **declared)) == {}


def test_one_table_can_be_opened_alone(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(
        "order_id,ordered_at,net_amount\no1,2026-02-10,5\n", "utf-8"
    )
    path = write_codebook(tmp_path, more=ORDERS)
    dataset = open_source(path, only=("orders", "tickets"))
    assert list(dataset.tables) == ["orders"]
    assert dataset.answers_by_code.empty


def test_a_source_is_known_by_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "data" / "shop"
    folder.mkdir(parents=True)
    write_source(folder, "id,day,score", "a,2026-01-05,9")
    (tmp_path / "reports.toml").touch()
    monkeypatch.chdir(folder)
    assert find_root() == tmp_path
    assert find_codebook("shop") == folder / "codebook.toml"
    assert open_source("shop").name == "shop"
    assert open_source("codebook.toml").name == "shop"


def test_outside_a_project_a_name_means_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CxError, match="no cxreport project"):
        open_source("shop")


def test_data_may_stand_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "far").mkdir()
    write_source(tmp_path / "far", "id,day,score", "a,2026-01-05,9")
    path = write_codebook(tmp_path, source='folder = "${SHOP_DATA:-nowhere}"')
    monkeypatch.setenv("SHOP_DATA", str(tmp_path / "far"))
    assert len(run(open_source(path).tables["responses"])) == 1


def test_data_without_any_date_can_still_be_looked_at(tmp_path: Path) -> None:
    path = write_source(tmp_path, "id,day,score", "a,soon,9", "b,later,9")
    dataset = open_source(path, strict=False)
    assert dataset.problems["problem"].tolist() == ["date-unreadable", "date-missing"]
    with pytest.raises(CxError, match="cannot be read as declared"):
        open_source(path)
