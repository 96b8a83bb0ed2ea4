"""Send what is due, say why the rest is not, and tell of failures."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cxreport.delivery.due import Due, check_due
from cxreport.delivery.letter import empty_mail, parts_of, slack_message, write_mail
from cxreport.delivery.log import SENT, UNSURE, open_log, read_log
from cxreport.delivery.mail import send_mail
from cxreport.delivery.reasons import NotSentError, Reason
from cxreport.errors import CxError
from cxreport.inputs.period import parse
from cxreport.publish.plan import make_plan
from cxreport.publish.table import read_table

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from email.message import EmailMessage

    from cxreport.delivery.letter import Part
    from cxreport.delivery.log import Log
    from cxreport.publish.addresses import Delivery
    from cxreport.publish.plan import Job
    from cxreport.publish.table import Report

SLACK = "slack"
"""What stands for an address in the log where a page was written for Slack."""


@dataclass(frozen=True)
class Order:
    """What one call of ``cxreport deliver`` is asked for.

    Attributes
    ----------
    root, out : Path
        The project, and the folder of its pages.
    names : tuple of str
        Reports; all that name an address when empty.
    period : str
        The period; that of the table of reports when empty.
    now : datetime
        When it is, with its zone.
    slack : Path or None
        The file to write for Slack, in the place of mails.
    is_dry : bool
        Whether nothing is sent and nothing noted.
    again : bool
        Whether to send what was sent before, or may have been.
    """

    root: Path
    out: Path
    names: tuple[str, ...]
    period: str
    now: dt.datetime
    slack: Path | None = None
    is_dry: bool = False
    again: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of one page: lines for the terminal, and why it was not sent."""

    lines: tuple[str, ...]
    failure: NotSentError | None = None


@dataclass(frozen=True)
class Sending:
    """A page that is to be sent to some."""

    due: Due
    to: tuple[str, ...]
    parts: tuple[Part, ...]
    why: str


def deliver(order: Order) -> list[Outcome]:
    """Send the reports that are asked for, and tell ``failures_to`` of those that could not be.

    Returns
    -------
    list of Outcome
        One a page.

    Raises
    ------
    CxError
        If the settings or names are wrong, or the log of deliveries cannot be read.
    """
    table = read_table(order.root)
    if table.deliver is None:
        raise CxError("nobody is named to deliver to", where=order.root / "reports.toml",
                      expected="a section [deliver]", hint="see docs/deliver.md")  # fmt: skip
    settings, every = table.deliver, table.report
    names = order.names or tuple(r.name for r in every if _is_addressed(r, settings, order))
    if not names:
        nobody = NotSentError(Reason.NO_ADDRESS, "no address is declared", where="reports.toml",
                         expected="to = [...] in [deliver] or in a report")  # fmt: skip
        return [Outcome((), nobody)]
    problems: list[CxError] = []
    jobs = make_plan(
        order.root, names=names, out=order.out, failures=problems,
        settings={"period": order.period} if order.period else {},
    )  # fmt: skip
    if order.is_dry:
        return _all(order, settings, jobs, problems, read_log(order.root))
    with open_log(order.root) as log:
        return _all(order, settings, jobs, problems, log)


def _is_addressed(report: Report, settings: Delivery, order: Order) -> bool:
    """Return whether a report has somebody, or Slack, to go to."""
    own = report.deliver
    if report.each is not None:
        return bool(own.to or own.groups)
    return bool(settings.to if own.to is None else own.to) or (
        order.slack is not None and own.to is None
    )


def _all(
    order: Order, settings: Delivery, jobs: Sequence[Job], problems: Sequence[CxError], log: Log
) -> list[Outcome]:
    """Send what is due; then tell of what failed."""
    outcomes = [
        Outcome((), NotSentError(Reason.NOT_BUILT, error.what, **error.parts)) for error in problems
    ]
    ready: list[Sending] = []
    for job in _newest(jobs):
        try:
            sending = _prepare(job, order, settings, log)
        except NotSentError as failure:
            outcomes.append(Outcome((), failure))
            continue
        if sending is None:  # of a row of pages, one without an address
            continue
        ready.append(sending)
    if order.slack is not None:
        outcomes += _write_slack(ready, order, log)
    else:
        outcomes += [_mail(sending, order, settings, log) for sending in ready]
    failures = [o.failure for o in outcomes if o.failure]
    if lines := _tell(failures, order, settings, log):
        outcomes.append(Outcome(tuple(lines)))
    return outcomes


