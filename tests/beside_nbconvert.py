"""Write `docs/beside-nbconvert.md`: the demo's month by stock nbconvert, and as a page of ours.

Both hold the same tables and charts, from the same blocks: a stock cell shows its frame as pandas
does and its chart as matplotlib does. Nothing is asked of the network: what would be is counted.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import sys
import tempfile
from base64 import b64encode
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe
from nbconvert import HTMLExporter
from nbformat import v4
from playwright.sync_api import sync_playwright

sys.path.append(str(Path(__file__).parent / "support"))

from here import run_here
from small_project import PROVENANCE

from cxreport.publish.export import export_page, payloads
from cxreport.show.blocks import read_block
from cxreport.show.charts.picture import DRAWINGS
from cxreport.show.render import blocks_in
from cxreport.show.words import Words
from cxreport.show.written import reader_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

    from cxreport.show.blocks import Block

DOCUMENT = Path(__file__).parents[1] / "docs/beside-nbconvert.md"
NO_ALT = """() => [...document.querySelectorAll('img, svg[role=img]')].filter(e =>
    !/[a-z]{3}/i.test(e.alt ?? e.textContent) || /No description/i.test(e.alt ?? '')).length"""
GRAVE = {"moderate", "serious", "critical"}
ABOUT = (
    "The demo's month in English: the same frames and charts, once as pandas, matplotlib and "
    "nbconvert show them, once as a page of ours. `python tests/beside_nbconvert.py` measures both "
    "and writes this table."
)
ROWS = {
    "bytes": "size, kB",
    "compressed": "compressed, kB",
    "requests": "requests to other machines",
    "scripts": "scripts",
    "axe": "places where axe-core finds a problem, moderate or worse",
    "pictures": "pictures",
    "no_alt": "of them without a text that says what they show",
    "errors": "errors that html-validate finds",
}


def simple(block: Block) -> Iterator[Block]:
    """Yield the blocks that hold frames."""
    if "blocks" in block.parameters:
        for part in blocks_in(block):
            yield from simple(part)
    elif not block.frame.empty:
        yield block


def stock(notebook: NotebookNode) -> str:
    """Write the notebook as an analyst without this package would: frames, pictures, nbconvert."""
    cells = []
    for cell in notebook.cells:
        tags = set(cell.metadata.get("tags", []))
        if cell.cell_type == "markdown" and "it" not in tags:
            cells.append(v4.new_markdown_cell(cell.source))
        outputs = []
        for block in (b for p in payloads(cell) for b in simple(read_block(p))):
            outputs.append(v4.new_output("display_data", {"text/html": block.frame.to_html()}))
            shown = block.frame.get("estimate", block.frame.iloc[:, -1]).notna().any()
            if block.kind in DRAWINGS and shown:
                draw, _ = DRAWINGS[block.kind](block, reader_of(block, Words("en").language))
                picture = BytesIO()
                draw(True).savefig(picture, format="png", dpi=100)
                data = {"image/png": b64encode(picture.getvalue()).decode()}
                outputs.append(v4.new_output("display_data", data))
        if outputs:
            cells.append(v4.new_code_cell(cell.source, outputs=outputs))
    exporter = HTMLExporter(exclude_input=True)  # type: ignore[no-untyped-call]
    return str(exporter.from_notebook_node(v4.new_notebook(cells=cells))[0])


def measured(html: str, folder: Path, name: str) -> dict[str, int]:
    """Measure a page."""
    path = folder / f"{name}.html"
    path.write_text(html, "utf-8")
    browser = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))))
    asked: set[str] = set()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = started.new_page(viewport={"width": 1280, "height": 900})

        def refuse(route: Any) -> None:
            asked.add(route.request.url)
            route.abort()

        page.route(re.compile("^https?:"), refuse)
        page.goto(path.as_uri())
        violations = Axe().run(page).response["violations"]
        figures = page.evaluate("document.querySelectorAll('img, svg[role=img]').length")
        no_alt = page.evaluate(NO_ALT)
        started.close()
    tool = Path(sys.prefix) / "web/node_modules/.bin/html-validate"
    settings = Path(__file__).parent / "web/html-validate.mjs"
    answer = folder / "answer.json"
    with answer.open("w") as file:
        subprocess.run(
            [tool, f"--config={settings}", "--formatter=json", path], stdout=file, check=False
        )
    return {
        "bytes": round(len(html.encode()) / 1000),
        "compressed": round(len(gzip.compress(html.encode())) / 1000),
        "requests": len(asked),
        "scripts": len(re.findall(r"<script\b", html)),
        "axe": sum(len(v["nodes"]) for v in violations if v["impact"] in GRAVE),
        "pictures": figures,
        "no_alt": no_alt,
        "errors": sum(file["errorCount"] for file in json.loads(answer.read_text("utf-8"))),
    }


def main(notebook: NotebookNode | None = None) -> None:
    """Measure both, and write the table."""
    notebook = notebook or run_here("01_monthly_report.ipynb", source="demo")
    pages = {"stock": stock(notebook), "ours": export_page(notebook, "en", PROVENANCE)}
    with tempfile.TemporaryDirectory() as folder:
        columns = {name: measured(html, Path(folder), name) for name, html in pages.items()}
    lines = [
        "# A page beside what nbconvert makes of the same notebook",
        "",
        ABOUT,
        "",
        "| | nbconvert | cxreport |",
        "|---|---:|---:|",
        *[
            f"| {words} | {columns['stock'][k]:,} | {columns['ours'][k]:,} |"
            for k, words in ROWS.items()
        ],
        "",
        "A chart of ours is drawn twice, for a wide screen and for a phone: one is seen.",
    ]
    DOCUMENT.write_text("\n".join([*lines, ""]), "utf-8")


if __name__ == "__main__":
    main()
