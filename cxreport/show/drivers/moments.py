"""Blocks on moments of truth: after which touchpoints customers behave in another way."""

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

FEWEST = 2
"""Touchpoints that can be told apart."""
LATER = {"bad": "negative", "excellent": "positive"}


@without_few
def moments(found: pd.DataFrame, survey: Survey, days: int) -> Block:
    """Say which touchpoints are moments of truth, and draw all effects; from ``survey_moments``."""
    if found.empty:
        return _none(survey)
    blocks: list[Block] = []
    for outcome, rows in found.groupby("outcome", sort=False):
        effects = _largest_first(rows)
        sentences = [
            sentence
            for row in effects.to_dict("records")
            for sentence in _moment(row, str(outcome), days)
        ]
        parameters = {"caption": f"moments_{outcome}", "table": "rating_effects"}
        parameters |= {"axis": f"later_{outcome}"}
        drawn = Block("bars", two_bars(effects, LATER), about(survey) | parameters)
        blocks += [told(sentences or [_nothing(rows, str(outcome), days)], survey), drawn]
    fired = _fired(found)
    if not fired.empty:
        blocks.append(table("moments", fired, survey))
    looked_at = int(found[["negative_q", "positive_q"]].notna().to_numpy().sum())
    last = [plain("moment.family", n=looked_at), *_read_with(survey)]
    return several([*blocks, told(last, survey)])


@without_few
def moments_in_brief(found: pd.DataFrame, survey: Survey, days: int) -> Block:
    """Say which touchpoints are moments of truth, in sentences and one table."""
    if found.empty:
        return _none(survey)
    fired = _fired(found)
    sentences = [
        sentence
        for row in fired.to_dict("records")
        for sentence in _moment(row, row["outcome"], days)
    ]
    nothing = [
        _nothing(rows, str(outcome), days) for outcome, rows in found.groupby("outcome", sort=False)
    ]
    said = told([*(sentences or nothing), *_read_with(survey)], survey)
    return several([said, table("moments", fired, survey)]) if sentences else said


def _none(survey: Survey) -> Block:
    """Say why there are no moments of truth."""
    return note("few_touchpoints" if len(survey.columns("touchpoint")) < FEWEST else "moments")


def _nothing(effects: pd.DataFrame, outcome: str, days: int) -> dict[str, Any]:
    """Say that no touchpoint is a moment of truth for one outcome."""
    return plain(f"moment.none.{outcome}", n=int(effects["n"].max()), days=days)


def _read_with(survey: Survey) -> list[dict[str, Any]]:
    """Say which answers count, and what the effects are not."""
    counted = plain("moment.counted", n=len(survey.history))
    return [*([counted] if len(survey.history) > 1 else []), plain("moment.not_cause")]


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
        values = lost(row, "negative") | {"n": int(row["n_low"])}
        said.append(plain(f"moment.negative.{outcome}", row["question"], days=days, **values))
    if row["kind"] in {"positive", "both"}:
        values = gained(row, "positive") | {"n": int(row["n_high"])}
        said.append(plain(f"moment.positive.{outcome}", row["question"], days=days, **values))
    if said:
        risk = "yes" if row["at_risk"] is True else "no" if row["at_risk"] is False else "unknown"
        rated = {name: float(row[name]) for name in ("performance", "target")}
        said.append(plain(f"moment.at_risk{of_target(row)}.{risk}", row["question"], **rated))
    return said
