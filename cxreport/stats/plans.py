"""The arithmetic of planning: variances, room on the scale, and the power of a comparison."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from scipy.optimize import brentq
from scipy.stats import nct, norm, t

from cxreport.errors import CxError
from cxreport.stats.intervals import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Metric: TypeAlias = Literal["nps", "csat", "ces", "share", "mean"]

# What can be said of the reference, and the most uncertain case, taken where nothing is said.
BASELINES: dict[str, dict[str, float]] = {
    "nps": {"promoters": 0.5, "detractors": 0.5},
    "csat": {"share": 0.5},
    "ces": {"share": 0.5},
    "share": {"share": 0.5},
    "mean": {"std": math.nan},
}


@dataclass(frozen=True)
class Plan:
    """A comparison to be planned; values and differences are fractions, or the unit of a mean.

    Attributes
    ----------
    value : float
        NPS or share of the reference; 0 for a mean, whose place does not matter.
    spread : float
        Share that is not passive, for an NPS; standard deviation, for a mean.
    """

    metric: Metric
    value: float
    spread: float
    level: float
    population: float

    @classmethod
    def of(
        cls,
        metric: Metric,
        baseline: Mapping[str, float],
        *,
        level: float,
        population: float | None,
    ) -> Plan:
        """Read and check what the caller says.

        Raises
        ------
        CxError
            If the metric, a name of the baseline, or a value is not possible.
        """
        normal_quantile(level)
        customers = math.inf if population is None else population
        if not customers >= 2:
            raise CxError("not a number of customers", got=population, expected="2 or more")
        if metric not in BASELINES:
            raise CxError("unknown metric", got=metric, expected=", ".join(BASELINES))
        names = BASELINES[metric]
        if (baseline or metric == "mean") and set(baseline) != set(names):
            raise CxError(
                "the reference is not described",
                got=", ".join(baseline) or "nothing",
                expected=" and ".join(names),
            )
        reference = names | dict(baseline)
        if metric == "mean":
            possible, value, spread = 0 < reference["std"] < math.inf, 0.0, reference["std"]
        else:
            possible = min(reference.values()) >= 0 and sum(reference.values()) <= 1 + 1e-12
            value, spread = reference.get("share", 0.0), math.nan
            if metric == "nps":
                value = reference["promoters"] - reference["detractors"]
                spread = reference["promoters"] + reference["detractors"]
        if not possible:
            raise CxError(
                "the reference is not possible",
                got=", ".join(f"{name}={size:g}" for name, size in reference.items()),
                expected="fractions from 0 to 1, together at most 1; std above 0",
            )
        return cls(metric, value, spread, level, customers)

    @property
    def unit(self) -> float:
        """Return what a fraction is multiplied by for display."""
        return 1.0 if self.metric == "mean" else 100.0

    def room(self, sign: int) -> float:
        """Return how far the reference can rise (1) or drop (-1)."""
        if self.metric == "mean":
            return math.inf
        end = 1.0 if sign > 0 else {"nps": -1.0}.get(self.metric, 0.0)
        return abs(end - self.value)

    def variance(self, difference: float) -> float:
        """Return the variance of one answer where the value differs by this from the reference."""
        if self.metric == "mean":
            return self.spread**2
        moved = self.value + difference
        if self.metric == "nps":
            # Passives stay as they are, unless there are too few others to make the new score.
            return max(max(self.spread, abs(moved)) - moved**2, 0.0)
        return max(moved * (1 - moved), 0.0)

    def power(self, difference: float, n: float, n_reference: float) -> float:
        """Return the chance to find a difference with so many answers in each group."""
        share, other = (
            1
            / size
            * (
                1.0
                if math.isinf(self.population)
                else (self.population - size) / (self.population - 1)
            )
            for size in (n, n_reference)
        )
        if share + other == 0:
            return 1.0
        error = math.sqrt(self.variance(difference) * share + self.variance(0.0) * other)
        null, z, freedom = error, normal_quantile(self.level), n + n_reference - 2
        if self.metric in {"csat", "ces", "share"}:
            pooled = self.value + difference * other / (share + other)
            null = math.sqrt(max(pooled * (1 - pooled), 0.0) * (share + other))
        if error == 0:
            return float(abs(difference) > z * null)
        if self.metric == "mean" and freedom < 1e6:
            critical = t.ppf((1 + self.level) / 2, freedom)
            return float(nct.sf(critical, freedom, abs(difference) / error))
        return float(norm.cdf((abs(difference) - z * null) / error))


def solve(gap: Callable[[float], float], low: float, high: float) -> float:
    """Find where a rising function reaches 0: ``low`` if it is there already, NaN if never.

    Examples
    --------
    >>> round(solve(lambda x: x * x - 2, 0, 2), 6)
    1.414214
    """
    if gap(low) >= 0:
        return low
    if math.isinf(high):
        high = max(1.0, 2 * low)
        while gap(high) < 0:
            low, high = high, 2 * high
    if gap(high) < 0:
        return math.nan
    return float(brentq(gap, low, high, xtol=1e-12, rtol=1e-12, maxiter=1000))
