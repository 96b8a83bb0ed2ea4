"""What latent classes are made from: each row's answers as numbers, equal rows once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cxreport.errors import CxError, shorten
from cxreport.inputs.columns import as_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

KINDS = ("categorical", "ordered", "continuous")
MOST_LEVELS = 30
"""Levels of an item above which it names people rather than kinds of them."""
CONSTANT, NO_ANSWER = "constant", "no answer"


@dataclass(frozen=True)
class Item:
    """One item: its name, its kind, and its levels, or the centre and spread of its numbers."""

    name: str
    kind: str
    levels: tuple[Any, ...] = ()
    centre: float = 0.0
    spread: float = 1.0

    @property
    def is_continuous(self) -> bool:
        """Whether it is modelled by its mean and variance."""
        return self.kind == "continuous"

    @property
    def width(self) -> int:
        """Columns that it takes: one a level, or one."""
        return 1 if self.is_continuous else len(self.levels)


@dataclass(frozen=True)
class Coded:
    """Rows as latent classes read them.

    Attributes
    ----------
    items : tuple of Item
        Those that tell rows apart: discrete ones first, each by name.
    codes : array of float
        One row per distinct row of answers: the place of the level, or the number less its mean
        over its standard deviation; NaN where not answered.
    weights : array of float
        How many rows each stands for; their sum is ``n``.
    position : array of int
        Of each row of the data, its row of ``codes``; -1 where nothing was answered.
    n : int
        Rows with an answer, and a weight.
    n_effective : float
        Kish's effective number of them.
    left_out : DataFrame
        Items that tell nothing apart: ``item``, ``reason``.
    """

    items: tuple[Item, ...]
    codes: Floats
    weights: Floats
    position: Ints
    n: int
    n_effective: float
    left_out: pd.DataFrame

    @property
    def discrete(self) -> int:
        """How many items have levels."""
        return sum(not item.is_continuous for item in self.items)

    @property
    def design(self) -> Floats:
        """The codes with one column of 0 and 1 for each level; NaN where not answered."""
        columns = []
        for item, code in zip(self.items, self.codes.T, strict=True):
            if item.is_continuous:
                columns.append(code[:, None])
            else:
                is_level = (code[:, None] == np.arange(item.width)).astype(float)
                columns.append(np.where(np.isnan(code)[:, None], np.nan, is_level))
        return np.hstack(columns)

    @property
    def spans(self) -> list[slice]:
        """Which columns of the design are those of each item."""
        ends = np.cumsum([0, *(item.width for item in self.items)]).tolist()
        return [slice(low, high) for low, high in pairwise(ends)]

    def parameters(self, classes: int) -> int:
        """Return how many numbers a model of so many classes has to estimate."""
        free = sum(2 if item.is_continuous else item.width - 1 for item in self.items)
        return classes - 1 + classes * free

    @property
    def distinguishable(self) -> int:
        """Most parameters that the data can tell apart."""
        if any(item.is_continuous for item in self.items):
            return self.n - 1
        cells = math.prod(item.width for item in self.items)
        return min(self.n, cells) - 1


def code_items(data: pd.DataFrame, items: Mapping[str, str], weight: str | None = None) -> Coded:
    """Check rows and turn them into what latent classes read.

    Parameters
    ----------
    data : DataFrame
        One row per person.
    items : mapping of str to str
        Column -> "categorical", "ordered" (levels whose numbers have a mean, such as a rating) or
        "continuous".
    weight : str, optional
        Column of weights, 0 or more.

    Returns
    -------
    Coded
        Rows without any answer, or of weight 0, count nowhere.

    Raises
    ------
    CxError
        If a column is missing or of another kind than declared, if a weight is missing, negative
        or infinite, or if fewer than two items tell rows apart.

    Examples
    --------
    >>> rows = pd.DataFrame({"shop": ["a", "b", "a", None], "ease": [5, 1, 5, 4]})
    >>> coded = code_items(rows, {"shop": "categorical", "ease": "ordered"})
    >>> coded.codes.tolist(), coded.weights.tolist(), coded.position.tolist()
    ([[0.0, 1.0], [1.0, nan], [2.0, 0.0]], [1.0, 1.0, 2.0], [2, 0, 2, 1])
    """
    weights = _weights(data, weight)
    made, codes, left_out = [], [], []
    for name in sorted(items, key=lambda name: (items[name] == "continuous", name)):
        item, code = _coded(data, name, items[name], weights > 0)
        if item is None:
            left_out.append({"item": name, "reason": code})
        else:
            made.append(item)
            codes.append(code)
    if len(made) < 2:
        raise CxError(
            "fewer than two items tell rows apart",
            got=", ".join(item.name for item in made) or "none",
            expected="two items or more, each with two values or more",
        )
    table = np.column_stack(codes)
    counted = (weights > 0) & ~np.isnan(table).all(axis=1)
    n, share = int(counted.sum()), weights[counted]
    # Infinity stands for "not answered" here: to np.unique no NaN is another's equal.
    distinct, at = np.unique(np.nan_to_num(table, nan=np.inf), axis=0, return_inverse=True)
    sums = np.bincount(at, weights * counted * n / share.sum(), minlength=len(distinct))
    distinct = np.where(np.isinf(distinct), np.nan, distinct)
    answered = ~np.isnan(distinct).all(axis=1)
    place = np.where(answered, np.cumsum(answered) - 1, -1)
    return Coded(
        tuple(made), distinct[answered], sums[answered], place[at.reshape(-1)], n,
        float(share.sum() ** 2 / (share**2).sum()),
        pd.DataFrame(left_out, columns=["item", "reason"]).astype("str"),
    )  # fmt: skip


def _weights(data: pd.DataFrame, name: str | None) -> Floats:
    """Return the weight of each row, 1 where none is declared."""
    if len(data) == 0:
        raise CxError("there are no rows to find classes in")
    if name is None:
        return np.ones(len(data))
    weights = _numbers(data, name)
    if not np.isfinite(weights).all() or (weights < 0).any():
        wrong = weights[~np.isfinite(weights) | (weights < 0)]
        raise CxError(
            "not a weight", where=name, got=f"{len(wrong)} rows, the first {wrong[0]}",
            expected="0 or more in every row",
        )  # fmt: skip
    if not (weights > 0).any():
        raise CxError("no row has a weight", where=name, expected="more than 0 in some row")
    return weights


def _column(data: pd.DataFrame, name: str) -> pd.Series:
    """Return a column by its name."""
    if name not in data or not isinstance(data[name], pd.Series):
        columns = shorten(", ".join(map(str, data.columns)))
        raise CxError("no such column, or several", got=name, expected=columns)
    return data[name]


def _numbers(data: pd.DataFrame, name: str) -> Floats:
    """Return a column of numbers, NaN where empty."""
    return as_numbers(_column(data, name), where=name)


def _coded(
    data: pd.DataFrame, name: str, kind: str, counted: NDArray[np.bool_]
) -> tuple[Item, Floats] | tuple[None, str]:
    """Return an item and its codes, or why it tells nothing apart."""
    if kind not in KINDS:
        raise CxError("not a kind of item", where=name, got=kind, expected=", ".join(KINDS))
    if kind == "categorical":
        column = _column(data, name)
        values = column.astype("object").where(column.notna(), None).map(_plain, na_action="ignore")
    else:
        numbers = _numbers(data, name)
        if np.isinf(numbers).any():
            raise CxError("not a number", where=name, got="infinity")
        values = pd.Series(numbers, data.index).astype("object").where(~np.isnan(numbers), None)
    answers = values[counted].dropna()
    levels = sorted(answers.unique(), key=lambda value: (str(type(value)), value))
    if len(levels) < 2:
        return None, CONSTANT if levels else NO_ANSWER
    if kind == "continuous":
        every = values.astype("float64").to_numpy("float64")
        # Sorted first, so that sums, and with them every digit, depend on no order of rows.
        ordered = np.sort(answers.to_numpy("float64"))
        item = Item(name, kind, (), float(ordered.mean()), float(ordered.std()))
        return item, np.asarray((every - item.centre) / item.spread, dtype="float64")
    if len(levels) > MOST_LEVELS:
        hint = "take a part of it, group its levels, or declare it continuous"
        most = f"{MOST_LEVELS} or fewer"
        raise CxError("too many levels", where=name, got=len(levels), expected=most, hint=hint)
    places = {level: float(place) for place, level in enumerate(levels)}
    return Item(name, kind, tuple(levels)), values.map(places).to_numpy("float64", na_value=np.nan)


def _plain(value: object) -> object:
    """Return a value of numpy as Python's own; a whole number as one, whatever held it."""
    value = value.item() if isinstance(value, np.generic) else value
    return int(value) if isinstance(value, float) and value.is_integer() else value
