"""What drives the main score of a survey, from its touchpoints: the frames of the sections."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.inputs.columns import check_result
from cxreport.inputs.source import keep
from cxreport.scores.suppression import is_small
from cxreport.topics.drivers.answers import driver_answers
from cxreport.topics.drivers.asymmetry import asymmetry, priority_order
from cxreport.topics.drivers.criticality import criticality
from cxreport.topics.drivers.importance import importance
from cxreport.topics.drivers.later_outcomes import (
    AGAIN,
    NEEDED,
    NEXT,
    STAYED,
    with_contracts,
    with_next_score,
    with_orders,
)
from cxreport.topics.drivers.moments_of_truth import moments_of_truth

if TYPE_CHECKING:
    from cxreport.inputs.survey import Survey

LARGE_POINTS = 5.0
"""Percentage points of customers that count as a large effect."""
LARGE_SCORE = 0.05
"""Part of a score's scale that counts as a large effect: half a point of 0 to 10."""
EMPTY = {
    importance: ["question", "n", "estimate", "low", "high", "share", "note"],
    asymmetry: ["question", "n", "penalty", "reward", "asymmetry", "kind", "note"],
    criticality: ["question", "n", "estimate", "low", "high", "top", "level", "note"],
    priority_order: ["question", "performance", "kind", "standing", "order"],
    moments_of_truth: ["outcome", "question", "n", "kind", "at_risk", "note"],
}


