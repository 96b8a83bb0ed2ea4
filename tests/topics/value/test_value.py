"""Money: currencies, spend a purchase, value of customers and contracts."""

import datetime as dt
import json
import os
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.inputs.source import run
from cxreport.orders.currency import in_one_currency
from cxreport.topics.value.bgnbd import NONE, fit_buying
from cxreport.topics.value.buying import buying_history
from cxreport.topics.value.customer_value import customer_value, margin_multiple
from cxreport.topics.value.gamma_gamma import (
    SPENDING,
    expected_spend,
    fit_spending,
    mean_spend,
    spend_and_frequency,
    spending_history,
)
from cxreport.topics.value.likelihood import Fit, with_interval

value = import_module("cxreport.topics.value.customer_value")

ROOT = Path(__file__).parents[3]
VECTORS = ROOT / "tests" / "reference" / "value.json"
CASES = {entry["id"]: entry for entry in json.loads(VECTORS.read_text(encoding="utf-8"))}
PUBLIC = ROOT / os.environ.get("CXREPORT_PUBLIC_DATA", "../shared")
CDNOW = PUBLIC / "data" / "cdnow" / "cdnow_sample.parquet"
needs_cdnow = pytest.mark.skipif(not CDNOW.is_file(), reason="no public data")
CALIBRATED = dt.date(1997, 9, 30)
HISTORY = pd.DataFrame(
    {
        "repeats": [1, 0], "recency": [0.5, 0.0], "age": [1.0, 1.0],
        "customers": [1, 2], "spend": [20.0, 0.0],
    }
)  # fmt: skip


def plain_fit(model: str, *values: float, spread: float = 0.0) -> Fit:
    size = len(values)
    frame = pd.DataFrame({"note": [""] * size, "n": 1})
    return Fit(model, frame, np.log(values), spread * np.eye(size))


BUYING, SPENT = plain_fit(NONE, 1, 9), plain_fit(SPENDING, 2, 3, 10)


def test_margin_multiples_are_the_published_ones() -> None:
    case = CASES["clv-01"]
    for retention, row in zip(
        case["input"]["retention"], case["expected"]["multiple"], strict=True
    ):
        found = [margin_multiple(retention, rate) for rate in case["input"]["discount"]]
        assert found == pytest.approx(row, abs=case["tolerance"]["multiple"])
    published = case["expected"]["published"]
    assert margin_multiple(published["r"], published["i"]) == pytest.approx(2.67, abs=0.005)


@pytest.mark.parametrize(
    ("retention", "discount"), [(1.0, 0.0), (-0.1, 0.1), (1.1, 0.5), (0.9, float("nan")), (0.5, -1)]
)
def test_contracts_out_of_range_are_refused(retention: float, discount: float) -> None:
    with pytest.raises(CxError, match="cannot be valued"):
        margin_multiple(retention, discount)


@needs_cdnow
def test_spend_of_cdnow_is_the_published_one() -> None:
    case = CASES["gg-01"]
    bought = pd.read_parquet(CDNOW)
    history = spending_history(bought, amount="amount", date="date", until=CALIBRATED)
    assert history["customers"].sum() == case["expected"]["customers"]
    fit = fit_spending(history)
    found = fit.parameters.set_index("parameter")["estimate"]
    for name in ("p", "q", "gamma"):
        assert found[name] == pytest.approx(case["expected"][name], abs=case["tolerance"][name])
    assert fit.log_likelihood == pytest.approx(case["expected"]["loglik"], abs=0.001)
    assert spend_and_frequency(history) == pytest.approx(case["expected"]["correlation"], abs=0.005)
    each = case["input"]["customer"]
    one = pd.DataFrame({"repeats": [each["x"]], "spend": [each["x"] * each["mean_spend"]]})
    expected = expected_spend(fit, one.assign(customers=1)).item()
    assert expected == pytest.approx(case["expected"]["conditional_mean"], abs=0.02)


