"""A frame becomes a table of words: every heading known, every number with its unit, no nan."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from cxreport.show.tables import TABLES, make_heat_map, make_table

from cxreport.inputs.meaning import LANGUAGES
from cxreport.show.blocks import Block, read_block
from cxreport.show.words import Words

if TYPE_CHECKING:
    from cxreport.show.cell import Table

EN, IT = Words("en"), Words("it")
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
    chosen = {"table": "breakdown", "caption": "breakdown", "group": "shop", "metric": "csat"}
    block = Block("table", frame, ABOUT | chosen | {"question": "csat"} | other)
    return read_block(block.payload())


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TABLES)
def test_every_column_of_every_table_has_a_heading(name: str, language: str) -> None:
    headings = [Words(language).text(f"column.{column}") for column in TABLES[name]]
    assert all(headings)
    assert len(set(TABLES[name])) == len(TABLES[name])


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
    table = make_table(breakdown(), EN)
    for row in table.rows:
        assert [cell.heading for cell in row] == [cell.text for cell in table.headings]
        assert [cell.is_number for cell in row] == [cell.is_number for cell in table.headings]
    numbers = [cell.text for cell in table.headings if cell.is_number]
    differences = ["Difference", "Interval of the difference"]
    assert numbers == ["Answers", "Result", "95% interval", *differences]


def test_the_caption_names_the_group_and_the_period() -> None:
    assert "ottobre 2026" in make_table(breakdown(), IT).caption
    assert "negozio" in make_table(breakdown(), IT).caption
    assert "October 2026" in make_table(breakdown(), EN).caption


def test_a_heat_map_shades_each_cell_by_its_share_of_the_largest() -> None:
    counts = pd.DataFrame(
        {"question": ["shop", "q"], "2026-09": [100, 20], "2026-10": [21, math.nan]}
    )
    block = Block("heat_map", counts, ABOUT | {"caption": "coverage"})
    table = make_heat_map(read_block(block.payload()), EN)
    assert texts(table) == [["shop", "100", "21"], ["q", "20", ""]]
    # 21 of 100 is more than a fifth: the second of five shades
    assert [[cell.shade for cell in row] for row in table.rows] == [[0, 5, 2], [0, 1, 0]]
    assert [cell.text for cell in table.headings] == ["Question", "Sep 2026", "Oct 2026"]


def test_a_heat_map_of_nothing_has_no_shade() -> None:
    counts = pd.DataFrame({"question": ["q"], "2026-10": [0]})
    block = Block("heat_map", counts, ABOUT | {"caption": "coverage"})
    assert [cell.shade for cell in make_heat_map(block, EN).rows[0]] == [0, 0]
