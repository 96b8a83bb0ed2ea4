"""Blocks of the journey: its stages, where it is measured, where it ends, where it goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.scores.suppression import SUPPRESSED, is_small, with_partners
from cxreport.show.blocks import Block
from cxreport.show.few import without_few
from cxreport.show.journey.words import say, told, with_names
from cxreport.show.sections import about, note, several, table
from cxreport.topics.journey.first_drop import NO_DROP
from cxreport.topics.journey.stages import NOT_IN_MAP, STAGES

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from cxreport.inputs.company import Company
    from cxreport.show.journey.words import Sentence

    Row = dict[Hashable, Any]

MOST_STEPS = 12
"""Steps of the paths that a page lists, the most frequent ones."""


def stage_named(stage: object) -> dict[str, str]:
    """Return the name of a stage as a value of a sentence."""
    return {"text": f"stage.{stage}"}


def numbers(row: Row, *names: str) -> dict[str, float]:
    """Return some numbers of a row as values of a sentence."""
    return {name: float(row[name]) for name in names}


def rows_by(found: pd.DataFrame, name: str) -> dict[str, Row]:
    """Return the rows of a frame by the names in one of its columns."""
    return {str(row[name]): row for row in found.to_dict("records")}


@without_few
def journey(found: pd.DataFrame, company: Company, periods: int) -> Block:
    """Show how each stage of the journey is rated; ``found`` from ``journey_stages``."""
    rated = found.dropna(subset="estimate").sort_values("estimate", kind="stable")
    if rated.empty:
        return note("journey")
    rows = rated.to_dict("records")
    lowest, others = rows[0], rows[1:]
    alike = [row["stage"] for row in others if row["low"] <= lowest["high"]]
    verdict = "alone" if not others else "alike" if alike else "lowest"
    sentences = [
        say(
            f"journey.stages.{verdict}",
            stage=stage_named(lowest["stage"]),
            others={"list": [stage_named(stage) for stage in alike]},
            n=int(lowest["n"]),
            **numbers(lowest, "estimate", "low", "high"),
        )
    ]
    if others:
        best = numbers(rows[-1], "estimate", "low", "high")
        sentences.append(say("journey.stages.best", stage=stage_named(rows[-1]["stage"]), **best))
    unseen = found.loc[found["note"] == "not measured", "stage"].tolist()
    if unseen:
        names = {"list": [stage_named(stage) for stage in unseen]}
        sentences.append(say("journey.stages.unmeasured", n=len(unseen), stages=names))
    parameters = {"caption": "journey_stages", "table": "journey_stages", "periods": periods}
    parameters |= {"lowest": lowest["stage"] if verdict == "lowest" else None}
    strip = Block("journey", found, about(company) | parameters)
    return several([told(sentences, company), strip])


def journey_coverage(found: pd.DataFrame, company: Company, periods: int) -> Block:
    """Show where customers are asked along the journey; ``found`` from ``journey_coverage``."""
    if found.empty:
        return note("journey_coverage")
    known = found[found["touchpoint"].notna() | found["channel"].notna()]
    asked = int((known["n"] > 0).sum())
    sentences = [say("journey.coverage.asked", asked=asked, n=len(known))]
    missed = known[(known["n"] == 0) & (known["uses"].fillna(0) > 0)]
    if not missed.empty:
        most = missed.sort_values("uses", ascending=False, kind="stable").iloc[0]
        sentences.append(
            say(
                "journey.coverage.missed",
                touchpoint={"code": ["touchpoint", most["touchpoint"]]},
                channel={"code": ["channel", most["channel"]]},
                uses=int(most["uses"]),
            )
        )
    sentences.append(say("journey.coverage.elsewhere"))
    if found["estimate"].isna().all():
        sentences.append(say("journey.coverage.rate_unknown"))
    strange = found[(found["note"] == NOT_IN_MAP) & ~is_small(found["n"], company.minimum_group)]
    if not strange.empty:
        codes = ", ".join(sorted(set(strange["stage"].astype(str))))
        sentences.append(say("journey.coverage.strange", n=int(strange["n"].sum()), codes=codes))
    few = is_small(found["n"], company.minimum_group)
    few = with_partners(few, found["n"], [pd.Series(0, found.index)], company.minimum_group)
    numbers_of = found.select_dtypes("number").columns
    hidden = found.assign(**{name: found[name].astype("float64").mask(few) for name in numbers_of})
    hidden = hidden.assign(note=found["note"].mask(few, SUPPRESSED)) if few.any() else found
    shown = table("journey_coverage", hidden, company, periods=periods)
    return several([told(sentences, company), shown])


@without_few
def journey_steps(
    steps: pd.DataFrame,
    problems: pd.DataFrame,
    finals: Sequence[str],
    company: Company,
    periods: int,
) -> Block:
    """Show what customers do next, and where they leave.

    Parameters
    ----------
    steps, problems : DataFrame
        From ``journey_steps`` and ``journey_event_problems``.
    finals : sequence of str
        Events after which an end is no loss: the purchase.
    company : Company or Survey
        The company reported.
    periods : int
        How many periods were counted.
    """
    if steps.empty:
        return note("journey_steps", company)
    left = steps[(steps["kind"] == "end") & ~steps["before"].isin(list(finals))]
    by_share = left.dropna(subset="estimate").sort_values("estimate", ascending=False)
    sentences = []
    if not by_share.empty:
        first = by_share.to_dict("records")[0]
        in_number = by_share.sort_values("times", ascending=False, kind="stable")
        most = in_number.to_dict("records")[0]
        same = first["before"] == most["before"]
        for key, row in ({"both": first} if same else {"share": first, "number": most}).items():
            step = {"code": ["event_name", row["before"]]}
            values: dict[str, Any] = {"n": int(row["n"]), "times": int(row["times"]), "step": step}
            values |= numbers(row, "estimate", "low", "high")
            sentences.append(say(f"journey.steps.{key}", **values))
    sentences += _log(problems)
    frequent = steps[steps["kind"] != "start"].sort_values("times", ascending=False, kind="stable")
    shown = frequent.head(MOST_STEPS).sort_index()
    drops = left.dropna(subset="estimate").rename(columns={"before": "group"})
    parameters = {"caption": "journey_drops", "table": "journey_steps", "metric": "left"}
    parameters |= {"group": "event_name", "column": "event_name"}
    named = about(company) | parameters | {"periods": periods}
    drawn = drops.assign(before=drops["group"]).sort_values("estimate", ascending=False)
    charts = [Block("intervals", drawn, named)] if len(drawn) > 1 else []
    listed = table("journey_steps", shown, company, periods=periods, column="event_name")
    return several([told(sentences, company), *charts, listed])


def _log(problems: pd.DataFrame) -> list[Sentence]:
    """Say which events are in no path, and whose order is in doubt."""
    found = problems.dropna(subset="found").set_index("problem")["found"].astype(int)
    named = [problem for problem in found.index if found[problem] > 0]
    sentences = [
        say(f"journey.log.{problem.replace(' ', '_')}", n=int(found[problem])) for problem in named
    ]
    if not set(named) - {"no journey"}:
        sentences.append(say("journey.log.clean"))
    return sentences


@without_few
def first_drop(found: pd.DataFrame, company: Company, periods: int) -> Block:
    """Show where it begins to go wrong for detractors; ``found`` from ``detractor_first_drop``."""
    if found.empty:
        return note("first_drop")
    judged = int(found["n"].iloc[0])
    stages = found[found["stage"] != NO_DROP]
    above = stages[stages["signal"].fillna(value=False).astype(bool) & (stages["difference"] > 0)]
    rows = above.sort_values("difference", ascending=False).to_dict("records")
    own = [row for row in rows if not row["gap_low"] <= 0]  # or there are no others to compare with
    sentences = [_drop("alone" if pd.isna(row["gap"]) else "own", row, judged) for row in own]
    if not own:
        sentences.append(say("journey.drop.none" if judged else "journey.drop.nobody"))
    sentences += [_drop("shared", row, judged) for row in rows if row["gap_low"] <= 0]
    if judged:
        sentences.append(say("journey.drop.chance"))
    flat = found.loc[found["stage"] == NO_DROP, "first"]
    if len(flat) and flat.item():
        sentences.append(say("journey.drop.flat", n=int(flat.item())))
    if found["unjudged"].iloc[0]:
        sentences.append(say("journey.drop.unjudged", n=int(found["unjudged"].iloc[0])))
    chart = with_names(about(company), "stage", "stage", STAGES)
    chart |= {"caption": "first_drop", "table": "first_drop", "periods": periods, "group": "stage"}
    return several(
        [told(sentences, company), Block("bars", _bars(stages), chart | {"axis": "drop"})]
    )


def _drop(key: str, row: Row, people: int) -> Sentence:
    """Say how many detractors fall first at a stage, beside chance and beside the others."""
    values: dict[str, Any] = {"stage": stage_named(row["stage"]), "people": people}
    values |= numbers(row, "estimate", "low", "high", "expected", "others")
    signed = {"more": "difference", "more_low": "difference_low", "more_high": "difference_high"}
    signed |= {name: name for name in ("gap", "gap_low", "gap_high")}
    values |= {name: {"signed": float(row[column])} for name, column in signed.items()}
    return say(f"journey.drop.{key}", **values)


def _bars(stages: pd.DataFrame) -> pd.DataFrame:
    """Draw how many points more, or fewer, than chance alone would make."""
    ends = {"estimate": "share", "low": "share_low", "high": "share_high"}
    shares = stages.rename(columns=ends).assign(label=stages["stage"])
    return shares.assign(
        estimate=shares["difference"],
        low=shares["difference_low"],
        high=shares["difference_high"],
    )


@without_few
def memory(found: pd.DataFrame, company: Company, periods: int) -> Block:
    """Show which summary of the journey goes with the score; ``found`` from ``journey_memory``."""
    if found.empty or found["estimate"].isna().all():
        return note("memory")
    rows = rows_by(found, "summary")
    mean, both, best = rows["mean"], rows["peak and end"], str(found["summary"].iloc[0])
    values = {"mean": float(mean["estimate"]), "peak_end": float(both["estimate"])}
    gap = {"gap": {"signed": float(both["difference"])}}
    gap |= {"low": {"signed": float(both["difference_low"])}}
    gap |= {"high": {"signed": float(both["difference_high"])}}
    certain = both["difference_low"] > 0 or both["difference_high"] < 0
    verdict = "alike" if not certain else "end" if both["difference"] > 0 else "mean"
    sentences = [say(f"journey.memory.{verdict}", n=int(mean["n"]), **values, **gap)]
    if best not in {"mean", "peak and end"}:
        name = {"text": f"journey.summary.{best}"}
        values = {"estimate": float(rows[best]["estimate"])}
        sentences.append(say("journey.memory.best", summary=name, **values))
    sentences.append(say("journey.memory.how"))
    shown = found.assign(group=found["summary"])
    names = list(found["summary"])
    parameters = with_names(about(company), "summary", "journey.summary", names)
    parameters |= {"caption": "memory", "table": "memory", "metric": "explained"}
    parameters |= {"group": "summary", "periods": periods}
    return several([told(sentences, company), Block("intervals", shown, parameters)])
