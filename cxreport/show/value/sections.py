"""Blocks of value: orders to come, the check of that forecast, money to come, contracts.

Every function takes what ``company_buying`` or ``company_membership`` found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.blocks import Block
from cxreport.show.few import without_few
from cxreport.show.sections import about, note, several
from cxreport.show.value.blocks import block, days, say, sentences
from cxreport.show.value.profits import profit_made
from cxreport.topics.value.bgnbd import NONE, ONE
from cxreport.topics.value.frames import SERVED

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.inputs.company import Company
    from cxreport.topics.value.contract_frames import Membership
    from cxreport.topics.value.frames import Buying
    from cxreport.topics.value.profit_frames import Profit

TOGETHER = 0.2
"""Correlation from which frequency and spend go too much together for the model."""
SHARES = {"estimate": "share_chance", "low": "share_low", "high": "share_high"}
MODELS = {ONE: "one", NONE: "none"}
MARGIN = {"margin": "margin", "least": "margin_low", "most": "margin_high"}


@without_few
def value_brief(profit: Profit, buying: Buying, company: Company) -> Block:
    """Say in a sentence each what customers left, and what today's will bring in a year.

    Nothing where neither is known: the sections of profit and of value say why.

    Parameters
    ----------
    profit : Profit
        From ``company_profit``.
    buying : Buying
        From ``company_buying``.
    company : Company or Survey
        What is reported.
    """
    told = [*profit_made(profit), *_expected(buying)]
    return sentences(told, company, buying.trade) if told else several([])


@without_few
def next_year(found: Buying, company: Company) -> Block:
    """Say how many orders today's customers will place in a year, and how many will remain."""
    if found.fit is None:
        return note("value_orders", company)
    row = found.forecast.iloc[0]
    if not found.fit.converged:
        reason = "nobody" if row["returned"] == 0 else "no_fit"
        return sentences([say(f"buying.{reason}")], company, found.trade)
    told = [
        say("buying.next", n=int(row["n"]), count_orders=row["orders"],
             each_customer=row["estimate"], each_low=row["low"], each_high=row["high"],
             **days(found.trade)),
    ]  # fmt: skip
    if found.fit.model != NONE:  # where nobody leaves, all are customers still
        told.append(
            say("buying.active", n=int(row["returned"]), share_active=row["active"],
                share_low=row["active_low"], share_high=row["active_high"])
        )  # fmt: skip
    key = MODELS.get(found.fit.model, "own")
    said = {}
    if key == "one":
        chance = found.fit.parameters.set_index("parameter")[["estimate", "low", "high"]].loc["p"]
        shares = (100 * chance.astype(float)).to_dict()
        said = {SHARES[str(end)]: share for end, share in shares.items()}
    told += [say(f"buying.model_{key}", **said), say("buying.interval")]
    return sentences(told, company, found.trade)


@without_few
def forecast_check(found: Buying, company: Company) -> Block:
    """Hold the forecast against months that the model had not seen."""
    if found.fit is None:
        return note("value_orders", company)
    if found.check is None or not found.check.fit.converged:
        return note("forecast_check", company)
    row, months = found.check.total.iloc[0], found.check.by_month
    inside = _inside(row)
    told = [
        say("buying.check", n=int(row["n"]), count_months=int(months["held_out"].sum()),
             count_actual=row["actual"], count_estimate=row["estimate"], count_low=row["low"],
             count_high=row["high"]),
    ]  # fmt: skip
    if pd.notna(row["off"]):
        way = "much" if row["off"] > 0 else "little"
        told.append(say(f"buying.too_{way}", share_off=abs(row["off"])))
    told.append(say("buying.inside" if inside else "buying.outside"))
    classes = found.check.by_repeats.to_dict("records")
    off = sum(not _inside(row) for row in classes)
    if inside and off:
        told.append(say("buying.rows_off", n=off, count_rows=len(classes)))
    chart = {"caption": "tracking", "table": "tracking"}
    rows = {"caption": "repeat_classes", "table": "repeat_classes"}
    by_class = found.check.by_repeats.rename(columns={"repeats": "purchases"})
    by_class["purchases"] = [f"again {name}" for name in by_class["purchases"]]
    return several(
        [
            sentences(told, company, found.trade),
            block("tracking", months, company, found.trade, chart),
            block("table", by_class, company, found.trade, rows),
        ]
    )


