"""Customer profitability and the whale curve: by hand, on drawn customers, on the demo's truth."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxreport.demo import customer_types
from cxreport.errors import CxError
from cxreport.inputs.source import run
from cxreport.scores.segments import suppress
from cxreport.topics.value.losses import losses_again
from cxreport.topics.value.profitability import profitability
from cxreport.topics.value.profits import count_profits, profit_by_customer, profit_of_nobody
from cxreport.topics.value.whale import whale_curve, whale_peak

DEMO = Path(__file__).parents[3] / "data" / "demo"
ORDERS = pd.DataFrame(
    {
        "customer_id": ["a", "a", "b", "c", None, "", "d"],
        "margin": [20.0, 15.5, 4.0, None, 7.0, 1.0, -2.0],
    }
)
COSTS = pd.DataFrame(
    {
        "customer_id": ["a", "b", "b", "e", None],
        "amount": [12.0, 5.0, 9.25, 3.0, 8.0],
        "kind": ["acquisition", "acquisition", "serve", "serve", None],
    }
)
SHOPS = pd.DataFrame({"customer_id": list("abcd"), "shop": ["x", "x", "y", "y"]})


def customers(margins: list[float], times: int = 1) -> pd.DataFrame:
    n = len(margins) * times
    return pd.DataFrame({"customer_id": range(n), "margin": margins * times})


def test_profit_of_each_customer_by_hand() -> None:
    found = run(profit_by_customer(ORDERS, COSTS).order_by("customer_id"))
    assert found["customer_id"].tolist() == ["a", "b", "c", "d", "e"]
    assert found["profit"].dropna().tolist() == [23.5, -10.25, -2.0, -3.0]
    assert found["profit"].isna().tolist() == [False, False, True, False, False]
    assert found["serve"].tolist() == [0.0, 9.25, 0.0, 0.0, 3.0]


def test_what_belongs_to_nobody_is_counted() -> None:
    found = profit_of_nobody(ORDERS, COSTS)
    assert found.to_dict("list") == {
        "part": ["margin", "cost"], "n": [2, 1], "total": [8.0, 8.0], "unknown": [1, 0],
    }  # fmt: skip


def test_ids_of_two_kinds_are_joined_or_refused() -> None:
    orders = pd.DataFrame({"customer_id": [1.0, float("nan"), 2.0], "margin": [5.0, 4.0, 3.0]})
    costs = pd.DataFrame({"customer_id": [1, 2], "amount": [2.0, 4.0], "kind": "serve"})
    found = run(profit_by_customer(orders, costs).order_by("customer_id"))
    assert found["profit"].tolist() == [3.0, -1.0]
    with pytest.raises(CxError, match="text in one table"):
        profit_by_customer(orders, costs.astype({"customer_id": "str"}))
    with pytest.raises(CxError, match="text in one table"):
        profit_by_customer(orders, groups=SHOPS, by="shop")


def test_profitability_by_hand() -> None:
    found = profitability(profit_by_customer(ORDERS, COSTS)).iloc[0]
    assert (found["n"], found["unknown"], found["losing"]) == (4, 1, 3)
    assert found["total"] == pytest.approx(8.25)
    assert found["estimate"] == pytest.approx(8.25 / 4)
    # Wilson for 3 of 4: (0.75 + z^2/8 -+ z sqrt(0.75 x 0.25 / 4 + z^2/64)) / (1 + z^2/4)
    assert found["losing_low"] == pytest.approx(30.06, abs=0.01)
    assert found["losing_high"] == pytest.approx(95.44, abs=0.01)


def test_the_interval_leans_to_the_long_tail() -> None:
    found = profitability(profit_by_customer(customers([0.0, 0.0, 0.0, 4.0]))).iloc[0]
    # mean 1, variance 4, third moment 6: shift 6 / (6 x 4 x 4), and Student's 3.1824 x 1
    assert found["low"] == pytest.approx(1.0625 - 3.1824, abs=1e-4)
    assert found["high"] == pytest.approx(1.0625 + 3.1824, abs=1e-4)


def test_the_interval_holds_the_mean_of_skewed_money() -> None:
    rng = np.random.default_rng(8)
    frame = pd.DataFrame(
        {
            "customer_id": range(400 * 60),
            "margin": rng.lognormal(0, 1, 400 * 60).round(2) * 10,
            "company": np.repeat(np.arange(400), 60),
        }
    )
    table = profit_by_customer(frame, groups=frame[["customer_id", "company"]], by="company")
    found = profitability(table, by="company")
    truth = 10 * np.exp(0.5)
    held = ((found["low"] <= truth) & (truth <= found["high"])).mean()
    assert 0.90 <= held <= 0.97


def test_groups_and_customers_of_no_group() -> None:
    found = profitability(profit_by_customer(ORDERS, COSTS, groups=SHOPS, by="shop"), by="shop")
    assert found["shop"].fillna("-").tolist() == ["x", "y", "-"]
    assert found["n"].tolist() == [2, 1, 1]
    assert found["note"].tolist() == ["", "one customer", "one customer"]
    assert found["estimate"].tolist() == pytest.approx([6.625, -2, -3])
    hidden = suppress(found)
    assert hidden["total"].isna().all()


def test_groups_are_one_family() -> None:
    frame = customers([1.0, -1.0, 3.0, 2.0, 5.0, 4.0, 0.5, 7.0])
    shops = frame[["customer_id"]].assign(shop=["x", "x", "x", "x", "y", "y", "y", "y"])
    found = profitability(profit_by_customer(frame, groups=shops, by="shop"), by="shop")
    low, high = sorted(found["p_value"])
    assert sorted(found["q_value"]) == pytest.approx(sorted([2 * low, max(2 * low, high)]))


def test_equal_money_stays_equal_to_the_cent() -> None:
    found = count_profits(profit_by_customer(customers([0.1 + 0.2, 0.3, 0.3])))
    assert found[["profit", "customers"]].to_numpy().tolist() == [[0.3, 3]]


@pytest.mark.parametrize(
    ("margins", "note"), [([5.0], "one customer"), ([5.0, 5.0, 5.0], "all customers alike")]
)
def test_no_spread_no_interval(margins: list[float], note: str) -> None:
    found = profitability(profit_by_customer(customers(margins))).iloc[0]
    assert found["estimate"] == 5
    assert found[["low", "high", "p_value", "signal"]].isna().all()
    assert found["note"] == note


def test_nobody_has_no_profit() -> None:
    table = profit_by_customer(ORDERS[ORDERS["margin"].isna()])
    assert profitability(table)["note"].tolist() == ["no customers"]
    assert profitability(table)["estimate"].isna().all()
    assert whale_peak(table)["note"].tolist() == ["no customers"]
    assert whale_curve(table)["estimate"].isna().all()


def test_revenue_is_no_profit() -> None:
    with pytest.raises(CxError, match="no profit"):
        profit_by_customer(ORDERS.rename(columns={"margin": "net_amount"}))


def test_bad_tables_are_refused() -> None:
    with pytest.raises(CxError, match="two rows"):
        profit_by_customer(ORDERS, groups=pd.concat([SHOPS, SHOPS]), by="shop")
    with pytest.raises(CxError, match="unknown column"):
        profit_by_customer(ORDERS, groups=SHOPS, by="region")
    with pytest.raises(CxError, match="not given"):
        profit_by_customer(ORDERS, by="shop")
    with pytest.raises(CxError, match="no numbers"):
        profit_by_customer(ORDERS.assign(margin="12"))
    with pytest.raises(CxError, match="1 to 100"):
        whale_curve(profit_by_customer(ORDERS), points=0)


def test_the_peak_of_the_whale_by_hand() -> None:
    found = whale_peak(profit_by_customer(customers([60.0, 50.0, 10.0, -20.0], 25))).iloc[0]
    assert (found["profitable"], found["losing"]) == (75, 25)
    assert (found["total"], found["peak"], found["lost"]) == (2500, 3000, 500)
    assert found["share"] == 75
    assert found["top"] == pytest.approx(48)  # 20 of the 25 customers with 60
    # gains - 1.2 x profit is -12, -10, -2, 24: squares add up to 25 x 824
    reach = 100 * 1.95996 * (25 * 824 / 99 / 100) ** 0.5 / 25
    assert found["estimate"] == pytest.approx(120)
    assert found["low"] == pytest.approx(120 - reach, abs=1e-3)
    assert found["high"] == pytest.approx(120 + reach, abs=1e-3)


def test_losses_cannot_be_divided() -> None:
    table = profit_by_customer(customers([5.0, -10.0, -20.0], 20))
    assert whale_peak(table)[["estimate", "low", "high", "top"]].isna().all(axis=None)
    assert whale_peak(table)["lost"].item() == 600
    assert whale_curve(table)["estimate"].isna().all()
    assert whale_curve(table)["total"].iloc[-1] == -500


def test_losses_by_those_before() -> None:
    first = profit_by_customer(pd.DataFrame({"customer_id": list("abcdef"), "margin": [-1.0] * 6}))
    margins = [-1.0, -1.0, -1.0, 0.0, 2.0, None]
    then = profit_by_customer(pd.DataFrame({"customer_id": list("abcdef"), "margin": margins}))
    found = losses_again(first, then)
    assert found[["n", "losing"]].to_numpy().tolist() == [[5, 3], [0, 0]]
    # Wilson for 3 of 5: (0.6 + z^2/10 -+ z sqrt(0.6 x 0.4 / 5 + z^2/100)) / (1 + z^2/5)
    assert found.loc[0, ["low", "high"]].tolist() == pytest.approx([23.07, 88.24], abs=0.01)
    assert found.loc[1, ["estimate", "low", "high"]].isna().all()


@pytest.mark.skipif(not (DEMO / "costs.parquet").is_file(), reason="run cxreport demo")
def test_the_type_of_the_demo_that_loses_money_is_found() -> None:
    """Planted: discount hunters -38 a customer; the data of the default seed hold -37.3."""
    orders, costs = (pd.read_parquet(DEMO / f"{name}.parquet") for name in ("orders", "costs"))
    types = customer_types()
    table = profit_by_customer(orders, costs, groups=types, by="customer_type")
    found = profitability(table, by="customer_type").set_index("customer_type")
    assert found["estimate"].round(1).to_dict() == {
        "digital in a hurry": 41.0,
        "discount hunters": -37.3,
        "explorers": 52.0,
        "neighbourhood loyals": 64.9,
    }
    hunters = found.loc["discount hunters"]
    assert hunters["high"] < 0
    assert bool(hunters["signal"])
    assert hunters["losing_share"] > 90
    together = whale_peak(table).iloc[0]
    assert together["n"] == 12_000
    assert together["total"] == pytest.approx(found["total"].sum())
