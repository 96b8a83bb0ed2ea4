"""One control chart a series of a history."""

import numpy as np
import pandas as pd
import pytest

from cxreport.scores.signals import chart_scores


def history(values: list[float | None], question: str = "visit") -> pd.DataFrame:
    months = [f"2025-{month:02}" for month in range(1, 13)][: len(values)]
    estimate = pd.Series(values, dtype="float64")
    return pd.DataFrame(
        {
            "question": question,
            "metric": "csat",
            "period": months,
            "n": estimate.notna().astype(int) * 100,
            "estimate": estimate,
            "low": estimate - 5,
            "high": estimate + 5,
        }
    )


STEADY = [80.0, 82.0] * 6


def test_limits_are_the_mean_and_266_moving_ranges() -> None:
    chart = chart_scores(history(STEADY))
    # every moving range is 2: 81 plus and minus 2.66 x 2
    assert chart["centre"].tolist() == pytest.approx([81] * 12)
    assert chart["lower"].tolist() == pytest.approx([75.68] * 12)
    assert chart["upper"].tolist() == pytest.approx([86.32] * 12)
    assert set(chart["signal"]) == {""}


def test_a_point_outside_the_limits_is_a_signal() -> None:
    chart = chart_scores(history([*STEADY[:-1], 60.0]))
    assert chart["signal"].tolist()[-1] == "outside"
    assert chart["direction"].tolist()[-1] == "concern"


def test_each_series_has_its_own_chart() -> None:
    both = pd.concat([history(STEADY), history([10.0, 12.0] * 6, "shop")], ignore_index=True)
    chart = chart_scores(both)
    assert chart.groupby("question")["centre"].first().to_dict() == {"visit": 81, "shop": 11}


def test_a_series_begins_with_its_first_answer() -> None:
    chart = chart_scores(history([None, None, *STEADY[:10]]))
    assert chart["period"].tolist()[0] == "2025-03"
    assert len(chart) == 10


def test_a_changed_question_begins_a_new_segment() -> None:
    chart = chart_scores(
        history([50.0, 52.0] * 3 + [80.0, 82.0] * 3), breaks={"visit": ["2025-07"]}
    )
    assert chart["centre"].tolist() == pytest.approx([51] * 6 + [81] * 6)
    assert set(chart["signal"]) == {""}


def test_one_period_is_no_series() -> None:
    chart = chart_scores(history([80.0]))
    assert chart.empty
    assert {"question", "period", "centre", "signal"} <= set(chart.columns)


def steady(rng: np.random.Generator, n: np.ndarray, score: str) -> pd.DataFrame:
    """Draw 24 months of a process that never changes."""
    if score == "csat":
        estimate = 100 * rng.binomial(n, 0.7) / n
    else:
        counts = [rng.multinomial(size, [0.3, 0.3, 0.4]) for size in n]
        estimate = np.array([100 * (each[2] - each[0]) / each.sum() for each in counts])
    months = [f"{year}-{month:02}" for year in (2024, 2025) for month in range(1, 13)]
    series = {"question": "q", "metric": score, "period": months, "n": n, "estimate": estimate}
    return pd.DataFrame({**series, "low": estimate, "high": estimate})


@pytest.mark.parametrize("score", ["csat", "nps"])
def test_a_steady_process_with_few_and_many_answers_is_rarely_marked(score: str) -> None:
    # At most 5% of last points, and three Monte Carlo standard errors of 100 worlds.
    rng = np.random.default_rng(7)
    alarms = 0
    for _ in range(100):
        n = np.exp(rng.uniform(np.log(10), np.log(500), 24)).astype(int)
        alarms += chart_scores(steady(rng, n, score))["signal"].iloc[-1] != ""
    assert alarms / 100 <= 0.05 + 3 * (0.05 * 0.95 / 100) ** 0.5


def test_limits_go_with_the_answers_of_the_month() -> None:
    months = history(STEADY).assign(n=[100, 25] * 6)
    chart = chart_scores(months)
    reach = chart["upper"] - chart["centre"]
    assert chart["centre"].iloc[0] == pytest.approx((80 * 100 + 82 * 25) / 125)
    assert reach.iloc[1] == pytest.approx(2 * reach.iloc[0])
    # Standardised: -0.4 x 10 and +1.6 x 5, so every moving range is 12.
    assert reach.iloc[0] == pytest.approx(2.66 * 12 / 10)


def test_a_month_of_few_answers_judges_nothing_and_moves_nothing() -> None:
    months = steady(np.random.default_rng(1), np.full(24, 100), "csat")
    months["estimate"] = [80.0, 82.0] * 12
    months.loc[6, ["n", "estimate"]] = [9, 0.0]
    chart = chart_scores(months)
    assert chart.loc[6, ["estimate", "signal", "note"]].tolist() == [0.0, "", "too few answers"]
    assert set(chart["signal"]) == {""}
    assert chart["centre"].iloc[0] == pytest.approx((11 * 80 + 12 * 82) / 23)


def test_limits_stay_within_what_the_score_can_be() -> None:
    chart = chart_scores(history([98.0, 88.0] * 6))
    assert chart["upper"].max() == 100
    net = chart_scores(history([-98.0, -70.0] * 6).assign(metric="nps"))
    assert net["lower"].min() == -100
