"""A frame becomes a table of words: every heading known, every number with its unit, no nan."""

from __future__ import annotations

import math
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from sources import SHOP

import cxreport as cx
from cxreport.inputs.meaning import LANGUAGES
from cxreport.inputs.survey import Survey, open_survey
from cxreport.show.blocks import Block, read_block
from cxreport.show.formats import Reader
from cxreport.show.heat_map import make_shaded
from cxreport.show.parts import Column, chart, table
from cxreport.show.words import Words
from cxreport.show.written import reader_of, table_of
from cxreport.topics.survey.group_blocks import GROUPS as COLUMNS

if TYPE_CHECKING:
    from cxreport.show.cell import Table

EN, IT = Words("en"), Words("it")
MODULES = sorted((Path(cx.__file__).parent / "topics").glob("*/*blocks.py"))
TABLES = {
    f"{file.parent.name}.{file.stem}.{name}": value
    for file in MODULES
    for name, value in vars(
        import_module(f"cxreport.topics.{file.parent.name}.{file.stem}")
    ).items()
    if isinstance(value, tuple) and value and all(isinstance(item, Column) for item in value)
}
"""The columns of every topic's tables."""
ABOUT: dict[str, Any] = {
    "names": {"shop": {"en": "shop", "it": "negozio"}},
    "labels": {"shop": {"1": {"en": "Turin", "it": "Torino"}}},
    "period": {"name": "2026-10", "kind": "month"},
    "reference": {"name": "2026-09", "kind": "month"},
}
GROUPS = pd.DataFrame(
    {
        "group": ["1", "2", None],
        "metric": "csat",
        "n": [1234, 3, 0],
        "estimate": [82.07, 50.0, math.nan],
        "low": [80.0, 9.5, math.nan],
        "high": [84.0, 90.5, math.nan],
        "signal": [True, False, None],
        "difference": [2.0, 0.1, None],
        "difference_low": [0.5, -30.0, None],
        "difference_high": [3.5, 30.2, None],
        "note": ["", "too few answers", "no answers"],
    }
)


def breakdown(frame: pd.DataFrame = GROUPS, **other: object) -> Block:
    """Make a table of groups, as it arrives from an executed notebook."""
    chosen = {"group": "shop", "metric": "csat", "question": "csat"}
    block = table("survey", "breakdown", frame, COLUMNS, **ABOUT | chosen | other)
    return read_block(block.payload())


def make_table(block: Block, words: Words) -> Table:
    return table_of(block, reader_of(block, words.language))


def texts(made: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in made.rows]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TABLES)
def test_every_column_of_every_table_has_a_heading(name: str, language: str) -> None:
    keys = [column.heading or column.name for column in TABLES[name]]
    reader = Reader(language, name.partition(".")[0])
    assert all(reader.text(f"column.{key}") for key in keys)
    assert len(set(keys)) == len(keys)


def test_tables_are_many() -> None:
    assert len(TABLES) > 40


def test_numbers_carry_their_units_and_codes_their_labels() -> None:
    assert texts(make_table(breakdown(), EN))[:2] == [
        ["Turin", "1,234", "82.1%", "80.0% to 84.0%", "+2.0", "+0.5 to +3.5", "signal", ""],
        ["2", "3", "50.0%", "9.5% to 90.5%", "+0.1", "-30.0 to +30.2", "no signal",
         "too few answers"],
    ]  # fmt: skip
    assert texts(make_table(breakdown(), IT))[0][:3] == ["Torino", "1.234", "82,1%"]


def test_what_is_not_known_is_a_dash_never_nan() -> None:
    found = texts(make_table(breakdown(), EN))[2]
    assert found[:4] == ["not known", "0", "–", "–"]
    for language in LANGUAGES:
        for row in texts(make_table(breakdown(), Words(language))):
            assert not {"nan", "None", "<NA>"} & set(" ".join(row).split())


def test_columns_without_content_are_left_out_but_never_the_first() -> None:
    names = ["estimate", "low", "high", "difference_low", "difference_high"]
    empty = GROUPS.assign(note="", **dict.fromkeys(names, math.nan))
    headings = [cell.text for cell in make_table(breakdown(empty), EN).headings]
    against = "Signal against September 2026?"
    assert headings == ["Group", "Answers", "Difference", against]
    nothing = make_table(breakdown(GROUPS.iloc[:0]), EN)
    assert [cell.text for cell in nothing.headings] == ["Group"]
    assert nothing.rows == []


