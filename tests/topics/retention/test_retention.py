"""Cohorts and retention by age: R's case, hand counts, the published cohort table, bad input."""

import datetime as dt
import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.topics.retention import (
    cohorts,
    orders_outside_cohorts,
    retention_by_age,
    retention_chart,
)

retention = import_module("cxreport.topics.retention.cohorts")

ROOT = Path(__file__).parents[3]
VECTORS = ROOT / "tests" / "reference" / "retention.json"
CASES = {entry["id"]: entry for entry in json.loads(VECTORS.read_text(encoding="utf-8"))}
PUBLIC = ROOT / os.environ.get("CXREPORT_PUBLIC_DATA", "../shared")
INVOICES = PUBLIC / "data" / "online_retail" / "online_retail_invoices.parquet"
MIDDLE_OF_APRIL = dt.date(2026, 4, 15)

# Ten orders: a comes back in February and March, b in March, c starts in February, d in April.
TEN = pd.DataFrame(
    {
        "customer_id": ["a", "a", "a", "a", "b", "b", "c", "c", "d", None],
        "ordered_at": pd.to_datetime(
            [
                "2026-01-01", "2026-01-31 23:59", "2026-02-01", "2026-03-31 23:59",
                "2026-01-15", "2026-03-02", "2026-02-28", "2026-04-01", "2026-04-02", "2026-01-09",
            ],
            format="mixed",
        ),
        "store": ["x", "x", "y", "x", "y", "y", "x", "x", None, "x"],
    }
)  # fmt: skip


def table(rows: list[list[float | None]]) -> pd.DataFrame:
    """Write one list per cohort, oldest first, as the frame of cohorts."""
    cells = [
        {"cohort": f"2026-{first:02}", "age": age, "size": counts[0], "retained": count}
        for first, counts in enumerate(rows, start=1)
        for age, count in enumerate(counts)
    ]
    return pd.DataFrame(cells)


def grid(frame: pd.DataFrame, column: str = "retained") -> dict[str, list[Any]]:
    """Read the frame of cohorts back as one list per cohort, None where empty."""
    return {
        str(cohort): [None if pd.isna(value) else value for value in rows[column]]
        for cohort, rows in frame.groupby("cohort")
    }


def test_ten_orders_by_hand() -> None:
    found = cohorts(TEN, until=MIDDLE_OF_APRIL)
    assert grid(found) == {
        "2026-01": [2, 1, 2, None],
        "2026-02": [1, 0, None, None],
        "2026-04": [None, None, None, None],
    }
    assert grid(found, "size")["2026-04"] == [1, 1, 1, 1]
    january = found[found["cohort"] == "2026-01"]
    assert january["estimate"].tolist()[:3] == [100, 50, 100]
    # Wilson for 1 of 2, by its formula: centre 0.5, half width z sqrt(1/8 + z^2/16) / (2 + z^2) * 2
    assert january[["low", "high"]].iloc[1].tolist() == pytest.approx([9.45, 90.55], abs=0.01)


def test_an_open_period_is_empty_and_says_so() -> None:
    found = cohorts(TEN, until=MIDDLE_OF_APRIL)
    still_open = found["note"] == "not yet observable"
    assert still_open.sum() == 1 + 2 + 4
    assert found.loc[still_open, ["retained", "estimate", "low", "high"]].isna().all(axis=None)
    assert found.loc[~still_open, ["retained", "estimate", "low", "high"]].notna().all(axis=None)


def test_the_last_day_closes_the_period() -> None:
    assert grid(cohorts(TEN, until=dt.date(2026, 4, 30)))["2026-01"] == [2, 1, 2, 0, None]
    assert grid(cohorts(TEN, until=dt.date(2026, 4, 29)))["2026-01"] == [2, 1, 2, None]


def test_a_time_as_the_last_day_is_its_day() -> None:
    found = cohorts(TEN, until=pd.Timestamp("2026-04-30 12:00"))
    pd.testing.assert_frame_equal(found, cohorts(TEN, until=dt.date(2026, 4, 30)))


def test_orders_after_the_last_day_are_not_seen() -> None:
    found = cohorts(TEN, until=dt.date(2026, 3, 31))
    assert grid(found) == {"2026-01": [2, 1, 2, None], "2026-02": [1, 0, None, None]}


def test_quarters() -> None:
    found = cohorts(TEN, until=dt.date(2026, 6, 30), period="quarter")
    assert grid(found) == {"2026-Q1": [3, 1, None], "2026-Q2": [1, None, None]}


def test_groups_have_cohorts_of_their_own() -> None:
    found = cohorts(TEN, until=dt.date(2026, 3, 31), by="store")
    sizes = found[found["age"] == 0].set_index(["store", "cohort"])["size"]
    assert sizes.to_dict() == {
        ("x", "2026-01"): 1,  # a
        ("x", "2026-02"): 1,  # c
        ("y", "2026-01"): 1,  # b
        ("y", "2026-02"): 1,  # a, whose first order in y this is
    }


