"""Units of a frame are those that the docstring of its function names, read by hand from there."""

from __future__ import annotations

import inspect
from typing import Any

import pandas as pd
import pytest
from reference_page import public_names

import cxreport as cx
from cxreport.show.lab import html_of
from cxreport.show.units import OF_THE_METRIC, RETURNS, remember, units_in, units_of

CASES: dict[str, dict[str, str]] = {
    "nps": {"estimate": "points", "low": "points", "high": "points"},
    "detectable_difference": {"rise": OF_THE_METRIC, "drop": OF_THE_METRIC},
    "service.waits": {"estimate": "hours", "low": "hours", "high": "hours", "p90_low": "hours"},
    "linkage.return_on_experience": {"gain": "money", "cost": "money", "probability": "percent"},
    "channels.compare_friction": {"digital": "per 100", "assisted": "per 100"},
    "channels.stage_channels": {"estimate": "percent"},
    "conversion.session_steps": {"estimate": "percent", "overall": "percent"},
    "journey.first_drop": {"gap_low": "points"},
    "retention.churn_window": {"share": "percent", "estimate": "days", "later": "percent"},
    "scores.shrink": {"stabilised": OF_THE_METRIC, "stabilised_low": OF_THE_METRIC},
    "targets.survey_targets": {"target": OF_THE_METRIC, "probability": "percent"},
    "voice.replies": {"half": "hours", "half_high": "hours"},
    "layers.group_gaps": {"lowest_estimate": OF_THE_METRIC},
}
WITHOUT = {
    "control_chart": "that of the values it is given", "chart_scores": "that of its metric",
    "shops.shop_series": "that of its metric", "overview.company_measures": "that of its measure",
    "retention.restricted_mean": "that of the duration", "stats.restricted_mean": "the same",
    "stats.change_point": "that of the values", "linkage.standardised_difference": "the same",
    "linkage.judge_claims": "points, times or people, as the claim",
    "linkage.company_claims": "the same", "voice.log_odds": "a difference of log-odds has none",
}  # fmt: skip
"""Functions of an estimate whose docstring can name no unit, and why."""


def function(dotted: str) -> Any:
    thing: Any = cx
    for name in dotted.split("."):
        thing = getattr(thing, name)
    return thing


def framed() -> list[str]:
    """Return the public functions that give frames."""
    dotted = [f"{space}.{name}" if space else name
              for space, names in public_names().items() for name in names]  # fmt: skip
    return [
        name for name in dotted
        if inspect.isfunction(thing := function(name))
        and "DataFrame" in str(thing.__annotations__.get("return"))
    ]  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_units_are_those_of_the_docstring(name: str) -> None:
    units = units_of(function(name))
    frame = remember(named(name))(pd.DataFrame({column: [1.5] for column in CASES[name]}))
    assert units_in(frame) == CASES[name], units


def named(name: str) -> Any:
    """Return a function that gives back a frame in the name of a public one."""
    public = inspect.unwrap(function(name))

    def given(frame: pd.DataFrame) -> pd.DataFrame:
        return frame

    given.__module__, given.__name__ = public.__module__, public.__name__
    return given


def test_every_estimate_has_a_unit_or_a_metric_that_has_one() -> None:
    texts = {name: RETURNS.search(inspect.getdoc(function(name)) or "") for name in framed()}
    silent = {
        name for name, text in texts.items()
        if text and "``estimate``" in text[1] and "``metric``" not in text[1]
        and not units_of(function(name))
    } | {name for name in WITHOUT if not units_of(function(name))}  # fmt: skip
    assert len(texts) > 190
    assert silent == {*WITHOUT}


def test_counts_texts_and_tests_have_no_unit() -> None:
    frame = pd.DataFrame(
        {"period": ["2026-10"], "n": [31.0], "estimate": [12.5], "low": [10.0], "p_value": [0.04]}
    )
    assert units_in(remember(named("retention.cohorts"))(frame)) == {
        "estimate": "percent", "low": "percent",
    }  # fmt: skip


def test_a_frame_without_a_metric_is_shown_with_its_units() -> None:
    frame = pd.DataFrame({"group": ["a"], "n": [31], "half": [12.34], "half_low": [None]})
    page = html_of(remember(named("voice.replies"))(frame.astype({"half_low": float})))
    assert "<th>half<br><small>hours</small></th>" in page
    assert "<th>n</th>" in page
    assert "12.3</td>" in page
    assert "<td>–</td>" in page
    assert "<style scoped>" in html_of(frame), "any other frame is as pandas shows it"


def test_an_index_with_a_name_is_shown_too() -> None:
    frame = pd.DataFrame({"half": [12.5]}, index=pd.Index(["web"], name="channel"))
    assert "<th>channel</th>" in html_of(remember(named("voice.replies"))(frame))
