"""Which topics might the coding frame lack? Proposals to read, and nothing more."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.columns import as_labels, as_series
from cxreport.topics.voice.languages import REPORTED, language
from cxreport.topics.voice.words import word_table

TOP_WORDS = 8
COMMONEST = 0.5
"""Share of respondents above which a word tells no topics apart."""
MINIMUM = 10
ITERATIONS = 400
COLUMNS = ["language", "proposal", "words", "n", "share"]


def discover(
    texts: pd.Series,
    *,
    topics: int = 8,
    seed: int = 0,
    language_code: str = "",
    languages: pd.Series | None = None,
    minimum: int = MINIMUM,
) -> pd.DataFrame:
    """Propose topics that comments may share, by the words that stand in them together.

    Parameters
    ----------
    texts : Series of str
        One respondent per row.
    topics : int
        How many topics are sought in each language, 2 or more; fewer where there are few words.
    seed : int
        Start of the factorisation; the same one gives the same proposals.
    language_code : str
        "it" or "en", of which alone comments are read; both, one after the other, when empty.
    languages : Series of str, optional
        For each row, as from ``language``, which is asked where it is not given.
    minimum : int
        Fewest respondents of a word, and of a proposal.

    Returns
    -------
    DataFrame
        One row per proposal, in each language the most frequent first: ``language``; ``proposal``
        (its number); ``words`` (the most telling, first first, with commas); ``n`` respondents of
        whom it is the strongest proposal; ``share`` (percent of those of the language). It decides
        nothing: a topic is one when somebody has read its comments and written its patterns.

    Raises
    ------
    CxError
        If the number of topics is below 2, or a language is not known.

    Notes
    -----
    Non-negative matrix factorisation of TF-IDF, started by NNDSVDa. Source: Lee & Seung 1999,
    Nature 401, 788-791; Boutsidis & Gallopoulos 2008, Pattern Recognition 41, 1350-1362.

    Examples
    --------
    >>> texts = pd.Series(["The parcel came late"] * 20 + ["The shop staff was kind"] * 20)
    >>> discover(texts, topics=2)[["language", "n"]].values.tolist()
    [['en', 20], ['en', 20]]
    """
    if topics < 2:
        raise CxError("too few topics to tell apart", got=topics, expected="2 or more")
    if language_code and language_code not in REPORTED:
        raise CxError("no such language", got=language_code, expected=", ".join(REPORTED))
    texts = as_series(texts)
    spoken = (language(texts) if languages is None else as_labels(languages)).to_numpy()
    if len(spoken) != len(texts):
        raise CxError("texts and languages differ", got=len(spoken), expected=len(texts))
    codes = [language_code] if language_code else list(REPORTED)
    parts = [_proposals(texts[spoken == code], code, topics, seed, minimum) for code in codes]
    proposals = [part for part in parts if not part.empty]
    return pd.concat(proposals, ignore_index=True) if proposals else pd.DataFrame(columns=COLUMNS)


def _proposals(texts: pd.Series, code: str, topics: int, seed: int, minimum: int) -> pd.DataFrame:
    """Propose topics of one language."""
    table = word_table(texts, pd.Series(code, index=texts.index))
    users = np.asarray(table.holds.sum(axis=0)).ravel()
    kept = (users >= minimum) & (users <= max(COMMONEST * len(texts), minimum))
    holds, names = table.holds[:, kept], table.words[kept]
    some = np.asarray(holds.sum(axis=1)).ravel() > 0
    holds = holds[some]
    sought = min(topics, *holds.shape)
    if sought < 2:
        return pd.DataFrame(columns=COLUMNS)
    from sklearn.decomposition import NMF  # noqa: PLC0415 - takes a second
    from sklearn.feature_extraction.text import TfidfTransformer  # noqa: PLC0415

    weights = TfidfTransformer(sublinear_tf=False).fit_transform(holds)
    model = NMF(sought, init="nndsvda", random_state=seed, max_iter=ITERATIONS, tol=1e-3)
    with np.errstate(invalid="ignore"):  # the root of an error that rounds to less than nothing
        strength = model.fit_transform(weights)
    own = np.where(strength.max(axis=1) > 0, strength.argmax(axis=1), -1)
    counts = np.bincount(own[own >= 0], minlength=sought)
    order = [place for place in np.argsort(-counts, kind="stable") if counts[place] >= minimum]
    rows = [
        {"language": code, "proposal": number, "words": _top(model.components_[place], names),
         "n": int(counts[place]), "share": 100 * counts[place] / len(texts)}
        for number, place in enumerate(order, start=1)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def _top(loadings: np.ndarray, names: np.ndarray) -> str:
    """Return the words that tell most of a proposal; words inside its phrases are not repeated."""
    order = np.lexsort((np.arange(len(names)), -loadings))
    chosen: list[str] = []
    for place in order:
        name = str(names[place])
        inside = any(name in other.split("_") or other in name.split("_") for other in chosen)
        if loadings[place] > 0 and not inside:
            chosen.append(name)
        if len(chosen) == TOP_WORDS:
            break
    return ", ".join(name.replace("_", " ") for name in chosen)
