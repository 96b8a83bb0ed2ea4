"""A chain of shops whose answers are counted by hand: sizes by shop and month -> survey."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import cycle, islice
from typing import TYPE_CHECKING

import pandas as pd

import cxreport as cx

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cxreport.inputs.survey import Survey

CODEBOOK = """
[source]
title = { en = "Chain", it = "Catena" }
terms = { en = "invented", it = "inventati" }
observed_until = 2026-12-31

[tables.responses]
files = "responses.csv"

[tables.responses.columns]
response_id = { role = "id" }
answered_at = { role = "date" }
shop = { role = "segment", label = { en = "shop", it = "negozio" } }
nps = { role = "nps", label = { en = "would recommend", it = "consiglierebbe" } }
staff = { role = "touchpoint", scale = [1, 5], label = { en = "staff", it = "personale" } }
"""
ANSWERS = (10, 9, 0, 8, 3, 10, 7, 9, 5, 10, 1, 9, 2, 8, 4, 6)


def answers_of(sizes: Mapping[str, Sequence[int]], *, year: int = 2026) -> pd.DataFrame:
    """Write so many answers of each shop in each month; every third one does not rate the staff."""
    rows = [
        (dt.date(year, month, 1), shop, answer, None if n % 3 == 0 else 1 + answer * 2 // 5)
        for shop, counts in sizes.items()
        for month, size in enumerate(counts, start=1)
        for n, answer in enumerate(islice(cycle(ANSWERS), size))
    ]
    frame = pd.DataFrame(rows, columns=["answered_at", "shop", "nps", "staff"])
    return frame.assign(response_id=[str(number) for number in range(len(frame))])


def survey_of(folder: Path, sizes: Mapping[str, Sequence[int]]) -> Survey:
    """Open the survey of a chain, as seen from its last month."""
    months = max(len(counts) for counts in sizes.values())
    path = folder / "codebook.toml"
    path.write_text(CODEBOOK, "utf-8")
    return cx.open_survey(
        path, tables={"responses": answers_of(sizes)}, period=f"2026-{months:02d}"
    )


def by_month(survey: Survey) -> list[Survey]:
    """Return the survey as seen from each of its months."""
    return [
        replace(survey, period=period, history=survey.history[: at + 1])
        for at, period in enumerate(survey.history)
    ]
