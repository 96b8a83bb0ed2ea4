"""What will customers bring: orders to come, the check of that forecast, money, contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.show.few import without_few
from cxreport.show.parts import Column, chart, note, say, section, sentences, table
from cxreport.topics.value.bgnbd import NONE, ONE
from cxreport.topics.value.frames import SERVED
from cxreport.topics.value.profit_blocks import TOPIC, has_orders, profit_made

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block
    from cxreport.show.parts import Said
    from cxreport.topics.value.frames import Buying, Membership
    from cxreport.topics.value.profit_frames import Profit

TOGETHER = 0.2
"""Correlation from which frequency and spend go too much together for the model."""
EXPECTED = {"spend": "worth.all_spend", "margin": "worth.all_margin"}
"""What is expected of all customers, by its measure."""
TRACKING = (
    Column("month", "short:month", "track_month"),
    Column("actual", "whole", "track_counted"),
    Column("estimate", "whole", "track_expected"),
    Column("range", "range:whole", "track_range"),
    Column("held_out", "word:held_out", "track_seen"),
)
REPEAT_CLASSES = (
    Column("purchases", "known_word:purchases", "bought_before"),
    Column("n", "whole", "profit_customers"),
    Column("actual", "2", "later_counted"),
    Column("estimate", "2", "later_expected"),
    Column("range", "range:2", "later_range"),
)
VALUE_CLASSES = (
    Column("purchases", "known_word:purchases", "bought_so_far"),
    Column("n", "whole", "profit_customers"),
    Column("orders_each", "2"),
    Column("estimate", "money", "worth_each"),
    Column("range", "range:money", "worth_range"),
)


@without_few
def brief(profits: Profit, buying: Buying, company: Company) -> Block:
    """State in a sentence each what customers left, and what today's will bring in a year.

    Nothing where neither is known: the sections of profit and of value say why.

    Parameters
    ----------
    profits : Profit
        From ``company_profit``.
    buying : Buying
        From ``company_buying``.
    company : Company or Survey
        What is reported.
    """
    lines = [*profit_made(profits), *_expected(buying)]
    if not lines:
        return section([])
    return sentences(TOPIC, lines, company, currency=buying.trade.currency)


def _no_purchases(company: Company) -> Block:
    """State why nothing can be forecast: no orders that could be a purchase, or none that is."""
    key = "missing.purchases" if has_orders(company) else "missing.orders"
    return note(TOPIC, key, company, needs=("orders",))


@without_few
def next_year(buying: Buying, company: Company) -> Block:
    """State how many orders today's customers will place in a year, and how many will remain."""
    if buying.fit is None:
        return _no_purchases(company)
    row = buying.forecast.iloc[0]
    if not buying.fit.converged:
        why = say("buying.nobody" if row["returned"] == 0 else "buying.no_fit")
        return sentences(TOPIC, [why], company)
    lines = [
        say("buying.next", n=int(row["n"]), orders=row["orders"], each=row["estimate"],
            low=row["low"], high=row["high"], first=buying.trade.first, last=buying.trade.last),
    ]  # fmt: skip
    if buying.fit.model != NONE:  # where nobody leaves, all are customers still
        lines.append(
            say("buying.active", n=int(row["returned"]), active=row["active"],
                low=row["active_low"], high=row["active_high"])
        )  # fmt: skip
    if buying.fit.model == ONE:
        ends = buying.fit.parameters.set_index("parameter").loc[["p"]]
        chance, low, high = 100 * ends[["estimate", "low", "high"]].to_numpy(float)[0]
        lines.append(say("buying.model_one", chance=chance, low=low, high=high))
    else:
        nobody_leaves = buying.fit.model == NONE
        lines.append(say("buying.model_none" if nobody_leaves else "buying.model_own"))
    return sentences(TOPIC, [*lines, say("buying.interval")], company)


@without_few
def forecast_check(buying: Buying, company: Company) -> Block:
    """Hold the forecast against months that the model had not seen."""
    if buying.fit is None:
        return _no_purchases(company)
    if buying.check is None or not buying.check.fit.converged:
        return note(TOPIC, "missing.forecast_check", company, needs=("orders",))
    row, by_month = buying.check.total.iloc[0], buying.check.by_month
    inside = _inside(row)
    lines = [
        say("buying.check", n=int(row["n"]), months=int(by_month["held_out"].sum()),
            actual=row["actual"], estimate=row["estimate"], low=row["low"], high=row["high"]),
    ]  # fmt: skip
    if pd.notna(row["off"]):
        way = "buying.too_much" if row["off"] > 0 else "buying.too_little"
        lines.append(say(way, off=abs(row["off"])))
    lines.append(say("buying.inside" if inside else "buying.outside"))
    by_repeats = buying.check.by_repeats
    rows_off = sum(not _inside(row) for row in by_repeats.to_dict("records"))
    if inside and rows_off:
        lines.append(say("buying.rows_off", n=rows_off, rows=len(by_repeats)))
    by_class = by_repeats.rename(columns={"repeats": "purchases"})
    by_class["purchases"] = "again " + by_class["purchases"].astype("str")
    return section(
        [
            sentences(TOPIC, lines, company),
            _tracking(by_month, company),
            table(TOPIC, "repeat_classes", by_class, REPEAT_CLASSES, company),
        ]
    )


