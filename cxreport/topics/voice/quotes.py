"""Comments that stand for a topic, chosen by a rule: nobody can pick the ones that suit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.columns import as_flags, as_labels, as_texts
from cxreport.topics.voice.cleaning import clean
from cxreport.topics.voice.words import word_table

if TYPE_CHECKING:
    from scipy import sparse

MINIMUM, SHORTEST, LONGEST, EACH = 10, 40, 240, 3
COLUMNS = ["topic", "n", "group", "candidates", "nearness", "text"]


def quotes(
    texts: pd.Series,
    groups: pd.Series,
    coded: pd.DataFrame,
    *,
    languages: pd.Series | None = None,
    minimum_group: int = MINIMUM,
    shortest: int = SHORTEST,
    longest: int = LONGEST,
    each: int = EACH,
) -> pd.DataFrame:
    """Choose the comments that stand for each topic.

    Of each group of scores, the comment within the bounds of length is taken that is nearest to the
    middle of all comments of the group on the topic; then, where ``each`` allows, the next nearest
    of each. A text is taken once, for the first topic that it stands for; ties go by the text, in
    alphabetical order.

    Parameters
    ----------
    texts : Series of str
        One respondent per row, redacted.
    groups : Series of str
        For each row, the group of its score ("detractor", "passive", "promoter"); rows without one
        are not quoted.
    coded : DataFrame of bool
        The same rows, one column per topic.
    languages : Series of str, optional
        For each row, as from ``language``: whose stop words count for nothing.
    minimum_group : int
        Fewest respondents of a topic that is quoted.
    shortest, longest : int
        Bounds of a quotation, in characters.
    each : int
        Quotations of a topic.

    Returns
    -------
    DataFrame
        One row per quotation: ``topic``; ``n`` respondents who speak of it; ``group``;
        ``candidates`` (comments of the topic and the group within the bounds); ``nearness`` (cosine
        to the middle, 0 to 1); ``text``.

    Raises
    ------
    CxError
        If the series do not have the rows of ``coded``, or the bounds are none.

    Notes
    -----
    The middle is the mean of the TF-IDF vectors of the comments. Source: Manning,
    Raghavan & Schütze 2008, Introduction to Information Retrieval, 14.2.

    Examples
    --------
    >>> texts = pd.Series(["The parcel came two days late and nobody told me"] * 12)
    >>> coded = pd.DataFrame({"delivery": [True] * 12})
    >>> chosen = quotes(texts, pd.Series(["detractor"] * 12), coded)
    >>> chosen[["topic", "n", "group", "candidates"]].values.tolist()
    [['delivery', 12, 'detractor', 12]]
    """
    texts, groups, coded = as_texts(texts), as_labels(groups), as_flags(coded)
    if not len(texts) == len(groups) == len(coded):
        raise CxError("texts, groups and topics are not of the same rows",
                      got=[len(texts), len(groups)], expected=len(coded))  # fmt: skip
    if not 0 < shortest <= longest:
        raise CxError("no bounds of a length", got=[shortest, longest])
    table = word_table(texts, languages)
    if not len(table.words):
        return pd.DataFrame(columns=COLUMNS)
    from sklearn.feature_extraction.text import TfidfTransformer  # noqa: PLC0415 - a second

    weights = TfidfTransformer().fit_transform(table.holds)
    length = clean(texts).str.strip().str.len().fillna(0).to_numpy()
    plain = texts.astype("object").to_numpy()
    fits = (
        (length >= shortest)
        & (length <= longest)
        & (texts.str.len() <= longest).to_numpy(dtype=bool)
    )
    fits &= groups.notna().to_numpy()
    taken: set[str] = set()
    rows = []
    for topic in coded.columns:
        inside = coded[topic].to_numpy(dtype=bool)
        if inside.sum() < max(minimum_group, 1):
            continue
        near = np.zeros(len(coded))
        for group in sorted(set(groups[inside].dropna())):
            own = inside & (groups == group).to_numpy()
            near[own] = _nearness(weights, own)[own]
        pool = pd.DataFrame({"group": groups.to_numpy(), "nearness": near.round(9), "text": plain})
        pool = pool[inside & fits & ~np.isin(plain.astype(str), list(taken))]
        chosen = _chosen(pool, each)
        taken |= set(chosen["text"])
        rows.append(chosen.assign(topic=topic, n=int(inside.sum())))
    return pd.concat(rows, ignore_index=True)[COLUMNS] if rows else pd.DataFrame(columns=COLUMNS)


def _nearness(weights: sparse.csr_matrix, inside: np.ndarray) -> np.ndarray:
    """Return the cosine of each comment to the middle of those inside."""
    middle = np.asarray(weights[inside].mean(axis=0)).ravel()
    size = np.linalg.norm(middle)
    return np.asarray(weights @ middle).ravel() / size if size > 0 else np.zeros(len(inside))


def _chosen(pool: pd.DataFrame, each: int) -> pd.DataFrame:
    """Take the nearest of each group, then the next, until there are enough."""
    counts = pool.groupby("group")["text"].transform("size")
    pool = pool.assign(candidates=counts).drop_duplicates(["group", "text"])
    pool = pool.sort_values(["group", "nearness", "text"], ascending=[True, False, True])
    pool = pool.drop_duplicates("text").assign(turn=lambda rows: rows.groupby("group").cumcount())
    first = pool.sort_values(["turn", "group"], kind="stable").head(each)
    return first.sort_values(["group", "turn"], kind="stable").drop(columns="turn")
