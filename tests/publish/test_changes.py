"""A page that is made again says what changed since, by cause, and the same from the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from nbformat import v4

from cxreport.publish.changes import changes_since
from cxreport.publish.export import export_page
from cxreport.publish.gate import check_page

if TYPE_CHECKING:
    from pathlib import Path

MADE_FROM: dict[str, Any] = {
    "notebook": "a.ipynb",
    "notebook_sha256": "n",
    "parameters": {"period": "2026-10"},
    "codebook_sha256": "c",
    "definitions": {"coding_frame.toml": "f"},
    "data": {"answers.csv": "1", "orders.csv": "1"},
    "libraries": {"python": "3.12"},
    "code": "p",
    "commit": None,
    "clean": False,
}
HEADLINE = {"en": "Steady <so far>.", "it": "Stabile."}


def published(folder: Path, **more: Any) -> Path:
    (folder / "manifest.json").write_text(json.dumps(MADE_FROM | more), "utf-8")
    return folder


def test_a_page_made_for_the_first_time_has_nothing_to_say(tmp_path: Path) -> None:
    assert changes_since(tmp_path, MADE_FROM) is None
    (tmp_path / "manifest.json").write_text("[half", "utf-8")
    assert changes_since(tmp_path, MADE_FROM) is None


@pytest.mark.parametrize(
    ("now", "causes", "files"),
    [
        ({"data": {"answers.csv": "2", "new.csv": "1"}}, ["data"],
         ["answers.csv", "new.csv", "orders.csv"]),
        ({"codebook_sha256": "d"}, ["definition"], []),
        ({"definitions": {"coding_frame.toml": "g"}}, ["definition"], []),
        ({"parameters": {"period": "2026-10", "recent": 6}}, ["definition"], []),
        ({"notebook_sha256": "m"}, ["code"], []),
        ({"code": "q", "codebook_sha256": "d"}, ["definition", "code"], []),
        ({"libraries": {"python": "3.13"}}, ["code"], []),
    ],
)  # fmt: skip
def test_each_cause_is_named(
    tmp_path: Path, now: dict[str, Any], causes: list[str], files: list[str]
) -> None:
    found = changes_since(published(tmp_path, headline=HEADLINE), MADE_FROM | now)
    assert found == {"causes": causes, "files": files, "headline": HEADLINE}


def test_pages_made_again_from_the_same_say_the_same(tmp_path: Path) -> None:
    assert changes_since(published(tmp_path), MADE_FROM) is None
    said = {"causes": ["code"], "files": [], "headline": HEADLINE}
    assert changes_since(published(tmp_path, changes=said), MADE_FROM) == said


def test_the_page_says_it_in_its_own_language() -> None:
    changes = {"causes": ["data", "code"], "files": ["a.csv"], "headline": HEADLINE}
    notebook = v4.new_notebook(metadata={"title": "Report"})
    pages = {
        language: export_page(notebook, language, MADE_FROM, changes=changes)
        for language in ("en", "it")
    }
    assert "Data: one file is not what it was (" in pages["en"]
    assert "Then the page said first: “" in pages["en"]
    assert "Steady &lt;so far&gt;." in pages["en"]
    assert "Dati: un file non è più quello di prima (" in pages["it"]
    assert "Definizioni: il codebook" not in pages["it"]
    assert not [problem for problem in check_page(pages["it"]) if "heading" in problem]
    assert "last made" not in export_page(notebook, "en", MADE_FROM)