def test_spending_by_hand() -> None:
    days = pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-02", "2026-01-05", "2026-01-01"])
    rows = pd.DataFrame({"customer_id": list("aaaab"), "ordered_at": days, "paid": range(10, 15)})
    found = spending_history(rows, amount="paid", until=dt.date(2026, 1, 4))
    assert found.to_dict("list") == {"repeats": [1], "spend": [23.0], "customers": [1]}


def test_spend_that_drew_the_customers_is_found_again() -> None:
    rng = np.random.default_rng(3)
    rate = rng.gamma(4, 1 / 15, 3000)  # q 4, gamma 15, p 6: a mean of 6 x 15 / 3
    repeats = rng.integers(1, 8, 3000)
    spend = np.array([rng.gamma(6 * x, 1 / nu) for x, nu in zip(repeats, rate, strict=True)])
    history = pd.DataFrame({"repeats": repeats, "spend": spend, "customers": 1})
    fit = fit_spending(history)
    found = fit.parameters.set_index("parameter")
    for name, true in {"p": 6, "q": 4, "gamma": 15}.items():
        assert found.loc[name, "low"] < true < found.loc[name, "high"]
    mean = mean_spend(fit).iloc[0]
    assert mean["low"] < 30 < mean["high"]
    assert mean["n"] == 3000


@pytest.mark.parametrize(
    ("rows", "note"),
    [
        ([], "nobody bought again"),
        ([[1, -3.0, 5], [2, 0.0, 4]], "nobody bought again"),  # only money sent back
        ([[2, 30.0, 1]], "no fit"),
        ([[2, 30.0, 400]], "no fit"),  # all alike
    ],
)
def test_no_spend_is_said(rows: list[list[float]], note: str) -> None:
    history = pd.DataFrame(rows, columns=["repeats", "spend", "customers"]).astype(float)
    fit = fit_spending(history)
    assert fit.note.startswith(note)
    assert fit.parameters[["estimate", "low", "high"]].isna().all(axis=None)
    assert mean_spend(fit)["estimate"].isna().all()
    assert np.isnan(spend_and_frequency(history))


def test_value_is_orders_times_spend() -> None:
    # Expected in 10 weeks: (1 + 1) / 10 x 10 = 2 orders of who came back, 1 of each other.
    # Spend: 2 (10 + 20) / (2 + 3 - 1) = 15, and 2 x 10 / 2 = 10. So 30 + 2 x 10 = 50.
    found = customer_value(HISTORY, BUYING, SPENT, weeks=10, discount=0, margin=0.5).iloc[0]
    assert found["orders"] == pytest.approx(4)
    assert found["spend"] == pytest.approx(12.5)
    assert found["total"] == pytest.approx(25)
    assert found["estimate"] == pytest.approx(25 / 3)
    assert found["measure"] == "margin"


def test_money_is_discounted_by_quarters() -> None:
    found = customer_value(HISTORY, BUYING, SPENT, weeks=26, discount=0.1).iloc[0]
    # 5 a week, 65 a quarter, from the middles of two quarters
    year = 365.25 / 7
    expected = 65 * (1.1 ** (-6.5 / year) + 1.1 ** (-19.5 / year))
    assert found["total"] == pytest.approx(expected)
    assert found["measure"] == "spend"


def test_value_by_group_adds_up() -> None:
    frame = HISTORY.assign(shop=["x", None])
    parts = customer_value(frame, BUYING, SPENT, by="shop")
    whole = customer_value(frame, BUYING, SPENT)
    assert parts["total"].sum() == pytest.approx(whole["total"].item())
    assert parts["n"].tolist() == [1, 2]


def test_no_fit_no_value() -> None:
    nobody = HISTORY[HISTORY["repeats"] == 0]
    found = customer_value(nobody, fit_buying(nobody), SPENT)
    assert found[["orders", "spend", "total", "estimate", "low", "high"]].isna().all(axis=None)
    assert found["note"].tolist() == ["nobody bought again"]


