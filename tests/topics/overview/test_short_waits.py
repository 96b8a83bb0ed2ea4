"""Waits whose history is short are compared with the period before, within the page's 5%."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from measured_series import series
from scipy.stats import CensoredData, logrank
from sources import SHOP

import cxreport as cx
from cxreport.topics.overview import changes, company_measures

if TYPE_CHECKING:
    from pathlib import Path

TICKETS = """
[tables.tickets]
files = "tickets.csv"
[tables.tickets.columns]
ticket_id = { role = "id" }
created_at = { role = "date" }
solved_at = { role = "time" }
channel = { role = "channel" }
"""


def requests(hours_by_month: list[float]) -> pd.DataFrame:
    """Return 60 requests a month up to October 2026, half by phone, of so many hours."""
    months = pd.period_range(end="2026-10", periods=len(hours_by_month), freq="M").astype(str)
    rows = [
        (pd.Timestamp(f"{month}-{1 + n % 20:02d}T08"), usual + n / 60, ("phone", "web")[n % 2])
        for month, usual in zip(months, hours_by_month, strict=True)
        for n in range(60)
    ]
    frame = pd.DataFrame(rows, columns=["created_at", "hours", "channel"])
    solved = frame["created_at"] + pd.to_timedelta(frame.pop("hours"), unit="h")
    return frame.assign(solved_at=solved, ticket_id=[f"t{n}" for n in range(len(frame))])


def waits_of(folder: Path, hours_by_month: list[float]) -> pd.DataFrame:
    """Return how the waits of a shop changed in October: of all, and by channel."""
    (folder / "codebook.toml").write_text(SHOP + TICKETS, "utf-8")
    months = pd.period_range(end="2026-10", periods=len(hours_by_month), freq="M").astype(str)
    days = [f"{month}-{1 + n:02d}" for month in months for n in range(20)]
    ids = [f"r{n}" for n in range(len(days))]
    answers = {"response_id": ids, "answered_at": days, "nps": [n % 11 for n in range(len(days))]}
    tables = {"responses": pd.DataFrame(answers), "tickets": requests(hours_by_month)}
    survey = cx.open_survey(folder / "codebook.toml", period="2026-10", tables=tables)
    measured = company_measures(survey)
    return changes(measured[measured["section"] == "service"])


@pytest.mark.parametrize(("last", "state"), [(20.0, "worse"), (5.0, "better"), (10.0, "steady")])
def test_a_short_history_is_compared_with_the_month_before(
    tmp_path: Path, last: float, state: str
) -> None:
    changed = waits_of(tmp_path, [10, 10, last])
    assert changed["level"].tolist() == ["", "phone", "web"]
    assert changed["state"].tolist() == [state] * 3
    assert changed["against"].tolist() == ["before"] * 3
    assert changed["estimate_before"].round().tolist() == [10, 10, 10]


def test_a_long_history_says_what_is_usual(tmp_path: Path) -> None:
    changed = waits_of(tmp_path, [10, 11, 10, 11, 10, 11, 10, 11, 20])
    assert changed["against"].tolist() == ["usual"] * 3


def test_a_first_month_is_compared_with_nothing(tmp_path: Path) -> None:
    assert waits_of(tmp_path, [10])["state"].tolist() == ["unjudged"] * 3


def test_medians_that_moved_the_other_way_say_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = ["variable", "metric", "group", "estimate", "estimate_rest", "observed", "expected"]
    row = ["period", "solution", "", 9.0, 10.0, 40.0, 60.0]  # slower, by a shorter median
    tests = pd.DataFrame([row], columns=columns).assign(p_value=0.0001)
    where = "cxreport.topics.overview.measures.company_changes"
    monkeypatch.setattr(where, lambda *_, **__: tests)
    everybody = waits_of(tmp_path, [10, 10, 9]).iloc[0]
    assert (everybody["p_value"], everybody["state"]) == (1.0, "steady")


def young_company(seed: int, requests: int = 120) -> pd.DataFrame:
    """Draw two months of scores and waits of a company in which nothing differs."""
    random = np.random.default_rng([13, seed])
    parts = [
        series([40.0, 41.0], measure=name, question=name, p_before=random.random())
        for name in ("nps", "csat", "ces", "index")
    ]
    load = random.normal(size=(2, requests))
    channel = random.integers(0, 4, (2, requests))
    kind: dict[str, Any] = {"section": "service", "question": "", "unit": "hours"}
    for measure, slow in (("first_reply", 2.0), ("solution", 17.0)):
        hours = slow * np.exp(0.6 * load + 0.9 * random.normal(size=(2, requests)))
        for level in ("", 0, 1, 2, 3):
            before, last = (
                h if level == "" else h[c == level] for h, c in zip(hours, channel, strict=True)
            )
            last_hours, hours_before = (
                CensoredData.right_censored(h, h > 60) for h in (last, before)
            )
            test = logrank(last_hours, hours_before)
            named = {"variable": "" if level == "" else "channel", "level": str(level)}
            parts.append(series([float(np.median(before)), float(np.median(last))], measure=measure,
                                better="lower", p_before=test.pvalue, **named, **kind))  # fmt: skip
    return pd.concat(parts)


def test_a_young_company_that_never_changes_is_said_to_be_steady() -> None:
    # of 40 with 5% each, a sixth has a chance of 1.4%
    named = [changes(young_company(world))["signal"].any() for world in range(40)]
    assert sum(named) <= 5
