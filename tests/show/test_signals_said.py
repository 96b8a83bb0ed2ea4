"""A page calls a row a signal if and only if the interval beside it leaves out "no difference"."""

from __future__ import annotations

import re
from dataclasses import asdict
from html import unescape
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from cxreport.show.cells import write_cell
from cxreport.show.tables import TABLES

import cxreport as cx
from cxreport.inputs.survey import Survey, open_survey
from cxreport.show.blocks import Block, read_block
from cxreport.show.parts import Column, table
from cxreport.show.render import render
from cxreport.show.words import Words
from cxreport.show.written import reader_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WORDS = Words("en")
BESIDE = {
    "difference_interval": 0, "difference_span": 0, "profit_range": 0,
    "lift": 1, "wait_speed": 1,
}  # fmt: skip
"""Column of the interval that a signal is read against -> what it holds where nothing differs."""
VERDICTS = {
    True: ("signal.yes", "profit.word.loses",
           "profit.word.earns", "service.direction.slower", "service.direction.faster"),
    False: ("signal.no", "profit.word.neither"),
}  # fmt: skip
SAYS = {WORDS.text(key): says for says, keys in VERDICTS.items() for key in keys} | {
    "check failed": True, "check passed": False, "no signal": False, "signal": True,
}  # fmt: skip
SAID = ("against_others", "judged", "profit_word", "signal")
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


def of_difference(column: Column) -> bool:
    """Say whether a column of a topic's table is the interval of a difference, or of a ratio."""
    written = column.how.split(":")
    of_it = column.name == "difference" or {"signed", "ratio"} & {*written}
    return bool({"range", "with_range"} & {*written} and of_it)


def declared() -> list[tuple[Column, ...]]:
    """Return the columns of every topic's tables that say whether a row is a signal."""
    modules = [import_module(f"cxreport.topics.{p.parent.name}.{p.stem}")
               for p in (Path(cx.__file__).parent / "topics").glob("*/*blocks.py")]  # fmt: skip
    values = [value for module in modules for value in vars(module).values()]
    tables = [v for v in values if isinstance(v, tuple) and v and isinstance(v[0], Column)]
    said = [columns for columns in tables if {c.name for c in columns} & {*SAID}]
    return [columns for columns in said if any(map(of_difference, columns))]


def contradictions_of(block: Block) -> list[str]:
    """Return what ``contradictions`` does of a topic's table."""
    columns, found = [Column(**column) for column in block.parameters["columns"]], []
    reader = reader_of(block, "en")
    words = [column for column in columns if column.name in SAID]
    at = columns.index(words[0]) if words else 0
    # the interval that a word is read against stands next before it, or else after it
    intervals = [c for c in reversed(columns[:at]) if of_difference(c)]
    intervals += [c for c in columns[at:] if of_difference(c)]
    for beside in intervals[:1]:
        neutral = 1 if "ratio" in beside.how else 0
        for row in block.frame.to_dict("records") if words else []:
            word, shown = (reader.write(row.get(column.name), column.how, row)
                           for column in (words[0], beside))  # fmt: skip
            ends = interval(shown)
            if ends is not None and word in SAYS:
                leaves_out = not ends[0] <= neutral <= ends[1]
                if leaves_out != SAYS[word]:
                    found.append(f"{block.parameters['caption']}: {word} beside {shown}")
    return found


def contradictions(block: Block) -> list[str]:
    """List the rows of a table whose word says another thing than the interval beside it."""
    if "columns" in block.parameters:
        return contradictions_of(block)
    name, found = block.parameters.get("table", ""), []
    for said, beside in columns_said(name):
        for row in block.frame.to_dict("records"):
            texts = (write_cell(column, row, block.parameters, WORDS) for column in (said, beside))
            word, shown = texts
            ends = interval(shown)
            if ends is not None and word in SAYS:
                leaves_out = not ends[0] <= BESIDE.get(beside, 0) <= ends[1]
                if leaves_out != SAYS[word]:
                    found.append(f"{name}: {word} beside {shown}")
    return found


