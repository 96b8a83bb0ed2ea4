"""The journey: hand counts of a few events, and what the demo's events hold."""

from __future__ import annotations

import datetime as dt
from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.stats.proportions import per_hundred, percent_of
from cxreport.topics.journey import (
    event_problems,
    first_drop,
    peak_end,
    stage_coverage,
    stage_ratings,
    transitions,
)
from cxreport.topics.journey.peak_end import corrected_interval

UNTIL = dt.date(2026, 3, 31)


def log(*rows: tuple[object, str | None, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["session_id", "touchpoint", "occurred_at"])
    times = pd.to_datetime(frame["occurred_at"], format="ISO8601")
    return frame.assign(occurred_at=times, number=range(1, len(frame) + 1))


# Three sessions on one morning, one that a long pause cuts in two, one still going on.
TEN = log(
    (1, "home", "2026-03-01 10:00"), (1, "shelf", "2026-03-01 10:05"),
    (1, "shelf", "2026-03-01 10:10"), (1, "till", "2026-03-01 10:15"),
    (2, "home", "2026-03-01 10:00"), (2, "shelf", "2026-03-01 10:20"),
    (3, "home", "2026-03-01 10:00"), (3, "home", "2026-03-01 10:31"),
    (4, "home", "2026-03-31 23:40"), (4, "shelf", "2026-03-31 23:50"),
)  # fmt: skip


def steps(table: pd.DataFrame) -> dict[tuple[str, str], tuple[int, int]]:
    """Return times and n of each step."""
    return {
        (row["before"], row["after"]): (int(row["times"]), int(row["n"]))
        for row in table.to_dict("records")
    }


def test_ten_events_make_these_steps() -> None:
    found = transitions(TEN, until=UNTIL, minimum=1)
    assert steps(found) == {
        ("start", "home"): (5, 5),  # session 3 begins twice: 31 minutes lie between
        ("home", "shelf"): (3, 5), ("home", "end"): (2, 5),
        ("shelf", "shelf"): (1, 3), ("shelf", "till"): (1, 3), ("shelf", "end"): (1, 3),
        ("till", "end"): (1, 1),
    }  # fmt: skip
    assert found.set_index(["before", "after"])["kind"].to_dict()["shelf", "shelf"] == "loop"
    assert found[found["before"] == "shelf"]["open"].unique().tolist() == [1]  # session 4


def test_touchpoints_called_start_end_and_other_are_touchpoints() -> None:
    rows = log(
        (1, "home", "2026-03-01 10:00"), (1, "other", "2026-03-01 10:01"),
        (1, "end", "2026-03-01 10:02"), (2, "start", "2026-03-01 10:00"),
        (2, "home", "2026-03-01 10:01"),
    )  # fmt: skip
    found = transitions(rows, until=UNTIL, minimum=1).set_index(["before", "after", "kind"])
    assert found[["times", "n"]].apply(tuple, axis="columns").to_dict() == {
        ("start", "home", "start"): (1, 2), ("start", "start", "start"): (1, 2),
        ("start", "home", "step"): (1, 1), ("home", "other", "step"): (1, 2),
        ("home", "end", "end"): (1, 2), ("other", "end", "step"): (1, 1),
        ("end", "end", "end"): (1, 1),
    }  # fmt: skip


def test_a_step_has_wilsons_interval() -> None:
    # 81 of 263: 25.5 to 36.6 (Newcombe 1998, table I, method 3)
    rows = [(n, "home", "2026-03-01 10:00") for n in range(263)]
    rows += [(n, "shelf", "2026-03-01 10:01") for n in range(81)]
    found = transitions(log(*rows), until=UNTIL).set_index(["before", "after"])
    step = found.loc[("home", "shelf")]
    assert (round(step["low"], 1), round(step["high"], 1)) == (25.5, 36.6)


def test_rare_steps_are_pooled_and_none_is_lost() -> None:
    rows = [(n, "home", "2026-03-01 10:00") for n in range(30)]
    rows += [(n, f"page {n}", "2026-03-01 10:01") for n in range(4)]
    rows += [(n, "shelf", "2026-03-01 10:01") for n in range(4, 24)]
    found = transitions(log(*rows), until=UNTIL, minimum=5)
    home = found[found["before"] == "home"].set_index("after")
    assert home["times"].to_dict() == {"shelf": 20, "end": 6, "other": 4}
    assert home["edges"].to_dict() == {"shelf": 1, "end": 1, "other": 4}
    assert home.loc["other", "kind"] == "other"
    assert home["estimate"].sum() == pytest.approx(100)


def test_the_order_of_rows_does_not_matter() -> None:
    shuffled = TEN.sample(frac=1, random_state=3)
    once = transitions(TEN, until=UNTIL, minimum=1)
    pd.testing.assert_frame_equal(transitions(shuffled, until=UNTIL, minimum=1), once)


def test_a_sequence_settles_the_same_moment() -> None:
    events = log((1, "shelf", "2026-03-01 10:00"), (1, "home", "2026-03-01 10:00"))
    found = transitions(events, until=UNTIL, minimum=1, sequence="number")
    assert ("shelf", "home") in steps(found)
    without = transitions(events, until=UNTIL, minimum=1)
    assert ("home", "shelf") in steps(without)


def test_what_may_still_go_on_has_no_share() -> None:
    found = transitions(log((1, "home", "2026-03-31 23:45")), until=UNTIL, minimum=1)
    home = found[found["before"] == "home"].iloc[0]
    assert (home["n"], home["open"], home["note"]) == (0, 1, "not yet observable")
    assert np.isnan(home["estimate"])


def test_bad_events_are_counted_and_left_out() -> None:
    bad = log(
        (1, "home", "2026-03-01 10:00"), (None, "home", "2026-03-01 10:00"),
        (1, None, "2026-03-01 10:01"), (1, "home", None), (1, "home", "2026-04-01 00:00"),
        (2, "home", "2026-03-02 09:00"), (2, "shelf", "2026-03-02 09:00"),
        (2, "till", "2026-03-02 08:00"),
    )  # fmt: skip
    found = event_problems(bad, until=UNTIL, sequence="number").set_index("problem")
    assert found["found"].to_dict() == {
        "no journey": 1, "no time": 1, "no state": 1, "after the end": 1, "same moment": 2,
        "out of order": 1,
    }  # fmt: skip
    assert found["n"].unique().tolist() == [8]
    shown = transitions(bad, until=UNTIL, minimum=1, pause=dt.timedelta(hours=2))
    assert steps(shown)["till", "home"] == (1, 1)
    assert sum(times for (before, _), (times, _) in steps(shown).items() if before != "start") == 4


def test_without_a_sequence_order_is_not_judged() -> None:
    found = event_problems(TEN, until=UNTIL).set_index("problem")
    assert found["found"].isna().to_dict()["out of order"]


def test_times_with_a_zone_are_refused() -> None:
    zoned = TEN.assign(occurred_at=TEN["occurred_at"].dt.tz_localize("Europe/Rome"))
    with pytest.raises(CxError, match="time zone"):
        transitions(zoned, until=UNTIL)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"state": "place"}, "unknown column"),
        ({"date": "touchpoint"}, "no times"),
        ({"pause": dt.timedelta(0)}, "pause"),
    ],
)
def test_nonsense_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(CxError, match=message):
        transitions(TEN, until=UNTIL, **change)  # type: ignore[arg-type]


