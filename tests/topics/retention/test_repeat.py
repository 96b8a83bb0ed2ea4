"""Second orders, lapsed customers and contracts: counts by hand, statsmodels, bad input."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from cxreport.errors import CxError
from cxreport.topics.retention import order_gaps, repeat
from cxreport.topics.retention.contracts import contractual_retention
from cxreport.topics.retention.lapse import churn_window
from cxreport.topics.retention.repeat import repeat_purchase

UNTIL = dt.date(2026, 4, 10)
# Waits for the second order: a and e 10 days, b 30, f 60; d is seen for 40 days, c for 99.
TEN = pd.DataFrame(
    [
        ("a", "2026-01-01 23:59"), ("a", "2026-01-11 00:00"), ("b", "2026-01-01"),
        ("b", "2026-01-31"), ("c", "2026-01-01"), ("d", "2026-03-01"), ("e", "2026-03-21 08:00"),
        ("e", "2026-03-21 19:00"), ("e", "2026-03-31"), ("f", "2026-01-01"), ("f", "2026-03-02"),
    ],
    columns=["customer_id", "ordered_at"],
)  # fmt: skip
TEN["ordered_at"] = pd.to_datetime(TEN["ordered_at"], format="mixed")


def test_second_orders_by_hand() -> None:
    found = repeat_purchase(TEN, until=UNTIL, days=(9, 10, 30, 90, 180))
    # 4 of 6 left after 10 days; 3 of the 4 still waiting after 30; 1 of the 2 after 60.
    assert found["estimate"].tolist()[:4] == pytest.approx([0, 100 / 3, 50, 75])
    assert found["customers"].unique().tolist() == [6]
    assert found["events"].tolist() == [0, 2, 3, 4, 4]
    assert found["at_risk"].tolist() == [6, 6, 4, 1, 0]
    # Greenwood 2 / (6 x 4), log-log: 2/3 to the powers 4.0367 and 1 / 4.0367
    assert found.loc[1, ["low", "high"]].tolist() == pytest.approx([9.557, 80.538], abs=0.001)


def test_a_count_of_all_customers_would_be_too_low() -> None:
    found = repeat_purchase(TEN, until=UNTIL, days=(90,))
    assert found["estimate"].item() > 100 * 4 / 6


def test_what_nobody_was_followed_for_is_empty() -> None:
    row = repeat_purchase(TEN, until=UNTIL, days=(100,)).iloc[0]
    assert row["note"] == "not yet observable"
    assert row[["estimate", "low", "high"]].isna().all()


def test_nobody_and_everybody_came_back() -> None:
    never = repeat_purchase(TEN.drop_duplicates("customer_id"), until=UNTIL, days=(30,)).iloc[0]
    assert (never["estimate"], never["note"]) == (0, "nobody ordered again")
    always = repeat_purchase(TEN[TEN["customer_id"] == "a"], until=UNTIL, days=(9, 10, 365))
    assert always["estimate"].tolist() == [0, 100, 100]
    assert always["note"].tolist()[1:] == ["everybody ordered again"] * 2
    assert always["low"].isna().all()


def test_a_single_customer_seen_for_a_day() -> None:
    found = repeat_purchase(TEN.tail(1), until=dt.date(2026, 3, 2), days=(30,))
    assert found["note"].tolist() == ["not yet observable"]


def test_groups_and_customers_without_an_id() -> None:
    orders = TEN.assign(shop=["x"] * 5 + ["y"] * 6)
    orders.loc[4, "customer_id"] = None
    found = repeat_purchase(orders, until=UNTIL, days=(30,), by="shop")
    assert found["shop"].tolist() == ["x", "y"]
    assert found["customers"].tolist() == [2, 3]
    assert found["estimate"].tolist() == pytest.approx([100, 100 / 3])


def test_days_of_silence_by_hand() -> None:
    found = churn_window(TEN, until=UNTIL, share=0.3).iloc[0]
    # Ten waits: after 10 days 8 of 10 go on; after 30 days 6 of 7; after 60 days 3 of 4.
    assert (found["gaps"], found["ended"], found["followed"]) == (10, 4, 99)
    assert found["returned"] == pytest.approx(100 * (1 - 0.8 * 6 / 7 * 3 / 4))
    assert (found["estimate"], found["low"]) == (30, 10)
    assert np.isnan(found["high"])  # the lower limit of the curve ends at 20.4%
    assert found["note"] == "no upper limit"
    assert found["later"] == pytest.approx(25)  # of the waits longer than 30 days: 1 of 4 ended
    assert churn_window(TEN, until=UNTIL, share=0.2)["estimate"].item() == 10
    several = churn_window(TEN, until=UNTIL, share=(0.2, 0.3))
    assert several["share"].tolist() == [20, 30]
    assert several["estimate"].iloc[0] == 10


def test_a_window_that_is_not_reached_is_empty() -> None:
    found = churn_window(TEN, until=UNTIL, share=0.9).iloc[0]
    assert found["note"] == "not reached"
    assert found[["estimate", "low", "high", "later"]].isna().all()


def test_windows_and_their_intervals_are_those_of_statsmodels() -> None:
    rng = np.random.default_rng(4)
    waits = rng.geometric(0.02, 400)
    first = pd.Timestamp("2025-01-01")
    until = first + pd.Timedelta(days=120)
    orders = pd.DataFrame({"customer_id": np.arange(400), "ordered_at": first})
    later = orders.assign(ordered_at=first + pd.to_timedelta(waits, unit="D"))
    seen = later[later["ordered_at"] <= until]
    # The last wait of those who came back is left out: they order on the last day as well.
    ended = seen.assign(ordered_at=until)
    both = pd.concat([orders, seen, ended], ignore_index=True)
    found = churn_window(both, until=until.date(), share=0.5).iloc[0]
    gaps = both.drop_duplicates().sort_values(["customer_id", "ordered_at"])
    nxt = gaps.groupby("customer_id")["ordered_at"].shift(-1)
    time = (nxt.fillna(until) - gaps["ordered_at"]).dt.days
    curve = SurvfuncRight(time.to_numpy(), nxt.notna().to_numpy().astype(int))
    assert found["estimate"] == curve.quantile(0.5)
    assert [found["low"], found["high"]] == list(curve.quantile_ci(0.5, method="cloglog"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"customer": "client"}, "unknown column"),
        ({"date": "customer_id"}, "these are no times"),
        ({"until": dt.date(2025, 1, 1)}, "no order to count"),
        ({"until": "2026-04-15"}, "until is not a day"),
        ({"days": ()}, "no numbers of days"),
        ({"days": (0,)}, "no numbers of days"),
        ({"days": (1.5,)}, "no numbers of days"),
        ({"days": (float("nan"),)}, "no numbers of days"),
        ({"by": "events"}, "unknown column"),
        ({"level": 95}, "not a confidence level"),
    ],
)
def test_bad_questions_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(CxError, match=words):
        repeat_purchase(TEN, **{"until": UNTIL, **options})


def test_time_zones_and_impossible_shares_are_refused() -> None:
    zoned = TEN.assign(ordered_at=TEN["ordered_at"].dt.tz_localize("Europe/Rome"))
    with pytest.raises(CxError, match="time zone"):
        churn_window(zoned, until=UNTIL)
    with pytest.raises(CxError, match="not a share"):
        churn_window(TEN, until=UNTIL, share=90)


# At the start of 2026: a, b, c, d. During it b and d leave, e comes, f comes and leaves. g begins
# on the first day, so is new; h left the day before. i ends before it starts; x has no contract.
CLUB = pd.DataFrame(
    [
        ("a", "2025-06-01", None), ("b", "2025-06-01", "2026-02-01"), ("c", "2024-01-01", None),
        ("d", "2025-06-01", "2026-12-31"), ("e", "2026-05-01", None),
        ("f", "2026-05-01", "2026-06-01"), ("g", "2026-01-01", None),
        ("h", "2025-01-01", "2025-12-31"), ("i", "2026-03-01", "2026-01-01"), ("x", None, None),
        (None, "2026-01-01", None),
    ],
    columns=["customer_id", "contract_start", "contract_end"],
)  # fmt: skip
CLUB = CLUB.assign(
    contract_start=pd.to_datetime(CLUB["contract_start"]),
    contract_end=pd.to_datetime(CLUB["contract_end"]),
)
YEAR = {"since": dt.date(2026, 1, 1), "until": dt.date(2026, 12, 31)}


def test_contracts_by_hand() -> None:
    found = contractual_retention(CLUB, **YEAR).iloc[0]
    numbers = found[["at_start", "new", "at_end", "retained", "estimate", "left_out"]].tolist()
    assert numbers == [4, 2, 4, 2, 50, 2]
    # Wilson for 2 of 4, by its formula: 0.5 +- z sqrt(1/16 + z^2/64) x 4 / (4 + z^2)
    assert found[["low", "high"]].tolist() == pytest.approx([15.004, 84.996], abs=0.001)


def test_who_comes_back_within_the_time_is_retained() -> None:
    again = pd.DataFrame([("b", "2026-03-01", None)], columns=CLUB.columns)
    again = again.assign(contract_start=pd.to_datetime(again["contract_start"]))
    found = contractual_retention(pd.concat([CLUB, again.astype(CLUB.dtypes)]), **YEAR)
    assert found["retained"].item() == 3


def test_one_row_a_time() -> None:
    found = contractual_retention(
        CLUB,
        since=[dt.date(2023, 1, 1), dt.date(2026, 1, 1)],
        until=[dt.date(2023, 12, 31), dt.date(2026, 1, 31)],
    )
    assert found["at_start"].tolist() == [0, 4]
    assert found["note"].tolist() == ["nobody at the start", ""]
    assert found["estimate"].isna().tolist() == [True, False]
    assert found["estimate"].iloc[1] == 100


def test_everybody_and_nobody_left() -> None:
    stay = CLUB.assign(contract_end=None)
    assert contractual_retention(stay, **YEAR)["estimate"].item() == 100
    gone = CLUB.assign(contract_end=pd.Timestamp("2026-07-01"))
    row = contractual_retention(gone, **YEAR).iloc[0]
    assert (row["estimate"], row["low"]) == (0, 0)
    assert row["high"] > 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"until": dt.date(2025, 1, 1)}, "ends before it begins"),
        ({"until": [dt.date(2026, 1, 31)] * 2}, "without a beginning or an end"),
        ({"start": "begun"}, "unknown column"),
        ({"start": "customer_id"}, "these are no times"),
        ({"level": 1}, "not a confidence level"),
    ],
)
def test_bad_times_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(CxError, match=words):
        contractual_retention(CLUB, **{**YEAR, **options})


def test_the_query_refuses_a_group_named_as_a_result() -> None:
    with pytest.raises(CxError, match="name of a result column"):
        order_gaps.count_gaps(
            TEN.assign(note=1), "customer_id", "ordered_at", UNTIL, "note",
            first_only=True, reserved=repeat.REPEAT,
        )  # fmt: skip
