"""What customers say in their own words: what it is about, what goes with it, what is new."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.few import without_few
from cxreport.show.parts import Column, chart, note, say, section, sentences, table
from cxreport.topics.voice.agreement import weak_topics
from cxreport.topics.voice.topic_history import RISE

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block
    from cxreport.show.parts import Said
    from cxreport.topics.voice.frames import Voice

    Row = dict[Hashable, Any]

TOPIC = "voice"
MOST_WORDS, NAMED = 8, 3
"""Words of each group on the chart, and in a sentence."""
MOST_CHARTS = 3
SURE = 95
"""Percent of resamples in which a topic must rank first to be called the first."""
CODE = "capital:code:topic"
AXES = {"nps": "axis.nps", "csat": "axis.share", "ces": "axis.share"}
SCORES = (
    Column("topic", CODE),
    Column("n"),
    Column("share", "with_range:share:share_low:share_high"),
    Column("mean", "number", "mean_with"),
    Column("mean_rest", "number"),
    Column("estimate", "with_range:signed", "gap"),
    Column("signal", "signal"),
    Column("impact", "signed"),
    Column("rank", "with_range:whole:rank_low:rank_high"),
    Column("trend", "known_word:direction"),
    Column("stage", "known_word:stage"),
    Column("note", "known_word:note"),
)
WORDS = (
    Column("word", "as_is"),
    Column("language", "word:language"),
    Column("n"),
    Column("share", "share", "share_own"),
    Column("share_reference", "share", "share_other"),
    Column("estimate", "with_range:2", "log_odds"),
    Column("signal", "signal"),
)
MONTHS = (
    Column("period", "short"),
    Column("n"),
    Column("mentions"),
    Column("estimate", "share", "share"),
    Column("centre", "share"),
    Column("lower", "range:share:lower:upper", "limits"),
    Column("signal", "word:rule", "mark"),
    Column("direction", "word:direction"),
)
QUOTES = (
    Column("topic", CODE),
    Column("group", "capital:word:writer", "who"),
    Column("text", "comment", "quotation"),
    Column("candidates"),
)

_tell = partial(sentences, TOPIC)
_table = partial(table, TOPIC)
_note = partial(note, TOPIC)


def topic_labels(voice: Voice) -> dict[str, Any]:
    """Return what the topics are called, for the formats of a block."""
    return {"labels": {"topic": voice.labels}}


def _words_of(voice: Voice) -> pd.DataFrame:
    """Return the words with a blank in their phrases."""
    return voice.words.assign(word=voice.words["word"].astype(str).str.replace("_", " "))


def fired(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are signals."""
    return frame[frame["signal"].astype("boolean").fillna(value=False)]


@without_few
def brief(voice: Voice, company: Company) -> Block:
    """State in three sentences what sets detractors apart, which topic hurts, and which rises."""
    if not voice.respondents:
        return _note("missing.comments", company)
    lines = [_telling(voice), *_hurting(voice), *_rising(voice, company, now=True)]
    return _tell([*lines, say("association")], company, **topic_labels(voice))


@without_few
def summary(voice: Voice, company: Company) -> Block:
    """Describe it in one short section: three sentences, and the topics with their scores."""
    if not voice.respondents:
        return _note("missing.comments", company)
    lines = [
        _telling(voice),
        *_hurting(voice),
        *_rising(voice, company, now=True),
        say("association"),
    ]
    drawn = [_score_chart(voice, company)] if _comparable(voice) else []
    return section([_tell(lines, company, **topic_labels(voice)), *drawn])


def _telling(voice: Voice) -> Said:
    """State which words the worst group uses more."""
    more = fired(_words_of(voice))
    more = more[more["estimate"] > 0].head(NAMED)
    groups = {"own": voice.groups[0], "other": voice.groups[-1]} if voice.groups else {}
    if voice.words["p_value"].notna().sum() == 0:
        return say("words.unsaid")
    if more.empty:
        return say("words.none", **groups, n=len(voice.words))
    return say("words.more", **groups, words=more["word"].tolist(), n=len(more))


def _hurting(voice: Voice) -> list[Said]:
    """State which topics go with a lower score, and how sure their order is."""
    if not _comparable(voice):
        return [say("topics.unsaid")]
    hurt = fired(voice.topics)
    hurt = hurt[hurt["estimate"] < 0].sort_values("impact", kind="stable")
    if hurt.empty:
        return [say("topics.none", n=int(voice.topics["p_value"].notna().sum()))]
    row = hurt.to_dict("records")[0]
    key = {"nps": "topics.hurts_nps"}.get(voice.metric, "topics.hurts_share")
    lines = [say(key, topic=row["topic"], n=int(row["n"]),
                 **numbers(row, "mean", "mean_rest", "estimate", "low", "high"))]  # fmt: skip
    if pd.notna(row["rank_low"]) and len(voice.topics) > 1:
        sure = "topics.sure" if row["first"] >= SURE else "topics.unsure"
        spread = numbers(row, "impact", "impact_low", "impact_high", "rank_low", "rank_high",
                           "first")  # fmt: skip
        lines.append(say(sure, topic=row["topic"], **spread))
    others = hurt["topic"].tolist()[1:]
    if others:
        lines.append(say("topics.also", topics=others, n=len(others)))
    weak = [name for name in hurt["topic"] if name in weak_topics(voice.agreement)]
    return [*lines, *([say("topics.weak", topics=weak, n=len(weak))] if weak else [])]


