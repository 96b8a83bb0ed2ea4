"""What makes a run of all tests quicker: sources are opened once, and long tests begin first."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import pytest

import cxreport.publish  # noqa: F401 - before nbformat: it leaves a grammar out that takes seconds
from cxreport.inputs import company, survey
from cxreport.inputs.codebook import read_codebook
from cxreport.inputs.dataset import Dataset
from cxreport.inputs.places import find_codebook

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping
    from pathlib import Path

    from cxreport.inputs.source import Data

MOST = 8
"""Sources kept open at a time."""
LONGEST = (
    "test_notebooks.py", "test_interrupted.py", "test_lean_sources.py", "test_ci_files.py",
)  # fmt: skip
"""Begun first: the last test of a run must not be a long one, which a single worker waits for."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in LONGEST)


def pytest_collection_finish() -> None:
    """Leave what is loaded by now out of each search for garbage: it stays until the end."""
    gc.collect()
    gc.freeze()


def _fingerprint(source: str | Path) -> Hashable:
    """Say which files a source is now: another size or time is another source."""
    path = find_codebook(source)
    files = [path, *sorted(read_codebook(path).folder.glob("*"))]
    return tuple(
        (str(file.resolve()), file.stat().st_size, file.stat().st_mtime_ns) for file in files
    )


@pytest.fixture(autouse=True, scope="session")
def opened_once() -> Iterator[None]:
    """Keep what ``open_survey`` and ``open_company`` read of a source."""
    read, kept = company.open_tables, dict[Any, Dataset]()

    def open_tables(source: str | Path, tables: Mapping[str, Data] | None) -> Dataset:
        if tables:
            return read(source, tables)
        try:
            key = _fingerprint(source)
        except Exception:  # noqa: BLE001 - what is wrong with the source is for the package to say
            return read(source, tables)
        if key not in kept:
            kept[key] = read(source, tables)
            for oldest in list(kept)[:-MOST]:
                del kept[oldest]
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(company, "open_tables", open_tables)
        patch.setattr(survey, "open_tables", open_tables)
        yield
