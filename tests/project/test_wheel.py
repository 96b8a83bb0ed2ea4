"""The wheel alone makes the same project as a clone, by way of the source archive, too."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING

import pytest
from made_projects import ROOT, texts

from cxreport.project.new import write_project
from cxreport.project.render import Options, start_files

if TYPE_CHECKING:
    from pathlib import Path

BUILD = "import sys; from setuptools import build_meta; print(build_meta.{}(sys.argv[1]))"
NEW = "import sys; sys.path.insert(0, sys.argv.pop(1)); from cxreport.cli import main; main()"


def build(kind: str, source: Path, to: Path) -> Path:
    """Build what is published of a package, and return it."""
    done = subprocess.run(
        [sys.executable, "-c", BUILD.format(kind), str(to)],
        cwd=source,
        capture_output=True,
        text=True,
        check=True,
    )
    return to / done.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a source archive from the repository, a wheel from that, and unpack it."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("cxreport", "notebooks", "data"):
        left = shutil.ignore_patterns("__pycache__", "*.parquet")
        shutil.copytree(ROOT / name, source / name, ignore=left)
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, source)
    with tarfile.open(build("build_sdist", source, folder)) as archive:
        archive.extractall(folder / "archive", filter="data")
    (root,) = (folder / "archive").iterdir()
    shutil.unpack_archive(build("build_wheel", root, folder), folder / "site", "zip")
    return folder / "site"


def test_the_wheel_holds_what_a_project_starts_from(unpacked: Path) -> None:
    start = unpacked / "cxreport/project/start"
    packed = {path.relative_to(start) for path in start_files(start)}
    assert packed == {path.relative_to(ROOT) for path in start_files(ROOT)}
    assert len(packed) > 18
    assert not (unpacked / "setup.py").exists()


def test_the_wheel_alone_makes_the_project_that_a_clone_makes(
    unpacked: Path, tmp_path: Path
) -> None:
    words = ["new", "acme", "--organisation", "Acme", "--ci", "github"]
    subprocess.run(
        [sys.executable, "-P", "-c", NEW, str(unpacked), *words], cwd=tmp_path, check=True
    )
    write_project(tmp_path / "clone", Options("acme", "Acme", ci="github"))
    assert texts(tmp_path / "acme") == texts(tmp_path / "clone")
