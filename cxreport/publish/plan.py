"""Which pages are there to make: ``reports.toml`` -> jobs, and which are stale, and why."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxreport.errors import CxError
from cxreport.inputs.codebook import read_codebook
from cxreport.inputs.places import find_codebook
from cxreport.publish.each import Row, check_each, row_of
from cxreport.publish.names import file_name, page_name
from cxreport.publish.params import check_parameters, read_parameters
from cxreport.publish.periods import name_periods
from cxreport.publish.provenance import gather, gather_sources, marks, with_parameters
from cxreport.publish.remembered import Memory
from cxreport.publish.stale import why_stale
from cxreport.publish.table import Report, read_reports

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cxreport.inputs.codebook import Codebook
    from cxreport.publish.params import Parameter


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
    causes : tuple of str
        Each cause of that by its name: which parameter, file or library.
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
    causes: tuple[str, ...] = ()
    row: Row | None = None

    @property
    def name(self) -> str:
        """The job's name: report, group where there is one, and period."""
        page = page_name(self.report.name, str(self.parameters["value"])) if self.row else None
        return f"{page or self.report.name} {self.period}"


def make_plan(
    root: Path,
    *,
    groups: Sequence[str] = (),
    names: Sequence[str] = (),
    settings: Mapping[str, str] | None = None,
    out: Path | None = None,
    failures: list[CxError] | None = None,
    rows: list[Row] | None = None,
    memory: Memory | None = None,
    gathered: dict[str, Any] | None = None,
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
    memory : Memory, optional
        What earlier plans found out; that of the folder of the pages when left out.
    gathered : dict, optional
        What plans of one moment share of what pages are made from.

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
    folder = out or root / "reports"
    place = Place(
        root,
        folder,
        settings or {},
        rows if rows is not None else [],
        memory or Memory(folder),
        gathered if gathered is not None else {},
    )
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
    memory: Memory
    gathered: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Common:
    """What all jobs of a report are made from, whatever their period or group."""

    notebook: Path
    has_period: bool
    parameters: dict[str, object]
    own: dict[str, object]
    """Those that are not the table's."""
    codebook: Codebook | None
    marks: dict[str, tuple[int, ...]]
    sources: dict[str, Any]

    @property
    def about(self) -> tuple[str, ...]:
        """The tables that the report is about."""
        about: Any = self.parameters.get("about", ("responses",))
        return tuple(about)

    @cached_property
    def fingerprint(self) -> str:
        """A hash over all of it that what a plan asks of the data depends on."""
        asked = {name: value for name, value in self.sources.items() if "notebook" not in name}
        fingerprint: str = with_parameters(asked, {})["fingerprint"]
        return fingerprint


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
    common = _common_of(report, place, declared)

    def last() -> str:
        question = {"last closed": list(common.about), "from": common.fingerprint}
        name: str = place.memory.get(question, lambda: _last_closed(common))
        return name

    asked = (settings["period"],) if "period" in settings else report.periods
    periods = name_periods(asked, report, declared, common.codebook, common.notebook, last)
    return [
        job for period in periods for job in _of_period(report, place, common, period, picks or ())
    ]


def _common_of(report: Report, place: Place, declared: Mapping[str, Parameter]) -> Common:
    """Check a report's parameters, and gather what its pages are made from."""
    notebook = place.root / report.notebook
    where = f"reports.toml, {report.name}"
    if "period" in report.parameters:
        raise CxError("the period is no parameter here", where=where, expected="periods = [...]")
    parameters = check_parameters(declared, report.parameters, place.settings, where=where)
    codebook = None
    if "source" in declared:
        codebook = read_codebook(find_codebook(str(parameters["source"]), place.root))
    untouched = marks(notebook, codebook)  # before the hashes: what changes meanwhile is seen
    sources = gather_sources(notebook, codebook, place.root, place.gathered)
    usual = check_parameters(declared, report.parameters, {}, where=where)
    own = {k: v for k, v in parameters.items() if k != "period" and v != usual[k]}
    has_period = "period" in declared
    return Common(notebook, has_period, parameters, own, codebook, untouched, sources)


def _last_closed(common: Common) -> str:
    """Find the last closed period in the data."""
    from cxreport.inputs.closed import last_closed  # noqa: PLC0415 - loads what reads tables

    if common.codebook is None:
        raise CxError("a study has no last period", where=common.notebook)
    return last_closed(common.codebook, about=common.about).name


def _of_period(
    report: Report, place: Place, common: Common, period: str, picks: Sequence[str]
) -> list[Job]:
    """Make one report's job of a period, or one job for each group with a page."""
    codebook = common.codebook
    parameters = common.parameters | ({"period": period} if common.has_period else {})

    def job(name: str, given: dict[str, object], row: Row | None) -> Job:
        folder = place.out / _folder_name(name, common.own) / file_name(period)
        provenance = with_parameters(common.sources, given)
        stale = why_stale(folder, report.languages, provenance)
        return Job(
            report, period, common.notebook, given, folder, codebook, provenance, common.marks,
            stale.reason, stale.causes, row,
        )  # fmt: skip

    if report.each is None or codebook is None:
        return [job(file_name(report.name), parameters, None)]
    kind = (period, codebook.source.period)
    row = row_of(
        report, codebook, kind, parameters, place.memory, common.fingerprint,
        picks=picks, is_usual=not common.own,
    )  # fmt: skip
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
