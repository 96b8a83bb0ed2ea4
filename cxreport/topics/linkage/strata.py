"""Compare two classes within strata of people who were alike before, and add the strata up.

Direct standardisation: both classes are given the same mix of strata, so what differs between the
strata no longer counts for either. It asks for counts, sums and squares by cell, never for rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import t

from cxreport.inputs.columns import check_result

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST = 2
"""Members of a class that a stratum needs, so that their spread is known."""
TOO_FEW, NO_VARIANCE = "too few answers", "no variance"
DIFFERENCE = ("n", "n_reference", "left_out", "strata", "estimate", "estimate_reference",
              "difference", "std_error", "low", "high", "p_value", "note")  # fmt: skip


def standardised_difference(
    cells: pd.DataFrame,
    *,
    group: str,
    current: str,
    reference: str,
    strata: Sequence[str] = (),
    level: float = 0.95,
) -> pd.DataFrame:
    """Measure how far the mean of one class is from that of another, among people alike before.

    Parameters
    ----------
    cells : DataFrame
        One row per class and stratum: ``group``, the columns ``strata``, ``n`` (people), ``total``
        (sum of their values) and ``squares`` (sum of the squares). Rows that repeat are added.
    group : str
        Column of the class.
    current, reference : str
        The two classes; others are not looked at.
    strata : sequence of str
        Columns that make the strata; one stratum with all when empty (Welch's test).
    level : float
        Confidence level of the interval.

    Returns
    -------
    DataFrame
        One row: ``n`` and ``n_reference`` (people compared), ``left_out`` (people of both classes
        in strata where a class has fewer than two), ``strata`` (compared), ``estimate`` and
        ``estimate_reference`` (means with the mix of strata of both classes together),
        ``difference``, ``std_error``, ``low``, ``high`` (unit of the values), ``p_value``
        (two-sided), ``note`` ("", "too few answers", "no variance": no interval then).

    Notes
    -----
    The weight of a stratum is its share of the people compared; variance: sum of w^2 s^2 / n over
    strata and classes; degrees of freedom: Welch-Satterthwaite. Sources: Cochran 1968, Biometrics
    24, 295-313 (adjustment by subclassification); Satterthwaite 1946, Biometrics 2, 110-114.

    Examples
    --------
    >>> cells = pd.DataFrame({"answer": ["up", "down", "up", "down"], "before": [0, 0, 1, 1],
    ...     "n": [2, 2, 2, 2], "total": [6, 2, 20, 16], "squares": [20, 4, 202, 130]})
    >>> standardised_difference(cells, group="answer", current="up", reference="down",
    ...     strata=["before"])[["estimate", "estimate_reference", "difference"]]
       estimate  estimate_reference  difference
    0       6.5                 4.5         2.0
    """
    check_result(cells, (group, *strata, "n", "total", "squares"), "a count of cells")
    sides = [
        _by_stratum(cells[cells[group] == name], list(strata)) for name in (current, reference)
    ]
    both = sides[0].merge(
        sides[1], how="outer", left_index=True, right_index=True, suffixes=("", "_reference")
    )
    both = both.fillna(0.0)
    whole = float(both["n"].sum() + both["n_reference"].sum())
    both = both[(both["n"] >= FEWEST) & (both["n_reference"] >= FEWEST)]
    compared = [int(both[name].sum()) for name in ("n", "n_reference")]
    weight = (both["n"] + both["n_reference"]) / max(sum(compared), 1)
    means, parts, freedom = [], [], []
    for end in ("", "_reference"):
        n, total = both[f"n{end}"], both[f"total{end}"]
        spread = (both[f"squares{end}"] - total**2 / n).clip(lower=0) / (n - 1)
        means.append(float((weight * total / n).sum()))
        parts.append(weight**2 * spread / n)
        freedom.append(n - 1)
    counts = [*compared, int(whole) - sum(compared), len(both)]
    if both.empty:
        return _row([*counts, *[np.nan] * 7, TOO_FEW])
    difference, variance = means[0] - means[1], float(sum(part.sum() for part in parts))
    if _is_nothing(variance, means):
        return _row([*counts, *means, difference, *[np.nan] * 4, NO_VARIANCE])
    squares = [(part**2 / df).sum() for part, df in zip(parts, freedom, strict=True)]
    df, error = variance**2 / float(sum(squares)), variance**0.5
    reach = error * t.ppf((1 + level) / 2, df)
    p_value = 2 * t.sf(abs(difference) / error, df)
    ends = [error, difference - reach, difference + reach, p_value]
    return _row([*counts, *means, difference, *ends, ""])


def _by_stratum(cells: pd.DataFrame, strata: list[str]) -> pd.DataFrame:
    """Add up the cells of one class by stratum; a missing value is a stratum of its own."""
    sums = ["n", "total", "squares"]
    keys: list[object] = [*strata] or [pd.Series(0, index=cells.index, name="all")]
    return cells.groupby(keys, dropna=False)[sums].sum().astype(float)


def _is_nothing(variance: float, means: list[float]) -> bool:
    """Return whether a variance is zero, up to the last digits of sums."""
    return variance <= 1e-18 * max(1.0, *(mean**2 for mean in means))


def _row(values: list[object]) -> pd.DataFrame:
    return pd.DataFrame([values], columns=list(DIFFERENCE))
