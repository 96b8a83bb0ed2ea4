"""What each class of a score did, as it is: means and shares with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.stats.estimates import notes
from cxreport.stats.intervals import of_share, student

if TYPE_CHECKING:
    from collections.abc import Sequence

SHARES = ("ordered_again", "ordered_before")


def class_means(
    cells: pd.DataFrame, classes: Sequence[str], outcomes: Sequence[str], level: float
) -> pd.DataFrame:
    """Return the share or the mean of each class, strata added up.

    Parameters
    ----------
    cells : DataFrame
        As from :func:`~cxreport.topics.linkage.count_cells`.
    classes, outcomes : sequence of str
        Which, in the order of the rows.
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        ``outcome``, ``answer``, ``n`` customers, ``estimate``, ``low``, ``high`` (percent with
        Wilson's interval for what is yes or no; else a mean with Student's), ``note``.

    Examples
    --------
    >>> cells = pd.DataFrame({"answer": ["up"], "n": [4], "total_ordered_again": [3.0],
    ...     "squares_ordered_again": [3.0]})
    >>> class_means(cells, ["up"], ["ordered_again"], 0.95)[["answer", "n", "estimate"]]
      answer  n  estimate
    0     up  4      75.0
    """
    sums = cells.drop(columns="answer").groupby(cells["answer"]).sum(numeric_only=True)
    sums = sums.reindex(list(classes)).fillna(0.0)
    parts = [_means(sums, outcome, level) for outcome in outcomes]
    return pd.concat(parts, ignore_index=True)


def _means(sums: pd.DataFrame, outcome: str, level: float) -> pd.DataFrame:
    """Return the rows of one outcome."""
    n = sums["n"].where(sums["n"] > 0)
    mean = sums[f"total_{outcome}"] / n
    if outcome in SHARES:
        low, high = (100 * end for end in of_share(mean, n, level))
        mean = 100 * mean
    else:
        squares = (sums[f"squares_{outcome}"] - n * mean**2).clip(lower=0)
        low, high = student(mean, (squares / (n - 1).where(n > 1) / n) ** 0.5, n, level)
    frame = pd.DataFrame({"n": sums["n"].astype(int), "estimate": mean, "low": low, "high": high})
    nobody = pd.Series(data=False, index=sums.index)
    frame = frame.assign(outcome=outcome, note=notes(frame["n"], nobody))
    frame = frame.rename_axis("answer").reset_index()
    return frame[["outcome", "answer", "n", "estimate", "low", "high", "note"]]
