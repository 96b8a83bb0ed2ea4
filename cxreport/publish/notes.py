"""What a build notes beside the pages: groups without a page, and that the indexes are made."""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import TYPE_CHECKING, Any

from cxreport.errors import CxError
from cxreport.publish.names import file_name
from cxreport.publish.places import FAILED, FEW, LATEST, LOGS, MANIFEST, row_mark
from cxreport.publish.provenance import hash_of_code
from cxreport.publish.publish import INDEXES, OURS, write_through

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cxreport.publish.each import Row

STATE = "archive.state"
"""The file that says from what the indexes were made last."""


def put_row(out: Path, stage: Path, row: Row) -> None:
    """Note for the indexes which groups have no page, and take away pages that they had.

    Parameters
    ----------
    out, stage : Path
        The folder of the pages, and a folder on the same disk for unfinished work.
    row : Row
        The groups of a report and period, counted as the data are now.

    Raises
    ------
    CxError
        If the disk is full or not writable.
    """
    mark, note = row_mark(out, row.report, row.period), _note_of(row)
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        write_through(stage / mark.name, note)
        (stage / mark.name).replace(mark)
        for number, group in enumerate(row.few):
            there = out / group.name / file_name(row.period)
            if files_in(there).keys() & {MANIFEST} and {*files_in(there)} <= OURS:
                there.rename(stage / f"{mark.name}-{number}")
    except OSError as error:
        raise CxError("the groups without a page could not be noted", where=mark,
                      got=error.strerror) from error  # fmt: skip


def _note_of(row: Row) -> bytes:
    """Return what is noted of a row."""
    noted = {
        "report": row.report,
        "period": {"name": row.period, "kind": row.kind},
        "labels": row.labels,
        "few": [group.labels for group in row.few],
    }
    return json.dumps(noted, sort_keys=True).encode()


def read_rows(out: Path) -> list[dict[str, Any]]:
    """Return what is noted of the groups without a page, row by row, the newest period first."""
    noted = []
    for path in sorted((out / ".logs").glob(f"*{FEW}"), reverse=True):
        with contextlib.suppress(OSError, ValueError):  # not ours, or half gone: nothing to list
            noted.append(json.loads(path.read_text(encoding="utf-8")))
    return noted


def files_in(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder; none where there is no such folder."""
    if not folder.is_dir():
        return {}
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def note_state(out: Path) -> None:
    """Note that the indexes and the newest pages are those of the pages as they are now."""
    with contextlib.suppress(OSError):
        (out / LOGS).mkdir(exist_ok=True)
        (out / LOGS / STATE).write_text(_state(out), "utf-8")


def is_all_in_place(out: Path, rows: Sequence[Row]) -> bool:
    """Return whether a build without a job has nothing left to do.

    Parameters
    ----------
    out : Path
        The folder of the pages.
    rows : sequence of Row
        The groups of reports with ``each``, counted as the data are now.
    """
    try:
        noted = all(
            row_mark(out, row.report, row.period).read_bytes() == _note_of(row)
            and not any((out / group.name / file_name(row.period)).exists() for group in row.few)
            for row in rows
            if row.is_usual
        )
        return noted and (out / LOGS / STATE).read_text("utf-8") == _state(out)
    except OSError:
        return False


def _state(out: Path) -> str:
    """Return a hash over what the indexes are made from, and over what was made of it."""
    kinds = (f"*/*/{MANIFEST}", f"{LOGS}/*{FEW}", f"{LOGS}/*{FAILED}", f"{LATEST}/**/*")
    files = {path for kind in kinds for path in out.glob(kind)}
    files |= {out / name for name in INDEXES.values()}
    lines = [hash_of_code()]
    for path in sorted(files):
        state = path.stat()
        lines.append(f"{path.relative_to(out)} {state.st_size} {state.st_mtime_ns}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
