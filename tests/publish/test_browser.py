"""A real browser opens a page and asks for nothing else, on a laptop and on a phone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from here import run_here
from nbformat import v4
from playwright.sync_api import Browser, ConsoleMessage, Page, Request
from small_project import PROVENANCE

from cxreport.publish.export import export_page
from cxreport.publish.gate import check_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

A4_WIDTH = 717  # pixels between margins of 1 cm
LONG = "a shop with a very long name indeed, Castellammare-di-Stabia/Reggio-nell'Emilia"
CODEBOOK = f"""
[source]
title = {{ en = "Shops", it = "Negozi" }}
terms = {{ en = "invented", it = "inventati" }}
observed_until = 2026-10-31
synthetic = true

[tables.responses]
files = "responses.csv"

[tables.responses.columns.response_id]
role = "id"

[tables.responses.columns.answered_at]
role = "date"

[tables.responses.columns.nps]
role = "nps"
label = {{ en = "would recommend", it = "consiglierebbe" }}

[tables.responses.columns.rating]
role = "csat"
scale = [1, 5]
label = {{ en = "{LONG}", it = "{LONG}" }}

[tables.responses.columns.till]
role = "touchpoint"
scale = [1, 5]
label = {{ en = "<b>till</b>", it = "<b>cassa</b>" }}

