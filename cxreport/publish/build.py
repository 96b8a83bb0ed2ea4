"""Make the pages of a plan: run, check, export, check again, publish; whole or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxreport.errors import CxError
from cxreport.publish.forks import NothingForksError, forking, function_of
from cxreport.publish.notes import is_all_in_place, note_state, put_row
from cxreport.publish.places import EXECUTED, failed_mark
from cxreport.publish.progress import Progress
from cxreport.publish.publish import STAGING, file_stamps, foreign_changes, staging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from cxreport.publish.each import Row
    from cxreport.publish.forks import Forks
    from cxreport.publish.plan import Job

DRAWING = threading.Lock()
"""In one process pages are written one at a time: the drawing library is not made for threads."""
WRITE = "cxreport.publish.write:write_pages"
PUT_ARCHIVE = "cxreport.publish.archive:publish_archive"


@dataclass(frozen=True)
class Site:
    """What all jobs of a build share.

    Attributes
    ----------
    root, out, stage : Path
        The project's folder, the folder of the pages, and one on the same disk for unfinished work.
    printer : str
        The browser that prints the pages; none when empty.
    forks : Forks or None
        Where processes come from that have the libraries loaded, where there is such a thing.
    progress : Progress
        Where it is told how far a job is.
    """

    root: Path
    out: Path
    stage: Path
    printer: str
    forks: Forks | None
    progress: Progress

    def call(self, name: str, *arguments: object) -> None:
        """Call what draws: in a process of its own where that can be, else here."""
        if self.forks is not None:
            with contextlib.suppress(NothingForksError):
                self.forks.call(name, *arguments)
                return
        with DRAWING:
            function_of(name)(*arguments)


def build(
    jobs: Sequence[Job],
    root: Path,
    out: Path,
    *,
    at_once: int = 1,
    printer: str = "",
    rows: Sequence[Row] = (),
) -> list[CxError]:
    """Make the pages of all jobs, the indexes of all pages, and the newest pages of each report.

    When interrupted it puts the indexes of what is made in place, and ends at once: a build needs
    no tidying up, and the next one makes what is left.

    Parameters
    ----------
    jobs : sequence of Job
        What to make.
    root, out : Path
        The project's folder, and the folder of the pages.
    at_once : int
        How many notebooks run side by side.
    printer : str
        The browser that prints the pages, see ``cxreport.publish.pdf``; none when left out.
    rows : sequence of Row
        The groups of reports with ``each``: those without a page are named in the indexes.

    Returns
    -------
    list of CxError
        One a failed job, in the order of the jobs; its pages of last time are still in place. The
        last one may be the index's.

    Raises
    ------
    CxError
        If the folder of the pages is not writable, or another build is at work there.
    """
    if not jobs and is_all_in_place(out, rows):
        return []
    failures: dict[int, CxError] = {}
    with (
        staging(out) as stage,
        _alone(out),
        forking([job.notebook for job in jobs]) as forks,
        contextlib.closing(Progress(len(jobs), at_once)) as progress,
        ThreadPoolExecutor(max_workers=at_once) as pool,
    ):
        site = Site(root, out, stage, printer, forks, progress)
        for row in rows:
            if row.is_usual:
                put_row(out, stage, row)
        with _stopping(lambda: _stop(site, len(jobs))):
            running = {
                pool.submit(_make, job, stage / str(number), site): number
                for number, job in enumerate(jobs)
            }
            for done in as_completed(running):
                try:
                    done.result()
                except CxError as error:
                    failures[running[done]] = error
        try:
            site.call(PUT_ARCHIVE, out, stage)
        except CxError as error:
            failures[len(jobs)] = error
        else:
            note_state(out)
    return [failures[number] for number in sorted(failures)]


@contextlib.contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Refuse to build where another build is at work; its lock ends with its process."""
    with (out / STAGING / "build.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CxError(
                "another build is at work in this folder",
                where=out,
                hint="wait until it is done, or choose another folder with --out",
            ) from None
        yield


@contextlib.contextmanager
def _stopping(act: Callable[[], None]) -> Iterator[None]:
    """When interrupted, do this and then end as a program that was interrupted does."""
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        yield
        return

    def stop(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever cannot wait interrupts again
        with contextlib.suppress(Exception):
            act()
        os.kill(os.getpid(), signal.SIGINT)

    usual = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


def _stop(site: Site, jobs: int) -> None:
    """Write what an interrupted build leaves, and list it."""
    sys.stderr.write(
        f"\nstopped: {site.progress.done} of {jobs} done; the next build makes what is left\n"
    )
    sys.stderr.flush()
    site.call(PUT_ARCHIVE, site.out, site.stage)


def _make(job: Job, staged: Path, site: Site) -> None:
    """Make the pages of one job; whatever goes wrong says which job and notebook it was."""
    failed = failed_mark(site.out, job.folder)
    log = failed.with_suffix(".log")
    try:
        with site.progress.job(job.name) as moved:
            _run(job, staged, site, log, moved)
            site.call(WRITE, job, staged, site.root, log, site.printer)
        failed.unlink(missing_ok=True)
    except CxError as error:
        _note_failure(failed)
        raise CxError(error.what, **error.parts | {"where": _where(job, error)}) from error
    except Exception as error:
        from cxreport.inputs.personal_data import without_persons  # noqa: PLC0415 - seldom needed

        _note_failure(failed)
        with contextlib.suppress(OSError), log.open("a", encoding="utf-8") as file:
            file.write(without_persons(traceback.format_exc()))
        raise CxError(
            "the pages could not be made; last time's are still in place",
            where=f"{job.name}, {job.notebook.name}",
            got=without_persons(f"{type(error).__name__}: {error}"),
            hint=f"the log is {log}",
        ) from error


def _note_failure(failed: Path) -> None:
    """Leave a mark for the index; without a place for it, the error alone says so."""
    with contextlib.suppress(OSError):
        failed.parent.mkdir(parents=True, exist_ok=True)
        failed.touch()


def _where(job: Job, error: CxError) -> str:
    place = error.parts.get("where", "")
    has_notebook = place.startswith(job.notebook.name)
    return ", ".join(filter(None, [job.name, "" if has_notebook else job.notebook.name, place]))


def _run(job: Job, staged: Path, site: Site, log: Path, moved: Callable[[int, int], None]) -> None:
    """Run a job's notebook, which writes nothing among the pages."""
    from cxreport.publish.run import run_notebook  # noqa: PLC0415 - loads what blocks are

    staged.mkdir(parents=True)
    log.parent.mkdir(exist_ok=True)
    before = file_stamps(site.out)
    run_notebook(
        job.notebook,
        staged / EXECUTED,
        job.parameters,
        time_limit=job.report.time_limit,
        log=log,
        folder=site.root,
        pages=site.out,
        progress=moved,
        forks=site.forks,
    )
    if strange := foreign_changes(site.out, before):
        raise CxError(
            "not published: a notebook writes nothing into the folder of the pages",
            got=", ".join(strange),
            hint="remove what it wrote; build --force mends a page",
        )
