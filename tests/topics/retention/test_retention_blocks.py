"""What a page says of customers who come back: open cells are no zeros, sentences have numbers."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from cxreport import open_company, retention
from cxreport.show.render import render
from cxreport.topics.retention import Contracts, Retention
from cxreport.topics.retention.contracts import COLUMNS
from cxreport.topics.retention.renewals import project_and_check

if TYPE_CHECKING:
    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block

CSS = Path(__file__).parents[3] / "cxreport" / "publish" / "template" / "page.css"
# Four cohorts; the last has begun, the third has no month after its first, none came back once.
TABLE = pd.DataFrame(
    [
        ("2026-07", 0, 50, 50.0), ("2026-07", 1, 50, 10.0), ("2026-07", 2, 50, 0.0),
        ("2026-07", 3, 50, np.nan), ("2026-08", 0, 40, 40.0), ("2026-08", 1, 40, 4.0),
        ("2026-08", 2, 40, np.nan), ("2026-08", 3, 40, np.nan), ("2026-09", 0, 30, 30.0),
        ("2026-09", 1, 30, np.nan), ("2026-09", 2, 30, np.nan), ("2026-09", 3, 30, np.nan),
        ("2026-10", 0, 17, np.nan), ("2026-10", 1, 17, np.nan), ("2026-10", 2, 17, np.nan),
        ("2026-10", 3, 17, np.nan),
    ],
    columns=["cohort", "age", "size", "retained"],
)  # fmt: skip
TABLE = TABLE.assign(estimate=100 * TABLE["retained"] / TABLE["size"], note="")
TABLE = TABLE.assign(low=TABLE["estimate"] - 5, high=TABLE["estimate"] + 5)
NOTHING = Contracts(
    pd.DataFrame(columns=COLUMNS), pd.DataFrame({"survivors": []}), project_and_check([])
)


@pytest.fixture(scope="module")
def company() -> Company:
    return open_company("demo", period="2026-10")


def html(block: Block, language: str = "en") -> str:
    return str(render(block, language, prefix="b"))


def said(block: Block, language: str = "en") -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html(block, language))).split())


def rows(page: str) -> dict[str, str]:
    """Return the body rows of the one table of a page, by their headings."""
    found = re.findall(r"<tr[^>]*>\s*<th[^>]*row[^>]*>(.*?)</th>(.*?)</tr>", page, re.DOTALL)
    return {unescape(heading).replace("\u00a0", " "): cells for heading, cells in found}


def cells(row: str) -> list[str]:
    return [re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]


def some_windows(**values: float | str) -> pd.DataFrame:
    row = {"share": 50.0, "gaps": 900, "ended": 500, "followed": 365, "returned": 62.0}
    row |= {"estimate": 40.0, "low": 35.0, "high": 47.0, "note": ""}
    row |= {"later": 24.0, "later_low": 20.0, "later_high": 28.0}
    return pd.DataFrame([row | values])


def test_open_cells_are_no_zeros(company: Company) -> None:
    page = html(retention.cohort_map(Retention(cohorts=TABLE), company))
    july = rows(page)["Jul 2026"]
    assert cells(july) == ["50", "20.0%", "0.0%", "…not yet observable"]
    assert july.count('class="open"') == 1
    assert "shade5" in july  # the largest share of all
    zero = re.search(r"<td[^>]*>0\.0%</td>", july)
    assert zero is not None
    assert "shade" not in zero[0]
    assert "open" not in zero[0]


def test_a_row_of_open_cells_says_so_in_words(company: Company) -> None:
    page = html(retention.cohort_map(Retention(cohorts=TABLE), company))
    september = rows(page)["Sep 2026"]
    assert 'colspan="3" class="open"' in september
    assert cells(september) == ["30", "not yet observable"]
    assert cells(rows(page)["Oct 2026 (so far)"]) == ["17", "not yet observable"]


def test_the_map_reads_in_italian(company: Company) -> None:
    page = html(retention.cohort_map(Retention(cohorts=TABLE), company), "it")
    assert cells(rows(page)["lug 2026"]) == ["50", "20,0%", "0,0%", "…non ancora osservabile"]


def luminance(colour: str) -> float:
    """Return the relative luminance of #rgb or #rrggbb, by WCAG 2."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_cell_of_a_map_can_be_read() -> None:
    css = CSS.read_text("utf-8")
    light, dark = re.findall(r":root \{([^}]*)\}", css)
    named = dict(re.findall(r"--(\w+): (#\w+);", light))
    assert "--ink" in dark  # on which the cells keep the ink of their own colours
    on_dark = re.search(r"\[class\*=\"shade\"\] \{ color: (#\w+); \}", css)
    assert on_dark is not None
    shades = re.findall(r"\.shade-?\d \{ background: (#\w+); \}", css)
    assert len(shades) == 10
    for ink in (named["ink"], on_dark.group(1)):
        assert min(contrast(ink, shade) for shade in shades) >= 4.5
    hatch = re.search(r"td\.open \{[^}]*gradient\(45deg, (#\w+) [^,]*, (#\w+) ", css)
    assert hatch is not None
    quiet = re.search(r"td\.open \{[^}]*; color: (#\w+);", css)
    assert quiet is not None
    assert min(contrast(quiet.group(1), colour) for colour in hatch.groups()) >= 4.5
    assert re.search(r"td\.open[^}]*print-color-adjust: exact", css)


