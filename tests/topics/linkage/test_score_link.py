"""The link of a score with later money: counts by hand, null worlds, the demo's truths."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from cxreport import open_source
from cxreport.errors import CxError
from cxreport.inputs.source import run
from cxreport.orders.purchases import purchases
from cxreport.topics.linkage.revenue_at_risk import revenue_at_risk
from cxreport.topics.linkage.score_link import ScoreLink, score_link

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 6, 30)


def answers(*rows: tuple[str | None, str, float | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "answered_at", "nps"])
    frame["answered_at"] = pd.to_datetime(frame["answered_at"])
    return frame.assign(response_id=[f"r{n}" for n in range(len(frame))])


def orders(*rows: tuple[str, str, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "net_amount"])
    return frame.assign(ordered_at=pd.to_datetime(frame["ordered_at"]))


def linked(given: pd.DataFrame, placed: pd.DataFrame, **options: object) -> ScoreLink:
    settings = {"since": FIRST, "until": LAST, "window_days": 30} | options
    return score_link(given, placed, **settings)  # type: ignore[arg-type]


def row(link: ScoreLink, outcome: str, analysis: str) -> pd.Series:
    found = link.differences.set_index(["outcome", "analysis"])
    return found.loc[(outcome, analysis)]


DAY = "2026-03-10"
TEN = answers(
    ("a", DAY, 10), ("b", DAY, 9), ("c", DAY, 10), ("d", DAY, 9),
    ("e", DAY, 0), ("f", DAY, 6), ("g", DAY, 5), ("h", DAY, 3),
    ("i", DAY, 8), ("j", DAY, 7),
)  # fmt: skip
AFTER = orders(
    ("a", "2026-03-12", 40), ("a", "2026-03-20", 20), ("b", "2026-04-09", 30),
    ("c", "2026-04-10", 30), ("d", "2026-05-01", 99),  # c and d: later than 30 days
    ("e", "2026-03-11", 10), ("i", "2026-03-11", 12),
)  # fmt: skip


def test_ten_customers_by_hand() -> None:
    link = linked(TEN, AFTER, adjust=())
    again, spent = (row(link, name, "unadjusted") for name in ("ordered_again", "spent_after"))
    assert again[["n", "n_reference", "estimate", "estimate_reference"]].tolist() == [4, 4, 50, 25]
    # promoters 60, 30, 0, 0: mean 22.5, variance 825; detractors 10, 0, 0, 0: mean 2.5, variance 25
    assert spent[["estimate", "estimate_reference", "difference"]].tolist() == [22.5, 2.5, 20.0]
    assert spent["std_error"] == pytest.approx(((825 + 25) / 4) ** 0.5)
    by_class = link.classes.set_index(["outcome", "answer"])
    assert by_class.loc[("spent_after", "passives"), ["n", "estimate"]].tolist() == [2, 6]
    # Wilson for 2 of 4, by hand: (2 + 1.9207) / 7.8415 is the middle, 15.0 to 85.0
    ends = by_class.loc[("ordered_again", "promoters"), ["low", "high"]]
    assert ends.tolist() == pytest.approx([15.0, 85.0], abs=0.05)


def test_a_customer_counts_once_with_the_first_answer_that_is_covered() -> None:
    given = answers(
        ("a", "2026-01-20", 10),  # the days before are not covered
        ("a", "2026-03-01", 9), ("a", "2026-03-20", 0),
        ("b", "2026-06-20", 0),  # the days after are not over
        (None, "2026-03-01", 0), ("c", "2026-03-01", None), ("d", "2026-03-01", 11),
    )  # fmt: skip
    link = linked(given, orders(("a", "2026-03-25", 50)))
    assert link.left_out.set_index("reason")["n"].to_dict() == {
        "no customer": 1, "not yet observable": 1, "not covered before": 1, "answered again": 1,
    }  # fmt: skip
    spent = link.classes.set_index(["outcome", "answer"]).loc["spent_after"]
    assert spent["n"].tolist() == [0, 0, 1]
    assert spent.loc["promoters", "estimate"] == 50


def test_customers_are_compared_with_those_who_bought_alike_before() -> None:
    # Half of each class are regulars (100 before, 100 after), but 3 promoters of 4 are.
    given, placed = [], []
    groups = (("p", 9, (30, 10)), ("d", 2, (10, 30)))
    for name, value, sizes in groups:
        for kind, size in zip(("regular", "rare"), sizes, strict=True):
            for n in range(size):
                who = f"{name}{kind}{n}"
                given.append((who, DAY, value))
                money = 100 + n % 3 if kind == "regular" else n % 3
                placed.append((who, "2026-03-12", money))
                if kind == "regular":
                    placed.append((who, "2026-02-20", 100))
                placed.append((who, "2026-03-09", 1))
    link = linked(answers(*given), orders(*placed))
    assert row(link, "spent_after", "unadjusted")["difference"] == pytest.approx(50, abs=1)
    assert row(link, "spent_after", "adjusted")["difference"] == pytest.approx(0, abs=1)
    placebo = row(link, "spent_before", "placebo")
    assert placebo["difference"] == 50  # 30 x 100 / 40 against 10 x 100 / 40
    assert bool(placebo["signal"])
    spent = row(link, "spent_after", "adjusted")
    assert pd.isna(spent["signal"])
    assert spent["note"] == "placebo not clean"


def test_without_anything_before_the_check_cannot_be_made() -> None:
    link = linked(TEN, AFTER)
    assert row(link, "spent_after", "adjusted")["note"] == "placebo cannot be said"
    assert link.differences["signal"].isna().all()
    assert revenue_at_risk(link, share=0.2, customers=100)["reason"].item() == (
        "placebo cannot be said"
    )


def world(seed: int, lift: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw 150 customers who order at random before and after; promoters more after, by lift."""
    generator = np.random.default_rng(seed)
    given, placed = [], []
    for n in range(150):
        value = int(generator.choice([3, 8, 9]))
        given.append((f"c{n}", DAY, value))
        later = generator.poisson(1 + lift * (value == 9))
        earlier = -generator.integers(1, 29, generator.poisson(1))
        days = [*earlier, *generator.integers(1, 29, later)]
        for day in days:
            when = pd.Timestamp(DAY) + pd.Timedelta(days=int(day))
            placed.append((f"c{n}", str(when), float(generator.integers(10, 100))))
    return answers(*given), orders(*placed)


