"""What a plan found out of the data, kept by what it depends on: the next one opens no table.

Nothing here can be out of date: the key is a hash over the data, the codebook, the code and the
question. A file that cannot be read or written costs time, and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import TYPE_CHECKING, Any

from cxreport.publish.places import LOGS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILE = "remembered.json"
MOST = 500
"""Answers that are kept: the newest."""


class Memory:
    """Answers of earlier plans, in the folder of the pages."""

    def __init__(self, out: Path) -> None:
        self.path = out / LOGS / FILE
        self.is_new = False
        self.answers: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError, RecursionError):
            kept = json.loads(self.path.read_text("utf-8"))
            self.answers = kept if isinstance(kept, dict) else {}

    def get(self, question: dict[str, Any], find: Callable[[], Any]) -> Any:
        """Return the answer to a question; find it where it is not known yet.

        Parameters
        ----------
        question : dict
            All that the answer depends on, as JSON can write it.
        find : callable
            Finds the answer, which JSON can write.
        """
        key = hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()
        if key not in self.answers:
            self.answers[key] = find()
            self.is_new = True
        return self.answers[key]

    def save(self) -> None:
        """Keep the answers for the next plan, if there are new ones."""
        if not self.is_new:
            return
        kept = dict([*self.answers.items()][-MOST:])
        unfinished = self.path.with_suffix(".unfinished")
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_text(json.dumps(kept), "utf-8")
            unfinished.replace(self.path)
