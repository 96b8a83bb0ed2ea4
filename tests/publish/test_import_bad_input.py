"""What is no export, hides something or can be read in two ways is refused; nothing stays."""

from __future__ import annotations

import codecs
import json
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from importing import Source

from cxreport.errors import CxError
from cxreport.inputs.exports.grid import Stated
from cxreport.publish.imports import import_files

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS = ["Response ID", "Date", "Would you recommend us?", "Amount"]
ROWS = [["a", "2026-10-02", 10, 1.234], ["b", "2026-10-03", 6, 59.9]]
CSV = "Response ID,Date,Would you recommend us?\na,2026-10-02,10\nb,2026-10-03,6\n"


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(tmp_path)


def write(folder: Path, content: str | bytes, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refused(source: Source, path: Path, words: str, **stated: Any) -> str:
    before = path.read_bytes()
    with pytest.raises(CxError, match=words) as error:
        source.take(path, **stated)
    assert not source.folder.exists()
    assert path.read_bytes() == before
    assert [p.name for p in source.folder.parent.glob("*")] in ([], [".staging"])
    return str(error.value)


def workbook(folder: Path, rows: list[list[Any]] | None = None, name: str = "w.xlsx") -> Any:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows or [HEADINGS, *ROWS]:
        sheet.append(row)
    return book, sheet, folder / name


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 x", "no export of rows"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        (b"a,b\n1,\0\n", "no text"),
        (b"PK\x03\x04 cut short", "cut short or damaged"),
        (b"PAR1 cut short", "cut short or damaged"),
        (b"$FL2@(#) cut short", "cut short or damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b'{"event_name": "a"', "no JSON object"),
        (b"id,date\n", "no row"),
        (b"Response ID,Date\na,2026-10-02,3\n", "values, the header"),
        (b'Response ID,Date\n"a,2026-10-02\n', "cut short"),
    ],
)
def test_what_cannot_be_read_is_refused(
    source: Source, tmp_path: Path, content: bytes, words: str
) -> None:
    refused(source, write(tmp_path, content), words, table="responses")


def test_a_file_that_is_being_written_is_refused(source: Source, tmp_path: Path) -> None:
    refused(source, write(tmp_path, CSV, "export.csv.crdownload"), "not finished")
    path = write(tmp_path, CSV)
    lock = write(tmp_path, b"", ".~lock.export.csv#")
    refused(source, path, "open in another program")
    lock.unlink()
    assert source.take(path).file.kept == 2


