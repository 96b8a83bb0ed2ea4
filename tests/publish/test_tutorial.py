"""The tutorial leads from an export to a page, in as many commands as it says, and in minutes."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import time
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from cxreport.cli import main

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs/tutorial.md").read_text("utf-8")
MOST_COMMANDS, MOST_SECONDS = 6, 600


def block(kind: str) -> str:
    """Return the text of all code blocks of a kind."""
    pairs = re.findall(r"^```(\w*)\n(.*?)^```$", TUTORIAL, re.MULTILINE | re.DOTALL)
    return "\n".join(text for name, text in pairs if name == kind)


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
    before = [line for line in block("").splitlines() if line.strip()]
    commands = [line for line in block("sh").splitlines() if line.strip()]
    assert len(before) == 2  # to clone and to install: measured by nobody but the reader
    assert len(before) + len(commands) == 5 <= MOST_COMMANDS
    assert "Five commands" in TUTORIAL
    entry = block("toml")
    assert tomllib.loads(entry)["report"][0]["name"] == "acme"
    (folder / "reports.toml").write_text(entry, "utf-8")
    began, outputs = time.monotonic(), []
    for command in commands:
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
