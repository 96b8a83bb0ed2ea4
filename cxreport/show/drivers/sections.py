"""Blocks on drivers: what to mend first, what costs and what delights, moments of truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.blocks import Block
from cxreport.show.sections import about, note, several, table

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.inputs.survey import Survey

    Row = dict[Hashable, Any]

LEVELS = ["high", "medium", "low"]
NO_OWN_EFFECT = ("no effect of its own", "sign against correlation")
ALSO = 2
"""Other critical touchpoints that are named in sentences."""
EFFECTS = {"bad": "penalty", "excellent": "reward"}
LATER = {"bad": "negative", "excellent": "positive"}
METHODS = ("importance", "resamples", "criticality", "kinds", "moments")


def priorities(ranked: pd.DataFrame, survey: Survey, periods: int) -> Block:
    """Say what to mend first and how sure that is, and draw the map of priorities.

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
        return note("drivers")
    rows = ranked.to_dict("records")
    sentences = [_first(rows[0]), *[_say("then", row) for row in rows[1 : 1 + ALSO] if _high(row)]]
    if rows[0]["estimate"] > 0:
        sentences.insert(1, _say("why", rows[0], limits="importance"))
    borrowed = int(ranked["note"].isin(NO_OWN_EFFECT).sum())
    if borrowed:
        sentences.append(_plain("borrowed", n=borrowed))
    sentences.append(_plain("not_cause"))
    return several([_told(sentences, survey), _map(ranked, survey, periods)])


def _first(row: Row) -> dict[str, Any]:
    """Say what to mend first, in words as sure as the ranks are."""
    if pd.isna(row["estimate"]):
        return _plain("first.unsaid")
    if row["estimate"] <= 0:
        return _plain("first.nothing", target=float(row["target"]))
    return _say("first.sure" if _high(row) else "first.unsure", row)


def _high(row: Row) -> bool:
    return bool(row["level"] == LEVELS[0])


def _map(ranked: pd.DataFrame, survey: Survey, periods: int) -> Block:
    """Draw importance against performance, parted at the target and at the mean importance."""
    ends = ("", "_low", "_high")
    places = {f"x{end}": ranked[f"performance{end}"] for end in ends}
    places |= {f"y{end}": ranked[f"importance{end}"] for end in ends}
    frame = ranked.assign(label=ranked["question"], kind=ranked["level"], **places)
    parameters = {
        "caption": "priority_map", "table": "criticality", "periods": periods,
        "x": "rating", "y": "importance", "kinds": "criticality_map", "order": LEVELS,
        "x_line": float(ranked["target"].iloc[0]), "y_line": float(ranked["importance"].mean()),
        "corners": "corners",
    }  # fmt: skip
    return Block("map", frame, about(survey) | parameters)


def importances(found: pd.DataFrame, survey: Survey, periods: int) -> Block:
    """Draw how much of the differences goes with each touchpoint; from ``survey_importance``."""
    if found.empty:
        return note("drivers")
    percent = {name: 100 * found[name] for name in ("estimate", "low", "high")}
    frame = found.assign(label=found["question"], importance=percent["estimate"], **percent)
    known = frame["estimate"].sum()
    sentences = [_plain("explained", share=float(known), n=int(found["n"].max()))]
    parameters = {"caption": "importance", "table": "importance", "axis": "importance"}
    drawn = Block("bars", frame, about(survey) | parameters | {"periods": periods})
    return several([_told(sentences, survey), drawn])


def penalties(effects: pd.DataFrame, survey: Survey, periods: int) -> Block:
    """Say what only costs and what only delights, and draw it; from ``survey_asymmetry``."""
    if effects.empty:
        return note("drivers")
    sentences = [
        _plain(
            f"kind.{row['kind']}",
            row["question"],
            **_lost(row, "penalty"),
            **_gained(row, "reward"),
        )
        for row in effects.to_dict("records")
        if row["kind"] != "not identified"
    ]
    unsaid = int((effects["kind"] == "not identified").sum())
    if unsaid:
        sentences.append(_plain("kind.unsaid", n=unsaid, questions=len(effects)))
    parameters = {"caption": "penalty_reward", "table": "rating_effects", "axis": "effect"}
    bars = _two_bars(effects, EFFECTS)
    drawn = Block("bars", bars, about(survey) | parameters | {"periods": periods})
    shown = table("kinds", effects, survey, periods=periods)
    return several([_told(sentences, survey), drawn, shown])


def priority_order(ordered: pd.DataFrame, survey: Survey) -> Block:
    """Show the second view of priorities, by kind and standing; from ``survey_priorities``."""
    known = ordered.dropna(subset="order") if len(ordered) else ordered
    return note("priority_order") if known.empty else table("priority_order", known, survey)


