"""Answer scales as they are declared: the worst answer, then the best."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.errors import CxError

if TYPE_CHECKING:
    import pandas as pd


def ascending(scale: tuple[int, int]) -> tuple[int, int]:
    """Return the lowest and the highest answer of a scale.

    Raises
    ------
    CxError
        If the scale is not two different whole numbers.

    Examples
    --------
    >>> ascending((5, 1))
    (1, 5)
    """
    if len(scale) != 2 or any(type(end) is not int for end in scale) or scale[0] == scale[1]:
        raise CxError(
            "not a scale", got=scale, expected="two whole numbers: the worst answer, then the best"
        )
    return min(scale), max(scale)


def turned(values: pd.Series, scale: tuple[int, int]) -> pd.Series:
    """Turn answers so that higher is better; those of an ascending scale stay as they are."""
    worst, best = scale
    return values if worst < best else worst + best - values