def test_a_log_without_events_has_no_steps() -> None:
    assert transitions(TEN.head(0), until=UNTIL).empty


def asked() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "stage": ["buy", "buy", "buy", "odd", None],
            "touchpoint": ["till", "till", "site", "till", "till"],
            "channel": ["shop", "shop", "web", "shop", "shop"],
            "answered_at": pd.to_datetime(["2026-03-01", "2026-03-09", "2026-02-01"] + [None] * 2),
        }
    )


def test_what_nobody_asks_about_is_shown_as_not_measured() -> None:
    found = stage_coverage(asked(), stages={"buy": "purchase"})
    notes = found.set_index("stage")["note"]
    assert [notes[stage] for stage in ("awareness", "consideration", "retention", "advocacy")] == [
        "not measured"
    ] * 4
    till = found[(found["stage"] == "purchase") & (found["touchpoint"] == "till")].iloc[0]
    assert (till["n"], till["last_answer"]) == (2, pd.Timestamp("2026-03-09"))


def test_a_stage_outside_the_map_is_named_and_counted() -> None:
    found = stage_coverage(asked(), stages={"buy": "purchase"})
    assert found[found["note"] == "stage not in the map"][["stage", "n"]].to_numpy().tolist() == [
        ["odd", 1]
    ]
    assert found[found["note"] == "stage not said"]["n"].tolist() == [1]
    assert found["n"].sum() == len(asked())


