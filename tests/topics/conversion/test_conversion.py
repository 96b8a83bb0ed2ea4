"""Funnels: hand counts of a few customers, published comparisons, and a public web shop."""

from __future__ import annotations

import datetime as dt
import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from cxreport.errors import CxError
from cxreport.scores.compare import compare
from cxreport.topics.conversion.funnel import funnel
from cxreport.topics.conversion.groups import compare_funnels, differ_by_group, funnel_shares

conversion = import_module("cxreport.topics.conversion.funnel")

ROOT = Path(__file__).parents[3]
FILE = ROOT / "tests" / "reference" / "conversion.json"
CASES: dict[str, Any] = {c["id"]: c for c in json.loads(FILE.read_text(encoding="utf-8"))}
SHARED = ROOT / os.environ.get("CXREPORT_PUBLIC_DATA", "../shared")
SHOPPERS = SHARED / "data" / "online_shoppers" / "online_shoppers.parquet"

STEPS = ["visit", "cart", "purchase"]
UNTIL = dt.date(2026, 6, 30)


def log(*rows: tuple[str | None, str, str | None], **columns: object) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "event_name", "occurred_at"])
    return frame.assign(
        occurred_at=pd.to_datetime(frame["occurred_at"], format="ISO8601"), **columns
    )


def counted(events: pd.DataFrame, *, window: int = 7, until: dt.date = UNTIL) -> pd.DataFrame:
    return funnel(events, STEPS, window=window, until=until).set_index("step")


def reached(*rows: tuple[str, str]) -> list[int]:
    """Follow one customer from a visit at noon of the first of March."""
    events = [("a", "visit", "2026-03-01 12:00"), *(("a", *row) for row in rows)]
    return counted(log(*events))["reached"].tolist()


def trials(groups: dict[str, tuple[int, int]]) -> pd.DataFrame:
    """Return events of groups in which so many of so many go on."""
    rows = [
        (f"{group}{number}", event, "2026-03-01", group)
        for group, (went_on, n) in groups.items()
        for number in range(n)
        for event in ("visit", "purchase")[: 2 if number < went_on else 1]
    ]
    frame = pd.DataFrame(rows, columns=["customer_id", "event_name", "occurred_at", "channel"])
    return frame.assign(occurred_at=pd.to_datetime(frame["occurred_at"]))


def of_trials(groups: dict[str, tuple[int, int]]) -> pd.DataFrame:
    return funnel(trials(groups), ["visit", "purchase"], window=1, until=UNTIL, by="channel")


TEN = log(
    ("a", "visit", "2026-03-01"), ("a", "cart", "2026-03-02"), ("a", "purchase", "2026-03-03"),
    ("b", "visit", "2026-03-01"), ("b", "cart", "2026-03-08"), ("b", "purchase", "2026-03-15"),
    ("c", "visit", "2026-03-01"), ("c", "cart", "2026-03-09"),  # a day too late
    ("d", "cart", "2026-03-01"), ("d", "visit", "2026-03-02"),  # the wrong way round
    ("e", "visit", "2026-03-01"), ("e", "purchase", "2026-03-02"),  # a step left out
    ("f", "visit", "2026-06-20"), ("f", "cart", "2026-06-26"),  # its last window is open
    ("g", "visit", "2026-06-25"), ("g", "cart", "2026-06-26"),  # open, having gone on
    ("h", "visit", "2026-06-30"),  # open
    ("i", "visit", "2026-07-01"),  # after the end
    (None, "visit", "2026-03-01"), ("j", "cart", None),
)  # fmt: skip


