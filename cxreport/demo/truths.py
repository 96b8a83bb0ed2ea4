"""Everything planted in the demo company, in one place: later work is tested by finding it again.

Effects on the score are in points of the 0-10 recommendation scale, before rounding and clipping.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FIRST_DAY = np.datetime64("2024-11-01", "D")
LAST_DAY = np.datetime64("2026-11-09", "D")
EXPORTED_AT = np.datetime64("2026-11-10T00:00:00", "us")
LAST_CLOSED_MONTH = np.datetime64("2026-10", "M")
OUTAGE_MONTH = np.datetime64("2026-03", "M")

ROWS = {
    "customers": 12_000,
    "orders": 40_000,
    "events": 150_000,
    "tickets": 9_000,
    "verbatims": 4_000,
}

CHANNELS = ("app", "phone", "shop", "web")
PHONE = CHANNELS.index("phone")
SHOP = CHANNELS.index("shop")


@dataclass(frozen=True)
class CustomerType:
    """A latent type: it is in no table, and shows only in what its customers do and say."""

    name: str
    share: float
    channels: tuple[float, float, float, float]
    needs: float
    ease: float
    enjoyability: float
    score: float
    margin_rate: float
    return_rate: float
    tickets: float


TYPES = (
    CustomerType(
        "neighbourhood loyals", 0.34, (0.15, 0.08, 0.62, 0.15),
        needs=4.6, ease=4.5, enjoyability=4.5, score=0.4,
        margin_rate=0.38, return_rate=0.05, tickets=0.45,
    ),
    CustomerType(
        "digital in a hurry", 0.30, (0.52, 0.06, 0.08, 0.34),
        needs=4.3, ease=4.5, enjoyability=2.6, score=0.0,
        margin_rate=0.34, return_rate=0.07, tickets=0.6,
    ),
    CustomerType(
        "explorers", 0.22, (0.14, 0.06, 0.35, 0.45),
        needs=3.2, ease=2.6, enjoyability=4.5, score=0.0,
        margin_rate=0.36, return_rate=0.08, tickets=0.6,
    ),
    CustomerType(
        "discount hunters", 0.14, (0.12, 0.38, 0.20, 0.30),
        needs=2.6, ease=3.3, enjoyability=2.3, score=-0.8,
        margin_rate=0.05, return_rate=0.25, tickets=2.4,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Touchpoint:
    """Who uses it, how it is rated (mean before rounding), and what a rating of 1..5 does."""

    name: str
    used: float
    rating: float
    effect: tuple[float, float, float, float, float]


NO_EFFECT = (0.0, 0.0, 0.0, 0.0, 0.0)
PERFORMANCE = (-0.9, -0.6, -0.15, 0.15, 0.9)
TOUCHPOINTS = (
    Touchpoint("tp_website", 0.75, 3.9, PERFORMANCE),
    Touchpoint("tp_app", 0.45, 3.8, PERFORMANCE),
    Touchpoint("tp_shop_staff", 0.60, 4.0, (0.0, 0.0, 0.0, 0.0, 1.8)),
    Touchpoint("tp_product_range", 0.95, 3.9, NO_EFFECT),
    Touchpoint("tp_checkout", 0.85, 4.0, PERFORMANCE),
    Touchpoint("tp_delivery", 0.65, 3.8, (-2.2, -2.2, 0.0, 0.0, 0.0)),
    Touchpoint("tp_call_centre", 0.40, 3.6, PERFORMANCE),
    Touchpoint("tp_returns", 0.40, 3.6, PERFORMANCE),
)
OWN_TOUCHPOINT = {"app": "tp_app", "phone": "tp_call_centre", "shop": "tp_shop_staff",
                  "web": "tp_website"}  # fmt: skip

PHONE_SCORE = -0.4
OUTAGE_SCORE, OUTAGE_EFFORT = -1.8, -1.8
OUTAGE_TICKETS, OUTAGE_REPLY_TIME = 2.5, 8.0

REGIONS = {
    "Lombardia": (0.20, ("Milano Brera", "Milano Navigli", "Bergamo", "Brescia")),
    "Lazio": (0.16, ("Roma Prati", "Roma Trastevere", "Viterbo")),
    "Veneto": (0.13, ("Padova", "Verona", "Treviso")),
    "Emilia-Romagna": (0.13, ("Bologna", "Modena", "Parma")),
    "Piemonte": (0.12, ("Torino", "Cuneo", "Alessandria")),
    "Toscana": (0.11, ("Firenze", "Pisa", "Siena")),
    "Campania": (0.09, ("Napoli", "Salerno")),
    "Puglia": (0.06, ("Bari", "Lecce")),
}
AGE_BANDS = {"18-29": 0.18, "30-44": 0.31, "45-59": 0.30, "60+": 0.21}
RESPONSE_RATE = 0.2
EAGER_REGION, EAGERNESS, EAGER_SCORE = "Lombardia", 2.2, 0.75

SMALL_SHOP, SMALL_SHOP_REGION, SMALL_SHOP_ANSWERS = "Pienza", "Toscana", 6


@dataclass(frozen=True)
class Experiment:
    """Four weeks of coin tosses; the outcome is yes or no within 30 days of each.

    ``base`` is its chance in the control arm, ``effect`` what the treatment adds. ``lost`` is the
    share of treated customers without the outcome whom a fault of the log loses.
    """

    name: str
    first_day: np.datetime64
    customers: int
    base: float
    effect: float
    lost: float


EXPERIMENTS = (
    Experiment("review-reminder", np.datetime64("2026-09-01"), 6_000, 0.20, 0.04, 0.0),
    Experiment("delivery-alerts", np.datetime64("2026-08-17"), 6_000, 0.20, 0.0, 0.14),
)

# Chance that a customer never orders again after answering, and after any order at all.
LAPSE_AFTER = {"promoter": 0.04, "passive": 0.14, "detractor": 0.45}
LAPSE_PER_ORDER = 0.05

# By detractors, passives, promoters: people told (mean; negative binomial of size TOLD_SPREAD, so
# the variance is mean + mean^2 / size), and the chance of each answer on expectations.
TOLD, TOLD_SPREAD = (3.4, 1.2, 2.6), 1.5
EXPECTED = {
    "worse": (0.60, 0.18, 0.08),
    "as": (0.32, 0.62, 0.60),
    "better": (0.08, 0.20, 0.32),
}

# Detractors called back, of those on the next day (the others after 4 days or more), and solved
# after the call. A call changes nothing in what the customer answers or buys later.
CALLED_BACK, CALLED_NEXT_DAY, SOLVED_AFTER_CALL = 0.60, 0.75, 0.70

# App reviews that get a reply, and after how many hours half of those replies are there; letters
# get none that anybody wrote down. Help requests that are kept in words, too.
REVIEWS_REPLIED, REVIEWS_REPLY_HOURS = 0.60, 36.0
REQUESTS_WITH_TEXT = 1_600
