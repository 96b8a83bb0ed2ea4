"""What do two pages say in other words? Sections that came or went, sentences of the summary."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxreport.publish.elements import read_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxreport.show.words import Words


@dataclass(frozen=True)
class Wording:
    """The words of a page: headings of its sections, and what its summary says, in order."""

    headings: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()


def headings_in(page: bytes) -> tuple[str, ...]:
    """Return the headings of a page's sections, each once.

    Examples
    --------
    >>> headings_in(b"<h1>Report</h1><h2>Scores <i>now</i></h2><h2>Trend</h2>")
    ('Scores now', 'Trend')
    """
    headings = (" ".join(h.words().split()) for h in read_page(page.decode()).every("h2"))
    return tuple(dict.fromkeys(headings))


def sentences_in(summary: bytes) -> tuple[str, ...]:
    """Return the sentences of a summary, as ``summary_files`` writes it."""
    return tuple(json.loads(summary)["sentences"]) if summary else ()


def wording_lines(
    then: Wording, now: Wording, words: Words, *, periods: tuple[str, str] = ("", "")
) -> Iterator[str]:
    """Write which sections came or went, and which sentences of the summary are others.

    Parameters
    ----------
    then, now : Wording
        The words of the earlier page and of the later one.
    words : Words
        The reader's language.
    periods : tuple of str
        Names of their periods: headings that differ in these alone are the same.
    """
    before, after = (
        [heading.replace(period, "…") if period else heading for heading in page.headings]
        for page, period in zip((then, now), periods, strict=True)
    )
    if gone := [heading for heading in before if heading not in after]:
        yield words.text("diff.wording.gone", sections=", ".join(gone))
    if new := [heading for heading in after if heading not in before]:
        yield words.text("diff.wording.new", sections=", ".join(new))
    if then.sentences != now.sentences:
        yield words.text("diff.wording.brief")
        yield from (f"  - {each}" for each in then.sentences if each not in now.sentences)
        yield from (f"  + {each}" for each in now.sentences if each not in then.sentences)
