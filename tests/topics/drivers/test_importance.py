"""Importance: relaimpo's and rwa's numbers, resampling against rows drawn by hand, bad input."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.topics.drivers import importance as measure
from cxreport.topics.drivers import resampling
from cxreport.topics.drivers.numeric_rows import numeric_rows

importance = import_module("cxreport.topics.drivers.importance")

FILE = Path(__file__).parents[2] / "reference" / "drivers.json"
CASES: dict[str, Any] = {c["id"]: c for c in json.loads(FILE.read_text(encoding="utf-8"))}


def swiss() -> pd.DataFrame:
    return pd.DataFrame(CASES["drv-01"]["input"]["rows"])


def with_correlation(correlation: list[list[float]], names: list[str], n: int) -> pd.DataFrame:
    """Make rows whose correlations are exactly these."""
    drawn = np.random.default_rng(1).normal(size=(n, len(names)))
    plain = np.linalg.qr(drawn - drawn.mean(axis=0))[0]
    return pd.DataFrame(plain @ np.linalg.cholesky(np.array(correlation)).T, columns=names)


def ratings(n: int, seed: int = 5, unrated: float = 0.3) -> pd.DataFrame:
    """Make whole ratings from 1 to 5 that go together, some not given."""
    random = np.random.default_rng(seed)
    common = random.normal(size=n)
    names = ["website", "staff", "delivery"]
    given = {name: common + 1.2 * random.normal(size=n) for name in names}
    score = given["website"] + 0.5 * given["staff"] + 2 * random.normal(size=n)
    frame = pd.DataFrame({name: (3 + v).round().clip(1, 5) for name, v in given.items()})
    frame = frame.mask(random.random(frame.shape) < unrated)
    return frame.assign(score=(7 + score).round().clip(0, 10))


def test_shapley_as_in_relaimpo() -> None:
    case = CASES["drv-01"]["expected"]
    found = measure(swiss(), "Fertility", case["order"], bootstrap=0)
    assert found["estimate"].tolist() == pytest.approx(case["lmg"], abs=1e-8)
    assert found["estimate"].sum() == pytest.approx(case["R2"], abs=1e-8)
    assert found["correlation"].tolist() == pytest.approx(case["zero_order_r"], abs=1e-8)
    assert (found["coefficient"] ** 2).tolist() == pytest.approx(case["betasq"], abs=1e-8)
    assert found["n"].tolist() == [47] * 5


def test_johnson_as_in_rwa() -> None:
    case = CASES["drv-01"]["expected"]
    found = measure(swiss(), "Fertility", case["order"], method="johnson", bootstrap=0)
    assert found["estimate"].tolist() == pytest.approx(case["johnson_relative_weights"], abs=1e-8)
    cars = CASES["drv-05"]
    rows = pd.DataFrame(cars["input"]["rows"])
    drivers = cars["input"]["predictors"]
    found = measure(rows, "mpg", drivers, method="johnson", bootstrap=0)
    assert found["estimate"].tolist() == pytest.approx(cars["expected"]["raw"], abs=1e-5)
    assert found["share"].tolist() == pytest.approx(cars["expected"]["rescaled_pct"], abs=1e-4)
    assert found["sign"].tolist() == cars["expected"]["sign"]


def test_a_sign_against_its_correlation_is_said() -> None:
    found = measure(swiss(), "Fertility", CASES["drv-01"]["expected"]["order"], bootstrap=0)
    said = found.set_index("driver")
    # Agriculture: coefficient below 0 and correlation above it, by relaimpo and rwa
    assert said.loc["Agriculture", ["sign", "note"]].tolist() == ["-", "sign against correlation"]
    assert (said["note"] != "").sum() == 1


def test_general_dominance_as_published() -> None:
    case = CASES["drv-03"]
    names = case["input"]["names"]
    rows = with_correlation(case["input"]["correlation"], names, 60)
    found = measure(rows, "y", names[1:], bootstrap=0)
    expected = case["expected"]["general_dominance"]
    assert found["estimate"].tolist() == pytest.approx(expected, abs=1e-8)


def test_inflation_is_that_of_the_definition() -> None:
    rows = with_correlation([[1, 0.5, 0.3], [0.5, 1, 0.6], [0.3, 0.6, 1]], ["y", "a", "b"], 30)
    found = measure(rows, "y", ["a", "b"], bootstrap=0)
    assert found["vif"].tolist() == pytest.approx([1 / (1 - 0.36)] * 2)
    assert found["coefficient"].tolist() == pytest.approx([0.32 / 0.64, 0.0], abs=1e-9)


def test_more_than_twelve_drivers_are_shared_out_by_johnson() -> None:
    random = np.random.default_rng(3)
    names = [f"d{i}" for i in range(13)]
    rows = pd.DataFrame(random.normal(size=(80, 13)), columns=names)
    rows["y"] = rows.sum(axis=1) + random.normal(size=80)
    found = measure(rows, "y", names, bootstrap=0)
    assert set(found["method"]) == {"johnson"}
    design = np.column_stack([np.ones(80), rows[names]])
    rest = rows["y"] - design @ np.linalg.lstsq(design, rows["y"], rcond=None)[0]
    assert found["estimate"].sum() == pytest.approx(1 - rest.var() / rows["y"].var())
    assert set(measure(rows, "y", names[:12], bootstrap=0)["method"]) == {"shapley"}


def test_missing_ratings_leave_out_pairs_and_not_rows() -> None:
    rows = ratings(300)
    found = measure(rows, "score", ["website", "staff", "delivery"], bootstrap=0)
    pairwise = rows.corr()["score"]
    assert found["correlation"].tolist() == pytest.approx(pairwise[:3].tolist(), abs=1e-12)
    assert found["n"].tolist() == rows[["website", "staff", "delivery"]].count().tolist()
    assert rows.dropna().shape[0] < found["n"].min()


def test_the_order_of_rows_changes_nothing() -> None:
    rows = ratings(200)
    drivers = ["website", "staff", "delivery"]
    one = measure(rows, "score", drivers, bootstrap=50, seed=4)
    other = measure(rows.sample(frac=1, random_state=9), "score", drivers, bootstrap=50, seed=4)
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert not one["low"].equals(measure(rows, "score", drivers, bootstrap=50, seed=5)["low"])


def test_a_weight_of_two_is_the_same_row_twice() -> None:
    rows = ratings(150).assign(w=[1.0, 2.0, 3.0] * 50)
    twice = rows.loc[rows.index.repeat(rows["w"].astype(int))]
    drivers = ["website", "staff", "delivery"]
    weighted = measure(rows, "score", drivers, weight="w", bootstrap=0)
    repeated = measure(twice, "score", drivers, bootstrap=0)
    assert weighted["estimate"].tolist() == pytest.approx(repeated["estimate"].tolist())
    assert weighted["n"].tolist() == rows[drivers].count().tolist()


def drawn_by_hand(rows: pd.DataFrame, resamples: int) -> np.ndarray:
    """Draw rows, and take the squared correlation of the one driver each time."""
    random = np.random.default_rng(11)
    draws = [rows.iloc[random.integers(0, len(rows), len(rows))] for _ in range(resamples)]
    return np.array([draw["website"].corr(draw["score"]) ** 2 for draw in draws])


def test_intervals_are_those_of_drawn_rows() -> None:
    rows = ratings(400)
    found = measure(rows, "score", ["website"], bootstrap=2000).iloc[0]
    low, high = np.quantile(drawn_by_hand(rows, 2000), [0.025, 0.975])
    width = high - low
    assert found["low"] == pytest.approx(low, abs=width / 15)
    assert found["high"] == pytest.approx(high, abs=width / 15)


def test_blocks_are_as_sure_as_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = ratings(9_000)
    drivers = ["website", "staff", "delivery"]
    by_rows = measure(rows, "score", drivers, bootstrap=1500)
    monkeypatch.setattr(resampling, "MOST_PATTERNS", 10)
    by_blocks = measure(rows, "score", drivers, bootstrap=1500)
    assert by_blocks["estimate"].tolist() == pytest.approx(by_rows["estimate"].tolist(), rel=1e-9)
    assert by_blocks["n"].tolist() == by_rows["n"].tolist()
    one, other = (frame["high"] - frame["low"] for frame in (by_rows, by_blocks))
    assert (other / one).tolist() == pytest.approx([1, 1, 1], abs=0.12)
    assert not one.equals(other)


def test_blocks_weight_their_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = ratings(3_000).assign(w=[0.5, 2.0, 1.0] * 1_000)
    drivers = ["website", "staff", "delivery"]
    by_rows = measure(rows, "score", drivers, weight="w", bootstrap=0)
    monkeypatch.setattr(resampling, "MOST_PATTERNS", 10)
    by_blocks = measure(rows, "score", drivers, weight="w", bootstrap=0)
    assert by_blocks["estimate"].tolist() == pytest.approx(by_rows["estimate"].tolist(), rel=1e-9)
    assert by_blocks["n"].tolist() == rows[drivers].count().tolist()


def test_few_patterns_in_many_rows_are_counted_in_the_engine() -> None:
    rows = ratings(12_000)[["website", "score"]]
    found = numeric_rows(rows, ["website", "score"])
    assert resampling._has_few_patterns(found)  # 6 x 12 of them at most
    wide = numeric_rows(ratings(12_000), ["website", "staff", "delivery", "score"])
    assert resampling._has_few_patterns(wide)
    real = numeric_rows(rows.assign(score=np.arange(12_000.0)), ["website", "score"])
    assert not resampling._has_few_patterns(real)


def test_ranks_say_how_often_a_driver_is_first() -> None:
    random = np.random.default_rng(2)
    a, b, noise = random.normal(size=(3, 500))
    rows = pd.DataFrame({"a": a, "b": b, "y": 2 * a + 0.2 * b + noise})
    first = measure(rows, "y", ["a", "b"], bootstrap=200).set_index("driver")["first"]
    assert first.to_dict() == {"a": 100.0, "b": 0.0}


def test_collinear_drivers_are_named_and_have_no_number() -> None:
    rows = swiss().assign(Twice=lambda frame: 2 * frame["Education"] + 3)
    drivers = ["Education", "Catholic", "Twice"]
    found = measure(rows, "Fertility", drivers, bootstrap=20).set_index("driver")
    assert found["note"].to_dict() == {
        "Education": "collinear",
        "Catholic": "",
        "Twice": "collinear",
    }
    tied = found.loc[["Education", "Twice"], ["estimate", "low", "vif", "first"]]
    assert tied.isna().to_numpy().all()
    alone = measure(swiss(), "Fertility", drivers[:2], bootstrap=0)["estimate"].sum()
    assert 0 < found.loc["Catholic", "estimate"] < alone


def test_a_driver_without_variation_has_no_number() -> None:
    rows = ratings(60).assign(staff=4.0)
    found = measure(rows, "score", ["website", "staff"], bootstrap=20).set_index("driver")
    assert found.loc["staff", "note"] == "no variance"
    assert np.isnan(found.loc["staff", "estimate"])
    assert found.loc["website", "estimate"] == pytest.approx(
        rows["website"].corr(rows["score"]) ** 2
    )


def test_fewer_common_answers_than_drivers_leave_the_rarest_out() -> None:
    rows = ratings(60, unrated=0).assign(rare=[5.0, 1.0, 4.0, 2.0] + [np.nan] * 56)
    found = measure(rows, "score", ["website", "staff", "rare"], bootstrap=20).set_index("driver")
    assert found["note"].to_dict()["rare"] == "too few answers"
    assert found.loc["rare", "n"] == 4
    assert found["estimate"].notna().tolist() == [True, True, False]
    nobody = measure(rows.head(0), "score", ["website"], bootstrap=20).iloc[0]
    assert [nobody["n"], nobody["note"]] == [0, "too few answers"]
    few = measure(rows.head(3), "score", ["website", "staff", "rare"], bootstrap=20)
    assert few["note"].tolist().count("too few answers") == 2  # three answers carry one driver
    assert few["estimate"].count() == 1


def test_an_outcome_that_never_varies_explains_nothing() -> None:
    found = measure(ratings(50).assign(score=7.0), "score", ["website", "staff"], bootstrap=10)
    assert found["note"].tolist() == ["no variance"] * 2
    assert found["estimate"].isna().all()


def test_pairs_that_contradict_each_other_are_made_to_fit() -> None:
    # three pairs over different rows: a with b and b with c alike, a with c opposite
    up, empty = np.arange(8.0), np.full(8, np.nan)
    rows = pd.DataFrame(
        {
            "a": np.concatenate([up, empty, up]),
            "b": np.concatenate([up, up, empty]),
            "c": np.concatenate([empty, up, -up]),
            "y": np.tile([1.0, 3.0, 2.0, 5.0, 4.0, 6.0, 8.0, 7.0], 3),
        }
    )
    found = measure(rows, "y", ["a", "b", "c"], bootstrap=0)
    assert 0 <= found["estimate"].sum() <= 1 + 1e-9


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"drivers": []}, "no driver"),
        ({"drivers": ["website", "website"]}, "named twice"),
        ({"drivers": ["website", "score"]}, "named twice"),
        ({"drivers": ["web"]}, "unknown column"),
        ({"drivers": ["shop"]}, "holds no numbers"),
        ({"method": "stepwise"}, "unknown method"),
        ({"bootstrap": -1}, "fewer than none"),
        ({"weight": "zero"}, "weights that cannot be used"),
        ({"outcome": "endless"}, "infinite"),
    ],
)
def test_what_makes_every_number_wrong_is_refused(change: dict[str, Any], words: str) -> None:
    rows = ratings(40).assign(shop="Roma", zero=0.0, endless=np.inf)
    asked = {"outcome": "score", "drivers": ["website", "staff"], "bootstrap": 5} | change
    with pytest.raises(CxError, match=words):
        measure(rows, **asked)


def test_resamples_draw_customers_with_all_their_answers() -> None:
    """Forty customers say the same thing five times: as sure as forty answers, not as 200."""
    generator = np.random.default_rng(11)
    once = pd.DataFrame({"a": generator.integers(1, 6, 40), "b": generator.integers(1, 6, 40)})
    once["y"] = once["a"] + once["b"] / 2 + generator.normal(0, 1, 40)
    rows = pd.concat([once.assign(who=np.arange(40))] * 5, ignore_index=True)
    widths = {}
    for name, data, cluster in (
        ("once", once, None), ("customers", rows, "who"), ("answers", rows, None),
        ("nobody known", rows.assign(who=None), "who"),
    ):  # fmt: skip
        found = measure(data, "y", ["a", "b"], cluster=cluster, bootstrap=2000, seed=4)
        widths[name] = (found["high"] - found["low"]).iloc[0]
    assert widths["customers"] == pytest.approx(widths["once"], rel=0.06)
    assert widths["answers"] == pytest.approx(widths["once"] / 5**0.5, rel=0.1)
    assert widths["nobody known"] == pytest.approx(widths["answers"], rel=0.06)


def test_blocks_keep_customers_together(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(12)
    once = pd.DataFrame({"a": generator.normal(0, 1, 3000), "w": generator.uniform(0.5, 2, 3000)})
    once["y"] = once["a"] + generator.normal(0, 1, 3000)
    rows = pd.concat([once.assign(who=np.arange(3000))] * 3, ignore_index=True)
    options = {"bootstrap": 400, "seed": 4, "scale": (-99, 99), "outcome_scale": (-99, 99)}
    whole = measure(rows, "y", ["a"], weight="w", cluster="who", **options)
    monkeypatch.setattr(resampling, "MOST_PATTERNS", 100)
    blocks = measure(rows, "y", ["a"], weight="w", cluster="who", **options)
    assert blocks["estimate"].item() == pytest.approx(whole["estimate"].item())
    wide = [(f["high"] - f["low"]).item() for f in (whole, blocks)]
    assert wide[1] == pytest.approx(wide[0], rel=0.15)
