"""Control charts: the cases of NHSRplotthedots and qicharts2, the rules by hand, and bad input."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.stats.change_point import change_point
from cxreport.stats.control_rules import anhoej_limits, mean_moving_range
from cxreport.stats.trend import Kind, control_chart

VECTORS = Path(__file__).parents[1] / "reference" / "trend.json"
CASES = {entry["id"]: entry for entry in json.loads(VECTORS.read_text(encoding="utf-8"))}
NAN = float("nan")
SHIFT, TREND, TWO, OUT = "shift", "trend", "two-of-three", "outside"

# Mean 50, moving ranges 2 (and no run or trend of 7): limits 50 -+ 5.32, two thirds at 3.55.
STEADY = [49, 51] * 6


def case(name: str) -> tuple[Any, Any]:
    return CASES[name]["input"], CASES[name]["expected"]


def months(count: int) -> list[str]:
    return [f"{2020 + month // 12}-{month % 12 + 1:02}" for month in range(count)]


def series(values: Sequence[float | None], **columns: Any) -> pd.DataFrame:
    frame = pd.DataFrame({"period": months(len(values)), "estimate": values})
    return frame.assign(**columns)


def chart(values: Sequence[float | None], **options: Any) -> pd.DataFrame:
    return control_chart(series(values), **options)


def frozen(values: Sequence[float | None], **options: Any) -> pd.DataFrame:
    """Chart values after a steady year that alone makes the limits; give back the values' rows."""
    return chart([*STEADY, *values], baseline=12, **options).iloc[12:]


def test_limits_are_screened_as_published() -> None:
    given, expected = case("spc-01")
    frame = chart(given["values"])
    limits = frame[["lower", "upper"]].iloc[0].tolist()
    wanted = [expected["screened"]["lpl"], expected["screened"]["upl"]]
    assert limits == pytest.approx(wanted, abs=1e-9)
    assert limits == pytest.approx(expected["published"]["screened"], abs=0.005)
    assert frame["centre"].unique() == pytest.approx([expected["mean"]], abs=1e-9)
    signals = frame.index[frame["signal"] == OUT] + 1
    assert signals.tolist() == [expected["special_cause_index"]]


def test_moving_range_without_screening_as_published() -> None:
    given, expected = case("spc-01")
    reach = 2.66 * mean_moving_range(pd.Series(given["values"]), screened=False)
    wanted = expected["unscreened"]
    assert expected["mean"] - reach == pytest.approx(wanted["lpl"], abs=1e-9)
    assert expected["mean"] + reach == pytest.approx(wanted["upl"], abs=1e-9)


def test_every_point_is_classified_as_in_r() -> None:
    given, expected = case("spc-02")
    frame = chart(given["values"], better="higher")
    row = frame.iloc[0]
    wanted = [expected[name] for name in ("mean", "lpl", "upl")]
    assert row[["centre", "lower", "upper"]].tolist() == pytest.approx(wanted, abs=1e-8)
    rules = {"7 Points": SHIFT, "2 in 3": TWO}
    signals = [rules[text.rsplit(maxsplit=2)[0]] for text in expected["special_cause"]]
    assert frame["signal"].tolist() == signals
    directions = [text.removeprefix("special_cause_") for text in expected["point_type"]]
    assert frame["direction"].tolist() == directions


@pytest.mark.parametrize(("kind", "name"), [("p", "p_chart"), ("p-prime", "p_prime")])
def test_charts_of_shares_as_in_r(kind: Kind, name: str) -> None:
    given, expected = case("spc-05")
    share = 100 * np.array(given["x"]) / np.array(given["n"])
    frame = control_chart(series(share, n=given["n"]), kind=kind, n="n")
    wanted = pd.DataFrame({"lower": expected[name]["lcl"], "upper": expected[name]["ucl"]})
    wanted.insert(0, "centre", expected["cl"])
    assert (frame[list(wanted)] / 100).to_numpy() == pytest.approx(wanted.to_numpy(), abs=1e-9)
    outside = (frame.index[frame["signal"] == OUT] + 1).tolist()
    assert outside == expected[name]["signals"]


def test_limits_of_the_run_chart_rules() -> None:
    given, expected = case("spc-07")
    limits = [anhoej_limits(useful) for useful in given["useful_points"]]
    assert [longest for longest, _ in limits] == expected["longest_run_max"]
    assert [fewest for _, fewest in limits] == expected["crossings_min"]


