"""The journey of a company's customers: the frames of that part of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.inputs.meaning import NPS_SCALE
from cxreport.scores.compare import compare
from cxreport.scores.recent import PERIODS, columns_with, last_day, recent_rows, valid_recent
from cxreport.scores.scoreboard import favourable_from
from cxreport.scores.scores import nps
from cxreport.topics.journey.event_problems import event_problems
from cxreport.topics.journey.expectations import CLASSES, against_expectation
from cxreport.topics.journey.first_drop import COLUMNS as DROP_COLUMNS
from cxreport.topics.journey.first_drop import first_drop
from cxreport.topics.journey.peak_end import COLUMNS as MEMORY_COLUMNS
from cxreport.topics.journey.peak_end import peak_end
from cxreport.topics.journey.promises import COUNTS, lateness, promise_kept
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

STEP = "event_name"
JOURNEY_EVENTS = ("session_id", STEP, "occurred_at", "event_id")
EXPECTED = "expected"
EXPECTATIONS = [
    "answer", "n", "count", "estimate", "low", "high", "nps_n", "nps", "nps_low", "nps_high",
    "difference", "difference_low", "difference_high", "p_value", "q_value", "signal", "note",
]  # fmt: skip
PROMISE_TIMES = {"ordered_at", "promised_at", "delivered_at"}
PROMISES = ["group", *COUNTS, "estimate", "std_error", "low", "high", "note"]


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
    """Return how each stage is rated; see ``stage_ratings``.

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
    """Return where along the journey customers are asked; see ``stage_coverage``.

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


def journey_steps(company: Company, *, periods: int = PERIODS) -> pd.DataFrame:
    """Return what customers do next in a session; see ``transitions``.

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
    """Return where it begins to go wrong for detractors; see ``first_drop``.

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
    """Return whether peak, end or mean predict the overall score best; see ``peak_end``.

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


def survey_expectations(company: Company, *, periods: int = PERIODS) -> pd.DataFrame:
    """Return how many found it worse or better than expected, and what goes with that.

    Parameters
    ----------
    company : Company or Survey
        With a column ``expected`` in the answers (codes worse, as, better).
    periods : int
        How many periods count, the one reported the last of them.

    Returns
    -------
    DataFrame
        One row per class ("worse", "as", "better"): ``answer``; ``n``, ``count``, ``estimate``,
        ``low``, ``high`` as ``against_expectation`` (percent); ``nps_n``, ``nps``, ``nps_low``,
        ``nps_high`` (points) of the class, and ``difference``, ``difference_low``,
        ``difference_high`` (points), ``p_value``, ``q_value`` (Holm) and ``signal`` to "as";
        ``note``. Without a row when nobody is asked.
    """
    answers = recent_rows(company, "responses", periods)
    score = next(iter(columns_with(company, "nps")), None)
    if answers is None or EXPECTED not in answers.columns or score is None:
        return pd.DataFrame(columns=EXPECTATIONS)
    shares = against_expectation(answers, EXPECTED)
    scores = nps(answers.filter(answers[EXPECTED].isin(list(CLASSES))), score, by=EXPECTED)
    scores = scores.rename(columns={EXPECTED: "answer"})
    named = scores.set_index("answer")[["n", "estimate", "low", "high"]]
    named.columns = pd.Index(["nps_n", "nps", "nps_low", "nps_high"])
    table = shares.join(named, on="answer").join(
        _from_as(scores, company.family_level), on="answer"
    )
    return table.reindex(columns=EXPECTATIONS)


def _from_as(scores: pd.DataFrame, level: float) -> pd.DataFrame:
    """Compare the NPS of each class with that of people who got what they expected."""
    as_expected = scores[scores["answer"] == "as"]
    others = scores[scores["answer"].isin(["worse", "better"])]
    names = ["difference", "low", "high", "p_value", "q_value", "signal"]
    if as_expected.empty or others.empty:
        return pd.DataFrame(columns=names, index=pd.Index([], dtype="str"))
    reference = pd.concat([as_expected.assign(answer=each) for each in others["answer"]])
    tests = compare(others, reference, level=level, correction="holm").set_index("answer")[names]
    return tests.rename(columns={"low": "difference_low", "high": "difference_high"})


def delivery_promises(company: Company, *, periods: int = PERIODS) -> pd.DataFrame:
    """Return how many orders arrive by the promised moment; see ``promise_kept``.

    Returns
    -------
    DataFrame
        First all orders (``group`` is ""), then by channel: ``group`` and the columns of
        ``promise_kept``; channels without a promise are left out. Without a row when the orders
        have no promises.
    """
    orders = _promised(company, periods)
    if orders is None:
        return pd.DataFrame(columns=PROMISES)
    until, status = company.until, _status(orders)
    parts = [promise_kept(orders, until=until, status=status).assign(group="")]
    if "channel" in orders.columns:
        by = promise_kept(orders, until=until, status=status, by="channel")
        parts.append(by[by["n"] + by["open"] > 0].rename(columns={"channel": "group"}))
    return pd.concat(parts, ignore_index=True)[PROMISES]


def delivery_lateness(company: Company, *, periods: int = PERIODS) -> pd.DataFrame:
    """Return how late broken promises are; see ``lateness``.

    Returns
    -------
    DataFrame
        As ``lateness`` (hours); without a row when the orders have no promises.
    """
    orders = _promised(company, periods)
    if orders is None:
        return pd.DataFrame(columns=["quantile", "n", "overdue", "estimate", "low", "high", "note"])
    return lateness(orders, until=company.until, status=_status(orders))


def _promised(company: Company, periods: int) -> ir.Table | None:
    """Return the recent orders, where they have promises."""
    orders = recent_rows(company, "orders", periods)
    return orders if orders is not None and set(orders.columns) >= PROMISE_TIMES else None


def _status(orders: ir.Table) -> str | None:
    return "status" if "status" in orders.columns else None
