"""One run makes all languages, the same bytes everywhere; a failure names its place."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat import v4
from small_project import Command, blocks, names_of, pages, show, write_notebook, write_project

from cxreport.publish.build import build
from cxreport.publish.plan import make_plan
from cxreport.publish.publish import INDEXES
from cxreport.show.charts.canvas import write_fonts
from cxreport.show.parts import say, sentences

if TYPE_CHECKING:
    from cxreport.errors import CxError

LOUD = "print('printed, for the log alone')\n'a value, for the log alone'"


@pytest.fixture
def project(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "p"))


def build_all(project: Path, *, at_once: int = 1) -> list[CxError]:
    return build(make_plan(project), project, project / "reports", at_once=at_once)


def page(project: Path, language: str, name: str = "mini") -> str:
    return (project / f"reports/{name}/2026-10/{language}.html").read_text("utf-8")


def test_one_run_makes_each_language_with_its_own_text(project: Path) -> None:
    first = sentences("show", [say("value.with_range", value="NPS 12", range="4 to 20")])
    write_notebook(project, LOUD, show(first.payload()))
    assert build_all(project) == []
    italian, english = page(project, "it"), page(project, "en")
    assert '<html lang="it">' in italian
    assert '<html lang="en">' in english
    assert "First in italiano" in italian
    assert "First in English" not in italian
    assert "First in English" in english
    assert "Mini negozio" in italian
    assert "Mini shop" in english
    assert "ottobre 2026" in italian
    for name in INDEXES.values():  # what the page says first is told where reports are listed
        assert "NPS 12 (4 to 20)" in (project / "reports" / name).read_text("utf-8")
    assert "alone" not in italian + english  # neither what a cell prints, nor its value


def test_a_broken_report_stops_no_other(tmp_path: Path) -> None:
    write_project(tmp_path, names=("broken", "whole"))
    write_notebook(tmp_path, "1 / 0", name="broken")
    [failure] = build_all(tmp_path, at_once=2)
    assert failure.parts["where"] == "broken 2026-10, broken.ipynb, cell 6"
    assert set(pages(tmp_path)) == {
        *INDEXES.values(),
        *names_of("latest/whole", "it", "en"),
        *names_of("whole/2026-10", "it", "en"),
    }
    index = (tmp_path / "reports/index.html").read_text("utf-8")
    assert "whole/2026-10/it.html" in index
    assert "broken" not in index


def test_a_block_that_cannot_be_shown_is_named_with_its_cell(project: Path) -> None:
    write_notebook(project, show({"kind": "tabel"}))
    [failure] = build_all(project)
    assert failure.what == "no such kind of block"
    assert failure.parts["where"] == "mini 2026-10, mini.ipynb, cell 6"
    assert pages(project).keys() == {*INDEXES.values()}


def test_what_nobody_foresaw_names_its_notebook_and_is_in_the_log(project: Path) -> None:
    write_notebook(project, show({"kind": "several", "parameters": {"blocks": 3}}))
    [failure] = build_all(project)
    assert failure.parts["where"] == "mini 2026-10, mini.ipynb"
    assert "TypeError" in failure.parts["got"]
    assert "Traceback" in (project / "reports/.logs/mini-2026-10.log").read_text("utf-8")


def test_a_page_that_breaks_a_rule_is_not_published(project: Path) -> None:
    notebook = nbformat.read(project / "notebooks/mini.ipynb", as_version=4)
    notebook.cells.append(v4.new_markdown_cell("![](https://x.example/a.png)"))
    nbformat.write(notebook, project / "notebooks/mini.ipynb")
    [failure] = build_all(project)
    assert failure.parts["where"] == "mini 2026-10, mini.ipynb, page it"
    assert "<img> would load 'https://x.example/a.png'" in failure.parts["got"]
    assert "a picture without alt text" in failure.parts["got"]
    assert pages(project).keys() == {*INDEXES.values()}


def test_hostile_labels_reach_every_page_as_text(project: Path) -> None:
    hostile = "<img src=x onerror=alert(1)> {{ 7*7 }} ]]> \" ' &"
    header, scores = blocks(project)
    parameters = header.parameters | {
        "source": {"en": hostile, "it": hostile},
        "terms": {"en": hostile, "it": hostile},
        "filters": {hostile: [hostile]},
        "names": {hostile: {"en": hostile, "it": hostile}},
    }
    frame = scores.frame.assign(question=hostile)
    cells = [
        v4.new_code_cell('source: str = ""\nperiod: str = ""', metadata={"tags": ["parameters"]}),
        v4.new_code_cell(show(type(header)("header", parameters=parameters).payload())),
        v4.new_markdown_cell(f"## {hostile}\n\n{hostile}\n\n<script>alert(1)</script>"),
        v4.new_code_cell(show(type(header)("table", frame, scores.parameters).payload())),
    ]
    nbformat.write(v4.new_notebook(cells=cells), project / "notebooks/mini.ipynb")
    assert build_all(project) == []
    for language in ("it", "en"):
        html = page(project, language)
        assert "<img" not in html
        assert "<script" not in html
        assert html.count("&lt;img src=x onerror=alert(1)&gt; {{ 7*7 }}") >= 6


def test_a_part_of_the_answers_is_a_page_beside_the_official_one(project: Path) -> None:
    assert build_all(project) == []
    official = pages(project)
    header, _ = blocks(project)
    named = {"nps": {"en": "would recommend", "it": "consiglierebbe"}}
    part = header.parameters | {"filters": {"nps": ["9"]}, "names": named}
    source = show(type(header)("header", parameters=part).payload())
    notebook = nbformat.read(project / "notebooks/mini.ipynb", as_version=4)
    notebook.cells[1].source = source
    nbformat.write(notebook, project / "notebooks/mini.ipynb")
    plan = make_plan(project, settings={"filters": '{ nps = ["9"] }'})
    assert build(plan, project, project / "reports") == []
    now = pages(project)
    assert {n: c for n, c in now.items() if n in official and "/" in n} == {
        n: c for n, c in official.items() if "/" in n
    }
    folder = f"{plan[0].folder.parent.name}/2026-10"
    assert "(would recommend: 9)</h1>" in now[f"{folder}/en.html"].decode()
    index = now["index.html"].decode()
    assert f'href="{folder}/it.html"' in index
    assert 'href="mini/2026-10/it.html"' in index
    assert "(would recommend: 9)" in index
    assert "(consiglierebbe: 9)" in now["index.it.html"].decode()


SWAPPED = """
import os, shutil
from pathlib import Path
path = Path("data/mini/responses.csv")
{swap}
"""
SWAPS = {
    "rewritten": "path.write_text(path.read_text() + '6,2026-10-04,10\\n')",
    "put back": """
