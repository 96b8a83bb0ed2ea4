"""A survey seen from one period: its answers, the period before, and the history that led here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

import ibis
import pandas as pd
import pyarrow as pa

from cxreport.errors import CxError
from cxreport.inputs import period as periods_of_time
from cxreport.inputs.closed import DATED, choose_period, first_whole
from cxreport.inputs.company import HISTORY, Company, open_tables
from cxreport.inputs.masking import SHARED
from cxreport.inputs.roles import CATEGORIES, SCORED
from cxreport.inputs.source import Data, as_table, run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import ibis.expr.types as ir

    from cxreport.inputs.dataset import Dataset
    from cxreport.inputs.meaning import Column, Comparison, Design
    from cxreport.inputs.period import Period

SURVEY = ("responses",)
NO_ANSWER = pa.table(
    {
        "response_id": pa.array([], pa.string()),
        "answered_at": pa.array([], pa.timestamp("us")),
        "period_start": pa.array([], pa.date32()),
    }
)
"""The answers of a source without a survey."""


@dataclass(frozen=True, repr=False)
class Survey(Company):
    """A company with its answers, perhaps those of a part of the customers.

    Attributes
    ----------
    dataset, period, history, filters, families
        As in ``Company``; the history begins with the first answer, where there is a survey.
    responses : ibis Table
        The answers that the filters leave, of every period; no row without a survey.
    """

    responses: ir.Table = field(kw_only=True, repr=False)

    def table(self, name: str) -> ir.Table | None:
        """Return a table's rows up to ``until``; of the answers, those that the filters leave."""
        is_survey = name in SURVEY and name in self.dataset.tables
        return self.cut(name, self.responses) if is_survey else super().table(name)

    @property
    def current(self) -> ir.Table:
        """The answers of the period reported."""
        return self.answers(self.period)

    @property
    def previous(self) -> ir.Table | None:
        """The answers of the period before, or None if there is none."""
        return self.answers(self.history[-2]) if len(self.history) > 1 else None

    @property
    def scored(self) -> dict[str, Column]:
        """The scored questions that were asked in the period reported, touchpoints aside."""
        return self.columns(*SCORED)

    @property
    def main_question(self) -> dict[str, Column]:
        """The one question that break-downs show: NPS, or else satisfaction, or else effort."""
        for role in ("nps", "csat", "ces"):
            named = self.columns(role)
            if named:
                return dict([next(iter(named.items()))])
        return {}

    @property
    def categories(self) -> dict[str, Column]:
        """The columns of codes that reports break down by, asked in the period reported."""
        return self.columns(*CATEGORIES)

    @property
    def breaks(self) -> dict[str, list[str]]:
        """The periods in which a question began to be asked in another version."""
        breaks = {}
        for name, column in self.codebook.questions.items():
            days = {v.since for v in column.versions if v.since}
            days |= {v.until + dt.timedelta(days=1) for v in column.versions if v.until}
            breaks[name] = [p.name for p in self.history if any(p.start <= d < p.end for d in days)]
        return breaks

    def recent(self, periods: int) -> ir.Table:
        """Return the answers of the period reported and of the ones just before, so many in all."""
        first = self.history[-periods:][0]
        day = self.responses.period_start
        return self.responses.filter((day >= first.start) & (day <= self.period.start))

    @property
    def design(self) -> Design:
        """How the answers were drawn: their own weights, and the customers they belong to.

        Handed to the scores as ``**survey.design``; None for what the source does not declare.
        """
        weight, customer = (next(iter(self.columns(r)), None) for r in ("weight", "customer"))
        return {"weight": weight, "cluster": customer}

    @property
    def comparison(self) -> Comparison:
        """The design, and how strictly the page judges a difference.

        Handed to comparisons as ``**survey.comparison``, see ``Company.family_level``.
        """
        return {**self.design, "family_level": self.family_level}

    def answers(self, period: Period) -> ir.Table:
        """Return the answers of one period."""
        return self.responses.filter(self.responses.period_start == period.start)

    def columns(self, *roles: str) -> dict[str, Column]:
        """Return the columns with one of these roles that were asked in the period reported."""
        wave = self.period.name if self.period.kind == "wave" else None
        named = self.codebook.responses.with_role(*roles)
        return {name: column for name, column in named.items() if column.in_wave(wave)}