def test_ten_customers_by_hand() -> None:
    found = counted(TEN)
    assert found["eligible"].tolist() == [8, 6, 2]
    assert found["reached"].tolist() == [8, 3, 2]
    assert found["open"].tolist() == [0, 2, 2]
    assert found["unknown"].tolist() == [1, 1, 0]
    assert found["entered"].tolist() == [8, 6, 5]
    assert found["completed"].tolist() == [8, 3, 2]
    assert found["estimate"].tolist() == [100, 50, 100]
    assert found["overall"].tolist() == [100, 50, 40]
    # Wilson: (x + z²/2 ± z √(x(n-x)/n + z²/4)) / (n + z²), with z² = 3.8415
    limits = found.loc["cart", ["low", "high"]].tolist()
    assert limits == pytest.approx([18.76, 81.24], abs=0.005)
    limits = found.loc["purchase", ["overall_low", "overall_high"]].tolist()
    assert limits == pytest.approx([11.76, 76.93], abs=0.005)
    assert found.loc["cart", "std_error"] == pytest.approx(100 * (0.25 / 6) ** 0.5)
    assert found.loc["visit", ["low", "high", "overall_low", "std_error"]].isna().all()


def test_a_window_lasts_to_its_last_moment_from_the_step_before() -> None:
    assert reached(("cart", "2026-03-08 12:00")) == [1, 1, 0]
    assert reached(("cart", "2026-03-08 12:01")) == [1, 0, 0]
    assert reached(("cart", "2026-03-08 12:00"), ("purchase", "2026-03-15 12:00")) == [1, 1, 1]
    assert reached(("cart", "2026-03-07 12:00"), ("purchase", "2026-03-15 12:00")) == [1, 1, 0]


def test_the_order_of_the_steps_counts() -> None:
    assert reached(("cart", "2026-03-01 11:59")) == [1, 0, 0]
    assert reached(("purchase", "2026-03-02"), ("cart", "2026-03-03")) == [1, 1, 0]
    assert reached(("cart", "2026-03-01 12:00"), ("purchase", "2026-03-01 12:00")) == [1, 1, 1]


def test_an_earlier_event_does_not_hide_the_one_in_order() -> None:
    assert reached(("cart", "2026-02-01"), ("cart", "2026-03-03")) == [1, 1, 0]


def test_a_second_visit_is_no_second_entry() -> None:
    again = [("visit", "2026-03-20"), ("cart", "2026-03-21")]
    assert reached(*again) == [1, 0, 0]


def test_the_last_day_is_covered_whole_and_a_last_moment_to_itself() -> None:
    events = log(("a", "visit", "2026-03-01 12:00"))
    for until, still_open in [
        (dt.date(2026, 3, 8), 0),
        (dt.date(2026, 3, 7), 1),
        (dt.datetime(2026, 3, 8, 12), 0),  # noqa: DTZ001
        (dt.datetime(2026, 3, 8, 11, 59), 1),  # noqa: DTZ001
    ]:
        assert counted(events, until=until).loc["cart", "open"] == still_open, until


def test_a_window_may_come_from_a_table() -> None:
    found = counted(TEN, window=np.int64(7))  # type: ignore[arg-type]
    assert found["reached"].tolist() == [8, 3, 2]


def test_a_blank_is_no_customer() -> None:
    found = counted(log(("a", "visit", "2026-03-01"), ("", "visit", "2026-03-01"),
                        (" ", "cart", "2026-03-02"), (" ", "visit", "2026-03-01")))  # fmt: skip
    assert found.loc["visit", ["reached", "unknown"]].tolist() == [1, 2]
    assert found.loc["cart", "unknown"] == 1


def test_a_window_may_be_shorter_than_a_day() -> None:
    events = log(("a", "visit", "2026-03-01 12:00"), ("a", "cart", "2026-03-01 12:31"))
    for minutes, expected in [(30, 0), (31, 1)]:
        found = funnel(events, STEPS[:2], window=dt.timedelta(minutes=minutes), until=UNTIL)
        assert found["reached"].tolist() == [1, expected]


def test_late_entries_do_not_move_the_rate() -> None:
    early = log(
        *((f"e{n}", "visit", "2026-03-01") for n in range(10)), ("e0", "cart", "2026-03-06")
    )
    late = log(*((f"l{n}", "visit", "2026-06-29") for n in range(10)), ("l0", "cart", "2026-06-29"))
    alone, both = counted(early).loc["cart"], counted(pd.concat([early, late])).loc["cart"]
    assert alone["estimate"] == both["estimate"] == 10
    assert both["open"] == 10


