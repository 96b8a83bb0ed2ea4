"""May a page be sent? Only the one that was published, of the data in place, whole and recent."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxreport.delivery.reasons import NotSentError, Reason
from cxreport.errors import CxError
from cxreport.inputs.closed import last_closed
from cxreport.inputs.period import parse
from cxreport.publish.changes import CAUSES
from cxreport.publish.periods import STUDY, UNDATED
from cxreport.publish.places import MANIFEST, failed_mark
from cxreport.publish.publish import digest_of
from cxreport.publish.stale import hashes_of
from cxreport.publish.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cxreport.inputs.period import Period
    from cxreport.publish.plan import Job

NEWS = ("data", "definition")
"""Causes of a change that make a page news; the same words made by other code are none."""
BUILD = "cxreport build, then deliver again"


@dataclass(frozen=True)
class Due:
    """A page that may be sent.

    Attributes
    ----------
    name : str
        Report and period.
    place : str
        Folder of the report and of the period, as in addresses.
    summaries : tuple of Summary
        One a language, in the order declared.
    news : str
        A hash over what readers are told and what it comes from: the same, no news.
    """

    name: str
    place: str
    summaries: tuple[Summary, ...]
    news: str


def check_due(job: Job, out: Path, today: dt.date, stale_after: int | None) -> Due:
    """Return what may be sent of a planned page.

    Parameters
    ----------
    job : Job
        The page, from ``make_plan``.
    out : Path
        The folder of the pages.
    today : date
        The day on which it would be sent.
    stale_after : int, optional
        Days after the end of the period; half as long again as the period when left out.

    Raises
    ------
    NotSentError
        If the page may not be sent: with the first reason that holds.
    """
    if failed_mark(out, job.folder).exists():
        raise NotSentError(
            Reason.NOT_BUILT, "the last build failed", where=job.name,
            hint=f"cxreport build {job.report.name} says why",
        )  # fmt: skip
    manifest, files = _read(job)
    if job.stale.startswith("changed"):
        raise NotSentError(
            Reason.OUTDATED, "the page is not made from what is in place now", where=job.name,
            got=job.stale, hint=BUILD,
        )  # fmt: skip
    if job.stale:
        raise NotSentError(
            Reason.NOT_THE_PAGE, "the page is not the one that the table of reports asks for",
            where=job.name, got=job.stale, hint=BUILD,
        )  # fmt: skip
    if job.codebook and job.period not in {STUDY, UNDATED}:
        period = parse(job.period, job.codebook.source.period, job.codebook.waves)
        _check_period(job, period, today, stale_after)
    texts = [files[f"{language}.summary.json"] for language in job.report.languages]
    return Due(
        name=job.name,
        place=f"{job.folder.parent.name}/{job.folder.name}",
        summaries=tuple(_summary(text) for text in texts),
        news=_news(job.name, texts, manifest),
    )


def _read(job: Job) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Read the manifest of a page and all of its files, each of which must be the one published."""
    path = job.folder / MANIFEST
    if not path.is_file():
        raise NotSentError(Reason.NOT_BUILT, "there is no page", where=job.name, got=job.stale,
                      hint=BUILD)  # fmt: skip
    needed = {
        f"{language}.{kind}"
        for language in job.report.languages
        for kind in ("html", "summary.txt", "summary.html", "summary.json")
    }
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        hashes = dict.fromkeys(needed, "") | hashes_of(manifest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotSentError(
            Reason.NOT_THE_PAGE, "the manifest of the page cannot be used", where=path,
            got=repr(error), hint=BUILD,
        ) from error  # fmt: skip
    files = {name: _content(job.folder / name) for name in hashes}
    wrong = [name for name, content in files.items() if digest_of(content or b"") != hashes[name]]
    if wrong:
        raise NotSentError(
            Reason.NOT_THE_PAGE, "a file is missing or is not the one published", where=job.folder,
            got=", ".join(wrong), hint="cxreport build --force, then deliver again",
        )  # fmt: skip
    return manifest, {name: content or b"" for name, content in files.items()}


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _summary(text: bytes) -> Summary:
    """Read a summary back."""
    fields = json.loads(text)
    lists = {key: tuple(fields[key]) for key in ("sentences", "values")}
    return Summary(**fields | lists)


def _check_period(job: Job, period: Period, today: dt.date, stale_after: int | None) -> None:
    """Refuse a period that is not over, by the data or by the clock, or was over long ago."""
    last_day = period.end - dt.timedelta(days=1)
    if today < period.end:
        raise NotSentError(
            Reason.NOT_WHOLE, "by the clock the period is not over: is the clock right?",
            where=job.name, got=f"today is {today}, the period ends on {last_day}",
        )  # fmt: skip
    if job.codebook:
        about = job.parameters.get("about", ("responses",))
        try:
            last = last_closed(job.codebook, about=about)  # type: ignore[arg-type]
        except CxError as error:
            raise NotSentError(Reason.NOT_WHOLE, error.what, **error.parts) from error
        if period.end > last.end:
            raise NotSentError(
                Reason.NOT_WHOLE, "the data do not cover the whole period", where=job.name,
                got=f"the last period that they cover is {last.name}",
            )  # fmt: skip
    most = stale_after or (period.end - period.start).days * 3 // 2
    if (age := (today - last_day).days) > most:
        raise NotSentError(
            Reason.STALE, "the data are stale: newer ones should be there", where=job.name,
            got=f"the period ended {age} days ago", expected=f"at most {most} (stale_after)",
            hint="put the new export in place, and build",
        )  # fmt: skip


def _news(name: str, texts: list[bytes], manifest: Mapping[str, Any]) -> str:
    """Return a hash over what readers are told, and the data and definitions it comes from."""
    made_from = {key: manifest.get(key) for cause in NEWS for key in CAUSES[cause]}
    whole = [name, [digest_of(text) for text in texts], made_from]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
