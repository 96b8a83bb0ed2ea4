"""Models of repeat buying: the published CDNOW fit, customers drawn by the model, bad input."""

import datetime as dt
import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.topics.value.bgnbd import NONE, ONE, OWN, fit_buying, known_parameters
from cxreport.topics.value.buying import buying_history
from cxreport.topics.value.buying_check import check_forecast
from cxreport.topics.value.buying_forecast import chance_active, expected_orders, forecast_buying
from cxreport.topics.value.likelihood import Fit

ROOT = Path(__file__).parents[3]
VECTORS = ROOT / "tests" / "reference" / "value.json"
CASES = {entry["id"]: entry for entry in json.loads(VECTORS.read_text(encoding="utf-8"))}
PUBLIC = ROOT / os.environ.get("CXREPORT_PUBLIC_DATA", "../shared")
CDNOW = PUBLIC / "data" / "cdnow" / "cdnow_sample.parquet"
needs_cdnow = pytest.mark.skipif(not CDNOW.is_file(), reason="no public data")
CALIBRATED, FOLLOWED = dt.date(1997, 9, 30), dt.date(1998, 6, 30)

# a comes back after 2 and 4 weeks (twice on the last day), b never, c after the end, d is nobody.
ROWS = pd.DataFrame(
    {
        "customer_id": ["a", "a", "a", "a", "b", "c", "c", None, "a"],
        "ordered_at": pd.to_datetime(
            [
                "2026-01-01 09:00", "2026-01-15 23:59", "2026-01-29 08:00", "2026-01-29 20:00",
                "2026-01-22", "2026-01-01", "2026-02-05", "2026-01-03", None,
            ],
            format="mixed",
        ),
        "net_amount": [10.0, 20.0, 5.0, 7.5, 99.0, 1.0, 2.0, 50.0, 3.0],
        "shop": ["x", "x", "x", "x", None, "y", "y", "x", "x"],
    }
)  # fmt: skip


def drawn(size: int, *, seed: int, weeks: float, leave: str = OWN) -> pd.DataFrame:
    """Draw customers who buy by the model: r 0.8, alpha 6 weeks; a 0.8, b 2.5; or one chance.

    ``later`` counts their purchases in as many weeks again; ``left`` says who had left before.
    """
    rng = np.random.default_rng(seed)
    rate = rng.gamma(0.8, 1 / 6, size)
    chance = {OWN: rng.beta(0.8, 2.5, size), ONE: np.full(size, 0.2), NONE: np.zeros(size)}[leave]
    rows = []
    for each, go in zip(rate, chance, strict=True):
        at, times, left = 0.0, [], False
        while not left and (at := at + rng.exponential(1 / each)) <= 2 * weeks:
            times.append(at)
            left = rng.random() < go
        seen = [time for time in times if time <= weeks]
        left = left and len(seen) == len(times)
        rows.append((len(seen), seen[-1] if seen else 0.0, len(times) - len(seen), left))
    frame = pd.DataFrame(rows, columns=["repeats", "recency", "later", "left"])
    return frame.assign(age=float(weeks), customers=1)


def plain_fit(model: str, *values: float) -> Fit:
    size = len(values)
    frame = pd.DataFrame({"note": [""] * size})
    return Fit(model, frame, np.log(values), np.zeros((size, size)))


def test_histories_by_hand() -> None:
    until, followed = dt.date(2026, 1, 29), dt.date(2026, 2, 28)
    found = buying_history(ROWS, amount="net_amount", until=until, followed_until=followed)
    assert found.to_dict("list") == {
        "repeats": [0, 0, 2],
        "recency": [0.0, 0.0, 4.0],
        "age": [1.0, 4.0, 4.0],
        "customers": [1, 1, 1],
        "spend": [0.0, 0.0, 32.5],
        "later": [0.0, 1.0, 0.0],
        "later_squared": [0.0, 1.0, 0.0],
    }


