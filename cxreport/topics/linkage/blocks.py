"""Does experience pay: claims on trial, the link and its check, what it is worth."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.orders.frames import NEEDED, PAID, company_trade
from cxreport.show.few import without_few
from cxreport.show.parts import Column, chart, note, say, section, sentences, table
from cxreport.topics.linkage.claims import NO_SIGNAL, NOT_SUPPORTED, SUPPORTED, UNTESTED
from cxreport.topics.linkage.score_link import ADJUSTED, AGAIN, PLACEBO, SPENT, UNADJUSTED

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block
    from cxreport.show.parts import Said
    from cxreport.topics.linkage.score_link import ScoreLink

    Row = dict[Hashable, Any]

BEFORE = "ordered_before"
CLASSES = ("promoters", "passives", "detractors")
MONEY_CLAIMS = ("happy_return", "five_times", "channels")
"""Claims that are judged by customers; the others, by answers."""
TIMES = 5
"""How many times as much loyal customers are said to spend."""
VERDICTS = {
    "claims.holds": SUPPORTED,
    "claims.fails": NOT_SUPPORTED,
    "claims.unsure": NO_SIGNAL,
    "claims.untested": UNTESTED,
}
COMPARED = {
    AGAIN: {
        "signal": "ordered_again.signal",
        "none": "ordered_again.none",
        "unclean": "ordered_again.unclean",
        "unsaid": "ordered_again.unsaid",
    },
    SPENT: {
        "signal": "spent_after.signal",
        "none": "spent_after.none",
        "unclean": "spent_after.unclean",
        "unsaid": "spent_after.unsaid",
    },
}
"""Outcome -> what its comparison shows -> the sentence."""
LEFT_OUT = {
    "no customer": "left_out.no customer",
    "not yet observable": "left_out.not yet observable",
    "not covered before": "left_out.not covered before",
    "answered again": "left_out.answered again",
}
METHODS = ("method.link", "method.placebo", "method.loyal", "method.claims", "method.worth")

CLAIM = (
    Column("claim", "word:claim"),
    Column("verdict", "word:verdict"),
    Column("measured", "word:measured", is_text=False),
    Column("counted", "word:counted", is_text=False),
    Column("tested", "word:tested"),
)
BY_CLASS = (
    Column("answer", "capital:answer", "class"),
    Column("outcome", "word:when", "when"),
    Column("n"),
    Column("estimate", "share", "bought"),
    Column("", "range:share", "interval"),
)
LINK = (
    Column("what", "word:what"),
    Column("judged", "word:judged"),
    Column("difference", "with_range:as:apart"),
    Column("estimate", "as:unit", "promoters"),
    Column("estimate_reference", "as:unit", "detractors"),
    Column("customers"),
)
LOYAL = (
    Column("counted_in", "word:counted_in"),
    Column("estimate", "2", "times"),
    Column("", "range:2", "interval"),
    Column("n", "say:each.loyal", "loyal", is_text=False),
    Column("n_reference", "say:each.rest", "rest", is_text=False),
)
INPUTS = (
    Column("input", "word:input"),
    Column("estimate", "as:unit", "value"),
    Column("", "range:as:unit", "interval"),
    Column("input", "word:meaning", "meaning"),
    Column("source", "word:source"),
)
ENDS = (
    Column("input", "word:input"),
    Column("end", "word:end"),
    Column("estimate", "money", "result"),
)
UNITS = {
    "change": "signed",
    "effect": "money",
    "customers": "whole",
    "margin": "share",
    "cost": "money",
}
"""Input of a plan -> the format that writes it."""

_tell = partial(sentences, "linkage")
_table = partial(table, "linkage")
_bars = partial(chart, "bars", "linkage")
_note = partial(note, "linkage")


@without_few
def claims(judged: pd.DataFrame, company: Company) -> Block:
    """State which claims of the trade hold here; ``judged`` from ``company_claims``."""
    by_verdict = {
        key: [
            say("claims.quoted", claim=claim)
            for claim in judged.loc[judged["verdict"] == verdict, "claim"]
        ]
        for key, verdict in VERDICTS.items()
    }
    verdicts = [
        say(key, n=len(quoted), claims=quoted) for key, quoted in by_verdict.items() if quoted
    ]
    months = say("claims.months", until=str(company.until))
    about_money = judged["claim"].isin(MONEY_CLAIMS)
    tested = judged["claim"].mask(judged["verdict"] == UNTESTED, UNTESTED)
    counted = about_money.map({True: "customers", False: "answers"})
    rows = judged.assign(
        measured=judged["unit"].where(judged["estimate"].notna(), "none"),
        n=judged["n"].where(judged["n"] > 0),
        counted=counted.where(judged["n"] > 0, "none"),
        tested=tested,
    )
    return section(
        [
            _tell([*verdicts, say("association"), months], company),
            _table("claims_money", rows[about_money], CLAIM, company),
            _table("claims_people", rows[~about_money], CLAIM, company),
        ]
    )


def _has_orders(company: Company) -> bool:
    return company.columns_of("orders") >= NEEDED


@without_few
def link(score_link: ScoreLink, company: Company, window_days: int) -> Block:
    """Show whether the score goes with later orders and money.

    Parameters
    ----------
    score_link : ScoreLink
        From ``company_score_link``.
    company : Company
        What is reported.
    window_days : int
        The window that ``score_link`` was measured with.
    """
    differences = score_link.differences
    if differences.empty:
        key = "missing.link_answers" if _has_orders(company) else "missing.link"
        return _note(key, company, needs=("responses", "orders"))
    rows = differences.to_dict("records")
    adjusted = {row["outcome"]: row for row in rows if row["analysis"] == ADJUSTED}
    checks = [row["signal"] for row in rows if row["analysis"] == PLACEBO]
    compared = [
        _compared(adjusted[name], window_days) for name in (AGAIN, SPENT) if name in adjusted
    ]
    percent = differences["outcome"].isin([AGAIN, BEFORE])
    listed = differences.assign(
        what=differences["outcome"] + "." + differences["analysis"],
        judged=[_judged(row) for row in rows],
        unit=percent.map({True: "share", False: "money"}),
        apart=percent.map({True: "signed", False: "money"}),
        customers=differences["n"] + differences["n_reference"],
    )
    days = {"periods": window_days}
    return section(
        [
            _tell([*compared, _check(checks, window_days), say("association")], company),
            _bars("link_classes", _bought(score_link.classes), BY_CLASS, company, x="axis.bought",
                  label={"name": "answer", "how": "answer"},
                  series={"name": "outcome", "how": "word:when"}, **days),
            _table("link", listed, LINK, company, **days),
        ]
    )  # fmt: skip


def _bought(classes: pd.DataFrame) -> pd.DataFrame:
    """Return the shares that bought, promoters first, before the answer and after it."""
    shares = classes[classes["outcome"].isin([AGAIN, BEFORE])]
    place = shares["answer"].map({name: at for at, name in enumerate(CLASSES)})
    in_order = shares.assign(place=place, later=shares["outcome"] != BEFORE)
    return in_order.sort_values(["place", "later"]).drop(columns=["place", "later"])


def _compared(row: Row, days: int) -> Said:
    """Describe what one adjusted comparison shows."""
    names = {"best": "estimate", "worst": "estimate_reference", "difference": "difference",
             "low": "low", "high": "high"}  # fmt: skip
    values = {new: float(row[old]) for new, old in names.items()}
    n = int(row["n"]) + int(row["n_reference"])
    key = COMPARED[row["outcome"]][_word(row)]
    return say(key, n=n, days=days, reason=row["note"], currency=row["currency"], **values)


def _word(row: Row) -> str:
    """Return the word for a comparison: signal, none, unclean, unsaid."""
    if pd.isna(row["difference"]) or pd.isna(row["low"]):
        return "unsaid"
    if pd.isna(row["signal"]):
        return "unclean"
    return "signal" if row["signal"] else "none"


def _judged(row: Row) -> str:
    """Return what a comparison is worth: only adjusted ones are claims, placebos are checks."""
    if row["analysis"] == UNADJUSTED:
        return "for_comparison"
    if row["signal"] is None or pd.isna(row["signal"]):
        return "unknown"
    if row["analysis"] == PLACEBO:
        return "failed" if row["signal"] else "passed"
    return "yes" if row["signal"] else "no"


def _check(signals: list[Any], days: int) -> Said:
    """State whether the classes differed before the answer already."""
    if any(not pd.isna(signal) and signal for signal in signals):
        return say("check.unclean", days=days)
    if any(pd.isna(signal) for signal in signals):
        return say("check.unsaid", days=days)
    return say("check.clean", days=days)


@without_few
def loyal(ratio: pd.DataFrame, company: Company) -> Block:
    """Show how many times as much loyal customers spend; ``ratio`` from ``company_loyal_ratio``."""
    if ratio.empty:
        return _note(_why_no_loyal(company), company, needs=("orders",))
    later, same = (ratio.iloc[place].to_dict() for place in (0, 1))
    days = {name: str(later[name]) for name in ("earlier", "later", "last")}
    parts = [say("loyal.who", n=int(later["n"]), others=int(later["n_reference"]),
                 at_least=int(later["at_least"]), **days)]  # fmt: skip
    if pd.isna(later["low"]):
        parts.append(say("loyal.unsaid", reason=later["note"]))
    else:
        names = {"loyal": "estimate_loyal", "rest": "estimate_reference", "estimate": "estimate",
                 "low": "low", "high": "high"}  # fmt: skip
        values = {new: float(later[old]) for new, old in names.items()}
        parts += [
            say("loyal.times", currency=later["currency"], **days, **values),
            say(_times(later)),
            say("loyal.naive", estimate=float(same["estimate"])),
        ]
    return section([_tell(parts, company), _table("loyal", ratio, LOYAL, company)])


def _why_no_loyal(company: Company) -> str:
    """Return the key of why nothing is said of what loyal customers spend."""
    if not _has_orders(company):
        return "missing.loyal"
    trade = company_trade(company)
    if trade.bought is None:
        return "missing.loyal_purchases"
    return "missing.loyal_months" if trade.has(PAID) else "missing.loyal_amounts"


def _times(row: Row) -> str:
    """Return the key of what the interval says of five times."""
    if row["low"] >= TIMES:
        return "loyal.five"
    return "loyal.short" if row["high"] < TIMES else "loyal.open"


def worth(
    inputs: pd.DataFrame,
    result: pd.DataFrame,
    ends: pd.DataFrame,
    company: Company,
    window_days: int,
) -> Block:
    """Show what an improvement would be worth, or why that cannot be said.

    Parameters
    ----------
    inputs, result, ends : DataFrame
        From ``plan_inputs``, ``plan_return`` and ``plan_tornado``.
    company : Company
        What is reported.
    window_days : int
        The days in which the later spend was counted.
    """
    if result.empty:
        return _tell([say("worth.refused", reason=str(inputs["reason"].iloc[0]))], company)
    row, currency = result.iloc[0].to_dict(), str(inputs["currency"].iloc[0])
    amounts = {name: float(row[name]) for name in ("gain", "cost", "estimate", "low", "high")}
    change = float(inputs.loc[inputs["input"] == "change", "estimate"].iloc[0])
    parts = [say("worth.gain", change=change, days=window_days, **amounts)]
    if not pd.isna(row["probability"]):
        odds = {"probability": float(row["probability"]), "draws": int(row["draws"])}
        parts.append(say("worth.pays", **odds, **amounts))
    parts.append(say("worth.plan"))
    blocks = [
        _tell(parts, company, currency=currency),
        _table("worth_inputs", _written(inputs), INPUTS, company),
    ]
    if not ends.empty:
        blocks.append(_tornado(ends, company, currency))
    return section(blocks)


def _written(inputs: pd.DataFrame) -> pd.DataFrame:
    """Name each input's format; the margin in percent, no interval where nothing is spread."""
    values = ["estimate", "low", "high"]
    scale = inputs["input"].map({"margin": 100}).fillna(1)
    listed = inputs.assign(unit=inputs["input"].map(UNITS), **inputs[values].mul(scale, axis=0))
    spread = listed["low"] < listed["high"]
    return listed.assign(low=listed["low"].where(spread), high=listed["high"].where(spread))