def test_shades_differ_in_grey() -> None:
    css = CSS.read_text("utf-8")
    greys = [luminance(c) for c in re.findall(r"\.shade\d \{ background: (#\w+); \}", css)]
    assert greys == sorted(greys, reverse=True)
    assert min(np.diff(greys[::-1])) > 0.05


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"dated": True, "earlier": 1_234}, "1,234 customers who bought were known"),
        ({"dated": True, "earlier": 1}, "One customer who bought was known"),
        ({"dated": False, "earlier": 9}, "its 9 customers count in no figure"),
        ({"dated": True, "earlier": 0}, "every customer here is new"),
    ],
)
def test_who_is_no_new_customer(known: dict[str, int], words: str, company: Company) -> None:
    assert words in said(retention.cohort_map(Retention(cohorts=TABLE, **known), company))


def test_nothing_to_count_is_said(company: Company) -> None:
    nothing = Retention()
    for block in (
        retention.summary(nothing, company),
        retention.brief(nothing, company),
        retention.cohort_map(nothing, company),
        retention.lapses(nothing, company),
        retention.left_out(nothing, company),
    ):
        assert "cannot be said: none of the orders is a purchase" in said(block)
    assert "no month after a first purchase" in said(retention.ages(nothing, company))
    assert "no month after a first purchase" in said(retention.steadiness(nothing, company))
    assert "none of the orders is a purchase" in said(retention.second_orders(nothing, company))
    assert "No contracts" in said(retention.under_contract(NOTHING, company))


def test_silence_that_tells_nothing_yet(company: Company) -> None:
    unreached = some_windows(
        estimate=np.nan, low=np.nan, high=np.nan, note="not reached", returned=31.0
    )
    text = said(retention.lapses(Retention(windows=unreached), company))
    assert "cannot be said: after 365 days only 31.0% of 900 waits" in text
    assert "not reached" in text
    no_limit = some_windows(high=np.nan, note="no upper limit")
    text = said(retention.lapses(Retention(windows=no_limit), company))
    assert "from 35, without upper limit" in text


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ((20.0, 49.9), "after 40 days of silence a customer may be called lapsed"),
        ((50.1, 80.0), "40 days of silence are unusual, but no loss"),
        ((45.0, 55.0), "came back or were lost cannot be said"),
        ((np.nan, np.nan), "came back or were lost cannot be said"),
    ],
)
def test_silence_is_judged_by_who_came_back_after_it(
    limits: tuple[float, float], words: str, company: Company
) -> None:
    windows = some_windows(later=sum(limits) / 2, later_low=limits[0], later_high=limits[1])
    assert words in said(retention.lapses(Retention(windows=windows), company))