def _newest(jobs: Sequence[Job]) -> list[Job]:
    """Return of each report, or of each page of its row, the job of the newest period."""
    newest: dict[Path, Job] = {}
    for job in jobs:
        there = newest.setdefault(job.folder.parent, job)
        if job.codebook and there is not job:
            kind, waves = job.codebook.source.period, job.codebook.waves
            newest[job.folder.parent] = max(
                (there, job), key=lambda each: parse(each.period, kind, waves)
            )
    return list(newest.values())


def _receivers(job: Job, order: Order, settings: Delivery) -> tuple[str, ...]:
    """Return who gets a page."""
    own = job.report.deliver
    if job.row:
        page = job.folder.parent.name.partition("@")[2]
        value = str(job.parameters["value"])
        to = own.groups.get(value, own.groups.get(page, own.to or ()))
    else:
        to = settings.to if own.to is None else own.to
    if order.slack is not None:
        return (SLACK,)
    return to


def _prepare(job: Job, order: Order, settings: Delivery, log: Log) -> Sending | None:
    """Return what is to be sent of a page, and to whom it is news.

    Raises
    ------
    NotSentError
        If it may not be sent, or is no news.
    """
    own = job.report.deliver
    to = _receivers(job, order, settings)
    if not to and job.row and own.groups:
        return None
    if not to:
        raise NotSentError(Reason.NO_ADDRESS, "no address is declared", where=job.name,
                      expected="to = [...] in [deliver], or deliver = { to = [...] } in the "
                      "report")  # fmt: skip
    due = check_due(job, order.out, order.now.date(), own.stale_after or settings.stale_after)
    states = {address: log.state(due.place, address, due.news) for address in to}
    if order.again:
        states = dict.fromkeys(to, "")
    if unsure := [address for address, state in states.items() if state == UNSURE]:
        raise NotSentError(
            Reason.UNSURE, "nobody knows whether the last mail arrived: it is not sent twice",
            where=job.name, got=", ".join(unsure),
            hint="ask one of them; if it did not arrive: cxreport deliver --again",
        )  # fmt: skip
    pending = tuple(address for address, state in states.items() if not state)
    if not pending:
        raise NotSentError(Reason.NOTHING_NEW, "nothing changed since it was sent", where=job.name)
    other = any(log.had_earlier(due.place, address) for address in pending) and not order.again
    parts = parts_of(due, settings.pages_at, again=other)
    why = "asked for again" if order.again else "it has changed" if other else "not sent yet"
    return Sending(due, pending, tuple(parts), why)


def _mail(sending: Sending, order: Order, settings: Delivery, log: Log) -> Outcome:
    """Send one page, noting before and after who has it."""
    due, to = sending.due, sending.to
    mail = write_mail(sending.parts, settings.sender, to, due.news, order.now)
    if order.is_dry:
        text = mail.get_body(("plain",))
        body = str(text.get_content()) if text else ""
        head = [f"{due.name}: would be sent ({sending.why})", *_head(mail)]
        return Outcome((*head, "", *body.splitlines(), ""))
    try:
        refused = _post(mail, to, due.place, due.news, order=order, settings=settings, log=log)
    except NotSentError as error:
        where = ", ".join(filter(None, [due.name, error.parts.get("where", "")]))
        return Outcome((), NotSentError(error.reason, error.what, **error.parts | {"where": where}))
    taken = [address for address in to if address not in refused]
    line = f"{due.name}: sent to {', '.join(taken)} ({sending.why})"
    if not refused:
        return Outcome((line,))
    failure = NotSentError(
        Reason.NOT_SENT, "the server refuses some addresses; the others have the mail",
        where=due.name, got="; ".join(f"{a}: {answer}" for a, answer in refused.items()),
        hint="mend the address; only those who lack the mail will get it",
    )  # fmt: skip
    return Outcome((line,), failure)


