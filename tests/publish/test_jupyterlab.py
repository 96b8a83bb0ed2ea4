"""A real JupyterLab opens the first notebook in a browser, and runs all of it without an error."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
LONG = 120_000  # milliseconds, for a kernel on a busy machine
OPEN = ["--ServerApp.token=", "--ServerApp.password=", "--IdentityProvider.token="]
QUIET = ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]


@pytest.fixture
def lab(tmp_path: Path, browser: Browser) -> Iterator[str]:  # noqa: ARG001 - without one, no server
    """Start JupyterLab on a copy of the project, as `make lab` does; return its address."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "data").mkdir()
    shutil.copytree(ROOT / "data/demo", tmp_path / "data/demo")
    shutil.copy(ROOT / "reports.toml", tmp_path)
    shutil.copy(ROOT / "notebooks/start_here.ipynb", tmp_path / "notebooks")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    personal = {"JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"}
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "CXREPORT"))}
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1",
         f"--port={port}", f"--ServerApp.root_dir={tmp_path}", *OPEN, *QUIET],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=environment | {name: str(tmp_path / f".{name.lower()}") for name in personal},
    )  # fmt: skip
    try:
        wait_for(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers."""
    for _ in range(600):
        assert server.poll() is None
        with socket.socket() as there:
            if there.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail("JupyterLab did not start")


def run_all(page: Page, address: str) -> None:
    """Open the notebook, run all its cells from the menu, and wait until the kernel rests."""
    page.goto(f"{address}/lab/tree/notebooks/start_here.ipynb", timeout=LONG)
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=LONG)
    page.get_by_text("(ipykernel) | Idle").wait_for(timeout=LONG)  # earlier, no cell is run
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    last = page.locator(".jp-Notebook .jp-CodeCell").last  # the file has outputs of one other cell
    last.locator(".jp-OutputArea-output").first.wait_for(timeout=LONG)
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=LONG)


def test_the_first_notebook_runs_without_an_error(lab: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1400, "height": 6000})
    try:
        run_all(page, lab)
        errors = page.locator(".jp-OutputArea-output[data-mime-type*='error'], .jp-RenderedText"
                              "[data-mime-type='application/vnd.jupyter.stderr']")  # fmt: skip
        assert errors.all_inner_texts() == []
        headings = page.locator("table.dataframe th").all_inner_texts()
        assert any(heading.startswith("estimate") for heading in headings)
        assert page.locator(".jp-OutputArea-output svg, .jp-OutputArea-output img").count() > 0
        assert page.locator(".jp-OutputArea-output table caption").count() > 0
        if folder := os.environ.get("CXREPORT_SCREENS"):
            page.screenshot(path=f"{folder}/jupyterlab.png")
    finally:
        page.close()