def _tornado(ends: pd.DataFrame, company: Company, currency: str) -> Block:
    """Draw the result at both ends of each input."""
    sides = [
        pd.DataFrame({"input": ends["input"], "end": end, "estimate": ends[column],
                      "low": float("nan"), "high": float("nan"), "place": ends.index})
        for end, column in (("worse_end", "low"), ("better_end", "high"))
    ]  # fmt: skip
    drawn = pd.concat(sides).sort_values("place", kind="stable").drop(columns="place")
    return _bars("worth_tornado", drawn, ENDS, company, x="axis.result", how="whole", drawn="whole",
                 label={"name": "input", "how": "word:input"},
                 series={"name": "end", "how": "word:end"}, currency=currency)  # fmt: skip


@without_few
def at_risk(spend: pd.DataFrame, company: Company, window_days: int) -> Block:
    """Describe what spend goes with discontent, or why nobody can say; from ``company_at_risk``."""
    if spend.empty:
        key = "missing.at_risk_answers" if _has_orders(company) else "missing.at_risk"
        return _note(key, company, needs=("responses", "orders"))
    row = spend.iloc[0].to_dict()
    if row["reason"]:
        return _tell([say("risk.refused", reason=row["reason"])], company)
    amounts = {name: float(row[name]) for name in ("difference", "estimate", "low", "high")}
    values = {"share": 100 * float(row["share"]), "customers": int(row["customers"])}
    estimate = say("risk.estimate", days=window_days, currency=row["currency"], **values, **amounts)
    return _tell([estimate, say("risk.bound")], company)


def method(score_link: ScoreLink, company: Company, window_days: int) -> Block:
    """Describe how all this was worked out, and what was left out."""
    left_out = [
        say(LEFT_OUT[row["reason"]], n=int(row["n"]), days=window_days)
        for row in score_link.left_out.to_dict("records")
        if row["n"]
    ]
    return _tell([*left_out, *map(say, METHODS)], company)
