"""An experiment on a page: facts in both languages, and no effect that must not be read."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import cxreport as cx
from cxreport.inputs.survey import open_survey
from cxreport.show.blocks import Block, read_block
from cxreport.show.render import render

if TYPE_CHECKING:
    from pathlib import Path

    from cxreport.inputs.experiments import Experiment
    from cxreport.inputs.survey import Survey

NAMES = {"arm": "arm", "outcome": "outcome", "control": "old"}
PLANNED = {"old": 50.0, "new": 50.0}
CODEBOOK = """
[source]
title = { en = "Shop", it = "Negozio" }
terms = { en = "invented", it = "inventati" }
observed_until = 2026-03-31
[tables.responses]
files = "answers.csv"
[tables.responses.columns]
id = { role = "id" }
day = { role = "date" }
score = { role = "nps" }
region = { role = "segment", label = { en = "region", it = "regione" } }
"""
TABLES = """
[tables.experiments]
files = "experiments.csv"
[tables.experiments.columns]
experiment = { role = "segment" }
customer_id = { role = "customer" }
arm = { role = "segment", labels.new = { en = "new <b>page</b>", it = "pagina nuova" } }
assigned_at = { role = "date" }
outcome = { role = "number", label = { en = "bought", it = "ha comprato" } }
[tables.customers]
files = "customers.csv"
[tables.customers.columns]
customer_id = { role = "id" }
region = { role = "segment" }
"""


def opened(
    folder: Path, old: tuple[int, int], new: tuple[int, int], tables: str = TABLES
) -> tuple[Survey, Experiment]:
    """Open an experiment with (bought, all) customers in each arm, half of them in each region."""
    outcomes = [
        (arm, int(i < bought))
        for arm, (bought, n) in {"old": old, "new": new}.items()
        for i in range(n)
    ]
    frame = pd.DataFrame(outcomes, columns=["arm", "outcome"])
    people = [f"C{i}" for i in range(len(frame))]
    frame = frame.assign(experiment="page", customer_id=people, assigned_at="2026-01-10 10:00")
    regions = ["north", "south"] * len(people)
    frame.to_csv(folder / "experiments.csv", index=False)
    pd.DataFrame({"customer_id": people, "region": regions[: len(people)]}).to_csv(
        folder / "customers.csv", index=False
    )
    answer = "id,day,score,region\na,2026-03-01,9,north\n"
    (folder / "answers.csv").write_text(answer, encoding="utf-8")
    (folder / "codebook.toml").write_text(CODEBOOK + tables, encoding="utf-8")
    survey = open_survey(folder / "codebook.toml")
    return survey, cx.open_experiment(survey, "page", subgroups=["region"])


def sections(survey: Survey, trial: Experiment) -> dict[str, Block]:
    """Make all the blocks, as the notebook does."""
    ratio = cx.experiment.sample_ratio(trial.counts, PLANNED)
    effects = cx.experiment.effect(trial.rows, ratio=ratio, **NAMES)
    groups = cx.experiment.effect(trial.rows, by=trial.subgroups, ratio=ratio, **NAMES)
    return {
        "decision": cx.experiment.verdict(cx.experiment.decide(effects), trial, survey),
        "plan": cx.experiment.plan(trial, PLANNED, survey, control="old", worthwhile=1.5),
        "ratio": cx.experiment.arms(ratio, trial, survey),
        "effect": cx.experiment.main_effect(effects, trial, survey, control="old"),
        "groups": cx.experiment.subgroups(groups, cx.experiment.interaction(groups), trial, survey),
        "method": cx.experiment.method(trial, survey),
    }


def text(block: Block, language: str) -> str:
    """Return the words of a block's page, without its tags."""
    page = str(render(read_block(block.payload()), language, prefix="t"))
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).replace("\xa0", " ").split())


def test_the_facts_stand_in_both_languages(tmp_path: Path) -> None:
    # 56/70 against 42/70: 80% and 60%, Newcombe 4.9 to 34.1 (Wilson 69.2-87.7 and 48.3-70.7).
    blocks = sections(*opened(tmp_path, (42, 70), (56, 70)))
    assert "“page”: adopt it (arm “new <b>page</b>”)" in text(blocks["decision"], "en")
    assert "«page»: adottare (gruppo «pagina nuova»)" in text(blocks["decision"], "it")
    assert "+20.0 points" in text(blocks["decision"], "en")
    assert "140 clienti" in text(blocks["plan"], "it")
    assert "dichiarato in anticipo: 1,5 punti" in text(blocks["plan"], "it")
    assert "old 50.0%, new <b>page</b> 50.0%" in text(blocks["plan"], "en")
    assert "80,0% nel gruppo «pagina nuova», 60,0% nel gruppo «old»" in text(blocks["effect"], "it")
    assert "customers that were planned, up to chance" in text(blocks["ratio"], "en")


def test_labels_are_escaped(tmp_path: Path) -> None:
    blocks = sections(*opened(tmp_path, (42, 70), (56, 70)))
    for block in blocks.values():
        assert "<b>" not in str(render(read_block(block.payload()), "en", prefix="t"))


def test_subgroups_are_drawn_about_no_difference(tmp_path: Path) -> None:
    told = text(sections(*opened(tmp_path, (42, 70), (56, 70)))["groups"], "it")
    assert "Sono stati fatti 2 confronti insieme" in told
    assert "nessuna differenza: 0,0" in told
    assert "regione" in told


@pytest.mark.parametrize("language", ["en", "it"])
def test_no_effect_is_shown_where_the_ratio_is_broken(tmp_path: Path, language: str) -> None:
    blocks = sections(*opened(tmp_path, (42, 70), (112, 140)))
    note = {"en": "No effect is read", "it": "Non si legge nessun effetto"}[language]
    for name in ("effect", "groups"):
        told = text(blocks[name], language)
        assert note in told
        assert not re.search(r"20[.,]0", told)
    assert {"en": "not hold", "it": "non contengono"}[language] in text(blocks["ratio"], language)
    assert {"en": "cannot be said", "it": "non si può dire"}[language] in text(
        blocks["decision"], language
    )


@pytest.mark.parametrize("language", ["en", "it"])
def test_no_signal_says_what_could_have_been_seen(tmp_path: Path, language: str) -> None:
    # Pooled test, power 80%: 81.37% against 60% needs
    # (1.960 x 0.6438 + 0.842 x 0.6258)^2 / 0.2137^2 = 70 customers in each arm.
    told = text(sections(*opened(tmp_path, (42, 70), (43, 70)))["decision"], language)
    assert {"en": "an improvement of 21.4 points", "it": "di 21,4 punti"}[language] in told


@pytest.mark.parametrize("language", ["en", "it"])
def test_without_the_table_every_section_is_a_note(tmp_path: Path, language: str) -> None:
    blocks = sections(*opened(tmp_path, (42, 70), (56, 70), tables=""))
    note = {"en": "No experiment:", "it": "Nessun esperimento:"}[language]
    assert all(text(block, language).startswith(note) for block in blocks.values())


def test_an_empty_arm_leaves_no_number(tmp_path: Path) -> None:
    blocks = sections(*opened(tmp_path, (0, 3), (0, 3)))
    for block in blocks.values():
        for language in ("en", "it"):
            assert not re.search(r"\bnan\b|None", text(block, language))
    assert "too few customers" in text(blocks["ratio"], "en")