def moments(found: pd.DataFrame, survey: Survey, days: int) -> Block:
    """Say which touchpoints are moments of truth, and draw all effects; from ``survey_moments``."""
    if found.empty:
        return note("moments")
    blocks: list[Block] = []
    for outcome, rows in found.groupby("outcome", sort=False):
        effects = _largest_first(rows)
        sentences = [
            sentence
            for row in effects.to_dict("records")
            for sentence in _moment(row, str(outcome), days)
        ]
        nothing = _plain(f"moment.none.{outcome}", n=int(effects["n"].max()), days=days)
        parameters = {"caption": f"moments_{outcome}", "table": "rating_effects"}
        parameters |= {"axis": f"later_{outcome}"}
        drawn = Block("bars", _two_bars(effects, LATER), about(survey) | parameters)
        blocks += [_told(sentences or [nothing], survey), drawn]
    fired = _fired(found)
    if not fired.empty:
        blocks.append(table("moments", fired, survey))
    looked_at = int(found[["negative_q", "positive_q"]].notna().to_numpy().sum())
    last = [_plain("moment.family", n=looked_at), _plain("moment.not_cause")]
    return several([*blocks, _told(last, survey)])


def moments_in_brief(found: pd.DataFrame, survey: Survey, days: int) -> Block:
    """Say which touchpoints are moments of truth, in sentences and one table."""
    if found.empty:
        return note("moments")
    fired = _fired(found)
    sentences = [
        sentence
        for row in fired.to_dict("records")
        for sentence in _moment(row, row["outcome"], days)
    ]
    told = _told([*(sentences or [_plain("moment.nothing")]), _plain("moment.not_cause")], survey)
    return several([told, table("moments", fired, survey)]) if sentences else told


def _largest_first(effects: pd.DataFrame) -> pd.DataFrame:
    largest = effects[["negative", "positive"]].abs().max(axis="columns")
    return effects.loc[largest.sort_values(ascending=False, kind="stable").index]


def _fired(found: pd.DataFrame) -> pd.DataFrame:
    """Return the moments of truth, outcome by outcome, the largest effect first."""
    fired = found[~found["kind"].isin(["none", "too few answers"])]
    parts = [_largest_first(rows) for _, rows in fired.groupby("outcome", sort=False)]
    return pd.concat(parts) if parts else fired


def _moment(row: Row, outcome: str, days: int) -> list[dict[str, Any]]:
    """Say in what way a touchpoint is a moment of truth, and whether it is at risk."""
    said = []
    if row["kind"] in {"negative", "both"}:
        values = _lost(row, "negative") | {"n": int(row["n_low"])}
        said.append(_plain(f"moment.negative.{outcome}", row["question"], days=days, **values))
    if row["kind"] in {"positive", "both"}:
        values = _gained(row, "positive") | {"n": int(row["n_high"])}
        said.append(_plain(f"moment.positive.{outcome}", row["question"], days=days, **values))
    if said:
        risk = "yes" if row["at_risk"] is True else "no" if row["at_risk"] is False else "unknown"
        rated = {name: float(row[name]) for name in ("performance", "target")}
        said.append(_plain(f"moment.at_risk.{risk}", row["question"], **rated))
    return said


def driver_method(survey: Survey) -> Block:
    """Say how drivers were judged."""
    return _told([_plain(f"method.{key}") for key in METHODS], survey)


def _two_bars(effects: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Put both effects of each touchpoint below each other."""
    order = {question: at for at, question in enumerate(effects["question"])}
    parts = [
        pd.DataFrame(
            {
                "label": effects["question"],
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


def _lost(row: Row, name: str) -> dict[str, float]:
    """Return a loss and its limits, as amounts."""
    ends = {"loss": name, "loss_low": f"{name}_high", "loss_high": f"{name}_low"}
    return {new: -float(row[old]) for new, old in ends.items()}


def _gained(row: Row, name: str) -> dict[str, float]:
    """Return a gain and its limits."""
    ends = {"gain": name, "gain_low": f"{name}_low", "gain_high": f"{name}_high"}
    return {new: float(row[old]) for new, old in ends.items()}


def _say(key: str, row: Row, limits: str = "") -> dict[str, Any]:
    """Say something of one row of the ranking."""
    values: dict[str, Any] = {"n": int(row["n"]), "times": round(float(row["top"]))}
    if limits:
        names = ("performance", "target", "reach", limits, f"{limits}_low", f"{limits}_high")
        values |= {name: float(row[name]) for name in names}
    return _plain(key, row["question"], **values)


def _plain(key: str, question: str = "", **values: object) -> dict[str, Any]:
    named = {"question": question} if question else {}
    return {"key": f"drivers.{key}", "values": named | values}


def _told(sentences: list[dict[str, Any]], survey: Survey) -> Block:
    return Block("sentences", parameters=about(survey) | {"sentences": sentences})
