"""Run one notebook on a kernel of its own and tell the parent what happens.

`cxreport.publish.run` starts it with a private folder that holds ``job.json``: as a script, which
imports nothing of ours, so that its start does not wait for the whole package; or forked from a
process that has loaded everything, and then the kernel is forked, too (``forked_kernel``). It
answers on stdout, one JSON object a line: ``{"kernel": pid}`` once started and
``{"kernel": null}`` once surely gone, ``{"cell": number}`` when a cell begins, ``{"done": n,
"total": n}`` when it is done, and last ``{"failure": text}`` or ``{"finished": true}``. What
libraries print goes to stderr, which is the log. When stdin ends, the parent is gone or has had
enough: the kernel and this process end at once.
"""

# ruff: noqa: E402 - what the libraries must not load is said before they load

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

# as in cxreport.publish, of which nothing is imported here
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import nbformat
import psutil
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient.exceptions import DeadKernelError
from nbformat import v4
from papermill.execute import execute_notebook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nbformat import NotebookNode

    Tell = Callable[..., None]

A_DAY = 86_400  # the parent holds the one time limit; nothing here may be faster
STARTING = threading.Lock()  # a kernel half started has no number to be killed by
WATCH = str(Path(__file__).with_name("watch.py"))
KERNEL_OPTIONS = [
    "--HistoryManager.enabled=False",
    "--InteractiveShellApp.ignore_cwd=True",  # as -P: no file of the folder stands in for a library
    f"--IPKernelApp.exec_lines=exec(compile(open({WATCH!r}).read(), {WATCH!r}, 'exec'), {{}})",
]
HELPERS = re.compile(r"multiprocessing\.(resource_tracker|forkserver)|loky")
"""Processes that libraries keep for the kernel's life."""
TERMINAL_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class CellEndedError(Exception):
    """A cell ended the run: why, and the traceback for the log."""

    def __init__(self, reason: str, details: str = "") -> None:
        super().__init__(reason)
        self.details = details or reason


def main_forked(private: Path) -> None:
    """Do the job of a folder in a process that was forked, and so is its kernel."""
    from cxreport.publish.forked_kernel import ForkedProvisioner, WaitingKernel  # noqa: PLC0415

    waiting = WaitingKernel()  # before anything here runs beside this thread
    main(private, lambda kernel: ForkedProvisioner(waiting, kernel))


def main(private: Path, provisioner: Callable[[AsyncKernelManager], Any] | None = None) -> None:
    """Do the job of a folder, on a kernel that starts as usual or as it is given."""
    tell = _own_stdout()
    kernel = AsyncKernelManager(
        kernel_name="python3",
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),  # leaves this interpreter's own
        transport="ipc",
        connection_file=str(private / "kernel.json"),
    )
    if provisioner is not None:
        kernel.provisioner = provisioner(kernel)
    threading.Thread(target=_end_with_parent, args=(kernel, private), daemon=True).start()
    try:
        with _running(kernel, tell):
            notebook = _execute(private, kernel, tell)
        executed = json.loads((private / "job.json").read_text("utf-8"))["executed"]
        nbformat.write(notebook, executed)  # type: ignore[no-untyped-call]
    except CellEndedError as error:
        tell(failure=_one_line(str(error)))
        sys.stderr.write(TERMINAL_CODES.sub("", error.details) + "\n")
    except Exception as error:  # noqa: BLE001 - whatever happened, the parent must be told
        tell(failure=_one_line(f"{type(error).__name__}: {error}"))
        sys.stderr.write(TERMINAL_CODES.sub("", traceback.format_exc()))
    else:
        tell(finished=True)


def _own_stdout() -> Tell:
    """Keep stdout for messages, and send what anything else prints there to the log."""
    messages = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def tell(**message: object) -> None:
        messages.write(json.dumps(message) + "\n")
        messages.flush()

    return tell


def _end_with_parent(kernel: AsyncKernelManager, private: Path) -> None:
    """Wait until the parent closes the pipe, by will or by death, then end everything."""
    while os.read(0, 1):
        pass
    with STARTING:
        _kill_group(kernel)
        shutil.rmtree(private, ignore_errors=True)
        with contextlib.suppress(OSError):  # a full disk must not keep us alive
            os.write(2, b"ended from outside: out of time, interrupted, or the parent is gone\n")
        os._exit(1)


def _kill_group(kernel: AsyncKernelManager) -> None:
    """Kill the kernel and what it started: it leads a process group of its own."""
    pid = getattr(kernel.provisioner, "pid", None)
    if pid is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


@contextlib.contextmanager
def _running(kernel: AsyncKernelManager, tell: Tell) -> Iterator[None]:
    """Start the kernel, and leave no process of it behind."""
    with STARTING:
        run_sync(kernel.start_kernel)(extra_arguments=KERNEL_OPTIONS)
    try:
        tell(kernel=getattr(kernel.provisioner, "pid", None))
        yield
    finally:
        _kill_group(kernel)
        run_sync(kernel.shutdown_kernel)(now=True)
        tell(kernel=None)