def test_each_cell_knows_its_heading_and_whether_it_is_a_number() -> None:
    made = make_table(breakdown(), EN)
    for row in made.rows:
        assert [cell.heading for cell in row] == [cell.text for cell in made.headings]
        assert [cell.is_number for cell in row] == [cell.is_number for cell in made.headings]
    numbers = [cell.text for cell in made.headings if cell.is_number]
    differences = ["Difference", "Interval of the difference"]
    assert numbers == ["Answers", "Result", "95% interval", *differences]


def test_the_caption_names_the_group_and_the_period() -> None:
    assert "ottobre 2026" in make_table(breakdown(), IT).caption
    assert "negozio" in make_table(breakdown(), IT).caption
    assert "October 2026" in make_table(breakdown(), EN).caption


@pytest.fixture
def survey(tmp_path: Path) -> Survey:
    (tmp_path / "codebook.toml").write_text(SHOP, "utf-8")
    rows = "1,2026-09-01,9\n2,2026-10-01,9\n"
    (tmp_path / "responses.csv").write_text(f"response_id,answered_at,nps\n{rows}", "utf-8")
    return open_survey(tmp_path / "codebook.toml")


def history(**counts: list[float]) -> pd.DataFrame:
    """Return how many answered each question in September and October."""
    months = ["2026-09", "2026-10"]
    rows = [(question, months[i], n) for question, ns in counts.items() for i, n in enumerate(ns)]
    return pd.DataFrame(rows, columns=["question", "period", "n"]).assign(metric="csat")


def test_a_heat_map_shades_each_cell_by_its_share_of_the_largest(survey: Survey) -> None:
    block = cx.quality.coverage(history(shop=[100, 21], q=[20, math.nan]), survey)
    made = make_shaded(read_block(block.payload()), EN)
    assert texts(made) == [["shop", "100", "21"], ["q", "20", ""]]
    # 21 of 100 is more than a fifth: the second of five shades
    assert [[cell.shade for cell in row] for row in made.rows] == [[0, 5, 2], [0, 1, 0]]
    assert [cell.text for cell in made.headings] == ["Question", "Sep 2026", "Oct 2026"]


def test_a_heat_map_of_nothing_has_no_shade(survey: Survey) -> None:
    block = cx.quality.coverage(history(q=[0, 0]), survey)
    [row] = make_shaded(read_block(block.payload()), EN).rows
    assert [cell.text for cell in row] == ["q", "", ""]
    assert [cell.shade for cell in row] == [0, 0, 0]


def test_a_heat_map_keeps_each_value_in_its_column_when_a_row_begins_later(survey: Survey) -> None:
    counts = history(shop=[100, 21], q=[20, 7]).query("n != 20")
    made = make_shaded(read_block(cx.quality.coverage(counts, survey).payload()), EN)
    assert texts(made) == [["shop", "100", "21"], ["q", "", "7"]]


def test_a_heat_map_of_rows_says_what_is_not_known_yet() -> None:
    counts = history(shop=[100, 21], q=[20, math.nan], r=[math.nan, 3]).assign(
        shade=[5, 2, 1, 0, 0, 1]
    )
    block = chart(
        "heat_map", "quality", "coverage", counts, [Column("question", "question")],
        across={"name": "period", "how": "short"}, cell={"name": "n", "how": "count"},
        open="value.open", gap="value.unknown", **ABOUT,
    )  # fmt: skip
    made = make_shaded(read_block(block.payload()), EN)
    assert texts(made) == [["shop", "100", "21"], ["q", "20", "…"], ["r", "–", "3"]]
    assert [[cell.shade for cell in row] for row in made.rows] == [[0, 5, 2], [0, 1, 0], [0, 0, 1]]
    assert [[cell.is_open for cell in row] for row in made.rows][1] == [False, False, True]
    assert made.rows[2][1].unseen == "not known"
    assert [cell.text for cell in made.headings] == ["Question", "Sep 2026", "Oct 2026"]