def survey_importance(
    survey: Survey, *, periods: int = 12, bootstrap: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """Share out the differences in the main score among the touchpoints.

    Parameters
    ----------
    survey : Survey
        The survey reported.
    periods : int
        How many, up to the one reported, are taken together.
    bootstrap, seed
        As in ``importance``.

    Returns
    -------
    DataFrame
        As ``importance``, with ``question`` (the touchpoint's column) in place of ``driver``, most
        important first; without a row when ``driver_answers`` has nothing.
    """
    answers = driver_answers(survey, periods)
    if answers is None:
        return pd.DataFrame(columns=EMPTY[importance])
    shares = importance(
        answers.rows, answers.outcome, answers.drivers, scale=answers.scale,
        outcome_scale=answers.outcome_scale, weight=answers.weight, cluster=answers.cluster,
        bootstrap=bootstrap, seed=seed,
    )  # fmt: skip
    return _named(_large_enough(shares, survey)).sort_values(
        "estimate", ascending=False, ignore_index=True
    )


def survey_criticality(
    survey: Survey,
    *,
    target: float | None = None,
    periods: int = 12,
    bootstrap: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Rank what to fix first among the touchpoints.

    Parameters
    ----------
    survey, periods, bootstrap, seed
        As in ``survey_importance``.
    target : float, optional
        Mean rating that every touchpoint should have; that of a satisfied customer (4 of 1 to 5)
        when left out.

    Returns
    -------
    DataFrame
        As ``criticality``, with ``question`` in place of ``driver``, ``target`` and
        ``target_set`` (true where the target was given, not that of a satisfied customer).
    """
    answers = driver_answers(survey, periods)
    if answers is None:
        return pd.DataFrame(columns=EMPTY[criticality])
    wanted = answers.satisfied if target is None else target
    ranked = criticality(
        answers.rows, answers.outcome, answers.drivers, target=wanted, scale=answers.scale,
        outcome_scale=answers.outcome_scale, weight=answers.weight, cluster=answers.cluster,
        bootstrap=bootstrap, seed=seed, family_level=survey.family_level,
    )  # fmt: skip
    return _named(_large_enough(ranked, survey)).assign(
        target=wanted, target_set=target is not None
    )


def survey_asymmetry(
    survey: Survey,
    *,
    threshold: float = 0.1,
    periods: int = 12,
    bootstrap: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Measure what a bad touchpoint costs and what an excellent one gains.

    Parameters
    ----------
    survey, periods, bootstrap, seed
        As in ``survey_importance``.
    threshold : float
        As in ``asymmetry``.

    Returns
    -------
    DataFrame
        As ``asymmetry``, with ``question`` in place of ``driver``, largest penalty first.
    """
    answers = driver_answers(survey, periods)
    if answers is None:
        return pd.DataFrame(columns=EMPTY[asymmetry])
    effects = asymmetry(
        answers.rows, answers.outcome, answers.drivers, low_to=answers.low_to,
        high_from=answers.high_from, scale=answers.scale, outcome_scale=answers.outcome_scale,
        threshold=threshold, weight=answers.weight, cluster=answers.cluster,
        bootstrap=bootstrap, seed=seed,
    )  # fmt: skip
    return _named(_large_enough(effects, survey)).sort_values("penalty", ignore_index=True)


def survey_priorities(effects: pd.DataFrame, ranked: pd.DataFrame) -> pd.DataFrame:
    """Order the touchpoints by kind and performance: a bad basic thing first.

    Parameters
    ----------
    effects : DataFrame
        From ``survey_asymmetry``.
    ranked : DataFrame
        From ``survey_criticality``: the performance.

    Returns
    -------
    DataFrame
        As ``priority_order``, with ``question`` in place of ``driver``.
    """
    check_result(effects, ("question",) if len(effects) else (), "survey_asymmetry")
    asked = ("question", "performance") if len(ranked) else ()
    check_result(ranked, asked, "survey_criticality")
    if effects.empty or ranked.empty:
        return pd.DataFrame(columns=EMPTY[priority_order])
    both = effects.merge(ranked[["question", "performance"]], on="question")
    return _named(priority_order(both.rename(columns={"question": "driver"})))


def survey_moments(
    survey: Survey,
    *,
    target: float | None = None,
    days: int = 180,
    periods: int = 25,
    bootstrap: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Find the touchpoints whose rating goes with what the customer does later.

    Later is: ordering again within some days (in percent of customers), the main score of the next
    answer, and still being under contract after as many days; whatever of it the source knows.

    Parameters
    ----------
    survey, periods, bootstrap, seed
        As in ``survey_importance``.
    target : float, optional
        As in ``survey_criticality``.
    days : int
        Length of the window.

    Returns
    -------
    DataFrame
        As ``moments_of_truth``, with ``question`` in place of ``driver``, ``target`` and
        ``target_set`` as in ``survey_criticality``; ``outcome`` is "ordered_again", "next_score"
        or "stayed". Large is 5 percentage points, or a twentieth of the score's scale. Without a
        row when customers are not known.
    """
    answers = driver_answers(survey, periods)
    if answers is None or not set(NEEDED) <= set(answers.rows.columns):
        return pd.DataFrame(columns=EMPTY[moments_of_truth])
    rows = with_next_score(answers.rows, score=answers.outcome)
    worst, best = answers.outcome_scale
    outcomes = {NEXT: LARGE_SCORE * (best - worst)}
    if {"customer_id", "ordered_at"} <= survey.columns_of("orders"):
        rows = with_orders(rows, survey.table("orders"), observed_until=survey.until, days=days)
        outcomes = {AGAIN: LARGE_POINTS, **outcomes}
    if {"customer_id", "contract_start", "contract_end"} <= survey.columns_of("customers"):
        everybody = survey.table("customers")
        rows = with_contracts(rows, everybody, observed_until=survey.until, days=days)
        outcomes[STAYED] = LARGE_POINTS
    wanted = answers.satisfied if target is None else target
    moments = moments_of_truth(
        keep(rows), outcomes, answers.drivers, low_to=answers.low_to, high_from=answers.high_from,
        target=wanted, scale=answers.scale, cluster=answers.cluster, bootstrap=bootstrap, seed=seed,
        family_level=survey.family_level,
    )  # fmt: skip
    return _named(_large_enough(moments, survey)).assign(
        target=wanted, target_set=target is not None
    )


def _large_enough(frame: pd.DataFrame, survey: Survey) -> pd.DataFrame:
    """Leave out what rests on so few answers that persons might be recognised."""
    return frame[~is_small(frame["n"], survey.minimum_group)].reset_index(drop=True)


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename(columns={"driver": "question"})
