"""Let a folder take the place of another in one step, where the system can."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from typing import TYPE_CHECKING

from cxreport.errors import CxError

if TYPE_CHECKING:
    from pathlib import Path

AT_FDCWD = -100
EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS
CANNOT = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM}


def put_folder(new: Path, place: Path) -> None:
    """Put a folder in place; what was there is afterwards where the new one came from.

    One step on Linux and macOS and most of their disks: a reader meets the old folder or the new
    one. Elsewhere the files follow each other, each whole.

    Parameters
    ----------
    new : Path
        A folder on the same disk.
    place : Path
        Where it goes.

    Raises
    ------
    OSError
        If it cannot be put there; what was in place is untouched.
    CxError
        If only some of the files took their places, where one step cannot be had.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        new.rename(place)
    elif not exchange(new, place):
        _one_by_one(new, place)


def exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; say whether the system can."""
    names = os.fsencode(one), os.fsencode(other)
    library = ctypes.CDLL(None, use_errno=True)
    try:
        if sys.platform == "darwin":
            failed = library.renamex_np(*names, EXCHANGE)
        else:
            failed = library.renameat2(AT_FDCWD, names[0], AT_FDCWD, names[1], EXCHANGE)
    except AttributeError:  # a system without the call
        return False
    number = ctypes.get_errno()
    if failed and number not in CANNOT:
        raise OSError(number, os.strerror(number), str(other))
    return not failed


def _one_by_one(new: Path, place: Path) -> None:
    """Let each file take its place, the manifest last, which tells the next build what is old."""
    pages = [path for path in new.iterdir() if not path.is_dir()]  # a folder is there already
    files = sorted(pages, key=lambda path: (path.suffix == ".json", path.name))
    for n, path in enumerate(files):
        try:
            path.replace(place / path.name)
        except OSError as error:
            if n == 0:
                raise
            raise CxError(
                "some pages are new and others old, each whole: this disk cannot switch a folder",
                where=place,
                got=error.strerror,
                hint="free some space, and build again",
            ) from error
