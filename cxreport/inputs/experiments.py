"""One experiment of a source: who was assigned to which arm, what came of it, and who they are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

import ibis
import pandas as pd
import pyarrow as pa

from cxreport.errors import CxError
from cxreport.inputs.dataset import Dataset, open_source
from cxreport.inputs.roles import CATEGORIES
from cxreport.inputs.source import as_table, run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import ibis.expr.types as ir

    from cxreport.inputs.source import Data
    from cxreport.inputs.survey import Survey

COLUMNS = ("experiment", "customer_id", "arm", "assigned_at", "outcome")


@dataclass(frozen=True)
class Experiment:
    """What is known of an experiment at the end of a period.

    Attributes
    ----------
    name : str
        Its code in the table ``experiments``; empty when the source has no such table.
    window : int
        Days after the assignment in which the outcome counts.
    rows : ibis Table
        One row per customer whose window is over: ``arm``, ``outcome`` (0 or 1) and the subgroups.
    subgroups : tuple of str
        The subgroup columns that the source has.
    waiting, undated : int
        Customers whose window is not over, and rows without a day of assignment: left out.
    first, last : date or None
        Days of the first and last assignment that counts.
    """

    name: str
    window: int
    rows: ir.Table = field(repr=False)
    subgroups: tuple[str, ...] = ()
    waiting: int = 0
    undated: int = 0
    first: dt.date | None = None
    last: dt.date | None = None

    @property
    def counts(self) -> dict[str, int]:
        """Customers by arm."""
        counts = run(self.rows.group_by("arm").aggregate(n=self.rows.count())).sort_values("arm")
        return {str(arm): int(n) for arm, n in counts.itertuples(index=False)}


def open_experiment(
    survey: Survey,
    name: str,
    *,
    subgroups: Sequence[str] = (),
    window: int = 30,
    tables: Mapping[str, Data] | None = None,
) -> Experiment:
    """Open an experiment as seen from the end of a survey's period.

    Parameters
    ----------
    survey : Survey
        Its source, period and filters; every filter must be a column of ``customers``.
    name : str
        Code of the experiment.
    subgroups : sequence of str
        Channel or segment columns of ``customers``, declared before the outcome was known.
    window : int
        Days in which the outcome counts: who was assigned later is not yet observable.
    tables : mapping of str to frame, optional
        Frames to use in place of the source's files.

    Returns
    -------
    Experiment
        Without a row and without a name when the source has no table ``experiments``. Without
        subgroups when it has no table ``customers``.

    Raises
    ------
    CxError
        If the experiment or a column is unknown, or a customer was assigned more than once.
    """
    codebook = survey.codebook
    if "experiments" not in codebook.tables:
        empty = pa.table({"arm": pa.array([], pa.string()), "outcome": pa.array([], pa.float64())})
        return Experiment("", window, as_table(empty))
    only = tuple(table for table in ("experiments", "customers") if table in codebook.tables)
    dataset = open_source(codebook.path, tables=tables, only=only)
    assigned = _assigned(dataset, name)
    asked = tuple(dict.fromkeys(subgroups)) if "customers" in only else ()
    rows = _with_customers(dataset, assigned, tuple(dict.fromkeys([*asked, *survey.filters])))
    for column, codes in survey.filters.items():
        rows = rows.filter(rows[column].isin(list(codes)))
    last_day = _known_until(survey, dataset) + dt.timedelta(days=1 - window)
    over = (rows.assigned_at < ibis.literal(dt.datetime.combine(last_day, dt.time()))).name("over")
    counts_by_over = run(
        rows.group_by(over).aggregate(
            n=rows.count(), first=rows.assigned_at.min(), last=rows.assigned_at.max()
        )
    )
    counted = counts_by_over[counts_by_over["over"].eq(True)]
    return Experiment(
        name=name,
        window=window,
        rows=rows.filter(over).select("arm", "outcome", *asked),
        subgroups=asked,
        waiting=int(counts_by_over.loc[counts_by_over["over"].eq(False), "n"].sum()),
        undated=int(counts_by_over.loc[counts_by_over["over"].isna(), "n"].sum()),
        first=None if counted.empty else pd.Timestamp(counted["first"].item()).date(),
        last=None if counted.empty else pd.Timestamp(counted["last"].item()).date(),
    )


def _known_until(survey: Survey, dataset: Dataset) -> dt.date:
    """Return the last day of the period of which outcomes are known.

    The rows only say when customers were assigned; how far outcomes are known is the word of the
    table or its source, or else goes as far as the answers do.
    """
    span = dataset.spans.get("experiments")
    declared = span is not None and span.told_by in ("table", "source")
    until = span.until if span is not None and declared else survey.known_until
    return min(until, survey.period.end - dt.timedelta(days=1))


def _assigned(dataset: Dataset, name: str) -> ir.Table:
    """Return the rows of one experiment, once they have proved to be one a customer."""
    table = dataset.tables["experiments"]
    absent = [column for column in COLUMNS if column not in table.columns]
    if absent:
        raise CxError(
            "the table of experiments lacks columns",
            where=dataset.codebook.path,
            got=f"no {', '.join(absent)}",
            expected=", ".join(COLUMNS),
        )
    rows = table.filter(table.experiment == name)
    people = run(rows.aggregate(n=rows.count(), customers=rows.customer_id.nunique()))
    n, customers = (int(people[column].item()) for column in ("n", "customers"))
    if not n:
        names = run(table.select("experiment").distinct())["experiment"].dropna()
        raise CxError("no such experiment", got=name, expected=", ".join(sorted(names)))
    if customers < n:
        raise CxError(
            "a customer was assigned more than once, or a row has no customer",
            where=f"{dataset.name}, experiments, {name}",
            got=f"{n} rows of {customers} customers",
            hint="an arm that can change is no experiment: find out why before reading it",
        )
    return rows.select(*COLUMNS)


def _with_customers(dataset: Dataset, rows: ir.Table, columns: tuple[str, ...]) -> ir.Table:
    """Put what is known of the customers beside the rows."""
    if not columns:
        return rows
    described = dataset.codebook.tables.get("customers")
    categories = described.with_role(*CATEGORIES) if described else {}
    for column in columns:
        if column not in categories:
            near = get_close_matches(column, categories, n=1)
            raise CxError(
                "no such column of customers",
                where=dataset.codebook.path,
                got=column,
                expected=", ".join(categories) or "a table of customers",
                hint=f"did you mean {near[0]!r}?" if near else None,
            )
    customers = dataset.tables["customers"].select("customer_id", *columns)
    return rows.left_join(customers, "customer_id").select(*COLUMNS, *columns)
