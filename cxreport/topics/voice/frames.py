"""What the customers of a company say in their own words: every frame, made at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.scores.recent import PERIODS
from cxreport.topics.voice.agreement import COLUMNS as AGREED
from cxreport.topics.voice.agreement import agreement
from cxreport.topics.voice.coding import CodingFrame, code_comments, read_coding_frame
from cxreport.topics.voice.comments import (
    SURVEY,
    company_comments,
    groups_of,
    measured_question,
)
from cxreport.topics.voice.discovery import COLUMNS as PROPOSED
from cxreport.topics.voice.discovery import discover
from cxreport.topics.voice.keyness import COLUMNS as KEY
from cxreport.topics.voice.keyness import keyness
from cxreport.topics.voice.mentions import COLUMNS as MENTIONED
from cxreport.topics.voice.mentions import mentions
from cxreport.topics.voice.quotes import COLUMNS as QUOTED
from cxreport.topics.voice.quotes import quotes
from cxreport.topics.voice.replies import COLUMNS as REPLIED
from cxreport.topics.voice.source_frames import (
    SPOKEN,
    STARRED,
    company_replies,
    company_stars,
    first_topics,
)
from cxreport.topics.voice.topic_history import COLUMNS as CHARTED
from cxreport.topics.voice.topic_history import topic_history
from cxreport.topics.voice.topic_scores import COLUMNS as SCORED
from cxreport.topics.voice.topic_scores import topics

if TYPE_CHECKING:
    from cxreport.inputs.company import Company

FILE = "coding_frame.toml"
"""What the coding frame is called, in the folder of the codebook."""
ABOUT = ["respondents", "comments", "coded"]


def _empty(columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(columns=columns)


@dataclass(frozen=True)
class Voice:
    """What :func:`company_voice` returns; every frame is empty where there is nothing to count.

    Attributes
    ----------
    sources : DataFrame
        Comments by source and period, requests for help by channel, as from ``mentions``.
    languages : DataFrame
        ``language`` ("it", "en", "other", "unknown") and ``comments``, over all sources.
    words : DataFrame
        As from ``keyness``: the worst group of answers against the best, survey comments alone.
    topics : DataFrame
        As from ``topics``: survey comments, by respondent, in points.
    history : DataFrame
        As from ``topic_history``: survey comments, by respondent.
    quotes : DataFrame
        As from ``quotes``: survey comments of the periods that count.
    reviews : DataFrame
        As from ``topics``: comments with stars from outside the survey, in stars.
    stars : DataFrame
        Those comments by ``source``: ``n``, ``mean`` (stars), ``lowest`` (percent with one or two).
    replies : DataFrame
        As from ``replies``: those comments again.
    outside : DataFrame
        As from ``first_topics``: what comments outside the survey speak of, source by source.
    agreement : DataFrame
        As from ``agreement``, where comments are labelled by people; without those that were read
        while the coding frame was written.
    proposals : DataFrame
        As from ``discover``, of survey comments in which the coding frame sees no topic.
    labels : dict
        Topic -> language -> what it is called.
    metric : str
        Role of the question that comments are compared by ("nps", "csat", "ces"), or empty.
    groups : tuple of str
        The groups of its answers, the worst first.
    respondents, coded : int
        Respondents with a survey comment, and those of them in whose comment a topic is seen.
    read : int
        Labelled comments that were read while the coding frame was written.
    periods : int
        Periods that count.
    """

    sources: pd.DataFrame = field(default_factory=lambda: _empty(MENTIONED))
    languages: pd.DataFrame = field(default_factory=lambda: _empty(["language", "comments"]))
    words: pd.DataFrame = field(default_factory=lambda: _empty(KEY))
    topics: pd.DataFrame = field(default_factory=lambda: _empty(SCORED))
    history: pd.DataFrame = field(default_factory=lambda: _empty(CHARTED))
    quotes: pd.DataFrame = field(default_factory=lambda: _empty(QUOTED))
    reviews: pd.DataFrame = field(default_factory=lambda: _empty(SCORED))
    stars: pd.DataFrame = field(default_factory=lambda: _empty(STARRED))
    replies: pd.DataFrame = field(default_factory=lambda: _empty(REPLIED))
    outside: pd.DataFrame = field(default_factory=lambda: _empty(SPOKEN))
    agreement: pd.DataFrame = field(default_factory=lambda: _empty(AGREED))
    proposals: pd.DataFrame = field(default_factory=lambda: _empty(PROPOSED))
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    metric: str = ""
    groups: tuple[str, ...] = ()
    respondents: int = 0
    coded: int = 0
    read: int = 0
    periods: int = PERIODS


def company_voice(
    company: Company, *, periods: int = PERIODS, proposed: int = 6, each: int = 3, seed: int = 0
) -> Voice:
    """Return what the customers of a company write about, and what goes with a low score.

    Parameters
    ----------
    company : Company or Survey
        With comments in its answers or in a table ``verbatims``. Its coding frame is the file
        ``coding_frame.toml`` beside the codebook; without one there are no topics, but proposals.
    periods : int
        How many periods count, the one reported the last of them.
    proposed : int
        Topics to propose in each language; none when 0.
    each : int
        Quotations of a topic.
    seed : int
        Start of everything that is drawn.

    Returns
    -------
    Voice
        Words, scores, months and reviews are a family of comparisons each, held to the company's
        ``family_level``.

    Raises
    ------
    CxError
        If the data cannot be read, or the coding frame is not understood.
    """
    asked = ("voice", periods, proposed, each, seed)
    return company.once(asked, lambda: _voice(company, periods, proposed, each, seed))


def _voice(company: Company, periods: int, proposed: int, each: int, seed: int) -> Voice:
    """Make the frames, once a company: several sections of a report read them."""
    comments = company_comments(company, periods=periods)
    if comments.empty:
        return Voice(periods=periods)
    frame, measured = company_coding_frame(company), measured_question(company)
    spoken = comments["language"].fillna("unknown").value_counts().sort_index()
    voice = Voice(
        sources=mentions(comments["source"], comments["period"], comments["channel"]),
        replies=company_replies(comments, company),
        languages=spoken.rename_axis("language").rename("comments").reset_index(),
        labels=frame.labels if frame else {},
        metric=measured[1].role if measured else "",
        groups=groups_of(company),
        periods=company.counted(periods),
    )
    survey = comments[comments["source"] == SURVEY].reset_index(drop=True)
    voice = _words(voice, survey, company)
    coded = pd.DataFrame(index=comments.index)
    if frame:
        coded = code_comments(comments["text"], frame, comments["language"])
        voice = _agreed(voice, frame, coded, comments, company)
    people, seen = _by_respondent(survey, coded[(comments["source"] == SURVEY).to_numpy()])
    voice = replace(voice, respondents=len(people), coded=int(seen.any(axis="columns").sum()))
    if proposed > 1:
        unseen = people[~seen.any(axis="columns").to_numpy()]
        proposals = discover(
            unseen["text"], topics=proposed, seed=seed, languages=unseen["language"],
            minimum=company.minimum_group,
        )  # fmt: skip
        voice = replace(voice, proposals=proposals)
    if not frame:
        return voice
    voice = _topics(voice, people, seen, company, each, seed)
    stars, reviews = company_stars(comments, coded, company, seed=seed)
    outside = first_topics(comments, coded, minimum=company.minimum_group)
    return replace(voice, stars=stars, reviews=reviews, outside=outside)


def topic_quotes(company: Company, *, periods: int = PERIODS, each: int = 1) -> Voice:
    """Choose the comments that stand for each topic, and measure nothing.

    Parameters
    ----------
    company : Company or Survey
        As in :func:`company_voice`; best a part of the answers.
    periods, each
        As in :func:`company_voice`.

    Returns
    -------
    Voice
        Only ``quotes``, ``labels`` and ``respondents`` are filled. A group of scores with fewer
        respondents than ``minimum_group`` is not quoted.
    """
    comments = company_comments(company, periods=periods)
    frame = company_coding_frame(company)
    survey = comments[comments["source"] == SURVEY].reset_index(drop=True)
    if survey.empty or frame is None:
        return Voice(labels=frame.labels if frame else {}, periods=periods)
    coded = code_comments(survey["text"], frame, survey["language"])
    people, seen = _by_respondent(survey, coded)
    sizes = people["group"].map(people["group"].value_counts())
    chosen = quotes(
        people["text"], people["group"].where(sizes >= company.minimum_group), seen,
        languages=people["language"], minimum_group=company.minimum_group, each=each,
    )  # fmt: skip
    return Voice(quotes=chosen, labels=frame.labels, respondents=len(people), periods=periods)


def company_coding_frame(company: Company) -> CodingFrame | None:
    """Return the coding frame beside a company's codebook; None where there is none.

    Raises
    ------
    CxError
        If it is not understood.
    """
    path = company.codebook.path.parent / FILE
    return read_coding_frame(path) if path.is_file() else None


def _words(voice: Voice, survey: pd.DataFrame, company: Company) -> Voice:
    """Compare the words of the worst group with those of the best."""
    if len(voice.groups) < 2 or survey.empty:
        return voice
    words = keyness(
        survey["text"], survey["group"], own=voice.groups[0], reference=voice.groups[-1],
        respondent=survey["response_id"].fillna(survey["text_id"]), languages=survey["language"],
        minimum=company.minimum_group, level=company.family_level,
    )  # fmt: skip
    return replace(voice, words=words)


def _by_respondent(survey: pd.DataFrame, coded: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put the comments of one answer together: it is about what any of them is about."""
    who = survey["response_id"].fillna(survey["text_id"]).to_numpy()
    first = ~pd.Series(who).duplicated().to_numpy()
    people = survey[first].assign(respondent=who[first])
    text = survey.groupby(who, sort=False)["text"].agg("\n".join)
    people["text"] = people["respondent"].map(text)
    seen = coded.reset_index(drop=True).groupby(who, sort=False).any().reset_index(drop=True)
    if not len(coded.columns):
        seen = pd.DataFrame(index=range(len(people)))
    return people.reset_index(drop=True), seen


