"""Put pages in place: staged, then renamed, so that a reader never meets half a page.

Everything is written and checked in a staging folder on the same disk. Then the folder of the pages
and their manifest changes places with the old one in a single step, where the system can. Whatever
fails before leaves last time's pages as they were. Nothing has to be tidied up when a build is
killed: the next one sees by a lock, which no dead process holds, what is left over.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxreport.errors import CxError
from cxreport.inputs.meaning import LANGUAGES
from cxreport.publish.exchange import put_folder
from cxreport.publish.places import LATEST, MANIFEST, METHOD
from cxreport.publish.stale import hashes_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STAGING = ".staging"
INDEXES = {"en": "index.html", "it": "index.it.html"}
"""Language -> the list of all pages."""
KINDS = ("html", "xlsx", "summary.txt", "summary.html", "summary.json", "pdf", "short.pdf")
"""What is published in each language: a page, and what lies beside it."""
OURS = {MANIFEST, *(f"{language}.{kind}" for language in LANGUAGES for kind in KINDS)}
OURS |= {f"{METHOD}.{language}.html" for language in LANGUAGES}


@contextlib.contextmanager
def staging(out: Path) -> Iterator[Path]:
    """Give a folder for unfinished work beside the pages, and take it away afterwards.

    What builds that were killed have left is removed first.

    Raises
    ------
    CxError
        If the disk is full or not writable.
    """
    with contextlib.ExitStack() as locks:
        try:
            (out / STAGING).mkdir(parents=True, exist_ok=True)
            with _locked(out / STAGING):  # else another build may clear a folder not yet locked
                clear_staging(out)
                folder = Path(tempfile.mkdtemp(dir=out / STAGING))
                locks.enter_context(_locked(folder))
        except OSError as error:
            raise CxError("no place to work in", where=out, got=error.strerror) from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def clear_staging(out: Path) -> None:
    """Remove what builds that were killed have left; a running build holds its folder's lock."""
    for folder in (out / STAGING).glob("*/"):
        with contextlib.suppress(OSError), _locked(folder, wait=False):
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _locked(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a folder's lock; it ends with the process, however that ends."""
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield


def publish(
    staged: Path,
    folder: Path,
    pages: Mapping[str, str],
    manifest: Mapping[str, Any],
    beside: Mapping[str, bytes] | None = None,
) -> None:
    """Put the pages of a job and their manifest in place.

    Parameters
    ----------
    staged : Path
        An empty folder on the same disk.
    folder : Path
        Where the pages go.
    pages : mapping of str to str
        Name -> page: a language, or ``method.`` and a language.
    manifest : mapping
        What the pages are made from; the hashes of the pages, and of what lies beside them, are
        added.
    beside : mapping of str to bytes, optional
        Name -> content of the files that lie beside the pages.

    Raises
    ------
    CxError
        If the disk is full or not writable; the pages in place are untouched.
    """
    written = {name: page.encode() for name, page in pages.items()}
    hashes = {
        "pages": {name: digest_of(page) for name, page in written.items()},
        "files": {name: digest_of(content) for name, content in (beside or {}).items()},
    }
    text = json.dumps({**manifest, **hashes}, indent=2, sort_keys=True, ensure_ascii=False)
    files = {f"{name}.html": page for name, page in written.items()}
    files |= {**(beside or {}), MANIFEST: f"{text}\n".encode()}
    new = staged / "pages"
    try:
        new.mkdir(parents=True)
        for name, content in files.items():
            write_through(new / name, content)
        for path in folder.iterdir() if folder.is_dir() else ():  # what is not ours stays
            if path.name not in OURS:
                _copy(path, new / path.name)
        put_folder(new, folder)
    except OSError as error:
        raise CxError(
            "the pages could not be written; those in place are untouched",
            got=error.strerror,
            hint="free some space, or choose another folder with --out",
        ) from error


def _copy(path: Path, to: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.copytree(path, to, symlinks=True)
    else:
        shutil.copy2(path, to, follow_symlinks=False)


def write_through(path: Path, content: bytes) -> None:
    """Write a file, and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def digest_of(content: bytes) -> str:
    """Return the hash by which a manifest names a file."""
    return hashlib.sha256(content).hexdigest()


def file_stamps(out: Path) -> dict[Path, tuple[int, int]]:
    """Return size and time of the last change of each file of a page: indexes and steps aside."""
    stamps = {}
    for folder, inside, names in os.walk(out):
        if Path(folder) == out:
            inside[:] = [name for name in inside if not name.startswith(".")]
            names = [name for name in names if name not in INDEXES.values()]  # noqa: PLW2901
        elif Path(folder) == out / LATEST:
            names = []  # noqa: PLW2901
        for path in (Path(folder, name) for name in names):
            with contextlib.suppress(OSError):  # gone, as another page took its place
                state = path.lstat()
                stamps[path] = (state.st_size, state.st_mtime_ns)
    return stamps


def foreign_changes(out: Path, before: Mapping[Path, tuple[int, int]]) -> list[str]:
    """List the files among the pages that something else than a publication wrote or took away.

    Parameters
    ----------
    out : Path
        Folder of the pages.
    before : mapping of Path to tuple of int
        What ``file_stamps`` returned earlier.
    """
    now = file_stamps(out)
    written = [p for p, stamp in now.items() if before.get(p) != stamp and not _is_published(p)]
    gone = [path for path in before if path.name == MANIFEST and not path.exists()]
    return sorted(path.relative_to(out).as_posix() for path in [*written, *gone])


def _is_published(path: Path) -> bool:
    """Return whether a file is one of those that were published together, as it is."""
    try:
        manifest = json.loads((path.parent / MANIFEST).read_text(encoding="utf-8"))
        return (
            path.name == MANIFEST or digest_of(path.read_bytes()) == hashes_of(manifest)[path.name]
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