def test_a_file_that_changes_while_it_is_read_is_refused(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cxreport.inputs.exports import importing  # noqa: PLC0415

    path, write_rows = write(tmp_path, CSV), importing.write_rows

    def grows(*given: Any) -> Any:
        counts = write_rows(*given)
        path.write_text(CSV + "c,2026-10-04,3\n", encoding="utf-8")
        return counts

    monkeypatch.setattr(importing, "write_rows", grows)
    with pytest.raises(CxError, match="changed while it was read"):
        source.take(path)
    assert not source.folder.exists()


def test_a_wrong_name_does_no_harm(source: Source, tmp_path: Path) -> None:
    book, _, path = workbook(tmp_path)
    book.save(path)
    audit = source.take(path.rename(tmp_path / "export.csv"))
    assert audit.kind == "XLSX, sheet Sheet"
    assert "the file is named .csv, and is read as XLSX" in audit.notes
    assert source.column("amount") == [1.234, 59.9]


def test_a_bomb_is_not_opened(source: Source, tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(40 << 20))
    refused(source, path, "unpacks to far more")


def test_an_archive_is_not_guessed_at(source: Source, tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("export.csv", CSV)
        archive.writestr("older.csv", CSV)
    assert "older.csv" in refused(source, path, "this is an archive")


def packed(folder: Path, content: str, name: str = "export.zip") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Risposte 2026/ottobre.csv", content)
        archive.writestr("__MACOSX/Risposte 2026/._ottobre.csv", b"\0\1")
        archive.writestr("Risposte 2026/.DS_Store", b"\0")
    return path


def test_an_archive_of_one_file_is_that_file(source: Source, tmp_path: Path) -> None:
    path = packed(tmp_path, CSV)
    audit = source.take(path)
    assert (audit.file.name, audit.file.kept) == ("export.zip", 2)
    assert source.column("nps") == [10, 6]
    assert source.take(write(tmp_path, CSV)).merged is None  # the same file, unpacked by hand


def test_what_is_wrong_in_an_archive_names_its_file(source: Source, tmp_path: Path) -> None:
    told = refused(source, packed(tmp_path, "Response ID,Date\na,2026-10-02,3\n"), "the header 2")
    assert f"where:    {tmp_path / 'export.zip'}, Risposte 2026/ottobre.csv" in told
    damaged = bytearray(packed(tmp_path, CSV * 90, "damaged.zip").read_bytes())
    damaged[80] ^= 255
    path = write(tmp_path, bytes(damaged), "damaged.zip")
    refused(source, path, "cut short or damaged")


def test_an_archive_that_is_packed_otherwise_says_what_to_do(
    source: Source, tmp_path: Path
) -> None:
    deflate64 = bytearray(packed(tmp_path, CSV).read_bytes())
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        deflate64[deflate64.index(mark) + at] = 9  # as Windows packs large files
    path = write(tmp_path, bytes(deflate64), "large.zip")
    assert "unpack it" in refused(source, path, "packed in a way that is not read here")
    header = bytearray(packed(tmp_path, CSV).read_bytes())
    header[30] ^= 1  # the name in front of the file is another than in the list
    refused(source, write(tmp_path, bytes(header), "other.zip"), "cut short or damaged")


def test_what_cannot_be_looked_at_for_titles_is_told_in_words(
    source: Source, tmp_path: Path
) -> None:
    path = write(tmp_path, CSV.encode("utf-16-le"))
    refused(source, path, "cannot be read", encoding="utf-16")
    long = write(tmp_path, CSV.replace(",10", f',10,"{"x" * 200_000}"').replace(",6", ",6,y"))
    refused(source, long, "cannot be read", delimiter=",")


TITLES = ["NPS report October 2026", "", "Made on 01/11/2026"]


@pytest.mark.parametrize("padding", ["", ",,"])
def test_titles_above_the_headings_are_asked_about(
    source: Source, tmp_path: Path, padding: str
) -> None:
    titles = "".join(f"{title}{padding}\n" for title in TITLES)
    path = write(tmp_path, titles + CSV)
    assert "--headings-line 4" in refused(source, path, "do not seem to stand on the first line")
    assert source.take(path, headings_line=4).file.kept == 2
    assert source.column("nps") == [10, 6]


def test_titles_of_a_sheet_are_asked_about(source: Source, tmp_path: Path) -> None:
    book, _, path = workbook(tmp_path, [["Export of answers"], [], HEADINGS, *ROWS])
    book.save(path)
    assert "--headings-line 3" in refused(source, path, "do not seem to stand on the first line")
    assert source.take(path, headings_line=3).file.kept == 2
    assert source.column("amount") == [1.234, 59.9]


def test_one_column_has_no_titles(source: Source, tmp_path: Path) -> None:
    path = write(tmp_path, 'Comment\n"Good, quick and clean."\n"Bad, slow, dirty."\n')
    assert source.take(path, table="responses", day="2026-10-02").file.kept == 2


@pytest.mark.parametrize(
    "values", [("ada@example.org", "bo@example.org"), ("93.184.215.14", "2001:db8::8a2e:370:7334")]
)
def test_addresses_are_left_out_whatever_their_heading(
    source: Source, tmp_path: Path, values: tuple[str, str]
) -> None:
    first, second = values
    rows = CSV.splitlines()
    content = f"{rows[0]},Kontakt\n{rows[1]},{first}\n{rows[2]},{second}\n"
    audit = source.take(write(tmp_path, content))
    assert "columns left out (personal data): Kontakt" in audit.notes
    assert not any(first.encode() in content for content in source.bytes().values())


def test_several_sheets_are_asked_about(source: Source, tmp_path: Path) -> None:
    book, _, path = workbook(tmp_path)
    book.create_sheet("Old").append(["x"])
    book.create_sheet("Empty")
    book.save(path)
    assert "--sheet 'Sheet'" in refused(source, path, "several sheets")
    assert source.take(path, sheet="Sheet").file.kept == 2


def test_hidden_rows_are_asked_about(source: Source, tmp_path: Path) -> None:
    book, sheet, path = workbook(tmp_path)
    sheet.row_dimensions[3].hidden = True
    book.save(path)
    assert "1 hidden rows" in refused(source, path, "rows are hidden")
    assert source.take(path, hidden="keep").file.kept == 2


def test_merged_cells_are_refused(source: Source, tmp_path: Path) -> None:
    book, sheet, path = workbook(tmp_path, [HEADINGS, *ROWS, *ROWS])
    sheet.merge_cells("A4:A5")
    book.save(path)
    refused(source, path, "cells are merged")


def test_a_formula_without_a_value_is_refused(source: Source, tmp_path: Path) -> None:
    book, sheet, path = workbook(tmp_path)
    sheet["C2"] = "=5+5"
    book.save(path)
    assert "1 cells" in refused(source, path, "formulas have no value")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252", "mac-roman"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_are_found(
    source: Source, tmp_path: Path, encoding: str, delimiter: str
) -> None:
    lines = [
        ["ID risposta", "Data", "Ci consiglieresti?", "Perché?", "Città"],
        ["a", "2026-10-02", "10", "è più facile, così", "Forlì"],
        ["b", "2026-10-03", "6", "non è andata; già", "Cantù"],
    ]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines) + "\n"
    source.take(write(tmp_path, text.encode(encoding)))
    assert source.column("comment") == ["è più facile, così", "non è andata; già"]