@pytest.mark.parametrize(("ordinary", "odd", "mean"), [(6, 28, 6), (39, 160, 50)])
def test_screening_begins_at_3_267_mean_ranges(ordinary: int, odd: int, mean: int) -> None:
    # The odd range is 3.5 times the mean of the eleven, or 3.2 times.
    values = pd.Series([0, *[ordinary, 0] * 5, odd])
    assert mean_moving_range(values.astype(float)) == pytest.approx(mean)


def test_change_point_of_the_nile() -> None:
    given, expected = case("cp-01")
    row = change_point(given["values"]).iloc[0]
    assert row["position"] == expected["breakpoint_after"]
    assert [row["low"], row["high"]] == expected["ci95"]
    assert row["mean_before"] == pytest.approx(expected["mean_before"], abs=1e-6)
    assert row["mean_after"] == pytest.approx(expected["mean_after"], abs=1e-6)
    assert row["signal"] == bool(expected["n_breaks_by_bic"])


def test_change_point_looks_the_same_backwards() -> None:
    values = case("cp-01")[0]["values"]
    row, back = change_point(values).iloc[0], change_point(values[::-1]).iloc[0]
    assert [100 - back[name] for name in ("position", "high", "low")] == [
        28,
        row["low"],
        row["high"],
    ]
    assert back["difference"] == pytest.approx(-row["difference"])


def test_change_point_skips_gaps() -> None:
    row = change_point([5, 6, NAN, 5, 6, 5, 6, 5, NAN, 9, 8, 9, 8, 9]).iloc[0]
    assert row["n"] == 12
    assert row["position"] == 9
    assert row["signal"]


@pytest.mark.parametrize(
    ("values", "note"),
    [([], "too few points"), ([1.0] * 5, "too few points"), ([0.1] * 15, "no variance")],
)
def test_no_change_point_without_evidence(values: list[float], note: str) -> None:
    row = change_point(values).iloc[0]
    assert row["note"] == note
    assert pd.isna(row["signal"])
    assert pd.isna(row["position"])


def test_steady_series_is_no_change() -> None:
    assert not change_point([*STEADY, *STEADY]).iloc[0]["signal"]


def test_noise_is_rarely_called_a_change() -> None:
    noise = np.random.default_rng(20).normal(size=(400, 24))
    calls = sum(bool(change_point(row)["signal"].iloc[0]) for row in noise)
    # 5% of 400 is 20, and three standard errors of that are 13.
    assert calls <= 33


@pytest.mark.parametrize("values", [[5] * 7 + [9, 8, 9, 8, 9], [9, 8, 9, 8, 9, 8, 9] + [5] * 5])
def test_a_constant_side_takes_the_noise_of_the_other(values: list[int]) -> None:
    # Pooled variance 0.1 (and 0.14) for a change of 3.6: 11.03 times 0.1 / 12.96 is below a row.
    row = change_point(values).iloc[0]
    assert row[["position", "low", "high"]].tolist() == [7, 6, 8]


def test_a_far_steadier_side_adds_nothing_to_the_interval() -> None:
    # Nearly all noise is before the break, and makes it look early: the truth is here or later.
    noisy, steady = [60, 40] * 6, [70.5, 69.5] * 6
    row = change_point([*noisy, *steady]).iloc[0]
    assert row["position"] == row["low"] == 12
    assert row["high"] > 12


def test_exact_step_is_a_change_without_doubt() -> None:
    row = change_point([1.0] * 6 + [2.0] * 7).iloc[0]
    assert row[["position", "low", "high", "signal"]].tolist() == [6, 6, 6, True]


def test_columns_and_index() -> None:
    data = series(STEADY, question="nps", n=90, weighted=False, note="x").iloc[:12]
    data.index = pd.Index(range(100, 112))
    frame = control_chart(data)
    wanted = ["period", "question", "value", "centre", "lower", "upper"]
    assert list(frame.columns) == [*wanted, "signal", "direction", "assurance", "note"]
    assert frame.index.tolist() == data.index.tolist()
    assert frame["value"].tolist() == STEADY
    assert (frame["note"] == "").all()


def test_limits_by_hand() -> None:
    row = chart(STEADY).iloc[0]
    assert row[["centre", "lower", "upper"]].tolist() == pytest.approx([50, 44.68, 55.32])


