"""Block -> HTML: the one way from data into a page, in the reader's language, always escaped."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cxreport.errors import CxError
from cxreport.inputs.letters import name_in_letters
from cxreport.show.blocks import Block, read_block
from cxreport.show.cards import cards_of
from cxreport.show.cell import Cell, Table
from cxreport.show.charts.picture import DRAWINGS, picture_of
from cxreport.show.charts.svg import picture_only
from cxreport.show.findings import finding_of
from cxreport.show.front import front_of
from cxreport.show.heat_map import make_shaded
from cxreport.show.labels import capital, filters_label, period_label
from cxreport.show.plain_text import visible_block
from cxreport.show.spreadsheet import csv_of
from cxreport.show.words import Words
from cxreport.show.written import caption, note_of, reader_of, sentences_of, table_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

MOST_SIDE_BY_SIDE = 4
"""Columns of a table that a phone can show side by side; with more, each row becomes a list,"""
MOST_BELOW_EACH_OTHER = 8
"""unless the table has more rows than that: then it is moved sideways."""
FOR_A_PHONE = re.compile(r'<div class="narrow">.*?</div>\n?', re.DOTALL)


@cache
def templates() -> Environment:
    """Return the templates of the blocks: everything is escaped, nothing may be undefined."""
    return Environment(
        loader=PackageLoader("cxreport.show", "template"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(block: Block, language: str, *, prefix: str) -> Markup:
    """Write a block as HTML.

    Parameters
    ----------
    block : Block
        Of a kind in ``KINDS``.
    language : str
        ``en`` or ``it``.
    prefix : str
        What ids begin with; another one for each block of a page.

    Returns
    -------
    Markup
        Safe HTML.

    Raises
    ------
    CxError
        If the kind is unknown, or the block lacks something that its kind needs.
    """
    write = KINDS.get(block.kind)
    if write is None:
        raise CxError("no such kind of block", got=block.kind, expected=", ".join(KINDS))
    try:
        return write(visible_block(block), Words(language), prefix)
    except KeyError as error:
        raise CxError("a block lacks something", where=block.kind, got=error) from error


def render_cell(block: Block, language: str) -> str:
    """Write a block as a notebook shows it: its own ids, and no second drawing for a phone."""
    digest = hashlib.sha256(json.dumps(block.payload(), sort_keys=True).encode()).hexdigest()
    return FOR_A_PHONE.sub("", render(block, language, prefix=f"cell-{digest[:12]}"))


def _fill(template: str, **values: Any) -> Markup:
    return Markup(templates().get_template(f"{template}.html.j2").render(**values))  # noqa: S704


def _header(block: Block, words: Words, _prefix: str) -> Markup:
    is_synthetic = block.parameters.get("synthetic") and "study" not in block.parameters
    synthetic = words.text("header.synthetic") if is_synthetic else ""
    return _fill("header", lines=header_lines(block, words), synthetic=synthetic)


def header_lines(block: Block, words: Words) -> list[str]:
    """Return what a page's head says of its period, its source and its terms."""
    p = block.parameters
    if "study" in p:
        return [
            words.text(f"study.{p['study']}"),
            *([_source_line(p, words)] if "terms" in p else []),
        ]
    filters = filters_label(p, words)
    lines = [
        words.text("header.period", period=period_label(p, words),
                   first=words.day(_day(p["first"])), last=words.day(_day(p["last"]))),
        _source_line(p, words),
        words.text("header.until", day=words.day(_day(p["observed_until"]))),
    ]  # fmt: skip
    if p.get("not_known"):
        ends = ", ".join(
            f"{words.text(f'table_name.{name}')} ({words.day(_day(day))})"
            for name, day in p["not_known"].items()
        )
        lines.append(words.text("header.not_known", tables=ends))
    if filters:
        lines.append(words.text("header.filters", filters=filters))
    return lines


def _source_line(p: dict[str, Any], words: Words) -> str:
    source, terms = (p[name][words.language] for name in ("source", "terms"))
    return words.text("header.source", source=source, terms=capital(terms))


def _table(block: Block, words: Words, _prefix: str) -> Markup:
    many = len(block.parameters["columns"]) > MOST_SIDE_BY_SIDE
    few = len(block.frame) <= MOST_BELOW_EACH_OTHER
    return _fill(
        "table", table=table_of(block, reader_of(block, words.language)), stack=many and few
    )


def _heat_map(block: Block, words: Words, _prefix: str) -> Markup:
    return _fill("table", table=make_shaded(block, words), stack=False)


