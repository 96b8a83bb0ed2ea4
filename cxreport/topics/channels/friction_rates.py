"""Rates of friction by group, and how digital and assisted ones differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import norm

from cxreport.inputs.columns import check_result
from cxreport.inputs.source import run
from cxreport.stats.intervals import normal_quantile
from cxreport.stats.multiplicity import interval_level, judged
from cxreport.stats.proportions import SHARES, per_hundred, percent_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

DIGITAL, ASSISTED, ALL = "digital", "assisted", "all"
NOT_YET, NOTHING = "not yet observable", "nothing to count"
COLUMNS = ["measure", "unit", "group", "n", "count", *SHARES, "dispersion", "open", "note"]


def rates_of(
    units: ir.Table, counts: dict[str, ir.Column], unit: str, level: float, *, yes_no: bool = False
) -> pd.DataFrame:
    """Add up counts over closed units, by group and for all, and make rates per 100.

    Parameters
    ----------
    units : Ibis table
        One row per journey or request: ``group``, ``closed`` (bool).
    counts : dict of str to column of it
        Measure -> how often it happened in the unit.
    unit : str
        What the rows are called.
    level : float
        Confidence level of the interval.
    yes_no : bool
        Whether it happens once or not at all: then a share, with Wilson's interval.

    Returns
    -------
    DataFrame
        As ``friction.journey_friction``.
    """
    normal_quantile(level)
    sums = {"n": units.closed.sum().fill_null(0), "open": (~units.closed).sum().fill_null(0)}
    for place, column in enumerate(counts.values()):
        sums[f"sum{place}"] = column.sum(where=units.closed).fill_null(0)
        sums[f"squares{place}"] = (column * column).sum(where=units.closed).fill_null(0)
    by_group = run(units.group_by("group").aggregate(**sums)).set_index("group")
    wide = by_group.reindex([DIGITAL, ASSISTED]).fillna(0).astype("int64")
    wide = pd.concat([wide.sum().to_frame(ALL).T, wide]).rename_axis("group").reset_index()
    parts = []
    for place, measure in enumerate(counts):
        total, squares = wide[f"sum{place}"], wide[f"squares{place}"]
        rates = per_hundred(total, squares, wide["n"], level)
        if yes_no:
            rates = percent_of(total, wide["n"], level)
        named = wide[["group", "n", "open"]].assign(measure=measure, unit=unit, count=total)
        parts.append(named.join(rates))
    table = pd.concat(parts, ignore_index=True)
    reasons = [(table["n"] > 0, ""), (table["open"] > 0, NOT_YET)]
    note = pd.Series(NOTHING, table.index, dtype="str").case_when(reasons)
    return table.assign(note=note).reindex(columns=COLUMNS)


def compare_friction(rates: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Return how many times as much friction digital journeys have as assisted ones.

    Parameters
    ----------
    rates : DataFrame
        From ``journey_friction`` or ``request_friction``, or both below each other.
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per measure: ``measure``; ``digital``, ``assisted`` (per 100); ``estimate``,
        ``low``, ``high`` (digital over assisted, times; widened for the number of measures);
        ``p_value``, ``q_value`` (Holm over the measures), ``signal`` (bool; NA where there is no
        test, as where one side has none).

    Examples
    --------
    >>> rates = pd.DataFrame({"measure": "errors", "group": ["digital", "assisted"],
    ...     "estimate": [20.0, 10.0], "std_error": [2.0, 1.0]})
    >>> compare_friction(rates)[["measure", "estimate", "low", "high"]].round(2)
      measure  estimate   low  high
    0  errors       2.0  1.52  2.64
    """
    check_result(rates, ("measure", "group", "estimate", "std_error"), "company_friction")
    values = {
        column: rates.pivot_table(index="measure", columns="group", values=column, sort=False)
        .reindex(columns=[DIGITAL, ASSISTED])
        for column in ("estimate", "std_error")
    }  # fmt: skip
    estimate = values["estimate"].where(values["estimate"] > 0)
    ratio = estimate[DIGITAL] / estimate[ASSISTED]
    spread = ((values["std_error"] / estimate) ** 2).sum(axis="columns", skipna=False) ** 0.5
    logarithm = np.log(ratio)
    p_value = pd.Series(2 * norm.sf((logarithm / spread.where(spread > 0)).abs()), ratio.index)
    z = normal_quantile(interval_level(p_value, level))
    table = pd.DataFrame(
        {
            "digital": values["estimate"][DIGITAL],
            "assisted": values["estimate"][ASSISTED],
            "estimate": ratio,
            "low": np.exp(logarithm - z * spread),
            "high": np.exp(logarithm + z * spread),
            "p_value": p_value,
        }
    ).join(judged(p_value, level))
    return table.rename_axis(columns=None).reset_index()