old, stat = path.read_text(), path.stat()
path.write_text(old + '6,2026-10-04,10\\n')
path.write_text(old)
os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))""",
    "renamed and back": "path.rename('data/mini/other')\nPath('data/mini/other').rename(path)",
    "removed": "path.unlink()",
    "folder renamed and back": """
path.parent.rename('data/other')
Path('data/other').rename(path.parent)""",
    "codebook": "path = path.with_name('codebook.toml')\npath.write_text(path.read_text() + '#')",
    "notebook": "path = Path('notebooks/mini.ipynb')\npath.write_text(path.read_text() + ' ')",
}


@pytest.mark.parametrize("swap", SWAPS.values(), ids=SWAPS.keys())
def test_a_page_whose_files_changed_while_it_was_made_is_not_published(
    project: Path, swap: str
) -> None:
    write_notebook(project, SWAPPED.format(swap=swap))
    [failure] = build_all(project)
    assert "changed while it was read" in failure.what
    assert "build again" in failure.parts["hint"]
    assert pages(project).keys() == {*INDEXES.values()}


def test_a_shell_writes_nothing_among_the_pages_either(project: Path) -> None:
    write_notebook(project, "%%bash\nmkdir -p reports/mini\necho x > reports/mini/own.csv")
    [failure] = build_all(project)
    assert "a notebook writes nothing into the folder of the pages" in failure.what
    assert failure.parts["got"] == "mini/own.csv"
    assert pages(project).keys() == {*INDEXES.values(), "mini/own.csv"}


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@x.example"]
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


def test_the_same_input_gives_the_same_bytes_in_any_place_and_process(
    project: Path, tmp_path: Path
) -> None:
    (project / ".gitignore").write_text("/reports/\n/said.txt\n", "utf-8")
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "all")
    assert Command(project, "build").end()[0] == 0
    first = pages(project)
    assert Command(project, "build", "--force").end()[0] == 0
    assert pages(project) == first
    clone = tmp_path / "another folder, è"
    git(tmp_path, "clone", "-q", str(project), str(clone))
    write_fonts(tmp_path / "fonts")
    elsewhere = {
        "MPLCONFIGDIR": str(tmp_path / "fonts"),  # a search takes seconds, and is told on stderr
        "TZ": "Pacific/Kiritimati",
        "PYTHONHASHSEED": "7",
        "LC_ALL": "it_IT.UTF-8",
        "HOME": str(tmp_path),
        "COLUMNS": "40",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    made = subprocess.run(
        [sys.executable, "-m", "cxreport.cli", "build", "--jobs", "1"],
        cwd=clone,
        env=os.environ | elsewhere,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (made.returncode, made.stderr) == (0, "")
    assert pages(clone) == first
