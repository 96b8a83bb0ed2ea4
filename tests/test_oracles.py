"""Beside R: the figures that `tests/oracles/*.R` printed, on data that both sides read."""

from pathlib import Path

import pandas as pd
import pytest

from cxreport.scores.compare import compare
from cxreport.scores.scores import csat, nps
from cxreport.stats.consistency import consistency
from cxreport.stats.multiplicity import Correction, corrected
from cxreport.stats.survival import compare_survival, survival
from cxreport.stats.weights import rake
from cxreport.topics.drivers import importance
from cxreport.topics.validation.reliability import cronbach_alpha, icc

FOLDER = Path(__file__).parents[0] / "oracles"
ROWS = pd.read_csv(FOLDER / "answers.csv")
R = pd.read_csv(FOLDER / "sampling.csv", index_col="name")["value"].to_dict()
BATTERY = pd.read_csv(FOLDER / "battery.csv")
MORE = pd.read_csv(FOLDER / "batteries.csv", index_col="name")["value"].to_dict()
METHODS: list[tuple[str, Correction]] = [("BH", "bh"), ("holm", "holm")]
DESIGNS: dict[str, dict[str, str]] = {
    "weighted": {"weight": "weight"},
    "clustered": {"cluster": "who"},
    "both": {"weight": "weight", "cluster": "who"},
}


@pytest.mark.parametrize("name", DESIGNS)
def test_scores_and_errors_as_svymean(name: str) -> None:
    score = nps(ROWS, "score", **DESIGNS[name]).iloc[0]
    top = csat(ROWS, "score", scale=(0, 10), favourable_from=9, **DESIGNS[name]).iloc[0]
    assert score["estimate"] == pytest.approx(R[f"{name}_nps"])
    assert score["std_error"] == pytest.approx(R[f"{name}_nps_se"])
    assert top["estimate"] == pytest.approx(R[f"{name}_top"])
    assert top["std_error"] == pytest.approx(R[f"{name}_top_se"])
    # Korn and Graubard's interval is exact, and so a little wider than Wilson's at its size.
    assert R[f"{name}_top_beta_low"] - 2 < top["low"] < R[f"{name}_top_beta_low"] + 2
    assert R[f"{name}_top_beta_high"] - 2 < top["high"] < R[f"{name}_top_beta_high"] + 2


def test_raked_weights_as_rake_also_of_shuffled_rows() -> None:
    shuffled = ROWS.sample(frac=1, random_state=20261128)
    targets = {
        "group": {"a": 72, "b": 48},
        "region": {"north": 48, "south": 36, "west": 36},
    }
    weights = rake(shuffled, targets)
    assert weights.index.equals(shuffled.index)
    found = weights.groupby([shuffled["group"], shuffled["region"]]).first()
    for (group, region), weight in found.items():
        assert weight == pytest.approx(R[f"rake_{group}_{region}"], rel=1e-7)


def test_corrections_as_p_adjust() -> None:
    p_values = pd.Series([0.001, 0.012, 0.03, 0.04, 0.2, 0.7])
    for name, method in METHODS:
        expected = [R[f"{name}_{i}"] for i in range(1, 7)]
        assert corrected(p_values, method).tolist() == pytest.approx(expected)


def test_survival_as_survfit_and_survdiff() -> None:
    life = survival(ROWS, "days", "ended")
    groups = compare_survival(ROWS, "days", "ended", "group")
    assert groups["p_value"].tolist() == pytest.approx([R["log_rank_p"]] * 2)
    for day in (10, 30, 50):
        row = life[life["time"] <= day].iloc[-1]
        assert row["estimate"] == pytest.approx(100 * R[f"km_{day}"])


def test_reliability_as_psych() -> None:
    items = ["needs", "ease", "joy"]
    alpha = cronbach_alpha(BATTERY, items, scale=(1, 5)).iloc[0]
    assert alpha["estimate"] == pytest.approx(MORE["alpha"])
    assert alpha["low"] == pytest.approx(MORE["alpha_low"], abs=1e-6)
    assert alpha["high"] == pytest.approx(MORE["alpha_high"], abs=1e-6)
    agreement = icc(BATTERY, items, scale=(1, 5)).set_index("metric").loc["ICC2"]
    assert agreement["estimate"] == pytest.approx(MORE["icc"])
    assert agreement["low"] == pytest.approx(MORE["icc_low"], abs=1e-4)
    assert agreement["high"] == pytest.approx(MORE["icc_high"], abs=1e-4)


def test_importance_as_every_order_of_lm() -> None:
    shares = importance(BATTERY, "score", ["needs", "ease", "joy"], bootstrap=0)
    expected = [MORE[f"lmg_{name}"] for name in ("needs", "ease", "joy")]
    assert shares["estimate"].tolist() == pytest.approx(expected)


def test_spread_between_groups_as_metafor() -> None:
    met = pd.cut(BATTERY["needs"], [0, 2, 3, 5], labels=["badly", "fairly", "well"]).astype("str")
    spread = consistency(nps(BATTERY.assign(met=met), "score", by="met")).iloc[0]
    assert spread["Q"] == pytest.approx(MORE["Q"])
    assert spread["tau"] == pytest.approx(MORE["tau"])
    assert spread["i2"] == pytest.approx(MORE["i2"])


def test_a_difference_of_shares_as_newcombe_from_wilson() -> None:
    frames = [
        csat(pd.DataFrame({"score": [5] * yes + [1] * (n - yes)}), "score", scale=(1, 5))
        for yes, n in ((56, 70), (48, 80))
    ]
    row = compare(*frames).iloc[0]
    assert row["low"] == pytest.approx(MORE["newcombe_low"])
    assert row["high"] == pytest.approx(MORE["newcombe_high"])
