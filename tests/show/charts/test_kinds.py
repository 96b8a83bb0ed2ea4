"""Each kind of chart reads its block: names, values and axes in the formats that it asks for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.show.blocks import Block, read_block
from cxreport.show.charts.picture import DRAWINGS, picture_of
from cxreport.show.parts import Column, chart
from cxreport.show.render import KINDS, render
from cxreport.show.words import Words

if TYPE_CHECKING:
    from cxreport.show.charts.picture import Picture

NAN = float("nan")
ROMA = {"shop": {"r": {"en": "Rome", "it": "Roma"}, "t": {"en": "Turin", "it": "Torino"}}}
SHOP = {"name": "shop", "how": "code:shop"}
SHOPS = pd.DataFrame(
    {"shop": ["r", "t"], "n": [1200, 80], "estimate": [40.0, 25.5], "low": 20.0, "high": 45.0}
)
MONTHS = pd.DataFrame({"month": ["2026-01", "2026-02", "2026-03"], "estimate": [3.0, 5.0, 4.0]})
MONTH = {"name": "month", "how": "short:month"}


def block(kind: str, frame: pd.DataFrame, **more: object) -> Block:
    about = {"labels": ROMA, "names": {}, "periods": 2, "metric": "nps"}
    made = chart(kind, "show", "proof", frame, [Column("n")], **about | more)
    return read_block(made.payload())


def drawn(made: Block, language: str = "en") -> Picture:
    return picture_of(made, Words(language), prefix="p")


def texts(picture: Picture) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", picture.wide)


def test_every_kind_is_rendered() -> None:
    assert set(DRAWINGS) <= set(KINDS)


def intervals(**more: object) -> Block:
    return block("intervals", SHOPS, label=SHOP, x="axis.score", how="score", **more)


def test_intervals_name_their_rows_axis_and_values() -> None:
    picture = drawn(intervals(), "it")
    assert {"Roma", "Torino", "n = 1.200", "40,0", "NPS (punti)"} <= set(texts(picture))
    assert "Tutti i 2 periodi: 2 righe; massimo Roma (40,0), minimo Torino (25,5)" in picture.alt
    assert "Rome (40.0%)" in drawn(intervals(metric="csat")).alt


def test_intervals_write_money_where_the_block_asks_for_it() -> None:
    money = {"label": SHOP, "x": "axis.proof_days", "how": "money", "drawn": "money"}
    picture = drawn(block("intervals", SHOPS, **money, currency="EUR"))
    assert "highest Rome (€40.00)" in picture.alt
    assert "€25.50" in texts(picture)
    assert "n = 80" in texts(picture)
    assert "n = 80" not in texts(
        drawn(block("intervals", SHOPS.drop(columns="n"), **money, currency="EUR"))
    )


def test_a_reference_has_its_name() -> None:
    assert "all answers 30.0" in texts(drawn(intervals(reference_value=30.0)))
    named = intervals(reference_value=30.0, reference_label="chart.proof_level")
    assert "il livello promesso 30,0" in texts(drawn(named, "it"))


def test_intervals_without_a_number_are_refused() -> None:
    with pytest.raises(CxError, match="without a number"):
        drawn(block("intervals", SHOPS.assign(estimate=NAN), label=SHOP, x="axis.score"))


CONTROLLED = MONTHS.assign(centre=4.0, lower=2.0, upper=4.5, signal=["", "limits", ""]).assign(
    direction=["", "concern", ""]
)


def test_a_control_chart_names_periods_and_marks_actions() -> None:
    actions = [{"period": "2026-02", "sign": "A"}, {"period": "2025-01", "sign": "B"}]
    more = {"label": MONTH, "y": "axis.proof_days", "how": "wait", "actions": actions}
    picture = drawn(block("control", CONTROLLED, **more))
    assert {"Jan 2026", "Mar 2026", "days", "A", "4.0", "mark: concern"} <= set(texts(picture))
    assert "B" not in texts(picture)
    told = "3 periods from Jan 2026 (3.0 hours) to Mar 2026 (4.0 hours); lowest 3.0 hours in Jan"
    assert told in picture.alt
    assert "highest 5.0 hours in Feb 2026. Marks: Feb 2026." in picture.alt


def test_a_distribution_names_bars_and_parts() -> None:
    frame = pd.DataFrame(
        {"shop": ["r", "r", "t", "t"], "answer": ["detractors", "promoters"] * 2, "n": [1, 3, 2, 2]}
    )
    parts = {"label": SHOP, "parts": {"name": "answer", "how": "answer"}}
    picture = drawn(block("distribution", frame, **parts), "it")
    assert "Roma: detrattori 25,0%, promotori 75,0%; Torino: detrattori 50,0%" in picture.alt
    assert {"Roma", "n = 4", "75", "% delle risposte"} <= set(texts(picture))
    assert "Rome: detractors 25," in drawn(block("distribution", frame, **parts, how="whole")).alt


def test_lines_are_named_by_their_label() -> None:
    frame = pd.concat([MONTHS.assign(shop=shop) for shop in "rt"], ignore_index=True)
    more = {"label": SHOP, "along": MONTH, "y": "axis.proof_share", "how": "share"}
    level = {"reference_value": 4.5, "reference_label": "chart.proof_level"}
    picture = drawn(block("lines", frame, **more, **level))
    told = "Line chart. All 2 periods, from Jan 2026 to Mar 2026: Rome from 3.0% to 4.0%; Turin"
    assert picture.alt.startswith(told)
    assert {"% of NPS", "Rome", "the level claimed", "4.5"} <= set(texts(picture))
    assert "the level claimed" not in texts(drawn(block("lines", frame, **more)))


def test_lines_of_several_columns_have_bands_and_open_points() -> None:
    frame = MONTHS.assign(actual=[3, 6, 9], low=2.0, high=6.0, unseen=[False, False, True])
    series = [
        {"value": "actual", "name": "chart.proof_counted"},
        {"value": "estimate", "name": "chart.proof_expected", "low": "low", "high": "high"},
    ]
    more = {"along": MONTH, "y": "axis.proof_days", "series": series, "drawn": "whole"}
    more |= {"is_open": "unseen", "open_label": "chart.proof_open", "points": [1, 2]}
    picture = drawn(block("lines", frame, **more))
    assert {"counted", "expected", "not over yet", "9"} <= set(texts(picture))
    assert picture.wide.count('id="pw-band-1"') == 1
    assert 'id="pw-band-0"' not in picture.wide
    assert 'id="pw-open-0"' in picture.wide
    assert "counted: 6.0 at Feb 2026, 9.0 at Mar 2026; expected: 5.0 at Feb 2026" in picture.alt


def test_one_line_needs_no_name_and_may_have_an_alt_text_of_its_own() -> None:
    more = {"along": MONTH, "x": "axis.proof_days", "y": "axis.proof_share", "how": "share"}
    picture = drawn(block("lines", MONTHS, **more, alt="alt.proof"))
    assert picture.alt == "Whale. All 2 periods: 3.0% at Jan 2026, 4.0% at Mar 2026"
    with pytest.raises(CxError, match="without a number"):
        drawn(block("lines", MONTHS.head(0), **more))


def test_curves_are_named_by_their_label_and_one_needs_none() -> None:
    frame = pd.DataFrame(
        {"shop": ["r", "r", "t"], "time": [1, 2, 1.5], "estimate": [9.0, 8.0, 7.0]}
    )
    frame = frame.assign(low=np.nan, high=np.nan)
    axes = {"x": "axis.proof_days", "y": "axis.proof_share"}
    picture = drawn(block("curves", frame, **axes, label=SHOP, start=100))
    assert "days against % of NPS: Rome: 9.0% at 1, 8.0% at 2; Turin: 7.0% at 1.5" in picture.alt
    assert {"Rome", "Turin", "8.0", "days"} <= set(texts(picture))
    alone = drawn(block("curves", frame.head(2), **axes, how="wait"))
    assert "NPS: 9.0 hours at 1, 8.0 hours at 2" in alone.alt
    assert "Rome" not in texts(alone)


def test_bars_stand_side_by_side_for_each_series() -> None:
    both = pd.concat([SHOPS.assign(kind=kind, series="x") for kind in ("ease", "needs")])
    more = {"label": SHOP, "x": "axis.proof_days", "how": "2", "drawn": "2"}
    kinds = {"series": {"name": "kind", "how": "word:metric"}}
    picture = drawn(block("bars", both, **more, **kinds))
    assert "Rome, ease 40.00 (20.00 to 45.00); Turin, ease" in picture.alt
    assert {"Rome", "ease", "needs met", "40.00"} <= set(texts(picture))
    assert "Rome 40.00" in drawn(block("bars", SHOPS, **more)).alt


@pytest.mark.parametrize("kind", ["intervals", "bars", "control", "lines", "curves", "map"])
def test_a_block_that_lacks_its_parameters_says_so(kind: str) -> None:
    frame = CONTROLLED.assign(n=1, low=1.0, high=2.0, time=[1, 2, 3])
    with pytest.raises(CxError, match="a block lacks something"):
        render(block(kind, frame), "en", prefix="p")
