"""Make the pages of a plan: run, check, export, check again, publish; whole or not at all."""

from __future__ import annotations

import contextlib
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import nbformat
from tqdm import tqdm

from cxreport.errors import CxError
from cxreport.inputs.meaning import LANGUAGES
from cxreport.inputs.personal_data import without_persons
from cxreport.publish.archive import failed_mark, links_of, publish_archive, put_row
from cxreport.publish.beside import files_beside
from cxreport.publish.changes import changes_since
from cxreport.publish.export import METHOD, export_page, payloads, pieces_of
from cxreport.publish.gate import check_notebook, check_page
from cxreport.publish.gate_beside import check_beside
from cxreport.publish.pdf import print_page
from cxreport.publish.personal_data import Ids
from cxreport.publish.plan import changed_since
from cxreport.publish.publish import (
    file_stamps,
    foreign_changes,
    publish,
    staging,
)
from cxreport.publish.run import run_notebook
from cxreport.publish.summary import headline_of
from cxreport.show.labels import filters_label
from cxreport.show.plain_text import all_visible
from cxreport.show.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from nbformat import NotebookNode

    from cxreport.publish.each import Row
    from cxreport.publish.plan import Job

DRAWING = threading.Lock()
"""Pages are written one at a time: the drawing library is not made for threads."""


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
        If the folder of the pages is not writable.
    """
    failures: dict[int, CxError] = {}
    with staging(out) as stage, ThreadPoolExecutor(max_workers=at_once) as pool:
        for row in rows:
            if row.is_usual:
                put_row(out, stage, row)
        running = {
            pool.submit(_make, job, stage / str(number), root, out, number, printer=printer): number
            for number, job in enumerate(jobs)
        }
        for done in as_completed(running):
            try:
                done.result()
            except CxError as error:
                failures[running[done]] = error
        try:
            publish_archive(out, stage)
        except CxError as error:
            failures[len(jobs)] = error
    return [failures[number] for number in sorted(failures)]


def _make(job: Job, staged: Path, root: Path, out: Path, number: int, *, printer: str) -> None:
    """Make the pages of one job; whatever goes wrong says which job and notebook it was."""
    failed = failed_mark(out, job.folder)
    log = failed.with_suffix(".log")
    try:
        _one(job, staged, root, out, log, number, printer=printer)
        failed.unlink(missing_ok=True)
    except CxError as error:
        _note_failure(failed)
        raise CxError(error.what, **error.parts | {"where": _where(job, error)}) from error
    except Exception as error:
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


def _one(
    job: Job, staged: Path, root: Path, out: Path, log: Path, number: int, *, printer: str
) -> None:
    """Run a notebook, and publish its pages if they may be."""
    staged.mkdir(parents=True)
    log.parent.mkdir(exist_ok=True)
    before = file_stamps(out)
    with tqdm(desc=job.name, unit="cell", position=number, leave=True, disable=None) as bar:
        run_notebook(
            job.notebook,
            staged / "executed.ipynb",
            job.parameters,
            time_limit=job.report.time_limit,
            log=log,
            folder=root,
            pages=out,
            progress=_moving(bar),
        )
    if strange := foreign_changes(out, before):
        raise CxError(
            "not published: a notebook writes nothing into the folder of the pages",
            got=", ".join(strange),
            hint="remove what it wrote; build --force mends a page",
        )
    notebook = nbformat.read(staged / "executed.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    _gate("notebook", check_notebook(notebook), log)
    changes = changes_since(job.folder, job.provenance)
    pages: dict[str, str] = {}
    files: dict[str, bytes] = {}
    headlines: dict[str, str] = {}
    for language in job.report.languages:
        with DRAWING:
            written = _write(notebook, language, job, changes)
        pages |= written.pages
        files |= written.files
        headlines[language] = written.headline
    ids = Ids(job.codebook) if job.codebook else None
    for name, page in pages.items():
        _gate(f"page {name}", check_page(page, ids=ids), log)
        if printer and name in LANGUAGES:
            files |= print_page(page, printer, name=name)
    for name, content in files.items():
        _gate(name, check_beside(name, content, ids=ids), log)
    if changed := changed_since(job, root):
        raise CxError(
            "not published: what it is made from changed while it was read; "
            "last time's page is still in place",
            got=", ".join(changed),
            hint="build again when nothing else writes these files",
        )
    manifest = _manifest(job, notebook) | {"headline": headlines, "changes": changes}
    publish(staged, job.folder, pages, manifest, files)


class Written(NamedTuple):
    """A report in one language: its pages, what lies beside them, and what it says first."""

    pages: dict[str, str]
    files: dict[str, bytes]
    headline: str


def _write(
    notebook: NotebookNode, language: str, job: Job, changes: Mapping[str, Any] | None
) -> Written:
    """Write a report's pages in a language, and what lies beside them."""
    report, period = job.folder.parent.name, job.folder.name
    file = f"{report}-{period}"
    pieces, method = (pieces_of(notebook, language, file=file, method=m) for m in (False, True))
    title = str(notebook.metadata.get("title", ""))
    beside = files_beside(pieces, language, page=f"{report}/{period}/{language}.html", title=title)
    workbook = {"file": f"{language}.xlsx", "name": f"{file}-{language}.xlsx"}
    linked = workbook if workbook["file"] in beside else None
    links = links_of(report, period, language, job.report.languages, linked)
    write = partial(export_page, notebook, language, job.provenance)
    pages = {language: write(pieces=pieces, links=links, changes=changes)}
    if method:
        pages[f"{METHOD}.{language}"] = write(pieces=method, method=True)
    return Written(pages, beside, headline_of(pieces, Words(language)))


def _moving(bar: tqdm[Any]) -> Callable[[int, int], None]:
    def moved(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    return moved


def _gate(what: str, problems: list[str], log: Path) -> None:
    """Stop a notebook or page that must not be published."""
    if problems:
        raise CxError(
            "not published: last time's page is still in place",
            where=what,
            got="; ".join(problems),
            hint=f"the log is {log}",
        )


def _manifest(job: Job, notebook: NotebookNode) -> dict[str, Any]:
    """Return what the pages are, from the notebook's own header, and what they are made from."""
    header = next(
        all_visible(payload["parameters"])
        for cell in notebook.cells
        for payload in payloads(cell)
        if payload["kind"] == "header"
    )
    row = {"report": job.report.name, "labels": job.row.labels} if job.row else None
    return job.provenance | {
        "report": job.folder.parent.name,
        "row": row,
        "title": header["title"],
        "source": header["source"],
        "period": header["period"],
        "first": header.get("first") or "",
        "filters": {language: filters_label(header, Words(language)) for language in LANGUAGES},
    }
