"""Write the proposed codebook, each guess with what it was taken from, for a person to review."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from cxreport.inputs.exports.values import ORDERS
from cxreport.inputs.meaning import LONGEST_NAME
from cxreport.inputs.roles import CODED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cxreport.inputs.exports.proposal import Proposal

REVIEW = "# review: "
LONGEST_LABEL = 300


def text(value: str) -> str:
    r"""Return a text as TOML writes it.

    Examples
    --------
    >>> print(text('a "b"\n\x7f'))
    "a \"b\"\n\u007f"
    """
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def key(name: str) -> str:
    """Return a name as TOML writes it in front of a value.

    Examples
    --------
    >>> key("answered_at"), key("città")
    ('answered_at', '"città"')
    """
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else text(name)


def both(value: str | Mapping[str, str]) -> str:
    """Return a text in both languages; what is in one only stands for both."""
    texts = {"en": value, "it": value} if isinstance(value, str) else value
    return f"{{ en = {text(texts['en'])}, it = {text(texts['it'])} }}"


def source_text(title: str, timezone: str, product: str) -> str:
    """Return the head of a codebook."""
    zone = timezone or "UTC"
    why = "" if timezone else f" {REVIEW}the zone of the times"
    return "\n".join(
        [
            f"# Proposed by cxreport import from a file of {product}. What is marked '# review'",
            "# is a guess: correct it, and take the mark away. See docs/codebook.md.",
            "",
            "[source]",
            f"title = {both(title)} {REVIEW}the name on the page",
            f"terms = {both('not stated')} {REVIEW}whose data these are",
            f"timezone = {text(zone)}{why}",
            'period = "month"',
            "",
        ]
    )


def table_text(table: str, proposals: Iterable[Proposal]) -> str:
    """Return the part of a codebook that describes a table."""
    lines = [f"[tables.{key(table)}]", f"files = {text(f'{table}.parquet')}", ""]
    return "\n".join(lines) + "\n" + "\n".join(column_text(table, one) for one in proposals)


def column_text(table: str, proposal: Proposal, *, mark: str = "") -> str:
    """Return the part of a codebook that describes a column."""
    exported = " ".join(proposal.field.exported.split())
    lines = [f"[tables.{key(table)}.columns.{key(proposal.name)}]"]
    if mark:
        lines.insert(0, f"# {mark}")
    why = f" {REVIEW}{proposal.why}" if proposal.why else ""
    origin = "" if exported == proposal.name else f" # in the export: {_comment(exported)}"
    lines.append(f"role = {text(proposal.role)}{why or origin}")
    if why and origin:
        lines.insert(len(lines) - 1, origin.strip())
    if proposal.role not in {"id", "customer", "date", "time", "comment"}:
        label = " ".join((proposal.field.text or exported).split())[:LONGEST_LABEL] or proposal.name
        lines.append(f"label = {both(label)} {REVIEW}one language only")
    if proposal.scale:
        lines.append(f"scale = [{proposal.scale[0]}, {proposal.scale[1]}] {REVIEW}worst, then best")
    if proposal.missing:
        pairs = (
            f"{key(code)} = {both(why or 'no answer: declared in the export')}"
            for code, why in proposal.missing.items()
        )
        lines.append(f"missing = {{ {', '.join(pairs)} }}")
    if proposal.recode:
        recoded = (f"{key(spelling)} = {text(code)}" for spelling, code in proposal.recode.items())
        lines.append(f"recode = {{ {', '.join(recoded)} }} {REVIEW}answers as numbers or words")
    if proposal.labels and proposal.role in CODED:
        lines.append(f"[tables.{key(table)}.columns.{key(proposal.name)}.labels]")
        lines += [f"{key(code)} = {both(label or code)}" for code, label in proposal.labels.items()]
    return "\n".join(lines) + "\n"


def _comment(line: str) -> str:
    """Return a text for the end of a line: no control sign may stand in a comment."""
    return "".join(sign if sign.isprintable() else " " for sign in line)[:LONGEST_NAME]


def way_text(order: str, decimal: str) -> str:
    """Return in words how days and numbers were read."""
    parts = [ORDERS[order] if order else "", f"decimals after {decimal!r}" if decimal else ""]
    return ", ".join(one for one in parts if one)
