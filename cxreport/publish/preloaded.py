"""Load the libraries once, then fork a process for whoever asks for one.

A script, not a library: `cxreport.publish.forks` starts it, with a socket for stdin. A request is
the path of a private folder that holds ``request.json`` (``target``: the function to call, as
``module:name``; ``folder``: where it works; ``environment``: its variables), and four descriptors:
the new process's stdin, stdout and stderr, and a pipe for the answer: its number in one line, and
its exit code in another once it is gone. When the socket ends, so does this process.

What is forked must be as good as new. So nothing here opens a database or starts a thread, and what
does not survive a fork is not loaded; were it, no process is forked, and the caller goes the plain
way. (The allocators of Arrow and DuckDB have threads of their own from the first moment, and know
what to do at a fork.)
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import signal
import socket
import sys
import threading
import time
from importlib import import_module
from pathlib import Path

LIBRARIES = (
    "duckdb", "ibis", "ibis.backends.duckdb", "matplotlib.figure", "numpy.random", "pandas",
    "pyarrow.parquet", "scipy.stats", "cxreport.inputs.company", "cxreport.publish.child",
    "cxreport.publish.write", "cxreport.publish.archive", "ipykernel.kernelapp",
    "ipykernel.ipkernel", "ipykernel.zmqshell",
)  # fmt: skip
"""What every notebook of ours, or the writing of its pages, loads."""
LONGEST_REQUEST = 65_536  # bytes
NEVER = ("polars", "matplotlib_inline.backend_inline")
"""What does not survive a fork, or draws where nobody looks."""


def main() -> None:
    """Load what every report needs and what the command line names, then serve."""
    channel = socket.socket(fileno=os.dup(0))
    package = import_module("cxreport")  # before IPython: nobody looks on here
    for name in {*sys.argv[1:]} & {*package.__all__}:
        getattr(package, name)
    for library in LIBRARIES:
        import_module(library)
    if threading.active_count() > 1 or {*NEVER} & sys.modules.keys():
        return  # the caller goes the plain way
    gc.collect()
    gc.freeze()  # what is loaded stays where it is, shared by all
    Server(channel).serve()


class Server:
    """Forks, and tells how what it has forked ended."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self.answers: dict[int, int] = {}  # process -> the pipe on which its end is reported
        self.ended, waking = os.pipe()
        for pipe in (self.ended, waking):
            os.set_blocking(pipe, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waking, warn_on_full_buffer=False)
        self.selector = selectors.DefaultSelector()
        self.selector.register(channel, selectors.EVENT_READ)
        self.selector.register(self.ended, selectors.EVENT_READ)

    def serve(self) -> None:
        """Answer requests until the socket ends."""
        while True:
            for key, _ in self.selector.select():
                if key.fd == self.ended:
                    self._reap()
                elif not self._fork():
                    return

    def _fork(self) -> bool:
        """Fork a process for the next request; return False when there will be none."""
        message, descriptors, *_ = socket.recv_fds(self.channel, LONGEST_REQUEST, 4)
        if not message:
            return False
        process = os.fork()
        if process == 0:
            self._leave()
            _become(Path(os.fsdecode(message)), descriptors)
        self.answers[process] = descriptors.pop()
        for descriptor in descriptors:
            os.close(descriptor)
        self._tell(process, f"{process}\n")
        return True

    def _reap(self) -> None:
        """Report of each process that is gone how it ended."""
        with contextlib.suppress(BlockingIOError):
            os.read(self.ended, LONGEST_REQUEST)
        with contextlib.suppress(ChildProcessError):
            while (gone := os.waitpid(-1, os.WNOHANG))[0]:
                self._tell(gone[0], f"{os.waitstatus_to_exitcode(gone[1])}\n")
                os.close(self.answers.pop(gone[0]))

    def _tell(self, process: int, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):
            os.write(self.answers[process], line.encode())

    def _leave(self) -> None:
        """Let go of what belongs to the server: this process is another one now."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self.selector.close()
        self.channel.close()
        for pipe in self.answers.values():
            os.close(pipe)


def _become(private: Path, descriptors: list[int]) -> None:
    """Be the process that was asked for, and end with its function."""
    code = 1
    try:
        os.setsid()
        for to, descriptor in enumerate(descriptors[:3]):
            os.dup2(descriptor, to)
        for descriptor in descriptors:
            os.close(descriptor)
        request = json.loads((private / "request.json").read_text("utf-8"))
        os.environ.clear()
        os.environ.update(request["environment"])
        time.tzset()
        os.chdir(request["folder"])
        module, _, name = request["target"].partition(":")
        getattr(import_module(module), name)(private)
        code = 0
    except BaseException:  # noqa: BLE001 - nothing of the server may run on in here
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
