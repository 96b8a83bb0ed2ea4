"""The funnels of a company: a few customers by hand, and what is missing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cxreport import open_company
from cxreport.inputs.source import run
from cxreport.topics.conversion import shop_funnel, stage_funnel, step_errors, visits_that_bought
from cxreport.topics.conversion.funnel import funnel

if TYPE_CHECKING:
    from cxreport.inputs.company import Company

DEMO = Path(__file__).parents[3] / "data" / "demo"
HEAD = """
[source]
title = { en = "A shop", it = "Un negozio" }
terms = { en = "made for a test", it = "fatto per un test" }
observed_from = 2025-01-01
observed_until = 2026-06-30
"""
EVENTS = """
[tables.events]
files = "events.csv"
[tables.events.columns]
event_id = { role = "id" }
occurred_at = { role = "date" }
event_name = { role = "segment" }
customer_id = { role = "customer" }
anonymous_id = { role = "other" }
session_id = { role = "other" }
channel = { role = "channel" }
is_error = { role = "number" }
stage = { role = "stage", stages = { look = "awareness", choose = "consideration" } }
"""
ORDERS = """
[tables.orders]
files = "orders.csv"
[tables.orders.columns]
order_id = { role = "id" }
ordered_at = { role = "date" }
customer_id = { role = "customer" }
net_amount = { role = "number" }
status = { role = "segment" }
"""
RESPONSES = """
[tables.responses]
files = "responses.csv"
[tables.responses.columns]
response_id = { role = "id" }
answered_at = { role = "date" }
customer_id = { role = "customer" }
recommend = { role = "nps" }
"""


def frame(columns: str, *rows: tuple[str | None, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split())


def events() -> pd.DataFrame:
    made = frame(
        "occurred_at event_name customer_id anonymous_id channel stage is_error",
        ("2025-01-01", "visit", "z", "Z", "web", "look", "0"),  # before the last 12 months
        ("2026-01-01", "visit", "a", "A", "web", "look", "0"),
        ("2026-01-02", "product_view", "a", "A", "web", "choose", "1"),
        ("2026-01-03", "purchase", "a", "A", "web", None, "0"),
        ("2026-01-01", "visit", None, "B", "app", "look", "0"),  # a stranger
        ("2026-01-02", "product_view", None, "B", "app", "choose", "0"),
        ("2026-01-01", "visit", "c", None, "web", "look", "0"),  # known, without a browser
        ("2026-06-28", "visit", "d", "D", "web", "look", "0"),  # too late to be judged
        ("2026-01-05", "purchase", "e", None, "shop", None, "1"),  # at a till
    )
    visits = made["channel"] + made["customer_id"].fillna("?")
    sessions = visits.where(made["channel"] != "shop", None)
    return made.assign(event_id=[str(n) for n in range(len(made))], session_id=sessions)


def orders() -> pd.DataFrame:
    made = frame(
        "ordered_at customer_id net_amount status",
        ("2026-01-03", "a", "10", "completed"),
        ("2026-01-20", "a", "10", "completed"),
        ("2026-01-04", "c", "10", "cancelled"),
        ("2026-01-05", "e", "10", "completed"),
    )
    return made.assign(order_id=[str(n) for n in range(len(made))])


def answers() -> pd.DataFrame:
    made = frame(
        "answered_at customer_id recommend",
        ("2026-01-25", "a", "9"),
        ("2026-01-25", "e", "10"),  # did not come again
    )
    return made.assign(response_id=["1", "2"])


def opened(folder: Path, *tables: str) -> Company:
    described = {"events": EVENTS, "orders": ORDERS, "responses": RESPONSES}
    rows = {"events": events(), "orders": orders(), "responses": answers()}
    path = folder / "codebook.toml"
    path.write_text(HEAD + "".join(described[table] for table in tables), "utf-8")
    return open_company(path, tables={table: rows[table] for table in tables})


def test_the_funnel_of_the_shop_by_hand(tmp_path: Path) -> None:
    company = opened(tmp_path, "events")
    steps = ["visit", "product_view", "purchase"]
    found = shop_funnel(company, steps=steps).set_index("step")
    assert found["eligible"].tolist() == [4, 3, 2]
    assert found["reached"].tolist() == [4, 2, 1]
    assert found["open"].tolist() == [0, 1, 0]
    by_channel = shop_funnel(company, steps=steps, by="channel")
    assert by_channel["channel"].tolist() == ["app"] * 3 + ["web"] * 3  # nobody visits a till
    assert by_channel["reached"].tolist() == [1, 1, 0, 3, 1, 1]
    longer = shop_funnel(company, steps=steps, periods=24)
    assert longer["eligible"].tolist()[:2] == [5, 4]


def test_errors_at_a_till_are_not_those_of_the_website(tmp_path: Path) -> None:
    found = step_errors(opened(tmp_path, "events"), steps=["product_view", "purchase"])
    assert found[["n", "errors"]].to_numpy().tolist() == [[2, 1], [1, 0]]


def test_the_five_stages_by_hand(tmp_path: Path) -> None:
    found = stage_funnel(opened(tmp_path, "events", "orders", "responses")).set_index("step")
    # z, a, c and d visited with a name; d only two days before the end
    assert found["eligible"].tolist() == [4, 3, 1, 1, 1]
    assert found["reached"].tolist() == [4, 1, 1, 1, 1]
    assert found["open"].tolist() == [0, 1, 0, 0, 0]
    assert found["proxy"].tolist() == [True] + [False] * 4
    assert found["note"].tolist()[-1] == "of those who answered"
    assert pd.isna(found.loc["advocacy", "overall"])


def test_an_order_is_not_its_own_second(tmp_path: Path) -> None:
    found = stage_funnel(opened(tmp_path, "orders")).set_index("step")
    # a ordered twice, e once; the cancelled order of c is none
    assert found.loc["purchase", "reached"] == 2
    assert found.loc["retention", ["eligible", "reached"]].tolist() == [2, 1]


def test_a_stage_without_a_table_is_not_measured(tmp_path: Path) -> None:
    found = stage_funnel(opened(tmp_path, "orders", "responses")).set_index("step")
    missing = found.loc[["awareness", "consideration"]]
    assert missing["note"].tolist() == ["not measured"] * 2
    assert missing[["eligible", "estimate"]].isna().all(axis=None)
    assert found.loc["advocacy", ["eligible", "reached"]].tolist() == [1, 1]


def test_without_tables_the_frames_are_empty(tmp_path: Path) -> None:
    company = opened(tmp_path, "orders")
    for found in (shop_funnel(company), shop_funnel(company, by="channel"), step_errors(company)):
        assert found.empty
        assert "estimate" in found
    assert shop_funnel(opened(tmp_path, "events"), by="device").empty
    assert stage_funnel(opened(tmp_path, "responses")).empty


@pytest.mark.skipif(not (DEMO / "events.parquet").is_file(), reason="run cxreport demo")
def test_the_demo_loses_its_sessions_where_it_was_planted() -> None:
    company = open_company(DEMO / "codebook.toml", period="2026-10")
    rows = company.table("events")
    assert rows is not None
    online = rows.filter(rows.session_id.notnull())
    bought = online.filter(online.event_name == "purchase").session_id
    browsing = online.filter(~online.session_id.isin(bought))
    found = funnel(
        browsing, ["visit", "product_view", "add_to_cart", "checkout_start"],
        customer="session_id", window=dt.timedelta(hours=1), until=company.until,
    )  # fmt: skip
    planted = [70, 25, 50]  # data/demo/README.md
    assert found["estimate"].tolist()[1:] == pytest.approx(planted, abs=1)
    assert run(browsing.count().name("n"))["n"].item() > 100_000
    failing = step_errors(company, periods=24).set_index("step")
    # 2% of checkout events and 0.4% of the others are errors
    for step, rate in [("visit", 0.4), ("product_view", 0.4), ("checkout_start", 2.0)]:
        assert failing.loc[step, "low"] < rate < failing.loc[step, "high"]


def test_visits_that_end_in_a_purchase_by_hand(tmp_path: Path) -> None:
    visits = visits_that_bought(opened(tmp_path, "events")).set_index("period")
    came = visits[visits["n"] > 0]
    assert came["n"].to_dict() == {"2025-01": 1, "2026-01": 3, "2026-06": 1}  # none at the till
    assert came["bought"].tolist() == [0, 1, 0]
    assert visits["estimate"].isna().all()  # of fewer than ten


def test_the_share_of_visits_is_that_of_wilson(tmp_path: Path) -> None:
    # 5 of 20: prop.test(5, 20, correct = FALSE) of R gives 0.1119 to 0.4687
    steps = ["visit", "purchase"] * 5 + ["visit", "visit"] * 7 + ["visit"]
    ids = [n // 2 for n in range(10)] + list(range(5, 20))
    made = pd.DataFrame({"event_name": steps, "session_id": ids, "occurred_at": "2026-05-31"})
    made = made.assign(event_id=made.index, customer_id="a", anonymous_id="A", channel="web",
                       is_error=0, stage=None)  # fmt: skip
    path = tmp_path / "codebook.toml"
    path.write_text(HEAD + EVENTS, "utf-8")
    rows = visits_that_bought(open_company(path, tables={"events": made.astype("str")}))
    (may,) = rows[rows["period"] == "2026-05"].to_dict("records")
    assert [may["n"], may["bought"], may["estimate"]] == [20, 5, 25]
    assert [may["low"], may["high"]] == pytest.approx([11.19, 46.87], abs=0.01)


def test_purchases_that_are_not_written_down_are_no_zero(tmp_path: Path) -> None:
    assert visits_that_bought(opened(tmp_path, "events"), last="paid").empty
    assert visits_that_bought(opened(tmp_path, "orders")).empty
