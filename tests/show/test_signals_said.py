"""A page calls a row a signal if and only if the interval beside it leaves out "no difference"."""

from __future__ import annotations

import re
from html import unescape
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import cxreport as cx
from cxreport.inputs.survey import Survey, open_survey
from cxreport.show.blocks import Block, read_block
from cxreport.show.parts import Column, table
from cxreport.show.render import render
from cxreport.show.texts import find_text
from cxreport.show.written import reader_of
from cxreport.topics.service.wait_blocks import WAITS
from cxreport.topics.survey.group_blocks import GROUPS
from cxreport.topics.value.profit_blocks import GROUPS as PROFITS

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence
    from typing import Any

VERDICTS = {
    True: {"show": ["signal.yes"], "value": ["verdict.loses", "verdict.earns"],
           "service": ["verdict.slower", "verdict.faster"],
           "linkage": ["judged.failed", "judged.yes"]},
    False: {"show": ["signal.no"], "value": ["verdict.neither"], "service": ["verdict.none"],
            "linkage": ["judged.passed", "judged.no"]},
}  # fmt: skip
SAYS = {
    find_text(topic, key, "en"): says
    for says, topics in VERDICTS.items()
    for topic, keys in topics.items()
    for key in keys
}
"""What a word says: whether the row is a signal."""
SAID = ("against_others", "judged", "profit_word")
"""Headings of columns that say so in words of their own."""
BESIDE = ("lift", "profit_range", "log_odds", "gap_stars")
"""Headings of intervals whose format does not tell that they are of a difference."""
NUMBER = re.compile(r"-?€?\d[\d,]*(?:\.\d+)?")
OF_DIFFERENCE = re.compile(r"differ|ratio|times|apart|below|chance|corrected|the period before")
WITHIN = "no more than chance would make"
SENTENCE = re.compile(rf"(.*?)\b((?:[Nn]o|a)? ?[Ss]ignal|{WITHIN})\b")


def inside(block: Block) -> Iterator[Block]:
    """Walk a block and all that it holds."""
    if block.kind != "several":
        yield block
    for part in block.parameters.get("blocks", []):
        yield from inside(read_block(part))


def interval(text: str) -> tuple[float, float] | None:
    """Read the interval that a text ends in: "3.1 (0.2 to 6.0)", "+1.0 to +2.0"."""
    low, _, high = text.replace("−\u2060", "-").rpartition(" to ")
    below, above = NUMBER.findall(low), NUMBER.findall(high)
    if not below or not above:
        return None
    return _read(below[-1]), _read(above[0])


def _read(number: str) -> float:
    return float(number.replace(",", "").replace("€", ""))


def is_said(column: Column) -> bool:
    """Say whether a column says that a row is a signal, or that it is none."""
    return column.how.partition(":")[0] == "signal" or column.heading in SAID


def of_difference(column: Column) -> bool:
    """Say whether a column is the interval of a difference, or of a ratio."""
    written = {*column.how.split(":")}
    of_it = column.name == "difference" or {"signed", "ratio"} & written
    return column.heading in BESIDE or bool({"range", "with_range"} & written and of_it)


def nothing(column: Column, row: dict[Hashable, Any]) -> int:
    """Return what the interval of a column holds where nothing differs."""
    formats = column.how.split(":")
    formats += [str(row.get(name)) for name in formats]  # "as:apart": the row names its format
    return 1 if "ratio" in formats or column.heading == "lift" else 0


def columns_said(columns: Sequence[Column]) -> list[tuple[Column, Column | None]]:
    """Pair each column that says "signal" with that of its interval.

    It stands next before the word, or else after it.
    """
    pairs = []
    for at, said in enumerate(columns):
        if is_said(said):
            near = [c for c in (*reversed(columns[:at]), *columns[at:]) if of_difference(c)]
            pairs.append((said, near[0] if near else None))
    return pairs


