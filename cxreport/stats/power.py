"""Planning: how many answers a question needs, and what change a sample could show."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from cxreport.errors import CxError
from cxreport.stats.intervals import normal_quantile
from cxreport.stats.plans import Plan, solve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxreport.stats.plans import Metric

TOO_MANY = "more invitations than customers"
NOT_DETECTABLE = "no change could be shown"


def sample_size(
    metric: Metric,
    difference: float,
    *,
    power: float = 0.8,
    level: float = 0.95,
    population: float | None = None,
    response_rate: float | None = None,
    **baseline: float,
) -> pd.DataFrame:
    """Plan how many answers each of two groups (or periods) needs to tell them apart.

    Parameters
    ----------
    metric : {"nps", "csat", "ces", "share", "mean"}
        What is compared; "csat" and "ces" are shares of favourable answers.
    difference : float
        Current minus reference, in the unit of the metric: points of NPS, percentage points, or
        the unit of the mean. Its sign matters: a share of 90% has less room above than below.
    power : float
        Chance to find the difference if it is there, between 0 and 1.
    level : float
        1 minus the chance of a false alarm (two-sided), between 0 and 1.
    population : float, optional
        Customers behind each group, if finite and few. It then plans for what these very customers
        would say, not for what makes customers say so.
    response_rate : float, optional
        Answers per invitation, above 0, at most 1.
    **baseline : float
        The reference, as fractions: ``promoters`` and ``detractors`` of an NPS, ``share``; or the
        ``std`` of a mean, in its unit (needed). By default the most uncertain one: half promoters
        and half detractors, a share of 0.5. A changed NPS keeps its passives, if there is room.

    Returns
    -------
    DataFrame
        One row: ``metric``; ``difference``; ``power``; ``level``; ``n_exact`` (answers per group,
        unrounded), ``n`` (rounded up); ``invitations`` (a group; empty without a response rate);
        ``note`` ("", "more invitations than customers").

    Raises
    ------
    CxError
        If an argument is unknown, out of range, or leaves no room for the difference.

    Notes
    -----
    NPS: (z + z')^2 (V1 + V2) / difference^2. Shares: pooled variance under no difference, as R's
    ``power.prop.test``. Means: t test with noncentral t, as R's ``power.t.test``. Finite
    population: variances times (N - n) / (N - 1); Cochran 1977, Sampling Techniques, 3rd ed.

    Examples
    --------
    >>> sample_size("nps", 10, promoters=0.45, detractors=0.25, response_rate=0.2)[
    ...     ["n", "invitations"]
    ... ]
         n  invitations
    0  997         4985
    """
    plan = Plan.of(metric, baseline, level=level, population=population)
    _check_power(power, level)
    delta = difference / plan.unit
    lowest, highest = -plan.room(-1), plan.room(1)
    if not (lowest <= delta <= highest and 0 < abs(delta) < math.inf):
        raise CxError(
            "there is no room for this difference",
            got=difference,
            expected=f"{lowest * plan.unit:g} to {highest * plan.unit:g}, not 0",
        )
    most = math.inf if population is None else population
    exact = solve(lambda n: plan.power(delta, n, n) - power, 2.0, most)
    inputs = {"metric": metric, "difference": difference, "power": power, "level": level}
    return _planned(inputs, exact, population, response_rate)


def sample_size_for_margin(
    metric: Metric,
    margin: float,
    *,
    level: float = 0.95,
    population: float | None = None,
    response_rate: float | None = None,
    **baseline: float,
) -> pd.DataFrame:
    """Plan how many answers make an interval no wider than plus and minus a margin.

    Parameters
    ----------
    metric, level, population, response_rate, **baseline
        As in :func:`sample_size`.
    margin : float
        Half the width of the interval, above 0, in the unit of the metric.

    Returns
    -------
    DataFrame
        One row: ``metric``, ``margin``, ``level``, then as in :func:`sample_size`.

    Raises
    ------
    CxError
        As in :func:`sample_size`.

    Examples
    --------
    >>> sample_size_for_margin("share", 5)["n"].tolist()
    [385]
    """
    plan = Plan.of(metric, baseline, level=level, population=population)
    if not 0 < margin < math.inf:
        raise CxError("not a margin", got=margin, expected="above 0")
    n = (normal_quantile(level) * plan.unit / margin) ** 2 * plan.variance(0.0)
    exact = n if population is None else n * population / (population - 1 + n)
    inputs = {"metric": metric, "margin": margin, "level": level}
    return _planned(inputs, exact, population, response_rate)


def detectable_difference(
    metric: Metric,
    n: float,
    *,
    n_reference: float | None = None,
    power: float = 0.8,
    level: float = 0.95,
    population: float | None = None,
    **baseline: float,
) -> pd.DataFrame:
    """Measure the smallest change that a sample of this size could show.

    Parameters
    ----------
    metric, power, level, population, **baseline
        As in :func:`sample_size`.
    n : float
        Answers of the current group, 2 or more; of weighted answers, the effective number.
    n_reference : float, optional
        Answers of the group it is compared with; by default as many. ``math.inf`` stands for a
        fixed target.

    Returns
    -------
    DataFrame
        One row: ``metric``; ``n``; ``n_reference``; ``power``; ``level``; ``rise`` and ``drop``,
        the smallest detectable ones, above 0, in the unit of the metric (empty where the scale
        ends before); ``detectable``, the larger of the two; ``note`` ("", "no change could be
        shown").

    Raises
    ------
    CxError
        If an argument is unknown or out of range.

    Examples
    --------
    >>> detectable_difference("nps", 90, promoters=0.5, detractors=0.2)[
    ...     ["rise", "drop", "detectable"]
    ... ].round(1)
       rise  drop  detectable
    0  29.0  33.8        33.8
    """
    plan = Plan.of(metric, baseline, level=level, population=population)
    other = n if n_reference is None else n_reference
    _check_power(power, level)
    if not (2 <= n < math.inf and other >= 2 and max(n, other) <= (population or math.inf)):
        raise CxError(
            "not a number of answers",
            got=f"n={n:g}, n_reference={other:g}",
            expected="2 or more, and not more than customers",
        )
    rise = solve(lambda size: plan.power(size, n, other) - power, 0.0, plan.room(1))
    drop = solve(lambda size: plan.power(-size, n, other) - power, 0.0, plan.room(-1))
    rise, drop = plan.unit * rise, plan.unit * drop
    sizes = [size for size in (rise, drop) if not math.isnan(size)]
    differences = {"rise": rise, "drop": drop, "detectable": max(sizes, default=math.nan)}
    inputs = {"metric": metric, "n": n, "n_reference": other, "power": power, "level": level}
    return pd.DataFrame([inputs | differences | {"note": "" if sizes else NOT_DETECTABLE}])


def _check_power(power: float, level: float) -> None:
    """Refuse a power that is none, or that false alarms alone would reach."""
    if not (1 - level) / 2 < power < 1:
        raise CxError("not a power", got=power, expected="a number between 0 and 1, like 0.8")


def _planned(
    inputs: Mapping[str, object],
    exact: float,
    population: float | None,
    response_rate: float | None,
) -> pd.DataFrame:
    """Round up, and count the invitations."""
    if response_rate is not None and not 0 < response_rate <= 1:
        raise CxError("not a response rate", got=response_rate, expected="above 0, at most 1")
    # A hair above a whole number is that number.
    n = math.ceil(exact - 1e-9)
    invitations = None if response_rate is None else math.ceil(n / response_rate - 1e-9)
    asked = n if invitations is None else invitations
    row = pd.DataFrame(
        [
            {
                **inputs,
                "n_exact": exact,
                "n": n,
                "invitations": invitations,
                "note": "" if population is None or asked <= population else TOO_MANY,
            }
        ]
    )
    return row.astype({"invitations": "Int64"})
