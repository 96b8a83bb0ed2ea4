"""What others check pages with: html-validate finds no error, Lighthouse gives its best marks."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cxreport.publish.archive import publish_archive
from cxreport.publish.publish import INDEXES, publish, staging

if TYPE_CHECKING:
    from collections.abc import Iterator

TOOLS = Path(sys.prefix) / "web/node_modules/.bin"
CONFIGURATION = Path(__file__).parents[1] / "web/html-validate.mjs"
LEAST = {"performance": 0.95, "accessibility": 1, "best-practices": 1}
BLOCKING = """<script>
const began = performance.now();
while (performance.now() - began < 6000);
throw new Error("planted");
</script>"""
UNSEEN = '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><p style="color:#ccc">Planted.</p>'
PLANTED = ("first-contentful-paint", "image-alt", "color-contrast", "errors-in-console")
"""Six seconds without a picture, an image that says nothing, letters too pale, an error."""
TIMES = 2
"""Runs of Lighthouse, of which the best counts: a machine that does other work is slower."""

needs_tools = pytest.mark.skipif(
    not (TOOLS / "lighthouse").exists(),
    reason="no html-validate and no Lighthouse: install npm, then run tests/install-web-tools.sh",
)


@pytest.fixture(scope="module")
def site(demo_month: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish the month of the demo with its indexes."""
    out = tmp_path_factory.mktemp("site")
    names = ("it", "en", "method.it", "method.en")
    manifest = {
        "report": "demo-monthly",
        "title": "monthly",
        "source": {"en": "Demo", "it": "Esempio"},
        "period": {"name": "2026-10", "kind": "month"},
        "first": "2026-10-01",
        "headline": {"en": "Steady.", "it": "Stabile."},
        "data": {},
    }
    with staging(out) as staged:
        pages = {name: (demo_month / f"{name}.html").read_text("utf-8") for name in names}
        publish(staged, out / "demo-monthly/2026-10", pages, manifest)
        publish_archive(out, staged)
    return out


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Serve the pages to this machine alone."""
    handler = partial(Silent, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Silent(SimpleHTTPRequestHandler):
    """Serve files without a word."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def html_problems(answer: Path, *paths: Path) -> list[tuple[str, str, str]]:
    """Return file, rule and words of each error that html-validate sees."""
    command = [str(TOOLS / "html-validate"), f"--config={CONFIGURATION}", "--formatter=json"]
    command += [str(path) for path in paths]
    with answer.open("w") as file:  # a pipe would lose the end of a long answer
        subprocess.run(command, stdout=file, check=False, timeout=300)
    return [
        (Path(file["filePath"]).name, message["ruleId"], message["message"])
        for file in json.loads(answer.read_text("utf-8"))
        for message in file["messages"]
    ]


def lighthouse(address: str, folder: Path) -> dict[str, Any]:
    """Return what Lighthouse says of a page on a phone that is not slowed down."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if browser is None:
        pytest.skip("no Chromium: see tests/install-browser.sh")
    command = [str(TOOLS / "lighthouse"), address, "--quiet", "--output=json"]
    command += [f"--output-path={folder / 'marks.json'}", "--throttling-method=provided"]
    command += [f"--only-categories={','.join(LEAST)}"]
    command += ["--chrome-flags=--headless=new --no-sandbox --disable-gpu --no-first-run"]
    environment = os.environ | {"CHROME_PATH": browser, "HOME": str(folder)}
    subprocess.run(command, check=True, capture_output=True, timeout=300, env=environment)
    marks: dict[str, Any] = json.loads((folder / "marks.json").read_text("utf-8"))
    return marks


@needs_tools
def test_html_validate_finds_no_error(site: Path, tmp_path: Path) -> None:
    pages = sorted((site / "demo-monthly/2026-10").glob("*.html"))
    assert len(pages) == 4
    (tmp_path / "broken.html").write_text(
        pages[0].read_text("utf-8").replace("</h1>", "</h1><p><div></div></p>", 1), "utf-8"
    )
    pages += [site / name for name in INDEXES.values()]
    problems = html_problems(tmp_path / "answer.json", *pages, tmp_path / "broken.html")
    assert {problem[0] for problem in problems} == {"broken.html"}


@needs_tools
@pytest.mark.parametrize("page", ["demo-monthly/2026-10/it.html", "index.html"])
def test_lighthouse_gives_its_best_marks(address: str, page: str, tmp_path: Path) -> None:
    problems: list[object] = []
    for _ in range(TIMES):
        marks = lighthouse(f"{address}/{page}", tmp_path)
        given = {name: marks["categories"][name]["score"] for name in LEAST}
        bad = [
            (name, audit["score"], audit.get("displayValue"))
            for name, audit in marks["audits"].items()
            if audit["score"] is not None and audit["score"] < 1
        ]
        problems = [given, bad]
        if all(given[name] >= least for name, least in LEAST.items()):
            return
    pytest.fail(str(problems))


@needs_tools
def test_lighthouse_sees_what_is_planted(address: str, site: Path, tmp_path: Path) -> None:
    page = (site / "demo-monthly/2026-10/it.html").read_text("utf-8")
    policy = r'<meta http-equiv="Content-Security-Policy"[^>]*>'
    assert len(re.findall(policy, page)) == 1
    page = re.sub(policy, BLOCKING, page).replace("</main>", f"{UNSEEN}</main>")
    (site / "planted.html").write_text(page, "utf-8")
    marks = lighthouse(f"{address}/planted.html", tmp_path)
    assert all(marks["categories"][name]["score"] < least for name, least in LEAST.items())
    audits = {name: marks["audits"][name]["score"] for name in PLANTED}
    assert all(score is not None and score < 0.9 for score in audits.values()), audits


@pytest.mark.parametrize("language", ["it", "en"])
def test_a_page_is_small(language: str, demo_month: Path) -> None:
    content = (demo_month / f"{language}.html").read_bytes()
    assert len(content) <= 400_000
    assert len(gzip.compress(content)) <= 80_000
