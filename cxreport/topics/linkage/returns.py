"""Does the score go with behaviour: who orders again after the answer, and who did before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.inputs.columns import check_result
from cxreport.inputs.source import Data, as_table, run
from cxreport.orders.rules import is_named, next_day
from cxreport.scores.compare import compare
from cxreport.scores.spread import NPS_CLASSES
from cxreport.stats.estimates import notes
from cxreport.stats.intervals import normal_quantile, of_share
from cxreport.topics.linkage.answer_windows import follow_answers

if TYPE_CHECKING:
    import datetime as dt

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
        One row per answer: ``response_id``, ``customer_id``, ``answered_at`` (local time) and
        ``score``.
    orders : pandas, polars or pyarrow frame, or Ibis table
        One row per order: ``customer_id``, ``ordered_at`` (local time). Cancelled orders count,
        too: the customer came back.
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
        One row per metric and class: ``answer`` ("detractors", "passives", "promoters");
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
        If a column is unknown, or ``days`` is below 1.

    Notes
    -----
    An association, not a cause. Interval: Newcombe 1998, Statistics in Medicine 17, 857-872,
    method 3. Placebo: Lipsitch, Tchetgen Tchetgen & Cohen 2010, Epidemiology 21, 383-388.

    Examples
    --------
    >>> import datetime as dt
    >>> day = pd.Timestamp
    >>> answers = pd.DataFrame({"response_id": ["r1", "r2"], "customer_id": ["a", "b"],
    ...     "answered_at": [day("2026-03-05"), day("2026-03-05")], "nps": [10.0, 9.0]})
    >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"],
    ...     "ordered_at": [day("2026-03-01"), day("2026-03-20"), day("2026-02-01")]})
    >>> returns = returns_by_class(answers, orders, score="nps", days=30,
    ...     observed_until=dt.date(2026, 12, 31), observed_from=dt.date(2026, 1, 1))
    >>> returns.loc[returns["n"] > 0, ["answer", "metric", "n", "favourable", "estimate"]]
          answer          metric  n  favourable  estimate
    2  promoters   ordered_again  2           1      50.0
    5  promoters  ordered_before  2           0       0.0
    """
    normal_quantile(level)
    placed = as_table(orders)
    by_answer = follow_answers(answers, placed, score=score, days=days)
    first = ibis.literal(observed_from) if observed_from else placed.ordered_at.min().as_scalar()
    span = ibis.interval(days=days)
    named = is_named(by_answer, "who")
    covered = {
        AGAIN: by_answer.at + span < ibis.literal(next_day(observed_until)),
        BEFORE: by_answer.origin - span >= first.cast("timestamp").truncate("D"),
    }
    ordered = {AGAIN: by_answer.orders_after > 0, BEFORE: by_answer.orders_before > 0}
    counts = {"unknown": (~named).sum()}
    for metric, whole in covered.items():
        counts[f"n_{metric}"] = (named & whole).sum()
        counts[f"favourable_{metric}"] = (named & whole & ordered[metric]).sum()
        counts[f"not_observable_{metric}"] = (named & ~whole).sum()
    counts_by_class = run(by_answer.group_by("answer").aggregate(**counts)).set_index("answer")
    counts_by_class = counts_by_class.reindex(list(NPS_CLASSES)).fillna(0).astype(int)
    return pd.concat(
        [_shares(counts_by_class, metric, level) for metric in covered], ignore_index=True
    )


def _shares(counts_by_class: pd.DataFrame, metric: str, level: float) -> pd.DataFrame:
    """Turn the counts of one window into shares with their intervals."""
    n, ordered = counts_by_class[f"n_{metric}"], counts_by_class[f"favourable_{metric}"]
    trials = n.where(n > 0)
    share = ordered / trials
    low, high = of_share(share, trials, level)
    frame = pd.DataFrame(
        {
            "metric": metric,
            "n": n,
            "favourable": ordered,
            "not_observable": counts_by_class[f"not_observable_{metric}"],
            "unknown": counts_by_class["unknown"],
            "estimate": 100 * share,
            "std_error": 100 * ((share * (1 - share) / trials) ** 0.5).where(n > 1),
            "low": 100 * low,
            "high": 100 * high,
            "n_effective": n.astype(float),
            "weighted": False,
            "note": notes(n, (ordered == 0) | (ordered == n)),
        }
    )
    return frame.reset_index()[COLUMNS]


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
    ends = [source.spans[name].until for name in ("responses", "orders") if name in source.spans]
    end = min(ends, default=survey.until)
    return returns_by_class(answers, orders, score=score, observed_until=end, days=days)


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
    check_result(returns, ("answer", "n", "estimate"), "returns_by_class")
    sides = [
        returns[returns["answer"] == name].drop(columns="answer")
        for name in ("promoters", "detractors")
    ]
    return compare(*sides, level=level, correction="holm")
