"""Reasons of contact: hand counts, published intervals, the demo."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.topics.service.reasons import avoidable_contacts, contact_reasons

DEMO = Path(__file__).parents[3] / "data" / "demo"


def asked(**counts: int) -> pd.DataFrame:
    """Make requests, so many a reason; ``unnamed`` are those without one."""
    names = [name for name, count in counts.items() for _ in range(count)]
    values = [None if name == "unnamed" else name for name in names]
    return pd.DataFrame({"reason": pd.Series(values, dtype="str")})


def test_the_most_frequent_comes_first_and_the_unnamed_last() -> None:
    found = contact_reasons(asked(late=2, lost=5, broken=2, unnamed=11))
    assert found["reason"].fillna("?").tolist() == ["lost", "broken", "late", "?"]
    assert found["cumulative"].tolist() == [25, 35, 45, 100]
    assert found["lift"].isna().all()
    assert found["signal"].isna().all()


def test_the_lift_and_its_interval_by_hand() -> None:
    # 15 of 100 against 5 of 100: ratio 3, log error sqrt(1/15 - 1/100 + 1/5 - 1/100) = .4967.
    found = contact_reasons(asked(late=15, rest=85), asked(late=5, rest=95)).set_index("reason")
    row = found.loc["late"]
    assert row["lift"] == pytest.approx(3)
    assert row["lift_low"] == pytest.approx(3 * math.exp(-1.96 * 0.4967), abs=0.001)
    assert row["lift_high"] == pytest.approx(3 * math.exp(1.96 * 0.4967), abs=0.005)
    # z = log 3 / .4967 = 2.212, p = .0270. The rest: log(85 / 95) / sqrt(1/85 + 1/95 - 2/100) =
    # -2.324, p = .0201, which Holm doubles; the larger p-value is not below that.
    assert row["p_value"] == pytest.approx(0.0270, abs=0.0001)
    assert row["q_value"] == pytest.approx(2 * 0.0201, abs=0.0002)
    assert row["signal"]


def test_where_all_reasons_double_nothing_is_lifted() -> None:
    found = contact_reasons(asked(late=20, lost=40), asked(late=10, lost=20))
    assert found["lift"].tolist() == pytest.approx([1, 1])
    assert found["n_reference"].tolist() == [20, 10]
    assert not found["signal"].any()


def test_new_and_gone_reasons_have_no_lift_but_are_tested() -> None:
    found = contact_reasons(asked(new=50, rest=50), asked(gone=50, rest=50)).set_index("reason")
    assert found.loc["new", "note"] == "only in current"
    assert found.loc["gone", "note"] == "only in reference"
    assert found.loc[["new", "gone"], "lift"].isna().all()
    assert found.loc[["new", "gone"], "signal"].all()
    assert found.loc["gone", "n"] == 0


def test_no_requests_at_all() -> None:
    assert contact_reasons(asked(), asked()).empty
    found = contact_reasons(asked(), asked(late=3))
    assert found["estimate"].isna().all()
    assert found["signal"].isna().all()


def test_a_single_reason_cannot_be_tested() -> None:
    found = contact_reasons(asked(late=3), asked(late=30))
    assert found["note"].tolist() == ["no variance"]
    assert found["signal"].isna().all()


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(CxError, match="unknown column"):
        contact_reasons(asked(late=1), reason="motive")


def test_contacts_per_hundred_orders_with_garwoods_interval() -> None:
    # Garwood's exact limits of a count of 3 are .6187 and 8.7673, of none 0 and 3.6889.
    orders = pd.DataFrame({"month": ["a"] * 50 + ["b"] * 10})
    tickets = asked(late=3, gift=7).assign(month="a")
    found = avoidable_contacts(tickets, orders, avoidable=["late"], by="month")
    assert found["contacts"].tolist() == [3, 0]
    assert found["estimate"].tolist() == [6, 0]
    assert found["low"].tolist() == pytest.approx([2 * 0.6187, 0], abs=0.001)
    assert found["high"].tolist() == pytest.approx([2 * 8.7673, 10 * 3.6889], abs=0.001)


def test_months_without_orders_have_no_rate() -> None:
    tickets = asked(late=1).assign(month="b")
    found = avoidable_contacts(
        tickets, pd.DataFrame({"month": ["a"]}), avoidable=["late"], by="month"
    )
    assert found["note"].tolist() == ["", "no orders"]
    assert found["estimate"].isna().tolist() == [False, True]


def test_rows_without_a_month_are_left_out() -> None:
    orders = pd.DataFrame({"month": ["a", None]})
    tickets = asked(late=2).assign(month=["a", None])
    found = avoidable_contacts(tickets, orders, avoidable=["late"], by="month")
    assert found[["n", "contacts"]].to_numpy().tolist() == [[1, 1]]


def test_a_group_named_as_a_result_is_refused() -> None:
    one = pd.DataFrame({"reason": ["late"], "n": ["march"]})
    with pytest.raises(CxError, match="result column"):
        avoidable_contacts(one, one, avoidable=["late"], by="n")


@pytest.mark.parametrize("avoidable", [[], "late"])
def test_reasons_are_declared_as_a_list(avoidable: list[str]) -> None:
    with pytest.raises(CxError, match="declared avoidable"):
        avoidable_contacts(asked(late=1), pd.DataFrame({"order_id": [1]}), avoidable=avoidable)


def test_the_demo_plants_no_change_of_reasons_in_the_outage() -> None:
    tickets = pd.read_parquet(DEMO / "tickets.parquet")
    outage = tickets["created_at"].dt.strftime("%Y-%m") == "2026-03"
    found = contact_reasons(tickets[outage], tickets[~outage])
    assert found["reason"].tolist()[:2] == ["delivery", "returns"]  # planted 34% and 22%
    assert found["estimate"].iloc[0] == pytest.approx(34, abs=5)
    assert not found["signal"].any()
