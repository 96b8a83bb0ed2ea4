"""What counts as a purchase: one reason for each row that does not, and nothing lost unseen."""

import datetime as dt
from importlib import import_module
from typing import Any

import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.inputs.source import run
from cxreport.orders.purchases import purchases

module = import_module("cxreport.orders.purchases")

END_OF_MARCH = dt.date(2026, 3, 31)
REASONS = [
    "no customer", "no day", "after until", "before the customer", "cancelled", "negative amount",
    "zero amount", "missing amount",
]  # fmt: skip

# One row per reason, each of which would also have the reasons that come after it; two purchases.
ROWS: list[tuple[str | None, str | None, str | None, float | None]] = [
    (" ", None, "cancelled", -1.0),
    (None, "2026-01-01", "completed", 5.0),
    ("a", None, "cancelled", -1.0),
    ("a", "2026-04-01", "cancelled", -1.0),
    ("a", "2025-12-31 23:59", "cancelled", -1.0),
    ("a", "2026-01-01", "cancelled", -1.0),
    ("a", "2026-01-01", "completed", -1.0),
    ("a", "2026-01-01", None, 0.0),
    ("b", "2026-01-01", "completed", None),
    ("a", "2026-01-01 08:00", "returned", 9.0),
    ("c", "2026-03-31 23:59", None, 0.01),
]
ORDERS = pd.DataFrame(ROWS, columns=["customer_id", "ordered_at", "status", "net_amount"])
ORDERS["ordered_at"] = pd.to_datetime(ORDERS["ordered_at"], format="mixed")
CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["a", "a", "b"],
        "first_seen_at": pd.to_datetime(["2026-01-01 12:00", "2026-02-01", None], format="mixed"),
    }
)


def counts(found: module.Purchases) -> dict[str, int]:
    return dict(found.left_out.itertuples(index=False, name=None))


def test_each_row_has_one_reason_in_the_stated_order() -> None:
    found = purchases(ORDERS, until=END_OF_MARCH, customers=CUSTOMERS)
    assert found.left_out["reason"].tolist() == REASONS
    assert found.left_out["n"].tolist() == [2, 1, 1, 1, 1, 1, 1, 1]
    assert len(ORDERS) - found.left_out["n"].sum() == 2


def test_the_rows_left_are_as_they_came() -> None:
    found = purchases(ORDERS, until=END_OF_MARCH, customers=CUSTOMERS)
    kept = run(found.rows).sort_values("ordered_at", ignore_index=True)
    assert kept.columns.tolist() == ORDERS.columns.tolist()
    assert kept["customer_id"].tolist() == ["a", "c"]
    assert kept["net_amount"].tolist() == [9.0, 0.01]


def test_an_order_on_the_day_the_customer_came_is_a_purchase() -> None:
    orders = pd.DataFrame(
        {"customer_id": ["a", "z"], "ordered_at": pd.to_datetime(["2026-01-01", "2020-01-01"])}
    )
    found = purchases(orders, until=END_OF_MARCH, customers=CUSTOMERS)
    assert counts(found)["before the customer"] == 0  # z is no customer of the table: not judged


def test_columns_that_the_source_has_not_are_not_asked() -> None:
    plain = ORDERS[["customer_id", "ordered_at"]]
    found = purchases(plain, until=END_OF_MARCH)
    assert counts(found) == {"no customer": 2, "no day": 1, "after until": 1}
    assert run(found.rows.count().name("n"))["n"].item() == 7


def test_statuses_that_are_no_purchase_can_be_chosen() -> None:
    found = purchases(ORDERS, until=END_OF_MARCH, exclude=("cancelled", "returned"))
    assert counts(found)["cancelled"] == 3
    assert run(found.rows)["customer_id"].tolist() == ["c"]


def test_dates_are_days_too() -> None:
    orders = ORDERS.dropna(subset="ordered_at")
    orders = orders.assign(ordered_at=orders["ordered_at"].dt.date)
    found = purchases(orders, until=END_OF_MARCH, customers=CUSTOMERS)
    assert counts(found)["after until"] == 1
    assert counts(found)["before the customer"] == 1


def test_no_orders_at_all() -> None:
    found = purchases(ORDERS.head(0), until=END_OF_MARCH)
    assert found.left_out["n"].sum() == 0
    assert run(found.rows).empty


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"customer": "client"}, "unknown column"),
        ({"amount": "total"}, "unknown column"),
        ({"status": "state"}, "unknown column"),
        ({"amount": "status"}, "holds no numbers"),
        ({"date": "status"}, "these are no times"),
        ({"until": "2026-03-31"}, "until is not a day"),
        ({"customers": CUSTOMERS, "first_seen": "customer_id"}, "these are no times"),
    ],
)
def test_what_makes_every_number_wrong_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(CxError, match=words):
        purchases(ORDERS, **{"until": END_OF_MARCH, **options})


def test_ids_as_text_and_as_numbers_are_refused() -> None:
    with pytest.raises(CxError, match="text in one table"):
        purchases(ORDERS, until=END_OF_MARCH, customers=CUSTOMERS.assign(customer_id=[1, 2, 3]))


def test_time_zones_are_refused() -> None:
    zoned = ORDERS.assign(ordered_at=ORDERS["ordered_at"].dt.tz_localize("Europe/Rome"))
    with pytest.raises(CxError, match="time zone"):
        purchases(zoned, until=END_OF_MARCH)


def test_capitals_make_no_purchase_of_a_cancelled_order() -> None:
    found = purchases(ORDERS.assign(status=" Cancelled "), until=END_OF_MARCH, customers=CUSTOMERS)
    assert run(found.rows).empty
