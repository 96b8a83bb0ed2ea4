"""What to fix first: what matters, falls short of its target, and reaches many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import norm

from cxreport.errors import CxError
from cxreport.stats.multiplicity import corrected
from cxreport.topics.drivers.importance import TOO_FEW, Method, fit, notes_of
from cxreport.topics.drivers.resampling import limits, often_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxreport.inputs.source import Data
    from cxreport.stats.value_columns import Scale
    from cxreport.topics.drivers.numeric_rows import Numbers
    from cxreport.topics.drivers.resampling import Flags

TOP = 3
HIGH, MEDIUM, LOW = "high", "medium", "low"
ALMOST_ALWAYS, NOW_AND_THEN = 80, 20
"""Percent of resamples in the top three that make the level high, or medium."""


def criticality(  # noqa: PLR0913 - a design, a scale, two levels, resamples
    data: Data,
    outcome: str,
    drivers: Sequence[str],
    *,
    target: float,
    scale: Scale = None,
    outcome_scale: Scale = None,
    method: Method = "shapley",
    weight: str | None = None,
    cluster: str | None = None,
    bootstrap: int = 1000,
    seed: int = 0,
    level: float = 0.95,
    family_level: float | None = None,
) -> pd.DataFrame:
    """Rank what to fix first, and say how sure the ranks are.

    Criticality is importance x shortfall to the target x reach. What goes against the outcome once
    the other drivers are known (its regression coefficient is not above 0) has none: its
    importance is borrowed.

    Parameters
    ----------
    data, outcome, drivers, scale, outcome_scale, method, weight, cluster
        As in ``importance``.
    target : float
        Mean rating that every driver should have.
    bootstrap, seed : int
        Resamples, and their start: importance, shortfall and reach are worked out in each.
    level : float
        Confidence level of the (percentile) intervals.
    family_level : float, optional
        1 minus the error that the tests of all drivers together are held to;
        ``level`` when left out.

    Returns
    -------
    DataFrame
        One row per driver, most critical first: ``driver``; ``n`` (rows with this rating and the
        outcome); ``invalid`` (rows in which one of the two is outside its scale); ``importance``
        (percent of the differences in the outcome), ``importance_low``, ``importance_high``;
        ``performance`` (mean rating), ``performance_low``, ``performance_high``; ``shortfall``
        (rating points short of the target, 0 if reached); ``reach`` (percent of the rows with an
        outcome that have this rating); ``estimate`` (importance x shortfall x reach / 100),
        ``low``, ``high``; ``share`` (percent of all criticality); ``top`` (percent of resamples in
        which it is among the top three and above zero; with three drivers or fewer, among all but
        one); ``level``: "high" (``top`` 80 or more, and an effect of its own beyond chance),
        "medium" (20 or more), "low" (less, or no criticality at all), "too few answers" (no
        number), "" without resamples; ``note`` as in ``importance``.

    Raises
    ------
    CxError
        If the target is no number, or as ``importance``.

    Notes
    -----
    Somebody is always among the top three, even where no rating has to do with the outcome. So an
    effect of its own is asked for: a normal test of the regression coefficient with the spread of
    its resamples, all drivers one family (Holm 1979).

    Examples
    --------
    >>> rows = pd.DataFrame({"score": [2, 4, 6, 8], "staff": [1, 1, 2, 2], "price": [1, 2, 1, 2]})
    >>> ranked = criticality(rows, "score", ["price", "staff"], target=2, bootstrap=0)
    >>> ranked[["driver", "importance", "shortfall", "reach", "estimate"]].round(1)
      driver  importance  shortfall  reach  estimate
    0  staff        80.0        0.5  100.0      40.0
    1  price        20.0        0.5  100.0      10.0
    """
    family_level = level if family_level is None else family_level
    if not np.isfinite(target):
        raise CxError("a target must be a number", got=target)
    fitted = fit(
        data, outcome, drivers, scale=scale, outcome_scale=outcome_scale, method=method,
        weight=weight, cluster=cluster, bootstrap=bootstrap, seed=seed,
    )  # fmt: skip
    ratings, weight_of = fitted.ratings, 100 * fitted.parts
    mean, reach = ratings.mean[:, :-1], ratings.reach[:, :-1]
    shortfall = np.clip(target - mean, 0, None)
    own = np.where(fitted.coefficients > 0, 1.0, np.where(np.isnan(fitted.coefficients), np.nan, 0))
    product = weight_of * shortfall * reach * own
    frame = pd.DataFrame(
        {
            "driver": list(drivers),
            "n": ratings.pairs[:-1, -1].astype(int),
            "invalid": ratings.invalid.astype(int),
        }
        | _with_limits("importance", weight_of, level)
        | _with_limits("performance", np.where(np.isnan(weight_of), np.nan, mean), level)
        | {"shortfall": shortfall[0], "reach": 100 * np.nan_to_num(reach[0])}
    )
    low, high = limits(product, level)
    total = np.nansum(product[0])
    top = often_first(product, min(TOP, max(len(drivers) - 1, 1)))
    frame = frame.assign(
        estimate=product[0],
        low=low,
        high=high,
        share=100 * product[0] / total if total > 0 else np.nan,
        top=top,
        level=[
            _level(often, product_or_nan, sure=sure)
            for often, product_or_nan, sure in zip(
                top, product[0], _own_effect(fitted.coefficients, family_level), strict=True
            )
        ],
        note=notes_of(fitted, level),
    )
    return frame.sort_values(["estimate", "importance"], ascending=False, ignore_index=True)


def _own_effect(coefficients: Numbers, level: float) -> Flags:
    """Return which drivers go with the outcome beyond chance once the others are known."""
    if len(coefficients) == 1:
        return np.zeros(coefficients.shape[1], dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        p_value = 2 * norm.sf(np.abs(coefficients[0]) / coefficients[1:].std(axis=0))
    sure: Flags = (corrected(pd.Series(p_value)) < 1 - level).to_numpy()
    return sure


def _with_limits(name: str, resampled: Numbers, level: float) -> dict[str, Numbers]:
    """Return an estimate and its limits as columns."""
    low, high = limits(resampled, level)
    return {name: resampled[0], f"{name}_low": low, f"{name}_high": high}


def _level(top: float, estimate: float, *, sure: bool) -> str:
    """Name how critical a driver is, by how often it is among the top and whether it is sure."""
    if np.isnan(estimate):
        return TOO_FEW
    if np.isnan(top):
        return ""
    if estimate <= 0 or top < NOW_AND_THEN:
        return LOW
    return HIGH if top >= ALMOST_ALWAYS and sure else MEDIUM
