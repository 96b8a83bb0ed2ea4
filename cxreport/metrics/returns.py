"""Does the score go with behaviour: who orders again after the answer, and who did before it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table, run
from cxreport.metrics.compare import compare
from cxreport.metrics.estimates import notes
from cxreport.metrics.intervals import normal_quantile, of_share
from cxreport.metrics.spread import NPS_CLASSES

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from cxreport.inputs.dataset import Dataset
    from cxreport.inputs.survey import Survey

AGAIN, BEFORE = "ordered_again", "ordered_before"
COLUMNS = [
    "answer", "metric", "n", "favourable", "not_observable", "unknown", "estimate", "std_error",
    "low", "high", "n_effective", "weighted", "note",
]  # fmt: skip


def returns_by_class(
    answers: Data,
    orders: Data,
    *,
    score: str,
    observed_until: dt.date,
    observed_from: dt.date | None = None,
    days: int = 180,
    level: float = 0.95,
) -> pd.DataFrame:
    """Count which detractors, passives and promoters ordered in the days after their answer.

    And, as a placebo, in as many days before the order that the answer follows: a score cannot
    have caused those, so a difference there warns that the classes differed from the start.

    Parameters
    ----------
    answers : pandas, polars or pyarrow frame, or Ibis table
        One row an answer: ``response_id``, ``customer_id``, ``answered_at`` (local time) and
        ``score``.
    orders : pandas, polars or pyarrow frame, or Ibis table
        One row an order: ``customer_id``, ``ordered_at`` (local time). Cancelled orders count, too:
        the customer came back.
    score : str
        Column of answers to "how likely are you to recommend us", 0 to 10, as numbers; other
        values are left out.
    observed_until : date
        The last day that the orders cover.
    observed_from : date, optional
        The first day that they cover; the first order's when left out.
    days : int
        Length of the window.
    level : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        One row a metric and class: ``answer`` ("detractors", "passives", "promoters");
        ``metric`` ("ordered_again": after the answer and up to ``days`` later; "ordered_before":
        in the ``days`` before the day of the last order up to the answer, or before the day of the
        answer without one); ``n`` answers whose whole window is covered; ``favourable`` (those with
        an order in it); ``not_observable`` (answers whose window is not covered); ``unknown``
        (answers without a customer); ``estimate`` (percent of ``n``), ``std_error``, ``low``,
        ``high`` (Wilson), ``n_effective``, ``weighted`` (False), ``note`` ("", "no answers", "one
        answer", "all answers in one class"). A customer who answered twice counts twice.

    Raises
    ------
    CxError
        If a column is absent, or ``days`` is below 1.

    Notes
    -----
    An association, not a cause. Interval: Newcombe 1998, Statistics in Medicine 17, 857-872,
    method 3. Placebo: Lipsitch, Tchetgen Tchetgen & Cohen 2010, Epidemiology 21, 383-388.

    Examples
    --------
    >>> day = pd.Timestamp
    >>> answers = pd.DataFrame({"response_id": ["r1", "r2"], "customer_id": ["a", "b"],
    ...     "answered_at": [day("2026-03-05"), day("2026-03-05")], "nps": [10.0, 9.0]})
    >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"],
    ...     "ordered_at": [day("2026-03-01"), day("2026-03-20"), day("2026-02-01")]})
    >>> found = returns_by_class(answers, orders, score="nps", days=30,
    ...     observed_until=dt.date(2026, 12, 31), observed_from=dt.date(2026, 1, 1))
    >>> found.loc[found["n"] > 0, ["answer", "metric", "n", "favourable", "estimate"]]
          answer          metric  n  favourable  estimate
    2  promoters   ordered_again  2           1      50.0
    5  promoters  ordered_before  2           0       0.0
    """
    if days < 1:
        raise CxError("a window needs a day or more", got=days, expected="1 or more")
    normal_quantile(level)
    given, placed = as_table(answers), as_table(orders)
    _check_columns(given, "answers", ("response_id", "customer_id", "answered_at", score))
    _check_columns(placed, "orders", ("customer_id", "ordered_at"))
    given = given.select(
        id=given.response_id,
        who=given.customer_id,
        at=given.answered_at,
        answer=_class(given[score]),
    )
    first = ibis.literal(observed_from) if observed_from else placed.ordered_at.min().as_scalar()
    by_answer = _follow(given, placed, days)
    span = ibis.interval(days=days)
    known = by_answer.who.notnull()
    covered = {
        AGAIN: by_answer.at + span < ibis.timestamp(observed_until + dt.timedelta(days=1)),
        BEFORE: by_answer.origin - span >= first.cast("timestamp").truncate("D"),
    }
    counts = {"unknown": (~known).sum()}
    for metric, whole in covered.items():
        counts[f"n_{metric}"] = (known & whole).sum()
        counts[f"favourable_{metric}"] = (known & whole & by_answer[metric]).sum()
        counts[f"not_observable_{metric}"] = (known & ~whole).sum()
    found = run(by_answer.group_by("answer").aggregate(**counts)).set_index("answer")
    found = found.reindex(list(NPS_CLASSES)).fillna(0).astype(int)
    return pd.concat([_shares(found, metric, level) for metric in covered], ignore_index=True)


def _class(score: ir.Column) -> ir.StringColumn:
    """Name the class of each answer; nothing for a value that is no answer."""
    return ibis.cases(*((score.isin(list(values)), name) for name, values in NPS_CLASSES.items()))


def _follow(given: ir.Table, placed: ir.Table, days: int) -> ir.Table:
    """Return one row an answer: ``origin`` (day it speaks of), and whether orders stand around it.

    Two equi-joins on the customer; the limits are times plus an interval, never day differences.
    """
    span, no = ibis.interval(days=days), ibis.literal(value=False)
    given = given.filter(given.answer.notnull() & given["at"].notnull())
    placed = placed.filter(placed.customer_id.notnull() & placed.ordered_at.notnull())
    placed = placed.select(who=placed.customer_id, ordered=placed.ordered_at)
    beside = given.left_join(placed, "who").drop("who_right")
    after = (beside.ordered > beside["at"]) & (beside.ordered <= beside["at"] + span)
    followed = beside.group_by("id", "who", "at", "answer").aggregate(
        last=beside.ordered.max(where=beside.ordered <= beside["at"]),
        **{AGAIN: ibis.coalesce(after.any(), no)},
    )
    followed = followed.mutate(origin=ibis.coalesce(followed["last"], followed["at"]).truncate("D"))
    beside = followed.left_join(placed, "who").drop("who_right")
    earlier = (beside.ordered < beside.origin) & (beside.ordered >= beside.origin - span)
    keys = ("id", "who", "at", "answer", "origin", AGAIN)
    return beside.group_by(*keys).aggregate(**{BEFORE: ibis.coalesce(earlier.any(), no)})


def _shares(found: pd.DataFrame, metric: str, level: float) -> pd.DataFrame:
    """Turn the counts of one window into shares with their intervals."""
    n, ordered = found[f"n_{metric}"], found[f"favourable_{metric}"]
    known = n.where(n > 0)
    share = ordered / known
    low, high = of_share(share, known, level)
    frame = pd.DataFrame(
        {
            "metric": metric,
            "n": n,
            "favourable": ordered,
            "not_observable": found[f"not_observable_{metric}"],
            "unknown": found["unknown"],
            "estimate": 100 * share,
            "std_error": 100 * ((share * (1 - share) / known) ** 0.5).where(n > 1),
            "low": 100 * low,
            "high": 100 * high,
            "n_effective": n.astype(float),
            "weighted": False,
            "note": notes(n, (ordered == 0) | (ordered == n)),
        }
    )
    return frame.reset_index()[COLUMNS]


def _check_columns(table: ir.Table, where: str, names: tuple[str, ...]) -> None:
    """Refuse a table that lacks a column."""
    absent = [name for name in names if name not in table.columns]
    if absent:
        raise CxError("a column is absent", where=where, got=", ".join(absent), expected=names)


def survey_returns(survey: Survey, source: Dataset, *, days: int = 180) -> pd.DataFrame:
    """Measure who of a survey's respondents ordered again, see :func:`returns_by_class`.

    Parameters
    ----------
    survey : Survey
        The survey reported; its answers up to the end of the period count.
    source : Dataset
        From ``open_source``, with a table ``orders``.
    days : int
        Length of the window.

    Returns
    -------
    DataFrame
        As :func:`returns_by_class`; without a row when there is no question of role ``nps``, no
        customer, or no orders.
    """
    orders, score = source.tables.get("orders"), next(iter(survey.columns("nps")), None)
    needed = {"response_id", "customer_id", "answered_at"}
    if orders is None or score is None or not needed <= set(survey.responses.columns):
        return pd.DataFrame(columns=COLUMNS)
    answers = survey.responses.filter(survey.responses.period_start <= survey.period.start)
    return returns_by_class(
        answers, orders, score=score, observed_until=source.observed_until, days=days
    )


def compare_returns(returns: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Compare promoters with detractors, after the answer and before it.

    Parameters
    ----------
    returns : DataFrame
        From :func:`returns_by_class`.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    DataFrame
        What ``compare`` returns with promoters as current side and detractors as reference: one
        row a metric, ``difference`` in points, p-values corrected by Holm over the two.

    Examples
    --------
    >>> shares = pd.DataFrame({"answer": ["detractors", "promoters"], "metric": "ordered_again",
    ...     "n": 100, "favourable": [40, 70], "estimate": [40.0, 70.0], "std_error": [4.9, 4.6],
    ...     "n_effective": 100.0, "weighted": False})
    >>> compare_returns(shares)[["metric", "difference", "signal"]]
              metric  difference  signal
    0  ordered_again        30.0    True
    """
    sides = {name: rows.drop(columns="answer") for name, rows in returns.groupby("answer")}
    return compare(sides["promoters"], sides["detractors"], level=level, correction="holm")
