"""No test file is passed over: what lies on disk is what ``make test`` runs."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parent.parent


def test_every_test_file_on_disk_is_collected(pytestconfig: pytest.Config) -> None:
    """By the settings that pytest walks folders by: its own list of folders to skip has "build"."""
    skipped, names = pytestconfig.getini("norecursedirs"), pytestconfig.getini("python_files")
    on_disk = [p.relative_to(ROOT) for p in ROOT.rglob("*.py") if p.name.startswith("test")]
    own = [path for path in on_disk if not path.parts[0].startswith(".")]
    passed_over = [
        str(path)
        for path in own
        if path.parts[0] not in pytestconfig.getini("testpaths")
        or any(fnmatch(part, pattern) for part in path.parts[:-1] for pattern in skipped)
        or not any(fnmatch(path.name, pattern) for pattern in names)
    ]
    assert passed_over == []
    assert len(own) > 100
    conftests = [path.read_text("utf-8") for path in (ROOT / "tests").rglob("conftest.py")]
    assert not [text for text in conftests if "ignore" in text]