def declared() -> dict[str, tuple[Column, ...]]:
    """Return the columns of every topic's tables that say whether a row is a signal."""
    files = (Path(cx.__file__).parent / "topics").glob("*/*blocks.py")
    places = [f"{file.parent.name}.{file.stem}" for file in files]
    return {
        f"{place}.{name}": value
        for place in places
        for name, value in vars(import_module(f"cxreport.topics.{place}")).items()
        if isinstance(value, tuple) and value and all(isinstance(c, Column) for c in value)
        if any(map(is_said, value))
    }


def columns_of(block: Block) -> list[Column]:
    return [Column(**column) for column in block.parameters.get("columns", [])]


def contradictions(block: Block) -> list[str]:
    """List the rows of a table whose word says another thing than the interval beside it."""
    found: list[str] = []
    for said, beside in columns_said(columns_of(block)):
        assert beside is not None, block.parameters["caption"]
        reader = reader_of(block, "en")
        for row in block.frame.to_dict("records"):
            word, shown = (
                reader.write(row.get(column.name), column.how, row) for column in (said, beside)
            )
            ends = interval(shown)
            if ends is not None and word in SAYS:
                leaves_out = not ends[0] <= nothing(beside, row) <= ends[1]
                if leaves_out != SAYS[word]:
                    found.append(f"{block.parameters['caption']}: {word} beside {shown}")
    return found


