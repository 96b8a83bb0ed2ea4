"""``cxreport diff``: what is wrong with its pages is said in words; what is right ends with 0."""

from __future__ import annotations

import csv
import json
import shlex
import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from documented import commands
from published_pair import publish_tables, shares

from cxreport.cli import main
from cxreport.show.words import Words

if TYPE_CHECKING:
    from pathlib import Path

EN = Words("en")


def diff(*words: object) -> Result:
    return CliRunner().invoke(main, ["diff", *map(str, words)])


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Write the folder of two months' pages."""
    rows = {"2026-09": ("=1+1", 100, 60.0, 50.2, 69.1), "2026-10": ("=1+1", 100, 80.0, 71.1, 86.7)}
    for period, row in rows.items():
        table = shares(f"Scores of {EN.period(period, 'month')}", [row], EN)
        publish_tables(tmp_path / "reports/shops" / period, period, table)
    return tmp_path / "reports"


def test_every_command_of_the_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reports.toml").write_text("", "utf-8")
    folders = {
        "A": "2026-09", "B": "2026-10", "again/demo-monthly/2026-10": "2026-10",
        "reports/demo-monthly/2026-09": "2026-09", "reports/demo-monthly/2026-10": "2026-10",
    }  # fmt: skip
    for folder, period in folders.items():
        table = shares("Scores", [("Roma", 100, 60.0, 50.2, 69.1)], EN)
        publish_tables(tmp_path / folder, period, table, languages=("en", "it"))
    for command in commands("docs/diff.md"):
        program, name, *words = shlex.split(command)
        assert (program, name) == ("cxreport", "diff")
        result = diff(*words)
        assert result.exit_code == 0, f"{command}\n{result.output}"
    assert (tmp_path / "changed.csv").is_file()


def test_pages_are_named_by_folder_or_by_report_and_period(pages: Path) -> None:
    by_folder = diff(pages / "shops/2026-09", pages / "shops/2026-10")
    by_name = diff("shops@2026-09", "shops@2026-10", "--out", pages)
    assert by_folder.exit_code == 0
    assert by_folder.output == by_name.output
    assert "Beyond chance: 1\n" in by_folder.output


def test_the_file_holds_every_figure_and_no_formula(pages: Path) -> None:
    file = pages / "changed.csv"
    result = diff(pages / "shops/2026-09", pages / "shops/2026-10", "--csv", file)
    assert result.exit_code == 0
    rows = list(csv.DictReader(file.read_text("utf-8").splitlines()))
    assert [(r["measure"], r["word"]) for r in rows] == [
        ("Result (%)", "beyond_chance"), ("Answers", "no_interval"),
    ]  # fmt: skip
    assert rows[0]["row"] == "'=1+1"
    assert (rows[0]["n_reference"], rows[0]["value"], rows[0]["difference"]) == (
        "100",
        "80.0",
        "20.0",
    )


def test_a_page_of_one_group_is_found_by_its_value(pages: Path) -> None:
    for period in ("2026-09", "2026-10"):
        there = pages / "shops@bari" / period
        shutil.copytree(pages / "shops" / period, there)
    assert diff("shops@bari@2026-09", "shops@bari@2026-10", "--out", pages).exit_code == 0


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "this folder holds no published pages"),
        ("{half", "the manifest is damaged"),
        ("[]", "the manifest is damaged"),
        ('{"report": "shops"}', "the manifest is damaged"),
    ],
)
def test_a_manifest_that_is_missing_or_damaged(
    pages: Path, content: str | None, problem: str
) -> None:
    manifest = pages / "shops/2026-10/manifest.json"
    if content is None:
        manifest.unlink()
    else:
        manifest.write_text(content, "utf-8")
    result = diff(pages / "shops/2026-09", pages / "shops/2026-10")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"error: {problem}")
    assert "2026-10" in result.stderr


def test_pages_of_two_reports_are_refused(pages: Path) -> None:
    manifest = pages / "shops/2026-10/manifest.json"
    named = json.loads(manifest.read_text("utf-8")) | {"report": "returns"}
    manifest.write_text(json.dumps(named), "utf-8")
    result = diff(pages / "shops/2026-09", pages / "shops/2026-10")
    assert result.exit_code == 1
    assert "these are pages of two reports" in result.stderr
    assert "shops, returns" in result.stderr


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["shops@2026-09", "shops@2026-08"], "no such pages"),
        (["shops@2026-09", "shop"], "no such folder of pages"),
        (["shops@2026-09", "shops@2026-10", "--language", "it"], "no workbook was published"),
    ],
)
def test_what_is_not_there_is_said(pages: Path, words: list[str], problem: str) -> None:
    result = diff(*words, "--out", pages)
    assert result.exit_code == 1
    assert f"error: {problem}" in result.stderr


def test_the_pages_that_are_there_are_named(pages: Path) -> None:
    assert "shops@2026-09, shops@2026-10" in diff("shops@1", "shops@2", "--out", pages).stderr


def test_a_workbook_that_was_changed_or_is_gone_is_refused(pages: Path) -> None:
    workbook = pages / "shops/2026-10/en.xlsx"
    workbook.write_bytes(workbook.read_bytes() + b"x")
    folders = (pages / "shops/2026-09", pages / "shops/2026-10")
    assert "the workbook is not the one published" in diff(*folders).stderr
    workbook.unlink()
    assert "the workbook cannot be read" in diff(*folders).stderr


def test_a_file_that_cannot_be_written_is_said(pages: Path) -> None:
    folders = (pages / "shops/2026-09", pages / "shops/2026-10")
    result = diff(*folders, "--csv", pages / "nowhere/changed.csv")
    assert result.exit_code == 1
    assert "the file could not be written" in result.stderr
