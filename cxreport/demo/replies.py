"""When the demo company replied to reviews: some never, and of the last ones nobody knows yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxreport.demo.sampling import stream
from cxreport.demo.service import later
from cxreport.demo.truths import EXPORTED_AT, REVIEWS_REPLIED, REVIEWS_REPLY_HOURS

if TYPE_CHECKING:
    import pandas as pd

SPREAD = 0.9
"""Of the log of the hours."""


def with_replies(verbatims: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the comments with ``replied_at``: of reviews alone, and not after the export."""
    rng = stream(seed, "replies to reviews")
    n = len(verbatims)
    hours = REVIEWS_REPLY_HOURS * np.exp(rng.normal(0, SPREAD, n))
    replied = (verbatims["source"] == "app_review") & (rng.random(n) < REVIEWS_REPLIED)
    at = later(verbatims["created_at"], hours)
    return verbatims.assign(replied_at=at.where(replied & (at < EXPORTED_AT)))
