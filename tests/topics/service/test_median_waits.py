"""The quick medians of a history are those of the whole curves, and hide what no page may show."""

from __future__ import annotations

import pandas as pd
import pytest

import cxreport as cx


def test_the_medians_are_those_of_the_whole_curves() -> None:
    demo_company = cx.open_company("demo", period="2026-10")
    medians = cx.service.median_waits(demo_company)
    tickets = cx.service.company_tickets(demo_company)
    assert tickets is not None
    names = {pd.Timestamp(p.start): p.name for p in demo_company.history_of("tickets")}
    for metric in ("first_reply", "solution"):
        curves = cx.service.waits(tickets, metric, by="period_start")
        periods = pd.to_datetime(curves["period_start"]).map(names)
        expected = dict(zip(periods, curves["estimate"], strict=True))
        every = medians[(medians["metric"] == metric) & (medians["group"] == "")]
        assert len(every) == len(names)
        for row in every.to_dict("records"):
            assert row["estimate"] == pytest.approx(expected[row["period"]])
        newest = every[every["period"] == demo_company.period.name].iloc[0]
        assert newest["low"] < newest["estimate"] < newest["high"]
