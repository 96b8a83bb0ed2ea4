"""Consistency of channels: the cases of metafor and R, and what cannot be compared."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2, chi2_contingency
from score_samples import rated, recommended

from cxreport.errors import CxError
from cxreport.scores.scores import csat, nps
from cxreport.scores.segments import suppress
from cxreport.stats.consistency import consistency
from cxreport.topics.channels.association import class_residuals
from cxreport.topics.channels.ranks import rank_difference, rank_pairs

channels = import_module("cxreport.stats.consistency")

FILE = Path(__file__).parents[2] / "reference" / "channels.json"
CASES: dict[str, Any] = {c["id"]: c for c in json.loads(FILE.read_text(encoding="utf-8"))}


def net(*groups: tuple[int, int, int]) -> pd.DataFrame:
    return nps(recommended(*groups), "score", by="group")


def ozone() -> pd.DataFrame:
    groups = CASES["kw-01"]["input"]["groups"]
    return pd.DataFrame(
        [
            {"month": int(name), "ozone": value}
            for name, values in groups.items()
            for value in values
        ]
    )


def test_spread_as_in_metafor() -> None:
    given, expected = CASES["het-01"]["input"], CASES["het-01"]["expected"]
    scores = pd.DataFrame(
        {
            "trial": range(13),
            "metric": "nps",
            "n": 100,
            "estimate": given["effects"],
            "std_error": np.sqrt(given["variances"]),
            "n_effective": 100.0,
            "weighted": True,
            "note": "",
        }
    )
    row = consistency(scores).iloc[0]
    assert row["Q"] == pytest.approx(expected["Q"], abs=1e-6)
    assert row["df"] == expected["df"]
    assert row["tau"] ** 2 == pytest.approx(expected["DL"]["tau2"], abs=1e-6)
    assert row["i2"] == pytest.approx(expected["DL"]["I2_pct"], abs=1e-6)
    assert row["p_value"] < 0.001
    assert row["largest_gap"] == pytest.approx(0.4459134005714 + 1.620898223598)
    assert row["largest_gap_between"] == "11 - 6"


def test_the_p_value_is_that_of_equal_variances() -> None:
    # Of two shares it is the two-by-two table's, within the sample's own n against n.
    frame = consistency(csat(rated((56, 70), (48, 80)), "score", by="group"))
    table = chi2_contingency([[56, 14], [48, 32]], correction=False)
    assert frame["p_value"].iloc[0] == pytest.approx(table.pvalue, abs=1e-12)


def test_no_false_alarms_in_small_samples() -> None:
    generator, alarms, worlds = np.random.default_rng(5), 0, 400
    for _ in range(worlds):
        counts = generator.multinomial(12, [0.2, 0.3, 0.5], size=6)
        positive, negative = counts[:, 2], counts[:, 0]
        estimate = (positive - negative) / 12
        scores = pd.DataFrame({"channel": range(6), "metric": "nps", "n": 12})
        scores["estimate"] = 100 * estimate
        scores["std_error"] = 100 * np.sqrt(((positive + negative) / 12 - estimate**2) / 12)
        scores = scores.assign(n_effective=12.0, weighted=False, note="")
        alarms += int(consistency(scores)["p_value"].iloc[0] < 0.05)
    # 20 are expected; Q read as chi-square gives about 60.
    assert alarms < 20 + 3 * (400 * 0.05 * 0.95) ** 0.5


def test_one_row_a_metric_and_period() -> None:
    rows = recommended((10, 20, 30), (20, 20, 20), (5, 20, 50), (20, 30, 10))
    rows["month"], rows["channel"] = (
        rows["group"] // 2,
        rows["group"].map({0: "a", 1: "b", 2: "a", 3: "b"}),
    )
    scores = [metric(rows, "score", by=["month", "channel"]) for metric in (nps, csat)]
    frame = consistency(pd.concat(scores))
    assert frame["month"].tolist() == [0, 1, 0, 1]
    assert frame["metric"].tolist() == ["nps", "nps", "csat", "csat"]
    assert frame["groups"].tolist() == [2] * 4
    assert frame["largest_gap"].tolist()[:2] == pytest.approx([100 / 3, 60 + 100 / 6])
    assert frame["largest_gap_between"].tolist()[:2] == ["a - b"] * 2
    assert list(frame) == [
        *("month", "metric", "groups", "n", "Q", "df", "p_value", "tau", "i2"),
        *("largest_gap", "largest_gap_between", "note"),
    ]


def test_channels_that_do_not_differ() -> None:
    row = consistency(net((10, 10, 20), (10, 10, 20), (20, 20, 40))).iloc[0]
    assert row[["Q", "tau", "i2", "largest_gap"]].tolist() == pytest.approx([0, 0, 0, 0])
    assert row["p_value"] == pytest.approx(1)


def test_spread_beyond_chance_by_hand() -> None:
    # 80 and -80 of 100 answers each: variance (90 + 10 - 64) points, tau^2 = 80^2 * 2 - 36.
    row = consistency(net((10, 0, 90), (90, 0, 10))).iloc[0]
    assert row["tau"] == pytest.approx((12800 - 36) ** 0.5)
    assert row["Q"] == pytest.approx(160**2 / 72)
    assert row["i2"] == pytest.approx(100 * (1 - 72 / 160**2))


def test_a_channel_that_agrees_in_all_is_not_taken_for_certain() -> None:
    frame = consistency(net((0, 0, 3), (10, 10, 20), (12, 10, 18), (0, 1, 0)))
    assert frame["groups"].tolist() == [4]
    assert frame["p_value"].iloc[0] > 0.05
    opposite = consistency(net((0, 0, 50), (50, 0, 0))).iloc[0]
    assert opposite["p_value"] == pytest.approx(chi2.sf(100, 1))
    weighted = recommended((0, 0, 3), (10, 10, 20)).assign(weight=1.5)
    frame = consistency(nps(weighted, "score", by="group", weight="weight"))
    assert frame[["Q", "p_value", "tau"]].notna().all(axis=None)


@pytest.mark.parametrize(
    ("scores", "groups", "note"),
    [
        (net((5, 5, 5)), 1, "fewer than two groups"),
        (net((0, 0, 5), (0, 0, 9)), 2, "no variance"),
        (net((0, 5, 0), (0, 1, 0)), 2, "no variance"),
        (suppress(net((5, 5, 5), (1, 1, 1), (4, 4, 4))), 1, "fewer than two groups"),
    ],
)
def test_what_cannot_be_compared_is_left_empty(
    scores: pd.DataFrame, groups: int, note: str
) -> None:
    row = consistency(scores).iloc[0]
    assert row["groups"] == groups
    assert row["note"] == note
    assert row[["Q", "p_value", "tau", "i2"]].isna().all()


def test_a_missing_channel_is_no_channel() -> None:
    rows = recommended((10, 10, 20), (5, 10, 25), (40, 0, 0))
    rows["channel"] = rows["group"].map({0: "app", 1: "web", 2: None})
    row = consistency(nps(rows, "score", by="channel")).iloc[0]
    assert row["groups"] == 2
    assert row["n"] == 80
    assert row["largest_gap_between"] == "web - app"


def test_no_scores_and_no_groups() -> None:
    assert consistency(net((1, 1, 1))[:0]).empty
    whole = nps(recommended((1, 1, 1)), "score")
    for function in (consistency, class_residuals):
        with pytest.raises(CxError, match="no groups"):
            function(whole)
        with pytest.raises(CxError, match="not a frame of scores"):
            function(whole.drop(columns="n"))


def test_classes_as_in_r() -> None:
    given, expected = CASES["chi-01"]["input"]["table"], CASES["chi-01"]["expected"]
    frame = class_residuals(net(*map(tuple, given)))
    assert frame["n"].tolist() == np.ravel(given).tolist()
    residuals = np.ravel(expected["std_resid"]).tolist()
    assert frame["residual"].tolist() == pytest.approx(residuals, abs=1e-8)
    for ours, theirs in (("chi2", "chi2"), ("df", "df"), ("cramers_v", "cramers_v")):
        assert frame[ours].tolist() == pytest.approx([expected[theirs]] * 6, abs=1e-8)
    assert frame["p_value"].iloc[0] == pytest.approx(expected["p"], rel=1e-8)
    assert frame["answer_class"].tolist()[:3] == ["detractors", "passives", "promoters"]


def test_classes_and_groups_without_answers_are_passed_over() -> None:
    frame = class_residuals(net((10, 0, 20), (20, 0, 10)))
    table = chi2_contingency([[10, 20], [20, 10]], correction=False)
    assert frame["chi2"].iloc[0] == pytest.approx(table.statistic)
    assert frame["residual"].isna().tolist() == [False, True, False] * 2
    alone = class_residuals(net((10, 5, 20)))
    assert alone["note"].tolist() == ["fewer than two groups or classes"] * 3
    assert alone[["residual", "chi2", "p_value"]].isna().all(axis=None)
    hidden = class_residuals(suppress(net((10, 5, 20), (20, 5, 10), (1, 1, 1), (4, 4, 4))))
    assert len(hidden) == 6


def test_classes_need_counts() -> None:
    with pytest.raises(CxError, match="no classes"):
        class_residuals(csat(rated((5, 9), (4, 9)), "score", by="group"))
    rows = recommended((10, 10, 20), (5, 10, 25)).assign(weight=1.5)
    with pytest.raises(CxError, match="not weighted"):
        class_residuals(nps(rows, "score", by="group", weight="weight"))


def test_ranks_as_in_r() -> None:
    expected = CASES["kw-01"]["expected"]
    row = rank_difference(ozone(), "ozone", by="month", scale=(1, 168)).iloc[0]
    assert row["H"] == pytest.approx(expected["H"], abs=1e-8)
    assert row["df"] == expected["df"]
    assert row["p_value"] == pytest.approx(expected["p"], rel=1e-8)
    assert row["epsilon_squared"] == pytest.approx(expected["epsilon_squared"], abs=1e-8)
    assert row["n"] == 116


def test_pairs_of_ranks_as_in_r() -> None:
    expected = CASES["kw-01"]["expected"]
    frame = rank_pairs(ozone(), "ozone", by="month", scale=(1, 168))
    pairs = frame["group_reference"].astype(str) + "-" + frame["group"].astype(str)
    assert pairs.tolist() == expected["dunn_pairs"]
    assert frame["z"].tolist() == pytest.approx(expected["dunn_z"], abs=1e-8)
    assert frame["q_value"].tolist() == pytest.approx(expected["dunn_p_holm"], abs=1e-8)


def test_ranks_of_groups_that_cannot_be_compared() -> None:
    rows = pd.DataFrame({"shop": list("aabbc"), "score": [5, 5, 5, 5, None]})
    same = rank_difference(rows, "score", by="shop").iloc[0]
    assert same[["groups", "n", "note"]].tolist() == [2, 4, "no variance"]
    assert same[["H", "p_value"]].isna().all()
    alone = rank_difference(rows[:2], "score", by="shop").iloc[0]
    assert alone["note"] == "fewer than two groups"
    pairs = rank_pairs(rows, "score", by="shop")
    assert pairs[["group", "group_reference"]].to_numpy().tolist() == [["b", "a"]]
    assert pairs[["z", "p_value", "q_value"]].isna().all(axis=None)
    assert rank_pairs(rows[:2], "score", by="shop").empty
    assert rank_difference(rows[:0], "score", by="shop")["note"].tolist() == [
        "fewer than two groups"
    ]
