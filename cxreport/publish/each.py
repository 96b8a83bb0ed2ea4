"""Which pages does a report with ``each`` make: one for each group of a column, few answers aside.

The groups are counted once a report and period, by the rule that the pages themselves keep.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from cxreport.errors import CxError
from cxreport.inputs.meaning import LANGUAGES
from cxreport.publish.names import page_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cxreport.inputs.codebook import Codebook
    from cxreport.publish.params import Parameter
    from cxreport.publish.remembered import Memory

SET_BY_EACH = ("column", "value")
"""The parameters by which a notebook is told whose page it makes."""
LISTED = 20
"""Groups that an error or a line names."""


@dataclass(frozen=True)
class Group:
    """One group of a column.

    Attributes
    ----------
    value : str
        Its code.
    name : str
        Of its page, as a folder and an address may bear it.
    labels : dict of str to str
        Language -> what it is called.
    note : str
        Why it has no page; empty where it has one.
    is_few : bool
        Whether that is because of too few answers.
    """

    value: str
    name: str
    labels: dict[str, str]
    note: str
    is_few: bool


@dataclass(frozen=True)
class Row:
    """The groups of one report and period.

    Attributes
    ----------
    report, period, kind : str
        The report's name; the period's, and what it is (month, quarter ...).
    labels : dict of str to str
        Language -> what the column is called.
    groups : tuple of Group
        All of them, by their codes.
    asked : tuple of Group
        Those that the build is about.
    is_usual : bool
        Whether the pages are those of the table of reports, and not of other parameters.
    """

    report: str
    period: str
    kind: str
    labels: dict[str, str]
    groups: tuple[Group, ...]
    asked: tuple[Group, ...]
    is_usual: bool

    @property
    def few(self) -> list[Group]:
        """The groups that have answers, and no page."""
        return [group for group in self.groups if group.is_few]

    def line(self) -> str:
        """Return what a build says of the groups without a page; nothing where there are none."""
        without = [group for group in self.asked if group.note]
        if len(self.asked) > 1:
            without = [group for group in without if group in self.few]
        if not without:
            return ""
        return (
            f"{self.report} {self.period}: no page for {len(without)} of {len(self.groups)}, "
            f"too few answers: {listed([group.value for group in without])}"
        )


def check_each(report: Any, declared: Mapping[str, Parameter], settings: Mapping[str, str]) -> None:
    """Refuse a report with ``each`` whose notebook cannot make a page for one group.

    Raises
    ------
    CxError
        If the notebook lacks a parameter, or the table or the command line sets it.
    """
    where = f"reports.toml, {report.name}"
    needed = ("source", "period", *SET_BY_EACH)
    if absent := [name for name in needed if name not in declared]:
        raise CxError("the notebook of a report with each needs these parameters", where=where,
                      got=f"no {', '.join(absent)} in {report.notebook}")  # fmt: skip
    if given := [name for name in SET_BY_EACH if name in report.parameters or name in settings]:
        raise CxError("each sets these parameters itself", where=where, got=", ".join(given),
                      hint=f"one page alone: cxreport build {report.name}@VALUE")  # fmt: skip


def row_of(
    report: Any,
    codebook: Codebook,
    period: tuple[str, str],
    parameters: Mapping[str, object],
    memory: Memory,
    fingerprint: str,
    *,
    picks: Sequence[str] = (),
    is_usual: bool = True,
) -> Row:
    """Count the groups of a report's column, and say which have a page.

    Parameters
    ----------
    report : Report
        The line of the table; ``each`` is the column.
    codebook : Codebook
        The contract of the source.
    period : tuple of str
        Name and kind of the period.
    parameters : mapping of str to object
        Of the notebook: ``recent``, where it has it, is how many periods a page takes together.
    memory : Memory
        What was counted before.
    fingerprint : str
        Of all that is counted, and of the code that counts.
    picks : sequence of str
        Groups asked for, by value or by the name of the page; all when empty.
    is_usual : bool
        See :class:`Row`.

    Raises
    ------
    CxError
        If the column is none that has groups, has too many, or there is no such group.
    """
    column, recent = report.each, parameters.get("recent")
    question = {"groups of": column, "in": period[0], "recent": recent, "from": fingerprint}
    counted = memory.get(question, lambda: _count(codebook, column, period[0], recent))
    described = codebook.responses.columns[column]
    groups = []
    for level, note, is_few in counted:
        labels = dict.fromkeys(LANGUAGES, level) | dict(described.labels.get(level, {}))
        groups.append(Group(level, page_name(report.name, level), {**labels}, note, is_few))
    label = dict.fromkeys(LANGUAGES, column) | dict(described.label or {})
    return Row(
        report.name,
        *period,
        {**label},
        tuple(groups),
        tuple(_picked(report.name, groups, picks)) if picks else tuple(groups),
        is_usual,
    )


def _count(codebook: Codebook, column: str, period: str, recent: object) -> list[Any]:
    """Return each group, why it has no page, and whether that is because it is small."""
    from cxreport.inputs.survey import open_survey  # noqa: PLC0415 - load what reads tables
    from cxreport.scores.group_pages import check_group_column, group_pages  # noqa: PLC0415
    from cxreport.scores.recent import PERIODS  # noqa: PLC0415
    from cxreport.scores.suppression import SUPPRESSED  # noqa: PLC0415

    check_group_column(codebook, column)
    survey = open_survey(codebook.path, period=period)
    pages = group_pages(survey, column, periods=recent if isinstance(recent, int) else PERIODS)
    return [
        [level, str(note), note == SUPPRESSED]
        for level, note in zip(pages["level"].astype(str), pages["note"], strict=True)
    ]


def _picked(report: str, groups: Sequence[Group], picks: Sequence[str]) -> list[Group]:
    """Return the groups that are meant, each once, in the order of the row."""
    meant: set[str] = set()
    for pick in picks:
        exact = [g.name for g in groups if pick in {g.value, g.name.partition("@")[2]}]
        folded = [g.name for g in groups if g.value.casefold() == pick.casefold()]
        matches = exact or folded
        if len(matches) != 1:
            close = get_close_matches(pick, [group.value for group in groups], n=1)
            raise CxError(
                "several groups bear this name" if matches else "no such group",
                got=f"{report}@{pick}",
                expected=listed(matches or [group.value for group in groups]),
                hint=f"did you mean {close[0]}?" if close and not matches else None,
            )
        meant |= set(matches)
    return [group for group in groups if group.name in meant]


def listed(names: Sequence[str]) -> str:
    """Return some names, and how many more there are.

    Examples
    --------
    >>> listed(["Bari", "Pisa"])
    'Bari, Pisa'
    """
    more = len(names) - LISTED
    return ", ".join(names[:LISTED]) + (f" and {more} more" if more > 0 else "")
