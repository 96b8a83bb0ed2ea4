"""Orders of the demo company: who would buy, what was bought, and who stopped buying."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxreport.demo.sampling import (
    Bools,
    Ints,
    choose_by_row,
    days_of,
    daytime,
    ids,
    in_days,
    labels,
    seasonal_days,
    stream,
)
from cxreport.demo.truths import (
    CHANNELS,
    EXPORTED_AT,
    LAPSE_AFTER,
    LAPSE_PER_ORDER,
    ROWS,
    SHOP,
    TYPES,
)

DRAWN = 80_000
CANCELLED, LATE = 0.04, 0.12
ORDERS_WITHOUT_CUSTOMER = 60


def would_be_orders(customers: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the orders that customers would place if no answer changed their mind."""
    rng = stream(seed, "orders")
    appetite = customers["appetite"].to_numpy()
    who = rng.choice(len(customers), DRAWN, p=appetite / appetite.sum())
    ordered_at = daytime(rng, seasonal_days(rng, DRAWN))
    orders = pd.DataFrame({"customer": who, "ordered_at": ordered_at})
    orders = orders[ordered_at >= customers["first_seen_at"].to_numpy()[who]]
    orders = orders.sort_values(["customer", "ordered_at"], kind="stable", ignore_index=True)
    lapses = pd.Series(rng.random(len(orders)) < LAPSE_PER_ORDER, dtype=int)
    lapsed_before = lapses.groupby(orders["customer"]).cumsum() - lapses
    orders = orders[lapsed_before == 0].reset_index(drop=True)
    return fill_orders(orders, customers["type"].to_numpy()[orders["customer"]], rng)


def fill_orders(orders: pd.DataFrame, kind: Ints, rng: np.random.Generator) -> pd.DataFrame:
    """Add channel, money and delivery; cancelled orders are refunded whole and never delivered."""
    n = len(orders)
    channel = choose_by_row(rng, np.array([each.channels for each in TYPES])[kind])
    is_december = orders["ordered_at"].dt.month.to_numpy() == 12
    net_amount = np.round(np.exp(rng.normal(4.05 + 0.15 * is_december, 0.6)), 2)
    cancelled = rng.random(n) < CANCELLED
    returned = ~cancelled & (rng.random(n) < np.array([each.return_rate for each in TYPES])[kind])
    returned_part = rng.choice([0.4, 0.6, 1.0], n)
    margin_rate = np.array([each.margin_rate for each in TYPES])[kind] + rng.normal(0, 0.05, n)
    dates = deliveries(orders["ordered_at"], (channel != SHOP) & ~cancelled, rng)
    shipped = (dates["promised_at"].notna() & dates["delivered_at"].isna()).to_numpy()
    refunded = np.select([cancelled, returned & ~shipped], [np.ones(n), returned_part])
    refund = np.round(net_amount * refunded, 2)
    status = pd.Series("completed", index=orders.index).mask(returned, "returned")
    return orders.assign(
        channel=labels(CHANNELS, channel),
        net_amount=net_amount,
        currency="EUR",
        refund_amount=refund,
        margin=np.round((net_amount - refund) * margin_rate, 2),
        status=status.mask(shipped, "shipped").mask(cancelled, "cancelled"),
        **dates,
    )


def deliveries(
    ordered_at: pd.Series, shipped: Bools, rng: np.random.Generator
) -> dict[str, pd.Series]:
    """Return the promised and the true delivery; what arrives after the export is empty."""
    n = len(ordered_at)
    day = days_of(ordered_at)
    late_days = np.where(rng.random(n) < LATE, rng.integers(1, 7, n), -rng.integers(0, 2, n))
    promised = pd.Series((day + in_days(3)).astype("datetime64[us]") + np.timedelta64(20, "h"))
    delivered = pd.Series(daytime(rng, day + in_days(3 + late_days), 9, 20))
    return {
        "promised_at": promised.where(shipped),
        "delivered_at": delivered.where(shipped & (delivered < EXPORTED_AT)),
    }


def who_left(answers: pd.DataFrame, seed: int) -> pd.Series:
    """Return when each customer who left did so, by customer: after a contact that they rated."""
    lapse = answers["nps"].map(chance_of_lapse).to_numpy()
    leaving = answers[stream(seed, "leaving").random(len(answers)) < lapse]
    return leaving.groupby("customer")["answered_at"].min()


def final_orders(
    orders: pd.DataFrame,
    left_at: pd.Series,
    spoken_of: pd.Series,
    customers: pd.DataFrame,
    seed: int,
) -> pd.DataFrame:
    """Take away the orders of customers who left, and number what is left, by the old index."""
    rng = stream(seed, "final orders")
    gone = orders["ordered_at"] > orders["customer"].map(left_at)
    kept = orders[~gone]
    spare = kept.index[~kept.index.isin(spoken_of)].to_numpy()
    dropped = rng.choice(spare, len(kept) - ROWS["orders"], replace=False)
    kept = kept[~kept.index.isin(dropped)]
    kept = kept.sort_values(["ordered_at", "customer"], kind="stable")
    customer_id = customers["customer_id"].to_numpy()[kept["customer"]]
    guests = rng.choice(np.setdiff1d(spare, dropped), ORDERS_WITHOUT_CUSTOMER, replace=False)
    return kept.assign(
        order_id=ids("O", len(kept), 6),
        customer_id=pd.Series(customer_id, index=kept.index).mask(kept.index.isin(guests), None),
    )


def chance_of_lapse(score: int) -> float:
    """Return the chance that the customer never orders again."""
    if score >= 9:
        return LAPSE_AFTER["promoter"]
    return LAPSE_AFTER["passive" if score >= 7 else "detractor"]
