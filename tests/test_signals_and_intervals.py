"""A row is a signal if and only if the interval beside it leaves out "no difference"."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import cxreport as cx
from cxreport.inputs.company import Company, open_company
from cxreport.inputs.source import run
from cxreport.inputs.survey import Survey, open_survey
from cxreport.scores.compare import compare
from cxreport.scores.scoreboard import scoreboard
from cxreport.scores.scores import csat, nps
from cxreport.stats.multiplicity import Correction, interval_level
from cxreport.topics.service.comparisons import hold_family

LIMITS = [
    ("speed_low", "speed_high", 1.0),
    ("lift_low", "lift_high", 1.0),
    ("difference_low", "difference_high", 0.0),
    ("low", "high", 0.0),
]


def contradictions(frame: pd.DataFrame, nothing: float | None = None) -> int:
    """Count rows whose word and whose interval say different things."""
    low, high, middle = next(limits for limits in LIMITS if limits[0] in frame)
    middle = middle if nothing is None else nothing
    rows = frame[frame["signal"].notna() & frame[low].notna()]
    leaves_out = (rows[low].astype(float) > middle) | (rows[high].astype(float) < middle)
    return int((leaves_out != rows["signal"].astype(bool)).sum())


def test_levels_by_hand() -> None:
    # Five tests, two below 2 x .05 / 5 = .02: 1 - .02. Holm stops at the third: .05 / (5 - 1).
    p_value = pd.Series([0.001, 0.018, 0.04, np.nan, 0.5, 0.9])
    assert interval_level(p_value, correction="bh") == pytest.approx(0.98)
    assert interval_level(p_value, correction="holm") == pytest.approx(1 - 0.05 / 4)
    assert interval_level(p_value, correction="none") == 0.95
    assert interval_level(p_value[4:], correction="bh") == pytest.approx(0.975)


@pytest.mark.parametrize("correction", ["bh", "holm", "none"])
def test_no_comparison_contradicts_its_interval(correction: Correction) -> None:
    # Shares and net scores, with and without differences, small and large.
    rng = np.random.default_rng(20261128)
    signals = 0
    for size in (8, 40, 300):
        frames = []
        for shift in (0.0, 0.12):
            group = np.repeat(range(40), size)
            lift = shift * (group % 3 == 0)
            likes = rng.random(len(group)) < 0.6 + lift
            frames.append(pd.DataFrame({"group": group, "likes": np.where(likes, 10, 3)}))
        for score in (nps, csat):
            scale = {} if score is nps else {"scale": (0, 10)}
            sides = [score(frame, "likes", by="group", **scale) for frame in frames]
            found = compare(*sides, correction=correction)
            signals += int(found["signal"].sum())
            assert contradictions(found) == 0
    assert signals > 3


@pytest.fixture(scope="module")
def survey() -> Survey:
    return open_survey("demo")


@pytest.fixture(scope="module")
def company() -> Company:
    return open_company("demo")


SECTIONS: dict[str, Callable[[Company], pd.DataFrame]] = {
    "rates": cx.service.company_rates,
    "changes": cx.service.company_changes,
    "reasons": cx.service.company_reasons,
    "channels": cx.channels.channel_scores,
    "friction": lambda company: cx.channels.compare_friction(
        cx.channels.company_friction(company, ["app", "web"])
    ),
    "customers": cx.channels.channel_customers,
    "profit": lambda company: cx.value.company_profit(company).groups,
    "expectations": cx.journey.survey_expectations,
}


@pytest.mark.parametrize("section", SECTIONS)
def test_no_section_of_the_demo_contradicts_itself(section: str, company: Company) -> None:
    frame = SECTIONS[section](company)
    assert frame["signal"].notna().any()
    assert contradictions(frame, 1.0 if section == "friction" else None) == 0


def test_null_worlds_hold_no_contradiction(survey: Survey) -> None:
    pool = run(survey.current)
    rng = np.random.default_rng(5)
    for _ in range(6):
        now, then = (pool.iloc[rng.integers(len(pool), size=60)] for _ in range(2))
        assert contradictions(scoreboard(now, then, survey.columns("nps", "csat", "ces"))) == 0


def test_waits_are_dual_at_every_p_value() -> None:
    rng = np.random.default_rng(3)
    surplus = rng.normal(0, 12, 60)
    rows = pd.DataFrame({"observed": 100 + surplus, "expected": 100.0})
    z = rng.normal(0, 2.5, 60)
    rows["p_value"] = np.clip(np.exp(-(z**2) / 2), 1e-12, 1)
    found = hold_family(rows)
    assert 0 < found["signal"].sum() < 60
    assert contradictions(found) == 0
    slower = found[found["direction"] == "slower"]
    assert (slower["speed_high"] < 1).all()
