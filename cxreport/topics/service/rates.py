"""How well help requests are handled: in time, at the first contact, once, and in one place."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, TypeAlias

import ibis
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import run
from cxreport.stats.estimates import notes
from cxreport.stats.group_columns import as_names, check_columns, kept_whole
from cxreport.stats.intervals import normal_quantile, of_share
from cxreport.stats.value_columns import possible_counts

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from cxreport.stats.group_columns import By
    from cxreport.topics.service.tickets import Metric, Tickets

    Rate: TypeAlias = "dict[str, ir.BooleanValue]"
HOUR, DAY = 3600, 86400
FIRST_CONTACT, NOT_YET = "first_contact", "not yet observable"
RATES = (
    "metric", "n", "favourable", "not_observable", "unknown", "estimate", "std_error", "low",
    "high", "n_effective", "weighted", "note",
)  # fmt: skip
TRUE = ("true", "1", "yes", "1.0")


def within_level(
    tickets: Tickets, metric: Metric, hours: float, *, by: By = None, level: float = 0.95
) -> pd.DataFrame:
    """Return what share of requests was replied to, or solved, within so many hours.

    Parameters
    ----------
    tickets : Tickets
        From :func:`cxreport.topics.service.read_tickets`.
    metric : {"first_reply", "solution"}
        What is waited for.
    hours : float
        The service level, above 0; at the last second of it counts as within.
    by : str or list of str, optional
        Columns to break down by. A missing value is a group of its own, the last.
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per group: the ``by`` columns; ``metric`` ("first_reply_within" or
        "solution_within"); ``n`` (requests that can be judged: so old that the level is over);
        ``favourable`` (within the level; who still waits is a miss); ``not_observable`` (younger,
        even if ended, or else only the quick ones of the last hours would count; or closed before
        it was over); ``unknown`` (0 here); ``estimate``
        (percent of ``n``), ``std_error``, ``low``, ``high`` (Wilson), ``n_effective``,
        ``weighted`` (False), ``note`` ("", "no answers", "one answer", "all answers in one
        class"): as ``compare`` takes them.

    Raises
    ------
    CxError
        If the requests have no times of this metric, ``hours`` is not above 0, a column is
        unknown, or the level is out of range.

    Notes
    -----
    Source of the interval: Newcombe 1998, Statistics in Medicine 17, 857-872, method 3.

    Examples
    --------
    >>> import datetime as dt
    >>> from cxreport.topics.service.tickets import read_tickets
    >>> asked = pd.to_datetime(["2026-03-01T10"] * 3 + ["2026-03-01T20"])
    >>> solved = pd.to_datetime(["2026-03-01T11", "2026-03-01T19", None, None])
    >>> requests = pd.DataFrame({"created_at": asked, "solved_at": solved})
    >>> rates = within_level(read_tickets(requests, until=dt.date(2026, 3, 1)), "solution", 8)
    >>> rates[["n", "favourable", "not_observable"]]
       n  favourable  not_observable
    0  3           1               1
    """
    if metric not in tickets.metrics:
        expected = ", ".join(tickets.metrics) or "a column of replies or solutions"
        raise CxError("the requests have no times of this", got=metric, expected=expected)
    if not 0 < hours < float("inf"):
        raise CxError("a service level is a length of time", got=hours, expected="hours, above 0")
    rows, most = tickets.rows, round(hours * HOUR)
    ended, inside = rows[f"{metric}_seen"] == 1, rows[f"{metric}_seconds"] <= most
    judged = (rows["followed_seconds"] > most) & (ended | ~inside)
    counts = {"yes": ended & inside, "judged": judged, "known": ibis.literal(value=True)}
    return _shares(tickets, {f"{metric}_within": counts}, by, level)


def handled_rates(
    tickets: Tickets, *, by: By = None, within_days: float = 7, level: float = 0.95
) -> pd.DataFrame:
    """Return how many requests were solved at the first contact, reopened, and passed on.

    Parameters
    ----------
    tickets : Tickets
        From :func:`cxreport.topics.service.read_tickets`. The columns used, where there are any:
        ``replies_n``, ``transfers_n``, ``reopened_n`` (numbers), ``within_level`` (true or false:
        the source's own word on its service level).
    by, level
        As in :func:`within_level`.
    within_days : float
        Within how many days the first contact has to solve a request.

    Returns
    -------
    DataFrame
        One row per group and rate, columns as in :func:`within_level`; ``metric`` is

        "first_contact": solved within ``within_days`` with one reply, not passed on and not
        reopened (by those of the three columns that there are; none, no row). Younger requests
        that may still be are not observable; while there are any, ``estimate`` and its interval
        are empty and ``note`` is "not yet observable": a month has one number at any time.
        "reopened": of all, opened again at least once. "transferred": of all, passed on at least
        once.
        "declared_within": of all, within the service level by the source's own word.

        ``unknown`` counts requests with an empty cell, or a number that counts nothing (below 0
        or infinite), which are left out.

    Raises
    ------
    CxError
        If a column is unknown, or ``within_days`` or the level is out of range.

    Notes
    -----
    Source of the interval: Newcombe 1998, Statistics in Medicine 17, 857-872, method 3. One reply
    is one of the company's; definitions of first-contact resolution differ, this is ours.

    Examples
    --------
    >>> import datetime as dt
    >>> from cxreport.topics.service.tickets import read_tickets
    >>> requests = pd.DataFrame({"created_at": pd.to_datetime(["2026-03-01T10"] * 3),
    ...     "solved_at": pd.to_datetime(["2026-03-01T11", "2026-03-01T12", None]),
    ...     "replies_n": [1, 2, 1], "reopened_n": [0, 1, 0]})
    >>> rates = handled_rates(read_tickets(requests, until=dt.date(2026, 3, 1)))
    >>> rates[["note", "metric", "n", "favourable", "not_observable"]]
                     note         metric  n  favourable  not_observable
    0  not yet observable  first_contact  2           1               1
    1                           reopened  3           1               0
    """
    if not 0 < within_days < float("inf"):
        raise CxError("not a length of time", got=within_days, expected="days, above 0")
    rows, always = tickets.rows, ibis.literal(value=True)
    names = ("replies_n", "transfers_n", "reopened_n")
    counts = {name: possible_counts(rows, name) for name in names if name in rows.columns}
    rates: dict[str, Rate] = {}
    if counts and "solution" in tickets.metrics:
        most = round(within_days * DAY)
        solved = (rows["solution_seen"] == 1) & (rows["solution_seconds"] <= most)
        clean = _all([column <= int(name == "replies_n") for name, column in counts.items()])
        decidable = _all([column.notnull() for column in counts.values()])
        waits = (rows["solution_seen"] == 0) & (
            rows["solution_seconds"] == rows["followed_seconds"]
        )
        young = waits & clean & (rows["followed_seconds"] < most)
        rates[FIRST_CONTACT] = {"yes": solved & clean, "judged": ~young, "known": decidable}
    for metric, name in (("reopened", "reopened_n"), ("transferred", "transfers_n")):
        if name in counts:
            decidable = counts[name].notnull()
            rates[metric] = {"yes": counts[name] > 0, "judged": always, "known": decidable}
    if "within_level" in rows.columns:
        flag = rows["within_level"].cast("string").lower()
        decidable = flag.notnull()
        rates["declared_within"] = {"yes": flag.isin(TRUE), "judged": always, "known": decidable}
    return _if_observed(_shares(tickets, rates, by, level))


def _if_observed(shares: pd.DataFrame) -> pd.DataFrame:
    """Leave first contacts empty while some are not decided: the number would still move."""
    young = (shares["metric"] == FIRST_CONTACT) & (shares["not_observable"] > 0)
    numbers = ["estimate", "std_error", "low", "high"]
    note = shares["note"].mask(young, NOT_YET)
    return shares.assign(note=note, **{name: shares[name].mask(young) for name in numbers})


def _shares(tickets: Tickets, rates: dict[str, Rate], by: By, level: float) -> pd.DataFrame:
    """Count all rates in one query, and turn them into shares with their intervals."""
    names, rows = as_names(by), tickets.rows
    normal_quantile(level)
    check_columns(rows, names, RATES)
    sums: dict[str, ir.IntegerScalar] = {}
    for metric, rate in rates.items():
        yes, judged, decidable = (rate[key].fill_null(False) for key in ("yes", "judged", "known"))
        parts = {
            "n": decidable & judged,
            "favourable": decidable & judged & yes,
            "not_observable": decidable & ~judged,
            "unknown": ~decidable,
        }
        sums |= {f"{name}_{metric}": rows.count(where=part) for name, part in parts.items()}
    counts = run(rows.aggregate(by=names, all_rows=rows.count(), **sums))
    counts = kept_whole(counts, {name: rows[name] for name in names})
    if names:
        counts = counts.sort_values(names, kind="stable", na_position="last", ignore_index=True)
    shares = [one_share(counts, metric, names, level) for metric in rates]
    return (
        pd.concat(shares, ignore_index=True) if shares else pd.DataFrame(columns=[*names, *RATES])
    )


def one_share(counts: pd.DataFrame, metric: str, names: list[str], level: float) -> pd.DataFrame:
    """Turn the counts of one rate into shares."""
    count = ("n", "favourable", "not_observable", "unknown")
    frame = counts[names].assign(
        metric=pd.Series(metric, counts.index, dtype="str"),
        **{name: counts[f"{name}_{metric}"].astype("int64") for name in count},
    )
    n, favourable = frame["n"], frame["favourable"]
    trials = n.where(n > 0)
    share = favourable / trials
    low, high = of_share(share, trials, level)
    return frame.assign(
        estimate=100 * share,
        std_error=100 * ((share * (1 - share) / trials) ** 0.5).where(n > 1),
        low=100 * low,
        high=100 * high,
        n_effective=n.astype(float),
        weighted=False,
        note=notes(n, (favourable == 0) | (favourable == n)),
    )[[*names, *RATES]]


def _all(conditions: list[ir.BooleanColumn]) -> ir.BooleanColumn:
    """Return where every condition holds."""
    return reduce(and_, conditions)
