"""Penalty and reward, the order of priorities, and criticality: papers, R, and counts by hand."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.topics.drivers import asymmetry as contrast
from cxreport.topics.drivers import criticality as rank
from cxreport.topics.drivers import priority_order, resampling

asymmetry = import_module("cxreport.topics.drivers.asymmetry")
criticality = import_module("cxreport.topics.drivers.criticality")

FILE = Path(__file__).parents[2] / "reference" / "drivers.json"
CASES: dict[str, Any] = {c["id"]: c for c in json.loads(FILE.read_text(encoding="utf-8"))}
TOUCHPOINTS = ["t1", "t2", "t3"]
ENDS = {"low_to": 2, "high_from": 5}


def simulated() -> pd.DataFrame:
    given = CASES["drv-07"]["input"]
    return pd.DataFrame({"score": given["overall_0_10"]} | {t: given[t] for t in TOUCHPOINTS})


def used(n: int, seed: int = 3) -> pd.DataFrame:
    """Rate a call centre only where one phoned, and score less for having phoned."""
    random = np.random.default_rng(seed)
    phoned = random.random(n) < 0.5
    centre = pd.Series(random.integers(1, 6, n).astype(float)).where(phoned)
    shop = pd.Series(random.integers(1, 6, n).astype(float))
    score = 7.0 - 3.0 * phoned - 2.0 * (centre <= 2) + 1.5 * (shop == 5)
    return pd.DataFrame({"centre": centre, "shop": shop, "score": score})


def test_penalty_and_reward_as_in_r() -> None:
    expected = CASES["drv-07"]["expected"]
    found = contrast(simulated(), "score", TOUCHPOINTS, **ENDS, bootstrap=0)
    assert found["penalty"].tolist() == pytest.approx(expected["penalty"], abs=1e-7)
    assert found["reward"].tolist() == pytest.approx(expected["reward"], abs=1e-7)
    assert found["asymmetry"].tolist() == pytest.approx(expected["impact_asymmetry"], abs=1e-7)


def test_a_wrong_sign_without_an_interval_is_not_identified() -> None:
    found = contrast(simulated(), "score", TOUCHPOINTS, **ENDS, bootstrap=0).set_index("driver")
    assert found.loc["t3", ["kind", "note"]].tolist() == ["not identified", "wrong sign"]
    assert found["kind"].tolist()[:2] == ["basic", "performance"]


def test_a_kind_is_named_when_the_whole_interval_is_of_it() -> None:
    found = contrast(simulated(), "score", TOUCHPOINTS, **ENDS, bootstrap=500).set_index("driver")
    # simulated as basic, performance and excitement; sixty answers cannot tell the second
    assert found["kind"].to_dict() == {"t1": "basic", "t2": "not identified", "t3": "excitement"}
    assert found.loc["t2", "note"] == "spans the kinds"
    assert (found["low"] < found["asymmetry"]).all()
    assert (found["asymmetry"] < found["high"]).all()
    # the wrong sign of t3's penalty is within chance, and is not read as a sign
    assert found.loc["t3", "penalty"] > 0 > found.loc["t3", "penalty_low"]


def test_a_sign_that_is_wrong_beyond_chance_is_not_identified() -> None:
    rows = simulated()
    turned = rows.assign(score=10 - rows["score"])
    found = contrast(turned, "score", TOUCHPOINTS, **ENDS, bootstrap=300).set_index("driver")
    assert found.loc["t1", ["kind", "note"]].tolist() == ["not identified", "wrong sign"]


def test_a_large_sample_tells_performance_from_the_others() -> None:
    random = np.random.default_rng(8)
    rating = random.integers(1, 6, 8_000)
    score = 7 - 1.0 * (rating <= 2) + 1.0 * (rating == 5) + random.normal(size=8_000) * 0.5
    found = contrast(
        pd.DataFrame({"t": rating, "score": score}), "score", ["t"], **ENDS, bootstrap=200
    ).iloc[0]
    assert found["kind"] == "performance"


def test_what_has_no_effect_is_no_kind() -> None:
    random = np.random.default_rng(9)
    rows = pd.DataFrame({"t": random.integers(1, 6, 300), "score": random.normal(size=300)})
    found = contrast(rows, "score", ["t"], **ENDS, bootstrap=300).iloc[0]
    assert [found["kind"], found["note"]] == ["not identified", "no effect of its own"]


def test_not_rated_is_a_level_of_its_own() -> None:
    found = contrast(used(400), "score", ["centre", "shop"], **ENDS, bootstrap=0).set_index(
        "driver"
    )
    # a bad call costs 2; having phoned costs 3 more, which is not the rating's doing
    assert found.loc["centre", "penalty"] == pytest.approx(-2)
    assert found.loc["centre", "reward"] == pytest.approx(0, abs=1e-9)
    assert found.loc["shop", "reward"] == pytest.approx(1.5)
    assert found["n"].tolist() == used(400)[["centre", "shop"]].count().tolist()


def test_rows_without_an_outcome_are_left_out() -> None:
    rows = used(400)
    more = pd.concat([rows, rows.head(50).assign(score=np.nan)], ignore_index=True)
    one, other = (
        contrast(frame, "score", ["centre", "shop"], **ENDS, bootstrap=20) for frame in (rows, more)
    )
    pd.testing.assert_frame_equal(one, other)


def test_blocks_give_the_same_effects(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = used(6_000).assign(score=lambda f: f["score"] + np.sin(np.arange(6_000)))
    by_rows = contrast(rows, "score", ["centre", "shop"], **ENDS, bootstrap=800)
    monkeypatch.setattr(resampling, "MOST_PATTERNS", 10)
    by_blocks = contrast(rows, "score", ["centre", "shop"], **ENDS, bootstrap=800)
    assert by_blocks["penalty"].tolist() == pytest.approx(by_rows["penalty"].tolist())
    one, other = (f["penalty_high"] - f["penalty_low"] for f in (by_rows, by_blocks))
    assert (other / one).tolist() == pytest.approx([1, 1], abs=0.15)


def test_the_published_kinds_and_their_order() -> None:
    case = CASES["drv-08"]
    given, expected = case["input"], case["expected"]
    hotels = pd.DataFrame(
        {name: given[name] for name in ("performance", "penalty", "reward")}
        | {"driver": given["attributes"]}
    )
    found = priority_order(hotels, threshold=given["theta"]).set_index("driver")
    in_order = found.loc[given["attributes"]]
    assert in_order["kind"].tolist() == expected["type"]
    assert in_order["asymmetry"].tolist() == pytest.approx(
        expected["IA_from_rounded_inputs"], abs=1e-9
    )
    assert in_order["asymmetry"].tolist() == pytest.approx(expected["IA_published"], abs=0.02)
    # mean performance 4.32: low basic, low performance, low excitement, high basic, excitement
    ordered = ["Value", "Sleep quality", "Service", "Rooms", "Cleanliness", "Location"]
    assert found.index.tolist() == ordered
    assert found["order"].tolist() == [1, 1, 2, 3, 4, 6]


def test_a_kind_that_is_not_identified_has_no_place_in_the_order() -> None:
    rated = pd.DataFrame({"driver": ["a", "b"], "performance": [3.0, 4.0], "penalty": [-1.0, -1.0],
                          "reward": [0.1, 0.1], "kind": ["not identified", "basic"]})  # fmt: skip
    found = priority_order(rated)
    assert found["driver"].tolist() == ["b", "a"]
    assert found["order"].isna().tolist() == [False, True]
    with pytest.raises(CxError, match="column is missing"):
        priority_order(rated[["driver"]])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"low_to": 5}, "must lie below"),
        ({"threshold": 1.0}, "no threshold"),
        ({"drivers": []}, "no driver"),
        ({"drivers": ["t1", "t1"]}, "named twice"),
        ({"outcome": "scor"}, "unknown column"),
    ],
)
def test_what_makes_every_effect_wrong_is_refused(change: dict[str, Any], words: str) -> None:
    asked = {"outcome": "score", "drivers": TOUCHPOINTS, **ENDS, "bootstrap": 5} | change
    with pytest.raises(CxError, match=words):
        contrast(simulated(), **asked)


def test_what_cannot_be_estimated_is_named() -> None:
    rows = simulated().assign(same=lambda f: f["t1"], rare=[1.0, 5.0] + [np.nan] * 58, flat=3.0)
    found = contrast(rows, "score", ["t1", "same", "t2", "rare", "flat"], **ENDS, bootstrap=20)
    notes = found.set_index("driver")["note"].to_dict()
    assert [notes["t1"], notes["same"]] == ["collinear", "collinear"]
    assert [notes["rare"], notes["flat"]] == ["too few answers", "too few answers"]
    silent = found.set_index("driver").loc[["t1", "same", "rare", "flat"]]
    assert silent[["penalty", "reward", "asymmetry", "low"]].isna().to_numpy().all()
    assert set(silent["kind"]) == {"not identified"}
    assert found.set_index("driver").loc["t2", "penalty"] < 0
    constant = contrast(rows.assign(score=7), "score", TOUCHPOINTS, **ENDS, bootstrap=5)
    assert set(constant["note"]) == {"no variance"}
    few = contrast(rows.head(6), "score", TOUCHPOINTS, **ENDS, bootstrap=5)
    assert set(few["note"]) == {"too few answers"}


def test_criticality_by_hand() -> None:
    # uncorrelated: r2 is 0.8 for staff and 0.2 for price, as in the means by rating
    rows = pd.DataFrame(
        {"score": [2.0, 4, 6, 8] * 2, "staff": [1.0, 1, 2, 2] * 2, "price": [1.0, 2, 1, 2] * 2}
    )
    more = pd.concat([rows, pd.DataFrame({"score": [5.0, 5.0]})], ignore_index=True)
    found = rank(more, "score", ["price", "staff"], target=1.75, bootstrap=0).set_index("driver")
    assert found.index.tolist() == ["staff", "price"]
    assert found["reach"].tolist() == pytest.approx([80, 80])  # 8 of 10 rows
    assert found["performance"].tolist() == [1.5, 1.5]
    # 80 percent x 0.25 points x 0.8
    assert found["estimate"].tolist() == pytest.approx([16, 4])
    assert found["share"].tolist() == pytest.approx([80, 20])
    assert found["level"].tolist() == ["", ""]


def test_what_has_reached_its_target_is_not_critical() -> None:
    found = rank(used(300), "score", ["centre", "shop"], target=1.0, bootstrap=100)
    assert found["estimate"].tolist() == [0, 0]
    assert found["level"].tolist() == ["low", "low"]
    assert found["share"].isna().all()


def test_levels_say_how_often_a_driver_is_among_the_first() -> None:
    random = np.random.default_rng(4)
    names = [f"d{i}" for i in range(6)]
    rows = pd.DataFrame({n: random.integers(1, 6, 900).astype(float) for n in names})
    rows["score"] = 3 * rows["d0"] + 2 * rows["d1"] + rows["d2"] + rows["d3"]
    found = rank(rows, "score", names, target=4, bootstrap=400).set_index("driver")
    assert found.loc[["d0", "d1"], "level"].tolist() == ["high", "high"]
    assert found.loc[["d2", "d3"], "top"].sum() == pytest.approx(100, abs=3)
    assert found.loc[["d4", "d5"], "level"].tolist() == ["low", "low"]


def test_chance_alone_is_rarely_highly_critical() -> None:
    random = np.random.default_rng(12)
    names = [f"d{i}" for i in range(6)]
    alarms = 0
    for _ in range(24):
        rated = random.normal(size=(150, 1)) + random.normal(size=(150, 6))
        rows = pd.DataFrame((3 + rated).round().clip(1, 5), columns=names)
        rows["score"] = random.integers(0, 11, 150)
        found = rank(rows, "score", names, target=4, bootstrap=200)
        alarms += int((found["level"] == "high").any())
        assert (found["top"] > 20).any()  # some three are always in the top three
    assert alarms <= 4  # 24 x 5% are 1.2; more than 4 has a chance of 1 in 150


def test_borrowed_importance_is_not_critical() -> None:
    random = np.random.default_rng(6)
    cause = random.normal(size=2_000)
    rows = pd.DataFrame({"cause": cause, "shadow": cause + 0.7 * random.normal(size=2_000)})
    rows["score"] = cause - 0.1 * rows["shadow"] + random.normal(size=2_000)
    found = rank(rows, "score", ["shadow", "cause"], target=1, bootstrap=300).set_index("driver")
    assert found.loc["shadow", "importance"] > 5
    assert found.loc["shadow", ["estimate", "level"]].tolist() == [0, "low"]
    assert found.loc["shadow", "note"] == "sign against correlation"
    assert found.index[0] == "cause"


def test_a_driver_that_cannot_be_ranked_is_said() -> None:
    rows = used(60).assign(flat=4.0)
    found = rank(rows, "score", ["shop", "flat"], target=4, bootstrap=50).set_index("driver")
    assert found.loc["flat", ["level", "note"]].tolist() == ["too few answers", "no variance"]
    assert found.index.tolist() == ["shop", "flat"]
    with pytest.raises(CxError, match="target"):
        rank(rows, "score", ["shop"], target=float("nan"))