def sentences(block: Block) -> list[str]:
    """Return what a block says in sentences."""
    if "columns" in block.parameters or block.kind in {"figure", "header"}:
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
    history = cx.score_history(survey.responses, headline, survey.history, **survey.design)
    groups = cx.break_down(
        survey.current, survey.previous, survey.main_question, part, **survey.design
    )
    rated = survey.columns("touchpoint")
    touched = cx.scoreboard(survey.current, survey.previous, rated, **survey.design)
    return [
        cx.survey.in_brief(board, survey),
        cx.survey.board(board, survey),
        cx.survey.board(board, survey, history),
        cx.survey.breakdown(groups, board, survey),
        cx.survey.touchpoints(touched, survey),
        cx.channels.scores(cx.channels.channel_scores(survey, periods=12), survey, 12),
        cx.validation.bridges(
            cx.validation.bridge_versions(survey.responses, headline, survey.history), survey
        ),
        cx.survey.weighted_differences(cx.scores.weighted_differences(survey, headline), survey),
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
        cx.layers.standing(cx.layers.survey_pyramid(survey), survey),
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
    link = cx.linkage.company_score_link(company)
    differences = cx.conversion.shop_differences(company, between="device")
    return [
        cx.linkage.link(link, company, 180),
        cx.value.profit_groups(cx.value.company_profit(company), company),
        cx.conversion.differences_table(differences, company, between="device"),
    ]


def trial(survey: Survey) -> list[Block]:
    """Show the tables on an experiment."""
    found = cx.open_experiment(survey, "review-reminder", subgroups=["region"])
    columns = {"arm": "arm", "outcome": "outcome", "control": "control"}
    effects = cx.experiment.effect(found.rows, correction="holm", **columns)
    groups = cx.experiment.effect(found.rows, by=found.subgroups, **columns)
    return [
        cx.experiment.verdict(cx.experiment.decide(effects), found, survey),
        cx.experiment.main_effect(effects, found, survey, control="control"),
        cx.experiment.subgroups(groups, cx.experiment.interaction(groups), found, survey),
    ]


def shops(survey: Survey) -> list[Block]:
    """Show the table of a page for one group."""
    shop = cx.shops.open_shop(survey, "channel", "app")
    return [cx.shops.differences(cx.shops.shop_scores(shop), shop)]


def comments(survey: Survey) -> list[Block]:
    """Show the tables on what customers write."""
    voice = cx.voice.company_voice(survey, periods=24)
    return [show(voice, survey)
            for show in (cx.voice.word_chart, cx.voice.scores, cx.voice.reviews)]  # fmt: skip


def classes(survey: Survey) -> list[Block]:
    """Show the tables on classes of customers."""
    study = cx.personas.company_personas(survey, starts=5, resamples=2)
    return [cx.personas.compared(study, survey), cx.personas.persona_cards(study, survey)]


PAGES: tuple[Callable[[Survey], list[Block]], ...] = (
    scores, journeys, services, money, trial, shops, comments, classes,
)  # fmt: skip
TESTED_WITH_THEIR_DATA = {"conversion.blocks.AGAINST_REST"}
"""Of undated sessions: in tests of sessions."""


def test_pages_do_not_contradict_their_intervals() -> None:
    survey = open_survey("demo")
    blocks = [part for make in PAGES for block in make(survey) for part in inside(block)]
    assert [row for block in blocks for row in contradictions(block)] == []
    assert [said for block in blocks for said in sentences(block) if contradicted(said)] == []
    shown = [columns_of(block) for block in blocks]
    walked = {
        name for name, columns in declared().items() if any({*columns} <= {*c} for c in shown)
    }
    assert {*declared()} - walked == TESTED_WITH_THEIR_DATA


@pytest.mark.parametrize(
    ("low", "high", "signal", "found"),
    [(0.5, 3.0, True, 0), (-0.5, 3.0, True, 1), (0.02, 3.0, True, 0), (0.5, 3.0, False, 1)],
)
def test_a_planted_contradiction_is_found(
    low: float, high: float, signal: bool, found: int
) -> None:
    row = {"group": "x", "metric": "csat", "difference": 1.0, "signal": signal}
    frame = pd.DataFrame([row | {"difference_low": low, "difference_high": high}])
    assert len(contradictions(table("survey", "breakdown", frame, GROUPS))) == found
    columns = [Column("difference", "with_range:signed:difference_low:difference_high"),
               Column("signal", "signal")]  # fmt: skip
    assert len(contradictions(table("show", "breakdown", frame, columns))) == found


@pytest.mark.parametrize(
    ("low", "high", "verdict", "found"),
    [(-9.0, -2.0, "loses", 0), (-9.0, 2.0, "loses", 1), (3.0, 9.0, "earns", 0),
     (-3.0, 9.0, "earns", 1), (-3.0, 9.0, "neither", 0), (3.0, 9.0, "neither", 1)],
)  # fmt: skip
def test_a_planted_verdict_on_profit_is_found(
    low: float, high: float, verdict: str, found: int
) -> None:
    frame = pd.DataFrame([{"low": low, "high": high, "verdict": verdict, "currency": "EUR"}])
    assert len(contradictions(table("value", "profit_groups", frame, PROFITS))) == found


@pytest.mark.parametrize(
    ("low", "high", "verdict", "found"),
    [(0.6, 0.9, "slower", 0), (0.6, 1.2, "slower", 1), (1.1, 1.4, "faster", 0),
     (0.9, 1.4, "faster", 1), (0.9, 1.2, "none", 0), (1.1, 1.4, "none", 1)],
)  # fmt: skip
def test_a_planted_verdict_on_waits_is_found(
    low: float, high: float, verdict: str, found: int
) -> None:
    row = {"speed": (low + high) / 2, "speed_low": low, "speed_high": high, "verdict": verdict}
    frame = pd.DataFrame([row])
    assert len(contradictions(table("service", "waits", frame, WAITS))) == found


def test_a_planted_sentence_is_found() -> None:
    said = "The difference is 3 points (interval corrected for the number of comparisons {}): {}."
    assert contradicted(said.format("0.2 to 5.8", "no signal"))
    assert contradicted(said.format("-0.2 to 5.8", "a signal"))
    assert not contradicted(said.format("-0.2 to 5.8", "no signal"))
    moved = "NPS: 32.8 points (95% interval 24.4 to 40.7); {} the period before: +2.3 ({}), {}."
    assert contradicted(moved.format("steady against", "+0.2 to +4.4", WITHIN))
    assert contradicted(moved.format("better than in", "-0.2 to +4.4", "a signal"))
    assert not contradicted(moved.format("steady against", "-0.2 to +4.4", WITHIN))


def test_every_signal_has_an_interval_beside_it() -> None:
    assert len(declared()) > 10
    assert [
        (name, said.name)
        for name, columns in declared().items()
        for said, beside in columns_said(columns)
        if beside is None
    ] == []
