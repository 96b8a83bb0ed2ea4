"""What customers of the demo company said when they asked for help: notes of calls, and e-mails."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxreport.demo.sampling import months, stream
from cxreport.demo.text import add_lines, write
from cxreport.demo.truths import OUTAGE_MONTH, REQUESTS_WITH_TEXT

TOPIC_OF_REASON = {"delivery": "delivery", "returns": "returns", "payment": "checkout",
                   "product": "product_quality", "account": "app",
                   "other": "promotions"}  # fmt: skip
WRITTEN_DOWN = ("phone", "web")
"""Channels whose requests are kept in words."""
OF_WAITING = 0.5
"""Share of the calls of the outage that are about the waiting."""
PERSONAL_DATA = {"email": 20, "phone": 20, "iban": 10, "tax_code": 10}


def with_texts(tickets: pd.DataFrame, customers: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the requests with ``text``: of some by phone or website, what they were about."""
    rng = stream(seed, "texts of requests")
    possible = np.flatnonzero(tickets["channel"].isin(WRITTEN_DOWN))
    rows = np.sort(rng.choice(possible, REQUESTS_WITH_TEXT, replace=False))
    asked = tickets.iloc[rows]
    language = customers["language"].iloc[asked["customer"]].reset_index(drop=True)
    in_outage = (asked["channel"] == "phone") & (
        months(asked["created_at"].to_numpy()) == OUTAGE_MONTH
    )
    waited = in_outage.to_numpy() & (rng.random(len(rows)) < OF_WAITING)
    topic = np.where(waited, "phone_waiting", asked["reason"].map(TOPIC_OF_REASON))
    texts = write(language, topic, np.zeros(len(rows), dtype=bool), rng)
    texts = add_lines(texts, language, rng, PERSONAL_DATA, hostile=())
    text = pd.Series(None, index=range(len(tickets)), dtype=object)
    text.iloc[rows] = texts
    return tickets.assign(text=text.to_numpy())
