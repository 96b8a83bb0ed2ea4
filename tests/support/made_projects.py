"""Projects that `cxreport new` made, for tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cxreport.project.made import MADE

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]


def texts(root: Path) -> dict[str, str]:
    """Return every file of a project but what it was made from, and its text."""
    paths = [path for path in root.rglob("*") if path.is_file()]
    read = {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in paths}
    return {name: text for name, text in read.items() if name != MADE}


def shell(
    root: Path, script: str, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a step of CI as CI does, with the programs of the tests' own environment."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "MAKE"))}
    own = {"BIN": str(Path(sys.executable).parent), **(variables or {})}
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=root,
        env=environment | own,
        capture_output=True,
        text=True,
        check=False,
    )
