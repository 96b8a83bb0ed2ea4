"""Topics with their scores, their ranks, their months and their quotations."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact, ttest_ind

from cxreport.errors import CxError
from cxreport.stats.trend import control_chart
from cxreport.topics.voice import discover, mentions, quotes, topic_history, topics


def world(draw: np.random.Generator, n: int = 400) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Draw a company whose topics have to do with neither score nor time."""
    often = draw.uniform(0.05, 0.35, 4)
    coded = pd.DataFrame(draw.random((n, 4)) < often, columns=list("abcd"))
    score = pd.Series(draw.choice([-100.0, 0.0, 100.0], n, p=[0.15, 0.3, 0.55]))
    months = pd.Series(draw.integers(1, 13, n)).map("2026-{:02d}".format)
    return coded, score, months


def test_ten_respondents_by_hand() -> None:
    coded = pd.DataFrame({"late": [True] * 4 + [False] * 6})
    score = pd.Series([-100, -100, 0, 100, 100, 100, 100, 0, 0, np.nan])
    row = topics(coded, score, minimum=2, resamples=0).iloc[0]
    assert row[["n", "respondents", "n_scored"]].tolist() == [4, 10, 4]
    assert row["share"] == pytest.approx(40)
    # Wilson, 4 of 10, Newcombe's formula by hand: 16.8 to 68.7
    assert row[["share_low", "share_high"]].tolist() == pytest.approx([16.82, 68.73], abs=0.01)
    assert row["mean"] == -25
    assert row["mean_rest"] == 60
    assert row["estimate"] == -85
    # of nine with a score, four: all have a mean of 200 / 9, the rest 60
    assert row["impact"] == pytest.approx(200 / 9 - 60)
    assert row["impact"] == pytest.approx(4 / 9 * -85)


def test_the_test_is_welchs() -> None:
    coded, score, _ = world(np.random.default_rng(5))
    rows = topics(coded, score, resamples=0)
    for row in rows.to_dict("records"):
        inside = coded[row["topic"]]
        welch = ttest_ind(score[inside], score[~inside], equal_var=False)
        assert row["p_value"] == pytest.approx(welch.pvalue)
        assert row["estimate"] / row["std_error"] == pytest.approx(welch.statistic)
    one = topics(coded[["a"]], score, resamples=0).iloc[0]
    ends = ttest_ind(score[coded["a"]], score[~coded["a"]], equal_var=False).confidence_interval()
    assert [one["low"], one["high"]] == pytest.approx([ends.low, ends.high])


def test_customers_who_answer_twice_count_as_one() -> None:
    coded, score, _ = world(np.random.default_rng(6), 200)
    twice, again = pd.concat([coded] * 2, ignore_index=True), pd.concat([score] * 2)
    customer = pd.Series([f"c{place % 200}" for place in range(400)])
    clustered = topics(twice, again.reset_index(drop=True), cluster=customer, resamples=0)
    once = topics(coded, score, resamples=0)
    naive = topics(twice, again.reset_index(drop=True), resamples=0)
    assert clustered["std_error"].to_numpy() == pytest.approx(
        once["std_error"].to_numpy(), rel=0.02
    )
    assert (naive["std_error"] < 0.8 * once["std_error"]).all()


def test_weights_are_the_same_as_repeated_rows() -> None:
    coded, score, _ = world(np.random.default_rng(8), 200)
    weight = pd.Series([1.0, 3.0] * 100)
    repeated = coded.index.repeat(weight.astype(int))
    own = topics(coded, score, weight=weight, resamples=0)
    long = topics(coded.loc[repeated].reset_index(drop=True),
                  score.loc[repeated].reset_index(drop=True), resamples=0)  # fmt: skip
    for name in ("share", "mean", "mean_rest", "impact"):
        assert own[name].to_numpy() == pytest.approx(long[name].to_numpy())
    with pytest.raises(CxError, match="weights"):
        topics(coded, score, weight=weight * 0)


def test_few_and_alike_are_not_judged() -> None:
    coded = pd.DataFrame({"few": [True] * 3 + [False] * 37, "alike": [True] * 12 + [False] * 28,
                          "all": True})  # fmt: skip
    score = pd.Series([100.0] * 12 + [0.0, -100.0] * 14)
    rows = topics(coded, score).set_index("topic")
    assert rows["note"].to_dict() == {
        "few": "too few answers", "alike": "no variance", "all": "nobody else",
    }  # fmt: skip
    assert rows["signal"].isna().all()
    assert topics(coded.iloc[:0], score.iloc[:0])["share"].isna().all()


def test_a_rank_is_as_sure_as_its_data() -> None:
    # one topic takes 60 points off a third of all; two others are alike
    draw = np.random.default_rng(9)
    coded, score, _ = world(draw, 1_000)
    score = score.mask(coded["a"] & (draw.random(1_000) < 0.6), -100.0)
    rows = topics(coded, score).set_index("topic")
    assert rows.loc["a", ["rank", "rank_low", "rank_high"]].tolist() == [1, 1, 1]
    assert rows.loc["a", "first"] > 99
    assert rows.loc["a", "impact_high"] < 0
    others = rows.drop(index="a")
    assert (others["rank_high"] > others["rank_low"]).any()
    assert topics(coded, score).equals(topics(coded, score))


