"""Block -> captions, tables, sentences and notes in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxreport.scores.suppression import SUPPRESSED
from cxreport.show.cell import Cell, Table
from cxreport.show.formats import TEXTUAL, Reader
from cxreport.show.labels import capital, period_label
from cxreport.show.parts import Column
from cxreport.show.plain_text import isolated

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.show.blocks import Block
    from cxreport.show.words import Words

    Row = dict[Hashable, Any]

AGAINST = ("signal", "signal_weighted")
"""Headings that say against what a signal is, where that is known."""


def reader_of(block: Block, language: str) -> Reader:
    """Return who reads a block: with its topic's texts, and the labels it carries."""
    return Reader(language, block.parameters["topic"], block.parameters)


def caption(block: Block, words: Words) -> str:
    """Return what a block shows, in a language."""
    return caption_of(block, reader_of(block, words.language))


def caption_of(block: Block, reader: Reader) -> str:
    """Return what a table or chart shows: a text that may use the block's parameters."""
    return capital(reader.text(f"caption.{block.parameters['caption']}", values_of(block)))


def values_of(block: Block) -> dict[str, Any]:
    """Return the parameters that a caption may speak of; periods are written by the reader."""
    own = {"period", "reference", "names", "labels", "columns"}
    return {name: value for name, value in block.parameters.items() if name not in own}


def sentences_of(block: Block, reader: Reader) -> list[str]:
    """Write the sentences of a block; a list among them is one item."""
    items = [item if isinstance(item, list) else [item] for item in block.parameters["sentences"]]
    return [
        " ".join(capital(reader.text(sentence["key"], sentence["values"])) for sentence in item)
        for item in items
    ]


def table_of(block: Block, reader: Reader) -> Table:
    """Write a block's frame as the table of its columns.

    Returns
    -------
    Table
        Columns without any content are left out, the first excepted.
    """
    columns = [Column(**column) for column in block.parameters["columns"]]
    rows: list[Row] = block.frame.to_dict("records")
    texts = [[_cell(row, column, reader) for column in columns] for row in rows]
    empty = ("", reader.text("value.none"))
    kept = [i for i in range(len(columns)) if i == 0 or any(row[i] not in empty for row in texts)]
    heads = [_heading(column, block, reader) for column in columns]
    numbers = [not _is_text(column) for column in columns]
    return Table(
        caption_of(block, reader),
        [Cell(heads[i], "", numbers[i]) for i in kept],
        [
            [
                Cell(text[i], heads[i], numbers[i], is_hidden=row.get("note") == SUPPRESSED)
                for i in kept
            ]
            for row, text in zip(rows, texts, strict=True)
        ],
        _family(block, columns, reader),
    )


def _cell(row: Row, column: Column, reader: Reader) -> str:
    named = {str(name): value for name, value in row.items()}
    return reader.write(named.get(column.name), column.how, named)


def _is_text(column: Column) -> bool:
    textual = column.how.partition(":")[0] in TEXTUAL
    return textual if column.is_text is None else column.is_text


def _heading(column: Column, block: Block, reader: Reader) -> str:
    """Name a column; of signals, say what they are against."""
    heading = column.heading or column.name
    if heading in AGAINST:
        key = f"against.{block.parameters['caption']}"
        default = period_label(block.parameters, reader.words, "reference")
        against = reader.text(key) if reader.has(key) else default
        if against:
            return reader.text(f"column.{heading}_against", {"against": against})
    return reader.text(f"column.{heading}")


def _family(block: Block, columns: list[Column], reader: Reader) -> str:
    """Return how many comparisons were made at once, where a table says which are signals."""
    if not any(column.name == "signal" for column in columns) or "p_value" not in block.frame:
        return ""
    n = int(block.frame["p_value"].notna().sum())
    return reader.text("table.family", {"n": n}) if n else ""


def note_of(block: Block, reader: Reader) -> str:
    """Write what a note says, with its values."""
    own = {"topic", "key"}
    values = {name: value for name, value in block.parameters.items() if name not in own}
    return reader.text(block.parameters["key"], values)


def names_of(block: Block, reader: Reader, parameter: str = "label") -> list[str]:
    """Name the rows, or the series, that a chart draws: by its parameter ``label``.

    ``label`` is a column of the frame and its format: ``{"name": "group", "how": "code"}``. A kind
    of chart may have more parameters of that shape. Each name is isolated, because charts and their
    descriptions write other names and numbers beside it.
    """
    label = Column(**block.parameters[parameter])
    return [isolated(_cell(row, label, reader)) for row in block.frame.to_dict("records")]
