"""What a company's customers need and do, one row per customer, and the classes among them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import run
from cxreport.scores.recent import columns_with, recent_rows, valid_recent
from cxreport.scores.scoreboard import favourable_from
from cxreport.topics.personas.classes import Personas, personas
from cxreport.topics.personas.outcomes import outcomes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import ibis.expr.types as ir

    from cxreport.inputs.company import Company
    from cxreport.inputs.meaning import Column

LAYERS = ("needs", "ease", "enjoyability")
HEADLINES = ("nps", "csat", "ces")
CHANNEL, ORDERS, REQUESTS = "channel", "orders", "requests"
MOST = {ORDERS: 5, REQUESTS: 3}
"""Counts from which on customers are taken together."""
PERIODS, FEWEST = 24, 50
"""Periods looked at, two years of months; customers below which nothing is looked for."""
STAGE = "stage_"
FILE = "personas.toml"
"""What the organisation wrote of its personas, in the folder of the codebook."""


@dataclass(frozen=True)
class CustomerItems:
    """What :func:`customer_items` returns.

    Attributes
    ----------
    rows : DataFrame
        One row per customer, or per respondent where answers name no customer: the items, and
        ``nps`` (-100 to 100), ``csat``, ``ces`` and ``stage_*`` (percent favourable), each the
        mean of the customer's answers.
    items : dict of str to str
        Column -> kind, as ``personas`` takes it.
    metrics : list of str
        Columns of ``rows`` that are outcomes.
    periods : int
        Periods that count.
    least_answers : int
        Answers that a customer must have given.
    fewer : int
        Customers who gave some, but not so many, and are left out.
    """

    rows: pd.DataFrame
    items: dict[str, str]
    metrics: list[str]
    periods: int
    least_answers: int = 1
    fewer: int = 0


@dataclass(frozen=True)
class PersonaStudy:
    """What :func:`company_personas` returns.

    Attributes
    ----------
    items : CustomerItems
        What the classes were found in.
    personas : Personas or None
        The classes; none with fewer than 50 customers or two items.
    outcomes : DataFrame
        As from ``outcomes``: scores, and favourable ratings by stage; empty where the classes are
        no kinds of customers.
    unwritten : bool
        Whether nothing was looked for, because the organisation has written no personas.
    """

    items: CustomerItems
    personas: Personas | None
    outcomes: pd.DataFrame
    unwritten: bool = False

    @property
    def kinds(self) -> Personas | None:
        """The classes, where they may be called kinds of customers: several, and no doubts."""
        classes = self.personas
        return None if classes is None or classes.count == 1 or classes.doubts else classes


def customer_items(
    company: Company, *, items: Sequence[str] = (), periods: int = PERIODS, least_answers: int = 1
) -> CustomerItems:
    """Put what each customer answered and did into one row.

    Parameters
    ----------
    company : Company or Survey
        What is reported.
    items : sequence of str
        Columns of ratings (each the mean of the customer's answers, rounded, half upwards),
        "channel" (that of most orders, the latest of equals; of answers where there are no
        orders), "orders" (0 to 5, 5 for five or more), "requests" (0 to 3, for help). When empty,
        the three layers and the channel, as far as they are known.
    periods : int
        The period reported and those just before, so many in all.
    least_answers : int
        Answers that a customer must have given. The more, the clearer the classes, and the fewer
        the customers.

    Returns
    -------
    CustomerItems
        Without rows where there is neither a survey nor an order with a customer.

    Raises
    ------
    CxError
        If an item is not known.
    """
    if periods < 1 or least_answers < 1:
        got = f"{periods}, {least_answers}"
        raise CxError("not a number of periods or answers", got=got, expected="1 or more")
    ratings = columns_with(company, *LAYERS, *HEADLINES, "touchpoint")
    every = _answers(company, ratings, periods)
    answers = every[every["answers"] >= least_answers] if len(every) else every
    orders, tickets = (_used(company, name, periods) for name in ("orders", "tickets"))
    possible = [n for n, c in ratings.items() if c.role != "nps" and n in answers]
    possible += [CHANNEL] if CHANNEL in answers or CHANNEL in orders else []
    possible += [n for n, frame in ((ORDERS, orders), (REQUESTS, tickets)) if not frame.empty]
    layers = [n for n, c in ratings.items() if c.role in LAYERS]
    wanted = list(items) or [n for n in possible if n in {*layers, CHANNEL}]
    if wanted == [CHANNEL] and not items:
        wanted = possible
    for name in wanted:
        if name not in possible:
            raise CxError("not an item of this company", got=name, expected=", ".join(possible))
    index = answers.index if len(answers) else orders.index
    rows = pd.DataFrame(index=index.rename("customer_id"))
    for name in wanted:
        if name == CHANNEL:
            own = answers[CHANNEL] if CHANNEL in answers else pd.Series(None, index, dtype="object")
            used = orders[CHANNEL].reindex(index) if CHANNEL in orders else own
            rows[name] = used.where(used.notna(), own.reindex(index))
        elif name in MOST:
            counts = (orders if name == ORDERS else tickets)["n"].reindex(index).fillna(0)
            rows[name] = counts.clip(upper=MOST[name]).astype("int64")
        else:
            rows[name] = np.floor(answers[name].reindex(index) + 0.5)
    metrics = _metrics(rows, answers, ratings)
    kinds = {name: "categorical" if name == CHANNEL else "ordered" for name in wanted}
    fewer = len(every) - len(answers)
    periods = company.counted(periods)
    return CustomerItems(rows.sort_index(), kinds, metrics, periods, least_answers, fewer)


def personas_file(company: Company) -> Path:
    """Return where the organisation's personas stand, if it has written any."""
    return company.codebook.path.parent / FILE


def company_personas(
    company: Company,
    *,
    items: Sequence[str] = (),
    periods: int = PERIODS,
    least_answers: int = 1,
    starts: int = 20,
    resamples: int = 20,
    seed: int = 0,
    only_written: bool = False,
) -> PersonaStudy:
    """Look for classes among a company's customers, and compare their scores.

    Parameters
    ----------
    company : Company or Survey
        What is reported.
    items, periods, least_answers : optional
        As in ``customer_items``.
    starts, resamples, seed : int
        As in ``personas``.
    only_written : bool
        Whether to look only where ``personas.toml`` stands beside the codebook.

    Returns
    -------
    PersonaStudy
        Scores that classes were made from are no outcomes.

    Raises
    ------
    CxError
        If an item is not known.
    """
    nothing = pd.DataFrame(columns=["metric", "estimate"])
    if only_written and not personas_file(company).is_file():
        empty = CustomerItems(pd.DataFrame(), {}, [], company.counted(periods))
        return PersonaStudy(empty, None, nothing, unwritten=True)
    read = customer_items(company, items=items, periods=periods, least_answers=least_answers)
    usable = [n for n in read.items if len(read.rows[n].dropna().unique()) > 1]
    if len(read.rows) < FEWEST or len(usable) < 2:
        return PersonaStudy(read, None, nothing)
    classes = personas(read.rows, read.items, starts=starts, resamples=resamples, seed=seed)
    study = PersonaStudy(read, classes, nothing)
    metrics = [name for name in read.metrics if read.rows[name].notna().any()]
    if study.kinds is None or not metrics:
        return study
    compared = outcomes(classes, read.rows, metrics, family_level=company.family_level)
    return replace(study, outcomes=compared)


def _answers(company: Company, ratings: dict[str, Column], periods: int) -> pd.DataFrame:
    """Return the mean answers of each customer to each question, and the channel of most."""
    rows = valid_recent(company, periods)
    who = [*columns_with(company, "customer"), *columns_with(company, "id")]
    if rows is None or not who or not ratings:
        return pd.DataFrame()
    person = rows[who[0]]
    rows = rows.filter(person.notnull()).mutate(person=person.cast("string"))
    sums: dict[str, ir.Value] = {"answers": rows.count()}
    for name, column in ratings.items():
        value = rows[name].cast("float64")
        sums |= {f"{name}:n": value.count(), f"{name}:sum": value.sum()}
        good = ibis.cases((value.isnull(), None), else_=_code(column, value))
        sums[f"{name}:good"] = good.sum()
    counted = run(rows.group_by("person").aggregate(**sums)).set_index("person").sort_index()
    answers = counted[["answers"]].copy()
    for name in ratings:
        n = counted[f"{name}:n"].where(counted[f"{name}:n"] > 0)
        answers[name] = counted[f"{name}:sum"] / n
        answers[f"{name}:good"] = 100 * counted[f"{name}:good"] / n
        answers[f"{name}:n"] = counted[f"{name}:n"]
    channels = list(columns_with(company, "channel"))
    if channels:
        times = list(columns_with(company, "date"))
        answers[CHANNEL] = _most_used(rows, "person", channels[0], times[0] if times else None)
    return answers


def _code(column: Column, value: ir.Value) -> ir.Value:
    """Return 1 for a favourable answer, 0 for another; of NPS, -1 for a detractor."""
    if column.role == "nps":
        return ibis.cases((value >= 9, 1), (value <= 6, -1), else_=0)
    return ibis.cases((value >= favourable_from(column), 1), else_=0)


def _used(company: Company, table: str, periods: int) -> pd.DataFrame:
    """Return how often each customer is in a table, and through which channel most."""
    rows = recent_rows(company, table, periods)
    if rows is None or "customer_id" not in rows.columns:
        return pd.DataFrame()
    rows = rows.filter(rows.customer_id.notnull())
    rows = rows.mutate(person=rows.customer_id.cast("string"))
    counted = run(rows.group_by("person").aggregate(n=rows.count())).set_index("person")
    if CHANNEL in rows.columns:
        times = company.codebook.tables[table].with_role("date")
        counted[CHANNEL] = _most_used(rows, "person", CHANNEL, next(iter(times), None))
    return counted.sort_index()


def _most_used(rows: ir.Table, person: str, channel: str, time: str | None) -> pd.Series:
    """Return the channel that each used most; of equals the latest, then the first by name."""
    rows = rows.filter(rows[channel].notnull())
    last = rows[time].max() if time else rows.count()
    counted = run(rows.group_by(person, channel).aggregate(uses=rows.count(), last=last))
    counted = counted.sort_values(
        [person, "uses", "last", channel], ascending=[True, False, False, True]
    )
    return counted.drop_duplicates(person).set_index(person)[channel].astype("object")


def _metrics(rows: pd.DataFrame, answers: pd.DataFrame, ratings: dict[str, Column]) -> list[str]:
    """Add the outcomes to the rows, and return their names."""
    metrics = []
    for role in HEADLINES:
        of_role = [n for n, c in ratings.items() if c.role == role and n not in rows]
        if of_role and len(answers):
            rows[role] = answers[f"{of_role[0]}:good"].reindex(rows.index)
            metrics.append(role)
    stages: dict[str, list[str]] = {}
    for name, column in ratings.items():
        if column.role == "touchpoint" and column.stage and name not in rows and len(answers):
            stages.setdefault(column.stage, []).append(name)
    for stage, names in stages.items():
        n = answers[[f"{name}:n" for name in names]].sum(axis=1)
        parts = [(answers[f"{x}:good"] * answers[f"{x}:n"]).fillna(0) for x in names]
        rows[STAGE + stage] = (sum(parts) / n.where(n > 0)).reindex(rows.index)
        metrics.append(STAGE + stage)
    return metrics
