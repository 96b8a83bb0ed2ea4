"""Whatever stands in reports.toml, a notebook or on the command line, the answer is a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cxreport.cli import main
from cxreport.errors import CxError
from cxreport.publish.params import read_parameters
from cxreport.show.charts.canvas import write_fonts

PYDANTIC = ("Input should", "Field required", "Extra inputs", "Tuple should", "Value error")
SOURCE = 'source = "mini"'
LIMIT = "time_limit = 60"


def build(*words: str) -> Result:
    """Run a build that cannot begin, and check what holds for each of them."""
    run = CliRunner().invoke(main, ["build", *words])
    assert (run.exit_code, type(run.exception)) == (1, SystemExit)
    assert len(run.output) < 5000
    assert not [words for words in PYDANTIC if words in run.output]
    assert not Path("reports").exists()
    return run


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (LIMIT, "time_limit = inf", "time_limit: a number is needed that is not infinite"),
        (LIMIT, "time_limit = nan", "time_limit: a number is needed that is not infinite"),
        (LIMIT, "time_limit = 0", "time_limit: a number above 0 is needed"),
        (LIMIT, "time_limit = 1e9", "time_limit: a number up to 604800"),
        (LIMIT, f"time_limit = {'9' * 4000}", "time_limit: a number is needed"),
        (LIMIT, f"time_limit = {'9' * 5000}", "no valid TOML"),
        (LIMIT, 'languages = ["it", "it"]', "languages: given twice: it"),
        (LIMIT, 'languages = ["fr"]', "one of 'en' or 'it' is needed"),
        (LIMIT, "languages = []", "languages: it is empty"),
        (LIMIT, 'periods = ["2026-10", "2026-10"]', "periods: given twice: 2026-10"),
        (LIMIT, 'periods = "2026-10"', "periods: a list is needed"),
        (LIMIT, "periods = [2026]", "a text in quotes is needed"),
        (LIMIT, 'language = "it"', "language: there is no such setting"),
        (LIMIT, '[[reports]]\nname = "x"', "reports: there is no such setting"),
        ('name = "mini"', 'name = "My report"', "name: small letters, figures, - and _"),
        ('name = "mini"', f'name = "{"n" * 5000}"', "name: small letters, figures, - and _"),
        ('group = "mini"', "", "group: is missing"),
        (SOURCE, r'source = "mini\u0000"', "codebook"),
        (SOURCE, "source = 7", "source: got 7, expected str"),
        (SOURCE, f"{SOURCE}, filters = {'{a = ' * 900}1{'}' * 900}", "nested too deeply"),
        (SOURCE, f"{SOURCE}, filters = {'9' * 4000}", "filters: got '999"),
        ("notebooks/", r"notebooks\u0000/", "not a notebook that can be read"),
        ("notebooks/", f"{'n' * 5000}/", "not a notebook that can be read"),
    ],
)
def test_a_table_of_reports_that_makes_no_sense(
    project: Path, old: str, new: str, said: str
) -> None:
    table = project / "reports.toml"
    text = table.read_text("utf-8")
    assert old in text
    table.write_text(text.replace(old, new), "utf-8")
    assert said in build().output


def test_an_empty_table_is_no_success(project: Path) -> None:
    (project / "reports.toml").write_text("# none yet", "utf-8")
    assert "no report is listed" in build().output
    listed = CliRunner().invoke(main, ["list"])
    assert (listed.exit_code, type(listed.exception)) == (1, SystemExit)
    assert "nothing to check" in CliRunner().invoke(main, ["check"]).output


def test_the_list_says_where_a_report_is_wrong(project: Path) -> None:
    (project / "data/mini/codebook.toml").unlink()
    listed = CliRunner().invoke(main, ["list"]).output
    assert "cannot be built: no codebook where:" in listed
    assert "mini/codebook.toml" in listed


@pytest.mark.parametrize(
    "word", ["source=a\0b", "period=a\0b", f"filters={'9' * 5000}", f"filters={'[' * 5000}"]
)
@pytest.mark.usefixtures("project")
def test_a_setting_that_makes_no_sense(word: str) -> None:
    build("--set", word)


@pytest.mark.parametrize(
    "words",
    [
        ("--set", "period=2026-10", "--set", "period=2026-09"),
        ("--out", ""),
        ("--out", "."),
        ("--out", ".."),
    ],
)
@pytest.mark.usefixtures("project")
def test_what_would_be_taken_in_silence_is_refused(words: tuple[str, ...]) -> None:
    """Of two periods the last one; and the project's own folder as that of its pages."""
    said = CliRunner().invoke(main, ["build", *words])
    assert said.exit_code == 1
    assert "set twice" in said.output or "a folder of their own" in said.output
    assert not Path("index.html").exists()


def test_a_table_with_a_mark_of_windows_is_read(project: Path) -> None:
    for name in ("reports.toml", "data/mini/codebook.toml"):
        path = project / name
        path.write_text(path.read_text("utf-8"), "utf-8-sig")
    assert "never built" in CliRunner().invoke(main, ["list"]).output


@pytest.mark.parametrize("manifest", ["[" * 100_000, "7", '{"pages": 7}', ""])
def test_a_manifest_that_makes_no_sense_is_made_again(project: Path, manifest: str) -> None:
    place = project / "reports/mini/2026-10/manifest.json"
    place.parent.mkdir(parents=True)
    place.write_text(manifest, "utf-8")
    assert "never built" in CliRunner().invoke(main, ["list"]).output


@pytest.mark.parametrize("text", ["[" * 100_000, f'{{"cells": {"9" * 5000}}}', '{"cells": [null]}'])
def test_a_notebook_that_makes_no_sense(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.ipynb").write_text(text, "utf-8")
    with pytest.raises(CxError, match="not a notebook that can be read"):
        read_parameters(tmp_path / "x.ipynb")


def test_who_has_no_home_is_told_so_and_served(tmp_path: Path) -> None:
    """As in a container: a user with a number and no name, and a folder that is no home."""
    script = (
        "import os, pathlib\n"
        "def none(self): raise RuntimeError('Could not determine home directory.')\n"
        "pathlib.Path.expanduser = none\n"
        "import cxreport.publish\n"
        "print(os.environ['HOME'])"
    )
    write_fonts(tmp_path / "fonts")
    fonts = {"MPLCONFIGDIR": str(tmp_path / "fonts")}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={k: v for k, v in os.environ.items() if k != "HOME"} | fonts,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "/nonexistent\n"), done.stderr


@pytest.mark.usefixtures("project")
def test_a_user_with_a_number_and_no_name_makes_pages() -> None:
    """As in a container: no entry in the list of users, no home, no language."""
    as_nobody = ["unshare", "--user", "--map-user=54321", "--map-group=54321"]
    if subprocess.run([*as_nobody, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lends nobody another number")
    command = [str(Path(sys.executable).parent / "cxreport"), "build", "mini"]
    done = subprocess.run(
        [*as_nobody, "env", "-i", f"PATH={os.environ['PATH']}", *command],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert Path("reports/mini/2026-10/en.html").is_file()