def test_the_first_silence_after_which_most_are_lost_is_told(company: Company) -> None:
    days = [(50.0, 40.0, 70.0), (80.0, 90.0, 45.0), (90.0, 200.0, 30.0)]
    rows = [
        some_windows(share=s, estimate=d, later=h, later_low=h, later_high=h) for s, d, h in days
    ]
    text = said(retention.lapses(Retention(windows=pd.concat(rows)), company))
    assert "80% of the waits from one order to the next are over within 90 days" in text
    assert "after 90 days of silence a customer may be called lapsed" in text


def test_a_brief_of_what_is_not_yet_observable(company: Company) -> None:
    text = said(retention.brief(Retention(windows=some_windows()), company))
    assert "in the next month is not yet observable" in text
    assert "order a second time is not yet observable" in text
    assert "50% of the waits from one order to the next are over within 40 days" in text


def test_a_signal_names_its_month(company: Company) -> None:
    months = [f"2025-{month:02}" for month in range(1, 13)]
    chart = pd.DataFrame({"period": months, "n": 400, "retained": 80.0, "estimate": 20.0})
    chart = chart.assign(low=16.0, high=24.0, centre=20.0, lower=14.0, upper=26.0, note="")
    chart = chart.assign(signal="", direction="")
    chart.loc[11, ["estimate", "signal", "direction"]] = [9.0, "outside", "concern"]
    block = retention.steadiness(Retention(chart=chart), company)
    assert "fewer of the new customers of December 2025 came back" in said(block)
    assert "dicembre 2025" in said(block, "it")
    short = html(retention.summary(Retention(chart=chart, windows=some_windows()), company))
    assert short.count("<figure") == 1


def test_contracts_tell_how_far_off_the_projection_was(company: Company) -> None:
    survivors = [1000, 760, 565, 415]
    years = pd.DataFrame(
        [[pd.Timestamp("2025-11-01"), pd.Timestamp("2026-10-31"), 400, 90, 390, 300, 75.0, 70.5,
          79.0, 0, ""]],
        columns=COLUMNS,
    )  # fmt: skip
    ages = pd.DataFrame({"age": range(4), "survivors": survivors})
    text = said(
        retention.under_contract(Contracts(years, ages, project_and_check(survivors)), company)
    )
    assert "75.0% of the 400 customers who had a contract a year ago" in text
    # Fitted on 760 + 565 of 1000 + 760, one rate: 0.7528 to the third power; 41.5 were there.
    assert "the projection said 42.7% after 3 renewals" in text
    assert "41.5% were there, so it was 1.2 points too high" in text
    few = said(
        retention.under_contract(Contracts(years, ages.head(2), project_and_check([9, 5])), company)
    )
    assert "No projection" in few


def test_what_was_left_out_is_counted(company: Company) -> None:
    lost = pd.DataFrame({"reason": ["no customer", "cancelled", "zero amount"], "n": [3, 4, 0]})
    counted = pd.DataFrame({"counted": ["purchases", "every order"], "orders": [93, 97]})
    counted = counted.assign(at_risk=[50, 51], estimate=[20.0, 24.5], low=11.0, high=36.0)
    text = said(retention.left_out(Retention(left_out=lost, counted=counted, orders=100), company))
    assert "7 of 100 orders are no purchases" in text
    assert "24.5% would seem to come back in the next month, instead of 20.0%" in text
    assert "amount of zero" not in text
    same = Retention(left_out=lost, counted=counted.assign(estimate=20.0), orders=100)
    assert "nothing changes: 20.0% come back" in said(retention.left_out(same, company))
    none = lost.assign(n=0)
    text = said(retention.left_out(Retention(left_out=none, orders=5), company))
    assert "All 5 orders are purchases" in text


@pytest.mark.parametrize(
    ("dated", "english", "italian"),
    [
        (True, "everybody who bought was a customer before", "chi ha comprato era già cliente"),
        (False, "in the first month of the data already", "già nel primo mese dei dati"),
    ],
)
def test_nobody_new_is_said_as_surely_as_it_is_known(
    company: Company, dated: bool, english: str, italian: str
) -> None:
    old = Retention(windows=some_windows(), dated=dated)
    for block in (retention.second_orders(old, company), retention.cohort_map(old, company)):
        assert english in said(block)
        assert italian in said(block, "it")
