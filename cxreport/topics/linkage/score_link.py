"""Does the score go with later money: what customers do after an answer, by how they answered.

Happy customers may have been the good ones all along. So classes are compared among customers who
bought alike before the answer, and the same comparison is made of what they bought *before*: a
score cannot change the past, and where it seems to, the link is not called a signal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cxreport.scores.spread import NPS_CLASSES
from cxreport.stats.intervals import normal_quantile
from cxreport.stats.multiplicity import corrected, interval_level
from cxreport.topics.linkage.cells import BEHAVIOUR, HISTORY, count_cells
from cxreport.topics.linkage.classes import class_means
from cxreport.topics.linkage.strata import standardised_difference

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from cxreport.inputs.source import Data

AGAIN, SPENT = "ordered_again", "spent_after"
PLACEBOS = ("ordered_before", "spent_before")
ADJUSTED, UNADJUSTED, PLACEBO = "adjusted", "unadjusted", "placebo"
FAMILIES = (ADJUSTED, PLACEBO)
NOT_CLEAN, UNCHECKED = "placebo not clean", "placebo cannot be said"
COLUMNS = ("outcome", "analysis", "n", "n_reference", "left_out", "strata", "estimate",
           "estimate_reference", "difference", "std_error", "low", "high", "p_value", "q_value",
           "signal", "note")  # fmt: skip


@dataclass(frozen=True)
class ScoreLink:
    """What :func:`score_link` returns.

    Attributes
    ----------
    differences : DataFrame
        One row per outcome and analysis: ``outcome`` ("ordered_again", "spent_after" and their
        placebos "ordered_before", "spent_before"); ``analysis`` ("adjusted", "unadjusted",
        "placebo"); ``n`` and ``n_reference`` customers of the best and the worst class;
        ``left_out`` (customers without anyone comparable in the other class); ``strata``
        compared; ``estimate`` and ``estimate_reference`` (percent of customers who ordered, or
        money a customer); ``difference``, ``std_error``, ``low``, ``high`` (points, or money);
        ``p_value``; ``q_value`` (Holm over the adjusted rows, and over the placebos; empty for
        the unadjusted); ``signal`` (of an adjusted row: true only where all placebos are clean,
        empty where they are not or cannot be said; of a placebo: true where it is not clean);
        ``note`` ("", "too few answers", "no variance", "placebo not clean", "placebo cannot be
        said").
    classes : DataFrame
        One row per outcome and class, not adjusted: ``outcome``, ``answer``, ``n``, ``estimate``,
        ``low``, ``high`` (units as above), ``note`` ("", "no answers", "one answer").
    left_out : DataFrame
        One row per reason: ``reason`` ("no customer", "not yet observable", "not covered before",
        "answered again"), ``n`` answers.
    """

    differences: pd.DataFrame
    classes: pd.DataFrame
    left_out: pd.DataFrame


def score_link(
    answers: Data,
    orders: Data,
    *,
    until: dt.date,
    since: dt.date | None = None,
    score: str = "nps",
    classes: Mapping[str, Iterable[int]] = NPS_CLASSES,
    amount: str | None = "net_amount",
    window_days: int = 180,
    adjust: Sequence[str] = HISTORY,
    level: float = 0.95,
) -> ScoreLink:
    """Compare what the best and the worst class of a score buy after their answer.

    Parameters
    ----------
    answers : pandas, polars or pyarrow frame, or Ibis table
        One row per answer: ``response_id``, ``customer_id``, ``answered_at`` (local time),
        ``score`` as numbers, and the columns of ``adjust``.
    orders : pandas, polars or pyarrow frame, or Ibis table
        One row per purchase: ``customer_id``, ``ordered_at`` (local time) and ``amount``. What is a
        purchase is decided before: see :func:`~cxreport.orders.purchases`.
    until : date
        Last day that the orders cover.
    since : date, optional
        First day that they cover; the first order's when left out.
    score : str
        Column of the answers.
    classes : mapping of str to iterable of int
        Class -> its scores, the worst first: the last is compared with the first.
    amount : str, optional
        Column of money (one currency); only orders are counted when None.
    window_days : int
        Length of the window after the answer, and of the one before.
    adjust : sequence of str
        What the compared customers must be alike in: "spent_before" (five strata: nothing, up to
        half the mean of those who spent, to the mean, to twice the mean, more), "orders_before"
        (0, 1, 2, 3 or more), and any column of categories of the answers.
    level : float
        Confidence level.

    Returns
    -------
    ScoreLink
        Frames ``differences``, ``classes``, ``left_out``.

    Raises
    ------
    CxError
        If a column is unknown, ``window_days`` is below 1, there are fewer than two classes, or
        the level is out of range.

    Notes
    -----
    A customer counts once, with the first answer whose two windows are covered whole: a later
    answer is given only by those who came back. The days before end on the day of the order that
    the answer follows. Association, not cause: customers alike before may still differ otherwise.
    Method: direct standardisation, see
    :func:`~cxreport.topics.linkage.strata.standardised_difference`; placebo: Lipsitch, Tchetgen
    Tchetgen & Cohen 2010, Epidemiology 21, 383-388. Nothing is drawn at random.

    Examples
    --------
    >>> import datetime as dt
    >>> day = pd.Timestamp
    >>> answers = pd.DataFrame({"response_id": list("1234"), "customer_id": list("abcd"),
    ...     "answered_at": day("2026-03-05"), "nps": [10, 9, 2, 3]})
    >>> orders = pd.DataFrame({"customer_id": list("aab"), "net_amount": [50.0, 30.0, 20.0],
    ...     "ordered_at": [day("2026-03-06"), day("2026-03-07"), day("2026-03-20")]})
    >>> link = score_link(answers, orders, window_days=30, since=dt.date(2026, 1, 1),
    ...     until=dt.date(2026, 12, 31))
    >>> link.differences.loc[link.differences["outcome"] == "spent_after",
    ...     ["analysis", "estimate", "estimate_reference", "difference"]]
         analysis  estimate  estimate_reference  difference
    1    adjusted      50.0                 0.0        50.0
    3  unadjusted      50.0                 0.0        50.0
    """
    normal_quantile(level)
    cells, left_out = count_cells(
        answers, orders, until=until, since=since, score=score, classes=classes, amount=amount,
        days=window_days, adjust=adjust,
    )  # fmt: skip
    extra = [name for name in adjust if name not in HISTORY]
    history = [name for name in adjust if name in HISTORY and name in cells]
    outcomes = [name for name in BEHAVIOUR if f"total_{name}" in cells]
    later = [name for name in outcomes if name not in PLACEBOS]
    earlier = [name for name in outcomes if name in PLACEBOS]
    worst, *_, best = classes
    planned = [(name, ADJUSTED, [*history, *extra]) for name in later]
    planned += [(name, UNADJUSTED, []) for name in later]
    planned += [(name, PLACEBO, extra) for name in earlier]

    def compared(levels: Mapping[str, float]) -> pd.DataFrame:
        rows = [
            standardised_difference(
                cells.rename(columns={f"total_{name}": "total", f"squares_{name}": "squares"}),
                group="answer", current=best, reference=worst, strata=strata,
                level=levels.get(analysis, level),
            ).assign(outcome=name, analysis=analysis)
            for name, analysis, strata in planned
        ]  # fmt: skip
        return pd.concat(rows, ignore_index=True)

    tests = compared({}).set_index("analysis")["p_value"]
    levels = {name: interval_level(tests[[name]], level) for name in FAMILIES if name in tests}
    differences = _judged(compared(levels), level)
    return ScoreLink(differences, class_means(cells, list(classes), outcomes, level), left_out)


def _judged(tests: pd.DataFrame, level: float) -> pd.DataFrame:
    """Return which differences are a signal: one family of claims, one of placebos."""
    families = [tests.loc[tests["analysis"] == name, "p_value"] for name in FAMILIES]
    tests = tests.assign(q_value=pd.concat([corrected(family) for family in families]))
    signal = (tests["q_value"] < 1 - level).astype("boolean").mask(tests["q_value"].isna())
    placebo = signal[tests["analysis"] == PLACEBO]
    claims = (tests["analysis"] == ADJUSTED) & (tests["note"] == "")
    if placebo.fillna(value=False).any() or placebo.isna().any():
        reason = NOT_CLEAN if placebo.fillna(value=False).any() else UNCHECKED
        signal = signal.mask(claims)
        tests["note"] = tests["note"].mask(claims, reason)
    percent = tests["outcome"].isin([AGAIN, "ordered_before"])
    numbers = ["estimate", "estimate_reference", "difference", "std_error", "low", "high"]
    tests[numbers] = tests[numbers].mul(percent.map({True: 100.0, False: 1.0}), axis="index")
    return tests.assign(signal=signal)[list(COLUMNS)]
