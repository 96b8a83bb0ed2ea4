"""Families of tests: the corrections of the worked example of Benjamini and Hochberg."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from scipy.stats import norm

from cxreport.scores.compare import compare

FILE = Path(__file__).parents[1] / "reference" / "families.json"
CASES: dict[str, Any] = {c["id"]: c for c in json.loads(FILE.read_text(encoding="utf-8"))}


def scores(estimates: Any) -> pd.DataFrame:
    """Make weighted scores of so many answers that nothing but the standard error counts."""
    return pd.DataFrame(
        {
            "group": range(len(estimates)),
            "metric": "nps",
            "n": 10**15,
            "estimate": estimates,
            "std_error": 0.5**0.5,
            "n_effective": 1e15,
            "weighted": True,
            "note": "",
        }
    )


@pytest.mark.parametrize("correction", ["bh", "holm"])
def test_a_family_is_corrected_as_in_r(correction: Any) -> None:
    given, expected = CASES["mc-01"]["input"]["p"], CASES["mc-01"]["expected"]
    differences = norm.isf(pd.Series(given) / 2)
    frame = compare(scores(differences), scores([0.0] * len(given)), correction=correction)
    assert frame["p_value"].tolist() == pytest.approx(given, abs=1e-10)
    assert frame["q_value"].tolist() == pytest.approx(expected[correction], abs=1e-10)
    assert frame["signal"].sum() == expected["rejected_at_05"][correction]