@pytest.mark.parametrize(
    ("values", "signals"),
    [
        ([55.33, 44.67, 55.31, 44.69], [OUT, OUT, "", ""]),
        ([51] * 6 + [49], [""] * 7),
        ([49] + [51] * 7 + [49], ["", *[SHIFT] * 7, ""]),
        ([49] + [51] * 6 + [50] + [51] * 6 + [49], [""] * 15),
        ([46.9, 47.4, 48.2, 49.9, 51, 52, 52.2, 52.2, 48], [*[TREND] * 7, "", ""]),
        ([47, 48, 49, 50, 51, 52, 49], [""] * 7),
        ([49, 54, 51, 54, 49], ["", TWO, "", TWO, ""]),
        ([49, 54, 54, 51, 49], ["", TWO, TWO, "", ""]),
        ([49, 54, 54, 49, 51], [""] * 5),
        ([49, 54, 46, 54, 49], [""] * 5),
        ([49, 54, 51, 51, 54, 49], [""] * 6),
        ([49, 56, 51, 54, 49], ["", OUT, "", "", ""]),
        ([46, *range(46, 53), 48], [TWO, *[TREND] * 7, ""]),
    ],
    ids=[
        "outside the limits",
        "six on one side are none",
        "seven on one side",
        "a point on the centre ends a run",
        "seven that rise",
        "six that rise are none",
        "two of three around one",
        "two of three side by side",
        "the third on the other side",
        "the middle on the other side",
        "two of four",
        "outside does not count as near",
        "trend before two of three",
    ],
)
def test_rules_by_hand(values: list[float], signals: list[str]) -> None:
    # A point of 50 cuts the run that the steady year ends with.
    frame = frozen([50, *values])
    assert frame["signal"].tolist() == ["", *signals]
    below = frozen([50, *(100 - value for value in values)])
    assert below["signal"].tolist() == ["", *signals]


def test_outside_goes_before_trend_before_shift() -> None:
    frame = frozen([50, 50.5, 51, 51.5, 52, 52.5, 53, 56, 51])
    assert frame["signal"].tolist() == [*[TREND] * 7, OUT, SHIFT]


def test_direction_of_a_trend_is_where_it_goes() -> None:
    rising = [46.6, 47, 47.5, 48, 48.5, 49, 49.5]
    frame = frozen([50, *rising, 49])
    assert frame["direction"].tolist() == ["", *["improvement"] * 7, "concern"]
    assert frozen([50, *rising], better="lower")["direction"].tolist() == ["", *["concern"] * 7]


def test_direction_of_a_point_outside_is_its_side_even_on_a_trend() -> None:
    frame = frozen([50, 44, 45, 46, 47, 48, 49, 49.5])
    assert frame["signal"].tolist() == ["", OUT, *[TREND] * 6]
    assert frame["direction"].tolist() == ["", "concern", *["improvement"] * 6]


def test_a_turning_point_belongs_to_the_later_trend() -> None:
    up = [48, 48.5, 49, 49.5, 50.5, 51, 51.5]
    frame = frozen([50, *up, *up[-2::-1]])
    assert frame["signal"].tolist() == ["", *[TREND] * 13]
    assert frame["direction"].tolist() == ["", *["improvement"] * 6, *["concern"] * 7]


@pytest.mark.parametrize(("better", "directions"), [("higher", (1, -1)), ("lower", (-1, 1))])
def test_direction_of_a_point_is_its_side(better: str, directions: tuple[int, int]) -> None:
    words = {1: "improvement", -1: "concern"}
    frame = frozen([56, 50, 44], better=better)
    assert frame["direction"].tolist() == [words[directions[0]], "", words[directions[1]]]


@pytest.mark.parametrize(
    ("target", "higher", "lower"),
    [
        (44, "pass", "fail"),
        (45, "inconsistent", "inconsistent"),
        (55, "inconsistent", "inconsistent"),
        (56, "fail", "pass"),
        (None, "", ""),
    ],
)
def test_assurance(target: float | None, higher: str, lower: str) -> None:
    assert set(chart(STEADY, target=target)["assurance"]) == {higher}
    assert set(chart(STEADY, target=target, better="lower")["assurance"]) == {lower}


def test_frozen_baseline_is_the_same_by_number_and_by_name() -> None:
    values = [*STEADY, 60, 61, 60]
    by_number = chart(values, baseline=12)
    by_name = chart(values, baseline=months(12))
    pd.testing.assert_frame_equal(by_number, by_name)
    assert by_number["centre"].unique() == pytest.approx([50])
    assert by_number["upper"].unique() == pytest.approx([55.32])
    assert chart(values)["centre"].iloc[0] == pytest.approx((600 + 181) / 15)


