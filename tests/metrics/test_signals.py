"""One control chart a series of a history."""

import pandas as pd
import pytest

from cxreport.metrics.signals import chart_scores


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
