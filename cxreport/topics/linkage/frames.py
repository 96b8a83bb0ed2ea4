"""What a company's own tables say of the link between experience and money."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.inputs.source import run
from cxreport.orders.frames import PAID, company_trade
from cxreport.scores.pyramid import LAYERS
from cxreport.scores.scales import valid_answers
from cxreport.topics.channels import multichannel
from cxreport.topics.drivers import importance
from cxreport.topics.linkage.claims import Evidence, judge_claims
from cxreport.topics.linkage.exceeding import exceeding
from cxreport.topics.linkage.loyal_ratio import COLUMNS as RATIO
from cxreport.topics.linkage.loyal_ratio import loyal_ratio
from cxreport.topics.linkage.score_link import COLUMNS as LINK
from cxreport.topics.linkage.score_link import ScoreLink, score_link
from cxreport.topics.linkage.word_of_mouth import COLUMNS as WORD_OF_MOUTH
from cxreport.topics.linkage.word_of_mouth import word_of_mouth

if TYPE_CHECKING:
    from cxreport.inputs.company import Company
    from cxreport.inputs.survey import Survey
    from cxreport.orders.frames import Trade

YEAR = 12
LATE = 7
"""A first month whose orders begin after this day is not a whole one."""
TOLD = "told_n"
PERIODS = ("earlier", "later", "last", "currency")


def company_score_link(company: Company, *, window_days: int = 180) -> ScoreLink:
    """Measure whether the score goes with what a company's customers buy afterwards.

    Parameters
    ----------
    company : Company
        With answers (a question of NPS, customers) and orders.
    window_days : int
        Length of the window after the answer, and of the one before.

    Returns
    -------
    ScoreLink
        As :func:`~cxreport.topics.linkage.score_link`, ``differences`` with ``currency``
        (code; empty where it is not stated); frames without a row where something is missing.

    Raises
    ------
    CxError
        If the amounts are in several currencies.
    """
    answers, asked = company.table("responses"), _asked(company, "nps")
    needed = {"response_id", "customer_id", "answered_at"}
    answerable = asked and needed <= company.columns_of("responses")
    trade = company_trade(company) if answerable else None
    if answers is None or trade is None or trade.bought is None:
        return ScoreLink(
            pd.DataFrame(columns=[*LINK, "currency"]),
            pd.DataFrame(columns=["outcome", "answer", "n", "estimate", "low", "high", "note"]),
            pd.DataFrame(columns=["reason", "n"]),
        )
    link = score_link(
        answers, trade.bought, until=trade.last, since=trade.first, score=asked[0],
        amount=PAID if trade.has(PAID) else None, window_days=window_days,
    )  # fmt: skip
    return replace(link, differences=link.differences.assign(currency=trade.currency))


def split_months(trade: Trade) -> tuple[dt.date, dt.date] | None:
    """Return the first days of an earlier and of a later period of equal length.

    As many whole months each as the orders cover, twelve at most; the later ends with the period
    reported. None with less than two months.
    """
    first, end = pd.Timestamp(trade.first), pd.Timestamp(trade.last) + pd.Timedelta(days=1)
    if first.day > LATE:
        first += pd.offsets.MonthBegin()
    length = min(YEAR, ((end.year - first.year) * 12 + end.month - first.month) // 2)
    if length < 1:
        return None
    later, earlier = (end - pd.DateOffset(months=length * times) for times in (1, 2))
    return earlier.date(), later.date()


def company_loyal_ratio(company: Company, *, at_least: int = 0, seed: int = 0) -> pd.DataFrame:
    """Measure how many times as much a company's loyal customers spend later.

    Parameters
    ----------
    company : Company
        With orders.
    at_least : int
        Orders in the earlier period that make a customer loyal; 0 for the least number that no
        more than a quarter of the customers reach.
    seed : int
        Of the bootstrap.

    Returns
    -------
    DataFrame
        As :func:`~cxreport.topics.linkage.loyal_ratio`, then ``earlier``, ``later``,
        ``last`` (first day of either period, last day of the later one) and ``currency``; without
        a row where there are no orders with amounts, or fewer than two months of them.
    """
    trade = company_trade(company)
    days = split_months(trade)
    if trade.bought is None or not trade.has(PAID) or days is None:
        return pd.DataFrame(columns=[*RATIO, *PERIODS])
    earlier, later = days
    pre, post = (earlier, later - dt.timedelta(days=1)), (later, trade.last)
    ratio = loyal_ratio(trade.bought, pre=pre, post=post, at_least=at_least, amount=PAID, seed=seed)
    return ratio.assign(earlier=earlier, later=later, last=trade.last, currency=trade.currency)


def company_claims(
    company: Company, link: ScoreLink, ratio: pd.DataFrame, *, seed: int = 0
) -> pd.DataFrame:
    """Put the claims of the trade on trial with a company's own data.

    Parameters
    ----------
    company : Company
        All its answers and orders up to its last day count.
    link : ScoreLink
        From :func:`company_score_link`.
    ratio : DataFrame
        From :func:`company_loyal_ratio`.
    seed : int
        Of the resampling.

    Returns
    -------
    DataFrame
        As :func:`~cxreport.topics.linkage.judge_claims`, with ``currency``.
    """
    trade = company_trade(company)
    evidence = Evidence(
        link=link, ratio=ratio, told=_word_of_mouth(company, seed), layers=_layers(company, seed),
        exceeded=_exceeded(company), channels=_channels(trade),
    )  # fmt: skip
    return judge_claims(evidence).assign(currency=trade.currency)


def survey_word_of_mouth(
    survey: Survey, *, periods: int = 12, bootstrap: int = 2000, seed: int = 0
) -> pd.DataFrame:
    """Answer how many people hear of the company from its promoters and from its detractors.

    Parameters
    ----------
    survey : Survey
        The survey reported.
    periods : int
        How many periods together, the one reported the last.
    bootstrap : int
        Resamples behind the intervals.
    seed : int
        Start of the resampling.

    Returns
    -------
    DataFrame
        As :func:`cxreport.topics.linkage.word_of_mouth`; without a row where the survey has
        no question of NPS or no column ``told_n`` of role ``number``.
    """
    score = next(iter(survey.columns("nps")), None)
    if score is None or TOLD not in survey.columns("number"):
        return pd.DataFrame(columns=WORD_OF_MOUTH)
    return word_of_mouth(
        survey.recent(periods), score=score, told=TOLD, ratio_level=survey.family_level,
        bootstrap=bootstrap, seed=seed,
    )  # fmt: skip


def _asked(company: Company, *roles: str) -> list[str]:
    """Return the answers' columns of these roles, if there is exactly one of each."""
    if company.table("responses") is None:
        return []
    named = [[*company.codebook.responses.with_role(role)] for role in roles]
    return [names[0] for names in named] if all(len(names) == 1 for names in named) else []


