"""The published figures of the San Francisco Airport survey of 2017, from its raw file."""

import os
from pathlib import Path

import pandas as pd
import pytest

from cxreport.scores.scores import csat, nps

ROOT = Path(__file__).parents[2]
PUBLIC = Path(os.environ.get("CXREPORT_PUBLIC_DATA", ROOT.parent / "shared"))
FILE = PUBLIC / "data" / "sfo" / "2017_SFO_Customer_Survey.csv"

pytestmark = pytest.mark.skipif(not FILE.is_file(), reason=f"no public data at {FILE}")


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    raw = pd.read_csv(FILE, dtype=str, keep_default_na=False).rename(columns=str.strip)
    return raw[["NETPRO", "Q7ALL", "WEIGHT"]].astype({"WEIGHT": "float64"})


def test_nps(answers: pd.DataFrame) -> None:
    row = nps(answers, "NETPRO").iloc[0]
    assert row[["n", "missing", "invalid"]].tolist() == [2746, 1, 84]
    assert row[["detractors", "passives", "promoters"]].tolist() == [342, 968, 1436]
    assert row["estimate"] == pytest.approx(39.84, abs=0.005)
    assert row[["low", "high"]].tolist() == pytest.approx([37.18, 42.41], abs=0.005)


def test_weighted_nps(answers: pd.DataFrame) -> None:
    row = nps(answers, "NETPRO", weight="WEIGHT").iloc[0]
    assert row["estimate"] == pytest.approx(40.40, abs=0.005)
    assert row["std_error"] == pytest.approx(1.445, abs=0.001)


def test_overall_satisfaction(answers: pd.DataFrame) -> None:
    row = csat(answers, "Q7ALL").iloc[0]
    assert row["estimate"] == pytest.approx(82.07, abs=0.005)
    assert row["mean"] == pytest.approx(4.0644, abs=0.00005)
