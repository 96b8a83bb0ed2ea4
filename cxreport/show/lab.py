"""What an analyst sees in JupyterLab: frames with units, errors in one block, and slow cells move.

A frame stays a frame: only how it is shown is ours. While a report is built nothing of this
happens, for there a cell shows blocks and nothing else.
"""

from __future__ import annotations

import contextvars
import os
import sys
import threading
import time
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.errors import CxError
from cxreport.show.blocks import READS
from cxreport.show.numeral import SHARE
from cxreport.show.texts import SHARED, texts_of
from cxreport.show.units import MADE_BY, OF_THE_METRIC, WORDS, units_in
from cxreport.show.words import Words

if TYPE_CHECKING:
    from types import TracebackType

IN_UNIT = ("estimate", "std_error", "low", "high", "expected", "centre", "lower", "upper")
"""Columns in the unit of their row's metric."""
IN_POINTS = ("difference", "difference_low", "difference_high", "detectable", "impact")
DECIMALS = {"p_value": 3, "q_value": 3, "std_error": 2, "mean": 2, "mean_low": 2, "mean_high": 2}
MOST_ROWS = 60
"""Rows that are shown of a longer frame."""
PATIENCE = 2.0
"""Seconds after which a cell says that it is still at work."""
OWN_CELL = "ipykernel_"
"""What the name of a cell's file holds."""


def attach() -> bool:
    """Show frames, errors and slow cells this way where a person looks on; else do nothing.

    Returns
    -------
    bool
        Whether a person does.
    """
    shell: Any = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is None or os.environ.get("CXREPORT_BLOCKS") == "data":
        return False
    if getattr(shell, "cxreport_attached", False):
        return True
    shell.cxreport_attached = True
    shell.display_formatter.formatters["text/html"].for_type(pd.DataFrame, html_of)
    shell.set_custom_exc((CxError,), show_error)
    if hasattr(shell, "kernel"):  # a terminal draws no bar
        slow = SlowCell()
        shell.events.register("pre_run_cell", slow.start)
        shell.events.register("post_run_cell", slow.stop)
    return True


def html_of(frame: pd.DataFrame) -> str:
    """Write a frame for a cell: one of ours with units and rounded, any other as pandas does.

    Parameters
    ----------
    frame : DataFrame
        Any; of ours if it remembers the function that made it, or has ``metric``, ``n`` and
        ``estimate``.

    Returns
    -------
    str
        A table in HTML. The unit stands below the heading where all rows share it, else in the
        cell; what is not known is a dash. The numbers of the frame itself stay as they are.
    """
    if MADE_BY not in frame.attrs and not {"metric", "n", "estimate"} <= {*frame.columns}:
        return str(frame._repr_html_())  # type: ignore[operator]
    if any(frame.index.names):
        frame = frame.reset_index(allow_duplicates=True)
    words, rows, stated = Words(READS.language), frame.head(MOST_ROWS), units_in(frame)
    units = {str(name): _units(str(name), rows, words, stated) for name in frame.columns}
    shared = {name: unit[0] if len({*unit}) == 1 else "" for name, unit in units.items()}
    heads = "".join(_head(name, unit) for name, unit in shared.items())
    body = "".join(
        "<tr>"
        + "".join(
            _cell(name, value, unit, words, shared=bool(shared[name]))
            for (name, unit), value in zip(of_row, row, strict=True)
        )
        + "</tr>"
        for row, of_row in zip(rows.itertuples(index=False), _by_row(units, len(rows)), strict=True)
    )
    shape = f"{words.whole(len(frame))} × {words.whole(len(frame.columns))}"
    return f"<table class='dataframe'><tr>{heads}</tr>{body}</table><small>{shape}</small>"


def unit_of(metric: str, language: str) -> str:
    """Return the unit of a metric, as pages write it; "" where none is declared.

    Examples
    --------
    >>> unit_of("nps", "en"), unit_of("csat", "it"), unit_of("rank", "en")
    ('points', '% favorevoli', '')
    """
    text = texts_of(SHARED).get(f"unit.{metric}", {}).get(language, "")
    return text if isinstance(text, str) else ""


