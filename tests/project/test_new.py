"""`cxreport new` makes a whole project or nothing, asks nothing, and holds none of our code."""

from __future__ import annotations

import json
import shlex
import tomllib
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from documented import commands
from made_projects import ROOT, texts

from cxreport.cli import main
from cxreport.project.render import Options, name_from
from cxreport.publish.table import read_table

if TYPE_CHECKING:
    from pathlib import Path

EXPORT = "response_id,answered_at,How likely are you to recommend us?\n" + "".join(
    f"R{n},{date(2026, 9, 1) + timedelta(days=n // 2)}T10:00:00,{n % 11}\n" for n in range(122)
)
"""Two answers a day, from 1 September to 31 October."""


def say(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def export(tmp_path: Path) -> Path:
    file = tmp_path / "answers.csv"
    file.write_text(EXPORT, "utf-8")
    return file


def parameters(notebook: str) -> str:
    cells = json.loads(notebook)["cells"]
    return next(
        "".join(c["source"]) for c in cells if "parameters" in c["metadata"].get("tags", [])
    )


def test_a_project_of_the_demo_holds_what_it_needs_and_none_of_our_code(tmp_path: Path) -> None:
    root = tmp_path / "acme"
    result = say("new", root, "--organisation", 'Rossi "&" Figli', "--ci", "github")
    assert result.exit_code == 0
    assert result.output == f"{root}: made\nnext: cd {root} && make report\n"
    files = texts(root)
    notebooks = {f"notebooks/{p.name}" for p in (ROOT / "notebooks").glob("*.ipynb")}
    assert {name for name in files if not name.startswith("notebooks/")} == {
        "README.md", "Makefile", "reports.toml", "requirements.txt", "requirements.lock",
        ".gitignore", "tests/test_reports.py", "data/demo/README.md", "data/demo/codebook.toml",
        "data/demo/coding_frame.toml", "data/demo/personas.toml",
        ".github/workflows/check.yml", ".github/workflows/monthly.yml",
    }  # fmt: skip
    assert {name for name in files if name.startswith("notebooks/")} == notebooks - {
        "notebooks/research_interval_coverage.ipynb"
    }
    table = read_table(root)
    assert table.brand is not None
    assert table.brand.name == 'Rossi "&" Figli'
    assert [report.name for report in table.report] == ["acme-monthly", "acme-quality"]
    assert all((root / report.notebook).is_file() for report in table.report)
    assert [path.name for path in tmp_path.iterdir()] == ["acme"]


@pytest.mark.parametrize(
    ("system", "files"),
    [
        ("github", {".github/workflows/check.yml", ".github/workflows/monthly.yml"}),
        ("gitlab", {".gitlab-ci.yml"}),
        ("none", set()),
    ],
)
def test_a_project_has_the_ci_files_that_were_asked_for(
    tmp_path: Path, system: str, files: set[str]
) -> None:
    say("new", tmp_path / "acme", "--ci", system)
    made = texts(tmp_path / "acme")
    assert {name for name in made if name.startswith((".github", ".gitlab"))} == files
    assert ("## In CI" in made["README.md"]) == bool(files)


def test_an_export_becomes_the_source_of_the_project(tmp_path: Path, export: Path) -> None:
    root = tmp_path / "acme"
    words = ("--source", export, "--timezone", "Europe/Rome", "--languages", "it")
    result = say("new", root, *words)
    assert result.exit_code == 0, result.output
    assert "122  rows kept" in result.output
    assert f"review {root}/data/acme/codebook.toml" in result.output
    (report, quality) = read_table(root).report
    assert (report.parameters, report.languages) == ({"source": "acme"}, ("it",))
    assert quality.notebook == "notebooks/00_data_quality.ipynb"
    made = tomllib.loads((root / "data/acme/codebook.toml").read_text("utf-8"))
    assert [*made["tables"]] == ["responses"]
    assert (root / "data/acme/responses.parquet").is_file()
    assert not (root / "data/demo").exists()
    monthly = (root / "notebooks/01_monthly_report.ipynb").read_text("utf-8")
    assert parameters(monthly).startswith('source: str = "acme"')
    assert not any(p.name.startswith(".staging") for p in root.rglob("*"))


def test_a_project_that_stands_checks_its_data(
    tmp_path: Path, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say("new", tmp_path / "acme", "--source", export, "--timezone", "Europe/Rome")
    monkeypatch.chdir(tmp_path / "acme")
    result = say("check")
    assert result.exit_code == 0, result.output
    assert "the last closed period is 2026-10" in result.output


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--name", "Acme"], "this is no name of a project"),
        (["--organisation", " "], "no name of an organisation"),
        (["--organisation", "a\nb"], "is one line"),
        (["--languages", "it,fr"], "not a language of the pages"),
        (["--languages", ""], "not a language of the pages"),
        (["--source", "nowhere.csv"], "nowhere.csv"),
        (["--source", "answers.csv", "--name", "demo"], "another name"),
    ],
)
def test_what_cannot_be_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], problem: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = say("new", "acme", *words)
    assert result.exit_code == 1
    assert problem in result.stderr
    assert [*tmp_path.iterdir()] == []


def test_an_export_that_cannot_be_read_makes_nothing(tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_bytes(b"\x00\x01\x02" * 100)
    result = say("new", tmp_path / "acme", "--source", tmp_path / "answers.csv")
    assert result.exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["answers.csv"]


def test_nothing_that_is_there_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    problems = {
        "../full": "not empty",
        "../file": "no folder",
        "../link": "no folder",
        ".": "cd ..",
    }
    for folder, problem in problems.items():
        result = say("new", folder)
        assert result.exit_code == 1
        assert problem in result.stderr
    assert sorted(path.name for path in tmp_path.rglob("*")) == [
        "file", "full", "here", "link", "mine.txt"
    ]  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert say("new", "here").exit_code == 0, "an empty folder is as good as none"


def test_a_full_disk_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cxreport.project.new.write_project", full)
    result = say("new", tmp_path / "acme")
    assert result.exit_code == 1
    assert "No space left on device" in result.stderr
    assert [*tmp_path.iterdir()] == []


def test_outside_a_project_every_command_names_the_way_to_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for command in ("build", "check", "list", "demo", "deliver", "update"):
        result = say(command)
        assert result.exit_code == 1
        assert "cxreport new DIR" in result.stderr


@pytest.mark.parametrize(
    ("folder", "name"), [("Acme", "acme"), ("a b", "a-b"), ("__", "reports"), ("È", "reports")]
)
def test_a_folder_gives_its_name_to_the_project(folder: str, name: str) -> None:
    assert name_from(folder) == name
    assert Options(name, "x").name == name


def test_every_command_of_the_guide_runs(
    tmp_path: Path, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    export.rename("export.csv")
    for command in commands("docs/new.md"):
        program, *words = shlex.split(command)
        assert program == "cxreport"
        monkeypatch.chdir(tmp_path / "acme" if words == ["update"] else tmp_path)
        result = say(*words)
        assert result.exit_code == 0, f"{command}\n{result.output}"
    assert result.output == "this project is up to date with cxreport 0.1.0\n"
