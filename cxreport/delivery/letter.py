"""What is sent: a mail with text and HTML, or the blocks of a message for Slack."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cxreport.errors import shorten
from cxreport.publish.export import environment
from cxreport.show.plain_text import visible
from cxreport.show.words import Words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from cxreport.delivery.due import Due
    from cxreport.publish.summary import Summary

LONGEST_HEADER = 150
LONGEST_SECTION = 2900
"""Signs of a Slack section, below its limit of 3,000."""


@dataclass(frozen=True)
class Part:
    """The summary in one language, with the address of its page ("" for none) and a first line."""

    summary: Summary
    address: str
    note: str

    def lines(self) -> list[str]:
        """Return its lines of text."""
        title, *rest = self.summary.lines()
        return [title, *filter(None, [self.note]), *rest]


def parts_of(due: Due, pages_at: str, *, again: bool) -> list[Part]:
    """Return what is said of a page, in each of its languages.

    Parameters
    ----------
    due : Due
        The page.
    pages_at : str
        Address of the folder of the pages; without one, the page is named and not linked.
    again : bool
        Whether another version of it was sent before.
    """
    parts = []
    for summary in due.summaries:
        words = Words(summary.language)
        address = f"{pages_at}/{quote(due.place)}/{summary.language}.html" if pages_at else ""
        page = words.text("sent.page", page=address) if address else summary.page
        parts.append(
            Part(replace(summary, page=page), address, words.text("sent.again") if again else "")
        )
    return parts


def subject_of(summary: Summary) -> str:
    """Return the title of a mail, in one line whatever its parts hold."""
    parts = [summary.title, summary.source, summary.period]
    return one_line(" – ".join(filter(None, parts)))


def one_line(text: str) -> str:
    r"""Return a text as one line without signs that nobody sees, and not too long.

    Examples
    --------
    >>> one_line("Report\r\nBcc: eve@example.org")
    'Report Bcc: eve@example.org'
    """
    return shorten(" ".join(visible(re.sub(r"\s", " ", text)).split()), LONGEST_HEADER)


def write_mail(
    parts: Sequence[Part], sender: str, to: Sequence[str], news: str, now: dt.datetime
) -> EmailMessage:
    """Write a summary as a mail: plain text, and the same as HTML that loads nothing.

    The same news have the same Message-ID, so that a mail program shows them once even if a server
    took them twice.
    """
    subject = subject_of(parts[0].summary)
    mail = empty_mail(subject, sender, to, news, now)
    mail["Content-Language"] = ", ".join(part.summary.language for part in parts)
    mail.set_content("\n\n".join("\n".join(part.lines()) for part in parts) + "\n")
    html = environment().get_template("mail.html.j2").render(parts=parts, subject=subject)
    mail.add_alternative(html + "\n", subtype="html")
    return mail


def empty_mail(
    subject: str, sender: str, to: Sequence[str], news: str, now: dt.datetime
) -> EmailMessage:
    """Write the head of a mail."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = ", ".join(to)
    mail["Subject"] = one_line(subject)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{news[:40]}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    return mail


def slack_message(parts: Sequence[Part]) -> dict[str, Any]:
    """Write summaries as one message for a Slack webhook: nothing in their texts is a command."""
    blocks: list[dict[str, Any]] = []
    for part in parts:
        title, *lines = part.lines()[:-1]
        name = {"type": "plain_text", "text": one_line(title), "emoji": False}
        blocks.append({"type": "header", "text": name})
        last = f"<{part.address}|{escaped(_name(part))}>" if part.address else part.summary.page
        text = "\n".join(map(escaped, lines))
        blocks += [_section(shorten(text, LONGEST_SECTION))] if text else []
        blocks.append(_section(last if part.address else escaped(last)))
    title = " · ".join(dict.fromkeys(subject_of(part.summary) for part in parts))
    return {"text": shorten(escaped(title), LONGEST_SECTION), "blocks": blocks}


def _name(part: Part) -> str:
    """Return what a link to a page is called: its title."""
    return one_line(part.summary.title)


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def escaped(text: str) -> str:
    """Write the three signs that mean something to Slack so that they stand for themselves.

    Examples
    --------
    >>> escaped("<!channel> & all")
    '&lt;!channel&gt; &amp; all'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
