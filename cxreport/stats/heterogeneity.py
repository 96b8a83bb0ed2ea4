"""How much estimates of several groups differ beyond their sampling error."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


class Heterogeneity(NamedTuple):
    """Cochran's ``Q`` and DerSimonian and Laird's ``tau_squared`` (squared unit, never below 0)."""

    Q: float
    tau_squared: float


def heterogeneity(estimates: NDArray[np.float64], variances: NDArray[np.float64]) -> Heterogeneity:
    """Measure the spread of true values behind two or more estimates.

    Written out because ``statsmodels.stats.meta_analysis.combine_effects`` takes the root of a
    negative variance where the estimates differ less than chance.

    Sources: Cochran 1954, Biometrics 10, 101-129; DerSimonian & Laird 1986, Controlled Clinical
    Trials 7, 177-188.

    Examples
    --------
    >>> heterogeneity(np.array([0.0, 4.0]), np.array([1.0, 1.0]))
    Heterogeneity(Q=8.0, tau_squared=7.0)
    """
    weights = 1 / variances
    mean = (weights * estimates).sum() / weights.sum()
    statistic = float((weights * (estimates - mean) ** 2).sum())
    scale = weights.sum() - (weights**2).sum() / weights.sum()
    excess = statistic - (len(estimates) - 1)
    return Heterogeneity(statistic, max(0.0, float(excess / scale)))


def common_variances(rows: pd.DataFrame) -> NDArray[np.float64]:
    """Return the squared standard errors that the scores of one family have if none differs.

    The variance of one answer drawn from the whole family, over the effective number of answers
    of each group. NaN where the whole family shows no spread.
    """
    n = rows["n_effective"].to_numpy("float64")
    estimate = rows["estimate"].to_numpy("float64")
    own = rows["std_error"].fillna(0.0).to_numpy("float64") ** 2
    within = np.average(n * own, weights=n)
    between = np.average((estimate - np.average(estimate, weights=n)) ** 2, weights=n)
    one_answer = within + between
    return one_answer / n if one_answer > 0 else np.full(len(rows), np.nan)


def sampling_variances(rows: pd.DataFrame) -> NDArray[np.float64]:
    """Return the squared standard errors of the scores of one family.

    A group whose answers all agree, or with one answer, shows no spread of its own; a variance of
    0 would weigh it above all others. It takes the common one.
    """
    own = rows["std_error"].fillna(0.0).to_numpy("float64") ** 2
    return np.where(own > 0, own, common_variances(rows))
