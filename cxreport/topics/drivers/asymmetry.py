"""What a bad rating costs and an excellent one gains: basic, performance and excitement things."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.topics.drivers.rating_steps import step_effects
from cxreport.topics.drivers.resampling import limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxreport.inputs.source import Data
    from cxreport.stats.value_columns import Scale
    from cxreport.topics.drivers.numeric_rows import Numbers

BASIC, PERFORMANCE, EXCITEMENT = "basic", "performance", "excitement"
UNKNOWN = "not identified"
WRONG, SPANS, NO_EFFECT = "wrong sign", "spans the kinds", "no effect of its own"
ORDER = [
    ("low", BASIC), ("low", PERFORMANCE), ("low", EXCITEMENT),
    ("high", BASIC), ("high", PERFORMANCE), ("high", EXCITEMENT),
]  # fmt: skip
COUNTS = ("n", "invalid", "n_low", "n_high")
NEEDED = ("driver", "performance", "penalty", "reward")


def asymmetry(  # noqa: PLR0913 - a design, a scale, three limits, resamples
    data: Data,
    outcome: str,
    drivers: Sequence[str],
    *,
    low_to: float,
    high_from: float,
    scale: Scale = None,
    outcome_scale: Scale = None,
    threshold: float = 0.1,
    weight: str | None = None,
    cluster: str | None = None,
    bootstrap: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> pd.DataFrame:
    """Measure what a bad rating costs and what an excellent one gains (penalty-reward contrast).

    Parameters
    ----------
    data : pandas, polars or pyarrow frame, or Ibis table
        One row per answer. Rows without the outcome are left out.
    outcome : str
        Column of the outcome, higher is better.
    drivers : sequence of str
        Columns of ratings, higher is better. No rating is a level of its own.
    low_to, high_from : float
        Ratings up to the one are bad, from the other on excellent: 2 and 5 of 1 to 5.
    scale, outcome_scale : (number, number), optional
        As in ``importance``.
    threshold : float
        Asymmetry beyond which a driver is basic or excitement (0.1 or 0.2 in publications).
    weight : str, optional
        Column of survey weights.
    cluster : str, optional
        Column of the customer, who may answer more than once: customers are drawn again, with all
        their answers. A missing one is a customer of its own.
    bootstrap, seed : int
        Resamples for intervals, and their start.
    level : float
        Confidence level of the (percentile) intervals.

    Returns
    -------
    DataFrame
        One row per driver: ``driver``; ``n`` (rows with this rating and the outcome), ``invalid``
        (rows in which one of the two is outside its scale), ``n_low``, ``n_high``; ``penalty`` and
        ``reward`` (outcome where the rating is bad, or excellent, against a middling one, all
        drivers together; in units of the outcome), each with ``_low`` and ``_high``; ``asymmetry``
        (-1 all penalty, 1 all reward), ``low``, ``high``; ``kind``: "basic", "performance",
        "excitement", or "not identified"; ``note``: "", "wrong sign" (a bad rating goes with more,
        or an excellent one with less, beyond chance), "no effect of its own" (neither differs from
        0), "spans the kinds" (the interval of the asymmetry holds more than one), and, with no
        numbers, "too few answers", "no variance", "collinear".

    Raises
    ------
    CxError
        If the threshold is not between 0 and 1, and as ``importance``.

    Notes
    -----
    asymmetry = (abs(reward) - abs(penalty)) / (abs(reward) + abs(penalty)). A true effect of zero
    has the wrong sign in half of all samples, so a sign is wrong only when its whole interval is.
    Sources: Brandt 1988; Mikulic & Prebezac 2008, Managing Service Quality 18, 559-576; Wang et
    al. 2024, Data Science and Management 7, 164-180.

    Examples
    --------
    >>> answers = pd.DataFrame({"staff": [1, 3, 5] * 5, "score": [4, 8, 9] * 5})
    >>> effects = asymmetry(answers, "score", ["staff"], low_to=2, high_from=5, bootstrap=0)
    >>> effects[["driver", "penalty", "reward", "asymmetry"]].round(2)
      driver  penalty  reward  asymmetry
    0  staff     -4.0     1.0       -0.6
    """
    if not 0 <= threshold < 1:
        raise CxError("no threshold of asymmetry", got=threshold, expected="0 to 1")
    steps = step_effects(
        data, outcome, drivers, low_to=low_to, high_from=high_from, scale=scale,
        outcome_scale=outcome_scale, weight=weight, cluster=cluster, bootstrap=bootstrap, seed=seed,
    )  # fmt: skip
    resampled = impact_asymmetry(steps.low, steps.high)
    low, high = limits(resampled, level)
    penalty_low, penalty_high = limits(steps.low, level)
    reward_low, reward_high = limits(steps.high, level)
    frame = pd.DataFrame(
        {
            "driver": list(drivers),
            **{name: getattr(steps, name).round().astype(int) for name in COUNTS},
            "penalty": steps.low[0],
            "penalty_low": penalty_low,
            "penalty_high": penalty_high,
            "reward": steps.high[0],
            "reward_low": reward_low,
            "reward_high": reward_high,
            "asymmetry": resampled[0],
            "low": low,
            "high": high,
        }
    )
    return _with_kinds(frame, steps.notes, threshold)


def impact_asymmetry(penalty: Numbers, reward: Numbers) -> Numbers:
    """Return how far the reward outweighs the penalty, -1 to 1; NaN where there is neither.

    Examples
    --------
    >>> impact_asymmetry(np.array([-0.75, -0.46]), np.array([0.25, 0.84])).round(3).tolist()
    [-0.5, 0.292]
    """
    gain, loss = np.abs(reward), np.abs(penalty)
    together = np.where(gain + loss > 0, gain + loss, np.nan)
    difference: Numbers = (gain - loss) / together
    return difference


def _with_kinds(frame: pd.DataFrame, notes: list[str], threshold: float) -> pd.DataFrame:
    """Name the kind of each driver, or why it cannot be named."""
    sure = frame["low"].notna()
    low, high = (
        frame["low"].where(sure, frame["asymmetry"]),
        frame["high"].where(sure, frame["asymmetry"]),
    )
    worst_penalty = frame["penalty_low"].where(sure, frame["penalty"])
    best_reward = frame["reward_high"].where(sure, frame["reward"])
    wrong = (worst_penalty > 0) | (best_reward < 0)
    nothing = sure & (frame["penalty_high"] >= 0) & (frame["reward_low"] <= 0) & ~wrong
    kinds = np.select(
        [wrong | nothing | low.isna(), high < -threshold, low > threshold,
         (low >= -threshold) & (high <= threshold)],
        [UNKNOWN, BASIC, EXCITEMENT, PERFORMANCE],
        UNKNOWN,
    )  # fmt: skip
    why = np.select([wrong, nothing, kinds == UNKNOWN], [WRONG, NO_EFFECT, SPANS], "")
    reasons = [first or str(second) for first, second in zip(notes, why, strict=True)]
    return frame.assign(kind=kinds, note=reasons)


def priority_order(attributes: pd.DataFrame, *, threshold: float = 0.1) -> pd.DataFrame:
    """Order what to improve by kind and performance: a bad basic thing first.

    Parameters
    ----------
    attributes : DataFrame
        One row per driver: ``driver``, ``performance`` (mean rating), ``penalty``, ``reward`` and,
        where already judged, ``kind``.
    threshold : float
        As in ``asymmetry``, where there is no ``kind``.

    Returns
    -------
    DataFrame
        ``driver``, ``performance``, ``asymmetry``, ``kind``, ``standing`` ("low" or "high":
        performance below the mean of all, or not) and ``order``: 1 low basic, 2 low performance,
        3 low excitement, 4 high basic, 5 high performance, 6 high excitement, empty where the
        kind is not identified. Sorted by it, the lowest performance first.

    Raises
    ------
    CxError
        If a column is missing.

    Notes
    -----
    Source: Bi et al. 2020, after Wang et al. 2024, Data Science and Management 7, 164-180.

    Examples
    --------
    >>> rated = {"driver": ["rooms", "sleep"], "performance": [4.2, 4.0]}
    >>> effects = {"penalty": [-0.46, -0.47], "reward": [0.84, 0.15]}
    >>> priority_order(pd.DataFrame(rated | effects))[["driver", "kind", "standing", "order"]]
      driver        kind standing  order
    0  sleep       basic      low      1
    1  rooms  excitement     high      6
    """
    absent = [name for name in NEEDED if name not in attributes]
    if absent:
        raise CxError("a column is missing", got=", ".join(absent), expected=", ".join(NEEDED))
    penalty, reward = (attributes[name].to_numpy("float64") for name in ("penalty", "reward"))
    index = impact_asymmetry(penalty, reward)
    kinds = np.select(
        [(penalty > 0) | (reward < 0) | np.isnan(index), index < -threshold, index > threshold],
        [UNKNOWN, BASIC, EXCITEMENT],
        PERFORMANCE,
    )
    performance = attributes["performance"]
    standing = np.where(performance < performance.mean(), "low", "high")
    frame = attributes[["driver", "performance"]].assign(
        asymmetry=index, kind=attributes.get("kind", pd.Series(kinds)), standing=standing
    )
    places = {pair: at for at, pair in enumerate(ORDER, start=1)}
    order = [places.get(pair) for pair in zip(frame["standing"], frame["kind"], strict=True)]
    frame["order"] = pd.Series(order, index=frame.index, dtype="Int64")
    return frame.sort_values(["order", "performance", "driver"], ignore_index=True)
