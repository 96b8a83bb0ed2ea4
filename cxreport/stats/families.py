"""Which rows of a frame of scores belong together: the groups of one break-down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.errors import CxError

if TYPE_CHECKING:
    import pandas as pd

NEEDED = ("metric", "n", "estimate", "std_error", "n_effective", "weighted", "note")
NET_CLASSES = (("detractors", "passives", "promoters"), ("bottom", "middle", "top"))


def group_columns(scores: pd.DataFrame) -> list[str]:
    """Return the ``by`` columns: those before ``metric``, without the name of the question.

    Raises
    ------
    CxError
        If the frame is not one of scores.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxreport.scores.scores import nps
    >>> answers = pd.DataFrame({"shop": ["a", "b"], "score": [9, 3]})
    >>> group_columns(nps(answers, "score", by="shop"))
    ['shop']
    """
    absent = [name for name in NEEDED if name not in scores]
    if absent:
        raise CxError(
            "this is not a frame of scores",
            got=f"no column {', '.join(absent)}",
            expected="what nps, csat, ces or pyramid returned",
        )
    columns = list(scores.columns)
    return [name for name in columns[: columns.index("metric")] if name != "question"]


def shared_columns(scores: pd.DataFrame, varying: str | None) -> list[str]:
    """Return what rows have in common that differ in one ``by`` column alone."""
    labels = [*group_columns(scores), *(name for name in ("question", "metric") if name in scores)]
    return [name for name in labels if name != varying]


def family_numbers(scores: pd.DataFrame, varying: str | None) -> pd.Series:
    """Give one number to rows that differ in the ``varying`` column alone."""
    keys = shared_columns(scores, varying)
    return scores.groupby(keys, dropna=False, sort=False, observed=True).ngroup()


def class_names(rows: pd.DataFrame) -> tuple[str, ...]:
    """Return the columns of counts that these rows have: three of a net score, or one of a share.

    Empty where there are none, as for the pyramid index.
    """
    for names in (*NET_CLASSES, ("favourable",)):
        if all(name in rows and rows[name].notna().all() for name in names):
            return names
    return ()