def test_the_response_rate_is_answers_over_invitations() -> None:
    invites = pd.concat([asked().head(2)] * 4 + [asked().iloc[[2]]]).drop(columns="answered_at")
    found = stage_coverage(asked(), stages={"buy": "purchase"}, invites=invites)
    rates = found.set_index(["touchpoint", "channel"]).loc[[("till", "shop"), ("site", "web")]]
    bought = rates[rates["stage"] == "purchase"]
    assert bought["invited"].tolist() == [8, 1]
    assert bought["estimate"].tolist() == [25.0, 100.0]
    less = stage_coverage(asked(), stages={"buy": "purchase"}, invites=invites.tail(1))
    odd = less[(less["stage"] == "purchase") & (less["touchpoint"] == "till")].iloc[0]
    assert np.isnan(odd["estimate"])


def test_more_answers_than_invitations_is_said() -> None:
    invites = asked().head(1).drop(columns="answered_at")
    found = stage_coverage(asked(), stages={"buy": "purchase"}, invites=invites)
    assert "more answers than invitations" in set(found["note"])


def test_a_code_cannot_be_mapped_to_what_is_no_stage() -> None:
    with pytest.raises(CxError, match="no such stage"):
        stage_coverage(asked(), stages={"buy": "checkout"})


def test_a_stage_counts_the_ratings_of_all_its_touchpoints() -> None:
    # Ten people rate both alike: 20 ratings are not worth 20.
    people = pd.DataFrame({"site": [5] * 6 + [1] * 4}).assign(app=lambda frame: frame["site"])
    found = stage_ratings(people, {"site": ("awareness", 4), "app": ("awareness", 4)})
    row = found.iloc[0]
    assert (row["n"], row["ratings"], row["favourable"], row["estimate"]) == (10, 20, 12, 60.0)
    # A ratio over ten people has 10 - 1 degrees of freedom: nine ratings' worth. Wilson by hand,
    # p = 0.6, n = 9: (0.6 + 0.2134 -+ 1.96 x 0.1963) / 1.4268.
    assert (row["low"], row["high"]) == pytest.approx((30.05, 83.97), abs=0.02)
    assert found["note"].tolist() == ["", *["not measured"] * 4]


def test_few_people_have_no_rating_of_a_stage() -> None:
    found = stage_ratings(pd.DataFrame({"site": [5.0] * 9}), {"site": ("purchase", 4)})
    row = found.set_index("stage").loc["purchase"]
    assert (row["n"], row["note"]) == (9, "too few answers")
    assert np.isnan(row["estimate"])


JOURNEY = {"site": "awareness", "shelf": "consideration", "till": "purchase", "parcel": "retention"}


