"""Blocks on drivers: what to mend first, what costs and what delights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.blocks import Block
from cxreport.show.drivers.told import gained, lost, of_target, plain, told, two_bars
from cxreport.show.few import without_few
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
METHODS = ("importance", "resamples", "criticality", "kinds", "moments")


@without_few
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
        sentences.insert(1, _say(f"why{of_target(rows[0])}", rows[0], limits="importance"))
    if periods > 1:
        sentences.append(plain("counted", n=periods))
    borrowed = int(ranked["note"].isin(NO_OWN_EFFECT).sum())
    if borrowed:
        sentences.append(plain("borrowed", n=borrowed))
    if survey.columns("weight"):
        sentences.append(plain("weighted"))
    sentences.append(plain(f"not_cause{of_target(rows[0])}"))
    return several([told(sentences, survey), _map(ranked, survey, periods)])


def _first(row: Row) -> dict[str, Any]:
    """Say what to mend first, in words as sure as the ranks are."""
    if pd.isna(row["estimate"]):
        return plain("first.unsaid")
    if row["estimate"] <= 0:
        return plain(f"first.nothing{of_target(row)}", target=float(row["target"]))
    return _say("first.sure" if _high(row) else "first.unsure", row)


def _high(row: Row) -> bool:
    return bool(row["level"] == LEVELS[0])


def _map(ranked: pd.DataFrame, survey: Survey, periods: int) -> Block:
    """Draw importance against performance, each point by the level that the list gives it."""
    ends = ("", "_low", "_high")
    places = {f"x{end}": ranked[f"performance{end}"] for end in ends}
    places |= {f"y{end}": ranked[f"importance{end}"] for end in ends}
    frame = ranked.assign(label=ranked["question"], kind=ranked["level"], **places)
    parameters = {
        "caption": "priority_map", "table": "criticality", "periods": periods,
        "x": "rating", "y": "importance", "kinds": "criticality_map", "order": LEVELS,
        "x_line": float(ranked["target"].iloc[0]), "y_line": float(ranked["importance"].mean()),
    }  # fmt: skip
    return Block("map", frame, about(survey) | parameters)


@without_few
def importances(found: pd.DataFrame, survey: Survey, periods: int) -> Block:
    """Draw how much of the differences goes with each touchpoint; from ``survey_importance``."""
    if found.empty:
        return note("drivers")
    percent = {name: 100 * found[name] for name in ("estimate", "low", "high")}
    frame = found.assign(label=found["question"], importance=percent["estimate"], **percent)
    known = frame["estimate"].sum()
    sentences = [plain("explained", share=float(known), n=int(found["n"].max()))]
    parameters = {"caption": "importance", "table": "importance", "axis": "importance"}
    drawn = Block("bars", frame, about(survey) | parameters | {"periods": periods})
    return several([told(sentences, survey), drawn])


@without_few
def penalties(effects: pd.DataFrame, survey: Survey, periods: int) -> Block:
    """Say what only costs and what only delights, and draw it; from ``survey_asymmetry``."""
    if effects.empty:
        return note("drivers")
    sentences = [
        plain(
            f"kind.{row['kind']}",
            row["question"],
            **lost(row, "penalty"),
            **gained(row, "reward"),
        )
        for row in effects.to_dict("records")
        if row["kind"] != "not identified"
    ]
    unsaid = int((effects["kind"] == "not identified").sum())
    if unsaid:
        sentences.append(plain("kind.unsaid", n=unsaid, questions=len(effects)))
    parameters = {"caption": "penalty_reward", "table": "rating_effects", "axis": "effect"}
    bars = two_bars(effects, EFFECTS)
    drawn = Block("bars", bars, about(survey) | parameters | {"periods": periods})
    shown = table("kinds", effects, survey, periods=periods)
    return several([told(sentences, survey), drawn, shown])


def priority_order(ordered: pd.DataFrame, survey: Survey) -> Block:
    """Show the second view of priorities, by kind and standing; from ``survey_priorities``."""
    known = ordered.dropna(subset="order") if len(ordered) else ordered
    return note("priority_order") if known.empty else table("priority_order", known, survey)


def driver_method(survey: Survey) -> Block:
    """Say how drivers were judged."""
    return told([plain(f"method.{key}") for key in METHODS], survey)


def _say(key: str, row: Row, limits: str = "") -> dict[str, Any]:
    """Say something of one row of the ranking."""
    values: dict[str, Any] = {"n": int(row["n"]), "times": round(float(row["top"]))}
    if limits:
        names = ("performance", "target", "reach", limits, f"{limits}_low", f"{limits}_high")
        values |= {name: float(row[name]) for name in names}
    return plain(key, row["question"], **values)
