"""How often a step fails: the share of events that ended in an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.inputs.source import Data, as_table, run
from cxreport.stats.group_columns import check_columns
from cxreport.stats.intervals import normal_quantile, of_share
from cxreport.stats.value_columns import is_one_of, possible_counts

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = ["step", "n", "errors", "unknown", "estimate", "low", "high", "note"]


def error_rates(
    events: Data,
    steps: Sequence[str],
    *,
    name: str = "event_name",
    error: str = "is_error",
    level: float = 0.95,
) -> pd.DataFrame:
    """Measure what share of the events of each step ended in an error.

    Parameters
    ----------
    events : pandas, polars or pyarrow frame, or Ibis table
        One row per event.
    steps : sequence of str
        Names of events, in the order in which they are to be shown.
    name, error : str
        Columns: which event; whether it failed (true or false, or a number above 0; below 0 and
        infinity say nothing).
    level : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per step: ``step``, ``n`` events of which it is known, ``errors``, ``unknown``
        events, ``estimate`` (percent of ``n``), ``low``, ``high`` (Wilson), ``note`` ("", "this
        step never occurs"). Events count one by one: where the same customers fail again and
        again, the interval is too narrow.

    Raises
    ------
    CxError
        If a column is unknown, ``error`` is neither true or false nor a number, or the level makes
        no sense.

    Notes
    -----
    Interval: Newcombe 1998, Statistics in Medicine 17, 857-872, method 3.

    Examples
    --------
    >>> events = pd.DataFrame({"event_name": ["pay"] * 4, "is_error": [True, False, None, False]})
    >>> error_rates(events.convert_dtypes(), ["pay"])[["step", "n", "errors", "unknown"]]
      step  n  errors  unknown
    0  pay  3       1        1
    """
    normal_quantile(level)  # refuses a wrong level before any work
    table = as_table(events)
    check_columns(table, [name, error])
    failed = possible_counts(table, error)
    counted = run(
        table.filter(is_one_of(table[name], steps))
        .group_by(step=table[name])
        .aggregate(n=failed.count(), errors=(failed != 0).sum(), unknown=failed.isnull().sum())
    )
    frame = counted.set_index("step").reindex(list(steps)).fillna(0).astype("int64")
    n = frame["n"].where(frame["n"] > 0)
    share = frame["errors"] / n
    low, high = of_share(share, n, level)
    note = pd.Series("", frame.index, dtype="str").mask(n.isna(), "this step never occurs")
    rates = frame.assign(estimate=100 * share, low=100 * low, high=100 * high, note=note)
    return rates.reset_index()[COLUMNS]
