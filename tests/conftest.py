"""What makes a run of all tests quicker: sources are opened once, and long tests begin first."""

from __future__ import annotations

import gc
import pickle
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import cxreport.publish  # noqa: F401 - before nbformat: it leaves a grammar out that takes seconds
from cxreport.inputs import company, dataset, survey
from cxreport.inputs.codebook import read_codebook
from cxreport.inputs.places import find_codebook, find_files

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping

    from cxreport.inputs.codebook import Codebook
    from cxreport.inputs.dataset import Dataset
    from cxreport.inputs.source import Data

MOST = {"small": 100, "large": 4, "table": 100}
"""Sources and tables kept at a time, beside the demo, which most files of tests ask for again."""
SMALL = 200_000
"""Bytes of a small source: the same codebook and files in another folder are the same source."""
DEMO = Path(__file__).parents[1] / "data/demo/codebook.toml"
LONGEST = (
    "test_notebooks.py", "test_interrupted.py", "test_lean_sources.py", "test_ci_files.py",
    "test_web_tools.py", "test_signals_said.py", "test_null_worlds.py", "test_persona_claims.py",
    "test_topics.py", "test_coverage.py",
)  # fmt: skip
"""Begun first: the last test of a run must not be a long one, which a single worker waits for."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in LONGEST)


def pytest_collection_finish() -> None:
    """Leave what is loaded by now out of each search for garbage: it stays until the end."""
    gc.collect()
    gc.freeze()


def _source_of(source: str | Path, tables: Mapping[str, Data] | None) -> tuple[str, Hashable]:
    """Give a kind of source, and which one of them this is: other rows are another source."""
    path = find_codebook(source)
    folders = {path.parent.resolve(), read_codebook(path).folder.resolve()}
    files = [file for folder in sorted(folders) for file in sorted(folder.glob("*"))]
    given = tuple((name, _content(frame)) for name, frame in (tables or {}).items())
    if all(file.is_file() for file in files) and sum(f.stat().st_size for f in files) <= SMALL:
        return "small", (*((file.name, file.read_bytes()) for file in files), *given)
    kind = "demo" if path.resolve() == DEMO and not given else "large"
    return kind, (*map(_state, files), *given)


def _table_of(codebook: Codebook, name: str, given: Data | None) -> tuple[str, Hashable]:
    """Give which table this is: by all of the codebook, and by its own rows."""
    pattern, _, _ = codebook.tables[name].files.partition(":")
    if given is not None:
        return "table", (codebook.model_dump_json(), name, _content(given))
    rows = tuple(map(_state, find_files(codebook.folder, pattern)))
    kind = "demo table" if codebook.path.resolve() == DEMO else "table"
    return kind, (codebook.model_dump_json(), name, rows)


def _state(file: Path) -> Hashable:
    return str(file.resolve()), file.stat().st_size, file.stat().st_mtime_ns


def _content(frame: Data) -> bytes:
    if not isinstance(frame, pd.DataFrame):
        raise TypeError(frame)
    return pickle.dumps(frame)


class Once:
    """A function whose results are kept, those asked for last, by what it was asked."""

    def __init__(
        self, work: Callable[..., Any], which: Callable[..., tuple[str, Hashable]]
    ) -> None:
        self.work, self.which = work, which
        self.kept: dict[str, dict[Hashable, Any]] = {}

    def __call__(self, *asked: Any) -> Any:
        try:
            kind, key = self.which(*asked)
        except Exception:  # noqa: BLE001 - what is wrong with the source is for the package to say
            return self.work(*asked)
        kept = self.kept.setdefault(kind, {})
        kept[key] = kept.pop(key) if key in kept else self.work(*asked)  # the last in line
        for oldest in list(kept)[: -MOST.get(kind, 20)]:
            del kept[oldest]
        return kept[key]


@pytest.fixture(autouse=True, scope="session")
def opened_once() -> Iterator[None]:
    """Keep what ``open_survey`` and ``open_company`` read of a source, and of each table of it."""
    read, tables_once = company.open_tables, Once(dataset.read_table, _table_of)

    def read_tables(source: str | Path, tables: Mapping[str, Data] | None) -> Dataset:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(dataset, "read_table", tables_once)
            return read(source, tables)

    once = Once(read_tables, _source_of)

    def open_tables(source: str | Path, tables: Mapping[str, Data] | None) -> Dataset:
        opened, path = once(source, tables), find_codebook(source)
        # of the same content, perhaps in another folder
        return replace(opened, name=path.resolve().parent.name, codebook=read_codebook(path))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(company, "open_tables", open_tables)
        patch.setattr(survey, "open_tables", open_tables)
        yield
