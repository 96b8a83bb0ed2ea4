"""Which groups of a column (shops, regions) may have a page of their own, and what stands on it.

The pages of all groups are read together with the report on everybody: what one of them leaves out
must not be had by taking the others off a total.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.roles import CATEGORIES
from cxreport.scores.nested import groups_within
from cxreport.scores.recent import PERIODS
from cxreport.scores.suppression import MOST_GROUPS, SUPPRESSED, group_counts, question_counts
from cxreport.scores.totals import totals_by_column

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    import ibis.expr.types as ir

    from cxreport.inputs.codebook import Codebook
    from cxreport.inputs.meaning import Column
    from cxreport.inputs.survey import Survey
    from cxreport.scores.nested import Within

NO_ANSWERS = "no answers"
MOST_PAGES = 1000
"""Groups that have a page each: more are no shops."""


def check_group_column(codebook: Codebook, column: str) -> None:
    """Refuse a column whose groups can have no pages, before any data are read.

    Parameters
    ----------
    codebook : Codebook
        The contract of the source.
    column : str
        Column of its answers.

    Raises
    ------
    CxError
        If the source has no answers, or no such column, or one that is no category.
    """
    described = codebook.tables.get("responses")
    if described is None:
        raise CxError(
            "pages for each group need answers", where=codebook.path,
            got=", ".join(codebook.tables), expected="[tables.responses]",
        )  # fmt: skip
    categories = list(described.with_role(*CATEGORIES))
    if column in categories:
        return
    close = get_close_matches(column, categories, n=1)
    strange = described.columns.get(column)
    raise CxError(
        f"a column of role {strange.role} has no groups" if strange else "no such column",
        where=codebook.path,
        got=f"each = {column!r}",
        expected=f"a column of role {' or '.join(CATEGORIES)}: {', '.join(categories) or 'none'}",
        hint=f"did you mean {close[0]}?" if close else None,
    )


def group_pages(survey: Survey, column: str, *, periods: int = PERIODS) -> pd.DataFrame:
    """Return which groups of a column may have a page of their own.

    Parameters
    ----------
    survey : Survey
        All answers, without filters.
    column : str
        Column of role channel or segment.
    periods : int
        How many periods a page takes together, the one reported the last of them.

    Returns
    -------
    DataFrame
        One row per group with an answer up to the period reported, by name: ``level``; ``n``
        (answers of these periods); ``note`` ("" for a group with a page, "no answers", or
        "suppressed": fewer answers than ``minimum_group``, or the page would give away a small
        period of its own or a small group); ``series`` (whether the page shows single periods).

    Raises
    ------
    CxError
        If the column is no category, has no value at all, or more than 1,000; or if no question is
        asked that a page could begin with.

    Notes
    -----
    Up to 12 groups: single periods are shown by the pages on everybody, too, each where it is not
    hidden. More: only those of a group of which no period was ever hidden.
    """
    check_group_column(survey.codebook, column)
    if not survey.main_question:
        raise CxError("no score is asked in this period", where=survey.period.name,
                      expected="a question of role nps, csat or ces")  # fmt: skip
    counts = main_counts(survey, column)
    start = survey.history[-periods:][0].start
    recent = counts["n"].where(pd.to_datetime(counts["period_start"]) >= pd.Timestamp(start), 0)
    pages = recent.groupby(counts["level"], sort=True).sum().rename("n").reset_index()
    if pages.empty:
        raise CxError("a column without a value", where=survey.codebook.path, got=column)
    if len(pages) > MOST_PAGES:
        raise CxError(
            "too many groups for a page each", where=survey.codebook.path,
            got=f"{column}: {len(pages):,} values", expected=f"up to {MOST_PAGES:,}",
        )  # fmt: skip
    few, closed = hidden_groups(survey, column, periods=periods)
    ever = set(counts.loc[closed, "level"])
    note = pd.Series("", pages.index).mask(pages["level"].isin(few), SUPPRESSED)
    return pages.assign(
        note=note.mask(pages["n"] == 0, NO_ANSWERS),
        series=has_few_groups(survey, column, periods) | ~pages["level"].isin(ever),
    )


def main_counts(survey: Survey, column: str) -> pd.DataFrame:
    """Return ``group_counts`` of the main question, up to the period; asked once a survey."""
    return survey.once(
        ("main counts", column),
        lambda: group_counts(answers_until(survey), column, survey.main_question),
    )


def answers_until(survey: Survey) -> ir.Table:
    """Return the answers up to the end of the period reported."""
    return survey.responses.filter(survey.responses.period_start <= survey.period.start)


def has_few_groups(survey: Survey, column: str, periods: int) -> bool:
    """Return whether the reports on everybody show single periods of a column's groups."""
    counts, start = main_counts(survey, column), survey.history[-periods:][0].start
    recent = counts[pd.to_datetime(counts["period_start"]) >= pd.Timestamp(start)]
    return bool(recent["level"].nunique() <= MOST_GROUPS)


def hidden_groups(
    survey: Survey, column: str, *, periods: int = PERIODS
) -> tuple[list[Hashable], pd.Series]:
    """Name what no page may show of the main question by a column, whose groups all have pages.

    Parameters
    ----------
    survey, column, periods
        As in ``group_pages``.

    Returns
    -------
    tuple
        The groups whose total no page may show, and which rows of ``main_counts`` are hidden in
        their own period: with regard to the other columns by which reports show these answers.
    """

    def find() -> dict[str, tuple[list[Hashable], pd.Series]]:
        within = _within(survey, column)
        counts = {name: main_counts(survey, name) for name in within}
        covered = len(survey.history[-periods:])
        return totals_by_column(counts, within, periods=covered, minimum=survey.minimum_group)

    return survey.once(("hidden groups", column, periods), find)[column]


def _within(survey: Survey, column: str) -> dict[str, Within]:
    """Return the columns in which a column's groups lie, and last the column itself."""
    columns = list(dict.fromkeys([*survey.categories, column]))
    within = survey.once(
        ("groups within", *columns), lambda: groups_within(answers_until(survey), columns)
    )
    larger = [name for name in within if name in within[column]]
    return {name: within[name] for name in [*larger, column]}


def hidden_by_question(
    survey: Survey, column: str, questions: Mapping[str, Column], *, periods: int = PERIODS
) -> dict[str, list[Hashable]]:
    """Name, for each question, the groups whose result no page may show.

    Parameters
    ----------
    survey, column, periods
        As in ``group_pages``.
    questions : mapping of str to Column
        The questions that a page shows of these periods together.

    Returns
    -------
    dict of str to list
        Question -> groups with too few valid answers to it, and those that must be hidden with
        them; for the main question the groups without a page.
    """
    within, covered = _within(survey, column), len(survey.history[-periods:])
    counts = {name: question_counts(answers_until(survey), name, questions) for name in within}
    hidden = {}
    for question in questions:
        if question in survey.main_question:
            hidden[question] = hidden_groups(survey, column, periods=periods)[0]
            continue
        answered = {
            name: rows[["period_start", "level"]].assign(
                n=rows[f"n_{question}"], least=rows[f"n_{question}"]
            )
            for name, rows in counts.items()
        }
        totals = totals_by_column(
            answered, within, periods=covered, minimum=survey.minimum_group, by_period=False
        )
        hidden[question] = totals[column][0]
    return hidden
