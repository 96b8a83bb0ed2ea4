"""The answers as a survey tool writes them: text, codes for missing, slips and copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxreport.demo.sampling import ids, labels, stream
from cxreport.demo.truths import SMALL_SHOP, TOUCHPOINTS

if TYPE_CHECKING:
    import pandas as pd

SCORES = ("nps", "csat", "ces", "needs", "ease", "enjoyability")
RATINGS = tuple(touchpoint.name for touchpoint in TOUCHPOINTS)
MISSING_SCORES = {"99": 120, "": 60, "Non so": 40}
MISSING_RATINGS = {"99": 50, "": 20, "Non so": 25}
OUT_OF_SCALE = {
    "nps": {"11": 4, "-1": 2, "7.5": 1},
    "csat": {"11": 1},
    "ces": {"-1": 1, "7.5": 1},
}
COPIES = 120


def raw_responses(
    answers: pd.DataFrame, order_ids: pd.Series, ticket_ids: pd.Series, seed: int
) -> pd.DataFrame:
    """Return the export before its copies: scores as text, with the ordinary dirt."""
    rng = stream(seed, "export")
    raw = answers.assign(
        response_id=ids("R", len(answers), 6),
        order_id=answers["order"].map(order_ids),
        ticket_id=labels(ticket_ids.to_list(), answers["ticket"].to_numpy()),
        **{name: answers[name].astype(str).astype(object) for name in (*SCORES, *RATINGS)},
    )
    for name in RATINGS:
        raw[name] = raw[name].where(answers[name] > 0, None)
    dirty = np.zeros(len(raw), dtype=bool)
    for name in (*SCORES, *RATINGS):
        missing = MISSING_SCORES if name in SCORES else MISSING_RATINGS
        kinds = {**missing, **OUT_OF_SCALE.get(name, {})}
        codes = np.repeat(np.array(list(kinds), dtype=object), list(kinds.values()))
        asked = np.flatnonzero(raw[name].notna())
        rows = rng.choice(asked, len(codes), replace=False)
        written = raw[name].to_numpy(dtype=object, copy=True)
        written[rows] = codes
        raw[name] = written
        dirty[rows] = True
    return raw.assign(dirty=dirty)


def with_copies(raw: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the export with some clean rows written twice, beside each other."""
    clean = np.flatnonzero(~raw["dirty"] & (raw["shop"] != SMALL_SHOP))
    copied = stream(seed, "copies").choice(clean, COPIES, replace=False)
    rows = np.sort(np.concatenate([np.arange(len(raw)), copied]), kind="stable")
    return raw.iloc[rows].reset_index(drop=True)
