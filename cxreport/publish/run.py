"""Run one notebook in one child process, under one time limit, and say exactly what happened."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import nbformat

from cxreport.errors import CxError
from cxreport.inputs.personal_data import without_persons
from cxreport.publish.executed import SHOW_END, end_problems, unfinished_cells
from cxreport.show.charts.canvas import write_fonts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

GRACE = 5.0  # seconds the child has to end its kernel and itself before it is killed

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


@dataclass
class ChildState:
    """What the child has reported so far, and whether the time was up."""

    kernel: int | None = None
    cell: int | None = None
    failure: str | None = None
    finished: bool = False
    out_of_time: bool = False


def run_notebook(
    notebook: Path,
    executed: Path,
    parameters: Mapping[str, object],
    *,
    time_limit: float,
    log: Path,
    folder: Path,
    pages: Path | None = None,
    environment: Mapping[str, str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Run a notebook with papermill in a process of its own, and write it with its outputs.

    Afterwards neither the process nor its kernel is alive, whatever happened; should this process
    be killed, both end by themselves within seconds.

    Parameters
    ----------
    notebook : Path
        The notebook as written; it is not changed.
    executed : Path
        Where the executed notebook goes. Written only when the end was reached; what it shows is
        for the rules of `cxreport.publish.executed` to judge.
    parameters : mapping of str to object
        Checked values, see `cxreport.publish.params.check_parameters`.
    time_limit : float
        Seconds of wall clock for everything, the kernel's start included.
    log : Path
        File for the traceback of a failure and for whatever the processes print.
    folder : Path
        Working folder of the kernel.
    pages : Path, optional
        Folder of the published pages, into which the notebook may not write.
    environment : mapping of str to str, optional
        Variables for the kernel over this process's own and the fixed ones.
    progress : callable, optional
        Called after each code cell with the number of cells done and of all.

    Raises
    ------
    CxError
        If the end was not reached: which cell, why, and where the log is.
    """
    state = ChildState()
    try:
        with _private_folder() as private, log.open("wb") as log_file:
            job = {
                "notebook": str(notebook.resolve()),
                "executed": str(executed.resolve()),
                "parameters": dict(parameters),
                "show_end": SHOW_END,
            }
            (private / "job.json").write_text(json.dumps(job), "utf-8")
            variables = _environment(private) | dict(environment or {})
            write_fonts(Path(variables["MPLCONFIGDIR"]))
            if pages is not None:
                variables["CXREPORT_PAGES"] = str(pages.resolve())
            process = _start(private, folder, variables, log_file)
            _listen(process, state, time_limit, progress)
        log.write_text(without_persons(log.read_text("utf-8", "replace")), "utf-8")
        problem = _problem(state, executed, time_limit, process.returncode)
    except OSError as error:
        raise CxError("the notebook could not be run", where=notebook.name, got=error) from error
    if problem:
        raise CxError(
            "the notebook did not run to its end",
            where=notebook.name if state.cell is None else f"{notebook.name}, cell {state.cell}",
            got=without_persons(problem),
            hint=f"the log is {log}",
        )


@contextlib.contextmanager
def _private_folder() -> Iterator[Path]:
    """Make a folder for the job and its sockets, whose paths must stay under 100 characters."""
    usual = tempfile.gettempdir()
    parent = usual if len(os.fsencode(usual)) <= 60 else "/tmp"  # noqa: S108 - ours alone
    with tempfile.TemporaryDirectory(
        prefix="cx-", dir=parent, ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder)


def _environment(private: Path) -> dict[str, str]:
    """Return this process's variables without what would make the report a personal one."""
    shared = {name: value for name, value in os.environ.items() if name not in PERSONAL}
    own = {name: str(private / name.lower()) for name in OWN_FOLDERS}
    return shared | SAME_EVERYWHERE | own


def _start(
    private: Path, folder: Path, environment: Mapping[str, str], log_file: BinaryIO
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        # -P: no file beside the script or in the working folder may stand in for a library
        [sys.executable, "-P", str(Path(__file__).with_name("child.py")), str(private)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log_file,
        cwd=folder,
        env=environment,
        start_new_session=True,  # an interrupt is for us to hear, and to act on
    )


def _listen(
    process: subprocess.Popen[bytes],
    state: ChildState,
    time_limit: float,
    progress: Callable[[int, int], None] | None,
) -> None:
    """Follow the child until it is gone, and end it when the time is up or we are interrupted."""

    def out_of_time() -> None:
        state.out_of_time = True
        _end(process, state)

    timer = threading.Timer(time_limit, out_of_time)
    timer.daemon = True
    timer.start()
    try:
        for line in process.stdout or ():
            message = json.loads(line)
            if "done" in message and progress is not None:
                progress(message["done"], message["total"])
            for name in message.keys() & vars(state).keys():
                setattr(state, name, message[name])
    finally:
        timer.cancel()
        _end(process, state)
        if process.stdout is not None:
            process.stdout.close()


def _end(process: subprocess.Popen[bytes], state: ChildState) -> None:
    """Leave neither child nor kernel alive; the end of the pipe tells the child to see to both."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if state.kernel is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(state.kernel, signal.SIGKILL)


def _problem(state: ChildState, executed: Path, time_limit: float, exit_code: int) -> str | None:
    """Return why the end was not reached, or None when it was."""
    if state.finished:
        notebook = nbformat.read(executed, as_version=4)  # type: ignore[no-untyped-call]
        return "; ".join([*unfinished_cells(notebook), *end_problems(notebook)]) or None
    if state.failure is not None:
        return state.failure
    if state.out_of_time:
        place = "the kernel was starting" if state.cell is None else f"was in cell {state.cell}"
        return f"no answer within {time_limit:g} s; {place}"
    return f"the process that ran it died (exit code {exit_code})"
