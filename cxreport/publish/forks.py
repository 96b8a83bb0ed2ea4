"""Processes that start with everything loaded: forked from one that has the libraries imported.

Python's own fork server shares one process and one environment in a whole program, and imports the
caller's main module in each child. A report needs an environment of its own from the first moment
(hash seed, threads, nobody's settings), so the process that forks is ours: see
``cxreport.publish.preloaded``. On Linux alone: elsewhere a fork of these libraries is not safe.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import pickle
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxreport.errors import CxError
from cxreport.publish.surroundings import environment_of, private_folder, put_fonts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

NAMED = re.compile(r"\bcx\.([a-z_]+)")
"""What of the package a notebook names."""
END_WITH_PARENT = 1  # of prctl
ANSWERING = "cxreport.publish.forks:answer"
CALL, ANSWER = "call.pickle", "answer.pickle"


class NothingForksError(OSError):
    """No process can be forked any more: the plain way is left."""


class Forked:
    """One forked process, used like a ``subprocess.Popen``."""

    def __init__(self, stdin: int, stdout: int, answers: int) -> None:
        self.stdin, self.stdout = os.fdopen(stdin, "wb"), os.fdopen(stdout, "rb")
        self.returncode: int | None = None
        self._answers = os.fdopen(answers, "rb")
        self._waiting = threading.Lock()
        self.pid = 0

    def has_begun(self) -> bool:
        """Wait until it has begun; return False when nothing was forked."""
        self.pid = int(self._answers.readline() or 0)
        return self.pid > 0

    def close(self) -> None:
        """Let go of all its pipes."""
        for pipe in (self.stdin, self.stdout, self._answers):
            pipe.close()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, for so many seconds at most; return its exit code."""
        with self._waiting:  # the timer's thread waits, too
            if self.returncode is None:
                ready = select.poll()
                ready.register(self._answers, select.POLLIN)
                if not ready.poll(None if timeout is None else timeout * 1000):
                    raise subprocess.TimeoutExpired("a forked process", timeout or 0)
                # no answer: the process that forked it was killed
                self.returncode = int(self._answers.readline() or -signal.SIGKILL)
                self._answers.close()
        return self.returncode

    def kill(self) -> None:
        """Kill it, unless it is gone."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


class Forks:
    """The process that has the libraries loaded, and forks."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._sending = threading.RLock()

    def fork(
        self, target: str, private: Path, folder: Path, environment: Mapping[str, str], errors: int
    ) -> Forked:
        """Fork a process that calls a function with the path of its private folder.

        Parameters
        ----------
        target : str
            The function, as ``module:name``.
        private : Path
            A folder of its own.
        folder : Path
            Where it works.
        environment : mapping of str to str
            All of its variables.
        errors : int
            Descriptor of its stderr.

        Raises
        ------
        NothingForksError
            If the process that forks is gone.
        """
        request = {"target": target, "folder": str(folder), "environment": dict(environment)}
        (private / "request.json").write_text(json.dumps(request), "utf-8")
        (stdin, to_it), (from_it, stdout), (answers, telling) = os.pipe(), os.pipe(), os.pipe()
        process = Forked(to_it, from_it, answers)
        try:
            with self._sending:
                socket.send_fds(
                    self._channel, [os.fsencode(private)], [stdin, stdout, errors, telling]
                )
        except OSError as error:
            process.close()
            raise NothingForksError from error
        finally:
            for descriptor in (stdin, stdout, telling):
                os.close(descriptor)
        if not process.has_begun():
            process.close()
            raise NothingForksError
        return process

    def call(self, name: str, *arguments: object) -> Any:
        """Call a function in a process of its own, and return what it returns or raise its error.

        Parameters
        ----------
        name : str
            The function, as ``module:name``.
        *arguments : object
            What it takes; it is pickled, as is what comes back.

        Raises
        ------
        NothingForksError
            If the process that forks is gone.
        CxError
            If the process died.
        """
        with private_folder() as private:
            (private / CALL).write_bytes(pickle.dumps((name, arguments)))
            process = self.fork(ANSWERING, private, Path.cwd(), environment_of(private), 2)
            process.stdin.close()
            process.stdout.close()
            code = process.wait()
            try:
                value, error = pickle.loads((private / ANSWER).read_bytes())  # noqa: S301 - ours
            except OSError:
                raise CxError(
                    "the pages could not be made; last time's are still in place",
                    got=f"the process that made them died (exit code {code})",
                ) from None
        if error is not None:
            raise error
        return value


def answer(private: Path) -> None:
    """Call what the private folder says, and leave the answer there."""
    ctypes.CDLL(None).prctl(END_WITH_PARENT, signal.SIGKILL)
    name, arguments = pickle.loads((private / CALL).read_bytes())  # noqa: S301 - ours
    value, problem = None, None
    try:
        value = function_of(name)(*arguments)
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller has to hear of it
        error.add_note(traceback.format_exc())
        problem = error
    (private / "unfinished").write_bytes(pickle.dumps((value, problem)))
    (private / "unfinished").rename(private / ANSWER)


def function_of(name: str) -> Callable[..., Any]:
    """Return the function that ``module:name`` names."""
    module, _, function = name.partition(":")
    named: Callable[..., Any] = getattr(import_module(module), function)
    return named


@contextlib.contextmanager
def forking(notebooks: Sequence[Path]) -> Iterator[Forks | None]:
    """Start the process that forks, with what these notebooks load; None where there is none.

    One notebook alone gains nothing: it starts the plain way.
    """
    with contextlib.ExitStack() as stack:
        forks = None
        if sys.platform == "linux" and len(notebooks) > 1:
            with contextlib.suppress(OSError):  # no room: each job says so
                forks = stack.enter_context(_loaded(notebooks))
        yield forks


@contextlib.contextmanager
def _loaded(notebooks: Iterable[Path]) -> Iterator[Forks]:
    """Start the process, and end it afterwards."""
    names = {name for path in set(notebooks) for name in NAMED.findall(path.read_text("utf-8"))}
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with private_folder() as private, ours:
        with its:
            put_fonts(private)
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [
                    sys.executable,
                    "-P",
                    str(Path(__file__).with_name("preloaded.py")),
                    *sorted(names),
                ],
                stdin=its.fileno(),
                stdout=subprocess.DEVNULL,
                env=environment_of(private),
                cwd=private,
                start_new_session=True,  # an interrupt is for us to hear, and to act on
            )
        try:
            yield Forks(ours)
        finally:
            ours.shutdown(socket.SHUT_RDWR)
            process.wait()
