"""A small project whose build takes seconds: its notebook shows blocks that were made here.

The kernel of such a notebook needs no package of ours, so a run costs no more than its start.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from multiprocessing import get_context
from typing import TYPE_CHECKING

import nbformat
from nbformat import v4

import cxreport as cx
from cxreport.cli import main
from cxreport.show.blocks import MIME, Block

if TYPE_CHECKING:
    from pathlib import Path

CODEBOOK = """
[source]
title = { en = "Mini shop", it = "Mini negozio" }
terms = { en = "invented", it = "inventati" }
observed_until = 2026-10-31

[tables.responses]
files = "responses.csv"

[tables.responses.columns.response_id]
role = "id"

[tables.responses.columns.answered_at]
role = "date"

[tables.responses.columns.nps]
role = "nps"
label = { en = "would recommend", it = "consiglierebbe" }
"""
ANSWERS = ("2026-09-01,10", "2026-09-02,3", "2026-10-01,9", "2026-10-02,8", "2026-10-03,1")
# ten people gave each: of fewer nothing would be shown
RESPONSES = "response_id,answered_at,nps\n" + "".join(
    f"{number}-{person},{answer}\n"
    for number, answer in enumerate(ANSWERS, start=1)
    for person in range(10)
)
REPORT = """
[[report]]
name = "{name}"
notebook = "notebooks/{name}.ipynb"
group = "mini"
parameters = {{ source = "mini" }}
time_limit = {time_limit}
"""
PARAMETERS = """source: str = ""  # folder below data/
period: str = ""  # a month
filters: dict[str, list[str]] = {}  # column -> codes"""
FORKING = get_context("forkserver")
FORKING.set_forkserver_preload(["cxreport.cli"])  # what is slow is loaded once

PROVENANCE = {
    "commit": "c0ffee" * 6,
    "clean": True,
    "notebook": "monthly.ipynb",
    "parameters": {"source": "shops"},
    "codebook_sha256": "ab" * 32,
    "data": {"responses.csv": "cd" * 32},
    "libraries": {"python": "3.11"},
}
"""What pages of tests are made from."""


def write_project(
    root: Path, *, time_limit: float = 60, names: tuple[str, ...] = ("mini",)
) -> None:
    """Write a project with one source, and one report per name."""
    (root / "data/mini").mkdir(parents=True)
    (root / "notebooks").mkdir()
    (root / "data/mini/codebook.toml").write_text(CODEBOOK, "utf-8")
    (root / "data/mini/responses.csv").write_text(RESPONSES, "utf-8")
    lines = [REPORT.format(name=name, time_limit=time_limit) for name in names]
    (root / "reports.toml").write_text("".join(lines), "utf-8")
    for name in names:
        write_notebook(root, name=name)


MADE: dict[frozenset[tuple[str, bytes]], tuple[Block, Block]] = {}
"""Blocks of projects whose codebook and answers are the same."""


def blocks(root: Path) -> tuple[Block, Block]:
    """Make the header and the scoreboard of the project's last month."""
    folder = root / "data/mini"
    same = frozenset((path.name, path.read_bytes()) for path in folder.iterdir())
    if same not in MADE:
        survey = cx.open_survey(folder / "codebook.toml", period="2026-10")
        board = cx.scoreboard(survey.current, survey.previous, survey.columns("nps"))
        MADE[same] = (cx.show.header(survey, "monthly"), cx.survey.board(board, survey))
    return MADE[same]


def show(payload: object) -> str:
    """Return the source of a cell that shows a block."""
    return f"import json\ndisplay({{{MIME!r}: json.loads({json.dumps(payload)!r})}}, raw=True)"


def write_notebook(root: Path, *sources: str, name: str = "mini", text: str = "First") -> None:
    """Write a notebook: parameters, header, a text a language, scores, and more cells."""
    header, scores = (show(block.payload()) for block in blocks(root))
    cells = [
        v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}, id="parameters"),
        v4.new_code_cell(header, id="header"),
        v4.new_markdown_cell(f"## {text} in English", metadata={"tags": ["en"]}, id="en"),
        v4.new_markdown_cell(f"## {text} in italiano", metadata={"tags": ["it"]}, id="it"),
        v4.new_code_cell(scores, id="scores"),
        *[v4.new_code_cell(source, id=f"more-{n}") for n, source in enumerate(sources)],
    ]
    nbformat.write(v4.new_notebook(cells=cells), root / "notebooks" / f"{name}.ipynb")


def pages(root: Path, out: str = "reports") -> dict[str, bytes]:
    """Return everything that a reader can find in the folder of the pages."""
    folder = root / out
    found = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return {name: content for name, content in found.items() if not name.startswith(".")}


def names_of(folder: str, *languages: str) -> set[str]:
    """Return the names of all that is published in a folder, and of what leads from its pages."""
    kinds = ("html", "xlsx", "summary.txt", "summary.html", "summary.json")
    files = {f"{folder}/{language}.{kind}" for language in languages for kind in kinds}
    report, _, period = folder.partition("/")
    steps = {
        f"latest/{report}.{period}.{step}.{language}.html"
        for step in ("before", "after")
        for language in languages
        if report != "latest"
    }
    return files | steps | {f"{folder}/manifest.json"}


def leftovers(root: Path) -> list[str]:
    """Return what unfinished builds have left."""
    return [path.name for path in (root / "reports/.staging").glob("*/")]


class Command:
    """One ``cxreport`` command in a process of its own, already started."""

    def __init__(self, root: Path, *words: str, largest_file: int | None = None) -> None:
        self.said = root / "said.txt"
        self.process = FORKING.Process(target=_speak, args=(str(root), words, largest_file))
        self.process.start()

    def end(self) -> tuple[int | None, str]:
        """Wait for its end; return its exit code and what it said."""
        self.process.join()
        return self.process.exitcode, self.said.read_text("utf-8")


def _speak(root: str, words: tuple[str, ...], largest_file: int | None) -> None:
    """Run a command in a forked process, as the command line does."""
    if largest_file is not None:  # bytes
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    os.chdir(root)
    os.environ.pop("PYTEST_CURRENT_TEST", None)  # the kernel behaves otherwise under pytest
    file = os.open("said.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[attr-defined]
    sys.argv = ["cxreport", *words]
    main()
