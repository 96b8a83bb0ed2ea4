"""Reference cases by their id, and frames of answers made from counts."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

VECTORS = Path(__file__).parents[1] / "reference" / "vectors.json"
CASES = {entry["id"]: entry for entry in json.loads(VECTORS.read_text(encoding="utf-8"))}


def case(name: str) -> dict[str, Any]:
    """Look a reference case up."""
    return CASES[name]


def recommended(*groups: tuple[int, int, int]) -> pd.DataFrame:
    """Make recommendation scores from (detractors, passives, promoters) of each group."""
    return pd.DataFrame(
        [
            {"group": number, "score": score}
            for number, counts in enumerate(groups)
            for score, count in zip((3, 7, 10), counts, strict=True)
            for _ in range(count)
        ]
    )


def rated(*groups: tuple[int, int]) -> pd.DataFrame:
    """Make ratings, 5 or 1, from (favourable, all) of each group."""
    return pd.DataFrame(
        [
            {"group": number, "score": 5 if position < favourable else 1}
            for number, (favourable, n) in enumerate(groups)
            for position in range(n)
        ]
    )
