"""Whatever happens to a build, its readers keep the earlier page, or get the whole new one."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from small_project import Command, leftovers, names_of, pages, write_notebook, write_project

from cxreport.publish.publish import INDEXES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KILLS = 10


@dataclass(frozen=True)
class Built:
    """A project whose first page is published, and how long that took (s)."""

    root: Path
    seconds: float


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    root = tmp_path_factory.mktemp("built")
    write_project(root, time_limit=60)
    Command(root, "list").end()  # the process that forks has loaded everything
    began = time.monotonic()
    assert Command(root, "build").end() == (0, f"1 built\n{root}/reports/index.html\n")
    return Built(root, time.monotonic() - began)


@pytest.fixture
def project(built: Built, tmp_path: Path) -> Path:
    """Copy the project and its published page, and make the page stale."""
    shutil.copytree(built.root, tmp_path / "p")
    write_notebook(tmp_path / "p", text="Second")
    return tmp_path / "p"


def test_the_first_build_publishes_both_languages_and_an_index(built: Built) -> None:
    names = {n for place in ("mini/2026-10", "latest/mini") for n in names_of(place, "it", "en")}
    assert set(pages(built.root)) == names | set(INDEXES.values())
    assert leftovers(built.root) == []


def untouched(root: Path) -> dict[str, bytes]:
    """Return the pages, which a failed build leaves alone; the indexes say that it failed."""
    return {name: page for name, page in pages(root).items() if name not in INDEXES.values()}


FAILURES = {
    "killed kernel": ("import os\nos.kill(os.getpid(), 9)", "killed by signal 9"),
    "dead kernel": ("import os\nos._exit(0)", "the kernel died (exit code 0)"),
    "exit": ("import sys\nsys.exit(0)", "sys.exit(0)"),
    "exception": ("1 / 0", "ZeroDivisionError: division by zero"),
    "warning": ("import warnings\nwarnings.warn('old')", "wrote to stderr"),
    "plot": (
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
        "makes a plot that no block shows: end the cell with cx.show.figure(",
    ),
    "page by hand": (
        "open('reports/mini/2026-10/it.html', 'w').write('x')",
        "a notebook writes nothing into the folder of the pages",
    ),
    "own file": (
        "from pathlib import Path\nPath('reports/extra.csv').write_text('x')",
        "a notebook writes nothing into the folder of the pages",
    ),
    "no block": ("display({'text/html': '<b>x</b>'}, raw=True)", "text/html outside a block"),
}


@pytest.mark.parametrize(("source", "cause"), FAILURES.values(), ids=FAILURES.keys())
def test_a_failure_leaves_the_earlier_page_and_says_so(
    project: Path, source: str, cause: str
) -> None:
    before = untouched(project)
    write_notebook(project, source, text="Second")
    code, said = Command(project, "build").end()
    assert code == 1
    for fact in ("mini 2026-10", "mini.ipynb", "cell 6", cause):
        assert fact in said
    assert b"the last build failed" in pages(project)["index.html"]
    assert untouched(project) == before
    assert leftovers(project) == []


def test_a_hang_ends_at_the_limit_and_leaves_the_earlier_page(project: Path) -> None:
    before = untouched(project)
    write_notebook(project, "while True:\n    pass", text="Second")
    table = project / "reports.toml"
    table.write_text(
        table.read_text("utf-8").replace("time_limit = 60", "time_limit = 10"), "utf-8"
    )
    code, said = Command(project, "build").end()
    assert code == 1
    assert "mini.ipynb, cell 6" in said
    assert "no answer within 10 s" in said
    assert untouched(project) == before
    assert leftovers(project) == []


def can_mount(folder: Path) -> bool:
    """Try a disk of our own."""
    folder.mkdir()
    if shutil.which("mount") is None:
        return False
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if made.returncode == 0:
        subprocess.run(["umount", str(folder)], check=True)
    return made.returncode == 0


@contextlib.contextmanager
def little_room(project: Path, room: int) -> Iterator[int | None]:
    """Leave little room (bytes): on a small disk, or by a limit to files where none can be made."""
    folder = project / "reports"
    if can_mount(project / "try"):
        size = 256 * 1024
        kept = folder.rename(project / "kept")
        folder.mkdir()
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True
        )
        try:
            shutil.copytree(kept, folder, dirs_exist_ok=True)
            free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_bsize
            (folder / ".ballast").write_bytes(b"x" * (free - room))
            yield None
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True)
    else:
        yield 1024 + room // 4


@pytest.mark.parametrize("pages_of_room", [0, 2, 5])
def test_a_full_disk_leaves_the_earlier_page_and_says_so(project: Path, pages_of_room: int) -> None:
    with little_room(project, pages_of_room * 4096) as limit:
        before = untouched(project)
        code, said = Command(project, "build", largest_file=limit).end()
        assert code == 1
        assert "mini 2026-10, mini.ipynb" in said
        assert "No space left" in said or "too large" in said
        assert untouched(project) == before
        assert leftovers(project) == []


def test_a_killed_build_leaves_whole_pages_and_the_next_one_clears_up(
    built: Built, tmp_path: Path
) -> None:
    before = pages(built.root)
    chance = random.Random(2026)  # noqa: S311 - moments, not secrets
    left: list[Path] = []
    for number in range(KILLS):
        root = tmp_path / str(number)
        shutil.copytree(built.root, root)
        write_notebook(root, text="Second")
        command = Command(root, "build")
        time.sleep(built.seconds * (number + chance.random()) / KILLS)
        command.process.kill()
        command.end()
        left.append(root)
    last = left[-1]
    assert Command(last, "build").end()[0] == 0
    after = pages(last)
    assert leftovers(last) == []
    assert before["mini/2026-10/en.html"] != after["mini/2026-10/en.html"]
    for root in left:
        found = pages(root)
        assert found.keys() == before.keys()
        assert [name for name in found if found[name] not in (before[name], after[name])] == []
    unfinished = [root for root in left if leftovers(root)]
    assert unfinished
    assert Command(unfinished[0], "build").end()[0] == 0
    assert pages(unfinished[0]) == after
    assert leftovers(unfinished[0]) == []
