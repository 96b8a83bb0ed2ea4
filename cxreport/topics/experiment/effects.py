"""Experiments: were customers allocated as planned, what did the treatment do, and is it adopted.

In this order: a broken sample ratio means that the arms are not alike, and then no effect is read.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd
from scipy.stats import chi2

from cxreport.errors import CxError
from cxreport.inputs.masking import masked_if_rare
from cxreport.scores.compare import ONLY_CURRENT, ONLY_REFERENCE, compare
from cxreport.scores.scores import csat

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cxreport.inputs.source import Data
    from cxreport.stats.multiplicity import Correction

BROKEN_BELOW = 0.001
"""A ratio this unlikely is a fault of the assignment or of the log, not chance."""
FEWEST_EXPECTED = 5
BROKEN, TOO_FEW = "sample ratio broken", "too few customers"
NOTES = {ONLY_CURRENT: "no control", ONLY_REFERENCE: "no treated"}
READ = ["difference", "std_error", "low", "high", "p_value", "q_value"]
COUNTS = ["n", "n_control", "favourable", "favourable_control", "left_out", "left_out_control"]
SHARES = ["estimate", "estimate_control"]


def sample_ratio(counts: Mapping[str, float], planned: Mapping[str, float]) -> pd.DataFrame:
    """Check whether customers were allocated to the arms as planned.

    Parameters
    ----------
    counts : mapping of str to number
        Arm -> customers assigned to it.
    planned : mapping of str to number
        Arm -> its planned share, in any unit: 50 and 50, or 1 and 1.

    Returns
    -------
    DataFrame
        One row per arm, in the order of ``planned``: ``arm``; ``n`` customers; ``share`` and
        ``share_planned`` (percent); ``chi2``, ``df`` and ``p_value`` of all arms together, the
        same in every row; ``broken`` (True where ``p_value`` is below 0.001, empty if it cannot be
        said); ``note`` ("", "too few customers": fewer than 5 expected in an arm).

    Raises
    ------
    CxError
        If there are fewer than two planned arms, a share is not above 0, a count is below 0, or an
        arm that was not planned has customers.

    Notes
    -----
    Pearson's chi-square test of the planned shares. Source: Fabijan et al. 2019, Diagnosing sample
    ratio mismatch in online controlled experiments, KDD 2019, 2156-2164.

    Examples
    --------
    >>> ratio = sample_ratio({"control": 530, "treatment": 470}, {"control": 1, "treatment": 1})
    >>> ratio[["arm", "share", "chi2", "p_value", "broken"]].round(3)
             arm  share  chi2  p_value  broken
    0    control   53.0   3.6    0.058   False
    1  treatment   47.0   3.6    0.058   False
    """
    if len(planned) < 2 or not all(0 < share < math.inf for share in planned.values()):
        raise CxError("no plan of arms", got=dict(planned), expected="two or more, each above 0")
    strange = [masked_if_rare(arm, int(n)) for arm, n in counts.items() if arm not in planned]
    if strange or not all(0 <= n < math.inf for n in counts.values()):
        raise CxError(
            "these are not the customers of the planned arms",
            got=", ".join(strange) or dict(counts),
            expected=f"{', '.join(planned)}; 0 or more in each",
        )
    n = pd.Series({arm: counts.get(arm, 0) for arm in planned}, dtype="float64")
    fraction = pd.Series(planned, dtype="float64") / sum(planned.values())
    expected = fraction * n.sum()
    enough = expected.min() >= FEWEST_EXPECTED
    statistic = float(((n - expected) ** 2 / expected).sum()) if enough else math.nan
    p_value = float(chi2.sf(statistic, len(n) - 1))
    return pd.DataFrame(
        {
            "arm": list(planned),
            "n": n.astype("int64").to_numpy(),
            "share": (100 * n / n.sum()).to_numpy(),
            "share_planned": (100 * fraction).to_numpy(),
            "chi2": statistic,
            "df": len(n) - 1,
            "p_value": p_value,
            "broken": pd.array([p_value < BROKEN_BELOW if enough else None] * len(n), "boolean"),
            "note": "" if enough else TOO_FEW,
        }
    )


def is_broken(ratio: pd.DataFrame | None) -> bool:
    """Return whether a sample ratio proved to be broken."""
    return ratio is not None and bool(ratio["broken"].fillna(value=False).any())


def effect(
    data: Data,
    *,
    arm: str,
    outcome: str,
    control: str,
    by: str | Sequence[str] | None = None,
    ratio: pd.DataFrame | None = None,
    level: float = 0.95,
    correction: Correction = "bh",
) -> pd.DataFrame:
    """Measure what a treatment does to the share of customers with the outcome.

    Parameters
    ----------
    data : pandas, polars or pyarrow frame, or Ibis table
        One row per assigned customer.
    arm, outcome : str
        Columns of the arm and of the outcome: 1 if it came about, 0 if not.
    control : str
        The arm that the others are compared with.
    by : str or sequence of str, optional
        Columns of subgroups, each taken in turn.
    ratio : DataFrame, optional
        From ``sample_ratio``; if it is broken, counts and shares stay and no effect is read.
    level : float
        Confidence level, between 0 and 1.
    correction : {"bh", "holm", "none"}
        As in ``compare``, over all rows.

    Returns
    -------
    DataFrame
        One row per comparison, in order of its names: with ``by``, ``variable`` (its column) and
        ``level`` (its value); ``arm``; ``n`` and ``n_control`` customers with a known outcome;
        ``favourable`` and ``favourable_control``, those in whom it came about; ``left_out`` and
        ``left_out_control``, those without a valid outcome; ``estimate`` and ``estimate_control``
        (percent); ``difference`` (points), its ``std_error``, ``low`` and ``high`` (Newcombe);
        ``p_value``; ``q_value`` (corrected over all rows); ``signal``; ``note`` ("", "no control",
        "no treated", "too few answers", "no variance", "sample ratio broken"). All rows are one
        family, of whatever subgroup columns. Without a row when there are no customers, or ``by``
        names no column.

    Raises
    ------
    CxError
        If a column is unknown, or nobody is in the control arm or in any other.

    Notes
    -----
    Sources: Newcombe 1998, Statistics in Medicine 17, 873-890, method 10; Benjamini & Hochberg
    1995, JRSS B 57, 289-300.

    Examples
    --------
    >>> rows = pd.DataFrame({"arm": ["a"] * 80 + ["b"] * 70,
    ...                      "bought": [1] * 48 + [0] * 32 + [1] * 56 + [0] * 14})
    >>> effects = effect(rows, arm="arm", outcome="bought", control="a")
    >>> effects[["estimate", "estimate_control", "difference", "low", "high"]].round(2)
       estimate  estimate_control  difference   low   high
    0      80.0              60.0        20.0  5.24  33.39
    """
    names: list[str] = [by] if isinstance(by, str) else list(by or ())
    asked: list[str | None] = [None] if by is None else [*names]
    if arm in names:
        raise CxError("the arm is no subgroup", got=arm)
    keys = ["arm"] if by is None else ["variable", "level", "arm"]
    parts = [_shares(data, arm, outcome, name, level) for name in asked]
    scores = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    columns = [*keys, *COUNTS, *SHARES, *READ, "signal", "note"]
    if scores.empty:
        return pd.DataFrame(columns=columns)
    arms = sorted(set(scores["arm"].dropna()) - {control})
    is_control = scores["arm"] == control
    if not arms or not is_control.any():
        arm_sizes = scores.groupby("arm")["n"].max()
        raise CxError(
            "there is nothing to compare",
            where=arm,
            got=", ".join(masked_if_rare(*each) for each in arm_sizes.items()),
            expected=f"{control!r} and another arm",
        )
    reference = pd.concat([scores[is_control].assign(arm=other) for other in arms])
    treated = scores[scores["arm"].isin(arms)]
    tests = compare(treated, reference, level=level, correction=correction)
    counted = treated.merge(reference, how="outer", on=[*keys, "metric"], suffixes=("", "_control"))
    compared = tests.drop(columns=["n", "n_reference", "estimate", "estimate_reference"])
    frame = compared.merge(counted[[*keys, *COUNTS, *SHARES]], on=keys, validate="one_to_one")
    frame[COUNTS] = frame[COUNTS].fillna(0).astype("int64")
    frame["note"] = frame["note"].replace(NOTES)
    if is_broken(ratio):
        frame[READ], frame["signal"], frame["note"] = math.nan, pd.NA, BROKEN
    return frame.astype({"signal": "boolean"})[columns]


def _shares(data: Data, arm: str, outcome: str, name: str | None, level: float) -> pd.DataFrame:
    """Count the outcome by arm, and by one column of subgroups."""
    by = [arm] if name is None else [name, arm]
    scores = csat(data, outcome, scale=(0, 1), favourable_from=1, by=by, level=level)
    scores = scores.assign(left_out=scores["missing"] + scores["invalid"], metric="outcome")
    if name is None:
        return scores.rename(columns={arm: "arm"})
    named = scores.rename(columns={name: "level", arm: "arm"})
    named["level"] = named["level"].map(str, na_action="ignore").astype(object)
    named.insert(0, "variable", name)
    return named