def test_an_encoding_that_is_not_sure_is_asked_about(source: Source, tmp_path: Path) -> None:
    text = CSV.replace("a,", "\u0416\u0438\u0432,")
    path = write(tmp_path, text.encode("koi8-r"))
    refused(source, path, "encoding of the file is not sure")
    source.take(path, encoding="koi8-r")
    assert source.column("response_id")[0] == "\u0416\u0438\u0432"


def test_two_delimiters_are_asked_about(source: Source, tmp_path: Path) -> None:
    text = "Response ID;Date,Would you recommend us?;x\na;2026-10-02,10;1\n"
    refused(source, write(tmp_path, text), "more than one delimiter")


def table(*columns: tuple[str, list[str]]) -> str:
    """Return a file of answers with further columns."""
    names = ["Response ID", *(name for name, _ in columns)]
    rows = zip(*(values for _, values in columns), strict=True)
    lines = [names, *([f"r{n}", *row] for n, row in enumerate(rows))]
    return "\n".join(";".join(line) for line in lines) + "\n"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (["02/10/2026", "03/11/2026"], "days can be read in two ways"),
        (["13/10/2026", "10/13/2026"], "days are written in more than one way"),
        (["02/10/26", "03/11/26"], "days can be read in two ways"),
    ],
)
def test_days_are_never_guessed(
    source: Source, tmp_path: Path, days: list[str], words: str
) -> None:
    path = write(tmp_path, table(("Date", days), ("Would you recommend us?", ["9", "8"])))
    refused(source, path, words)


def test_one_day_in_all_rows_settles_the_order_of_the_file(source: Source, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        table(
            ("Date", ["02/10/2026", "03/11/2026"]),
            ("Delivered", ["01/10/2026", "31/10/2026"]),
            ("Would you recommend us?", ["9", "8"]),
        ),
    )
    source.take(path)
    assert [day.month for day in source.column("answered_at")] == [10, 11]


