"""How sure sizes and profiles of latent classes are, from the information in the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from cxreport.stats.intervals import normal_quantile, of_share

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cxreport.topics.personas.items import Coded, Item
    from cxreport.topics.personas.mixture import Model

    Floats = NDArray[np.float64]

BOUNDARY = 1e-4
"""A share nearer to 0 or 1 is at the end of its range: it has no curvature to read."""
LEVEL = 0.95
SIZES = ["class", "n", "estimate", "std_error", "low", "high", "certainty", "note"]
PROFILES = [
    "class", "item", "level", "metric", "n", "estimate", "std_error", "low", "high", "others",
    "effect", "p_value", "note",
]  # fmt: skip
AT_BOUNDARY = "at the boundary"


def describe(spread: Precision, coded: Coded) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return sizes and profiles of classes with their intervals.

    Parameters
    ----------
    spread : Precision
        Of classes in their order.
    coded : Coded
        What they were found in.

    Returns
    -------
    tuple of DataFrame
        Sizes and profiles, as ``personas`` documents them.

    Notes
    -----
    Standard errors are of the inverse of the empirical information (the sum of squared scores) and
    the delta method, as in poLCA (Linzer & Lewis 2011, Journal of Statistical Software 42(10));
    weights multiply the variance by n over Kish's effective n. Shares have Wilson's interval at
    p (1 - p) / variance answers, no more than the class has; at a boundary, at as many as it has.
    Differences from all others together: the same covariances, the sizes of the others as given.
    """
    model = spread.model
    sizes, profiles = [], []
    kept = model.posterior.argmax(axis=1)
    for place, share in enumerate(model.weights.tolist()):
        of_class = coded.weights * (kept == place)
        surest = model.posterior[:, place] @ of_class
        certainty = 100 * surest / of_class.sum() if of_class.any() else np.nan
        row = _share_row(share, spread.of_size(place), coded.n, coded.n_effective)
        n = round(float(share) * coded.n)
        sizes.append({"class": place + 1, **row, "n": n, "certainty": certainty})
        for item, columns in zip(coded.items, coded.spans, strict=True):
            rows = _profile(model, coded, spread, place, item, columns)
            profiles += [{"class": place + 1, "item": item.name, **r} for r in rows]
    return pd.DataFrame(sizes)[SIZES], pd.DataFrame(profiles)[PROFILES]


class Precision:
    """Covariances of what a model estimates, and of what is made from it.

    Attributes
    ----------
    posterior : array of float
        Of each distinct row of answers, the probability of each class.
    rows : array of float
        How many rows of the data each stands for.
    """

    def __init__(self, model: Model, coded: Coded) -> None:
        self.model, self.posterior, self.rows = model, model.posterior, coded.weights
        self._design = coded.design
        self.width, self.spreads = self._design.shape[1], int((model.variances[0] > 0).sum())
        every = self._by_parameter(self.posterior)
        every[:, : model.count] -= model.weights
        free = self._free()
        information = (every[:, free] * coded.weights[:, None]).T @ every[:, free]
        inverse = np.linalg.pinv(information, rcond=1e-10, hermitian=True)
        self.covariance = np.zeros((every.shape[1], every.shape[1]))
        self.covariance[np.ix_(free, free)] = inverse * coded.n / coded.n_effective

    def _by_parameter(self, factors: Floats) -> Floats:
        """Return, for each distinct row, what it adds to each parameter's score in each class.

        ``factors`` say how much the row counts in each class: by its probabilities these are the
        scores, the part of the class sizes taken off.
        """
        answered = ~np.isnan(self._design)
        filled = np.nan_to_num(self._design)
        columns = [factors]
        for place in range(self.model.count):
            mean, variance = self.model.means[place], self.model.variances[place]
            is_level = variance == 0
            off = (filled - mean) * answered
            scale = np.where(is_level, 1.0, variance)
            columns.append(factors[:, [place]] * off / scale)
            squares = (off**2 / scale - answered) / (2 * scale)
            columns.append((factors[:, [place]] * squares)[:, ~is_level])
        return np.hstack(columns)

    def slope_of_fitted(self, means: Floats, weights: Floats) -> Floats:
        """Return how the weighted sum of fitted values moves with each parameter.

        The fitted value of a row is the mean of its classes' ``means`` by its probabilities;
        ``weights`` are of the distinct rows (axis 0), for any number of sums (axis 1).
        """
        fitted = self.posterior @ means
        moves = self._by_parameter(self.posterior * (means - fitted[:, None]))
        return np.asarray(weights.T @ moves)

    def slope_of_sizes(self) -> Floats:
        """Return how each class's share (rows) moves with each parameter."""
        weights, count = self.model.weights, self.model.count
        slope = np.zeros((count, len(self.covariance)))
        slope[:, :count] = np.diag(weights) - np.outer(weights, weights)
        return slope

    def _free(self) -> Any:
        """Return which parameters have curvature: no share at the end of its range."""
        free = [np.ones(self.model.count, dtype=bool)]
        for mean, variance in zip(self.model.means, self.model.variances, strict=True):
            inside = (mean > BOUNDARY) & (mean < 1 - BOUNDARY)
            free += [inside | (variance > 0), np.ones(self.spreads, dtype=bool)]
        return np.flatnonzero(np.concatenate(free))

    def of_size(self, place: int) -> float:
        """Return the variance of the share of a class."""
        slope = self.slope_of_sizes()[place]
        return float(slope @ self.covariance @ slope)

    def of_item(self, place: int, columns: slice) -> Floats:
        """Return the covariance of what a class has in the columns of an item."""
        where, slope = self._where(place, columns), self._slope(place, columns)
        return np.asarray(slope @ self.covariance[where, where] @ slope)

    def of_difference(self, place: int, columns: slice, values: Floats) -> float:
        """Return the variance of a class's mean of values less that of all others together."""
        moves = np.zeros(len(self.covariance))
        parts = (np.arange(self.model.count) == place) - _rest(self.model, place)
        for other, part in enumerate(parts):
            moves[self._where(other, columns)] = part * self._slope(other, columns) @ values
        return float(moves @ self.covariance @ moves)

    def _where(self, place: int, columns: slice) -> slice:
        """Return which parameters are those of a class in the columns of an item."""
        start = self.model.count + place * (self.width + self.spreads)
        return slice(start + columns.start, start + columns.stop)

    def _slope(self, place: int, columns: slice) -> Floats:
        """Return what moves shares, or a mean, when their parameters move."""
        if (self.model.variances[place, columns] > 0).all():
            return np.eye(columns.stop - columns.start)
        shares = self.model.means[place, columns]
        return np.asarray(np.diag(shares) - np.outer(shares, shares))


