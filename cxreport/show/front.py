"""Block -> the first screen of a page: its finding, what changed, where to start, and cards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from cxreport.show.charts.spark import draw_spark
from cxreport.show.labels import capital, filters_label
from cxreport.show.written import reader_of

if TYPE_CHECKING:
    from cxreport.show.blocks import Block
    from cxreport.show.formats import Reader
    from cxreport.show.words import Words

MOST_WORDS = 15
"""Words of a heading that is read at a glance."""


@dataclass(frozen=True)
class Item:
    """One thing that changed: a word for how, and a sentence."""

    word: str
    text: str
    look: str


@dataclass(frozen=True)
class SparkCard:
    """One measure: its name, value, how sure, picture, a word, and one for its target, or none."""

    name: str
    value: str
    line: str
    picture: Markup
    mark: str
    target: str
    look: str


@dataclass(frozen=True)
class Front:
    """All that a first screen says, in the reader's language."""

    facts: str
    finding: str
    changed: str
    items: list[Item]
    rest: list[str]
    start: str
    starts: list[tuple[str, str]]
    cards: list[SparkCard]
    explained: str


def front_of(block: Block, words: Words, *, prefix: str) -> Front:
    """Write a block of kind ``front``.

    Parameters
    ----------
    block : Block
        Frame: the series of the cards, one row per card and period: ``card`` (its place),
        ``period``, ``estimate``, ``expected``, ``lower``, ``upper``.

        Parameters, all sentences (see ``cxreport.show.parts.say``) where nothing else is said:
        ``facts``; ``findings`` (the first of at most 15 words is the heading); ``items`` (each
        with ``word``, ``text`` and ``look``, a class of the style sheet); ``rest``; ``start`` (a
        heading, or None) and ``starts`` (each with ``name`` and ``text``); ``cards`` (each with
        ``name``, ``value``, ``line``, ``mark``, ``alt`` and ``look``, and perhaps ``target``);
        ``explained``.
    words : Words
        The reader's language.
    prefix : str
        What ids begin with.

    Returns
    -------
    Front
        Texts and pictures.
    """
    reader, p = reader_of(block, words.language), block.parameters

    def write(sentence: dict[str, Any]) -> str:
        return capital(reader.text(**sentence))

    facts = [reader.text(**sentence) for sentence in p["facts"]]
    part = filters_label(p, words)
    return Front(
        facts=" · ".join([*facts, *([part] if part else [])]),
        finding=_heading([write(sentence) for sentence in p["findings"]]),
        changed=reader.text("front.changed"),
        items=[Item(write(i["word"]), write(i["text"]), i["look"]) for i in p["items"]],
        rest=[write(sentence) for sentence in p["rest"]],
        start=write(p["start"]) if p["start"] else "",
        starts=[(write(each["name"]), reader.text(**each["text"])) for each in p["starts"]],
        cards=[
            _card(block, reader, place, prefix=f"{prefix}-{place}")
            for place in range(len(p["cards"]))
        ],
        explained=write(p["explained"]),
    )


def _heading(findings: list[str]) -> str:
    """Return the first heading that is short enough; else the last, which says least."""
    short = (text for text in findings if len(text.split()) <= MOST_WORDS)
    return next(short, findings[-1])


def _card(block: Block, reader: Reader, place: int, *, prefix: str) -> SparkCard:
    card = block.parameters["cards"][place]
    series = block.frame[block.frame["card"] == place]
    drawn = int(series["estimate"].notna().sum()) > 1
    picture = (
        draw_spark(series, card["look"], prefix=prefix, alt=reader.text(**card["alt"]))
        if drawn
        else ""
    )
    return SparkCard(
        name=capital(reader.text(**card["name"])),
        value=reader.text(**card["value"]),
        line=reader.text(**card["line"]) if card["line"] else "",
        # holds shapes and the alt text, escaped
        picture=Markup(picture),  # noqa: S704
        mark=reader.text(**card["mark"]),
        target=reader.text(**card["target"]) if card.get("target") else "",
        look=card["look"],
    )
