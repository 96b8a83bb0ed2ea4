"""A process that is forked with the libraries loaded is as good as a new one, and dies as well."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat import v4

from cxreport.errors import CxError
from cxreport.publish.executed import stderr_outputs
from cxreport.publish.forks import Forks, NothingForksError, forking
from cxreport.publish.run import run_notebook

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks are for Linux")

FACTS = """
import json, os, random, sys, threading
import numpy as np
names = ["PYTHONHASHSEED", "MPLBACKEND", "CXREPORT_BLOCKS", "CX_MARK"]
print(json.dumps({
    "loaded": sorted(sys.modules.keys() & {
        "scipy.stats", "cxreport.topics.shops", "polars", "statsmodels"}),
    "environment": [os.environ[name] for name in names],
    "place": [os.getcwd(), sys.argv[2].endswith("kernel.json"), sys.stdin.read()],
    "drawn": [random.random(), np.random.random(), np.random.default_rng().random()],
    "hash": hash("a report"),
    "group": os.getpgid(0) == os.getpid(),
}))
"""


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    names = tmp_path_factory.mktemp("names") / "names.ipynb"
    names.write_text("cx.shops cx.nothing", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTEST_CURRENT_TEST", raising=False)  # ipykernel listens to less under pytest
        with forking([names, names]) as started:
            assert started is not None
            yield started


def run(folder: Path, forks: Forks, source: str, limit: float = 120) -> nbformat.NotebookNode:
    cells = [
        v4.new_code_cell('text: str = ""', metadata={"tags": ["parameters"]}),
        v4.new_code_cell(source),
    ]
    nbformat.write(v4.new_notebook(cells=cells), folder / "report.ipynb")
    run_notebook(
        folder / "report.ipynb",
        folder / "executed.ipynb",
        {"text": "è"},
        time_limit=limit,
        log=folder / "log.txt",
        folder=folder,
        environment={"CX_MARK": folder.name},
        forks=forks,
    )
    return nbformat.read(folder / "executed.ipynb", as_version=4)


def printed(notebook: nbformat.NotebookNode) -> str:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "".join(output.text for output in outputs if output.get("name") == "stdout")


def test_a_forked_kernel_is_a_new_one_with_the_libraries_loaded(
    forks: Forks, tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    every = []
    for folder in folders:
        folder.mkdir()
        notebook = run(folder, forks, FACTS)
        assert stderr_outputs(notebook) == []
        facts = json.loads(printed(notebook))
        every.append(facts)
        assert facts["loaded"] == ["cxreport.topics.shops", "scipy.stats"]
        assert facts["environment"] == ["0", "Agg", "data", folder.name]
        assert facts["place"] == [str(folder), True, ""]
        assert facts["group"]
    first, second = every
    assert first["hash"] == second["hash"]
    assert all(one != other for one, other in zip(first["drawn"], second["drawn"], strict=True))


WORK = """
import warnings; warnings.warn("old")
import ibis, pandas as pd, pyarrow.parquet as pq, pyarrow as pa
engine = ibis.duckdb.connect()
numbers = engine.sql("select i % 7 as g, count(*) as n from range(700000) t(i) group by 1")
pq.write_table(pa.Table.from_pandas(numbers.to_pandas()), "numbers.parquet")
print(pd.read_parquet("numbers.parquet").n.tolist())
"""


def test_engines_work_in_it_and_warnings_are_heard(forks: Forks, tmp_path: Path) -> None:
    notebook = run(tmp_path, forks, WORK)
    assert "[100000, 100000, 100000, 100000, 100000, 100000, 100000]" in printed(notebook)
    [warning] = stderr_outputs(notebook)
    assert warning.endswith("UserWarning: old")


LEFT = """
import os, time
if os.fork() == 0:
    if os.fork() == 0:
        os.setsid()
        time.sleep(600)
    os._exit(0)
os.wait()
"""


@pytest.mark.parametrize(
    ("source", "got"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import sys; sys.exit(0)", "the cell ended the kernel with sys.exit(0)"),
        ("import os; os._exit(0)", "the kernel died (exit code 0)"),
        ("import os; os.kill(os.getpid(), 9)", "the kernel died (killed by signal 9)"),
        ("import os; os.kill(os.getppid(), 9)", "the process that ran it died (exit code -9)"),
        ("import subprocess\nx = subprocess.Popen(['sleep', '613'])",
         "the cell left a process running: sleep 613"),
        (LEFT, f"the cell left a process running: {sys.executable} -P "),
    ],
)  # fmt: skip
def test_it_dies_like_any_other(forks: Forks, tmp_path: Path, source: str, got: str) -> None:
    source = f"import os\nopen('kernel', 'w').write(str(os.getpid()))\n{source}"
    with pytest.raises(CxError) as caught:
        run(tmp_path, forks, source)
    assert caught.value.parts["where"] == "report.ipynb, cell 2"
    assert caught.value.parts["got"].startswith(got)
    assert is_gone(int((tmp_path / "kernel").read_text("utf-8")))


def test_its_time_is_limited_too(forks: Forks, tmp_path: Path) -> None:
    with pytest.raises(CxError, match="no answer within 5 s; was in cell 2"):
        run(tmp_path, forks, "while True:\n    pass", limit=5)


def is_gone(process: int) -> bool:
    """Return whether a process is gone within seconds, or is nothing but its exit code."""
    for _ in range(50):
        status = Path(f"/proc/{process}/status")
        if not status.exists() or "Z (zombie)" in status.read_text("utf-8"):
            return True
        time.sleep(0.1)
    return False


def test_a_call_returns_raises_or_says_that_its_process_died(forks: Forks) -> None:
    assert forks.call("operator:add", 1, 2) == 3
    assert forks.call("os:getpid") != os.getpid()
    with pytest.raises(ZeroDivisionError) as error:
        forks.call("operator:truediv", 1, 0)
    assert "Traceback" in error.value.__notes__[0]
    with pytest.raises(CxError, match=r"died \(exit code 3\)"):
        forks.call("os:_exit", 3)
    with pytest.raises(CxError, match=r"died \(exit code -9\)"):
        forks.call("signal:raise_signal", 9)


def test_when_the_one_that_forks_is_gone_the_plain_way_is_left(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.ipynb"
    nothing.touch()
    with forking([nothing]) as forks:
        assert forks is None  # one alone gains nothing
    with forking([nothing, nothing]) as forks:
        assert forks is not None
        parent = forks.call("os:getppid")
        os.kill(parent, 9)
        is_gone(parent)
        with pytest.raises(NothingForksError):
            forks.call("os:getpid")
        assert printed(run(tmp_path, forks, "print(text)")) == "è\n"
