"""Maximum likelihood of small models with positive parameters, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import minimize

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]

LARGEST = 1e5
"""A parameter beyond this, or below its inverse, has run away."""
VAGUEST = 3.0
"""Largest standard error of the logarithm of a parameter: known to a factor of 400, either way."""


@dataclass(frozen=True)
class Fit:
    """A model fitted by maximum likelihood.

    Attributes
    ----------
    model : str
        Its name.
    parameters : DataFrame
        One row per parameter: ``parameter``, ``estimate``, ``low``, ``high`` (empty where the model
        does not fit), ``n`` (customers), ``log_likelihood``, ``note``.
    logs : ndarray
        Natural logarithms of the parameters, NaN where the model does not fit.
    covariance : ndarray
        Their covariance matrix.
    """

    model: str
    parameters: pd.DataFrame
    logs: np.ndarray
    covariance: np.ndarray

    @property
    def converged(self) -> bool:
        """Whether the likelihood has a maximum, and it was found."""
        return bool(np.isfinite(self.logs).all())

    @property
    def log_likelihood(self) -> float:
        """The log-likelihood at the estimates; NaN without a fit."""
        return float(self.parameters["log_likelihood"].iloc[0])

    @property
    def note(self) -> str:
        """Why there is no fit; empty where there is one."""
        return str(self.parameters["note"].iloc[0])


def maximise(
    model: str,
    negative: Objective,
    start: Sequence[float],
    names: Sequence[str],
    *,
    n: int,
    z: float,
    note: str,
    chances: Sequence[str] = (),
) -> Fit:
    """Find the parameters of which the data are likeliest, and how sure they are.

    Parameters
    ----------
    model : str
        Its name.
    negative : callable
        Log parameters -> minus the mean log-likelihood a customer, and its slope.
    start : sequence of float
        Parameters to begin with.
    names : sequence of str
        What they are called.
    n : int
        Customers.
    z : float
        Normal quantile of the intervals, which come from the observed information on the log scale.
    note : str
        What is said where the likelihood has no maximum.
    chances : sequence of str
        Those parameters that are the odds of a chance, which is what is shown.
    """
    limit = np.log(LARGEST)
    optimum = minimize(
        negative,
        np.log(start),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-limit, limit)] * len(start),
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 2000, "maxfun": 4000},
    )
    settled = np.isfinite(optimum.fun) and np.abs(negative(optimum.x)[1]).max() < 1e-5
    if not settled or (np.abs(optimum.x) > limit - 0.01).any():
        return no_fit(model, names, n, note)
    information = n * _curvature(negative, optimum.x)
    if np.linalg.eigvalsh(information).min() < VAGUEST**-2:
        return no_fit(model, names, n, note)
    covariance = np.linalg.inv(information)
    reach = z * np.diag(covariance) ** 0.5
    ends = {"estimate": optimum.x, "low": optimum.x - reach, "high": optimum.x + reach}
    parameters = pd.DataFrame({"parameter": list(names)})
    for name, logs in ends.items():
        odds = np.exp(logs)
        parameters[name] = np.where([each in chances for each in names], odds / (1 + odds), odds)
    described = parameters.assign(n=n, log_likelihood=-n * float(optimum.fun), note="")
    return Fit(model, described, optimum.x, covariance)


def no_fit(model: str, names: Sequence[str], n: int, note: str) -> Fit:
    """Return a model that does not fit: every estimate empty, with a note."""
    empty = dict.fromkeys(("estimate", "low", "high"), np.nan)
    frame = pd.DataFrame({"parameter": list(names)}).assign(**empty, n=n)
    frame = frame.assign(log_likelihood=np.nan, note=note)
    unknown = np.full(len(names), np.nan)
    return Fit(model, frame, unknown, np.full((len(names), len(names)), np.nan))


def with_interval(
    fits: Fit | Sequence[Fit], value: Callable[..., float], z: float
) -> tuple[float, float, float]:
    """Return a positive value of one or more models with its interval.

    Parameters
    ----------
    fits : Fit or sequence of Fit
        Fitted models; their errors are taken as independent.
    value : callable
        One array of parameters a model -> the value.
    z : float
        Normal quantile of the interval, which is made on the log scale (delta method).

    Returns
    -------
    tuple of float
        Estimate, low, high; NaN where a model does not fit, or the value is not above 0.
    """
    models = [fits] if isinstance(fits, Fit) else list(fits)
    if not all(fit.converged for fit in models):
        return np.nan, np.nan, np.nan
    parameters = [np.exp(fit.logs) for fit in models]
    estimate, step, variance = value(*parameters), 1e-4, 0.0
    if not estimate > 0:
        return estimate, np.nan, np.nan
    for at, fit in enumerate(models):
        slopes = []
        for move in step * np.eye(len(fit.logs)):
            ends = [
                value(*parameters[:at], np.exp(fit.logs + way * move), *parameters[at + 1 :])
                for way in (-1, 1)
            ]
            slopes.append(np.log(ends[1] / ends[0]) / (2 * step))
        variance += float(np.array(slopes) @ fit.covariance @ np.array(slopes))
    reach = z * max(variance, 0.0) ** 0.5
    return estimate, estimate * np.exp(-reach), estimate * np.exp(reach)


def _curvature(negative: Objective, logs: np.ndarray, step: float = 1e-4) -> np.ndarray:
    """Return the second derivatives, by central differences of the slope."""
    moves = step * np.eye(len(logs))
    rows = [(negative(logs + move)[1] - negative(logs - move)[1]) / (2 * step) for move in moves]
    curved = np.array(rows)
    return (curved + curved.T) / 2
