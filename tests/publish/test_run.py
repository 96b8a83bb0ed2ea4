"""A run reaches its end or says which cell stopped it and why; no process of it stays alive."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from cxreport.errors import CxError
from cxreport.publish.executed import (
    cell_number,
    end_problems,
    error_outputs,
    lost_plots,
    stderr_outputs,
    unfinished_cells,
)
from cxreport.publish.run import run_notebook

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc")

HOSTILE = "\"; import os #\n''' {{x}} {y} \\n \\\" è € 𝒳 \t\r end"


@dataclass
class Case:
    """One notebook in a folder of its own, run with a mark that its processes inherit."""

    folder: Path
    mark: str = field(default_factory=lambda: f"cx-{uuid.uuid4()}")
    seen: list[tuple[int, int]] = field(default_factory=list)

    @property
    def log(self) -> str:
        return (self.folder / "log.txt").read_text("utf-8")

    @property
    def outputs(self) -> nbformat.NotebookNode:
        return nbformat.read(self.folder / "executed.ipynb", as_version=4)

    def write(self, *sources: str, tag: str = "plain") -> None:
        cells = [
            v4.new_markdown_cell("# Report"),
            v4.new_code_cell('text: str = ""', metadata={"tags": ["parameters"]}),
            *[v4.new_code_cell(source, metadata={"tags": [tag]}) for source in sources],
        ]
        nbformat.write(v4.new_notebook(cells=cells), self.folder / "report.ipynb")

    def run(self, *, limit: float = 120, text: str = "") -> None:
        run_notebook(
            self.folder / "report.ipynb",
            self.folder / "executed.ipynb",
            {"text": text},
            time_limit=limit,
            log=self.folder / "log.txt",
            folder=self.folder,
            environment={"CX_MARK": self.mark},
            progress=lambda done, total: self.seen.append((done, total)),
        )

    def failure(self, *, limit: float = 120) -> tuple[str, str]:
        """Run what must fail, check what holds for every failure, return where and what."""
        with pytest.raises(CxError) as caught:
            self.run(limit=limit)
        assert wait_until_gone(self.mark, 5) == []
        assert not (self.folder / "executed.ipynb").exists()
        assert caught.value.parts["hint"] == f"the log is {self.folder / 'log.txt'}"
        return caught.value.parts["where"], caught.value.parts["got"]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def alive(mark: str) -> list[int]:
    """List the processes that carry the mark in their environment (a zombie has none)."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and mark.encode() in (process / "environ").read_bytes():
                found.append(int(process.name))
        except OSError:
            continue
    return found


