"""What a company promises and what customers expect: the frames of that part of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.scores.compare import compare
from cxreport.scores.scores import nps
from cxreport.topics.journey import promises
from cxreport.topics.journey.expectations import CLASSES, against_expectation
from cxreport.topics.journey.frames import PERIODS, columns_with, recent_rows

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from cxreport.inputs.company import Company

EXPECTED = "expected"
EXPECTATIONS = [
    "answer", "n", "count", "estimate", "low", "high", "nps_n", "nps", "nps_low", "nps_high",
    "difference", "difference_low", "difference_high", "p_value", "q_value", "signal", "note",
]  # fmt: skip
PROMISE_TIMES = {"ordered_at", "promised_at", "delivered_at"}
PROMISES = ["group", *promises.COUNTS, "estimate", "std_error", "low", "high", "note"]


def survey_expectations(company: Company, *, periods: int = PERIODS) -> pd.DataFrame:
    """Say how many found it worse or better than expected, and what goes with that.

    Parameters
    ----------
    company : Company or Survey
        With a column ``expected`` in the answers (codes worse, as, better).
    periods : int
        How many periods count, the one reported the last of them.

    Returns
    -------
    DataFrame
        One row a class ("worse", "as", "better"): ``answer``; ``n``, ``count``, ``estimate``,
        ``low``, ``high`` as ``against_expectation`` (percent); ``nps_n``, ``nps``, ``nps_low``,
        ``nps_high`` (points) of the class, and ``difference``, ``difference_low``,
        ``difference_high`` (points), ``p_value``, ``q_value`` (Holm) and ``signal`` to "as";
        ``note``. Without a row when nobody is asked.
    """
    answers = recent_rows(company, "responses", periods)
    score = next(iter(columns_with(company, "nps")), None)
    if answers is None or EXPECTED not in answers.columns or score is None:
        return pd.DataFrame(columns=EXPECTATIONS)
    shares = against_expectation(answers, EXPECTED)
    scores = nps(answers.filter(answers[EXPECTED].isin(list(CLASSES))), score, by=EXPECTED)
    scores = scores.rename(columns={EXPECTED: "answer"})
    named = scores.set_index("answer")[["n", "estimate", "low", "high"]]
    named.columns = pd.Index(["nps_n", "nps", "nps_low", "nps_high"])
    table = shares.join(named, on="answer").join(
        _from_as(scores, company.family_level), on="answer"
    )
    return table.reindex(columns=EXPECTATIONS)


def _from_as(scores: pd.DataFrame, level: float) -> pd.DataFrame:
    """Compare the NPS of each class with that of people who got what they expected."""
    as_expected = scores[scores["answer"] == "as"]
    others = scores[scores["answer"].isin(["worse", "better"])]
    names = ["difference", "low", "high", "p_value", "q_value", "signal"]
    if as_expected.empty or others.empty:
        return pd.DataFrame(columns=names, index=pd.Index([], dtype="str"))
    reference = pd.concat([as_expected.assign(answer=each) for each in others["answer"]])
    found = compare(others, reference, level=level, correction="holm").set_index("answer")[names]
    return found.rename(columns={"low": "difference_low", "high": "difference_high"})


def delivery_promises(company: Company, *, periods: int = PERIODS) -> pd.DataFrame:
    """Say how many orders arrive by the promised moment; see ``promise_kept``.

    Returns
    -------
    DataFrame
        First all orders (``group`` is ""), then by channel: ``group`` and the columns of
        ``promise_kept``; channels without a promise are left out. Without a row when the orders
        have no promises.
    """
    orders = _promised(company, periods)
    if orders is None:
        return pd.DataFrame(columns=PROMISES)
    until, status = company.until, _status(orders)
    parts = [promises.promise_kept(orders, until=until, status=status).assign(group="")]
    if "channel" in orders.columns:
        by = promises.promise_kept(orders, until=until, status=status, by="channel")
        parts.append(by[by["n"] + by["open"] > 0].rename(columns={"channel": "group"}))
    return pd.concat(parts, ignore_index=True)[PROMISES]


def delivery_lateness(company: Company, *, periods: int = PERIODS) -> pd.DataFrame:
    """Say how late broken promises are; see ``lateness``.

    Returns
    -------
    DataFrame
        As ``lateness`` (hours); without a row when the orders have no promises.
    """
    orders = _promised(company, periods)
    if orders is None:
        return pd.DataFrame(columns=["quantile", "n", "overdue", "estimate", "low", "high", "note"])
    return promises.lateness(orders, until=company.until, status=_status(orders))


def _promised(company: Company, periods: int) -> ir.Table | None:
    """Return the recent orders, where they have promises."""
    orders = recent_rows(company, "orders", periods)
    return orders if orders is not None and set(orders.columns) >= PROMISE_TIMES else None


def _status(orders: ir.Table) -> str | None:
    return "status" if "status" in orders.columns else None
