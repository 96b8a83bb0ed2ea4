"""Make a project of one's own: all of it or nothing, written beside and renamed into place."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cxreport.errors import CxError
from cxreport.inputs.codebook import read_codebook
from cxreport.project.made import MADE, made_now
from cxreport.project.render import DEMO, Options, render
from cxreport.publish.imports import import_files
from cxreport.publish.table import read_reports

if TYPE_CHECKING:
    from cxreport.inputs.exports.grid import Stated
    from cxreport.inputs.exports.importing import Audit


def new_project(
    folder: Path, options: Options, *, export: Path | None = None, stated: Stated | None = None
) -> list[Audit]:
    """Make a project.

    Parameters
    ----------
    folder : Path
        Where it shall be; not there yet, or empty.
    options : Options
        What it shall be. With an export, its source bears the project's name.
    export : Path, optional
        A file of another product, imported as the project's source; else it has the demo.
    stated : Stated, optional
        What the user says of that file.

    Returns
    -------
    list of Audit
        What became of the export; empty for the demo.

    Raises
    ------
    CxError
        If something is in the folder, or the export cannot be imported; then nothing is made.
    """
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 - a link is refused below, not followed
    _check_place(folder)
    if export is not None and options.name == DEMO:
        raise CxError("a source of your own has another name", got=DEMO, hint="--name NAME")
    audits: list[Audit] = []
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".cxreport-new-", dir=folder.parent) as beside:
            root = Path(beside) / "project"
            root.mkdir()
            if export is not None and stated is not None:
                options = replace(options, source=options.name)
                source = Path(beside) / "import" / options.source
                audits = import_files([export], source, stated)
                codebook = read_codebook(source / "codebook.toml")
                options = replace(options, tables=tuple(sorted(codebook.tables)))
                (root / "data").mkdir()
                source.rename(root / "data" / options.source)
            write_project(root, options)
            root.rename(folder)  # over an empty folder, too
    except OSError as error:
        raise CxError("the project could not be written", where=folder,
                      got=error.strerror) from error  # fmt: skip
    return audits


def write_project(root: Path, options: Options) -> None:
    """Write every file of a project into a folder of its own."""
    files = render(options)
    for name, text in {**files, MADE: made_now(options, files).text()}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
    read_reports(root)  # what was written is what this version reads


def _check_place(folder: Path) -> None:
    """Refuse a place where a project would stand in the way of something."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise CxError("this is no folder", where=folder)
    if folder.is_dir() and (inside := sorted(path.name for path in folder.iterdir())):
        raise CxError("this folder is not empty", where=folder, got=", ".join(inside[:5]),
                      expected="a folder that is not there yet, or is empty")  # fmt: skip
    if folder == Path.cwd():
        raise CxError("the folder is exchanged, and you stand in it", where=folder,
                      hint=f"cd .. && cxreport new {folder.name}")  # fmt: skip
