"""How many of a cohort will still be there: the shifted beta-geometric projection.

Those who stay are those who were likelier to stay, so the rate of loss falls with age although
nobody changes. A line drawn through past retention misses that, and promises too little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import betaln, hyp2f1, polygamma, psi

from cxreport.errors import CxError
from cxreport.stats.intervals import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGEST = 1e4
"""Parameters beyond this say that all customers are alike: the fit runs away to infinity."""

NOBODY_LOST = "nobody lost yet"
NO_FIT = "no fit: the rate of loss does not fall with age, or nobody is lost later"


@dataclass(frozen=True)
class Projection:
    """What :func:`project_retention` returns.

    Attributes
    ----------
    parameters : DataFrame
        One row per parameter: ``parameter`` ("alpha", "beta"), ``estimate``, ``low``, ``high``
        (no unit; empty where there is no upper limit), ``log_likelihood``, ``note``.
    curve : DataFrame
        One row per age: ``age`` (periods), ``observed``, ``estimate``, ``low``, ``high`` (percent
        of the cohort; the interval is that of the expected curve), ``note``.
    """

    parameters: pd.DataFrame
    curve: pd.DataFrame


def project_retention(survivors: Sequence[int], horizon: int, *, level: float = 0.95) -> Projection:
    """Project how many of a cohort will still be there at later ages.

    Parameters
    ----------
    survivors : sequence of int
        Customers still there at ages 0, 1, 2, ...: the first is the size of the cohort. Only
        periods that are over; at least three counts, none above the one before it.
    horizon : int
        Last age to project to (periods).
    level : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    Projection
        Its frames ``parameters`` and ``curve``. A cohort that lost nobody, whose rate of
        loss does not fall with age, or that lost nobody after the first ages, has no best fit: its
        estimates are empty, with a ``note``.

    Raises
    ------
    CxError
        If the counts are no survivors, the horizon is below 1, or the level is out of range.

    Notes
    -----
    Maximum likelihood; intervals from the observed information, of the parameters on the log
    scale and of the curve on the log-log scale. Source: Fader & Hardie 2007, Journal of
    Interactive Marketing 21(1), 76-90.

    Examples
    --------
    >>> result = project_retention([1000, 869, 743, 653, 593, 551, 517, 491], 12)
    >>> result.parameters["estimate"].round(2).tolist()
    [0.67, 3.81]
    >>> result.curve["estimate"].round(1).tail(2).tolist()
    [39.5, 37.8]
    """
    z = normal_quantile(level)
    counts = _checked(survivors)
    if not isinstance(horizon, (int, np.integer)) or horizon < 1:
        raise CxError("the horizon is no age", got=horizon, expected="a whole number from 1")
    ages = np.arange(max(int(horizon) + 1, len(counts)))
    fitted = _fit(counts)
    note = "" if fitted is not None else NOBODY_LOST if counts[-1] == counts[0] else NO_FIT
    observed = pd.Series(100 * counts / counts[0]).reindex(ages)
    curve = pd.DataFrame({"age": ages, "observed": observed})
    parameters = pd.DataFrame({"parameter": ["alpha", "beta"]})
    empty = dict.fromkeys(("estimate", "low", "high"), np.nan)
    if fitted is None:
        parameters = parameters.assign(**empty, log_likelihood=np.nan)
        curve = curve.assign(**empty)
    else:
        (alpha, beta), covariance, log_likelihood = fitted
        values = np.array([alpha, beta])
        spread = _spread(z * np.diag(covariance) ** 0.5 / values)
        parameters = parameters.assign(
            estimate=values,
            low=values / spread,
            high=np.where(np.isinf(spread), np.nan, values * spread),
            log_likelihood=log_likelihood,
        )
        curve = curve.assign(**_curve(ages, alpha, beta, covariance, z))
    return Projection(parameters.assign(note=note), curve.assign(note=note))


def discounted_renewals(alpha: float, beta: float, renewals: int, discount: float) -> float:
    """Count the renewals still to come, each discounted to just before the next one.

    Parameters
    ----------
    alpha, beta : float
        Parameters of the projection.
    renewals : int
        How often the customer has renewed so far.
    discount : float
        Rate a period, above 0: 0.1 for 10%.

    Returns
    -------
    float
        Expected renewals (times the margin of one, their value today).

    Raises
    ------
    CxError
        If a number is out of range.

    Notes
    -----
    Source: Fader & Hardie 2010, Marketing Science 29(1), 85-93.

    Examples
    --------
    >>> round(discounted_renewals(0.668, 3.806, 0, 0.1), 2)
    5.41
    """
    if not (alpha > 0 and beta > 0 and renewals >= 0 and discount > 0):
        raise CxError(
            "renewals cannot be counted",
            got=f"alpha {alpha}, beta {beta}, renewals {renewals}, discount {discount}",
            expected="alpha, beta and discount above 0, renewals from 0",
        )
    stay, everybody = beta + renewals, alpha + beta + renewals
    later = hyp2f1(1, stay + 1, everybody + 1, 1 / (1 + discount))
    return float(stay / everybody * later)


def _checked(survivors: Sequence[int]) -> np.ndarray:
    """Refuse what cannot be the survivors of a cohort."""
    try:
        counts = np.asarray(survivors, dtype=float)
    except (TypeError, ValueError) as error:
        raise CxError("survivors are not counts", got=survivors) from error
    whole = counts.ndim == 1 and len(counts) >= 3 and bool(np.isfinite(counts).all())
    if not whole or (counts % 1).any() or counts.min() < 0 or counts[0] < 1:
        raise CxError(
            "survivors are not counts",
            got=survivors,
            expected="at least three whole numbers, the first the size of the cohort",
            hint="leave out periods that are not over",
        )
    if (np.diff(counts) > 0).any():
        raise CxError(
            "survivors cannot grow",
            got=survivors,
            hint="this model is for contracts: who has left does not come back",
        )
    return counts


def _terms(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Write the likelihood as weights of ln B(alpha + i, beta + j): those lost, and those left."""
    ages = np.arange(1, len(counts))
    weights = np.append(-np.diff(counts), counts[-1])
    return weights, np.append(np.ones(len(ages)), 0), np.append(ages - 1, ages[-1])


