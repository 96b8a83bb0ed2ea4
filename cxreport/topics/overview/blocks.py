"""The first screen of a report: its finding, what changed, where to start, and the cards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.inputs.actions import newest_actions
from cxreport.inputs.source import run
from cxreport.scores.response_rate import response_rates
from cxreport.show.blocks import Block
from cxreport.show.parts import Column, chart, say, with_interval
from cxreport.topics.overview.changes import FEW, STEADY, UNJUDGED, UNOBSERVED
from cxreport.topics.overview.measures import NAMED
from cxreport.topics.targets import survey_targets
from cxreport.topics.voice import company_coding_frame

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.inputs.survey import Survey
    from cxreport.show.parts import Said

    Row = dict[Hashable, Any]

TOPIC = "overview"
MOST_ITEMS, MOST_STARTS, MOST_CARDS, MOST_PLACES, PERIODS = 3, 3, 4, 2, 24
"""What is told in figures; what moved beside is named."""
CARDS = ("nps", "csat", "ces", "solution", "index", "first_reply", "came_back", "bought")
"""Measures that a card may show, the first choice first."""
LONG = ("first_reply", "solution", "came_back", "bought")
"""Measures that have a longer name, for a sentence."""
CLAUSES = {
    "worse": "clause.worse",
    "better": "clause.better",
    "more": "clause.more",
    "less": "clause.less",
}
COUNTED = {
    "came_back": "card.people",
    "bought": "card.visits",
    "first_reply": "card.requests",
    "solution": "card.requests",
}
"""Whose number stands on a card that is not about answers."""
MARKS = {"usual": "mark.usual", "before": "mark.before", "state": "mark.state"}
VALUES = ("estimate", "low", "high", "lower", "upper", "estimate_before", "estimate_year", "unit")
SERIES = (
    Column("measure", "say:name_in_table", is_text=True),
    Column("period", "short"),
    Column("n", "whole"),
    Column("estimate", "rough"),
    Column("lower", "rough_range:lower:upper", "usual"),
)


def first_screen(
    changes: pd.DataFrame,
    measures: pd.DataFrame,
    board: pd.DataFrame,
    priorities: pd.DataFrame,
    survey: Survey,
    *,
    periods: int = 12,
) -> Block:
    """Describe what changed in a period, where to start, and how the measures stand.

    Parameters
    ----------
    changes : DataFrame
        From ``changes``.
    measures : DataFrame
        From ``company_measures``.
    board : DataFrame
        From ``scoreboard``: the smallest change that the sample could have shown.
    priorities : DataFrame
        From ``survey_criticality``.
    survey : Survey
        The survey reported.
    periods : int
        Periods taken together for the priorities.
    """
    year_before = _year_before(changes, measures, survey)
    named = changes.assign(several=_several(changes), **year_before)
    rows: list[Row] = named.to_dict("records")
    items = _items(rows)
    cards = _cards(rows)
    starts, targets = _starts(priorities, survey), survey_targets(survey)
    codes = {str(row["variable"]): "" for row in rows if row["variable"]}
    block = chart(
        "front", TOPIC, "series", _series(measures, cards, survey.minimum_group), SERIES, survey,
        facts=_facts(rows, survey),
        findings=_findings(rows, items),
        items=[_item(row, rows) for row in items[:MOST_ITEMS]],
        rest=_rest(rows, items, board),
        start=say("start.heading", n=survey.counted(periods)) if starts else None,
        starts=starts,
        cards=[_card(row, measures) | _target(row, targets) for row in cards],
        explained=say("explained" if any(r["against"] == "usual" for r in cards) else "interval"),
        grouped_by=codes,
        coded=sorted({str(row["level"]) for row in rows}),
        asked=sorted({str(row["question"]) for row in rows}),
    )  # fmt: skip
    frame = company_coding_frame(survey)
    topics = {"topic": frame.labels} if frame else {}
    labels = {"labels": block.parameters["labels"] | topics}
    return Block(block.kind, block.frame, block.parameters | labels)


def _several(changes: pd.DataFrame) -> pd.Series:
    """Describe which measures share their score with another question, and so need its name."""
    whole = changes[changes["whole"] & (changes["section"] == "scores")]
    counts = whole.groupby("measure")["question"].nunique()
    return changes["section"].eq("scores") & changes["measure"].map(counts).fillna(0).gt(1)


def _year_before(
    changes: pd.DataFrame, measures: pd.DataFrame, survey: Survey
) -> dict[str, pd.Series | str]:
    """Return what each series was in the same period of the year before, where it can be shown."""
    year, then = survey.year_before, measures[[*NAMED, "period", "n", "estimate"]]
    enough = (then["period"] == (year.name if year else "")) & (then["n"] >= survey.minimum_group)
    then = then[enough].rename(columns={"estimate": "estimate_year"})
    beside = changes[NAMED].merge(then[[*NAMED, "estimate_year"]], how="left", on=NAMED)
    return {
        "period_year": year.name if year else "",
        "estimate_year": beside["estimate_year"].set_axis(changes.index),
    }


def _facts(rows: list[Row], survey: Survey) -> list[Said]:
    """Describe whose page it is, on which period, from how many answers and requests."""
    source = survey.codebook.source
    facts = [
        say("facts.source", title="", title_en=source.title["en"], title_it=source.title["it"])
    ]
    if source.synthetic:
        facts.append(say("facts.synthetic"))
    facts.append(say("facts.period"))
    if survey.table("responses") is not None:
        facts.append(_answers(survey))
    requests = [r for r in rows if r["section"] == "service" and r["whole"] and r["state"] != FEW]
    if requests:
        facts.append(say("facts.requests", n=int(requests[0]["n"])))
    return facts


def _answers(survey: Survey) -> Said:
    """Describe how many answered, and of how many invited where this is known."""
    n = int(run(survey.current.aggregate(n=survey.current.count()))["n"].item())
    last = response_rates(survey).tail(1).dropna(subset="estimate").to_dict("records")
    if not last:
        return say("facts.answers", n=n)
    return say("facts.answers_of", n=n, unit="percent", **with_interval(last[0]))


def _items(rows: list[Row]) -> list[Row]:
    """Return what is told as a change: signals, but parts that moved with their measure."""
    return [row for row in rows if row["signal"] and not row["where"]]


def _findings(rows: list[Row], items: list[Row]) -> list[Said]:
    """Return headings, the most telling first, the shortest last."""
    scores = [row["state"] for row in rows if row["section"] == "scores" and row["whole"]]
    if not items:
        return [say(_quiet(rows, {*scores}))]
    clauses = [_clause(row) for row in items[:2]]
    calm = bool(scores) and set(scores) <= {"steady"}
    alone = say("finding.one", what=clauses[0])
    headings = [say("finding.calm", what=clauses[0])] if calm else []
    if len(clauses) > 1:
        headings.insert(0, say("finding.two", what=clauses[0], also=clauses[1]))
    return [*headings, alone, say("finding.some", n=len(items))]


def _quiet(rows: list[Row], scores: set[str]) -> str:
    """Return the key of the heading where nothing changed."""
    if scores == {FEW}:  # requests that are steady say nothing of the scores
        return "finding.few"
    states = {row["state"] for row in rows}
    if STEADY in states:
        return "finding.steady"
    if states == {FEW}:
        return "finding.few_cases"
    return "finding.first" if rows else "finding.nothing"


def _clause(row: Row) -> Said:
    """Describe in a few words what moved, and to which side."""
    kind = "group" if row["section"] == "groups" else row["section"]
    if row["section"] == "service" and row["level"]:
        kind = f"{row['measure']}_group"
    elif row["several"]:
        kind = "scores"
    elif row["whole"] or row["section"] == "layers":
        kind = row["measure"]
    return say(CLAUSES[str(row["state"])], kind=kind, **_names(row))


def _names(row: Row) -> dict[str, Any]:
    return {str(name): row[name] for name in NAMED}


def _values(row: Row) -> dict[str, Any]:
    numbers = {name: row[name] for name in VALUES}
    values = {n: None if not isinstance(v, str) and pd.isna(v) else v for n, v in numbers.items()}
    periods = {name: row[name] for name in ("period_before", "period_year")}
    then = "before" if values["estimate_year"] is None else "both"
    return {**_names(row), **values, **periods, "then": then}


def _item(row: Row, rows: list[Row]) -> dict[str, Any]:
    """Describe one change: how large, against what, and where."""
    size = say("item.usual" if row["against"] == "usual" else "item.before",
               name=_name(row, form="long"), **_values(row))  # fmt: skip
    of = {"index": ("layers",)}.get(str(row["measure"]), ())
    parts = [
        each for each in rows
        if each["where"] and (each["measure"] == row["measure"] or each["section"] in of)
    ]  # fmt: skip
    places = [
        say("place" if each["against"] == "usual" else "place_before",
            name=_name(each, form="part"), **_values(each))
        for each in parts[:MOST_PLACES]
    ] + [_name(each, form="part") for each in parts[MOST_PLACES:]]  # fmt: skip
    return {
        "word": say("item.word", state=row["state"]),
        "text": say("item.with_places", size=size, places=places) if places else size,
        "look": row["state"],
    }


def _name(row: Row, form: str = "name") -> Said:
    """Name a series, what is measured and of whom: in a few words, in more, or its part alone."""
    names = _names(row)
    is_long = form == "long" and row["measure"] in LONG
    named = say("named.long" if is_long else "named.short", **names)
    if row["level"]:
        level = say("name.level", **names)
        return level if form == "part" else say("name.group", group=level, whole=named)
    if row["section"] in ("touchpoints", "voice"):
        return say("name.voice" if row["section"] == "voice" else "name.touchpoints", **names)
    return say("name.question", whole=named, **names) if row["several"] else named


def _rest(rows: list[Row], items: list[Row], board: pd.DataFrame) -> list[Said]:
    """Describe in a sentence what did not change, and what could not have been seen."""
    parts: list[Said] = []
    if len(items) > MOST_ITEMS:
        others = [_clause(row) for row in items[MOST_ITEMS:]]
        parts.append(say("rest.more", n=len(others), what=others))
    against = {row["against"] for row in rows if row["against"]}
    if not against:
        return [*parts, say("rest.unjudged" if rows else "rest.unmeasured")]
    parts.append(say("rest.nothing_else" if items else "rest.nothing"))
    if against == {"before"}:
        parts.append(say("rest.short"))
    for row in [row for row in _wholes(rows) if row["against"]][:1]:
        smallest = row["smallest"]
        if pd.isna(smallest):
            same = board[
                (board["question"] == row["question"]) & (board["metric"] == row["measure"])
            ]
            smallest = same["detectable"].max() if "detectable" in same else smallest
        if pd.notna(smallest):
            parts.append(say("rest.smallest", counted=_counted(row), change=float(smallest),
                            name=_name(row)))  # fmt: skip
    return parts


def _starts(priorities: pd.DataFrame, survey: Survey) -> list[dict[str, Said]]:
    """Name the touchpoints that should be mended first, and who acts on them when."""
    if priorities.empty:
        return []
    rated = survey.columns("touchpoint")
    actions = {str(row["measure"]): row for row in newest_actions(survey).to_dict("records")}
    listed = [row for row in priorities.to_dict("records") if row["estimate"] > 0][:MOST_STARTS]
    starts = []
    for row in listed:
        column = rated.get(row["question"])
        best = (column.scale if column and column.scale else (1, 5))[1]
        key = "start.sure" if row["level"] == "high" else "start.unsure"
        text = say(key, performance=float(row["performance"]), best=int(best))
        if action := actions.get(row["question"]):
            by = "who" if action["owner"] else "nobody"
            who = say("start.by", who=by, owner=action["owner"], day=str(action["done_on"].date()))
            text = say("start.planned" if action["planned"] else "start.done", text=text, who=who)
        starts.append({"name": say("start.name", question=row["question"]), "text": text})
    return starts


def _wholes(rows: list[Row]) -> list[Row]:
    """Return the measures of everybody, in the order in which a reader asks for them."""
    wholes = [row for row in rows if row["whole"] and row["measure"] in CARDS]
    return sorted(wholes, key=lambda row: CARDS.index(str(row["measure"])))


def _cards(rows: list[Row]) -> list[Row]:
    """Choose the cards; a measure that moved takes the place of the last quiet one."""
    wholes = _wholes(rows)
    chosen, others = wholes[:MOST_CARDS], wholes[MOST_CARDS:]
    for row in (row for row in others if row["signal"]):
        quiet = [place for place, each in enumerate(chosen) if not each["signal"]]
        if quiet:
            chosen[quiet[-1]] = row
    return _wholes(chosen)


def _card(row: Row, measures: pd.DataFrame) -> dict[str, Any]:
    """Write one card."""
    values, has_value = _values(row), pd.notna(row["estimate"])
    up = bool(has_value and row["estimate"] > (row["expected"] if pd.notna(row["expected"]) else 0))
    sign = ("up" if up else "down") if row["signal"] else row["state"]
    has_ends = bool(pd.notna(row["low"]) and pd.notna(row["high"]))
    line = say("card.line" if has_ends else "card.counted", counted=_counted(row), **values)
    key = "usual" if row["against"] == "usual" or row["state"] in (FEW, UNOBSERVED) else "before"
    key = "state" if row["state"] in (FEW, UNOBSERVED, UNJUDGED) else key
    series = _of(measures, row).dropna(subset="estimate")
    first, last = (series["period"].iloc[at] if len(series) else "" for at in (0, -1))
    ends = {"lowest": series["estimate"].min(), "highest": series["estimate"].max()}
    alt = say("alt.card", name=_name(row), first=first, last=last, points=len(series),
              **{n: float(value) for n, value in ends.items()}, **values)  # fmt: skip
    return {
        "name": _name(row),
        "value": say("card.value" if has_value else "card.none", **values),
        "line": line if has_value or row["state"] != FEW else None,
        "mark": say(MARKS[key], sign=say("mark.sign", state=sign), state=_state(row)),
        "alt": alt,
        "look": row["state"] if row["signal"] else "",
    }


def _state(row: Row) -> str:
    """Return the word of a card's mark: who is not asked gives no answer."""
    few_cases = row["state"] == FEW and row["measure"] in COUNTED
    return "few_cases" if few_cases else str(row["state"])


