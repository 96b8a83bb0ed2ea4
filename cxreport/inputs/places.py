"""Where a project, a source and its files are, and what a file holds; nothing is opened here."""

from __future__ import annotations

import hashlib
from pathlib import Path
from unicodedata import normalize

from cxreport.errors import CxError


def find_root(start: Path | None = None) -> Path:
    """Return the project's folder: the first one upwards that holds ``reports.toml``."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "reports.toml").is_file():
            return folder
    raise CxError(
        "this is no cxreport project",
        where=here,
        hint="go to the folder of reports.toml, or make a project: cxreport new DIR",
    )


def find_codebook(source: str | Path, root: Path | None = None) -> Path:
    """Return the codebook of a source: a name under ``data/``, or the path of a ``.toml``."""
    path = Path(source)
    if path.suffix == ".toml":
        return path
    return (root or find_root()) / "data" / path / "codebook.toml"


def is_file(path: Path) -> bool:
    """Return whether there is such a file; a name that no system takes is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def find_files(folder: Path, pattern: str) -> list[Path]:
    """List the files below a folder that a pattern names, in order of name.

    A name is the same whether its accents are signs of their own, as on a Mac, or not.

    Raises
    ------
    CxError
        If there is none.
    """
    try:
        forms = dict.fromkeys(normalize(form, pattern) for form in ("NFC", "NFD"))
        paths = sorted({p for form in forms for p in folder.glob(form) if is_file(p)})
        for form in forms:
            if is_file(folder / form):  # a name may hold the signs of a pattern
                paths = [folder / form]
    except (OSError, ValueError, NotImplementedError):  # no pattern, or not one below a folder
        paths = []
    if not paths:
        raise CxError("no such file", where=folder, got=pattern, hint="check [source] folder")
    return paths


def hash_file(path: Path) -> str:
    """Return a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
