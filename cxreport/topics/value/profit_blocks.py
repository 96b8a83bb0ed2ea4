"""Profit of customers: who makes it, and which groups lose money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.orders.frames import NEEDED
from cxreport.show.few import without_few
from cxreport.show.parts import Column, chart, note, say, section, sentences

if TYPE_CHECKING:
    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block
    from cxreport.show.parts import Said
    from cxreport.topics.value.profit_frames import Profit

TOPIC = "value"
MISSING = {
    "orders": ("missing.profit_orders", "missing.profit_purchases"),
    "margin": ("missing.profit_margin", "missing.profit_margin"),
}
"""What is missing -> why, without a table of dated orders and with one."""
GROUP = "known_word:group:say:level"
"""Format of a group: by our own texts, or by the codebook's labels of its variable and level."""
WHALE = (
    Column("share", "share", "whale_share", is_text=True),
    Column("n", "whole", "whale_customers"),
    Column("total", "money", "whale_total"),
    Column("estimate", "share", "whale_part"),
)
GROUPS = (
    Column("label", GROUP, "profit_group"),
    Column("n", "whole", "profit_customers"),
    Column("estimate", "money", "profit_each"),
    Column("range", "range:money", "profit_range"),
    Column("losing_share", "share", "profit_losing"),
    Column("verdict", "known_word:note:word:verdict", "profit_word"),
)


def has_orders(company: Company) -> bool:
    """State whether there are orders with a customer and a day, purchases or not."""
    return company.columns_of("orders") >= NEEDED


@without_few
def profit(profits: Profit, company: Company) -> Block:
    """Describe the profit of customers, and draw how much of it comes from how many of them.

    Parameters
    ----------
    profits : Profit
        From ``company_profit``.
    company : Company or Survey
        What is reported.
    """
    if profits.missing or profits.trade is None:
        needs = ("orders",) if profits.missing == "orders" else ()
        return note(TOPIC, MISSING[profits.missing][has_orders(company)], company, needs=needs)
    currency = profits.trade.currency
    total, peak = profits.total.iloc[0], profits.peak.iloc[0]
    lines = [
        *profit_made(profits),
        say("profit.costs" if profits.has_costs else "profit.no_costs"),
        say("profit.losing", n=int(peak["losing"]), part=total["losing_share"],
            low=total["losing_low"], high=total["losing_high"], lost=peak["lost"]),
    ]  # fmt: skip
    if pd.isna(peak["estimate"]):
        lines.append(say("profit.none_left" if total["high"] <= 0 else "profit.perhaps_none"))
    else:
        lines.append(
            say("profit.peak", of=peak["share"], peak=peak["estimate"], low=peak["low"],
                high=peak["high"], top=peak["top"])
        )  # fmt: skip
    lines += [*_again(profits), *_left_out(profits)]
    curve = profits.curve
    values = curve["estimate"].astype(float).to_numpy()
    at = sorted({0, len(curve) // 5, int(values.argmax()), len(curve) - 1})
    points = [say("whale.point", share=curve["share"].iloc[i], value=values[i]) for i in at]
    whale = chart(
        "lines", TOPIC, "whale", curve, WHALE, company, currency=currency,
        along={"name": "share", "how": "say:percent"}, low="", high="",
        x="axis.customers", y="axis.part", drawn="whole", alt=say("whale.alt", points=points),
    )  # fmt: skip
    return section([sentences(TOPIC, lines, company, currency=currency), whale])


def profit_made(profits: Profit) -> list[Said]:
    """State the profit of all customers together; nothing, where it is not known."""
    if profits.missing or profits.trade is None:
        return []
    total = profits.total.iloc[0]
    return [
        say("profit.total", n=int(total["n"]), total=total["total"], each=total["estimate"],
            low=total["low"], high=total["high"], first=profits.trade.first,
            last=profits.trade.last)
    ]  # fmt: skip


@without_few
def profit_groups(profits: Profit, company: Company) -> Block:
    """State which groups of customers lose money, and draw the groups that differ.

    Parameters
    ----------
    profits : Profit
        From ``company_profit``.
    company : Company or Survey
        What is reported.
    """
    if profits.missing or profits.trade is None:  # ``profit`` has said so
        return section([])
    if profits.groups.empty:
        return note(TOPIC, "missing.profit_groups", company, needs=("orders",))
    currency = profits.trade.currency
    groups = profits.groups.assign(
        label=profits.groups["variable"] + "/" + profits.groups["level"].astype("str"),
        verdict=_verdicts(profits.groups),
    )
    losing = groups[_is_signal(groups) & (groups["estimate"] < 0)]
    names = ["label", "variable", "level", "n", "estimate", "low", "high"]
    each = [say("profit.group_line", **row) for row in _rows(losing[names])]
    lines = [say("profit.groups_lose", groups=each) if each
             else say("profit.no_group_loses")]  # fmt: skip
    differs = _is_signal(profits.spread)
    alike = profits.spread.loc[~differs, "variable"].tolist()
    if alike:
        lines.append(say("profit.alike", columns=alike))
    lines.append(say("profit.association", n=len(groups)))
    blocks = [sentences(TOPIC, lines, company, currency=currency)]
    drawn = groups[groups["variable"].isin(profits.spread.loc[differs, "variable"])]
    if not drawn.empty:
        blocks.append(
            chart("bars", TOPIC, "profit_groups", drawn, GROUPS, company, currency=currency,
                  label={"name": "label", "how": GROUP}, x="axis.profit", how="number",
                  money=currency or say("money_of_the_data"))
        )  # fmt: skip
    return section(blocks)


def _is_signal(frame: pd.DataFrame) -> pd.Series:
    return frame["signal"].fillna(value=False).astype(bool)


def _rows(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return one row per group, its level as text."""
    records = frame.assign(level=frame["level"].astype("str")).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in records]


def _verdicts(groups: pd.DataFrame) -> pd.Series:
    """State in a word whether a group earns or loses money: a key under ``verdict``, or a note."""
    loses = groups["estimate"].astype(float) < 0
    chosen = np.select(
        [groups["note"].astype(bool), groups["signal"].isna(), ~_is_signal(groups), loses],
        [groups["note"], "unknown", "neither", "loses"],
        "earns",
    )
    return pd.Series(chosen, index=groups.index, dtype="str")


def _again(profits: Profit) -> list[Said]:
    """State whether losses come back; that they may not, where it cannot be counted."""
    if profits.again["estimate"].isna().any() or profits.again.empty:
        return [say("profit.luck")]
    lost, earned = (profits.again.iloc[row] for row in (0, 1))
    return [
        say("profit.again", n=int(lost["n"]), again=lost["estimate"], low=lost["low"],
            high=lost["high"], others=earned["n"], other=earned["estimate"],
            other_low=earned["low"], other_high=earned["high"]),
        say("profit.late"),
    ]  # fmt: skip


def _left_out(profits: Profit) -> list[Said]:
    """Describe what is in no figure."""
    lines = []
    unknown = int(profits.total["unknown"].iloc[0])
    if unknown:
        lines.append(say("profit.unknown", n=unknown))
    rows = int(profits.nobody["n"].sum())
    if rows:
        lines.append(say("profit.nobody", n=rows, total=profits.nobody["total"].sum()))
    if profits.trade is not None and profits.trade.without_currency:
        lines.append(say("profit.no_currency", n=profits.trade.without_currency))
    return lines