def _word_of_mouth(company: Company, seed: int) -> pd.DataFrame | None:
    answers, asked = company.table("responses"), _asked(company, "nps")
    if answers is None or not asked or TOLD not in answers.columns:
        return None
    return word_of_mouth(answers, score=asked[0], told=TOLD, seed=seed)


def _layers(company: Company, seed: int) -> pd.DataFrame | None:
    answers, asked = company.table("responses"), _asked(company, "nps", *LAYERS)
    if answers is None or not asked:
        return None
    described = company.codebook.responses.columns
    answers = valid_answers(answers, {name: described[name] for name in asked})
    return importance(answers, asked[0], asked[1:], seed=seed).assign(layer=list(LAYERS))


def _exceeded(company: Company) -> pd.DataFrame | None:
    answers, asked = company.table("responses"), _asked(company, "nps")
    if answers is None or not asked or "expected" not in answers.columns:
        return None
    return exceeding(answers, score=asked[0])


def _channels(trade: Trade) -> pd.DataFrame | None:
    days = split_months(trade)
    if trade.bought is None or not trade.has(PAID) or not trade.has("channel") or days is None:
        return None
    day, channel = trade.bought.ordered_at, trade.bought.channel
    earlier_orders = trade.bought.filter(channel.notnull() & (day < ibis.timestamp(days[1])))
    if not run(earlier_orders.aggregate(n=earlier_orders.count()))["n"].item():
        return None
    return multichannel(trade.bought, amount=PAID, split=days[1], until=trade.last)