def test_nothing_to_judge_is_empty_and_says_why() -> None:
    late = counted(log(("a", "visit", "2026-06-30"), ("b", "cart", "2026-03-01"),
                       ("b", "purchase", "2026-03-01")))  # fmt: skip
    assert late["note"].tolist() == ["entry", "not yet observable", "not yet observable"]
    left = counted(log(("a", "visit", "2026-03-01"), ("b", "visit", "2026-03-01"),
                       ("c", "cart", "2026-03-01"), ("c", "purchase", "2026-03-01")))  # fmt: skip
    assert left["note"].tolist() == ["entry", "", "nobody reached the step before"]
    assert left["overall"].tolist() == [100, 0, 0]
    nobody = counted(log(("a", "cart", "2026-03-01"), ("a", "purchase", "2026-03-02"),
                         (None, "visit", "2026-03-01")))  # fmt: skip
    assert set(nobody["note"]) == {"nobody entered"}
    for found, steps in [(late, STEPS[1:]), (left, STEPS[2:]), (nobody, STEPS)]:
        assert found.loc[steps, ["estimate", "low", "high"]].isna().all(axis=None)


def test_a_step_that_never_occurs_is_no_zero() -> None:
    found = counted(log(("a", "visit", "2026-03-01"), ("a", "purchase", "2026-03-02")))
    assert found.loc["cart", "note"] == "this step never occurs"
    assert found.loc["cart", ["eligible", "reached"]].tolist() == [1, 0]
    assert found.loc[["cart", "purchase"], ["estimate", "overall"]].isna().all(axis=None)
    assert funnel_shares(found.reset_index())["n"].tolist() == [0, 0]
    empty = counted(TEN[:0])
    assert set(empty["note"]) == {"this step never occurs"}
    assert empty[["eligible", "open", "unknown"]].eq(0).all(axis=None)


def test_a_customer_belongs_to_the_group_of_the_entry() -> None:
    events = log(
        ("a", "visit", "2026-03-01"), ("a", "visit", "2026-03-02"), ("a", "cart", "2026-03-03"),
        ("b", "visit", "2026-03-01"), ("c", "visit", "2026-03-01"), ("d", "cart", "2026-03-01"),
        device=[12, 7, 7, 7, None, 3],
    )  # fmt: skip
    found = funnel(
        events.astype({"device": "Int64"}), STEPS[:2], window=7, until=UNTIL, by="device"
    )
    assert found["device"].tolist()[:6] == [3, 3, 7, 7, 12, 12]
    assert found["device"].isna().tolist() == [False] * 6 + [True] * 2
    assert found["reached"].tolist() == [0, 0, 1, 0, 1, 1, 1, 0]
    assert found["note"].tolist()[:2] == ["nobody entered"] * 2


def test_groups_that_nobody_entered_say_so() -> None:
    events = log(("a", "cart", "2026-03-01"), ("b", "purchase", "2026-03-02"), device=[12, None])
    found = funnel(events, STEPS, window=7, until=UNTIL, by="device")
    assert len(found) == 6
    assert found["eligible"].eq(0).all()
    assert found["estimate"].isna().all()
    assert set(found["note"]) == {"this step never occurs", "nobody entered"}


def test_groups_of_two_columns_and_of_none_add_up() -> None:
    events = TEN.assign(app=[n % 3 == 0 for n in range(len(TEN))], channel="web")
    parts = funnel(events, STEPS, window=7, until=UNTIL, by=["channel", "app"])
    assert list(parts.columns[:3]) == ["channel", "app", "step"]
    assert parts["app"].dtype == bool
    counts = ["eligible", "reached", "open", "unknown", "entered", "completed"]
    together = parts.groupby("step", sort=False)[counts].sum()
    assert together.to_dict() == counted(TEN)[counts].to_dict()


