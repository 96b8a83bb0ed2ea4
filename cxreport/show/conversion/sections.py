"""Blocks on conversion: where most are lost, by channel, through the five stages, by error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.inputs.meaning import LANGUAGES, STAGES
from cxreport.show.blocks import Block
from cxreport.show.few import without_few
from cxreport.show.sections import about, note, several
from cxreport.show.words import Words

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.inputs.company import Company

    Row = dict[Hashable, Any]

NAME = "event_name"
"""The column of the events whose labels name the steps."""
ENDS = {"overall": "", "low": "_low", "high": "_high"}


@without_few
def shop_funnel(found: pd.DataFrame, company: Company, *, window: int, periods: int) -> Block:
    """Say and draw where visitors are lost on their way to a purchase.

    Parameters
    ----------
    found : DataFrame
        From ``cxreport.shop_funnel``, not broken down.
    company : Company or Survey
        What is reported.
    window, periods : int
        As they were given to it: days for each step, and periods of first visits.
    """
    if found.empty or not found["reached"].iloc[0]:
        return note("shop_funnel", company)
    rows = found.to_dict("records")
    who = {"n": int(rows[0]["reached"]), "periods": periods, "window": window}
    sentences = [_say("who", **who), *_whole_way(rows[-1])]
    if lost := biggest_loss(found):
        sentences.append(_say("lost", **lost))
    if found["open"].sum():
        sentences.append(_say("open"))
    sentences += _unknown(found, "unknown")
    shown = _chart(found, company, caption="funnel", metric="conversion", periods=periods)
    return several([_told(sentences, company), shown])


def _whole_way(last: Row) -> list[dict[str, Any]]:
    """Say what share took all steps."""
    if pd.isna(last["overall"]):
        return [_say("unsaid")]
    values = {new: float(last[f"overall{old}"]) for new, old in ENDS.items()}
    return [_say("bought", question=last["step"], n=int(last["entered"]), **values)]


def _unknown(found: pd.DataFrame, key: str) -> list[dict[str, Any]]:
    """Say how many events belong to nobody."""
    n = int(found["unknown"].sum())
    return [_say(key, n=n)] if n else []


def biggest_loss(found: pd.DataFrame) -> dict[str, Any]:
    """Return the step before which most are lost, as the values of a sentence; none, if none."""
    steps = found.iloc[1:].dropna(subset="estimate").to_dict("records")
    if not steps:
        return {}
    row = max(steps, key=lambda step: step["eligible"] - step["reached"])
    lost = int(row["eligible"] - row["reached"])
    return {"question": row["step"], "lost": lost, "n": int(row["eligible"]), **_limits(row)}


@without_few
def funnel_differences(differences: pd.DataFrame, company: Company, *, between: str) -> Block:
    """Say at which steps channels or devices differ, and list all comparisons.

    Parameters
    ----------
    differences : DataFrame
        From ``cxreport.shop_differences``.
    company : Company or Survey
        What is reported.
    between : str
        The column that was compared.
    """
    if company.table("events") is None:  # the funnel has said so
        return several([])
    if differences.empty:
        return note("funnel_differences", company)
    n = int(differences["q_value"].notna().sum())
    fired = int(differences["signal"].eq(other=True).sum())
    key = "signal" if fired else "none"
    sentences = [_say(f"differences.{key}", question=between, n=n, fired=fired)]
    sentences.append(_say("differences.association"))
    shown = differences.rename(columns={"low": "difference_low", "high": "difference_high"})
    parameters = {"table": "funnel_differences", "caption": "funnel_differences", "group": between}
    table = Block("table", shown, _named(company) | parameters)
    return several([_told(sentences, company), table])


@without_few
def stage_funnel(found: pd.DataFrame, company: Company, *, window: int) -> Block:
    """Say and list how many customers go from stage to stage.

    Parameters
    ----------
    found : DataFrame
        From ``cxreport.stage_funnel``.
    company : Company or Survey
        What is reported.
    window : int
        Days for each stage, as they were given to it.
    """
    if found.empty:
        return note("stage_funnel", company)
    measured = found[found["note"] != "not measured"]
    steps = measured[measured["note"].isin(["", "entry"])].to_dict("records")
    if not steps:
        return note("stage_funnel", company)
    entry, *path = steps
    said = {"question": entry["step"], "n": int(entry["reached"]), "window": window}
    sentences = [_say("stages.who", **said)]
    if entry["proxy"]:
        sentences.append(_say("stages.proxy"))
    sentences += [
        _say("stages.went_on", question=row["step"], n=int(row["eligible"]), **_limits(row))
        for row in path
    ]
    if path and path[-1]["step"] == "retention":
        sentences.append(_say("stages.not_second"))
    advocates = measured[measured["note"] == "of those who answered"].dropna(subset="estimate")
    sentences += [
        _say("stages.advocacy", n=int(row["eligible"]), **_limits(row))
        for row in advocates.to_dict("records")
    ]
    sentences += _unknown(measured, "stages.unknown")
    shown = _chart(found, company, caption="stages", metric="stages")
    if shown.kind != "table":  # which names them itself
        sentences += [
            _say("stages.unmeasured", question=stage)
            for stage in found.loc[found["note"] == "not measured", "step"]
        ]
    return several([_told(sentences, company), shown])


@without_few
def step_errors(found: pd.DataFrame, company: Company) -> Block:
    """Say and list how often each step fails; ``found`` from ``cxreport.step_errors``."""
    if company.table("events") is None:  # the funnel has said so
        return several([])
    known = found.dropna(subset="estimate")
    if known.empty:
        return note("step_errors", company)
    row = max(known.to_dict("records"), key=lambda step: step["estimate"])
    said = {"question": row["step"], "n": int(row["n"]), **_limits(row)}
    parameters = {"table": "step_errors", "caption": "step_errors"}
    table = Block("table", known, _named(company) | parameters)
    return several([_told([_say("errors", **said)], company), table])


def _limits(row: Row) -> dict[str, float]:
    return {name: float(row[name]) for name in ("estimate", "low", "high")}


def _chart(found: pd.DataFrame, company: Company, *, metric: str, **parameters: object) -> Block:
    """Draw the share that went on at each step; the entry, 100 by definition, has none."""
    entry = found["note"] == "entry"
    shown = found.assign(
        question=found["step"],
        metric=metric,
        n=found["eligible"],
        estimate=found["estimate"].mask(entry),
    )
    drawn = shown["estimate"].notna().sum() > 1  # a lone dot fills its axis, and says nothing
    parameters |= {"table": "funnel", "metric": metric}
    return Block("intervals" if drawn else "table", shown, _named(company) | parameters)


def _named(company: Company) -> dict[str, Any]:
    """Return what each block carries, with the steps and stages among the names."""
    carried = about(company)
    steps = carried["labels"].get(NAME, {})
    stages = {
        stage: {
            language: words.text(f"conversion.stage.{stage}", stage=words.text(f"stage.{stage}"))
            for language, words in ((language, Words(language)) for language in LANGUAGES)
        }
        for stage in STAGES
    }
    return carried | {"names": carried["names"] | stages | steps}


def _say(key: str, **values: object) -> dict[str, Any]:
    return {"key": f"conversion.{key}", "values": values}


def _told(sentences: list[dict[str, Any]], company: Company) -> Block:
    return Block("sentences", parameters=_named(company) | {"sentences": sentences})