def _chart(block: Block, words: Words, prefix: str) -> Markup:
    if "estimate" in block.frame and block.frame["estimate"].isna().all():
        return _table(block, words, prefix)  # nothing to draw: the table says why
    picture = picture_of(block, words, prefix=prefix)
    table = table_of(block, reader_of(block, words.language))
    return _fill(
        "chart",
        caption=table.caption,
        finding=finding_of(block, reader_of(block, words.language)),
        # to_svg lets only its own list of elements and attributes through
        wide=Markup(picture.wide),  # noqa: S704
        narrow=Markup(picture.narrow),  # noqa: S704
        table=table,
        download=_download(block, table, words),
        words=words,
    )


def _sentences(block: Block, words: Words, _prefix: str) -> Markup:
    written = sentences_of(block, reader_of(block, words.language))
    first = block.parameters.get("first", len(written))
    return _fill("sentences", sentences=written[:first], more=written[first:], words=words)


def _cards(block: Block, words: Words, _prefix: str) -> Markup:
    table = table_of(block, reader_of(block, words.language))
    download = _download(block, table, words)
    values = {"cards": cards_of(block, words), "table": table, "download": download}
    return _fill("cards", caption=table.caption, words=words, **values)


def _download(block: Block, table: Table, words: Words) -> dict[str, str]:
    """Return a table as a file: its name, after the report and the table, and its content."""
    name = "-".join(filter(None, [block.parameters.get("file"), name_in_letters(table.caption)]))
    data = base64.b64encode(csv_of(table, words).encode()).decode()
    return {"name": f"{name or words.language}.csv", "data": data}


def _front(block: Block, words: Words, prefix: str) -> Markup:
    table = table_of(block, reader_of(block, words.language))
    return _fill(
        "front",
        front=front_of(block, words, prefix=prefix),
        caption=table.caption,
        table=table,
        download=_download(block, table, words),
        words=words,
    )


def _note(block: Block, words: Words, _prefix: str) -> Markup:
    return _fill("note", text=note_of(block, reader_of(block, words.language)))


def _several(block: Block, words: Words, prefix: str) -> Markup:
    parts = [
        render(part, words.language, prefix=f"{prefix}-{number}")
        for number, part in enumerate(blocks_in(block), start=1)
    ]
    return Markup("\n").join(parts)


def blocks_in(block: Block) -> list[Block]:
    """Return the blocks that a block holds; they bear the name of its file."""
    shared = {name: block.parameters[name] for name in ["file"] if name in block.parameters}
    parts = [read_block(payload) for payload in block.parameters["blocks"]]
    return [Block(part.kind, part.frame, part.parameters | shared) for part in parts]


def _plain(block: Block, words: Words, _prefix: str) -> Markup:
    """Show a frame of an analyst's own as it is."""
    title = block.parameters["title"][words.language]
    return _fill("table", table=plain_table(title, block.frame, words), stack=False)


def _fold(block: Block, words: Words, prefix: str) -> Markup:
    """Show blocks one below the other once somebody opens them: named, or after the first."""
    p = block.parameters
    if "summary" in p:
        summary = words.text(f"fold.{p['summary']}")
    else:
        summary = caption(read_block(p["blocks"][0]), words)
    return _fill("fold", summary=summary, content=_several(block, words, prefix))


def _figure(block: Block, words: Words, prefix: str) -> Markup:
    """Show a picture that an analyst drew, with its alt text and its data."""
    title = block.parameters["title"][words.language]
    svg = picture_only(block.parameters["svg"][words.language]).replace("PREFIX-", f"{prefix}-")
    table = plain_table(title, block.frame, words)
    return _fill(
        "figure",
        caption=title,
        picture=Markup(svg),  # noqa: S704 - picture_only lets shapes and text through
        table=table,
        download=_download(block, table, words),
        words=words,
    )


def plain_table(title: str, frame: pd.DataFrame, words: Words) -> Table:
    """Write an analyst's frame as it is."""
    names = [str(column) for column in frame.columns]
    numbers = [pd.api.types.is_numeric_dtype(frame[column]) for column in frame.columns]
    rows = [
        [Cell(words.value(v), n, number) for v, n, number in zip(row, names, numbers, strict=True)]
        for row in frame.itertuples(index=False)
    ]
    headings = [Cell(n, "", number) for n, number in zip(names, numbers, strict=True)]
    return Table(title, headings, rows)


def _day(text: str) -> dt.date:
    return pd.Timestamp(text).date()


KINDS: dict[str, Callable[[Block, Words, str], Markup]] = {
    "header": _header,
    "sentences": _sentences,
    "table": _table,
    "heat_map": _heat_map,
    **dict.fromkeys(DRAWINGS, _chart),
    "cards": _cards,
    "front": _front,
    "note": _note,
    "several": _several,
    "fold": _fold,
    "figure": _figure,
    "plain_table": _plain,
}