def test_equal_histories_are_one_row() -> None:
    found = buying_history(ROWS, until=dt.date(2026, 1, 10))
    assert found[["repeats", "customers"]].to_numpy().tolist() == [[0, 2]]
    assert found[["spend", "later"]].isna().all(axis=None)


def test_groups_without_a_name_are_kept() -> None:
    found = buying_history(ROWS, until=dt.date(2026, 1, 29), by="shop")
    assert found["customers"].sum() == 3
    assert found.loc[found["shop"].isna(), "age"].tolist() == [1.0]


def test_a_blank_is_no_customer() -> None:
    found = buying_history(ROWS.assign(customer_id=" "), until=dt.date(2026, 1, 29))
    assert found.empty


def test_unknown_columns_and_times_are_refused() -> None:
    with pytest.raises(CxError, match="unknown column"):
        buying_history(ROWS, date="day", until=FOLLOWED)
    with pytest.raises(CxError, match="no times"):
        buying_history(ROWS, date="shop", until=FOLLOWED)
    with pytest.raises(CxError, match="not a day"):
        buying_history(ROWS, until="2026-01-01")  # type: ignore[arg-type]
    with pytest.raises(CxError, match="time zone"):
        buying_history(ROWS, until=pd.Timestamp("2026-01-01", tz="UTC"))


@needs_cdnow
def test_cdnow_gives_the_published_parameters() -> None:
    history = buying_history(pd.read_parquet(CDNOW), date="date", until=CALIBRATED)
    assert history["customers"].sum() == 2357
    fit = fit_buying(history)
    case = CASES["bgnbd-01"]
    found = fit.parameters.set_index("parameter")
    for name, published in case["input"]["params"].items():
        assert found.loc[name, "estimate"] == pytest.approx(published, abs=5.1e-4)
        assert found.loc[name, "low"] < published < found.loc[name, "high"]
    expected, tolerance = case["expected"]["loglik"], case["tolerance"]["loglik"]
    assert fit.log_likelihood == pytest.approx(expected, abs=tolerance)
    assert fit.model == OWN


def test_expected_orders_and_chance_of_the_published_customer() -> None:
    case = CASES["bgnbd-01"]
    fit = known_parameters(**case["input"]["params"])
    x, recency, age = (case["input"]["customer"][name] for name in ("x", "t_x", "T"))
    one = pd.DataFrame({"repeats": [x], "recency": [recency], "age": [age], "customers": [1]})
    orders = expected_orders(fit, one, case["input"]["horizon"]).item()
    assert orders == pytest.approx(case["expected"]["conditional_expected_transactions"], abs=1e-6)
    assert chance_active(fit, one).item() == pytest.approx(case["expected"]["p_alive"], abs=1e-8)


@pytest.mark.parametrize(
    ("leave", "fit"),
    [
        (OWN, known_parameters(0.8, 6, 0.8, 2.5)),
        (ONE, plain_fit(ONE, 0.8, 6, 0.25)),  # odds of 0.2
        (NONE, plain_fit(NONE, 0.8, 6)),
    ],
)
def test_expectations_are_those_of_drawn_customers(leave: str, fit: Fit) -> None:
    begun = pd.DataFrame({"repeats": [0], "recency": [0.0], "age": [0.0], "customers": [1]})
    repeats = drawn(20_000, seed=11, weeks=30, leave=leave)["repeats"]
    error = repeats.std() / 20_000**0.5
    assert expected_orders(fit, begun, 30).item() == pytest.approx(repeats.mean(), abs=4 * error)


