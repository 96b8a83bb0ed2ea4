# mypy: ignore-errors
"""Run in the kernel before the first cell: what a report may not do in silence fails its cell.

A script, not a library: it imports nothing of ours, so that the kernel's start stays short. A shell
command that fails, a question to a person who is not there, and a file written among the published
pages raise; plots that no block shows are told to the end marker.
"""

import bdb
import functools
import gc
import os
import subprocess
import sys

from IPython import get_ipython
from IPython.utils.text import LSString, SList

SHELL = get_ipython()
PAGES = os.path.realpath(os.environ["CXREPORT_PAGES"]) if "CXREPORT_PAGES" in os.environ else None
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
MANY = 50  # items of a value that are looked at
NEW, MADE, ENDS = [], {}, {}
usual_system = SHELL.system


def system(command):
    """Run ``!command``, and raise when it fails."""
    usual_system(command)
    if code := SHELL.user_ns.get("_exit_code"):
        raise subprocess.CalledProcessError(code, command)


def getoutput(command, split=True, depth=0):
    """Run ``x = !command``, and raise when it fails."""
    done = subprocess.run(
        SHELL.var_expand(command, depth=depth + 1),
        shell=True,
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return SList(done.stdout.splitlines()) if split else LSString(done.stdout)


def ask_nobody(*_, **__):
    """Refuse a breakpoint."""
    raise RuntimeError("a breakpoint waits for a person, and nobody is there")


def refuse_pages(event, arguments):
    """Refuse to write among the published pages."""
    if event == "open":
        path, _, flags = arguments
        written = [path] if isinstance(flags, int) and flags & WRITING else []
    elif event in {"os.rename", "os.link", "os.symlink"}:
        written = list(arguments[:2])
    elif event in {"os.remove", "os.rmdir", "os.mkdir", "os.truncate", "shutil.rmtree"}:
        written = list(arguments[:1])
    else:
        return
    for path in written:
        if isinstance(path, (str, bytes, os.PathLike)):
            place = os.path.realpath(os.fsdecode(path))
            if place == PAGES or place.startswith(PAGES + os.sep):
                raise PermissionError("a notebook writes nothing into the folder of the pages")


def note_plots(result):
    """Note in which run of a cell each figure was made, and whether a cell ends in it."""
    library = sys.modules.get("matplotlib.figure")
    if library is None:
        return
    if not hasattr(library.Figure, "cxreport_noted"):  # loaded by this cell
        library.Figure.cxreport_noted = True
        NEW.extend(o for o in gc.get_objects() if issubclass(type(o), library.Figure))
        library.Figure.__init__ = noting(library.Figure.__init__)
    while NEW:
        MADE.setdefault(id(NEW[-1]), (NEW.pop(), result.execution_count))
    for figure in figures_of(getattr(result, "result", None)):
        if figure is not None:
            ENDS.setdefault(id(figure), (figure, result.execution_count))


def noting(make):
    """Return what makes a figure, and notes it."""

    @functools.wraps(make)
    def made(figure, *arguments, **options):
        make(figure, *arguments, **options)
        NEW.append(figure)

    return made


def figures_of(value, depth=3):
    """Yield the figures that a value is, belongs to, or holds."""
    if depth and isinstance(value, (list, tuple, dict)):
        for item in list(value.values() if isinstance(value, dict) else value)[:MANY]:
            yield from figures_of(item, depth - 1)
    elif depth and type(value).__name__ == "ndarray" and value.dtype == object:
        yield from figures_of(list(value.flat), depth - 1)
    elif issubclass(type(value), sys.modules["matplotlib.figure"].Figure):
        yield value
    elif issubclass(type(value), sys.modules["matplotlib.artist"].Artist):
        yield value.get_figure()
    elif type(value).__module__.startswith("seaborn."):
        yield getattr(value, "figure", None)


def lost_plots():
    """Return the runs of the cells whose plots no block shows: drawn, and not closed since."""
    figures_shown = getattr(sys.modules.get("cxreport.show.own"), "SHOWN", ())
    left = [made for made in MADE.values() if made[0].axes and not is_closed(made[0])]
    return sorted({run for figure, run in [*left, *ENDS.values()] if figure not in figures_shown})


def is_closed(figure):
    """Return whether pyplot had the figure, and has it no longer."""
    if not hasattr(figure, "number"):  # which pyplot gives
        return False
    open_ones = sys.modules["matplotlib._pylab_helpers"].Gcf.figs.values()
    return figure not in [manager.canvas.figure for manager in open_ones]


SHELL.system, SHELL.getoutput = system, getoutput
sys.breakpointhook = bdb.Bdb.set_trace = ask_nobody
SHELL.cxreport_plots = lost_plots
SHELL.events.register("post_run_cell", note_plots)
if PAGES:
    sys.addaudithook(refuse_pages)
