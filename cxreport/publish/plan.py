"""Which pages are there to make: ``reports.toml`` -> jobs, and which are stale, and why."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from cxreport.errors import CxError
from cxreport.inputs.closed import last_closed
from cxreport.inputs.codebook import read_codebook
from cxreport.inputs.dataset import find_codebook
from cxreport.inputs.meaning import LANGUAGES
from cxreport.inputs.period import parse
from cxreport.inputs.settings import read_settings
from cxreport.publish.addresses import Delivery, ReportDelivery
from cxreport.publish.brand import Brand
from cxreport.publish.each import Row, check_each, row_of
from cxreport.publish.names import file_name, page_name
from cxreport.publish.params import check_parameters, read_parameters
from cxreport.publish.provenance import gather, gather_sources, marks, with_parameters
from cxreport.scores.group_pages import check_group_column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cxreport.inputs.codebook import Codebook
    from cxreport.publish.params import Parameter

MANIFEST = "manifest.json"
LATEST = "latest"
"""The folder of the newest pages of each report, which no report is called like."""
A_WEEK = 7 * 86_400  # seconds
STUDY, UNDATED = "study", "undated"
"""What stands for the period of a notebook without a source, and of a source without dates."""


class Report(BaseModel):
    """One line of the table of reports."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")
    notebook: str
    group: str
    """Which reports are built together: ``cxreport build --group demo``."""
    periods: tuple[str, ...] = Field(("last",), min_length=1)
    """Names of periods; ``last`` is the last closed one."""
    languages: tuple[Literal["en", "it"], ...] = Field(("it", "en"), min_length=1)
    time_limit: float = Field(600, gt=0, le=A_WEEK, allow_inf_nan=False)
    """Seconds for one run of the notebook."""
    parameters: dict[str, Any] = {}
    """Of the notebook; ``source`` is needed, unless it is a study."""
    each: str | None = Field(None, min_length=1)
    """A column of the answers: one page for each of its groups."""
    deliver: ReportDelivery = ReportDelivery()

    @field_validator("name")
    @classmethod
    def _no_place_of_ours(cls, given: str) -> str:
        if given == LATEST:
            raise ValueError(f"{LATEST!r} is the folder of the newest pages: choose another name")
        return given

    @field_validator("periods", "languages")
    @classmethod
    def _each_once(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        repeated = sorted({name for name in given if given.count(name) > 1})
        if repeated:
            raise ValueError(f"given twice: {', '.join(repeated)}")
        return given


class Reports(BaseModel):
    """The whole ``reports.toml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    report: tuple[Report, ...] = ()
    brand: Brand | None = None
    deliver: Delivery | None = None


@dataclass(frozen=True)
class Job:
    """One run of one notebook, for one period, in all its languages.

    Attributes
    ----------
    report : Report
        The line of the table.
    period : str
        The period's name; ``study`` for a notebook that reads no source, ``undated`` for one whose
        source has no dates.
    notebook : Path
        The notebook.
    parameters : dict
        All of its parameters, checked.
    folder : Path
        Where the pages go: ``reports/<report>/<period>``; of other parameters than the table's,
        ``reports/<report>.<parameters>/<period>``, for they make another page.
    codebook : Codebook or None
        The contract of the source; None in a study.
    provenance : dict
        What the pages are made from.
    marks : dict
        Of each file that is read, by what it is known to be untouched since it was hashed.
    stale : str
        Why the pages must be made again; empty when they are up to date.
    row : Row, optional
        Of a report with ``each``: the groups of which this page is one's.
    """

    report: Report
    period: str
    notebook: Path
    parameters: dict[str, object]
    folder: Path
    codebook: Codebook | None
    provenance: dict[str, Any]
    marks: dict[str, tuple[int, ...]]
    stale: str
    row: Row | None = None

    @property
    def name(self) -> str:
        """The job's name: report, group where there is one, and period."""
        page = page_name(self.report.name, str(self.parameters["value"])) if self.row else None
        return f"{page or self.report.name} {self.period}"


def read_reports(root: Path) -> tuple[Report, ...]:
    """Read the table of reports.

    Raises
    ------
    CxError
        If it is missing or not understood, or two reports bear one name.
    """
    return read_table(root).report


def read_table(root: Path) -> Reports:
    """Read the whole file of reports; see :func:`read_reports`."""
    path = root / "reports.toml"
    table = read_settings(path, Reports, "table of reports")
    names = [report.name for report in table.report]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise CxError("two reports bear one name", where=path, got=", ".join(repeated))
    return table


def make_plan(
    root: Path,
    *,
    groups: Sequence[str] = (),
    names: Sequence[str] = (),
    settings: Mapping[str, str] | None = None,
    out: Path | None = None,
    failures: list[CxError] | None = None,
    rows: list[Row] | None = None,
) -> list[Job]:
    """Turn the table of reports into jobs; whatever is wrong with any of them is an error now.

    Parameters
    ----------
    root : Path
        The project's folder.
    groups, names : sequence of str
        Which reports; all when both are empty. Of a report with ``each`` a name may go on with
        ``@`` and a group, for its page alone.
    settings : mapping of str to str, optional
        Parameters given on the command line, as text.
    out : Path, optional
        Folder of the pages; ``reports`` when left out.
    failures : list of CxError, optional
        Where to put what is wrong with single reports, so that it does not stop the others.
    rows : list of Row, optional
        Where to put the groups of reports with ``each``, those without a page included.

    Returns
    -------
    list of Job
        In the order of the table, one job per period (and group).

    Raises
    ------
    CxError
        If a report, notebook, parameter, period or source is wrong or not there.
    """
    reports = read_reports(root)
    if not reports:
        raise CxError("no report is listed", where=root / "reports.toml", hint="add a [[report]]")
    picks: dict[str, list[str]] = {}  # report -> its groups asked for, none for all
    for report_name, at, group in (name.partition("@") for name in names):
        picks.setdefault(report_name, []).extend([group] if at else [])
    known_groups, known_names = {r.group for r in reports}, {r.name for r in reports}
    for kind, asked, existing in [("group", groups, known_groups), ("report", picks, known_names)]:
        strange = sorted(set(asked) - existing)
        if strange:
            raise CxError(
                f"no such {kind}", got=", ".join(strange), expected=", ".join(sorted(existing))
            )
    chosen = [
        report
        for report in reports
        if (not groups and not names) or report.group in groups or report.name in picks
    ]
    place = Place(root, out or root / "reports", settings or {}, rows if rows is not None else [])
    jobs: dict[Path, Job] = {}
    for report in chosen:
        whole = report.group in groups or report.name in names
        try:
            planned = _jobs_of(report, place, None if whole else picks.get(report.name), names)
        except CxError as error:
            if failures is None:
                raise
            failures.append(error)
            continue
        for job in planned:
            first = jobs.setdefault(job.folder, job)  # the last closed period may be named, too
            if first.name != job.name:
                raise CxError("two pages would bear one name", got=f"{first.name}, {job.name}")
    return list(jobs.values())


@dataclass(frozen=True)
class Place:
    """What all jobs of a plan share: the project, the pages' folder, what the command line sets."""

    root: Path
    out: Path
    settings: Mapping[str, str]
    rows: list[Row]


def _jobs_of(
    report: Report, place: Place, picks: Sequence[str] | None, names: Sequence[str]
) -> list[Job]:
    """Make a job of each period of a report, and of each of its groups."""
    settings = place.settings
    declared = read_parameters(place.root / report.notebook)
    named = report.name in names or bool(picks)
    if "period" not in declared and "period" in settings and not named:
        return []  # of a group, what is asked for is one period: a study has none
    if picks and report.each is None:
        raise CxError("this report makes one page, not one for each group", got=report.name,
                      expected=f"each = ... in reports.toml, or no @{picks[0]}")  # fmt: skip
    if report.each is not None:
        check_each(report, declared, settings)
    periods = (settings["period"],) if "period" in settings else report.periods
    return [
        job
        for period in periods
        for job in _of_period(place, report, declared, period, picks or ())
    ]


def _of_period(
    place: Place,
    report: Report,
    declared: Mapping[str, Parameter],
    period: str,
    picks: Sequence[str],
) -> list[Job]:
    """Check one report's parameters, and make its job, or one job for each group with a page."""
    notebook = place.root / report.notebook
    where = f"reports.toml, {report.name}"
    if "period" in report.parameters:
        raise CxError("the period is no parameter here", where=where, expected="periods = [...]")
    parameters = check_parameters(declared, report.parameters, place.settings, where=where)
    codebook = None
    if "source" in declared:
        codebook = read_codebook(find_codebook(str(parameters["source"]), place.root))
    about = parameters.get("about", ("responses",))
    if report.each is not None and codebook:
        check_group_column(codebook, report.each)
    chosen = _name_period(report, declared, period, codebook, notebook, about)
    if "period" in declared:
        parameters["period"] = chosen
    untouched = marks(notebook, codebook)  # before the hashes: what changes meanwhile is seen
    sources = gather_sources(notebook, codebook, place.root)
    usual = check_parameters(declared, report.parameters, {}, where=where)
    own = {k: v for k, v in parameters.items() if k != "period" and v != usual[k]}

    def job(name: str, given: dict[str, object], row: Row | None) -> Job:
        folder = place.out / _folder_name(name, own) / file_name(chosen)
        provenance = with_parameters(sources, given)
        stale = _why_stale(folder, report, provenance)
        return Job(
            report, chosen, notebook, given, folder, codebook, provenance, untouched, stale, row
        )

    if report.each is None or codebook is None:
        return [job(file_name(report.name), parameters, None)]
    kind = (chosen, codebook.source.period)
    row = row_of(report, codebook, kind, parameters, picks=picks, is_usual=not own)
    place.rows.append(row)
    return [
        job(group.name, parameters | {"column": report.each, "value": group.value}, row)
        for group in row.asked
        if not group.note
    ]


def _folder_name(name: str, own: Mapping[str, object]) -> str:
    """Return another folder for other parameters than the table's: they make another page."""
    return f"{name}.{file_name(json.dumps(own, sort_keys=True))}" if own else name


def changed_since(job: Job, root: Path) -> list[str]:
    """List what is no longer what it was when the job was planned, be it changed back or not.

    Parameters
    ----------
    job : Job
        A job whose notebook has been run.
    root : Path
        The project's folder.

    Returns
    -------
    list of str
        The names of files, or of whatever else a page is made from; empty when all is as it was.
    """
    try:
        after = marks(job.notebook, job.codebook)
        now = gather(job.notebook, job.parameters, job.codebook, root)
    except (OSError, CxError):
        return ["a file that was read is gone"]
    touched = [name for name in {**job.marks, **after} if job.marks.get(name) != after.get(name)]
    names = [Path(name).name for name in touched]
    return names or ([] if now["fingerprint"] == job.provenance["fingerprint"] else ["code"])


def _name_period(
    report: Report,
    declared: Mapping[str, Parameter],
    period: str,
    codebook: Codebook | None,
    notebook: Path,
    about: Any,
) -> str:
    """Return the name of a report's period, or what stands for it."""
    dated = codebook and any(t.with_role("date") for t in codebook.tables.values())
    if "period" in declared and codebook:
        if period == "last":
            return last_closed(codebook, about=about).name
        return parse(period, codebook.source.period, codebook.waves).name
    if "period" in declared or dated:
        absent = "period" if dated else "source"
        raise CxError("a report's notebook has this parameter", where=notebook, expected=absent)
    if report.periods != ("last",):
        what = "a source without dates" if codebook else "a study"
        raise CxError(f"{what} has no periods", where=report.name, got=", ".join(report.periods))
    return UNDATED if codebook else STUDY


def _why_stale(folder: Path, report: Report, provenance: Mapping[str, Any]) -> str:
    """Return why the pages in a folder are not those that this job would make."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        published, hashes = dict(manifest["pages"]), hashes_of(manifest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "never built"
    if {*published} & {*LANGUAGES} != {*report.languages}:
        return "other languages"
    if any(_digest(folder / name) != digest for name, digest in hashes.items()):
        return "a file is missing or is not the one published"
    if manifest.get("fingerprint") == provenance["fingerprint"]:
        return ""
    watched = (
        "notebook_sha256", "parameters", "codebook_sha256", "definitions", "data", "libraries",
        "brand",
    )  # fmt: skip
    changed = [
        key.removesuffix("_sha256") for key in watched if manifest.get(key) != provenance.get(key)
    ]
    return f"changed: {', '.join(changed) or 'code'}"


def hashes_of(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the hash of each file that was published: of the pages, and of what lies beside."""
    pages = {f"{language}.html": digest for language, digest in manifest["pages"].items()}
    return pages | dict(manifest.get("files", {}))


def _digest(page: Path) -> str:
    """Return the hash of a file; empty when it is not there."""
    return hashlib.sha256(page.read_bytes()).hexdigest() if page.is_file() else ""