[tables.responses.columns.shop]
role = "segment"
label = {{ en = "shop", it = "negozio" }}
[tables.responses.columns.shop.labels]
a = {{ en = "{LONG}", it = "{LONG}" }}
b = {{ en = "<b>Turin</b>", it = "<b>Torino</b>" }}
"""


def write_source(folder: Path) -> Path:
    """Write a source of 22 months, 25 answers each; return its codebook."""
    months = [f"{2025 + n // 12}-{n % 12 + 1:02}" for n in range(22)]
    answers = [(10, 5, 4, "a"), (3, 2, 1, "b"), (8, 4, 5, "a"), (9, 5, 3, "b"), (0, 1, 2, "a")]
    rows = [
        f"{month}-{day},{month}-{day:02},{nps},{rating},{till},{shop}"
        for month in months
        for day, (nps, rating, till, shop) in enumerate(5 * answers, start=1)
    ]
    columns = "response_id,answered_at,nps,rating,till,shop"
    (folder / "responses.csv").write_text("\n".join([columns, *rows]), "utf-8")
    (folder / "codebook.toml").write_text(CODEBOOK, "utf-8")
    return folder / "codebook.toml"


@pytest.fixture(scope="module", params=["01_monthly_report", "00_data_quality"])
def pages(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    source = str(write_source(folder))
    parameters = {"source": source, "period": "2026-10", "filters": {}}
    notebook = run_here(f"{request.param}.ipynb", **parameters)
    notebook.cells.append(v4.new_markdown_cell("[elsewhere](https://x.example)"))
    written = {}
    for language in ("it", "en"):
        written[language] = folder / f"{language}.html"
        written[language].write_text(export_page(notebook, language, PROVENANCE), "utf-8")
    return written


@pytest.fixture(params=[("it", 1280), ("en", 1280), ("it", 375), ("en", 375)], ids=str)
def opened(
    request: pytest.FixtureRequest, browser: Browser, pages: dict[str, Path]
) -> Iterator[tuple[Page, list[str], list[str]]]:
    """Open a page at a width; give it with what it asked for and what the browser complained of."""
    language, width = request.param
    asked: list[str] = []
    said: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": 800})

    def note_request(request: Request) -> None:
        asked.append(request.url)

    def note_message(message: ConsoleMessage) -> None:
        said.append(message.text)

    page.on("request", note_request)
    page.on("console", note_message)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(pages[language].as_uri(), wait_until="networkidle")
    yield page, asked, said
    page.close()


Opened = tuple[Page, list[str], list[str]]


def test_the_page_passes_the_gate(pages: dict[str, Path]) -> None:
    assert {language: check_page(path.read_text("utf-8")) for language, path in pages.items()} == {
        "it": [],
        "en": [],
    }


def test_the_browser_asks_for_the_page_alone_and_complains_of_nothing(opened: Opened) -> None:
    page, asked, said = opened
    assert asked == [page.url]
    assert said == []


def test_the_style_is_in_force(opened: Opened) -> None:
    page, _, _ = opened
    assert page.evaluate("document.styleSheets.length") == 1
    collapse = "getComputedStyle(document.querySelector('table')).borderCollapse"
    assert page.evaluate(collapse) == "collapse"


def test_the_policy_would_refuse_script_style_picture_and_request(
    browser: Browser, pages: dict[str, Path], tmp_path: Path
) -> None:
    hostile = (
        "<script>document.title = 'script'</script>"
        "<img src='https://x.example/a.png' onerror=\"document.title = 'handler'\">"
        "<iframe src='https://x.example/'></iframe>"
        "<h1 id='red' style='color: rgb(255, 0, 0)'>red</h1>"
    )
    broken = pages["it"].read_text("utf-8").replace("</body>", f"{hostile}</body>")
    (tmp_path / "broken.html").write_text(broken, "utf-8")
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto((tmp_path / "broken.html").as_uri(), wait_until="networkidle")
    refused = "\n".join(text for text in said if "Content Security Policy" in text)
    for directive in ("default-src 'none'", "style-src", "img-src"):
        assert directive in refused
    assert page.title() not in {"script", "handler"}
    colour = page.evaluate("getComputedStyle(document.getElementById('red')).color")
    assert colour != "rgb(255, 0, 0)"
    page.close()


def test_the_page_does_not_scroll_sideways(opened: Opened) -> None:
    page, _, _ = opened
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]


LENGTHEN = """word => {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
    while (walk.nextNode()) {
        const text = walk.currentNode;
        if (text.data.trim() && !text.parentElement.closest('svg')) found.push(text);
    }
    for (const text of found) text.data += ' ' + word;
    const names = found.map(text => text.parentElement.tagName.toLowerCase());
    return [[...new Set(names)], document.documentElement.scrollWidth - innerWidth];
}"""


def test_a_word_of_40_letters_widens_no_element_of_a_phone_s_page(
    browser: Browser, pages: dict[str, Path]
) -> None:
    page = browser.new_page(viewport={"width": 375, "height": 800})
    page.goto(pages["it"].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    names, beyond = page.evaluate(LENGTHEN, "precipitevolissimevolmenteinsopportabile")
    assert {"h1", "h2", "p", "a", "td", "th", "caption", "dd"} <= {*names}
    assert beyond <= 0
    page.evaluate("for (const e of document.querySelectorAll('*')) e.style.overflowWrap = 'normal'")
    assert page.evaluate(LENGTHEN, "")[1] > 0  # as it would be
    page.close()


@pytest.mark.parametrize("language", ["it", "en"])
def test_paper_cuts_nothing_at_its_right_edge(
    language: str, browser: Browser, pages: dict[str, Path]
) -> None:
    page = browser.new_page(viewport={"width": A4_WIDTH, "height": 1000})
    page.emulate_media(media="print")
    page.goto(pages[language].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    beyond = page.evaluate("""() => [...document.querySelectorAll('main *')]
        .map(e => [e.tagName, Math.round(e.getBoundingClientRect().right - innerWidth)])
        .filter(([, pixels]) => pixels > 0)""")
    assert page.locator("table").count() > 2
    assert beyond == []
    page.close()


def test_every_picture_seen_has_a_name(opened: Opened) -> None:
    page, _, _ = opened
    visible = [svg for svg in page.locator("svg").all() if svg.is_visible()]
    named = page.get_by_role("img", name=re.compile(r"\w{3}")).all()  # as heard by a screen reader
    assert len([svg for svg in named if svg.is_visible()]) == len(visible)


def test_every_chart_is_drawn_once_for_the_width(opened: Opened) -> None:
    page, _, _ = opened
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    for figure in page.locator("figure:has(.wide)").all():
        assert len([svg for svg in figure.locator("svg").all() if svg.is_visible()]) == 1


def test_every_link_of_the_contents_leads_to_its_section(opened: Opened) -> None:
    page, _, _ = opened
    assert page.locator("nav a").count() >= 3
    for link in page.locator("nav a").all():
        assert page.locator(link.get_attribute("href") or "none").count() == 1


def test_hostile_labels_are_read_as_text(opened: Opened) -> None:
    page, _, _ = opened
    assert page.get_by_text(re.compile("<b>(till|cassa)</b>")).count() > 0
    assert page.locator("main b").count() == 0