@pytest.mark.parametrize(
    ("leave", "fit"),
    [
        (OWN, known_parameters(0.8, 6, 0.8, 2.5)),
        (ONE, plain_fit(ONE, 0.8, 6, 0.25)),
        (NONE, plain_fit(NONE, 0.8, 6)),
    ],
)
def test_what_is_expected_of_each_history_is_what_those_customers_did(leave: str, fit: Fit) -> None:
    history = drawn(20_000, seed=12, weeks=30, leave=leave)
    off = history["later"] - expected_orders(fit, history, 30)
    wrong = history["left"] - (1 - chance_active(fit, history))
    for low, high in ((0, 0), (1, 1), (2, 4), (5, 99)):
        chosen = history["repeats"].between(low, high)
        root = chosen.sum() ** 0.5
        assert abs(off[chosen].mean()) < 4 * off[chosen].std() / root
        assert abs(wrong[chosen].mean()) <= 4 * wrong[chosen].std() / root


def test_nobody_who_leaves_is_arithmetic() -> None:
    fit = plain_fit(NONE, 1, 9)
    once = pd.DataFrame({"repeats": [1], "recency": [0.5], "age": [1.0], "customers": [1]})
    assert expected_orders(fit, once, 10).item() == pytest.approx(2)  # (1 + 1) / (9 + 1) x 10
    assert chance_active(fit, once).tolist() == [1.0]


def test_a_mean_of_one_is_no_hole() -> None:
    near, at = (known_parameters(0.5, 5, a, 2) for a in (1.0001, 1.0))
    once = pd.DataFrame({"repeats": [1], "recency": [3.0], "age": [9.0], "customers": [1]})
    expected = expected_orders(near, once, 20).item()
    assert expected_orders(at, once, 20).item() == pytest.approx(expected, rel=1e-3)


def test_the_model_that_drew_the_customers_is_chosen() -> None:
    one = fit_buying(drawn(4000, seed=5, weeks=60, leave=ONE))
    assert one.model == ONE
    chance = one.parameters.set_index("parameter").loc["p"]
    assert chance["low"] < 0.2 < chance["high"]
    assert fit_buying(drawn(4000, seed=5, weeks=60, leave=NONE)).model == NONE
    own = fit_buying(drawn(4000, seed=5, weeks=60))
    assert own.model == OWN


def test_intervals_hold_the_truth_that_drew_the_customers() -> None:
    truth = {"r": 0.8, "alpha": 6}
    held = 0
    for seed in range(40):
        found = fit_buying(drawn(600, seed=seed, weeks=40)).parameters.set_index("parameter")
        held += sum(
            found.loc[name, "low"] <= value <= found.loc[name, "high"]
            for name, value in truth.items()
        )
    # 95% of 80 is 76, with a standard error of 2.
    assert 70 <= held <= 80


@pytest.mark.parametrize(
    ("history", "note"),
    [
        ([[0, 0.0, 30.0, 100]], "nobody bought again"),
        ([[0, 0.0, 30.0, 0]], "no customers"),
        ([[5, 25.0, 30.0, 1]], "no fit"),  # a single customer
        ([[5, 25.0, 30.0, 900]], "no fit"),  # all alike
    ],
)
def test_no_fit_is_said(history: list[list[float]], note: str) -> None:
    frame = pd.DataFrame(history, columns=["repeats", "recency", "age", "customers"])
    fit = fit_buying(frame)
    assert not fit.converged
    assert fit.parameters[["estimate", "low", "high"]].isna().all(axis=None)
    assert fit.note.startswith(note)
    assert np.isnan(expected_orders(fit, frame, 10)).all()
    said = forecast_buying(fit, frame, 10)
    assert said["note"].str.startswith(note).all()
    assert said[["orders", "estimate"]].isna().all(axis=None)


@pytest.mark.parametrize(
    "row", [[1, 0.0, 9.0, 1], [0, 3.0, 9.0, 1], [2, 10.0, 9.0, 1], [-1, 0.0, 9.0, 1]]
)
def test_histories_that_contradict_themselves_are_refused(row: list[float]) -> None:
    frame = pd.DataFrame([row], columns=["repeats", "recency", "age", "customers"])
    with pytest.raises(CxError, match="contradicts"):
        fit_buying(frame)


