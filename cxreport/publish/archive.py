"""What a reader finds beside single pages: an index a language, and the newest page of each report.

Both are made from the manifests alone, after each build, and each is switched in one step. A page
links to them, and to the pages of the periods before and after by addresses that stay (see
``steps``): those pages may come, change or go without it.
"""

from __future__ import annotations

import json
import shutil
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cxreport.errors import CxError
from cxreport.inputs.meaning import LANGUAGES
from cxreport.publish.brand import logo_of
from cxreport.publish.exchange import put_folder
from cxreport.publish.export import Links, environment, style
from cxreport.publish.gate import check_page
from cxreport.publish.notes import files_in, read_rows
from cxreport.publish.places import LATEST, MANIFEST, failed_mark
from cxreport.publish.publish import INDEXES, OURS, digest_of, write_through
from cxreport.publish.stale import hashes_of
from cxreport.publish.steps import put_steps, step_address
from cxreport.show.plain_text import all_visible
from cxreport.show.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

NEEDED = ("report", "title", "source", "period", "pages")
MADE_FROM = (
    "data", "codebook_sha256", "definitions", "notebook_sha256", "code", "libraries",
)  # fmt: skip


def links_of(
    report: str,
    period: str,
    language: str,
    languages: Sequence[str],
    workbook: Mapping[str, str] | None = None,
) -> Links:
    """Return where a page leads: the same in the folder of its period and in that of the newest.

    Parameters
    ----------
    report : str
        The name of the report's folder.
    period : str
        The name of the period's folder.
    language : str
        Of the page.
    languages : sequence of str
        In which the page is made.
    workbook : mapping, optional
        See :class:`Links`.
    """
    place, index = quote(report), f"../../{INDEXES[language]}"
    return Links(
        other=[name for name in sorted(languages) if name != language],
        before=step_address(report, period, "before", language),
        after=step_address(report, period, "after", language),
        newest=f"../../{LATEST}/{place}/{language}.html",
        periods=f"{index}#{place}",
        reports=index,
        workbook=workbook,
    )


def read_manifests(out: Path) -> tuple[list[dict[str, Any]], list[CxError]]:
    """Return the manifests of all published pages, newest period first within a report.

    Beside them, an error for each manifest that cannot be read, or lacks what the index shows.
    """
    manifests: list[dict[str, Any]] = []
    damaged: list[CxError] = []
    for path in sorted(out.glob(f"*/*/{MANIFEST}")):
        if path.parent.parent.name == LATEST:
            continue
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            entry = {key: manifest[key] for key in NEEDED}
            for key in ("filters", "headline"):
                entry[key] = dict.fromkeys(LANGUAGES, "") | (manifest.get(key) or {})
            entry["brand"] = dict(manifest.get("brand") or {})
            entry["first"] = manifest.get("first") or ""
            entry["row"] = _row_in(manifest)
            entry["made_from"] = [manifest.get(key) for key in MADE_FROM]
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            damaged.append(
                CxError(
                    "a manifest cannot be read: the index does not list its pages",
                    where=path,
                    got=repr(error),
                    hint="remove its folder, and build again",
                )
            )
            continue
        folder = quote(f"{path.parent.parent.name}/{path.parent.name}")
        manifests.append(entry | {"folder": folder, "place": path.parent})
    by_period = sorted(
        manifests, key=lambda m: (m["first"], str(m["period"]["name"])), reverse=True
    )
    return sorted(by_period, key=lambda m: (str(m["report"]), m["place"].parent)), damaged


