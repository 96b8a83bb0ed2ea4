"""What a notebook cell may end in, for whoever writes sections of one's own."""

from cxreport.show.blocks import language
from cxreport.show.header import header, study, undated
from cxreport.show.own import figure, plain_table
from cxreport.show.parts import Column, chart, note, say, section, sentences, table

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