def test_a_frame_of_something_else_is_refused() -> None:
    with pytest.raises(CxError, match="no history"):
        fit_buying(pd.DataFrame({"n": [1]}))
    with pytest.raises(CxError, match="above 0"):
        known_parameters(0, 1, 1, 1)


def test_forecast_by_group_adds_up() -> None:
    frame = drawn(3000, seed=2, weeks=40).assign(shop=["x", "y", "y"] * 1000)
    fit = fit_buying(frame)
    parts, whole = forecast_buying(fit, frame, 26, by="shop"), forecast_buying(fit, frame, 26)
    assert parts["orders"].sum() == pytest.approx(whole["orders"].item())
    assert parts["n"].tolist() == [1000, 2000]
    assert (whole["low"] < whole["estimate"]).all()
    assert (whole["estimate"] < whole["high"]).all()


@needs_cdnow
def test_cdnow_held_out() -> None:
    bought = pd.read_parquet(CDNOW)
    found = check_forecast(bought, date="date", split=CALIBRATED, until=FOLLOWED)
    days = bought.drop_duplicates(["customer_id", "date"])
    later = int((days["date"] > "1997-09-30").sum())
    total = found.total.iloc[0]
    assert (total["n"], total["actual"]) == (2357, later)
    assert total["off"] == pytest.approx(100 * (total["estimate"] / later - 1))
    months = found.by_month.set_index("month")
    assert len(months) == 18
    assert months.loc["1997-09", "actual"] == len(days) - later - 2357
    assert months.loc["1998-06", "actual"] == len(days) - 2357
    assert months["held_out"].sum() == 9
    # the published figure tracks the actual curve within a few percent
    assert (months["estimate"] / months["actual"] - 1).abs()[-12:].max() < 0.06
    assert found.by_repeats["n"].tolist() == [1411, 439, 214, 100, 193]


def test_the_interval_of_the_count_holds_it() -> None:
    """Sixteen shops whose customers buy by the model, followed for 40 weeks after 40."""
    held = 0
    for seed in range(16):
        rng = np.random.default_rng(seed)
        rows = []
        for who, rate in enumerate(rng.gamma(0.8, 1 / 6, 250)):
            go, at = rng.beta(0.8, 2.5), 0.0
            rows.append((who, at))
            while (at := at + rng.exponential(1 / rate)) <= 80:
                rows.append((who, at))
                if rng.random() < go:
                    break
        bought = pd.DataFrame(rows, columns=["customer_id", "week"])
        days = pd.Timestamp("2025-01-01") + pd.to_timedelta(bought["week"] * 7, unit="D")
        bought = bought.assign(ordered_at=days)
        split, until = dt.date(2025, 10, 8), dt.date(2026, 7, 15)
        total = check_forecast(bought, split=split, until=until).total.iloc[0]
        held += int(total["low"] <= total["actual"] <= total["high"])
    # 95% of 16 is 15, with a standard error of 0.9.
    assert 13 <= held <= 16


def test_customers_who_came_later_are_not_held_against_the_model() -> None:
    found = check_forecast(ROWS, split=dt.date(2026, 1, 20), until=dt.date(2026, 2, 28))
    assert found.total["n"].item() == 2  # b came after the split
    assert found.total["actual"].item() == 2  # a on the 29th, c in February
    assert found.by_month["month"].tolist() == ["2026-01", "2026-02"]
    assert found.by_month["actual"].tolist() == [2.0, 3.0]


def test_nobody_before_the_split_is_said() -> None:
    found = check_forecast(ROWS, split=dt.date(2025, 6, 30), until=dt.date(2026, 2, 28))
    assert found.total[["n", "actual"]].to_numpy().tolist() == [[0, 0]]
    assert found.total["note"].tolist() == ["no customers"]
    assert found.by_month["estimate"].isna().all()
    assert found.by_repeats.empty


def test_a_time_that_is_not_held_out_is_refused() -> None:
    with pytest.raises(CxError, match="held out"):
        check_forecast(ROWS, split=FOLLOWED, until=FOLLOWED)
