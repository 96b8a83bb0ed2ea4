"""Bring a project to the version that is installed, and lose nothing that its owners changed.

Of each file there are three texts: as it was once written, as it is now, and as this version
writes it. All that will change is worked out and written beside first; then each file is put in
place whole, and what the project was made from comes last. So an update that was interrupted is
finished by the next one.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from cxreport.errors import CxError
from cxreport.project.made import MADE, made_now, read_made
from cxreport.project.render import render

BESIDE = ".new"
"""What the name of a file ends in that waits to be merged by hand."""


@dataclass(frozen=True)
class Change:
    """What becomes of one file.

    Attributes
    ----------
    file : str
        Its path below the project's folder.
    what : str
        ``added``, ``replaced``, ``merged``, ``removed``, ``kept`` or ``beside``.
    text : str or None
        What is written; None where nothing is.
    note : str
        What there is to know or to do.
    """

    file: str
    what: str
    text: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Update:
    """What an update did.

    Attributes
    ----------
    before, after : str
        The versions.
    changes : tuple of Change
        One for each file that was changed, or would have been.
    """

    before: str
    after: str
    changes: tuple[Change, ...]

    def line(self) -> str:
        """Return the whole in one sentence."""
        waiting = sum(change.what == "beside" for change in self.changes)
        if not self.changes and self.before == self.after:
            return f"this project is up to date with cxreport {self.after}"
        end = f"; {waiting} to merge by hand (NAME{BESIDE})" if waiting else ""
        return f"cxreport {self.before} -> {self.after}: {len(self.changes)} files{end}"


def update_project(root: Path) -> Update:
    """Bring a project to the version that is installed.

    Parameters
    ----------
    root : Path
        The project's folder.

    Returns
    -------
    Update
        What was done.

    Raises
    ------
    CxError
        If the project was made by a later version, an earlier update still waits to be merged, or
        a file cannot be written.
    """
    made, now = read_made(root), version("cxreport")
    if _numbers(made.version) > _numbers(now):
        raise CxError("the project was made by a later version", where=root / MADE,
                      got=f"cxreport {now}", expected=f"{made.version} or later",
                      hint="install what requirements.txt names")  # fmt: skip
    files = render(made.options)
    beside = sorted(name + BESIDE for name in {*made.files, *files})
    if waiting := [name for name in beside if (root / name).exists()]:
        raise CxError("an earlier update still waits to be merged", got=", ".join(waiting),
                      hint=f"take over what you want, and remove NAME{BESIDE}")  # fmt: skip
    changes = [
        change
        for name in sorted({*made.files, *files})
        if (change := change_of(root, name, made.files.get(name), files.get(name)))
    ]
    try:
        _put(root, changes, made_now(made.options, files).text())
    except OSError as error:
        raise CxError("the update was not finished; run it again", where=error.filename,
                      got=error.strerror) from error  # fmt: skip
    return Update(made.version, now, tuple(changes))


def change_of(root: Path, name: str, old: str | None, new: str | None) -> Change | None:
    """Work out what becomes of one file.

    Parameters
    ----------
    root : Path
        The project's folder.
    name : str
        The file's path below it.
    old, new : str or None
        Its text in the version that the project was made from, and in this one; None where that
        version has no such file.

    Returns
    -------
    Change or None
        None where there is nothing to do or to say.
    """
    mine = _read(root / name)
    if new in {mine, old}:
        return None
    if new is None:
        why = "this version has no such file"
        if mine == old:
            return Change(name, "removed", note=why)
        return Change(name, "kept", note=f"you changed it; {why}")
    if mine is None:
        is_new = old is None
        return Change(name, "added", new) if is_new else Change(name, "kept", note="you removed it")
    return Change(name, "replaced", new) if mine == old else _both(name, mine, old, new)


def _both(name: str, mine: str, old: str | None, new: str) -> Change:
    """Work out what becomes of a file that both sides changed, or that both made."""
    merged = None if old is None else merge(mine, old, new)
    if merged is None or not _is_whole(name, merged):
        return Change(name, "beside", new, f"both sides changed it; see {name}{BESIDE}")
    return Change(name, "merged", merged)


def merge(mine: str, old: str, new: str) -> str | None:
    r"""Merge two changes of a text, as git does; None where they touch each other, or without git.

    Examples
    --------
    >>> merge("My title\n\n\n\nend", "Title\n\n\n\nend", "Title\n\n\n\nnew end")
    'My title\n\n\n\nnew end'
    """
    git = shutil.which("git")
    if git is None:
        return None
    with TemporaryDirectory() as folder:
        names = ("mine", "old", "new")
        for name, text in zip(names, (mine, old, new), strict=True):
            (Path(folder) / name).write_text(text, "utf-8", newline="\n")
        done = subprocess.run(  # noqa: S603 - git itself, on three files of ours
            [git, "merge-file", "--stdout", *names],
            cwd=folder,
            capture_output=True,
            check=False,
        )
    return done.stdout.decode() if done.returncode == 0 else None


def _is_whole(name: str, text: str) -> bool:
    """Return whether a merged notebook is still one; other files are lines alone."""
    if not name.endswith(".ipynb"):
        return True
    try:
        return bool(json.loads(text)["cells"])
    except (ValueError, KeyError, TypeError):
        return False


def _put(root: Path, changes: list[Change], made: str) -> None:
    """Write all that changes beside, then put each file in place; what it was made from is last."""
    texts = {
        change.file + (BESIDE if change.what == "beside" else ""): change.text
        for change in changes
        if change.text is not None
    }
    with TemporaryDirectory(prefix="update-", dir=(root / MADE).parent) as folder:
        staged = {}
        for number, (name, text) in enumerate({**texts, MADE: made}.items()):
            staged[name] = Path(folder) / str(number)
            staged[name].write_text(text, "utf-8", newline="\n")
        last = staged.pop(MADE)
        for name, path in staged.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            path.replace(root / name)
        for change in changes:
            if change.what == "removed":
                (root / change.file).unlink(missing_ok=True)
        last.replace(root / MADE)


def _read(path: Path) -> str | None:
    """Return the text of a file, whatever its line ends; None where there is none."""
    if not path.is_file():
        return None
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return path.read_text("latin-1")  # changed, surely


def _numbers(text: str) -> tuple[int, ...]:
    """Return a version as numbers that can be compared."""
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])
