"""The channels of a company: the frames of that part of a report."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.inputs.meaning import Design
from cxreport.inputs.source import run
from cxreport.scores.compare import compare
from cxreport.scores.recent import PERIODS, columns_with, last_day, recent_rows, valid_recent
from cxreport.scores.scoreboard import favourable_from
from cxreport.scores.scores import nps
from cxreport.scores.segments import suppress
from cxreport.scores.suppression import SUPPRESSED
from cxreport.scores.totals import pooled_hidden
from cxreport.topics.channels import friction_rates, matrix
from cxreport.topics.channels.friction import journey_friction, request_friction
from cxreport.topics.channels.multichannel import multichannel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cxreport.inputs.codebook import Column
    from cxreport.inputs.company import Company

SCORES = [
    "group", "question", "metric", "n", "estimate", "low", "high", "estimate_reference",
    "difference", "difference_low", "difference_high", "p_value", "q_value", "signal", "note",
]  # fmt: skip
MATRIX_EVENTS = {"stage", "channel", "event_name", "session_id", "customer_id", "occurred_at"}
JOURNEY_EVENTS = {"customer_id", "channel", "occurred_at"}
REQUESTS = {"customer_id", "channel", "created_at"}
CUSTOMERS = [
    "outcome", "n_several", "n_one", "several", "one", "raw", "raw_low", "raw_high", "compared",
    "estimate", "std_error", "low", "high", "p_value", "q_value", "signal", "note",
]  # fmt: skip


def channel_scores(company: Company, *, periods: int = PERIODS) -> pd.DataFrame:
    """Compare the NPS of each channel with that of all other channels together.

    Parameters
    ----------
    company : Company or Survey
        With NPS and a channel in the answers.
    periods : int
        How many periods count, the one reported the last of them.

    Returns
    -------
    DataFrame
        One row per channel, best first: ``group`` (the channel), ``question``, ``metric`` ("nps"),
        ``n``, ``estimate``, ``low``, ``high`` (points), ``estimate_reference`` (the others),
        ``difference``, ``difference_low``, ``difference_high`` (points), ``p_value``, ``q_value``
        (Holm over the channels), ``signal``, ``note`` ("suppressed" where there are too few
        answers, or the pages of single periods would give them away with this one, and for the
        next smallest channel where one alone would be hidden: only the channel is named). Without
        a row when there is no NPS or no channel.
    """
    answers = recent_rows(company, "responses", periods)
    score, question = next(iter(columns_with(company, "nps").items()), (None, None))
    channel = next(iter(columns_with(company, "channel")), None)
    if answers is None or score is None or question is None or channel is None:
        return pd.DataFrame(columns=SCORES)
    weight, customer = (next(iter(columns_with(company, r)), None) for r in ("weight", "customer"))
    design = Design(weight=weight, cluster=customer)
    own = nps(answers.filter(answers[channel].notnull()), score, by=channel, **design)
    few = _hidden(company, own, {score: question}, channel, periods)
    own = own.rename(columns={channel: "group"})
    rest = [
        nps(answers.filter(answers[channel] != code), score, **design).assign(group=code)
        for code in own["group"]
    ]
    if len(own) < 2:
        return own.assign(question=score).reindex(columns=SCORES)
    reference = pd.concat(rest, ignore_index=True)[own.columns]
    ends = {"low": "difference_low", "high": "difference_high"}
    differences = compare(own, reference, level=company.family_level, correction="holm").rename(
        columns=ends
    )
    wanted = ["group", *(name for name in SCORES if name in differences and name not in own)]
    table = own.merge(differences[wanted], on="group").assign(question=score)
    numbers = [name for name in SCORES[3:-1] if name in table]
    table[numbers] = table[numbers].astype(object).mask(few)
    table["note"] = table["note"].mask(few, "suppressed")
    ordered = table.infer_objects().sort_values("estimate", ascending=False, ignore_index=True)
    return ordered.reindex(columns=SCORES)


def _hidden(
    company: Company,
    scores: pd.DataFrame,
    question: Mapping[str, Column],
    channel: str,
    periods: int,
) -> pd.Series:
    """Return which channels are hidden: too small, or given away with the pages of one period."""
    answers, minimum = company.table("responses"), company.minimum_group
    if answers is None:
        return pd.Series(data=False, index=scores.index)
    past = answers.filter(answers.period_start <= company.period.start)
    hidden = pooled_hidden(
        past.filter(past[channel].notnull()), channel, question,
        periods=periods, by_period=True, minimum=minimum,
    )  # fmt: skip
    open_scores = suppress(scores, minimum, also=scores[channel].isin(hidden))
    return open_scores["note"] == SUPPRESSED


def stage_channels(
    company: Company,
    done: Mapping[str, Sequence[str]],
    *,
    periods: int = PERIODS,
    hours: int = 24,
) -> pd.DataFrame:
    """Return what each channel is to each stage: used, finished, easy, liked.

    Parameters
    ----------
    company : Company or Survey
        With events, or answers with stage and channel, or both.
    done : mapping of str to list of str
        Stage -> names of the events by which it is done.
    periods : int
        How many periods count, the one reported the last of them.
    hours : int
        Time to get a stage done.

    Returns
    -------
    DataFrame
        One row per stage, channel and measure ("use", "completion", "ease", "satisfaction"), as
        ``channel_use`` and ``channel_ratings``; without a row when neither is there.
    """
    parts = []
    events = recent_rows(company, "events", periods)
    if events is not None and company.columns_of("events") >= MATRIX_EVENTS:
        window = dt.timedelta(hours=hours)
        parts.append(matrix.channel_use(events, done=done, window=window, until=last_day(company)))
    answers = valid_recent(company, periods)
    roles = {"ease": "ces", "satisfaction": "csat"}
    rated = {measure: columns_with(company, role) for measure, role in roles.items()}
    measures = {
        measure: (name, favourable_from(column))
        for measure, columns in rated.items()
        for name, column in list(columns.items())[:1]
    }
    channel = next(iter(columns_with(company, "channel")), None)
    if answers is not None and channel and measures and "stage" in answers.columns:
        ratings = matrix.channel_ratings(answers, measures, channel=channel)
        parts.append(ratings[matrix.COLUMNS])
    cells = [part for part in parts if not part.empty]
    if not cells:
        return pd.DataFrame(columns=matrix.COLUMNS)
    return pd.concat([part.astype({"count": "Int64"}) for part in cells], ignore_index=True)


def company_friction(
    company: Company, digital: Sequence[str], *, periods: int = PERIODS
) -> pd.DataFrame:
    """Count friction in 100 journeys and 100 requests, digital and assisted.

    Parameters
    ----------
    company : Company or Survey
        With events, or tickets, or both.
    digital : list of str
        Channels without a person.
    periods : int
        How many periods count, the one reported the last of them.

    Returns
    -------
    DataFrame
        As ``journey_friction`` and ``request_friction``, below each other; without a row when
        neither is there.
    """
    parts = []
    events, tickets = (recent_rows(company, name, periods) for name in ("events", "tickets"))
    until = last_day(company)
    if events is not None and company.columns_of("events") >= JOURNEY_EVENTS:
        error = "is_error" if "is_error" in events.columns else None
        parts.append(journey_friction(events, digital=digital, until=until, error=error))
    if tickets is not None and company.columns_of("tickets") >= REQUESTS:
        reason, transfers = (
            name if name in tickets.columns else None for name in ("reason", "transfers_n")
        )
        parts.append(
            request_friction(
                tickets, digital=digital, until=until, reason=reason, transfers=transfers
            )
        )
    if not parts:
        return pd.DataFrame(columns=friction_rates.COLUMNS)
    return pd.concat(parts, ignore_index=True)


def channel_customers(company: Company, *, months: int = 6) -> pd.DataFrame:
    """Compare customers of several channels with those of one, as active before.

    Parameters
    ----------
    company : Company or Survey
        With orders that say their channel.
    months : int
        How long customers are watched, up to the end of the period; who they are is read from the
        orders before that. Cancelled orders are left out.

    Returns
    -------
    DataFrame
        As ``multichannel``, amounts without what was refunded where that is known; without a row
        when there are no such orders, or none before.
    """
    orders = company.table("orders")
    needed = {"customer_id", "channel", "ordered_at", "net_amount"}
    split = (pd.Timestamp(company.period.end) - pd.DateOffset(months=months)).date()
    if orders is None or not needed <= set(orders.columns):
        return pd.DataFrame(columns=CUSTOMERS)
    kept = orders
    if "status" in orders.columns:
        cancelled = (orders.status == "cancelled").fill_null(False)
        kept = orders.filter(~cancelled)
    if "refund_amount" in kept.columns:
        kept = kept.mutate(net_amount=kept.net_amount - kept.refund_amount.fill_null(0))
    early = kept.filter(kept.ordered_at.cast("timestamp") < ibis.literal(pd.Timestamp(split)))
    if not run(early.aggregate(n=early.count()))["n"].item():
        return pd.DataFrame(columns=CUSTOMERS)
    return multichannel(
        kept, split=split, until=last_day(company), family_level=company.family_level
    )
