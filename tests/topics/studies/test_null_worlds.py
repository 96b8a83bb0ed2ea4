"""Where nothing has changed, a report rarely says that something has."""

import numpy as np
import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.inputs.codebook import Column
from cxreport.inputs.source import run
from cxreport.inputs.survey import Survey, open_survey
from cxreport.scores.scoreboard import scoreboard
from cxreport.topics.studies import null_worlds as module
from cxreport.topics.studies.null_worlds import null_worlds

WORLDS = 2000
MOST = 0.05 + 3 * (0.05 * 0.95 / WORLDS) ** 0.5  # 5% and three Monte Carlo standard errors: 6.5%
HEADLINE = ("nps", "csat", "ces", "needs", "ease", "enjoyability")


@pytest.fixture(scope="module")
def survey() -> Survey:
    return open_survey("demo")


@pytest.fixture(scope="module")
def pool(survey: Survey) -> pd.DataFrame:
    return run(survey.responses)


def test_a_scoreboard_of_null_worlds_is_mostly_silent(survey: Survey, pool: pd.DataFrame) -> None:
    worlds = null_worlds(pool, survey.columns(*HEADLINE), worlds=WORLDS)
    assert set(worlds["comparisons"]) == {8}
    assert len(worlds) == WORLDS
    assert 0.02 < worlds["signals"].gt(0).mean() <= MOST


def test_a_break_down_of_null_worlds_is_mostly_silent(survey: Survey, pool: pd.DataFrame) -> None:
    worlds = null_worlds(pool, survey.main_question, by=["channel"], worlds=WORLDS)
    assert set(worlds["comparisons"]) == {4}
    assert 0.02 < worlds["signals"].gt(0).mean() <= MOST


def test_without_correction_chance_would_speak_up(
    survey: Survey, pool: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    # so the two tests above would see a correction that is lost
    monkeypatch.setattr(module, "corrected", lambda p_value, _correction: p_value)
    board = null_worlds(pool, survey.columns(*HEADLINE), worlds=300)
    channels = null_worlds(pool, survey.main_question, by=["channel"], worlds=300)
    assert board["signals"].gt(0).mean() > 2 * MOST
    assert channels["signals"].gt(0).mean() > 2 * MOST


def test_each_world_is_judged_as_the_report_would(survey: Survey, pool: pd.DataFrame) -> None:
    # a pool of 60 answers, so that some worlds do hold a signal at this level
    small, questions = pool.head(60), survey.columns(*HEADLINE)
    found = null_worlds(small, questions, worlds=12, size=40, level=0.5, seed=3)
    generator = np.random.default_rng(3)
    current, reference = (module._draw(small, 12, 40, generator) for _ in range(2))
    for world in range(12):
        board = scoreboard(
            current.query("world == @world"), reference.query("world == @world"), questions,
            level=0.5,
        )  # fmt: skip
        row = found.loc[world]
        assert row["signals"] == board["signal"].sum()
        assert row["comparisons"] == board["p_value"].notna().sum()
        assert row["q_value"] == pytest.approx(board["q_value"].min())
    assert 0 < found["signals"].gt(0).sum() < 12


def test_the_draws_are_whole_questionnaires_of_the_pool() -> None:
    pool = pd.DataFrame({"a": [1, 2, 3], "b": [10, 20, None]})
    drawn = module._draw(pool, 50, 4, np.random.default_rng(1))
    assert drawn["world"].value_counts().to_dict() == dict.fromkeys(range(50), 4)
    assert drawn["b"].fillna(30).eq(10 * drawn["a"]).all()
    assert set(drawn["a"]) == {1, 2, 3}


def test_a_seed_makes_the_worlds(pool: pd.DataFrame, survey: Survey) -> None:
    def worlds(seed: int) -> pd.DataFrame:
        return null_worlds(pool, survey.main_question, worlds=5, seed=seed)

    assert worlds(1).equals(worlds(1))
    assert not worlds(1).equals(worlds(2))


@pytest.mark.parametrize(("rows", "worlds", "size"), [(0, 5, 5), (5, 0, 5), (5, 5, 0)])
def test_refuses_what_makes_no_world(rows: int, worlds: int, size: int) -> None:
    pool = pd.DataFrame({"nps": [9] * rows})
    with pytest.raises(CxError, match="no world"):
        null_worlds(pool, {"nps": Column(role="nps")}, worlds=worlds, size=size)
