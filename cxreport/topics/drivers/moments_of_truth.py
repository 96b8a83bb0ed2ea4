"""Moments of truth: touchpoints after which something later goes otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd
from scipy.stats import t

from cxreport.errors import CxError
from cxreport.inputs.source import Data, run
from cxreport.stats.intervals import normal_quantile
from cxreport.stats.multiplicity import corrected, interval_level
from cxreport.stats.value_columns import ANY
from cxreport.topics.drivers.asymmetry import COUNTS
from cxreport.topics.drivers.numeric_rows import CLUSTER, numeric_rows
from cxreport.topics.drivers.rating_steps import step_effects

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import ibis.expr.types as ir

    from cxreport.stats.value_columns import Scale
    from cxreport.topics.drivers.numeric_rows import Numbers

NEGATIVE, POSITIVE, BOTH, NONE = "negative", "positive", "both", "none"
UNKNOWN = "too few answers"


def moments_of_truth(
    data: Data,
    outcomes: Mapping[str, float],
    drivers: Sequence[str],
    *,
    low_to: float,
    high_from: float,
    target: float,
    scale: Scale = None,
    cluster: str | None = None,
    bootstrap: int = 1000,
    seed: int = 0,
    level: float = 0.95,
    family_level: float | None = None,
) -> pd.DataFrame:
    """Find the touchpoints whose rating goes with something that happens later.

    An association, not a cause: whoever rates a thing badly may have left anyway. All ratings are
    in the model together, so a rating that merely goes along with another one shows nothing.

    Parameters
    ----------
    data : pandas, polars or pyarrow frame, or Ibis table
        One row per answer.
    outcomes : mapping of str to float
        Column of something later (higher is better; empty where it is not known) -> the smallest
        effect that counts as large, in units of the column.
    drivers : sequence of str
        Columns of ratings, higher is better. No rating is a level of its own.
    low_to, high_from : float
        Ratings up to the one are bad, from the other on excellent.
    target : float
        Mean rating that every touchpoint should have.
    scale : (number, number), optional
        Of the ratings, as in ``importance``; of an outcome every number counts.
    cluster : str, optional
        Column of the customer, who may answer more than once: customers are drawn again, with all
        their answers. A missing one is a customer of its own.
    bootstrap, seed : int
        Resamples (at least one), and their start.
    level : float
        Confidence level of the mean ratings' intervals.
    family_level : float, optional
        1 minus the error that all effects together are held to; ``level`` when left out.

    Returns
    -------
    DataFrame
        One row per outcome and driver: ``outcome``; ``driver``; ``n`` (rows with both), ``invalid``
        (rows with a rating outside its scale), ``n_low``, ``n_high``; ``negative`` (outcome where
        the rating is bad, against a middling one) and ``positive`` (where it is excellent), in
        units of the outcome, each with ``_low``, ``_high`` (Student's, with the spread of the
        resamples and as many degrees of freedom as there are people beyond the numbers fitted,
        widened for the number of effects) and ``_q`` (p-value of that test, all effects
        of all outcomes one family, Holm); ``kind``: "negative" (a bad rating goes with a large
        loss, beyond chance), "positive" (an excellent one with a large gain), "both", "none", "too
        few answers"; ``performance`` (mean rating of all rows that have one), ``performance_low``,
        ``performance_high``; ``at_risk`` (whether it is below the target, empty where the interval
        holds the target); ``note`` ("", "too few answers", "no variance", "collinear").

    Raises
    ------
    CxError
        If there is no outcome or no resample, and as ``asymmetry``.

    Notes
    -----
    Source of the contrast: Brandt 1988; of the correction: Holm 1979, Scandinavian Journal of
    Statistics 6, 65-70. The term is Normann's and Carlzon's (Carlzon 1987, Moments of Truth).

    Examples
    --------
    >>> rows = pd.DataFrame({"staff": [1, 3, 5, 1, 3, 5] * 6, "again": [0, 60, 62, 10, 70, 71] * 6})
    >>> effects = moments_of_truth(
    ...     rows, {"again": 20}, ["staff"], low_to=2, high_from=5, target=4, bootstrap=200
    ... )
    >>> effects[["driver", "n", "negative", "positive", "kind", "at_risk"]]
      driver   n  negative  positive      kind  at_risk
    0  staff  36     -60.0       1.5  negative     True
    """
    family_level = level if family_level is None else family_level
    if not outcomes:
        raise CxError("no outcome", expected="one column of something later, or more")
    if bootstrap < 1:
        raise CxError("an effect needs resamples to be sure of", got=bootstrap)
    frames = []
    for outcome, large in outcomes.items():
        steps = step_effects(
            data, outcome, drivers, low_to=low_to, high_from=high_from, scale=scale,
            outcome_scale=ANY, cluster=cluster, bootstrap=bootstrap, seed=seed,
        )  # fmt: skip
        counts = {name: getattr(steps, name).round().astype(int) for name in COUNTS}
        columns = {"outcome": outcome, "driver": list(drivers), **counts}
        for name, effects in (("negative", steps.low), ("positive", steps.high)):
            # Without a row there is no resample either.
            error = effects[1:].std(axis=0) if len(effects) > 1 else np.nan
            columns |= {name: effects[0], f"{name}_error": error}
        columns |= {"large": large, "freedom": steps.freedom, "note": steps.notes}
        frames.append(pd.DataFrame(columns))
    frame = pd.concat(frames, ignore_index=True)
    frame = _corrected(frame, family_level)
    frame = frame.assign(kind=_kinds(frame, 1 - family_level))
    rated = _performance(data, drivers, scale, target, level, cluster)
    return frame.merge(rated, on="driver", how="left", validate="many_to_one")[
        ["outcome", "driver", *COUNTS, "negative", "negative_low", "negative_high",
         "negative_q", "positive", "positive_low", "positive_high", "positive_q", "kind",
         "performance", "performance_low", "performance_high", "at_risk", "note"]
    ]  # fmt: skip


def _corrected(frame: pd.DataFrame, level: float) -> pd.DataFrame:
    """Test all effects of a table as one family, with intervals that say the same."""
    tests = pd.concat([frame["negative"] / frame["negative_error"].where(lambda e: e > 0),
                       frame["positive"] / frame["positive_error"].where(lambda e: e > 0)],
                      keys=["negative", "positive"])  # fmt: skip
    freedom = frame["freedom"].to_numpy()
    p_value = pd.Series(2 * t.sf(tests.abs(), np.tile(freedom, 2)), tests.index)
    q_value = corrected(p_value)
    wider = t.ppf((1 + interval_level(p_value, level)) / 2, freedom)
    for name in ("negative", "positive"):
        reach = wider * frame[f"{name}_error"]
        ends = {f"{name}_low": frame[name] - reach, f"{name}_high": frame[name] + reach}
        frame = frame.assign(**ends, **{f"{name}_q": q_value[name]})
    return frame


def _kinds(frame: pd.DataFrame, alpha: float) -> Numbers:
    """Name what is large, beyond chance, and in the right direction."""
    loss = (frame["negative_q"] < alpha) & (frame["negative"] <= -frame["large"])
    gain = (frame["positive_q"] < alpha) & (frame["positive"] >= frame["large"])
    kinds: Numbers = np.select(
        [frame["negative"].isna(), loss & gain, loss, gain],
        [UNKNOWN, BOTH, NEGATIVE, POSITIVE],
        NONE,
    )
    return kinds


def _performance(
    data: Data,
    drivers: Sequence[str],
    scale: Scale,
    target: float,
    level: float,
    cluster: str | None,
) -> pd.DataFrame:
    """Compare the mean of each rating with its target; its error is that of a ratio over people."""
    table = numeric_rows(data, drivers, cluster=cluster, scales=[scale] * len(drivers)).table
    whose: ir.Value = -ibis.row_number()
    if cluster is not None:
        whose = ibis.ifelse(table[CLUSTER].isnull(), whose, table[CLUSTER])
    table = table.mutate(whose=whose)
    sums: dict[str, ir.Value] = {}
    for at in range(len(drivers)):
        rating = table[f"c{at}"]
        sums |= {f"n_{at}": rating.count(), f"s_{at}": rating.sum().fill_null(0)}
    people = table.group_by("whose").aggregate(**sums)
    totals: dict[str, ir.Value] = {}
    for at in range(len(drivers)):
        n_of, sum_of = people[f"n_{at}"].cast("float64"), people[f"s_{at}"]
        totals |= {f"m_{at}": (n_of > 0).sum(), f"n_{at}": n_of.sum(), f"s_{at}": sum_of.sum()}
        totals |= {f"ss_{at}": (sum_of**2).sum(), f"sn_{at}": (sum_of * n_of).sum()}
        totals |= {f"nn_{at}": (n_of**2).sum()}
    moments = run(people.aggregate(**totals)).iloc[0]
    m, n, total, squares, products, sizes = (
        moments[[f"{kind}_{at}" for at in range(len(drivers))]].to_numpy("float64", na_value=np.nan)
        for kind in ("m", "n", "s", "ss", "sn", "nn")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / n
        spread = np.clip(squares - 2 * mean * products + mean**2 * sizes, 0, None)
        error = np.sqrt(spread * m / (m - 1)) / n
    half = normal_quantile(level) * error
    risk = pd.array(np.where(mean + half < target, 1, 0), dtype="boolean")
    risk[~((mean + half < target) | (mean - half >= target))] = pd.NA
    return pd.DataFrame(
        {
            "driver": list(drivers),
            "performance": mean,
            "performance_low": mean - half,
            "performance_high": mean + half,
            "at_risk": risk,
        }
    )