def _tracking(by_month: pd.DataFrame, company: Company) -> Block:
    """Draw repeat purchases to the end of each month, counted and expected."""
    last_seen = int((~by_month["held_out"].astype(bool)).sum()) - 1
    points = [
        say("tracking.point", month=by_month["month"].iloc[at],
            counted=by_month["actual"].iloc[at], expected=by_month["estimate"].iloc[at])
        for at in sorted({max(last_seen, 0), len(by_month) - 1})
    ]  # fmt: skip
    return chart(
        "lines", TOPIC, "tracking", by_month, TRACKING, company,
        along={"name": "month", "how": "short:month"},
        series=[
            {"value": "actual", "name": "tracking.counted"},
            {"value": "estimate", "low": "low", "high": "high", "name": "tracking.expected"},
        ],
        is_open="held_out", open_label="tracking.held_out",
        y="axis.repeat_purchases", drawn="whole", alt=say("tracking.alt", points=points),
    )  # fmt: skip


@without_few
def worth(buying: Buying, company: Company) -> Block:
    """Describe what today's customers will bring in a year, with every assumption."""
    if buying.fit is None:
        return _no_purchases(company)
    if buying.value.empty:
        return note(TOPIC, "missing.amounts", company, needs=("orders",))
    everybody = _all_customers(buying)
    if pd.isna(everybody["estimate"]):
        return note(TOPIC, "missing.no_fit", company, needs=("orders",))
    spend, net = buying.spend.iloc[0], buying.trade.has("refund_amount")
    lines = [
        *_expected(buying),
        say("worth.spend_net" if net else "worth.spend_gross", n=int(spend["n"]),
            spend=spend["estimate"], low=spend["low"], high=spend["high"]),
        say("worth.discount", rate=100 * buying.discount),
    ]  # fmt: skip
    if buying.margin is not None:
        served = buying.margin_is == SERVED
        key = "worth.assume_served" if served else "worth.assume_margin"
        lines.append(say(key, margin=100 * buying.margin))
    if pd.notna(buying.correlation):
        together = abs(buying.correlation) >= TOGETHER
        key = "worth.together" if together else "worth.apart"
        lines.append(say(key, correlation=buying.correlation))
    if buying.fit.model != NONE:
        lines.append(say("worth.once"))
    by_class = buying.value.assign(orders_each=buying.value["orders"] / buying.value["n"])
    currency = buying.trade.currency
    return section(
        [
            sentences(TOPIC, lines, company, currency=currency),
            table(TOPIC, everybody["measure"], by_class, VALUE_CLASSES, company, currency=currency),
        ]
    )


def _all_customers(buying: Buying) -> pd.Series:
    """Return what is expected of all customers together."""
    return buying.value[buying.value["purchases"] == "all"].iloc[0]


def _expected(buying: Buying) -> list[Said]:
    """Describe what today's customers will bring, and where the forecast failed its check."""
    if buying.fit is None or buying.value.empty or pd.isna(_all_customers(buying)["estimate"]):
        return []
    everybody = _all_customers(buying)
    lines = [
        say(EXPECTED[everybody["measure"]], n=int(everybody["n"]), total=everybody["total"],
            each=everybody["estimate"], low=everybody["low"], high=everybody["high"])
    ]  # fmt: skip
    if buying.check is not None and buying.check.fit.converged:
        row = buying.check.total.iloc[0]
        if pd.notna(row["off"]) and not _inside(row):
            lines.append(say("worth.failed", off=abs(row["off"])))
    return lines


def _inside(row: pd.Series | dict[Hashable, float]) -> bool:
    """Return whether what was counted lies inside the interval of what was expected."""
    return bool(row["low"] <= row["actual"] <= row["high"])


@without_few
def contract_value(membership: Membership, company: Company) -> Block:
    """Describe what a contract is worth, and what that assumes."""
    if membership.missing == "contracts":
        return note(TOPIC, "missing_section.contracts", company, needs=("customers",))
    if membership.missing:
        needs = ("customers", "orders")
        return note(TOPIC, "missing.contract_margin", company, needs=needs)
    row = membership.value.iloc[0]
    lines = [
        say("contract.retention", n=int(row["n"]), kept=row["retention"],
            low=row["retention_low"], high=row["retention_high"]),
        say("contract.margin", margin=row["margin"], least=row["margin_low"],
            most=row["margin_high"]),
    ]  # fmt: skip
    if row["note"]:
        lines.append(say("contract.no_margin"))
    else:
        lines.append(
            say("contract.worth", multiple=row["multiple"], worth=row["estimate"],
                low=row["low"], high=row["high"])
        )  # fmt: skip
    lines.append(say("contract.assume", rate=100 * row["discount"]))
    return sentences(TOPIC, lines, company, currency=membership.currency)
