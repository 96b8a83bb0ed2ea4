"""The channels: how they differ, what they are used for, how they rub, who uses several."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.few import without_few
from cxreport.show.parts import SURVEY, Column, chart, note, say, section, sentences, table
from cxreport.topics.channels.friction_rates import compare_friction

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block
    from cxreport.show.parts import Said

    Row = dict[Hashable, Any]

FEWEST = 10
"""Answers of a period below which its score is no news."""
MEASURES = ("use", "completion", "ease", "satisfaction")
BEHIND = {
    "completion": ("matrix.completion", "matrix.no_completion"),
    "ease": ("matrix.ease", "matrix.no_ease"),
}
"""Measure -> the sentence on a channel behind all others, and that on none."""
OUTSIDE = {"concern": "months.concern", "improvement": "months.improvement"}
COMPARED = {
    ("ordered_again", True): "several.ordered_again_signal",
    ("ordered_again", False): "several.ordered_again_none",
    ("spend", True): "several.spend_signal",
    ("spend", False): "several.spend_none",
}
"""Outcome, and whether it is a signal -> the sentence."""

SCORES = (
    Column("group", "code"),
    Column("n"),
    Column("estimate", "score"),
    Column("", "range:score", "interval"),
    Column("difference", "signed"),
    Column("", "range:signed:difference_low:difference_high", "difference_interval"),
    Column("signal", "signal"),
    Column("note", "known_word:note"),
)
CELLS = (
    Column("channel", "capital:code:channel"),
    Column("use", "unless:use_note:with_range:share:use_low:use_high"),
    Column("completion", "unless:completion_note:with_range:share:completion_low:completion_high"),
    Column("ease", "unless:ease_note:with_range:share:ease_low:ease_high"),
    Column(
        "satisfaction",
        "unless:satisfaction_note:with_range:share:satisfaction_low:satisfaction_high",
    ),
)
MONTHS = (
    Column("group", "code"),
    Column("metric", "capital:score_name", "score"),
    Column("period", "short"),
    Column("n"),
    Column("estimate", "score"),
    Column("centre", "score"),
    Column("signal", "word:rule", "rule"),
    Column("direction", "known_word:direction"),
)
FRICTION = (
    Column("measure", "capital:word:measure"),
    Column("digital", "with_range:number:digital_low:digital_high"),
    Column("assisted", "with_range:number:assisted_low:assisted_high"),
    Column("estimate", "with_range:ratio", "ratio"),
    Column("signal", "signal"),
)
SEVERAL = (
    Column("outcome", "capital:word:outcome"),
    Column("several", "as:unit"),
    Column("one", "as:unit"),
    Column("raw", "with_range:signed:raw_low:raw_high"),
    Column("estimate", "with_range:signed", "adjusted"),
    Column("signal", "signal"),
)

_tell = partial(sentences, "channels")
_table = partial(table, "channels")
_note = partial(note, "channels")


@without_few
def scores(compared: pd.DataFrame, company: Company, periods: int) -> Block:
    """Show how each channel differs from all others; ``compared`` from ``channel_scores``."""
    measured = compared.dropna(subset="estimate")
    if len(measured) < 2:
        return _note("missing.scores", company, needs=SURVEY)
    column = _channel_column(company)
    fired = measured[measured["signal"].fillna(value=False).astype(bool)].sort_values("difference")
    none = say("scores.none" if measured["signal"].notna().any() else "scores.unsaid")
    parts = [_differs(row) for row in fired.to_dict("records")] or [none]
    overall = float(
        (measured["n"].astype(float) * measured["estimate"]).sum() / measured["n"].sum()
    )
    drawn = chart(
        "intervals", "channels", "scores", compared, SCORES, company,
        label={"name": "group", "how": "code"}, x="axis.score", reference_value=overall,
        group=column, question=compared["question"].iloc[0], metric="nps", periods=periods,
    )  # fmt: skip
    return section([_tell(parts, company, group=column), drawn])


def _differs(row: Row) -> Said:
    """Describe how a channel differs from all others."""
    key = "scores.below" if row["difference"] < 0 else "scores.above"
    ends = {"low": "difference_low", "high": "difference_high"}
    values = _numbers(row, "difference", "estimate", "estimate_reference")
    values |= {name: float(row[end]) for name, end in ends.items()}
    return say(key, channel=row["group"], **values)


def _channel_column(company: Company) -> str:
    """Return the column of the answers that holds the channel, empty where none does."""
    described = company.codebook.tables["responses"].with_role("channel")
    return next(iter(described), "")


@without_few
def stages(cells: pd.DataFrame, company: Company, periods: int) -> Block:
    """Show what each channel is to each stage; ``cells`` from ``stage_channels``."""
    if cells.empty:
        return _note("missing.stages", company, needs=("events",))
    parts = [sentence for measure in BEHIND for sentence in _behind(cells, measure)]
    tables = [
        _table("stages", rows, CELLS, company, stage=stage, periods=periods)
        for stage, rows in _side_by_side(cells).groupby("stage", sort=False)
    ]
    return section([_tell(parts, company), *tables] if parts else tables)


def _side_by_side(cells: pd.DataFrame) -> pd.DataFrame:
    """Put the measures of each stage and channel into one row."""
    keys = ["stage", "channel"]
    rows = cells[keys].drop_duplicates().sort_values("channel", kind="stable")
    order = {stage: place for place, stage in enumerate(dict.fromkeys(cells["stage"]))}
    for measure in MEASURES:
        why = f"{measure}_note"
        names = {"estimate": measure, "low": f"{measure}_low", "high": f"{measure}_high"}
        own = cells[cells["measure"] == measure].rename(columns=names | {"note": why})
        own[measure] = own[measure].where(own[why] == "")
        rows = rows.merge(own[[*keys, *names.values(), why]], on=keys, how="left")
        rows[why] = rows[why].fillna("")
    return rows.sort_values("stage", key=lambda stage: stage.map(order), kind="stable")


def _behind(cells: pd.DataFrame, measure: str) -> list[Said]:
    """Name the channels whose interval lies below that of every other one at the same stage."""
    key, none = BEHIND[measure]
    rows = cells[cells["measure"] == measure].dropna(subset="estimate")
    parts, compared = [], False
    for stage, channels in rows.groupby("stage", sort=False):
        lowest, *others = channels.sort_values("estimate", kind="stable").to_dict("records")
        compared |= bool(others)
        if others and lowest["high"] < min(row["low"] for row in others):
            parts.append(say(key, stage=stage, channel=lowest["channel"], n=int(lowest["n"]),
                             **_numbers(lowest, "estimate", "low", "high")))  # fmt: skip
    return parts or ([say(none)] if compared else [])


@without_few
def months(history: pd.DataFrame, company: Company) -> Block:
    """Name the periods in which a channel left its usual variation.

    Parameters
    ----------
    history : DataFrame
        From ``chart_scores`` of a history by channel. Only points outside the limits are told (one
        of them pulls the centre line, so that runs beside it would be read as news), and none of
        fewer than ten answers.
    company : Company or Survey
        The company reported.
    """
    column = _channel_column(company)
    if history.empty or column not in history:
        return _note("missing_section.trend")
    enough = history[history["n"] >= FEWEST]
    outside = enough[enough["signal"] == "outside"].rename(columns={column: "group"})
    if outside.empty:
        return _tell([say("months.none", n=int(history["period"].nunique()))], company)
    parts = [
        say(OUTSIDE[row["direction"]], when=row["period"], channel=row["group"],
            metric=row["metric"], n=int(row["n"]), **_numbers(row, "estimate", "lower", "upper"))
        for row in outside.to_dict("records")
    ]  # fmt: skip
    listed = _table("months", outside, MONTHS, company, group=column)
    return section([_tell(parts, company, group=column), listed])


@without_few
def frictions(rates: pd.DataFrame, company: Company, periods: int) -> Block:
    """Show friction of digital and assisted journeys; ``rates`` from ``company_friction``."""
    if rates.empty or not rates["n"].sum():
        return _note("missing.friction", company, needs=("events", "tickets"))
    compared = compare_friction(rates, level=company.family_level)
    parts = [_rubs(row) for row in compared.to_dict("records")]
    waiting = rates[rates["group"] == "all"].groupby("unit")["open"].max()
    if int(waiting.sum()):
        parts.append(say("friction.open", n=int(waiting.sum())))
    sides = compared.copy()
    for side in ("digital", "assisted"):
        rows = rates[rates["group"] == side].set_index("measure")
        for end in ("low", "high"):
            sides[f"{side}_{end}"] = sides["measure"].map(rows[end])
    listed = _table("friction", sides, FRICTION, company, periods=periods)
    return section([_tell(parts, company), listed])


def _rubs(row: Row) -> Said:
    """State whether one kind of friction is more frequent digitally."""
    names = ("digital", "assisted", "estimate", "low", "high")
    values = {name: float(row[name]) if pd.notna(row[name]) else float("nan") for name in names}
    if pd.isna(row["signal"]):
        return say("friction.unsaid", what=row["measure"])
    return say("friction.signal" if row["signal"] else "friction.none", what=row["measure"],
               **values)  # fmt: skip


@without_few
def several(outcomes: pd.DataFrame, company: Company, months: int) -> Block:
    """Put the claim that customers of several channels are better ones on trial.

    Parameters
    ----------
    outcomes : DataFrame
        From ``channel_customers``.
    company : Company or Survey
        The company reported.
    months : int
        How long customers were watched.
    """
    if outcomes.empty or outcomes["estimate"].isna().all():
        has_channels = "channel" in company.columns_of("orders")
        key = "missing.several_few" if has_channels else "missing.several"
        return _note(key, company, needs=("orders",))
    names = ("raw", "raw_low", "raw_high", "estimate", "low", "high")
    parts = [
        say(COMPARED[row["outcome"], bool(pd.notna(row["signal"]) and row["signal"])],
            months=months, several=int(row["n_several"]), one=int(row["n_one"]),
            **_numbers(row, *names))
        for row in outcomes.to_dict("records")
    ]  # fmt: skip
    percent = outcomes["outcome"] == "ordered_again"
    listed = outcomes.assign(unit=percent.map({True: "share", False: "number"}))
    return section(
        [_tell([*parts, say("several.how")], company), _table("several", listed, SEVERAL, company)]
    )


def _numbers(row: Row, *names: str) -> dict[str, float]:
    """Return some numbers of a row as values of a sentence."""
    return {name: float(row[name]) for name in names}
