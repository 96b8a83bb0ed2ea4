"""The comments of a company, wherever they stand: survey, requests, or a table of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from cxreport.inputs.free_text import free_text
from cxreport.inputs.source import run
from cxreport.scores.kinds import score_of
from cxreport.scores.recent import PERIODS, columns_with, recent_rows
from cxreport.scores.scales import valid_answers
from cxreport.scores.scoreboard import favourable_from
from cxreport.topics.voice.languages import language

if TYPE_CHECKING:
    from cxreport.inputs.company import Company
    from cxreport.inputs.meaning import Column

SURVEY, REQUEST = "survey", "ticket"
"""Sources that the tables say by themselves."""
MEASURED = ("nps", "csat", "ces")
"""Roles of the question that comments are compared by, the first that the survey has."""
GROUPS = {"nps": ("detractor", "passive", "promoter")}
OTHERS = ("unfavourable", "favourable")
"""Groups of scores, the worst first."""
OWN = ["text_id", "text", "response_id", "customer_id", "source", "rating", "topic"]
SHARED = ["period_start", "customer_id", "stage", "weight"]
"""What a comment may say itself, and else its answer."""
COLUMNS = [
    "text_id", "text", "response_id", "customer_id", "source", "channel", "rating", "topic",
    "period", "stage", "weight", "points", "group", "language",
]  # fmt: skip


def measured_question(company: Company) -> tuple[str, Column] | None:
    """Return the question that comments are compared by: NPS, else satisfaction, else effort."""
    for role in MEASURED:
        for name, column in columns_with(company, role).items():
            return name, column
    return None


def groups_of(company: Company) -> tuple[str, ...]:
    """Return the groups of that question's answers, the worst first."""
    measured = measured_question(company)
    return GROUPS.get(score_of(measured[1].role), OTHERS) if measured else ()


def company_comments(company: Company, *, periods: int = PERIODS) -> pd.DataFrame:
    """Gather the comments of the period reported and of the ones just before.

    Parameters
    ----------
    company : Company or Survey
        With comments in a table ``verbatims``, in columns of its answers, in the free text of its
        requests for help, or in several: an answer whose comment stands in ``verbatims`` is not
        read twice. Of a report on a part of the answers, only the comments that name one of them
        count.
    periods : int
        How many periods count, the one reported the last of them.

    Returns
    -------
    DataFrame
        One row per comment, by its id: ``text_id``, ``text``, ``response_id``, ``customer_id``,
        ``source`` ("survey" where none is given; "ticket" of a request), ``channel`` (of a request,
        else missing), ``rating`` (as given, or stars), ``topic`` (by who labelled it) and one
        column for each other one of ``verbatims``; ``period`` (its name),
        ``stage``, ``weight``; ``points`` (100, 0 or -100 for promoters, passives and detractors;
        else 100 for a favourable answer and 0 for any other), ``group`` ("detractor", "passive",
        "promoter", or "unfavourable", "favourable"), ``language``. A comment without a day of its
        own has that of its answer.

    Raises
    ------
    CxError
        If the data cannot be read.
    """
    answers = _answers(company)
    written = _verbatims(company, answers["response_id"])
    rows = [_with_answer(written, answers)] if not written.empty else []
    inline = answers.dropna(subset="text")
    if not written.empty:
        inline = inline[~inline["response_id"].isin(written["response_id"].dropna())]
    if not inline.empty:
        rows.append(inline.assign(text_id=inline["response_id"], source=SURVEY))
    requests = _requests(company, periods)
    if not requests.empty:
        rows.append(requests)
    if not rows:
        return pd.DataFrame(columns=COLUMNS)
    comments = pd.concat(rows, ignore_index=True)
    named = {pd.Timestamp(period.start): period.name for period in company.history[-periods:]}
    comments["period"] = comments["period_start"].map(named)
    comments = comments.dropna(subset=["period", "text"])
    comments = comments[comments["text"].str.strip() != ""]
    comments = comments.sort_values("text_id", kind="stable", ignore_index=True)
    comments["language"] = language(comments["text"])
    extra = [name for name in comments if name not in COLUMNS and name != "period_start"]
    return comments.reindex(columns=[*COLUMNS, *extra])


def _verbatims(company: Company, answered: pd.Series) -> pd.DataFrame:
    """Return the table of comments; of a report on a part of the answers, those of that part."""
    table = replace(company, filters={}).table("verbatims")
    if table is None or "text" not in table.columns:
        return pd.DataFrame(columns=[*OWN, "period_start"])
    rows = run(table)
    if "response_id" not in rows:
        rows["response_id"] = pd.Series(None, rows.index, dtype="object")
    if company.filters:
        rows = rows[rows["response_id"].isin(answered)]
    undated = pd.Series(pd.NaT, rows.index)
    rows = rows.assign(period_start=pd.to_datetime(rows.get("period_start", undated)))
    if "text_id" not in rows:
        rows["text_id"] = [f"{place:09d}" for place in range(len(rows))]
    return rows.drop(columns=["language", "channel"], errors="ignore")


