"""What a page says of experience and money, and what it refuses to say, in both languages."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from cxreport import open_company
from cxreport.show.render import render
from cxreport.topics.linkage import at_risk, claims, link, loyal, method, worth
from cxreport.topics.linkage.claims import Evidence, judge_claims
from cxreport.topics.linkage.return_on_experience import return_on_experience, tornado
from cxreport.topics.linkage.score_link import ScoreLink

if TYPE_CHECKING:
    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block

CODEBOOK = Path(__file__).parents[3] / "data" / "demo" / "codebook.toml"


@pytest.fixture(scope="module")
def company() -> Company:
    return open_company(CODEBOOK, period="2026-10")


def said(block: Block, language: str = "en") -> str:
    text = re.sub(r"<style.*?</style>|<[^>]*>", " ", str(render(block, language, prefix="b")))
    return " ".join(unescape(text).split())


def score_link(signal: object = True, placebo: object = False, note: str = "") -> ScoreLink:
    """Make a link: promoters 70%, detractors 40%; 100 and 50 euro."""
    rows = []
    for outcome, best, worst in (("ordered_again", 70.0, 40.0), ("spent_after", 100.0, 50.0)):
        for analysis in ("adjusted", "unadjusted"):
            adjusted = analysis == "adjusted"
            rows.append([outcome, analysis, best, worst, signal if adjusted else pd.NA,
                         note if adjusted else ""])  # fmt: skip
    rows += [[name, "placebo", 60.0, 60.0, placebo, ""] for name in
             ("ordered_before", "spent_before")]  # fmt: skip
    names = ["outcome", "analysis", "estimate", "estimate_reference", "signal", "note"]
    found = pd.DataFrame(rows, columns=names)
    found = found.assign(n=900, n_reference=300, p_value=0.01, currency="EUR",
                         difference=found["estimate"] - found["estimate_reference"])  # fmt: skip
    found = found.assign(low=found["difference"] - 5, high=found["difference"] + 5)
    classes = pd.DataFrame(
        [[outcome, answer, 300, 55.0, 50.0, 60.0, ""] for outcome in
         ("ordered_again", "ordered_before") for answer in
         ("detractors", "passives", "promoters")],
        columns=["outcome", "answer", "n", "estimate", "low", "high", "note"],
    )  # fmt: skip
    reasons = ["no customer", "not yet observable", "not covered before", "answered again"]
    return ScoreLink(found, classes, pd.DataFrame({"reason": reasons, "n": [0, 1, 7, 8]}))


def test_a_link_is_told_with_its_check_as_association(company: Company) -> None:
    page = said(link(score_link(), company, 180))
    assert "70.0% of promoters and 40.0% of detractors bought again, among 1,200" in page
    corrected = "interval corrected for the number of comparisons"
    assert f"30.0 points apart ({corrected} 25.0 to 35.0), a signal" in page
    assert f"€50.00 a customer apart ({corrected} €45.00 to €55.00" in page
    assert "as it should be" in page
    assert "association, not cause" in page
    assert page.count("shown for comparison") == 2
    assert page.count("check passed") == 2
    assert "comparisons were made at once" not in page


def test_a_failed_check_takes_the_word_signal_away(company: Company) -> None:
    unclean = score_link(pd.NA, placebo=True, note="placebo not clean")
    page = said(link(unclean, company, 180))
    assert "not called a signal: promoters and detractors differed already" in page
    assert "Check failed" in page
    assert ", a signal" not in page
    italian = said(link(unclean, company, 180), "it")
    assert "Non lo chiamiamo segnale: promotori e detrattori differivano già" in italian


def test_no_signal_and_nothing_to_test_are_told_apart(company: Company) -> None:
    assert "no signal" in said(link(score_link(signal=False), company, 180))
    empty = score_link(pd.NA, placebo=pd.NA, note="too few answers")
    nothing = empty.differences.assign(difference=float("nan"), low=float("nan"))
    page = said(link(ScoreLink(nothing, empty.classes, empty.left_out), company, 180))
    assert "cannot be said: too few answers" in page


def ratio(low: float = 1.6, note: str = "") -> pd.DataFrame:
    rows = [["later period", 40, 60, 180.0, 100.0, 1.8, low, low + 0.4, 2000, note],
            ["same period", 40, 60, 340.0, 100.0, 3.4, 3.2, 3.6, 2000, note]]  # fmt: skip
    names = ["counted_in", "n", "n_reference", "estimate_loyal", "estimate_reference", "estimate",
             "low", "high", "draws", "note"]  # fmt: skip
    return pd.DataFrame(rows, columns=names).assign(
        earlier=dt.date(2024, 11, 1), later=dt.date(2025, 11, 1), last=dt.date(2026, 10, 31),
        at_least=3, currency="EUR",
    )  # fmt: skip


def test_five_times_is_held_against_the_interval(company: Company) -> None:
    page = said(loyal(ratio(), company))
    assert "from November 1, 2025 to October 31, 2026, a loyal customer spent €180.00" in page
    assert "1.80 times as much (95% interval 1.60 to 2.00)" in page
    assert "outside the interval: not here" in page
    assert "it would be 3.40 times" in page
    assert "1,80 volte tanto" in said(loyal(ratio(), company), "it")
    assert "cannot be said: the interval is too wide" in said(loyal(ratio(4.8), company))
    assert "are reached" in said(loyal(ratio(5.0), company))
    few = ratio(float("nan"), "too few customers")
    assert "cannot be said: too few customers" in said(loyal(few, company))


def test_verdicts_come_first_and_what_was_not_measured_is_named(company: Company) -> None:
    found = judge_claims(Evidence(link=score_link(), ratio=ratio())).assign(currency="EUR")
    page = said(claims(found, company))
    assert "Holds in these data: “Happy customers come back”." in page
    assert "Does not hold in these data: “Loyal customers buy five times as much”." in page
    # 25 to 35 at 95%; of two claims on trial each has 97.5%: 5 * 2.2414 / 1.9600
    assert "+30.0 (+24.3 to +35.7) points" in page
    assert "not tested: it needs the same people, asked again a year later" in page
    assert "not tested: it needs answers on what was expected, and an NPS" in page
    assert "not tested: it needs orders with customers, channels and amounts" in page
    assert "not measured" not in page
    italian = said(claims(found, company), "it")
    assert "servono risposte su esigenza, semplicità, gradevolezza e NPS" in italian
    assert "All the months on record up to" in page
    assert page.index("Holds in these data") < page.index("Claims about money")


def inputs(reason: str = "") -> pd.DataFrame:
    rows = [["change", 4.0, 0.0, 8.0, "assumed"], ["effect", 0.23, 0.19, 0.28, "linked"],
            ["customers", 7_000.0, 7_000.0, 7_000.0, "counted"],
            ["margin", 0.33, 0.33, 0.33, "counted"], ["cost", 1_000.0, 1_000.0, 1_000.0,
             "assumed"]]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["input", "estimate", "low", "high", "source"])
    return frame.assign(reason=reason, currency="EUR")


QUANTITIES = ((4.0, 0.0, 8.0), (0.23, 0.19, 0.28), 7_000.0, 0.33, 1_000.0)


def test_what_an_improvement_is_worth_names_what_it_assumes(company: Company) -> None:
    result, ends = return_on_experience(*QUANTITIES), tornado(*QUANTITIES)
    page = said(worth(inputs(), result, ends, company, 180))
    # 4 x 0.23 x 7,000 x 0.33 = 2,125.2
    assert "a gain of €2,125; less the cost of €1,000 that makes €1,125" in page
    assert "A plan, not a finding" in page
    assert "rise of NPS, points +4.0 0.0 to +8.0 points gained assumed" in page
    assert "spend per point of NPS €0.23 €0.19 to €0.28 later spend of a customer" in page
    assert "customers, 12 months 7,000 – who bought in the last 12 months counted" in page
    assert "<svg" in str(render(worth(inputs(), result, ends, company, 180), "it", prefix="b"))


@pytest.mark.parametrize(
    "reason", ["placebo not clean", "no link found", "no amounts", "margin not known",
               "no orders", "no score",
               "no customers", "too few answers", "no variance", "placebo cannot be said"]
)  # fmt: skip
def test_a_refusal_says_why_in_both_languages(reason: str, company: Company) -> None:
    nothing = pd.DataFrame()
    page = said(worth(inputs(reason), nothing, nothing, company, 180))
    assert page.startswith("What an improvement is worth is not worked out: ")
    refused = pd.DataFrame([{"reason": reason, "estimate": float("nan"), "currency": "EUR"}])
    assert "would be an invention" in said(at_risk(refused, company, 180))
    assert "Nessun" not in said(at_risk(refused, company, 180), "it")
    assert "sarebbe inventata" in said(at_risk(refused, company, 180), "it")


def test_revenue_at_risk_is_told_as_an_upper_limit(company: Company) -> None:
    row = {
        "share": 0.17,
        "customers": 7_000.0,
        "difference": 46.0,
        "estimate": 54_740.0,
        "low": 44_000.0,
        "high": 66_000.0,
        "draws": 10_000,
        "reason": "",
        "currency": "EUR",
    }
    page = said(at_risk(pd.DataFrame([row]), company, 180))
    assert "Detractors are 17.0% of those who answered" in page
    assert "€54,740 more in 180 days (95% interval €44,000 to €66,000)" in page
    assert "An upper limit" in page


def test_a_section_without_data_says_which_table_is_missing(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = ScoreLink(pd.DataFrame(), pd.DataFrame(), pd.DataFrame())
    for block in (link(empty, company, 180), at_risk(pd.DataFrame(), company, 180)):
        assert "no answers with an NPS and a customer" in said(block)
    monkeypatch.setattr(type(company), "columns_of", lambda *_: set())
    for block in (
        link(empty, company, 180),
        loyal(pd.DataFrame(), company),
        at_risk(pd.DataFrame(), company, 180),
    ):
        assert "“orders”" in said(block)
        assert "«orders»" in said(block, "it")


def test_the_method_counts_what_was_left_out(company: Company) -> None:
    page = said(method(score_link(), company, 180))
    assert "One answer is not yet observable: its 180 days are not over." in page
    assert "8 answers are a customer's second or later one" in page
    assert "have no customer" not in page
    assert "Holm" in page


@pytest.mark.parametrize(
    ("trade", "english", "italian"),
    [
        ({"bought": None}, "none of the orders is a purchase", "nessuno degli ordini"),
        ({"has": False}, "the orders do not tell their amounts", "non dicono i loro importi"),
        ({"has": True}, "do not cover two whole months", "non coprono due mesi interi"),
    ],
)
def test_what_loyal_customers_spend_is_unknown_for_one_reason(
    company: Company, monkeypatch: pytest.MonkeyPatch, trade: dict[str, Any], english: str,
    italian: str,
) -> None:  # fmt: skip
    bought = SimpleNamespace(bought=trade.get("bought", 1), has=lambda _: trade.get("has"))
    monkeypatch.setattr("cxreport.topics.linkage.blocks.company_trade", lambda _: bought)
    assert english in said(loyal(pd.DataFrame(), company))
    assert italian in said(loyal(pd.DataFrame(), company), "it")