def test_months_are_those_of_fisher_and_of_the_p_chart() -> None:
    coded, _, months = world(np.random.default_rng(10), 600)
    rows = topic_history(coded[["a"]], months)
    chart = control_chart(rows[["period", "n", "estimate"]], kind="p", n="n")
    for name in ("centre", "lower", "upper"):
        assert rows[name].to_numpy() == pytest.approx(chart[name].to_numpy())
    row = rows.iloc[rows["estimate"].argmax()]
    rest = rows.drop(index=row.name)[["n", "mentions"]].sum()
    table = [[row["mentions"], row["n"] - row["mentions"]],
             [rest["mentions"], rest["n"] - rest["mentions"]]]  # fmt: skip
    above = fisher_exact(table, alternative="greater").pvalue
    assert row["p_value"] == pytest.approx(min(1, 2 * above))


def test_a_month_that_is_none_is_no_news() -> None:
    coded = pd.DataFrame({"a": [True, False] * 30})
    one = topic_history(coded, pd.Series(["2026-01"] * 60))
    assert one["p_value"].isna().all()
    few = topic_history(coded, pd.Series(["2026-01"] * 55 + ["2026-02"] * 5))
    assert few["note"].tolist()[1] == "too few answers"
    assert (few["signal"] == "").all()
    assert topic_history(coded, pd.Series([None] * 60)).empty


def test_in_null_worlds_a_page_names_no_topic_that_hurts_or_rises() -> None:
    # words, scores, months and reviews share 5%: 200 worlds in which nothing is planted
    draw = np.random.default_rng(2026)
    level, named = 1 - 0.05 / 4, 0
    for _ in range(200):
        coded, score, months = world(draw)
        scored = topics(coded, score, level=level, resamples=0)
        history = topic_history(coded, months, level=level)
        of_reviews, stars, _months = world(draw, 150)
        rated = topics(of_reviews, stars, level=level, resamples=0)
        hurts = [(rows["signal"].fillna(value=False) & (rows["estimate"] < 0)).any()
                 for rows in (scored, rated)]  # fmt: skip
        named += bool(any(hurts) or (history["direction"] == "rise").any())
    assert named <= 10


def comments() -> tuple[pd.Series, pd.Series, pd.DataFrame]:
    texts = [
        f"The parcel came {number} days too late and nobody told me why" for number in "345678"
    ]
    texts += ["A parcel came that was in no way like the one I had seen in the shop window"] * 3
    texts += ["Late.", "x" * 300] + [
        "The parcel came on time and the driver was very kind to us"
    ] * 4
    group = ["detractor"] * 11 + ["promoter"] * 4
    coded = pd.DataFrame({"delivery": [True] * 15, "rare": [True] * 5 + [False] * 10})
    return pd.Series(texts), pd.Series(group), coded


def test_quotations_follow_the_rule() -> None:
    texts, group, coded = comments()
    chosen = quotes(texts, group, coded, each=2)
    assert set(chosen["topic"]) == {"delivery"}  # five people are too few
    assert chosen["group"].tolist() == ["detractor", "promoter"]
    assert chosen["text"].str.len().between(40, 240).all()
    # the nearest is one of the six that say the same; ties go by the alphabet
    assert chosen["text"].iloc[0] == "The parcel came 3 days too late and nobody told me why"
    assert chosen["candidates"].tolist() == [9, 4]
    shuffled = texts.sample(frac=1, random_state=1).index
    again = quotes(texts[shuffled], group[shuffled], coded.loc[shuffled], each=2)
    assert again["text"].tolist() == chosen["text"].tolist()
    with pytest.raises(CxError, match="bounds"):
        quotes(texts, group, coded, shortest=9, longest=5)


def test_proposals_are_the_same_each_time() -> None:
    texts = pd.Series(
        ["The parcel came late again"] * 30
        + ["The shop staff was kind to me"] * 20
        + ["Prices are too high for me"] * 15
    )
    found = discover(texts, topics=3)
    assert found["n"].tolist() == [30, 20, 15]
    assert ["parcel" in found["words"][0], "staff" in found["words"][1]] == [True, True]
    assert found.equals(discover(texts, topics=3))
    assert discover(texts.iloc[:0]).empty
    with pytest.raises(CxError, match="2 or more"):
        discover(texts, topics=1)


def test_sources_are_never_added_up() -> None:
    rows = mentions(pd.Series(["a", "b", "b"]), pd.Series(["2026-01", "2026-02", "2026-02"]))
    assert rows[["source", "period", "n"]].to_numpy().tolist() == [
        ["b", "2026-01", 0], ["b", "2026-02", 2], ["a", "2026-01", 1], ["a", "2026-02", 0],
    ]  # fmt: skip
    parted = mentions(pd.Series(["b"] * 3), pd.Series(["2026-01"] * 3), pd.Series(["x", "y", "y"]))
    assert parted.to_numpy().tolist() == [["b", "y", "2026-01", 2], ["b", "x", "2026-01", 1]]
    with pytest.raises(CxError, match="same rows"):
        mentions(pd.Series(["b"]), pd.Series(["2026-01"] * 2))