def _topics(
    voice: Voice, people: pd.DataFrame, seen: pd.DataFrame, company: Company, each: int, seed: int
) -> Voice:
    """Measure, chart and quote the topics of the survey's comments."""
    weight = people["weight"].astype("float64")
    customers = people["customer_id"].notna().any()
    scored = topics(
        seen, people["points"].astype("float64"),
        weight=weight if weight.notna().all() and len(weight) else None,
        cluster=people["customer_id"] if customers else None,
        stage=people["stage"] if people["stage"].notna().any() else None,
        minimum=company.minimum_group, level=company.family_level, seed=seed,
    )  # fmt: skip
    return replace(
        voice,
        topics=scored,
        history=topic_history(
            seen, people["period"], level=company.family_level, fewest=company.minimum_group
        ),
        quotes=quotes(
            people["text"], people["group"], seen, languages=people["language"],
            minimum_group=company.minimum_group, each=each,
        ),
    )  # fmt: skip


def _agreed(
    voice: Voice,
    frame: CodingFrame,
    coded: pd.DataFrame,
    comments: pd.DataFrame,
    company: Company,
) -> Voice:
    """Compare the frame with what people marked, on comments that nobody read for writing it."""
    labels = human_labels(frame, comments)
    given = labels.notna().any(axis="columns")
    read = given & comments["response_id"].isin(frame.read.respondents)
    tested = given & ~read
    if int(tested.sum()) < company.minimum_group:
        return voice
    rows = agreement(coded[tested], labels[tested], cluster=comments.loc[tested, "response_id"])
    return replace(voice, agreement=rows, read=int(read.sum()))