@without_few
def customer_value(found: Buying, company: Company) -> Block:
    """Say what today's customers will bring in a year, with every assumption."""
    if found.fit is None:
        return note("value_orders", company)
    if found.value.empty:
        return note("value_amounts", company)
    every = _all_customers(found)
    if pd.isna(every["estimate"]):
        return note("value_no_fit", company)
    spend = found.spend.iloc[0]
    refunds = "net" if found.trade.has("refund_amount") else "gross"
    told = [
        *_expected(found),
        say(f"worth.spend_{refunds}", n=int(spend["n"]), money_spend=spend["estimate"],
             money_low=spend["low"], money_high=spend["high"]),
        say("worth.discount", share_rate=100 * found.discount),
    ]  # fmt: skip
    if found.margin is not None:
        served = "served" if found.margin_is == SERVED else "margin"
        told.append(say(f"worth.assume_{served}", share_margin=100 * found.margin))
    together = abs(found.correlation) >= TOGETHER
    if pd.notna(found.correlation):
        key = "worth.together" if together else "worth.apart"
        told.append(say(key, each_correlation=found.correlation))
    if found.fit.model != NONE:
        told.append(say("worth.once"))
    table = {"caption": f"value_{every['measure']}", "table": "value_classes"}
    return several(
        [
            sentences(told, company, found.trade),
            block("table", found.value, company, found.trade, table),
        ]
    )


def _all_customers(found: Buying) -> pd.Series:
    """Return what is expected of all customers together."""
    return found.value[found.value["purchases"] == "all"].iloc[0]


def _expected(found: Buying) -> list[dict[str, Any]]:
    """Say what today's customers will bring, and where the forecast failed its check."""
    if found.fit is None or found.value.empty or pd.isna(_all_customers(found)["estimate"]):
        return []
    every = _all_customers(found)
    told = [
        say(f"worth.all_{every['measure']}", n=int(every["n"]), money_total=every["total"],
             money_each=every["estimate"], money_low=every["low"], money_high=every["high"])
    ]  # fmt: skip
    if found.check is not None and found.check.fit.converged:
        row = found.check.total.iloc[0]
        if pd.notna(row["off"]) and not _inside(row):
            told.append(say("worth.failed", share_off=abs(row["off"])))
    return told


def _inside(row: pd.Series | dict[Hashable, Any]) -> bool:
    """Say whether what was counted lies inside the interval of what was expected."""
    return bool(row["low"] <= row["actual"] <= row["high"])


@without_few
def contract_value(found: Membership, company: Company) -> Block:
    """Say what a contract is worth, and what that assumes."""
    if found.missing:
        return note("contracts" if found.missing == "contracts" else "contract_margin", company)
    row = found.value.iloc[0]
    margin = {f"money_{end}": row[name] for end, name in MARGIN.items()}
    told = [
        say("contract.retention", n=int(row["n"]), share_kept=row["retention"],
             share_low=row["retention_low"], share_high=row["retention_high"]),
        say("contract.margin", **margin),
    ]  # fmt: skip
    if row["note"]:
        told.append(say("contract.no_margin"))
    else:
        told.append(
            say("contract.worth", each_multiple=row["multiple"], money_worth=row["estimate"],
                 money_low=row["low"], money_high=row["high"])
        )  # fmt: skip
    told.append(say("contract.assume", share_rate=100 * row["discount"]))
    carried = about(company) | {"currency": found.currency, "sentences": told}
    return Block("value", parameters=carried)
