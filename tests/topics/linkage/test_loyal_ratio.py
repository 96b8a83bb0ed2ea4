"""Loyal before, counted afterwards; more than expected: by hand, and where loyalty is luck."""

from __future__ import annotations

import datetime as dt
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.topics.linkage.exceeding import exceeding
from cxreport.topics.linkage.loyal_ratio import loyal_ratio

loyal_module = import_module("cxreport.topics.linkage.loyal_ratio")

YEARS = tuple((dt.date(year, 1, 1), dt.date(year, 12, 31)) for year in (2025, 2026))


def orders(rows: list[tuple[str, str, float]], **columns: object) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "net_amount"])
    return frame.assign(ordered_at=pd.to_datetime(frame["ordered_at"], format="ISO8601"), **columns)


def ratio(placed: pd.DataFrame, **options: object) -> pd.DataFrame:
    options = {"at_least": 3} | options
    found = loyal_ratio(placed, pre=YEARS[0], post=YEARS[1], **options)  # type: ignore[arg-type]
    return found.set_index("counted_in")


def test_ten_customers_by_hand() -> None:
    placed = [(who, "2025-05-01", 10.0) for who in "aaabbbbcdefghij"]
    placed += [("a", "2026-02-01", 40), ("b", "2026-12-31 23:59", 20), ("c", "2026-01-01", 8),
               ("d", "2027-01-01", 99), ("z", "2026-05-01", 99)]  # fmt: skip
    found = ratio(orders(placed))
    # a and b are loyal (3 and 4 orders): 40 + 20; of the eight others c alone came back: 8
    assert found.loc["later period", ["n", "n_reference"]].tolist() == [2, 8]
    assert found.loc["later period", ["estimate_loyal", "estimate_reference"]].tolist() == [30, 1]
    assert found["estimate"].tolist() == [30, 3.5]  # same period: 35 against 10
    assert found["note"].tolist() == ["too few customers"] * 2
    assert found[["low", "high"]].isna().all(axis=None)


def test_blanks_are_no_customer() -> None:
    placed = [(who, "2025-05-01", 10.0) for who in ["a", "a", "a", "b", " ", " ", " ", ""]]
    found = ratio(orders(placed)).loc["later period", ["n", "n_reference"]]
    assert found.tolist() == [1, 1]


def lucky(seed: int, customers: int = 4_000) -> pd.DataFrame:
    """Draw customers who are all alike: on average two orders of 10 in either year."""
    generator = np.random.default_rng(seed)
    rows = [
        (f"c{n}", f"{year}-06-01", 10.0)
        for year in (2025, 2026)
        for n, k in enumerate(generator.poisson(2, customers))
        for _ in range(k)
    ]
    return orders(rows)


def test_where_loyalty_is_luck_the_later_ratio_is_one_and_the_naive_one_is_not() -> None:
    found = ratio(lucky(1))
    later = found.loc["later period"]
    assert later["low"] < 1 < later["high"]
    # Poisson(2): E(N | N >= 3) = 1.18799 / 0.32332 = 3.674; E(N | N = 1, 2) = 1.5
    assert found.loc["same period", "estimate"] == pytest.approx(3.674 / 1.5, rel=0.02)
    assert found.loc["same period", "low"] > 2


def test_the_bootstrap_interval_is_that_of_the_delta_method_in_large_samples() -> None:
    placed = lucky(2)
    later = ratio(placed).loc["later period"]
    by_year = placed.assign(year=placed["ordered_at"].dt.year)
    sums = by_year.pivot_table(index="customer_id", columns="year", values="net_amount",
                               aggfunc="sum").fillna(0)  # fmt: skip
    groups = [sums.loc[sums[2025] >= 30, 2026], sums.loc[sums[2025].between(1, 29), 2026]]
    error = sum(spend.var() / len(spend) / spend.mean() ** 2 for spend in groups) ** 0.5
    ends = later["estimate"] * np.exp(np.array([-1.96, 1.96]) * error)
    assert [later["low"], later["high"]] == pytest.approx(ends.tolist(), abs=0.005)


def test_many_amounts_give_the_same_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    placed = lucky(3)
    drawn = ratio(placed).loc["later period", ["low", "high"]].tolist()
    monkeypatch.setattr(loyal_module, "MOST_DRAWN", 1)
    assert ratio(placed).loc["later period", ["low", "high"]].tolist() == pytest.approx(
        drawn, abs=0.01
    )


def test_the_same_seed_gives_the_same_interval() -> None:
    placed = lucky(4, 300)
    again = placed.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(ratio(placed, seed=9), ratio(again, seed=9))


def test_without_a_number_of_orders_a_quarter_at_most_is_loyal() -> None:
    # 8 customers with 1, 1, 1, 1, 2, 2, 3, 4 orders: 4 of 8 reach 2, 2 of 8 reach 3
    placed = orders([(who, "2025-05-01", 10.0) for who in "abcdeeffggghhhh"])
    found = ratio(placed, at_least=0)
    assert found["at_least"].tolist() == [3, 3]
    assert found["n"].tolist() == [2, 2]
    alike = orders([(who, "2025-05-01", 10.0) for who in "aabbcc"])
    assert ratio(alike, at_least=0)["note"].tolist() == ["nobody in one of the groups"] * 2


def test_nobody_loyal_is_a_gap() -> None:
    found = ratio(orders([("a", "2025-05-01", 10.0)]))
    assert found["note"].tolist() == ["nobody in one of the groups"] * 2
    assert found["estimate"].isna().all()
    assert ratio(orders([]).astype({"customer_id": "str", "net_amount": float}))["n"].sum() == 0


def test_wrong_calls_are_errors() -> None:
    placed = orders([("a", "2025-05-01", 10.0)])
    with pytest.raises(CxError, match="everybody"):
        ratio(placed, at_least=1)
    with pytest.raises(CxError, match="before money"):
        loyal_ratio(placed, pre=YEARS[1], post=YEARS[0])
    with pytest.raises(CxError, match="unknown column"):
        ratio(placed, amount="spent")
    with pytest.raises(CxError, match="no samples"):
        ratio(placed, draws=0)


def test_what_exceeding_adds_beside_what_falling_short_takes() -> None:
    people = pd.DataFrame(
        {
            "expected": ["worse"] * 100 + ["as"] * 100 + ["better"] * 100 + ["perhaps", None],
            "nps": [0] * 50 + [9] * 50 + [0] * 20 + [9] * 80 + [0] * 10 + [9] * 90 + [0, 0],
        }
    )
    found = exceeding(people).set_index("comparison")
    # NPS 0, 60, 80; variances of one answer 1, 0.64, 0.36, over 100 each
    assert found["estimate"].tolist() == pytest.approx([20, 60, -40])
    assert found["n"].tolist() == [200, 200, 300]
    errors = [(0.36 + 0.64) ** 0.5, (0.64 + 1) ** 0.5, (0.36 + 4 * 0.64 + 1) ** 0.5]
    assert found["std_error"].tolist() == pytest.approx([10 * error for error in errors])
    assert found.loc["added - taken", "high"] == pytest.approx(-40 + 1.96 * 19.799, abs=0.01)


def test_too_few_in_a_class_has_no_interval() -> None:
    people = pd.DataFrame({"expected": ["worse"] * 9 + ["as"] * 20, "nps": [0, 9, 9] * 9 + [9, 0]})
    found = exceeding(people).set_index("comparison")
    assert found["note"].tolist() == ["too few answers"] * 3
    assert found["low"].isna().all()
    assert np.isnan(found.loc["better - as", "estimate"])
