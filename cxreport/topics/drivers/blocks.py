"""What to fix first, what costs and what delights, and after which touchpoints customers leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.few import without_few
from cxreport.show.parts import SURVEY, Column, chart, note, say, section, sentences, table
from cxreport.topics.drivers.later_outcomes import AGAIN, NEXT, STAYED

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from cxreport.inputs.survey import Survey
    from cxreport.show.blocks import Block
    from cxreport.show.parts import Said

    Row = dict[Hashable, Any]

LEVELS = ["high", "medium", "low"]
NO_OWN_EFFECT = ("no effect of its own", "sign against correlation")
NOT_IDENTIFIED = "not identified"
ALSO, FEWEST = 2, 2
"""Other critical touchpoints named in sentences; touchpoints that can be told apart."""
EFFECTS = {"bad": "penalty", "excellent": "reward"}
LATER = {"bad": "negative", "excellent": "positive"}
KINDS = {
    "basic": "kind.basic", "excitement": "kind.excitement", "performance": "kind.performance",
}  # fmt: skip
METHOD = ("method.importance", "method.resamples", "method.criticality", "method.kinds",
          "method.moments")  # fmt: skip
LOSES = {
    AGAIN: "moment.negative.ordered_again",
    NEXT: "moment.negative.next_score",
    STAYED: "moment.negative.stayed",
}
WINS = {
    AGAIN: "moment.positive.ordered_again",
    NEXT: "moment.positive.next_score",
    STAYED: "moment.positive.stayed",
}
NOTHING = {
    AGAIN: "moment.none.ordered_again",
    NEXT: "moment.none.next_score",
    STAYED: "moment.none.stayed",
}
DRAWN = {
    AGAIN: ("moments_ordered_again", "axis.later_ordered_again"),
    NEXT: ("moments_next_score", "axis.later_next_score"),
    STAYED: ("moments_stayed", "axis.later_stayed"),
}
"""Later outcome -> caption of its chart, and what the bars measure."""
AT_RISK = {
    "yes": ("moment.at_risk.yes", "moment.at_risk_target.yes"),
    "no": ("moment.at_risk.no", "moment.at_risk_target.no"),
    "unknown": ("moment.at_risk.unknown", "moment.at_risk_target.unknown"),
}
"""Whether a touchpoint is below the rating of a satisfied customer; below a target that was set."""

TOUCHPOINT = Column("question", "capital:question", "touchpoint")
KIND = Column("kind", "word:effect_kind", "effect_kind")
RATING = Column("performance", "2", "mean_rating")
NOTE = Column("note", "word:note")
CRITICALITY = (
    TOUCHPOINT, Column("level", "word:criticality", "criticality"),
    Column("top", "whole", "often_first_three"), Column("n"),
    Column("performance", "with_range:2:performance_low:performance_high", "mean_rating_range"),
    Column("importance", "with_range:share:importance_low:importance_high", "importance_range"),
    NOTE,
)  # fmt: skip
IMPORTANCE = (
    TOUCHPOINT, Column("n"), Column("estimate", "share", "importance"),
    Column("", "range:share", "importance_interval"), Column("first", "whole", "often_first"),
    Column("vif", "number", "overlap"), NOTE,
)  # fmt: skip
EFFECT_KINDS = (
    TOUCHPOINT, Column("n"), KIND, Column("asymmetry", "2"),
    Column("", "range:2", "asymmetry_interval"), NOTE,
)  # fmt: skip
BY_KIND = (Column("order", "whole", "priority"), TOUCHPOINT, KIND, RATING,
           Column("standing", "word:standing"))  # fmt: skip
RATED = (TOUCHPOINT, Column("series", "word:rating", "rated"),
         Column("estimate", "signed", "effect_size"),
         Column("", "range:signed", "effect_interval"))  # fmt: skip
MOMENTS = (
    TOUCHPOINT, Column("outcome", "word:later", "later"),
    Column("kind", "word:moment_kind", "moment"),
    Column("negative", "with_range:signed:negative_low:negative_high", "bad_effect"),
    Column("positive", "with_range:signed:positive_low:positive_high", "excellent_effect"),
    RATING, Column("risk", "word:at_risk", "at_risk"), NOTE,
)  # fmt: skip
BARS = {
    "label": {"name": "question", "how": "question"},
    "series": {"name": "series", "how": "word:rating"},
}
"""How bars are named: rows by touchpoint, and of each a bad and an excellent rating."""


@without_few
def priorities(ranked: pd.DataFrame, survey: Survey, periods: int) -> Block:
    """Describe what to fix first and how sure that is, and draw the map of priorities.

    Parameters
    ----------
    ranked : DataFrame
        From ``survey_criticality``.
    survey : Survey
        The survey reported.
    periods : int
        How many were taken together.
    """
    if ranked.empty:
        return note("drivers", "missing.drivers", survey, needs=SURVEY)
    rows = ranked.to_dict("records")
    first, target_set = rows[0], _target_set(rows[0])
    story = [_first(first)]
    if first["estimate"] > 0:
        story.append(_why(first))
    story += [_ranked("then", row) for row in rows[1 : 1 + ALSO] if _is_high(row)]
    if (counted := survey.counted(periods)) > 1:
        story.append(say("counted", n=counted))
    borrowed = int(ranked["note"].isin(NO_OWN_EFFECT).sum())
    if borrowed:
        story.append(say("borrowed", n=borrowed))
    if survey.columns("weight"):
        story.append(say("weighted"))
    story.append(say("not_cause_target" if target_set else "not_cause"))
    return section([sentences("drivers", story, survey), _map(ranked, survey, periods)])


def _target_set(row: Row) -> bool:
    """Return whether somebody set a target that the texts may speak of."""
    return bool(row.get("target_set"))


def _first(row: Row) -> Said:
    """Describe what to fix first, in words as sure as the ranks are."""
    if pd.isna(row["estimate"]):
        return say("first.unsaid")
    if row["estimate"] <= 0:
        key = "first.nothing_target" if _target_set(row) else "first.nothing"
        return say(key, target=float(row["target"]))
    return _ranked("first.sure" if _is_high(row) else "first.unsure", row)


def _is_high(row: Row) -> bool:
    return bool(row["level"] == LEVELS[0])


def _ranked(key: str, row: Row) -> Said:
    """State how often a touchpoint is among the first."""
    return say(key, question=row["question"], n=int(row["n"]), times=round(float(row["top"])))


def _why(row: Row) -> Said:
    """Describe what makes the first priority one."""
    names = ("performance", "target", "reach", "importance", "importance_low", "importance_high")
    key = "why_target" if _target_set(row) else "why"
    return say(key, question=row["question"], **{name: float(row[name]) for name in names})


def _map(ranked: pd.DataFrame, survey: Survey, periods: int) -> Block:
    """Draw importance against performance, each point by the level that the list gives it."""
    ends = ("", "_low", "_high")
    places = {f"x{end}": ranked[f"performance{end}"] for end in ends}
    places |= {f"y{end}": ranked[f"importance{end}"] for end in ends}
    names = {"label": BARS["label"], "kinds": {"name": "level", "how": "word:on_map"}}
    cross = {"x_line": ranked["target"].iloc[0], "y_line": ranked["importance"].mean()}
    return chart(
        "map", "drivers", "priority_map", ranked.assign(**places), CRITICALITY, survey,
        periods=periods, order=LEVELS, x="axis.rating", y="axis.importance",
        x_how="2", **names,
        **{name: float(value) for name, value in cross.items()},
    )  # fmt: skip


@without_few
def importances(shares: pd.DataFrame, survey: Survey, periods: int) -> Block:
    """Draw how much of the differences goes with each touchpoint; from ``survey_importance``."""
    if shares.empty:
        return note("drivers", "missing.drivers", survey, needs=SURVEY)
    frame = shares.assign(**{name: 100 * shares[name] for name in ("estimate", "low", "high")})
    explained = say("explained", share=float(frame["estimate"].sum()), n=int(shares["n"].max()))
    drawn = chart(
        "bars", "drivers", "importance", frame, IMPORTANCE, survey,
        label=BARS["label"], x="axis.importance", periods=periods,
    )  # fmt: skip
    return section([sentences("drivers", [explained], survey), drawn])


@without_few
def penalties(effects: pd.DataFrame, survey: Survey, periods: int) -> Block:
    """Describe what only costs and what only delights, and draw it; from ``survey_asymmetry``."""
    if effects.empty:
        return note("drivers", "missing.drivers", survey, needs=SURVEY)
    story = [
        say(KINDS[row["kind"]], question=row["question"], **_loss(row, "penalty"),
            **_gain(row, "reward"))
        for row in effects.to_dict("records")
        if row["kind"] != NOT_IDENTIFIED
    ]  # fmt: skip
    unsaid = int((effects["kind"] == NOT_IDENTIFIED).sum())
    if unsaid:
        story.append(say("kind.unsaid", n=unsaid, questions=len(effects)))
    drawn = chart(
        "bars", "drivers", "penalty_reward", _in_pairs(effects, EFFECTS), RATED, survey,
        x="axis.effect", periods=periods, **BARS,
    )  # fmt: skip
    listed = table("drivers", "kinds", effects, EFFECT_KINDS, survey, periods=periods)
    return section([sentences("drivers", story, survey), drawn, listed])


@without_few
def priorities_by_kind(ordered: pd.DataFrame, survey: Survey) -> Block:
    """Show the second view of priorities, by kind and standing; from ``survey_priorities``."""
    sure = ordered.dropna(subset="order") if len(ordered) else ordered
    if sure.empty:
        return note("drivers", "missing.priorities_by_kind")
    return table("drivers", "priorities_by_kind", sure, BY_KIND, survey)


@without_few
def moments(effects: pd.DataFrame, survey: Survey, days: int) -> Block:
    """Name the moments of truth, and draw all effects; from ``survey_moments``."""
    if effects.empty:
        return _no_moments(survey)
    blocks: list[Block] = []
    for outcome, rows in effects.groupby("outcome", sort=False):
        by_size = _largest_first(rows)
        story = [line for row in by_size.to_dict("records") for line in _moment(row, days)]
        caption, axis = DRAWN[str(outcome)]
        bars = _in_pairs(by_size, LATER)
        drawn = chart("bars", "drivers", caption, bars, RATED, survey, x=axis, **BARS)
        story = story or [_nothing(rows, str(outcome), days)]
        blocks += [sentences("drivers", story, survey), drawn]
    fired = _fired(effects)
    if not fired.empty:
        blocks.append(table("drivers", "moments", fired, MOMENTS, survey))
    looked_at = int(effects[["negative_q", "positive_q"]].notna().to_numpy().sum())
    last = [say("moment.family", n=looked_at), *_read_with(survey)]
    return section([*blocks, sentences("drivers", last, survey)])


@without_few
def moments_in_brief(effects: pd.DataFrame, survey: Survey, days: int) -> Block:
    """State which touchpoints are moments of truth, in sentences and one table."""
    if effects.empty:
        return _no_moments(survey)
    fired = _fired(effects)
    story = [line for row in fired.to_dict("records") for line in _moment(row, days)]
    nothing = [
        _nothing(rows, str(outcome), days)
        for outcome, rows in effects.groupby("outcome", sort=False)
    ]
    brief = sentences("drivers", [*(story or nothing), *_read_with(survey)], survey)
    listed = [table("drivers", "moments", fired, MOMENTS, survey)] if story else []
    return section([brief, *listed]) if listed else brief


def method(survey: Survey) -> Block:
    """Describe how drivers were judged."""
    return sentences("drivers", [say(key) for key in METHOD], survey)


def _no_moments(survey: Survey) -> Block:
    """State why there are no moments of truth."""
    few = len(survey.columns("touchpoint")) < FEWEST
    key = "missing.few_touchpoints" if few else "missing.moments"
    return note("drivers", key, survey, needs=SURVEY)


def _nothing(effects: pd.DataFrame, outcome: str, days: int) -> Said:
    """State that no touchpoint is a moment of truth for one outcome."""
    return say(NOTHING[outcome], n=int(effects["n"].max()), days=days)


def _read_with(survey: Survey) -> list[Said]:
    """State which answers count, and what the effects are not."""
    counted = say("moment.counted", n=len(survey.history))
    return [*([counted] if len(survey.history) > 1 else []), say("moment.not_cause")]


def _largest_first(effects: pd.DataFrame) -> pd.DataFrame:
    largest = effects[["negative", "positive"]].abs().max(axis="columns")
    return effects.loc[largest.sort_values(ascending=False, kind="stable").index]


def _fired(effects: pd.DataFrame) -> pd.DataFrame:
    """Return the moments of truth, outcome by outcome, the largest effect first."""
    fired = effects[~effects["kind"].isin(["none", "too few answers"])]
    fired = fired.assign(risk=[_risk(row) for row in fired.to_dict("records")])
    parts = [_largest_first(rows) for _, rows in fired.groupby("outcome", sort=False)]
    return pd.concat(parts) if parts else fired


def _moment(row: Row, days: int) -> list[Said]:
    """State in what way a touchpoint is a moment of truth, and whether it is at risk."""
    story, question, outcome = [], row["question"], row["outcome"]
    if row["kind"] in {"negative", "both"}:
        values = _loss(row, "negative") | {"n": int(row["n_low"])}
        story.append(say(LOSES[outcome], question=question, days=days, **values))
    if row["kind"] in {"positive", "both"}:
        values = _gain(row, "positive") | {"n": int(row["n_high"])}
        story.append(say(WINS[outcome], question=question, days=days, **values))
    if story:
        rated = {name: float(row[name]) for name in ("performance", "target")}
        key = AT_RISK[_risk(row)][_target_set(row)]
        story.append(say(key, question=question, **rated))
    return story


def _risk(row: Row) -> str:
    """Name whether a touchpoint is rated too low: not known is neither yes nor no."""
    return "yes" if row["at_risk"] is True else "no" if row["at_risk"] is False else "unknown"


def _in_pairs(effects: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Put both effects of each touchpoint below each other."""
    order = {question: at for at, question in enumerate(effects["question"])}
    parts = [
        pd.DataFrame(
            {
                "question": effects["question"],
                "series": series,
                "estimate": effects[name],
                "low": effects[f"{name}_low"],
                "high": effects[f"{name}_high"],
            }
        )
        for series, name in names.items()
    ]
    both = pd.concat(parts, ignore_index=True)
    return both.sort_values("question", key=lambda q: q.map(order), kind="stable")


def _loss(row: Row, name: str) -> dict[str, Any]:
    """Return a loss and its limits, as amounts."""
    ends = {"loss": name, "loss_low": f"{name}_high", "loss_high": f"{name}_low"}
    return {new: -float(row[old]) for new, old in ends.items()}


def _gain(row: Row, name: str) -> dict[str, Any]:
    """Return a gain and its limits."""
    ends = {"gain": name, "gain_low": f"{name}_low", "gain_high": f"{name}_high"}
    return {new: float(row[old]) for new, old in ends.items()}
