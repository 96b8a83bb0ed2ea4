"""The weakest layer: paired differences counted by hand and against SciPy's paired test."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_rel

from cxreport.scores.pyramid import pyramid
from cxreport.topics.pyramid.layers import group_gaps, layer_gaps

LAYERS = {"needs": "met", "ease": "easy", "enjoyability": "fun"}
SIX = pd.DataFrame(
    {"met": [5, 4, 5, 3, 1, 4], "easy": [5, 4, 2, 3, 2, 1], "fun": [4, 5, 3, 3, 1, 5]}
)


def test_hand_count() -> None:
    found = layer_gaps(SIX, **LAYERS)
    # Signs: needs +++0-+, ease ++-0--, enjoyability ++00-+.
    assert found[["layer", "other"]].to_numpy().tolist() == [
        ["needs", "ease"], ["needs", "enjoyability"], ["ease", "enjoyability"],
    ]  # fmt: skip
    assert found["difference"].tolist() == pytest.approx([400 / 6, 100 / 6, -300 / 6])
    assert found["n"].tolist() == [6, 6, 6]


def test_pairs_are_tested_as_scipy_does_and_corrected_by_holm() -> None:
    rng = np.random.default_rng(1)
    rows = pd.DataFrame(rng.integers(1, 6, (200, 3)), columns=["met", "easy", "fun"])
    rows["fun"] = np.where(rng.random(200) < 0.3, 1, rows["fun"])
    found = layer_gaps(rows, **LAYERS)
    signs = (rows >= 4).astype(int) - (rows <= 2).astype(int)
    pairs = [("met", "easy"), ("met", "fun"), ("easy", "fun")]
    tested = [ttest_rel(signs[one], signs[other]) for one, other in pairs]
    assert found["p_value"].tolist() == pytest.approx([each.pvalue for each in tested])
    for row, each in zip(found.to_dict("records"), tested, strict=True):
        interval = each.confidence_interval()
        limits = [100 * interval.low, 100 * interval.high]
        assert [row["low"], row["high"]] == pytest.approx(limits)
    # Holm by hand: the smallest of three times 3, the next times 2, never falling.
    smallest, middle, largest = sorted(found["p_value"])
    holm = [min(1, 3 * smallest)]
    holm.append(max(holm[0], min(1, 2 * middle)))
    holm.append(max(holm[1], largest))
    assert sorted(found["q_value"]) == pytest.approx(holm)


def test_equal_layers_cannot_be_told_apart() -> None:
    rows = pd.DataFrame({"met": [5, 4, 1], "easy": [5, 5, 2], "fun": [4, 4, 1]})
    found = layer_gaps(rows, **LAYERS)
    assert found["difference"].tolist() == [0, 0, 0]
    assert found["signal"].isna().all()
    assert found[["p_value", "q_value"]].isna().all(axis=None)


def test_a_scale_with_1_as_best_turns_the_signs() -> None:
    found, turned = layer_gaps(SIX, **LAYERS), layer_gaps(SIX, **LAYERS, scale=(5, 1))
    assert turned["difference"].tolist() == pytest.approx((-found["difference"]).tolist())


def test_nobody_and_one() -> None:
    assert layer_gaps(SIX.head(0), **LAYERS)["note"].tolist() == ["no answers"] * 3
    one = layer_gaps(SIX.head(1), **LAYERS)
    assert one["note"].tolist() == ["one answer"] * 3
    assert one["signal"].isna().all()


def boards(shift: int) -> dict[str, pd.DataFrame]:
    """Return the pyramid by shop, of which c is worse by the shift, and by a column of noise."""
    rng = np.random.default_rng(5)
    rows = pd.DataFrame(rng.integers(2, 6, (600, 3)), columns=["met", "easy", "fun"])
    rows = rows.assign(shop=list("abc") * 200, noise=list("xy") * 300)
    rows.loc[rows["shop"] == "c", ["met", "easy", "fun"]] -= shift
    return {name: pyramid(rows, **LAYERS, by=name) for name in ("shop", "noise")}


def test_the_lowest_group_is_named_and_told_from_chance() -> None:
    found = group_gaps(boards(1)).set_index("group")
    assert found.loc["shop", "lowest"] == "c"
    assert found.loc["shop", "groups"] == 3
    assert found["signal"].tolist() == [True, False]
    board = boards(1)["shop"].query("metric == 'index'").set_index("shop")["estimate"]
    assert found.loc["shop", ["lowest_estimate", "highest_estimate"]].tolist() == pytest.approx(
        [board.min(), board.max()]
    )


def test_break_downs_are_one_family_by_holm() -> None:
    found = group_gaps(boards(0)).sort_values("p_value")
    smallest, largest = found["p_value"]
    corrected = [min(1, 2 * smallest), max(min(1, 2 * smallest), largest)]
    assert found["q_value"].tolist() == pytest.approx(corrected)


def test_one_group_cannot_differ() -> None:
    found = group_gaps({"shop": pyramid(SIX.assign(shop="a"), **LAYERS, by="shop")})
    assert found["signal"].isna().all()
    assert group_gaps({}).empty
