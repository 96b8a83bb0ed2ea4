"""Does one group go on more than all the others: each channel against the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.scores.compare import compare
from cxreport.topics.conversion.groups import Share, funnel_shares, shares_between

if TYPE_CHECKING:
    import pandas as pd

    from cxreport.stats.multiplicity import Correction


def compare_with_rest(
    funnels: pd.DataFrame,
    between: str,
    *,
    of: Share = "step",
    level: float = 0.95,
    correction: Correction = "holm",
) -> pd.DataFrame:
    """Measure how far each group is from all the others together, at every step.

    With many groups the pairs are too many to be read, or to find anything. All groups at all
    steps after the first are one family: their p-values are corrected together.

    Parameters
    ----------
    funnels : DataFrame
        From :func:`cxreport.topics.conversion.funnel` or
        :func:`cxreport.topics.conversion.session_funnel`, broken down.
    between : str
        The column whose groups are compared, within those of the other ``by`` columns.
    of, level, correction
        As in :func:`cxreport.topics.conversion.compare_funnels`.

    Returns
    -------
    DataFrame
        One row per group and step after the first: the ``by`` columns, ``step``, and the columns of
        :func:`cxreport.scores.compare.compare` from ``metric`` on, the reference being the other
        groups together; ``difference`` in points, Newcombe's ``low`` and ``high``.

    Raises
    ------
    CxError
        As in :func:`cxreport.topics.conversion.compare_funnels`.

    Notes
    -----
    Sources: Newcombe 1998, Statistics in Medicine 17, 873-890, method 10; Holm 1979, Scandinavian
    Journal of Statistics 6, 65-70.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxreport.topics.conversion.sessions import session_funnel
    >>> visits = pd.DataFrame({"source": ["ad"] * 10 + ["mail"] * 10 + ["search"] * 20,
    ...     "bought": [1] * 9 + [0] * 26 + [1] * 5})
    >>> shares = session_funnel(visits, ["bought"], by="source")
    >>> compare_with_rest(shares, "source")[["source", "estimate", "estimate_reference", "signal"]]
       source  estimate  estimate_reference  signal
    0      ad      90.0           16.666667    True
    1    mail       0.0           46.666667    True
    2  search      25.0           45.000000   False
    """
    others, _ = shares_between(funnels, between, of)
    shares = funnel_shares(funnels, of=of).astype({"favourable": "int64", "n": "int64"})
    keys = [*others, "step", "metric"]
    # Where a share is empty nobody counts, on neither side.
    counts = shares[["n", "favourable"]].where(shares["n"] > 0, 0)
    totals = counts.groupby([shares[key] for key in keys], dropna=False).transform("sum")
    n, favourable = totals["n"] - counts["n"], totals["favourable"] - counts["favourable"]
    share = favourable / n.where(n > 0)
    rest = shares.assign(
        n=n,
        favourable=favourable,
        estimate=100 * share,
        std_error=100 * (share * (1 - share) / n.where(n > 1)) ** 0.5,
        n_effective=n.astype(float),
    )
    return compare(shares, rest, level=level, correction=correction)