def _requests(company: Company, periods: int) -> pd.DataFrame:
    """Return what was written down of requests for help: notes of calls, e-mails."""
    table, described = recent_rows(company, "tickets", periods), company.codebook.tables
    if table is None or "period_start" not in table.columns:
        return pd.DataFrame()
    names = [name for name in free_text("tickets", described["tickets"]) if name in table.columns]
    if not names:
        return pd.DataFrame()
    kept = {name: ibis._[name] for name in ("channel", "customer_id") if name in table.columns}
    key = next(iter(described["tickets"].with_role("id")), None)
    kept |= {"text_id": ibis._[key]} if key else {}
    written = table.filter(ibis.or_(*(table[name].notnull() for name in names)))
    rows = run(written.select("period_start", *names, **kept))
    if "text_id" not in rows:
        rows["text_id"] = [f"{place:09d}" for place in range(len(rows))]
    rows["text"] = _joined(rows, names)
    rows["period_start"] = pd.to_datetime(rows["period_start"])
    own = [name for name in names if name != "text"]
    return rows.assign(source=REQUEST).drop(columns=own)


def _answers(company: Company) -> pd.DataFrame:
    """Return what the answers say of their comments: period, score, stage, customer, text."""
    table, names = company.table("responses"), {"response_id", "period_start"}
    empty = [*names, "text", "customer_id", "stage", "weight", "points", "group"]
    if table is None or not names <= {*table.columns}:
        return pd.DataFrame(columns=empty)
    measured = measured_question(company)
    others = {role: next(iter(columns_with(company, role)), None)
              for role in ("customer", "stage", "weight")}  # fmt: skip
    texts = list(columns_with(company, "comment"))
    question = {measured[0]: measured[1]} if measured else {}
    wanted = [*names, *question, *filter(None, others.values()), *texts]
    rows = run(valid_answers(table, question).select(*dict.fromkeys(wanted)))
    rows = rows.dropna(subset="response_id").drop_duplicates("response_id")
    answers = rows[sorted(names)].assign(
        text=_joined(rows, texts),
        customer_id=rows[others["customer"]] if others["customer"] else None,
        stage=rows[others["stage"]] if others["stage"] else None,
        weight=rows[others["weight"]] if others["weight"] else np.nan,
        period_start=pd.to_datetime(rows["period_start"]),
        points=np.nan,
        group=None,
    )
    if measured is None:
        return answers
    score = rows[measured[0]].astype("float64")
    return answers.assign(**_scored(score, measured[1]))


def _joined(rows: pd.DataFrame, texts: list[str]) -> pd.Series:
    """Return all that one answer says in its own words, one comment after the other."""
    if not texts:
        return pd.Series(None, index=rows.index, dtype="object")
    both = rows[texts].astype("object")
    parts = both.apply(lambda row: "\n".join(str(text) for text in row if pd.notna(text)), axis=1)
    return parts.astype("object").where(parts != "", None)


def _scored(score: pd.Series, column: Column) -> dict[str, pd.Series]:
    """Return the points and the group of each answer."""
    if score_of(column.role) == "nps":
        worst, middle, best = GROUPS["nps"]
        points = score.map(lambda answer: 100.0 if answer >= 9 else 0.0 if answer >= 7 else -100.0)
        names = {-100.0: worst, 0.0: middle, 100.0: best}
    else:
        points = 100.0 * (score >= favourable_from(column))
        names = dict(zip((0.0, 100.0), OTHERS, strict=True))
    points = points.where(score.notna())
    return {"points": points, "group": points.map(names)}


def _with_answer(written: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Give each comment what its answer says; its own day and customer go first."""
    texts = written.reindex(columns=list(dict.fromkeys([*OWN, *SHARED, *written])))
    theirs = {name: f"{name}_answer" for name in SHARED}
    about = answers.drop(columns="text").set_index("response_id").rename(columns=theirs)
    joined = texts.drop(columns=["points", "group"], errors="ignore").join(about, on="response_id")
    for name, answer in theirs.items():
        own = joined[name].astype("object")
        joined[name] = own.where(own.notna(), joined.pop(answer).astype("object"))
    joined["period_start"] = pd.to_datetime(joined["period_start"])
    answered = joined["response_id"].notna()
    joined["source"] = joined["source"].astype("object").where(joined["source"].notna(), SURVEY)
    return joined[answered | (joined["source"] != SURVEY) | joined["period_start"].notna()]
