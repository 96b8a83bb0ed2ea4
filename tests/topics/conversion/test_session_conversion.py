"""Sessions: a hand count of ten, a public web shop, and each group against the others."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from cxreport.errors import CxError
from cxreport.topics.conversion.errors import error_rates
from cxreport.topics.conversion.groups import compare_funnels, differ_by_group
from cxreport.topics.conversion.rest import compare_with_rest
from cxreport.topics.conversion.sessions import session_funnel

ROOT = Path(__file__).parents[3]
FILE = ROOT / "tests" / "reference" / "conversion.json"
CASES: dict[str, Any] = {c["id"]: c for c in json.loads(FILE.read_text(encoding="utf-8"))}
SHARED = ROOT / os.environ.get("CXREPORT_PUBLIC_DATA", "../shared")
SHOPPERS = SHARED / "data" / "online_shoppers" / "online_shoppers.parquet"
STEPS = ["seen", "basket", "bought"]

# seen, basket, bought
TEN = pd.DataFrame(
    [
        (2, 1, 1), (1, 1, 1), (4, 1, 0), (1, 1, 0),  # as far as the basket
        (3, 0, 0), (1, 0, 0),  # saw a product
        (1, 0, 1), (0, 0, 1),  # bought, past the basket
        (0, 0, 0),
        (5, None, 0),  # not known whether there was a basket
    ],
    columns=STEPS,
)  # fmt: skip


def test_ten_sessions_by_hand() -> None:
    found = session_funnel(TEN, STEPS).set_index("step")
    assert found.index.tolist() == ["session", *STEPS]
    assert found["eligible"].tolist() == [10, 10, 7, 4]
    assert found["reached"].tolist() == [10, 8, 4, 2]
    assert found["skipped"].tolist() == [0, 0, 0, 2]
    assert found["unknown"].tolist() == [0, 0, 1, 0]
    assert found["entered"].tolist() == [10, 10, 9, 9]
    assert found["completed"].tolist() == [10, 8, 4, 2]
    assert found["estimate"].tolist() == pytest.approx([100, 80, 400 / 7, 50])
    # Wilson: (x + z²/2 ± z √(x(n-x)/n + z²/4)) / (n + z²), with z² = 3.8415
    assert found.loc["seen", ["low", "high"]].tolist() == pytest.approx([49.02, 94.33], abs=0.005)
    assert found.loc["session", ["low", "high"]].isna().all()


def test_true_and_false_are_steps_too() -> None:
    flags = TEN.assign(bought=TEN["bought"] > 0)
    pd.testing.assert_frame_equal(session_funnel(flags, STEPS), session_funnel(TEN, STEPS))


def test_a_missing_group_is_the_last_and_keeps_shops_whole() -> None:
    shops = TEN.assign(shop=pd.array([12] * 5 + [7] * 4 + [None], dtype="Int64"))
    found = session_funnel(shops, ["seen"], by="shop")
    assert found["shop"].tolist()[:4] == [7, 7, 12, 12]
    assert found["shop"].isna().tolist() == [False] * 4 + [True] * 2
    assert found["reached"].tolist() == [4, 2, 5, 5, 1, 1]


def test_no_session_is_no_zero() -> None:
    found = session_funnel(TEN[:0].astype("float64"), STEPS)
    assert found["eligible"].tolist() == [0] * 4
    assert found[["estimate", "overall"]].isna().all(axis=None)
    never = session_funnel(TEN.assign(seen=0), STEPS).set_index("step")
    assert never["note"].tolist()[1] == "this step never occurs"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"steps": []}, "needs its steps"),
        ({"steps": "seen"}, "needs its steps"),
        ({"steps": ["saw"]}, "unknown column"),
        ({"steps": ["who"]}, "no numbers"),
        ({"by": "skipped"}, "result column"),
        ({"level": 2}, "confidence level"),
    ],
)
def test_what_makes_no_sense_is_refused(change: dict[str, Any], words: str) -> None:
    given: dict[str, Any] = {"steps": STEPS, **change}
    with pytest.raises(CxError, match=words):
        session_funnel(TEN.assign(who="a", skipped=1), given.pop("steps"), **given)


def smokers() -> pd.DataFrame:
    """Return the four groups of a published comparison, a session each patient."""
    case = CASES["funnel-01"]["input"]
    rows = [
        (str(group), int(number < went_on))
        for group, (went_on, n) in enumerate(zip(case["x"], case["n"], strict=True), start=1)
        for number in range(n)
    ]
    return session_funnel(pd.DataFrame(rows, columns=["group_of", "went"]), ["went"], by="group_of")


def test_groups_together_as_in_r() -> None:
    row = differ_by_group(smokers(), "group_of").iloc[0]
    expected = CASES["funnel-01"]["expected"]
    assert [row["chi2"], row["p_value"]] == pytest.approx([expected["chi2"], expected["p"]])


def test_each_group_against_the_others_is_one_family() -> None:
    found = compare_with_rest(smokers(), "group_of").set_index("group_of")
    assert found["n"].tolist() == [86, 93, 136, 82]
    assert found["n_reference"].tolist() == [311, 304, 261, 315]
    for (x, n), p_value in zip(
        [(83, 86), (90, 93), (129, 136), (70, 82)], found["p_value"], strict=True
    ):
        limits = confint_proportions_2indep(
            x, n, 372 - x, 397 - n, method="newcomb", compare="diff", alpha=p_value
        )
        assert min(map(abs, limits)) == pytest.approx(0, abs=1e-9)
    assert found.loc["4", "q_value"] == pytest.approx(4 * found.loc["4", "p_value"])
    assert found["signal"].tolist() == [False, False, False, True]


def test_two_groups_against_the_rest_are_the_pair_twice() -> None:
    shops = TEN.assign(shop=["a", "b"] * 5)
    funnels = session_funnel(shops, ["basket"], by="shop")
    one = compare_funnels(funnels, "shop", correction="none").iloc[0]
    both = compare_with_rest(funnels, "shop", correction="none").set_index("shop")
    kept = ["difference", "low", "high", "p_value"]
    assert both.loc["a", kept].tolist() == pytest.approx(one[kept].tolist())
    assert both.loc["b", "difference"] == pytest.approx(-one["difference"])


def test_a_group_alone_has_no_rest() -> None:
    alone = session_funnel(TEN.assign(shop="a"), ["seen"], by="shop")
    found = compare_with_rest(alone, "shop")
    assert found["note"].tolist() == ["too few answers"]
    assert found["signal"].isna().all()


def test_errors_by_step() -> None:
    events = pd.DataFrame(
        {
            "event_name": ["visit"] * 10 + ["pay"] * 4,
            "is_error": pd.array([False] * 9 + [True] + [True, False, None, None], dtype="boolean"),
        }
    )
    found = error_rates(events, ["visit", "pay", "thanks"]).set_index("step")
    assert found["n"].tolist() == [10, 2, 0]
    assert found["errors"].tolist() == [1, 1, 0]
    assert found["unknown"].tolist() == [0, 2, 0]
    assert found["estimate"].tolist()[:2] == [10, 50]
    # Wilson, 1 of 10
    assert found.loc["visit", ["low", "high"]].tolist() == pytest.approx([1.79, 40.42], abs=0.005)
    assert found.loc["thanks", ["estimate", "low", "high"]].isna().all()
    assert found.loc["thanks", "note"] == "this step never occurs"
    with pytest.raises(CxError, match="holds no numbers"):
        error_rates(events, ["visit"], error="event_name")


@pytest.mark.skipif(not SHOPPERS.is_file(), reason="no public data: set CXREPORT_PUBLIC_DATA")
def test_the_public_web_shop() -> None:
    sessions = pd.read_parquet(SHOPPERS)
    path = session_funnel(sessions, ["ProductRelated", "PageValues", "Revenue"]).set_index("step")
    assert path["reached"].tolist() == [12330, 12292, 2730, 1538]
    assert path.loc["Revenue", "skipped"] == 1908 - 1538
    bought = session_funnel(sessions, ["Revenue"]).iloc[1]
    assert bought[["entered", "completed"]].tolist() == [12330, 1908]
    assert bought["overall"] == pytest.approx(15.47, abs=0.005)
    by_visitor = session_funnel(sessions, ["Revenue"], by="VisitorType")
    pairs = compare_funnels(by_visitor, "VisitorType").set_index(["group", "group_reference"])
    row = pairs.loc[("New_Visitor", "Returning_Visitor")]
    assert row["estimate"] == pytest.approx(24.91, abs=0.005)
    assert row["estimate_reference"] == pytest.approx(13.93, abs=0.005)
    assert row["signal"]
