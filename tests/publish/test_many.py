"""Many reports at once: a failure stops no other, an interrupt ends cleanly, a rerun goes on."""

from __future__ import annotations

import fcntl
import io
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from small_project import RESPONSES, Command, leftovers, pages, write_notebook, write_project

from cxreport.cli import main
from cxreport.errors import CxError
from cxreport.publish import build as building
from cxreport.publish import plan as planning
from cxreport.publish.plan import make_plan
from cxreport.publish.progress import Progress
from cxreport.publish.publish import INDEXES
from cxreport.publish.remembered import Memory

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = ("one", "three", "two")


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("several")
    write_project(root, names=NAMES)
    return root


@pytest.fixture
def project(several: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = Path(shutil.copytree(several, tmp_path / "p"))
    monkeypatch.chdir(root)
    monkeypatch.delenv("PYTEST_CURRENT_TEST", raising=False)
    return root


def say(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def named(jobs: Sequence[planning.Job]) -> list[str]:
    return [job.name for job in jobs if job.report.name == "one"]


@pytest.mark.parametrize(
    ("asked", "periods"),
    [
        ("2026-07..2026-09", ["2026-07", "2026-08", "2026-09"]),
        ("2025-12..2026-01", ["2025-12", "2026-01"]),
        ("2026-09..last", ["2026-09", "2026-10"]),
        ("last..last", ["2026-10"]),
    ],
)
def test_a_range_of_periods_is_a_job_for_each(
    project: Path, asked: str, periods: list[str]
) -> None:
    expected = [f"one {period}" for period in periods]
    assert named(make_plan(project, settings={"period": asked})) == expected
    table = (project / "reports.toml").read_text("utf-8")
    ranges = table.replace("time_limit", f'periods = ["{asked}", "last"]\ntime_limit')
    (project / "reports.toml").write_text(ranges, "utf-8")
    assert named(make_plan(project)) == list(dict.fromkeys([*expected, "one 2026-10"]))


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ("2026-09..2026-07", "ends before it begins"),
        ("2026-09..", "this is no month"),
        ("..2026-09", "this is no month"),
        ("2026-09..2026-Q4", "this is no month"),
    ],
)
def test_what_is_no_range_is_an_error(project: Path, asked: str, problem: str) -> None:
    with pytest.raises(CxError, match=problem):
        make_plan(project, settings={"period": asked})


def test_waves_are_a_range_in_their_order_and_may_hold_the_sign(project: Path) -> None:
    codebook = project / "data/mini/codebook.toml"
    text = codebook.read_text("utf-8").replace("[source]", '[source]\nperiod = "wave"')
    waves = [("spring", "02", "03"), ("autumn", "09", "10"), ("a..b", "05", "06")]
    for name, first, last in waves:
        text += f'\n[[waves]]\nname = "{name}"\nsince = 2026-{first}-01\nuntil = 2026-{last}-28\n'
    codebook.write_text(text, "utf-8")
    assert named(make_plan(project, settings={"period": "a..b"})) == ["one a..b"]
    jobs = make_plan(project, settings={"period": "spring..autumn"})
    assert named(jobs) == ["one spring", "one a..b", "one autumn"]


