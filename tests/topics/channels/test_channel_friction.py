"""Channels: who uses what, friction, and customers of several channels, counted by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.topics.channels.friction import journey_friction, request_friction
from cxreport.topics.channels.friction_rates import compare_friction
from cxreport.topics.channels.matrix import channel_ratings, channel_use
from cxreport.topics.channels.multichannel import multichannel

UNTIL = dt.date(2026, 3, 31)


def visits() -> pd.DataFrame:
    rows = [
        ("s1", "a", "buy", "web", "checkout", "2026-03-01 10:00"),
        ("s1", "a", "buy", "web", "pay", "2026-03-01 10:05"),
        ("s2", "b", "buy", "web", "checkout", "2026-03-01 10:00"),
        ("s2", "b", "buy", "phone", "pay", "2026-03-01 11:00"),  # finished by phone
        ("s3", "c", "buy", "web", "checkout", "2026-03-01 10:00"),
        ("s3", "c", "buy", "web", "pay", "2026-03-03 10:00"),  # too late
        ("s4", "d", "buy", "app", "checkout", "2026-03-31 20:00"),  # not over yet
        (None, "e", "buy", "shop", "pay", "2026-03-01 10:00"),
        (None, None, "buy", "web", "pay", "2026-03-01 10:00"),  # whose?
        ("s5", "f", "odd", "web", "pay", "2026-03-01 10:00"),  # which stage?
    ]
    names = ["session_id", "customer_id", "stage", "channel", "event_name", "occurred_at"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(occurred_at=pd.to_datetime(frame["occurred_at"]))


def used() -> pd.DataFrame:
    found = channel_use(
        visits(), stages={"buy": "purchase"}, done={"purchase": ["pay"]}, until=UNTIL
    )
    return found.set_index(["measure", "channel"])


def test_use_counts_each_journey_once_a_channel() -> None:
    use = used().loc["use"]
    assert use["n"].unique().tolist() == [5]
    assert use["count"].to_dict() == {"app": 1, "phone": 1, "shop": 1, "web": 3}


def test_a_stage_may_be_finished_in_another_channel() -> None:
    web = used().loc[("completion", "web")]
    assert (web["n"], web["count"]) == (3, 2)


def test_what_entered_late_is_not_yet_observable() -> None:
    app = used().loc[("completion", "app")]
    assert (app["n"], app["open"], app["note"]) == (0, 1, "not yet observable")
    assert np.isnan(app["estimate"])


def test_where_only_finished_ones_are_recorded_there_is_no_completion() -> None:
    for channel in ("shop", "phone"):
        row = used().loc[("completion", channel)]
        assert row["note"] == "only completed ones are recorded"
        assert np.isnan(row["estimate"])


def test_a_small_cell_of_the_matrix_is_hidden() -> None:
    people = pd.DataFrame({"stage": "purchase", "channel": ["web"] * 12 + ["app"] * 9, "csat": 5})
    found = channel_ratings(people, {"satisfaction": ("csat", 4)}).set_index("channel")
    assert found.loc["web", "estimate"] == 100
    assert found.loc["app", "note"] == "too few answers"
    assert found.loc["app", ["count", "estimate", "low"]].isna().all()


def test_a_matrix_of_nobody_is_empty() -> None:
    people = pd.DataFrame({"stage": ["odd"], "channel": ["web"], "csat": [5]})
    assert channel_ratings(people, {"satisfaction": ("csat", 4)}).empty


def contacts() -> pd.DataFrame:
    rows = [
        (1, "web", "2026-01-01", True), (1, "phone", "2026-01-03", False),
        (1, "phone", "2026-01-04", False), (1, "web", "2026-01-05", True),  # two switches
        (1, "shop", "2026-03-20", False),  # a new journey, still open
        (2, "shop", "2026-01-01", False), (2, "web", "2026-01-02", True),  # one switch
        (3, "app", "2026-01-01", False),
        (None, "web", "2026-01-01", True),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["customer_id", "channel", "occurred_at", "is_error"])
    return frame.assign(occurred_at=pd.to_datetime(frame["occurred_at"]))


def test_friction_of_journeys_by_hand() -> None:
    found = journey_friction(contacts(), digital=["web", "app"], until=UNTIL)
    rows = found.set_index(["measure", "group"])
    assert rows["n"].to_dict()["errors", "all"] == 3
    assert rows["open"].to_dict()["errors", "all"] == 1
    assert rows["count"].to_dict() == {
        ("channel switches", "all"): 3, ("channel switches", "digital"): 2,
        ("channel switches", "assisted"): 1, ("errors", "all"): 3, ("errors", "digital"): 2,
        ("errors", "assisted"): 1,
    }  # fmt: skip
    assert rows["estimate"].to_dict()["channel switches", "digital"] == 100  # 2 in 2 journeys


def test_the_rows_order_changes_no_journey() -> None:
    once = journey_friction(contacts(), digital=["web"], until=UNTIL)
    again = journey_friction(contacts().iloc[::-1], digital=["web"], until=UNTIL)
    pd.testing.assert_frame_equal(once, again)


def test_journeys_that_all_go_on_have_no_rate() -> None:
    found = journey_friction(contacts().iloc[[4]], digital=["web"], until=UNTIL)
    assert set(found[found["group"] == "all"]["note"]) == {"not yet observable"}
    assert found["estimate"].isna().all()


def requests() -> pd.DataFrame:
    rows = [
        (1, "phone", "delivery", "2026-03-01", 1), (1, "web", "delivery", "2026-03-08", 0),
        (1, "phone", "returns", "2026-03-09", 0),  # another reason
        (2, "phone", "delivery", "2026-03-01", 2), (2, "phone", "delivery", "2026-03-09", 0),
        (3, "web", "payment", "2026-03-30", 0),  # its week is not over
        (None, "web", "payment", "2026-03-01", 0), (None, "web", "payment", "2026-03-02", 0),
    ]  # fmt: skip
    frame = pd.DataFrame(
        rows, columns=["customer_id", "channel", "reason", "created_at", "transfers_n"]
    )
    return frame.assign(created_at=pd.to_datetime(frame["created_at"]))


def test_friction_of_requests_by_hand() -> None:
    found = request_friction(requests(), digital=["web"], until=UNTIL)
    rows = found.set_index(["measure", "group"])
    repeats = rows.loc[("repeats", "all")]
    assert (repeats["n"], repeats["count"], repeats["open"]) == (5, 1, 1)  # on the 7th day
    assert rows.loc[("repeats", "assisted"), "count"] == 1
    transfers = rows.loc[("transfers", "all")]
    assert (transfers["n"], transfers["count"], transfers["estimate"]) == (8, 3, 37.5)


def test_a_request_by_no_channel_is_of_neither_kind() -> None:
    rows = pd.DataFrame({"channel": ["web", "phone", None], "transfers_n": [0, 1, 5]})
    rows = rows.assign(customer_id=1, created_at=pd.Timestamp("2026-03-01"), reason="late")
    found = request_friction(rows, digital=["web"], until=UNTIL)
    moved = found[found["measure"] == "transfers"].set_index("group")
    assert moved["n"].to_dict() == {"all": 2, "digital": 1, "assisted": 1}
    assert moved["count"].to_dict() == {"all": 1, "digital": 0, "assisted": 1}


def test_any_reason_makes_more_repeats() -> None:
    found = request_friction(requests(), digital=["web"], reason=None, until=UNTIL)
    assert found.set_index(["measure", "group"]).loc[("repeats", "all"), "count"] == 2


def test_a_ratio_of_rates_by_hand() -> None:
    # 40 against 20 events in 100 journeys each, spread by chance: ln 2 -+ 1.96 x root(1/40 + 1/20)
    rates = pd.DataFrame(
        {
            "measure": "errors", "group": ["all", "digital", "assisted"],
            "estimate": [30.0, 40.0, 20.0], "std_error": [0, 40**0.5, 20**0.5],
        }
    )  # fmt: skip
    row = compare_friction(rates).iloc[0]
    assert (row["estimate"], row["low"], row["high"]) == pytest.approx((2, 1.169, 3.421), abs=2e-3)
    assert row["signal"]


def test_no_friction_on_one_side_is_no_ratio() -> None:
    rates = pd.DataFrame(
        {
            "measure": "errors",
            "group": ["digital", "assisted"],
            "estimate": [3.0, 0],
            "std_error": 1,
        }
    )
    row = compare_friction(rates).iloc[0]
    assert row[["estimate", "p_value"]].isna().all()
    assert row["signal"] is pd.NA


def buyers(groups: dict[tuple[int, bool], tuple[int, int]]) -> pd.DataFrame:
    """Return orders: (orders before, several channels) -> (customers, ordered again)."""
    rows = []
    for (before, several), (customers, again) in groups.items():
        for number in range(customers):
            who = f"{before}{several}{number}"
            channels = ["web"] * (before - 1) + ["app" if several else "web"]
            rows += [(who, channel, "2026-01-10", 5.0) for channel in channels]
            rows += [(who, "web", "2026-03-10", 30.0)] * (number < again)
    frame = pd.DataFrame(rows, columns=["customer_id", "channel", "ordered_at", "net_amount"])
    return frame.assign(ordered_at=pd.to_datetime(frame["ordered_at"]))


BUYERS = {(2, True): (10, 6), (2, False): (20, 8), (3, True): (20, 15), (3, False): (10, 5)}
SPLIT = dt.date(2026, 3, 1)


def test_two_strata_by_hand() -> None:
    # 0.6 - 0.4 and 0.75 - 0.5, both with weight 10 x 20 / 30: 22.5 points; plainly 21/30 - 13/30.
    found = multichannel(buyers(BUYERS), split=SPLIT, until=UNTIL).set_index("outcome")
    again = found.loc["ordered_again"]
    assert (again["n_several"], again["n_one"], again["compared"]) == (30, 30, 30)
    assert again["raw"] == pytest.approx(100 * (21 - 13) / 30)
    assert again["estimate"] == pytest.approx(22.5)
    # Within: (10 x .24 + 20 x .24) / 28 and (20 x .1875 + 10 x .25) / 28, each x 3/20, / 4
    error = 100 * ((7.2 / 28 + 6.25 / 28) * 0.15 / 4) ** 0.5
    assert again["std_error"] == pytest.approx(error)
    assert found.loc["spend", "estimate"] == pytest.approx(0.225 * 30)


def test_being_busy_is_not_being_better() -> None:
    # 40% of those with 2 orders come back and 80% of those with 6, whatever their channels; but
    # the busy ones use several.
    busy = {(2, True): (10, 4), (2, False): (90, 36), (6, True): (90, 72), (6, False): (10, 8)}
    found = multichannel(buyers(busy), split=SPLIT, until=UNTIL).set_index("outcome")
    again = found.loc["ordered_again"]
    assert again["raw"] == pytest.approx(32)
    assert again["raw_low"] > 0
    assert again["estimate"] == pytest.approx(0, abs=1e-9)
    assert not again["signal"]


def test_one_order_cannot_be_of_two_channels() -> None:
    found = multichannel(
        buyers(BUYERS | {(1, False): (50, 5)}), split=SPLIT, until=UNTIL
    ).set_index("outcome")
    assert found.loc["ordered_again", "n_one"] == 80
    assert found.loc["ordered_again", "estimate"] == pytest.approx(22.5)


@pytest.mark.parametrize(
    ("groups", "note"),
    [
        ({(2, False): (20, 8)}, "nobody used several channels"),
        ({(2, False): (20, 8), (3, True): (9, 5)}, "no customers alike to compare"),
    ],
)
def test_nobody_alike_is_said(groups: dict[tuple[int, bool], tuple[int, int]], note: str) -> None:
    found = multichannel(buyers(groups), split=SPLIT, until=UNTIL)
    assert found["note"].tolist() == [note, note]
    assert found["estimate"].isna().all()


def test_there_must_be_time_on_both_sides() -> None:
    with pytest.raises(CxError, match="after the split"):
        multichannel(buyers(BUYERS), split=dt.date(2026, 4, 1), until=UNTIL)
    with pytest.raises(CxError, match="before the split"):
        multichannel(buyers(BUYERS), split=dt.date(2025, 1, 1), until=UNTIL)
