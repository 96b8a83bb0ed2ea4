"""The month of the demo is read in minutes, on any screen, on paper, and by everybody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from cxreport.publish.gate import check_page

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

PAGES = ("it", "en", "method.it", "method.en")
WORDS = """() => {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), words = [];
    while (walk.nextNode()) {
        const place = walk.currentNode.parentElement;
        if (!place.closest('svg') && place.checkVisibility())
            words.push(...walk.currentNode.data.split(/\\s+/));
    }
    return words.filter(word => /[\\p{L}\\p{N}]/u.test(word)).length;
}"""
CLIPPED = """() => [...document.querySelectorAll('body *')]
    .filter(e => e.checkVisibility() && !e.closest('svg, .unseen, .skip, .stack thead'))
    .filter(e => { const look = getComputedStyle(e);
        return look.display != 'inline' && !['auto', 'scroll'].includes(look.overflowX)
            && e.scrollWidth > e.clientWidth + 1; })
    .map(e => [e.tagName, e.textContent.trim().slice(0, 60)])"""
CUT = """() => [...document.querySelectorAll('svg')].filter(svg => svg.checkVisibility())
    .flatMap(svg => { const frame = svg.getBoundingClientRect();
        return [...svg.querySelectorAll('text')].filter(text => {
            const place = text.getBoundingClientRect();
            return place.left < frame.left - 1 || place.right > frame.right + 1
                || place.top < frame.top - 1 || place.bottom > frame.bottom + 1;
        }).map(text => text.textContent); })"""
TABLES = """() => [...document.querySelectorAll('table')].map(table =>
    [table.caption?.textContent, ...[...table.querySelectorAll('th')].map(th => th.scope)])"""
OPEN = "document.querySelectorAll('details').forEach(d => { d.open = true })"
SMALLEST = """() => Math.min(...[...document.querySelectorAll('svg text')]
    .filter(text => text.checkVisibility())
    .map(text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a))"""

ALIKE = """() => {
    const looks = new Map(), numbers = new Map(), first = new Set();
    const inherited = ['color', 'fill', 'stroke', 'backgroundColor', 'backgroundImage', 'opacity',
        'filter', 'mixBlendMode', 'textShadow', 'fontSize', 'fontWeight', 'position', 'zIndex',
        'clip', 'clipPath', 'overflow', 'transform'];
    const look = element => {
        if (!element) return 0;
        if (!looks.has(element)) {
            const style = getComputedStyle(element);
            const own = inherited.map(name => style[name]);
            const whole = [look(element.parentElement), element.tagName, ...own].join();
            if (!numbers.has(whole)) numbers.set(whole, numbers.size + 1);
            looks.set(element, numbers.get(whole));
        }
        return looks.get(element);
    };
    for (const element of document.querySelectorAll('body *')) {
        element.removeAttribute('data-alike');
        if (element.childElementCount || !element.checkVisibility()) continue;
        if (first.has(look(element))) element.setAttribute('data-alike', '');
        first.add(look(element));
    }
    axe.configure({rules: [{id: 'color-contrast', selector: ':not([data-alike])'}]});
}"""
"""Text that looks as some other does, as do all it stands in, has its contrast: one is measured."""
VIOLATIONS = """axe.run({resultTypes: ['violations']}).then(judged =>
    judged.violations.flatMap(rule => rule.nodes.map(node => [rule.id, node.html])))"""


def opened(browser: Browser, path: Path, width: int, height: int, **more: Any) -> Page:
    page = browser.new_page(viewport={"width": width, "height": height}, **more)
    page.goto(path.as_uri())
    return page


@pytest.fixture(params=["it", "en"])
def path(request: pytest.FixtureRequest, demo_month: Path) -> Path:
    return demo_month / f"{request.param}.html"


@pytest.mark.parametrize(("width", "height", "most"), [(1280, 900, 7), (375, 800, 12)])
def test_the_month_is_short(
    path: Path, browser: Browser, width: int, height: int, most: float
) -> None:
    page = opened(browser, path, width, height)
    assert 300 < page.evaluate(WORDS) <= 1200  # those on charts are not read as words
    assert page.evaluate("document.documentElement.scrollHeight") <= most * height
    assert page.locator("nav.links a").count() == 7  # as it is published
    assert page.locator("footer li").count() == 4
    page.evaluate(OPEN)
    assert page.evaluate(WORDS) > 2000  # what is not seen at once is still there
    page.close()


def test_the_month_takes_eight_sheets_of_paper(path: Path, browser: Browser) -> None:
    page = opened(browser, path, 1280, 900)
    sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", print_background=True))
    assert 2 < len(sheets) <= 8
    page.close()


@pytest.mark.parametrize("width", [1920, 1280, 800, 375, 320])
def test_nothing_is_wider_than_the_screen_nor_too_small_to_read(
    path: Path, browser: Browser, width: int
) -> None:
    page = opened(browser, path, width, 800)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(SMALLEST) >= 8
    assert page.evaluate(CUT) == []
    page.evaluate(OPEN)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CLIPPED) == []
    page.evaluate("for (const e of document.querySelectorAll('p')) e.style.whiteSpace = 'nowrap'")
    assert page.evaluate(CLIPPED)  # as it would be
    page.close()


@pytest.mark.parametrize("width", [1280, 1600, 1920])
def test_a_wide_screen_is_used(path: Path, browser: Browser, width: int) -> None:
    page = opened(browser, path, width, 900)
    used = page.evaluate("""Math.max(...[...document.querySelectorAll('main figure, main section')]
        .map(e => e.getBoundingClientRect().right))
        - document.querySelector('main').getBoundingClientRect().left""")
    assert used >= 0.8 * width
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_everybody_finds_their_way(name: str, browser: Browser, demo_month: Path) -> None:
    path = demo_month / f"{name}.html"
    assert check_page(path.read_text("utf-8")) == []
    page = opened(browser, path, 1280, 900)
    every = "[...document.querySelectorAll('h1, h2, h3, h4')].map(h => +h.tagName[1])"
    levels = page.evaluate(every)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert max(after - before for before, after in zip(levels, [*levels[1:], 1], strict=True)) <= 1
    assert page.locator("main").count() == 1
    assert page.evaluate("document.documentElement.lang") == name[-2:]
    assert len(re.findall(r"[^\W\d_]{3,}", page.title())) >= 3
    tables = page.evaluate(TABLES)
    assert len(tables) >= 1 or name.startswith("method")
    assert all(caption and set(scopes) <= {"col", "row"} for caption, *scopes in tables)
    alts = page.evaluate("[...document.querySelectorAll('svg > title')].map(e => e.textContent)")
    assert all(len(alt.split()) >= 5 for alt in alts)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"
    for link in page.locator("footer a").all():
        assert (demo_month / (link.get_attribute("href") or "none")).is_file()
    page.close()


def violations(page: Page) -> list[list[str]]:
    """Return the rule and the element of each problem that axe sees."""
    page.evaluate(Axe().axe_script)
    page.evaluate(ALIKE)
    found: list[list[str]] = page.evaluate(VIOLATIONS)
    return found


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    name: str, width: int, scheme: str, browser: Browser, demo_month: Path
) -> None:
    page = opened(browser, demo_month / f"{name}.html", width, 900, color_scheme=scheme)
    for _ in range(2):
        assert violations(page) == []
        page.evaluate(OPEN)
    page.close()


def test_axe_finds_one_pale_cell_and_one_pale_table_among_those_alike(
    browser: Browser, demo_month: Path
) -> None:
    page = opened(browser, demo_month / "it.html", 1280, 900)
    page.evaluate(OPEN)
    page.evaluate("""() => {
        const cells = [...document.querySelectorAll('td')].filter(cell => !cell.childElementCount);
        cells.at(-1).style.color = '#ddd';
        const tables = [...new Set(cells.map(cell => cell.closest('table')))];
        tables[1].style.backgroundColor = '#777';
        document.querySelector('html').removeAttribute('lang');
    }""")
    problems = violations(page)
    assert {rule for rule, _ in problems} == {"color-contrast", "html-has-lang"}
    assert any("rgb(221, 221, 221)" in element for _, element in problems)
    assert len(problems) > 2
    page.close()
