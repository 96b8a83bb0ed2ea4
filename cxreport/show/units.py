"""In which unit is a column of a frame? What the docstring of the function that made it says.

A docstring names each output column, and beside it its unit, first in brackets or in the sentence:
``share`` (percent of all orders), ``low`` and ``high`` in points. Nothing is declared twice.
"""

from __future__ import annotations

import inspect
import re
import sys
from functools import cache, wraps
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MADE_BY = "made by"
"""Under which name a frame remembers the function that made it."""
OF_THE_METRIC = "unit of the metric"
WORDS = {
    "percent": "unit_name.percent",
    "points": "unit_name.points",
    "hours": "unit_name.hours",
    "days": "unit_name.days",
    "months": "unit_name.months",
    "years": "unit_name.years",
    "money": "unit_name.money",
    "per 100": "unit_name.per_100",
}
"""Unit as docstrings write it -> its text."""
UNIT = re.compile(rf"(?:(?:are|is|in|the|NPS|requests) )*({'|'.join((*WORDS, OF_THE_METRIC))})\b")
AS_IT_IS = re.compile(r"points(?: or|,) percent\b")
"""What stands beside a figure of metrics that have different units."""
WITHOUT = re.compile(r"n|n_\w+|\w+_n|[pq]_value|z|df|chi2")
"""Columns that no unit belongs to, whatever is said of their neighbours."""
RETURNS = re.compile(r"^Returns\n-+\n(.*?)(?=^\S[^\n]*\n-+$|\Z)", re.MULTILINE | re.DOTALL)
TOKEN = re.compile(
    r"``(?P<name>\w+)``|\((?P<aside>(?:[^()]|\([^()]*\))*)\)|(?P<end>[;.:](?=\s|$))"
    r"|(?P<text>[^`(;.:]+|.)",
    re.DOTALL,
)
AS_IN = re.compile(r":func:`~?[\w.]*?(\w+)`|``(\w+)``")
LIKE = re.compile(r"_(low|high|reference|weighted|unweighted)$")
OF_ESTIMATE = ("std_error", "low", "high", "expected", "centre", "lower", "upper")


def remember(value: Any) -> Any:
    """Let the frames of a function, or of all that a module offers, remember what made them."""
    if isinstance(value, ModuleType):
        for name in getattr(value, "__all__", ()):
            setattr(value, name, remember(getattr(value, name)))
        return value
    if not isinstance(value, FunctionType) or hasattr(value, "__wrapped__"):
        return value
    if "DataFrame" not in str(value.__annotations__.get("return")):
        return value

    @wraps(value)
    def remembered(*words: Any, **named: Any) -> Any:
        result = value(*words, **named)
        for frame in result.values() if isinstance(result, dict) else (result,):
            if isinstance(frame, pd.DataFrame):
                frame.attrs[MADE_BY] = f"{value.__module__}:{value.__name__}"
        return result

    return remembered


def units_in(frame: pd.DataFrame) -> dict[str, str]:
    """Return column -> one of ``WORDS``, or ``OF_THE_METRIC``, of a frame that remembers.

    Counts, texts and test statistics have none: "``n``, ``share`` (percent)" is of the share.
    """
    module, _, name = str(frame.attrs.get(MADE_BY, "")).partition(":")
    function = getattr(sys.modules.get(module), name, None)
    if not isinstance(function, FunctionType):
        return {}
    units = units_of(function)
    floats = [str(column) for column in frame.select_dtypes("float")]
    return {
        column: unit
        for column in floats
        if not WITHOUT.fullmatch(column) and (unit := _unit(column, units))
    }


def _unit(column: str, units: dict[str, str]) -> str:
    """Return the unit of a column: its own, or that of the figure whose end or other side it is."""
    bare = LIKE.sub("", column)
    if column in units or bare == column:
        return units.get(column) or (units.get("estimate", "") if column in OF_ESTIMATE else "")
    return _unit(bare, units)


@cache
def units_of(function: Callable[..., Any]) -> dict[str, str]:
    """Return what a docstring says: column -> unit, those of functions that it refers to included.

    Parameters
    ----------
    function : callable
        With a docstring that names output columns under "Returns".

    Returns
    -------
    dict of str to str
        Column -> one of ``WORDS``, or ``OF_THE_METRIC``; without the columns of no such unit.

    Examples
    --------
    >>> def waits():
    ...     '''Measure waits.
    ...
    ...     Returns
    ...     -------
    ...     DataFrame
    ...         ``n`` requests; ``median``, ``low`` and ``high`` in hours; ``late`` (percent of n).
    ...     '''
    >>> units_of(waits)
    {'median': 'hours', 'low': 'hours', 'high': 'hours', 'late': 'percent'}
    """
    section = RETURNS.search(inspect.getdoc(function) or "")
    if section is None:
        return {}
    units: dict[str, str] = {}
    for other in _referred(section[1], inspect.unwrap(function)):
        units |= units_of(other)
    return units | dict(_stated(section[1]))


def _stated(text: str) -> Iterator[tuple[str, str]]:
    """Yield each column whose unit a text states, with it."""
    run: list[str] = []
    goes_on = False
    for token in TOKEN.finditer(" ".join(text.split())):
        if name := token["name"]:
            run = [*run, name] if goes_on else [name]
            goes_on = True
            continue
        if token["end"]:
            run, goes_on = [], False
            continue
        beside = token["aside"] or token["text"] or ""
        matches = (UNIT.match(part.strip()) for part in re.split(r"[,;]", beside))
        unit = next((match[1] for match in matches if match), "")
        if AS_IT_IS.match(beside.strip()):
            unit = OF_THE_METRIC
        if unit:
            yield from ((name, unit) for name in run)
            run = []
        goes_on = bool(not token["aside"] and re.fullmatch(r",? ?(and|or)? ?", token["text"] or ""))


def _referred(text: str, function: FunctionType) -> Iterator[FunctionType]:
    """Yield the functions whose columns a text takes over, by their names."""
    package = sys.modules.get(function.__module__.rpartition(".")[0])
    for match in AS_IN.finditer(text):
        name = match[1] or match[2]
        other = function.__globals__.get(name) or getattr(package, name, None)
        if other is None and match[1]:
            module = re.search(r"[\w.]+(?=\.\w+`)", match[0])
            other = getattr(sys.modules.get(module[0]), name, None) if module else None
        other = inspect.unwrap(other) if isinstance(other, FunctionType) else None
        if other is not None and other is not function:
            yield other
