"""The tutorial leads from an export to a page, in as many commands as it says, and in minutes."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
import time
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from documented import ROOT, blocks, commands, every_command, text_of
from made_projects import shell

from cxreport.cli import main

TUTORIAL = text_of("docs/tutorial.md")
MOST_COMMANDS, MOST_SECONDS = 6, 600
EVERY = every_command("docs/tutorial.md")
OWN = next(n for n, command in enumerate(EVERY) if "venv tools" in command)
"""Where a project of one's own begins."""
WITH_A_CLONE, WITHOUT = (
    [command for command in part if command in commands("docs/tutorial.md")]
    for part in (EVERY[:OWN], EVERY[OWN:])
)


def export() -> str:
    """Return an export of Qualtrics: twenty answers a day of September and October 2026."""
    lines = [
        "StartDate,EndDate,Status,Progress,Finished,RecordedDate,ResponseId,Q1_NPS_GROUP,Q1",
        "Inizio,Fine,Tipo,Progresso,Finito,Registrato,ID,Gruppo,Ci consiglieresti?",
        ",".join(
            f'"{{""ImportId"":""{name}""}}"'
            for name in ("startDate", "endDate", "status", "progress", "finished", "recordedDate",
                         "_recordId", "QID1_NPS_GROUP", "QID1")
        ),
    ]  # fmt: skip
    for n in range(61 * 20):
        at = f"{date(2026, 9, 1) + timedelta(days=n // 20)} 10:00:00"
        lines.append(f"{at},{at},0,100,1,{at},R_{n},1,{(n * 7) % 11}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a project as it is after the clone: a table of reports, and the notebooks."""
    (tmp_path / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks/_starter.ipynb", tmp_path / "notebooks")
    (tmp_path / "reports.toml").write_text("", "utf-8")
    (tmp_path / "export.csv").write_text(export(), "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTEST_CURRENT_TEST", raising=False)
    return tmp_path


def test_from_an_export_to_a_page(folder: Path) -> None:
    assert len(EVERY[:OWN]) == 5 <= MOST_COMMANDS
    assert "Five commands" in TUTORIAL
    (entry,) = blocks("docs/tutorial.md", "toml")
    assert tomllib.loads(entry)["report"][0]["name"] == "acme"
    (folder / "reports.toml").write_text(entry, "utf-8")
    began, outputs = time.monotonic(), []
    for command in WITH_A_CLONE:
        program, *words = shlex.split(command)
        assert program == "cxreport"
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, result.output
        outputs.append(result.output)
    assert time.monotonic() - began < MOST_SECONDS
    assert "Qualtrics" in outputs[0]
    assert "the last closed period is 2026-10" in outputs[1]
    published = folder / "reports/acme/2026-10"
    assert {"it.html", "en.html", "en.xlsx"} <= {path.name for path in published.iterdir()}
    # 31 x 20 answers in October
    assert "620" in (published / "en.html").read_text("utf-8")
    assert json.loads((published / "manifest.json").read_text("utf-8"))["period"] == {
        "name": "2026-10", "kind": "month",
    }  # fmt: skip


def test_from_an_empty_folder_to_a_project_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(EVERY[OWN:]) == 5 <= MOST_COMMANDS
    assert "in it, five commands" in TUTORIAL
    (tmp_path / "export.csv").write_text(export(), "utf-8")
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools/bin").symlink_to(Path(sys.executable).parent)  # for what the first installs
    monkeypatch.chdir(tmp_path)
    began = time.monotonic()
    for command in WITHOUT:
        program, *words = shlex.split(command)
        if program == "cd":
            monkeypatch.chdir(words[0])
        elif program == "make":
            shorten(Path("reports.toml"))
            done = shell(Path.cwd(), command)
            assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        else:
            assert Path(program).exists()
            result = CliRunner().invoke(main, words)
            assert result.exit_code == 0, f"{command}\n{result.output}"
    assert time.monotonic() - began < MOST_SECONDS
    assert "1 built" in done.stdout
    page = (tmp_path / "acme/reports/acme-monthly/2026-10/en.html").read_text("utf-8")
    assert "620" in page


def shorten(table: Path) -> None:
    """Leave one report, on the notebook that takes seconds: whole ones are built by other tests."""
    head, monthly, *_ = table.read_text("utf-8").split("[[report]]")
    short = f"{head}[[report]]{monthly}".replace("01_monthly_report", "_starter")
    table.write_text(short, "utf-8")


def test_every_command_of_the_tutorial_is_run() -> None:
    """The two tests above run them in order; here, that they leave none out."""
    assert [*WITH_A_CLONE, *WITHOUT] == commands("docs/tutorial.md")
