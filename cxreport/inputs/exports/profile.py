"""What all values of a column say: dates, numbers, codes or texts. One pass, little memory."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cxreport.inputs.exports.grid import in_batches
from cxreport.inputs.exports.values import WHOLE, has_zone, possible_decimals, possible_orders

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cxreport.inputs.exports.grid import Row

MOST_VALUES = 500
"""More different values than this are no list of codes."""
MOST_STRANGE = 30
LONGEST_CODE = 200
ADDRESS = re.compile(
    r"[^@\s]+@[^@\s]+\.\w{2,}|(?:\d{1,3}\.){3}\d{1,3}|(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}",
    re.IGNORECASE,
)
"""An e-mail address, or that of a machine in the network."""


@dataclass
class Profile:
    """What is known of a column after all of its values.

    Attributes
    ----------
    n : int
        How many values there are.
    values : Counter
        The different values; incomplete when ``many``.
    many : bool
        Whether there are more of them than are kept.
    no_times, no_numbers : Counter
        Values that are no times, or no numbers; a few of them when they are many.
    orders, decimals : frozenset of str or None
        In which ways all times, and all numbers with decimals, can be read; None without one.
    zoned : set of bool
        Whether times say how far they are from UTC.
    length : int
        Of all values together, in characters.
    """

    n: int = 0
    values: Counter[str] = field(default_factory=Counter)
    many: bool = False
    no_times: Counter[str] = field(default_factory=Counter)
    no_numbers: Counter[str] = field(default_factory=Counter)
    orders: frozenset[str] | None = None
    decimals: frozenset[str] | None = None
    zoned: set[bool] = field(default_factory=set)
    length: int = 0

    def add(self, values: Iterable[str]) -> None:
        """Look at more values of the column."""
        for value, n in Counter(values).items():
            if not value:
                continue
            self.n += n
            self.length += n * len(value)
            if value in self.values or (
                len(self.values) < MOST_VALUES and len(value) <= LONGEST_CODE
            ):
                self.values[value] += n
            else:
                self.many = True
            self._as_time(value, n)
            self._as_number(value, n)

    def _as_time(self, value: str, n: int) -> None:
        if len(self.no_times) >= MOST_STRANGE:
            return
        orders = possible_orders(value)
        if not orders:
            self.no_times[value] += n
            return
        self.zoned.add(has_zone(value))
        if value[4:5] not in {"-", "/", "."}:  # a year in front leaves nothing open
            self.orders = orders if self.orders is None else self.orders & orders

    def _as_number(self, value: str, n: int) -> None:
        if len(self.no_numbers) >= MOST_STRANGE:
            return
        if WHOLE.fullmatch(value):
            return
        decimals = possible_decimals(value)
        if not decimals:
            self.no_numbers[value] += n
        else:
            self.decimals = decimals if self.decimals is None else self.decimals & decimals

    @property
    def are_addresses(self) -> bool:
        """Whether the values are e-mail or network addresses: half of them or more."""
        named = sum(n for value, n in self.values.items() if ADDRESS.fullmatch(value))
        return named > 0 and named * 2 >= self.values.total()

    @property
    def mean_length(self) -> float:
        """Characters of a value, on average."""
        return self.length / self.n if self.n else 0.0


def profiles_of(rows: Iterator[Row], n_columns: int) -> tuple[list[Profile], int]:
    """Return the profile of each column, and the number of rows."""
    profiles = [Profile() for _ in range(n_columns)]
    n = 0
    for some in in_batches(rows, size=lambda row: sum(map(len, row))):
        n += len(some)
        for profile, values in zip(profiles, zip(*some, strict=True), strict=True):
            profile.add(values)
    return profiles, n
