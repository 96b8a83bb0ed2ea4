"""Small drawing tools: named random streams, times of day, choices by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from cxreport.demo.truths import FIRST_DAY, LAST_DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

Ints: TypeAlias = "NDArray[np.int64]"
Floats: TypeAlias = "NDArray[np.float64]"
Bools: TypeAlias = "NDArray[np.bool_]"
Times: TypeAlias = "NDArray[np.datetime64]"
Names: TypeAlias = "NDArray[np.object_]"

# January to December: sales in January and July, empty streets in August, presents in December.
SEASON = np.array([1.05, 0.80, 0.90, 0.90, 0.95, 0.95, 1.05, 0.70, 0.95, 1.00, 1.15, 1.60])


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the random stream of one table, so that a change in one leaves the others alone."""
    return np.random.default_rng([seed, *name.encode()])


def all_days() -> Times:
    """Return every day that the data cover."""
    return np.arange(FIRST_DAY, LAST_DAY + np.timedelta64(1, "D"))


def in_days(count: object) -> NDArray[np.timedelta64]:
    """Return whole numbers as lengths of time in days."""
    return np.asarray(count).astype("timedelta64[D]")


def days_of(times: pd.Series) -> Times:
    """Return the day of each time."""
    return np.asarray(times.to_numpy().astype("datetime64[D]"))


def months(times: Times) -> Times:
    """Return the month of each time."""
    return times.astype("datetime64[M]")


def seasonal_days(rng: np.random.Generator, n: int) -> Times:
    """Draw days by season and day of the week (Saturday is the busiest)."""
    days = all_days()
    weight = SEASON[months(days).astype(int) % 12]
    is_saturday = days.astype(int) % 7 == 2  # 1970-01-01 was a Thursday
    weight = weight * np.where(is_saturday, 1.4, 1.0)
    return rng.choice(days, n, p=weight / weight.sum())


def daytime(rng: np.random.Generator, days: Times, first: int = 8, last: int = 22) -> Times:
    """Put a time of day on days; never at night, when the clocks change."""
    seconds = rng.integers(first * 3600, last * 3600, len(days))
    return np.asarray(days.astype("datetime64[us]") + seconds.astype("timedelta64[s]"))


def choose_by_row(rng: np.random.Generator, weights: Floats) -> Ints:
    """Draw one column for each row of a matrix of weights."""
    steps = np.cumsum(weights, axis=1)
    drawn = rng.random(len(weights)) * steps[:, -1]
    return np.asarray((drawn[:, None] >= steps).sum(axis=1), dtype=np.int64)


def exact_shares(rng: np.random.Generator, shares: ArrayLike, n: int) -> Ints:
    """Allocate n places to levels by exact share, in random order."""
    edges = np.rint(np.cumsum(shares) * n).astype(np.int64)
    return rng.permutation(np.repeat(np.arange(len(edges)), np.diff(edges, prepend=0)))


def ids(prefix: str, n: int, width: int) -> Names:
    """Return numbered names for n things: R000001, R000002, and so on."""
    return np.array([f"{prefix}{number:0{width}d}" for number in range(1, n + 1)], dtype=object)


def labels(names: Sequence[str | None], codes: Ints) -> Names:
    """Turn positions into names; a negative position is nothing."""
    table = np.array([*names, None], dtype=object)
    return table[np.where(codes < 0, len(names), codes)]
