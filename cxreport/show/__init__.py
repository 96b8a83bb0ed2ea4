"""What a notebook cell may end in, for whoever writes sections of one's own."""

from cxreport.show.blocks import READS, Block, language
from cxreport.show.header import header, study, undated
from cxreport.show.own import figure, plain_table
from cxreport.show.parts import Column, chart, note, say, section, sentences, table


def _write(block: Block, language: str) -> str:
    from cxreport.show.render import render_cell  # noqa: PLC0415 - only a person needs to see it

    return render_cell(block, language)


READS.write = _write

__all__ = [
    "Column",
    "chart",
    "figure",
    "header",
    "language",
    "note",
    "plain_table",
    "say",
    "section",
    "sentences",
    "study",
    "table",
    "undated",
]
