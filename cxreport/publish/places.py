"""Where pages, and what is kept beside them, are in the folder of the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.publish.names import file_name

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = "manifest.json"
LATEST = "latest"
"""The folder of the newest pages of each report, which no report is called like."""
METHOD = "method"
"""The tag of the cells that stand on the page of the method, and what that page is called."""
EXECUTED = "executed.ipynb"
"""The notebook with its outputs, in the folder for unfinished work."""
LOGS = ".logs"
FAILED = ".failed"
"""What the name of the log ends in that says that the last try to make a page failed."""
FEW = ".few.json"
"""What the name of the file ends in that names groups with too few answers for a page."""


def failed_mark(out: Path, folder: Path) -> Path:
    """Return the file that is there when the last try to make a folder's pages failed."""
    return out / LOGS / f"{folder.parent.name}-{folder.name}{FAILED}"


def row_mark(out: Path, report: str, period: str) -> Path:
    """Return the file that names the groups of a report without a page, for the indexes."""
    return out / LOGS / f"{report}-{file_name(period)}{FEW}"
