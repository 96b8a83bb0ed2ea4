"""`cxreport update` brings an older project to this version, and loses nothing of its owners'."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from made_projects import texts

from cxreport.cli import main
from cxreport.project.made import MADE, Made
from cxreport.project.new import write_project
from cxreport.project.render import Options, render

OPTIONS = Options("acme", "Acme S.p.A.", ci="gitlab")
NOTEBOOK = "notebooks/01_monthly_report.ipynb"


def earlier() -> dict[str, str]:
    """Return the files of a project as an earlier version would have made them."""
    files = render(OPTIONS)
    del files[".gitlab-ci.yml"]  # has come since
    files["old.cfg"] = "gone since\n"
    files["README.md"] = files["README.md"].replace("## A later version", "## Later versions")
    files["requirements.txt"] = "cxreport==0.0.9\n"
    files[NOTEBOOK] = files[NOTEBOOK].replace("in English", "in english")
    cells = json.loads(files[NOTEBOOK])
    cells["cells"].pop()
    files[NOTEBOOK] = json.dumps(cells, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return files


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write an earlier project, and stand in it."""
    files = earlier()
    for name, text in {**files, MADE: Made("0.0.9", OPTIONS, files).text()}.items():
        path = tmp_path / "acme" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path / "acme")
    return tmp_path / "acme"


def update() -> Result:
    return CliRunner().invoke(main, ["update"])


def fresh(folder: Path) -> dict[str, str]:
    """Return the files of a project that this version makes."""
    write_project(folder, OPTIONS)
    return texts(folder) | {MADE: (folder / MADE).read_text("utf-8")}


def now(project: Path) -> dict[str, str]:
    return texts(project) | {MADE: (project / MADE).read_text("utf-8")}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_an_untouched_project_becomes_what_this_version_makes(
    project: Path, tmp_path: Path
) -> None:
    result = update()
    assert result.exit_code == 0, result.output
    assert now(project) == fresh(tmp_path / "fresh")
    assert result.output.splitlines() == [
        "added      .gitlab-ci.yml",
        "replaced   README.md",
        f"replaced   {NOTEBOOK}",
        "removed    old.cfg: this version has no such file",
        "replaced   requirements.txt",
        "cxreport 0.0.9 -> 0.1.0: 5 files",
    ]
    assert update().output == "this project is up to date with cxreport 0.1.0\n"


def test_an_edited_project_keeps_its_edits_and_gets_what_is_new(project: Path) -> None:
    edit(project / "README.md", "# Customer experience of Acme S.p.A.", "# Acme: our month")
    edit(project / "old.cfg", "gone", "still needed")
    edit(project / "reports.toml", "acme-monthly", "board")
    (project / "Makefile").unlink()
    (project / "data/mine").mkdir()
    (project / "data/mine/codebook.toml").write_text("mine")
    lines = update().output.splitlines()
    readme = (project / "README.md").read_text("utf-8")
    assert readme.startswith("# Acme: our month\n")
    assert "## A later version" in readme
    assert (project / "old.cfg").read_text("utf-8") == "still needed since\n"
    assert 'name = "board"' in (project / "reports.toml").read_text("utf-8")
    assert not (project / "Makefile").exists()
    assert (project / "data/mine/codebook.toml").read_text("utf-8") == "mine"
    assert "merged     README.md" in lines
    assert "kept       old.cfg: you changed it; this version has no such file" in lines
    assert lines[-1] == "cxreport 0.0.9 -> 0.1.0: 5 files"


def test_where_both_changed_the_same_lines_yours_stays_and_the_new_one_lies_beside(
    project: Path,
) -> None:
    (project / "requirements.txt").write_text("cxreport==0.0.9 # ours\n")
    (project / ".gitlab-ci.yml").write_text("ours: true\n")
    result = update()
    assert result.exit_code == 0
    assert result.output.endswith("5 files; 2 to merge by hand (NAME.new)\n")
    assert (project / "requirements.txt").read_text("utf-8") == "cxreport==0.0.9 # ours\n"
    assert "cxreport==0.1.0" in (project / "requirements.txt.new").read_text("utf-8")
    assert (project / ".gitlab-ci.yml").read_text("utf-8") == "ours: true\n"
    again = update()
    assert again.exit_code == 1
    assert ".gitlab-ci.yml.new, requirements.txt.new" in again.stderr
    for name in (".gitlab-ci.yml", "requirements.txt"):
        (project / f"{name}.new").unlink()
    assert update().output == "this project is up to date with cxreport 0.1.0\n"
    assert (project / "requirements.txt").read_text("utf-8") == "cxreport==0.0.9 # ours\n"


def test_a_notebook_is_merged_only_into_a_notebook(project: Path) -> None:
    notebook = json.loads((project / NOTEBOOK).read_text("utf-8"))
    notebook["cells"].append({"cell_type": "raw", "id": "ours", "metadata": {}, "source": ["ours"]})
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (project / NOTEBOOK).write_text(text, "utf-8")
    assert f"beside     {NOTEBOOK}: both sides changed it" in update().output
    assert (project / NOTEBOOK).read_text("utf-8") == text
    assert json.loads((project / f"{NOTEBOOK}.new").read_text("utf-8"))["cells"]


def test_without_git_what_both_changed_lies_beside(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(project / "README.md", "# Customer experience of Acme S.p.A.", "# Acme: our month")
    monkeypatch.setenv("PATH", "")
    assert "beside     README.md" in update().output
    assert "## Later versions" in (project / "README.md").read_text("utf-8")
    assert "## A later version" in (project / "README.md.new").read_text("utf-8")


def test_other_line_ends_are_no_change(project: Path, tmp_path: Path) -> None:
    for name, text in texts(project).items():
        (project / name).write_text(text, "utf-8", newline="\r\n")
    assert "merged" not in update().output
    fresh_files = fresh(tmp_path / "fresh")
    assert now(project) == fresh_files


@pytest.mark.parametrize("stops_at", [1, 3, 5])
def test_an_update_that_was_interrupted_is_finished_by_the_next(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stops_at: int
) -> None:
    replace, calls = Path.replace, []

    def stopping(path: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == stops_at:
            raise OSError(28, "No space left on device", str(target))
        return replace(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", stopping)
        result = update()
    assert result.exit_code == 1
    assert "run it again" in result.stderr
    files, before, after = texts(project), earlier(), render(OPTIONS)
    assert all(text in {before.get(name), after.get(name)} for name, text in files.items())
    assert update().exit_code == 0
    assert now(project) == fresh(tmp_path / "fresh")


def test_a_later_project_a_foreign_one_and_a_damaged_one_are_refused(project: Path) -> None:
    before = texts(project)
    made = (project / MADE).read_text("utf-8")
    cases = {
        made.replace('"0.0.9"', '"9.0.0"'): "made by a later version",
        made[:-40]: "cannot be read",
        '{"version": "0.0.9"}': "cannot be read",
        made.replace('"ci": "gitlab"', '"ci": "jenkins"'): "no such CI",
    }
    for text, problem in cases.items():
        (project / MADE).write_text(text, "utf-8")
        result = update()
        assert result.exit_code == 1
        assert problem in result.stderr
    (project / MADE).unlink()
    assert "not made by cxreport new" in update().stderr
    assert texts(project) == before