def test_periods_are_listed_by_any_sequence() -> None:
    values = [*STEADY, 60, 61, 60]
    listed = chart(values, baseline=months(12), breaks=["2021-02"])
    columns = {"baseline": pd.Series(months(12)), "breaks": pd.Series(["2021-02"])}
    pd.testing.assert_frame_equal(chart(values, **columns), listed)


def test_a_break_gives_each_segment_its_limits() -> None:
    frame = chart([*STEADY, *(value + 20 for value in STEADY)], breaks=["2021-01"])
    assert frame["centre"].tolist() == pytest.approx([50] * 12 + [70] * 12)
    assert frame["upper"].tolist() == pytest.approx([55.32] * 12 + [75.32] * 12)
    assert (frame["signal"] == "").all()


def test_runs_do_not_cross_a_break() -> None:
    # Four above the centre of their segment at the end of one, five at the start of the next.
    first = [49, 51, 49, 51, 49, 51, 49, 49, 49, 51, 51, 51, 51, 50]
    second = [51, 51, 51, 51, 51, 49, 49, 49, 51, 49, 49, 50]
    assert sum(first[:13]) / 13 == pytest.approx(50, abs=0.2)
    frame = chart([*first[:13], *second], breaks=[months(14)[-1]])
    assert (frame["signal"] == "").all()
    joined = chart([*first[:13], *second])
    assert (joined["signal"] == SHIFT).sum() == 9


def test_a_segment_without_listed_baseline_uses_its_own_points() -> None:
    values = [*STEADY, 90, *(value + 20 for value in STEADY)]
    frame = chart(values, baseline=months(12), breaks=[months(14)[-1]])
    assert frame["centre"].tolist() == pytest.approx([50] * 13 + [70] * 12)
    assert frame["signal"].tolist() == [""] * 12 + [OUT] + [""] * 12


def test_each_segment_freezes_its_first_points() -> None:
    values = [*STEADY, 60, *(value + 20 for value in STEADY), 90]
    frame = chart(values, baseline=12, breaks=[months(14)[-1]])
    assert frame["centre"].tolist() == pytest.approx([50] * 13 + [70] * 13)


def test_a_gap_is_skipped() -> None:
    whole = chart([49, 51, 49, 51, 49, 51, 49, 51, 49, 51, 49, 51, 54, 51, 54], baseline=12)
    gaps = [49, 51, None, 49, 51, 49, 51, 49, 51, 49, 51, 49, 51, 54, None, 51, NAN, 54]
    frame = chart(gaps, baseline=12)
    known = frame.dropna(subset="value")
    judged = ["value", "centre", "lower", "upper", "signal", "direction", "note"]
    pd.testing.assert_frame_equal(
        known[judged].reset_index(drop=True), whole[judged].reset_index(drop=True)
    )
    missing = frame[frame["value"].isna()]
    assert missing["signal"].tolist() == [""] * 3
    assert missing["note"].tolist() == ["no value"] * 3
    assert missing["upper"].tolist() == pytest.approx([55.32] * 3)


def test_gaps_do_not_count_towards_twelve_points() -> None:
    assert chart([*STEADY[:11], None, None])["upper"].isna().all()
    assert chart([*STEADY, None])["upper"].notna().all()


def test_short_series_is_a_run_chart() -> None:
    frame = chart([1, 5, 2, 6, 3, 7, 1, 5, 2, 6, 4], target=0)
    assert frame["centre"].tolist() == [4] * 11
    assert frame[["lower", "upper"]].isna().all(axis=None)
    for column, word in (("signal", ""), ("assurance", ""), ("note", "run chart")):
        assert set(frame[column]) == {word}


def test_few_crossings_mark_every_point_off_the_median() -> None:
    # Median 50, 10 points off it, 1 crossing where chance gives 2 or more; no run above 6.
    frame = chart([46, 47, 46, 47, 46, 50, 54, 53, 54, 53, 54])
    assert frame["signal"].tolist() == [SHIFT] * 5 + [""] + [SHIFT] * 5
    assert frame["direction"].tolist() == ["concern"] * 5 + [""] + ["improvement"] * 5


