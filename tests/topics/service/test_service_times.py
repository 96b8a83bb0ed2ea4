"""Waiting times: quantiles of R and SAS, hand counts, bad requests, clock changes, real data."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from cxreport.errors import CxError
from cxreport.inputs.source import as_table, run
from cxreport.stats.survival import survival
from cxreport.stats.survival_quantiles import survival_quantile
from cxreport.topics.service import comparisons as service_comparisons
from cxreport.topics.service import tickets
from cxreport.topics.service.clock_changes import seconds_between
from cxreport.topics.service.comparisons import compare_waits, hold_family
from cxreport.topics.service.tickets import Tickets, read_tickets
from cxreport.topics.service.times import waiting_curve, waits

ROOT = Path(__file__).parents[3]
VECTORS = ROOT / "tests" / "reference" / "retention.json"
CASES = {entry["id"]: entry for entry in json.loads(VECTORS.read_text(encoding="utf-8"))}
PUBLIC = ROOT / os.environ.get("CXREPORT_PUBLIC_DATA", "../shared") / "data"
needs_public = pytest.mark.skipif(not PUBLIC.is_dir(), reason="public data are not here")
LAST = dt.date(2026, 3, 10)
HOUR = 3600


def requests(*rows: tuple[str | None, ...], **columns: Any) -> pd.DataFrame:
    """Write requests as created, first reply, solution: days and hours of March 2026."""
    frame = pd.DataFrame(rows, columns=["created_at", "first_reply_at", "solved_at"])
    for name in frame:
        frame[name] = pd.to_datetime("2026-03-" + frame[name], format="%Y-%m-%d %H:%M")
    return frame.assign(**columns)


def measured(*rows: tuple[str | None, ...], **columns: Any) -> Tickets:
    return read_tickets(requests(*rows, **columns), until=LAST)


def left_out(frame: pd.DataFrame, **options: Any) -> dict[str, int]:
    found = read_tickets(frame, until=LAST, **options)
    return dict(zip(found.left_out["reason"], found.left_out["n"], strict=True))


# Quantiles


def test_the_median_and_its_interval_are_those_of_r_and_sas() -> None:
    # 6-MP: the reference's lower limit is .5032 at 10 and .4316 at 13, its upper never below .68.
    given, expected = CASES["km-01"]["input"], CASES["km-01"]["expected"]
    curve = survival(pd.DataFrame(given), "time", "event")
    found = survival_quantile(curve, 50).iloc[0]
    assert (found["estimate"], found["low"]) == (expected["median"], 13)
    assert np.isnan(found["high"])
    # Placebo, SAS LIFETEST: 8 (4, 11) on the log-log scale.
    arm = CASES["km-02"]["input"]
    curve = survival(
        pd.DataFrame({"time": arm["time_b"], "event": arm["event_b"]}), "time", "event"
    )
    assert survival_quantile(curve, 50).iloc[0].tolist() == [50, 8, 4, 11]


def test_a_share_that_is_not_reached_is_unknown() -> None:
    curve = survival(pd.DataFrame({"time": [1, 2, 3, 9], "event": [1, 1, 1, 0]}), "time", "event")
    assert survival_quantile(curve, 75)["estimate"].item() == 3
    assert survival_quantile(curve, 76)["estimate"].isna().all()


@pytest.mark.parametrize("count", [4, 5, 11])
def test_without_open_requests_the_median_is_the_ordinary_one(count: int) -> None:
    times = np.random.default_rng(5).integers(1, 10**6, count)
    curve = survival(pd.DataFrame({"time": times, "event": 1}), "time", "event")
    assert survival_quantile(curve, 50)["estimate"].item() == pytest.approx(float(np.median(times)))


@pytest.mark.parametrize("share", [0, 100, -1, float("nan")])
def test_a_share_lies_between_0_and_100(share: float) -> None:
    curve = survival(pd.DataFrame({"time": [1], "event": [1]}), "time", "event")
    with pytest.raises(CxError, match="not a share"):
        survival_quantile(curve, share)


def test_a_frame_without_a_curve_is_refused() -> None:
    with pytest.raises(CxError, match="not a survival curve"):
        survival_quantile(pd.DataFrame({"time": [1]}), 50)


# Waits


def test_waits_by_hand() -> None:
    # Replies after 1, 2, 3 and 4 hours, one still open after 24: S is .8, .6, .4, .2.
    created = "10 00:00"
    rows = [(created, f"10 0{hour}:00", None) for hour in (1, 2, 3, 4)]
    found = waits(measured(*rows, (created, None, None)), "first_reply").iloc[0]
    assert found[["n", "ended", "waiting"]].tolist() == [5, 4, 1]
    assert found["estimate"] == 3  # 2.5 without the one who still waits
    assert found["ended_median"] == 2.5
    assert np.isnan(found["p90"])


def test_a_backlog_cannot_flatter_the_median() -> None:
    quick = [("01 08:00", None, "01 09:00")] * 4
    stuck = [("01 08:00", None, None)] * 6
    found = waits(measured(*quick, *stuck), "solution").iloc[0]
    assert found["ended_median"] == 1
    assert (np.isnan(found["estimate"]), found["note"]) == (True, "half not yet reached")


def test_a_solution_without_a_reply_is_the_reply() -> None:
    found = waits(measured(("01 08:00", None, "01 11:00")), "first_reply")
    assert found[["ended", "estimate"]].iloc[0].tolist() == [1, 3]


def test_what_happened_after_the_last_day_has_not_happened_yet() -> None:
    frame = requests(("09 00:00", "09 06:00", "12 00:00"))
    found = read_tickets(frame, until=LAST, observed_until=dt.date(2026, 3, 31))
    row = run(found.rows.select("solution_seconds", "solution_seen", "first_reply_seen")).iloc[0]
    assert row.tolist() == [48 * HOUR, 0, 1]
    assert found.left_out.empty


def test_a_request_put_away_unsolved_is_followed_until_then() -> None:
    frame = requests(("01 00:00", None, None)).assign(closed_at=pd.Timestamp("2026-03-02 12:00"))
    row = run(read_tickets(frame, until=LAST).rows).iloc[0]
    assert (row["solution_seconds"], row["solution_seen"]) == (36 * HOUR, 0)


def test_groups_come_in_order_the_unnamed_last() -> None:
    rows = [("01 08:00", None, f"01 {hour}:00") for hour in (10, 11, 12)]
    found = waits(measured(*rows, channel=["web", None, "app"]), "solution", by="channel")
    assert found["channel"].fillna("?").tolist() == ["app", "web", "?"]
    assert found["estimate"].tolist() == [4, 2, 3]


def test_a_group_where_nobody_is_through_says_so() -> None:
    rows = [("01 08:00", None, "01 10:00"), ("01 08:00", None, None)]
    found = waits(measured(*rows, channel=["app", "web"]), "solution", by="channel")
    assert found["note"].tolist() == ["", "nobody is through yet"]
    assert found["ended_median"].isna().tolist() == [False, True]


def test_no_requests_have_no_waits() -> None:
    none = read_tickets(requests(("01 08:00", None, None)).iloc[:0], until=LAST)
    found = waits(none, "solution")
    assert found[["n", "note"]].iloc[0].tolist() == [0, "no requests"]
    assert waits(none, "solution", by="first_reply_at").empty
    assert waiting_curve(none, "solution").empty


def test_polars_and_ibis_give_the_same() -> None:
    frame = requests(("01 08:00", None, "01 10:00"), ("01 08:00", None, None))
    expected = waits(read_tickets(frame, until=LAST), "solution")
    for data in (pl.from_pandas(frame), as_table(frame)):
        found = waits(read_tickets(data, until=LAST), "solution")
        pd.testing.assert_frame_equal(found, expected)


def test_the_thinned_curve_lies_on_the_exact_one() -> None:
    rng = np.random.default_rng(7)
    start = pd.Timestamp("2026-03-01")
    hours = rng.integers(1, 200, 300)
    frame = pd.DataFrame({"created_at": start, "solved_at": start + pd.to_timedelta(hours, "h")})
    curve = waiting_curve(read_tickets(frame, until=LAST), "solution", points=21)
    assert len(curve) == 21
    for row in curve.itertuples():
        assert row.estimate == pytest.approx(100 * (hours > row.time + 1e-9).mean())


# Bad requests


def test_parts_of_a_second_do_not_count() -> None:
    moments = ["2026-03-09 10:00:00.700", "2026-03-09 10:00:30.200"]
    made, solved = pd.to_datetime(pd.Series(moments)).to_list()
    found = read_tickets(pd.DataFrame({"created_at": [made], "solved_at": solved}), until=LAST)
    assert waits(found, "solution")["estimate"].tolist() == [pytest.approx(30 / HOUR)]


def test_a_curve_ends_where_its_group_was_last_seen() -> None:
    rows = [
        ("01 00:00", None, "10 00:00"),
        ("10 00:00", None, None),
        ("09 00:00", None, "09 05:00"),
    ]
    found = waiting_curve(measured(*rows, team=["a", "b", "c"]), "solution", by="team", points=10)
    last = found.groupby("team")["time"].max()
    # b was made a day before the end; a and c are through, so 0 ever after
    assert last.to_dict() == {"a": 216.0, "b": 24.0, "c": 216.0}
    assert found.loc[found["team"] == "c", "estimate"].iloc[-1] == 0


def test_each_bad_request_is_named_and_counted_once() -> None:
    frame = requests(
        (None, "01 09:00", "01 10:00"),
        ("11 00:00", None, None),
        ("01 08:00", None, None),
        ("02 08:00", "02 09:00", "01 10:00"),
        ("02 08:00", "01 09:00", "02 10:00"),
        ("02 08:00", "02 11:00", "02 10:00"),
        ("02 08:00", None, "12 08:00"),
        ("02 08:00", None, None),
        ("02 08:00", None, "02 09:00"),
        ("02 08:00", None, "02 09:00"),
    )
    frame["status"] = ["solved", "open", "cancelled", *["solved"] * 5, "open", "solved"]
    assert left_out(frame) == dict.fromkeys(tickets.REASONS, 1)
    assert run(read_tickets(frame, until=LAST).rows.count().name("n"))["n"].item() == 1


def test_a_request_solved_and_withdrawn_before_it_was_made_counts_once() -> None:
    frame = requests(("02 08:00", "01 09:00", "01 10:00"), status="cancelled")
    assert left_out(frame) == {"withdrawn": 1}


def test_codes_of_other_sources_can_be_named() -> None:
    frame = requests(
        ("02 08:00", None, None), ("02 08:00", None, None), status=["chiusa", "aperta"]
    )
    assert left_out(frame, solved_codes=["chiusa"]) == {"solved without a time": 1}


def test_a_source_without_replies_has_solutions_only() -> None:
    frame = requests(("02 08:00", None, "02 10:00"))[["created_at", "solved_at"]]
    found = read_tickets(frame, until=LAST)
    assert found.metrics == ("solution",)
    with pytest.raises(CxError, match="no times of this"):
        waits(found, "first_reply")


def test_times_that_are_text_are_refused() -> None:
    with pytest.raises(CxError, match="no times"):
        read_tickets(pd.DataFrame({"created_at": ["2026-03-01"]}), until=LAST)


def test_until_must_be_a_day() -> None:
    with pytest.raises(CxError, match="until is not a day"):
        read_tickets(requests(("01 08:00", None, None)), until="2026-03-10")  # type: ignore[arg-type]


# Clock changes


def between(start: str, end: str, zone: str | None) -> float:
    frame = pd.DataFrame({"start": [pd.Timestamp(start)], "end": [pd.Timestamp(end)]})
    table = as_table(frame)
    days = {"first": dt.date(2026, 1, 1), "last": dt.date(2026, 12, 31)}
    passed = seconds_between(table.start, table.end, zone=zone, **days)
    return float(run(table.select(hours=passed))["hours"].item()) / HOUR


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-03-28 23:00", "2026-03-29 05:00", 5),  # the clocks jump from two to three
        ("2026-10-24 23:00", "2026-10-25 05:00", 7),  # and go back from three to two
        ("2026-10-25 02:50", "2026-10-25 02:10", 1 / 3),  # the second time that it is ten past two
        ("2026-03-01 08:00", "2026-12-01 08:00", 275 * 24),  # forward and back again
        ("2026-10-25 10:00", "2026-10-25 09:00", -1),
    ],
)
def test_nights_with_a_clock_change_have_their_true_length(
    start: str, end: str, hours: float
) -> None:
    assert between(start, end, "Europe/Rome") == pytest.approx(hours)


def test_without_a_zone_clocks_are_never_changed() -> None:
    assert between("2026-03-28 23:00", "2026-03-29 05:00", None) == 6


def test_zones_south_of_the_equator_and_without_changes() -> None:
    assert between("2026-04-04 23:00", "2026-04-05 05:00", "Australia/Sydney") == 7
    assert between("2026-03-28 23:00", "2026-03-29 05:00", "Asia/Tokyo") == 6


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(CxError, match="no such time zone"):
        between("2026-03-28 23:00", "2026-03-29 05:00", "Europe/Atlantis")


# Comparisons


def test_a_group_against_the_rest_is_the_log_rank_test_of_r() -> None:
    given, expected = CASES["km-02"]["input"], CASES["km-02"]["expected"]
    start = pd.Timestamp("2025-01-01")
    parts = []
    for arm in ("a", "b"):
        weeks, seen = np.array(given[f"time_{arm}"]), np.array(given[f"event_{arm}"], dtype=bool)
        end = pd.Series(start + pd.to_timedelta(weeks, "h"))
        parts.append(
            pd.DataFrame(
                {
                    "created_at": start,
                    "solved_at": end.where(seen),
                    "closed_at": end.mask(seen),
                    "arm": arm,
                }
            )
        )
    found = compare_waits(read_tickets(pd.concat(parts), until=LAST), ["arm"]).iloc[0]
    assert found["chi2"] == pytest.approx(expected["logrank_chi2"], abs=1e-8)
    assert found["p_value"] == pytest.approx(expected["p"])
    assert (found["level"], found["direction"]) == ("b", "faster")
    assert (found["estimate"], found["estimate_rest"]) == (8, 23)


def test_all_tests_are_one_family() -> None:
    # Holm by hand: .01 x 3, .02 x 2, .04 x 1 and never smaller than the one before it.
    frame = pd.DataFrame({"p_value": [0.04, 0.01, np.nan, 0.02], "observed": 1.0, "expected": 2.0})
    found = hold_family(frame)
    assert found["q_value"].fillna(-1).tolist() == pytest.approx([0.04, 0.03, -1, 0.04])
    assert found["signal"].isna().tolist() == [False, False, True, False]


def test_one_group_has_nothing_to_be_compared_with() -> None:
    found = compare_waits(measured(("01 08:00", None, "01 09:00"), channel="web"), ["channel"])
    assert found.empty
    assert list(found.columns) == list(service_comparisons.COMPARED)


def test_a_few_requests_are_not_tested() -> None:
    # Two of 22 end at once: 2 ends observed, about 0.2 expected; chi-square would call it a signal.
    rows = [("01 08:00", None, "01 08:01")] * 2 + [("01 08:00", None, "01 20:00")] * 20
    found = compare_waits(measured(*rows, channel=["a"] * 20 + ["b"] * 2), ["channel"]).iloc[0]
    assert found["note"] == "too few requests"
    assert pd.isna(found["signal"])


def test_where_nobody_is_through_nothing_is_said() -> None:
    rows = [("01 08:00", None, None)] * 3
    found = compare_waits(measured(*rows, channel=list("abc")), ["channel"], metrics=["solution"])
    assert found["signal"].isna().all()
    assert set(found["note"]) == {"nobody is through yet"}


# The demo and real data


def test_the_outage_is_found_in_the_demo() -> None:
    frame = pd.read_parquet(ROOT / "data" / "demo" / "tickets.parquet")
    frame["outage"] = frame["created_at"].dt.strftime("%Y-%m") == "2026-03"
    found = read_tickets(frame, until=dt.date(2026, 11, 9), zone="Europe/Rome")
    table = waits(found, "first_reply", by=["channel", "outage"]).set_index(["channel", "outage"])
    hours = table["estimate"]
    # Planted: half an hour by phone, eight times that in the outage; five hours elsewhere.
    assert hours["phone", False] == pytest.approx(0.5, abs=0.05)
    assert hours["phone", True] == pytest.approx(4.0, abs=0.5)
    assert hours["web", True] == pytest.approx(5.0, abs=1)
    assert found.left_out.empty


@needs_public
def test_incidents_leave_out_nobody_who_waits() -> None:
    frame = pd.read_parquet(PUBLIC / "incidents" / "incidents.parquet")
    found = read_tickets(
        frame, until=dt.date(2017, 2, 18), created="opened_at", solved="resolved_at"
    )
    row = waits(found, "solution").iloc[0]
    assert row[["n", "ended"]].tolist() == [24918, 23362]
    assert row["ended_median"] == pytest.approx(22.10)
    assert row["low"] > row["ended_median"]


@needs_public
def test_alessandria_has_dated_closures_and_open_reports() -> None:
    frame = pd.read_parquet(PUBLIC / "alessandria" / "alessandria_segnalazioni.parquet")
    found = read_tickets(
        frame,
        until=dt.date(2026, 1, 27),
        created="Creato",
        solved="Chiusa",
        status="Stato",
        solved_codes=["chiusa", "archiviata"],
        open_codes=["aperta", "in carico"],
        withdrawn_codes=["annullata", "eliminata"],
    )
    row = waits(found, "solution").iloc[0]
    assert row[["ended", "waiting"]].tolist() == [2683, 1526 + 149]  # open, and taken in charge
    assert row["ended_median"] / 24 == 6
    assert row["low"] / 24 > 6
    assert found.left_out["n"].tolist() == [289 + 4]


def test_closed_without_any_time_waits_for_nobody() -> None:
    """By hand: one closed by its status alone, one closed on the second day, one that waits."""
    frame = requests(
        ("02 08:00", None, None),
        ("02 08:00", None, None),
        ("02 08:00", None, None),
        status=["Closed", "closed", "OPEN"],
    ).assign(closed_at=pd.to_datetime([None, "2026-03-02 10:00", None], format="mixed"))
    assert left_out(frame) == {"solved without a time": 1}
    assert left_out(frame.drop(columns="closed_at")) == {"solved without a time": 2}