def wait_until_gone(mark: str, seconds: float) -> list[int]:
    deadline = time.monotonic() + seconds
    while (left := alive(mark)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


FACTS = """
import json, os, sys
names = ["PYTHONHASHSEED", "MPLBACKEND", "CXREPORT_BLOCKS", "PYTHONUTF8"]
facts = [sys.executable, os.getcwd(), "personal" in dir(), sys.argv[2]]
print(json.dumps([*facts, *[os.environ[name] for name in names]]))
"""
LIBRARY = """
import os, time
os.write(2, b"a library speaks")
time.sleep(1)  # what no Python stream saw comes by a pipe
"""
NOBODY_S = """
import subprocess
import matplotlib.font_manager, pandas
subprocess.run([sys.executable, "-c", "import json, pandas"], check=True)
print(matplotlib.rcParams["lines.linewidth"], pandas.DataFrame({"n": [7]}).n.sum())
"""
WARNING = "import warnings; warnings.warn('old')"
GOOD = ["print(text, end='')", "", FACTS, WARNING, LIBRARY, NOBODY_S]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Run a good notebook once, where the user's own start-up files and modules lie in wait."""
    case = Case(tmp_path_factory.mktemp("good"))
    case.write(*GOOD)
    for name in ("papermill", "ipykernel", "json", "pandas"):
        (case.folder / f"{name}.py").write_text("raise RuntimeError('not ours')", "utf-8")
    settings = case.folder / "settings"
    settings.mkdir()
    (settings / "matplotlibrc").write_text("lines.linewidth: 7", "utf-8")
    startup = case.folder / "personal.py"
    startup.write_text("personal = 1", "utf-8")
    profile = case.folder / "ipython" / "profile_default" / "startup"
    profile.mkdir(parents=True)
    (profile / "00.py").write_text("personal = 1", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONSTARTUP", str(startup))
        patch.setenv("IPYTHONDIR", str(case.folder / "ipython"))
        patch.setenv("MPLCONFIGDIR", str(settings))
        patch.setenv("HOME", "/dev/null/none")
        patch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
        patch.delenv("PYTEST_CURRENT_TEST", raising=False)  # ipykernel listens to less under pytest
        case.run(text=HOSTILE)
    return case


def printed(case: Case, number: int) -> str:
    [cell] = [cell for cell in case.outputs.cells if cell_number(cell) == number]
    return "".join(output.text for output in cell.outputs if output.get("name") == "stdout")


def test_good_notebook_reaches_its_end(good: Case) -> None:
    assert end_problems(good.outputs) == []
    assert unfinished_cells(good.outputs) == []
    assert error_outputs(good.outputs) == []
    assert wait_until_gone(good.mark, 5) == []


def test_progress_counts_the_code_cells_of_the_notebook(good: Case) -> None:
    assert good.seen == [(n, 6) for n in range(1, 7)]


def test_hostile_text_arrives_unchanged(good: Case) -> None:
    assert printed(good, 3) == HOSTILE


def test_kernel_is_this_interpreter_and_nobody_s_own(good: Case) -> None:
    executable, folder, personal, connection, *variables = json.loads(printed(good, 5))
    assert (executable, folder) == (sys.executable, str(good.folder))
    assert personal is False
    assert variables == ["0", "Agg", "data", "1"]
    assert not Path(connection).parent.exists()


def test_no_file_of_the_folder_and_no_setting_of_a_person_gets_in(good: Case) -> None:
    assert printed(good, 8) == "1.5 7\n"  # the width that matplotlib comes with


def test_stderr_is_kept_for_its_rule(good: Case) -> None:
    warning, library = stderr_outputs(good.outputs)
    assert warning.startswith("cell 6 wrote to stderr: ")
    assert warning.endswith("UserWarning: old")
    assert library == "cell 7 wrote to stderr: a library speaks"


def test_notebook_itself_is_not_changed(good: Case) -> None:
    notebook = nbformat.read(good.folder / "report.ipynb", as_version=4)
    assert [cell.source for cell in notebook.cells[2:]] == GOOD


def test_exception_names_its_cell_and_leaves_its_traceback(case: Case) -> None:
    share = "def share():\n    return 1 / 0  # anna.rossi@example.org\nshare()"
    case.write("1", share, "2")
    assert case.failure() == ("report.ipynb, cell 4", "ZeroDivisionError: division by zero")
    assert case.seen == [(1, 4), (2, 4)]
    assert "return 1 / 0" in case.log
    assert "\x1b" not in case.log
    assert "anna" not in case.log


def test_exception_that_is_allowed_stops_the_run_too(case: Case) -> None:
    case.write("[][0]", tag="raises-exception")
    assert case.failure() == ("report.ipynb, cell 3", "IndexError: list index out of range")


ORPHAN = """
import ctypes, os
os.kill(os.getppid(), 9)
ctypes.PyDLL(None).sleep(60)  # no thread of the kernel can notice
"""


@pytest.mark.parametrize(
    ("source", "got"),
    [
        ("import sys; sys.exit(0)", "the cell ended the kernel with sys.exit(0)"),
        ("!exit 3", "CalledProcessError: Command 'exit 3' returned non-zero exit status 3."),
        ("x = !exit 3", "CalledProcessError: Command 'exit 3' returned non-zero exit status 3."),
        ("breakpoint()", "RuntimeError: a breakpoint waits for a person, and nobody is there"),
        (
            "import pdb; pdb.set_trace()",
            "RuntimeError: a breakpoint waits for a person, and nobody is there",
        ),
        (
            "import subprocess\nx = subprocess.Popen(['sleep', '611'])",
            "the cell left a process running: sleep 611",
        ),
        (
            "import subprocess\nx = subprocess.Popen(['sleep', '612'], start_new_session=True)",
            "the cell left a process running: sleep 612",
        ),
        ("quit()", "the cell ended the kernel with quit()"),
        ("import os; os._exit(0)", "the kernel died (exit code 0)"),
        ("import os; os.kill(os.getpid(), 9)", "the kernel died (killed by signal 9)"),
        (ORPHAN, "the process that ran it died (exit code -9)"),
    ],
)
def test_end_of_the_kernel_in_the_last_cell_is_a_failure(case: Case, source: str, got: str) -> None:
    case.write(source)
    assert case.failure() == ("report.ipynb, cell 3", got)


MAKE = "fig = Figure(); ax = fig.subplots(); "
SHOW = "cx.show.figure(fig, frame, title=words, alt=words)"
LOST = [
    MAKE + "fig",
    MAKE + "ax.plot([1, 2])",
    MAKE + "ax.plot([1, 2]);",
    MAKE + "ax.bar([1, 2], [3, 4])",
    MAKE + "ax.set_title('x')",
    "fig, ax = plt.subplots(); plt.close(); ax.hist([1, 2])",
    "fig, ax = plt.subplots(); plt.close(); (fig, ax)",
    "fig, ax = plt.subplots(); plt.close(); display(fig)",
    "frame.plot()",
    "frame.plot();",
    "frame.hist()",
    "x = sns.relplot(frame); plt.close(); x",
    "sns.relplot(frame);",
]
KEPT = [
    MAKE + "ax.plot([1, 2]); " + SHOW,
    "fig, ax = plt.subplots(); ax.plot([1, 2])",  # ends in a plot, which the next cell shows
    SHOW,
    "fig, ax = plt.subplots(); ax.plot([1, 2]); plt.close();",  # not wanted
    "fig = plt.figure(); 1 + 1",  # nothing is drawn
    "plt.close('all'); fig = Figure(); [fig.axes, frame]",
]


def test_every_plot_that_no_block_shows_is_named_with_its_cell(case: Case) -> None:
    case.write(
        "import matplotlib.pyplot as plt\nimport pandas as pd\nimport seaborn as sns\n"
        "import cxreport as cx\nfrom matplotlib.figure import Figure\n"
        "frame = pd.DataFrame({'n': [1, 2]}); words = {'en': 'x', 'it': 'x'}",
        *KEPT,
        *LOST,
    )
    case.run()
    first = 4 + len(KEPT)
    cells = [f"cell {number} makes" for number in range(first, first + len(LOST))]
    found = lost_plots(case.outputs)
    assert [problem.partition(" a plot")[0] for problem in found] == cells
    assert "end the cell with cx.show.figure(" in found[0]


def test_hang_ends_at_the_limit_with_all_its_processes(case: Case) -> None:
    case.write("import subprocess\nsubprocess.Popen(['sleep', '600']).wait()")
    where, got = case.failure(limit=15)
    assert (where, got) == ("report.ipynb, cell 3", "no answer within 15 s; was in cell 3")
    assert "ended from outside" in case.log


def test_limit_holds_for_the_start_too(case: Case) -> None:
    case.write("1")
    assert case.failure(limit=0.2) == (
        "report.ipynb",
        "no answer within 0.2 s; the kernel was starting",
    )


def test_cell_that_was_skipped_is_not_a_whole_run(case: Case) -> None:
    case.write("1", tag="skip-execution")
    with pytest.raises(CxError, match="cell 3 was not completed"):
        case.run()


def test_missing_working_folder_is_said(case: Case) -> None:
    case.write("1")
    with pytest.raises(CxError, match="could not be run"):
        run_notebook(
            case.folder / "report.ipynb",
            case.folder / "executed.ipynb",
            {},
            time_limit=60,
            log=case.folder / "log.txt",
            folder=case.folder / "none",
        )


SLEEPER = """
import os, time
with open("started.tmp", "w") as file:
    file.write(os.environ["JUPYTER_RUNTIME_DIR"])
os.rename("started.tmp", "started")
time.sleep(600)
"""
PARENT = """
import sys
from pathlib import Path
from cxreport.publish.run import run_notebook
folder = Path(sys.argv[1])
run_notebook(folder / "report.ipynb", folder / "executed.ipynb", {"text": ""}, time_limit=600,
             log=folder / "log.txt", folder=folder)
"""


def test_death_of_the_parent_ends_child_and_kernel(case: Case) -> None:
    case.write(SLEEPER)
    started = case.folder / "started"
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(case.folder)], env={**os.environ, "CX_MARK": case.mark}
    ) as parent:
        deadline = time.monotonic() + 60
        while not started.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        before = alive(case.mark)
        parent.send_signal(signal.SIGKILL)
    assert len(before) == 3  # the parent, the child and the kernel
    assert wait_until_gone(case.mark, 20) == []
    assert not Path(started.read_text("utf-8")).parent.exists()
