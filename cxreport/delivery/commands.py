"""The command that delivers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from cxreport.errors import CxError
from cxreport.inputs.places import find_root


@click.command()
@click.argument("names", nargs=-1, metavar="[REPORT]...")
@click.option("--period", default="", help="Which period; the last closed one when left out.")
@click.option("--slack", type=click.Path(path_type=Path), help="Write a Slack message, no mail.")
@click.option("--dry-run", is_flag=True, help="Print what would be sent, and send nothing.")
@click.option("--again", is_flag=True, help="Send what was sent before, or may have been.")
@click.option("--now", metavar="TIME", help="Another time than the clock's, as 2026-11-02T08:00.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the pages.")
@click.pass_context
def deliver(
    context: click.Context,
    names: tuple[str, ...],
    *,
    period: str,
    slack: Path | None,
    dry_run: bool,
    again: bool,
    now: str | None,
    out: Path | None,
) -> None:
    """Send the summaries of REPORTS by mail (of all with an address when none is named).

    What is not built, not whole, stale, changed by hand or was sent before is not sent; the exit
    code says why (docs/deliver.md).
    """
    from cxreport.delivery.deliver import Order  # noqa: PLC0415 - needed by this command only
    from cxreport.delivery.deliver import deliver as send  # noqa: PLC0415
    from cxreport.delivery.reasons import Reason  # noqa: PLC0415

    root = find_root()
    order = Order(
        root, out or root / "reports", names, period, _time(now), slack, is_dry=dry_run, again=again
    )
    outcomes = send(order)
    reasons = []
    for outcome in outcomes:
        for line in outcome.lines:
            click.echo(line)
        if outcome.failure:
            reasons.append(outcome.failure.reason)
            click.echo(f"not sent [{outcome.failure.reason.word}]: {outcome.failure}", err=True)
    serious = [reason for reason in reasons if reason is not Reason.NOTHING_NEW]
    sent = any(outcome.lines and not outcome.failure for outcome in outcomes)
    if serious or (reasons and not sent):
        context.exit((serious or reasons)[0].value)


def _time(text: str | None) -> dt.datetime:
    """Return what time it is, with its zone: the one given, or that of the clock."""
    if text is None:
        return dt.datetime.now(dt.UTC)
    try:
        given = dt.datetime.fromisoformat(text)
    except ValueError:
        raise CxError("this is no time", got=text, expected="like 2026-11-02T08:00") from None
    return given if given.tzinfo else given.replace(tzinfo=dt.UTC)
