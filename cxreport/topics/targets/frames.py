"""From a survey: whether each target of the codebook is reached in the period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from cxreport.inputs.meaning import LANGUAGES
from cxreport.inputs.targets import INDEX, LAYERS, RANGES, targets_on
from cxreport.scores.kinds import score_kind, score_of
from cxreport.scores.scoreboard import PYRAMID, score_history
from cxreport.scores.signals import chart_scores
from cxreport.scores.suppression import is_small
from cxreport.stats.attainment import balance_above, half_through, mean_above, share_above
from cxreport.stats.estimates import MOSTLY_INVALID, ONE_CLASS
from cxreport.stats.trend import assurance
from cxreport.topics.service import company_history, company_still_waiting, company_waits

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from cxreport.inputs.survey import Survey
    from cxreport.inputs.targets import Target
    from cxreport.stats.trend import Better

    Row = dict[Hashable, Any]

WAITS: tuple[Literal["first_reply", "solution"], ...] = ("first_reply", "solution")
RESULT = ["n", "estimate", "low", "high"]
SURE, UNLIKELY = 90.0, 10.0
"""Probabilities, in whole percent, from which a target is called reached, or missed."""
OWNERS = [f"owner_{language}" for language in LANGUAGES]
COLUMNS = [
    "measure", "question", "metric", "n", "estimate", "low", "high", "target", *OWNERS,
    "probability", "state", "assurance",
]  # fmt: skip
USABLE = ("", ONE_CLASS, MOSTLY_INVALID)
"""Notes of scores of which a probability can be told."""


def survey_targets(survey: Survey) -> pd.DataFrame:
    """Return how probable it is that the true values meet their targets, and whether they will.

    Parameters
    ----------
    survey : Survey
        What is reported; its codebook declares the targets (``[[target]]``).

    Returns
    -------
    DataFrame
        One row per target in force, in the order of the codebook: ``measure`` (as declared);
        ``question`` and ``metric`` (as on the scoreboard; "" and the measure for a wait); ``n``
        (answers, or requests); ``estimate``, ``low``, ``high`` and ``target`` (points, percent, or
        hours of the median wait); ``owner_en``, ``owner_it`` ("" without one); ``probability``
        (percent; empty where it cannot be told); ``state`` ("reached" from 90 percent, "missed" up
        to 10, "open" between, "unknown"); ``assurance`` (of a process that goes on as it is: "pass"
        or "fail" in every period, "inconsistent", "" without limits: fewer than 12 periods).
        Without a row where none is declared, its measure was not asked, or a filter leaves only
        a part of the answers.

    Raises
    ------
    CxError
        If a table cannot be read as the codebook says.

    Notes
    -----
    Probabilities: :mod:`cxreport.stats.attainment` (shares by a beta, NPS by a Dirichlet law, the
    index by Student's, waits by the survival curve). Assurance: the limits of the period's control
    chart against the target, NHS England, Making Data Count.
    """
    return survey.once("targets", lambda: _find(survey))


def _find(survey: Survey) -> pd.DataFrame:
    """Judge every target; the parts of the answers that a filter leaves have none."""
    declared = {} if survey.filters else targets_on(survey.codebook.target, survey.period.start)
    judged = _scores(survey, declared) | _waits(survey, declared)
    rows = [
        {"measure": name, "target": target.value, **_owner(target), **judged[name]}
        for name, target in declared.items()
        if name in judged
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    few = is_small(frame["n"], survey.minimum_group)
    frame["probability"] = frame["probability"].astype(float).mask(few)
    chance = frame["probability"].round()  # as it is read: 90% is never "too close"
    states = {
        "reached": chance >= SURE, "missed": chance <= UNLIKELY, "open": chance.notna()
    }  # fmt: skip
    return frame.assign(state=np.select(list(states.values()), list(states), "unknown"))


def _owner(target: Target) -> dict[str, str]:
    owner = {str(language): text for language, text in (target.owner or {}).items()}
    return {f"owner_{language}": owner.get(language, "") for language in LANGUAGES}


def _scores(survey: Survey, declared: Mapping[str, Target]) -> dict[str, Row]:
    """Judge the targets of scores."""
    asked = survey.columns(*RANGES)
    named = {name: (name, score_of(asked[name].role)) for name in declared if name in asked}
    questions = {name: asked[name] for name in named}
    if INDEX in declared:
        questions |= survey.columns(*LAYERS)
        named[INDEX] = (PYRAMID, INDEX)
    if not questions:
        return {}
    history = score_history(survey.responses, questions, survey.history, **survey.design)
    limits = chart_scores(history, breaks=survey.breaks)
    judged = {}
    for measure, (question, metric) in named.items():
        row, limit = (
            _row(frame, survey.period.name, question=question, metric=metric)
            for frame in (history, limits)
        )
        if len(row):
            aim = declared[measure].value
            row_of_target = row[RESULT].iloc[0].to_dict() | {"question": question, "metric": metric}
            row_of_target["probability"] = 100 * _probability(row, aim)
            judged[measure] = row_of_target | _assurance(limit, score_kind(metric).better, aim)
    return judged


def _row(frame: pd.DataFrame, period: str, **where: str) -> pd.DataFrame:
    """Return the row of one series and period, if there is one."""
    chosen = frame["period"] == period
    for name, value in where.items():
        chosen &= frame[name] == value
    return frame[chosen]


def _probability(row: pd.DataFrame, aim: float) -> float:
    """Return how probable it is that a true score is at least so high."""
    if row["note"].item() not in USABLE:
        return float("nan")
    estimate, std_error, size = row["estimate"], row["std_error"], row["n_effective"]
    bound, kind = 0 * estimate + aim, score_kind(row["metric"].item())
    if kind.counts == "promoters":
        probability = balance_above(estimate, std_error, size, bound)
    elif kind.unit == "points":
        probability = mean_above(estimate, std_error, size, bound)
    else:
        probability = share_above(estimate, size, bound)
    return float(probability.item())


def _waits(survey: Survey, declared: Mapping[str, Target]) -> dict[str, Row]:
    """Judge the targets of median waits."""
    metrics = [metric for metric in WAITS if metric in declared]
    if not metrics:
        return {}
    now, history = company_waits(survey, by=()), company_history(survey, by="")
    judged: dict[str, Row] = {}
    for metric in metrics:
        row, limit = (_row(frame, survey.period.name, metric=metric) for frame in (now, history))
        aim = declared[metric].value
        waiting = company_still_waiting(survey, metric, aim)
        if len(row) and len(waiting):
            probability = half_through(waiting["estimate"], waiting["std_error"], waiting["n"])
            row_of_target = row[RESULT].iloc[0].to_dict() | {"question": "", "metric": metric}
            row_of_target["probability"] = 100 * float(probability.item())
            judged[metric] = row_of_target | _assurance(limit, "lower", aim)
    return judged


def _assurance(limits: pd.DataFrame, better: Better, aim: float) -> Row:
    """Return what a process that goes on as it is will do."""
    words = assurance(limits.astype({"lower": float, "upper": float}), better, aim)
    return {"assurance": str(words[0]) if len(words) else ""}
