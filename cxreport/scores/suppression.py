"""Which groups no page may show, because of all that the pages of a source show together.

A small group is hidden (primary suppression), and so is whatever would give it away: the next
smallest beside it, because totals are published (secondary suppression). On totals over several
periods see :mod:`cxreport.scores.totals`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.codebook import MINIMUM_GROUP
from cxreport.inputs.source import as_table, run
from cxreport.scores.nested import groups_within, hidden_before, numbers_within, with_parts
from cxreport.scores.scales import valid_answers

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from cxreport.inputs.codebook import Column
    from cxreport.inputs.source import Data
    from cxreport.inputs.survey import Survey
    from cxreport.scores.nested import Inside

MOST_GROUPS = 12
"""Groups that one chart can show; more make a league table."""

__all__ = [
    "MINIMUM_GROUP",
    "MOST_GROUPS",
    "SUPPRESSED",
    "check_filters",
    "group_counts",
    "hidden_by_column",
    "hidden_levels",
    "hidden_rows",
    "hide_few",
    "is_small",
    "question_counts",
    "with_partners",
]  # fmt: skip

Counts = TypeVar("Counts", pd.Series, pd.DataFrame)
SUPPRESSED = "suppressed"
BASES = (
    "n", "n_rest", "eligible", "entered", "customers", "at_start", "at_risk", "ids", "n_customers",
    "n_treated", "n_control", "size", "n_several", "n_one", "n_low", "n_high", "nps_n",
)  # fmt: skip
"""Columns that count the people, or what they did, that a row is about."""
BEFORE = (
    "n_reference", "estimate_reference", "difference", "difference_low", "difference_high", "lift",
    "lift_low", "lift_high", "p_value", "q_value", "signal",
)  # fmt: skip
"""Columns on the period before, and on what changed since."""
PLACES = {"day", "age", "time", "hours", "share_planned", "centre"}
"""Numbers that say what a row is about, and nothing of people."""


def is_small(n: Counts, minimum: int = MINIMUM_GROUP) -> Counts:
    """Return which counts are of so few that persons might be recognised: 1 to ``minimum`` - 1.

    Examples
    --------
    >>> is_small(pd.Series([0, 1, 9, 10])).tolist()
    [False, True, True, False]
    """
    counts = n.astype("float64")
    return (counts > 0) & (counts < minimum)


def hide_few(frame: pd.DataFrame, minimum: int = MINIMUM_GROUP) -> pd.DataFrame:
    """Empty the rows of a frame that are about so few that persons might be recognised.

    Parameters
    ----------
    frame : DataFrame
        Of any section: its counts are the columns of ``BASES`` that it has.
    minimum : int
        Fewest people, or answers, requests, orders of theirs, of which a number is shown.

    Returns
    -------
    DataFrame
        The same rows. Of those about 1 to ``minimum`` - 1 all numbers are empty and ``note`` is
        "suppressed"; in a series by period (a control chart) and among the reasons of all requests
        the next smallest as well, because a total would give a single one away. Where only the
        period before is so small, what is said of it is empty, and of the difference.

    Examples
    --------
    >>> months = pd.DataFrame({"period": ["May", "June"], "n": [30, 4], "estimate": [20.0, 75.0]})
    >>> hide_few(months)[["period", "n", "estimate"]]
      period     n  estimate
    0    May  30.0      20.0
    1   June   NaN       NaN
    """
    bases = [n for n in BASES if n in frame and pd.api.types.is_numeric_dtype(frame[n])]
    counts = frame[[n for n in bases if n != "at_risk" or "n_low" not in frame]].astype("float64")
    hidden = is_small(counts, minimum).any(axis="columns")
    is_whole = {"period", "centre"} <= {*frame} or "cumulative" in frame
    if is_whole and "n" in counts:
        hidden = with_partners(hidden, counts["n"], [_whole(frame)], minimum)
    before = pd.Series(data=False, index=frame.index)
    if "n_reference" in frame:
        small = is_small(frame["n_reference"], minimum)
        if {"difference", "lift"} & {*frame} and not {"group_reference", "outcome"} & {*frame}:
            n_before = frame["n_reference"].astype("float64")
            before = with_partners(small, n_before, [_whole(frame)], minimum) if is_whole else small
        else:
            hidden |= small
    if not (hidden | before).any():
        return frame
    note = frame["note"] if "note" in frame else pd.Series("", frame.index, dtype="str")
    gone = {n: before for n in BEFORE if n in frame}
    numbers = frame.select_dtypes(["number", "bool", "boolean"]).columns.difference([*PLACES])
    gone |= {n: hidden | gone.get(n, hidden) for n in (*numbers, "signal") if n in frame}
    emptied = {
        n: frame[n].astype("object").mask(where, np.nan).infer_objects()
        for n, where in gone.items()
    }
    for name in {"signal", "direction", "rule"} & {*frame.select_dtypes(["object", "str"])}:
        emptied[name] = frame[name].mask(hidden, "")
    return frame.assign(**emptied, note=note.mask(hidden, SUPPRESSED))


def _whole(frame: pd.DataFrame) -> pd.Series:
    """Return, for each row, the number of its total: of a series, or of all requests."""
    keys = [name for name in ("question", "metric", "group") if name in frame]
    if not keys or "cumulative" in frame:
        return pd.Series(0, frame.index)
    return frame.groupby(keys, dropna=False).ngroup()


def with_partners(
    hidden: pd.Series, n: pd.Series, families: Sequence[pd.Series], minimum: int = MINIMUM_GROUP
) -> pd.Series:
    """Hide as many rows more as keep a total from giving away what is hidden.

    Parameters
    ----------
    hidden : Series of bool
        The rows that are hidden for a reason of their own.
    n : Series
        Answers of each row.
    families : sequence of Series
        For each total that is published, the number of the total that a row is part of.
    minimum : int
        Fewest answers of what a total less the rows shown may give away.

    Returns
    -------
    Series of bool
        In each family with a hidden row, at least two are hidden, and together they have
        ``minimum`` answers or more: the next smallest are hidden until that is so.

    Examples
    --------
    >>> n = pd.Series([30, 12, 4])
    >>> with_partners(is_small(n), n, [pd.Series([0, 0, 0])]).tolist()
    [False, True, True]
    """
    counts = n.astype("float64")
    counted = counts.notna()
    counts = counts.fillna(0)
    while True:
        before = hidden
        for family in families:
            rows = hidden.groupby(family)
            together = counts.where(hidden, 0).groupby(family).transform("sum")
            all_known = counted.where(hidden, other=True).groupby(family).transform("all")
            few = all_known & (together > 0) & (together < minimum)
            bare = (rows.transform("sum") == 1) | few
            candidates = counts[bare & ~hidden & (counts > 0)]
            hidden = hidden.copy()
            hidden.loc[candidates.groupby(family).idxmin()] = True
        if hidden.equals(before):
            return hidden


def group_counts(rows: Data, column: str, questions: Mapping[str, Column]) -> pd.DataFrame:
    """Count the answers of each group and period: rows, and valid answers to each question.

    Returns
    -------
    DataFrame
        One row per period and group: ``period_start`` (where the rows have it), ``level``, ``n``
        (rows), ``least`` (the smallest count above 0 of rows and of valid answers to a question).
    """
    counts = question_counts(rows, column, questions)
    columns = counts[["n", *(f"n_{name}" for name in questions)]].astype("float64")
    counts["least"] = columns.where(columns > 0).min(axis="columns").fillna(0)
    return counts[[name for name in ("period_start", "level", "n", "least") if name in counts]]


def question_counts(rows: Data, column: str, questions: Mapping[str, Column]) -> pd.DataFrame:
    """Count the rows of each group and period, and its valid answers to each question by itself.

    Returns
    -------
    DataFrame
        One row per period and group: ``period_start`` (where the rows have it), ``level``, ``n``
        (rows), and for each question its valid answers, named ``n_`` and the question.
    """
    table = as_table(rows)
    as_text = [name for name in questions if table[name].type().is_string()]
    table = table.mutate(**{name: table[name].try_cast("float64") for name in as_text})
    table = valid_answers(table, dict(questions))
    keys = [name for name in ("period_start",) if name in table.columns]
    counted = {f"n_{name}": table[name].count() for name in questions}
    counts = run(table.group_by(*keys, level=table[column]).aggregate(n=table.count(), **counted))
    in_order = counts.sort_values([*keys, "level"], na_position="last", ignore_index=True)
    return in_order[[*keys, "level", "n", *counted]]


def hidden_levels(
    rows: Data, column: str, questions: Mapping[str, Column], minimum: int = MINIMUM_GROUP
) -> list[Hashable]:
    """Name the groups of a column of which no page on these answers may show a number.

    Parameters
    ----------
    rows : pandas, polars or pyarrow frame, or Ibis table
        One row per answer, of one period.
    column : str
        Column of the groups; a missing value is a group of its own.
    questions : mapping of str to Column
        Questions that are shown by these groups.
    minimum : int
        Fewest answers of a group that is shown.

    Returns
    -------
    list
        The groups with 1 to ``minimum`` - 1 rows, or valid answers to a question, and the next
        smallest that must be hidden with them: the same for each page that shows a count, a score
        or a weight by this column.

    Examples
    --------
    >>> from cxreport.inputs.codebook import Column
    >>> shops = ["Bari"] * 6 + ["Pisa"] * 14 + ["Roma"] * 40
    >>> answers = pd.DataFrame({"shop": shops, "nps": 9})
    >>> hidden_levels(answers, "shop", {"nps": Column(role="nps")})
    ['Bari', 'Pisa']
    """
    return hidden_by_column(rows, [column], questions, minimum)[column]


def hidden_by_column(
    rows: Data,
    columns: Sequence[str],
    questions: Mapping[str, Column],
    minimum: int = MINIMUM_GROUP,
) -> dict[str, list[Hashable]]:
    """Name the groups of several columns of which no page may show a number, all being shown.

    Parameters
    ----------
    rows, questions, minimum
        As in ``hidden_levels``.
    columns : sequence of str
        Columns by which pages show these answers.

    Returns
    -------
    dict of str to list
        Column -> groups as in ``hidden_levels``; where the groups of a column are part of those of
        another, as shops are of regions, none can be had from a region less its other shops, and no
        region from its shops.

    Examples
    --------
    >>> shops = ["Bari"] * 6 + ["Taranto"] * 40 + ["Pisa"] * 14 + ["Lucca"] * 40
    >>> regions = ["south"] * 46 + ["centre"] * 54
    >>> answers = pd.DataFrame({"shop": shops, "region": regions})
    >>> hidden_by_column(answers, ["shop", "region"], {})
    {'shop': ['Bari', 'Taranto'], 'region': []}
    """
    done: dict[str, list[Hashable]] = {}
    for column, within in groups_within(rows, columns).items():
        counts = group_counts(rows, column, questions).groupby("level", dropna=False, sort=False)
        sizes = counts.agg({"n": "sum", "least": "sum"}).reset_index()
        inside = hidden_before(done, within)
        hidden = hidden_rows(sizes, minimum, pd.Series(0, sizes.index), inside)
        done[column] = list(sizes.loc[hidden, "level"])
    return {column: done[column] for column in columns}


def hidden_rows(
    sizes: pd.DataFrame,
    minimum: int,
    places: pd.Series,
    inside: Sequence[Inside] = (),
    also: pd.Series | None = None,
) -> pd.Series:
    """Return which rows with ``level``, ``n`` and ``least`` are small, or must be hidden with them.

    ``places`` numbers the totals, one a period; ``also`` are rows hidden for another reason.
    """
    least = sizes["least"]
    hidden = is_small(least, minimum) | is_small(sizes["n"], minimum)
    hidden = hidden if also is None else hidden | also
    families: list[pd.Series] = []
    for each in reversed(inside):  # from the innermost totals outward, fewer rows need a partner
        family = numbers_within(sizes["level"], places, each)
        larger = sizes["level"].map(each.of)
        is_hidden = larger.isin(list(each.hidden))
        if each.hidden_periods:
            pairs = pd.Series(list(zip(places, larger, strict=True)), sizes.index)
            is_hidden = pairs.isin(list(each.hidden_periods))
        hidden = with_parts(hidden, least, family, is_hidden)
        families.append(family)
    return with_partners(hidden, least, [*families, places], minimum)


def check_filters(survey: Survey) -> None:
    """Refuse a part of the answers that is of few people, or gives few away beside the whole.

    Raises
    ------
    CxError
        If the filters keep fewer answers than ``minimum_group``, or leave out as few, or keep one
        of the groups that the whole report hides together.
    """
    if not survey.filters:
        return
    minimum, start = survey.minimum_group, survey.period.start
    everybody = survey.dataset.tables["responses"]
    everybody = everybody.filter(everybody.period_start == start)
    kept, every = (
        int(run(rows.aggregate(n=rows.count()))["n"].item()) for rows in (survey.current, everybody)
    )
    few = kept < minimum or 0 < every - kept < minimum
    for column, codes in survey.filters.items():
        hidden = {*hidden_levels(everybody, column, survey.main_question, minimum)}
        few |= bool(hidden & {*codes}) and not hidden <= {*codes}
    if few:
        filters = "; ".join(f"{name}: {', '.join(codes)}" for name, codes in survey.filters.items())
        raise CxError(
            "too few answers to report on: persons might be recognised",
            where=survey.period.name,
            got=f"filters {filters}",
            expected=f"{minimum} answers or more, and as many left out, or none",
            hint="keep more groups together",
        )
