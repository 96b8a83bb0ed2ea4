"""Control charts: which periods are a signal, and which are the noise of any steady process.

An arrow between two months says that they differ, which any two months do. A control chart asks
whether the process changed: limits come from the noise between neighbouring periods, and a few
fixed rules say when a period, or a run of them, is more than that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.stats.control_rules import (
    centre_and_reach,
    control_signals,
    rounding,
    run_signals,
)
from cxreport.stats.period_series import (
    are_listed,
    chart_points,
    in_baseline,
    period_names,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["xmr", "p", "p-prime", "score"]
SHARES = ("p", "p-prime")
Better = Literal["higher", "lower"]

MIN_POINTS = 12
"""Points that limits need; a shorter series is a run chart."""

NO_VALUE = "no value"
ONE_POINT = "one point"
NO_VARIANCE = "no variance"
RUN_CHART = "run chart"

WORDS = ["signal", "direction", "assurance", "note"]
ADDED = ["value", "centre", "lower", "upper", *WORDS]


def control_chart(
    data: pd.DataFrame,
    value: str = "estimate",
    *,
    kind: Kind = "xmr",
    n: str | None = None,
    better: Better = "higher",
    target: float | None = None,
    baseline: int | Sequence[object] | None = None,
    breaks: Sequence[object] | None = None,
    within: tuple[float, float] | None = None,
) -> pd.DataFrame:
    """Return for each period whether it is a signal, by the rules of Making Data Count.

    Parameters
    ----------
    data : DataFrame
        One series: one row per period, oldest first. A missing value is a gap: it is no signal, and
        moving ranges and runs go from the point before it to the point after it.
    value : str
        Column of the measure: any unit for ``"xmr"``, percent (0..100) for the others.
    kind : {"xmr", "p", "p-prime", "score"}
        Individual values; shares, with binomial noise alone; shares of large samples, whose noise
        is more than binomial (Laney); means and net scores, whose noise goes with the square root
        of 1 / n, wider limits where few answer.
    n : str, optional
        Column of denominators of the shares and scores; not used by ``"xmr"``.
    better : {"higher", "lower"}
        Which way is an improvement.
    target : float, optional
        What every period should reach, in the unit of the values.
    baseline : int or sequence, optional
        What centre and limits are computed from, and stay: the first so many points with a value
        of each segment, or the periods listed (a segment that has none of them uses all of its
        own). Default: every point.
    breaks : sequence, optional
        Periods at which a new segment begins, because something is known to have changed. Each
        segment has its own centre and limits, and no run goes from one to the next.
    within : (float, float), optional
        What the measure can be, lowest and highest: limits are cut there. Shares: 0 to 100.

    Returns
    -------
    DataFrame
        One row per period, with the index of ``data``: ``period`` and the columns of ``data`` that
        are not numbers; ``value``, ``centre``, ``lower`` and ``upper`` (unit of the values; limits
        cut at what the measure can be); ``signal`` ("", "outside" the limits, "trend" of 7 points
        that rise or fall, "two-of-three" beyond two thirds of a limit with all three on one side,
        "shift" of 7 points on one side of the centre; every point of a run is marked, with the
        first of the rules that holds); ``direction`` ("improvement" or "concern" where there is a
        signal); ``assurance`` ("pass" or "fail" if the target lies beyond the limits,
        "inconsistent" if between them, "" without target or limits); ``note``:

        "run chart": the baseline has fewer than 12 points, so there are no limits, the centre is
        the median, and the one signal is "shift", by the rules of Anhøj (a run too long, or so few
        crossings of the median that all points off it are marked). "no variance": the baseline is
        constant, so noise is unknown and nothing is judged. "one point": nothing to judge it by.
        "no value": a gap.

    Raises
    ------
    CxError
        If a column is absent or not numeric, a period is missing, repeated or out of order, a
        share is not between 0 and 100 or has no denominator, a denominator is negative, an option
        is unknown, or a baseline or break names no period of the data.

    Notes
    -----
    XmR: mean and 2.66 mean moving ranges, screened once. p: pooled share and 3 binomial standard
    errors. p': times the mean moving range of the standardised shares over 1.128, screened. Score:
    as p', standardised by the square root of n alone; with equal n it is XmR.
    Sources: NHS England, Making Data Count; Nelson 1982, Journal of Quality Technology 14(3),
    172-173; Laney 2002, Quality Engineering 14(4), 531-537; Anhøj & Olesen 2014, PLoS ONE 9(11),
    e113825.

    Examples
    --------
    >>> months = [f"2026-{month:02}" for month in range(1, 13)]
    >>> scores = [40, 42, 41, 43, 40, 42, 41, 43, 40, 42, 41, 30]
    >>> chart = control_chart(pd.DataFrame({"period": months, "estimate": scores}), target=35)
    >>> chart[["period", "centre", "lower", "signal", "direction", "assurance"]].tail(2).round(1)
         period  centre  lower   signal direction assurance
    10  2026-11    40.4   35.4                         pass
    11  2026-12    40.4   35.4  outside   concern      pass
    """
    for option, given, choices in (("kind", kind, Kind), ("better", better, Better)):
        if given not in get_args(choices):
            raise CxError(f"unknown {option}", got=given, expected=", ".join(get_args(choices)))
    if target is not None and not np.isfinite(target):
        raise CxError("the target is not a number", got=target)
    if kind != "xmr" and n is None:
        raise CxError("a chart of shares needs their denominators", expected="n, a column")
    if within is None:
        within = (0, 100) if kind in SHARES else (-np.inf, np.inf)
    names = period_names(data)
    counts = n if kind != "xmr" else None
    points = chart_points(data, value, counts, names, shares=kind in SHARES)
    points["segment"] = are_listed(names, [] if breaks is None else breaks, "breaks").cumsum()
    points["baseline"] = in_baseline(points, names, baseline)
    parts = [_judged(rows, kind) for _, rows in points.groupby("segment")]
    chart = pd.concat(parts) if parts else _judged(points, kind)
    for name in ("lower", "upper"):
        chart[name] = chart[name].clip(*within)
    chart["direction"] = _direction(chart, better)
    chart["assurance"] = assurance(chart, better, target)
    series = data[[c for c in data if _identifies(data[c]) and c not in (*ADDED, value, n)]]
    added = chart[ADDED].astype(dict.fromkeys(WORDS, "str")).set_axis(data.index)
    return pd.concat([series, added], axis="columns")


def _judged(rows: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    """Give one segment its lines, and each of its points its signal."""
    observed = rows[rows["value"].notna()]
    values = observed["value"]
    base = values[observed["baseline"]]
    charted = len(base) >= MIN_POINTS
    centre = float(base.median()) if len(observed) > 1 else np.nan
    reach = pd.Series(np.nan, index=rows.index)
    varies = base.max() - base.min() > rounding(values)
    if charted:
        centre, reach = centre_and_reach(rows["value"], rows["n"], rows["baseline"], kind)
        # A constant share has a binomial spread of its own, unless it is 0 or 100.
        varies = reach.max() > rounding(values)
    reach = reach if varies else reach * np.nan
    drawn = {"centre": centre, "lower": centre - reach, "upper": centre + reach, "reach": reach}
    lines = pd.DataFrame(drawn)
    signals = pd.DataFrame({"signal": "", "side": 0}, index=observed.index)
    if varies:
        signals = control_signals(observed.join(lines)) if charted else run_signals(values, centre)
    reasons = {
        NO_VALUE: rows["value"].isna(),
        ONE_POINT: rows["value"].notna() & (len(observed) == 1),
        NO_VARIANCE: rows["value"].notna() & (not varies),
        RUN_CHART: rows["value"].notna() & (not charted),
    }
    note = np.select(list(reasons.values()), list(reasons), "")
    judged = rows.join(lines).join(signals).assign(note=note)
    return judged.fillna({"signal": "", "side": 0})


def _direction(chart: pd.DataFrame, better: Better) -> np.ndarray:
    """Return whether a signal is good or bad."""
    side = chart["side"].where(chart["signal"] != "", 0) * (1 if better == "higher" else -1)
    return np.select([side > 0, side < 0], ["improvement", "concern"], "")


def assurance(chart: pd.DataFrame, better: Better, target: float | None) -> np.ndarray:
    """Return whether a process that stays as it is will reach a target.

    Parameters
    ----------
    chart : DataFrame
        ``lower`` and ``upper`` limits, empty where there are none.
    better : {"higher", "lower"}
        Which way is an improvement.
    target : float or None
        In the unit of the limits.

    Returns
    -------
    array of str
        One word a row: "pass" or "fail" if the target lies beyond the limits, "inconsistent" if
        between them, "" without target or limits.

    Notes
    -----
    Source: NHS England, Making Data Count (the assurance icon).

    Examples
    --------
    >>> limits = pd.DataFrame({"lower": [30.0, 20.0, 10.0], "upper": [40.0, 30.0, 20.0]})
    >>> assurance(limits, "higher", 25.0).tolist()
    ['pass', 'inconsistent', 'fail']
    """
    aim = np.nan if target is None else target
    above, below = chart["lower"] > aim, chart["upper"] < aim
    passed, failed = (above, below) if better == "higher" else (below, above)
    between = (chart["lower"] <= aim) & (chart["upper"] >= aim)
    return np.select([passed, failed, between], ["pass", "fail", "inconsistent"], "")


def _identifies(column: pd.Series) -> bool:
    """Return whether a column names rows, and does not measure them."""
    return column.name == "period" or not pd.api.types.is_numeric_dtype(
        column.dropna().infer_objects()
    )
