"""How often a table of differences calls a signal where nothing has changed.

A null world is a pair of periods drawn from one pool of real answers: whatever differs between
them is chance. Whole questionnaires are drawn, so the scores of a world go together as they do in
the pool, and missing answers stay missing. All worlds are scored and compared at once, by the
same functions that a report uses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxreport.errors import CxError
from cxreport.scores.compare import compare
from cxreport.scores.scoreboard import score_questions
from cxreport.stats.multiplicity import corrected

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from cxreport.inputs.codebook import Column


def null_worlds(
    pool: pd.DataFrame,
    questions: Mapping[str, Column],
    *,
    by: Sequence[str] = (),
    worlds: int = 2000,
    size: int = 500,
    level: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Draw pairs of periods between which nothing has changed, and count their signals.

    Parameters
    ----------
    pool : DataFrame
        One row per questionnaire: the population of both periods of every world.
    questions : mapping of str to Column
        Column -> its meaning, as in ``score_questions``.
    by : sequence of str
        Columns to break down by. All groups and scores of a world are one family of tests.
    worlds : int
        How many pairs of periods.
    size : int
        Questionnaires in each period.
    level : float
        Confidence level: a world has a signal where a corrected p-value is below 1 - level.
    seed : int
        Start of the draws; the same seed gives the same worlds.

    Returns
    -------
    DataFrame
        One row per world: ``world`` (from 0), ``comparisons`` (p-values in its family), ``signals``
        (false ones, all of them) and ``q_value`` (the lowest; NaN without a comparison).

    Raises
    ------
    CxError
        If the pool is empty, or ``worlds`` or ``size`` is below 1; else as in ``score_questions``.

    Notes
    -----
    Where every null hypothesis is true, the share of worlds with any signal is the false discovery
    rate, which Benjamini-Hochberg holds at 1 - level for independent rows and for rows that go
    together. Source: Benjamini & Yekutieli 2001, The Annals of Statistics 29, 1165-1188.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxreport.inputs.codebook import Column
    >>> everyone_agrees = pd.DataFrame({"csat": [5, 5]})
    >>> null_worlds(everyone_agrees, {"csat": Column(role="csat", scale=(1, 5))}, worlds=2, size=9)
       world  comparisons  signals  q_value
    0      0            0        0      NaN
    1      1            0        0      NaN
    """
    if pool.empty or min(worlds, size) < 1:
        got = f"{len(pool)} answers, worlds = {worlds}, size = {size}"
        raise CxError("no world can be drawn", got=got, expected="one at least of each")
    generator = np.random.default_rng(seed)
    columns = [*questions, *by]
    current, reference = (
        score_questions(_draw(pool[columns], worlds, size, generator), questions, by=["world", *by])
        for _ in range(2)
    )
    tests = compare(current, reference, level=level, correction="none")
    p_values = tests.groupby("world")["p_value"]
    tests["q_value"] = p_values.transform(lambda of_world: corrected(of_world, "bh"))
    family = tests.assign(signal=tests["q_value"] < 1 - level).groupby("world")
    counted = family.agg(
        comparisons=("p_value", "count"), signals=("signal", "sum"), q_value=("q_value", "min")
    )
    return counted.reindex(range(worlds)).rename_axis("world").reset_index()


def _draw(
    pool: pd.DataFrame, worlds: int, size: int, generator: np.random.Generator
) -> pd.DataFrame:
    """Draw the questionnaires of one period of every world, with replacement."""
    rows = generator.integers(len(pool), size=worlds * size)
    return pool.iloc[rows].reset_index(drop=True).assign(world=np.repeat(range(worlds), size))
