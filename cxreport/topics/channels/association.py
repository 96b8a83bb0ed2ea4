"""Which classes of answers are more frequent in which group than chance would make them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import chi2

from cxreport.errors import CxError
from cxreport.stats.families import (
    NET_CLASSES,
    class_names,
    family_numbers,
    group_columns,
    shared_columns,
)

TOO_FEW = "fewer than two groups or classes"


def class_residuals(scores: pd.DataFrame) -> pd.DataFrame:
    """Measure in which channel promoters, passives or detractors are more than expected.

    Parameters
    ----------
    scores : DataFrame
        What ``nps`` or ``pyramid`` returned, unweighted, the channel as the last of the ``by``
        columns. Rows without the three classes (shares, index) are passed over.

    Returns
    -------
    DataFrame
        One row per group and class: the ``by`` columns; ``metric``; ``answer_class``; ``n``
        answers; ``expected`` answers if channels did not differ; ``residual`` (adjusted, standard
        normal then: beyond 2 is unusual); and of the whole table ``chi2``, ``df``, ``p_value`` and
        ``cramers_v`` (0 none to 1 full association); ``note`` ("", "fewer than two groups or
        classes").

    Raises
    ------
    CxError
        If the frame is not one of scores, has no ``by`` column, or is weighted.

    Notes
    -----
    Sources: Haberman 1973, Biometrics 29, 205-220; Agresti 2007, An Introduction to Categorical
    Data Analysis, section 2.4.

    Examples
    --------
    >>> from cxreport.scores.scores import nps
    >>> answers = {"channel": ["app"] * 40 + ["web"] * 40, "score": [9] * 50 + [3] * 30}
    >>> residuals = class_residuals(nps(pd.DataFrame(answers), "score", by="channel"))
    >>> residuals[["channel", "answer_class", "n", "expected", "residual"]].round(1)[:3:2]
      channel answer_class   n  expected  residual
    0     app   detractors   0      15.0      -6.9
    2     app    promoters  40      25.0       6.9
    """
    by = group_columns(scores)
    if not by:
        raise CxError("there are no groups to compare", hint="break the scores down: by='channel'")
    if scores["weighted"].any():
        raise CxError("counts of weighted scores are not weighted", hint="hand in unweighted ones")
    frame = scores[scores["n"].notna()].reset_index(drop=True)
    tables = [
        _residuals(rows, names)
        for _, rows in frame.groupby(family_numbers(frame, by[-1]))
        if (names := class_names(rows)) in NET_CLASSES
    ]
    if not tables:
        raise CxError("there are no classes to compare", expected="what nps or pyramid returned")
    return pd.concat(tables, ignore_index=True)


def _residuals(rows: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Compare the classes of one metric."""
    labels = shared_columns(rows, None)
    long = rows.melt(labels, list(names), "answer_class", "count", ignore_index=False)
    long = long.sort_index(kind="stable").rename(columns={"count": "n"})
    counts = rows[list(names)].to_numpy("float64")
    filled = np.ix_(counts.sum(axis=1) > 0, counts.sum(axis=0) > 0)
    table = counts[filled]
    statistic, freedom, p_value, strength = np.nan, 0, np.nan, np.nan
    expected, residual = np.full(counts.shape, np.nan), np.full(counts.shape, np.nan)
    if testable := min(table.shape) > 1:
        # Not above: statsmodels takes a second to load, and most reports do without.
        from statsmodels.stats.contingency_tables import Table  # noqa: PLC0415

        fitted = Table(table, shift_zeros=False)
        expected[filled], residual[filled] = fitted.fittedvalues, fitted.standardized_resids
        freedom = (table.shape[0] - 1) * (table.shape[1] - 1)
        statistic = float((fitted.resid_pearson**2).sum())
        p_value = float(chi2.sf(statistic, freedom))
        strength = (statistic / table.sum() / (min(table.shape) - 1)) ** 0.5
    return long.assign(
        expected=expected.ravel(),
        residual=residual.ravel(),
        chi2=statistic,
        df=freedom,
        p_value=p_value,
        cramers_v=strength,
        note="" if testable else TOO_FEW,
    )
