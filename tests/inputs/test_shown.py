"""What an analyst sees in a cell that ends in an object: a short line, and nobody's data."""

import datetime as dt

import pandas as pd

import cxreport as cx
from cxreport.orders.purchases import purchases
from cxreport.topics.service.tickets import read_tickets

MAIL = "rossi-mario@example.com"


def test_what_was_opened_is_shown_in_a_line() -> None:
    survey = cx.open_survey("demo")
    for thing in (survey, survey.dataset, survey.codebook):
        assert str(thing) == repr(thing)
        assert len(repr(thing)) <= 300
        assert "demo" in repr(thing)
        assert "\n" not in repr(thing)


def frame(**columns: object) -> pd.DataFrame:
    days = pd.to_datetime(["2026-10-01", "2026-10-02"])
    return pd.DataFrame({"customer_id": [MAIL, "b"], "day": days, **columns})


def test_rows_of_requests_are_not_shown() -> None:
    tickets = read_tickets(frame(ticket_id=["1", "2"]), created="day", until=dt.date(2026, 10, 31))
    assert MAIL not in repr(tickets)
    assert len(repr(tickets)) <= 500


def test_rows_of_orders_are_not_shown() -> None:
    bought = purchases(
        frame(order_id=["1", "2"], net_amount=[1.0, 2.0]), date="day", until=dt.date(2026, 10, 31)
    )
    assert MAIL not in repr(bought)
    assert len(repr(bought)) <= 500
