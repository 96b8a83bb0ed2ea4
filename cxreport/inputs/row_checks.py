"""Look for problems in the checked rows of a source: their amounts, their days, their scales.

As in ``checks``, each function answers one question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np

from cxreport.inputs import period as periods
from cxreport.inputs.contracts import Problem, problem
from cxreport.inputs.meaning import NPS_SCALE, Column
from cxreport.inputs.normalise import day_after
from cxreport.inputs.questions import Question, counting
from cxreport.inputs.roles import SCORES
from cxreport.inputs.source import run
from cxreport.inputs.spans import FEW, FEWEST_DAYS, PLANNED, REGISTERS, STAND_INS, Span, body_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir
    import pandas as pd

    from cxreport.inputs.codebook import Codebook, TableFiles
    from cxreport.inputs.questions import Check

RARE = ("experiments",)
"""Dated tables that need not have a row in every period."""
MONTH = 31
MUCH, TIMES_NEXT, OTHER_DAYS = 0.2, 10, 10
"""Part of the rows that one day holds if it stands for none, and how many times as the next."""
REVERSED_BELOW = -0.2
REVERSED_FROM = 30
TAKEN_BACK = ("cancelled", "returned")
CENT = 0.01


def amount_problems(rows: ir.Table, name: str) -> Question:
    """Ask about amounts and refunds below zero, and refunds that are larger than what was paid.

    An order that its status calls cancelled or returned may have any amount: it is no purchase, or
    less of one, whatever the amount says.
    """
    if name != "orders" or "net_amount" not in rows.columns:
        return Question({}, lambda _: [])
    paid = rows.net_amount
    taken_back = paid < 0
    if "status" in rows.columns:
        taken_back &= ~rows.status.lower().isin(TAKEN_BACK).fill_null(False)
    checks = [("amount-negative", "net_amount", taken_back, paid)]
    if "refund_amount" in rows.columns:
        refund = rows.refund_amount
        above = (refund > 0) & (refund > paid + CENT) & (paid >= 0)
        checks += [
            ("refund-negative", "refund_amount", refund < 0, refund),
            ("refund-above-amount", "refund_amount", above, refund),
        ]
    return counting(name, checks)


def date_problems(rows: ir.Table, name: str, table: TableFiles, codebook: Codebook) -> Question:
    """Count rows that are in no period, and dates after the last day that the data cover."""
    checks: list[Check] = []
    until = table.observed_until or codebook.source.observed_until
    key = next(iter(table.with_role("id")), None)
    for column in table.with_role("date"):
        if not codebook.waves:  # there, the file says the period
            example = rows[key] if key else ibis.literal("")
            checks.append(("date-missing", column, rows[column].isnull(), example))
        if until and name not in PLANNED:
            late = rows[column] >= day_after(until)
            checks.append(("date-after-end", column, late, rows[column]))
    return counting(name, checks)


def period_problems(
    days: Mapping[str, pd.Series], spans: Mapping[str, Span], codebook: Codebook
) -> list[Problem]:
    """Name the periods without a row, from a table's first row to the last closed period."""
    kind, waves = codebook.source.period, codebook.waves
    problems = []
    for name, span in spans.items():
        if name in (*REGISTERS, *RARE):
            continue
        first = min([span.first, *(wave.since for wave in waves)])
        empty = [
            period.name
            for period in periods.between(first, span.until, kind, waves)
            if span.covers(period)
            and not any(period.start <= day < period.end for day in days[name].index)
        ]
        if empty:
            column = next(iter(codebook.tables[name].with_role("date")))
            problems.append(problem("period-empty", name, column, len(empty), ", ".join(empty)))
    return problems


