"""Words of two pages: a section that came or went, a sentence of the summary that is another."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from published_pair import publish_tables, shares

from cxreport.cli import main
from cxreport.show.words import Words

if TYPE_CHECKING:
    from pathlib import Path

EN = Words("en")


def page(root: Path, period: str, headings: list[str], sentences: list[str]) -> Path:
    """Publish a page with so many sections, and its summary."""
    table = shares("Scores", [("Roma", 100, 60.0, 50.2, 69.1)], EN)
    folder = publish_tables(root / period, period, table)
    html = "".join(f"<h2>{heading}</h2>" for heading in headings).encode()
    summary = json.dumps({"sentences": sentences}).encode()
    (folder / "en.html").write_bytes(html)
    (folder / "en.summary.json").write_bytes(summary)
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["pages"] = {"en": hashlib.sha256(html).hexdigest()}
    manifest["files"]["en.summary.json"] = hashlib.sha256(summary).hexdigest()
    path.write_text(json.dumps(manifest), "utf-8")
    return folder


@pytest.fixture
def pages(tmp_path: Path) -> tuple[Path, Path]:
    """Publish two months: waits came, voice went, and one of two sentences is another."""
    steady = "NPS is steady."
    return (
        page(tmp_path, "2026-09", ["Scores of September 2026", "Voice"], ["CSAT fell.", steady]),
        page(tmp_path, "2026-10", ["Scores of October 2026", "Waits"], ["CSAT rose.", steady]),
    )


def test_sections_and_sentences_are_compared(pages: tuple[Path, Path]) -> None:
    result = CliRunner().invoke(main, ["diff", *map(str, pages)])
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    at = lines.index("Sections gone: Voice")
    assert lines[at : at + 5] == [
        "Sections gone: Voice",
        "Sections new: Waits",
        "In brief, other words (- before, + now):",
        "  - CSAT fell.",
        "  + CSAT rose.",
    ]


def test_the_same_words_are_not_told(tmp_path: Path) -> None:
    folder = page(tmp_path, "2026-09", ["Voice"], ["CSAT fell."])
    result = CliRunner().invoke(main, ["diff", str(folder), str(folder)])
    assert result.exit_code == 0
    assert "Sections" not in result.output
    assert "In brief" not in result.output


def test_a_page_that_was_changed_by_hand_is_refused(pages: tuple[Path, Path]) -> None:
    (pages[1] / "en.html").write_text("<h2>Other</h2>", "utf-8")
    result = CliRunner().invoke(main, ["diff", *map(str, pages)])
    assert result.exit_code == 1
    assert "the page is not the one published" in result.stderr
