"""Which periods is a report made for: named, from one to another, or the last closed one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxreport.errors import CxError
from cxreport.inputs.period import between, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from cxreport.inputs.codebook import Codebook
    from cxreport.publish.params import Parameter
    from cxreport.publish.table import Report

STUDY, UNDATED = "study", "undated"
"""What stands for the period of a notebook without a source, and of a source without dates."""
LAST, TO = "last", ".."


def name_periods(
    asked: Sequence[str],
    report: Report,
    declared: Mapping[str, Parameter],
    codebook: Codebook | None,
    notebook: Path,
    last: Callable[[], str],
) -> list[str]:
    """Return the names of a report's periods, each once, or what stands for one.

    Parameters
    ----------
    asked : sequence of str
        Names of periods; ``last``; or two of these with ``..`` between them, for all from the one
        to the other.
    report : Report
        The line of the table.
    declared : mapping of str to Parameter
        The parameters of its notebook.
    codebook : Codebook or None
        The contract of the source; None in a study.
    notebook : Path
        For the error.
    last : callable
        Finds the name of the last closed period, if need be.

    Raises
    ------
    CxError
        If a name is none of the source's kind, a range ends before it begins, or the notebook
        cannot have a period, or needs one.
    """
    dated = codebook and any(t.with_role("date") for t in codebook.tables.values())
    if "period" in declared and codebook:
        names = [name for text in asked for name in _range(text, codebook, last)]
        return [*dict.fromkeys(names)]
    if "period" in declared or dated:
        absent = "period" if dated else "source"
        raise CxError("a report's notebook has this parameter", where=notebook, expected=absent)
    if report.periods != (LAST,):
        what = "a source without dates" if codebook else "a study"
        raise CxError(f"{what} has no periods", where=report.name, got=", ".join(report.periods))
    return [UNDATED if codebook else STUDY]


def _range(text: str, codebook: Codebook, last: Callable[[], str]) -> list[str]:
    """Return the periods that a text names: one, or all from one to another."""
    kind, waves = codebook.source.period, codebook.waves
    whole = any(wave.name == text for wave in waves)  # a wave may be called anything
    begins, to, ends = (text, "", "") if whole else text.partition(TO)

    def period(name: str) -> Any:
        return parse(last() if name == LAST else name, kind, waves)

    if not to or not begins or not ends:
        return [period(text).name]
    first, final = period(begins), period(ends)
    if final < first:
        raise CxError("a range of periods that ends before it begins", got=text)
    return [p.name for p in between(first.start, final.start, kind, waves) if p >= first]
