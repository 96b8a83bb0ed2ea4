"""Sentences by key, with codes and questions among their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.show.captions import code_label, period_label, question_label

if TYPE_CHECKING:
    from cxreport.show.blocks import Block
    from cxreport.show.words import Words


def written_sentences(block: Block, words: Words) -> list[str]:
    """Write the sentences that a block lists by key, with their values.

    Each row of ``parameters["sentences"]`` is ``{"key": ..., "values": {...}}``; a value called
    ``question`` is a column's name, ``code`` and ``code_reference`` are codes of that column, and
    ``{period}`` is the period reported.
    """
    written = []
    for sentence in block.parameters["sentences"]:
        values = dict(sentence["values"])
        if "question" in values:
            values["question"] = question_label(values["question"], block.parameters, words)
        if "channel" in values:
            for end in ("high", "low"):
                column = values["channel"]
                values[end] = code_label(column, values[end], block.parameters, words)
        for code in values.keys() & {"code", "code_reference"}:
            column = sentence["values"]["question"]
            values[code] = code_label(column, values[code], block.parameters, words)
        if "period" not in values:
            values["period"] = period_label(block.parameters, words)
        written.append(words.text(sentence["key"], **values))
    return written
