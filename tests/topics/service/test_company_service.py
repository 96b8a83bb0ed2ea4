"""Service as a report looks at it: the demo's truths, a small source by hand, missing tables."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import cxreport as cx
from cxreport.inputs.source import engine
from cxreport.topics.service.control import chart_counts, steady_periods

if TYPE_CHECKING:
    from cxreport.inputs.company import Company

ROOT = Path(__file__).parents[3]
PUBLIC = ROOT / os.environ.get("CXREPORT_PUBLIC_DATA", "../shared") / "data"
DEMO = ROOT / "data" / "demo" / "codebook.toml"
CODEBOOK = """
[source]
title = { en = "A shop", it = "Un negozio" }
terms = { en = "made for a test", it = "fatto per un test" }
timezone = "Europe/Rome"
observed_until = 2026-03-05

[tables.tickets]
files = "tickets.csv"
[tables.tickets.columns]
ticket_id = { role = "id" }
created_at = { role = "date" }
solved_at = { role = "time" }
channel = { role = "channel" }

[tables.orders]
files = "orders.csv"
[tables.orders.columns]
order_id = { role = "id" }
ordered_at = { role = "date" }
"""
TICKETS = pd.DataFrame(
    {
        "ticket_id": list("abcdef"),
        "created_at": ["2026-01-05 10:00", "2026-01-06 10:00", "2026-02-05 10:00",
                       "2026-02-06 10:00", "2026-02-07 10:00", "2026-03-01 10:00"],
        "solved_at": ["2026-01-05 12:00", "2026-01-06 14:00", "2026-02-05 13:00",
                      "2026-02-06 09:00", None, "2026-03-01 11:00"],
        "channel": ["web", "app", "web", "web", "app", "web"],
    }
)  # fmt: skip
ORDERS = pd.DataFrame({"order_id": ["1"], "ordered_at": ["2026-02-01"]})


@pytest.fixture(scope="module")
def march() -> Company:
    return cx.open_company(DEMO, period="2026-03")


@pytest.fixture(scope="module")
def october() -> Company:
    return cx.open_company(DEMO)


@pytest.fixture
def small(tmp_path: Path) -> Company:
    path = tmp_path / "codebook.toml"
    path.write_text(CODEBOOK, encoding="utf-8")
    return cx.open_company(path, tables={"tickets": TICKETS, "orders": ORDERS})


def test_a_small_source_by_hand(small: Company) -> None:
    found = cx.service.company_waits(small).set_index(["period", "level"])
    january, february = found.loc[("2026-01", "")], found.loc[("2026-02", "")]
    assert january[["n", "ended", "waiting", "estimate"]].tolist() == [2, 2, 0, 3]
    # Of February one is solved before it was made and left out, one is open since the 7th.
    assert february[["n", "ended", "waiting", "ended_median"]].tolist() == [2, 1, 1, 3]
    assert cx.service.company_left_out(small).to_numpy().tolist() == [["solved before created", 1]]


def held() -> int:
    """Count the tables that the engine holds."""
    return len(engine().raw_sql("select * from duckdb_tables() where temporary").fetchall())


def test_the_sections_of_a_company_share_one_copy_of_its_requests(small: Company) -> None:
    first = cx.service.company_tickets(small)
    assert first is not None
    copies = held()
    assert copies > 0
    cx.service.company_waits(small)
    cx.service.company_rates(small)
    assert held() == copies
    assert cx.service.company_tickets(small) is first


def test_what_the_source_lacks_is_empty_with_its_columns(small: Company) -> None:
    frames = [
        cx.service.company_curve(small, "first_reply"),
        cx.service.company_reasons(small),
        cx.service.avoidable_history(small, ["late"]),
        cx.service.company_loop(small),
        cx.service.company_later(small),
    ]
    for frame in frames:
        assert frame.empty
        assert len(frame.columns)


def test_a_source_without_requests_has_empty_frames(tmp_path: Path) -> None:
    path = tmp_path / "codebook.toml"
    head, _, tail = CODEBOOK.partition("[tables.tickets]")
    path.write_text(head + "[tables.orders]" + tail.partition("[tables.orders]")[2], "utf-8")
    company = cx.open_company(path, tables={"orders": ORDERS})
    assert cx.service.company_tickets(company) is None
    for frame in (
        cx.service.company_waits(company),
        cx.service.company_changes(company),
        cx.service.company_rates(company),
        cx.service.company_history(company),
        cx.service.company_left_out(company),
    ):
        assert frame.empty
        assert len(frame.columns)


def test_the_outage_is_a_signal_by_phone_and_nowhere_else(march: Company) -> None:
    found = cx.service.company_changes(march)
    slower = found[(found["variable"] == "period") & (found["direction"] == "slower")]
    replies = slower[slower["metric"] == "first_reply"].set_index("group")
    assert set(replies.index) == {"", "phone"}
    phone = replies.loc["phone"]
    assert phone["estimate"] / phone["estimate_rest"] == pytest.approx(8, rel=0.2)  # planted


def test_the_outage_stands_out_of_the_control_chart(october: Company) -> None:
    history = cx.service.company_history(october)
    replies = history[(history["metric"] == "first_reply") & (history["signal"] != "")]
    assert set(replies["period"]) == {"2026-03"}
    assert set(replies["group"]) == {"", "phone"}
    assert set(replies["direction"]) == {"concern"}
    rate = cx.service.avoidable_history(october, ["delivery", "returns"]).set_index("period")
    assert rate.loc["2026-03", "direction"] == "concern"  # planted: tickets 2.5 times as likely


def test_a_backlog_is_found_that_the_solved_ones_hide(october: Company) -> None:
    # Planted: from October on 10% are never solved, 2% before.
    changes = cx.service.company_changes(october)
    row = changes[(changes["variable"] == "period") & (changes["group"] == "")]
    row = row.set_index("metric").loc["solution"]
    assert row["direction"] == "slower"
    waits = cx.service.company_waits(october).query("variable == '' and metric == 'solution'")
    ended = waits.set_index("period")["ended_median"]
    assert ended["2026-10"] < ended["2026-09"]  # the naive median says the opposite


def test_one_family_holds_all_comparisons(october: Company) -> None:
    found = cx.service.company_changes(october)
    # Channels 4, teams 3, and all and each channel against the period before, for two metrics.
    assert len(found) == 2 * (4 + 3 + 5)
    assert found["q_value"].min() == pytest.approx(len(found) * found["p_value"].min())


def test_rates_are_compared_with_the_period_before(october: Company) -> None:
    found = cx.service.company_rates(october).set_index("metric")
    late = found.loc["solution_within"]
    assert late["difference"] == pytest.approx(late["estimate"] - late["estimate_reference"])
    assert late["signal"]
    # By hand from the demo's files: requests of October with one reply, no transfer,
    # no reopening, and solved within a week.
    tickets = pd.read_parquet(ROOT / "data" / "demo" / "tickets.parquet")
    own = tickets[tickets["created_at"].dt.strftime("%Y-%m") == "2026-10"]
    once = (own["replies_n"] == 1) & (own["transfers_n"] == 0) & (own["reopened_n"] == 0)
    first = (once & (own["solved_at"] - own["created_at"] <= pd.Timedelta(days=7))).sum()
    assert found.loc["first_contact", "favourable"] == first
    assert found.loc["reopened", "favourable"] == (own["reopened_n"] > 0).sum()


def test_a_survey_is_a_company_and_its_filters_hide_the_requests() -> None:
    survey = cx.open_survey(DEMO, filters={"channel": ["web"]})
    assert cx.service.company_waits(survey).empty


def test_the_curve_has_one_line_a_channel_or_one_in_all(october: Company) -> None:
    curve = cx.service.company_curve(october, "solution")
    assert curve["group"].unique().tolist() == ["app", "phone", "shop", "web"]
    assert cx.service.company_curve(october, "solution", by="nothing")[
        "group"
    ].unique().tolist() == [""]


def test_months_far_off_do_not_move_the_centre() -> None:
    hours = pd.DataFrame({"period": list("abcdefgh"), "estimate": [5.0, 6, 5, 6, 90, 5, 6, 5]})
    assert steady_periods(hours) == list("abcdfgh")
    assert steady_periods(hours[hours["period"] != "e"]) is None
    steps = pd.DataFrame({"period": list("abcdefgh"), "estimate": [5.0, 6, 5, 6, 90, 91, 90, 91]})
    assert steady_periods(steps) is None  # two states, none of them far off


@pytest.mark.skipif(not PUBLIC.is_dir(), reason="public data are not here")
def test_incidents_are_read_as_published() -> None:
    company = cx.open_company(ROOT / "data" / "incidents" / "codebook.toml")
    rates = cx.service.company_rates(company).set_index("metric")["estimate"]
    assert rates["declared_within"] == pytest.approx(63.42, abs=0.005)
    assert rates["reopened"] == pytest.approx(1.10, abs=0.005)
    waits = cx.service.company_waits(company, by=["priority"])
    row = waits[waits["variable"] == ""].iloc[0]
    assert row[["n", "waiting"]].tolist() == [24918, 24918 - 23362]
    assert row["ended_median"] == pytest.approx(22.10)
    assert row["low"] > 22.10


@pytest.mark.skipif(not PUBLIC.is_dir(), reason="public data are not here")
def test_alessandria_leaves_out_what_was_cancelled() -> None:
    company = cx.open_company(ROOT / "data" / "alessandria" / "codebook.toml")
    assert cx.service.company_left_out(company).to_numpy().tolist() == [["withdrawn", 289 + 4]]
    tickets = cx.service.company_tickets(company)
    assert tickets is not None
    row = cx.service.waits(tickets, "solution").iloc[0]
    assert row[["ended", "waiting", "ended_median"]].tolist() == [2683, 1526 + 149, 6 * 24]


MONTHS = [f"{year}-{month:02}" for year in (2025, 2026) for month in range(1, 13)]


def last_marks(kind: str, sizes: tuple[int, int], last: int, worlds: int = 40) -> int:
    """Count worlds in which nothing changes and the last month is marked nevertheless."""
    rng = np.random.default_rng(20261128)
    marked = 0
    for _ in range(worlds):
        n = [*rng.integers(*sizes, 23), last]
        if kind == "waits":
            found = [np.median(rng.lognormal(1, 1.2, size)) for size in n]
        else:
            found = [100 * rng.poisson(0.1 * size) / size for size in n]
        series = pd.DataFrame({"period": MONTHS, "n": n, "estimate": found})
        marked += chart_counts(series, in_logs=kind == "waits")["signal"].iloc[-1] != ""
    return marked


@pytest.mark.parametrize("kind", ["waits", "rate"])
def test_a_last_month_of_few_requests_is_no_news(kind: str) -> None:
    # 5% of 40 is 2; up to 6 is what chance makes of that (0.99 quantile of the binomial). Limits
    # that do not look at n mark the last month of few in more than half of these worlds.
    assert last_marks(kind, (280, 320), last=12) <= 6
    assert last_marks(kind, (10, 500), last=30) <= 6


def test_a_month_of_very_few_requests_judges_nothing() -> None:
    hours = pd.DataFrame({"period": MONTHS, "n": 100, "estimate": [4.0, 5.0] * 12})
    few = hours.assign(n=[100] * 23 + [9], estimate=[*hours["estimate"][:23], 90.0])
    chart, steady = chart_counts(few, in_logs=True), chart_counts(hours[:23], in_logs=True)
    assert chart.iloc[-1][["signal", "note"]].tolist() == ["", "too few requests"]
    assert chart["centre"].iloc[-1] == pytest.approx(steady["centre"].iloc[-1])
    # By hand: the logarithms go up and down by log(5 / 4), so limits are 2.66 times that away.
    reach = chart["upper"].iloc[0] / chart["centre"].iloc[0]
    assert reach == pytest.approx(1.25**2.66)
    assert chart["lower"].gt(0).all()
