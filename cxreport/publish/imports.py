"""Import files into a source's folder, all or none: staged beside it, then in place in one step."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cxreport.errors import CxError
from cxreport.inputs.exports.importing import Audit, check_folder, import_file
from cxreport.publish.exchange import put_folder
from cxreport.publish.publish import staging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxreport.inputs.exports.grid import Stated


def import_files(files: Sequence[Path], folder: Path, stated: Stated) -> list[Audit]:
    """Import files into the folder of a source.

    Parameters
    ----------
    files : sequence of Path
        What other products exported; the files are only read.
    folder : Path
        The source's folder; it is made when it is not there.
    stated : Stated
        What the user says of the files.

    Returns
    -------
    list of Audit
        What became of each file, in order.

    Raises
    ------
    CxError
        If a file cannot be imported; then the folder is as it was.
    """
    if folder.exists() and not folder.is_dir():
        raise CxError("this is no folder", where=folder)
    folder = folder.resolve()
    if (folder / "reports.toml").exists() or Path.cwd().is_relative_to(folder):
        raise CxError("a source has a folder of its own", where=folder, expected="--into data/NAME")
    with staging(folder.parent) as staged:
        new = staged / folder.name
        try:
            new.mkdir()
            if folder.exists():
                _link_all(folder, new)
            audits = [import_file(file, new, stated, title=folder.name) for file in files]
            if any(audit.merged for audit in audits):  # else all were imported before
                check_folder(new)
                put_folder(new, folder)
        except OSError as error:
            raise CxError(
                "the tables could not be written; the folder is as it was",
                where=folder,
                got=error.strerror,
            ) from error
    return audits


def _link_all(folder: Path, new: Path) -> None:
    """Let all that is in a folder be in another, too, without copying the tables."""
    for path in sorted(folder.rglob("*")):
        to = new / path.relative_to(folder)
        if path.is_dir() and not path.is_symlink():
            to.mkdir(parents=True, exist_ok=True)
        elif path.is_symlink():
            to.symlink_to(path.readlink())
        else:
            to.parent.mkdir(parents=True, exist_ok=True)
            os.link(path, to)


def audit_lines(audit: Audit) -> list[str]:
    """Return in words what became of a file: rows in, rows kept, each exclusion with its reason."""
    file, merged = audit.file, audit.merged
    if merged is None:
        return [f"{file.name}: imported before, nothing changes"]
    lines = [f"{file.name}: {audit.title} ({audit.kind}) -> {file.table}"]
    lines.append(f"  {file.rows:>9,}  rows in the file")
    lines += [f"  {-n:>9,}  {reason}" for reason, n in file.excluded.items()]
    newer = f" ({merged.replaced:,} earlier ones gave way to newer)" if merged.replaced else ""
    lines.append(f"  {file.kept:>9,}  rows kept{newer}; the table has {merged.whole:,} now")
    lines += [f"  note: {note}" for note in audit.notes]
    for one in audit.proposals:
        scale = f" {one.scale[0]} to {one.scale[1]}" if one.scale else ""
        why = f" ({one.why})" if one.why else ""
        lines.append(f"  {one.name}: {one.role}{scale}{why}")
        if one.missing:
            lines.append(f"    no answer: {', '.join(one.missing)}")
    return lines