@pytest.mark.parametrize(
    ("amounts", "words"),
    [
        (["1.234", "5.678"], "numbers can be read in two ways"),
        (["1.234,50", "1,234.50"], "numbers are written in more than one way"),
    ],
)
def test_a_thousand_or_a_decimal_is_asked_about(
    source: Source, tmp_path: Path, amounts: list[str], words: str
) -> None:
    answers = [("Date", ["2026-10-02"] * 2), ("Would you recommend us?", ["9", "8"])]
    path = write(tmp_path, table(*answers, ("Amount", amounts)))
    refused(source, path, words)


@pytest.mark.parametrize(("decimal", "amount"), [(",", 1234), (".", 1.234)])
def test_what_is_stated_settles_it(
    source: Source, tmp_path: Path, decimal: str, amount: float
) -> None:
    answers = [("Date", ["2026-10-02"] * 2), ("Would you recommend us?", ["9", "8"])]
    source.take(write(tmp_path, table(*answers, ("Amount", ["1.234", "5"]))), decimal=decimal)
    assert source.column("amount") == [amount, 5]


def test_missing_words_have_their_reasons(source: Source, tmp_path: Path) -> None:
    words = ["5/5", "4/5", "Non so", "N/A", "-", ".", "99", "Preferisco non rispondere"]
    path = write(
        tmp_path,
        table(
            ("Date", ["2026-10-02"] * 8),
            (
                "Would you recommend us?",
                ["9", "8", "99", "-99", "10 - Yes", "0", "N/A", "1"],
            ),
            ("Quanto sei soddisfatto?", words),
        ),
    )
    source.take(path)
    columns = source.codebook.responses.columns
    assert {*columns["csat"].missing} == {*words[2:]}
    assert columns["csat"].scale == (1, 5)
    assert {*columns["nps"].missing} == {"99", "-99", "N/A"}
    assert columns["nps"].recode == {"10 - Yes": "10"}


def test_headings_of_one_name_are_two_columns(source: Source, tmp_path: Path) -> None:
    text = "Response ID,Date,Would you recommend us?,Why,Why\na,2026-10-02,9,x,y\n"
    source.take(write(tmp_path, text))
    assert (source.column("comment"), source.column("why_2")) == (["x"], ["y"])


def test_an_id_that_comes_twice_stays_twice_when_it_says_two_things(
    source: Source, tmp_path: Path
) -> None:
    text = CSV + "b,2026-10-03,6\nb,2026-10-03,9\n"
    audit = source.take(write(tmp_path, text))
    assert audit.file.excluded == {"repeats another row word by word": 1}
    assert source.column("response_id") == ["a", "b", "b"]


def test_hostile_headings_and_answers_are_only_texts(source: Source, tmp_path: Path) -> None:
    hostile = ['"]\n[source]\nx = 1', "'; drop table fresh; --", 'a"b', "\u202e\u0007\\", "=1+1"]
    headings = ["Response ID", "Date", "Would you recommend us?", *hostile]
    rows = [["r1", "2026-10-02", "9", *hostile], ["r2", "2026-10-03", "8", *hostile]]
    quoted = (
        ",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [headings, *rows]
    )
    source.take(write(tmp_path, "\n".join(quoted) + "\n"))
    assert len(source.rows()) == 2
    assert source.codebook.responses.columns["response_id"].role == "id"
    assert hostile[1] in source.rows()[0].values()


def test_one_bad_file_of_two_leaves_nothing(source: Source, tmp_path: Path) -> None:
    good, bad = write(tmp_path, CSV), write(tmp_path, b"", "bad.csv")
    with pytest.raises(CxError, match="empty"):
        source.take(good, bad)
    assert not source.folder.exists()
    source.take(good)
    before = source.bytes()
    with pytest.raises(CxError, match="empty"):
        source.take(bad)
    assert source.bytes() == before


def test_a_role_that_values_do_not_fit_is_refused(source: Source, tmp_path: Path) -> None:
    path = write(tmp_path, CSV)
    refused(source, path, "cannot be read as times", roles={"Response ID": "date"})
    refused(source, path, "no such column", roles={"Responce": "id"})
    refused(source, path, "no such role", roles={"Date": "day"})
    refused(source, path, "no export of Qualtrics", format="qualtrics")


