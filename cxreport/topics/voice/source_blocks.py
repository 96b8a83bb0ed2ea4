"""Where comments come from, what each source speaks of, and reviews with their replies."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from cxreport.show.few import without_few
from cxreport.show.parts import (
    Column,
    chart,
    labels_of,
    note,
    say,
    section,
    sentences,
    table,
)
from cxreport.topics.voice.blocks import CODE, TOPIC, fired, numbers, topic_labels

if TYPE_CHECKING:
    import pandas as pd

    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block
    from cxreport.show.parts import Said
    from cxreport.topics.voice.blocks import Row
    from cxreport.topics.voice.frames import Voice

SOURCE = "capital:word:origin:kind"
"""A source, and of requests for help their channel."""
SOURCES = (
    Column("source", SOURCE),
    Column("period", "short"),
    Column("n", "count", "comments"),
)
OUTSIDE = (
    Column("source", SOURCE),
    Column("topic", CODE),
    Column("share", "with_range:share:share_low:share_high"),
    Column("n", "count", "mentions"),
    Column("comments"),
)
STARS = (
    Column("source", "capital:known_word:source"),
    Column("n", "count", "comments"),
    Column("mean", "2", "stars"),
    Column("lowest", "share"),
)
REVIEWS = (
    Column("topic", CODE),
    Column("n"),
    Column("mean", "2", "mean_with"),
    Column("mean_rest", "2"),
    Column("estimate", "with_range:2", "gap_stars"),
    Column("signal", "signal"),
    Column("note", "known_word:note"),
)
REPLIES = (
    Column("source", "capital:known_word:source"),
    Column("reviews"),
    Column("n", "count", "old_enough"),
    Column("replied", "count", "replied_in_time"),
    Column("estimate", "with_range:share", "reply_rate"),
    Column("not_observable"),
    Column("half", "with_range:wait:half_low:half_high", "half_replied"),
)

_tell = partial(sentences, TOPIC)
_note = partial(note, TOPIC)


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    """Add ``kind``: how the source of each row is named, a request for help by its channel."""
    kind = frame["channel"].map(lambda channel: "by_channel" if channel else "whole")
    return frame.assign(kind=kind.astype("str"))


@without_few
def sources(voice: Voice, company: Company) -> Block:
    """Show how many comments came from where, period by period; sources are not added up."""
    if voice.sources.empty:
        return _note("missing.comments", company)
    counted = _named(voice.sources)
    total = counted.groupby(["source", "channel", "kind"], sort=False)["n"].sum().reset_index()
    lines = [
        say("sources.from", source=row["source"], channel=row["channel"], kind=row["kind"],
            n=int(row["n"]))
        for row in total.to_dict("records")
    ]  # fmt: skip
    drawn = chart(
        "lines", TOPIC, "sources", counted, SOURCES, company, value="n",
        along={"name": "period", "how": "short"}, label={"name": "source", "how": SOURCE},
        y="axis.comments", drawn="whole", how="whole", periods=voice.periods,
    )  # fmt: skip
    parts = [_tell([*lines, say("sources.apart")], company), drawn]
    if not voice.outside.empty:
        channels = labels_of(company.codebook, {"channel", *voice.outside["channel"]})["labels"]
        parts.append(table(TOPIC, "outside", _named(voice.outside), OUTSIDE, company,
                           periods=voice.periods,
                           labels=channels | {"topic": voice.labels}))  # fmt: skip
    return section(parts)


@without_few
def reviews(voice: Voice, company: Company) -> Block:
    """Show comments with stars by themselves, and why they are no survey."""
    if voice.stars.empty:
        return _note("missing.reviews", company)
    rows = voice.stars.to_dict("records")
    lines = [say("reviews.stars", source=row["source"], n=int(row["n"]),
                 **numbers(row, "mean", "lowest")) for row in rows]  # fmt: skip
    signals = fired(voice.reviews)
    for key, side in (("reviews.lower", signals["estimate"] < 0),
                      ("reviews.higher", signals["estimate"] > 0)):  # fmt: skip
        names = signals[side].sort_values("estimate", key=abs, ascending=False)["topic"].tolist()
        if names:
            lines.append(say(key, topics=names, n=len(names)))
    if signals.empty:
        lines.append(say("reviews.none"))
    parts = [_tell([*lines, say("reviews.selection")], company, **topic_labels(voice)),
             table(TOPIC, "stars", voice.stars, STARS, company, periods=voice.periods)]  # fmt: skip
    if voice.reviews["estimate"].notna().any():
        ordered = voice.reviews.sort_values(["estimate", "topic"], kind="stable", ignore_index=True)
        parts.append(
            chart("intervals", TOPIC, "reviews", ordered, REVIEWS, company,
                  label={"name": "topic", "how": CODE}, x="axis.stars", reference_value=0.0,
                  reference_label="alike", how="2", periods=voice.periods, **topic_labels(voice))
        )  # fmt: skip
    return section(parts)


@without_few
def replies(voice: Voice, company: Company) -> Block:
    """Show how many reviews the company replied to, and how soon."""
    if voice.replies.empty:
        return _note(_why_no_replies(voice, company), company)
    lines = [_replied(row) for row in voice.replies.to_dict("records")]
    return section(
        [
            _tell([*lines, say("replies.recorded"), say("replies.selection")], company),
            table(TOPIC, "replies", voice.replies, REPLIES, company, periods=voice.periods),
        ]
    )


def _why_no_replies(voice: Voice, company: Company) -> str:
    """Return the key of why nothing is said of replies."""
    if voice.stars.empty:
        return "missing.reviews"
    columns = company.columns_of("verbatims")
    if "replied_at" not in columns:
        return "missing.replies"
    return "missing.replies_none" if "created_at" in columns else "missing.replies_undated"


def _replied(row: Row) -> list[Said]:
    """State of one source which share got a reply in time, how long half waited, what is open."""
    source, young, odd = row["source"], int(row["not_observable"]), int(row["left_out"])
    if not row["n"]:
        lines = [say("replies.all_young", source=source, days=row["days"], n=young)]
    else:
        shares = numbers(row, "days", "estimate", "low", "high")
        lines = [say("replies.within", source=source, n=int(row["n"]), **shares)]
        if young:
            lines.append(say("replies.young", n=young))
    halves = numbers(row, "half", "half_low", "half_high")
    key = "replies.not_half" if math.isnan(halves["half"]) else "replies.half"
    lines.append(say(key, reviews=int(row["reviews"]) - odd, **halves))
    return [*lines, *([say("replies.left_out", n=odd)] if odd else [])]
