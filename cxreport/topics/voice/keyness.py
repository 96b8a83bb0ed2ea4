"""Words and phrases that set one group of respondents apart from another.

Counted by respondents and not by mentions: who repeats a word ten times counts once. Each language
is compared within itself, since a group that writes more Italian would else be told by its "il".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse

from cxreport.errors import CxError
from cxreport.inputs.columns import as_labels, as_texts
from cxreport.stats.intervals import normal_quantile
from cxreport.stats.multiplicity import interval_level, judged
from cxreport.topics.voice.languages import REPORTED, language
from cxreport.topics.voice.log_odds import STRENGTH, log_odds
from cxreport.topics.voice.words import word_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxreport.topics.voice.log_odds import Prior

MINIMUM = 10
COLUMNS = [
    "word", "language", "n", "users", "users_reference", "share", "share_reference", "estimate",
    "std_error", "low", "high", "z", "p_value", "q_value", "signal", "note",
]  # fmt: skip
ONE_GROUP = "one group only"


def keyness(
    texts: pd.Series,
    group: pd.Series,
    *,
    own: str = "detractor",
    reference: str = "promoter",
    respondent: pd.Series | None = None,
    languages: pd.Series | None = None,
    prior: Prior | float = "informative",
    strength: float = STRENGTH,
    minimum: int = MINIMUM,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return which words one group of respondents uses more than another.

    Parameters
    ----------
    texts : Series of str
        One comment per row.
    group : Series of str
        For each row, the group of who wrote it; rows of neither group are left out.
    own, reference : str
        The group, and the one it is compared with.
    respondent : Series, optional
        For each row, who wrote it: the comments of one are read as one. Each row its own, if not
        given or missing.
    languages : Series of str, optional
        For each row, as from ``language``, which is asked where it is not given.
    prior : "informative" or float
        As in ``log_odds``.
    strength : float
        As in ``log_odds``.
    minimum : int
        Fewest respondents of a word, of both groups together; rarer words are no part of the
        vocabulary.
    level : float
        1 minus the error rate that the whole vocabulary is held to.

    Returns
    -------
    DataFrame
        One row per word or two-word phrase (joined by ``_``) and language, the most telling of the
        group first: ``word``, ``language`` ("it" or "en"), ``n`` respondents who use it, of whom
        ``users`` in the group and ``users_reference`` in the reference; ``share``,
        ``share_reference`` (percent of each group's respondents with a comment in the language);
        ``estimate`` (difference of the log-odds), ``std_error``, ``low``, ``high`` (at the level at
        which they say the same as the signals), ``z``, ``p_value``, ``q_value``
        (Benjamini-Hochberg over all rows), ``signal``, ``note`` ("", "one group only": no word of
        the language was compared, as one group writes nothing in it).

    Raises
    ------
    CxError
        If the series differ in length, the two groups are the same, or the prior is not above 0.

    Notes
    -----
    Sources: Monroe, Colaresi & Quinn 2008, Political Analysis 16, 372-403; Benjamini & Hochberg
    1995, Journal of the Royal Statistical Society B 57, 289-300.

    Examples
    --------
    >>> texts = pd.Series(["The parcel was late"] * 20 + ["The staff was kind"] * 20)
    >>> group = pd.Series(["detractor"] * 20 + ["promoter"] * 20)
    >>> keyness(texts, group)[["word", "n", "share", "signal"]].head(2)
         word   n  share  signal
    0    late  20  100.0    True
    1  parcel  20  100.0    True
    """
    texts, group = as_texts(texts), as_labels(group)
    respondent = None if respondent is None else as_labels(respondent)
    languages = None if languages is None else as_labels(languages)
    _check(texts, group, respondent, languages, own, reference)
    written = group.isin([own, reference]).to_numpy() & texts.notna().to_numpy()
    texts, group = texts[written], group[written]
    spoken = (language(texts) if languages is None else languages[written]).reset_index(drop=True)
    who = np.arange(len(texts)) if respondent is None else _numbered(respondent[written])
    parts = [
        part
        for code in REPORTED
        for part in _of_language(
            code, texts[(spoken == code).to_numpy()], (group == own).to_numpy()[spoken == code],
            who[spoken == code], minimum, prior=prior, strength=strength,
        )
    ]  # fmt: skip
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    rows = pd.concat(parts, ignore_index=True)
    rows[["q_value", "signal"]] = judged(rows["p_value"], level, "bh")
    reach = normal_quantile(interval_level(rows["p_value"], level, "bh")) * rows["std_error"]
    rows = rows.assign(low=rows["estimate"] - reach, high=rows["estimate"] + reach)
    order = ["z", "word", "language"]
    return rows.sort_values(order, ascending=[False, True, True], ignore_index=True)[COLUMNS]


def _check(
    texts: pd.Series,
    group: pd.Series,
    respondent: pd.Series | None,
    languages: pd.Series | None,
    own: str,
    reference: str,
) -> None:
    """Refuse series that do not belong together."""
    lengths = [len(each) for each in (group, respondent, languages) if each is not None]
    if any(length != len(texts) for length in lengths):
        raise CxError("texts and what is said of them differ in length", got=lengths,
                      expected=len(texts))  # fmt: skip
    if own == reference:
        raise CxError("a group cannot be compared with itself", got=own)


def _numbered(respondent: pd.Series) -> np.ndarray:
    """Give each respondent a number; a missing one is a respondent of its own."""
    codes, names = pd.factorize(respondent)
    missing = codes < 0
    codes[missing] = len(names) + np.arange(int(missing.sum()))
    return codes


def _of_language(
    code: str,
    texts: pd.Series,
    is_own: np.ndarray,
    who: np.ndarray,
    minimum: int,
    **prior: Any,
) -> Iterator[pd.DataFrame]:
    """Compare the words of one language, where both groups write in it."""
    if texts.empty:
        return
    table = word_table(texts, pd.Series(code, index=texts.index))
    used = [_users(table.holds[side], who[side]) for side in (is_own, ~is_own)]
    sizes = [len(np.unique(who[side])) for side in (is_own, ~is_own)]
    kept = (used[0] + used[1]) >= minimum
    if not kept.any():
        return
    counts = [each[kept].astype(int) for each in used]
    rows = log_odds(*counts, **prior)
    shares = [100 * n / size if size else np.nan for n, size in zip(counts, sizes, strict=True)]
    if not all(sizes):
        rows[["estimate", "std_error", "low", "high", "z", "p_value"]] = np.nan
    rows = rows.drop(columns=["count", "count_reference"])
    yield rows.assign(
        word=table.words[kept], language=code, n=sum(counts), users=counts[0],
        users_reference=counts[1], share=shares[0], share_reference=shares[1],
        note="" if all(sizes) else ONE_GROUP,
    )  # fmt: skip


def _users(holds: sparse.csr_matrix, who: np.ndarray) -> np.ndarray:
    """Count the respondents who use each word."""
    if not len(who):
        return np.zeros(holds.shape[1])
    _, place = np.unique(who, return_inverse=True)
    ones = np.ones(len(who))
    gather = sparse.csr_matrix((ones, (place, np.arange(len(who)))))
    return np.asarray(((gather @ holds) > 0).sum(axis=0)).ravel().astype(float)
