"""From a company: what comments outside its survey say, each source by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.topics.service import last_ending
from cxreport.topics.voice.comments import SURVEY
from cxreport.topics.voice.replies import COLUMNS as REPLIED
from cxreport.topics.voice.replies import replies
from cxreport.topics.voice.topic_scores import COLUMNS as SCORED
from cxreport.topics.voice.topic_scores import topics

if TYPE_CHECKING:
    from cxreport.inputs.company import Company

STARS = 5
FIRST = 3
"""Topics of a source that are named."""
STARRED = ["source", "n", "mean", "lowest"]
SPOKEN = ["source", "channel", "topic", "comments", "n", "share", "share_low", "share_high"]


def star_reviews(comments: pd.DataFrame) -> pd.Series:
    """Return which comments are reviews: from outside the survey, with one to five stars."""
    stars = pd.to_numeric(comments["rating"], errors="coerce")
    return (comments["source"] != SURVEY) & stars.between(1, STARS)


def company_stars(
    comments: pd.DataFrame, coded: pd.DataFrame, company: Company, *, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the stars of reviews by source, and of those that speak of each topic.

    Parameters
    ----------
    comments : DataFrame
        From ``company_comments``.
    coded : DataFrame of bool
        Its rows, one column per topic; none without a coding frame.
    company : Company
        Whose levels and smallest group count.
    seed : int
        Start of what is drawn.

    Returns
    -------
    (DataFrame, DataFrame)
        One row per source: ``source``, ``n``, ``mean`` (stars), ``lowest`` (percent with one or
        two); and as from ``topics``, in stars.
    """
    rated = star_reviews(comments).to_numpy()
    if not rated.any():
        return pd.DataFrame(columns=STARRED), pd.DataFrame(columns=SCORED)
    stars = pd.to_numeric(comments["rating"], errors="coerce")[rated].reset_index(drop=True)
    rows = pd.DataFrame({"source": comments["source"][rated].to_numpy(), "stars": stars})
    counted = rows.groupby("source").agg(
        n=("stars", "size"),
        mean=("stars", "mean"),
        lowest=("stars", lambda n: 100 * (n <= 2).mean()),
    )
    scored = topics(
        coded[rated].reset_index(drop=True), stars, cluster=_customers(comments[rated]),
        minimum=company.minimum_group, level=company.family_level, seed=seed,
    )  # fmt: skip
    return counted.reset_index()[STARRED], scored


def company_replies(comments: pd.DataFrame, company: Company) -> pd.DataFrame:
    """Return which reviews the company replied to, as from ``replies``.

    Parameters
    ----------
    comments : DataFrame
        From ``company_comments``.
    company : Company
        How far its table of comments is known, and where its clocks stand.

    Returns
    -------
    DataFrame
        Without sources of fewer reviews than ``minimum_group``; empty where the comments have no
        times, or none of a reply.
    """
    times = ["created_at", "replied_at"]
    table = company.dataset.tables.get("verbatims")
    if not {*times} <= {*comments} or table is None or comments["replied_at"].isna().all():
        return pd.DataFrame(columns=REPLIED)
    reviews = comments.loc[star_reviews(comments), ["source", *times]]
    of_source = reviews.groupby("source")["source"].transform("size")
    return replies(
        reviews[of_source >= company.minimum_group].reset_index(drop=True),
        until=min(company.until, company.dataset.spans["verbatims"].until),
        observed_until=last_ending(company, "verbatims", table, times[1:]),
        zone=company.codebook.source.timezone,
    )


def first_topics(
    comments: pd.DataFrame, coded: pd.DataFrame, *, most: int = FIRST, minimum: int = 10
) -> pd.DataFrame:
    """Return what comments from outside the survey speak of most, each source by itself.

    Parameters
    ----------
    comments : DataFrame
        From ``company_comments``.
    coded : DataFrame of bool
        Its rows, one column per topic.
    most : int
        Topics of a source.
    minimum : int
        Fewest comments of a topic, and of a source.

    Returns
    -------
    DataFrame
        One row per source, channel and topic, the sources with most comments first and of each the
        most frequent topics: ``source``, ``channel`` (of a request for help, else empty),
        ``topic``; ``comments`` of the source, ``n`` of which speak of the topic; ``share``,
        ``share_low``, ``share_high`` (percent of ``comments``, as from ``topics``: comments of one
        customer are no independent ones).
    """
    outside = (comments["source"] != SURVEY).to_numpy()
    rows, seen = comments[outside].reset_index(drop=True), coded[outside].reset_index(drop=True)
    rows["channel"] = rows["channel"].fillna("")
    parts = []
    for _, part in rows.groupby(["source", "channel"]):
        if len(part) < minimum or not len(seen.columns):
            continue
        own = seen.loc[part.index].reset_index(drop=True)
        nothing = pd.Series(np.nan, index=own.index)
        counted = topics(own, nothing, cluster=_customers(part), minimum=minimum, resamples=0)
        counted = counted[counted["n"] >= minimum]
        counted = counted.sort_values(["n", "topic"], ascending=[False, True]).head(most)
        source, channel = part[["source", "channel"]].iloc[0]
        parts.append(counted.assign(source=source, channel=channel, comments=len(part))[SPOKEN])
    parts = [part for part in parts if len(part)]
    parts.sort(key=lambda part: -int(part["comments"].iloc[0]))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=SPOKEN)


def _customers(comments: pd.DataFrame) -> pd.Series | None:
    """Return whose each comment is; None where nobody knows of any."""
    customers = comments["customer_id"].reset_index(drop=True)
    return customers if customers.notna().any() else None