def detractors(*rows: tuple[float | None, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(JOURNEY), dtype=float).assign(nps=3)


def test_the_first_drop_by_hand() -> None:
    people = detractors(
        (4, 4, 1, 1),  # falls at purchase: mean 2.5
        (5, 2, 5, 2),  # at consideration: 3.5
        (3, 3, 3, 3),  # nowhere
        (None, None, 4, 2),  # at retention
        (4, None, None, None),  # cannot be judged
    )
    found = first_drop(people, JOURNEY).set_index("stage")
    assert found["first"].to_dict() == {
        "awareness": 0, "consideration": 1, "purchase": 1, "retention": 1, "no drop": 1,
    }  # fmt: skip
    assert found["n"].unique().tolist() == [4]
    assert found["unjudged"].unique().tolist() == [1]
    assert found["rated"].tolist() == [3, 3, 4, 4, 4]
    assert found["estimate"].sum() == pytest.approx(100)


@pytest.mark.parametrize("ratings", [(4, 4, 1, 1), (5, 2, 4, 5), (1, 5, 5, 5), (1, 2, 3, 4)])
def test_what_chance_would_make_is_the_mean_over_all_orders(ratings: tuple[int, ...]) -> None:
    mean = sum(ratings) / 4
    firsts = [
        next(place for place, value in enumerate(order) if value < mean)
        for order in permutations(ratings)
    ]
    share = [100 * firsts.count(place) / 24 for place in range(4)]
    found = first_drop(detractors(ratings), JOURNEY)
    assert found["expected"].tolist()[:4] == pytest.approx(share)


def test_several_touchpoints_of_a_stage_count_once() -> None:
    # stages 4 (of 3 and 5) and 4: no drop, though one touchpoint is below the mean
    people = pd.DataFrame({"nps": [2], "site": [3.0], "app": [5.0], "till": [4.0]})
    stages_of = {"site": "awareness", "app": "awareness", "till": "purchase"}
    found = first_drop(people, stages_of).set_index("stage")
    assert found["first"].to_dict() == {"awareness": 0, "purchase": 0, "no drop": 1}


def test_ratings_in_any_order_make_few_signals() -> None:
    rng = np.random.default_rng(5)
    signals = []
    for _ in range(24):
        people = pd.DataFrame(rng.integers(1, 6, (80, 4)), columns=list(JOURNEY)).assign(nps=2)
        signals.append(bool(first_drop(people, JOURNEY)["signal"].any()))
    assert sum(signals) <= 4  # 5% of 24 is 1.2; more than 4 has a chance of 1 in 150


def test_a_stage_that_goes_wrong_is_found_behind_an_early_one() -> None:
    rng = np.random.default_rng(5)
    people = pd.DataFrame(rng.integers(1, 6, (400, 4)), columns=list(JOURNEY)).assign(nps=2)
    people["parcel"] = rng.integers(1, 3, 400)
    found = first_drop(people, JOURNEY).set_index("stage")
    assert found["estimate"].idxmax() == "awareness"  # which is chance alone
    assert found["signal"].to_dict()["retention"]
    assert found.loc["retention", "difference"] > 0
    assert found.loc["awareness", "difference"] < 0


def test_promoters_are_only_compared() -> None:
    people = detractors((5, 1, 5, 5)).assign(nps=9)
    found = first_drop(people, JOURNEY)
    assert found["n"].unique().tolist() == [0]
    assert found["n_others"].unique().tolist() == [1]
    assert found[["estimate", "gap"]].isna().all(axis=None)


def test_a_stage_that_is_weak_for_everybody_is_no_finding_on_detractors() -> None:
    # 56 of 70 against 48 of 80: 20 points, 5.24 to 33.39 (Newcombe 1998, table II, method 10)
    low = [(4.0, 4.0, 1.0, 4.0)] * 56 + [(1.0, 4.0, 4.0, 4.0)] * 14
    high = [(4.0, 4.0, 1.0, 4.0)] * 48 + [(1.0, 4.0, 4.0, 4.0)] * 32
    people = pd.concat([detractors(*low), detractors(*high).assign(nps=9)])
    row = first_drop(people, JOURNEY).set_index("stage").loc["purchase"]
    assert (row["estimate"], row["others"]) == (80, 60)
    assert (row["gap_low"], row["gap_high"]) == pytest.approx((5.24, 33.39), abs=5e-3)


def test_a_drop_needs_two_stages() -> None:
    with pytest.raises(CxError, match="two stages"):
        first_drop(detractors((1, 2, 3, 4)), {"site": "awareness"})
    with pytest.raises(CxError, match="no such stage"):
        first_drop(detractors((1, 2, 3, 4)), {"site": "checkout", "till": "purchase"})


def remembered(n: int, seed: int) -> pd.DataFrame:
    """Draw two ratings, each 1 to 5 alike (variance 2), and a memory of the last one."""
    rng = np.random.default_rng(seed)
    ratings = rng.integers(1, 6, (n, 2))
    noise = rng.choice([-1, 1], n) * np.sqrt(2)  # variance 2
    return pd.DataFrame({"one": ratings[:, 0], "two": ratings[:, 1], "nps": ratings[:, 1] + noise})


def test_the_end_and_the_mean_explain_what_they_must() -> None:
    # var(score) = 4. The end: 2 / 4 = 50%. The mean: variance 1, covariance 1, so 1 / 4 = 25%.
    found = peak_end(remembered(20_000, 1), ["one", "two"], repeats=3).set_index("summary")
    assert found.loc["end", "estimate"] == pytest.approx(50, abs=1.5)
    assert found.loc["mean", "estimate"] == pytest.approx(25, abs=1.5)
    assert found.loc["end", "difference"] == pytest.approx(25, abs=1.5)
    assert found.loc["end", "signal"]
    assert found.index[0] in {"end", "peak and end"}


def test_a_memory_of_the_mean_is_told_from_peak_and_end() -> None:
    rng = np.random.default_rng(2)
    ratings = pd.DataFrame(rng.integers(1, 6, (3000, 4)), columns=list("abcd"))
    people = ratings.assign(nps=ratings.mean(axis="columns") + rng.normal(0, 0.3, 3000))
    found = peak_end(people.round(2), list("abcd"), repeats=3)
    assert found["summary"].iloc[0] == "mean"
    assert found.set_index("summary").loc["peak and end", "difference_high"] < 0


def test_noise_explains_nothing() -> None:
    people = remembered(400, 3).assign(nps=np.tile([2, 9], 200))
    found = peak_end(people, ["one", "two"], repeats=3)
    assert (found["low"] < 0).all()


def test_the_peak_is_the_rating_furthest_from_the_middle() -> None:
    # Peaks 1, 5, 1 (a tie goes to the worse), 5: the score follows them exactly.
    rows = [(1, 4, 3, 1), (2, 5, 3, 5), (1, 5, 3, 1), (4, 5, 2, 5)]
    people = pd.DataFrame(rows * 50, columns=["a", "b", "c", "nps"])
    found = peak_end(people, ["a", "b", "c"], repeats=2).set_index("summary")
    assert found.loc["peak", "estimate"] == pytest.approx(100)
    assert found.loc["mean", "estimate"] < 100


def test_the_interval_allows_for_shared_people() -> None:
    # By hand: mean 2.5, variance 5/3, (1/4 + 1/1) x 5/3 = 2.0833, root 1.4434, t(3) = 3.1824
    low, high = corrected_interval(np.array([1.0, 2.0, 3.0, 4.0]), folds=2)
    assert (low, high) == pytest.approx((2.5 - 4.5935, 2.5 + 4.5935), abs=1e-3)


def test_one_rating_is_no_journey() -> None:
    people = remembered(300, 4)
    people.loc[:99, "two"] = np.nan
    found = peak_end(people, ["one", "two"], repeats=1)
    assert found[["n", "left_out"]].drop_duplicates().to_numpy().tolist() == [[200, 100]]
    with pytest.raises(CxError, match="two ratings"):
        peak_end(people, ["one"])


def test_few_people_have_no_winner() -> None:
    found = peak_end(remembered(50, 1), ["one", "two"])
    assert set(found["note"]) == {"too few answers"}
    assert found["estimate"].isna().all()


def test_the_seed_makes_the_figures() -> None:
    people = remembered(500, 1)
    first, again = (peak_end(people, ["one", "two"], repeats=2, seed=7) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    shuffled = peak_end(people.sample(frac=1, random_state=1), ["one", "two"], repeats=2, seed=7)
    pd.testing.assert_frame_equal(first, shuffled)


def test_a_rate_has_garwoods_interval() -> None:
    # Exact limits of 0, 1, 10 events: Garwood 1936, table (0 to 3.689, 0.0253 to 5.572,
    # 4.795 to 18.391)
    counts = pd.Series([0, 1, 10])
    found = per_hundred(counts, counts, pd.Series([100, 100, 100]))
    assert found["low"].tolist() == pytest.approx([0, 0.0253, 4.795], abs=1e-3)
    assert found["high"].tolist() == pytest.approx([3.689, 5.572, 18.391], abs=1e-3)


def test_bunches_make_a_rate_less_sure() -> None:
    # 20 events in 100 journeys: one each in 20, or ten each in 2
    found = per_hundred(pd.Series([20, 20]), pd.Series([20, 200]), pd.Series([100, 100]))
    width = found["high"] - found["low"]
    assert found["estimate"].tolist() == [20, 20]
    assert found["dispersion"].tolist() == pytest.approx([1, (200 - 4) / 99 / 0.2])
    assert width[1] > 2 * width[0]


def test_shares_of_nothing_are_empty() -> None:
    assert percent_of(pd.Series([0]), pd.Series([0])).isna().all(axis=None)
    assert per_hundred(pd.Series([0]), pd.Series([0]), pd.Series([0])).isna().all(axis=None)


def test_steps_of_one_customer_count_together() -> None:
    # Ten customers of one habit, five journeys each: five of them always go from home to help.
    moments = pd.date_range("2026-03-01", periods=50, freq="2h")
    parts = []
    for at, moment in enumerate(moments):
        who = at % 10
        states = ["home", "help"] if who < 5 else ["home"]
        times = [moment + pd.Timedelta(minutes=place) for place in range(len(states))]
        columns = {"session_id": at, "customer_id": f"c{who}"}
        parts.append(pd.DataFrame({**columns, "touchpoint": states, "occurred_at": times}))
    rows = pd.concat(parts, ignore_index=True)
    options = {"until": dt.date(2026, 3, 31), "minimum": 1}
    key = ["before", "after"]
    plain = transitions(rows, **options).set_index(key).loc[("home", "help")]
    found = transitions(rows, cluster="customer_id", **options).set_index(key)
    row = found.loc[("home", "help")]
    assert row[["n", "times", "estimate"]].tolist() == [50, 25, 50]
    # R: svymean(~help, svydesign(id = ~customer)): sqrt(10/9 * 10 * 2.5^2 / 50^2) = 1/6.
    assert row["std_error"] == pytest.approx(100 / 6)
    assert row["n_effective"] == pytest.approx(10)
    assert plain["n_effective"] == 50
    # Ten customers tell less than ten independent steps: Wilson's 5 in 10 is 23.7 to 76.3
    # (Newcombe 1998, method 3), 3 in 6 is 18.8 to 81.2.
    assert 18.8 < row["low"] < 23.7
    assert 76.3 < row["high"] < 81.2
    each = transitions(rows.assign(customer_id=None), cluster="customer_id", **options)
    alone = each.set_index(key).loc[("home", "help")]
    assert alone[["low", "high"]].tolist() == pytest.approx(plain[["low", "high"]].tolist())