def test_what_was_found_in_the_data_is_asked_once(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    whole = planning._last_closed
    monkeypatch.setattr(planning, "_last_closed", lambda c: asked.append(c) or whole(c))
    memory = Memory(project / "reports")
    first = make_plan(project, memory=memory)
    assert len(asked) == 1  # one source, three reports
    memory.save()
    assert make_plan(project) == first
    assert len(asked) == 1
    data = project / "data/mini/responses.csv"
    data.write_text(RESPONSES + "9-0,2026-10-04,7\n", "utf-8")
    make_plan(project)
    assert len(asked) == 2
    (project / "reports/.logs/remembered.json").write_text("[", "utf-8")
    make_plan(project)
    assert len(asked) == 3


KILLS = {
    "three": "import os\nos.kill(os.getppid(), 9)",
    "two": "import psutil\npsutil.Process().parent().parent().kill()",
}


def test_one_that_fails_stops_no_other_and_a_rerun_does_what_is_left(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_notebook(project, KILLS["three"], name="three")
    result = say("build", "--jobs", "2")
    assert result.exit_code == 1
    assert "  failed  three 2026-10, three.ipynb, cell 6: the process that ran it died" in (
        result.stderr
    )
    assert "2 built, 1 failed" in result.stderr
    made = pages(project)
    assert {name.partition("/")[0] for name in made if "2026-10/en.html" in name} == {"one", "two"}
    # the one that forks is killed: what it has forked goes on, and the rest starts the plain way
    write_notebook(project, KILLS["two"], name="three")
    write_notebook(project, text="Second", name="two")
    result = say("build")
    assert result.output.splitlines()[:2] == ["one 2026-10: up to date", "2 built"]
    assert leftovers(project) == []

    def nothing_starts(*_: object) -> None:
        raise AssertionError("a build with nothing to do starts nothing")

    monkeypatch.setattr(building, "staging", nothing_starts)
    for path in [*project.glob("data/mini/*"), *project.glob("notebooks/*")]:
        path.write_bytes(path.read_bytes())
        os.utime(path)
    assert "0 built" in say("build").output
    assert "changed" not in say("list", "--why").output
    check_causes(project)
    (project / "reports/index.html").unlink()
    with pytest.raises(AssertionError, match="starts nothing"):
        CliRunner().invoke(main, ["build"], catch_exceptions=False)


def check_causes(project: Path) -> None:
    """Change something of one report, and of all: each page says what."""
    table = project / "reports.toml"
    before = {path: path.read_bytes() for path in (table, project / "data/mini/responses.csv")}
    text = table.read_text("utf-8")
    only_two = text.partition('name = "two"')
    other = only_two[2].replace('"mini" }', '"mini", filters = { nps = ["9"] } }')
    table.write_text("".join([*only_two[:2], other]), "utf-8")
    lines = say("list", "--why").output.splitlines()
    assert [line.split()[1] for line in lines if "up to date" in line] == ["one", "three"]
    assert lines[-1].strip() == "parameter filters: {} -> {'nps': ['9']}"
    (project / "data/mini/responses.csv").write_text(RESPONSES + "9-0,2026-10-04,7\n", "utf-8")
    lines = [line.strip() for line in say("list", "--why").output.splitlines()]
    assert lines.count("data responses.csv: its content") == 3
    for path, content in before.items():
        path.write_bytes(content)


def test_two_builds_in_one_folder_are_one_too_many(project: Path) -> None:
    (project / "reports/.staging").mkdir(parents=True)
    with (project / "reports/.staging/build.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        result = say("build")
    assert result.exit_code == 1
    assert "another build is at work in this folder" in result.stderr
    assert "--out" in result.stderr
    assert leftovers(project) == []


def test_an_interrupt_lists_what_is_made_and_a_rerun_does_what_is_left(project: Path) -> None:
    write_notebook(project, "import time\ntime.sleep(600)", name="three")
    with subprocess.Popen(
        [sys.executable, "-m", "cxreport", "build", "--jobs", "1"],
        cwd=project, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        first, log = project / "reports/one/2026-10/en.html", project / "reports/.logs"
        deadline = time.monotonic() + 300
        while not (first.exists() and (log / "three-2026-10.log").exists()):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=300)
    assert process.returncode == -signal.SIGINT
    assert "stopped: 1 of 3 done; the next build makes what is left" in said
    assert b"one/2026-10/en.html" in pages(project)["index.html"]
    assert [(job.name, job.stale) for job in make_plan(project)] == [
        ("one 2026-10", ""), ("three 2026-10", "never built"), ("two 2026-10", "never built"),
    ]  # fmt: skip
    assert not list(log.glob("*.failed"))


def test_a_full_disk_leaves_all_earlier_pages_and_names_each_job(project: Path) -> None:
    names = ("one", "two")
    (project / "notebooks/three.ipynb").unlink()
    table = (project / "reports.toml").read_text("utf-8").split("[[report]]")
    kept = [part for part in table if '"three"' not in part]
    (project / "reports.toml").write_text("[[report]]".join(kept), "utf-8")
    assert Command(project, "build").end()[0] == 0
    before = pages(project)
    for name in names:
        write_notebook(project, name=name, text="Second")
    largest = max(map(len, before.values()))
    code, said = Command(project, "build", largest_file=largest // 2).end()
    assert code == 1
    for name in names:
        assert f"{name} 2026-10, {name}.ipynb" in said
    assert "too large" in said
    after = {name: page for name, page in pages(project).items() if name not in INDEXES.values()}
    assert after == {name: page for name, page in before.items() if name not in INDEXES.values()}
    code, said = Command(project, "build").end()
    assert (code, said.splitlines()[0]) == (0, "2 built")


class Terminal(io.StringIO):
    """What a person sees."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_jobs_rate_and_time_left() -> None:
    seen = Terminal()
    progress = Progress(3, 2, seen)
    for name in ("shops@bari 2026-10", "shops@pisa 2026-10"):
        with progress.job(name) as moved:
            moved(2, 4)
            assert f"{name}:" in seen.getvalue()
    progress.close()
    assert progress.done == 2
    assert "2/3 [" in seen.getvalue()
    assert "report/s" in seen.getvalue() or "s/report" in seen.getvalue()
    assert Progress(3, 2, io.StringIO()).file is not None  # no terminal: nothing is drawn


def test_one_report_has_its_own_bar_alone() -> None:
    seen = Terminal()
    progress = Progress(1, 2, seen)
    with progress.job("mini 2026-10") as moved:
        moved(4, 4)
    progress.close()
    assert "all:" not in seen.getvalue()
    assert "4/4" in seen.getvalue()