def sentences(block: Block) -> list[str]:
    """Return what a block says in sentences."""
    tells = {"table", "columns"} & {*block.parameters}
    if tells or block.kind in {"figure", "header"}:
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
        cx.channels.scores(cx.channels.channel_scores(survey, periods=12), survey, 12),
        cx.show.bridges(
            cx.validation.bridge_versions(survey.responses, headline, survey.history), survey
        ),
        cx.show.weighted_differences(cx.scores.weighted_differences(survey, headline), survey),
    ]


def journeys(survey: Survey) -> list[Block]:
    """Show the tables on journeys that compare."""
    customers = cx.channels.channel_customers(survey)
    return [
        cx.journey.first_drops(cx.journey.detractor_first_drop(survey), survey, 24),
        cx.journey.memory(cx.journey.journey_memory(survey), survey, 24),
        cx.journey.expected(cx.journey.survey_expectations(survey), survey, 24),
        cx.channels.frictions(cx.channels.company_friction(survey, ["app", "web"]), survey, 24),
        cx.channels.several(customers, survey, 6),
        cx.show.pyramid(cx.layers.survey_pyramid(survey), survey),
    ]


def services(company: Survey) -> list[Block]:
    """Show the tables on service that compare."""
    waits, changes = cx.service_waits(company), cx.service_changes(company)
    hours = {"first_reply": 8.0, "solution": 48.0}
    return [
        cx.show.service_brief(waits, changes, company),
        cx.show.service_waits(waits, changes, company),
        cx.show.service_rates(cx.service_rates(company, hours=hours), company, hours),
        cx.show.service_reasons(cx.service_reasons(company), company),
    ]


def money(company: Survey) -> list[Block]:
    """Show the tables on orders that compare."""
    link = cx.linkage.company_score_link(company)
    differences = cx.conversion.shop_differences(company, between="device")
    return [
        cx.linkage.link(link, company, 180),
        cx.show.profit_groups(cx.value.company_profit(company), company),
        cx.show.funnel_differences(differences, company, between="device"),
    ]


def trial(survey: Survey) -> list[Block]:
    """Show the tables on an experiment."""
    found = cx.open_experiment(survey, "review-reminder", subgroups=["region"])
    columns = {"arm": "arm", "outcome": "outcome", "control": "control"}
    effects = cx.experiment.effect(found.rows, correction="holm", **columns)
    groups = cx.experiment.effect(found.rows, by=found.subgroups, **columns)
    return [
        cx.show.decision(cx.experiment.decide(effects), found, survey),
        cx.show.effect(effects, found, survey, control="control"),
        cx.show.subgroup_effects(groups, cx.experiment.interaction(groups), found, survey),
    ]


PAGES: tuple[Callable[[Survey], list[Block]], ...] = (scores, journeys, services, money, trial)
TESTED_WITH_THEIR_DATA = {"against_rest"}
"""Of undated sessions: in tests of sessions."""


def test_pages_do_not_contradict_their_intervals() -> None:
    survey = open_survey("demo")
    blocks = [part for make in PAGES for block in make(survey) for part in inside(block)]
    assert [row for block in blocks for row in contradictions(block)] == []
    assert [said for block in blocks for said in sentences(block) if contradicted(said)] == []
    walked = {block.parameters.get("table", "") for block in blocks}
    assert {name for name in TABLES if columns_said(name)} - walked == TESTED_WITH_THEIR_DATA
    shown = [block.parameters.get("columns") for block in blocks]
    assert [c for c in declared() if [asdict(column) for column in c] not in shown] == []


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
    columns = [Column("difference", "with_range:signed:difference_low:difference_high"),
               Column("signal", "signal")]  # fmt: skip
    assert len(contradictions(table("show", "breakdown", frame, columns))) == found


def test_a_planted_sentence_is_found() -> None:
    said = "The difference is 3 points (interval corrected for the number of comparisons {}): {}."
    assert contradicted(said.format("0.2 to 5.8", "no signal"))
    assert contradicted(said.format("-0.2 to 5.8", "a signal"))
    assert not contradicted(said.format("-0.2 to 5.8", "no signal"))


def test_every_signal_has_an_interval_beside_it() -> None:
    assert [name for name in TABLES for _, beside in columns_said(name) if not beside] == []