def human_labels(frame: CodingFrame, comments: pd.DataFrame) -> pd.DataFrame:
    """Return what people marked each comment with: one column of booleans a labelled topic.

    Parameters
    ----------
    frame : CodingFrame
        The topics.
    comments : DataFrame
        From ``company_comments``. A topic's marks stand in the column that the frame names
        (``label_column``), in ``label_<topic>``, or as the topic's name in ``topic``.

    Returns
    -------
    DataFrame
        The rows of ``comments``; missing where nobody marked the comment.
    """
    labels = {}
    named = comments["topic"].astype("object")
    for name, topic in frame.topics.items():
        marked = next(
            (each for each in (topic.label_column, f"label_{name}") if each in comments), None
        )
        if marked is not None:
            labels[name] = _as_marks(comments[marked])
        elif named.notna().any() and (named == name).any():
            labels[name] = (named == name).astype("boolean").mask(named.isna().to_numpy())
    return pd.DataFrame(labels, index=comments.index)


def _as_marks(column: pd.Series) -> pd.Series:
    """Read marks that an export writes as true and false, 1 and 0, or yes and no."""
    text = column.astype("object").map(lambda value: str(value).strip().lower())
    read = {"true": True, "1": True, "1.0": True, "yes": True,
            "false": False, "0": False, "0.0": False, "no": False}  # fmt: skip
    return text.map(read).astype("boolean").where(column.notna().to_numpy(), np.nan)