def test_values_out_of_range_are_refused() -> None:
    for wrong in ({"weeks": 0.0}, {"discount": -1.0}, {"margin": 1.5}):
        with pytest.raises(CxError, match="cannot be valued"):
            customer_value(HISTORY, BUYING, SPENT, **wrong)  # type: ignore[arg-type]
    with pytest.raises(CxError, match="without money"):
        customer_value(HISTORY.assign(spend=np.nan), BUYING, SPENT)


def test_intervals_of_products() -> None:
    # The variance of the log of a product of two independent values is the sum of theirs.
    fits = [plain_fit("", 4, spread=0.03), plain_fit("", 5, spread=0.01)]
    estimate, low, high = with_interval(fits, lambda a, b: float(a[0] * b[0]), 2)
    assert estimate == pytest.approx(20)
    assert (low, high) == pytest.approx((20 * np.exp(-0.4), 20 * np.exp(0.4)))


ORDERS = pd.DataFrame(
    {
        "net_amount": [10.0, 20.0, 30.0, None],
        "margin": [1.0, 2.0, 3.0, 4.0],
        "currency": ["EUR", "CHF", " eur", None],
    }
)


def test_several_currencies_are_refused() -> None:
    with pytest.raises(CxError, match="several currencies") as raised:
        in_one_currency(ORDERS, ["net_amount"])
    assert "EUR (2), CHF (1)" in str(raised.value)


def test_rates_make_one_currency() -> None:
    found = in_one_currency(ORDERS, ["net_amount", "margin"], rates={"eur": 1, "CHF": 1.05})
    rows = run(found.rows)
    assert rows["net_amount"].tolist()[:3] == pytest.approx([10, 21, 30])
    assert rows["margin"].tolist()[:3] == pytest.approx([1, 2.1, 3])
    assert rows["margin"].isna().tolist() == [False, False, False, True]
    assert found.currency == "EUR"
    counts = found.counts.assign(currency=found.counts["currency"].fillna("-"))
    assert counts[["currency", "n"]].to_numpy().tolist() == [["EUR", 2], ["CHF", 1], ["-", 1]]
    assert counts["note"].tolist() == ["", "", "currency not stated"]


def test_one_currency_needs_no_rates() -> None:
    found = in_one_currency(ORDERS[ORDERS["currency"] != "CHF"], ["margin"])
    assert run(found.rows)["margin"].fillna(-1).tolist() == [1, 3, -1]
    assert found.currency == "EUR"
    nothing = in_one_currency(ORDERS.drop(columns="currency"), ["margin"])
    assert (nothing.currency, len(nothing.counts)) == ("", 0)
    unnamed = in_one_currency(ORDERS.assign(currency=[None, "", " ", None]), ["margin"])
    assert run(unnamed.rows)["margin"].tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "rates",
    [{"EUR": 1}, {"EUR": 1, "CHF": 0}, {"EUR": 1, "CHF": float("nan")}, {"EUR": 2, "CHF": 3}],
)
def test_rates_that_do_not_do_are_refused(rates: dict[str, float]) -> None:
    with pytest.raises(CxError, match="cannot be converted"):
        in_one_currency(ORDERS, ["net_amount"], rates=rates)


def test_amounts_that_are_text_are_refused() -> None:
    with pytest.raises(CxError, match="no numbers"):
        in_one_currency(ORDERS, ["currency"])


@needs_cdnow
def test_value_of_cdnow_without_discount_is_orders_times_spend() -> None:
    bought = pd.read_parquet(CDNOW)
    history = buying_history(bought, amount="amount", date="date", until=CALIBRATED)
    spent = fit_spending(spending_history(bought, amount="amount", date="date", until=CALIBRATED))
    found = customer_value(history, fit_buying(history), spent, weeks=39, discount=0).iloc[0]
    assert found["total"] == pytest.approx(found["orders"] * found["spend"])
    assert found["low"] < found["estimate"] < found["high"]
    # what 2,357 customers really spent in the 39 weeks is within a fifth of it
    days = bought.groupby(["customer_id", "date"], as_index=False)["amount"].sum()
    actual = days.loc[days["date"] > "1997-09-30", "amount"].sum()
    assert found["total"] == pytest.approx(actual, rel=0.2)
