"""The score before an action and after it: counted by hand, as many months on either side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from sources import SHOP

import cxreport as cx
from cxreport.errors import CxError

if TYPE_CHECKING:
    from pathlib import Path

    from cxreport.inputs.survey import Survey

MORE = """
[tables.tickets]
files = "tickets.csv"
[tables.tickets.columns]
ticket_id = { role = "id" }
created_at = { role = "date" }
solved_at = { role = "time" }

[tables.actions]
files = "actions.csv"
[tables.actions.columns]
action_id = { role = "id" }
done_on = { role = "date" }
title_it = { role = "other" }
title_en = { role = "other" }
measure = { role = "other" }
"""
MONTHS = pd.period_range("2025-07", "2026-10", freq="M")
BEFORE, AFTER = {10: 10, 7: 20, 0: 10}, {10: 25, 7: 10, 0: 5}  # NPS 0, and 50
"""Answers of a month."""


def answers(of_month: dict[str, dict[int, int]] | None = None) -> pd.DataFrame:
    """Return 40 answers a month: NPS 0 until April 2026, and 50 from May on."""
    rows = [
        (f"{month}-{1 + place % 28:02d}", score)
        for month in map(str, MONTHS)
        for scores in [(of_month or {}).get(month, AFTER if month >= "2026-05" else BEFORE)]
        for place, score in enumerate(s for s, n in scores.items() for _ in range(n))
    ]
    frame = pd.DataFrame(rows, columns=["answered_at", "nps"])
    return frame.assign(response_id=[f"r{n}" for n in range(len(frame))])


def tickets() -> pd.DataFrame:
    """Return 40 requests a month: solved after 20 hours until April 2026, then after 10."""
    asked = [
        pd.Timestamp(f"{month}-{1 + n % 28:02d}T08")
        for month in map(str, MONTHS)
        for n in range(40)
    ]
    hours = [20 if at < pd.Timestamp("2026-05-01") else 10 for at in asked]
    solved = [at + pd.Timedelta(hours=h) for at, h in zip(asked, hours, strict=True)]
    ids = [f"t{n}" for n in range(len(asked))]
    return pd.DataFrame({"ticket_id": ids, "created_at": asked, "solved_at": solved})


def shop(folder: Path, *actions: tuple[str, str | None], reworded: str = "", **more: Any) -> Survey:
    codebook = SHOP.replace('role = "nps"', f'role = "nps"{reworded}') + MORE
    path = folder / "codebook.toml"
    path.write_text(codebook, encoding="utf-8")
    done = pd.DataFrame(actions, columns=["done_on", "measure"])
    ids = [f"a{n}" for n in range(len(done))]
    done = done.assign(action_id=ids, title_it="Fatto", title_en="Done")
    tables = {"responses": answers(**more), "tickets": tickets(), "actions": done}
    return cx.open_survey(path, period="2026-10", tables=tables)


def compared(*args: Any, **more: Any) -> dict[str, Any]:
    frame = cx.actions.before_and_after(shop(*args, **more))
    return {str(name): value for name, value in frame.iloc[0].items()}


def test_three_months_before_and_three_after(tmp_path: Path) -> None:
    # May, the month of the action, is all detractors, and belongs to neither side
    row = compared(tmp_path, ("2026-05-12", "nps"), of_month={"2026-05": {0: 40}})
    assert (row["n_reference"], row["estimate_reference"]) == (120, 0)  # February to April
    assert (row["n"], row["estimate"]) == (120, 50)  # June to August
    assert (row["difference"], row["state"], row["first"]) == (50, "better", "2026-06")
    # spread of one answer: sqrt(0.5) before; after sqrt(0.75 - 0.25); so of the difference
    # sqrt(0.5 / 120 + 0.5 / 120) = 9.13 points, 1.96 times that 17.9
    assert row["difference_low"] == pytest.approx(50 - 17.9, abs=1.5)
    assert row["difference_high"] == pytest.approx(50 + 17.9, abs=1.5)


def test_an_action_of_the_first_day_has_its_month_after_it(tmp_path: Path) -> None:
    row = compared(tmp_path, ("2026-05-01", "nps"))
    assert (row["first"], row["last"], row["difference"]) == ("2026-05", "2026-07", 50)


def test_what_did_not_move_is_steady(tmp_path: Path) -> None:
    row = compared(tmp_path, ("2025-12-10", "nps"))
    assert (row["difference"], row["state"], row["signal"]) == (0, "steady", False)


def test_a_fall_is_worse(tmp_path: Path) -> None:
    fallen = {f"2026-{month:02d}": {0: 40} for month in (8, 9, 10)}
    assert compared(tmp_path, ("2026-07-10", "nps"), of_month=fallen)["state"] == "worse"


def test_waits_are_compared_by_their_medians(tmp_path: Path) -> None:
    row = compared(tmp_path, ("2026-05-01", "solution"))
    assert (row["estimate_reference"], row["estimate"]) == (20, 10)
    assert (row["n_reference"], row["n"], row["state"]) == (120, 120, "better")
    assert row["speed_low"] > 1
    assert pd.isna(row["difference"])


@pytest.mark.parametrize(
    ("action", "more", "state"),
    [
        (("2026-08-20", "nps"), {}, "unobserved"),  # September and October only
        (("2025-09-10", "nps"), {}, "no_before"),
        (("2026-05-12", None), {}, "unnamed"),
        (("2026-05-12", "csat"), {}, "unnamed"),  # nobody asked
        (("2026-05-12", "first_reply"), {}, "unnamed"),  # no such times
        (("2026-05-12", "nps"), {"of_month": {"2026-03": {10: 9}}}, "few"),
        (("2026-05-12", "nps"), {"reworded": ", versions = [{ until = 2026-06-30 }]"}, "reworded"),
        (("2026-05-12", "nps"), {"reworded": ", versions = [{ until = 2026-05-11 }]"}, "reworded"),
        (("2026-05-12", "nps"), {"reworded": ", versions = [{ until = 2026-01-31 }]"}, "better"),
    ],
)
def test_why_nothing_is_compared(
    tmp_path: Path, action: tuple[str, str | None], more: dict[str, Any], state: str
) -> None:
    row = compared(tmp_path, action, **more)
    assert row["state"] == state
    assert pd.isna(row["estimate_reference"]) == (state != "better")


def test_all_actions_are_one_family(tmp_path: Path) -> None:
    # -13 points of 120 answers: alone a signal at 5%, among four no more
    months = {f"2025-{month}": {10: 8, 7: 16, 0: 16} for month in (11, 12)} | {
        "2026-01": {10: 8, 7: 16, 0: 16}
    }
    alone = compared(tmp_path, ("2025-11-01", "nps"), of_month=months)
    others = [("2026-07-01", "nps"), ("2026-07-02", "nps"), ("2026-06-30", "nps")]
    among = compared(tmp_path, ("2025-11-01", "nps"), *others, of_month=months)
    assert alone["p_value"] == among["p_value"]
    assert 0.0125 < alone["p_value"] < 0.05
    assert (alone["state"], among["state"]) == ("worse", "steady")
    assert alone["difference_high"] < 0 < among["difference_high"]


def test_the_chart_says_from_when_it_is_marked(tmp_path: Path) -> None:
    wobble = {str(m): {10: 10 + i % 2, 7: 20, 0: 10 - i % 2} for i, m in enumerate(MONTHS[:10])}
    row = compared(tmp_path, ("2026-05-12", "nps"), of_month=wobble)
    assert (row["marked"], row["direction"]) == ("2026-06", "improvement")
    assert compared(tmp_path, ("2026-01-31", "nps"), of_month=wobble)["marked"] != "2026-06"


def test_no_periods_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CxError, match="number of periods"):
        cx.actions.before_and_after(shop(tmp_path, ("2026-05-12", "nps")), periods=0)


def test_without_actions_there_is_no_row(tmp_path: Path) -> None:
    assert cx.actions.before_and_after(shop(tmp_path, ("2026-12-01", "nps"))).empty