def test_a_stage_may_hold_several_events_and_stand_for_another() -> None:
    stages = {"awareness": ["ad", "visit"], "choice": "cart", "buying": ["purchase", "order"]}
    events = log(
        ("a", "ad", "2026-03-01"), ("a", "visit", "2026-03-02"), ("a", "cart", "2026-03-08"),
        ("a", "order", "2026-03-09"), ("b", "visit", "2026-03-01"),
    )  # fmt: skip
    found = funnel(events, stages, window=7, until=UNTIL, proxies=["awareness"])
    assert found["step"].tolist() == list(stages)
    assert found["reached"].tolist() == [2, 1, 1]
    assert found["proxy"].tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"steps": ["visit"]}, "two steps"),
        ({"steps": "visit"}, "two steps"),
        ({"steps": ["visit", "visit"]}, "in two steps"),
        ({"proxies": ["ad"]}, "no step"),
        ({"customer": "client"}, "unknown column"),
        ({"by": "device"}, "unknown column"),
        ({"by": "estimate"}, "result column"),
        ({"date": "customer_id"}, "no times"),
        ({"window": 0}, "a length"),
        ({"window": dt.timedelta(days=-1)}, "a length"),
        ({"window": float("nan")}, "a length"),
        ({"window": "7D"}, "a length"),
        ({"until": pd.NaT}, "not a day"),
        ({"until": "2026-06-30"}, "not a day"),
        ({"until": dt.datetime(2026, 6, 30, tzinfo=dt.UTC)}, "time zone"),
        ({"level": 1}, "confidence level"),
    ],
)
def test_what_makes_no_sense_is_refused(change: dict[str, Any], words: str) -> None:
    given: dict[str, Any] = {"steps": STEPS, "window": 7, "until": UNTIL, **change}
    with pytest.raises(CxError, match=words):
        funnel(TEN.assign(estimate=1), given.pop("steps"), **given)


@pytest.mark.parametrize("number", range(4))
def test_differences_as_published(number: int) -> None:
    x1, n1, x2, n2 = CASES["diff-01"]["input"]["x1_n1_x2_n2"][number]
    row = compare_funnels(of_trials({"a": (x1, n1), "b": (x2, n2)}), "channel").iloc[0]
    assert row[["group", "group_reference", "n", "n_reference"]].tolist() == ["a", "b", n1, n2]
    assert row["difference"] == pytest.approx(100 * (x1 / n1 - x2 / n2))
    limits = [row["low"] / 100, row["high"] / 100]
    expected = CASES["diff-01"]["expected"]["ci95"][number]
    assert limits == pytest.approx(expected, abs=CASES["diff-01"]["tolerance"])


def smokers() -> pd.DataFrame:
    case = CASES["funnel-01"]["input"]
    return of_trials(dict(zip("1234", zip(case["x"], case["n"], strict=True), strict=True)))


def test_groups_together_as_in_r() -> None:
    expected = CASES["funnel-01"]["expected"]
    row = differ_by_group(smokers(), "channel").iloc[0]
    assert row["chi2"] == pytest.approx(expected["chi2"], abs=1e-8)
    assert row["df"] == expected["df"]
    assert row[["p_value", "q_value"]].tolist() == pytest.approx([expected["p"]] * 2, abs=1e-8)
    assert row[["groups", "n", "note"]].tolist() == [4, 397, ""]


def test_the_steps_are_one_family() -> None:
    went = {"a": (20, 12, 6), "b": (20, 8, 6)}
    rows = [
        (f"{channel}{number}", step, "2026-03-01", channel)
        for channel, counts in went.items()
        for step, n in zip(STEPS, counts, strict=True)
        for number in range(n)
    ]
    frame = pd.DataFrame(rows, columns=["customer_id", "event_name", "occurred_at", "channel"])
    events = frame.assign(occurred_at=pd.to_datetime(frame["occurred_at"]))
    table = differ_by_group(funnel(events, STEPS, window=1, until=UNTIL, by="channel"), "channel")
    # By hand n(ad-bc)² / (margins): 40 x 80² / 20⁴, and 20 x 24² / (12 x 8)²
    assert table["chi2"].tolist() == pytest.approx([1.6, 1.25])
    assert table["p_value"].tolist() == pytest.approx([0.2059, 0.2636], abs=5e-5)
    assert table["q_value"].tolist() == pytest.approx([0.4118, 0.4118], abs=1e-4)


