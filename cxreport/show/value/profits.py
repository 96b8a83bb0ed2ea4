"""Blocks of customer profitability; every function takes what ``company_profit`` found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.inputs.meaning import LANGUAGES
from cxreport.show.captions import code_label, column_label
from cxreport.show.few import without_few
from cxreport.show.sections import about, note, several
from cxreport.show.value.blocks import block, days, say, sentences
from cxreport.show.words import Words

if TYPE_CHECKING:
    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block
    from cxreport.topics.value.profit_frames import Profit


@without_few
def profit(found: Profit, company: Company) -> Block:
    """Say what customers leave, and draw how much of it comes from how many of them."""
    if found.missing or found.trade is None:
        return note(f"profit_{found.missing}", company)
    total, peak = found.total.iloc[0], found.peak.iloc[0]
    told = [
        *profit_made(found),
        say("profit.costs" if found.has_costs else "profit.no_costs"),
        say("profit.losing", n=int(peak["losing"]), share_part=total["losing_share"],
             share_low=total["losing_low"], share_high=total["losing_high"],
             money_lost=peak["lost"]),
    ]  # fmt: skip
    if pd.isna(peak["estimate"]):
        told.append(say("profit.none_left"))
    else:
        told.append(
            say("profit.peak", share_of=peak["share"], share_peak=peak["estimate"],
                 share_low=peak["low"], share_high=peak["high"], share_top=peak["top"])
        )  # fmt: skip
    told += [*_again(found), *_left_out(found)]
    chart = {"caption": "whale", "table": "whale"}
    return several(
        [
            sentences(told, company, found.trade),
            block("whale", found.curve, company, found.trade, chart),
        ]
    )


def profit_made(found: Profit) -> list[dict[str, Any]]:
    """Say what all customers left together; nothing, where it is not known."""
    if found.missing or found.trade is None:
        return []
    total = found.total.iloc[0]
    ends = {"money_low": total["low"], "money_high": total["high"]}
    return [
        say("profit.total", n=int(total["n"]), money_total=total["total"],
             money_each=total["estimate"], **ends, **days(found.trade))
    ]  # fmt: skip


@without_few
def profit_groups(found: Profit, company: Company) -> Block:
    """Say which groups of customers lose money, and draw the groups that differ."""
    if found.missing or found.trade is None:  # ``profit`` has said so
        return several([])
    if found.groups.empty:
        return note("profit_groups", company)
    carried = _with_groups(found.groups, company, found.trade.currency)
    labelled = found.groups.assign(label=_codes(found.groups))
    sure = labelled["signal"].fillna(value=False).astype(bool)
    losing = labelled[sure & (labelled["estimate"] < 0)]
    rows = losing[["label", "n", "estimate", "low", "high"]].to_dict("records")
    told = [say("profit.groups_lose", groups=rows) if rows else say("profit.no_group_loses")]
    differing = found.spread["signal"].fillna(value=False).astype(bool)
    alike = found.spread.loc[~differing, "variable"].tolist()
    if alike:
        told.append(say("profit.alike", columns=alike))
    told.append(say("profit.association", n=len(found.groups)))
    shown = labelled[labelled["variable"].isin(found.spread.loc[differing, "variable"])]
    chart = {"caption": "profit_groups", "table": "profit_groups", "group": "profit_group"}
    chart |= {"axis": "profit"}
    blocks = [sentences(told, company, found.trade, carried)]
    if not shown.empty:
        blocks.append(block("bars", shown, company, found.trade, carried | chart))
    return several(blocks)


def _again(found: Profit) -> list[dict[str, Any]]:
    """Say whether losses come back; that they may not, where it cannot be counted."""
    if found.again["estimate"].isna().any() or found.again.empty:
        return [say("profit.luck")]
    lost, earned = (found.again.iloc[row] for row in (0, 1))
    ends = {f"share_{end}": lost[end] for end in ("low", "high")}
    ends |= {f"share_other_{end}": earned[end] for end in ("low", "high")}
    return [
        say("profit.again", n=int(lost["n"]), share_again=lost["estimate"], **ends,
            share_other=earned["estimate"], count_others=earned["n"]),
        say("profit.late"),
    ]  # fmt: skip


def _left_out(found: Profit) -> list[dict[str, Any]]:
    """Say what is in no figure."""
    told = []
    unknown = int(found.total["unknown"].iloc[0])
    if unknown:
        told.append(say("profit.unknown", n=unknown))
    rows = int(found.nobody["n"].sum())
    if rows:
        told.append(say("profit.nobody", n=rows, money_total=found.nobody["total"].sum()))
    if found.trade is not None and found.trade.without_currency:
        told.append(say("profit.no_currency", n=found.trade.without_currency))
    return told


def _codes(groups: pd.DataFrame) -> pd.Series:
    return groups["variable"] + "/" + groups["level"].astype("str")


def _with_groups(groups: pd.DataFrame, company: Company, currency: str) -> dict[str, Any]:
    """Name every variable and level: by our own texts, or by the codebook's."""
    carried = about(company)
    names = carried["names"] | {"profit_group": _texts("profit.no_currency_code")}
    if currency:
        names["profit_group"] = dict.fromkeys(LANGUAGES, currency)
    for variable in dict.fromkeys(groups["variable"]):
        if Words("en").has(f"profit.variable.{variable}"):
            names[variable] = _texts(f"profit.variable.{variable}")
    carried |= {"names": names}
    labels = {
        code: {
            language: _label(variable, level, carried, Words(language)) for language in LANGUAGES
        }
        for code, variable, level in zip(
            _codes(groups), groups["variable"], groups["level"], strict=True
        )
    }
    return carried | {"labels": carried["labels"] | {"profit_group": labels}}


def _label(variable: str, level: str, carried: dict[str, Any], words: Words) -> str:
    own = f"profit.level.{variable}.{level}"
    if level == "no order":
        return words.text("profit.level.no_order")
    if words.has(own):
        return words.text(own)
    name = column_label(variable, carried, words)
    return f"{name}: {code_label(variable, level, carried, words)}"


def _texts(key: str) -> dict[str, str]:
    return {language: Words(language).text(key) for language in LANGUAGES}
