"""What sets a class apart, chosen by a rule and told with its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxreport.stats.multiplicity import judged
from cxreport.topics.personas.frames import CHANNEL, STAGE

if TYPE_CHECKING:
    import pandas as pd

    from cxreport.topics.personas.classes import Personas

SMALL, LARGE = 0.2, 0.8
"""Cohen's words: below the first a difference is not told, at the second a shade is full."""
MOST = 3
"""Traits of a class, and channels, that are told."""
MAIN = 20.0
"""Percent of a class from which on a channel is one of its main ones."""


def traits(personas: Personas, place: int, *, family_level: float = 0.95) -> list[dict[str, Any]]:
    """Return what sets a class apart from all others together, the largest first.

    Of each item the mean counts or, where it has none, the level with the largest effect; only
    where the difference is a signal among those of all classes and items (Holm), the others lie
    outside the interval of the class, and the effect is not small.

    Parameters
    ----------
    personas : Personas
        The classes.
    place : int
        Which of them.
    family_level : float
        1 minus the error that all classes and items share.

    Returns
    -------
    list of dict
        At most three: ``item``, ``level``, ``metric``, ``side`` ("more", "less"), ``estimate``,
        ``low``, ``high``, ``others``, ``effect``.
    """
    rows = personas.profiles.dropna(subset="effect")
    has_mean = rows.groupby("item")["metric"].transform(lambda m: (m == "mean").any())
    rows = rows[(rows["metric"] == "mean") | ~has_mean]
    is_signal = judged(rows["p_value"], family_level)["signal"].fillna(value=False).astype(bool)
    outside = (rows["others"] < rows["low"]) | (rows["others"] > rows["high"])
    rows = rows[is_signal & outside & (rows["effect"].abs() >= SMALL) & (rows["class"] == place)]
    rows = rows.assign(size=rows["effect"].abs()).sort_values(
        ["size", "item", "level"], ascending=[False, True, True]
    )
    kept = rows.drop_duplicates("item").head(MOST)
    names = ["item", "level", "metric", "estimate", "low", "high", "others", "effect"]
    return [
        {**{str(k): v for k, v in row.items()}, "side": "more" if row["effect"] > 0 else "less"}
        for row in kept[names].to_dict("records")
    ]


def main_channels(personas: Personas, place: int) -> list[dict[str, Any]]:
    """Return the channels that a fifth of a class or more uses most, at most three."""
    rows = personas.profiles
    rows = rows[(rows["class"] == place) & (rows["item"] == CHANNEL) & (rows["estimate"] >= MAIN)]
    rows = rows.sort_values(["estimate", "level"], ascending=[False, True]).head(MOST)
    names = ["level", "estimate", "low", "high"]
    return [{str(k): v for k, v in row.items()} for row in rows[names].to_dict("records")]


def class_stages(outcomes: pd.DataFrame, place: int) -> tuple[dict[str, Any], bool]:
    """Return the stage whose touchpoints a class rates worst, and whether another may be as bad.

    Another may be where its interval reaches below the upper end of the worst.
    """
    if outcomes.empty:
        return {}, False
    of_class = outcomes[(outcomes["class"] == place) & outcomes["metric"].str.startswith(STAGE)]
    ranked = of_class.dropna(subset="estimate").sort_values(["estimate", "metric"])
    if len(ranked) < 2:
        return {}, False
    worst = ranked.iloc[0]
    tied = bool((ranked["low"].iloc[1:] < worst["high"]).any())
    stage = str(worst["metric"]).removeprefix(STAGE)
    values = {name: float(worst[name]) for name in ("estimate", "low", "high")}
    return {"stage": stage, **values}, tied
