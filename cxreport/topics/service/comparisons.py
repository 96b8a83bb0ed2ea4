"""Who waits longer: each group of requests against all the others, under one family of tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from cxreport.inputs.columns import check_result
from cxreport.inputs.source import run
from cxreport.stats.durations import count_cells, life_tables
from cxreport.stats.group_columns import check_columns
from cxreport.stats.intervals import normal_quantile
from cxreport.stats.multiplicity import interval_level, judged
from cxreport.stats.survival import compare_lives, curves_of
from cxreport.stats.survival_quantiles import survival_quantile
from cxreport.topics.service.times import HOUR, columns_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxreport.topics.service.tickets import Metric, Tickets

COMPARED = (
    "variable", "level", "metric", "n", "n_rest", "estimate", "low", "high", "estimate_rest",
    "low_rest", "high_rest", "observed", "expected", "chi2", "speed", "speed_low", "speed_high",
    "p_value", "q_value", "signal", "direction", "note",
)  # fmt: skip
NO_EVENTS, TOO_FEW = "nobody is through yet", "too few requests"
MIN_EXPECTED = 5
"""Ends to be expected on either side: with fewer, chi-square is no approximation."""
SIDE = "_side"


def compare_waits(
    tickets: Tickets,
    variables: Sequence[str],
    *,
    metrics: Sequence[Metric] | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return which groups wait longer, or less long, than all the other requests.

    Parameters
    ----------
    tickets : Tickets
        From :func:`cxreport.topics.service.read_tickets`.
    variables : sequence of str
        Columns of groups (channel, team): each of their values is compared with all others. Of two
        values only the last is, because the test would be the same.
    metrics : sequence of {"first_reply", "solution"}, optional
        What is waited for; all that the requests have times for when left out.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per variable, level and metric: ``variable``, ``level``, ``metric``; ``n`` and
        ``n_rest`` (requests of the group, and all others); ``estimate``, ``low``, ``high`` (hours:
        median wait by survival) and the same with ``_rest``; ``observed`` and ``expected`` (ended,
        and ended if the group waited as long as the others); ``chi2``, ``p_value`` (log-rank, one
        degree of freedom); ``speed`` (how many waits end in any hour, of those not yet over, as a
        multiple of the others': below 1 is slower), ``speed_low`` and ``speed_high`` (widened for
        the number of rows, so that they leave out 1 if and only if the row is a signal);
        ``q_value`` (Holm over all rows); ``signal`` (empty if it cannot be said); ``direction``
        ("slower" or "faster" where there is a signal); ``note`` ("", "nobody is through yet", "too
        few requests": fewer than five ends expected on a side). No row for a variable with one
        value.

    Raises
    ------
    CxError
        As in :func:`cxreport.topics.service.waits`.

    Notes
    -----
    Sources: Mantel 1966, Cancer Chemotherapy Reports 50, 163-170; ratio: Yusuf et al. 1985,
    Progress in Cardiovascular Diseases 27, 335-371; Holm 1979, Scandinavian Journal
    of Statistics 6, 65-70. An association: groups may differ in what they are asked.

    Examples
    --------
    >>> import datetime as dt
    >>> from cxreport.topics.service.tickets import read_tickets
    >>> asked = pd.Timestamp("2026-03-01T08")
    >>> solved = asked + pd.to_timedelta(range(1, 21), "h")
    >>> requests = pd.DataFrame(
    ...     {"created_at": asked, "solved_at": solved, "channel": list("ab") * 10})
    >>> comparisons = compare_waits(read_tickets(requests, until=dt.date(2026, 3, 2)), ["channel"])
    >>> comparisons[["level", "metric", "estimate", "estimate_rest", "signal"]]
      level    metric  estimate  estimate_rest  signal
    0     b  solution      11.0           10.0   False
    """
    check_columns(tickets.rows, list(variables))
    rows = []
    for variable in dict.fromkeys(variables):
        column = tickets.rows[variable]
        counts = run(tickets.rows.group_by(level=column).aggregate(n=tickets.rows.count()))
        levels = counts.sort_values("level", na_position="last")["level"].tolist()
        compared = levels[1:] if len(levels) == 2 else levels if len(levels) > 2 else []
        asked = (metrics or tickets.metrics) if compared else ()
        cells = {
            metric: count_cells(tickets.rows, *columns_of(tickets, metric), [variable])
            for metric in asked
        }
        for value in compared:
            for metric in asked:
                comparison = _against_rest(cells[metric], value, level)
                rows.append({"variable": variable, "level": value, "metric": metric, **comparison})
    return hold_family(pd.DataFrame(rows, columns=list(COMPARED)), level)


def hold_family(comparisons: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Correct the p-values of all rows together, and say which are signals.

    Parameters
    ----------
    comparisons : DataFrame
        From :func:`compare_waits`, several of them below each other: one family.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    DataFrame
        The same rows with ``speed``, ``speed_low``, ``speed_high``, ``q_value`` (Holm), ``signal``
        and ``direction``.

    Examples
    --------
    >>> two = pd.DataFrame({"p_value": [0.02, 0.04], "observed": [9.0, 2], "expected": [5.0, 6]})
    >>> hold_family(two)[["q_value", "signal", "direction"]]
       q_value  signal direction
    0     0.04    True    faster
    1     0.04    True    slower
    """
    check_result(comparisons, ("observed", "expected", "p_value"), "compare_waits")
    p_value = comparisons["p_value"].astype("float64")
    verdicts = judged(p_value, level)
    surplus = (comparisons["observed"] - comparisons["expected"]).astype("float64")
    direction = np.where(surplus > 0, "faster", "slower")
    word = np.where(verdicts["signal"].fillna(value=False), direction, "")
    # Peto's ratio, exp(surplus / variance): its interval is the log-rank test turned around.
    z = pd.Series(norm.isf(p_value / 2), p_value.index)
    logarithm = z**2 / surplus.where(surplus != 0)
    reach = normal_quantile(interval_level(p_value, level)) * z / surplus.abs().where(surplus != 0)
    return comparisons.assign(
        speed=np.exp(logarithm),
        speed_low=np.exp(logarithm - reach),
        speed_high=np.exp(logarithm + reach),
        p_value=p_value,
        **verdicts,
        direction=pd.Series(word, comparisons.index, dtype="str"),
    )


def _against_rest(cells: pd.DataFrame, value: Any, level: float) -> dict[str, object]:
    """Compare the waits of one group, as ``count_cells`` counts them, with all others."""
    group = cells[0]
    inside = group.isna() if pd.isna(value) else (group == value).fillna(value=False)
    sides = cells.copy()
    sides[0] = ~inside.astype(bool)
    lives = life_tables(sides, [SIDE])
    medians = survival_quantile(curves_of(lives, level), 50).set_index(SIDE)
    hours = medians[["estimate", "low", "high"]] / HOUR
    tests = compare_lives(lives).set_index(SIDE)
    comparison: dict[str, object] = {}
    for side, suffix in ((False, ""), (True, "_rest")):
        numbers = {"n": tests.loc[side, "n"], **hours.loc[side]}
        comparison |= {f"{name}{suffix}": number for name, number in numbers.items()}
    test = tests.loc[False]
    comparison |= {name: test[name] for name in ("observed", "expected", "chi2", "p_value")}
    if pd.isna(test["p_value"]):
        return comparison | {"note": NO_EVENTS}
    if tests["expected"].min() < MIN_EXPECTED:
        return comparison | {"chi2": np.nan, "p_value": np.nan, "note": TOO_FEW}
    return comparison | {"note": ""}
