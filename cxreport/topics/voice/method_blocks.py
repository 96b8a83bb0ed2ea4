"""How far the coding of comments can be trusted, and how everything was worked out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cxreport.show.few import without_few
from cxreport.show.parts import Column, note, say, section, sentences, table
from cxreport.topics.voice.agreement import ALL, weak_topics
from cxreport.topics.voice.blocks import CODE, TOPIC

if TYPE_CHECKING:
    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block
    from cxreport.topics.voice.frames import Voice

AGREED = (
    Column("topic", CODE),
    Column("estimate", "with_range:2", "alpha"),
    Column("n", "count", "labelled_comments"),
    Column("labelled"),
    Column("coded"),
    Column("both"),
    Column("agreement", "share"),
    Column("note", "known_word:note"),
)
PROPOSED = (
    Column("language", "word:language"),
    Column("words", "as_is"),
    Column("n", "count", "comments"),
    Column("share", "share"),
)

REDACTED = (
    Column("table", "capital:known_word:table_name"),
    Column("column", "as:how", "question", is_text=True),
    Column("kind", "known_word:redacted"),
    Column("n", "whole", "pieces"),
    Column("texts", "whole", "comments"),
)

_tell = partial(sentences, TOPIC)
_note = partial(note, TOPIC)


@without_few
def coder_agreement(voice: Voice, company: Company) -> Block:
    """Show how far the coding frame agrees with what people marked, where anybody did."""
    agreed = voice.agreement
    if agreed.empty:
        return _note("missing.agreement" if voice.labels else "missing.frame", company)
    whole = agreed[agreed["topic"] == ALL].iloc[0]
    lines = [say("agreement.overall", alpha=float(whole["estimate"]), low=float(whole["low"]),
                 high=float(whole["high"]))]  # fmt: skip
    own = agreed[agreed["topic"] != ALL]
    alphas = own["estimate"].dropna()
    if len(alphas) > 1:
        lines.append(say("agreement.apart", n=len(alphas), mean=float(alphas.mean()),
                         lowest=float(alphas.min()), highest=float(alphas.max())))  # fmt: skip
    if weak := weak_topics(agreed):
        lines.append(say("agreement.weak", topics=weak, n=len(weak)))
    if voice.read >= company.minimum_group:
        lines.append(say("agreement.read", n=voice.read))
    everywhere = {"en": "all topics", "it": "tutti i temi"}
    labels = {"labels": {"topic": voice.labels | {ALL: everywhere}}}
    return section(
        [
            _tell(lines, company, **labels),
            table(TOPIC, "agreement", agreed, AGREED, company, **labels),
        ]
    )


@without_few
def proposals(voice: Voice, company: Company) -> Block:
    """Show what comments outside every topic may be about, for somebody to read."""
    if voice.proposals.empty:
        return _note("missing.proposals", company)
    lines = _tell([say("proposals.how")], company)
    listed = table(TOPIC, "proposals", voice.proposals, PROPOSED, company)
    return section([lines, listed])


@without_few
def method(voice: Voice, company: Company) -> Block:
    """State which comments count, in which languages, and how the numbers were made."""
    if not voice.respondents:
        return _note("missing.comments", company)
    lines = [
        say("method.languages", language=row["language"], n=int(row["comments"]))
        for row in voice.languages.to_dict("records")
        if row["comments"] >= company.minimum_group
    ]
    if voice.labels:
        lines.append(say("method.coded", coded=voice.coded, n=voice.respondents))
    lines += [say("method.words"), say("method.topics"), say("method.ranks"), say("method.months")]
    return _tell(lines, company)


def redactions(company: Company) -> Block:
    """Show what was taken out of comments when the tables were opened, by kind; never what it was.

    Parameters
    ----------
    company : Company or Survey
        What is reported; the counts are of the whole source.
    """
    taken = company.redactions
    if taken.empty:
        return _tell([say("redactions.none")], company)
    lines = [say("redactions.taken", n=int(taken["n"].sum())), say("redactions.limits")]
    listed = taken.assign(how="column")
    return section([_tell(lines, company), table(TOPIC, "redactions", listed, REDACTED, company)])
