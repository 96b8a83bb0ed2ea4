"""Sessions of a source without dates: where they are lost, and which of them buy more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from cxreport.errors import CxError
from cxreport.inputs.source import run
from cxreport.topics.conversion.groups import compare_funnels
from cxreport.topics.conversion.rest import compare_with_rest
from cxreport.topics.conversion.sessions import session_funnel

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir
    import pandas as pd

    from cxreport.inputs.dataset import Dataset

POOLED = "pooled"
"""The code of the groups that are too small to stand alone."""


def session_steps(dataset: Dataset, steps: Sequence[str]) -> pd.DataFrame:
    """Measure the path of the sessions of a source.

    Parameters
    ----------
    dataset : Dataset
        From ``cxreport.open_source``, with a table ``sessions``.
    steps : sequence of str
        Columns of numbers, in order.

    Returns
    -------
    DataFrame
        As from :func:`cxreport.topics.conversion.session_funnel`.

    Raises
    ------
    CxError
        If there is no such table, or as there.
    """
    return session_funnel(_sessions(dataset), steps)


def session_differences(
    dataset: Dataset, bought: str, *, between: str, level: float = 0.95
) -> pd.DataFrame:
    """Measure how far groups of sessions are from each other in how many end in a purchase.

    Parameters
    ----------
    dataset : Dataset
        With a table ``sessions``.
    bought, between : str
        Columns: whether a session ended in a purchase, and its group.
    level : float
        1 minus the error that all pairs together are held to.

    Returns
    -------
    DataFrame
        As from :func:`cxreport.topics.conversion.compare_funnels`: one row per pair, all of
        them one family (Holm).
    """
    funnels = session_funnel(_sessions(dataset), [bought], by=between)
    return compare_funnels(funnels, between, level=level)


def sessions_against_rest(
    dataset: Dataset, bought: str, *, between: str, least: int = 30, level: float = 0.95
) -> pd.DataFrame:
    """Measure how far each group of sessions is from all the others together.

    Parameters
    ----------
    dataset, bought, between
        As in ``session_differences``.
    least : int
        Groups with fewer sessions are taken together, as "pooled".
    level : float
        1 minus the error that all groups together are held to.

    Returns
    -------
    DataFrame
        As from :func:`cxreport.topics.conversion.compare_with_rest`, with the interval of
        each group's own share (``estimate_low``, ``estimate_high``, percent), largest share first.
    """
    rows = _sessions(dataset)
    counts = run(rows.group_by(between).aggregate(n=rows.count()))
    small = counts.loc[counts["n"] < least, between].dropna().tolist()
    group = rows[between].cast("string")
    if small:
        group = ibis.cases((group.isin(small), POOLED), else_=group)
    funnels = session_funnel(rows.mutate(**{between: group}), [bought], by=between)
    differences = compare_with_rest(funnels, between, level=level)
    own = funnels[funnels["step"] == bought].rename(
        columns={"low": "estimate_low", "high": "estimate_high"}
    )
    beside = differences.merge(
        own[[between, "estimate_low", "estimate_high"]], on=between, how="left"
    )
    return beside.sort_values(["estimate", between], ascending=[False, True], ignore_index=True)


def _sessions(dataset: Dataset) -> ir.Table:
    """Return the table of sessions."""
    if "sessions" not in dataset.tables:
        raise CxError(
            "this source has no sessions",
            where=dataset.codebook.path,
            got=", ".join(dataset.tables),
            expected="[tables.sessions]",
        )
    return dataset.tables["sessions"]
