"""What a first screen looks at: every measure of a report by period, in frames of one shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.scores.compare import compare
from cxreport.scores.group_pages import hidden_groups, main_counts
from cxreport.scores.kinds import SCORES, score_kind
from cxreport.scores.scoreboard import score_history
from cxreport.stats.usual_range import MIN_EARLIER
from cxreport.topics.conversion import visits_that_bought
from cxreport.topics.retention import company_retention
from cxreport.topics.service import company_changes, median_waits
from cxreport.topics.voice import company_voice

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from cxreport.inputs.meaning import Column
    from cxreport.inputs.survey import Survey

NAMED = ["section", "measure", "question", "variable", "level"]
COLUMNS = [*NAMED, "period", "n", "estimate", "low", "high", "unit", "better", "p_before"]
WITHIN = {"points": (-100.0, 100.0), "percent": (0.0, 100.0), "hours": (0.0, np.inf)}
"""Unit -> between what a result in it lies."""
WAITS = ("first_reply", "solution")


def company_measures(survey: Survey, *, periods: int = 12) -> pd.DataFrame:
    """Return each measure of a company, as a whole and by its parts, in each period.

    Parameters
    ----------
    survey : Survey
        The company reported: its answers, requests, orders, visits and comments, where it has them.
    periods : int
        Periods whose comments are read, as elsewhere in the report.

    Returns
    -------
    DataFrame
        One row per series and period, oldest first; the last row of a series is the newest that can
        be observed. ``section`` ("scores", "layers", "touchpoints", "groups", "service",
        "retention", "conversion", "voice"), ``measure`` (metric of the score, "first_reply",
        "solution", "came_back", "bought", "topic"), ``question`` (column, or the topic; "" where
        there is none), ``variable`` and ``level`` (column and code of a group; "" for all),
        ``period`` (name),
        ``n`` (answers, requests, customers, visits), ``estimate``, ``low``, ``high`` (in ``unit``:
        "points", "percent" or "hours"; 95%; of waits the interval of the last period alone),
        ``better`` ("higher", "lower" or ""), ``p_before`` (of the last period against the one
        before it, where this is known). A group that no page on the period may show is left out,
        and so are the periods before a question's wording changed.
    """
    parts = [_scores(survey, survey.scored), _scores(survey, survey.columns("touchpoint"))]
    parts += [_groups(survey, name) for name in survey.categories]
    parts += [_waits(survey), _came_back(survey), _bought(survey), _topics(survey, periods)]
    filled = [part for part in parts if not part.empty]
    if not filled:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(filled, ignore_index=True)[COLUMNS]


def _scores(survey: Survey, questions: dict[str, Column], by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the history of scores, and how the last period differs from the one before."""
    if not questions:
        return pd.DataFrame(columns=COLUMNS)
    rows = score_history(survey.responses, questions, survey.history, by=by, **survey.design)
    rows = rows[~_before_break(rows, survey)]
    names = [*by, "question", "metric"]
    differences = pd.DataFrame(columns=[*names, "p_value"])
    if len(survey.history) > 1:
        last, before = (
            rows[(rows["period"] == p.name) & (rows["n"] > 0)].drop(columns="period")
            for p in (survey.history[-1], survey.history[-2])
        )
        if len(last) and len(before):
            differences = compare(last, before)[[*names, "p_value"]]
    rows = rows.merge(differences, how="left", on=names)
    is_last = rows["period"] == survey.period.name
    kinds = rows["metric"].map(score_kind)
    section = np.select(
        [rows["question"].isin([*survey.columns("touchpoint")]), _is_layer(rows["metric"])],
        ["touchpoints", "layers"],
        "scores",
    )
    named: dict[str, Any] = {"variable": "", "level": ""}
    return rows.rename(columns={"metric": "measure"}).assign(
        section=section,
        unit=kinds.map(lambda kind: kind.unit),
        better=kinds.map(lambda kind: kind.better),
        p_before=rows["p_value"].where(is_last),
        **named,
    )


def _is_layer(metric: pd.Series) -> pd.Series:
    """Return which scores are a part of the pyramid, not a headline."""
    layers = {n for n, kind in SCORES.items() if kind.counts == "layers" and not kind.is_headline}
    return metric.isin(layers)


def _before_break(rows: pd.DataFrame, survey: Survey) -> pd.Series:
    """Return which rows are of the time before a question's wording changed last."""
    order = {period.name: place for place, period in enumerate(survey.history)}
    since = {q: max(map(order.__getitem__, b)) for q, b in survey.breaks.items() if b}
    return rows["period"].map(order) < rows["question"].map(since).fillna(0)


def _groups(survey: Survey, column: str) -> pd.DataFrame:
    """Return the history of the main question by group, without those that no page may show."""
    main = survey.main_question
    rows = _scores(survey, main, by=[column]) if main else pd.DataFrame(columns=COLUMNS)
    if rows.empty:
        return rows
    hidden = _hidden_periods(survey, column)
    pairs = list(zip(rows["period"], rows[column], strict=True))
    closed = pd.Series([pair in hidden for pair in pairs], rows.index, dtype=bool)
    rows = rows.assign(estimate=rows["estimate"].mask(closed))
    few = [level for period, level in hidden if period == survey.period.name]
    rows = rows[~rows[column].isin(few)]
    return rows.assign(section="groups", variable=column, level=rows[column].astype(str))