def open_survey(
    source: str | Path,
    *,
    period: str = "",
    filters: Mapping[str, Sequence[str]] | None = None,
    tables: Mapping[str, Data] | None = None,
    families: int = 1,
    required: bool = True,
) -> Survey:
    """Open the survey of a source as seen from one period.

    Parameters
    ----------
    source : str or Path
        A folder name under ``data/``, or the path of a ``codebook.toml``.
    period : str
        ``2026-10``, ``2026-Q3``, ``2026`` or the name of a wave; the last closed one when empty.
    filters : mapping of str to sequence of str, optional
        Column -> codes that count, for example ``{"channel": ["app", "web"]}``.
    tables : mapping of str to frame, optional
        Frames to use in place of the source's files.
    families : int
        As in ``open_company``.
    required : bool
        Whether a source without a survey is refused. A report to which the survey is one table
        among others opens it all the same: with no question and no answer.

    Returns
    -------
    Survey
        The answers and their periods.

    Raises
    ------
    CxError
        If the data have errors, the period is unknown, not closed, or without answers, or
        ``families`` is below 1.
    """
    dataset = open_tables(source, tables)
    if required:
        _check_survey(dataset)
    chosen_codes = {
        column: [codes] if isinstance(codes, str) else list(codes)
        for column, codes in (filters or {}).items()
    }
    responses = _filtered(dataset, chosen_codes)
    chosen = choose_period(dataset, period, SURVEY)
    first = first_whole(dataset, [n for n in SURVEY if n in dataset.spans] or DATED) or chosen
    begun = min(first.start, chosen.start)
    if "responses" in dataset.tables:
        begun = max(first.start, _first_answered(dataset, responses, chosen, chosen_codes))
    history = periods_of_time.between(begun, chosen.start, chosen.kind, dataset.codebook.waves)
    responses = _equal_without_weights(dataset, responses)
    return Survey(
        dataset, chosen, history[-HISTORY:], chosen_codes, SURVEY, families, responses=responses
    )


def _check_survey(dataset: Dataset) -> None:
    """Refuse a source without a survey."""
    if "responses" not in dataset.tables:
        raise CxError(
            "this source has no survey",
            where=dataset.codebook.path,
            got=", ".join(dataset.tables),
            expected="[tables.responses]",
            hint="without one there are 01_monthly_report.ipynb (required=False) and the reports "
            "that open a source with open_company: 05_retention_value.ipynb, "
            "06_service_operations.ipynb, 12_linkage_roi.ipynb",
        )


def _first_answered(
    dataset: Dataset, responses: ir.Table, chosen: Period, filters: Mapping[str, Sequence[str]]
) -> dt.date:
    """Return the start of the first period with an answer; none in the one chosen is an error."""
    counts = run(responses.group_by("period_start").aggregate(n=responses.count())).dropna()
    starts = {pd.Timestamp(day).date(): n for day, n in counts.itertuples(index=False)}
    if not starts.get(chosen.start):
        raise CxError(
            "no answer in this period",
            where=f"{dataset.name}, {chosen.name}",
            got=f"filters: {dict(filters)}" if filters else None,
            hint=f"answers stand between {min(starts)} and {max(starts)}"
            if starts
            else "no row is left",
        )
    return min(starts)


def _equal_without_weights(dataset: Dataset, responses: ir.Table) -> ir.Table:
    """Give each answer the weight 1 in a period in which no answer has a weight."""
    for name in dataset.codebook.responses.with_role("weight"):
        if name in responses.columns:
            weight = responses[name].cast("float64")
            heaviest = weight.max().over(group_by="period_start")
            responses = responses.mutate(**{name: ibis.ifelse(heaviest.isnull(), 1.0, weight)})
    return responses


def _filtered(dataset: Dataset, filters: Mapping[str, Sequence[str]]) -> ir.Table:
    """Keep the rows whose codes are asked for; an unknown column or code is an error."""
    responses = dataset.tables.get("responses", as_table(NO_ANSWER))
    allowed = dataset.codebook.responses.with_role(*CATEGORIES)
    for column, codes in filters.items():
        if column not in allowed:
            near = get_close_matches(column, allowed, n=1)
            raise CxError(
                "no such column to filter by",
                where=dataset.codebook.path,
                got=column,
                expected=", ".join(allowed) or "no filter: there is no survey",
                hint=f"did you mean {near[0]!r}?" if near else None,
            )
        counted = run(responses.group_by(column).aggregate(n=responses.count())).dropna()
        codes_in_data = set(counted[column])
        strange = sorted(set(codes) - codes_in_data)
        if strange:  # what only a few wrote may be free text
            shared = {*counted.loc[counted["n"] >= SHARED, column], *allowed[column].labels}
            raise CxError(
                "no such code to filter by",
                where=column,
                got=", ".join(strange),
                expected=", ".join(sorted(shared & codes_in_data))
                or "a code that many people gave",
            )
        responses = responses.filter(responses[column].isin(list(codes)))
    return responses
