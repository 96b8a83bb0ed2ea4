"""The demo's word of mouth, expectations and calls are found again by plain counting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from cxreport.demo import make_demo

if TYPE_CHECKING:
    from pathlib import Path

EXPORTED_AT = pd.Timestamp("2026-11-10")


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Return each questionnaire once, with its written score and its class."""
    folder: Path = tmp_path_factory.mktemp("demo")
    make_demo(folder)
    once = pd.read_parquet(folder / "responses.parquet").drop_duplicates()
    score = pd.to_numeric(once["nps"].where(once["nps"].isin([str(value) for value in range(11)])))
    names = ["detractor", "passive", "promoter"]
    return once.assign(score=score, standing=pd.cut(score, [-1, 6, 8, 10], labels=names))


def test_detractors_tell_more_people_but_not_as_many_as_the_legend(answers: pd.DataFrame) -> None:
    told = answers[answers["told_n"].fillna("").str.fullmatch(r"\d+")]
    told = told[~told["told_n"].isin(["99", "500"])]
    count = told["told_n"].astype(int).groupby(told["standing"], observed=True)
    mean, error = count.mean(), count.std() / count.size() ** 0.5
    planted = pd.Series({"detractor": 3.4, "passive": 1.2, "promoter": 2.6})
    assert ((mean - planted).abs() < 1.96 * error).all()
    assert mean["detractor"] / mean["promoter"] == pytest.approx(1.33, abs=0.005)  # as its README
    # Negative binomial of size 1.5: variance is mean + mean^2 / 1.5, far above Poisson's.
    spread = planted + planted**2 / 1.5
    assert (count.var() / spread).to_numpy() == pytest.approx(1, abs=0.15)


def test_worse_than_expected_takes_more_than_better_adds(answers: pd.DataFrame) -> None:
    sign = (answers["score"] >= 9).astype(int) - (answers["score"] <= 6).astype(int)
    nps = 100 * sign[answers["score"].notna()].groupby(answers["expected"]).mean()
    assert nps[["worse", "as", "better"]].tolist() == pytest.approx([-29, 49, 66], abs=4)
    assert nps["as"] - nps["worse"] > 3 * (nps["better"] - nps["as"])


def test_only_written_detractors_are_called_and_some_in_time(answers: pd.DataFrame) -> None:
    called = answers["contacted_at"].notna()
    assert called[answers["standing"] != "detractor"].sum() == 0
    early = answers["answered_at"] < pd.Timestamp("2026-10-01")
    detractors = answers[early & (answers["standing"] == "detractor")]
    wait = (detractors["contacted_at"] - detractors["answered_at"]).dropna()
    shares = {
        "called": (detractors["contacted_at"].notna().mean(), 0.60, len(detractors)),
        "in 48 hours": ((wait <= pd.Timedelta(hours=48)).mean(), 0.75, len(wait)),
        "solved": (detractors["resolved_at"].notna().sum() / len(wait), 0.70, len(wait)),
    }
    for name, (found, planted, n) in shares.items():
        assert abs(found - planted) < 1.96 * np.sqrt(planted * (1 - planted) / n), name


def test_calls_stand_in_order_and_before_the_export(answers: pd.DataFrame) -> None:
    called, solved = answers["contacted_at"].notna(), answers["resolved_at"].notna()
    assert (answers["contacted_at"] > answers["answered_at"])[called].all()
    assert (answers["resolved_at"] > answers["contacted_at"])[solved].all()
    assert answers[["contacted_at", "resolved_at"]].max().max() < EXPORTED_AT


def test_a_call_does_not_move_the_next_score(answers: pd.DataFrame) -> None:
    rated = answers.dropna(subset="score").sort_values("answered_at", kind="stable")
    later = rated.groupby("customer_id")["score"].shift(-1)
    detractors = rated["standing"] == "detractor"
    called = rated["contacted_at"].notna()
    sides = [later[detractors & side].dropna() for side in (called, ~called)]
    error = np.hypot(*(side.std() / len(side) ** 0.5 for side in sides))
    assert min(map(len, sides)) > 100
    assert abs(sides[0].mean() - sides[1].mean()) < 1.96 * error