def _hidden_periods(survey: Survey, column: str) -> set[tuple[str, Hashable]]:
    """Return the periods and groups of which the pages on that period may show nothing."""
    counts = main_counts(survey, column)
    _, closed = hidden_groups(survey, column)
    names = {pd.Timestamp(period.start): period.name for period in survey.history}
    starts = pd.to_datetime(counts["period_start"]).map(names)
    return set(zip(starts[closed], counts.loc[closed, "level"], strict=True))


def _waits(survey: Survey) -> pd.DataFrame:
    """Return the median waits of help requests, in hours."""
    rows = median_waits(survey)
    if rows.empty:
        return pd.DataFrame(columns=COLUMNS)
    order = {period.name: place for place, period in enumerate(survey.history)}
    rows = rows.sort_values("period", key=lambda name: name.map(order), kind="stable")
    rows = _beside_the_period_before(rows, survey)
    return rows.rename(columns={"metric": "measure", "group": "level"}).assign(
        section="service",
        question="",
        variable=np.where(rows["group"] == "", "", "channel"),
        unit="hours",
        better="lower",
    )


def _beside_the_period_before(rows: pd.DataFrame, survey: Survey) -> pd.DataFrame:
    """Add ``p_before`` of the last period, where the history is too short to say what is usual.

    By the log-rank test of all waits. Where the medians moved to the other side than the waits as a
    whole, neither side is sure, and nothing is said to have moved.
    """
    if not 1 < len(survey.history_of("tickets")) <= MIN_EARLIER:
        return rows.assign(p_before=np.nan)
    tests = company_changes(survey, by=("channel",))
    tests = tests[tests["variable"] == "period"]
    longer = (tests["estimate"] > tests["estimate_rest"]).astype(bool)
    slower = (tests["observed"] < tests["expected"]).astype(bool)
    p_value = tests["p_value"].astype(float)
    p_value = p_value.where(p_value.isna() | (longer == slower), 1.0)
    tests = tests[["metric", "group"]].assign(p_before=p_value, period=survey.period.name)
    return rows.merge(tests, how="left", on=["metric", "group", "period"])


def _came_back(survey: Survey) -> pd.DataFrame:
    """Return the share of new customers that bought again in the month after their first."""
    return _share(company_retention(survey).chart, "retention", "came_back")


def _bought(survey: Survey) -> pd.DataFrame:
    """Return the share of visits to app and website that ended in a purchase."""
    return _share(visits_that_bought(survey), "conversion", "bought")


def _share(rows: pd.DataFrame, section: str, measure: str) -> pd.DataFrame:
    """Return a share of everybody, the more the better."""
    named: dict[str, Any] = {"section": section, "measure": measure, "question": ""}
    kind: dict[str, Any] = {"unit": "percent", "better": "higher", "p_before": np.nan}
    kept = rows[["period", "n", "estimate", "low", "high"]]
    return kept.assign(**named, variable="", level="", **kind)


def _topics(survey: Survey, periods: int) -> pd.DataFrame:
    """Return the share of comments on each topic: more of them is neither good nor bad."""
    rows = company_voice(survey, periods=periods, proposed=0).history
    if rows.empty:
        return pd.DataFrame(columns=COLUMNS)
    named = {"section": "voice", "measure": "topic", "variable": "", "level": ""}
    kept = rows[["topic", "period", "n", "estimate", "low", "high"]]
    return kept.rename(columns={"topic": "question"}).assign(
        **named, unit="percent", better="", p_before=np.nan
    )


def check_measures(measures: pd.DataFrame) -> None:
    """Refuse a frame that is none of measures, or holds what no measure can be."""
    if absent := [name for name in COLUMNS if name not in measures]:
        raise CxError("these are no measures", got=f"no column {', '.join(absent)}")
    try:
        figures = measures[["n", "estimate", "low", "high", "p_before"]].astype("float64")
    except (TypeError, ValueError) as error:
        raise CxError("these are no measures", got="text", expected="numbers") from error
    if strange := {*measures["unit"]} - {*WITHIN}:
        got = ", ".join(sorted(map(str, strange)))
        raise CxError("no unit of a measure", got=got, expected=", ".join(WITHIN))
    if strange := {*measures["better"]} - {"higher", "lower", ""}:
        got = ", ".join(sorted(map(str, strange)))
        raise CxError("no direction of a measure", got=got, expected="higher, lower or nothing")
    if not (np.isfinite(figures["n"]) & (figures["n"] >= 0)).all():
        raise CxError("a number of answers that is none", expected="0 or more")
    lowest, highest = (measures["unit"].map({u: w[at] for u, w in WITHIN.items()}) for at in (0, 1))
    result = figures["estimate"].round(9)
    outside = (result < lowest) | (result > highest) | np.isinf(result)
    if outside.any():
        row = measures[outside].iloc[0]
        raise CxError("a result that its unit does not hold", where=f"{row['measure']}",
                      got=f"{row['estimate']} {row['unit']}")  # fmt: skip
