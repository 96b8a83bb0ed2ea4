"""All scores of a survey at once: each question by the score of its role, one tidy frame."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import pandas as pd

from cxreport.inputs.meaning import NPS_SCALE, Design
from cxreport.scores.compare import compare
from cxreport.scores.kinds import score_kind, score_of
from cxreport.scores.planning import smallest_change
from cxreport.scores.pyramid import LAYERS, asked_layers, layers_of
from cxreport.scores.scales import ascending, first_favourable
from cxreport.scores.scores import lowest_favourable, net_of, share_of
from cxreport.stats.answers import COLUMNS, Asked, count_each
from cxreport.stats.intervals import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cxreport.inputs.codebook import Column
    from cxreport.inputs.period import Period
    from cxreport.inputs.source import Data
    from cxreport.stats.answers import Answers

Score: TypeAlias = "Callable[[Answers], pd.DataFrame]"
PYRAMID = "pyramid"
"""What the three layers together are called in the ``question`` column."""


def favourable_from(column: Column) -> int:
    """Return the lowest favourable answer, higher counted as better.

    As declared; or else see ``scales.first_favourable``.

    Examples
    --------
    >>> from cxreport.inputs.codebook import Column
    >>> favourable_from(Column(role="csat", scale=(1, 5)))
    4
    >>> favourable_from(Column(role="ces", scale=(1, 7)))
    5
    """
    if column.favourable_from is not None:
        return column.favourable_from
    return first_favourable(column.role, column.scale or (1, 5))


def score_questions(
    data: Data,
    questions: Mapping[str, Column],
    *,
    by: Sequence[str] = (),
    weight: str | None = None,
    cluster: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Measure every question by the score that fits its role.

    Parameters
    ----------
    data : pandas, polars or pyarrow frame, or Ibis table
        One row per answer.
    questions : mapping of str to Column
        Column -> its meaning. Questions on needs, ease and enjoyability make the pyramid when
        there is exactly one of each; other ratings are measured as satisfaction.
    by : sequence of str
        Columns to break down by.
    weight : str, optional
        Column of weights.
    cluster : str, optional
        Column that says which answers belong together, see ``nps``.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    DataFrame
        One row per group, question and metric, in the order of ``questions``: the ``by`` columns,
        ``question``, ``metric`` and the columns of the scores (those that a score does not have
        are empty).
    """
    normal_quantile(level)  # refuses a wrong level before any work
    layers = {role: [n for n, c in questions.items() if c.role == role] for role in LAYERS}
    layered = all(len(names) == 1 for names in layers.values())
    asked = {
        name: _asked(name, column, level)
        for name, column in questions.items()
        if not (layered and column.role in LAYERS)
    }
    if layered:
        names = {role: layers[role][0] for role in LAYERS}
        scale = questions[names["needs"]].scale or (1, 5)
        asked[PYRAMID] = (
            asked_layers(**names, scale=scale),
            partial(layers_of, scale=scale, level=level),
        )
    if not asked:
        return pd.DataFrame(columns=[*by, "question", *COLUMNS])
    counted = count_each(
        data, [each for each, _ in asked.values()], by=list(by), weight=weight, cluster=cluster
    )
    frames = [
        score(answers).assign(question=name)
        for (name, (_, score)), answers in zip(asked.items(), counted, strict=True)
    ]
    scores = pd.concat(frames, ignore_index=True)
    first = [*by, "question", "metric"]
    return scores[[*first, *(c for c in scores.columns if c not in first)]]


def _asked(name: str, column: Column, level: float) -> tuple[Asked, Score]:
    """Return what to count for a question, and what makes the score of its role of it."""
    metric = score_of(column.role)
    if score_kind(metric).counts == "promoters":
        return Asked({"score": name}, NPS_SCALE), partial(net_of, level=level)
    scale = column.scale or (1, 5)
    cut = lowest_favourable(metric, scale, favourable_from(column))
    score = partial(share_of, metric=metric, scale=scale, cut=cut, level=level)
    return Asked({"score": name}, ascending(scale)), score


def scoreboard(
    current: Data,
    reference: Data | None,
    questions: Mapping[str, Column],
    *,
    by: Sequence[str] = (),
    weight: str | None = None,
    cluster: str | None = None,
    level: float = 0.95,
    family_level: float | None = None,
) -> pd.DataFrame:
    """Measure every question, and how far it is from the period before.

    Parameters
    ----------
    current, reference : frame
        The answers of the period and of the one before (None if there is none).
    questions, by, weight, cluster, level
        As in ``score_questions``.
    family_level : float, optional
        1 minus the error that all comparisons of the table together are held to, see
        ``Company.family_level``; ``level`` when left out.

    Returns
    -------
    DataFrame
        The columns of ``score_questions``, then ``detectable`` (the smallest change, in points,
        that such a sample would show with a chance of 80%, compared at ``family_level``),
        ``n_reference``, ``estimate_reference``, ``difference``, ``difference_low``,
        ``difference_high``, ``p_value``, ``q_value`` and ``signal`` as in ``compare``: all rows
        together are one family of tests.
    """
    family_level = level if family_level is None else family_level
    design = Design(weight=weight, cluster=cluster)
    scores = score_questions(current, questions, by=by, level=level, **design)
    keys = [*by, "question", "metric"]
    scores["detectable"] = [smallest_change(row, family_level) for row in scores.to_dict("records")]
    added = ["n_reference", "estimate_reference", "difference", "difference_low"]
    added += ["difference_high", "p_value", "q_value", "signal"]
    if reference is None or scores.empty:
        return scores.reindex(columns=[*scores.columns, *added])
    before = score_questions(reference, questions, by=by, level=level, **design)
    differences = compare(scores, before, level=family_level).rename(
        columns={"low": "difference_low", "high": "difference_high"}
    )
    return scores.merge(differences[[*keys, *added]], on=keys, how="left", validate="one_to_one")


def score_history(
    data: Data,
    questions: Mapping[str, Column],
    history: Sequence[Period],
    *,
    by: Sequence[str] = (),
    weight: str | None = None,
    cluster: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Measure every question in every period, with a gap where nobody answered.

    Parameters
    ----------
    data : frame
        One row per answer, with ``period_start``.
    questions : mapping of str to Column
        Column -> its meaning.
    history : sequence of Period
        The periods, oldest first.
    by : sequence of str
        Columns to break down by.
    weight, cluster : str, optional
        As in ``score_questions``.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    DataFrame
        One row per group, question, metric and period: the ``by`` columns, ``question``,
        ``metric``, ``period`` (its name) and the columns of the scores; ``n`` is 0 and the estimate
        empty where there is no answer.
    """
    scores = score_questions(
        data, questions, by=["period_start", *by], weight=weight, cluster=cluster, level=level
    )
    keys = [*by, "question", "metric", "period"]
    scores["period"] = scores.pop("period_start").map(
        {pd.Timestamp(p.start): p.name for p in history}
    )
    scores = scores.dropna(subset=["period", *by])
    series = scores[keys[:-1]].drop_duplicates().sort_values(list(by), kind="stable")
    every = series.merge(pd.DataFrame({"period": [p.name for p in history]}), how="cross")
    filled = every.merge(scores, on=keys, how="left")
    return filled.assign(
        n=filled["n"].fillna(0).astype(int), note=filled["note"].fillna("no answers")
    )
