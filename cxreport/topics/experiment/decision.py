"""What an experiment's effect means for what to do: a decision, as a key that the pages word."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, get_args

import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.columns import check_result
from cxreport.stats.power import detectable_difference
from cxreport.topics.experiment.effects import BROKEN

if TYPE_CHECKING:
    from collections.abc import Hashable

Better = Literal["higher", "lower"]
KEPT = ["arm", "n", "n_control", "difference", "low", "high", "q_value"]


def decide(
    effects: pd.DataFrame,
    *,
    worthwhile: float = 0.0,
    better: Better = "higher",
    level: float = 0.95,
    power: float = 0.8,
) -> pd.DataFrame:
    """Decide about each treatment by rules that were fixed before the outcome was known.

    Parameters
    ----------
    effects : DataFrame
        From ``effect`` without ``by``.
    worthwhile : float
        Smallest improvement worth having, in points, 0 or more.
    better : {"higher", "lower"}
        Whether more or fewer customers with the outcome is an improvement.
    level, power : float
        For ``detectable``; ``level`` that of the effects.

    Returns
    -------
    DataFrame
        One row per arm: ``arm``; ``decision``, the first of these that holds: "broken" (no effect
        is read), "unknown" (nothing could be tested), "harm" (a signal for the worse), "too_small"
        (all of the interval is below ``worthwhile``), "adopt" (a signal, and an improvement of
        ``worthwhile`` or more), "perhaps" (a signal, but less than ``worthwhile`` so far),
        "unknown" (no signal); ``detectable`` (points: the smallest improvement that so many
        customers would show with a chance of ``power``; empty where none); ``worthwhile``; ``n``,
        ``n_control``, ``difference``, ``low``, ``high``, ``q_value`` as in ``effects``.

    Raises
    ------
    CxError
        If ``worthwhile`` is below 0 or ``better`` is unknown.

    Notes
    -----
    "too_small" reads the interval, never the absence of a signal: no signal alone is no proof that
    a treatment does nothing. Source: Altman & Bland 1995, BMJ 311, 485.

    Examples
    --------
    >>> from cxreport.topics.experiment.effects import effect
    >>> rows = pd.DataFrame({"arm": ["a"] * 80 + ["b"] * 70,
    ...                      "bought": [1] * 48 + [0] * 32 + [1] * 56 + [0] * 14})
    >>> decide(effect(rows, arm="arm", outcome="bought", control="a"))[["arm", "decision"]]
      arm decision
    0   b    adopt
    """
    if not 0 <= worthwhile < math.inf:
        raise CxError("not an improvement", got=worthwhile, expected="points, 0 or more")
    if better not in get_args(Better):
        raise CxError("unknown direction", got=better, expected=", ".join(get_args(Better)))
    check_result(effects, () if len(effects) == 0 else KEPT, "effect")
    sign = 1 if better == "higher" else -1
    rows = [
        {
            "decision": _decision(row, worthwhile, sign),
            "detectable": _detectable(row, sign, level, power),
            "worthwhile": worthwhile,
            **{name: row[name] for name in KEPT},
        }
        for row in effects.to_dict("records")
    ]
    columns = ["arm", "decision", "detectable", "worthwhile", *KEPT[1:]]
    return pd.DataFrame(rows, columns=columns)


def _decision(row: dict[Hashable, Any], worthwhile: float, sign: int) -> str:
    """Return the key of one treatment's decision."""
    if row["note"] == BROKEN:
        return "broken"
    if pd.isna(row["signal"]):
        return "unknown"
    gain, most = sign * row["difference"], max(sign * row["low"], sign * row["high"])
    if row["signal"] and gain < 0:
        return "harm"
    if most < worthwhile and worthwhile > 0:
        return "too_small"
    if not row["signal"]:
        return "unknown"
    return "adopt" if gain >= worthwhile else "perhaps"


def _detectable(row: dict[Hashable, Any], sign: int, level: float, power: float) -> float:
    """Return the smallest improvement that so many customers could show, in points."""
    if min(row["n"], row["n_control"]) < 2:
        return math.nan
    share = row["estimate_control"] / 100
    plan = detectable_difference(
        "share", row["n"], n_reference=row["n_control"], level=level, power=power, share=share
    )
    return float(plan["rise" if sign > 0 else "drop"].item())
