"""The pyramid and the word of mouth of the demo company, found by the report's own calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import cxreport as cx
from cxreport.inputs.source import run
from cxreport.topics.linkage.frames import _layers

if TYPE_CHECKING:
    from pathlib import Path

    from cxreport.inputs.survey import Survey

HEAD = """
[source]
title = { en = "A shop", it = "Un negozio" }
terms = { en = "internal", it = "interno" }
observed_until = 2026-06-15

[tables.responses]
files = "*.csv"
[tables.responses.columns]
response_id = { role = "id" }
answered_at = { role = "date" }
nps = { role = "nps" }
"""
LAYERS = ["needs", "ease", "enjoyability"]


@pytest.fixture(scope="module")
def october() -> Survey:
    return cx.open_survey("demo", period="2026-10")


def test_layers_are_those_of_the_scoreboard(october: Survey) -> None:
    asked = october.columns("nps", *LAYERS)
    board = cx.scoreboard(october.current, None, asked, **october.design)
    of_pyramid = board[board["question"] == "pyramid"].set_index("metric")["estimate"]
    layers = cx.layers.survey_pyramid(october)["layers"].set_index("metric")["estimate"]
    assert layers.to_dict() == of_pyramid.to_dict()


def test_the_weakest_layer_of_the_demo_is_enjoyability(october: Survey) -> None:
    gaps = cx.layers.survey_pyramid(october, periods=12)["gaps"].set_index(["layer", "other"])
    # Types plant it: two of four, 44% of customers, find the company little enjoyable.
    assert gaps.loc[("needs", "enjoyability"), "difference"] > 0
    assert gaps["signal"][[("needs", "enjoyability"), ("ease", "enjoyability")]].all()


def test_the_share_in_order_is_a_plain_count(october: Survey) -> None:
    rows = run(october.current.select(*LAYERS)).dropna()
    met = (rows >= 4).astype(int)
    in_order = (met["needs"] >= met["ease"]) & (met["ease"] >= met["enjoyability"])
    order = cx.layers.survey_pyramid(october)["order"].set_index("metric")
    assert order.loc["in_order", "estimate"] == pytest.approx(100 * in_order.mean())
    assert order.loc["in_order", "n"] == len(rows)
    # Types differ in their strongest layer, so nobody planted a pyramid.
    assert order.loc["scalability", "high"] < 0.6


def test_groups_stand_in_the_order_of_the_journey(october: Survey) -> None:
    groups = cx.layers.survey_pyramid_groups(october)
    assert list(groups) == ["stage", "channel"]
    assert groups["stage"]["stage"].drop_duplicates().tolist() == [
        "awareness", "purchase", "retention",
    ]  # fmt: skip
    whole = run(october.recent(12).filter(october.responses.channel == "phone").select(*LAYERS))
    phone = groups["channel"].set_index(["channel", "metric"]).loc[("phone", "all_three")]
    assert phone["favourable"] == (whole.dropna() >= 4).all(axis=1).sum()


def test_layer_weights_name_the_layers(october: Survey) -> None:
    weights = cx.layers.survey_layer_weights(october, bootstrap=200)
    assert weights["layer"].tolist() == LAYERS
    assert weights["first"].sum() == pytest.approx(100)


def opened(folder: Path, ease: list[int], answers: pd.DataFrame) -> Survey:
    """Open a survey whose question on ease has this scale."""
    folder.mkdir()
    scales = {"needs": [1, 5], "ease": ease, "enjoyability": [1, 5]}
    layers = [f'{name} = {{ role = "{name}", scale = {scale} }}' for name, scale in scales.items()]
    text = "\n".join([HEAD, *layers])
    (folder / "codebook.toml").write_text(text, encoding="utf-8")
    return cx.open_survey(folder / "codebook.toml", tables={"responses": answers})


def test_a_layer_on_a_scale_of_its_own_makes_no_pyramid(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    answers = pd.DataFrame(rng.integers(1, 6, (90, 3)), columns=LAYERS)
    answers = answers.assign(nps=rng.integers(0, 11, 90), answered_at=pd.Timestamp("2026-05-03"))
    answers["response_id"] = [f"r{at}" for at in range(90)]
    turned = answers.assign(**(6 - answers[LAYERS]))
    straight = cx.layers.survey_layer_weights(opened(tmp_path / "a", [1, 5], answers), bootstrap=0)
    assert straight["n"].tolist() == [90] * 3
    assert cx.layers.survey_layer_weights(opened(tmp_path / "b", [5, 1], answers)).empty
    opened(tmp_path / "c", [1, 5], turned)
    text = (tmp_path / "c" / "codebook.toml").read_text().replace("[1, 5]", "[5, 1]")
    (tmp_path / "c" / "codebook.toml").write_text(text)
    survey = cx.open_survey(tmp_path / "c" / "codebook.toml", tables={"responses": turned})
    weights = cx.layers.survey_layer_weights(survey, bootstrap=0)
    assert weights["coefficient"].tolist() == pytest.approx(straight["coefficient"].tolist())


def test_an_answer_outside_its_scale_weighs_nothing(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    answers = pd.DataFrame(rng.integers(1, 6, (60, 3)), columns=LAYERS).astype("str")
    answers = answers.assign(nps=rng.integers(0, 11, 60).astype("str"), answered_at="2026-05-03")
    answers["response_id"] = [f"r{at}" for at in range(60)]
    cells = [(3, "nps", "11"), (4, "nps", "7.5"), (5, "needs", "11"), (6, "ease", "0")]
    for row, column, wrong in cells:
        answers.loc[row, column] = wrong
    blank = answers.copy()
    for row, column, _ in cells:
        blank.loc[row, column] = ""
    wrong, missing = opened(tmp_path / "a", [1, 5], answers), opened(tmp_path / "b", [1, 5], blank)
    weights = cx.layers.survey_layer_weights(wrong, bootstrap=20)
    pd.testing.assert_frame_equal(weights, cx.layers.survey_layer_weights(missing, bootstrap=20))
    pd.testing.assert_frame_equal(_layers(wrong, 0), _layers(missing, 0))
    assert weights["n"].max() < 60


def test_word_of_mouth_finds_the_planted_means(october: Survey) -> None:
    found = cx.linkage.survey_word_of_mouth(october, periods=24).set_index("metric")
    planted = {"told_by_detractor": 3.4, "told_by_passive": 1.2, "told_by_promoter": 2.6}
    for metric, mean in planted.items():
        assert found.loc[metric, "low"] < mean < found.loc[metric, "high"]
    assert found.loc["ratio", "low"] < 3.4 / 2.6 < found.loc["ratio", "high"]
    assert found.loc["ratio", "high"] < 15 / 9  # far from the legend of 16 and 9
    # Four promoters say 500; one of them in the open month, which is not reported.
    assert found.loc["told_by_promoter", ["capped", "largest"]].tolist() == [3, 500]


def test_a_survey_without_the_questions_gives_no_row(
    october: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(october), "columns", lambda *_: {})
    assert cx.linkage.survey_word_of_mouth(october).empty
    assert cx.layers.survey_layer_weights(october).empty
    assert cx.layers.survey_pyramid_groups(october) == {}
    assert all(frame.empty for frame in cx.layers.survey_pyramid(october).values())
    assert isinstance(cx.layers.survey_pyramid(october)["gaps"], pd.DataFrame)
