"""The customers of the demo company, their latent types, and the margins of the customer base."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxreport.demo.sampling import (
    Times,
    choose_by_row,
    daytime,
    exact_shares,
    ids,
    in_days,
    labels,
    stream,
)
from cxreport.demo.truths import AGE_BANDS, FIRST_DAY, LAST_DAY, REGIONS, ROWS, TYPES

KNOWN_BEFORE = 0.55
MEMBERS, RENEWAL = 0.30, 0.75
ENGLISH = 0.20


def make_customers(seed: int) -> pd.DataFrame:
    """Return one row per customer, with the latent `type`, `main_channel` and `appetite`."""
    rng = stream(seed, "customers")
    n = ROWS["customers"]
    were_customers = rng.random(n) < KNOWN_BEFORE
    days = np.where(
        were_customers,
        rng.integers(-1_750, 0, n),
        rng.integers(0, (LAST_DAY - FIRST_DAY).astype(int), n),
    )
    region = exact_shares(rng, [share for share, _ in REGIONS.values()], n)
    shops = [shops for _, shops in REGIONS.values()]
    shop = np.array([name for names in shops for name in names], dtype=object)
    first_shop = np.cumsum([0, *map(len, shops)])[:-1]
    shop_count = np.array([len(names) for names in shops])
    kind = exact_shares(rng, [each.share for each in TYPES], n)
    channels = np.array([each.channels for each in TYPES])
    first_seen = daytime(rng, np.sort(FIRST_DAY + in_days(days)))
    return pd.DataFrame(
        {
            "customer_id": ids("C", n, 5),
            "first_seen_at": first_seen,
            "region": labels(list(REGIONS), region),
            "age_band": labels(list(AGE_BANDS), exact_shares(rng, list(AGE_BANDS.values()), n)),
            "language": np.where(rng.random(n) < ENGLISH, "en", "it"),
            "shop": shop[first_shop[region] + rng.integers(0, shop_count[region])],
            **club_membership(rng, first_seen.astype("datetime64[D]")),
            "type": kind,
            "main_channel": choose_by_row(rng, channels[kind]),
            # How often a customer buys has nothing to do with the type, region or score:
            # spend before an answer must say nothing about the answer.
            "appetite": rng.gamma(1.5, size=n),
        }
    )


def club_membership(rng: np.random.Generator, first_seen: Times) -> dict[str, pd.Series]:
    """Return start and end of the paid yearly club; the end is empty while it runs."""
    n = len(first_seen)
    start = pd.Series(first_seen + rng.integers(0, 200, n))
    years = pd.Series(rng.geometric(1 - RENEWAL, n))
    end = start + pd.to_timedelta(365 * years, unit="D")
    member = pd.Series(rng.random(n) < MEMBERS) & (start <= LAST_DAY)
    return {
        "contract_start": start.where(member),
        "contract_end": end.where(member & (end <= LAST_DAY)),
    }


def make_population(customers: pd.DataFrame, contacts_by_channel: pd.Series) -> pd.DataFrame:
    """Return the margins of the customer base, in percent, one row per variable and level.

    Region and age band are shares of customers, channel is the share of contacts.
    """
    margins = {
        "region": customers["region"].value_counts(normalize=True),
        "age_band": customers["age_band"].value_counts(normalize=True),
        "channel": contacts_by_channel,
    }
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "variable": variable,
                    "level": share.sort_index().index.astype(str),
                    "share": (100 * share.sort_index()).to_numpy(),
                }
            )
            for variable, share in margins.items()
        ],
        ignore_index=True,
    )
