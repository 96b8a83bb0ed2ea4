"""The report in brief: one sentence a score, made from the scoreboard's frame."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.captions import capital, code_label, period_label, question_label, score_label
from cxreport.show.words import POINTS

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.show.blocks import Block
    from cxreport.show.words import Words

HEADLINES = ("nps", "csat", "ces", "index")


def sentences_in_brief(block: Block, words: Words) -> list[str]:
    """Say what each headline score is, how sure, and whether it differs from the period before.

    Parameters
    ----------
    block : Block
        Frame as from ``cxreport.scores.scoreboard.scoreboard``.
    words : Words
        The reader's language.

    Returns
    -------
    list of str
        One sentence a score, and one on what a signal is where comparisons were made.
    """
    rows = block.frame.to_dict("records")
    told = [_sentence(row, block.parameters, words) for row in rows if row["metric"] in HEADLINES]
    if not block.parameters.get("reference"):
        told.append(words.text("brief.no_before"))
    if block.parameters.get("weights"):
        told.append(words.text(f"brief.{block.parameters['weights']}"))
    compared = sum(1 for row in rows if _is_number(row.get("p_value")))
    return [*told, words.text("brief.note", n=compared)] if compared else told


def _sentence(row: dict[Hashable, Any], parameters: dict[str, Any], words: Words) -> str:
    """Say one score."""
    metric = row["metric"]
    label = capital(score_label(metric, row["question"], parameters, words))
    if not _is_number(row["estimate"]):
        return words.text("brief.first", main=words.text("brief.nothing", label=label))
    main = words.text(
        f"brief.{'points' if metric in POINTS else 'percent'}",
        label=label,
        n=int(row["n"]),
        **{key: words.measured(_number(row[key]), metric) for key in ("estimate", "low", "high")},
    )
    before = period_label(parameters, words, "reference")
    if not before:
        return words.text("brief.first", main=main)
    if row["signal"] is None or pd.isna(row["signal"]):
        why = words.text("brief.not_asked", before=before)
        if row.get("n_reference"):
            why = words.text("signal.unknown")
        return words.text("brief.unsaid", main=main, why=why)
    difference = {
        key: words.signed(_number(row[name]))
        for key, name in [
            ("difference", "difference"),
            ("low", "difference_low"),
            ("high", "difference_high"),
        ]
    }
    key = "brief.signal" if row["signal"] else "brief.no_signal"
    return words.text(key, main=main, before=before, **difference)


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


def _number(value: Any) -> float:
    return float(value) if _is_number(value) else math.nan


def _is_number(value: Any) -> bool:
    return value is not None and not pd.isna(value)
