"""Companies in which nothing ever changes, as frames of measures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cxreport.topics.overview.measures import COLUMNS

MONTHS = [f"{2025 + month // 12}-{month % 12 + 1:02d}" for month in range(24)]
TOUCHPOINTS, CHANNELS, REGIONS, SHOPS, TOPICS = 8, 4, 8, 10, 10
FEWEST = 10


def steady_company(seed: int, answers: int) -> pd.DataFrame:
    """Draw two years of a company of so many answers a month: every month is drawn alike.

    All questions of an answer hang together, as do the two waits of a request; requests, customers
    and comments are 0.8, 0.4 and 0.25 an answer, visits 5.
    """
    random = np.random.default_rng([12, seed, answers])
    rows: list[dict[str, object]] = []
    for month, name in enumerate(MONTHS):
        rows += [{**row, "period": name} for row in _month(random, answers, month)]
    frame = pd.DataFrame(rows).assign(low=np.nan, high=np.nan, p_before=np.nan)
    few = frame["n"] < FEWEST
    return frame.assign(estimate=frame["estimate"].mask(few))[COLUMNS]


def _month(random: np.random.Generator, answers: int, month: int) -> list[dict[str, object]]:
    n = random.poisson(answers)
    mood = random.normal(size=n)
    feeling = {name: 0.7 * mood + 0.7 * random.normal(size=n) for name in "abcdefg"}
    nps = 100.0 * ((feeling["a"] > -0.1).astype(float) - (feeling["a"] < -1.0))
    layers = {x: 100.0 * ((feeling[x] > -0.3).astype(float) - (feeling[x] < -1.3)) for x in "def"}
    found = [
        _row("scores", "nps", nps),
        _row("scores", "csat", 100.0 * (feeling["b"] > -0.9), unit="percent"),
        _row("scores", "ces", 100.0 * (feeling["c"] > -0.7), unit="percent"),
        _row("scores", "index", np.mean([*layers.values()], axis=0)),
        *(_row("layers", name, values) for name, values in layers.items()),
    ]
    for place in range(TOUCHPOINTS):
        used = random.random(n) < 0.4 + 0.05 * place
        rating = (0.6 * mood + 0.8 * random.normal(size=n))[used] > -0.2 * place
        found.append(_row("touchpoints", "csat", 100.0 * rating, f"t{place}", unit="percent"))
    for variable, size in (("channel", CHANNELS), ("region", REGIONS), ("shop", SHOPS)):
        # a shop is only known of those who bought in one
        code = random.integers(0, size * (3 if variable == "shop" else 1), n)
        found += [
            _row("groups", "nps", nps[code == level], "nps", variable, str(level))
            for level in range(size)
        ]
    found += _requests(random, round(0.8 * answers))
    bought = 100.0 * (random.random(random.poisson(5 * answers)) < 0.09)
    found.append(_row("conversion", "bought", bought, unit="percent"))
    if month < len(MONTHS) - 1:
        came_back = 100.0 * (random.random(random.poisson(0.4 * answers)) < 0.2)
        found.append(_row("retention", "came_back", came_back, unit="percent"))
    if month >= len(MONTHS) - 12:
        wrote = random.random((random.poisson(0.25 * answers), TOPICS))
        for topic in range(TOPICS):
            spoken = 100.0 * (wrote[:, topic] < 0.02 + 0.025 * topic)
            found.append(_row("voice", "topic", spoken, f"topic{topic}", unit="percent", better=""))
    return found


def _requests(random: np.random.Generator, requests: int) -> list[dict[str, object]]:
    n = random.poisson(requests)
    load = random.normal(size=n)
    channel = random.integers(0, CHANNELS, n)
    rows = []
    for measure, slow in (("first_reply", 2.0), ("solution", 17.0)):
        hours = slow * np.exp(0.6 * load + 0.9 * random.normal(size=n)) * (1 + channel)
        kind: dict[str, Any] = {"unit": "hours", "better": "lower", "middle": np.median}
        rows.append(_row("service", measure, hours, **kind))
        for level in range(CHANNELS):
            part = hours[channel == level]
            rows.append(_row("service", measure, part, "", "channel", str(level), **kind))
    return rows


def _row(
    section: str,
    measure: str,
    values: np.ndarray,
    question: str = "",
    variable: str = "",
    level: str = "",
    *,
    unit: str = "points",
    better: str = "higher",
    middle: object = np.mean,
) -> dict[str, object]:
    estimate = middle(values) if len(values) else np.nan  # type: ignore[operator]
    return {
        "section": section, "measure": measure, "question": question, "variable": variable,
        "level": level, "n": len(values), "estimate": float(estimate), "unit": unit,
        "better": better,
    }  # fmt: skip
