"""Are unhappy customers called back, is it put right, and what do they say the next time."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import pandas as pd
from ibis import _

from cxreport.errors import CxError
from cxreport.inputs.columns import check_result
from cxreport.inputs.source import Data, as_table, run
from cxreport.scores.compare import compare
from cxreport.scores.scores import nps
from cxreport.scores.spread import NPS_CLASSES
from cxreport.stats.group_columns import check_columns
from cxreport.stats.intervals import normal_quantile
from cxreport.stats.value_columns import numbers, times
from cxreport.topics.service.rates import RATES, one_share

if TYPE_CHECKING:
    import ibis.expr.types as ir

STEPS = ("contacted_within", "contacted", "resolved")


def closed_loop(
    answers: Data,
    *,
    score: str = "nps",
    until: dt.date,
    hours: float = 48,
    days: float = 14,
    answered: str = "answered_at",
    contacted: str = "contacted_at",
    resolved: str = "resolved_at",
    level: float = 0.95,
) -> pd.DataFrame:
    """Return how many detractors were called back in time, and how many problems were solved.

    Parameters
    ----------
    answers : pandas, polars or pyarrow frame, or Ibis table
        One row per answer.
    score : str
        Column of answers to "how likely are you to recommend us", 0 to 10, as numbers; who gave
        0 to 6 is a detractor, other rows are left out.
    until : date
        The last day looked at: what happened later has not happened yet.
    hours : float
        How soon a detractor should be called back.
    days : float
        After how many days since the answer it is late: whoever has not been called by then, or
        whose problem is not solved so long after the call, counts as not.
    answered, contacted, resolved : str
        Columns of local times.
    level : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        Three rows, columns as in :func:`cxreport.topics.service.within_level`; ``metric``
        is "contacted_within" (called back within ``hours``), "contacted" (at all) or "resolved"
        (of those called back); ``not_observable`` are those for whom it is too early to say, even
        if it has happened, or else only the quick ones of the last days would count;
        ``unknown`` those whose times contradict each other (called before the answer, solved
        before the call), which are left out.

    Raises
    ------
    CxError
        If a column is unknown, a length of time is not above 0, or the level is out of range.

    Examples
    --------
    >>> when = pd.to_datetime(["2026-03-01", "2026-03-01", "2026-03-30", "2026-03-01"])
    >>> calls = pd.to_datetime(["2026-03-02", "2026-03-09", None, None])
    >>> answers = pd.DataFrame({"nps": [3, 0, 6, 10], "answered_at": when, "contacted_at": calls,
    ...     "resolved_at": pd.to_datetime(["2026-03-04", None, None, None])})
    >>> steps = closed_loop(answers, until=dt.date(2026, 3, 31), days=7)
    >>> steps[["metric", "n", "favourable", "not_observable"]]
                 metric  n  favourable  not_observable
    0  contacted_within  2           1               1
    1         contacted  2           2               1
    2          resolved  2           1               0
    """
    normal_quantile(level)
    for length in (hours, days):
        if not 0 < length < float("inf"):
            raise CxError("not a length of time", got=length, expected="a number above 0")
    table = as_table(answers)
    check_columns(table, [score, answered, contacted, resolved])
    end = dt.datetime.combine(until, dt.time()) + dt.timedelta(days=1)
    names = {"at": answered, "called": contacted, "solved": resolved}
    detractors = table.filter(numbers(table, score).isin(list(NPS_CLASSES["detractors"])))
    detractors = detractors.select(**{new: times(detractors, name) for new, name in names.items()})
    detractors = detractors.filter(detractors["at"] < end)
    at, called, solved = (detractors[name] for name in names)
    wrong = ((called < at) | (solved < called)).fill_null(False)
    was_called = (called < end).fill_null(False)
    was_solved = (solved < end).fill_null(False) & was_called
    soon = was_called & (called <= at + _span(hours=hours))
    after = at + _span(hours=hours), at + _span(days=days), called + _span(days=days)
    over = [(moment < end).fill_null(False) for moment in after]
    rates = {
        "contacted_within": (~wrong, over[0], soon),
        "contacted": (~wrong, over[1], was_called),
        "resolved": (~wrong & was_called, over[2], was_solved),
    }
    sums = {}
    for metric, (base, judged, yes) in rates.items():
        sums[f"n_{metric}"] = detractors.count(where=base & judged)
        sums[f"favourable_{metric}"] = detractors.count(where=base & judged & yes)
        sums[f"not_observable_{metric}"] = detractors.count(where=base & ~judged)
        sums[f"unknown_{metric}"] = detractors.count(where=wrong)
    counts = run(detractors.aggregate(**sums))
    shares = [one_share(counts, metric, [], level) for metric in rates]
    return pd.concat(shares, ignore_index=True)[list(RATES)]


def later_scores(
    answers: Data,
    *,
    score: str = "nps",
    until: dt.date,
    customer: str = "customer_id",
    answered: str = "answered_at",
    contacted: str = "contacted_at",
    level: float = 0.95,
) -> pd.DataFrame:
    """Return what detractors answered the next time: those called back before, and those not.

    Parameters
    ----------
    answers, score, until, answered, contacted, level
        As in :func:`closed_loop`; a value that is no whole number from 0 to 10 is no answer.
    customer : str
        Column of the customer; rows without one are left out.

    Returns
    -------
    DataFrame
        A row for each ``called`` (True, False) that occurs, with what
        :func:`cxreport.scores.scores.nps` returns on the next answers: of each customer who was a
        detractor, the one after the first such answer.

    Raises
    ------
    CxError
        As in :func:`closed_loop`.

    Examples
    --------
    >>> days = pd.to_datetime(["2026-03-01", "2026-05-01", "2026-03-01", "2026-05-01"])
    >>> answers = pd.DataFrame({"customer_id": ["a", "a", "b", "b"], "answered_at": days,
    ...     "nps": [2.0, 9.0, 5.0, 7.0],
    ...     "contacted_at": pd.to_datetime(["2026-03-03", None, None, None])})
    >>> later_scores(answers, until=dt.date(2026, 6, 1))[["called", "n", "estimate"]]
       called  n  estimate
    0   False  1       0.0
    1    True  1     100.0
    """
    table = as_table(answers)
    check_columns(table, [score, customer, answered, contacted])
    end = dt.datetime.combine(until, dt.time()) + dt.timedelta(days=1)
    rows = table.select(
        who=table[customer],
        at=times(table, answered),
        score=numbers(table, score),
        call=times(table, contacted),
    )
    valid = [value for values in NPS_CLASSES.values() for value in values]
    rows = rows.filter(rows.who.notnull() & (rows["at"] < end) & rows.score.isin(valid))
    unhappy = rows.filter(rows.score.isin(list(NPS_CLASSES["detractors"])))
    first = unhappy.group_by("who").aggregate(first=unhappy["at"].min())
    calls = _at(unhappy, first, "first").group_by("who", "first")
    calls = calls.aggregate(first_call=_.call.min())
    after = rows.join(calls, "who")
    after = after.filter(after["at"] > after["first"])
    following = after.group_by("who", "first_call").aggregate(next=after["at"].min())
    # Two answers of one second: the worse one, so that nobody counts twice.
    next_answers = _at(rows, following, "next").group_by("who", "first_call", "next")
    next_answers = next_answers.aggregate(score=_.score.min())
    next_answers = next_answers.mutate(
        called=(next_answers.first_call < next_answers["next"]).fill_null(False)
    )
    return nps(next_answers, "score", by="called", level=level)


def compare_later(later: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Compare the next scores of those called back with those of the others.

    Parameters
    ----------
    later : DataFrame
        From :func:`later_scores`.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    DataFrame
        One row as from :func:`cxreport.scores.compare.compare`: ``difference`` in points of NPS
        (called back minus not), ``low``, ``high``, ``p_value``, ``signal``. An association: who
        could be reached may differ from who could not.

    Examples
    --------
    >>> answers = pd.DataFrame({"called": [True, False] * 20, "nps": [9, 3] * 20})
    >>> difference = compare_later(nps(answers, "nps", by="called"))
    >>> difference[["n", "n_reference", "difference", "signal"]]
        n  n_reference  difference  signal
    0  20           20       200.0    True
    """
    check_result(later, ("called", "n", "estimate"), "later_scores")
    sides = [later[later["called"] == side].drop(columns="called") for side in (True, False)]
    return compare(*sides, level=level, correction="none")


def _at(rows: ir.Table, moments: ir.Table, name: str) -> ir.Table:
    """Return the answers given at a moment of each customer."""
    return rows.join(moments, [rows.who == moments.who, rows["at"] == moments[name]])


def _span(*, hours: float = 0, days: float = 0) -> ir.IntervalScalar:
    return ibis.interval(seconds=round(3600 * hours + 86400 * days))
