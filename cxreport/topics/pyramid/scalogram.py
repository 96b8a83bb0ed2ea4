"""How pyramid-like answers are: a higher layer met only where those below it are.

The questions are cut into met and not met, and put in the order that is claimed. A respondent
answers *in order* who has met the first so many and none after. Errors are counted as Goodenough
and Edwards do: every answer that differs from the pattern in order with as many met.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.scores.scales import ascending, turned
from cxreport.stats.answers import count_answers
from cxreport.stats.intervals import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cxreport.inputs.source import Data

    Floats = NDArray[np.float64]

METRICS = ("in_order", "reproducibility", "marginal", "scalability")
NO_VARIANCE = "no variance"
FEWEST = 30
"""Respondents below which no interval is given: resampling a few answers says too little."""


def scalogram(
    data: Data,
    items: Sequence[str],
    *,
    scale: tuple[int, int] = (1, 5),
    bootstrap: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Measure whether a later question is met only by those who met the ones before it.

    Parameters
    ----------
    data : pandas, polars or pyarrow frame, or Ibis table
        One row per answered questionnaire. Respondents count who answered all questions.
    items : sequence of str
        Two to six columns of answers on one scale, in the order claimed: the base first.
    scale : (int, int)
        The worst answer and the best; an item is met by one of the two best.
    bootstrap : int
        Resamples of respondents behind the intervals.
    level : float
        Confidence level of the intervals, between 0 and 1.
    seed : int
        Start of the resampling.

    Returns
    -------
    DataFrame
        Four rows: ``metric`` ("in_order": percent of respondents whose answers are in order;
        "reproducibility": 1 - errors / (respondents x items), 0..1; "marginal": the part that
        guessing the commoner answer of each item gets right, the mean over items of the larger of
        the shares of met and not met, 0..1;
        "scalability": (reproducibility - marginal) / (1 - marginal), at most 1); ``n``
        respondents, ``missing`` and ``invalid`` rows; ``errors``; ``estimate``, ``low``, ``high``
        (percentile bootstrap), ``by_chance`` (the same figure if the items had nothing to do with
        each other), all in the unit of the metric; ``note`` ("", "no answers", "too few answers":
        below 30, no interval; "no variance": everybody answered alike, so there is no order).

    Raises
    ------
    CxError
        If items repeat, are fewer than two or more than six, a column is unknown, the scale is
        too short, or ``bootstrap`` is below 1.

    Notes
    -----
    The multinomial bootstrap of the counts of patterns is that of respondents, exactly. With three
    items every respondent out of order makes two errors, so all four figures follow from the
    shares. Custom asks 0.90 of reproducibility and 0.60 of scalability. Sources: Goodenough 1944,
    Educational and Psychological Measurement 4, 179-190; Edwards 1957, Techniques of Attitude
    Scale Construction, chapter 7; Menzel 1953, Public Opinion Quarterly 17, 268-280.

    Examples
    --------
    >>> answers = pd.DataFrame({"needs": [5, 5, 5, 1, 2], "ease": [4, 4, 1, 1, 5]})
    >>> scalogram(answers, ["needs", "ease"])[["metric", "n", "errors", "estimate"]].round(2)
                metric  n  errors  estimate
    0         in_order  5       2      80.0
    1  reproducibility  5       2       0.8
    2         marginal  5       2       0.6
    3      scalability  5       2       0.5
    """
    normal_quantile(level)
    names = list(items)
    if not 2 <= len(set(names)) == len(names) <= 6:
        raise CxError("not an order of items", got=", ".join(names), expected="two to six columns")
    if bootstrap < 1:
        raise CxError("no resamples", got=bootstrap, expected="1 or more")
    lowest, highest = ascending(scale)
    if highest - lowest < 3:
        raise CxError("this scale is too short", got=scale, expected="at least four answers")
    questions = {f"item_{at}": name for at, name in enumerate(names)}
    answers = count_answers(data, questions, scale=(lowest, highest))
    given = answers.valid[list(questions)].apply(turned, scale=scale) >= highest - 1
    counts = _pattern_counts(given.to_numpy(), answers.valid["n"].to_numpy())
    n = int(counts.sum())
    estimates = _figures(counts[None, :], len(names))[0]
    drawn = np.full((1, len(METRICS)), np.nan)
    if n >= FEWEST:
        resampled = np.random.default_rng(seed).multinomial(n, counts / n, size=bootstrap)
        drawn = _figures(resampled.astype(float), len(names))
    valid = drawn[~np.isnan(drawn).any(axis=1)]
    ends = [(1 - level) / 2, (1 + level) / 2]
    limits = np.quantile(valid, ends, axis=0) if len(valid) else np.full((2, len(METRICS)), np.nan)
    frame = pd.DataFrame(
        {
            "metric": METRICS,
            "n": n,
            "missing": int(answers.count("missing").item()),
            "invalid": int(answers.count("invalid").item()),
            "errors": int(_errors(len(names)) @ counts),
            "estimate": estimates,
            "low": limits[0],
            "high": limits[1],
            "by_chance": _figures(_independent(counts, len(names))[None, :], len(names))[0],
            "note": _note(n, estimates),
        }
    )
    return frame.astype({"metric": "str", "note": "str"})


def _patterns(items: int) -> Floats:
    """Return every pattern of met and not met, one a row."""
    return np.array(list(product((0.0, 1.0), repeat=items)))


def _errors(items: int) -> Floats:
    """Count, for each pattern, the answers that differ from the one in order with as many met."""
    patterns = _patterns(items)
    ideal = np.arange(items) < patterns.sum(axis=1)[:, None]
    return np.asarray((patterns != ideal).sum(axis=1), dtype=float)


def _pattern_counts(met: NDArray[np.bool_], n: NDArray[np.int64]) -> Floats:
    """Count the respondents of each pattern."""
    items = met.shape[1]
    number = met.astype(int) @ (2 ** np.arange(items)[::-1])
    return np.bincount(number, weights=n, minlength=2**items).astype(float)


def _figures(counts: Floats, items: int) -> Floats:
    """Return the four figures per row of counts of patterns; NaN where nobody answered."""
    n = np.where(counts.sum(axis=1) > 0, counts.sum(axis=1), np.nan)
    errors = _errors(items)
    in_order = counts[:, errors == 0].sum(axis=1) / n
    reproducibility = 1 - counts @ errors / (n * items)
    met = counts @ _patterns(items) / n[:, None]
    marginal = np.maximum(met, 1 - met).mean(axis=1)
    room = np.where(marginal < 1, 1 - marginal, np.nan)
    scalability = (reproducibility - marginal) / room
    return np.column_stack([100 * in_order, reproducibility, marginal, scalability])


def _independent(counts: Floats, items: int) -> Floats:
    """Return the shares of patterns if the items were independent, each met as often as it is."""
    n = counts.sum() or np.nan
    met, patterns = counts @ _patterns(items) / n, _patterns(items)
    return np.asarray(np.where(patterns == 1, met, 1 - met).prod(axis=1))


def _note(n: int, estimates: Floats) -> str:
    """Return in a word why there is no figure, or no interval."""
    if n == 0:
        return "no answers"
    if np.isnan(estimates).any():
        return NO_VARIANCE
    return "too few answers" if n < FEWEST else ""
