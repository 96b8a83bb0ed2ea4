"""The journey: its stages, where customers are asked, where they leave, where it goes wrong."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.inputs.meaning import STAGES
from cxreport.scores.suppression import SUPPRESSED, is_small, with_partners
from cxreport.show.few import without_few
from cxreport.show.parts import SURVEY, Column, chart, note, say, section, sentences, table
from cxreport.topics.journey.first_drop import NO_DROP
from cxreport.topics.journey.stages import NOT_IN_MAP

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block
    from cxreport.show.parts import Said

    Row = dict[Hashable, Any]

MOST_STEPS = 12
"""Steps of the paths that a page lists, the most frequent ones."""
NOT_MEASURED = "not measured"
PROBLEMS = {
    "no journey": "log.no_journey",
    "no time": "log.no_time",
    "no state": "log.no_state",
    "after the end": "log.after_the_end",
    "same moment": "log.same_moment",
    "out of order": "log.out_of_order",
}
"""Problem of the log -> the sentence."""

RATED = (
    Column("stage", "capital:word:stage"),
    Column("n", "whole", "people"),
    Column("estimate", "with_range:share", "favourable"),
    Column("note", "word:note"),
)
ASKED = (
    Column("stage", "as:named", is_text=True),
    Column("", "codes:touchpoint:channel", "where"),
    Column("asked", "word:asked", "answers", is_text=False),
    Column("uses", "whole", "contacts"),
    Column("estimate", "with_range:share", "response_rate"),
    Column("last_answer", "day"),
    Column("note", "word:note"),
)
STEPS = (
    Column("before", "known_word:step:capital:code:event_name"),
    Column("after", "known_word:step:capital:code:event_name"),
    Column("times", "whole"),
    Column("estimate", "with_range:share", "share"),
)
DROPS = (
    Column("stage", "capital:word:stage"),
    Column("rated", "whole"),
    Column("share", "with_range:share:share_low:share_high", "first_drop"),
    Column("expected", "share", "chance"),
    Column("difference", "with_range:signed:difference_low:difference_high", "from_chance"),
    Column("signal", "signal"),
    Column("others", "share"),
)
MEMORY = (
    Column("summary", "capital:word:summary"),
    Column("estimate", "with_range:share", "explained"),
    Column("difference", "with_range:signed:difference_low:difference_high", "from_mean"),
    Column("signal", "signal"),
)

_tell = partial(sentences, "journey")
_table = partial(table, "journey")
_chart = partial(chart, topic="journey")
_note = partial(note, "journey")


@without_few
def rated(ratings: pd.DataFrame, company: Company, periods: int) -> Block:
    """Show how each stage of the journey is rated; ``ratings`` from ``journey_stages``."""
    in_order = ratings.dropna(subset="estimate").sort_values("estimate", kind="stable")
    if in_order.empty:
        return _note("missing.stages", company, needs=SURVEY)
    rows = in_order.to_dict("records")
    lowest, others = rows[0], rows[1:]
    alike = [row["stage"] for row in others if row["low"] <= lowest["high"]]
    is_lowest = bool(others) and not alike
    key = "stages.lowest" if is_lowest else "stages.alike" if others else "stages.alone"
    parts = [
        say(key, stage=lowest["stage"], others=alike, n=int(lowest["n"]),
            **_numbers(lowest, "estimate", "low", "high"))
    ]  # fmt: skip
    if others:
        best = _numbers(rows[-1], "estimate", "low", "high")
        parts.append(say("stages.best", stage=rows[-1]["stage"], **best))
    unseen = ratings.loc[ratings["note"] == NOT_MEASURED, "stage"].tolist()
    if unseen:
        parts.append(say("stages.unmeasured", n=len(unseen), stages=unseen))
    cards = [
        _card(row, is_lowest=is_lowest and row["stage"] == lowest["stage"])
        for row in ratings.to_dict("records")
    ]
    strip = _chart("cards", name="stages", frame=ratings, columns=RATED, company=company,
                   cards=cards, periods=periods)  # fmt: skip
    return section([_tell(parts, company), strip])


def _card(row: Row, *, is_lowest: bool) -> dict[str, Any]:
    """Return what stands on the card of a stage."""
    card = {"name": say("card.stage", stage=row["stage"])}
    if pd.isna(row["estimate"]):
        why = [say("card.why", note=row["note"])]
        return card | {"value": say("value.none"), "lines": why, "look": "unmeasured"}
    card["value"] = say("card.share", estimate=float(row["estimate"]))
    lines = [
        say("card.interval", **_numbers(row, "estimate", "low", "high")),
        say("card.people", n=int(row["n"])),
    ]
    if is_lowest:
        return card | {"lines": [*lines, say("card.lowest")], "look": "lowest"}
    return card | {"lines": lines, "look": ""}


def asked(coverage: pd.DataFrame, company: Company, periods: int) -> Block:
    """Show where customers are asked along the journey; ``coverage`` from ``journey_coverage``."""
    if coverage.empty:
        return _note("missing.coverage")
    placed = coverage[coverage["touchpoint"].notna() | coverage["channel"].notna()]
    parts = [say("coverage.asked", asked=int((placed["n"] > 0).sum()), n=len(placed))]
    missed = placed[(placed["n"] == 0) & (placed["uses"].fillna(0) > 0)]
    if not missed.empty:
        most = missed.sort_values("uses", ascending=False, kind="stable").iloc[0]
        parts.append(say("coverage.missed", touchpoint=most["touchpoint"],
                         channel=most["channel"], uses=int(most["uses"])))  # fmt: skip
    parts.append(say("coverage.elsewhere"))
    if coverage["estimate"].isna().all():
        parts.append(say("coverage.rate_unknown"))
    few = is_small(coverage["n"], company.minimum_group)
    strange = coverage[(coverage["note"] == NOT_IN_MAP) & ~few]
    if not strange.empty:
        codes = ", ".join(sorted(set(strange["stage"].astype(str))))
        parts.append(say("coverage.strange", n=int(strange["n"].sum()), codes=codes))
    few = with_partners(few, coverage["n"], [pd.Series(0, coverage.index)], company.minimum_group)
    is_stage = coverage["stage"].isin(STAGES)
    numbers = coverage.select_dtypes("number").columns
    listed = coverage.assign(
        **{name: coverage[name].astype("float64").mask(few) for name in numbers},
        named=is_stage.map({True: "capital:word:stage", False: "code:stage"}),
        asked=(coverage["n"] == 0).map({True: "nobody", False: "some"}),
        note=coverage["note"].replace(NOT_MEASURED, "").mask(few, SUPPRESSED),
    )
    return section([_tell(parts, company), _table("coverage", listed, ASKED, company,
                                                  periods=periods)])  # fmt: skip


@without_few
def steps(
    transitions: pd.DataFrame,
    problems: pd.DataFrame,
    finals: Sequence[str],
    company: Company,
    periods: int,
) -> Block:
    """Show what customers do next, and where they leave.

    Parameters
    ----------
    transitions, problems : DataFrame
        From ``journey_steps`` and ``journey_event_problems``.
    finals : sequence of str
        Events after which an end is no loss: the purchase.
    company : Company or Survey
        The company reported.
    periods : int
        How many periods were counted.
    """
    if transitions.empty:
        return _note("missing.steps", company, needs=("events",))
    is_left = (transitions["kind"] == "end") & ~transitions["before"].isin(list(finals))
    left = transitions[is_left].dropna(subset="estimate").sort_values("estimate", ascending=False)
    parts = [*_losses(left), *_log(problems)]
    in_number = transitions[transitions["kind"] != "start"].sort_values(
        "times", ascending=False, kind="stable"
    )
    blocks = [_tell(parts, company)]
    if len(left) > 1:
        blocks.append(
            _chart("intervals", name="left", frame=left, columns=STEPS, company=company,
                   label={"name": "before", "how": "code:event_name"}, x="axis.score",
                   how="share", metric="left", periods=periods)
        )  # fmt: skip
    frequent = in_number.head(MOST_STEPS).sort_index()
    return section([*blocks, _table("steps", frequent, STEPS, company, periods=periods)])


def _losses(left: pd.DataFrame) -> list[Said]:
    """State after which step the largest share leaves, and after which most do."""
    if left.empty:
        return []
    share = left.to_dict("records")[0]
    number = left.sort_values("times", ascending=False, kind="stable").to_dict("records")[0]
    steps_by_text = {"steps.both": share}
    if share["before"] != number["before"]:
        steps_by_text = {"steps.share": share, "steps.number": number}
    return [
        say(key, n=int(row["n"]), times=int(row["times"]), step=row["before"],
            **_numbers(row, "estimate", "low", "high"))
        for key, row in steps_by_text.items()
    ]  # fmt: skip


def _log(problems: pd.DataFrame) -> list[Said]:
    """State which events are in no path, and whose order is in doubt."""
    counts = problems.dropna(subset="found").set_index("problem")["found"].astype(int)
    named = {str(problem): int(n) for problem, n in counts.items() if n > 0}
    parts = [say(PROBLEMS[problem], n=n) for problem, n in named.items()]
    return parts if {*named} - {"no journey"} else [*parts, say("log.clean")]


@without_few
def first_drops(drops: pd.DataFrame, company: Company, periods: int) -> Block:
    """Show where it begins to go wrong for detractors; ``drops`` from ``detractor_first_drop``."""
    if drops.empty:
        return _note("missing.first_drop")
    judged = int(drops["n"].iloc[0])
    staged = drops[drops["stage"] != NO_DROP]
    above = staged[staged["signal"].fillna(value=False).astype(bool) & (staged["difference"] > 0)]
    rows = above.sort_values("difference", ascending=False).to_dict("records")
    own = [row for row in rows if not row["gap_low"] <= 0]  # or there are no others to compare with
    parts = [_drop("drop.alone" if pd.isna(row["gap"]) else "drop.own", row, judged) for row in own]
    if not own:
        parts.append(say("drop.none" if judged else "drop.nobody"))
    parts += [_drop("drop.shared", row, judged) for row in rows if row["gap_low"] <= 0]
    if judged:
        parts.append(say("drop.chance"))
    flat = drops.loc[drops["stage"] == NO_DROP, "first"]
    if len(flat) and flat.item():
        parts.append(say("drop.flat", n=int(flat.item())))
    if drops["unjudged"].iloc[0]:
        parts.append(say("drop.unjudged", n=int(drops["unjudged"].iloc[0])))
    ends = {"estimate": "share", "low": "share_low", "high": "share_high"}
    shares = staged.rename(columns=ends)
    points = shares.assign(
        estimate=shares["difference"], low=shares["difference_low"], high=shares["difference_high"]
    )
    bars = _chart("bars", name="first_drop", frame=points, columns=DROPS, company=company,
                  label={"name": "stage", "how": "word:stage"}, x="axis.drop",
                  periods=periods)  # fmt: skip
    return section([_tell(parts, company), bars])


def _drop(key: str, row: Row, people: int) -> Said:
    """State how many detractors fall first at a stage, beside chance and beside the others."""
    values = _numbers(row, "estimate", "low", "high", "expected", "others", "gap", "gap_low",
                      "gap_high")  # fmt: skip
    more = {"more": "difference", "more_low": "difference_low", "more_high": "difference_high"}
    values |= {name: float(row[column]) for name, column in more.items()}
    return say(key, stage=row["stage"], people=people, **values)


@without_few
def memory(summaries: pd.DataFrame, company: Company, periods: int) -> Block:
    """Show which summary of the journey goes with the score; from ``journey_memory``."""
    if summaries.empty or summaries["estimate"].isna().all():
        return _note("missing.memory")
    rows = {str(row["summary"]): row for row in summaries.to_dict("records")}
    mean, both, best = rows["mean"], rows["peak and end"], str(summaries["summary"].iloc[0])
    certain = both["difference_low"] > 0 or both["difference_high"] < 0
    key = "memory.end" if both["difference"] > 0 else "memory.mean"
    gap = {"gap": "difference", "low": "difference_low", "high": "difference_high"}
    parts = [
        say(key if certain else "memory.alike", n=int(mean["n"]), mean=float(mean["estimate"]),
            peak_end=float(both["estimate"]),
            **{name: float(both[column]) for name, column in gap.items()})
    ]  # fmt: skip
    if best not in {"mean", "peak and end"}:
        parts.append(say("memory.best", summary=best, estimate=float(rows[best]["estimate"])))
    parts.append(say("memory.how"))
    compared = _chart("intervals", name="memory", frame=summaries, columns=MEMORY, company=company,
                      label={"name": "summary", "how": "word:summary"}, x="axis.score",
                      how="share", metric="explained", periods=periods)  # fmt: skip
    return section([_tell(parts, company), compared])


def _numbers(row: Row, *names: str) -> dict[str, float]:
    """Return some numbers of a row as values of a sentence."""
    return {name: float(row[name]) for name in names}