def test_a_long_run_marks_its_points() -> None:
    # Median of the first four is 50; 11 useful points: a run of 8 is above 6, crossings are 2 or 3.
    frame = chart([49, 51, 49, 51, *[52] * 7], baseline=4)
    assert frame["centre"].tolist() == [50] * 11
    assert frame["signal"].tolist() == [""] * 3 + [SHIFT] * 8


def test_runs_and_crossings_that_chance_explains() -> None:
    # 11 useful points: a run of 6 is not above 6. 10 useful points: 2 crossings are not below 2.
    run = chart([49, 51, 49, 51, *[52] * 5, 49, 51], baseline=4)
    crossings = chart([46, 47, 46, 53, 54, 53, 54, 53, 47, 46])
    assert set(run["signal"]) == set(crossings["signal"]) == {""}


@pytest.mark.parametrize("count", [2, 12, 20])
@pytest.mark.parametrize("level", [0, 0.1, 39.84, -3.3])
def test_constant_series_is_never_a_signal(count: int, level: float) -> None:
    frame = chart([level] * count, target=50)
    assert frame["centre"].tolist() == [level] * count
    assert frame[["lower", "upper"]].isna().all(axis=None)
    assert set(frame["signal"]) == set(frame["assurance"]) == {""}
    assert set(frame["note"]) == {"no variance"}


def test_constant_baseline_judges_nothing() -> None:
    frame = chart([50] * 12 + [60] * 8, baseline=12)
    assert set(frame["signal"]) == {""}
    assert set(frame["note"]) == {"no variance"}


@pytest.mark.parametrize("kind", ["p", "p-prime"])
def test_shares_of_a_hundred_are_never_a_signal(kind: Kind) -> None:
    frame = control_chart(series([100] * 14, n=80), kind=kind, n="n")
    assert frame["centre"].tolist() == [100] * 14
    assert set(frame["signal"]) == {""}
    assert set(frame["note"]) == {"no variance"}


def test_constant_share_keeps_its_binomial_noise() -> None:
    frame = control_chart(series([50] * 12, n=100), kind="p", n="n")
    assert frame["lower"].tolist() == pytest.approx([35] * 12)
    assert frame["upper"].tolist() == pytest.approx([65] * 12)
    assert set(frame["signal"]) == set(frame["note"]) == {""}
    laney = control_chart(series([50] * 12, n=100), kind="p-prime", n="n")
    assert set(laney["note"]) == {"no variance"}


def test_a_single_jump_does_not_screen_all_noise_away() -> None:
    # Moving ranges 0 but for 9 and 9: mean 18/17; screened they would leave no spread at all.
    frame = chart([1] * 12 + [10] + [1] * 5)
    assert frame["upper"].iloc[0] == pytest.approx(1.5 + 2.66 * 18 / 17)
    assert frame["signal"].tolist()[12] == OUT


def test_rounding_is_on_the_centre() -> None:
    # The mean is 0.1 but for floating point: the seven values of 0.1 lie on no side of it.
    values = [0.07, 0.13] * 3 + [0.1] * 7
    assert set(chart(values)["signal"]) == {""}


def test_limits_of_shares_stay_on_their_scale() -> None:
    share, n = [98, 100, 96, 100] * 3, [20, 30, 20, 30] * 3
    data = series(share, n=n)
    assert set(control_chart(data, kind="p", n="n")["upper"]) == {100}
    turned = data.assign(estimate=100 - data["estimate"])
    assert set(control_chart(turned, kind="p", n="n")["lower"]) == {0}


@pytest.mark.parametrize("baseline", [12, months(13)])
def test_gaps_in_the_baseline_of_shares(baseline: Any) -> None:
    data = series([49, None, *STEADY[1:], 60], n=[100, 0, *[100] * 12])
    frame = control_chart(data, kind="p", n="n", baseline=baseline)
    assert frame["centre"].tolist() == pytest.approx([50] * 14)
    assert frame["upper"].iloc[0] == pytest.approx(65)


def test_a_share_without_answers_is_a_gap() -> None:
    share, n = [49.0, 51.0] * 6 + [NAN, NAN], [100.0] * 12 + [0, NAN]
    frame = control_chart(series(share, n=n), kind="p", n="n")
    assert frame["note"].tolist() == [""] * 12 + ["no value"] * 2
    assert frame["centre"].tolist() == pytest.approx([50] * 14)
    assert frame["upper"].iloc[12:].isna().all()


