"""A page calls a row a signal if and only if the interval beside it leaves out "no difference"."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import cxreport as cx
from cxreport.inputs.survey import Survey, open_survey
from cxreport.show.blocks import Block, read_block
from cxreport.show.cells import write_cell
from cxreport.show.formats import Reader
from cxreport.show.render import render
from cxreport.show.tables import TABLES
from cxreport.show.texts import SHARED
from cxreport.show.words import Words
from cxreport.show.written import reader_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WORDS = Words("en")
BESIDE = {
    "difference_interval": 0, "difference_span": 0, "drop_difference": 0, "expectation_gap": 0,
    "link_difference": 0, "memory_gap": 0, "outcome_adjusted": 0, "profit_range": 0,
    "friction_ratio": 1, "lift": 1, "speed": 1,
}  # fmt: skip
"""Column of the interval that a signal is read against -> what it holds where nothing differs."""
VERDICTS = {
    True: ("signal.yes", "linkage.claim.yes", "linkage.check.yes", "profit.word.loses",
           "profit.word.earns", "service: verdict.slower", "service: verdict.faster"),
    False: ("signal.no", "linkage.claim.no", "linkage.check.no", "profit.word.neither"),
}  # fmt: skip
"""What a cell says, by the key of its text; before it the topic whose text it is."""


def word(key: str) -> str:
    """Write the text of a key, of a topic where it names one."""
    topic, _, own = key.rpartition(": ")
    return Reader("en", topic or SHARED).text(own)


SAYS = {word(key): says for says, keys in VERDICTS.items() for key in keys}
SAID = ("against_others", "link_signal", "profit_word", "signal")
"""Columns that say whether a row is a signal."""
NUMBER = re.compile(r"-?€?\d[\d,]*(?:\.\d+)?")
OF_DIFFERENCE = re.compile(r"differ|ratio|times|apart|below|chance|corrected")
SENTENCE = re.compile(r"(.*?)\b((?:[Nn]o|a)? ?[Ss]ignal)\b")


def inside(block: Block) -> Iterator[Block]:
    """Walk a block and all that it holds."""
    if block.kind != "several":
        yield block
    for part in block.parameters.get("blocks", []):
        yield from inside(read_block(part))


def columns_said(table: str) -> list[tuple[str, str]]:
    """Pair each column of a table that says "signal" with that of its interval."""
    columns = TABLES.get(table, ())
    beside = next(filter(BESIDE.__contains__, columns), "")
    said = [(name, beside) for name in columns if name in SAID]
    weighted = [("signal_weighted", "weighted_interval")]
    return said + (weighted if "signal_weighted" in columns else [])


def interval(text: str) -> tuple[float, float] | None:
    """Read the interval that a text ends in: "3.1 (0.2 to 6.0)", "+1.0 to +2.0"."""
    low, _, high = text.replace("−\u2060", "-").rpartition(" to ")
    below, above = NUMBER.findall(low), NUMBER.findall(high)
    if not below or not above:
        return None
    return _read(below[-1]), _read(above[0])


def _read(number: str) -> float:
    return float(number.replace(",", "").replace("€", ""))


def contradictions(block: Block) -> list[str]:
    """List the rows of a table whose word says another thing than the interval beside it."""
    found = []
    for table, beside, word, shown in verdicts(block):
        ends = interval(shown)
        if ends is not None and word in SAYS:
            leaves_out = not ends[0] <= BESIDE.get(beside, 0) <= ends[1]
            if leaves_out != SAYS[word]:
                found.append(f"{table}: {word} beside {shown}")
    return found


def verdicts(block: Block) -> Iterator[tuple[str, str, str, str]]:
    """Walk the cells that say "signal", each with the cell of its interval."""
    rows = block.frame.to_dict("records")
    if "columns" not in block.parameters:
        table = block.parameters.get("table", "")
        for said, beside in columns_said(table):
            for row in rows:
                texts = (write_cell(name, row, block.parameters, WORDS) for name in (said, beside))
                yield (table, beside, *texts)
        return
    reader = reader_of(block, "en")
    columns = {c["heading"] or c["name"]: c for c in block.parameters["columns"]}
    beside = next(filter(BESIDE.__contains__, columns), "")
    for said in filter(SAID.__contains__, columns):
        for row in rows:
            texts = (
                reader.write(row.get(c["name"]), c["how"], row)
                for c in (columns[said], columns[beside])
            )
            yield (block.parameters["caption"], beside, *texts)


def sentences(block: Block) -> list[str]:
    """Return what a block says in sentences."""
    if {"table", "columns"} & {*block.parameters} or block.kind in {"figure", "header"}:
        return []
    listed = re.findall(r"<li>(.*?)</li>", str(render(block, "en", prefix="p")), re.DOTALL)
    return [unescape(re.sub(r"<[^>]*>", "", item)) for item in listed]


def contradicted(sentence: str) -> bool:
    """Say whether a sentence calls a signal what its interval holds zero for, or the reverse."""
    for before, word in SENTENCE.findall(sentence):
        clause = before.rsplit(". ", 1)[0]
        ends = interval(clause)
        if ends is not None and OF_DIFFERENCE.search(clause):
            neutral = 1 if "times as many" in clause or "ratio" in clause else 0
            if (not ends[0] <= neutral <= ends[1]) == word.lower().startswith("no"):
                return True
    return False


def scores(survey: Survey) -> list[Block]:
    """Show the tables of the monthly report that compare."""
    headline, part = survey.columns("nps", "csat", "ces"), survey.columns("channel")
    board = cx.scoreboard(survey.current, survey.previous, headline, **survey.design)
    groups = cx.break_down(
        survey.current, survey.previous, survey.main_question, part, **survey.design
    )
    rated = survey.columns("touchpoint")
    touched = cx.scoreboard(survey.current, survey.previous, rated, **survey.design)
    return [
        cx.show.in_brief(board, survey),
        cx.show.table("scoreboard", board, survey),
        cx.show.breakdown(groups, board, survey),
        cx.show.touchpoints(touched, survey),
        cx.show.channel_scores(cx.channel_scores(survey, periods=12), survey, 12),
        cx.show.bridges(cx.bridge_versions(survey.responses, headline, survey.history), survey),
        cx.show.weighted_differences(cx.weighted_differences(survey, headline), survey),
    ]


def journeys(survey: Survey) -> list[Block]:
    """Show the tables on journeys that compare."""
    customers = cx.channel_customers(survey)
    return [
        cx.show.first_drop(cx.detractor_first_drop(survey), survey, 24),
        cx.show.memory(cx.journey_memory(survey), survey, 24),
        cx.show.expectations(cx.survey_expectations(survey), survey, 24),
        cx.show.friction(cx.company_friction(survey, ["app", "web"]), survey, 24),
        cx.show.several_channels(customers, survey, 6),
        cx.show.pyramid(cx.survey_pyramid(survey), survey),
    ]


def services(company: Survey) -> list[Block]:
    """Show the tables on service that compare."""
    waits, changes = cx.service.company_waits(company), cx.service.company_changes(company)
    hours = {"first_reply": 8.0, "solution": 48.0}
    return [
        cx.service.brief(waits, changes, company),
        cx.service.waits_table(waits, changes, company),
        cx.service.rates_table(cx.service.company_rates(company, hours=hours), company, hours),
        cx.service.reasons_chart(cx.service.company_reasons(company), company),
    ]


def money(company: Survey) -> list[Block]:
    """Show the tables on orders that compare."""
    link = cx.company_score_link(company)
    differences = cx.conversion.shop_differences(company, between="device")
    return [
        cx.show.score_link(link, company, 180),
        cx.show.profit_groups(cx.company_profit(company), company),
        cx.conversion.differences_table(differences, company, between="device"),
    ]


def trial(survey: Survey) -> list[Block]:
    """Show the tables on an experiment."""
    found = cx.open_experiment(survey, "review-reminder", subgroups=["region"])
    columns = {"arm": "arm", "outcome": "outcome", "control": "control"}
    effects = cx.effect(found.rows, correction="holm", **columns)
    groups = cx.effect(found.rows, by=found.subgroups, **columns)
    return [
        cx.show.decision(cx.decide(effects), found, survey),
        cx.show.effect(effects, found, survey, control="control"),
        cx.show.subgroup_effects(groups, cx.interaction(groups), found, survey),
    ]


PAGES: tuple[Callable[[Survey], list[Block]], ...] = (scores, journeys, services, money, trial)
OF_TOPICS = {"contact_reasons", "differences", "rates", "waits"}
"""Tables of topics that say "signal"."""


def test_pages_do_not_contradict_their_intervals() -> None:
    survey = open_survey("demo")
    blocks = [part for make in PAGES for block in make(survey) for part in inside(block)]
    assert [row for block in blocks for row in contradictions(block)] == []
    assert [said for block in blocks for said in sentences(block) if contradicted(said)] == []
    walked = {block.parameters.get("table", "") for block in blocks}
    assert {row[0] for block in blocks for row in verdicts(block)} >= OF_TOPICS
    assert {name for name in TABLES if columns_said(name)} - walked == set()


@pytest.mark.parametrize(
    ("low", "high", "signal", "found"),
    [(0.5, 3.0, True, 0), (-0.5, 3.0, True, 1), (0.02, 3.0, True, 0), (0.5, 3.0, False, 1)],
)
def test_a_planted_contradiction_is_found(
    low: float, high: float, signal: bool, found: int
) -> None:
    row = {"group": "x", "metric": "csat", "difference": 1.0, "signal": signal}
    frame = pd.DataFrame([row | {"difference_low": low, "difference_high": high}])
    assert len(contradictions(Block("table", frame, {"table": "breakdown"}))) == found


def test_a_planted_sentence_is_found() -> None:
    said = "The difference is 3 points (interval corrected for the number of comparisons {}): {}."
    assert contradicted(said.format("0.2 to 5.8", "no signal"))
    assert contradicted(said.format("-0.2 to 5.8", "a signal"))
    assert not contradicted(said.format("-0.2 to 5.8", "no signal"))


def test_every_signal_has_an_interval_beside_it() -> None:
    assert [name for name in TABLES for _, beside in columns_said(name) if not beside] == []
