"""Help requests of the demo company: tickets, reply and resolution times."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxreport.demo.sampling import (
    Bools,
    Floats,
    choose_by_row,
    days_of,
    daytime,
    ids,
    in_days,
    labels,
    months,
    stream,
)
from cxreport.demo.truths import (
    CHANNELS,
    EXPORTED_AT,
    LAST_CLOSED_MONTH,
    LAST_DAY,
    OUTAGE_MONTH,
    OUTAGE_REPLY_TIME,
    OUTAGE_TICKETS,
    PHONE,
    ROWS,
    TYPES,
)

REASONS = ("delivery", "returns", "payment", "product", "account", "other")
REASON_SHARES = (0.34, 0.22, 0.13, 0.16, 0.09, 0.06)
TEAMS = ("first line", "first line", "payments", "products", "first line", "first line")
# Three in ten requests come by phone whatever the type, the rest by the type's own channels.
PHONE_HABIT = 0.30
NEVER_SOLVED, NEVER_SOLVED_LAST_MONTH = 0.02, 0.10
ANSWERED = 0.35
# When the clocks jump from two to three: no local time falls between.
CLOCKS_FORWARD = (pd.Timestamp("2025-03-30 02:00"), pd.Timestamp("2026-03-29 02:00"))


def make_tickets(customers: pd.DataFrame, orders: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return one row per help request, in order of time, with `customer` as a position.

    Every request follows a purchase, so that those who ask for help bought as much before as
    those who do not.
    """
    rng = stream(seed, "tickets")
    kind = customers["type"].to_numpy()
    who = orders["customer"].to_numpy()
    day = days_of(orders["ordered_at"]) + in_days(rng.integers(1, 15, len(orders)))
    weight = np.array([each.tickets for each in TYPES])[kind[who]]
    weight = weight * np.where(months(day) == OUTAGE_MONTH, OUTAGE_TICKETS, 1.0)
    weight = np.where(day <= LAST_DAY, weight, 0.0)
    chosen = rng.choice(len(orders), ROWS["tickets"], p=weight / weight.sum())
    created_at = daytime(rng, day[chosen], 8, 20)
    tickets = pd.DataFrame({"customer": who[chosen], "created_at": created_at})
    tickets = tickets.sort_values(["created_at", "customer"], kind="stable", ignore_index=True)
    n = len(tickets)
    own = np.array([each.channels for each in TYPES])[kind[tickets["customer"]]]
    channel = np.where(rng.random(n) < PHONE_HABIT, PHONE, choose_by_row(rng, own))
    reason = rng.choice(len(REASONS), n, p=REASON_SHARES)
    return tickets.assign(
        ticket_id=ids("T", n, 5),
        customer_id=customers["customer_id"].to_numpy()[tickets["customer"]],
        channel=labels(CHANNELS, channel),
        reason=labels(REASONS, reason),
        team=labels(TEAMS, reason),
        **handling(tickets["created_at"], channel == PHONE, rng),
    )


def handling(
    created_at: pd.Series,
    by_phone: Bools,
    rng: np.random.Generator,
) -> dict[str, pd.Series]:
    """Return replies and solution; what happens after the export is empty."""
    n = len(created_at)
    month = months(created_at.to_numpy())
    outage = by_phone & (month == OUTAGE_MONTH)
    reply_hours = np.where(by_phone, 0.5, 5.0) * np.exp(rng.normal(0, 0.8, n))
    reply_hours = reply_hours * np.where(outage, OUTAGE_REPLY_TIME, 1.0)
    solve_hours = reply_hours + 12.0 * np.exp(rng.normal(0, 1.3, n)) * np.where(outage, 1.5, 1.0)
    first_reply = later(created_at, reply_hours)
    solved = later(created_at, solve_hours)
    chance = np.where(month >= LAST_CLOSED_MONTH, NEVER_SOLVED_LAST_MONTH, NEVER_SOLVED)
    solved = solved.where((solved < EXPORTED_AT) & (rng.random(n) >= chance))
    satisfaction = np.clip(np.rint(rng.normal(4.1 - 1.3 * outage, 0.9)), 1, 5)
    asked = solved.notna() & (rng.random(n) < ANSWERED)
    return {
        "status": pd.Series(np.where(solved.notna(), "solved", "open")),
        "first_reply_at": first_reply.where(first_reply < EXPORTED_AT),
        "solved_at": solved,
        "reopened_n": pd.Series(rng.poisson(0.08, n)),
        "replies_n": pd.Series(1 + rng.poisson(1.1, n)),
        "transfers_n": pd.Series(rng.poisson(0.25, n)),
        "csat": pd.Series(satisfaction, dtype="Int64").where(asked),
    }


def later(start: pd.Series, hours: Floats) -> pd.Series:
    """Return the local time so many hours later, in whole seconds."""
    end = start + pd.Series(np.rint(hours * 3600).astype("timedelta64[s]"))
    for jump in CLOCKS_FORWARD:
        end = end.mask((start < jump) & (end >= jump), end + pd.Timedelta(hours=1))
    return end