def _share_row(share: float, variance: float, n: float, most: float) -> dict[str, Any]:
    """Return a share in percent with its interval; ``most`` is what it can be worth."""
    share = float(np.clip(share, 0, 1))
    inside = BOUNDARY < share < 1 - BOUNDARY and variance > 0
    size = min(share * (1 - share) / variance, most) if inside else most
    low, high = of_share(pd.Series([share]), pd.Series([max(size, 1e-9)]), LEVEL)
    return {
        "n": round(n), "estimate": 100 * share, "low": 100 * float(low.iloc[0]),
        "std_error": 100 * float(np.sqrt(variance)) if inside else np.nan,
        "high": 100 * float(high.iloc[0]), "note": "" if inside else AT_BOUNDARY,
    }  # fmt: skip


def _profile(
    model: Model, coded: Coded, spread: Precision, place: int, item: Item, columns: slice
) -> list[dict[str, Any]]:
    """Return the rows of an item in a class: each level's share, and the mean where there is one.

    ``effect`` is Cohen's h for a share and the difference over the standard deviation of all rows
    for a mean (Cohen 1988, Statistical Power Analysis, chapters 2 and 6).
    """
    answered = ~np.isnan(coded.design[:, columns.start])
    n = float(model.posterior[:, place] @ (coded.weights * answered))
    most = n * coded.n_effective / coded.n
    mean, variance = model.means[place, columns], spread.of_item(place, columns)
    others = _rest(model, place) @ model.means[:, columns]
    rows = []
    if not item.is_continuous:
        for at, level in enumerate(item.levels):
            row = _share_row(mean[at], variance[at, at], n, most)
            apart = 2 * np.arcsin(np.sqrt(np.clip([mean[at], others[at]], 0, 1)))
            is_level = (np.arange(item.width) == at).astype(float)
            unsure = spread.of_difference(place, columns, is_level)
            if row["note"]:  # no curvature: what chance would do to a share like the others'
                unsure += others[at] * (1 - others[at]) / max(most, 1e-9)
            rows.append(
                {"level": _name(level), "metric": "share", **row, "others": 100 * others[at],
                 "effect": float(apart[0] - apart[1]),
                 "p_value": _p_value(mean[at] - others[at], unsure)}
            )  # fmt: skip
    if item.kind == "categorical":
        return rows
    values = np.array([item.spread]) if item.is_continuous else np.array(item.levels, dtype=float)
    middle = float(mean @ values) + item.centre
    against = float(others @ values) + item.centre
    error = float(np.sqrt(max(values @ variance @ values, 0)))
    reach = normal_quantile(LEVEL) * error if error else np.nan
    whole = model.weights @ model.means[:, columns]
    sd = item.spread
    if not item.is_continuous:
        sd = float(np.sqrt(whole @ values**2 - (whole @ values) ** 2))
    low, high = middle - reach, middle + reach
    if not item.is_continuous:
        low, high = max(low, values[0]), min(high, values[-1])
    mean_row = {
        "level": "", "metric": "mean", "n": round(n), "estimate": middle, "low": low, "high": high,
        "std_error": error or np.nan, "others": against, "effect": (middle - against) / sd,
        "p_value": _p_value(middle - against, spread.of_difference(place, columns, values)),
        "note": "" if error else AT_BOUNDARY,
    }  # fmt: skip
    return [mean_row, *rows]


def _rest(model: Model, place: int) -> Floats:
    """Return the part of each class in all others together; NaN where there is no other."""
    if model.count == 1:
        return np.array([np.nan])
    rest = np.where(np.arange(model.count) == place, 0.0, model.weights)
    return np.asarray(rest / rest.sum())


def _p_value(difference: float, variance: float) -> float:
    """Return the two-sided p-value of a difference; NaN where nothing says how sure it is."""
    return float(2 * norm.sf(abs(difference) / np.sqrt(variance))) if variance > 0 else np.nan


def _name(level: object) -> str:
    """Write a level as the codebook's codes are written: a whole number without a point."""
    whole = isinstance(level, float) and level.is_integer()
    return str(int(level)) if whole else str(level)  # type: ignore[call-overload]
