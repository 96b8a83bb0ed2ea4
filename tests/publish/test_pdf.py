"""A page on paper: tagged, the same bytes twice, and nothing of the machine that printed it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from small_project import Command, pages

from cxreport.errors import CxError
from cxreport.publish import pdf
from cxreport.publish.gate_beside import check_beside
from cxreport.publish.pdf import find_browser, print_page

if TYPE_CHECKING:
    from pathlib import Path

A4 = b"594.95996 841.91998"  # points
SIZE = re.compile(rb"/MediaBox \[0 0 ([\d. ]+)\]")
SHEET = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture(scope="module")
def printer() -> str:
    try:
        return find_browser()
    except CxError:
        pytest.skip("no browser: install Chromium, for example with tests/install-browser.sh")


def test_the_month_is_printed_and_the_short_print_has_two_sheets(
    demo_month: Path, printer: str
) -> None:
    page = (demo_month / "it.html").read_text("utf-8")
    assert 'href="method.it.html"' in page
    files = print_page(page, printer, name="it")
    assert files.keys() == {"it.pdf", "it.short.pdf"}
    assert 2 < len(SHEET.findall(files["it.pdf"])) <= 8
    assert 1 <= len(SHEET.findall(files["it.short.pdf"])) <= 2
    for name, content in files.items():
        assert check_beside(name, content) == []
        assert b"method.it" not in content
        assert b"/Lang (it)" in content
        assert {*SIZE.findall(content)} == {A4}
    assert print_page(page, printer, name="it") == files


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"%PDF-1.4 /Type /Page", "a PDF without tags"),
        (b"%PDF-1.4 /StructTreeRoot /S /JavaScript", "a PDF with /JavaScript"),
        (b"%PDF-1.4 /StructTreeRoot /URI (file:///srv/it.html)", "a PDF with file:/"),
        (b"%PDF-1.4 /StructTreeRoot /URI (mailto:anna.rossi@example.org)", "anna"),
        (b"<html>", "no PDF"),
    ],
)
def test_a_print_that_runs_or_gives_away_is_refused(content: bytes, problem: str) -> None:
    problems = check_beside("it.pdf", content)
    assert problem in "; ".join(problems) or (problem == "anna" and problems)


@pytest.mark.usefixtures("printer")
def test_a_build_prints_and_names_the_prints_in_the_manifest(project: Path) -> None:
    code, said = Command(project, "build").end()
    assert code == 0, said
    code, said = Command(project, "build", "--pdf").end()
    assert "1 built" in said, said
    made = pages(project)
    for place in ("mini/2026-10", "latest/mini"):
        assert made[f"{place}/it.pdf"].startswith(b"%PDF-")
        assert b'"it.pdf"' in made[f"{place}/manifest.json"]
    code, said = Command(project, "build", "--pdf").end()
    assert "up to date" in said, said


def test_without_a_browser_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "BROWSERS", ("no-such-browser",))
    with pytest.raises(CxError, match="no browser to print with"):
        find_browser()
    with pytest.raises(CxError, match="did not print"):
        print_page("<body>", "/no/such/browser", name="it")