def test_all_pairs_are_one_family() -> None:
    found = compare_funnels(smokers(), "channel").set_index(["group", "group_reference"])
    assert len(found) == 6
    row = found.loc[("3", "4")]
    limits = confint_proportions_2indep(
        129, 136, 70, 82, method="newcomb", compare="diff", alpha=row["p_value"]
    )
    assert min(map(abs, limits)) == pytest.approx(0, abs=1e-9)
    # Holm: the smallest is taken times six, the second smallest times five
    p_value = found["p_value"].sort_values()
    assert found.loc[p_value.index[0], "q_value"] == pytest.approx(6 * p_value.iloc[0])
    assert found.loc[p_value.index[1], "q_value"] == pytest.approx(
        max(6 * p_value.iloc[0], 5 * p_value.iloc[1])
    )


def test_steps_keep_their_order_within_other_groups() -> None:
    events = pd.concat([TEN.assign(channel=c, device=d) for c in "ab" for d in ("app", "web")])
    events["customer_id"] += events["channel"] + events["device"]
    found = funnel(events, STEPS, window=7, until=UNTIL, by=["channel", "device"])
    table = compare_funnels(found, "device", of="overall")
    assert table["channel"].tolist() == ["a", "a", "b", "b"]
    assert table["step"].tolist() == ["cart", "purchase"] * 2
    assert table["n"].tolist() == [6, 5] * 2
    assert table["difference"].tolist() == [0] * 4
    turned = funnel(
        events.replace({"cart": "z"}),
        ["visit", "z", "purchase"],
        window=7,
        until=UNTIL,
        by="device",
    )
    assert compare_funnels(turned, "device")["step"].tolist() == ["z", "purchase"]


def test_groups_that_cannot_be_compared_say_so() -> None:
    alone = of_trials({"a": (3, 9)})
    assert compare_funnels(alone, "channel").empty
    assert differ_by_group(alone, "channel")["note"].str.startswith("fewer than two").all()
    everybody = of_trials({"a": (9, 9), "b": (8, 8)})
    assert compare_funnels(everybody, "channel")["note"].tolist() == ["no variance"]
    assert differ_by_group(everybody, "channel")["p_value"].isna().all()
    missing = funnel(
        trials({"a": (3, 9), "b": (4, 8)}).replace({"channel": {"b": None}}),
        ["visit", "purchase"], window=1, until=UNTIL, by="channel",
    )  # fmt: skip
    row = compare_funnels(missing, "channel").iloc[0]
    assert row[["n", "n_reference"]].tolist() == [9, 8]
    assert pd.isna(row["group_reference"])
    for function in (compare_funnels, differ_by_group):
        with pytest.raises(CxError, match="not a column of groups"):
            function(alone, "device")
    with pytest.raises(CxError, match="not a frame of funnels"):
        funnel_shares(alone.drop(columns="eligible"))


def test_a_funnel_is_compared_with_that_of_another_period() -> None:
    now, before = (funnel_shares(of_trials({"a": given})) for given in [(56, 70), (48, 80)])
    row = compare(now, before).iloc[0]
    assert [row["low"], row["high"]] == pytest.approx([5.24, 33.39], abs=0.005)


@pytest.mark.skipif(not SHOPPERS.is_file(), reason="no public data: set CXREPORT_PUBLIC_DATA")
def test_the_public_web_shop() -> None:
    sessions = pd.read_parquet(SHOPPERS).reset_index(names="session")
    visits = sessions[["session", "VisitorType"]].assign(event="visit")
    bought = visits[sessions["Revenue"]].assign(event="purchase")
    events = pd.concat([visits, bought]).assign(at=pd.Timestamp("2026-03-01"))

    def purchases(by: str | None) -> pd.DataFrame:
        found = funnel(
            events, ["visit", "purchase"], customer="session", name="event", date="at",
            window=1, until=UNTIL, by=by,
        )  # fmt: skip
        return found[found["step"] == "purchase"]

    row = purchases(None).iloc[0]
    assert row[["eligible", "reached"]].tolist() == [12330, 1908]
    assert row["estimate"] == pytest.approx(15.47, abs=0.005)
    by_visitor = purchases("VisitorType").set_index("VisitorType")["estimate"]
    assert by_visitor["New_Visitor"] == pytest.approx(24.91, abs=0.005)
    assert by_visitor["Returning_Visitor"] == pytest.approx(13.93, abs=0.005)
