"""Frame of cohorts -> heat map: a row a cohort, a column an age, no number where none is known.

What is not yet observable is hatched and says so in words, so that nobody takes it for a zero: not
on grey paper, not without colours, not when the table is read aloud.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cxreport.show.cell import Cell, Table
from cxreport.show.written import caption

if TYPE_CHECKING:
    import pandas as pd

    from cxreport.show.blocks import Block
    from cxreport.show.words import Words

MOST_AGES, MOST_COHORTS = 12, 25
WIDE_ENOUGH = 3
"""Columns that hold the words "not yet observable" on one or two lines."""


def make_cohort_map(block: Block, words: Words) -> Table:
    """Write cohorts as a shaded table.

    Parameters
    ----------
    block : Block
        Frame as from ``cohorts``, without groups; parameter ``every`` (month, quarter or year).
    words : Words
        The reader's language.

    Returns
    -------
    Table
        The last 25 cohorts and first 12 ages. Shades 1 to 5 go up to the largest share; a share of
        0 is written and has no shade. The cells at the end of a row that are not yet observable
        are one, which says so.
    """
    frame = block.frame
    every = block.parameters["every"]
    later = frame[(frame["age"] >= 1) & (frame["age"] <= MOST_AGES)]
    shown = list(dict.fromkeys(frame["cohort"]))[-MOST_COHORTS:]
    most = later["estimate"].astype(float).max()
    ages = sorted({int(age) for age in later["age"]})
    headings = [Cell(words.text("cohort_map.cohort"), "")]
    headings.append(Cell(words.text("cohort_map.size"), "", is_number=True))
    headings += [Cell(words.text(f"cohort_map.{every}", n=a), "", is_number=True) for a in ages]
    rows = []
    for name, cohort in frame[frame["cohort"].isin(shown)].groupby("cohort", sort=True):
        started = cohort.iloc[0]
        open_already = math.isnan(_number(started["retained"]))
        label = words.period(str(name), every, short=True).replace(" ", "\u00a0")
        if open_already:
            label = words.text("cohort_map.so_far", cohort=label)
        size = Cell(words.whole(started["size"]), headings[1].text, is_number=True)
        cells = _cells(cohort[cohort["age"].isin(ages)], most, headings, words)
        rows.append([Cell(label, headings[0].text), size, *cells])
    note = words.text("cohort_map.note", reach=_reach(later))
    return Table(caption(block, words), headings, rows, note)


def _cells(cohort: pd.DataFrame, most: float, headings: list[Cell], words: Words) -> list[Cell]:
    """Write the ages of one cohort; the open ones at its end become one cell."""
    cells = []
    shares = [_number(value) for value in cohort["estimate"]]
    known = shares[: max((i + 1 for i, s in enumerate(shares) if not math.isnan(s)), default=0)]
    for share, heading in zip(known, headings[2:], strict=False):
        if math.isnan(share):  # a month of which the export has no order
            unseen = words.text("note.no order at all")
            cells.append(Cell(words.text("value.none"), heading.text, unseen=unseen))
            continue
        shade = math.ceil(5 * share / most) if most > 0 and share > 0 else 0
        text = words.measured(share, "share")
        cells.append(Cell(text, heading.text, is_number=True, shade=shade))
    still_open = len(shares) - len(known)
    if still_open:
        said = words.text("note.not yet observable")
        wide = still_open >= WIDE_ENOUGH
        mark = Cell(
            said if wide else words.text("cohort_map.mark"),
            headings[2 + len(known)].text,
            span=still_open,
            is_open=True,
            unseen="" if wide else said,
        )
        cells.append(mark)
    return cells


def _reach(later: pd.DataFrame) -> float:
    """Return half the width of the middle interval of the first age, in points."""
    first = later[later["age"] == 1]
    return float(((first["high"].astype(float) - first["low"].astype(float)) / 2).median())


def _number(value: object) -> float:
    return math.nan if value is None else float(value)  # type: ignore[arg-type]