def span_problems(spans: Mapping[str, Span], codebook: Codebook) -> list[Problem]:
    """Count rows far from all others, and name tables that end long before their source."""
    latest = max((span.until for span in spans.values()), default=None)
    problems = []
    for name, span in spans.items():
        column = next(iter(codebook.tables[name].with_role("date")), "")
        if span.after:
            problems.append(problem("date-far-ahead", name, column, span.after, f"> {span.last}"))
        if span.before:
            problems.append(problem("date-far-back", name, column, span.before, f"< {span.first}"))
        by_rows = span.told_by == "rows" and span.days >= FEWEST_DAYS and name not in RARE
        if latest and by_rows and (latest - span.until).days > MONTH:
            problems.append(problem("table-ends-early", name, column, 1, str(span.until)))
    return problems


def stand_in_problems(days: Mapping[str, pd.Series], name: str) -> list[Problem]:
    """Count the times that are the same day in many rows, or a day that stands for none."""
    problems = []
    for column, counts in days.items():
        rows_by_stand_in = counts[[day in STAND_INS for day in counts.index]]
        if rows_by_stand_in.empty and len(counts) > OTHER_DAYS:
            most = counts.nlargest(2)
            if most.iloc[0] >= MUCH * counts.sum() and most.iloc[0] >= TIMES_NEXT * most.iloc[1]:
                rows_by_stand_in = most.head(1)
            else:
                rows_by_stand_in = _many_far_off(counts)
        if not rows_by_stand_in.empty:
            example = ", ".join(str(day) for day in rows_by_stand_in.index)
            problems.append(
                problem("date-stands-for-none", name, column, int(rows_by_stand_in.sum()), example)
            )
    return problems


def _many_far_off(counts: pd.Series) -> pd.Series:
    """Return the days far from all others that hold more rows than slips do."""
    begin, end = body_of(counts)
    many = max(1, FEW * counts.sum())
    places = np.arange(len(counts))
    return counts[(counts.to_numpy() > many) & ((places < begin) | (places >= end))]


def scale_problems(rows: ir.Table, name: str, table: TableFiles) -> list[Problem]:
    """Find ratings that fall where the main score rises: perhaps 1 is the best, undeclared.

    The main score is NPS, or else the first CSAT. A Pearson correlation below -0.2 on at least 30
    answers, each counted by its declared direction, is a question to whoever wrote the codebook.
    """
    ratings = table.with_role(*SCORES)
    main = next((n for role in ("nps", "csat") for n in table.with_role(role)), "")
    others = [n for n in ratings if main and n != main]
    measures: dict[str, ir.Scalar] = {}
    for number, other in enumerate(others):
        x, y = in_scale(rows, main, ratings), in_scale(rows, other, ratings)
        x, y = ibis.cases((y.notnull(), x)), ibis.cases((x.notnull(), y))
        sums = {"n": x.count(), "x": x.sum(), "y": y.sum()}
        sums |= {"xx": (x * x).sum(), "yy": (y * y).sum(), "xy": (x * y).sum()}
        measures |= {f"{key}{number}": value.cast("float64") for key, value in sums.items()}
    if not measures:
        return []
    total = run(rows.aggregate(**measures)).iloc[0]
    problems = []
    for number, other in enumerate(others):
        n, x, y, xx, yy, xy = (total[f"{key}{number}"] for key in ("n", "x", "y", "xx", "yy", "xy"))
        spread = (n * xx - x * x) * (n * yy - y * y)
        if n >= REVERSED_FROM and spread > 0:
            correlation = (n * xy - x * y) / spread**0.5
            if correlation < REVERSED_BELOW:
                example = f"r = {correlation:.2f} ({main})"
                problems.append(problem("scale-looks-reversed", name, other, int(n), example))
    return problems


def in_scale(rows: ir.Table, name: str, ratings: Mapping[str, Column]) -> ir.FloatingColumn:
    """Return a rating with higher as better, NULL outside its scale."""
    worst, best = ratings[name].scale or NPS_SCALE
    value = rows[name]
    low, high = min(worst, best), max(worst, best)
    turned = (worst + best) - value if worst > best else value
    return ibis.cases(((value >= low) & (value <= high), turned))
