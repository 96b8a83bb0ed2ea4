# mypy: ignore-errors
"""Run in the kernel before the first cell: what a report may not do in silence fails its cell.

A script, not a library: it imports nothing of ours, so that the kernel's start stays short. A shell
command that fails, a question to a person who is not there, and a file written among the published
pages raise; plots that no block shows are told to the end marker.
"""

import bdb
import os
import subprocess
import sys

from IPython import get_ipython
from IPython.utils.text import LSString, SList

SHELL = get_ipython()
PAGES = os.path.realpath(os.environ["CXREPORT_PAGES"]) if "CXREPORT_PAGES" in os.environ else None
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
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
    """Note the run of the cell in which each open figure of pyplot was made."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    now = pyplot.get_fignums() if pyplot else []
    SHELL.cxreport_plots = {n: SHELL.cxreport_plots.get(n, result.execution_count) for n in now}


SHELL.system, SHELL.getoutput = system, getoutput
sys.breakpointhook = bdb.Bdb.set_trace = ask_nobody
SHELL.cxreport_plots = {}
SHELL.events.register("post_run_cell", note_plots)
if PAGES:
    sys.addaudithook(refuse_pages)
