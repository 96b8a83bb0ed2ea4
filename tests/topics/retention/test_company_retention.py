"""What a company's report says of coming back: on the demo, on real orders, and on hard sources."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from cxreport import open_company
from cxreport.demo.people import RENEWAL
from cxreport.errors import CxError
from cxreport.topics.retention import Retention, cohorts, company_contracts, company_retention
from cxreport.topics.retention.chart import retention_chart

if TYPE_CHECKING:
    from cxreport.inputs.company import Company

ROOT = Path(__file__).parents[3]
PUBLIC = ROOT / os.environ.get("CXREPORT_PUBLIC_DATA", "../shared")
INVOICES = PUBLIC / "data" / "online_retail" / "online_retail_invoices.parquet"
CODEBOOK = """
[source]
title = { en = "Shop", it = "Negozio" }
terms = { en = "own", it = "propri" }
timezone = "Europe/Rome"
period = "month"
observed_until = %s

[[accept]]
problem = "amount-negative"
column = "net_amount"
at_most = 9000
reason = { en = "no purchases", it = "non sono acquisti" }

[tables.orders]
files = "orders.parquet"
[tables.orders.columns]
order_id = { role = "id" }
customer_id = { role = "customer" }
ordered_at = { role = "date" }
net_amount = { role = "number" }
"""


def company_of(folder: Path, orders: pd.DataFrame, until: str) -> Company:
    """Open a company that has nothing but these orders."""
    orders = orders.assign(order_id=[f"o{number}" for number in range(len(orders))])
    orders.to_parquet(folder / "orders.parquet")
    (folder / "codebook.toml").write_text(CODEBOOK % until, encoding="utf-8")
    return open_company(folder / "codebook.toml")


def some_orders(days: dict[str, list[str]]) -> pd.DataFrame:
    """Write one order per customer and day, of 10 each."""
    rows = [(customer, day, 10.0) for customer, those in days.items() for day in those]
    orders = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "net_amount"])
    return orders.assign(ordered_at=pd.to_datetime(orders["ordered_at"]))


@pytest.fixture(scope="module")
def demo() -> Retention:
    return company_retention(open_company("demo", period="2026-10"))


def test_a_chart_of_completed_cohorts_by_hand() -> None:
    table = pd.DataFrame({"cohort": [f"2026-{m:02}" for m in range(1, 13)], "age": 1, "size": 400})
    share = np.array([0.2] * 11 + [0.3])
    table = table.assign(retained=400 * share, estimate=100 * share, low=0.0, high=99.0)
    still_open = table.tail(1).assign(cohort="2027-01", retained=np.nan, estimate=np.nan)
    chart = retention_chart(pd.concat([table, still_open]))
    assert len(chart) == 12
    # pooled share 1000 / 4800; R: qbinom(0.05 / 24, 400, 1000 / 4800, lower.tail = FALSE) / 4
    assert chart["centre"].iloc[0] == pytest.approx(100 * 1000 / 4800)
    assert chart["upper"].iloc[0] == 26.75
    assert chart["signal"].tolist()[-1] == "outside"
    assert chart["direction"].tolist()[-1] == "improvement"


def test_a_chart_needs_cohorts() -> None:
    with pytest.raises(CxError, match="unknown column"):
        retention_chart(pd.DataFrame({"cohort": ["2026-01"]}))
    with pytest.raises(CxError, match="not an age"):
        retention_chart(Retention().cohorts, age=0)
    assert retention_chart(Retention().cohorts).empty


def test_a_cohort_of_very_few_judges_nothing() -> None:
    # By hand: 13 cohorts of 100, of whom 30 came back, make a centre of 30%; one of 5 is no news.
    cohort = [f"2025-{month:02}" for month in range(1, 13)] + ["2026-01", "2026-02"]
    table = pd.DataFrame({"cohort": cohort, "age": 1, "size": [100] * 13 + [5]})
    table = table.assign(retained=[30.0] * 13 + [5.0], low=0.0, high=99.0)
    chart = retention_chart(table.assign(estimate=100 * table["retained"] / table["size"]))
    assert chart.iloc[-1][["signal", "note", "estimate"]].tolist() == ["", "too few customers", 100]
    assert chart["centre"].tolist() == pytest.approx([30.0] * 14)


def test_the_demo_is_a_steady_process(demo: Retention) -> None:
    """Nothing is planted in time: old customers taken for new ones would make it look like it."""
    assert set(demo.chart["signal"]) == {""}
    assert demo.chart["period"].iloc[-1] == "2026-09"  # November is not over
    assert demo.cohorts["note"].eq("not yet observable").any()
    orders = pd.read_parquet(ROOT / "data" / "demo" / "orders.parquet")
    bought = orders[orders["status"] != "cancelled"]
    wrong = retention_chart(cohorts(bought, until=dt.date(2026, 11, 9)))
    assert (wrong["signal"] != "").sum() == 4  # as the methods page says


def test_the_demo_leaves_out_what_its_page_counts(demo: Retention) -> None:
    counts = dict(demo.left_out.itertuples(index=False, name=None))
    assert counts["no customer"] == 60
    assert counts["before the customer"] == 0
    orders = pd.read_parquet(ROOT / "data" / "demo" / "orders.parquet")
    cancelled = orders["status"].eq("cancelled") & orders["customer_id"].notna()
    assert counts["cancelled"] == cancelled.sum()
    assert demo.orders == len(orders)


def test_customers_from_before_the_data_are_in_no_cohort(demo: Retention) -> None:
    orders = pd.read_parquet(ROOT / "data" / "demo" / "orders.parquet")
    customers = pd.read_parquet(ROOT / "data" / "demo" / "customers.parquet")
    bought = orders.loc[orders["status"] != "cancelled", "customer_id"].dropna().unique()
    old = customers["first_seen_at"] < orders["ordered_at"].min().normalize()
    assert demo.earlier == customers.loc[old, "customer_id"].isin(bought).sum()
    sizes = demo.cohorts.loc[demo.cohorts["age"] == 0, "size"].sum()
    assert sizes == customers.loc[~old, "customer_id"].isin(bought).sum()


def test_every_frame_of_the_demo_agrees(demo: Retention) -> None:
    sizes = demo.cohorts.loc[demo.cohorts["age"] == 0, "size"].sum()
    assert demo.second_orders["customers"].unique().tolist() == [sizes]
    completed = demo.chart[["n", "retained"]].sum()
    first = demo.by_age.iloc[0]
    assert first["at_risk"] == completed["n"]
    assert first["estimate"] == pytest.approx(100 * completed["retained"] / completed["n"])
    assert demo.counted["estimate"].iloc[0] == first["estimate"]
    assert demo.curve["estimate"].is_monotonic_increasing
    assert demo.windows["note"].tolist() == ["", "", *["not reached"] * 3]


def test_the_renewals_planted_in_the_demo_are_found() -> None:
    found = company_contracts(open_company("demo", period="2026-10"))
    years = found.years
    assert (years["low"] < 100 * RENEWAL).all()
    assert (years["high"] > 100 * RENEWAL).all()
    # Everybody renews with the same chance, so the limit of the model is the right one.
    check = found.projection.check
    assert set(check["model"]) == {"constant rate"}
    expected = [100 * RENEWAL**age for age in check["age"]]
    inside = (check["low"] <= expected) & (expected <= check["high"])
    assert inside.all()
    assert check.loc[check["held_out"], "off"].abs().max() < 3


def test_a_period_in_the_past_looks_no_further() -> None:
    found = company_retention(open_company("demo", period="2025-06"))
    assert found.cohorts["cohort"].max() == "2025-06"
    assert found.chart["period"].iloc[-1] == "2025-05"


def test_a_source_without_orders_has_empty_frames() -> None:
    company = open_company("sfo") if (PUBLIC / "data" / "sfo").is_dir() else None
    if company is None:
        pytest.skip("no public data")
    found, contracts = company_retention(company), company_contracts(company)
    assert all(frame.empty for frame in vars(found).values() if isinstance(frame, pd.DataFrame))
    assert contracts.years.empty
    assert contracts.projection.check.empty


def test_orders_alone_are_enough(tmp_path: Path) -> None:
    days = {"a": ["2026-01-05", "2026-02-05"], "b": ["2026-01-09"], "c": ["2026-02-11"]}
    found = company_retention(company_of(tmp_path, some_orders(days), "2026-03-31"))
    # Who was a customer before January is not known: a and b may have been, c was not.
    assert not found.dated
    assert found.earlier == 2
    assert found.by_age[["at_risk", "estimate"]].iloc[0].tolist() == [1, 0]
    assert found.chart["period"].tolist() == ["2026-02"]
    assert found.second_orders["customers"].unique().tolist() == [1]
    assert found.cohorts["cohort"].unique().tolist() == ["2026-01", "2026-02"]


def test_a_single_cohort_that_is_still_open(tmp_path: Path) -> None:
    orders = pd.concat([some_orders({"a": ["2026-01-05"], "b": ["2026-01-20"]})])
    found = company_retention(company_of(tmp_path, orders, "2026-01-31"))
    assert found.cohorts["note"].tolist() == ["by definition", "not yet observable"]
    assert found.by_age.empty
    assert found.chart.empty
    assert found.second_orders.empty
    assert set(found.windows["note"]) == {"not reached"}


def test_rows_that_are_no_purchases_leave_nothing(tmp_path: Path) -> None:
    orders = some_orders({"a": ["2026-01-05"], "b": ["2026-01-20"]})
    company = company_of(tmp_path, orders.assign(net_amount=[-5.0, 0.0]), "2026-01-31")
    found = company_retention(company)
    assert found.cohorts.empty
    assert found.orders == found.left_out["n"].sum() == 2


@pytest.mark.skipif(not INVOICES.is_file(), reason=f"no public data at {INVOICES}")
def test_cancellations_in_online_retail_change_the_first_month(tmp_path: Path) -> None:
    """The published table counts them: 948 customers, of whom 362 came back in January 2011."""
    invoices = pd.read_parquet(INVOICES)
    orders = pd.DataFrame(
        {
            "customer_id": invoices["CustomerID"].astype("Int64").astype("string"),
            "ordered_at": invoices["InvoiceDate"],
            "net_amount": invoices["amount"],
        }
    )
    found = company_retention(company_of(tmp_path, orders, "2011-12-09"))
    first = found.cohorts[found.cohorts["cohort"] == "2010-12"].iloc[1]
    assert first["size"] < 948
    assert found.earlier == first["size"]
    bought = orders[orders["customer_id"].notna() & (orders["net_amount"] > 0)]
    january = bought[bought["ordered_at"].dt.strftime("%Y-%m") == "2011-01"]["customer_id"]
    december = bought[bought["ordered_at"].dt.strftime("%Y-%m") == "2010-12"]["customer_id"]
    assert first["size"] == december.nunique()
    assert first["retained"] == december[december.isin(january)].nunique()
    assert found.counted["counted"].tolist() == ["purchases", "every order"]
    assert found.counted["at_risk"].iloc[1] > found.counted["at_risk"].iloc[0]
