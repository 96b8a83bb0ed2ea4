"""One shop, region or other group among all: every frame of its page.

No frame holds a number of another group but its stabilised estimate; what is told of the others is
told of all of them together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import keep
from cxreport.scores.compare import compare
from cxreport.scores.group_pages import (
    NO_ANSWERS,
    group_pages,
    hidden_by_question,
    hidden_groups,
    main_counts,
)
from cxreport.scores.recent import PERIODS
from cxreport.scores.scoreboard import score_history, score_questions
from cxreport.scores.segments import shrink, suppress
from cxreport.scores.signals import chart_scores
from cxreport.scores.suppression import SUPPRESSED
from cxreport.topics.service import company_changes, company_waits
from cxreport.topics.voice import topic_quotes

if TYPE_CHECKING:
    from cxreport.inputs.survey import Survey
    from cxreport.topics.voice import Voice

SCORES = [
    "question", "metric", "n", "estimate", "low", "high", "n_reference", "estimate_reference",
    "low_reference", "high_reference", "difference", "difference_low", "difference_high",
    "p_value", "q_value", "signal", "note",
]  # fmt: skip
OTHERS = [
    "group", "place", "question", "metric", "estimate", "low", "high", "rank", "rank_low",
    "rank_high", "groups",
]  # fmt: skip
IS_OWN = "is_own"
"""Column that parts the answers of the group from all others."""
ASKED = ("nps", "csat", "ces", "touchpoint")
"""Roles of the questions that a page compares."""
NEIGHBOURS = 10
"""Groups above and below its own that a page lists."""
TOPICS, EACH = 4, 3
"""Topics that comments are shown of, and how many of each."""


@dataclass(frozen=True)
class Shop:
    """What a page is about: one group of a column.

    Attributes
    ----------
    survey : Survey
        All answers.
    column, value : str
        The column, and the code of the group.
    periods : int
        How many periods count, the one reported the last of them.
    has_series : bool
        Whether single periods may be shown.
    """

    survey: Survey
    column: str
    value: str
    periods: int
    has_series: bool

    @property
    def own(self) -> Survey:
        """The answers of the group."""
        survey = self.survey
        rows = survey.responses.filter(survey.responses[self.column] == self.value)
        return replace(survey, filters={self.column: [self.value]}, responses=rows)


def open_shop(survey: Survey, column: str, value: str, *, periods: int = PERIODS) -> Shop:
    """Choose the group that a page is about.

    Parameters
    ----------
    survey : Survey
        All answers, without filters.
    column : str
        A channel or segment of the answers.
    value : str
        The code of one of its groups.
    periods : int
        How many periods count, the one reported the last of them.

    Returns
    -------
    Shop
        The group, if it may have a page: see ``cxreport.scores.group_pages``.

    Raises
    ------
    CxError
        If the survey has filters, the column is no category, there is no such group, or it may
        have no page.
    """
    if survey.filters:
        raise CxError("a page for a group is made from all answers", got="filters")
    pages = group_pages(survey, column, periods=periods).set_index("level")
    if value not in pages.index:
        listed = ", ".join(str(level) for level in pages.index[:20])
        raise CxError("no such group", where=column, got=value, expected=listed)
    page = pages.loc[value]
    if page["note"]:
        few = "too few answers to report on: persons might be recognised"
        raise CxError(
            NO_ANSWERS if page["note"] == NO_ANSWERS else few,
            where=f"{survey.period.name}, {column}",
            got=value,
            expected=f"{survey.minimum_group} answers or more, and no page that gives fewer away",
        )
    return Shop(survey, column, value, periods, bool(page["series"]))


def shop_scores(shop: Shop) -> pd.DataFrame:
    """Compare the answers of a group with those of all other groups together.

    Parameters
    ----------
    shop : Shop
        From :func:`open_shop`.

    Returns
    -------
    DataFrame
        One row per question, the main one first: ``question``, ``metric``, ``n``, ``estimate``,
        ``low``, ``high`` of the group (points or percent), the same of all others together
        (``_reference``; answers without a group are not among them), ``difference``,
        ``difference_low``, ``difference_high`` (points), ``p_value``, ``q_value`` (Holm over the
        questions), ``signal``, ``note``. Questions with too few answers, here, elsewhere or in a
        group that this one would give away, are left out.
    """
    survey, column = shop.survey, shop.column
    questions = survey.main_question | survey.columns(*ASKED)
    hidden = hidden_by_question(survey, column, questions, periods=shop.periods)
    visible = {name: c for name, c in questions.items() if shop.value not in hidden[name]}
    recent = survey.recent(shop.periods)
    recent = keep(
        recent.filter(recent[column].notnull()).mutate(**{IS_OWN: recent[column] == shop.value})
    )
    both = score_questions(recent, visible, by=[IS_OWN], **survey.design)
    own, rest = (both[both[IS_OWN] == side].drop(columns=IS_OWN) for side in (True, False))
    enough = rest.loc[rest["n"] >= survey.minimum_group, "question"]
    own = own[own["question"].isin(enough)].reset_index(drop=True)
    rest = rest[rest["question"].isin(own["question"])].reset_index(drop=True)
    if own.empty:
        return pd.DataFrame(columns=SCORES)
    keys = ["question", "metric"]
    ends = {"low": "difference_low", "high": "difference_high"}
    compared = compare(own, rest, level=survey.family_level, correction="holm").rename(columns=ends)
    limits = ["low", "high"]
    there = rest[[*keys, *limits]].rename(columns={name: f"{name}_reference" for name in limits})
    table = own[[*keys, *limits]].merge(there, on=keys).merge(compared, on=keys)
    return table[SCORES]


def shop_series(shop: Shop) -> pd.DataFrame:
    """Judge the main score of each period of a group by a control chart.

    Parameters
    ----------
    shop : Shop
        From :func:`open_shop`.

    Returns
    -------
    DataFrame
        As ``chart_scores``; empty where single periods must not be shown. A period that no page may
        show stands without numbers, ``note`` "suppressed", and moves no limit.
    """
    survey = shop.survey
    counts = main_counts(survey, shop.column)
    _, closed = hidden_groups(survey, shop.column, periods=shop.periods)
    few = counts[closed & (counts["level"] == shop.value)]
    starts = set(pd.to_datetime(few["period_start"]))
    hidden = [period.name for period in survey.history if pd.Timestamp(period.start) in starts]
    history = score_history(
        shop.own.responses, survey.main_question, survey.history, **survey.design
    )
    if not shop.has_series:
        history = history.iloc[:0]
    is_closed = history["period"].isin(hidden)
    history.loc[is_closed, "n"] = 0
    history.loc[is_closed, ["estimate", "low", "high"]] = np.nan
    chart = chart_scores(history, breaks=survey.breaks, fewest=survey.minimum_group)
    is_closed = chart["period"].isin(hidden)
    n = chart["n"].astype("float64").mask(is_closed)
    return chart.assign(n=n, note=chart["note"].mask(is_closed, SUPPRESSED))


def other_shops(shop: Shop) -> pd.DataFrame:
    """Place a group among the others by their stabilised estimates.

    Parameters
    ----------
    shop : Shop
        From :func:`open_shop`.

    Returns
    -------
    DataFrame
        One row per group with a page, best first, up to ten above and ten below: ``group``;
        ``place`` ("own" or "other"); ``question``, ``metric``; ``estimate``, ``low``, ``high``
        (stabilised, as from ``shrink``, points or percent); ``rank``, ``rank_low``, ``rank_high``;
        ``groups`` (how many are ranked). Neither answers nor plain results of other groups.
    """
    survey, column = shop.survey, shop.column
    hidden = hidden_by_question(survey, column, survey.main_question, periods=shop.periods)
    [few] = hidden.values()
    scores = score_questions(
        survey.recent(shop.periods), survey.main_question, by=[column], **survey.design
    ).dropna(subset=column)
    scores = suppress(scores, survey.minimum_group, also=scores[column].isin(few))
    league = shrink(scores).dropna(subset="stabilised")
    league = league.sort_values(["rank", column], ignore_index=True)
    league["place"] = np.where(league[column] == shop.value, "own", "other")
    [at] = league.index[league["place"] == "own"] if len(league) else [0]
    names = {column: "group", "stabilised": "estimate"}
    names |= {f"stabilised_{end}": end for end in ("low", "high")}
    plain = league.drop(columns=["estimate", "low", "high", "n"]).rename(columns=names)
    near = plain.assign(groups=len(plain)).iloc[max(0, at - NEIGHBOURS) : at + NEIGHBOURS + 1]
    return near.reindex(columns=OTHERS).reset_index(drop=True)


def shop_waits(shop: Shop) -> pd.DataFrame:
    """Return how long the group's requests for help waited, and all requests together.

    Parameters
    ----------
    shop : Shop
        From :func:`open_shop`.

    Returns
    -------
    DataFrame
        The rows of :func:`cxreport.topics.service.company_waits` on the period reported; empty
        where the requests do not say whose they are, or are too few.
    """
    if shop.column not in shop.survey.columns_of("tickets"):
        return pd.DataFrame()
    waits = company_waits(shop.survey, by=[shop.column])
    own = (waits["variable"] == shop.column) & (waits["level"] == shop.value)
    now = (waits["period"] == shop.survey.period.name) & (own | (waits["variable"] == ""))
    return waits[now if own.any() else own].reset_index(drop=True)


def shop_wait_changes(shop: Shop) -> pd.DataFrame:
    """Return whether the group's requests waited longer than all others.

    Parameters
    ----------
    shop : Shop
        From :func:`open_shop`.

    Returns
    -------
    DataFrame
        The group's rows of :func:`cxreport.topics.service.company_changes`: corrected (Holm) over
        all groups.
    """
    if shop.column not in shop.survey.columns_of("tickets"):
        return pd.DataFrame()
    changes = company_changes(shop.survey, by=[shop.column])
    own = (changes["variable"] == shop.column) & (changes["level"] == shop.value)
    return changes[own].reset_index(drop=True)


def shop_comments(shop: Shop) -> Voice:
    """Return the comments that stand for what the group's customers write about.

    Parameters
    ----------
    shop : Shop
        From :func:`open_shop`.

    Returns
    -------
    Voice
        As :func:`cxreport.topics.voice.topic_quotes`, of the four topics that most people speak
        of, without how many comments each was chosen from.
    """
    voice = topic_quotes(shop.own, periods=shop.periods, each=EACH)
    sizes = voice.quotes.drop_duplicates("topic").sort_values(
        ["n", "topic"], ascending=[False, True]
    )
    kept = voice.quotes[voice.quotes["topic"].isin(sizes["topic"].head(TOPICS))]
    return replace(voice, quotes=kept.assign(candidates=np.nan).reset_index(drop=True))