def _units(name: str, rows: pd.DataFrame, words: Words, stated: dict[str, str]) -> list[str]:
    """Return the unit of a column in each row: its metric's, or what its function says."""
    metrics = rows["metric"] if "metric" in rows else [""] * len(rows)
    own = [unit_of(str(metric), words.language) for metric in metrics]
    unit = stated.get(name, "")
    word = words.text(WORDS[unit]) if unit in WORDS else ""
    if name.removesuffix("_reference").removesuffix("_weighted") in IN_UNIT or (
        unit == OF_THE_METRIC
    ):
        return [each or word for each in own]
    points = words.text("unit_name.points")
    return [word or (points if each and name in IN_POINTS else "") for each in own]


def _by_row(units: dict[str, list[str]], rows: int) -> list[list[tuple[str, str]]]:
    """Return of each row the names of its columns, and their units."""
    return [[(name, unit[at]) for name, unit in units.items()] for at in range(rows)]


def _head(name: str, unit: str) -> str:
    below = f"<br><small>{escape(unit)}</small>" if unit else ""
    return f"<th>{escape(name)}{below}</th>"


def _cell(name: str, value: Any, unit: str, words: Words, *, shared: bool) -> str:
    """Write one value: numbers rounded, with their unit where rows differ in it."""
    if pd.isna(value) or value == "":
        return "<td>–</td>"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"<td>{escape(str(value))}</td>"
    whole = float(value).is_integer() and not unit
    written = words.number(float(value), 0 if whole else DECIMALS.get(name, 1))
    short = SHARE if unit.startswith(SHARE) else unit
    beside = f" <small>{escape(short)}</small>" if short and not shared else ""
    return f"<td style='text-align:right;white-space:nowrap'>{escape(written)}{beside}</td>"


def show_error(
    shell: Any,
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
    tb_offset: int | None = None,  # noqa: ARG001 - IPython hands it over by name
) -> list[str]:
    """Show one of our errors as what it says, and the line of the cell; no way through the code."""
    line = None
    while trace is not None:
        if OWN_CELL in trace.tb_frame.f_code.co_filename:
            line = trace.tb_lineno
        trace = trace.tb_next
    place = [] if line is None else [f"  line:     {line} of this cell"]
    block = [*str(error).splitlines(), *place]
    shell._showtraceback(kind, error, block)  # noqa: SLF001 - what IPython's own errors go through
    return block


class SlowCell:
    """A bar that shows, after two seconds, that a cell is at work and for how long."""

    def __init__(self) -> None:
        self.done = threading.Event()

    def start(self, *_: object) -> None:
        """Wait beside the cell that now starts."""
        self.done.set()
        self.done = threading.Event()
        context = contextvars.copy_context()  # by which the kernel knows whose output it is
        threading.Thread(target=context.run, args=(self._wait, self.done), daemon=True).start()

    def stop(self, *_: object) -> None:
        """End with the cell."""
        self.done.set()

    @staticmethod
    def _wait(done: threading.Event) -> None:
        from IPython.display import display  # noqa: PLC0415 - only a person needs it

        began = time.monotonic()
        if done.wait(PATIENCE):
            return
        bar = display(_bar(PATIENCE), raw=True, display_id=True)  # type: ignore[no-untyped-call]
        while not done.wait(1):
            bar.update(_bar(time.monotonic() - began), raw=True)
        bar.update(_bar(time.monotonic() - began, is_done=True), raw=True)


def _bar(seconds: float, *, is_done: bool = False) -> dict[str, str]:
    """Return the bar as a cell's output; of a cell that ended, its seconds alone."""
    text = f"{seconds:.0f} s"
    bar = "" if is_done else "<progress></progress> "
    return {"text/html": f"<small>{bar}{text}</small>", "text/plain": text}
