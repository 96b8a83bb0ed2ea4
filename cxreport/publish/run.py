"""Run one notebook in one child process, under one time limit, and say exactly what happened."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from cxreport.errors import CxError
from cxreport.inputs.personal_data import without_persons
from cxreport.publish.executed import SHOW_END, end_problems, unfinished_cells
from cxreport.publish.forks import NothingForksError
from cxreport.publish.surroundings import environment_of, private_folder, put_fonts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cxreport.publish.forks import Forked, Forks

    Process = subprocess.Popen[bytes] | Forked

GRACE = 5.0  # seconds the child has to end its kernel and itself before it is killed


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
    forks: Forks | None = None,
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
    forks : Forks, optional
        Where processes come from that have the libraries loaded; a new interpreter when left out.

    Raises
    ------
    CxError
        If the end was not reached: which cell, why, and where the log is.
    """
    state = ChildState()
    try:
        with private_folder() as private, log.open("wb") as log_file:
            job = {
                "notebook": str(notebook.resolve()),
                "executed": str(executed.resolve()),
                "parameters": dict(parameters),
                "show_end": SHOW_END,
            }
            (private / "job.json").write_text(json.dumps(job), "utf-8")
            variables = environment_of(private) | dict(environment or {})
            put_fonts(private)
            if pages is not None:
                variables["CXREPORT_PAGES"] = str(pages.resolve())
            process = _start(private, folder, variables, log_file, forks)
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


def _start(
    private: Path,
    folder: Path,
    environment: Mapping[str, str],
    log_file: BinaryIO,
    forks: Forks | None,
) -> Process:
    """Start the child: forked where that is possible, else as a new interpreter."""
    if forks is not None:
        with contextlib.suppress(NothingForksError):
            target = "cxreport.publish.child:main_forked"
            return forks.fork(target, private, folder, environment, log_file.fileno())
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
    process: Process,
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


def _end(process: Process, state: ChildState) -> None:
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


def _problem(
    state: ChildState, executed: Path, time_limit: float, exit_code: int | None
) -> str | None:
    """Return why the end was not reached, or None when it was."""
    if state.finished:
        import nbformat  # noqa: PLC0415 - a build with nothing to do runs none

        notebook = nbformat.read(executed, as_version=4)  # type: ignore[no-untyped-call]
        return "; ".join([*unfinished_cells(notebook), *end_problems(notebook)]) or None
    if state.failure is not None:
        return state.failure
    if state.out_of_time:
        place = "the kernel was starting" if state.cell is None else f"was in cell {state.cell}"
        return f"no answer within {time_limit:g} s; {place}"
    return f"the process that ran it died (exit code {exit_code})"
