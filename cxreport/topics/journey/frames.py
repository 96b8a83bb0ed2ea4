"""The journey of a company's customers: the frames of that part of a report."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from cxreport.inputs.meaning import NPS_SCALE, SCORES
from cxreport.scores.scales import valid_answers
from cxreport.scores.scoreboard import favourable_from
from cxreport.topics.journey.event_problems import event_problems
from cxreport.topics.journey.first_drop import COLUMNS as DROP_COLUMNS
from cxreport.topics.journey.first_drop import first_drop
from cxreport.topics.journey.peak_end import COLUMNS as MEMORY_COLUMNS
from cxreport.topics.journey.peak_end import peak_end
from cxreport.topics.journey.stage_coverage import COLUMNS as COVERAGE_COLUMNS
from cxreport.topics.journey.stage_coverage import stage_coverage
from cxreport.topics.journey.stage_ratings import COLUMNS as RATING_COLUMNS
from cxreport.topics.journey.stage_ratings import stage_ratings
from cxreport.topics.journey.stages import in_order
from cxreport.topics.journey.transitions import COLUMNS as TRANSITION_COLUMNS
from cxreport.topics.journey.transitions import transitions

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

    from cxreport.inputs.company import Company
    from cxreport.inputs.meaning import Column

PERIODS = 12
"""Periods that the journey is looked at over: the last year of months."""


def columns_with(company: Company, *roles: str) -> dict[str, Column]:
    """Return the columns of the answers with one of these roles, asked in the period reported."""
    described = company.codebook.tables.get("responses")
    wave = company.period.name if company.period.kind == "wave" else None
    named = described.with_role(*roles) if described else {}
    known = company.columns_of("responses")
    return {name: c for name, c in named.items() if c.in_wave(wave) and name in known}


def recent_rows(company: Company, table: str, periods: int = PERIODS) -> ir.Table | None:
    """Return the rows of the period reported and of the ones just before, so many in all."""
    rows = company.table(table)
    if rows is None or "period_start" not in rows.columns:
        return rows
    first = company.history[-periods:][0].start
    return rows.filter((rows.period_start >= first) & (rows.period_start <= company.period.start))


def valid_recent(company: Company, periods: int = PERIODS) -> ir.Table | None:
    """Return the recent answers, those outside their scale left empty, with higher as better."""
    rows = recent_rows(company, "responses", periods)
    return rows if rows is None else valid_answers(rows, columns_with(company, *SCORES))


def last_day(company: Company) -> dt.date:
    """Return the last day of the period reported."""
    return company.period.end - dt.timedelta(days=1)


def staged_touchpoints(company: Company) -> dict[str, tuple[str, int]]:
    """Return the ratings in the order of the journey: column -> stage and favourable answer."""
    staged = {n: c for n, c in columns_with(company, "touchpoint").items() if c.stage}
    ordered = sorted(staged.items(), key=lambda item: in_order(item[1].stage))
    return {name: (str(column.stage), favourable_from(column)) for name, column in ordered}


def _widest(company: Company, *names: str) -> tuple[int, int]:
    """Return the ends of all scales of some questions, or of the touchpoints."""
    columns = company.codebook.responses.columns
    chosen = [columns[name] for name in names or columns_with(company, "touchpoint")]
    ends = [end for column in chosen for end in column.scale or NPS_SCALE]
    return min(ends), max(ends)


def journey_stages(company: Company, *, periods: int = PERIODS) -> pd.DataFrame:
    """Say how each stage is rated; see ``stage_ratings``.

    Parameters
    ----------
    company : Company or Survey
        With touchpoint ratings that name their stage in the codebook.
    periods : int
        How many periods count, the one reported the last of them.

    Returns
    -------
    DataFrame
        As ``stage_ratings``; without a row when no rating names a stage.
    """
    answers, ratings = valid_recent(company, periods), staged_touchpoints(company)
    if answers is None or not ratings:
        return pd.DataFrame(columns=RATING_COLUMNS)
    return stage_ratings(answers, ratings, scale=_widest(company))


def journey_coverage(company: Company, *, periods: int = PERIODS) -> pd.DataFrame:
    """Say where along the journey customers are asked; see ``stage_coverage``.

    Returns
    -------
    DataFrame
        As ``stage_coverage``, with the company's ``events`` as uses and its ``invites``, where it
        has them; without a row when the answers do not say their stage.
    """
    answers = recent_rows(company, "responses", periods)
    if answers is None or "stage" not in answers.columns:
        return pd.DataFrame(columns=COVERAGE_COLUMNS)
    events, invites = (_with_stage(company, name, periods) for name in ("events", "invites"))
    date = next(iter(columns_with(company, "date")))
    return stage_coverage(answers, invites=invites, events=events, date=date)


def _with_stage(company: Company, table: str, periods: int) -> ir.Table | None:
    """Return the recent rows of a table that says stages."""
    if "stage" not in company.columns_of(table):
        return None
    return recent_rows(company, table, periods)


def _has(company: Company, table: str, columns: Sequence[str]) -> bool:
    return set(columns) <= company.columns_of(table)


STEP = "event_name"
JOURNEY_EVENTS = ("session_id", STEP, "occurred_at", "event_id")


def journey_steps(company: Company, *, periods: int = PERIODS) -> pd.DataFrame:
    """Say what customers do next in a session; see ``transitions``.

    Returns
    -------
    DataFrame
        As ``transitions`` between the steps (``event_name``) of a session; without a row when there
        are no events with a session and a name.
    """
    events = recent_rows(company, "events", periods)
    if events is None or not _has(company, "events", JOURNEY_EVENTS):
        return pd.DataFrame(columns=TRANSITION_COLUMNS)
    cluster = "customer_id" if _has(company, "events", ["customer_id"]) else None
    until = last_day(company)
    return transitions(events, state=STEP, sequence="event_id", cluster=cluster, until=until)


def journey_event_problems(company: Company, *, periods: int = PERIODS) -> pd.DataFrame:
    """Count the events that are in no journey, or in doubtful order; see ``event_problems``.

    Returns
    -------
    DataFrame
        As ``event_problems``; without a row when there are no events with a session and a name.
    """
    events = recent_rows(company, "events", periods)
    if events is None or not _has(company, "events", JOURNEY_EVENTS):
        return pd.DataFrame(columns=["problem", "n", "found", "excluded"])
    until = last_day(company)
    return event_problems(events, state=STEP, sequence="event_id", until=until)


def detractor_first_drop(company: Company, *, periods: int = PERIODS) -> pd.DataFrame:
    """Say where it begins to go wrong for detractors; see ``first_drop``.

    Returns
    -------
    DataFrame
        As ``first_drop``; without a row when there is no NPS, or fewer than two stages are rated.
    """
    answers = valid_recent(company, periods)
    score = next(iter(columns_with(company, "nps")), None)
    ratings = {name: stage for name, (stage, _) in staged_touchpoints(company).items()}
    if answers is None or score is None or len(set(ratings.values())) < 2:
        return pd.DataFrame(columns=DROP_COLUMNS)
    return first_drop(
        answers, ratings, score=score, scale=_widest(company), family_level=company.family_level
    )


def journey_memory(
    company: Company, *, periods: int = PERIODS, repeats: int = 20, seed: int = 0
) -> pd.DataFrame:
    """Say whether peak, end or mean predict the overall score best; see ``peak_end``.

    Returns
    -------
    DataFrame
        As ``peak_end`` on the NPS question, or else on satisfaction; without a row when there is
        neither, or fewer than two ratings name their stage, or they have different scales.
    """
    answers = valid_recent(company, periods)
    score = next(iter([*columns_with(company, "nps"), *columns_with(company, "csat")]), None)
    ratings = list(staged_touchpoints(company))
    columns = columns_with(company, "touchpoint")
    scales = {tuple(sorted(columns[name].scale or (1, 5))) for name in ratings}
    if answers is None or score is None or len(ratings) < 2 or len(scales) > 1:
        return pd.DataFrame(columns=MEMORY_COLUMNS)
    low, high = scales.pop()
    return peak_end(
        answers, ratings, score=score, scale=(low, high), score_scale=_widest(company, score),
        repeats=repeats, seed=seed, family_level=company.family_level,
    )  # fmt: skip
