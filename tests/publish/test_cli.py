"""The command line says what it did, or what is wrong, in sentences, with the right exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from small_project import RESPONSES, write_notebook

from cxreport.cli import main

if TYPE_CHECKING:
    from pathlib import Path


def say(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def test_build_makes_what_is_stale_and_ends_with_the_index(project: Path) -> None:
    index = f"{project}/reports/index.html\n"
    assert say("list").output.split(maxsplit=3)[3] == "never built\n"
    assert say("build").output.endswith(f"1 built\n{index}")
    assert say("list").output.split(maxsplit=3)[3] == "up to date\n"
    assert say("build").output == f"mini 2026-10: up to date\n0 built\n{index}"
    assert say("build", "--force").output.endswith(f"1 built\n{index}")


def test_a_failed_build_says_what_failed_and_exits_with_one(project: Path) -> None:
    write_notebook(project, "raise ValueError('no column scor')")
    result = say("build", "--out", "site")
    assert result.exit_code == 1
    assert "mini.ipynb, cell 6" in result.stderr
    assert "ValueError: no column scor" in result.stderr
    assert "Traceback" not in result.output
    assert not (project / "site/mini").exists()


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["build", "maxi"], "no such report"),
        (["build", "--group", "maxi"], "no such group"),
        (["build", "--set", "perod=2026-10"], "did you mean period?"),
        (["build", "--set", "period"], "--set takes name=value"),
        (["build", "--set", "=2026-10"], "--set takes name=value"),
        (["build", "--set", "period=2026-1"], "this is no month"),
        (["build", "--set", "source=maxi"], "no codebook"),
    ],
)
def test_what_is_wrong_stops_before_anything_starts(
    project: Path, words: list[str], problem: str
) -> None:
    result = say(*words)
    assert result.exit_code == 1
    assert result.stderr.startswith("error: ")
    assert problem in result.stderr
    assert not (project / "reports").exists()


@pytest.mark.usefixtures("project")
def test_no_notebook_at_once_is_refused() -> None:
    assert say("build", "--jobs", "0").exit_code == 2


def test_outside_a_project_it_says_where_to_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = say("list")
    assert result.exit_code == 1
    assert "go to the folder of reports.toml" in result.stderr


@pytest.mark.usefixtures("project")
def test_check_counts_the_rows_of_good_data() -> None:
    result = say("check")
    assert result.exit_code == 0
    assert result.output.startswith("mini: 1 files, 50 rows\n")


def test_check_lists_the_errors_of_bad_data_and_exits_with_one(project: Path) -> None:
    bad = RESPONSES.replace("5-0,2026-10-03,1", "5-0,2026-10-03,very good")
    (project / "data/mini/responses.csv").write_text(bad, "utf-8")
    result = say("check", "mini")
    assert result.exit_code == 1
    assert "answer that is no number" in result.output
    assert "very good" not in result.output
    assert "'aaaa aaaa'" in result.output
    assert "no report is made from these data" in result.stderr


def test_a_page_needs_good_data(project: Path) -> None:
    (project / "data/mini/responses.csv").unlink()
    result = say("build")
    assert result.exit_code == 1
    assert "no such file" in result.stderr


def test_a_source_that_is_missing_stops_only_its_own_reports(project: Path) -> None:
    table = project / "reports.toml"
    lost = table.read_text("utf-8").replace('source = "mini"', 'source = "lost"')
    lost = lost.replace('name = "mini"', 'name = "lost_one"')
    table.write_text(lost + table.read_text("utf-8"), "utf-8")
    (project / "data/lost").mkdir()
    codebook = (project / "data/mini/codebook.toml").read_text("utf-8")
    (project / "data/lost/codebook.toml").write_text(codebook, "utf-8")
    checked = say("check")
    assert checked.exit_code == 1
    assert "lost\n  error  no such file" in checked.output
    assert "mini: 1 files, 50 rows\n" in checked.output
    built = say("build")
    assert built.exit_code == 1
    assert "no such file" in built.stderr
    assert (project / "reports/mini/2026-10/en.html").is_file()


def test_a_table_that_is_missing_does_not_stop_the_plan(project: Path) -> None:
    """What reads it will say so: the others need not wait for it."""
    codebook = project / "data/mini/codebook.toml"
    more = '\n[tables.verbatims]\nfiles = "lost.csv"\ncolumns.text_id = { role = "id" }\n'
    codebook.write_text(codebook.read_text("utf-8") + more, "utf-8")
    assert say("list").output.split(maxsplit=3)[3] == "never built\n"
    assert say("build").exit_code == 0


def test_a_name_may_hold_an_underscore(project: Path) -> None:
    table = project / "reports.toml"
    table.write_text(
        table.read_text("utf-8").replace('name = "mini"', 'name = "mini_one"'), "utf-8"
    )
    assert say("list").output.split()[1] == "mini_one"


def test_check_prints_the_names_that_accept_takes(project: Path) -> None:
    bad = RESPONSES.replace("5-0,2026-10-03,1", "5-0,2026-10-03,very good")
    (project / "data/mini/responses.csv").write_text(bad, "utf-8")
    output = say("check", "mini").output
    assert "responses.nps: answer that is no number" in output
    assert "[code-unknown]" in output
    assert "takes in [[accept]]" in output
    accepted = (
        '\n[[accept]]\nproblem = "code-unknown"\ncolumn = "nps"\ntable = "responses"\nat_most = 1\n'
        'reason = { en = "known", it = "noto" }\n'
    )
    codebook = project / "data/mini/codebook.toml"
    written = codebook.read_text("utf-8")
    codebook.write_text(written + accepted, "utf-8")
    assert say("check", "mini").exit_code == 0
    codebook.write_text(written + accepted.replace('"responses"', '"orders"'), "utf-8")
    assert say("check", "mini").exit_code == 1


def test_check_refuses_what_build_refuses(project: Path) -> None:
    """All rows are of one month that is not over: a build has no period to report."""
    codebook = project / "data/mini/codebook.toml"
    text = codebook.read_text("utf-8").replace("observed_until = 2026-10-31\n", "")
    codebook.write_text(text.replace("2026-10-31", "2026-10-03"), "utf-8")
    rows = RESPONSES.replace("2026-09-0", "2026-10-0")
    (project / "data/mini/responses.csv").write_text(rows, "utf-8")
    checked = say("check")
    assert checked.exit_code == 1
    assert "no period is over yet" in checked.output
