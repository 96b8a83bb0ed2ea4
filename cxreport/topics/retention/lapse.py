"""When does silence mean lost: the days after which a customer may be called lapsed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.stats.group_columns import as_names
from cxreport.stats.intervals import normal_quantile
from cxreport.topics.retention.order_gaps import count_gaps
from cxreport.topics.retention.repeat import returned_by

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from cxreport.inputs.source import Data
    from cxreport.stats.group_columns import By

WINDOW = (
    "share", "gaps", "ended", "followed", "returned", "estimate", "low", "high", "later",
    "later_low", "later_high", "note",
)  # fmt: skip

NOT_REACHED = "not reached"
NO_UPPER_LIMIT = "no upper limit"


def churn_window(
    orders: Data,
    *,
    until: dt.date,
    share: float | Sequence[float] = 0.9,
    customer: str = "customer_id",
    date: str = "ordered_at",
    by: By = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return after how many days of silence a customer may be called lapsed.

    It is chosen from the data: the days within which ``share`` of all waits from one order to the
    next are over. Waits that are not over yet count as far as they were seen, so that customers
    who never came back push the window up.

    Parameters
    ----------
    orders, until, customer, date, by, level
        As in ``repeat_purchase``.
    share : float or sequence of float
        Share of waits, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per group and share: the ``by`` columns; ``share`` (percent of waits asked for);
        ``gaps`` (waits) and ``ended`` (those of them that ended with an order); ``followed`` (days
        of the longest wait) and ``returned`` (percent of waits over by then); ``estimate``,
        ``low``, ``high`` (days); ``later``, ``later_low``, ``later_high`` (percent of the waits
        longer than that which were over by the longest one seen: where it is high, such a silence
        is unusual but no loss); ``note``: "not reached" where fewer than ``share`` were over by the
        longest wait seen (then there is no window), "no upper limit" where the interval has none.

    Raises
    ------
    CxError
        As in ``repeat_purchase``, or if ``share`` is not between 0 and 1.

    Notes
    -----
    Quantile of the product-limit curve; its interval inverts the log-log limits of the curve
    (Brookmeyer & Crowley 1982, Biometrics 38, 29-41). Several waits of one customer count as if
    they were of several, which makes the interval a little too narrow.

    Examples
    --------
    >>> import datetime as dt
    >>> days = pd.to_datetime(["2026-01-01", "2026-01-03", "2026-01-07", "2026-01-12"])
    >>> orders = pd.DataFrame({"customer_id": ["a"] * 4, "ordered_at": days})
    >>> windows = churn_window(orders, until=dt.date(2026, 1, 22), share=0.5)
    >>> windows[["share", "gaps", "ended", "followed", "returned", "estimate"]]
       share  gaps  ended  followed  returned  estimate
    0   50.0     4      3        10      75.0       4.0
    """
    normal_quantile(level)
    shares = [share] if isinstance(share, int | float) else list(share)
    if not shares or not all(0 < one < 1 for one in shares):
        raise CxError("not a share of waits", got=share, expected="a number between 0 and 1")
    parts = []
    for group, life in count_gaps(
        orders, customer, date, until, by, first_only=False, reserved=WINDOW
    ):
        rows = [_window(life, one, level) for one in shares]
        parts.append(group.merge(pd.DataFrame(rows), how="cross"))
    return pd.concat(parts, ignore_index=True)[[*as_names(by), *WINDOW]].astype({"note": "str"})


def _window(life: pd.DataFrame, share: float, level: float) -> dict[str, object]:
    """Read one share of the waits off their curve."""
    curve = returned_by(life, level)
    # The upper limit of the curve gets there first, so it gives the lower limit of the days.
    ends = {"estimate": "estimate", "low": "high", "high": "low"}
    days = {name: _first_time(curve, end, 100 * share) for name, end in ends.items()}
    note = NOT_REACHED if np.isnan(days["estimate"]) else ""
    if note:
        days = dict.fromkeys(days, np.nan)
    elif np.isnan(days["high"]):
        note = NO_UPPER_LIMIT
    return {
        "share": 100 * share,
        "gaps": int(life["at_risk"].iloc[0]),
        "ended": int(life["events"].sum()),
        "followed": int(life["time"].iloc[-1]),
        "returned": float(curve["estimate"].iloc[-1]),
        **days,
        **_later(life, days["estimate"], level),
        "note": note,
    }


def _first_time(curve: pd.DataFrame, column: str, percent: float) -> float:
    """Return the first time at which a curve is as high as that; unknown if it never is."""
    reached = curve.loc[curve[column] >= percent - 1e-9, "time"]
    return float(reached.iloc[0]) if len(reached) else np.nan


def _later(life: pd.DataFrame, days: float, level: float) -> dict[str, float]:
    """Return what share of the waits that are longer than that ended all the same."""
    names = {"later": "estimate", "later_low": "low", "later_high": "high"}
    longer = life[life["time"] > days]
    if longer.empty:
        return dict.fromkeys(names, np.nan)
    last = returned_by(longer, level).iloc[-1]
    return {name: float(last[column]) for name, column in names.items()}
