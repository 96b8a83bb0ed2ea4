"""All that one page says of differences is held together: at most one page of twenty errs."""

import dataclasses
import json
import re
from pathlib import Path

import pandas as pd
import pytest

import cxreport as cx
from cxreport.errors import CxError
from cxreport.inputs.source import run
from cxreport.inputs.survey import Survey
from cxreport.scores.scoreboard import scoreboard
from cxreport.topics.studies.null_worlds import null_worlds

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
FAMILIES = {  # what makes a family of comparisons -> how many of them
    "actions.before_and_after": 1,
    "break_down": 1,
    "channels.channel_customers": 1,
    "channels.channel_scores": 1,
    "channels.company_friction": 1,
    "conversion.shop_differences": 1,
    "drivers.survey_criticality": 1,
    "drivers.survey_moments": 1,
    "journey.detractor_first_drop": 1,
    "journey.journey_memory": 1,
    "journey.survey_expectations": 1,
    "layers.survey_pyramid": 1,
    "layers.survey_pyramid_groups": 1,
    "linkage.survey_returns": 1,
    "linkage.survey_word_of_mouth": 1,
    "personas.company_personas": 1,
    "personas.persona_cards": 1,  # what sets each class apart
    "scoreboard": 1,
    "scores.channel_consistency": 1,
    "scores.weighted_differences": 2,  # with weights and without
    "service.company_changes": 1,
    "service.company_later": 1,
    "service.company_rates": 1,
    "service.company_reasons": 1,
    "shops.shop_scores": 1,
    "shops.shop_wait_changes": 1,
    "validation.bridge_versions": 1,
    "value.company_profit": 2,  # groups against nothing, and among each other
    "voice.company_voice": 4,  # words, scores of topics, months of topics, stars of topics
}
ON_ITS_OWN = {
    "09_experiment": "one decision, planned beforehand; its subgroups are a question of their own",
    "10_sample_size": "shows what samples could find, and says of nothing that it is a signal",
    "12_linkage_roi": "its claims are one family by themselves",
    "13_session_conversion": "has no company: its two families name their level",
}


@pytest.fixture(scope="module")
def survey() -> Survey:
    return cx.open_survey("demo", families=10)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_page_declares_every_family_it_makes(notebook: Path) -> None:
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    made = sum(FAMILIES.get(name, 0) for name in re.findall(r"cx\.((?:\w+\.)?\w+)\(", code))
    declared = sum(int(number) for number in re.findall(r"families=(\d+)", code))
    if notebook.stem in ON_ITS_OWN:
        assert not declared
        return
    assert declared == made
    assert ("cx.survey.families(" in code) == bool(made)


def test_a_family_has_its_part_of_the_error_of_the_page(survey: Survey) -> None:
    # ten families share 5%: half a percent each
    assert survey.family_level == pytest.approx(0.995)
    assert survey.comparison == survey.design | {"family_level": survey.family_level}
    assert dataclasses.replace(survey, families=1).family_level == pytest.approx(0.95)


@pytest.mark.parametrize("families", [0, -1])
def test_a_page_without_families_is_refused(survey: Survey, families: int) -> None:
    with pytest.raises(CxError, match="number of families"):
        dataclasses.replace(survey, families=families)


def test_a_comparison_is_judged_at_the_level_of_its_page(survey: Survey) -> None:
    # 40 of 100 against 25 of 100: the pooled test gives z = 0.15 / sqrt(0.325 * 0.675 * 0.02) =
    # 2.26, two-sided 0.024. A signal by itself, none as one of ten families.
    now, before = (pd.DataFrame({"happy": [5] * yes + [1] * (100 - yes)}) for yes in (40, 25))
    questions = {"happy": survey.codebook.questions["csat"]}
    alone = scoreboard(now, before, questions)
    one_of_ten = scoreboard(now, before, questions, family_level=0.995)
    for row, is_signal in ((alone.iloc[0], True), (one_of_ten.iloc[0], False)):
        assert row["signal"] == is_signal
        assert (row["difference_low"] > 0) == is_signal
    assert alone["low"].item() == one_of_ten["low"].item()  # the score's own interval stays
    assert one_of_ten["detectable"].item() > alone["detectable"].item()


@pytest.mark.parametrize("by", [[], ["channel"]], ids=["scores", "channels"])
def test_a_family_keeps_to_its_part(survey: Survey, by: list[str]) -> None:
    # Half a percent and three Monte Carlo standard errors: 0.97% of 2,000 null worlds. So far out
    # a test that is right at 5% need not be.
    questions = survey.main_question if by else survey.columns("nps", "csat", "ces")
    pool = run(survey.responses)
    worlds = null_worlds(pool, questions, by=by, worlds=2000, level=survey.family_level)
    share = 1 - survey.family_level
    most = share + 3 * (share * (1 - share) / len(worlds)) ** 0.5
    assert worlds["signals"].gt(0).mean() <= most
    assert worlds["q_value"].lt(0.05).mean() > most  # so a level that is lost would be seen
