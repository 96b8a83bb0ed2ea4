"""Shares of requests: hand counts, Wilson's published interval, real data."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.scores.compare import compare
from cxreport.topics.service import rates as service_rates
from cxreport.topics.service.rates import handled_rates, within_level
from cxreport.topics.service.tickets import Tickets, read_tickets

ROOT = Path(__file__).parents[3]
PUBLIC = ROOT / os.environ.get("CXREPORT_PUBLIC_DATA", "../shared") / "data"
LAST = dt.date(2026, 3, 10)
NIGHT = pd.Timestamp("2026-03-11")


def solved_after(*hours: float | None, ago: float = 240, **columns: Any) -> Tickets:
    """Make requests of so many hours before the last midnight; None is still open."""
    created = NIGHT - pd.Timedelta(hours=ago)
    ends = [pd.NaT if h is None else created + pd.Timedelta(hours=h) for h in hours]
    frame = pd.DataFrame({"created_at": created, "solved_at": pd.Series(ends, dtype="<M8[us]")})
    return read_tickets(frame.assign(**columns), until=LAST)


def counts(frame: pd.DataFrame, metric: str) -> list[int]:
    row = frame.set_index("metric").loc[metric]
    return [int(row[name]) for name in ("n", "favourable", "not_observable", "unknown")]


def test_the_last_second_of_the_level_is_within() -> None:
    one_second = 1 / 3600
    found = within_level(solved_after(24, 24 + one_second, 1), "solution", 24)
    assert counts(found, "solution_within") == [3, 2, 0, 0]


def test_an_open_request_past_the_level_is_a_miss_and_before_it_is_not_judged() -> None:
    assert counts(within_level(solved_after(None, ago=30), "solution", 24), "solution_within") == [
        1, 0, 0, 0,
    ]  # fmt: skip
    assert counts(within_level(solved_after(None, ago=20), "solution", 24), "solution_within") == [
        0, 0, 1, 0,
    ]  # fmt: skip


def test_a_request_younger_than_the_level_is_not_judged_even_if_solved() -> None:
    # one an hour, every other one solved at once: half, not more
    made = NIGHT - pd.to_timedelta([h + 0.5 for h in range(48)], unit="h")
    ends = [m + pd.Timedelta("5min") if h % 2 else pd.NaT for h, m in enumerate(made)]
    frame = pd.DataFrame({"created_at": made, "solved_at": ends})
    found = within_level(read_tickets(frame, until=LAST), "solution", 24)
    assert counts(found, "solution_within") == [24, 12, 24, 0]
    assert found["estimate"].tolist() == [50.0]


def test_the_interval_is_wilsons() -> None:
    # Newcombe 1998: 81 of 263, .2553 to .3662.
    found = within_level(solved_after(*[1.0] * 81, *[48.0] * 182), "solution", 24).iloc[0]
    assert (found["low"], found["high"]) == pytest.approx((25.53, 36.62), abs=0.01)


def test_nothing_to_judge_has_no_share() -> None:
    found = within_level(solved_after(None, ago=1), "solution", 24).iloc[0]
    assert found[["estimate", "low", "high"]].isna().all()
    assert found["note"] == "no answers"


def test_first_contact_needs_one_reply_no_transfer_and_no_reopening() -> None:
    tickets = solved_after(
        *[1] * 5,
        replies_n=[1, 2, 1, 1, 0],
        transfers_n=[0, 0, 1, 0, 0],
        reopened_n=[0, 0, 0, 1, 0],
    )
    found = handled_rates(tickets)
    assert counts(found, "first_contact") == [5, 2, 0, 0]
    assert counts(found, "transferred") == [5, 1, 0, 0]
    assert counts(found, "reopened") == [5, 1, 0, 0]


def test_open_requests_are_judged_once_a_week_has_passed() -> None:
    columns = {"replies_n": [1, 1, 3], "transfers_n": 0, "reopened_n": 0}
    young = handled_rates(solved_after(1, None, None, ago=100, **columns))
    assert counts(young, "first_contact") == [2, 1, 1, 0]  # three replies: decided already
    old = handled_rates(solved_after(1, None, None, ago=200, **columns))
    assert counts(old, "first_contact") == [3, 1, 0, 0]


def test_a_month_has_one_share_of_first_contacts_whenever_it_is_asked() -> None:
    # One request a day in March; every third is solved after 1 hour, after 4 days, after 20 days.
    made = pd.date_range("2026-03-01 09:00", periods=30)
    waited = [pd.Timedelta(hours=[1, 96, 480][day % 3]) for day in range(30)]
    frame = pd.DataFrame({"created_at": made, "solved_at": made + pd.Series(waited)})
    frame = frame.assign(replies_n=1, transfers_n=0, reopened_n=0)

    def asked(days_after: int) -> Any:
        until = dt.date(2026, 3, 31) + dt.timedelta(days=days_after)
        return handled_rates(read_tickets(frame, until=until, observed_until=dt.date(2026, 5, 1)))

    at_once = asked(0).set_index("metric").loc["first_contact"]
    assert at_once[["estimate", "low", "high"]].isna().all()
    assert (at_once["not_observable"], at_once["note"]) == (3, "not yet observable")
    for days in (9, 30, 300):
        found = asked(days).set_index("metric").loc["first_contact"]
        assert found["estimate"] == pytest.approx(100 * 20 / 30)


def test_a_request_put_away_unsolved_is_decided() -> None:
    made = NIGHT - pd.Timedelta(hours=30)
    frame = pd.DataFrame({
        "created_at": [made] * 2, "solved_at": [made + pd.Timedelta(hours=1), pd.NaT],
        "closed_at": [pd.NaT, made + pd.Timedelta(hours=2)], "replies_n": 1,
    })  # fmt: skip
    assert counts(handled_rates(read_tickets(frame, until=LAST)), "first_contact") == [2, 1, 0, 0]


def test_empty_cells_are_counted_and_left_out() -> None:
    found = handled_rates(solved_after(1, 1, reopened_n=[None, 1.0], replies_n=1))
    assert counts(found, "reopened") == [1, 1, 0, 1]
    assert counts(found, "first_contact") == [1, 0, 0, 1]


def test_a_table_without_the_columns_has_no_rates() -> None:
    found = handled_rates(solved_after(1), by="created_at")
    assert found.empty
    assert list(found.columns) == ["created_at", *service_rates.RATES]


@pytest.mark.parametrize("kind", ["bool", "str"])
def test_the_own_word_of_a_source_counts_in_any_spelling(kind: str) -> None:
    said = pd.Series([True, False, True]).astype(kind)
    found = handled_rates(solved_after(1, 1, 1, within_level=said))
    assert counts(found, "declared_within") == [3, 2, 0, 0]


def test_groups_have_rows_of_their_own_and_can_be_compared() -> None:
    tickets = solved_after(*[1] * 3, *[48] * 3, channel=["app"] * 3 + ["web"] * 3)
    found = within_level(tickets, "solution", 24, by="channel")
    assert found["channel"].tolist() == ["app", "web"]
    assert found["estimate"].tolist() == [100, 0]
    sides = [found[found["channel"] == name].drop(columns="channel") for name in ("app", "web")]
    assert compare(*sides)["difference"].tolist() == [100]


@pytest.mark.parametrize("hours", [0, -1, float("inf"), float("nan")])
def test_a_level_is_a_length_of_time(hours: float) -> None:
    with pytest.raises(CxError, match="length of time"):
        within_level(solved_after(1), "solution", hours)


def test_levels_of_what_is_not_measured_are_refused() -> None:
    with pytest.raises(CxError, match="no times of this"):
        within_level(solved_after(1), "first_reply", 8)


@pytest.mark.skipif(not PUBLIC.is_dir(), reason="public data are not here")
def test_incidents_are_those_published() -> None:
    frame = pd.read_parquet(PUBLIC / "incidents" / "incidents.parquet").rename(
        columns={
            "made_sla": "within_level",
            "reopen_count": "reopened_n",
            "reassignment_count": "transfers_n",
        }
    )
    tickets = read_tickets(
        frame, until=dt.date(2017, 2, 18), created="opened_at", solved="resolved_at"
    )
    found = handled_rates(tickets).set_index("metric")
    assert found.loc["declared_within", "estimate"] == pytest.approx(63.42, abs=0.005)
    assert found.loc["reopened", "estimate"] == pytest.approx(1.10, abs=0.005)
    assert found["n"].drop("first_contact").eq(24918).all()
