"""The four planted types of the demo company, one row per customer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cxreport import CxError, open_company
from cxreport.demo import customer_types
from cxreport.inputs.source import run
from cxreport.show.render import render
from cxreport.topics.personas import (
    PersonaStudy,
    agreement,
    company_narratives,
    company_personas,
    customer_items,
    frames,
    summary,
)

if TYPE_CHECKING:
    from cxreport.inputs.company import Company


NOTEBOOK = Path(__file__).parents[3] / "notebooks" / "08_persona_study.ipynb"


@pytest.fixture(scope="module")
def company() -> Company:
    return open_company("demo", period="2026-10", about=["responses"])


@pytest.fixture(scope="module")
def study(company: Company) -> PersonaStudy:
    return company_personas(company, starts=10, resamples=3)


def rand(study: PersonaStudy) -> float:
    assert study.personas is not None
    members = study.personas.members
    kinds = customer_types().set_index("customer_id")["customer_type"].reindex(members.index)
    return agreement(pd.factorize(kinds)[0], members["class"].astype(int) - 1)


def test_four_types_are_found(study: PersonaStudy) -> None:
    assert study.personas is not None
    assert study.personas.count == 4
    # One answer tells little: with the planted truth itself known, 0.81 is the most.
    assert 0.75 < rand(study) < 0.82
    assert study.personas.sizes["estimate"].tolist() == pytest.approx([34, 30, 22, 14], abs=3.5)


def test_the_study_as_shipped_finds_the_planted_types(company: Company) -> None:
    first = "".join(json.loads(NOTEBOOK.read_text("utf-8"))["cells"][0]["source"])
    shipped: dict[str, int] = {}
    exec(first, {"__builtins__": {"str": str, "int": int, "list": list}}, shipped)  # noqa: S102
    study = company_personas(company, least_answers=shipped["least_answers"], starts=5, resamples=0)
    assert study.personas is not None
    assert study.personas.count == 4
    assert rand(study) >= 0.8
    text = str(render(summary(study, company), "en", prefix="b"))
    answers = run(company.table("responses")).query("answered_at < '2026-11-01'")
    once = int((answers["customer_id"].value_counts() == 1).sum())
    assert f"{once:,} others answered less often, and may be different." in text


def test_rows_are_counted_by_hand(company: Company) -> None:
    read = customer_items(company, items=["needs", "channel", "orders", "requests"])
    who = read.rows.index[5]
    orders, tickets = company.table("orders"), company.table("tickets")
    assert orders is not None
    assert tickets is not None
    answers = run(company.table("responses"))
    own = answers[(answers["customer_id"] == who)]
    given = own["needs"][own["needs"].between(1, 5)]
    row = read.rows.loc[who]
    assert row["needs"] == int(given.mean() + 0.5)
    bought = run(orders).query("customer_id == @who").sort_values("ordered_at")
    assert row["orders"] == min(len(bought), 5)
    uses = bought["channel"].value_counts()
    assert row["channel"] in set(uses[uses == uses.max()].index)
    assert row["requests"] == min((run(tickets)["customer_id"] == who).sum(), 3)


def test_the_one_type_that_is_unhappy_is_the_signal(study: PersonaStudy) -> None:
    nps = study.outcomes.query("metric == 'nps'").set_index("class")
    assert nps["signal"][4]
    assert nps["high"][4] < nps["low"][[1, 2, 3]].min()


def test_the_stories_of_the_demo_match_by_their_traits(
    company: Company, study: PersonaStudy
) -> None:
    told = company_narratives(company, study)
    assert sorted(told["class"]) == [1, 2, 3, 4]
    assert set(told["matched"]) == {"signature"}


def test_a_survey_without_written_personas_costs_nothing(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(frames, "customer_items", lambda *a, **_: asked.append(a))
    monkeypatch.setattr(frames, "FILE", "none.toml")
    study = company_personas(company, only_written=True)
    assert asked == []
    assert study.personas is None
    assert "the organisation has written none" in str(
        render(summary(study, company), "en", prefix="b")
    )


def test_an_unknown_item_is_refused(company: Company) -> None:
    with pytest.raises(CxError, match="not an item of this company"):
        customer_items(company, items=["age"])
    with pytest.raises(CxError, match="not a number of periods"):
        customer_items(company, periods=0)


def test_periods_that_are_not_there_are_not_counted(company: Company) -> None:
    # The demo has the 24 months from November 2024 to October 2026.
    assert customer_items(company, periods=40).periods == 24
    assert customer_items(company, periods=12).periods == 12
