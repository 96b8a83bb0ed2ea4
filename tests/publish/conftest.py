"""What several tests of pages share: a small project, a browser, and the demo's month."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from here import executed, made_once
from playwright.sync_api import Browser, sync_playwright
from small_project import PROVENANCE, write_project

from cxreport.publish.beside import files_beside
from cxreport.publish.export import export_page, pieces_of

if TYPE_CHECKING:
    from collections.abc import Iterator

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
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
    """Write the pages of the demo's last month: once, however many processes test."""
    with made_once(tmp_path_factory, "demo-month") as (folder, filled):
        if not filled:
            notebook = executed(tmp_path_factory, "01_monthly_report.ipynb")
            for language in ("it", "en"):
                pieces = pieces_of(notebook, language)
                page = export_page(notebook, language, PROVENANCE, pieces=pieces)
                method = export_page(notebook, language, PROVENANCE, method=True)
                (folder / f"{language}.html").write_text(page, "utf-8")
                (folder / f"method.{language}.html").write_text(method, "utf-8")
                for name, content in files_beside(pieces, language, page="demo").items():
                    (folder / name).write_bytes(content)
    return folder
