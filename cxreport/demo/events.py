"""Events of the demo company: what customers who accepted tracking did, by session."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxreport.demo.sampling import Ints, daytime, ids, labels, seasonal_days, stream
from cxreport.demo.truths import ROWS, TYPES

# name, stage, touchpoint; the touchpoint of a visit is the channel itself
STEPS = (
    ("visit", "discover", None),
    ("product_view", "choose", "product_range"),
    ("add_to_cart", "choose", "product_range"),
    ("checkout_start", "buy", "checkout"),
    ("purchase", "buy", "checkout"),
)
REACH_NEXT_STEP = (0.70, 0.25, 0.50)  # in sessions without a purchase
OWN_TOUCHPOINT = {"app": "app", "phone": "call_centre", "shop": "shop_staff", "web": "website"}
ACCEPTED = 0.25
NOT_LOGGED_IN, STRANGERS = 0.15, 0.20
STEP_TIME = np.timedelta64(150, "s")


def make_events(
    customers: pd.DataFrame, orders: pd.DataFrame, tickets: pd.DataFrame, seed: int
) -> pd.DataFrame:
    """Return one row per event, in order of time."""
    rng = stream(seed, "events")
    accepted = np.flatnonzero(rng.random(len(customers)) < ACCEPTED)
    orders = orders[orders["customer_id"].notna() & orders["customer"].isin(accepted)]
    single = single_events(orders, tickets[tickets["customer"].isin(accepted)])
    digital = orders[orders["channel"].isin(["app", "web"])]
    buying = pd.DataFrame(
        {
            "customer": digital["customer"],
            "channel": digital["channel"],
            "started_at": digital["ordered_at"] - (len(STEPS) - 1) * STEP_TIME,
            "steps": len(STEPS),
            "order_id": digital["order_id"],
        }
    )
    left = ROWS["events"] - len(single) - len(STEPS) * len(buying)
    sessions = pd.concat([buying, browsing(customers, accepted, left, rng)], ignore_index=True)
    sessions = name_sessions(sessions, len(customers), rng)
    events = pd.concat([steps_of(sessions, rng), single], ignore_index=True)
    events = events.sort_values(["occurred_at", "customer"], kind="stable", ignore_index=True)
    is_checkout = events["touchpoint"] == "checkout"
    return events.assign(
        event_id=ids("E", len(events), 6),
        customer_id=labels(customers["customer_id"].to_list(), events["customer"].to_numpy()),
        is_error=rng.random(len(events)) < np.where(is_checkout, 0.02, 0.004),
    )


def single_events(orders: pd.DataFrame, tickets: pd.DataFrame) -> pd.DataFrame:
    """Return what happens outside the website and the app: tills, couriers, help requests."""
    tills = orders[orders["channel"].isin(["phone", "shop"])]
    parcels = orders[orders["delivered_at"].notna()]
    parts = [
        (tills, "ordered_at", "purchase", "buy", tills["channel"].map(OWN_TOUCHPOINT)),
        (parcels, "delivered_at", "parcel_delivered", "receive", "delivery"),
        (tickets, "created_at", "help_request", "support", tickets["channel"].map(OWN_TOUCHPOINT)),
    ]
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "occurred_at": rows[time],
                    "event_name": name,
                    "customer": rows["customer"],
                    "channel": rows["channel"],
                    "stage": stage,
                    "touchpoint": touchpoint,
                    "order_id": rows.get("order_id"),
                }
            )
            for rows, time, name, stage, touchpoint in parts
        ],
        ignore_index=True,
    )


def browsing(
    customers: pd.DataFrame, accepted: Ints, events: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Return sessions without a purchase that hold exactly this number of events."""
    steps = 1 + (rng.random((events, 3)) < REACH_NEXT_STEP).cumprod(axis=1).sum(axis=1)
    ends = np.cumsum(steps)
    n = int(np.searchsorted(ends, events)) + 1
    steps = np.diff(np.minimum(ends[:n], events), prepend=0)
    who = rng.choice(accepted, n)
    kind = customers["type"].to_numpy()[who]
    app_share = np.array(
        [each.channels[0] / (each.channels[0] + each.channels[3]) for each in TYPES]
    )
    started_at = daytime(rng, seasonal_days(rng, n), 7, 22)
    after_first_seen = started_at >= customers["first_seen_at"].to_numpy()[who]
    stranger = ~after_first_seen | (rng.random(n) < STRANGERS)
    return pd.DataFrame(
        {
            "customer": np.where(stranger, -1, who),
            "channel": np.where(rng.random(n) < app_share[kind], "app", "web"),
            "started_at": started_at,
            "steps": steps,
            "order_id": None,
        }
    )


def name_sessions(sessions: pd.DataFrame, customers: int, rng: np.random.Generator) -> pd.DataFrame:
    """Add session, device and browser id; some known customers are not logged in."""
    sessions = sessions.sort_values("started_at", kind="stable", ignore_index=True)
    n = len(sessions)
    customer = sessions["customer"].to_numpy()
    browser = rng.permutation(2 * customers)
    browser = browser[np.where(customer < 0, customers + rng.integers(0, customers, n), customer)]
    hidden = (rng.random(n) < NOT_LOGGED_IN) & sessions["order_id"].isna().to_numpy()
    device = labels(("desktop", "mobile", "tablet"), rng.choice(3, n, p=[0.35, 0.57, 0.08]))
    return sessions.assign(
        session_id=ids("S", n, 6),
        customer=np.where(hidden, -1, customer),
        anonymous_id=labels(ids("A", 2 * customers, 5).tolist(), browser),
        device=np.where(sessions["channel"] == "app", "mobile", device),
    )


def steps_of(sessions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return one row per step of each session; a purchase is at the time of its order."""
    events = sessions.loc[sessions.index.repeat(sessions["steps"])]
    step = np.asarray(events.groupby(level=0).cumcount(), dtype=np.int64)
    last = len(STEPS) - 1
    pause = np.where(step < last, rng.integers(0, 140, len(step)), 0).astype("timedelta64[s]")
    names, stages, touchpoints = (labels(part, step) for part in zip(*STEPS, strict=True))
    return events.assign(
        occurred_at=events["started_at"] + step * STEP_TIME + pause,
        event_name=names,
        stage=stages,
        touchpoint=np.where(step == 0, events["channel"].map(OWN_TOUCHPOINT), touchpoints),
        order_id=events["order_id"].where(step == last, None),
    )
