"""Renewals: counted by hand, projected, and the projection held against what it did not see."""

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.topics.retention.projection import project_retention
from cxreport.topics.retention.renewals import contract_survivors, project_and_check

VECTORS = Path(__file__).parents[2] / "reference" / "retention.json"
CASES = {entry["id"]: entry for entry in json.loads(VECTORS.read_text(encoding="utf-8"))}
UNTIL = dt.date(2026, 6, 30)

# Old enough for two renewals: a to e. a, b renew twice; c once; d leaves on its first day of
# renewal, e within the first year. f is old enough for one renewal; g and h are no contracts.
CLUB = pd.DataFrame(
    [
        ("a", "2024-06-30", None), ("b", "2023-01-01", "2026-01-01"),
        ("c", "2023-01-01", "2024-12-31"), ("d", "2023-01-01", "2024-01-01"),
        ("e", "2024-02-29", "2024-05-01"), ("f", "2024-07-01", None),
        (None, "2023-01-01", None), ("h", "2023-01-01", "2022-01-01"),
    ],
    columns=["customer_id", "contract_start", "contract_end"],
)  # fmt: skip
CLUB["contract_start"] = pd.to_datetime(CLUB["contract_start"])
CLUB["contract_end"] = pd.to_datetime(CLUB["contract_end"])


def test_survivors_by_hand() -> None:
    found = contract_survivors(CLUB, until=UNTIL, fewest=5)
    assert found["age"].tolist() == [0, 1, 2]
    assert found["survivors"].tolist() == [5, 3, 2]


def test_more_contracts_for_fewer_ages() -> None:
    found = contract_survivors(CLUB, until=UNTIL, fewest=6)
    assert found["survivors"].tolist() == [6, 4]


def test_too_few_contracts_and_none() -> None:
    assert contract_survivors(CLUB, until=UNTIL, fewest=7).empty
    assert contract_survivors(CLUB.tail(2), until=UNTIL).empty


def test_half_years() -> None:
    found = contract_survivors(CLUB.head(5), until=UNTIL, months=6, fewest=5)
    # e is gone by 2024-08-29, d by 2024-01-01, c by 2025-01-01 (its fourth half year)
    assert found["survivors"].tolist() == [5, 4, 3, 3, 2]


def test_what_was_held_out_is_not_seen() -> None:
    survivors = CASES["sbg-01"]["input"]["survivors"]
    found = project_and_check(survivors).check
    assert found["held_out"].tolist() == [False] * 5 + [True] * 3
    spoiled = project_and_check([*survivors[:5], 500, 400, 300]).check
    pd.testing.assert_series_equal(found["estimate"], spoiled["estimate"])
    assert spoiled["off"].iloc[-1] == pytest.approx(found["estimate"].iloc[-1] - 30)


def test_the_curve_is_that_of_all_ages() -> None:
    """Fader & Hardie 2007, high end: their fit on seven renewals, and what came at the twelfth."""
    survivors = CASES["sbg-01"]["input"]["survivors"]
    found = project_and_check(survivors, further=5).curve
    expected = project_retention(survivors, 12).curve["estimate"]
    assert found["estimate"].tolist() == pytest.approx(expected.tolist())
    assert found["model"].unique().tolist() == ["shifted beta-geometric"]


def test_one_rate_of_loss_takes_the_place_of_no_fit() -> None:
    # The rate of loss rises: 24%, then 25.7%, then 26.7%. All together 1740 of 2325 stayed.
    found = project_and_check([1000, 760, 565, 415], further=1).curve
    assert found["model"].unique().tolist() == ["constant rate"]
    rate = 1740 / 2325
    assert found["estimate"].tolist() == pytest.approx([100 * rate**age for age in range(5)])
    # Wilson at the first age; its square at the second
    z2, n = 1.959964**2, 2325
    half = (z2 * (rate * (1 - rate) / n + z2 / (4 * n**2))) ** 0.5
    low = (rate + z2 / (2 * n) - half) / (1 + z2 / n)
    assert found["low"].tolist()[1:3] == pytest.approx([100 * low, 100 * low**2])


def test_nobody_and_everybody_lost() -> None:
    nobody = project_and_check([500, 500, 500, 500])
    assert nobody.check["estimate"].isna().all()
    assert set(nobody.curve["note"]) == {"nobody lost yet"}
    everybody = project_and_check([500, 0, 0, 0]).curve
    assert everybody["estimate"].tolist()[:3] == [100, 0, 0]


def test_too_few_ages_to_check() -> None:
    found = project_and_check([500, 400, 300])
    assert found.check.empty
    assert found.curve.empty
    assert found.check["estimate"].dtype == np.float64


def test_survivors_that_grow_are_refused() -> None:
    with pytest.raises(CxError, match="survivors cannot grow"):
        project_and_check([10, 8, 9, 7])
    with pytest.raises(CxError, match="a renewal needs a month"):
        contract_survivors(CLUB, until=UNTIL, months=0)
