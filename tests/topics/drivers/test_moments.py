"""Moments of truth: what happens later, by hand; and what the demo company planted."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

import cxreport as cx
from cxreport.errors import CxError
from cxreport.inputs.source import run
from cxreport.topics.drivers import moments_of_truth
from cxreport.topics.drivers.answers import driver_answers
from cxreport.topics.drivers.later_outcomes import with_contracts, with_next_score, with_orders

if TYPE_CHECKING:
    from cxreport.inputs.survey import Survey

ROOT = Path(__file__).parents[3]
UNTIL = dt.date(2026, 6, 30)
ENDS = {"low_to": 2, "high_from": 5, "target": 4.0}


def answers() -> pd.DataFrame:
    rows = [
        ("r1", "a", "2026-01-10", 9.0),
        ("r2", "a", "2026-03-01", 4.0),
        ("r3", "b", "2026-01-10", 10.0),
        ("r4", "c", "2026-06-20", 2.0),
        ("r5", None, "2026-01-10", 8.0),
        ("r6", "a", "2026-03-20", None),
    ]
    frame = pd.DataFrame(rows, columns=["response_id", "customer_id", "answered_at", "nps"])
    return frame.assign(answered_at=pd.to_datetime(frame["answered_at"]))


def by_id(table: Any, column: str) -> dict[str, float]:
    found = run(table).set_index("response_id")[column]
    return {name: float(value) for name, value in found.items() if pd.notna(value)}


def test_ordered_again_within_the_window() -> None:
    orders = pd.DataFrame(
        {
            "customer_id": ["a", "a", "b", "c", None],
            # on the answer's own moment, on the 30th day, a day late, and after an open window
            "ordered_at": pd.to_datetime(
                ["2026-01-10", "2026-02-09", "2026-02-10", "2026-06-25", "2026-01-12"]
            ),
        }
    )
    table = with_orders(answers(), orders, observed_until=UNTIL, days=30)
    assert by_id(table, "ordered_again") == {"r1": 100, "r2": 0, "r3": 0, "r6": 0}
    assert len(run(table)) == 6


def test_the_next_answer_of_the_same_customer() -> None:
    # a: 9, then 4, then an answer without a score; b and c answered once, r5 has no customer
    table = with_next_score(answers(), score="nps")
    assert by_id(table, "next_score") == {"r1": 4.0}
    assert len(run(table)) == 6


def test_still_under_contract() -> None:
    customers = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c"],
            "contract_start": pd.to_datetime(["2025-01-01", "2026-01-01", "2020-01-01"]),
            "contract_end": pd.to_datetime(["2026-03-15", None, "2026-06-25"]),
        }
    )
    table = with_contracts(answers(), customers, observed_until=UNTIL, days=30)
    # r1 ends later than 30 days after, r2 within, r6 after the end; c's window is not over
    assert by_id(table, "stayed") == {"r1": 100, "r2": 0, "r3": 100}


@pytest.mark.parametrize("days", [0, -5])
def test_a_window_needs_days(days: int) -> None:
    with pytest.raises(CxError, match="a day or more"):
        with_orders(answers(), answers(), observed_until=UNTIL, days=days)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(CxError, match="unknown column"):
        with_next_score(answers().drop(columns="customer_id"), score="nps")
    with pytest.raises(CxError, match="unknown column"):
        with_orders(answers(), answers(), observed_until=UNTIL)


def rated(n: int = 900, seed: int = 1) -> pd.DataFrame:
    """Rate three things; one costs when bad, one gains when excellent, one goes with the first."""
    random = np.random.default_rng(seed)
    basic = random.integers(1, 6, n)
    shadow = np.clip(basic + random.integers(-1, 2, n), 1, 5)
    joy = random.integers(1, 6, n)
    chance = 60 - 30 * (basic <= 2) + 20 * (joy == 5)
    again = 100 * (random.random(n) * 100 < chance)
    return pd.DataFrame({"basic": basic, "shadow": shadow, "joy": joy, "again": again})


def test_moments_are_told_apart_from_what_goes_along_with_them() -> None:
    found = moments_of_truth(
        rated(), {"again": 10}, ["basic", "shadow", "joy"], **ENDS, bootstrap=400
    ).set_index("driver")
    assert found["kind"].to_dict() == {"basic": "negative", "shadow": "none", "joy": "positive"}
    assert found.loc["basic", "negative"] == pytest.approx(-30, abs=12)
    assert found.loc["joy", "positive"] == pytest.approx(20, abs=12)


def test_an_effect_must_be_large_and_certain() -> None:
    large = moments_of_truth(rated(), {"again": 60}, ["basic", "joy"], **ENDS, bootstrap=400)
    assert set(large["kind"]) == {"none"}
    uncertain = moments_of_truth(
        rated(40), {"again": 10}, ["basic", "shadow", "joy"], **ENDS, bootstrap=400
    )
    assert (uncertain["negative"].abs() >= 10).any()
    assert set(uncertain["kind"]) <= {"none", "too few answers"}


def test_all_effects_of_all_outcomes_are_one_family() -> None:
    rows = rated().assign(noise=lambda f: np.random.default_rng(2).normal(size=len(f)))
    one = moments_of_truth(rows, {"again": 10}, ["joy"], **ENDS, bootstrap=400)
    two = moments_of_truth(rows, {"again": 10, "noise": 9}, ["joy"], **ENDS, bootstrap=400)
    # the smallest of two p-values is doubled, and the smallest of four times four
    assert two["positive_q"][0] == pytest.approx(2 * one["positive_q"][0])
    assert two["outcome"].tolist() == ["again", "noise"]


def test_at_risk_is_said_where_the_interval_leaves_out_the_target() -> None:
    rows = pd.DataFrame({"bad": [2.0, 3.0] * 50, "good": [5.0, 4.0] * 50, "near": [3.0, 5.0] * 50})
    rows["later"] = np.arange(100.0)
    found = moments_of_truth(rows, {"later": 1}, ["bad", "good", "near"], **ENDS, bootstrap=20)
    assert found["at_risk"].tolist() == [True, False, pd.NA]
    # mean 2.5, standard deviation 0.5025, 100 ratings
    half = 1.959964 * 0.5025189 / 10
    assert found["performance"][0] == 2.5
    assert found["performance_high"][0] == pytest.approx(2.5 + half, abs=1e-6)


def test_few_answers_make_no_moment() -> None:
    rows = rated(200).assign(rare=[1.0, 5.0, 3.0] + [np.nan] * 197)
    found = moments_of_truth(rows, {"again": 10}, ["basic", "rare"], **ENDS, bootstrap=50)
    last = found.iloc[-1]
    assert [last["kind"], last["note"]] == ["too few answers", "too few answers"]
    assert np.isnan(last["negative"])
    assert np.isnan(last["negative_q"])


def test_what_cannot_be_sure_is_refused() -> None:
    with pytest.raises(CxError, match="no outcome"):
        moments_of_truth(rated(), {}, ["basic"], **ENDS)
    with pytest.raises(CxError, match="needs resamples"):
        moments_of_truth(rated(), {"again": 1}, ["basic"], **ENDS, bootstrap=0)


@pytest.fixture(scope="module")
def october() -> Survey:
    return cx.open_survey(ROOT / "data" / "demo" / "codebook.toml", period="2026-10")


def test_the_planted_moments_are_found_and_the_causeless_one_is_not(october: Survey) -> None:
    found = cx.drivers.survey_moments(october, bootstrap=400)
    again = found[found["outcome"] == "ordered_again"].set_index("question")
    # promoters order again in 70%, detractors in 40% of cases; delivery makes detractors
    assert again.loc["tp_delivery", "kind"] == "negative"
    assert again.loc["tp_shop_staff", "kind"] == "positive"
    assert set(found.loc[found["question"] == "tp_product_range", "kind"]) == {"none"}
    other = found[~found["question"].isin(["tp_delivery", "tp_shop_staff"])]
    assert set(other["kind"]) == {"none"}


def test_the_planted_kinds_are_found(october: Survey) -> None:
    found = cx.drivers.survey_asymmetry(october, periods=24, bootstrap=400).set_index("question")
    assert found.index[found["kind"] == "basic"].tolist() == ["tp_delivery"]
    assert found.index[found["kind"] == "excitement"].tolist() == ["tp_shop_staff"]
    # as the demo's own table of truths counts them
    delivery = found.loc["tp_delivery", ["penalty", "reward"]].tolist()
    assert delivery == pytest.approx([-1.98, -0.02], abs=0.02)
    staff = found.loc["tp_shop_staff", ["penalty", "reward"]].tolist()
    assert staff == pytest.approx([0.05, 1.10], abs=0.02)
    assert found.loc["tp_product_range", "note"] == "no effect of its own"


def test_what_to_mend_first_is_the_planted_cost(october: Survey) -> None:
    ranked = cx.drivers.survey_criticality(october, bootstrap=400)
    assert ranked["question"][0] == "tp_delivery"
    assert [ranked["level"][0], ranked["top"][0]] == ["high", 100]
    causeless = ranked.set_index("question").loc["tp_product_range"]
    assert [causeless["level"], causeless["note"]] == ["low", "sign against correlation"]
    assert set(ranked["target"]) == {4.0}
    order = cx.drivers.survey_priorities(
        cx.drivers.survey_asymmetry(october, bootstrap=200), ranked
    )
    assert order.loc[0, ["question", "kind", "standing", "order"]].tolist() == [
        "tp_delivery", "basic", "low", 1
    ]  # fmt: skip


def test_answers_outside_their_scale_are_left_out(october: Survey) -> None:
    found = driver_answers(october, 24)
    assert found is not None
    assert (found.low_to, found.high_from, found.satisfied) == (2, 5, 4)
    ends = run(found.rows.aggregate(low=found.rows.nps.min(), high=found.rows.nps.max())).iloc[0]
    assert ends.tolist() == [0, 10]  # the file holds -1, 7.5 and 11, too
    assert run(found.rows.filter(found.rows.nps == 7.5).count().name("n"))["n"].item() == 0


CODEBOOK = """
[source]
title = { en = "Shop", it = "Negozio" }
terms = { en = "invented", it = "inventati" }
observed_until = 2026-11-05
[tables.responses]
files = "answers.csv"
[tables.responses.columns]
id = { role = "id" }
day = { role = "date" }
score = { role = "nps" }
"""


def survey_of(folder: Path, columns: str, **ratings: list[str]) -> Survey:
    n = len(next(iter(ratings.values())))
    rows = {"id": [str(i) for i in range(n)], "day": ["2026-10-01"] * n, **ratings}
    path = folder / "codebook.toml"
    path.write_text(CODEBOOK + columns, encoding="utf-8")
    return cx.open_survey(path, tables={"responses": pd.DataFrame(rows)})


def test_a_survey_without_touchpoints_or_customers_has_empty_frames(tmp_path: Path) -> None:
    survey = survey_of(tmp_path, 'tp = { role = "touchpoint", scale = [1, 5] }\n',
                       score=["9", "3"], tp=["1", "5"])  # fmt: skip
    effects, ranked = cx.drivers.survey_asymmetry(survey), cx.drivers.survey_criticality(survey)
    everything = [
        cx.drivers.survey_importance(survey),
        effects,
        ranked,
        cx.drivers.survey_moments(survey),
    ]
    for frame in [*everything, cx.drivers.survey_priorities(effects, ranked)]:
        assert frame.empty
        assert "question" in frame.columns


def test_ratings_on_other_scales_are_turned_and_stretched(tmp_path: Path) -> None:
    columns = (
        'one = { role = "touchpoint", scale = [1, 5] }\n'
        'two = { role = "touchpoint", scale = [10, 0] }\n'
    )
    survey = survey_of(
        tmp_path, columns, score=["9", "3", "8"], one=["1", "5", "7"], two=["0", "10", "5"]
    )
    found = driver_answers(survey, 1)
    assert found is not None
    ratings = run(found.rows.order_by("id").select("one", "two"))
    assert ratings["one"].fillna(0).tolist() == [1, 5, 0]  # 7 is outside
    assert ratings["two"].tolist() == [5, 1, 3]


def test_customers_who_answer_again_are_drawn_together() -> None:
    """Thirty customers, each with the same answer four times: the error is that of thirty."""
    rng = np.random.default_rng(6)
    once = pd.DataFrame({"staff": rng.integers(1, 6, 30), "again": rng.integers(0, 2, 30) * 100})
    rows = pd.concat([once.assign(who=np.arange(30))] * 4, ignore_index=True)
    found = {
        name: moments_of_truth(
            data, {"again": 5}, ["staff"], **ENDS, cluster=cluster, bootstrap=1500, seed=2
        ).iloc[0]
        for name, data, cluster in (
            ("once", once, None), ("together", rows, "who"), ("apart", rows, None)
        )
    }  # fmt: skip
    width = {n: row["negative_high"] - row["negative_low"] for n, row in found.items()}
    assert width["together"] == pytest.approx(width["once"], rel=0.1)
    assert width["apart"] < 0.6 * width["once"]
    rated = {n: row["performance_high"] - row["performance_low"] for n, row in found.items()}
    # sqrt(s^2 / 30) with s^2 over 29 degrees of freedom, whether they say it once or four times
    assert rated["together"] == pytest.approx(rated["once"])
    assert rated["once"] == pytest.approx(2 * 1.959964 * once["staff"].std() / 30**0.5, rel=1e-6)


@pytest.mark.parametrize(("people", "freedom"), [(36, 33), (12, 9)])
def test_few_people_have_students_test(people: int, freedom: int) -> None:
    # Three numbers are fitted: a middling rating, a bad one and an excellent one. The interval has
    # the spread of the resamples, and one effect of two is left when Holm stops.
    rows = pd.DataFrame({"staff": [1, 3, 5] * 12, "again": [0, 60, 62, 10, 70, 71] * 6})
    rows["who"] = [f"p{at % people}" for at in range(36)]
    found = moments_of_truth(
        rows, {"again": 20}, ["staff"], low_to=2, high_from=5, target=4, cluster="who",
        bootstrap=300,
    ).iloc[0]  # fmt: skip
    assert found["kind"] == "negative"
    error = (found["positive_high"] - found["positive_low"]) / 2 / t.ppf(0.975, freedom)
    p_value = 2 * t.sf(abs(found["positive"]) / error, freedom)
    assert found["positive_q"] == pytest.approx(p_value)
