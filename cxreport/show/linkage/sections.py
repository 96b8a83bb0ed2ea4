"""Blocks on experience and money: claims on trial, the link and its check, what it is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.blocks import Block
from cxreport.show.few import without_few
from cxreport.show.linkage.cells import MONEY_CLAIMS
from cxreport.show.linkage.words import reason_key
from cxreport.show.sections import about, note, several
from cxreport.topics.linkage.claims import NO_SIGNAL, NOT_SUPPORTED, SUPPORTED, UNTESTED
from cxreport.topics.linkage.score_link import ADJUSTED, AGAIN, PLACEBO, SPENT

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.inputs.company import Company
    from cxreport.topics.linkage.score_link import ScoreLink

    Row = dict[Hashable, Any]

CLASSES = ("promoters", "passives", "detractors")
METHODS = ("link", "placebo", "loyal", "claims", "worth")


@without_few
def claims(found: pd.DataFrame, company: Company) -> Block:
    """Say which claims of the trade hold here; ``found`` from ``company_claims``."""
    named = {
        key: [f"claims.name.{claim}" for claim in found.loc[found["verdict"] == verdict, "claim"]]
        for key, verdict in (("holds", SUPPORTED), ("fails", NOT_SUPPORTED),
                             ("unsure", NO_SIGNAL), ("untested", UNTESTED))
    }  # fmt: skip
    sentences = [
        _say(f"claims.{key}", n=len(names), claims={"list": names})
        for key, names in named.items()
        if names
    ]
    about_money = found["claim"].isin(MONEY_CLAIMS)
    tables = [
        _table("claims", rows, company, caption=caption)
        for caption, rows in (("claims_money", found[about_money]),
                              ("claims_people", found[~about_money]))
    ]  # fmt: skip
    months = _say("claims.months", until={"day": str(company.until)})
    return _told([*sentences, _say("association"), months], tables, found, company)


@without_few
def score_link(link: ScoreLink, company: Company, window_days: int) -> Block:
    """Show whether the score goes with later orders and money; ``link`` from the function named so.

    Parameters
    ----------
    link : ScoreLink
        From ``company_score_link``.
    company : Company
        What is reported.
    window_days : int
        The window that ``link`` was measured with.
    """
    rows = link.differences.to_dict("records")
    if not rows:
        return note("score_link", company)
    by_name = {(row["outcome"], row["analysis"]): row for row in rows}
    sentences = [_found(by_name[AGAIN, ADJUSTED], window_days)]
    if (SPENT, ADJUSTED) in by_name:
        sentences.append(_found(by_name[SPENT, ADJUSTED], window_days))
    checks = [row for row in rows if row["analysis"] == PLACEBO]
    sentences.append(_check(checks, window_days))
    sentences.append(_say("association"))
    shares = link.classes[link.classes["outcome"].str.startswith("ordered")]
    order = shares["answer"].map({name: place for place, name in enumerate(CLASSES)})
    before_first = shares["outcome"] != "ordered_before"
    shares = shares.assign(place=order, later=before_first).sort_values(["place", "later"])
    drawn = shares.drop(columns=["place", "later"]).assign(
        label=shares["answer"], series=shares["outcome"]
    )
    parameters = about(company) | {"caption": "link_classes", "table": "link_classes",
                                   "axis": "bought"}  # fmt: skip
    blocks = [
        Block("bars", drawn, parameters | {"periods": window_days}),
        _table("link", link.differences, company, periods=window_days),
    ]
    return _told(sentences, blocks, link.differences, company)


def _found(row: Row, days: int) -> dict[str, Any]:
    """Say what one adjusted comparison shows."""
    outcome, key = str(row["outcome"]), _word(row)
    wrap = (lambda value: {"money": value}) if outcome == SPENT else float
    names = {"best": "estimate", "worst": "estimate_reference", "difference": "difference",
             "low": "low", "high": "high"}  # fmt: skip
    values = {new: wrap(row[old]) for new, old in names.items()}
    values |= {"n": int(row["n"]) + int(row["n_reference"]), "days": days}
    if row["note"]:
        values["reason"] = {"text": reason_key(str(row["note"]))}
    return _say(f"{outcome}.{key}", **values)


def _word(row: Row) -> str:
    """Return the word for a comparison: signal, none, unclean, unsaid."""
    if pd.isna(row["difference"]) or pd.isna(row["low"]):
        return "unsaid"
    if pd.isna(row["signal"]):
        return "unclean"
    return "signal" if row["signal"] else "none"


def _check(checks: list[Row], days: int) -> dict[str, Any]:
    """Say whether the classes differed before the answer already."""
    signals = [row["signal"] for row in checks]
    if any(not pd.isna(signal) and signal for signal in signals):
        return _say("check.unclean", days=days)
    if any(pd.isna(signal) for signal in signals):
        return _say("check.unsaid", days=days)
    return _say("check.clean", days=days)


@without_few
def loyal_ratio(found: pd.DataFrame, company: Company) -> Block:
    """Show how many times as much loyal customers spend; ``found`` from ``company_loyal_ratio``."""
    if found.empty:
        return note("loyal_ratio", company)
    later, same = (found.iloc[place].to_dict() for place in (0, 1))
    days = {name: {"day": str(later[name])} for name in ("earlier", "later", "last")}
    sentences = [
        _say("loyal.who", n=int(later["n"]), others=int(later["n_reference"]),
             at_least=int(later["at_least"]), earlier=days["earlier"], later=days["later"])
    ]  # fmt: skip
    if pd.isna(later["low"]):
        sentences.append(_say("loyal.unsaid", reason={"text": reason_key(later["note"])}))
    else:
        words = {name: float(later[name]) for name in ("estimate", "low", "high")}
        key = "five" if later["low"] >= 5 else "short" if later["high"] < 5 else "open"
        spent = {"loyal": {"money": later["estimate_loyal"]},
                 "rest": {"money": later["estimate_reference"]}}  # fmt: skip
        sentences += [
            _say("loyal.times", later=days["later"], last=days["last"], **spent, **words),
            _say(f"loyal.{key}"),
            _say("loyal.naive", estimate=float(same["estimate"])),
        ]
    return _told(sentences, [_table("loyal", found, company)], found, company)


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
        reason = {"text": reason_key(str(inputs["reason"].iloc[0]))}
        return _told([_say("worth.refused", reason=reason)], [], inputs, company)
    row = result.iloc[0].to_dict()
    paid = {name: {"money": row[name]} for name in ("gain", "cost", "estimate", "low", "high")}
    change = float(inputs.loc[inputs["input"] == "change", "estimate"].iloc[0])
    sentences = [_say("worth.gain", change=change, days=window_days, **paid)]
    if not pd.isna(row["probability"]):
        odds = {"probability": float(row["probability"]), "draws": int(row["draws"])}
        sentences.append(_say("worth.pays", **odds, **paid))
    sentences.append(_say("worth.plan"))
    blocks = [_table("worth_inputs", inputs, company)]
    if not ends.empty:
        blocks.append(_tornado(ends, company, _currency(inputs)))
    return _told(sentences, blocks, inputs, company)


def _tornado(ends: pd.DataFrame, company: Company, currency: str) -> Block:
    """Draw the result at both ends of each input."""
    sides = [
        pd.DataFrame({"label": ends["input"], "series": series, "estimate": ends[end],
                      "low": float("nan"), "high": float("nan"), "place": ends.index})
        for series, end in (("worse_end", "low"), ("better_end", "high"))
    ]  # fmt: skip
    drawn = pd.concat(sides).sort_values("place", kind="stable").drop(columns="place")
    parameters = {"caption": "worth_tornado", "table": "worth_tornado", "axis": "result",
                  "currency": currency, "decimals": 0}  # fmt: skip
    return Block("bars", drawn, about(company) | parameters)


@without_few
def at_risk(found: pd.DataFrame, company: Company, window_days: int) -> Block:
    """Say what spend goes with discontent, or why nobody can say; from ``company_at_risk``."""
    if found.empty:
        return note("at_risk", company)
    row = found.iloc[0].to_dict()
    if row["reason"]:
        said = _say("risk.refused", reason={"text": reason_key(row["reason"])})
        return _told([said], [], found, company)
    paid = {name: {"money": row[name]} for name in ("difference", "estimate", "low", "high")}
    values = {"share": 100 * float(row["share"]), "customers": int(row["customers"])}
    sentences = [_say("risk.estimate", days=window_days, **values, **paid), _say("risk.bound")]
    return _told(sentences, [], found, company)


def linkage_method(link: ScoreLink, company: Company, window_days: int) -> Block:
    """Say how all this was worked out, and what was left out."""
    counts = [
        _say(f"left_out.{row['reason']}", n=int(row["n"]), days=window_days)
        for row in link.left_out.to_dict("records")
        if row["n"]
    ]
    return _told(
        [*counts, *(_say(f"method.{key}") for key in METHODS)], [], pd.DataFrame(), company
    )


def _say(key: str, **values: object) -> dict[str, Any]:
    return {"key": key, "values": values}


def _currency(frame: pd.DataFrame) -> str:
    return str(frame["currency"].iloc[0]) if len(frame) and "currency" in frame else ""


def _table(name: str, frame: pd.DataFrame, company: Company, **parameters: object) -> Block:
    chosen = {"table": name, "caption": name, "currency": _currency(frame)} | parameters
    return Block("table", frame, about(company) | chosen)


def _told(
    sentences: list[dict[str, Any]], blocks: list[Block], frame: pd.DataFrame, company: Company
) -> Block:
    """Put sentences above the blocks that they speak of."""
    parameters = {"sentences": sentences, "currency": _currency(frame)}
    said = Block("linkage", parameters=about(company) | parameters)
    return several([said, *blocks]) if blocks else said
