"""Confidence intervals in closed form, on whole columns of counts at once.

Shares and scores are fractions here (0..1, -1..1); NaN goes in where nothing is known, and comes
out again. ``z`` is the two-sided normal quantile of the wanted level.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy.stats import beta, norm, t

from cxreport.errors import CxError

Limits: TypeAlias = "tuple[pd.Series, pd.Series]"
NetInterval = Literal["adjusted-wald", "score", "wald"]
ShareInterval = Literal["wilson", "jeffreys"]
Added: TypeAlias = tuple[float, float, float]
NET_ADDED: Added = (3, 0, 1.5)
"""Answers added to a net score: their number, their sum, and the sum of their squares."""


@cache
def normal_quantile(level: float) -> float:
    """Return the z of a two-sided level: 1.96 for 0.95.

    Raises
    ------
    CxError
        If the level is not strictly between 0 and 1.

    Examples
    --------
    >>> round(normal_quantile(0.95), 4)
    1.96
    """
    if not 0 < level < 1:
        raise CxError(
            "not a confidence level",
            got=level,
            expected="a number between 0 and 1",
            hint="0.95 for 95%",
        )
    return float(norm.ppf((1 + level) / 2))


def check_interval(interval: str, methods: tuple[str, ...]) -> None:
    """Refuse a method that does not exist."""
    if interval not in methods:
        raise CxError("unknown interval", got=interval, expected=", ".join(methods))


def adjusted_moments(
    bottom: pd.Series, middle: pd.Series, top: pd.Series
) -> tuple[pd.Series, pd.Series]:
    """Return score and squared standard error after adding 3/4, 3/2 and 3/4 answers.

    Source: Rocks 2016, The American Statistician 70(4), 365-372: adjusted Wald (3, T).
    """
    n = bottom + middle + top + 3
    score = (top - bottom) / n
    return score, ((top + bottom + 1.5) / n - score**2) / n


def adjusted_wald(bottom: pd.Series, middle: pd.Series, top: pd.Series, *, z: float) -> Limits:
    """Return the adjusted Wald interval of (top - bottom) / n, cut at -1 and 1."""
    score, variance = adjusted_moments(bottom, middle, top)
    return wald(score, variance**0.5, z)


def adjusted_by_size(
    score: pd.Series, variance: pd.Series, size: pd.Series, added: Added = NET_ADDED
) -> tuple[pd.Series, pd.Series]:
    """Return score and squared standard error after adding answers to ``size`` others.

    For answers that are weighted, or belong together: ``size`` is what they are worth in
    independent ones, ``variance`` the linearised one without its factor n / (n - 1). Where they
    are independent and equal, this is ``adjusted_moments``. Sources: Rocks 2016, as there; Franco,
    Little, Louis & Slud 2019, Journal of Survey Statistics and Methodology 7, 334-364, who find
    the adjusted forms at the effective size to hold their level where Wald's does not.
    """
    number, total, squares = added
    n = size + number
    adjusted = (size * score + total) / n
    spread = size**2 * variance + size * (score - adjusted) ** 2
    spread = spread + squares - 2 * adjusted * total + number * adjusted**2
    return adjusted, spread / n**2


def share_size(share: pd.Series, variance: pd.Series, size: pd.Series, z: float) -> pd.Series:
    """Return how many independent answers tell as much about a share, by its variance.

    That is p (1 - p) / variance, taken after adding z^2 answers, half of them favourable, to
    ``size`` and to the variance, so that a few answers that happen to agree do not pass for many.
    Source: Dean & Pagano 2015, Journal of Survey Statistics and Methodology 3, 484-503.
    """
    half = z**2 / 2
    adjusted, spread = adjusted_by_size(share, variance, size, (z**2, half, half))
    return adjusted * (1 - adjusted) / spread - z**2


def widening(size: pd.Series, n: pd.Series, level: float) -> pd.Series:
    """Return how much wider a normal interval has to be for ``n`` answers worth only ``size``.

    The ratio of Student's quantiles at one degree of freedom less than each. Source: Korn &
    Graubard 1998, Survey Methodology 24, 193-201.
    """
    by_size, by_n = (t.ppf((1 + level) / 2, (of - 1).clip(lower=1)) for of in (size, n))
    return pd.Series(by_size / by_n, index=n.index)


def wald(score: pd.Series, std_error: pd.Series, z: float) -> Limits:
    """Return score plus and minus z standard errors, cut at -1 and 1."""
    return (score - z * std_error).clip(-1, 1), (score + z * std_error).clip(-1, 1)


def tango(bottom: pd.Series, middle: pd.Series, top: pd.Series, *, z: float) -> Limits:
    """Return Tango's score interval of (top - bottom) / n.

    A net score is the difference of two paired proportions: tops and bottoms are the discordant
    pairs. Source: Tango 1998, Statistics in Medicine 17, 891-908.
    """
    return -_tango_upper(top, middle, bottom, z=z), _tango_upper(bottom, middle, top, z=z)


def _tango_upper(bottom: pd.Series, middle: pd.Series, top: pd.Series, *, z: float) -> pd.Series:
    """Halve [score, 1] until it holds the upper limit alone: the score test rejects beyond it."""
    n = bottom + middle + top
    inside, outside = (top - bottom) / n, 0 * n + 1
    for _ in range(60):
        delta = (inside + outside) / 2
        linear = (2 * n - top + bottom) * delta - bottom - top
        root = (linear**2 + 8 * n * bottom * delta * (1 - delta)) ** 0.5
        variance = (root - linear) / (2 * n) + delta * (1 - delta)
        kept = (n * delta - (top - bottom)) ** 2 <= z**2 * n * variance
        inside, outside = inside.where(~kept, delta), outside.where(kept, delta)
    return inside


def of_share(
    share: pd.Series, n: pd.Series, level: float, method: ShareInterval = "wilson"
) -> Limits:
    """Return Wilson's or Jeffreys' interval of a share; ``n`` may be effective, so non-integer.

    Sources: Newcombe 1998, Statistics in Medicine 17, 857-872, method 3; Brown, Cai & DasGupta
    2001, Statistical Science 16, 101-133.
    """
    count, tail = share * n, (1 - level) / 2
    if method == "jeffreys":
        ends = count + 0.5, n - count + 0.5
        low, high = beta.ppf(tail, *ends), beta.isf(tail, *ends)
    else:
        z, share_of_n = norm.isf(tail), count / n
        middle = (share_of_n + z**2 / (2 * n)) / (1 + z**2 / n)
        spread = np.sqrt(share_of_n * (1 - share_of_n) / n + z**2 / (4 * n**2))
        reach = z * spread / (1 + z**2 / n)
        low, high = middle - reach, middle + reach
    # At a share of 0 or 1 the scale ends: floats, and Jeffreys' quantiles, miss that by a hair.
    return (
        pd.Series(low, index=n.index).mask(share == 0, 0.0).clip(0, 1),
        pd.Series(high, index=n.index).mask(share == 1, 1.0).clip(0, 1),
    )


def student(mean: pd.Series, std_error: pd.Series, n: pd.Series, level: float) -> Limits:
    """Return Student's interval of a mean; unknown when the answers show no spread."""
    reach = std_error.where(std_error > 0) * t.ppf((1 + level) / 2, (n - 1).where(n > 1))
    return mean - reach, mean + reach
