"""Blocks on channels: how they differ, what they are used for, and how they rub."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.show.blocks import Block
from cxreport.show.few import without_few
from cxreport.show.journey.sections import numbers
from cxreport.show.journey.words import say, told, with_names
from cxreport.show.sections import about, note, several, table
from cxreport.topics.channels.friction_rates import compare_friction

if TYPE_CHECKING:
    from cxreport.inputs.company import Company
    from cxreport.show.journey.words import Sentence

MEASURES = ("use", "completion", "ease", "satisfaction")
LIMITS = ("estimate", "lower", "upper")
FEWEST = 10
"""Answers of a period below which its score is no news."""


@without_few
def channel_scores(found: pd.DataFrame, company: Company, periods: int) -> Block:
    """Show how each channel differs from all others; ``found`` from ``channel_scores``."""
    known = found.dropna(subset="estimate")
    if len(known) < 2:
        return note("channel_scores")
    column = _channel_column(company)
    fired = known[known["signal"].fillna(value=False).astype(bool)].sort_values("difference")
    sentences = [
        say(
            "journey.channels.below" if row["difference"] < 0 else "journey.channels.above",
            channel={"code": [column, row["group"]]},
            difference={"signed": float(row["difference"])},
            low={"signed": float(row["difference_low"])},
            high={"signed": float(row["difference_high"])},
            **numbers(row, "estimate", "estimate_reference"),
        )
        for row in fired.to_dict("records")
    ] or [say("journey.channels.none")]
    overall = float((known["n"].astype(float) * known["estimate"]).sum() / known["n"].sum())
    parameters = about(company) | {"caption": "channel_scores", "table": "channel_scores"}
    parameters |= {"group": column, "question": found["question"].iloc[0], "metric": "nps"}
    parameters |= {"periods": periods, "reference_value": overall}
    return several([told(sentences, company), Block("intervals", found, parameters)])


def _channel_column(company: Company) -> str:
    """Return the column of the answers that holds the channel, empty where none does."""
    described = company.codebook.tables["responses"].with_role("channel")
    return next(iter(described), "")


@without_few
def stage_channels(found: pd.DataFrame, company: Company, periods: int) -> Block:
    """Show what each channel is to each stage; ``found`` from ``stage_channels``."""
    if found.empty:
        return note("stage_channels", company)
    keys = ["stage", "channel"]
    wide = found[keys].drop_duplicates().sort_values("channel", kind="stable")
    order = {stage: place for place, stage in enumerate(dict.fromkeys(found["stage"]))}
    for measure in MEASURES:
        rows = found[found["measure"] == measure]
        ends = {"estimate": measure, "low": f"{measure}_low", "high": f"{measure}_high"}
        named = rows.rename(columns=ends | {"note": f"{measure}_note"})
        wide = wide.merge(
            named[[*keys, *ends.values(), f"{measure}_note"]], on=keys, how="left"
        ).fillna({f"{measure}_note": ""})
    wide = wide.sort_values("stage", key=lambda stage: stage.map(order), kind="stable")
    sentences = [each for measure in ("completion", "ease") for each in _behind(found, measure)]
    names = with_names({"labels": {}}, "stage", "stage", list(order))["labels"]["stage"]
    shown = [
        table("stage_channels", rows, company, periods=periods, question=stage)
        for stage, rows in wide.groupby("stage", sort=False)
    ]
    for block in shown:
        block.parameters["names"] = names | block.parameters["names"]
    return several([told(sentences, company), *shown] if sentences else shown)


def _behind(found: pd.DataFrame, measure: str) -> list[Sentence]:
    """Name the channels whose interval lies below that of every other one at the same stage."""
    rows = found[found["measure"] == measure].dropna(subset="estimate")
    sentences, compared = [], False
    for stage, channels in rows.groupby("stage", sort=False):
        ordered = channels.sort_values("estimate", kind="stable").to_dict("records")
        compared |= len(ordered) > 1
        if len(ordered) > 1 and ordered[0]["high"] < min(row["low"] for row in ordered[1:]):
            sentences.append(
                say(
                    f"journey.matrix.{measure}",
                    stage={"text": f"stage.{stage}"},
                    channel={"code": ["channel", ordered[0]["channel"]]},
                    n=int(ordered[0]["n"]),
                    **numbers(ordered[0], "estimate", "low", "high"),
                )
            )
    return sentences or ([say(f"journey.matrix.no_{measure}")] if compared else [])


@without_few
def channel_months(chart: pd.DataFrame, company: Company) -> Block:
    """Name the periods in which a channel left its usual variation.

    Parameters
    ----------
    chart : DataFrame
        From ``chart_scores`` of a history by channel. Only points outside the limits are told (one
        of them pulls the centre line, so that runs beside it would be read as news), and none of
        fewer than ten answers.
    company : Company or Survey
        The company reported.
    """
    column = _channel_column(company)
    if chart.empty or column not in chart:
        return note("trend")
    known = chart[chart["n"] >= FEWEST]
    outside = known[known["signal"] == "outside"].rename(columns={column: "group"})
    sentences = [
        say(
            f"journey.months.{row['direction']}",
            when={"period": row["period"]},
            channel={"code": [column, row["group"]]},
            n=int(row["n"]),
            score={"text": f"metric.{row['metric']}"},
            **{end: {"measured": [float(row[end]), row["metric"]]} for end in LIMITS},
        )
        for row in outside.to_dict("records")
    ]
    if not sentences:
        return told([say("journey.months.none", n=int(chart["period"].nunique()))], company)
    shown = table("signals", outside, company, group=column)
    return several([told(sentences, company), shown])


@without_few
def friction(found: pd.DataFrame, company: Company, periods: int) -> Block:
    """Show friction of digital and assisted journeys; ``found`` from ``company_friction``."""
    if found.empty or not found["n"].sum():
        return note("friction", company)
    compared = compare_friction(found, level=company.family_level)
    sentences = []
    for row in compared.to_dict("records"):
        key = "unsaid" if pd.isna(row["signal"]) else "signal" if row["signal"] else "none"
        values = {
            name: float(row[name]) if pd.notna(row[name]) else float("nan")
            for name in ("digital", "assisted", "estimate", "low", "high")
        }
        measure = str(row["measure"]).replace(" ", "_")
        what = {"text": f"journey.friction_what.{measure}"}
        sentences.append(say(f"journey.friction.{key}", what=what, **values))
    waiting = found[found["group"] == "all"].groupby("unit")["open"].max()
    if int(waiting.sum()):
        sentences.append(say("journey.friction.open", n=int(waiting.sum())))
    sides = compared.assign(difference=compared["estimate"])
    for side in ("digital", "assisted"):
        rows = found[found["group"] == side].set_index("measure")
        for end in ("low", "high"):
            sides[f"{side}_{end}"] = sides["measure"].map(rows[end])
    sides["measure"] = sides["measure"].str.replace(" ", "_")
    return several([told(sentences, company), table("friction", sides, company, periods=periods)])


@without_few
def several_channels(found: pd.DataFrame, company: Company, months: int) -> Block:
    """Put the claim that customers of several channels are better ones on trial.

    Parameters
    ----------
    found : DataFrame
        From ``channel_customers``.
    company : Company or Survey
        The company reported.
    months : int
        How long customers were watched.
    """
    if found.empty or found["estimate"].isna().all():
        return note("several_channels", company)
    sentences = []
    for row in found.to_dict("records"):
        verdict = "signal" if pd.notna(row["signal"]) and row["signal"] else "none"
        values = {
            name: {"signed": float(row[name])}
            for name in ("raw", "raw_low", "raw_high", "estimate", "low", "high")
        }
        key = f"journey.several.{row['outcome']}_{verdict}"
        counts = {"several": int(row["n_several"]), "one": int(row["n_one"])}
        sentences.append(say(key, months=months, **counts, **values))
    sentences.append(say("journey.several.how"))
    shown = found.assign(difference=found["estimate"])
    return several([told(sentences, company), table("several_channels", shown, company)])
