"""Write the pages of a notebook that was run: checked, exported, checked again, published."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import nbformat

from cxreport.errors import CxError
from cxreport.inputs.meaning import LANGUAGES
from cxreport.publish.archive import links_of
from cxreport.publish.beside import files_beside
from cxreport.publish.changes import changes_since
from cxreport.publish.export import export_page, payloads, pieces_of
from cxreport.publish.gate import check_notebook, check_page
from cxreport.publish.gate_beside import check_beside
from cxreport.publish.pdf import print_page
from cxreport.publish.personal_data import Ids
from cxreport.publish.places import EXECUTED, METHOD
from cxreport.publish.plan import changed_since
from cxreport.publish.publish import publish
from cxreport.publish.summary import headline_of
from cxreport.show.labels import filters_label
from cxreport.show.plain_text import all_visible
from cxreport.show.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from nbformat import NotebookNode

    from cxreport.publish.plan import Job


def write_pages(job: Job, staged: Path, root: Path, log: Path, printer: str) -> None:
    """Publish the pages of a job whose notebook was run, if they may be.

    Parameters
    ----------
    job : Job
        What was run.
    staged : Path
        The folder for unfinished work, which holds the executed notebook.
    root : Path
        The project's folder.
    log : Path
        Of the run, for the hint of an error.
    printer : str
        The browser that prints the pages; none when empty.

    Raises
    ------
    CxError
        If a rule is broken, what the pages are made from has changed, or they cannot be written.
    """
    notebook = nbformat.read(staged / EXECUTED, as_version=4)  # type: ignore[no-untyped-call]
    _gate("notebook", check_notebook(notebook), log)
    changes = changes_since(job.folder, job.provenance)
    pages: dict[str, str] = {}
    files: dict[str, bytes] = {}
    headlines: dict[str, str] = {}
    for language in job.report.languages:
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
