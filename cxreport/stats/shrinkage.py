"""Empirical Bayes: what several groups together say about each of them.

Each model gives, for every group, its stabilised value and draws from what is plausible for it.
The stabilised value takes mean and spread of the groups as estimated. The draws do not: of the
spread, they take any part that the drawing toward the mean may play, from none to all, as equally
plausible beforehand (Daniels 1999, Canadian Journal of Statistics 27, 567-578).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import digamma, gammaln

from cxreport.stats.heterogeneity import heterogeneity

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

DRAWS = 10_000
# Added to the pooled counts: Jeffreys' for shares, those of adjusted Wald for net scores.
PSEUDO = {2: np.array([0.5, 0.5]), 3: np.array([0.75, 1.5, 0.75])}
# How far a group of middle size may be drawn toward the mean.
PARTS = (np.arange(100) + 0.5) / 100


class Shrunk(NamedTuple):
    """``stabilised``: one value per group; ``draws``: one row per draw, one column per group."""

    stabilised: NDArray[np.float64]
    draws: NDArray[np.float64]


def moment_prior(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the Dirichlet (for two classes: beta) parameters that the observed shares suggest.

    Source: Gelman et al., Bayesian Data Analysis, chapter 5.

    Examples
    --------
    >>> moment_prior(np.array([[1.0, 9.0], [2.0, 8.0], [3.0, 7.0]])).round(1)
    array([ 3., 12.])
    """
    shares = counts / counts.sum(axis=1, keepdims=True)
    mean, spread = shares.mean(axis=0), shares.var(axis=0, ddof=1).sum()
    return np.asarray(mean * ((mean * (1 - mean)).sum() / spread - 1))


def fitted_prior(counts: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return the Dirichlet parameters of largest likelihood; None if groups differ by chance only.

    That is so when the likelihood does not rise as the spread between groups leaves 0: when the
    shares vary no more than samples from one population would.
    """
    n, present = counts.sum(axis=1), counts.sum(axis=0) > 0
    mean = counts.sum(axis=0) / n.sum()
    pairs = (counts * (counts - 1)).sum(axis=0)[present] / mean[present]
    if pairs.sum() <= (n * (n - 1)).sum():
        return None
    seen = counts[:, present]

    def loss(logarithm: Any) -> tuple[float, Any]:
        """Return the negative log likelihood and its gradient."""
        prior = np.exp(logarithm)
        total = prior.sum()
        slope = (digamma(seen + prior) - digamma(prior)).sum(axis=0)
        slope -= (digamma(n + total) - digamma(total)).sum()
        return -_log_likelihood(seen, prior), -prior * slope

    start = np.log(moment_prior(seen).clip(0.05, 1e6))
    limits = [(-7.0, 18.0)] * len(start)
    optimum = minimize(
        loss,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=limits,
        options={"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-9},
    )
    prior = np.zeros(len(present))
    prior[present] = np.exp(optimum.x)
    return prior


def shrink_counts(
    counts: NDArray[np.float64], values: NDArray[np.float64], generator: Generator
) -> Shrunk:
    """Shrink by the Dirichlet-multinomial model; with two classes it is the beta-binomial.

    Parameters
    ----------
    counts : array
        One row per group, one column per class; at least one answer per group.
    values : array
        What each class is worth: (-100, 0, 100) for a net score, (0, 100) for a share.
    generator : numpy Generator
        Where the draws come from.
    """
    n, prior = counts.sum(axis=1), fitted_prior(counts)
    if prior is None:
        center = counts.sum(axis=0) / n.sum()
        stabilised = np.full(len(n), center @ values)
    else:
        center = prior / prior.sum()
        stabilised = (counts + prior) @ values / (n + prior.sum())
    precisions = n.mean() * PARTS / (1 - PARTS)
    # Answers of one group are alike: together they say as much of the mean as this many would.
    independent = (n / (1 + (n - 1) / (precisions[:, None] + 1))).sum(axis=1)
    fits = np.array([_log_likelihood(counts, center * precision) for precision in precisions])
    # The mean is estimated too: what makes it look surer is held against a precision.
    fits -= (len(center) - 1) / 2 * np.log(independent)
    at = generator.choice(len(PARTS), DRAWS, p=_normalised(fits))
    drawn = precisions[at, None]
    means = generator.standard_gamma(independent[at, None] * center + PSEUDO[len(center)])
    means /= means.sum(axis=1, keepdims=True)
    draws = np.empty((DRAWS, len(n)))
    for group, counted in enumerate(counts):
        parts = generator.standard_gamma(drawn * means + counted)
        draws[:, group] = parts @ values / parts.sum(axis=1)
    return Shrunk(stabilised, draws)


def _log_likelihood(counts: NDArray[np.float64], prior: NDArray[np.float64]) -> float:
    """Return the Dirichlet-multinomial log likelihood, without what does not depend on ``prior``.

    Classes that the prior excludes are empty, and say nothing.
    """
    present, total, n = prior > 0, prior.sum(), counts.sum(axis=1)
    value = (gammaln(counts[:, present] + prior[present]) - gammaln(prior[present])).sum()
    return float(value - (gammaln(n + total) - gammaln(total)).sum())


def _normalised(logarithms: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn log likelihoods into probabilities."""
    likelihood = np.exp(logarithms - logarithms.max())
    return np.asarray(likelihood / likelihood.sum())


def shrink_estimates(
    estimates: NDArray[np.float64], variances: NDArray[np.float64], generator: Generator
) -> Shrunk:
    """Shrink by the normal model, from estimates and their squared standard errors.

    With equal errors it is James and Stein's rule toward the grand mean. With three groups or
    fewer there is too little to learn the spread from: they shrink fully, or not at all.
    Source: Morris 1983, Journal of the American Statistical Association 78, 47-55.
    """
    groups = len(estimates)
    spread = heterogeneity(estimates, variances).tau_squared if groups > 1 else 0.0
    factor = max(groups - 3, 0) / (groups - 1) if spread > 0 else 1.0
    weights = 1 / (variances + spread)
    toward_mean = factor * variances * weights
    mean = (weights * estimates).sum() / weights.sum()
    stabilised = estimates + toward_mean * (mean - estimates)

    spreads = variances.mean() * (1 - PARTS[:, None]) / PARTS[:, None]
    weights = 1 / (variances + spreads)
    information = weights.sum(axis=1)
    means = (weights * estimates).sum(axis=1) / information
    misfit = (weights * (estimates - means[:, None]) ** 2).sum(axis=1)
    fits = (np.log(weights).sum(axis=1) - np.log(information) - misfit) / 2
    at = generator.choice(len(PARTS), DRAWS, p=_normalised(fits))
    toward_mean = variances * weights[at]
    drawn = means[at] + generator.standard_normal(DRAWS) / information[at] ** 0.5
    noise = generator.standard_normal((DRAWS, groups)) * (variances * (1 - toward_mean)) ** 0.5
    return Shrunk(stabilised, estimates + toward_mean * (drawn[:, None] - estimates) + noise)
