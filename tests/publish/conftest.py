"""A small project of their own for the tests of the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from small_project import write_project


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a small project, which no test changes."""
    root = tmp_path_factory.mktemp("written")
    write_project(root)
    return root


@pytest.fixture
def project(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy it, and stand in it."""
    root = Path(shutil.copytree(written, tmp_path / "p"))
    monkeypatch.chdir(root)
    # the kernel behaves otherwise under pytest
    monkeypatch.delenv("PYTEST_CURRENT_TEST", raising=False)
    return root
