"""What a notebook cell calls: frames of a survey -> blocks, with the codebook's labels in them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.meaning import LANGUAGES, SCORES
from cxreport.inputs.survey import Survey
from cxreport.scores.population import met_margins
from cxreport.scores.suppression import check_filters, is_small
from cxreport.show.blocks import Block
from cxreport.show.brief import HEADLINES
from cxreport.show.few import few_note, without_few
from cxreport.show.svg import to_svg
from cxreport.show.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

    from cxreport.inputs.codebook import Codebook
    from cxreport.inputs.company import Company
    from cxreport.inputs.dataset import Dataset
    from cxreport.inputs.period import Period

SHOWN: WeakSet[Figure] = WeakSet()
"""The figures that a block shows: any other is lost to the page, see ``cxreport.publish.watch``."""
NEEDED = {
    "at_risk": ("responses", "orders"),
    "completed_cohorts": ("orders",),
    "contract_margin": ("customers", "orders"),
    "contracts": ("customers",),
    "forecast_check": ("orders",),
    "friction": ("events", "tickets"),
    "journey_steps": ("events",),
    "loyal_ratio": ("orders",),
    "new_customers": ("orders",),
    "orders": ("orders",),
    "profit_groups": ("orders",),
    "profit_orders": ("orders",),
    "promises": ("orders",),
    "score_link": ("responses", "orders"),
    "several_channels": ("orders",),
    "stage_channels": ("events",),
    "value_amounts": ("orders",),
    "value_no_fit": ("orders",),
    "value_orders": ("orders",),
}
"""Missing section -> the tables whose end may be the reason."""

NOT_OF_PEOPLE = {"codes", "files", "left_out_orders", "plan", "problems"}
"""Tables that count rows of data or plan answers to come; codes hide their own small counts."""


def labels_of(codebook: Codebook) -> dict[str, Any]:
    """Return the names of all columns and codes of a source, in all languages.

    Where two tables have a column of one name, the words of the survey count.
    """
    names: dict[str, Any] = {}
    labels: dict[str, Any] = {}
    tables = sorted(codebook.tables, key=lambda name: name != "responses")
    for name, column in ((n, c) for t in tables for n, c in codebook.tables[t].columns.items()):
        if column.label:
            names.setdefault(name, dict(column.label))
        if column.labels and column.role not in SCORES:
            known = {code: dict(label) for code, label in column.labels.items()}
            labels[name] = known | labels.get(name, {})
    return {"names": names, "labels": labels}


def about(company: Company) -> dict[str, Any]:
    """Return what every block on a company carries: periods and labels."""
    reference = company.history[-2] if len(company.history) > 1 else None
    return labels_of(company.codebook) | {
        "period": _named(company.period),
        "reference": _named(reference) if reference else None,
    }


def _named(period: Period) -> dict[str, str]:
    return {"name": period.name, "kind": period.kind}


def header(company: Company, title: str | Mapping[str, str]) -> Block:
    """Show what the report is about: title, period, source, terms, filters.

    Parameters
    ----------
    company : Company or Survey
        What is reported.
    title : str or mapping of str to str
        Key of a known title, such as ``monthly``; or a title of your own, one for all languages or
        one for each: ``{"en": "Returns in detail", "it": "I resi in dettaglio"}``.

    Raises
    ------
    CxError
        If filters keep, or leave out, so few answers that persons might be recognised; one word
        is no known title, or a language is missing.
    """
    if isinstance(company, Survey):
        check_filters(company)
    source, last = company.codebook.source, company.period.end - pd.Timedelta(days=1)
    return Block(
        "header",
        parameters=about(company)
        | {
            "title": own_title(title),
            "first": company.period.start,
            "last": last,
            "source": dict(source.title),
            "terms": dict(source.terms),
            "filters": {column: list(codes) for column, codes in company.filters.items()},
            "observed_until": company.known_until,
            "not_known": company.not_known,
            "synthetic": source.synthetic,
        },
    )


def own_title(title: str | Mapping[str, str]) -> str | dict[str, str]:
    """Return a known title's key, or a title in every language."""
    if isinstance(title, str) and Words(LANGUAGES[0]).has(f"title.{title}"):
        return title
    own = dict.fromkeys(LANGUAGES, title) if isinstance(title, str) else dict(title)
    a_key = isinstance(title, str) and title.isidentifier() and title.islower()
    if a_key or set(own) != set(LANGUAGES) or not all(text.strip() for text in own.values()):
        raise CxError(
            "no such title",
            got=title,
            expected=f"a known one, a sentence, or one for each of {', '.join(LANGUAGES)}",
        )
    return own


