"""How often customers buy, and how readily they leave: the BG/NBD model, by maximum likelihood.

Each customer buys at random at a rate of their own, and after each repeat purchase leaves for good
with a chance of their own; rates are spread as a gamma, chances as a beta distribution. Where the
data show no spread of the chances, the model has no best fit, but two simpler ones inside it may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln, psi

from cxreport.errors import CxError
from cxreport.stats.intervals import normal_quantile
from cxreport.topics.value.likelihood import Fit, maximise, no_fit

if TYPE_CHECKING:
    import pandas as pd

    from cxreport.topics.value.likelihood import Objective

OWN, ONE, NONE = "own chances to leave", "one chance to leave", "nobody leaves"
PARAMETERS = {OWN: ("r", "alpha", "a", "b"), ONE: ("r", "alpha", "p"), NONE: ("r", "alpha")}
NEEDED = ("repeats", "recency", "age", "customers")

NOBODY = "no customers"
NOBODY_AGAIN = "nobody bought again"
NO_FIT = "no fit: no parameters are the likeliest"


def fit_buying(history: pd.DataFrame, *, level: float = 0.95) -> Fit:
    """Fit the BG/NBD model: how often customers buy, and how readily they leave.

    Parameters
    ----------
    history : DataFrame
        From ``buying_history``; groups are pooled.
    level : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    Fit
        ``model`` and its frame ``parameters``: "own chances to leave" has ``r``, ``alpha`` (the
        gamma of the rates, purchases a week; alpha in weeks) and ``a``, ``b`` (the beta of the
        chances to leave). Where that has no best fit, because the chances do not differ:
        "one chance to leave" with ``p`` (0 to 1, after each repeat purchase) in place of ``a`` and
        ``b``; where nobody seems to leave, "nobody leaves" without it. Where nobody bought again,
        or no model fits, the estimates are empty, with a ``note``.

    Raises
    ------
    CxError
        If the history is not one, or the level is out of range.

    Notes
    -----
    Intervals: from the observed information, on the log scale. Source: Fader, Hardie & Lee 2005,
    Marketing Science 24(2), 275-284; without anybody who leaves, Ehrenberg 1959, Applied
    Statistics 8, 26-41 (NBD).

    Examples
    --------
    >>> import pandas as pd
    >>> history = pd.DataFrame({"repeats": [0, 1, 3, 6], "recency": [0.0, 10.0, 20.0, 28.0],
    ...     "age": [30.0] * 4, "customers": [600, 200, 120, 80]})
    >>> fit_buying(history).model
    'nobody leaves'
    >>> fit_buying(history.head(1)).note
    'nobody bought again'
    """
    z = normal_quantile(level)
    check_history(history)
    n = int(history["customers"].sum())
    if n == 0 or not history.loc[history["customers"] > 0, "repeats"].any():
        return no_fit(OWN, PARAMETERS[OWN], n, NOBODY if n == 0 else NOBODY_AGAIN)
    typical = max(float(np.average(history["age"], weights=history["customers"])), 1.0)
    for model, names in PARAMETERS.items():
        start = [1.0, typical, *[1.0] * (len(names) - 2)]
        negative = _negative(model, history)
        fit = maximise(model, negative, start, names, n=n, z=z, note=NO_FIT, chances="p")
        if fit.converged:
            return fit
    return no_fit(OWN, PARAMETERS[OWN], n, NO_FIT)


def known_parameters(r: float, alpha: float, a: float, b: float) -> Fit:
    """Return a model with parameters from elsewhere: a paper, or another fit; no intervals.

    Parameters
    ----------
    r, alpha, a, b : float
        Above 0; ``alpha`` in weeks.

    Raises
    ------
    CxError
        If a parameter is not above 0.
    """
    values = np.array([r, alpha, a, b], dtype=float)
    if not (values > 0).all():
        raise CxError("parameters are above 0", got=f"r {r}, alpha {alpha}, a {a}, b {b}")
    given = no_fit(OWN, PARAMETERS[OWN], 0, "")
    frame = given.parameters.assign(estimate=values)
    return Fit(OWN, frame, np.log(values), np.zeros((4, 4)))


def check_history(history: pd.DataFrame) -> None:
    """Refuse what is no history of buying.

    Raises
    ------
    CxError
        If a column is missing, or the numbers contradict each other.
    """
    absent = [name for name in NEEDED if name not in history]
    if absent:
        raise CxError(
            "this is no history of buying",
            got=f"no column {', '.join(absent)}",
            expected="what buying_history returned",
        )
    x, recency, age = (history[name].to_numpy(float) for name in NEEDED[:3])
    sound = (x >= 0) & (recency >= 0) & (recency <= age) & ((x > 0) == (recency > 0))
    if not sound.all():
        raise CxError(
            "a history of buying contradicts itself",
            where=f"row {int(np.argmin(sound))}",
            expected="0 <= recency <= age, and recency above 0 where someone bought again",
        )


def _negative(model: str, history: pd.DataFrame) -> Objective:
    """Write minus the mean log-likelihood a customer, and its slope, over the log parameters."""
    x, recency, age = (history[name].to_numpy(float) for name in NEEDED[:3])
    weight = history["customers"].to_numpy(float) / history["customers"].sum()
    again = x > 0
    before = np.where(again, x - 1, 0.0)

    def negative(logs: np.ndarray) -> tuple[float, np.ndarray]:
        r, alpha = np.exp(logs[:2])
        leave, stay, slopes = 0.0 * x, 0.0 * x, []
        if model == OWN:
            a, b = np.exp(logs[2:])
            both = psi(a + b) - psi(a + b + x)
            stay = gammaln(a + b) - gammaln(a + b + x) + gammaln(b + x) - gammaln(b)
            leave = np.log(a) - np.log(b + before)
        elif model == ONE:
            stay, leave = -x * np.log1p(np.exp(logs[2])), logs[2] + 0.0 * x
        alive = -(r + x) * np.log(alpha + age)
        left = leave - (r + x) * np.log(alpha + recency)
        may_leave = again & (model != NONE)
        either = np.where(may_leave, np.logaddexp(alive, left), alive)
        gone = np.where(may_leave, np.exp(left - either), 0.0)
        if model == OWN:
            slopes = [a * both + gone, b * (both + psi(b + x) - psi(b) - gone / (b + before))]
        elif model == ONE:
            slopes = [gone - x / (1 + np.exp(-logs[2]))]
        logged = (1 - gone) * np.log(alpha + age) + gone * np.log(alpha + recency)
        waited = (1 - gone) / (alpha + age) + gone / (alpha + recency)
        slope_r = r * (psi(r + x) - psi(r) + np.log(alpha) - logged)
        likely = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + stay + either
        every = np.stack([slope_r, r - alpha * (r + x) * waited, *slopes])
        return -float(weight @ likely), -every @ weight

    return negative
