"""What makes a run of all tests quicker: sources are opened once, and long tests begin first."""

from __future__ import annotations

import gc
import pickle
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import cxreport.publish  # noqa: F401 - before nbformat: it leaves a grammar out that takes seconds
from cxreport.inputs import company, survey
from cxreport.inputs.codebook import read_codebook
from cxreport.inputs.dataset import find_codebook

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping

    from cxreport.inputs.dataset import Dataset
    from cxreport.inputs.source import Data

MOST = {"small": 100, "large": 4}
"""Sources kept open at a time, beside the demo, which most files of tests ask for again."""
SMALL = 200_000
"""Bytes of a small source: the same codebook and files in another folder are the same source."""
DEMO = Path(__file__).parents[1] / "data/demo/codebook.toml"
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


def _fingerprint(source: str | Path, tables: Mapping[str, Data] | None) -> tuple[str, Hashable]:
    """Give a kind of source, and which one of them this is: other rows are another source."""
    path = find_codebook(source)
    folders = {path.parent.resolve(), read_codebook(path).folder.resolve()}
    files = [file for folder in sorted(folders) for file in sorted(folder.glob("*"))]
    given = tuple((name, _content(frame)) for name, frame in (tables or {}).items())
    if all(file.is_file() for file in files) and sum(f.stat().st_size for f in files) <= SMALL:
        return "small", (*((file.name, file.read_bytes()) for file in files), *given)
    kind = "demo" if path.resolve() == DEMO and not given else "large"
    states = ((str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files)
    return kind, (*states, *given)


def _content(frame: Data) -> bytes:
    if not isinstance(frame, pd.DataFrame):
        raise TypeError(frame)
    return pickle.dumps(frame)


class Opened:
    """What was read of the sources asked for last."""

    def __init__(self, read: Callable[[str | Path, Mapping[str, Data] | None], Dataset]) -> None:
        self.read = read
        self.kept: dict[str, dict[Hashable, Dataset]] = {}

    def __call__(self, source: str | Path, tables: Mapping[str, Data] | None) -> Dataset:
        try:
            kind, key = _fingerprint(source, tables)
        except Exception:  # noqa: BLE001 - what is wrong with the source is for the package to say
            return self.read(source, tables)
        kept = self.kept.setdefault(kind, {})
        kept[key] = kept.pop(key) if key in kept else self.read(source, tables)  # the last in line
        for oldest in list(kept)[: -MOST.get(kind, 1)]:
            del kept[oldest]
        path = find_codebook(source)  # of the same content, perhaps in another folder
        return replace(kept[key], name=path.resolve().parent.name, codebook=read_codebook(path))


@pytest.fixture(autouse=True, scope="session")
def opened_once() -> Iterator[None]:
    """Keep what ``open_survey`` and ``open_company`` read of a source."""
    opened = Opened(company.open_tables)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(company, "open_tables", opened)
        patch.setattr(survey, "open_tables", opened)
        yield
