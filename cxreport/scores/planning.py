"""What a survey's own samples can show, and how many answers would show more."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.columns import check_result
from cxreport.scores.kinds import score_kind
from cxreport.stats.power import detectable_difference, sample_size

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    Row = dict[Hashable, Any]
    Baseline = tuple[Literal["nps", "share", "mean"], dict[str, float]]


def baseline_of(row: Row) -> Baseline | None:
    """Return what a plan starts from: the kind of a score, and its shares or its spread.

    Parameters
    ----------
    row : dict
        One row of a frame of scores.

    Returns
    -------
    (str, dict) or None
        The metric and the baseline of ``sample_size``; None below two answers or without spread.
    """
    n = int(row["n"])
    if n < 2:
        return None
    for top, bottom in (("promoters", "detractors"), ("top", "bottom")):
        high, low = row.get(top), row.get(bottom)
        if high is not None and low is not None and not pd.isna(high):
            return "nps", {"promoters": float(high) / n, "detractors": float(low) / n}
    favourable = row.get("favourable")
    if favourable is not None and not pd.isna(favourable):
        return "share", {"share": float(favourable) / n}
    return ("mean", {"std": row["std_error"] * n**0.5}) if row["std_error"] > 0 else None


def smallest_change(row: Row, level: float = 0.95) -> float:
    """Return the smallest change that one row's sample could show, in points.

    Against a sample of the same size, with a chance of 80%; empty below two answers.

    Examples
    --------
    >>> row = {"n": 90, "promoters": 45, "detractors": 18, "std_error": 8.2}
    >>> round(smallest_change(row), 1)
    33.8
    """
    baseline = baseline_of(row)
    if baseline is None:
        return math.nan
    plan = detectable_difference(baseline[0], int(row["n"]), level=level, **baseline[1])
    return float(plan["detectable"].item())


def plan_samples(
    board: pd.DataFrame,
    differences: Sequence[float],
    *,
    power: float = 0.8,
    level: float = 0.95,
    response_rate: float | None = None,
) -> pd.DataFrame:
    """Plan how many answers each period needs to show differences of several sizes.

    Parameters
    ----------
    board : DataFrame
        From ``scoreboard``: each score is planned from its own shares.
    differences : sequence of float
        In points, not 0; a drop is below 0.
    power, level, response_rate
        As in ``sample_size``.

    Returns
    -------
    DataFrame
        One row per score and difference: ``question``, ``metric``, ``difference`` (points), ``n``
        (answers per period), ``invitations`` (per period; empty without a response rate). A
        difference for which a score has no room is left out.

    Raises
    ------
    CxError
        If no difference is given, or ``power``, ``level`` or ``response_rate`` is out of range.
    """
    if not differences or not all(differences):
        raise CxError("no difference to plan for", got=list(differences), expected="not 0")
    asked = ("question", "metric", "n", "estimate") if len(board) else ()
    check_result(board, asked, "scoreboard")
    plans = []
    for row in board.to_dict("records"):
        baseline = baseline_of(row)
        for difference in differences if baseline else ():
            metric, shares = baseline  # type: ignore[misc]
            if metric != "mean" and not _has_room(row, difference):
                continue
            plan = sample_size(
                metric, difference, power=power, level=level, response_rate=response_rate, **shares
            )
            named = {"question": row["question"], "metric": row["metric"]}
            plans.append(plan.assign(**named))
    columns = ["question", "metric", "difference", "n", "invitations"]
    return pd.concat(plans, ignore_index=True)[columns] if plans else pd.DataFrame(columns=columns)


def _has_room(row: Row, difference: float) -> bool:
    """Return whether a score can still move so far on its scale."""
    lowest, highest = score_kind(str(row["metric"])).within
    return bool(lowest < row["estimate"] + difference < highest)
