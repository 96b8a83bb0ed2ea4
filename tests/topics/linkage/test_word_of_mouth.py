"""Word of mouth: counted by hand, and against closed forms of the same errors."""

import numpy as np
import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.topics.linkage.word_of_mouth import METRICS, word_of_mouth

# Ten customers: 3 detractors told 0, 4, 8; 2 passives told 1, 1; 4 promoters told 0, 1, 2, 3;
# one promoter did not say.
TEN = pd.DataFrame(
    {"nps": [0, 3, 6, 7, 8, 9, 9, 10, 10, 10], "told_n": [0, 4, 8, 1, 1, 0, 1, 2, 3, None]}
)


def by_metric(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_index("metric")


def test_hand_count_of_ten() -> None:
    found = by_metric(word_of_mouth(TEN))
    assert found.index.tolist() == list(METRICS)
    expected = [4, 1, 1.5, 100 * 12 / 9, 100 * 6 / 9, 4 / 1.5]
    assert found["estimate"].tolist() == pytest.approx(expected)
    assert found["n"].tolist() == [3, 2, 4, 9, 9, 7]
    assert found["missing"].tolist() == [0, 0, 1, 1, 1, 1]
    assert found["uncapped"].tolist() == pytest.approx(expected)
    assert found["largest"].tolist() == [8, 1, 3, 8, 8, 8]
    assert set(found["note"]) == {"too few answers"}
    assert found[["low", "high"]].isna().all(axis=None)


def test_an_outlandish_answer_is_capped_counted_and_shown() -> None:
    rows = pd.concat([TEN, pd.DataFrame({"nps": [10.0], "told_n": [500.0]})])
    found = by_metric(word_of_mouth(rows, at_most=10)).loc["told_by_promoter"]
    assert found["estimate"] == pytest.approx((0 + 1 + 2 + 3 + 10) / 5)
    assert found["uncapped"] == pytest.approx(506 / 5)
    assert found[["capped", "largest"]].tolist() == [1, 500]


def test_what_is_no_number_of_people_is_counted_as_invalid() -> None:
    rows = TEN.assign(told_n=[0, 4, 8, 1, 1, 0, -1, 2.5, float("inf"), None])
    found = by_metric(word_of_mouth(rows)).loc["told_by_promoter"]
    assert found[["n", "missing", "invalid", "estimate"]].tolist() == [1, 1, 3, 0]


def test_an_answer_without_a_score_is_missing_from_the_reaches() -> None:
    rows = pd.concat([TEN, pd.DataFrame({"nps": [None, 11], "told_n": [40.0, 40.0]})])
    found = by_metric(word_of_mouth(rows))
    assert found.loc["negative_reach", "missing"] == 3
    assert found["estimate"].tolist() == pytest.approx(word_of_mouth(TEN)["estimate"].tolist())


def test_intervals_are_those_of_large_sample_theory() -> None:
    rng = np.random.default_rng(7)
    score = rng.choice([3, 7, 9], 4_000, p=[0.2, 0.3, 0.5])
    told = rng.negative_binomial(1.5, 1.5 / (1.5 + np.where(score == 3, 3.4, 2.6)))
    found = by_metric(word_of_mouth(pd.DataFrame({"nps": score, "told_n": told})))
    bad, good = told[score == 3], told[score == 9]
    sides = [
        ("told_by_detractor", bad.mean(), bad.std(ddof=1) / len(bad) ** 0.5),
        ("told_by_promoter", good.mean(), good.std(ddof=1) / len(good) ** 0.5),
    ]
    for name, value, which in (("negative_reach", bad, 3), ("positive_reach", good, 9)):
        heard = 100 * np.where(score == which, told, 0)  # a mean over all customers
        sides.append((name, 100 * value.sum() / 4_000, heard.std(ddof=1) / 4_000**0.5))
    for name, estimate, error in sides:
        limits = [estimate - 1.96 * error, estimate + 1.96 * error]
        assert found.loc[name, ["low", "high"]].tolist() == pytest.approx(limits, rel=0.02)
    # The ratio by Fieller's logic on the log: relative errors add in squares.
    relative = np.hypot(sides[0][2] / sides[0][1], sides[1][2] / sides[1][1])
    ratio = sides[0][1] / sides[1][1]
    limits = [ratio * np.exp(-1.96 * relative), ratio * np.exp(1.96 * relative)]
    assert found.loc["ratio", ["low", "high"]].tolist() == pytest.approx(limits, rel=0.02)


def test_same_seed_same_interval() -> None:
    rows = pd.concat([TEN] * 10)
    first, again = word_of_mouth(rows, seed=3), word_of_mouth(rows, seed=3)
    pd.testing.assert_frame_equal(first, again)
    assert not first["low"].equals(word_of_mouth(rows, seed=4)["low"])


@pytest.mark.parametrize("kind", ["none", "no promoters", "silent promoters"])
def test_what_cannot_be_said_is_empty_with_a_reason(kind: str) -> None:
    rows = {
        "none": TEN.head(0),
        "no promoters": TEN[TEN["nps"] < 9],
        "silent promoters": TEN.assign(told_n=TEN["told_n"].where(TEN["nps"] < 9, 0)),
    }[kind]
    ratio = by_metric(word_of_mouth(rows)).loc["ratio"]
    assert pd.isna(ratio["estimate"])
    assert ratio["note"] == ("nobody told" if kind == "silent promoters" else "no answers")


def test_codes_as_text_are_refused_because_99_is_no_number_of_people() -> None:
    with pytest.raises(CxError, match="open_survey"):
        word_of_mouth(TEN.assign(told_n="99"))


def test_a_limit_below_one_is_refused() -> None:
    with pytest.raises(CxError, match="below 1"):
        word_of_mouth(TEN, at_most=0)
