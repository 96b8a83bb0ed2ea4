"""What a page says of profit and value: groups that lose are named, nothing is promised unseen."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from cxreport import open_company, value
from cxreport.orders.frames import Trade
from cxreport.show.blocks import read_block
from cxreport.show.formats import Reader
from cxreport.show.money import write_money
from cxreport.show.render import render
from cxreport.show.words import Words
from cxreport.topics.value import Buying, Membership, Profit
from cxreport.topics.value.bgnbd import NONE
from cxreport.topics.value.frames import CONTRACT
from cxreport.topics.value.likelihood import no_fit

if TYPE_CHECKING:
    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block

LANGUAGES = ("en", "it")


@pytest.fixture(scope="module")
def company() -> Company:
    return open_company("demo", period="2026-10")


@pytest.fixture(scope="module")
def profit(company: Company) -> Profit:
    return value.company_profit(company)


@pytest.fixture(scope="module")
def buying(company: Company) -> Buying:
    return value.company_buying(company, discount=0.1)


def said(block: Block, language: str = "en") -> str:
    page = str(render(read_block(block.payload()), language, prefix="b"))
    page = re.sub(r"<svg.*?</svg>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).replace("\u2060", "").split())


def nothing(company: Company) -> Trade:
    last = company.until
    return Trade(None, None, pd.DataFrame(columns=["reason", "n"]), last, last)


@pytest.mark.parametrize(
    ("amount", "currency", "english", "italian"),
    [
        (1234.5, "EUR", "€1,234", "1.234 €"),  # half to even, as everywhere
        (0.5, "", "0.50", "0,50"),
        (-2.0, "CHF", "−CHF 2.00", "−2,00 CHF"),
        (-0.001, "EUR", "€0.00", "0,00 €"),
        (None, "EUR", "–", "–"),
        (float("nan"), "", "–", "–"),
    ],
)
def test_money(amount: float | None, currency: str, english: str, italian: str) -> None:
    for language, expected in zip(LANGUAGES, (english, italian), strict=True):
        written = write_money(Words(language), amount, currency)
        assert written.replace("\u00a0", " ").replace("\u2060", "") == expected


def test_profit_says_its_sum_and_how_many_lose(profit: Profit, company: Company) -> None:
    page = said(value.profit(profit, company))
    total, peak = profit.total.iloc[0], profit.peak.iloc[0]
    assert f"{total['n']:,} customers" in page
    assert f"€{total['total']:,.0f}" in page
    assert f"made {peak['estimate']:.1f}% of the final profit" in page
    assert "cost to serve" in page
    italian = said(value.profit(profit, company), "it")
    assert "curva della balena" in italian.lower()


def test_the_whale_is_drawn_with_its_table(profit: Profit, company: Company) -> None:
    page = str(render(value.profit(profit, company), "en", prefix="b"))
    assert page.count("<svg") == 2
    assert "Line chart. The whale curve" in page
    assert "100.0%" in page


def test_groups_that_lose_are_named_with_their_interval(profit: Profit, company: Company) -> None:
    page = said(value.profit_groups(profit, company))
    told = page[: page.index("Association")]
    n = profit.groups.set_index(["variable", "level"])["n"].to_dict()[("help", "more")]
    assert f"more than 1 request an order: −€35.83 each (−€39.65 to −€32.01; n = {n})" in told
    assert "phone" not in told
    assert "By region and age band customers do not differ" in told
    assert "EUR" in page
    italian = said(value.profit_groups(profit, company), "it")
    assert "Associazione, non causa" in italian
    assert "telefono" in italian


def test_no_group_is_accused_without_a_signal(profit: Profit, company: Company) -> None:
    unsure = replace(profit, groups=profit.groups.assign(signal=False))
    assert "surely loses money as a whole" in said(value.profit_groups(unsure, company))


def test_losses_are_no_percentages(profit: Profit, company: Company) -> None:
    peak = profit.peak.assign(estimate=np.nan, low=np.nan, high=np.nan, top=np.nan)
    curve = profit.curve.assign(estimate=np.nan, total=-profit.curve["total"])
    total = profit.total.assign(estimate=-48.0, low=-52.0, high=-45.0)
    lost = replace(profit, total=total, peak=peak, curve=curve)
    page = str(render(value.profit(lost, company), "en", prefix="b"))
    assert "Together customers brought no profit:" in page


def test_the_forecast_is_said_with_its_check(buying: Buying, company: Company) -> None:
    assert buying.check is not None
    page, check = (
        said(value.next_year(buying, company)),
        said(value.forecast_check(buying, company)),
    )
    assert "13,374 orders in the next 12 months" in page
    assert "9.8% of customers stop for good" in page
    row = buying.check.total.iloc[0]
    assert f"Counted were {row['actual']:,.0f}" in check
    assert f"{abs(row['off']):.1f}% below the count" in check
    assert "inside the interval" in check
    assert "not seen" in check
    off = buying.check.total.assign(low=row["actual"] + 1, high=row["actual"] + 2)
    outside = replace(buying, check=replace(buying.check, total=off))
    assert "outside the interval: the model misses" in said(value.forecast_check(outside, company))


def test_rows_that_the_forecast_missed_are_not_hidden_by_the_total(
    buying: Buying, company: Company
) -> None:
    assert buying.check is not None
    rows = pd.DataFrame({"repeats": ["0", "1", "2"], "n": 10, "actual": [1.2, 1.6, 2.0]})
    rows = rows.assign(estimate=1.5, low=1.4, high=[1.5, 1.7, 1.9])  # the first and the last
    check = replace(buying.check, by_repeats=rows)
    page = said(value.forecast_check(replace(buying, check=check), company))
    assert "In 2 of the 3 rows of the table below" in page
    good = replace(check, by_repeats=rows.iloc[1:2])
    assert "of the table below" not in said(
        value.forecast_check(replace(buying, check=good), company)
    )


def test_the_brief_tells_profit_and_what_is_to_come(
    profit: Profit, buying: Buying, company: Company
) -> None:
    page = said(value.brief(profit, buying, company))
    assert "brought a profit of" in page
    assert "expected to bring a margin of" in page
    assert "did not pass its check" not in page
    assert buying.check is not None
    total = buying.check.total.assign(actual=100.0, low=80.0, high=90.0, off=-15.0)
    failed = replace(buying, check=replace(buying.check, total=total))
    unknown = replace(profit, missing="margin")
    page = said(value.brief(unknown, failed, company))
    assert "profit of" not in page
    assert "did not pass its check on months that it had not seen: it was 15.0% off" in page
    assert said(value.brief(unknown, Buying(buying.trade, 0.1), company)) == ""


def test_where_nobody_stops_no_share_is_active(buying: Buying, company: Company) -> None:
    assert buying.fit is not None
    page = said(value.next_year(replace(buying, fit=replace(buying.fit, model=NONE)), company))
    assert "nobody seems to stop" in page
    assert "customers still" not in page


def test_every_assumption_is_printed(buying: Buying, company: Company) -> None:
    page = said(value.worth(buying, company))
    assert page.count("Assumed:") == 2
    assert "10.0% a year" in page
    assert "24.3%" in page
    spend = replace(buying, margin=None, value=buying.value.assign(measure="spend"))
    assert "do not say their margin" in said(value.worth(spend, company))
    together = replace(buying, correlation=-0.4)
    assert "Read with care" in said(value.worth(together, company))


def test_a_contract_has_its_assumptions(company: Company) -> None:
    found = value.company_membership(company)
    page = said(value.contract_value(found, company))
    assert "Assumed, not measured" in page
    assert f"{found.value['multiple'].item():.2f} such years" in page
    poor = replace(found, value=found.value.assign(note="the margin may be 0 or less"))
    assert "nothing to multiply" in said(value.contract_value(poor, company))
    assert "Ipotesi, non misure" in said(value.contract_value(found, company), "it")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_missing_is_said(company: Company, buying: Buying, language: str) -> None:
    empty, trade = pd.DataFrame(), nothing(company)
    notes = {Reader(language, "value").text(key) for key in NOTES}
    blocks = [
        value.profit(Profit(empty, empty, empty, trade=trade, missing="orders"), company),
        value.profit(Profit(empty, empty, empty, trade=trade, missing="margin"), company),
        value.next_year(Buying(trade, 0.1), company),
        value.forecast_check(replace(buying, check=None), company),
        value.worth(replace(buying, value=empty), company),
        value.contract_value(
            Membership(pd.DataFrame(columns=CONTRACT), missing="contracts"), company
        ),
        value.contract_value(Membership(pd.DataFrame(columns=CONTRACT), missing="margin"), company),
    ]
    assert {said(block, language) for block in blocks} == notes
    unknown = Profit(empty, empty, empty, trade=trade, missing="margin")
    assert said(value.profit_groups(unknown, company), language) == ""  # said already


def test_without_orders_the_page_says_that_there_are_none(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("blocks", "profit_blocks"):
        monkeypatch.setattr(f"cxreport.topics.value.{module}.has_orders", lambda _: False)
    empty, trade = pd.DataFrame(), nothing(company)
    profit = value.profit(Profit(empty, empty, empty, trade=trade, missing="orders"), company)
    forecast = value.next_year(Buying(trade, 0.1), company)
    for block in (profit, forecast):
        assert "the source has no orders with a customer and a day" in said(block)


def test_without_a_fit_the_page_says_why(buying: Buying, company: Company) -> None:
    failed = replace(buying, fit=no_fit(NONE, ("r", "alpha"), 9, "no fit"))
    page = said(value.next_year(failed, company))
    assert "no version of the model has a best fit to how these customers bought" in page
    assert "nessuna versione del modello" in said(value.next_year(failed, company), "it")
    nobody = replace(failed, forecast=buying.forecast.assign(returned=0))
    assert "nobody has bought again" in said(value.next_year(nobody, company))


NOTES = (
    "missing.profit_purchases", "missing.profit_margin", "missing.purchases",
    "missing.forecast_check",
    "missing.amounts", "missing_section.contracts", "missing.contract_margin",
)  # fmt: skip


@pytest.mark.parametrize(
    ("estimate", "high", "english", "italian"),
    [
        (-4.0, -1.0, "Together customers brought no profit:", "non hanno portato profitto:"),
        (-4.0, 2.0, "bring a profit together cannot be told", "Non si può dire se nell'insieme"),
        (3.0, 9.0, "bring a profit together cannot be told", "Non si può dire se nell'insieme"),
        (-4.0, float("nan"), "together cannot be told", "Non si può dire se nell'insieme"),
    ],
)
def test_no_profit_and_not_known_are_two_sentences(
    profit: Profit, company: Company, estimate: float, high: float, english: str, italian: str
) -> None:
    total = profit.total.assign(estimate=estimate, low=estimate - 6, high=high)
    unknown = replace(profit, total=total, peak=profit.peak.assign(estimate=float("nan")))
    page = said(value.profit(unknown, company))
    assert english in page
    assert italian in said(value.profit(unknown, company), "it")