def _fit(counts: np.ndarray) -> tuple[tuple[float, float], np.ndarray, float] | None:
    """Maximise the likelihood; None where it has no maximum."""
    if counts[-1] == counts[0]:
        return None
    weights, lost, stayed = _terms(counts)

    def negative(logs: np.ndarray) -> tuple[float, np.ndarray]:
        alpha, beta = np.exp(logs)
        x, y = alpha + lost, beta + stayed
        value = weights @ betaln(x, y) - counts[0] * betaln(alpha, beta)
        both = weights @ psi(x + y) - counts[0] * psi(alpha + beta)
        slope_alpha = weights @ psi(x) - counts[0] * psi(alpha) - both
        slope_beta = weights @ psi(y) - counts[0] * psi(beta) - both
        return -value / counts[0], -np.array([alpha * slope_alpha, beta * slope_beta]) / counts[0]

    limit = np.log(LARGEST)
    best = minimize(
        negative,
        np.zeros(2),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-limit, limit)] * 2,
        options={"ftol": 1e-15, "gtol": 1e-10, "maxiter": 1000},
    )
    alpha, beta = np.exp(best.x)
    information = _information(counts, alpha, beta)
    inside = (np.abs(best.x) < limit - 0.01).all() and np.abs(negative(best.x)[1]).max() < 1e-6
    if not inside or np.linalg.eigvalsh(information).min() <= 0:
        return None
    return (float(alpha), float(beta)), np.linalg.inv(information), -float(best.fun * counts[0])


def _information(counts: np.ndarray, alpha: float, beta: float) -> np.ndarray:
    """Return the observed information of alpha and beta."""
    weights, lost, stayed = _terms(counts)
    x, y = alpha + lost, beta + stayed
    both = weights @ polygamma(1, x + y) - counts[0] * polygamma(1, alpha + beta)
    first = weights @ polygamma(1, x) - counts[0] * polygamma(1, alpha)
    second = weights @ polygamma(1, y) - counts[0] * polygamma(1, beta)
    return -np.array([[first - both, -both], [-both, second - both]])


def _curve(
    ages: np.ndarray, alpha: float, beta: float, covariance: np.ndarray, z: float
) -> dict[str, np.ndarray]:
    """Return the expected curve and its interval, percent."""
    log_share = betaln(alpha, beta + ages) - betaln(alpha, beta)
    both = psi(alpha + beta) - psi(alpha + beta + ages)
    slopes = np.stack([both, psi(beta + ages) - psi(beta) + both])
    std_error = np.einsum("ia,ij,ja->a", slopes, covariance, slopes) ** 0.5
    begun = np.where(ages > 0, -log_share, 1.0)  # all are there at age 0, by definition
    spread = _spread(z * std_error / begun)
    return {
        "estimate": 100 * np.exp(log_share),
        "low": 100 * np.exp(log_share * spread),
        "high": 100 * np.exp(log_share / spread),
    }


def _spread(reach: np.ndarray) -> np.ndarray:
    """Return the factor of a reach on a log scale; infinite if the counts say next to nothing."""
    return np.where(reach < 600, np.exp(np.minimum(reach, 600)), np.inf)
