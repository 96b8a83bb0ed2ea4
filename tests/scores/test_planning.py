"""What samples can show, against the formula by hand and a published case."""

import math

import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.scores.planning import baseline_of, plan_samples, smallest_change

NPS = {
    "question": "recommend", "metric": "nps", "n": 100, "detractors": 25, "passives": 30,
    "promoters": 45, "estimate": 20.0, "std_error": 8.1,
}  # fmt: skip
SHARE = {"question": "visit", "metric": "csat", "n": 50, "favourable": 40, "estimate": 80.0}
INDEX = {"question": "pyramid", "metric": "index", "n": 400, "estimate": 40.0, "std_error": 2.0}


def test_a_plan_starts_from_the_scores_own_shares() -> None:
    assert baseline_of(NPS) == ("nps", {"promoters": 0.45, "detractors": 0.25})
    assert baseline_of({**SHARE, "std_error": 5.7}) == ("share", {"share": 0.8})
    assert baseline_of(INDEX) == ("mean", {"std": 40.0})  # 2 x sqrt(400)


@pytest.mark.parametrize(
    "row", [{**NPS, "n": 1}, {**NPS, "n": 0}, {**INDEX, "std_error": 0.0}, {**INDEX, "n": 1}]
)
def test_without_spread_nothing_can_be_said(row: dict[str, object]) -> None:
    assert baseline_of(row) is None
    assert math.isnan(smallest_change(row))


def test_a_published_plan() -> None:
    # nps-18 of the reference cases: 997 a group for 10 points, from 25/30/45 to 20/30/50
    plan = plan_samples(pd.DataFrame([NPS]), [10.0], response_rate=0.2)
    assert plan["n"].tolist() == [997]
    assert plan["invitations"].tolist() == [4985]


def test_a_plan_undoes_the_smallest_change() -> None:
    change = smallest_change({**NPS, "n": 1000, "promoters": 450, "detractors": 250})
    # A drop needs a little more than the rise of 10: its variances are .66 + .69, not .66 + .61.
    assert change == pytest.approx(10 * (1.35 / 1.27) ** 0.5 * (997 / 1000) ** 0.5, abs=0.02)


def test_differences_without_room_are_left_out() -> None:
    plan = plan_samples(pd.DataFrame([{**SHARE, "std_error": 5.7}]), [10.0, 30.0, -10.0])
    assert plan["difference"].tolist() == [10.0, -10.0]


@pytest.mark.parametrize("differences", [[], [0.0], [5.0, 0.0]])
def test_no_difference_is_no_plan(differences: list[float]) -> None:
    with pytest.raises(CxError, match="no difference to plan for"):
        plan_samples(pd.DataFrame([NPS]), differences)
