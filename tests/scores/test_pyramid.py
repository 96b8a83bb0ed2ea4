"""The pyramid: layers, index and all three, counted by hand and against plain Python."""

import statistics

import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.scores.scores import csat, nps, pyramid

LAYERS = {"needs": "met", "ease": "easy", "enjoyability": "fun"}
# Six whole respondents, then one without an answer, one with a wrong one, one with both.
TEN = pd.DataFrame(
    {
        "met": [5, 4, 5, 3, 1, 4, None, 5, 9],
        "easy": [5, 4, 2, 3, 2, 1, 4, 7, None],
        "fun": [4, 5, 3, 3, 1, 5, 4, 4, 4],
    }
)


def test_hand_count() -> None:
    frame = pyramid(TEN, **LAYERS).set_index("metric")
    assert frame.index.tolist() == ["needs", "ease", "enjoyability", "index", "all_three"]
    assert frame["n"].tolist() == [6] * 5
    assert frame["missing"].tolist() == [1] * 5
    assert frame["invalid"].tolist() == [2] * 5
    assert frame["dropped"].tolist() == [3] * 5
    assert frame.loc["needs", ["bottom", "middle", "top"]].tolist() == [1, 1, 4]
    assert frame.loc["ease", ["bottom", "middle", "top"]].tolist() == [3, 1, 2]
    assert frame.loc["enjoyability", ["bottom", "middle", "top"]].tolist() == [1, 2, 3]
    assert frame.loc["all_three", "favourable"] == 2
    expected = [50, -100 / 6, 200 / 6, 200 / 9, 200 / 6]
    assert frame["estimate"].tolist() == pytest.approx(expected)


def test_index_error_keeps_the_covariance() -> None:
    row = pyramid(TEN, **LAYERS).set_index("metric").loc["index"]
    # Layers of the six respondents: +++, +++, +-0, 000, ---, +-+.
    own = [100, 100, 0, 0, -100, 100 / 3]
    error = statistics.stdev(own) / 6**0.5
    assert row["estimate"] == pytest.approx(statistics.mean(own))
    assert row["std_error"] == pytest.approx(error)
    reach = 2.570581835636314 * error  # R: qt(0.975, 5)
    limits = [statistics.mean(own) - reach, min(100, statistics.mean(own) + reach)]
    assert row[["low", "high"]].tolist() == pytest.approx(limits)


def test_layer_has_the_interval_of_a_net_score() -> None:
    layer = pyramid(TEN, **LAYERS).set_index("metric").loc["needs"]
    net = nps(pd.DataFrame({"score": [0, 7, 9, 9, 9, 9]}), "score").iloc[0]
    columns = ["estimate", "std_error", "low", "high"]
    assert layer[columns].tolist() == pytest.approx(net[columns].tolist())


def test_all_three_has_the_interval_of_a_share() -> None:
    row = pyramid(TEN, **LAYERS).set_index("metric").loc["all_three"]
    share = csat(pd.DataFrame({"score": [5, 5, 1, 1, 1, 1]}), "score").iloc[0]
    columns = ["estimate", "std_error", "low", "high"]
    assert row[columns].tolist() == pytest.approx(share[columns].tolist())


def test_index_is_the_mean_of_the_layers_also_when_weighted() -> None:
    rows = TEN.assign(weight=[1, 2, 0.5, 1, 3, 1.5, 1, 1, 1])
    estimate = pyramid(rows, **LAYERS, weight="weight").set_index("metric")["estimate"]
    assert estimate["needs"] == pytest.approx(100 * (1 + 2 + 0.5 - 3 + 1.5) / 9)
    assert estimate["index"] == pytest.approx(estimate[list(LAYERS)].mean())


def test_reversed_scale_changes_the_signs() -> None:
    frame = pyramid(TEN, **LAYERS).set_index("metric")["estimate"]
    turned = pyramid(TEN, **LAYERS, scale=(5, 1)).set_index("metric")["estimate"]
    metrics = [*LAYERS, "index"]
    assert turned[metrics].tolist() == pytest.approx((-frame[metrics]).tolist())


def test_five_rows_a_group_in_order() -> None:
    rows = TEN.assign(shop=["b", "a", None] * 3)
    frame = pyramid(rows, **LAYERS, by="shop")
    assert frame["shop"].fillna("none").tolist() == ["a"] * 5 + ["b"] * 5 + ["none"] * 5
    assert frame["metric"].tolist() == [*LAYERS, "index", "all_three"] * 3
    assert list(frame) == [
        *("shop", "metric", "n", "missing", "invalid", "dropped"),
        *("bottom", "middle", "top", "favourable"),
        *("estimate", "std_error", "low", "high", "n_effective", "weighted", "note"),
    ]


def test_respondents_who_all_agree_leave_the_index_without_limits() -> None:
    rows = pd.DataFrame({"met": [5, 4], "easy": [5, 4], "fun": [5, 4]})
    row = pyramid(rows, **LAYERS).set_index("metric").loc["index"]
    assert row["estimate"] == 100
    assert row[["low", "high"]].isna().all()
    assert row["note"] == "all answers in one class"


def test_short_scale_is_refused() -> None:
    with pytest.raises(CxError, match="too short"):
        pyramid(TEN, **LAYERS, scale=(1, 3))
