"""The commands that README and docs show: a test runs each, or the list here says why none does."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHELL = ("", "sh", "bash", "console")
RUN_BY = {
    "README.md": "publish/test_readme.py::test_every_command_of_the_readme_runs",
    "docs/deliver.md": "publish/test_deliver.py::test_every_command_of_the_guide_runs",
    "docs/diff.md": "diff/test_diff_command.py::test_every_command_of_the_guide_runs",
    "docs/import.md": "publish/test_import_command.py::test_every_command_of_the_guide_runs",
    "docs/new.md": "project/test_new.py::test_every_command_of_the_guide_runs",
    "docs/tutorial.md": "publish/test_tutorial.py::test_every_command_of_the_tutorial_is_run",
}
"""Page -> the test that runs what ``commands`` gives of it, all but ``NOT_RUN``."""
NOT_RUN = {
    "git clone ADDRESS-OF-THIS-REPOSITORY acme": "the address is the reader's",
    "cd acme && make install && . .venv/bin/activate": "made the environment of this run",
    "python3 -m venv tools && tools/bin/pip install ./cxreport-0.1.0-py3-none-any.whl":
        "installs 1.5 GB; what the wheel holds and makes: project/test_wheel.py",
    "make report": "project/test_ci_files.py, in a project; here it is all notebooks",
    "make test": "project/test_ci_files.py, in a project; here it is this run",
}  # fmt: skip
"""Command -> where else it is run, or why it cannot be."""


def pages() -> list[str]:
    """Return README and every page of the docs."""
    return ["README.md", *sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("docs/**/*.md"))]


def text_of(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def blocks(page: str, *kinds: str) -> list[str]:
    """Return the code blocks of some languages on a page, without their indent."""
    fenced = re.findall(r"^( *)```(\w*)\n(.*?)^ *```", text_of(page), re.MULTILINE | re.DOTALL)
    return [
        re.sub(rf"^{indent}", "", block, flags=re.MULTILINE)
        for indent, kind, block in fenced
        if kind in kinds
    ]


def every_command(page: str) -> list[str]:
    """Return the commands of a page's shell blocks in order, without comments."""
    lines = "\n".join(blocks(page, *SHELL)).replace("\\\n", " ").splitlines()
    return [command for line in lines if (command := re.sub(r"(^|\s)#.*", "", line).strip())]


def commands(page: str) -> list[str]:
    """Return the commands of a page that its test runs."""
    return [command for command in every_command(page) if command not in NOT_RUN]


def inline(page: str) -> list[str]:
    """Return what a page names of our commands, and of make's, inside a sentence."""
    prose = re.sub(r"^ *```.*?^ *```", "", text_of(page), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`(?:\.venv/bin/)?((?:cxreport|make) [^`\n]+)`", prose)
