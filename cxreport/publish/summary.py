"""A page in a few words, to be sent: as plain text, for a mail program, and as data.

Which words they are, a block says: its parameter ``summary`` is true (its own sentences, or its
cards), or a list of sentences that stand for it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from cxreport.publish.export import environment
from cxreport.show.blocks import Block
from cxreport.show.cards import cards_of
from cxreport.show.labels import capital, period_label
from cxreport.show.render import blocks_in
from cxreport.show.written import reader_of, sentences_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cxreport.publish.fold import Piece
    from cxreport.show.words import Words

MOST_WORDS = 75
MOST_VALUES = 4


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
        page=words.text("summary.page", page=page),
    )
    marked = [each for block in blocks for each in _marked(block)]
    values = [v for block in marked if block.kind == "cards" for v in _values(block, words)]
    for value in values[:MOST_VALUES]:
        summary = _if_short(replace(summary, values=(*summary.values, value)), summary)
    for block in marked:
        for sentence in _sentences(block, words):
            longer = replace(summary, sentences=(*summary.sentences, sentence))
            summary = _if_short(longer, summary)
    return summary


def _if_short(longer: Summary, summary: Summary) -> Summary:
    """Return the longer one where there is room for it."""
    return longer if longer.n_words <= MOST_WORDS else summary


def _marked(block: Block) -> Iterator[Block]:
    """Yield the blocks, inside others too, that belong into a summary."""
    if block.kind in {"several", "fold"}:
        for part in blocks_in(block):
            yield from _marked(part)
    elif block.parameters.get("summary"):
        yield block


def _sentences(block: Block, words: Words) -> list[str]:
    instead = block.parameters["summary"]
    if isinstance(instead, list):
        block = Block("sentences", parameters=block.parameters | {"sentences": instead})
    reader = reader_of(block, words.language)
    return sentences_of(block, reader) if block.kind == "sentences" else []


def _values(block: Block, words: Words) -> Iterator[str]:
    """Yield what each card says, on one line."""
    for card in cards_of(block, words):
        text = f"{capital(card.name)}: {card.value}"
        yield f"{text} ({'; '.join(card.lines)})" if card.lines else text


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
