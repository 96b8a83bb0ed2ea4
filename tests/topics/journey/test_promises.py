"""Expectations and promises: a few people and orders counted by hand."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.inputs.company import open_company
from cxreport.topics.journey import delivery_promises
from cxreport.topics.journey.expectations import against_expectation, expectation_gap
from cxreport.topics.journey.promises import lateness, promise_kept

if TYPE_CHECKING:
    from pathlib import Path

UNTIL = dt.date(2026, 3, 31)


def test_the_gap_is_a_paired_mean() -> None:
    # Gaps -1, -2, 0, -1: mean -1, variance 2/3, standard error 0.4082, t(3) = 3.1824
    people = pd.DataFrame({"got": [4, 3, 5, 2, None], "wanted": [5, 5, 5, 3, 4]})
    row = expectation_gap(people, {"tangibles": ("got", "wanted")}).iloc[0]
    assert (row["n"], row["left_out"], row["estimate"]) == (4, 1, -1)
    assert row["std_error"] == pytest.approx(0.4082, abs=1e-4)
    assert (row["low"], row["high"]) == pytest.approx((-2.2992, 0.2992), abs=1e-4)
    assert (row["worse"], row["as"], row["better"]) == (75, 25, 0)
    assert (row["perceived"], row["expected"]) == (3.5, 4.5)


@pytest.mark.parametrize(
    ("got", "wanted", "note"),
    [
        ([], [], "no answers"),
        ([3.0], [4.0], "one answer"),
        ([3.0, 4.0], [4.0, 5.0], "all answers alike"),
    ],
)
def test_a_gap_without_spread_has_no_interval(
    got: list[float], wanted: list[float], note: str
) -> None:
    people = pd.DataFrame({"got": got, "wanted": wanted}, dtype=float)
    row = expectation_gap(people, {"all": ("got", "wanted")}).iloc[0]
    assert row["note"] == note
    assert np.isnan(row["low"])


def test_shares_against_expectation_have_wilsons_interval() -> None:
    # 15 of 148: 6.2 to 16.0 (Newcombe 1998, table I, method 3)
    people = pd.DataFrame(
        {"expected": ["worse"] * 15 + ["as"] * 100 + ["better"] * 33 + ["99"] * 2}
    )
    found = against_expectation(people).set_index("answer")
    assert found["n"].unique().tolist() == [148]
    assert found["left_out"].unique().tolist() == [2]
    worse = found.loc["worse"]
    assert (round(worse["low"], 1), round(worse["high"], 1)) == (6.2, 16.0)


def test_an_answer_that_nobody_gave_is_a_zero_of_known_answers() -> None:
    people = pd.DataFrame({"expected": ["as", "as", None], "channel": ["web", "web", "app"]})
    found = against_expectation(people, by="channel").set_index(["channel", "answer"])
    assert found.loc[("web", "worse"), "estimate"] == 0
    assert np.isnan(found.loc[("app", "worse"), "estimate"])
    assert found.loc[("app", "worse"), "note"] == "no answers"


def test_codes_of_another_tool() -> None:
    people = pd.DataFrame({"q7": [1, 2, 2, 3, 3, 3]})
    found = against_expectation(people, "q7", codes=("1", "2", "3"))
    assert found["count"].tolist() == [1, 2, 3]
    with pytest.raises(CxError, match="three codes"):
        against_expectation(people, "q7", codes=("1", "2"))


def orders() -> pd.DataFrame:
    """Return ten orders: 3 kept, 2 late, 1 overdue, and four that are not judged."""
    rows = [
        ("2026-03-01", "2026-03-05 12:00", "2026-03-05 12:00", "completed"),  # to the minute
        ("2026-03-01", "2026-03-05 12:00", "2026-03-03 09:00", "completed"),
        ("2026-03-01", "2026-03-05 12:00", "2026-03-04 09:00", "returned"),
        ("2026-03-01", "2026-03-05 12:00", "2026-03-05 22:00", "completed"),  # 10 hours late
        ("2026-03-01", "2026-03-05 12:00", "2026-03-07 12:00", "completed"),  # 48
        ("2026-03-20", "2026-03-25 12:00", None, "shipped"),  # overdue
        ("2026-03-30", "2026-04-02 12:00", "2026-03-31 09:00", "completed"),  # not due yet
        ("2026-03-10", None, "2026-03-10 09:00", "completed"),  # nothing was promised
        ("2026-03-10", "2026-03-12 12:00", None, "cancelled"),
        ("2026-03-10", "2026-03-09 12:00", "2026-03-11 12:00", "completed"),  # impossible
    ]
    frame = pd.DataFrame(rows, columns=["ordered_at", "promised_at", "delivered_at", "status"])
    times = ["ordered_at", "promised_at", "delivered_at"]
    frame[times] = frame[times].apply(pd.to_datetime, format="ISO8601")
    return frame.assign(channel=["web", "app"] * 5)


def test_ten_orders_keep_three_promises_of_six() -> None:
    row = promise_kept(orders(), until=UNTIL).iloc[0]
    counts = ["n", "kept", "late", "overdue", "open", "unpromised", "cancelled", "impossible"]
    assert row[counts].tolist() == [6, 3, 2, 1, 1, 1, 1, 1]
    assert row["estimate"] == 50
    # Wilson, 3 of 6: (0.5 + 0.3201 -+ 1.96 x 0.2614) / 1.6403
    assert (row["low"], row["high"]) == pytest.approx((18.8, 81.2), abs=0.05)


def test_an_early_report_does_not_know_what_came_later() -> None:
    # On the 6th the order that arrives on the 7th has not arrived; the ones of later are not due.
    row = promise_kept(orders().head(5), until=dt.date(2026, 3, 6)).iloc[0]
    assert row[["kept", "late", "overdue"]].tolist() == [3, 1, 1]


def test_by_channel_the_orders_add_up() -> None:
    found = promise_kept(orders(), until=UNTIL, by="channel")
    assert found["channel"].tolist() == ["app", "web"]
    assert found[["n", "open", "unpromised", "cancelled", "impossible"]].sum().sum() == 10


def test_no_promise_is_no_share() -> None:
    nothing = orders().assign(promised_at=pd.NaT)
    row = promise_kept(nothing, until=UNTIL).iloc[0]
    assert (row["n"], row["note"]) == (0, "no promise")
    assert np.isnan(row["estimate"])
    waiting = promise_kept(orders().iloc[[6]], until=UNTIL).iloc[0]
    assert waiting["note"] == "not yet observable"


def test_a_promised_day_lasts_until_its_end() -> None:
    days = pd.DataFrame(
        {
            "ordered_at": [dt.date(2026, 3, 1)] * 2,
            "promised_at": [dt.date(2026, 3, 5)] * 2,
            "delivered_at": pd.to_datetime(["2026-03-05 23:30", "2026-03-06 00:30"]),
        }
    )
    row = promise_kept(days, status=None, until=UNTIL).iloc[0]
    assert row[["kept", "late"]].tolist() == [1, 1]


def test_times_without_a_clock_are_days() -> None:
    midnights = pd.DataFrame(
        {
            "ordered_at": pd.Timestamp("2026-03-01 15:00"),
            "promised_at": pd.to_datetime(["2026-03-05", "2026-03-05", "2026-03-31", None]),
            "delivered_at": pd.to_datetime(
                ["2026-03-05 23:59:59", "2026-03-06 00:00:00", "2026-03-31 18:00:00", None]
            ),
        }
    )
    row = promise_kept(midnights, status=None, until=UNTIL).iloc[0]
    assert row[["kept", "late", "open", "unpromised"]].tolist() == [2, 1, 0, 1]
    found = lateness(midnights, status=None, until=UNTIL, quantiles=[0.5]).iloc[0]
    assert (found["n"], found["estimate"]) == (1, 0)  # the first minute after the day


def test_one_clock_time_makes_midnights_moments() -> None:
    moments = pd.DataFrame(
        {
            "ordered_at": pd.Timestamp("2026-03-01"),
            "promised_at": pd.to_datetime(["2026-03-05 00:00", "2026-03-05 18:00"]),
            "delivered_at": pd.to_datetime(["2026-03-05 09:00", "2026-03-05 09:00"]),
        }
    )
    row = promise_kept(moments, status=None, until=UNTIL).iloc[0]
    assert row[["kept", "late"]].tolist() == [1, 1]


ORDERS_CODEBOOK = """[source]
title = { en = "Shop", it = "Negozio" }
terms = { en = "invented", it = "inventati" }
[tables.orders]
files = "orders.csv"
[tables.orders.columns]
order_id = { role = "id" }
customer_id = { role = "customer" }
ordered_at = { role = "date" }
promised_at = { role = "time", FORMAT }
delivered_at = { role = "time" }
"""
FIVE_DAYS = [dt.date(2026, 3, day) for day in (5, 5, 5, 6, 6)]


@pytest.mark.parametrize(
    ("promised", "written"),
    [
        (FIVE_DAYS, ""),
        (pd.to_datetime(FIVE_DAYS), ""),
        ([f"{day}" for day in FIVE_DAYS], ""),
        ([f"{day:%d/%m/%Y}" for day in FIVE_DAYS], 'format = "%d/%m/%Y"'),
        (FIVE_DAYS, 'zone = "America/New_York"'),
    ],
    ids=["dates", "midnights", "ISO text", "Italian text", "dates of another zone"],
)
def test_a_page_keeps_promised_days_as_the_function_does(
    tmp_path: Path, promised: Any, written: str
) -> None:
    """Four of five orders arrive on the promised day, in the evening; one the day after."""
    delivered = [f"2026-03-0{day} 19:00" for day in (5, 5, 5, 6, 7)]
    frame = pd.DataFrame(
        {
            "order_id": list("abcde"),
            "customer_id": list("vwxyz"),
            "ordered_at": pd.Timestamp("2026-03-01 10:00"),
            "promised_at": promised,
            "delivered_at": pd.to_datetime(delivered),
        }
    )
    more = pd.DataFrame({"order_id": ["f"], "ordered_at": [pd.Timestamp("2026-03-31 10:00")]})
    path = tmp_path / "codebook.toml"
    path.write_text(ORDERS_CODEBOOK.replace(", FORMAT", written and f", {written}"), "utf-8")
    company = open_company(path, tables={"orders": pd.concat([frame, more])})
    row = delivery_promises(company).iloc[0]
    assert row[["n", "kept", "late", "unpromised"]].tolist() == [5, 4, 1, 1]
    assert row["estimate"] == 80


def test_an_order_delivered_the_day_it_was_placed_is_possible() -> None:
    same = pd.DataFrame(
        {
            "ordered_at": pd.to_datetime(["2026-03-01 15:00"]),
            "promised_at": [dt.date(2026, 3, 1)],
            "delivered_at": [dt.date(2026, 3, 1)],
        }
    )
    assert promise_kept(same, status=None, until=UNTIL)["kept"].item() == 1


def test_lateness_ranks_the_overdue_last() -> None:
    found = lateness(orders(), until=UNTIL, quantiles=(0.3, 0.5, 0.9)).set_index("quantile")
    assert found["n"].unique().tolist() == [3]
    assert found["estimate"].tolist()[:2] == [10, 48]
    assert np.isnan(found.loc[0.9, "estimate"])
    assert found.loc[0.9, "note"] == "beyond what is delivered so far"


def test_the_median_has_the_interval_of_order_statistics() -> None:
    # n = 20: the interval of the median is the 6th to the 15th value (95.9%; Conover 1999, 3.2)
    start = pd.Timestamp("2026-03-01 12:00")
    late = pd.DataFrame(
        {
            "ordered_at": start,
            "promised_at": start + pd.Timedelta(days=1),
            "delivered_at": [start + pd.Timedelta(days=1, hours=h) for h in range(1, 21)],
        }
    )
    row = lateness(late, status=None, until=UNTIL, quantiles=[0.5]).iloc[0]
    assert (row["low"], row["estimate"], row["high"]) == (6, 10, 15)


def test_parts_of_a_second_do_not_count() -> None:
    late = pd.DataFrame({"ordered_at": [pd.Timestamp("2026-03-01")]})
    late = late.assign(
        promised_at=pd.Timestamp("2026-03-05 00:00:00.700"),
        delivered_at=pd.Timestamp("2026-03-05 02:00:00.100"),
    )
    row = lateness(late, status=None, until=UNTIL, quantiles=[0.5]).iloc[0]
    assert row["estimate"] == 2


def test_no_broken_promise_has_no_lateness() -> None:
    found = lateness(orders().head(3), until=UNTIL)
    assert set(found["note"]) == {"no broken promise"}
    with pytest.raises(CxError, match="quantile"):
        lateness(orders(), until=UNTIL, quantiles=[1.5])


def test_columns_that_hold_no_times_are_refused() -> None:
    with pytest.raises(CxError, match="no times"):
        promise_kept(orders(), delivered="status", until=UNTIL)
    with pytest.raises(CxError, match="unknown column"):
        promise_kept(orders(), status="state", until=UNTIL)
