"""What a company's customers leave and will bring: a shop of a few rows, and the demo's truths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import cxreport as cx
from cxreport.errors import CxError
from cxreport.inputs.source import run
from cxreport.metrics.company.membership import company_membership
from cxreport.metrics.company.money import company_trade
from cxreport.metrics.company.profit import company_profit
from cxreport.metrics.company.value import company_buying
from cxreport.metrics.value.customer_groups import asked_for_help, first_values, sent_back

if TYPE_CHECKING:
    from pathlib import Path

    from cxreport.inputs.company import Company

CODEBOOK = """
[source]
title = { en = "A shop", it = "Un negozio" }
terms = { en = "internal", it = "uso interno" }
timezone = "Europe/Rome"
period = "month"
observed_until = 2026-03-31

[[accept]]
problem = "amount-negative"
column = "net_amount"
at_most = 9000
reason = { en = "no purchases", it = "non sono acquisti" }

[tables.orders]
files = "orders.csv"
[tables.orders.columns]
order_id = { role = "id" }
ordered_at = { role = "date" }
customer_id = { role = "customer" }
net_amount = { role = "number" }
"""
MONEY = """
refund_amount = { role = "number" }
margin = { role = "number" }
currency = { role = "other" }
"""
COSTS = """
[tables.costs]
files = "costs.csv"
[tables.costs.columns]
customer_id = { role = "customer" }
month = { role = "date" }
kind = { role = "segment" }
amount = { role = "number" }
"""
ORDERS = pd.DataFrame(
    {
        "order_id": list("123456"),
        "ordered_at": ["2026-01-05", "2026-01-20", "2026-02-01", "2026-03-02", "2026-03-03", None],
        "customer_id": ["a", "a", "b", "b", "c", "c"],
        "net_amount": [10.0, 20.0, 30.0, -5.0, 8.0, 4.0],
        "refund_amount": [0.0, 20.0, 0.0, 0.0, None, 0.0],
        "margin": [4.0, 0.0, 9.0, -2.0, 3.0, 1.0],
        "currency": "EUR",
    }
)
SPENT = pd.DataFrame(
    {
        "customer_id": ["a", "a", "b", "d"],
        "month": ["2025-06-01", "2026-01-01", "2026-02-01", "2026-03-01"],
        "kind": ["acquisition", "serve", "acquisition", "acquisition"],
        "amount": [50.0, 6.0, 5.0, 2.0],
    }
)


def shop(tmp_path: Path, text: str, **tables: pd.DataFrame) -> Company:
    (tmp_path / "codebook.toml").write_text(CODEBOOK + text, encoding="utf-8")
    given = {name: frame.astype("str").mask(frame.isna()) for name, frame in tables.items()}
    return cx.open_company(tmp_path / "codebook.toml", period="2026-03", tables=given)


@pytest.fixture(scope="module")
def demo() -> Company:
    return cx.open_company("demo", period="2026-10")


def test_purchases_are_net_of_refunds(tmp_path: Path) -> None:
    trade = company_trade(shop(tmp_path, MONEY, orders=ORDERS))
    assert trade.bought is not None
    rows = run(trade.bought.order_by("customer_id", "ordered_at"))
    assert rows["paid"].tolist() == [10, 0, 30, 8]
    assert (str(trade.first), str(trade.last), trade.currency) == (
        "2026-01-05", "2026-03-31", "EUR",
    )  # fmt: skip
    left_out = trade.left_out.set_index("reason")["n"]
    assert left_out[left_out > 0].to_dict() == {"no day": 1, "negative amount": 1}


def test_profit_counts_costs_of_the_same_time(tmp_path: Path) -> None:
    found = company_profit(shop(tmp_path, MONEY + COSTS, orders=ORDERS, costs=SPENT))
    # a 4 - 6 (the 50 of last year are left out), b 9 - 2 - 5, c 3 + 1, d -2
    assert found.total[["n", "total", "losing"]].to_numpy().tolist() == [[4, 2.0, 2]]
    assert found.has_costs
    assert found.missing == ""


def test_without_margins_there_is_no_profit(tmp_path: Path) -> None:
    company = shop(tmp_path, "", orders=ORDERS[ORDERS.columns[:4]])
    found = company_profit(company)
    assert found.missing == "margin"
    assert found.total.empty
    buying = company_buying(company)
    assert buying.margin is None
    assert buying.value["measure"].unique().tolist() == ["spend"]
    assert company_membership(company).missing == "contracts"


def test_several_currencies_are_refused(tmp_path: Path) -> None:
    mixed = ORDERS.assign(currency=["EUR"] * 5 + ["CHF"])
    company = shop(tmp_path, MONEY, orders=mixed)
    for ask in (company_profit, company_buying):
        with pytest.raises(CxError, match="several currencies"):
            ask(company)
    assert company_trade(company, rates={"EUR": 1, "CHF": 1.1}).currency == "EUR"


def test_the_orders_are_read_once_for_a_company_and_its_rates(tmp_path: Path) -> None:
    mixed = ORDERS.assign(currency=["EUR"] * 5 + ["CHF"])
    company, rates = shop(tmp_path, MONEY, orders=mixed), {"EUR": 1, "CHF": 2}
    trade = company_trade(company, rates=rates)
    assert company_trade(company, rates=dict(rates)) is trade
    # one order in francs, with a margin of 1
    others = company_trade(company, rates={"EUR": 1, "CHF": 3})
    paid = [run(found.orders.margin.sum().name("n"))["n"].item() for found in (trade, others)]
    assert paid[1] - paid[0] == 1
    assert company_trade(shop(tmp_path, MONEY, orders=mixed), rates=rates) is not trade


def test_orders_that_are_no_purchases_leave_nothing(tmp_path: Path) -> None:
    company = shop(tmp_path, MONEY, orders=ORDERS.assign(net_amount=-1.0))
    assert company_buying(company).forecast.empty
    assert company_profit(company).missing == "orders"


def test_too_few_months_and_customers_are_said(tmp_path: Path) -> None:
    found = company_buying(shop(tmp_path, MONEY, orders=ORDERS))
    assert found.check is None
    assert found.forecast["estimate"].isna().all()
    assert found.forecast["note"].iloc[0].startswith("no fit")
    assert found.value[["orders", "estimate"]].isna().all(axis=None)


def test_groups_of_customers_by_hand() -> None:
    days = pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-02", "2026-01-03", "2026-01-01"])
    orders = pd.DataFrame(
        {
            "customer_id": ["a", "a", "a", "b", None],
            "ordered_at": days,
            "channel": ["web", "app", "shop", None, "web"],
            "refund_amount": [0.0, 5.0, None, 1.0, 1.0],
        }
    )
    tickets = pd.DataFrame({"customer_id": ["a", "b", "b", "z", None]})
    help_asked = run(asked_for_help(orders, tickets).order_by("customer_id"))
    assert help_asked.to_dict("list") == {"customer_id": ["a", "b"], "help": ["up to half", "more"]}
    back = run(sent_back(orders).order_by("customer_id"))
    assert back["sent_back"].tolist() == ["up to a third", "more"]
    first = run(first_values(orders, "channel").order_by("customer_id"))
    assert first["channel"].fillna("-").tolist() == ["web", "-"]


def test_the_demo_loses_money_on_customers_it_can_name(demo: Company) -> None:
    """Types are in no table, but they ask for help and send back: data/demo/README.md."""
    found = company_profit(demo)
    groups = found.groups.set_index(["variable", "level"])
    for losing in (("help", "more"), ("sent_back", "more"), ("channel", "no order")):
        assert groups.loc[losing, "high"] < 0
        assert bool(groups.loc[losing, "signal"])
    assert groups.loc["channel"]["estimate"].drop("no order").idxmin() == "phone"
    spread = found.spread.set_index("variable")["signal"]
    assert spread[["channel", "help", "sent_back"]].all()
    assert not spread[["region", "age_band"]].any()  # nothing is planted there
    # the count of customers and of money, by pandas
    orders, costs = (demo.table(name) for name in ("orders", "costs"))
    assert orders is not None
    assert costs is not None
    sold = run(orders.filter(orders.ordered_at < "2026-11-01").select("customer_id", "margin"))
    spent = run(costs.select("customer_id", "month", "amount"))
    spent = spent[spent["month"].between("2024-11-01", "2026-10-31")]
    left = sold.groupby("customer_id")["margin"].sum().sub(
        spent.groupby("customer_id")["amount"].sum(), fill_value=0
    )  # fmt: skip
    assert found.total["n"].item() == len(left)
    assert found.total["total"].item() == pytest.approx(left.sum(), abs=0.01)
    assert found.peak["losing"].item() == (left.round(2) < 0).sum()
    again = found.again.set_index("before")
    assert again.loc["lost before", "low"] > again.loc["earned before", "high"]  # types last


def test_the_forecast_of_the_demo_held_out(demo: Company) -> None:
    found = company_buying(demo)
    assert found.check is not None
    total = found.check.total.iloc[0]
    assert abs(total["off"]) < 5
    assert found.check.by_month["held_out"].sum() == 12
    assert found.value["purchases"].tolist() == ["1", "2", "3 to 5", "6+", "all"]
    by_class = found.value.iloc[:-1]
    assert by_class["total"].sum() == pytest.approx(found.value["total"].iloc[-1])
    assert by_class["n"].sum() == found.forecast["n"].item()
    assert found.margin_is == "margin less service"
    assert abs(found.correlation) < 0.05  # spend is planted without regard to frequency


def test_a_contract_of_the_demo(demo: Company) -> None:
    found = company_membership(demo, discount=0.1)
    row = found.value.iloc[0]
    share = row["retention"] / 100
    assert row["multiple"] == pytest.approx(share / (1.1 - share))
    assert row["estimate"] == pytest.approx(row["margin"] * row["multiple"])
    assert row["low"] < row["estimate"] < row["high"]
    # margin of the members of 2025-11-01 in the year since then, by pandas
    customers, orders, costs = (demo.table(name) for name in ("customers", "orders", "costs"))
    assert customers is not None
    assert orders is not None
    assert costs is not None
    people = run(customers.select("customer_id", "contract_start", "contract_end"))
    start = pd.Timestamp("2025-11-01")
    there = (people["contract_start"] < start) & ~(people["contract_end"] < start)
    members = people.loc[there, "customer_id"]
    assert row["n"] == len(members)
    sold = run(orders.select("customer_id", "ordered_at", "margin"))
    sold = sold[sold["ordered_at"].between("2025-11-01", "2026-11-01", inclusive="left")]
    spent = run(costs.select("customer_id", "month", "amount"))
    spent = spent[spent["month"].between("2025-11-01", "2026-10-31")]
    left = (
        sold.loc[sold["customer_id"].isin(members), "margin"].sum()
        - spent.loc[spent["customer_id"].isin(members), "amount"].sum()
    )
    assert row["margin"] == pytest.approx(left / len(members), abs=1e-6)
    assert np.isfinite(row["low"])
