"""What a page says of funnels, in both languages, from frames counted by hand."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cxreport import conversion, open_company, show
from cxreport.show.render import render
from cxreport.topics.conversion import compare_funnels, funnel, session_funnel

if TYPE_CHECKING:
    from pathlib import Path

    from cxreport.inputs.company import Company
    from cxreport.inputs.dataset import Dataset
    from cxreport.show.blocks import Block

CODEBOOK = """
[source]
title = { en = "A shop", it = "Un negozio" }
terms = { en = "made for a test", it = "fatto per un test" }
observed_until = 2026-06-30

[tables.orders]
files = "orders.csv"
[tables.orders.columns]
order_id = { role = "id" }
ordered_at = { role = "date" }

[tables.events]
files = "events.csv"
[tables.events.columns]
event_id = { role = "id" }
channel = { role = "channel", label = { en = "channel", it = "canale" } }
[tables.events.columns.event_name]
role = "segment"
labels.visit = { en = "visit", it = "visita" }
labels.buy = { en = "buying", it = "acquisto" }

[tables.sessions]
files = "sessions.csv"
[tables.sessions.columns]
filled = { role = "number", label = { en = "filled the basket", it = "ha riempito il carrello" } }
bought = { role = "number", label = { en = "bought", it = "ha acquistato" } }
[tables.sessions.columns.visitor]
role = "segment"
label = { en = "kind of visitor", it = "tipo di visitatore" }
labels.new = { en = "new one", it = "nuovo" }
"""
STEPS = ["visit", "basket", "buy"]
WENT = {"visit": 8, "basket": 2, "buy": 1}  # of eight visitors two fill the basket, one buys


@pytest.fixture
def company(tmp_path: Path) -> Company:
    (tmp_path / "codebook.toml").write_text(CODEBOOK, "utf-8")
    orders = pd.DataFrame({"order_id": ["1"], "ordered_at": ["2026-06-01"]})
    events = pd.DataFrame({"event_id": ["1"], "channel": "app", "event_name": "visit"})
    return open_company(tmp_path / "codebook.toml", tables={"orders": orders, "events": events})


@pytest.fixture
def dataset(company: Company) -> Dataset:
    return company.dataset


def said(block: Block, language: str = "en") -> str:
    text = re.sub(r"<[^>]*>", " ", str(render(block, language, prefix="b")))
    return " ".join(unescape(text).split())


def log(**columns: object) -> pd.DataFrame:
    rows = [(n, step) for step, reached in WENT.items() for n in range(reached)]
    frame = pd.DataFrame(rows, columns=["customer_id", "event_name"])
    return frame.assign(occurred_at=pd.Timestamp("2026-03-01"), **columns)


def shop() -> pd.DataFrame:
    return funnel(log(), STEPS, window=7, until=pd.Timestamp("2026-06-30"))


def test_the_first_words_say_where_most_are_lost(company: Company) -> None:
    page = said(conversion.shop_chart(shop(), company, window=7, periods=12))
    assert "Counted: 8 visitors" in page
    assert "up to June 2026" in page
    # Wilson: 1 of 8 and 2 of 8
    assert "“buying”: 12.5% (95% interval 2.2% to 47.1%, 8 visitors" in page
    assert "before “basket”: 6 visitors" in page
    assert "25.0% went on (7.1% to 59.1%, 8 visitors)" in page
    assert "too late" not in page.partition("<summary>Data</summary>")[0]
    italian = said(conversion.shop_chart(shop(), company, window=7, periods=12), "it")
    assert "prima di «basket»: 6 visitatori" in italian
    assert "«acquisto»: 12,5% (intervallo al 95% da 2,2% a 47,1%" in italian


def test_events_of_nobody_are_told(company: Company) -> None:
    stranger = log().tail(1).assign(customer_id=None)
    found = funnel(
        pd.concat([log().astype({"customer_id": object}), stranger]),
        STEPS, window=7, until=pd.Timestamp("2026-06-30"),
    )  # fmt: skip
    page = said(conversion.shop_chart(found, company, window=7, periods=12))
    assert "One event has no visitor or no time" in page
    assert "no visitor" not in said(conversion.shop_chart(shop(), company, window=7, periods=12))


def test_who_came_too_late_is_told_and_counted(company: Company) -> None:
    late = funnel(log(), STEPS, window=7, until=pd.Timestamp("2026-03-02"))
    page = said(conversion.shop_chart(late, company, window=7, periods=12))
    assert "not yet observable" in page
    assert "neither a yes nor a no" in page


def test_differences_say_how_many_comparisons_there_were(company: Company) -> None:
    both = pd.concat([log(channel="app"), log(channel="web").assign(customer_id=lambda f: -1
                     - f["customer_id"])])  # fmt: skip
    found = funnel(both, STEPS, window=7, until=pd.Timestamp("2026-06-30"), by="channel")
    page = said(conversion.differences_table(compare_funnels(found, "channel"), company,
                                        between="channel"))  # fmt: skip
    assert "By channel none of 2 differences is larger than chance would make it" in page
    assert "app 25.0% – web 25.0%" in page
    # 2 of 8 each: Newcombe by statsmodels at 1 - 0.05 / 2, as Holm asks of two comparisons
    assert "0.0 (-42.6 to +42.6)" in page


def stages(**notes: str) -> pd.DataFrame:
    names = ["awareness", "consideration", "purchase", "retention", "advocacy"]
    frame = pd.DataFrame({"step": names, "proxy": [True] + [False] * 4, "open": 0, "unknown": 0})
    frame = frame.assign(eligible=[8, 8, 4, 2, 1], reached=[8, 4, 2, 1, 1], overall=50.0)
    frame = frame.assign(estimate=50.0, low=20.0, high=80.0)
    frame["note"] = [notes.get(name, "") for name in names]
    return frame


def test_stages_say_what_is_a_proxy_and_what_is_not_measured(company: Company) -> None:
    notes = {
        "awareness": "entry",
        "consideration": "not measured",
        "advocacy": "of those who answered",
    }
    page = said(conversion.stages_chart(stages(**notes), company, window=90))
    assert "Awareness is a proxy" in page
    assert "“consideration” is not measured" in page
    assert "not the share of new customers with a second order" in page
    assert "50.0% of those who then answered the survey" in page
    assert (
        "Of 4 customers at the stage before, 50.0% went on to “purchase” (20.0% to 80.0%)" in page
    )
    assert "went on to “advocacy" not in page


def test_errors_name_the_step_with_the_highest_share(company: Company) -> None:
    rates = pd.DataFrame({"step": ["visit", "buy"], "n": [10, 20], "errors": [1, 3]})
    rates = rates.assign(estimate=[10.0, 15.0], low=[1.0, 5.0], high=[40.0, 36.0])
    page = said(conversion.errors_table(rates, company))
    assert "at “buying”: 15.0% of 20 events (5.0% to 36.0%)" in page


def test_what_is_missing_gets_a_note(company: Company) -> None:
    empty = pd.DataFrame(columns=["step", "estimate", "reached", "note"])
    assert "no table “events”" in said(conversion.shop_chart(empty, company, window=7, periods=12))
    assert "No comparison" in said(conversion.differences_table(empty, company, between="channel"))
    assert "fewer than two" in said(conversion.stages_chart(empty, company, window=90))
    assert "Errors are not known" in said(conversion.errors_table(empty, company))


def test_a_missing_table_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "codebook.toml").write_text(CODEBOOK.replace("tables.events", "tables.visits"))
    orders = pd.DataFrame({"order_id": ["1"], "ordered_at": ["2026-06-01"]})
    shop = open_company(tmp_path / "codebook.toml", tables={"orders": orders})
    empty = pd.DataFrame(columns=["step", "estimate", "reached", "note"])
    assert "no table “events”" in said(conversion.shop_chart(empty, shop, window=7, periods=12))
    assert said(conversion.differences_table(empty, shop, between="channel")) == ""
    assert said(conversion.errors_table(empty, shop)) == ""


def test_stages_that_a_table_names_are_not_listed_again(company: Company) -> None:
    notes = dict.fromkeys(["awareness", "consideration", "advocacy"], "not measured")
    found = stages(**notes, purchase="entry")
    found.loc[found["note"] == "not measured", ["eligible", "reached", "estimate"]] = None
    page = said(conversion.stages_chart(found, company, window=90))
    assert "is not measured" not in page
    assert page.count("not measured") == 3


SESSIONS = pd.DataFrame({"filled": [1, 1, 1, 0, 0, 0], "bought": [1, 0, 0, 1, 0, 0],
                         "visitor": ["new"] * 3 + ["old"] * 3})  # fmt: skip


def test_sessions_past_a_step_are_told(dataset: Dataset) -> None:
    path = session_funnel(SESSIONS, ["filled", "bought"])
    block = conversion.session_chart(path, session_funnel(SESSIONS, ["bought"]), dataset)
    page = said(block)
    assert "Ended in a purchase: 33.3%" in page
    assert "One visit got to “bought” without one of the steps before" in page
    assert "n = 3" in str(render(block, "en", prefix="b"))


def test_groups_of_sessions_are_named_as_in_the_codebook(dataset: Dataset) -> None:
    found = compare_funnels(session_funnel(SESSIONS, ["bought"], by="visitor"), "visitor")
    page = said(conversion.session_differences_table(found, dataset, between="visitor"))
    assert "Bought: 33.3% of “new one” (3 visits), 33.3% of “old” (3)" in page
    assert "no more than chance would make" in page


def test_the_header_says_that_there_are_no_dates(dataset: Dataset) -> None:
    header = show.undated(dataset, "sessions")
    assert "have no dates" in said(header)
    assert "non hanno date" in said(header, "it")
    assert "A shop. Made for a test." in said(header)
