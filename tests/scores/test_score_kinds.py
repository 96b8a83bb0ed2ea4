"""What a score is decides how it is charted: which way is better, and what it can be."""

import pandas as pd
import pytest

from cxreport.scores import kinds
from cxreport.scores.signals import chart_scores
from cxreport.stats.trend import Better


def history(metric: str, *, last: float) -> pd.DataFrame:
    months = [f"2026-{month:02d}" for month in range(1, 13)]
    shares = [21.0, 20.0, 22.0, 21.0, 20.0, 22.0, 21.0, 20.0, 22.0, 21.0, 20.0, last]
    rows = {"question": "csat", "metric": metric, "period": months, "n": 900, "estimate": shares}
    return pd.DataFrame(rows).assign(low=0.0, high=100.0)


@pytest.mark.parametrize(("better", "direction"), [("lower", "improvement"), ("higher", "concern")])
def test_a_share_that_falls_is_good_news_where_lower_is_better(
    better: Better, direction: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unhappy = kinds.ScoreKind("unhappy", better=better)
    monkeypatch.setitem(kinds.SCORES, "unhappy", unhappy)
    chart = chart_scores(history("unhappy", last=3.0))
    assert chart[["signal", "direction"]].iloc[-1].tolist() == ["outside", direction]


def test_limits_stay_within_what_a_score_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds.SCORES, "net", kinds.ScoreKind("net", "points"))
    frames = [
        history(metric, last=90.0).assign(n=12, estimate=[2.0, 14.0] * 6)
        for metric in ("net", "share")
    ]
    lowest = [chart_scores(frame)["lower"].min() for frame in frames]
    assert lowest[0] < 0 <= lowest[1]