def _counted(row: Row) -> Said:
    """Describe how many answers, requests, customers or visits a measure is of."""
    return say(COUNTED.get(str(row["measure"]), "card.answers"), n=int(row["n"]))


def _target(row: Row, targets: pd.DataFrame) -> dict[str, Said | None]:
    """Describe whether the target of a card's measure is reached, where one is declared."""
    same = (targets["question"] == row["question"]) & (targets["metric"] == row["measure"])
    target = targets[same].to_dict("records")
    if pd.isna(row["estimate"]) or not target or target[0]["state"] == "unknown":
        return {"target": None}
    word = str(target[0]["assurance"] or target[0]["state"])
    aim = {"aim": float(target[0]["target"]), "unit": str(row["unit"])}
    return {"target": say("card_target", word=word, **aim)}


def _of(measures: pd.DataFrame, row: Row) -> pd.DataFrame:
    """Return the newest periods of one series."""
    same = (measures[NAMED] == [row[name] for name in NAMED]).all(axis="columns")
    return measures[same].tail(PERIODS)


def _series(measures: pd.DataFrame, cards: list[Row], minimum: int) -> pd.DataFrame:
    """Return what the cards draw, with the usual range of the newest period."""
    columns = ["card", *NAMED, "period", "n", "estimate", "unit", "low", "high"]
    lines = ["expected", "lower", "upper"]
    parts = []
    for place, row in enumerate(cards):
        series = _of(measures, row).assign(card=place, low=row["low"], high=row["high"])
        few = series["n"] < minimum
        for name in ("n", "estimate"):
            series[name] = series[name].astype(float).mask(few)
        ranged = series[columns].assign(**{name: row[name] for name in lines})
        parts.append(ranged)
    if not parts:
        return pd.DataFrame(columns=[*columns, *lines])
    return pd.concat(parts, ignore_index=True)
