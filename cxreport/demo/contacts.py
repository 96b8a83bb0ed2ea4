"""Who is asked and who answers: purchases, help requests and visits become invitations."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxreport.demo.sampling import Names, days_of, daytime, in_days, labels, months, stream
from cxreport.demo.truths import (
    CHANNELS,
    EAGER_REGION,
    EAGERNESS,
    EXPORTED_AT,
    LAST_CLOSED_MONTH,
    LAST_DAY,
    RESPONSE_RATE,
    SMALL_SHOP,
    SMALL_SHOP_ANSWERS,
    SMALL_SHOP_REGION,
)

ANSWERS_BY_KIND = {"order": (328, 353), "ticket": (93, 108), "visit": (56, 65)}
OPEN_MONTH_PART = 0.3
SPARE = 1.4
TOUCHPOINT = {"app": "app", "phone": "call_centre", "shop": "shop_staff", "web": "website"}


def make_contacts(
    customers: pd.DataFrame, orders: pd.DataFrame, tickets: pd.DataFrame, seed: int
) -> pd.DataFrame:
    """Return every contact that may be asked about, with the day of the invitation."""
    rng = stream(seed, "contacts")
    bought = orders[(orders["status"] != "cancelled") & (orders["status"] != "shipped")]
    arrived = bought["delivered_at"].notna()
    by_order = pd.DataFrame(
        {
            "kind": "order",
            "customer": bought["customer"],
            "channel": bought["channel"],
            "touchpoint": np.where(arrived, "delivery", bought["channel"].map(TOUCHPOINT)),
            "stage": np.where(arrived, "receive", "buy"),
            "happened_at": bought["delivered_at"].fillna(bought["ordered_at"]),
            "order": bought.index,
            "ticket": -1,
            "late": bought["delivered_at"] > bought["promised_at"],
        }
    )
    by_ticket = pd.DataFrame(
        {
            "kind": "ticket",
            "customer": tickets["customer"],
            "channel": tickets["channel"],
            "touchpoint": tickets["channel"].map(TOUCHPOINT),
            "stage": "support",
            "happened_at": tickets["created_at"],
            "order": -1,
            "ticket": tickets.index,
            "late": False,
        }
    )
    contacts = pd.concat([by_order, by_ticket, visits(customers, orders, rng)], ignore_index=True)
    return contacts[contacts["happened_at"] < EXPORTED_AT]


def visits(customers: pd.DataFrame, orders: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return visits without a purchase, some weeks after one, by the customer's main channel."""
    who = orders["customer"].to_numpy()
    day = days_of(orders["ordered_at"]) + in_days(rng.integers(5, 60, len(orders)))
    channel = labels(CHANNELS, customers["main_channel"].to_numpy()[who])
    return pd.DataFrame(
        {
            "kind": "visit",
            "customer": who,
            "channel": channel,
            "touchpoint": pd.Series(channel).map(TOUCHPOINT),
            "stage": "discover",
            "happened_at": daytime(rng, day),
            "order": -1,
            "ticket": -1,
            "late": False,
        }
    )


def contacts_by_channel(contacts: pd.DataFrame) -> pd.Series:
    """Return the share of contacts by channel, each kind of contact as often as it is asked."""
    asked = contacts["kind"].map({kind: sum(n) / 2 for kind, n in ANSWERS_BY_KIND.items()})
    weight = asked / contacts.groupby("kind")["kind"].transform("size")
    share = weight.groupby(contacts["channel"]).sum()
    return share / share.sum()


def make_invitations(customers: pd.DataFrame, contacts: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the contacts that make up somebody's mind; some of them will be answered."""
    rng = stream(seed, "invitations")
    invited_day = days_of(contacts["happened_at"]) + in_days(1)
    answered_day = invited_day + in_days(rng.geometric(0.5, len(contacts)) - 1)
    answered_at = daytime(rng, answered_day, 10, 23)
    region = customers["region"].to_numpy()[contacts["customer"]]
    reluctance = rng.exponential(size=len(contacts)) / np.where(
        region == EAGER_REGION, EAGERNESS, 1.0
    )
    invitations = contacts.assign(
        invited_at=invited_day.astype("datetime64[us]") + np.timedelta64(9, "h"),
        answered_at=answered_at,
        month=months(answered_at).astype("datetime64[s]"),
        region=region,
        reluctance=reluctance,
    )
    invitations = invitations[answered_day <= LAST_DAY]
    invitations = invitations.assign(quota=answer_quota(invitations, rng))
    chosen = invitations[place_in_month(invitations) <= SPARE * invitations["quota"]]
    return chosen.sort_values(["answered_at", "customer"], kind="stable", ignore_index=True)


def invitations_sent(answers: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return how many invitations went out on each day: those answered, and many more."""
    rng = stream(seed, "invitations sent")
    once = answers.drop_duplicates("response_id")
    answered = once.groupby(days_of(once["invited_at"])).size()
    unanswered = rng.negative_binomial(answered.to_numpy(), RESPONSE_RATE)
    return pd.DataFrame(
        {
            "sent_on": answered.index.to_numpy().astype("datetime64[s]"),
            "sent": answered.to_numpy() + unanswered,
        }
    )


def place_in_month(invitations: pd.DataFrame) -> pd.Series:
    """Return 1 for the readiest to answer of the month and kind of contact, then 2, 3, ..."""
    return invitations.groupby(["month", "kind"])["reluctance"].rank(method="first")


def answers_given(
    answers: pd.DataFrame, left_at: pd.Series, customers: pd.DataFrame, seed: int
) -> pd.DataFrame:
    """Return about 500 answers a month, none about a contact after the customer left."""
    rng = stream(seed, "answers given")
    still_here = ~(answers["happened_at"] > answers["customer"].map(left_at))
    answers = answers[still_here]
    answers = answers[place_in_month(answers) <= answers["quota"]].reset_index(drop=True)
    return answers.assign(shop=shops_of_answers(answers, customers, rng))


def answer_quota(invitations: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """Return, beside each invitation, how many of its kind and month are answered."""
    every_month = np.unique(invitations["month"])
    open_month = every_month > LAST_CLOSED_MONTH
    by_kind = {
        kind: pd.Series(
            np.rint(
                rng.integers(*between, len(every_month)) * np.where(open_month, OPEN_MONTH_PART, 1)
            ),
            index=every_month,
        )
        for kind, between in ANSWERS_BY_KIND.items()
    }
    quotas = {kind: invitations["month"].map(quota) for kind, quota in by_kind.items()}
    quota = quotas["visit"]
    for kind in ("order", "ticket"):
        quota = quota.where(invitations["kind"] != kind, quotas[kind])
    return quota


def shops_of_answers(
    answers: pd.DataFrame, customers: pd.DataFrame, rng: np.random.Generator
) -> Names:
    """Return the shop of answers given about a shop; one small shop gets few answers a month."""
    in_shop = (answers["channel"] == "shop").to_numpy()
    home = customers["shop"].to_numpy()[answers["customer"]]
    nearby = in_shop & (answers["region"] == SMALL_SHOP_REGION).to_numpy()
    place = pd.Series(np.where(nearby, rng.random(len(answers)), np.nan))
    place = place.groupby(answers["month"]).rank(method="first")
    every_month = np.unique(answers["month"])
    few = rng.integers(0, 4, len(every_month))
    few[every_month == LAST_CLOSED_MONTH] = SMALL_SHOP_ANSWERS
    quota = answers["month"].map(pd.Series(few, index=every_month))
    shop = pd.Series(home, dtype=object).where(in_shop, None)
    return shop.mask(place <= quota, SMALL_SHOP).to_numpy()