def _row_in(manifest: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return of which row of pages a page is; None where it stands by itself."""
    row = manifest.get("row")
    return {"report": str(row["report"]), "labels": dict(row["labels"])} if row else None


def publish_archive(out: Path, staged: Path) -> Path:
    """Put the index of each language and the newest pages of each report in place.

    Parameters
    ----------
    out : Path
        The folder of the pages.
    staged : Path
        A folder on the same disk, for unfinished work.

    Returns
    -------
    Path
        The English index.

    Raises
    ------
    CxError
        If something could not be written; or, after it was, if a manifest cannot be read.
    """
    manifests, damaged = read_manifests(out)
    entries = [
        entry
        for _, rows in groupby(manifests, key=lambda m: m["place"].parent)
        for entry in _entries(list(rows), out)
    ]
    brand: dict[str, str] = next((m["brand"] for m in manifests if m["brand"]), {})
    rows = _rows([entry for entry in entries if entry["row"]], read_rows(out))
    alone = [entry for entry in entries if not entry["row"]]
    pages = {language: _index(alone, rows, language, brand) for language in LANGUAGES}
    try:
        for language, page in pages.items():
            write_through(staged / INDEXES[language], page.encode())
        _put_newest(manifests, out, staged)
        put_steps(manifests, out, staged)
        for name in INDEXES.values():
            (staged / name).replace(out / name)
    except OSError as error:
        raise CxError("the index could not be written", where=out, got=error.strerror) from error
    if damaged:
        raise damaged[0]
    return out / INDEXES["en"]


def _entries(rows: list[dict[str, Any]], out: Path) -> list[dict[str, Any]]:
    """Return what the index shows of the pages of one report, the newest first."""
    keys = ("title", "report", "source", "period", "filters", "headline", "folder", "row")
    return [
        {key: row[key] for key in keys}
        | {
            "languages": [language for language in LANGUAGES if language in row["pages"]],
            "anchor": quote(row["place"].parent.name) if row is rows[0] else "",
            "state": _state(row, rows[0], out),
        }
        for row in rows
    ]


def _rows(
    entries: Sequence[dict[str, Any]], noted: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Put the pages of a report with ``each`` under one heading, with the groups that have none."""
    rows: dict[str, dict[str, Any]] = {}
    for about in [*(entry["row"] for entry in entries), *noted]:
        empty = {"report": about["report"], "labels": about["labels"], "entries": [], "few": []}
        rows.setdefault(about["report"], empty)
    for entry in entries:
        rows[entry["row"]["report"]]["entries"].append(entry)
    for note in noted:
        if note["few"]:
            rows[note["report"]]["few"].append(note)
    listed = [row for _, row in sorted(rows.items()) if row["entries"] or row["few"]]
    for row in listed:
        row["entries"].sort(key=lambda entry: str(entry["title"]))  # stable: newest period first
    return listed


def _state(row: dict[str, Any], newest: dict[str, Any], out: Path) -> str:
    """Return how far a page can be relied on to be what would be made now."""
    if failed_mark(out, row["place"]).exists():
        return "failed"
    return "published" if row["made_from"] == newest["made_from"] else "earlier"


def _index(
    entries: list[dict[str, Any]],
    rows: list[dict[str, Any]],
    language: str,
    brand: Mapping[str, str],
) -> str:
    """Write the list of all pages in one language, and check it like a page."""
    words = Words(language)
    resources = style(brand.get("css", "")) | {
        "brand": logo_of(brand) if brand else "",
        "language": language,
        "full_title": words.text("title.index"),
        "words": words,
        "entries": all_visible(entries),
        "rows": all_visible(rows),
        "others": {other: INDEXES[other] for other in LANGUAGES if other != language},
    }
    page = environment().get_template("index.html.j2").render(resources=resources)
    problems = check_page(page)
    if problems:
        raise CxError("the index was not published", got="; ".join(problems))
    return page


def _put_newest(manifests: list[dict[str, Any]], out: Path, staged: Path) -> None:
    """Copy the newest pages of each report to an address that stays, byte by byte."""
    newest: dict[str, Path] = {}
    for manifest in manifests:
        newest.setdefault(manifest["place"].parent.name, manifest["place"])
    for name, place in newest.items():
        files = {file.name: file.read_bytes() for file in place.iterdir() if file.name in OURS}
        hashes = hashes_of(json.loads(files[MANIFEST]))
        whole = all(digest_of(files.get(name, b"")) == digest for name, digest in hashes.items())
        there = out / LATEST / name
        if not whole or files == files_in(there):  # another build, or a hand, is at work there
            continue
        new = staged / LATEST / name
        new.mkdir(parents=True)
        for file, content in files.items():
            write_through(new / file, content)
        put_folder(new, there)
    for there in (out / LATEST).glob("*/"):
        if there.name not in newest and {*files_in(there)} <= OURS:
            there.rename(staged / f"gone-{there.name}")
            shutil.rmtree(staged / f"gone-{there.name}", ignore_errors=True)