def test_no_link_gives_no_signal_but_by_chance() -> None:
    signals = [bool(linked(*world(seed, 0)).differences["signal"].fillna(value=False).any())
               for seed in range(10)]  # fmt: skip
    # At most 5% for the claims and 5% for the placebos: 4 of 10 would be three errors above 10%.
    assert sum(signals) < 4


def test_a_link_is_found() -> None:
    link = linked(*world(3, 3.0))
    assert bool(row(link, "spent_after", "adjusted")["signal"])
    assert not bool(row(link, "spent_before", "placebo")["signal"])


def test_satisfaction_has_classes_of_its_own() -> None:
    given = answers(("a", DAY, 5), ("b", DAY, 4), ("c", DAY, 1), ("d", DAY, 2))
    bands = {"dissatisfied": (1, 2), "between": (3,), "satisfied": (4, 5)}
    link = linked(given, orders(("a", "2026-03-12", 8)), classes=bands)
    assert row(link, "spent_after", "unadjusted")["difference"] == 4
    assert link.classes["answer"].tolist()[:3] == list(bands)


def test_orders_without_amounts_are_only_counted() -> None:
    link = linked(TEN, AFTER.drop(columns="net_amount"), amount=None)
    assert set(link.differences["outcome"]) == {"ordered_again", "ordered_before"}
    assert revenue_at_risk(link, share=0.2, customers=9)["reason"].item() == "no amounts"


def test_wrong_calls_are_errors() -> None:
    with pytest.raises(CxError, match="unknown column"):
        linked(TEN.drop(columns="nps"), AFTER)
    with pytest.raises(CxError, match="a day or more"):
        linked(TEN, AFTER, window_days=0)
    with pytest.raises(CxError, match="one class"):
        linked(TEN, AFTER, classes={"all": range(11)})


def test_the_demo_s_truth_is_found_again_and_its_check_is_clean() -> None:
    source = open_source("demo", only=("responses", "orders"))
    placed = purchases(source.tables["orders"], until=source.observed_until).rows
    link = score_link(source.tables["responses"], placed, until=source.observed_until,
                      since=dt.date(2024, 11, 1))  # fmt: skip
    again = link.classes.set_index(["outcome", "answer"]).loc["ordered_again", "estimate"]
    # planted: 39.5, 62, 70.5 for any order; cancelled ones (4%) do not count here
    planted = {"detractors": 39.5, "passives": 62, "promoters": 70.5}
    assert (again - pd.Series(planted)).abs().max() < 5
    signals = link.differences.set_index(["outcome", "analysis"])["signal"]
    assert signals.xs("adjusted", level="analysis").all()
    assert not signals.xs("placebo", level="analysis").any()
    # without a link: the same scores, handed to other people
    given = run(source.tables["responses"].select("response_id", "customer_id", "answered_at",
                                                  "nps"))  # fmt: skip
    given["nps"] = np.random.default_rng(7).permutation(given["nps"].to_numpy())
    mixed = score_link(given, placed, until=source.observed_until, since=dt.date(2024, 11, 1))
    assert not mixed.differences["signal"].fillna(value=False).any()


def claim(**values: object) -> ScoreLink:
    known = {"outcome": "spent_after", "analysis": "adjusted", "difference": 40.0, "low": 30.0,
             "high": 50.0, "signal": True, "note": ""}  # fmt: skip
    return ScoreLink(pd.DataFrame([known | values]), pd.DataFrame(), pd.DataFrame())


def test_revenue_at_risk_is_a_product_with_its_spread() -> None:
    found = revenue_at_risk(claim(), share=0.2, customers=1_000).iloc[0]
    assert found["estimate"] == 8_000
    # one input is uncertain: the interval is its own, times 200
    assert [found["low"], found["high"]] == pytest.approx([6_000, 10_000], rel=0.02)
    wider = revenue_at_risk(claim(), share=(0.2, 0.1, 0.3), customers=1_000).iloc[0]
    assert wider["high"] - wider["low"] > 1.5 * (found["high"] - found["low"])


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"signal": False}, "no link found"),
        ({"difference": -40.0, "low": -50.0, "high": -30.0}, "no link found"),
        ({"signal": pd.NA, "note": "placebo not clean"}, "placebo not clean"),
        ({"signal": pd.NA, "note": "too few answers"}, "too few answers"),
    ],
)
def test_revenue_at_risk_is_refused_with_the_reason(values: dict[str, object], reason: str) -> None:
    found = revenue_at_risk(claim(**values), share=0.2, customers=1_000).iloc[0]
    assert found["reason"] == reason
    assert found[["estimate", "low", "high"]].isna().all()


def test_a_share_in_percent_is_an_error() -> None:
    with pytest.raises(CxError, match="not a share"):
        revenue_at_risk(claim(), share=20.0, customers=1_000)
