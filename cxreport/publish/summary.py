"""A page in a few words, to be sent: as plain text, for a mail program, and as data.

They are those of the page's first screen: its finding, its cards, and what changed; of a page
without one, its first sentences.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from cxreport.publish.export import environment
from cxreport.show.front import front_of
from cxreport.show.labels import period_label
from cxreport.show.render import blocks_in
from cxreport.show.written import reader_of, sentences_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cxreport.publish.fold import Piece
    from cxreport.show.blocks import Block
    from cxreport.show.words import Words

MOST_WORDS = 75


@dataclass(frozen=True)
class Summary:
    """What a summary says: ``sentences`` tell what changed, ``values`` the headline figures."""

    language: str
    title: str
    source: str
    period: str
    sentences: tuple[str, ...]
    values: tuple[str, ...]
    page: str

    def lines(self) -> list[str]:
        """Return all lines, the title first."""
        head = [self.title, " – ".join(filter(None, [self.source, self.period]))]
        return [line for line in [*head, *self.sentences, *self.values, self.page] if line]

    @property
    def n_words(self) -> int:
        """How many words it has."""
        return sum(len(line.split()) for line in self.lines())


def summarise(pieces: Sequence[Piece], title: str, words: Words, page: str) -> Summary:
    """Return a page in at most 75 words; sentences and values that would be too many are left out.

    Parameters
    ----------
    pieces : sequence of Piece
        What the page shows.
    title : str
        Its title.
    words : Words
        The reader's language.
    page : str
        How the page is called.
    """
    blocks = [piece.block for piece in pieces if piece.block]
    header = next((block.parameters for block in blocks if block.kind == "header"), None)
    summary = Summary(
        language=words.language,
        title=title,
        source=str(header["source"][words.language]) if header else "",
        period=period_label(header, words) if header else "",
        sentences=(),
        values=(),
        page=words.text("sent.page", page=page),
    )
    sentences, values = _read_first(blocks, words)
    for sentence in sentences[:1]:
        summary = _longer(summary, sentence=sentence)
    for value in values:
        summary = _longer(summary, value=value)
    for sentence in sentences[1:]:
        summary = _longer(summary, sentence=sentence)
    return summary


def _longer(summary: Summary, *, sentence: str = "", value: str = "") -> Summary:
    """Add a line where there is room for it."""
    longer = replace(
        summary,
        sentences=(*summary.sentences, *filter(None, [sentence])),
        values=(*summary.values, *filter(None, [value])),
    )
    return longer if longer.n_words <= MOST_WORDS else summary


def headline_of(pieces: Sequence[Piece], words: Words) -> str:
    """Return what a page says first: its finding, or else its first sentence; "" where none is."""
    blocks = [piece.block for piece in pieces if piece.block]
    return next(iter(_read_first(blocks, words)[0]), "")


def _read_first(blocks: Sequence[Block], words: Words) -> tuple[list[str], list[str]]:
    """Return what a page says first, and the values of its cards; else its first sentences."""
    for block in blocks:
        if block.kind == "front":
            front = front_of(block, words, prefix="summary")
            items = [f"{item.word} {item.text}" for item in front.items]
            cards = [f"{card.name}: {card.value} ({card.line})" for card in front.cards]
            return [front.finding, *items], cards
    first = next((block for block in _every(blocks) if block.kind == "sentences"), None)
    return sentences_of(first, reader_of(first, words.language)) if first else [], []


def _every(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the blocks, those inside others too."""
    for block in blocks:
        if block.kind in {"several", "fold"}:
            yield from _every(blocks_in(block))
        else:
            yield block


def summary_files(pieces: Sequence[Piece], title: str, words: Words, page: str) -> dict[str, bytes]:
    """Write a page's summary in its three forms: see :func:`summarise`.

    Returns
    -------
    dict of str to bytes
        Name of the file -> content.
    """
    summary = summarise(pieces, title, words, page)
    html = environment().get_template("summary.html.j2").render(summary=summary)
    data = json.dumps(asdict(summary), ensure_ascii=False, indent=2) + "\n"
    texts = {"txt": "\n".join(summary.lines()) + "\n", "html": html + "\n", "json": data}
    return {f"{words.language}.summary.{kind}": text.encode() for kind, text in texts.items()}
