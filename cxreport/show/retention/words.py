"""Coming back in sentences: months by their names, and lists of them, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxreport.show.captions import capital

if TYPE_CHECKING:
    from cxreport.show.blocks import Block
    from cxreport.show.words import Words


def retention_sentences(block: Block, words: Words) -> list[str]:
    """Write the sentences that a block of kind ``retention`` lists by key.

    Parameters
    ----------
    block : Block
        Each of ``parameters["sentences"]`` is ``{"key": ..., "values": {...}}``, the key under
        ``returning``. A value may be such a sentence itself; one whose name ends in ``month`` is
        the name of a period, and ``months`` a list of them, of the kind ``parameters["every"]``.
    words : Words
        The reader's language.

    Returns
    -------
    list of str
        The sentences.
    """
    every = block.parameters["every"]
    return [capital(_write(said, every, words)) for said in block.parameters["sentences"]]


def _write(said: dict[str, Any], every: str, words: Words) -> str:
    values = {}
    for name, value in said["values"].items():
        if isinstance(value, dict):
            values[name] = _write(value, every, words)
        elif name == "months":
            values[name] = ", ".join(words.period(period, every) for period in value)
        elif name.endswith("month"):
            values[name] = words.period(value, every)
        else:
            values[name] = value
    return words.text(f"returning.{said['key']}", **values)
