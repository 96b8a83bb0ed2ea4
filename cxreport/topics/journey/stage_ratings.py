"""How each stage of the journey is rated, over the touchpoints that belong to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.codebook import MINIMUM_GROUP
from cxreport.inputs.meaning import STAGES
from cxreport.inputs.source import Data, as_table, run
from cxreport.stats.group_columns import check_columns
from cxreport.stats.intervals import normal_quantile, of_share
from cxreport.stats.value_columns import ratings as ratings_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir

    from cxreport.stats.value_columns import Rating, Scale

NOT_MEASURED, NO_ANSWERS, TOO_FEW = "not measured", "no answers", "too few answers"
COLUMNS = [
    "stage", "touchpoints", "n", "ratings", "invalid", "favourable", "estimate", "std_error", "low",
    "high", "note",
]  # fmt: skip


def stage_ratings(
    answers: Data,
    ratings: Mapping[str, tuple[str, int]],
    *,
    scale: Scale = None,
    minimum: int = MINIMUM_GROUP,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return what share of the ratings of each stage is favourable.

    Parameters
    ----------
    answers : pandas, polars or pyarrow frame, or Ibis table
        One row per answer.
    ratings : mapping of str to (str, int)
        Column of a rating -> its stage, and its lowest favourable answer.
    scale : (number, number), optional
        Lowest and highest rating; what lies outside (99, -1) counts as none. When left out, whole
        numbers are answers from 0 to 10, see ``importance``.
    minimum : int
        Fewest people of a stage that is shown.
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per stage, all five in the order of the journey: ``stage``; ``touchpoints`` (columns
        that rate it); ``n`` (people who rated one or more), ``ratings`` (by them), ``invalid``
        (ratings outside the scale, left out), ``favourable`` (of ``ratings``); ``estimate``,
        ``std_error``, ``low``, ``high`` (favourable, percent of ``ratings``); ``note`` ("", "not
        measured": no column rates it, "no answers", "too few answers": only ``n`` is given).

    Raises
    ------
    CxError
        If a column is absent or holds no numbers, or a stage is none of the five.

    Notes
    -----
    A person may give several ratings, which go together: the variance is that of a ratio over
    people (Cochran 1977, Sampling Techniques, section 6.5), and the interval is Wilson's at the
    number of independent ratings that it is worth.

    Examples
    --------
    >>> people = pd.DataFrame({"site": [5, 4, 2], "app": [5, None, 1]})
    >>> columns = {"site": ("awareness", 4), "app": ("awareness", 4)}
    >>> stages = stage_ratings(people, columns, minimum=1)
    >>> stages[["stage", "n", "ratings", "favourable", "estimate"]].head(2)
               stage  n  ratings  favourable  estimate
    0      awareness  3        5           3      60.0
    1  consideration  0        0           0       NaN
    """
    normal_quantile(level)
    table = as_table(answers)
    check_columns(table, list(ratings))
    if strange := sorted({stage for stage, _ in ratings.values()} - set(STAGES)):
        raise CxError("no such stage", got=", ".join(strange), expected=", ".join(STAGES))
    given = ratings_of(table, dict.fromkeys(ratings, scale))
    rows = []
    for stage in STAGES:
        columns = {name: least for name, (where, least) in ratings.items() if where == stage}
        cells = run(_cells(table, given, columns)) if columns else None
        rows.append({"stage": stage, "touchpoints": len(columns)} | _sums(cells))
    frame = pd.DataFrame(rows)
    frame = frame.astype(dict.fromkeys(("n", "ratings", "invalid", "favourable"), "int64"))
    n = frame["n"].astype(float)
    share = frame["favourable"] / frame["ratings"].where(frame["ratings"] > 0)
    error = frame["squares"] - 2 * share * frame["products"] + share**2 * frame["ratings_squared"]
    spread = error.clip(lower=0) / frame["ratings"].where(n > 1) ** 2
    variance = spread * n / (n - 1).where(n > 1)
    independent = (share * (1 - share) / variance.where(variance > 0)).fillna(n)
    low, high = of_share(share, independent.where(n > 1), level)
    shares = pd.DataFrame(
        {"estimate": share, "std_error": variance**0.5, "low": low, "high": high}
    ).mask(n < minimum)
    reasons = [
        (frame["touchpoints"] == 0, NOT_MEASURED),
        (frame["n"] == 0, NO_ANSWERS),
        (frame["n"] < minimum, TOO_FEW),
    ]
    note = pd.Series("", frame.index, dtype="str").case_when(reasons)
    return frame.join(100 * shares).assign(note=note)[COLUMNS]


def _cells(table: ir.Table, ratings: Mapping[str, Rating], columns: Mapping[str, int]) -> ir.Table:
    """Count people by how many ratings they gave, how many are favourable and how many invalid."""
    given: ir.Value = ibis.literal(0)
    liked, invalid = given, given
    for name, least in columns.items():
        rating, outside = ratings[name]
        given += rating.notnull().cast("int32")
        liked += (rating >= least).fill_null(False).cast("int32")
        invalid += outside.cast("int32")
    keys = {"given": given, "liked": liked, "outside": invalid}
    return table.group_by(**keys).aggregate(people=table.count())


def _sums(cells: pd.DataFrame | None) -> dict[str, float]:
    """Add up what a ratio and its variance need."""
    if cells is None or cells.empty:
        names = ("n", "ratings", "invalid", "favourable", "squares", "products", "ratings_squared")
        return dict.fromkeys(names, 0)
    people, given, liked = cells["people"], cells["given"], cells["liked"]
    return {
        "n": int(people[given > 0].sum()),
        "invalid": int((people * cells["outside"]).sum()),
        "ratings": int((people * given).sum()),
        "favourable": int((people * liked).sum()),
        "squares": float((people * liked**2).sum()),
        "products": float((people * given * liked).sum()),
        "ratings_squared": float((people * given**2).sum()),
    }
