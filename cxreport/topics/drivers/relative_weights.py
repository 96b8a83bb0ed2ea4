"""Sharing out R2 between drivers that go together: Shapley values and Johnson's weights.

Everything is done at once for a stack of correlation matrices, such as those of resamples.
"""

from __future__ import annotations

from math import factorial
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cxreport.topics.drivers.numeric_rows import Numbers
    from cxreport.topics.drivers.resampling import Flags

SAME = 1e-8
"""A share of a driver's variance that the others do not explain, below which it is theirs."""


def inverses(correlation: Numbers) -> tuple[Numbers, Numbers]:
    """Return the (pseudo-)inverse and the square root of correlation matrices."""
    values, vectors = np.linalg.eigh(correlation)
    regular = values > SAME
    flipped = vectors.transpose(0, 2, 1)
    inverse = np.where(regular, 1 / np.where(regular, values, 1), 0)[:, None, :] * vectors @ flipped
    root = np.sqrt(np.where(regular, values, 0))[:, None, :] * vectors @ flipped
    return inverse, root


def collinear(correlation: Numbers) -> Flags:
    """Return which drivers take part in a combination that has no variance."""
    values, vectors = np.linalg.eigh(correlation)
    tied: Flags = (np.abs(vectors[:, values <= SAME]) > SAME**0.5).any(axis=1)
    return tied


def johnson(root: Numbers, with_outcome: Numbers) -> Numbers:
    """Share out R2 through the nearest uncorrelated stand-ins of the drivers."""
    values, vectors = np.linalg.eigh(root)
    regular = values > SAME**0.5
    scale = np.where(regular, 1 / np.where(regular, values, 1), 0)
    back = scale[:, None, :] * vectors @ vectors.transpose(0, 2, 1)
    slopes = (back @ with_outcome[..., None]) ** 2
    parts: Numbers = (root**2 @ slopes)[..., 0]
    return parts


def shapley(correlation: Numbers) -> Numbers:
    """Average the gain in R2 of each driver over all orders of entry; the outcome is last."""
    k = correlation.shape[-1] - 1
    explained = np.zeros((2**k, len(correlation)))
    _explain(correlation, 0, 0, explained)
    sets = np.arange(2**k)
    size = np.bitwise_count(sets).astype(int)
    chance = np.array([factorial(s) * factorial(k - s - 1) / factorial(k) for s in range(k)])
    members = (sets >> np.arange(k)[:, None] & 1).astype(bool)
    with_it, without = chance[np.maximum(size - 1, 0)], chance[np.minimum(size, k - 1)]
    parts: Numbers = (np.where(members, with_it, -without) @ explained).T
    return parts


def _explain(left: Numbers, first: int, members: int, explained: Numbers) -> None:
    """Enter each driver that is left after those in ``members``, and note R2 of every set."""
    for at in range(left.shape[-1] - 1):
        entered = members | 1 << first + at
        own = left[:, at, at]
        slopes = left[:, at, at + 1 :] / np.where(own > SAME, own, np.inf)[:, None]
        explained[entered] = explained[members] + slopes[:, -1] * left[:, at, -1]
        rest = left[:, at + 1 :, at + 1 :] - left[:, at + 1 :, at, None] * slopes[:, None, :]
        _explain(rest, first + at + 1, entered, explained)
