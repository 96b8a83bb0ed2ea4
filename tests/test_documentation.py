"""The documentation holds: every public name is in the reference, every page in the site's list."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from reference_page import PAGE, page, public_names

import cxreport as cx

ROOT = Path(__file__).parent.parent
SITE = (ROOT / "mkdocs.yml").read_text("utf-8")
NAMES = [f"{space}.{name}" if space else name for space, names in public_names().items()
         for name in names]  # fmt: skip


def thing(dotted: str) -> object:
    found: object = cx
    for name in dotted.split("."):
        found = getattr(found, name)
    return found


def test_the_reference_names_what_the_package_offers() -> None:
    assert len(NAMES) > 300
    assert PAGE.read_text("utf-8") == page(), "run: python tests/reference_page.py"


def test_every_public_function_and_class_says_what_it_is() -> None:
    silent = [
        name for name in NAMES
        if (inspect.isfunction(thing(name)) or inspect.isclass(thing(name)))
        and not inspect.getdoc(thing(name))
    ]  # fmt: skip
    assert silent == []


def test_every_page_is_in_the_list_of_the_site() -> None:
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in ROOT.glob("docs/**/*.md")}
    assert {*re.findall(r"[\w/-]+\.md", SITE)} == pages


def test_the_site_is_built_without_a_warning_and_loads_nothing(tmp_path: Path) -> None:
    config = re.sub(r"  - mkdocstrings:\n(?: {6,}.*\n)+", "", SITE)  # as long as all else together
    assert "mkdocstrings" not in config
    config = config.replace("docs_dir: docs", f"docs_dir: {ROOT / 'docs'}")
    (tmp_path / "mkdocs.yml").write_text(config, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", tmp_path / "site"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for built in (tmp_path / "site").rglob("*.html"):
        loaded = re.findall(r'<(?:script|img|link)\b[^>]*?\b(?:src|href)="(https?:[^"]*)"',
                            built.read_text("utf-8"))  # fmt: skip
        assert loaded == [], built.name


@pytest.mark.parametrize("file", ["README.md", *sorted(p.name for p in ROOT.glob("docs/*.md"))])
def test_every_link_to_a_file_leads_somewhere(file: str) -> None:
    path = ROOT / file if file == "README.md" else ROOT / "docs" / file
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
    assert [
        link for link in links
        if not link.startswith("http") and not (path.parent / link).exists()
    ] == []  # fmt: skip


def test_the_citation_is_of_this_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"\nversion: {project['version']}\n" in citation
    assert f"\nlicense: {project['license']}\n" in citation
