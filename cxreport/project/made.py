"""What was a project made from? The version, the options and the files as they were written.

One file, ``.cxreport/made.json``, so that it is written whole or not at all. It holds the texts,
not their hashes alone: of what was changed since on both sides, they are the common ancestor.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from cxreport.errors import CxError
from cxreport.project.render import Options

if TYPE_CHECKING:
    from pathlib import Path

MADE = ".cxreport/made.json"


@dataclass(frozen=True)
class Made:
    """What a project was made from.

    Attributes
    ----------
    version : str
        Of this package.
    options : Options
        What was asked for.
    files : dict of str to str
        Path below the project's folder -> text.
    """

    version: str
    options: Options
    files: dict[str, str]

    def text(self) -> str:
        """Return the content of ``made.json``."""
        whole = {
            "version": self.version,
            "options": self.options.as_dict(),
            "files": dict(sorted(self.files.items())),
        }
        return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def made_now(options: Options, files: dict[str, str]) -> Made:
    """Return what a project is made from by this version."""
    return Made(version("cxreport"), options, files)


def read_made(root: Path) -> Made:
    """Read what a project was made from.

    Raises
    ------
    CxError
        If the project was not made by ``cxreport new``, or the file is damaged.
    """
    path = root / MADE
    if not path.is_file():
        raise CxError("this project was not made by cxreport new", where=path,
                      hint="it has no earlier version to compare with")  # fmt: skip
    try:
        whole = json.loads(path.read_text("utf-8"))
        files = {str(name): str(text) for name, text in whole["files"].items()}
        return Made(str(whole["version"]), Options.from_dict(whole["options"]), files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CxError("what the project was made from cannot be read", where=path, got=error,
                      hint="take it back from version control") from error  # fmt: skip
