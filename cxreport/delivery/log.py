"""Who has what: a file that is written before and after each mail, each time in one step.

What is about to be sent is noted first, as unsure; once the server has taken it, as sent. However a
delivery ends, by a lost connection, a full disk or a killed process, the next one never sends twice
what may have arrived.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxreport.delivery.reasons import NotSentError, Reason
from cxreport.errors import CxError
from cxreport.publish.publish import write_through

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

FOLDER = "deliveries"
"""Folder of a project that remembers what was sent; it is not published."""
SENT, UNSURE = "sent", "unsure"


@dataclass
class Log:
    """The deliveries of a project.

    Attributes
    ----------
    path : Path
        The file.
    entries : dict
        Name of a page -> receiver -> ``news`` (hash of what was sent), ``state`` ("sent" or
        "unsure"), ``at`` (when).
    """

    path: Path
    entries: dict[str, dict[str, dict[str, str]]]

    def state(self, name: str, receiver: str, news: str) -> str:
        """Return whether a receiver has it: "sent", "unsure", or "" for no."""
        entry = self.entries.get(name, {}).get(receiver, {})
        return entry.get("state", "") if entry.get("news") == news else ""

    def had_earlier(self, name: str, receiver: str) -> bool:
        """Return whether a receiver had another version of the page."""
        return receiver in self.entries.get(name, {})

    def note(self, name: str, receivers: Iterable[str], news: str, state: str, at: str) -> None:
        """Write down what receivers have.

        Raises
        ------
        NotSentError
            If it cannot be written down.
        """
        of_page = dict(self.entries.get(name, {}))
        for receiver in receivers:
            of_page[receiver] = {"news": news, "state": state, "at": at}
        self.write({**self.entries, name: of_page})

    def write(self, entries: dict[str, dict[str, dict[str, str]]]) -> None:
        """Put other entries in place, in one step."""
        new = self.path.with_suffix(".new")
        text = json.dumps({"pages": entries}, indent=2, sort_keys=True) + "\n"
        try:
            write_through(new, text.encode())
            new.replace(self.path)
        except OSError as error:
            with contextlib.suppress(OSError):
                new.unlink(missing_ok=True)
            raise NotSentError(
                Reason.NOT_SENT, "the delivery could not be noted", where=self.path,
                got=error.strerror, hint="free some space",
            ) from error  # fmt: skip
        self.entries = entries


def _place(root: Path) -> Path:
    return root / FOLDER / "log.json"


@contextlib.contextmanager
def open_log(root: Path) -> Iterator[Log]:
    """Open the log of a project for one delivery at a time: another one waits.

    Raises
    ------
    CxError
        If it cannot be read: then nobody knows what was sent.
    """
    path = _place(root)
    try:
        path.parent.mkdir(exist_ok=True)
        lock = (path.parent / "lock").open("w")
    except OSError as error:
        raise CxError(
            "deliveries cannot be noted", where=path.parent, got=error.strerror
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield read_log(root)


def read_log(root: Path) -> Log:
    """Read what a project has sent; nothing where nothing was noted yet."""
    path = _place(root)
    try:
        entries: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["pages"]
        for of_page in entries.values():
            for entry in of_page.values():
                entry["news"], entry["state"], entry["at"]
    except FileNotFoundError:
        return Log(path, {})
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CxError(
            "nobody knows what was sent: the log of deliveries cannot be read", where=path,
            got=repr(error), hint="mend it; without it, every page counts as never sent",
        ) from error  # fmt: skip
    return Log(path, entries)
