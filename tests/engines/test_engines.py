"""Every metric finds the same on another engine, to nine digits, as it does on DuckDB.

The rows are those of ``test_forms`` with what engines are known to treat in their own ways: missing
values (their place in an order), capitals, accents and blanks (the order of text), fractions
(division and rounding), times of day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from test_forms import CALLS, answer_of, parts_of, plain_rows

from cxreport.errors import CxError
from cxreport.inputs.source import hold

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir

pytestmark = [
    # PySpark's own: it warns of pandas 3, and calls it in a way that pandas 4 will not know
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]
OF_FRAMES = {
    # what takes columns of a frame in its order, which rows of an engine do not have
    "rake", "redact", "count_redactions", "clean", "language", "words", "code_comments", "discover",
    "keyness", "mentions", "quotes", "topics", "topic_history", "voice.agreement", "class_quotes",
}  # fmt: skip
OTHER_WORDS = {"app": "App", "web": "Éco web ", "north": "norte", "south": "Süd", "late": "LATE"}
MISSING = 0.08


def odd_rows() -> pd.DataFrame:
    """Return rows whose words sort differently from place to place, some values missing."""
    draw = np.random.default_rng(20260711)
    rows = pd.concat([plain_rows()] * 3, ignore_index=True)
    rows["response_id"] = [f"R{number:03d}" for number in range(len(rows))]
    rows = rows.replace(OTHER_WORDS)
    rows["channel"] = np.where(draw.random(len(rows)) < 0.3, "app", rows["channel"])
    for name in rows.columns.difference(["response_id", "weight", "currency", "event_name"]):
        rows[name] = rows[name].mask(draw.random(len(rows)) < MISSING)
    clock = pd.to_timedelta(draw.integers(0, 86_400, len(rows)), unit="s")
    for name in rows.select_dtypes("datetime"):
        rows[name] += clock
    return rows


@pytest.fixture(scope="session")
def arrow() -> pa.Table:
    return pa.Table.from_pandas(odd_rows(), preserve_index=False)


@pytest.fixture(scope="session")
def there(server: ibis.BaseBackend, arrow: pa.Table) -> ir.Table:
    return server.create_table("answers", arrow, overwrite=True)


@pytest.fixture(scope="session")
def here(arrow: pa.Table) -> ir.Table:
    return hold(arrow)


@pytest.mark.parametrize("name", sorted(set(CALLS) - OF_FRAMES))
def test_an_engine_finds_what_duckdb_finds(name: str, there: ir.Table, here: ir.Table) -> None:
    call, _ = CALLS[name]
    wanted, result = answer_of(call, here), answer_of(call, there)
    if isinstance(wanted, str):
        assert result == wanted
        return
    frames: dict[str, Any] = parts_of(result)
    assert parts_of(wanted)
    for part, frame in parts_of(wanted).items():
        pd.testing.assert_frame_equal(frames[part], frame, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", sorted(OF_FRAMES))
def test_what_needs_a_frame_in_its_order_takes_no_table_of_an_engine(
    name: str, here: ir.Table
) -> None:
    """So that none of them is left out above that could be compared."""
    with pytest.raises((CxError, TypeError)):
        CALLS[name][0](here)