def test_a_missing_group_is_a_group_and_keeps_its_kind() -> None:
    numbers = TEN.assign(store=[12, 12, 12, 12, None, None, 12, 12, None, 12])
    numbers["store"] = numbers["store"].astype("Int64")
    found = cohorts(numbers, until=dt.date(2026, 3, 31), by="store")
    assert found["store"].dtype == "Int64"
    missing = found[found["store"].isna()]
    assert missing["size"].tolist()[0] == 1
    assert [missing["retained"].tolist()[age] for age in range(3)] == [1, 0, 1]


def test_orders_in_no_cohort_are_counted() -> None:
    orders = pd.concat([TEN, pd.DataFrame({"customer_id": [" ", "e"], "ordered_at": pd.NaT})])
    found = orders_outside_cohorts(orders, until=dt.date(2026, 3, 31)).iloc[0]
    assert found.to_dict() == {
        "n": 12,
        "without_customer": 2,
        "without_date": 2,
        "after_until": 2,
        "outside": 5,
    }


def test_only_cohorts_that_completed_an_age_count() -> None:
    case = CASES["ret-01"]
    expected, tolerance = case["expected"], case["tolerance"]
    given = case["input"]["active_by_cohort_and_age"]
    # The youngest cohort has one count, written without its list.
    rows = [[*(counts if isinstance(counts, list) else [counts]), None] for counts in given]
    found = retention_by_age(table(rows)).head(4)
    assert found["age"].tolist() == expected["time"]
    assert found["at_risk"].tolist() == expected["n_risk"]
    assert found["events"].tolist() == expected["events"]
    for column, name in (
        ("estimate", "S"),
        ("std_error", "se_greenwood"),
        ("low", "lower"),
        ("high", "upper"),
    ):
        assert (found[column] / 100).tolist() == pytest.approx(expected[name], abs=tolerance)
    naive = 100 * expected["naive_wrong_month1"]
    assert found["estimate"].iloc[0] != pytest.approx(naive, abs=1)


def test_customers_who_come_back_are_pooled_by_age() -> None:
    found = retention_by_age(table([[10, 2, 5, None], [30, 9, None, None]]))
    assert found["method"].unique().tolist() == ["pooled share"]
    assert found["cohorts"].tolist() == [2, 1, 0]
    assert found["at_risk"].tolist() == [40, 10, 0]
    assert found["estimate"].tolist()[:2] == pytest.approx([27.5, 50])  # 11 of 40, 5 of 10
    assert found["note"].tolist() == ["", "", "not yet observable"]


def test_one_method_for_all_groups() -> None:
    stay = table([[10, 8, 6]]).assign(plan="a")
    back = table([[10, 2, 5]]).assign(plan="b")
    found = retention_by_age(pd.concat([stay, back]), by="plan")
    assert found["method"].unique().tolist() == ["pooled share"]
    assert found["plan"].tolist() == ["a", "a", "b", "b"]


def test_everybody_stays_or_leaves() -> None:
    found = retention_by_age(table([[10, 10, 0, 0]]))
    assert found["estimate"].tolist()[:2] == [100, 0]
    assert found["note"].tolist() == ["nobody lost yet", "everybody lost", "nobody at risk"]
    assert found[["std_error", "low", "high"]].isna().all(axis=None)


def test_a_single_open_cohort_is_not_yet_observable() -> None:
    found = retention_by_age(cohorts(TEN.iloc[:1], until=dt.date(2026, 1, 20)))
    assert found["note"].tolist() == ["not yet observable"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"customer": "customer"}, "unknown column"),
        ({"by": "shop"}, "unknown column"),
        ({"date": "store"}, "these are no times"),
        ({"period": "week"}, "unknown period"),
        ({"until": dt.date(2025, 1, 1)}, "no order to count"),
        ({"until": "2026-04-15"}, "until is not a day"),
        ({"until": pd.NaT}, "until is not a day"),
        ({"level": 95}, "not a confidence level"),
    ],
)
def test_bad_orders_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(CxError, match=words):
        cohorts(TEN, **{"until": MIDDLE_OF_APRIL, **options})


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([[10, None, 5]], "gap"),
        ([[10, 11]], "more customers"),
        ([[10, -1]], "more customers"),
    ],
)
def test_bad_cohorts_are_refused(rows: list[list[float | None]], words: str) -> None:
    with pytest.raises(CxError, match=words):
        retention_by_age(table(rows))


def test_forgotten_groups_are_refused() -> None:
    with pytest.raises(CxError, match="twice"):
        retention_by_age(pd.concat([table([[10, 5]])] * 2))


