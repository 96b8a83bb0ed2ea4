"""One table of roles: what stands there is read, checked and counted as its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxreport.errors import CxError
from cxreport.inputs.codebook import read_codebook
from cxreport.inputs.roles import CATEGORIES, CODED, NUMBERS, ROLES, SCORES, TIMES

if TYPE_CHECKING:
    from pathlib import Path


def test_every_role_is_read_in_one_way() -> None:
    # keys and free text are left as they are; all others are in one of the three groups
    assert sorted([*CODED, *NUMBERS, *TIMES, "id", "customer", "comment", "other"]) == sorted(ROLES)
    assert set(CATEGORIES) < set(CODED)
    assert set(SCORES) < set(NUMBERS)


def test_an_unknown_role_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    book = tmp_path / "codebook.toml"
    book.write_text(
        """
        [source]
        title = { en = "Shop", it = "Negozio" }
        terms = { en = "own", it = "propri" }
        [tables.responses]
        files = "responses.csv"
        [tables.responses.columns]
        response_id = { role = "id" }
        answered_at = { role = "date" }
        mood = { role = "feeling" }
        """,
        "utf-8",
    )
    with pytest.raises(CxError, match=r"mood.role: one of 'id', 'customer', .* 'other' is needed"):
        read_codebook(book)