def _rising(voice: Voice, company: Company, *, now: bool = False) -> list[Said]:
    """Describe which topics are spoken of more than usual: now, or in all periods, and when."""
    history = voice.history
    if history.empty or history["p_value"].isna().all():
        return [say("months.unsaid")]
    risen = history[history["direction"] == RISE]
    if risen.empty:
        return [say("months.none", n=int(history["period"].nunique()))]
    current = risen["period"] == company.period.name
    if now and not current.any():
        return [say("months.none_now", when=company.period.name)]
    rows = pd.concat([risen[current], risen[~current & (not now)]]).to_dict("records")
    return [
        say("months.rise", topic=row["topic"], when=row["period"], n=int(row["n"]),
            mentions=int(row["mentions"]), **numbers(row, "estimate", "centre"))
        for row in rows
    ]  # fmt: skip


def _comparable(voice: Voice) -> bool:
    """Return whether any topic is compared with the rest."""
    return bool(voice.topics["estimate"].notna().any())


@without_few
def words(voice: Voice, company: Company) -> Block:
    """Draw the words that tell the worst group of answers most from the best."""
    compared = _words_of(voice).dropna(subset="estimate")
    if compared.empty:
        return _note("missing.words", company)
    most, least = compared.head(MOST_WORDS), compared.tail(MOST_WORDS)
    telling = pd.concat([most[most["estimate"] > 0], least[least["estimate"] < 0]])
    telling = telling.drop_duplicates(["word", "language"]).drop(columns="p_value")
    groups = {"own": voice.groups[0], "other": voice.groups[-1], "periods": voice.periods}
    drawn = chart(
        "intervals", TOPIC, "words", telling, WORDS, company,
        label={"name": "word", "how": "as_is"}, x="axis.words", how="2", drawn="number",
        reference_value=0.0, reference_label="alike", **groups,
    )  # fmt: skip
    lines = [_telling(voice), say("words.how", n=len(compared), **groups)]
    return section([_tell(lines, company), drawn])


@without_few
def scores(voice: Voice, company: Company) -> Block:
    """Draw how the score of those who speak of a topic differs from that of the others."""
    if not _comparable(voice):
        return _note("missing.topics" if voice.labels else "missing.frame", company)
    lines = [*_hurting(voice), *_helping(voice), say("topics.impact"), say("association")]
    return section([_tell(lines, company, **topic_labels(voice)), _score_chart(voice, company)])


def _helping(voice: Voice) -> list[Said]:
    """Name the topics that go with a higher score."""
    better = fired(voice.topics)
    better = better[better["estimate"] > 0].sort_values("impact", ascending=False, kind="stable")
    names = better["topic"].tolist()
    return [say("topics.helps", topics=names, n=len(names))] if names else []


def _score_chart(voice: Voice, company: Company) -> Block:
    ordered = voice.topics.sort_values(["impact", "topic"], kind="stable", ignore_index=True)
    now = voice.history[voice.history["period"] == company.period.name]
    directions = now.set_index("topic")["direction"]
    ordered = ordered.assign(trend=ordered["topic"].map(directions).fillna("").astype("str"))
    return chart(
        "intervals", TOPIC, "topics", ordered, SCORES, company,
        label={"name": "topic", "how": CODE}, x=AXES[voice.metric], reference_value=0.0,
        reference_label="alike", how="signed", periods=voice.periods, **topic_labels(voice),
    )  # fmt: skip


@without_few
def months(voice: Voice, company: Company) -> Block:
    """Draw the share of topics over time: those with a mark, else the one that hurts most."""
    history = voice.history
    if history.empty:
        return _note("missing.topics" if voice.labels else "missing.frame", company)
    marked = history[history["direction"] != ""].sort_values("q_value", kind="stable")
    drawn = list(dict.fromkeys(marked["topic"]))[:MOST_CHARTS]
    if not drawn:
        first = voice.topics.sort_values(["impact", "topic"], kind="stable")["topic"]
        drawn = [name for name in first if name in set(history["topic"])][:1]
    charts = [
        chart("control", TOPIC, "months", rows.reset_index(drop=True), MONTHS, company,
              label={"name": "period", "how": "short"}, y="axis.mentioned", how="share",
              about=name, **topic_labels(voice))
        for name, rows in _series(history, drawn)
    ]  # fmt: skip
    fallen = marked[marked["direction"] != RISE].to_dict("records")
    lines = _rising(voice, company) + [
        say("months.fall", topic=row["topic"], when=row["period"], n=int(row["n"]),
            mentions=int(row["mentions"]), **numbers(row, "estimate", "centre"))
        for row in fallen
    ]  # fmt: skip
    return section([_tell([*lines, say("months.how")], company, **topic_labels(voice)), *charts])


def _series(history: pd.DataFrame, names: list[str]) -> list[tuple[str, pd.DataFrame]]:
    """Return the rows of some topics that can be drawn; the family is that of all, not of one."""
    plain = history.drop(columns="p_value")
    parts = [(name, plain[plain["topic"] == name]) for name in names]
    return [(name, rows) for name, rows in parts if rows["estimate"].notna().any()]


@without_few
def quotations(voice: Voice, company: Company) -> Block:
    """Show comments that stand for each topic, and the rule that chose them."""
    if voice.quotes.empty:
        return _note("missing.quotes" if voice.labels else "missing.frame", company)
    most = int(voice.quotes["topic"].value_counts().max())
    rule = say("quotes.rule", n=company.minimum_group, each=most)
    return section(
        [
            _tell([rule], company),
            _table("quotes", voice.quotes, QUOTES, company, **topic_labels(voice)),
        ]
    )


def numbers(row: Row, *names: str) -> dict[str, float]:
    """Return some numbers of a row as values of a sentence."""
    return {name: float(row[name]) for name in names}
