"""How many visits end in a purchase, where a session is one row and has no time."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import ibis

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table, run
from cxreport.stats.group_columns import as_names, check_columns, kept_whole
from cxreport.stats.intervals import normal_quantile
from cxreport.stats.value_columns import possible_counts
from cxreport.topics.conversion.funnel import RESERVED
from cxreport.topics.conversion.shares import as_funnel

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir
    import pandas as pd

SESSION = "session"
"""The first step: the session itself."""


def session_funnel(
    sessions: Data,
    steps: Sequence[str],
    *,
    by: str | Sequence[str] | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Measure what share of sessions goes on from each step to the next.

    A step is a column: a session has taken it if the number is above 0. It goes on only from the
    step before, so that a session that skips one is out, even if it takes the next; such sessions
    are counted apart. Each session counts as one trial: give one a visitor, or read the intervals
    as too narrow.

    Parameters
    ----------
    sessions : pandas, polars or pyarrow frame, or Ibis table
        One row per session.
    steps : sequence of str
        Columns of numbers (or of true and false), in order.
    by : str or sequence of str, optional
        Columns to break down by.
    level : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        As from :func:`cxreport.topics.conversion.funnel`, the first step being "session", with
        sessions for customers: ``eligible`` (took the step before, and this one is known),
        ``reached``, ``unknown`` (sessions in which the step is empty, infinite or below 0),
        ``entered`` (in which no step so far is empty), ``completed``, ``overall`` (percent of
        ``entered``); ``open`` is 0. One column more, ``skipped``: sessions that took the step, but
        not all those before.

    Raises
    ------
    CxError
        If there is no step, a column is unknown, holds no numbers, or has the name of a result
        column, or the level makes no sense.

    Notes
    -----
    Interval: Newcombe 1998, Statistics in Medicine 17, 857-872, method 3.

    Examples
    --------
    >>> import pandas as pd
    >>> visits = pd.DataFrame({"pages": [3, 1, 0, 0], "bought": [1, 0, 0, 1]})
    >>> shares = session_funnel(visits, ["pages", "bought"])
    >>> shares[["step", "eligible", "reached", "skipped", "estimate", "overall"]]
          step  eligible  reached  skipped  estimate  overall
    0  session         4        4        0     100.0    100.0
    1    pages         4        2        0      50.0     50.0
    2   bought         2        1        1      50.0     25.0
    """
    normal_quantile(level)  # refuses a wrong level before any work
    table, groups = as_table(sessions), as_names(by)
    _check_steps(table, steps)
    check_columns(table, groups, {*RESERVED, "skipped"})
    counts = _counts(table, list(steps))
    wide = run(table.aggregate(by=groups, **counts))
    wide[list(counts)] = wide[list(counts)].fillna(0).astype("int64")  # sums over no row at all
    if groups:
        wide = kept_whole(wide, {name: table[name] for name in groups})
        wide = wide.sort_values(groups, ignore_index=True)
    shares = as_funnel(wide, [SESSION, *steps], groups, level)
    skipped = wide[[f"skipped_{number}" for number in range(len(steps) + 1)]]
    shares["skipped"] = skipped.to_numpy().ravel()
    return shares[[*shares.columns.drop(["skipped", "note"]), "skipped", "note"]]


def _check_steps(table: ir.Table, steps: Sequence[str]) -> None:
    """Refuse steps that are no columns."""
    if not steps or isinstance(steps, str):
        raise CxError("a funnel needs its steps", got=steps, expected="columns, in order")
    check_columns(table, list(steps))


def _counts(table: ir.Table, steps: list[str]) -> dict[str, ir.Value]:
    """Count the sessions at each step, by the names that a funnel has for them."""
    values = [possible_counts(table, name) for name in steps]
    taken = [(value > 0).fill_null(False) for value in values]
    counted = [value.notnull() for value in values]
    everybody = ibis.literal(True)
    paths = [everybody, *(_all(taken[: k + 1]) for k in range(len(steps)))]
    covered = [everybody, *(_all(counted[: k + 1]) for k in range(len(steps)))]
    n = table.count()
    counts: dict[str, ir.Value] = {"events_0": n, "unknown_0": n - n, "skipped_0": n - n}
    counts |= dict.fromkeys(("eligible_0", "reached_0", "entered_0", "completed_0"), n)
    for k, (before, here) in enumerate(pairwise(paths), start=1):
        counts |= {
            f"events_{k}": taken[k - 1].sum(),
            f"unknown_{k}": (~counted[k - 1]).sum(),
            f"skipped_{k}": (taken[k - 1] & ~before).sum(),
            f"eligible_{k}": (before & counted[k - 1]).sum(),
            f"reached_{k}": here.sum(),
            f"entered_{k}": covered[k].sum(),
            f"completed_{k}": (here & covered[k]).sum(),
        }
    return counts


def _all(conditions: list[ir.BooleanValue]) -> ir.BooleanValue:
    return ibis.and_(*conditions)
