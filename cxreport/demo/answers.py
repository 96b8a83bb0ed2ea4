"""What people answer: touchpoint ratings, and the scores that they cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxreport.demo.sampling import Bools, Floats, Ints, labels, months, stream
from cxreport.demo.truths import (
    EAGER_REGION,
    EAGER_SCORE,
    OUTAGE_EFFORT,
    OUTAGE_MONTH,
    OUTAGE_SCORE,
    OWN_TOUCHPOINT,
    PHONE_SCORE,
    TOUCHPOINTS,
    TYPES,
)

if TYPE_CHECKING:
    import pandas as pd

DEVICES = ("mobile", "desktop", "tablet")
DEVICE_SHARES = (0.62, 0.30, 0.08)
NAMES = [touchpoint.name for touchpoint in TOUCHPOINTS]
RATINGS_ALIKE = 0.8  # how much the range is rated as the website is


def make_answers(invitations: pd.DataFrame, customers: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the answers before they reach the survey tool: whole numbers, nothing missing.

    A touchpoint that was not used has rating 0. Ratings cause the scores; the mood of the day
    moves all scores together and the ratings not at all.
    """
    rng = stream(seed, "marks")
    n = len(invitations)
    kind = customers["type"].to_numpy()[invitations["customer"]]
    by_phone = (invitations["channel"] == "phone").to_numpy()
    outage = by_phone & (months(invitations["answered_at"].to_numpy()) == OUTAGE_MONTH)
    ratings = rate_touchpoints(invitations, outage, rng)
    experience = (
        effects(ratings)
        + np.array([each.score for each in TYPES])[kind]
        + PHONE_SCORE * by_phone
        + OUTAGE_SCORE * outage
        + EAGER_SCORE * (invitations["region"] == EAGER_REGION).to_numpy()
    )
    mood = rng.normal(size=n)
    effort = 5.12 + 0.3 * experience + 0.5 * mood + OUTAGE_EFFORT * outage + rng.normal(0, 1.1, n)
    device = rng.choice(len(DEVICES), n, p=DEVICE_SHARES)
    return invitations.assign(
        customer_id=customers["customer_id"].to_numpy()[invitations["customer"]],
        language=customers["language"].to_numpy()[invitations["customer"]],
        device=np.where(invitations["channel"] == "app", "mobile", labels(DEVICES, device)),
        nps=on_scale(7.85 + experience + 1.1 * mood + rng.normal(0, 1.3, n), 0, 10),
        csat=on_scale(3.93 + 0.35 * experience + 0.4 * mood + rng.normal(0, 0.6, n), 1, 5),
        ces=on_scale(effort, 1, 7),
        **pyramid_ratings(kind, experience + mood, rng),
        **{name: ratings[:, position] for position, name in enumerate(NAMES)},
    )


def on_scale(values: Floats, low: int, high: int) -> Ints:
    """Round to the answers that the scale has."""
    return np.clip(np.rint(values), low, high).astype(np.int64)


def rate_touchpoints(invitations: pd.DataFrame, outage: Bools, rng: np.random.Generator) -> Ints:
    """Return ratings 1-5, 0 where not used; kind raters are a little kind to everything."""
    n = len(invitations)
    own = rng.normal(size=(n, len(NAMES)))
    website, range_ = NAMES.index("tp_website"), NAMES.index("tp_product_range")
    own[:, range_] = (
        RATINGS_ALIKE * own[:, website] + np.sqrt(1 - RATINGS_ALIKE**2) * own[:, range_]
    )
    felt = np.array([each.rating for each in TOUCHPOINTS]) + 0.3 * rng.normal(size=(n, 1)) + own
    felt[:, NAMES.index("tp_delivery")] -= 1.2 * invitations["late"].to_numpy()
    felt[:, NAMES.index("tp_call_centre")] -= 1.0 * outage
    used = rng.random((n, len(NAMES))) < np.array([each.used for each in TOUCHPOINTS])
    own_touchpoint = invitations["channel"].map(OWN_TOUCHPOINT).to_numpy()
    used |= own_touchpoint[:, None] == np.array(NAMES, dtype=object)
    used[:, NAMES.index("tp_delivery")] |= (invitations["touchpoint"] == "delivery").to_numpy()
    return np.where(used, on_scale(felt, 1, 5), 0)


def effects(ratings: Ints) -> Floats:
    """Add up what each rating does to the score; a touchpoint that was not used does nothing."""
    by_rating = np.array([(0.0, *touchpoint.effect) for touchpoint in TOUCHPOINTS])
    return np.asarray(by_rating[np.arange(len(NAMES)), ratings].sum(axis=1))


def pyramid_ratings(kind: Ints, feeling: Floats, rng: np.random.Generator) -> dict[str, Ints]:
    """Return needs, ease and enjoyability: mostly the customer's type, a little the day."""
    means = np.array([(each.needs, each.ease, each.enjoyability) for each in TYPES])[kind]
    felt = means + 0.1 * feeling[:, None] + rng.normal(0, 0.7, means.shape)
    rated = on_scale(felt, 1, 5)
    return dict(zip(("needs", "ease", "enjoyability"), rated.T, strict=True))