@pytest.mark.parametrize("values", [[], [None, None, None], [NAN] * 15])
def test_nothing_known(values: list[float | None]) -> None:
    frame = chart(values, target=3, breaks=months(3)[1:] if values else None)
    assert len(frame) == len(values)
    assert frame[["value", "centre", "lower", "upper"]].isna().all(axis=None)
    assert set(frame["note"]) <= {"no value"}
    assert set(frame["signal"]) <= {""}


def test_one_point() -> None:
    frame = chart([None, 42, None], target=50)
    assert frame["note"].tolist() == ["no value", "one point", "no value"]
    assert frame["value"].tolist()[1] == 42
    assert frame[["centre", "lower", "upper"]].isna().all(axis=None)
    assert set(frame["assurance"]) == {""}


def test_data_are_left_as_they_were() -> None:
    data = series([*STEADY, None], n=100)
    before = data.copy()
    control_chart(data, breaks=["2020-06"])
    pd.testing.assert_frame_equal(data, before)


@pytest.mark.parametrize(
    "periods",
    [
        [f"wave {number}" for number in ("one", "two", "three")],
        [2024, 2025, 2026],
        list(pd.period_range("2026-01", periods=3, freq="M")),
        list(pd.date_range("2026-01-01", periods=3, freq="MS")),
        ["2025-Q4", "2026-Q1", "2026-Q2"],
        pd.Categorical(["may", "june", "july"]),
    ],
)
def test_periods_of_any_kind(periods: Any) -> None:
    data = pd.DataFrame({"period": periods, "estimate": [1, 2, 3]})
    frame = control_chart(data, breaks=[data["period"].iloc[2]])
    assert frame["period"].tolist() == data["period"].tolist()
    assert frame["note"].tolist() == ["run chart", "run chart", "one point"]


def test_without_periods_the_index_names_the_rows() -> None:
    data = pd.DataFrame({"score": [*STEADY, 70, 70]}, index=[f"w{week}" for week in range(14)])
    frame = control_chart(data, "score", breaks=["w12"])
    assert list(frame.columns)[:2] == ["value", "centre"]
    assert frame["note"].tolist() == [""] * 12 + ["no variance"] * 2


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        ({}, {"value": "score"}, "no such column"),
        ({"estimate": "high"}, {}, "holds no numbers"),
        ({"estimate": float("inf")}, {}, "infinite"),
        ({"period": "2026-01"}, {}, "occurs twice"),
        ({"period": ["2026-01", None, "2026-03"]}, {}, "missing or occurs twice"),
        ({"period": ["2026-02", "2026-01", "2026-03"]}, {}, "out of order"),
        ({"period": [2026, 2025, 2027]}, {}, "out of order"),
        ({}, {"kind": "c"}, "unknown kind"),
        ({}, {"better": "up"}, "unknown better"),
        ({}, {"target": NAN}, "target is not a number"),
        ({}, {"kind": "p"}, "need"),
        ({}, {"kind": "p", "n": "answers"}, "no such column"),
        ({"n": [10, -1, 10]}, {"kind": "p", "n": "n"}, "denominator is negative"),
        ({"n": [10, 0, 10]}, {"kind": "p", "n": "n"}, "no denominator"),
        ({"n": [10, NAN, 10]}, {"kind": "p-prime", "n": "n"}, "no denominator"),
        ({"estimate": [1, 101, 3], "n": 9}, {"kind": "p", "n": "n"}, "not between 0 and 100"),
        ({"estimate": [1, -1, 3], "n": 9}, {"kind": "p", "n": "n"}, "not between 0 and 100"),
        ({}, {"baseline": 0}, "baseline needs points"),
        ({}, {"baseline": ["2019-01"]}, "no such period"),
        ({}, {"baseline": "2020-01"}, "not a list"),
        ({}, {"breaks": ["2020-02", "2020-2"]}, "no such period"),
        ({}, {"breaks": "2020-02"}, "not a list"),
    ],
)
def test_bad_input(columns: dict[str, Any], options: dict[str, Any], message: str) -> None:
    data = series([1.0, 2.0, 3.0]).assign(**columns)
    with pytest.raises(CxError, match=message):
        control_chart(data, **options)


def test_an_error_names_the_period() -> None:
    with pytest.raises(CxError, match="2020-02"):
        control_chart(series([1, 2, 3], n=[10, -1, 10]), kind="p", n="n")


def test_change_point_refuses_a_level_in_percent() -> None:
    with pytest.raises(CxError, match="level"):
        change_point(STEADY, level=95)
