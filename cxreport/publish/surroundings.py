"""What a process of a report finds around it: a private folder, and nobody's settings."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SAME_EVERYWHERE = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "PYTHONSAFEPATH": "1",  # what the notebook starts imports no file of the folder either
    "OMP_NUM_THREADS": "1",  # a sum over threads depends on their order
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "Agg",
    "CXREPORT_BLOCKS": "data",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # else the debugger warns on stderr
}
OWN_FOLDERS = (
    "IPYTHONDIR",
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "MPLCONFIGDIR",
)
"""Nobody's settings reach a report, and a home that cannot be written stops none."""
PERSONAL = {"PYTHONSTARTUP", "JUPYTER_PATH", "JUPYTER_CONFIG_PATH", "MATPLOTLIBRC"}
FONTS = "fontlist-v*.json"


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """Make a folder for the job and its sockets, whose paths must stay under 100 characters."""
    usual = tempfile.gettempdir()
    parent = usual if len(os.fsencode(usual)) <= 60 else "/tmp"  # noqa: S108 - ours alone
    with tempfile.TemporaryDirectory(
        prefix="cx-", dir=parent, ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder)


def environment_of(private: Path) -> dict[str, str]:
    """Return this process's variables without what would make the report a personal one."""
    shared = {name: value for name, value in os.environ.items() if name not in PERSONAL}
    own = {name: str(private / name.lower()) for name in OWN_FOLDERS}
    return shared | SAME_EVERYWHERE | own


def put_fonts(private: Path) -> None:
    """Put the list of this machine's fonts into a private folder, so that nobody seeks them again.

    A search that takes long is told on stderr, where nothing may stand.
    """
    folder = private / "mplconfigdir"
    caches = os.environ.get("XDG_CACHE_HOME") or Path(os.path.expanduser("~")) / ".cache"  # noqa: PTH111 - no home is no error
    usual = os.environ.get("MPLCONFIGDIR") or Path(caches) / "matplotlib"
    lists = [*Path(usual).glob(FONTS)]
    if not lists:
        from cxreport.show.charts.canvas import write_fonts  # noqa: PLC0415 - loads what draws

        write_fonts(folder)
        return
    folder.mkdir(parents=True)
    for path in lists:
        shutil.copy(path, folder)
