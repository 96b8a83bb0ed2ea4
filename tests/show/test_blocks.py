"""A block travels as plain data and comes back as it was, or is refused."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

import cxreport as cx
from cxreport.errors import CxError
from cxreport.show.blocks import MIME, READS, Block, plain, read_block


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (math.nan, None),
        (math.inf, None),
        (-math.inf, None),
        (pd.NA, None),
        (pd.NaT, None),
        (np.datetime64("NaT", "s"), None),
        (None, None),
        (np.float64("nan"), None),
        (np.int64(7), 7),
        (np.bool_(True), True),
        (np.str_("a"), "a"),
        (39.840000000000003, 39.84),
        (1 / 3, 0.3333333333),
        (123456.78901234, 123456.789),
        (12345678901234567890, 12345678901234567890),
        (dt.date(2026, 10, 31), "2026-10-31"),
        (dt.datetime(2026, 10, 31), "2026-10-31"),  # noqa: DTZ001
        (pd.Timestamp("2026-10-31 09:30"), "2026-10-31T09:30:00"),
        (np.datetime64("2026-10-31", "ns"), "2026-10-31"),
        ((1, [2.0, {"a": math.nan}]), [1, [2.0, {"a": None}]]),
        ({1: {"x": (np.int8(3),)}}, {"1": {"x": [3]}}),
    ],
)
def test_a_value_becomes_plain(value: object, expected: object) -> None:
    found = plain(value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize("value", [{1, 2}, object(), b"bytes", 1j, pd.Series([1, 2])])
def test_what_is_not_plain_is_refused(value: object) -> None:
    with pytest.raises(CxError, match="plain values only"):
        plain(value)


def test_a_block_comes_back_as_it_was() -> None:
    frame = pd.DataFrame(
        {
            "shop": ["a", None],
            "n": [3, 4],
            "estimate": [0.1 + 0.2, math.nan],
            "signal": [True, None],
        }
    )
    payload = Block("table", frame, {"period": dt.date(2026, 10, 1)}).payload()
    travelled = json.loads(json.dumps(payload, allow_nan=False))
    assert travelled == {
        "kind": "table",
        "frame": {
            "columns": ["shop", "n", "estimate", "signal"],
            "rows": [["a", 3, 0.3, True], [None, 4, None, None]],
        },
        "parameters": {"period": "2026-10-01"},
    }
    assert read_block(travelled).payload() == payload


def test_a_block_without_rows_keeps_its_columns() -> None:
    payload = Block("table", pd.DataFrame({"n": []})).payload()
    assert list(read_block(payload).frame.columns) == ["n"]


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "table",
        {},
        {"kind": 3},
        {"kind": "table", "frame": {"columns": ["a"], "rows": [[1, 2]]}},
        {"kind": "table", "frame": {"columns": ["a"], "rows": [[{"nested": 1}]]}},
        {"kind": "table", "frame": {"columns": [1], "rows": []}},
        {"kind": "table", "frame": {"columns": [], "rows": [], "index": []}},
        {"kind": "table", "html": "<b>x</b>"},
        {"kind": "table", "parameters": []},
    ],
)
def test_what_is_no_block_is_refused(data: object) -> None:
    with pytest.raises(CxError, match="an output is not a block"):
        read_block(data)


NOTE = Block("note", parameters={"topic": "survey", "key": "missing.weights"})


def shown(monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, Any]:
    monkeypatch.delenv("CXREPORT_BLOCKS", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return NOTE._repr_mimebundle_(include=None, exclude=None)


def test_a_block_shows_itself_in_the_language_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    english = shown(monkeypatch)
    monkeypatch.setattr(READS, "language", "en")  # and back, whatever is chosen below
    cx.show.language("it")
    italian = shown(monkeypatch)
    assert english[MIME] == italian[MIME] == NOTE.payload()
    assert "No weighted figures" in english["text/html"]
    assert "Nessun" in italian["text/html"]
    with pytest.raises(CxError, match="no such language"):
        cx.show.language("de")


def test_a_block_is_data_alone_when_a_report_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, CXREPORT_BLOCKS="data") == {MIME: NOTE.payload()}


def test_a_block_in_plain_text_is_a_small_table() -> None:
    scores = pd.DataFrame(
        {"question": ["nps", "visit"], "n": [495, 12], "estimate": [36.16162, np.nan]}
    )
    assert repr(Block("table", scores, {"table": "scoreboard"})) == (
        "table: scoreboard\nquestion   n  estimate\n     nps 495   36.1616\n   visit  12"
    )
    long = Block("table", pd.DataFrame({f"c{n}": [n] * 40 for n in range(9)}))
    assert repr(long).endswith("\n... 40 rows, 9 columns")
    assert repr(read_block(long.payload())) == repr(long)
    assert repr(Block("several", parameters={"blocks": [NOTE.payload()] * 2})).count("note: ") == 2
    assert repr(Block("table", pd.DataFrame({"x": [object()]}))) == "table: 1 rows"
