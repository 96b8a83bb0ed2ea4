"""League tables of many small groups: hidden where too small, stabilised, ranks told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.inputs.meaning import Design
from cxreport.inputs.source import as_table, run
from cxreport.scores.nested import groups_within
from cxreport.scores.scoreboard import score_questions, scoreboard
from cxreport.scores.segments import shrink, suppress
from cxreport.scores.suppression import (
    MINIMUM_GROUP,
    MOST_GROUPS,
    group_counts,
    hidden_by_column,
)
from cxreport.scores.totals import totals_by_column
from cxreport.stats.consistency import consistency
from cxreport.stats.multiplicity import judged

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from cxreport.inputs.codebook import Column
    from cxreport.inputs.source import Data

AGAINST = (
    "n_reference", "estimate_reference", "difference", "difference_low", "difference_high",
    "p_value", "q_value", "signal",
)  # fmt: skip


def break_down(
    current: Data,
    reference: Data | None,
    questions: Mapping[str, Column],
    columns: Sequence[str],
    *,
    minimum: int = MINIMUM_GROUP,
    weight: str | None = None,
    cluster: str | None = None,
    level: float = 0.95,
    family_level: float | None = None,
    earlier: Data | None = None,
) -> dict[str, pd.DataFrame]:
    """Measure the questions by each column in turn: one table per column.

    Parameters
    ----------
    current, reference, questions, weight, cluster, level
        As in ``scoreboard``.
    family_level : float, optional
        1 minus the error that all tables together are held to, in equal parts; each table by
        itself is held to 1 - ``level`` when left out.
    columns : sequence of str
        Channels and segments.
    minimum : int
        Fewest answers of a group that is shown, see ``suppress``.
    earlier : frame, optional
        Where ``current`` are several periods together: as in ``league_tables``.

    Returns
    -------
    dict of str to DataFrame
        Column -> what ``scoreboard`` returns by it, small groups hidden (``hidden_levels``), and
        the period before left empty for groups that were hidden then. Columns without an answer,
        or with more than 12 groups, are left out: see ``league_tables``.

    Examples
    --------
    >>> from cxreport.inputs.codebook import Column
    >>> answers = pd.DataFrame({"shop": ["Roma"] * 10 + ["Bari", "Pisa"] * 5,
    ...     "recommend": [10] * 7 + [3] * 3 + [9] * 10})
    >>> tables = break_down(answers, None, {"recommend": Column(role="nps")}, ["shop"])
    >>> tables["shop"][["shop", "n", "estimate"]]
       shop     n  estimate
    0  Bari  <NA>       NaN
    1  Pisa  <NA>       NaN
    2  Roma    10      40.0
    """
    design = Design(weight=weight, cluster=cluster)
    each = level if family_level is None else 1 - (1 - family_level) / max(len(columns), 1)
    boards = {
        column: scoreboard(
            current, reference, questions, by=[column], level=level, family_level=each, **design
        )
        for column in columns
    }
    boards = {n: board for n, board in boards.items() if 0 < board[n].nunique() <= MOST_GROUPS}
    if not boards:
        return {}
    hidden = _hidden(current, columns, questions, minimum, earlier, by_period=False)
    before: dict[str, list[Hashable]] = {}
    if reference is not None:
        before = hidden_by_column(reference, columns, questions, minimum)
    tables = {}
    for column, board in boards.items():
        was_hidden = board[column].isin(before.get(column, []))
        compared = _without_reference(board, was_hidden) if column in before else board
        tables[column] = suppress(compared, minimum, also=board[column].isin(hidden[column]))
    return tables


def _without_reference(board: pd.DataFrame, hidden: pd.Series) -> pd.DataFrame:
    """Leave out the period before, and the difference from it, where its page hid the group."""
    names = [name for name in AGAINST if name in board]
    gone = board[names].astype(object).mask(hidden, np.nan).infer_objects()
    return board.drop(columns=names).join(gone)[board.columns]


def league_tables(
    data: Data,
    questions: Mapping[str, Column],
    columns: Sequence[str],
    *,
    minimum: int = MINIMUM_GROUP,
    weight: str | None = None,
    cluster: str | None = None,
    level: float = 0.95,
    seed: int = 0,
    earlier: Data | None = None,
) -> dict[str, pd.DataFrame]:
    """Rank the groups of each column that has many, and say which ranks are told apart.

    Parameters
    ----------
    data : frame
        One row per answer, best of several periods.
    questions, columns, weight, cluster, level
        As in ``break_down``.
    minimum : int
        Fewest answers of a group that is shown.
    seed : int
        Start of the simulation of ranks.
    earlier : frame, optional
        The answers of every period up to the one reported, with ``period_start``: groups of which
        the reports of the periods before would give a few answers away are hidden as well.

    Returns
    -------
    dict of str to DataFrame
        Column -> what ``shrink`` returns by it, best stabilised score first, groups below the
        minimum at the end with every number empty; answers without a group are left out.
    """
    leagues: dict[str, pd.DataFrame] = {}
    hidden: dict[str, list[Hashable]] = {}
    for column in columns:
        scores = score_questions(
            data, questions, by=[column], weight=weight, cluster=cluster, level=level
        ).dropna(subset=column)
        if scores[column].nunique() > MOST_GROUPS:
            hidden = hidden or _hidden(data, columns, questions, minimum, earlier)
            few = suppress(scores, minimum, also=scores[column].isin(hidden[column]))
            league = shrink(few, level=level, seed=seed)
            in_order = league.sort_values(["question", "rank", column], na_position="last")
            leagues[column] = in_order.reset_index(drop=True)
    return leagues


def _hidden(
    data: Data,
    columns: Sequence[str],
    questions: Mapping[str, Column],
    minimum: int,
    earlier: Data | None,
    *,
    by_period: bool | None = None,
) -> dict[str, list[Hashable]]:
    """Name the groups to hide, small by themselves or given away by other groups or pages."""
    if earlier is None:
        return hidden_by_column(data, columns, questions, minimum)
    rows = as_table(data)
    covered = run(rows.aggregate(n=rows.period_start.nunique(), last=rows.period_start.max())).iloc[
        0
    ]
    past = as_table(earlier)
    past = past.filter((past.period_start <= covered["last"]) | past.period_start.isnull())
    counts = {column: group_counts(past, column, questions) for column in columns}
    within = groups_within(past, columns)
    totals = totals_by_column(
        counts, within, periods=int(covered["n"]), minimum=minimum, by_period=by_period
    )
    return {column: hidden for column, (hidden, _) in totals.items()}


def channel_consistency(
    boards: Mapping[str, pd.DataFrame], channels: Sequence[str], *, level: float = 0.95
) -> pd.DataFrame:
    """Measure how consistent the groups of each channel column are.

    Parameters
    ----------
    boards : mapping of str to DataFrame
        From ``break_down``.
    channels : sequence of str
        Which of its columns are channels.
    level : float
        1 minus the error that all of them together are held to.

    Returns
    -------
    DataFrame
        What ``consistency`` returns for each, with the column's name in ``group``; ``q_value``
        (Holm over all rows) and ``signal`` (true, false, empty where nothing can be tested).
    """
    spreads = [
        consistency(boards[column]).assign(group=column) for column in channels if column in boards
    ]
    if not spreads:
        return pd.DataFrame(columns=["group", "signal"])
    spread = pd.concat(spreads, ignore_index=True)
    return spread.join(judged(spread["p_value"].astype("float64"), level))
