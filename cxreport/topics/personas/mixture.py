"""Latent classes by stepmix, with starts that differ, and variances that do not vanish.

Imported when classes are looked for, and not before: stepmix and scikit-learn take seconds.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from stepmix.emission.categorical import Multinoulli
from stepmix.emission.gaussian import GaussianDiagNan
from stepmix.stepmix import StepMix

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from cxreport.topics.personas.items import Coded

    Floats = NDArray[np.float64]

SMALLEST_VARIANCE = 0.01
"""Of a continuous item within a class, in units of its whole variance: without a floor one class
shrinks to a single value, and the likelihood has no bound."""
FIRST, SECOND, LAST = 20, 200, 5_000
"""Iterations of a start, of the best of them, and most of the best one."""
LOOSE, TIGHT = 1e-6, 1e-8
"""Gain of the mean log-likelihood at which EM ends: for classes alone, and for figures."""
BEST = 4
"""Starts that go on after their first iterations."""


class _Levels(Multinoulli):  # type: ignore[misc]
    """Shares of the levels of items, each among those who answered it.

    Where an item is not answered, all its columns are 0: nothing is to be filled or left out at
    each step, which is most of the time that stepmix takes.
    """

    first_columns: Any
    """Of each item."""

    def m_step(self, X: Floats, resp: Floats) -> None:  # noqa: N803
        counts = X.T @ resp
        answered = np.add.reduceat(counts, self.first_columns)
        widths = np.diff([*self.first_columns, len(counts)])
        self.parameters["pis"] = (counts / np.repeat(answered, widths, axis=0)).T


class _Spread(GaussianDiagNan):  # type: ignore[misc]
    """Continuous items with a mean and a variance for each class, the variance with a floor."""

    def _compute_cov(self, X: Floats, resp: Floats, resp_sums: Any) -> Floats:  # noqa: N803
        variances = np.asarray(super()._compute_cov(X, resp, resp_sums))
        return np.asarray(np.maximum(variances, SMALLEST_VARIANCE))


class _Classes(StepMix):  # type: ignore[misc]
    """Classes that begin around rows drawn at random, or at given parameters.

    stepmix draws the first memberships evenly: with thousands of rows all starts are then alike,
    near the point where all classes are the same.
    """

    begin: Floats | dict[str, Any]
    """Memberships of each pattern, or parameters."""
    first_columns: Any
    """Of each item that has levels."""

    def _initialize_parameters(self, X: Floats, random_state: Any) -> None:  # noqa: N803
        if isinstance(self.begin, dict):
            self._initialize_parameters_measurement(X, random_state, init_emission=False)
            self.weights_ = self.begin["weights"].copy()
            self._mm.set_parameters(self.begin["measurement"])
            return
        self.log_resp_ = np.log(np.clip(self.begin, 1e-15, None))
        self.weights_ = self.begin.sum(axis=0) / self.begin.sum()
        self._initialize_parameters_measurement(X, random_state)

    def _initialize_parameters_measurement(
        self,
        X: Floats,  # noqa: N803
        random_state: Any = None,
        init_emission: bool = True,
    ) -> None:
        if not hasattr(self, "_mm"):
            super()._initialize_parameters_measurement(X, random_state, init_emission=False)
            own: dict[str, Any] = {"n_components": self.n_components, "random_state": random_state}
            if "continuous" in self._mm.models:
                self._mm.models["continuous"] = _Spread(**own)
            if "levels" in self._mm.models:
                columns = self.measurement["levels"]["n_columns"]
                levels = _Levels(
                    **own, integer_codes=False, max_n_outcomes=columns, total_outcomes=columns
                )
                levels.first_columns = self.first_columns
                self._mm.models["levels"] = levels
        if init_emission:
            self._mm.initialize(X, np.exp(self.log_resp_), random_state)

    # The same two steps as stepmix's, which checks all weights anew at each of thousands.

    def _e_step(
        self,
        X: Floats,  # noqa: N803
        sample_weight: Any = None,
        **_: None,
    ) -> tuple[float, Floats]:
        log = self._mm.log_likelihood(X) + np.log(self.weights_)
        most = log.max(axis=1, keepdims=True)
        every = most + np.log(np.exp(log - most).sum(axis=1, keepdims=True))
        weights = np.ones(len(X)) if sample_weight is None else sample_weight
        return float(weights @ every[:, 0] / weights.sum()), log - every

    def _m_step(
        self,
        X: Floats,  # noqa: N803
        resp: Floats,
        _: None,
        sample_weight: Any,
        **__: bool,
    ) -> None:
        weighted = resp * sample_weight[:, None]
        self.weights_ = np.clip(weighted.sum(axis=0) / sample_weight.sum(), 1e-15, 1 - 1e-15)
        self._mm.m_step(X, weighted)


@dataclass(frozen=True)
class Model:
    """One fit.

    Attributes
    ----------
    loglik : float
        Log-likelihood of the rows, as many as the weights add up to.
    weights : array of float
        Share of each class.
    means : array of float
        Of each class (rows), by column of the design: share of a level, or mean.
    variances : array of float
        Of each class, by column; 0 for those of levels.
    posterior : array of float
        Of each pattern (rows), the probability of each class.
    converged : bool
        Whether the log-likelihood had stopped growing.
    """

    loglik: float
    weights: Floats
    means: Floats
    variances: Floats
    posterior: Floats
    converged: bool

    @property
    def count(self) -> int:
        """How many classes."""
        return len(self.weights)

    def in_order(self, order: Any) -> Model:
        """Return the same classes in another order."""
        return Model(
            self.loglik, self.weights[order], self.means[order], self.variances[order],
            self.posterior[:, order], self.converged,
        )  # fmt: skip


class Fitter:
    """Fits classes to patterns, again and again: to resamples of them, from other starts."""

    def __init__(self, coded: Coded, *, most_at_start: int) -> None:
        self.design = coded.design
        spans = [s for s, i in zip(coded.spans, coded.items, strict=True) if not i.is_continuous]
        self.first_columns = [span.start for span in spans]
        self.levels = spans[-1].stop if spans else 0
        self.most_at_start = most_at_start
        kinds = {
            "levels": ("categorical", slice(0, self.levels)),
            "continuous": ("gaussian_diag_nan", slice(self.levels, None)),
        }
        self.measurement: dict[str, dict[str, Any]] = {}
        for name, (kind, columns) in kinds.items():
            part = self.design[:, columns]
            if not part.shape[1]:
                continue
            descriptor: dict[str, Any] = {"model": kind, "n_columns": part.shape[1]}
            if name == "levels":
                descriptor |= {"integer_codes": False, "max_n_outcomes": self.levels}
                descriptor["total_outcomes"] = self.levels
            self.measurement[name] = descriptor
        self.distances_to = np.nan_to_num(self.design, nan=0.0)
        self.design[:, : self.levels] = self.distances_to[:, : self.levels]

    def fit(
        self,
        classes: int,
        weights: Floats,
        *,
        starts: int,
        rng: Generator,
        roughly: bool = False,
    ) -> Model | None:
        """Return the likeliest of many starts; none where every start came to nothing.

        Each start goes a few iterations, on a sample where patterns are many; the best few go on,
        on all patterns, and the best of these to the end; ``roughly``, only the best one, and not
        as far: to say who belongs together that is enough.
        """
        if classes == 1:
            every = np.flatnonzero(weights > 0)
            return self._whole(1, weights, weights[every][:, None])
        drawn = self._drawn(weights, rng)
        begins = [self._memberships(classes, drawn, weights, rng) for _ in range(starts)]
        begun = self._best(classes, drawn, weights, begins, FIRST)
        every = np.flatnonzero(weights > 0)
        most = 1 if roughly else BEST
        best = self._best(classes, every, weights, begun[:most], SECOND)
        return self._whole(classes, weights, best[0], roughly=roughly) if best else None

    def _best(
        self, classes: int, rows: Any, weights: Floats, begins: list[Any], most: int
    ) -> list[dict[str, Any]]:
        """Return the parameters that starts come to, the likeliest first."""
        ends = [self._em(classes, rows, weights, begin, most, LOOSE) for begin in begins]
        kept = sorted((end for end in ends if end is not None), key=lambda end: -end[0])
        return [model.get_parameters() for _, model in kept]

    def posterior(self, model: Model, coded: Coded) -> Floats:
        """Return the probability of each class for other rows of the same items."""
        design = coded.design
        filled, answered = np.nan_to_num(design), ~np.isnan(design)
        log = np.tile(np.log(np.clip(model.weights, 1e-15, None)), (len(design), 1))
        for place, (mean, variance) in enumerate(zip(model.means, model.variances, strict=True)):
            is_level = variance == 0
            log[:, place] += filled[:, is_level] @ np.log(np.clip(mean[is_level], 1e-15, 1))
            spread, off = variance[~is_level], (filled - mean)[:, ~is_level]
            each = off**2 / spread + np.log(2 * np.pi * spread)
            log[:, place] -= (each * answered[:, ~is_level]).sum(axis=1) / 2
        share = np.exp(log - log.max(axis=1, keepdims=True))
        return np.asarray(share / share.sum(axis=1, keepdims=True))

    def _drawn(self, weights: Floats, rng: Generator) -> Any:
        """Return which patterns the starts look at."""
        places = np.flatnonzero(weights > 0)
        if len(places) <= self.most_at_start:
            return places
        chance = weights[places] / weights[places].sum()
        return np.sort(rng.choice(places, self.most_at_start, replace=False, p=chance))

    def _memberships(self, classes: int, drawn: Any, weights: Floats, rng: Generator) -> Floats:
        """Return memberships by nearness to patterns drawn at random, as many as classes."""
        rows, share = self.distances_to[drawn], weights[drawn] / weights[drawn].sum()
        some = min(classes, len(drawn))
        centres = rows[rng.choice(len(drawn), some, replace=False, p=share)]
        apart = ((rows[:, None, :] - centres[None]) ** 2).sum(axis=2)
        near = np.exp(-apart + apart.min(axis=1, keepdims=True))
        # A little noise, for classes that begin alike.
        near = np.pad(near, ((0, 0), (0, classes - some)), constant_values=1.0)
        near *= rng.uniform(0.5, 1.5, near.shape)
        return np.asarray(near / near.sum(axis=1, keepdims=True) * weights[drawn][:, None])

    def _em(
        self, classes: int, rows: Any, weights: Floats, begin: Any, most: int, gain: float
    ) -> tuple[float, _Classes] | None:
        """Run EM, and return the log-likelihood and the model; none where they are no numbers.

        A class that loses every row divides by nothing: that start is given up, not mended.
        """
        kept = weights[rows]
        model = _Classes(
            classes, measurement=self.measurement, abs_tol=gain, max_iter=most,
            random_state=0, progress_bar=0,
        )  # fmt: skip
        model.begin, model.first_columns = begin, self.first_columns
        with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
            # A start is not meant to converge; a full fit says whether it did.
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(self.design[rows], sample_weight=kept)
        loglik = float(model.lower_bound_ * kept.sum())
        numbers = [v for p in model.get_parameters()["measurement"].values() for v in p.values()]
        arrays = [v for v in numbers if isinstance(v, np.ndarray)]
        fine = np.isfinite(loglik) and all(np.isfinite(v).all() for v in arrays)
        return (loglik, model) if fine else None

    def _whole(
        self, classes: int, weights: Floats, begin: Any, *, roughly: bool = False
    ) -> Model | None:
        """Fit all patterns to the end, and say what class each belongs to."""
        counted = np.flatnonzero(weights > 0)
        most, gain = (1, LOOSE) if roughly else (LAST, TIGHT)
        fitted = self._em(classes, counted, weights, begin, most, gain)
        if fitted is None:
            return None
        model, parameters = fitted[1], fitted[1].get_parameters()
        posterior = np.asarray(model.predict_proba_class(self.design))
        posterior = posterior / posterior.sum(axis=1, keepdims=True)
        loglik = float(model.score(self.design[counted], sample_weight=weights[counted]))
        means, variances = [], []
        for name, part in parameters["measurement"].items():
            means.append(part["pis"] if name == "levels" else part["means"])
            shape = means[-1].shape
            variances.append(np.zeros(shape) if name == "levels" else part["covariances"])
        return Model(
            loglik * float(weights.sum()), np.asarray(parameters["weights"]), np.hstack(means),
            np.hstack(variances), posterior, bool(model.converged_),
        )  # fmt: skip
