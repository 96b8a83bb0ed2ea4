"""What a page says of customer service, in both languages."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import cxreport as cx
from cxreport.show.render import render
from cxreport.topics.service.comparisons import COMPARED
from cxreport.topics.service.times import WAITS

if TYPE_CHECKING:
    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block


@pytest.fixture(scope="module")
def company() -> Company:
    return cx.open_company("demo", period="2026-10")


def said(block: Block, language: str = "en") -> str:
    text = re.sub(r"<[^>]*>", " ", str(render(block, language, prefix="b")))
    return " ".join(unescape(text).split())


def wait(**changed: Any) -> dict[str, Any]:
    row = dict.fromkeys(WAITS, np.nan) | {"metric": "solution", "n": 100, "ended": 90, "note": ""}
    row |= {"waiting": 10, "estimate": 5.0, "low": 4.0, "high": 6.0, "ended_median": 4.5}
    return {"variable": "", "level": "", "period": "2026-10"} | row | changed


def change(**changed: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(COMPARED, np.nan)
    row |= {"variable": "period", "level": "2026-10", "metric": "solution", "group": "", "n": 100}
    row |= {"estimate": 5.0, "estimate_rest": 3.0, "p_value": 0.001, "q_value": 0.001, "chi2": 11.0}
    return row | {"signal": True, "direction": "slower", "note": ""} | changed


def brief(
    company: Company, waits: list[dict[str, Any]], changes: list[dict[str, Any]], language: str
) -> str:
    columns = [*COMPARED, "group"]
    frame = pd.DataFrame(changes, columns=columns).astype({"signal": "boolean"})
    return said(cx.service.brief(pd.DataFrame(waits), frame, company), language)


BEFORE = wait(period="2026-09", estimate=3.0)


def test_what_got_slower_comes_first(company: Company) -> None:
    page = brief(company, [wait(), BEFORE], [change()], "en")
    assert page.startswith(
        "Look here first: how long customers wait for the solution (all requests)."
    )
    assert "a signal: half within 5.0 hours (100 requests), 3.0 hours then." in page
    assert "One comparison was made." in page


def test_the_group_that_got_slower_is_named(company: Company) -> None:
    phone = change(group="phone", chi2=40.0)
    channel = change(variable="channel", level="app", signal=False, direction="", q_value=1.0)
    page = brief(company, [wait(), BEFORE], [change(), phone, channel], "it")
    assert page.startswith("Da guardare per prima cosa: quanto si aspetta la soluzione (telefono).")
    assert (
        "Più che allora, un segnale, in questi gruppi: telefono (5,0 ore; allora 3,0 ore)" in page
    )


def test_else_who_waits_longer_than_the_others(company: Company) -> None:
    same = change(signal=False, direction="", q_value=1.0)
    shop = change(variable="channel", level="shop")
    page = brief(company, [wait(), BEFORE], [same, shop], "en")
    assert (
        "shop (5.0 hours). Customers there wait longer for the solution than in all other groups"
        in page
    )
    assert "Against the period before alone (September 2026), no wait got longer" in page
    assert "Steady against September 2026 (3.0 hours then): no more apart than chance" in page


def test_where_nothing_stands_out_the_page_says_so(company: Company) -> None:
    same = change(signal=False, direction="", q_value=1.0)
    page = brief(company, [wait(), BEFORE], [same], "en")
    assert page.startswith("Against the period before alone (September 2026), no wait got")


def test_without_a_period_before_nothing_is_compared(company: Company) -> None:
    page = brief(company, [wait()], [], "en")
    assert "There is nothing to compare these waits with." in page
    assert "There is no period before to compare with." in page


def test_a_median_that_is_not_reached_is_not_yet_known(company: Company) -> None:
    unknown = wait(estimate=np.nan, low=np.nan, high=np.nan, waiting=60)
    page = brief(company, [unknown, BEFORE], [change(estimate=np.nan)], "en")
    assert "now fewer than half so far" in page
    assert "too many of the 100 requests of October 2026 are still open (60 still waiting)" in page
    assert "–" not in page


def test_the_median_of_the_solved_is_called_too_short(company: Company) -> None:
    page = brief(company, [wait()], [], "en")
    assert "seem shorter, half within 4.5 hours: that leaves out 10 still waiting" in page
    assert "seem shorter" not in brief(company, [wait(waiting=0)], [], "en")
    assert "seem shorter" not in brief(company, [wait(ended_median=4.99)], [], "en")  # both are 5.0


def test_no_requests_give_a_note(company: Company) -> None:
    assert "No waiting times" in brief(company, [wait(n=0)], [], "en")
    assert "No waiting times" in said(
        cx.service.waits_table(pd.DataFrame(columns=["period"]), pd.DataFrame(), company)
    )


def test_of_two_groups_both_have_a_verdict(company: Company) -> None:
    groups = [wait(variable="channel", level=name) for name in ("app", "web")]
    tested = change(variable="channel", level="web", direction="faster")
    frame = pd.DataFrame([tested], columns=[*COMPARED, "group"]).astype({"signal": "boolean"})
    page = said(cx.service.waits_table(pd.DataFrame([wait(), *groups]), frame, company))
    assert re.search(r"App .* longer: signal Website .* shorter: signal", page)


def test_long_waits_are_drawn_in_days(company: Company) -> None:
    curve = pd.DataFrame({"group": "", "metric": "solution", "time": [0.0, 240.0]})
    curve = curve.assign(estimate=[100.0, 40.0], low=[np.nan, 30.0], high=[np.nan, 50.0])
    page = said(cx.service.curves_chart([curve.iloc[:0], curve], company))
    assert "40.0% at 10" in page
    assert "10.0 days 40.0% 30.0% to 50.0%" in page
    assert "No curve" in said(cx.service.curves_chart([curve.iloc[:0]], company))


def test_only_charts_with_a_concern_are_drawn_beside_that_of_all(company: Company) -> None:
    page = said(cx.service.history_chart(cx.service.company_history(company), company))
    assert "March 2026, first reply: worse than usual (a mark on the chart): " in page
    assert re.search(r"phone \(half within 4.0 hours; usually 3[01] minutes\)", page)
    assert "Phone: within how long half had the first reply" in page
    assert "Shop: within how long half had the first reply" not in page


def test_rates_name_their_level_as_it_was_declared(company: Company) -> None:
    hours = {"first_reply": 0.5, "solution": 48.0}
    page = said(
        cx.service.rates_table(cx.service.company_rates(company, hours=hours), company, hours)
    )
    assert "First reply within 30 minutes" in page
    assert "Solved within 48 hours" in page


def test_reasons_are_told_in_order(company: Company) -> None:
    page = said(cx.service.reasons_chart(cx.service.company_reasons(company), company), "it")
    assert "il più frequente è «consegna»" in page
    assert "6 confronti fatti insieme" in page


def test_avoidable_requests_name_what_was_declared(company: Company) -> None:
    history = cx.service.avoidable_history(company, ["delivery"])
    page = said(cx.service.avoidable_chart(history, company, ["delivery"]))
    assert "Declared avoidable: delivery." in page
    assert "No reasons" not in page
    empty = cx.service.avoidable_history(company, [])
    assert "cannot be counted" in said(cx.service.avoidable_chart(empty, company, []))


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_closed_loop_is_called_an_association(company: Company, language: str) -> None:
    steps, later = cx.service.company_loop(company), cx.service.company_later(company)
    page = said(cx.service.loop_table(steps, later, company, 48), language)
    assert {"en": "It is an association", "it": "È un'associazione"}[language] in page
    assert {"en": "too early to say", "it": "troppo presto"}[language] in page


def test_requests_left_out_are_listed(company: Company) -> None:
    left_out = pd.DataFrame({"reason": ["withdrawn"], "n": [293]})
    assert "withdrawn or cancelled 293" in said(cx.service.method(left_out, company))
    assert "No request had to be left out." in said(cx.service.method(left_out.iloc[:0], company))


def test_the_summary_is_short(company: Company) -> None:
    waits, changes = cx.service.company_waits(company), cx.service.company_changes(company)
    whole = said(cx.service.brief(waits, changes, company), "it")
    page = said(cx.service.summary(waits, changes, company), "it")
    assert page.startswith(whole[:60])
    assert "Telefono 164 32 minuti (da 25 a 36 minuti)" in page