@pytest.mark.skipif(not INVOICES.is_file(), reason=f"no public data at {INVOICES}")
def test_the_cohorts_of_online_retail() -> None:
    """Cancellations included, as the table was counted; the month that is not over is empty."""
    invoices = pd.read_parquet(INVOICES)
    found = cohorts(invoices, customer="CustomerID", date="InvoiceDate", until=dt.date(2011, 12, 9))
    december = [948, 362, 317, 367, 341, 376, 360, 336, 336, 374, 354, 474, None]
    january = [421, 101, 119, 102, 138, 126, 110, 108, 131, 146, 155, None, None]
    assert grid(found)["2010-12"] == december
    assert grid(found)["2011-01"] == january
    assert found.drop_duplicates("cohort")["size"].sum() == 4372
    assert found["cohort"].nunique() == 13
    closed = cohorts(
        invoices, customer="CustomerID", date="InvoiceDate", until=dt.date(2011, 12, 31)
    )
    assert (grid(closed)["2010-12"][12], grid(closed)["2011-01"][11]) == (260, 63)
    # Every other cell, counted customer by customer.
    named = invoices.dropna(subset="CustomerID")
    months = named["InvoiceDate"].dt.to_period("M")
    first = months.groupby(named["CustomerID"]).transform("min")
    counted = named["CustomerID"].groupby([first.astype(str), months.astype(str)]).nunique()
    expected = {
        cohort: [*rows.droplevel(0).drop("2011-12", errors="ignore")]
        for cohort, rows in counted.groupby(level=0)
    }
    known = found.dropna(subset="retained")
    assert {cohort: [*rows] for cohort, rows in known.groupby("cohort")["retained"]} == {
        cohort: rows for cohort, rows in expected.items() if rows
    }


def test_columns_that_differ_only_in_case_are_refused() -> None:
    orders = pd.DataFrame(
        {"customer_id": ["a"], "CUSTOMER_ID": ["b"], "ordered_at": ["2026-01-05"]}
    )
    orders["ordered_at"] = pd.to_datetime(orders["ordered_at"])
    with pytest.raises(CxError, match="differ only in case"):
        cohorts(orders, until=dt.date(2026, 2, 28))


def test_a_steady_shop_has_a_marked_cohort_in_at_most_one_chart_of_twenty() -> None:
    """24 cohorts of 15 to 300 customers, 30% of whom come back: the chart of the report."""
    rng, marked, worlds = np.random.default_rng(20261128), 0, 100
    for _ in range(worlds):
        size = rng.integers(15, 301, 24)
        back = rng.binomial(size, 0.3)
        table = pd.DataFrame({"cohort": [f"{2024 + m // 12}-{1 + m % 12:02}" for m in range(24)]})
        table = table.assign(age=1, size=size, retained=back.astype(float), low=0.0, high=99.0)
        chart = retention_chart(table.assign(estimate=100 * back / size))
        marked += (chart["signal"] != "").any()
    assert marked <= 9  # 5 and chance (two standard errors); with three sigma and runs it is 24


def test_a_cohort_far_off_is_marked_by_exact_limits() -> None:
    # 205 of 600 came back; R: qbinom(0.05 / 24, 50, 205 / 600, lower.tail = FALSE) is 27
    size, back = np.full(12, 50), np.full(12, 15.0)
    back[7] = 40
    table = pd.DataFrame({"cohort": [f"2025-{m:02}" for m in range(1, 13)], "age": 1, "size": size})
    table = table.assign(retained=back, estimate=2 * back, low=0.0, high=99.0)
    chart = retention_chart(table)
    assert chart.loc[chart["signal"] == "outside", "period"].tolist() == ["2025-08"]
    assert chart.loc[7, "direction"] == "improvement"
    assert chart.loc[7, ["lower", "upper"]].tolist() == [16, 54]
    inside = (chart["estimate"] >= chart["lower"]) & (chart["estimate"] <= chart["upper"])
    assert (inside == (chart["signal"] == "")).all()


def test_a_month_without_any_order_is_a_gap_and_no_zero() -> None:
    """Four customers of January; two come back in March; February is not in the export."""
    days = ["2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08", "2026-03-02", "2026-03-09"]
    orders = pd.DataFrame({"customer_id": list("abcdab"), "ordered_at": pd.to_datetime(days)})
    until, silent = dt.date(2026, 3, 31), [dt.date(2026, 2, 1)]
    table = cohorts(orders, until=until, silent=silent)
    first = table[table["cohort"] == "2026-01"].head(3)
    assert first["note"].tolist() == ["by definition", "no order at all", ""]
    assert first["estimate"].fillna(-1).tolist() == [100, -1, 50]
    ages = retention_by_age(table).set_index("age")
    assert ages.loc[1, "cohorts"] == 0
    assert ages.loc[2, ["at_risk", "estimate"]].tolist() == [4, 50]
    with pytest.raises(CxError, match="gap before a known cell"):
        retention_by_age(table.drop(columns="note"))