def has_weights(survey: Survey) -> bool:
    """Say whether the report shows weighted scores: its own weights, or raked ones."""
    return bool(survey.columns("weight") or met_margins(survey, survey.current))


@without_few
def in_brief(board: pd.DataFrame, survey: Survey) -> Block:
    """Say the headline scores in sentences; ``board`` is from ``scoreboard``."""
    beside = "weights" if has_weights(survey) else ""
    weights = "weighted" if survey.columns("weight") else beside
    return Block("in_brief", board, about(survey) | {"weights": weights})


def undated(dataset: Dataset, title: str) -> Block:
    """Show what a report on a source without dates is about.

    Parameters
    ----------
    dataset : Dataset
        From ``cxreport.open_source``.
    title : str
        Key of the title, and of the text on what the missing dates forbid, under ``study``.
    """
    source = dataset.codebook.source
    period = {"name": "undated", "kind": "undated"}
    parameters = {"title": title, "study": title, "period": period, "synthetic": source.synthetic}
    named = {"source": dict(source.title), "terms": dict(source.terms)}
    return Block("header", parameters=parameters | named)


def table(name: str, frame: pd.DataFrame, company: Company, **parameters: object) -> Block:
    """Show a frame as one of the known tables, see ``cxreport.show.tables.TABLES``."""
    write = _table if name in NOT_OF_PEOPLE else _table_of_people
    return write(frame, company, {"table": name, "caption": name} | parameters)


def _table(frame: pd.DataFrame, company: Company, chosen: dict[str, object]) -> Block:
    return Block("table", frame, about(company) | chosen)


_table_of_people = without_few(_table)


def note(key: str, company: Company | None = None) -> Block:
    """Say why a section is not there; ``key`` is under ``missing_section`` in the texts.

    Of a company whose report is on a part of the answers, it says that no other table can be
    parted like them; of a table that ends before the period does, up to which day it is known.
    """
    if company is not None and company.filters:
        return Block("note", parameters={"key": "missing_section.filtered"})
    ends = company.not_known if company is not None else {}
    for name in NEEDED.get(key, ()):
        if name in ends:
            values = {"table": name, "day": ends[name]}
            return Block("note", parameters={"key": "missing_section.not_known", **values})
    return Block("note", parameters={"key": f"missing_section.{key}"})


def several(blocks: list[Block]) -> Block:
    """Show blocks one below the other."""
    return Block("several", parameters={"blocks": [block.payload() for block in blocks]})


@without_few
def weighted(scores: pd.DataFrame, survey: Survey) -> Block:
    """Show the weighted scores, or say that there are no weights."""
    return note("weights", survey) if scores.empty else table("weighted", scores, survey)


@without_few
def trends(chart: pd.DataFrame, survey: Survey, actions: pd.DataFrame | None = None) -> Block:
    """Draw a control chart of each headline score.

    Parameters
    ----------
    chart : DataFrame
        From ``chart_scores``.
    survey : Survey
        The survey reported.
    actions : DataFrame, optional
        What was done and when, from ``actions_of``: drawn on the charts and listed below them.
    """
    listed = [] if actions is None else actions.to_dict("records")
    charts = []
    for (question, metric), rows in chart.groupby(["question", "metric"], sort=False):
        if metric in HEADLINES and rows["estimate"].notna().any():
            parameters = {"caption": "trend", "table": "trend", "actions": listed}
            parameters |= {"question": str(question), "metric": str(metric)}
            charts.append(Block("control", rows, about(survey) | parameters))
    if charts and listed and actions is not None:
        charts.append(table("actions", actions, survey))
    return several(charts) if charts else note("trend")


