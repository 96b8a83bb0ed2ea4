"""Keyness, held to published formulas worked out in R, and to counts by hand."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.topics.voice import keyness, log_odds, word_chi_square

FILE = Path(__file__).parents[2] / "reference" / "voice.json"
CASES = {entry["id"]: entry for entry in json.loads(FILE.read_text("utf-8"))}


@pytest.mark.parametrize(("name", "prior"), [("flat", 0.01), ("informative", "informative")])
def test_log_odds_are_those_of_monroe(name: str, prior: float | str) -> None:
    case = CASES["txt-02"]
    rows = log_odds(case["input"]["detractor"], case["input"]["promoter"], prior=prior, strength=10)
    expected = case["expected"][name]
    assert rows["estimate"].tolist() == pytest.approx(expected["delta"], abs=case["tolerance"])
    assert rows["z"].tolist() == pytest.approx(expected["z"], abs=case["tolerance"])


@pytest.mark.parametrize("name", ["eb", "uninformative"])
def test_log_odds_are_those_of_tidylo(name: str) -> None:
    # tidylo compares a set with all sets together, each of which brings its prior with it
    case = CASES["txt-01"]
    counts = pd.DataFrame({key: case["input"][key] for key in ("set", "feature", "n")})
    whole = counts.groupby("feature")["n"].sum()
    for number, rows in counts.groupby("set"):
        total = rows["feature"].map(whole).to_numpy(dtype=float)
        prior = total if name == "eb" else np.ones(len(rows))
        result = log_odds(rows["n"], total + prior, prior=prior)
        at = counts.index[counts["set"] == number]
        for column, key in (("estimate", "log_odds"), ("z", "z")):
            expected = [case["expected"][name][key][place] for place in at]
            assert result[column].tolist() == pytest.approx(expected, abs=case["tolerance"])


def test_chi_square_is_that_of_r() -> None:
    case = CASES["txt-04"]
    first, second = (case["input"][text].split() for text in ("d1", "d2"))
    counts = (first.count("b"), len(first), second.count("b"), len(second))
    for yates, name in ((True, "chi2_yates"), (False, "chi2")):
        expected = case["expected"][name]
        assert word_chi_square(*counts, yates=yates) == pytest.approx(expected, abs=1e-8)
    assert np.isnan(word_chi_square(0, 5, 0, 5))
    with pytest.raises(CxError, match="between 0 and its total"):
        word_chi_square(6, 5, 0, 5)


@pytest.mark.parametrize("prior", [0, -1, "none", [0.1, 0.0]])
def test_a_prior_that_is_none_is_refused(prior: object) -> None:
    with pytest.raises(CxError, match="prior"):
        log_odds([1, 2], [2, 1], prior=prior)


def test_counts_that_are_none_are_refused() -> None:
    with pytest.raises(CxError, match="different lengths"):
        log_odds([1, 2], [2])
    with pytest.raises(CxError, match="missing or negative"):
        log_odds([1, -2], [2, 1])


def comments() -> tuple[pd.Series, pd.Series]:
    texts = ["slow slow slow parcel"] * 12 + ["kind staff"] * 12 + ["parcel"] * 3
    return pd.Series(texts), pd.Series(["detractor"] * 12 + ["promoter"] * 12 + ["passive"] * 3)


def test_people_are_counted_and_not_mentions() -> None:
    texts, group = comments()
    rows = keyness(texts, group, languages=pd.Series(["en"] * 27), minimum=1).set_index("word")
    # three times "slow" is one person; passives are in neither group
    assert rows.loc["slow", ["n", "users", "users_reference"]].tolist() == [12, 12, 0]
    assert rows.loc["parcel", "n"] == 12
    assert rows.loc["slow", ["share", "share_reference"]].tolist() == [100, 0]
    assert rows.loc[["slow", "kind"], "signal"].tolist() == [True, True]
    assert rows.loc["kind", "estimate"] < 0 < rows.loc["slow", "estimate"]


def test_comments_of_one_person_are_read_as_one() -> None:
    texts, group = comments()
    who = pd.Series([f"r{place // 2}" for place in range(27)])
    rows = keyness(texts, group, respondent=who, languages=pd.Series(["en"] * 27), minimum=1)
    assert rows.set_index("word").loc["slow", "n"] == 6


def test_rare_words_are_no_vocabulary_and_one_group_is_no_comparison() -> None:
    texts, group = comments()
    spoken = pd.Series(["en"] * 27)
    assert "kind" not in set(keyness(texts, group, languages=spoken, minimum=13)["word"])
    alone = keyness(texts[:12], group[:12], languages=spoken[:12])
    assert set(alone["note"]) == {"one group only"}
    assert alone["signal"].isna().all()
    with pytest.raises(CxError, match="itself"):
        keyness(texts, group, own="promoter")


def test_a_group_that_writes_another_language_is_not_told_by_its_language() -> None:
    # all unhappy people write Italian, the happy ones both, in the same words
    texts = pd.Series(["pacco arrivato"] * 40 + ["pacco arrivato"] * 20 + ["parcel arrived"] * 20)
    group = pd.Series(["detractor"] * 40 + ["promoter"] * 40)
    spoken = pd.Series(["it"] * 60 + ["en"] * 20)
    rows = keyness(texts, group, languages=spoken)
    assert not rows["signal"].fillna(value=False).any()


def test_chance_names_no_word_in_most_worlds() -> None:
    draw = np.random.default_rng(7)
    vocabulary = np.array([f"word{letter}" for letter in "abcdefghijklmnopqrst"])
    named = 0
    for _ in range(40):
        texts = pd.Series([" . ".join(draw.choice(vocabulary, 4)) for _ in range(150)])
        group = pd.Series(draw.choice(["detractor", "promoter"], 150, p=[0.3, 0.7]))
        rows = keyness(texts, group, languages=pd.Series(["en"] * 150))
        named += bool(rows["signal"].any())
    assert named <= 5  # 5% of 40 is 2; more than 5 has a chance below 1%


def test_intervals_say_what_the_signals_say() -> None:
    texts, group = comments()
    rows = keyness(texts, group, languages=pd.Series(["en"] * 27), minimum=1)
    without_zero = (rows["low"] > 0) | (rows["high"] < 0)
    assert without_zero.tolist() == rows["signal"].tolist()
