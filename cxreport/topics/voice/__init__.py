"""What customers say in their own words: language, words, topics, quotations, sources."""

from cxreport.inputs.redaction import count_redactions, redact
from cxreport.topics.voice.agreement import agreement, krippendorff_alpha
from cxreport.topics.voice.blocks import (
    brief,
    months,
    quotations,
    scores,
    summary,
)
from cxreport.topics.voice.blocks import words as word_chart
from cxreport.topics.voice.cleaning import clean
from cxreport.topics.voice.coding import CodingFrame, code_comments, read_coding_frame
from cxreport.topics.voice.comments import company_comments
from cxreport.topics.voice.discovery import discover
from cxreport.topics.voice.frames import (
    Voice,
    company_coding_frame,
    company_voice,
    human_labels,
    topic_quotes,
)
from cxreport.topics.voice.keyness import keyness
from cxreport.topics.voice.languages import language
from cxreport.topics.voice.log_odds import log_odds, word_chi_square
from cxreport.topics.voice.mentions import mentions
from cxreport.topics.voice.method_blocks import coder_agreement, method, proposals, redactions
from cxreport.topics.voice.quotes import quotes
from cxreport.topics.voice.replies import replies
from cxreport.topics.voice.source_blocks import replies as reply_table
from cxreport.topics.voice.source_blocks import reviews, sources
from cxreport.topics.voice.topic_history import topic_history
from cxreport.topics.voice.topic_scores import topics
from cxreport.topics.voice.words import words

__all__ = [
    "CodingFrame",
    "Voice",
    "agreement",
    "brief",
    "clean",
    "code_comments",
    "coder_agreement",
    "company_coding_frame",
    "company_comments",
    "company_voice",
    "count_redactions",
    "discover",
    "human_labels",
    "keyness",
    "krippendorff_alpha",
    "language",
    "log_odds",
    "mentions",
    "method",
    "months",
    "proposals",
    "quotations",
    "quotes",
    "read_coding_frame",
    "redact",
    "redactions",
    "replies",
    "reply_table",
    "reviews",
    "scores",
    "sources",
    "summary",
    "topic_history",
    "topic_quotes",
    "topics",
    "word_chart",
    "word_chi_square",
    "words",
]