def _head(mail: EmailMessage) -> list[str]:
    return [f"  {name}: {mail[name]}" for name in ("From", "To", "Subject")]


def _post(
    mail: EmailMessage, to: Sequence[str], name: str, news: str, *, order: Order,
    settings: Delivery, log: Log,
) -> dict[str, str]:  # fmt: skip
    """Note, send, and note again; return who was refused."""
    before, at = log.entries, order.now.isoformat(timespec="seconds")
    log.note(name, to, news, UNSURE, at)
    try:
        refused = send_mail(mail, to, settings)
    except NotSentError as failure:
        if failure.reason is not Reason.UNSURE:
            log.write(before)
        raise
    kept = {address: entry for address, entry in before.get(name, {}).items() if address in refused}
    of_page = {a: e for a, e in log.entries[name].items() if a not in refused} | kept
    for address in to:
        if address not in refused:
            of_page[address] = {"news": news, "state": SENT, "at": at}
    try:
        log.write({**log.entries, name: of_page})
    except NotSentError as failure:
        raise NotSentError(
            Reason.UNSURE, "the mail was sent, and that could not be noted: it is not sent again",
            **failure.parts,
        ) from failure  # fmt: skip
    return refused


def _write_slack(ready: Sequence[Sending], order: Order, log: Log) -> list[Outcome]:
    """Write all pages that are due as one message."""
    if not ready or order.slack is None:
        return []
    message = slack_message([part for sending in ready for part in sending.parts])
    text = json.dumps(message, ensure_ascii=False, indent=2) + "\n"
    names = ", ".join(sending.due.name for sending in ready)
    if order.is_dry:
        return [Outcome((f"{names}: would be written for Slack", *text.splitlines()))]
    try:
        at = order.now.isoformat(timespec="seconds")
        _put(order.slack, text)
        for sending in ready:
            log.note(sending.due.place, [SLACK], sending.due.news, SENT, at)
    except OSError as error:
        failure = NotSentError(Reason.NOT_SENT, "the message for Slack could not be written",
                          where=order.slack, got=error.strerror)  # fmt: skip
        return [Outcome((), failure)]
    except NotSentError as failure:
        order.slack.unlink(missing_ok=True)
        return [Outcome((), failure)]
    return [Outcome((f"{names}: written to {order.slack}",))]


def _put(path: Path, text: str) -> None:
    """Write a file in one step."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
        file.write(text)
    Path(file.name).replace(path)


UNTOLD = {Reason.NOTHING_NEW, Reason.NO_ADDRESS}
"""Reasons that are no failure."""


def _tell(
    failures: Sequence[NotSentError], order: Order, settings: Delivery, log: Log
) -> list[str]:  # fmt: skip
    """Send ``failures_to`` what was not sent and why; the same only once a day."""
    serious = [failure for failure in failures if failure.reason not in UNTOLD]
    if not serious or not settings.failures_to or order.slack is not None:
        return []
    text = "\n\n".join(f"[{failure.reason.word}] {failure}" for failure in serious)
    today = order.now.date().isoformat()
    news = hashlib.sha256(f"{today}\n{text}".encode()).hexdigest()
    to = [a for a in settings.failures_to if not log.state("failures", a, news)]
    if not to:
        return ["the failure was told before, today"]
    mail = empty_mail("A report was not sent", settings.sender, to, news, order.now)
    mail.set_content(f"What was not sent, and why:\n\n{text}\n")
    if order.is_dry:
        return ["of the failure would be told:", *_head(mail)]
    try:
        refused = _post(mail, to, "failures", news, order=order, settings=settings, log=log)
    except NotSentError as failure:
        return [f"the failure could not be told either: {failure.what}"]
    taken = [address for address in to if address not in refused]
    return [f"the failure was told to {', '.join(taken)}"]
