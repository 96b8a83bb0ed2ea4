"""The same file changes nothing; a later one adds what is new; a round trip ends where it began."""

from __future__ import annotations

import csv
import subprocess
import sys
from typing import TYPE_CHECKING

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from importing import SHARED, Source

from cxreport.errors import CxError

if TYPE_CHECKING:
    from pathlib import Path

OCTOBER = "Response ID,Date,Would you recommend us?\na,13/10/2026,10\nb,14/10/2026,6\n"


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(tmp_path)


def write(folder: Path, text: str, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_same_file_twice_changes_nothing(source: Source, tmp_path: Path) -> None:
    path = write(tmp_path, OCTOBER)
    source.take(path)
    before = source.bytes()
    audit = source.take(path)
    assert audit.merged is None
    assert source.bytes() == before
    source.take(path.rename(tmp_path / "other name.csv"))
    assert source.bytes() == before


def test_the_same_file_gives_the_same_bytes_elsewhere(tmp_path: Path) -> None:
    path = write(tmp_path, OCTOBER)
    one, other = Source(tmp_path / "one"), Source(tmp_path / "other")
    one.take(path)
    other.take(path)
    assert one.bytes() == other.bytes()


def test_the_next_month_adds_its_rows_alone(source: Source, tmp_path: Path) -> None:
    source.take(write(tmp_path, OCTOBER))
    november = OCTOBER.replace("b,14/10/2026,6", "b,14/10/2026,7") + "c,02/11/2026,9\n"
    audit = source.take(write(tmp_path, november, "november.csv"))
    assert audit.file.excluded == {"there already, and the same": 1}
    assert audit.merged is not None
    assert (audit.file.kept, audit.merged.replaced, audit.merged.whole) == (2, 1, 3)
    assert source.column("response_id") == ["a", "b", "c"]
    assert source.column("nps") == [10, 7, 9]
    # 2 November can be read in two ways: the file before says in which, and says so
    assert source.column("answered_at")[2].month == 11
    assert "read as: day first" in audit.notes


def test_rows_without_an_id_are_told_apart_by_all_that_they_say(
    source: Source, tmp_path: Path
) -> None:
    october = "Timestamp,Would you recommend us?\n2026-10-02 09:00,9\n2026-10-02 09:00,9\n"
    source.take(write(tmp_path, october))
    both = october + "2026-11-02 09:00,4\n"
    audit = source.take(write(tmp_path, both, "november.csv"))
    assert audit.file.excluded == {"there already, and the same": 2}
    assert source.column("nps") == [9, 9, 4]
    rows = both.partition("\n")[2].replace(",", ",,") + "2026-12-02 09:00,fine,8\n"
    more = "Timestamp,Why?,Would you recommend us?\n" + rows  # a new question, between the others
    audit = source.take(write(tmp_path, more, "december.csv"))
    assert (audit.file.kept, audit.file.excluded) == (1, {"there already, and the same": 3})
    assert source.column("comment") == [None, None, None, "fine"]


def test_new_gone_and_changed_questions_are_named(source: Source, tmp_path: Path) -> None:
    text = (
        "id,submitdate,lastpage,startlanguage,Q1. Would you recommend us?,Q2. Why?\n"
        "1,2026-10-02 09:14:05,3,en,9,good\n"
    )
    source.take(write(tmp_path, text))
    path = source.folder / "codebook.toml"
    mine = path.read_text(encoding="utf-8").replace(" # review: by its heading", "") + "# mine\n"
    path.write_text(mine, encoding="utf-8")
    later = text.replace("1,2026-10", "2,2026-11").replace("Q2. Why?", "Q3. How easy was it?")
    audit = source.take(write(tmp_path, later.replace("good", "4"), "later.csv"))
    assert "new columns: Q3. How easy was it?" in audit.notes
    assert "columns that are gone: Q2. Why?" in audit.notes
    assert path.read_text(encoding="utf-8").startswith(mine)
    assert "# new in a later file" in path.read_text(encoding="utf-8")
    assert {"q3_how_easy_was_it", "comment"} <= {*source.codebook.responses.columns}
    assert source.column("comment") == ["good", None]


def test_a_question_in_other_words_is_named(source: Source, tmp_path: Path) -> None:
    text = (
        "StartDate,EndDate,Status,Progress,Finished,RecordedDate,ResponseId,Q1\n"
        "a,b,c,d,e,f,g,{}\n"
        '"{{""ImportId"":""startDate""}}","{{""ImportId"":""endDate""}}","{{""ImportId"":""status""}}",'
        '"{{""ImportId"":""progress""}}","{{""ImportId"":""finished""}}","{{""ImportId"":""recordedDate""}}",'
        '"{{""ImportId"":""_recordId""}}","{{""ImportId"":""QID1""}}"\n'
        "2026-10-02 09:14:05,2026-10-02 09:16:40,0,100,1,2026-10-02 09:16:40,{},9\n"
    )
    source.take(write(tmp_path, text.format("Would you recommend us?", "R_1")))
    later = text.format("Would you recommend our shop?", "R_2")
    audit = source.take(write(tmp_path, later, "later.csv"))
    assert "asked in other words: Q1" in audit.notes
    assert source.column("nps") == [9, 9]


def test_a_number_that_becomes_a_word_is_kept_as_it_is(source: Source, tmp_path: Path) -> None:
    source.take(write(tmp_path, OCTOBER))
    source.take(write(tmp_path, OCTOBER.replace("a,", "c,").replace("10\n", "Non so\n"), "n.csv"))
    assert source.column("nps") == ["10", "6", "Non so"]


def test_another_product_does_not_mix_in(source: Source, tmp_path: Path) -> None:
    source.take(write(tmp_path, OCTOBER))
    other = write(tmp_path, "Timestamp,Would you recommend us?\n2026-11-02 09:00,9\n", "g.csv")
    before = source.bytes()
    with pytest.raises(CxError, match="is of another product"):
        source.take(other)
    assert source.bytes() == before


WHOLE_OR_NOT = {"int64": "number", "double": "number"}
HERE = pytest.mark.skipif(
    not SHARED.is_dir(), reason="no public data: set CXREPORT_PUBLIC_DATA to their folder"
)


@pytest.mark.parametrize(
    ("file", "table", "stated"),
    [
        pytest.param(None, "responses", {}),
        pytest.param("qualtrics_it_numeric.csv", "responses", {}, marks=HERE),
        pytest.param("qualtrics/qualtRics_sample.csv", "responses", {}, marks=HERE),
        pytest.param(
            "surveymonkey_actual_text.csv", "responses", {"date_order": "mdy"}, marks=HERE
        ),
        pytest.param("google_forms_it.csv", "responses", {}, marks=HERE),
        pytest.param("google_forms_en_gmt.csv", "responses", {}, marks=HERE),
        pytest.param("limesurvey_codes.csv", "responses", {}, marks=HERE),
        pytest.param("shopify_orders_export.csv", "orders", {}, marks=HERE),
        pytest.param("ga4_events_20261001.jsonl", "events", {}, marks=HERE),
        pytest.param("zendesk/fivetran_ticket_data.csv", "tickets", {}, marks=HERE),
        pytest.param(
            "touchpoints/sample_cx_responses_upload_with_bom.csv",
            "responses",
            {"table": "responses", "day": "2026-10-31"},
            marks=HERE,
        ),
    ],
)
def test_a_round_trip_ends_where_it_began(
    source: Source, tmp_path: Path, file: str | None, table: str, stated: dict[str, str]
) -> None:
    source.take(SHARED / file if file else write(tmp_path, OCTOBER), **stated)
    before = pq.read_table(source.folder / f"{table}.parquet")
    again = Source(tmp_path / "again")
    exported = tmp_path / "exported.csv"
    pa_csv.write_csv(before, exported)
    again.take(exported, table=table)
    after = pq.read_table(again.folder / f"{table}.parquet")
    assert after.select(before.column_names).to_pylist() == before.to_pylist()
    empty = {name for name in before.column_names if before[name].null_count == before.num_rows}
    kinds = {
        field.name: WHOLE_OR_NOT.get(str(field.type), str(field.type)) for field in before.schema
    }
    for field in after.schema:
        if field.name in kinds and field.name not in empty:
            assert WHOLE_OR_NOT.get(str(field.type), str(field.type)) == kinds[field.name], field


MEMORY = """
import resource, sys
from pathlib import Path
from cxreport.inputs.exports.grid import Stated
from cxreport.publish.imports import import_files
small, large, folder = map(Path, sys.argv[1:])
import_files([small], folder / "small", Stated())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
audit = import_files([large], folder / "large", Stated())[0]
print(audit.file.kept, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
WARM, ROWS = 5_000, 15_000
"""The first import takes what libraries hold for good; what the next one adds is its own."""


def test_a_large_file_is_read_in_little_memory(tmp_path: Path) -> None:
    def written(name: str, rows: int) -> Path:
        with (tmp_path / name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["Response ID", "Date", "Would you recommend us?", "Comment"])
            comment = "it took a long while, and then it was fine " * 180
            for n in range(rows):
                writer.writerow([f"r{n}", f"2026-10-{n % 28 + 1:02}", n % 11, f"{n} {comment}"])
        return tmp_path / name

    small, large = written("small.csv", WARM), written("large.csv", ROWS)
    size = large.stat().st_size >> 20
    assert size > 105
    result = subprocess.run(
        [sys.executable, "-c", MEMORY, str(small), str(large), str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    kept, megabytes = map(int, result.stdout.split())
    assert kept == ROWS
    assert megabytes < size // 2