def _execute(private: Path, kernel: AsyncKernelManager, tell: Tell) -> NotebookNode:
    """Run the marked copy of the notebook, and return it with its outputs."""
    job = json.loads((private / "job.json").read_text("utf-8"))
    notebook = nbformat.read(job["notebook"], as_version=4)  # type: ignore[no-untyped-call]
    mark(notebook, job["show_end"])
    copy = private / "notebook.ipynb"
    nbformat.write(notebook, copy)  # type: ignore[no-untyped-call]
    left: dict[int, tuple[int, str]] = {}
    try:
        executed: NotebookNode = execute_notebook(
            str(copy).replace("{", "{{").replace("}", "}}"),  # papermill formats paths
            None,
            parameters=job["parameters"],
            kernel_name="python3",
            language="python",
            progress_bar=False,
            start_timeout=A_DAY,
            iopub_timeout=60,
            request_save_on_cell_execute=False,
            km=kernel,
            **_hooks(notebook, tell, lambda number: _note_running(kernel, private, number, left)),
        )
    except DeadKernelError as error:
        raise CellEndedError(_how_it_died(kernel)) from error
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for number, command in left.values():
        tell(cell=number)
        raise CellEndedError(f"the cell left a process running: {command}")
    executed.metadata["cxreport"] = {"kernel_alive": run_sync(kernel.is_alive)()}
    return executed


def _note_running(
    kernel: AsyncKernelManager, private: Path, number: int, left: dict[int, tuple[int, str]]
) -> None:
    """Keep in ``left`` the processes of the kernel that run, each with the cell that began it."""
    own = {os.getpid(), getattr(kernel.provisioner, "pid", None)}
    now: dict[int, tuple[int, str]] = {}
    below = {process.pid for process in psutil.Process().children(recursive=True)}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            ours = process.pid in below or process.environ().get(
                "JUPYTER_RUNTIME_DIR", ""
            ).startswith(str(private))
            command = " ".join(process.cmdline())
            if ours and process.pid not in own and command and not HELPERS.search(command):
                now[process.pid] = left.get(process.pid, (number, command[:60]))
    left.clear()
    left.update(now)


def mark(notebook: NotebookNode, show_end: str) -> None:
    """Put its number on each cell, from 1, and a cell that shows the end marker after the last."""
    for number, cell in enumerate(notebook.cells, start=1):
        cell.metadata["cxreport"] = {"number": number}
    end = v4.new_code_cell(show_end, metadata={"tags": ["cxreport-end"]})  # type: ignore[no-untyped-call]
    notebook.cells.append(end)


def _number(cell: NotebookNode) -> int | None:
    """Return the number of a cell as a person sees it; None for a cell the run has added."""
    number: int | None = cell.metadata.get("cxreport", {}).get("number")
    return number


def _hooks(
    notebook: NotebookNode, tell: Tell, note_running: Callable[[int], None]
) -> dict[str, Callable[..., None]]:
    """Return what nbclient calls as cells begin, end and fail."""
    numbers = [
        _number(cell) for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()
    ][:-1]  # without the end marker's

    def begins(cell: NotebookNode, **_: Any) -> None:
        if number := _number(cell):
            tell(cell=number)

    def ended(cell: NotebookNode, execute_reply: dict[str, Any], **_: Any) -> None:
        content = execute_reply["content"]
        if any(part.get("source") == "ask_exit" for part in content.get("payload", [])):
            raise CellEndedError("the cell ended the kernel with quit()")
        note_running(_number(cell) or 0)
        if content["status"] == "ok" and (number := _number(cell)) in numbers:
            tell(done=numbers.index(number) + 1, total=len(numbers))

    def failed(execute_reply: dict[str, Any], **_: Any) -> None:
        content = execute_reply["content"]
        reason = f"{content['ename']}: {content['evalue']}"
        if content["ename"] == "SystemExit":
            reason = f"the cell ended the kernel with sys.exit({content['evalue']})"
        raise CellEndedError(reason, "\n".join(content["traceback"]))

    return {"on_cell_execute": begins, "on_cell_executed": ended, "on_cell_error": failed}


def _how_it_died(kernel: AsyncKernelManager) -> str:
    """Return how the kernel's process ended; signal 9 is what a machine short of memory sends."""
    process = getattr(kernel.provisioner, "process", None)
    code = None if process is None else process.poll()
    if code is None:
        return "the kernel died"
    cause = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
    return f"the kernel died ({cause})"


def _one_line(text: str) -> str:
    return " ".join(TERMINAL_CODES.sub("", text).split()).removesuffix(":")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