def signals(chart: pd.DataFrame, survey: Survey, group: str) -> Block:
    """List the periods of each group in which a rule of its control chart fired."""
    fired = chart[chart["signal"] != ""].rename(columns={group: "group"})
    if fired.empty:
        return note("signals")
    return table("signals", fired, survey, group=group)


@without_few
def touchpoints(scores: pd.DataFrame, survey: Survey) -> Block:
    """Draw the satisfaction with each touchpoint, best first; ``scores`` from ``scoreboard``."""
    if scores.empty:
        return note("touchpoints")
    in_order = scores.sort_values(["estimate", "question"], ascending=[False, True])
    parameters = {"caption": "touchpoints", "table": "touchpoints", "metric": "csat"}
    return Block("intervals", in_order, about(survey) | parameters)


def figure(
    drawn: Figure, frame: pd.DataFrame, *, title: Mapping[str, str], alt: Mapping[str, str]
) -> Block:
    """Show a picture of your own making, with the data behind it.

    Parameters
    ----------
    drawn : matplotlib Figure
        The picture.
    frame : DataFrame
        Its data, shown as a table.
    title, alt : mapping of str to str
        The title, and the text that stands for the picture, in ``en`` and ``it``.
    """
    for texts in (title, alt):
        _in_all_languages(texts)
    SHOWN.add(drawn)
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close(drawn)  # it is shown: pyplot need not keep it
    svg = {language: to_svg(drawn, prefix="PREFIX", alt=alt[language]) for language in LANGUAGES}
    return Block("figure", frame, {"svg": svg, "title": dict(title), "alt": dict(alt)})


def plain_table(frame: pd.DataFrame, *, title: Mapping[str, str]) -> Block:
    """Show a frame of your own making as a table.

    Parameters
    ----------
    frame : DataFrame
        Its columns are shown as they are named, in their order; numbers in the reader's language.
    title : mapping of str to str
        What stands above it, in ``en`` and ``it``.

    Examples
    --------
    >>> returns = pd.DataFrame({"shop": ["Turin", "Milan"], "returns": [31, 12]})
    >>> plain_table(returns, title={"en": "Returns by shop", "it": "Resi per negozio"}).kind
    'plain_table'
    """
    _in_all_languages(title)
    return Block("plain_table", frame, {"title": dict(title)})


def _in_all_languages(texts: Mapping[str, str]) -> None:
    """Refuse a title, or what stands for a picture, that a language lacks."""
    if not isinstance(texts, dict) or set(texts) != set(LANGUAGES):
        expected = '{"en": "...", "it": "..."}'
        raise CxError("a text in all languages is needed", got=texts, expected=expected)


def distributions(shares: pd.DataFrame, board: pd.DataFrame, survey: Survey) -> Block:
    """Show how the answers to each question are spread, and the means of the ratings.

    Parameters
    ----------
    shares : DataFrame
        From ``answer_shares``.
    board : DataFrame
        From ``scoreboard``.
    survey : Survey
        The survey reported.
    """
    n = shares.groupby("question")["n"].transform("sum")
    few = is_small(n, survey.minimum_group)
    answered = shares[(n > 0) & ~few]
    scale = answered.groupby("question", sort=False)["answer"].agg("/".join)
    blocks = []
    for answers, questions in scale.groupby(scale, sort=False):
        rows = answered[answered["question"].isin(questions.index)]
        known = str(answers).split("/")
        parameters = {"caption": "answers", "table": "answers"}
        parameters |= {"first_answer": known[0], "last_answer": known[-1]}
        blocks.append(Block("distribution", rows, about(survey) | parameters))
    rated = board[board["metric"].isin(["csat", "ces"])]
    if few.any():
        blocks.append(few_note(survey))
    return several([*blocks, *([] if rated.empty else [table("means", rated, survey)])])
