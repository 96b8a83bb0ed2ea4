"""The command says what it did; every command of the how-to runs as it stands there."""

from __future__ import annotations

import re
import shlex
import tomllib
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from documented import blocks, commands, text_of

from cxreport import cli
from cxreport.inputs.exports.recognise import FORMATS

if TYPE_CHECKING:
    from pathlib import Path

GUIDE = text_of("docs/import.md")


def say(*words: str) -> Result:
    return CliRunner().invoke(cli.main, words)


def answers(first: date, days: int) -> str:
    """Return a file of Qualtrics with an answer a day."""
    names = ("startDate", "endDate", "status", "progress", "finished", "recordedDate", "_recordId")
    lines = [
        "StartDate,EndDate,Status,Progress,Finished,RecordedDate,ResponseId,Q1_NPS_GROUP,Q1",
        "Inizio,Fine,Tipo,Progresso,Finito,Registrato,ID,Gruppo,Ci consiglieresti?",
        ",".join(f'"{{""ImportId"":""{n}""}}"' for n in (*names, "QID1_NPS_GROUP", "QID1")),
    ]
    for n in range(days):
        day = first + timedelta(days=n)
        time = f"{day} 10:00:00"
        lines.append(f"{time},{time},0,100,1,{time},R_{day},1,{day.toordinal() % 11}")
    return "\n".join(lines) + "\n"


def test_the_command_knows_every_format() -> None:
    assert {*cli.FORMATS} == {*FORMATS}
    assert all(f"--{name}" in GUIDE for name in ("format", "table", "date-order", "decimal"))


def test_every_command_of_the_guide_runs(project: Path) -> None:
    (project / "export.csv").write_text(answers(date(2026, 9, 1), 61), "utf-8")
    (project / "november.csv").write_text(answers(date(2026, 10, 1), 61), "utf-8")
    (entry,) = blocks("docs/import.md", "toml")
    report = entry.replace("01_monthly_report", "mini")
    assert tomllib.loads(report)["report"][0]["name"] == "mine"
    with (project / "reports.toml").open("a", encoding="utf-8") as file:
        file.write(report)
    outputs = {}
    assert len(commands("docs/import.md")) == 4
    for command in commands("docs/import.md"):
        program, *words = shlex.split(command)
        assert program == "cxreport"
        result = say(*words)
        assert result.exit_code == 0, result.output
        outputs[tuple(words[:2])] = result.output
    first = outputs["import", "export.csv"]
    assert "export.csv: Qualtrics (text with commas, utf-8) -> responses" in first
    assert re.search(r"61  rows in the file\n +61  rows kept; the table has 61 now", first)
    assert "the last closed period is 2026-10" in outputs["check", "mine"]
    assert "1 built" in outputs["build", "mine"]
    later = outputs["import", "november.csv"]
    assert re.search(r"-31  there already, and the same\n +30  rows kept; the table has 91", later)
    again = say("import", "november.csv", "--into", "data/mine")
    assert "november.csv: imported before, nothing changes" in again.output


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--role", "Q1"], "--role takes COLUMN=VALUE"),
        (["--skip", "=x"], "--skip takes COLUMN=VALUE"),
        (["--format", "typeform"], "this is no export of Typeform"),
    ],
)
def test_what_is_wrong_is_a_sentence(project: Path, words: list[str], problem: str) -> None:
    (project / "export.csv").write_text(answers(date(2026, 9, 1), 3), "utf-8")
    result = say("import", "export.csv", "--into", "data/mine", *words)
    assert result.exit_code == 1
    assert problem in result.stderr
    assert not (project / "data/mine").exists()
