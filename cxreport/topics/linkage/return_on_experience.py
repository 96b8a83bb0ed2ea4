"""What an improvement is worth, with everything that is not known about it in the answer.

Gain = change of the score x effect of a point x customers x margin; result = gain - cost. Each of
them is a number, or an estimate with its interval; the result is worked out many times with
values drawn from those intervals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.stats.intervals import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Mapping

Quantity: TypeAlias = "float | tuple[float, float, float]"
"""A number that is known, or an estimate with the two ends of its interval."""
INPUTS = ("change", "effect", "customers", "margin", "cost")


def return_on_experience(
    change: Quantity,
    effect: Quantity,
    customers: Quantity,
    margin: Quantity,
    cost: Quantity,
    *,
    draws: int = 10_000,
    seed: int = 0,
    level: float = 0.95,
) -> pd.DataFrame:
    """Work out what an improvement brings in, and how likely it is to pay.

    Parameters
    ----------
    change : float or tuple
        By how much the score rises (points). Each input is a number, or (estimate, low, high):
        the ends of its interval at ``level``, from which its spread is taken.
    effect : float or tuple
        What one point is worth in later spend (money a customer), as measured.
    customers : float or tuple
        Customers whom the improvement reaches.
    margin : float or tuple
        Share of the spend that is left as margin (0 to 1).
    cost : float or tuple
        What the improvement costs (money).
    draws : int
        How often the result is worked out.
    seed : int
        Of the random numbers.
    level : float
        Confidence level of the inputs' intervals and of the result's.

    Returns
    -------
    DataFrame
        One row: ``gain`` and ``cost`` (money, from the estimates), ``estimate`` (gain - cost),
        ``low``, ``high`` (money; percentiles of the draws), ``probability`` (percent of draws in
        which the result is above 0; empty where no input has an interval), ``draws``.

    Raises
    ------
    CxError
        If an input is no number, its ends are in the wrong order, the margin is above 1, or
        ``draws`` is below 1.

    Notes
    -----
    Inputs are drawn from independent normal distributions. It is a plan, not a finding: that the
    effect was measured as an association does not say that a raised score would bring it about.

    Examples
    --------
    >>> return_on_experience(2.0, 0.5, 10_000, 0.3, 1_000)[["gain", "cost", "estimate"]]
         gain    cost  estimate
    0  3000.0  1000.0    2000.0
    """
    values = dict(zip(INPUTS, (change, effect, customers, margin, cost), strict=True))
    drawn = _draw(values, draws, seed, level)
    results = _result(drawn)
    estimates = {name: ends_of(name, value)[0] for name, value in values.items()}
    if estimates["margin"] > 1:  # below 0 is bad business, but a share
        raise CxError("not a share", where="margin", got=margin, expected="0.3 for 30%")
    estimate = float(_result(estimates))
    spread = any(isinstance(value, tuple) for value in values.values())
    low, high = np.quantile(results, [(1 - level) / 2, (1 + level) / 2])
    row = {
        "gain": estimate + estimates["cost"],
        "cost": estimates["cost"],
        "estimate": estimate,
        "low": float(low) if spread else np.nan,
        "high": float(high) if spread else np.nan,
        "probability": 100 * float((results > 0).mean()) if spread else np.nan,
        "draws": draws,
    }
    return pd.DataFrame([row])


def tornado(
    change: Quantity,
    effect: Quantity,
    customers: Quantity,
    margin: Quantity,
    cost: Quantity,
) -> pd.DataFrame:
    """Return which input the result hangs on most: each at both ends of its interval, others as is.

    Parameters
    ----------
    change, effect, customers, margin, cost : float or tuple
        As in :func:`return_on_experience`.

    Returns
    -------
    DataFrame
        One row per input that has an interval, the one that moves the result most first: ``input``
        (its name), ``input_low``, ``input_high`` (its unit), ``estimate`` (money; with all
        estimates), ``low``, ``high`` (money; the smaller and the larger result at its two ends).

    Raises
    ------
    CxError
        If an input is no number, or its ends are in the wrong order.

    Examples
    --------
    >>> tornado((2.0, 1.0, 3.0), 0.5, (10_000, 9_000, 11_000), 0.3, 1_000)[["input", "low", "high"]]
           input     low    high
    0     change   500.0  3500.0
    1  customers  1700.0  2300.0
    """
    values = dict(zip(INPUTS, (change, effect, customers, margin, cost), strict=True))
    ends = {name: ends_of(name, value) for name, value in values.items()}
    estimates = {name: end[0] for name, end in ends.items()}
    rows = []
    for name in INPUTS:
        if isinstance(values[name], tuple):
            _, low, high = ends[name]
            results = sorted(float(_result(estimates | {name: end})) for end in (low, high))
            rows.append([name, low, high, float(_result(estimates)), *results])
    columns = ["input", "input_low", "input_high", "estimate", "low", "high"]
    frame = pd.DataFrame(rows, columns=columns)
    width = (frame["low"] - frame["high"]).astype(float)
    return frame.iloc[width.argsort(kind="stable")].reset_index(drop=True)


def draw_quantity(
    value: Quantity, draws: int, generator: np.random.Generator, level: float, name: str = ""
) -> np.ndarray:
    """Draw a quantity from the normal distribution that its interval stands for."""
    estimate, low, high = ends_of(name, value)
    std_error = (high - low) / (2 * normal_quantile(level))
    return estimate + std_error * generator.standard_normal(draws)


def _draw(
    values: Mapping[str, Quantity], draws: int, seed: int, level: float
) -> dict[str, np.ndarray]:
    """Draw every input, each from the same stream whatever the others are."""
    if draws < 1:
        raise CxError("no draws", got=draws, expected="1 or more")
    generator = np.random.default_rng(seed)
    return {
        name: draw_quantity(value, draws, generator, level, name) for name, value in values.items()
    }


def _result(values: Mapping[str, np.ndarray | float]) -> np.ndarray:
    """Work out gain minus cost."""
    gain = values["change"] * values["effect"] * values["customers"] * values["margin"]
    return np.asarray(gain - values["cost"])


def ends_of(name: str, value: Quantity) -> tuple[float, float, float]:
    """Return an input's estimate and ends; a plain number is its own ends."""
    ends = value if isinstance(value, tuple) else (value, value, value)
    try:
        estimate, low, high = (float(end) for end in ends)
    except (TypeError, ValueError):
        estimate = low = high = np.nan
    if not np.isfinite([estimate, low, high]).all():
        raise CxError("an input is no number", where=name, got=value,
                      expected="a number, or (estimate, low, high)")  # fmt: skip
    if not low <= estimate <= high:
        expected = "low <= estimate <= high"
        raise CxError("an input's ends are in the wrong order", where=name, got=value,
                      expected=expected)  # fmt: skip
    return estimate, low, high
