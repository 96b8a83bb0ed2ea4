"""What several tests of pages share: a small project, a browser, and the demo's month."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from here import NOTEBOOKS, executed, made_once
from playwright.sync_api import Browser, sync_playwright
from small_project import write_project

from cxreport.inputs.codebook import read_codebook
from cxreport.inputs.places import find_codebook
from cxreport.publish.archive import links_of
from cxreport.publish.beside import files_beside
from cxreport.publish.export import export_page, pieces_of
from cxreport.publish.provenance import gather_sources, with_parameters

if TYPE_CHECKING:
    from collections.abc import Iterator

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MONTH = ("demo-monthly", "2026-10")
CHANGES = {
    "causes": ["data", "definition", "code"],
    "files": ["actions.parquet", "responses.parquet"],
    "headline": {
        "it": "Ottobre 2026: punteggi stabili, le richieste di aiuto si risolvono come al solito",
        "en": "October 2026: scores steady, requests for help are solved as usual",
    },
}
"""What a page that was made again says of the one before: all that it can say."""
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a small project, which no test changes."""
    root = tmp_path_factory.mktemp("written")
    write_project(root)
    return root


@pytest.fixture
def project(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy it, and stand in it."""
    root = Path(shutil.copytree(written, tmp_path / "p"))
    monkeypatch.chdir(root)
    # the kernel behaves otherwise under pytest
    monkeypatch.delenv("PYTEST_CURRENT_TEST", raising=False)
    return root


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no browser: install Chromium, for example with tests/install-browser.sh")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield started
        started.close()


@pytest.fixture(scope="session")
def demo_month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the pages of the demo's last month as a build does: once for all processes."""
    with made_once(tmp_path_factory, "demo-month") as (folder, filled):
        if not filled:
            notebook = executed(tmp_path_factory, "01_monthly_report.ipynb")
            path = NOTEBOOKS / "01_monthly_report.ipynb"
            codebook = read_codebook(find_codebook("demo", NOTEBOOKS.parent))
            made_from = gather_sources(path, codebook, NOTEBOOKS.parent)
            made_from = with_parameters(made_from, {"source": "demo", "period": "2026-10"})
            for language in ("it", "en"):
                file = f"{MONTH[0]}-{MONTH[1]}"
                pieces = pieces_of(notebook, language, file=file)
                workbook = {"file": f"{language}.xlsx", "name": f"{file}-{language}.xlsx"}
                links = links_of(*MONTH, language, ["it", "en"], workbook)
                page = export_page(notebook, language, made_from,
                                   pieces=pieces, links=links, changes=CHANGES)  # fmt: skip
                method = export_page(notebook, language, made_from, method=True)
                (folder / f"{language}.html").write_text(page, "utf-8")
                (folder / f"method.{language}.html").write_text(method, "utf-8")
                for name, content in files_beside(pieces, language, page="demo").items():
                    (folder / name).write_bytes(content)
    return folder