def test_a_folder_with_a_codebook_of_its_own_is_left_alone(source: Source, tmp_path: Path) -> None:
    source.folder.mkdir(parents=True)
    (source.folder / "codebook.toml").write_text("[source]\n", encoding="utf-8")
    with pytest.raises(CxError, match="was not made by an import"):
        import_files([write(tmp_path, CSV)], source.folder, Stated())
    assert [*source.bytes()] == ["codebook.toml"]


def test_json_of_another_shape_is_no_events(source: Source, tmp_path: Path) -> None:
    lines = "\n".join(json.dumps({"a": n}) for n in range(3))
    refused(source, write(tmp_path, lines, "x.jsonl"), "which table is this")


def test_bytes_of_a_mark_alone_are_no_file(source: Source, tmp_path: Path) -> None:
    refused(source, write(tmp_path, codecs.BOM_UTF8), "no headings")


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("Which did you use?", ["1,2", "2,3", "4"]),  # several codes, no decimals
        ("Zufrieden? (1 = sehr gut, 5 = schlecht)", ["1", "5", "2"]),  # the best is 1
        ("Are you satisfied?", ["1", "4", "3"]),  # of four, of five, or of seven
        ("Sei soddisfatto?", ["Abbastanza soddisfatto", "Molto soddisfatto", "Molto soddisfatto"]),
        ("Would you recommend us?", ["1", "4", "5"]),  # of five, or of ten
        ("Phone code", ["0039", "0044", "0039"]),
    ],
)
def test_what_has_two_meanings_is_no_rating_and_no_number(
    source: Source, tmp_path: Path, question: str, answers: list[str]
) -> None:
    path = write(tmp_path, table(("Timestamp", ["2026-10-02"] * 3), (question, answers)))
    source.take(path, table="responses")
    name = next(name for name in source.types() if name not in {"response_id", "answered_at"})
    assert source.codebook.responses.columns[name].role in {"other", "segment"}
    assert [str(value) for value in source.column(name)] == answers


def test_a_sheet_of_open_document_is_read(source: Source, tmp_path: Path) -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    number = cell.replace('"string"', '"float" office:value="{0}"').replace("{}", "{0}")
    rows = ["".join(cell.format(h) for h in ("Response ID", "Date", "Would you recommend us?"))]
    rows += [cell.format("a") + cell.format("2026-10-02") + number.format(9)]
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{urn}:office:1.0" xmlns:table="{urn}:table:1.0" '
        f'xmlns:text="{urn}:text:1.0"><office:body><office:spreadsheet><table:table '
        f'table:name="One">{body}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    path = tmp_path / "export.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    assert source.take(path).kind == "ODS, sheet One"
    assert source.column("nps") == [9]


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"encoding": "utf-88"}, "no such encoding"),
        ({"delimiter": ";;"}, "a delimiter is one sign"),
        ({"table": "../../responses"}, "no name of a table"),
        ({"timezone": "Europe/Roma"}, "no time zone"),
        ({"day": "yesterday"}, "no day"),
        ({"sheet": "x", "skip": {"Nowhere": frozenset("x")}}, "no such column"),
    ],
)
def test_what_is_stated_wrongly_is_refused(
    source: Source, tmp_path: Path, stated: dict[str, Any], words: str
) -> None:
    text = CSV.replace("Date", "When").replace("2026", "x") if "day" in stated else CSV
    refused(source, write(tmp_path, text), words, **{"table": "responses", **stated})


def test_a_project_is_no_folder_of_a_source(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, CSV)
    (tmp_path / "reports.toml").touch()
    monkeypatch.chdir(tmp_path)
    for folder in (tmp_path, tmp_path / ".."):
        with pytest.raises(CxError, match="folder of its own"):
            import_files([path], folder, Stated())
    source.take(path.rename(tmp_path / "again.csv"))
    assert [*source.bytes()] == ["codebook.toml", "imports.json", "responses.parquet"]
