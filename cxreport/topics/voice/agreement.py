"""Whether the patterns of the coding frame see what people who read the comments saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.columns import as_codes, as_flags, as_frame, as_marks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

ALL = "all"
USABLE = 0.5
"""Alpha below which a topic is not what people would see."""
RESAMPLES = 2_000
NEVER = "no variance"
COLUMNS = [
    "topic", "n", "labelled", "coded", "both", "agreement", "estimate", "std_error", "low", "high",
    "kappa", "kappa_low", "kappa_high", "note",
]  # fmt: skip


def krippendorff_alpha(codes: pd.DataFrame) -> float:
    """Return how far several coders agree beyond chance, whoever skipped whatever.

    Parameters
    ----------
    codes : DataFrame
        One row per unit, one column per coder; each cell the nominal code given, missing where the
        coder skipped the unit. Units with fewer than two codes count for nothing.

    Returns
    -------
    float
        1 for full agreement, 0 for chance, below 0 for worse than that; NaN where all codes are
        alike or no unit has two.

    Notes
    -----
    Source: Krippendorff 2011, "Computing Krippendorff's alpha-reliability", University of
    Pennsylvania; Hayes & Krippendorff 2007, Communication Methods and Measures 1, 77-89.

    Examples
    --------
    >>> two = pd.DataFrame({"A": list("0100000010"), "B": list("1110010000")})
    >>> round(krippendorff_alpha(two), 3)
    0.095
    """
    codes = as_frame(codes)
    coders = {place: as_codes(codes.iloc[:, place]).to_numpy() for place in range(codes.shape[1])}
    numbered = pd.DataFrame(coders, index=range(len(codes))).reset_index(names="unit")
    long = numbered.melt("unit", value_name="code").dropna(subset="code")
    counts = pd.crosstab(long["unit"], long["code"]).to_numpy(dtype=float)
    given = counts.sum(axis=1)
    counts, given = counts[given > 1], given[given > 1]
    n = given.sum()
    if n == 0:
        return float("nan")
    totals = counts.sum(axis=0)
    expected = n**2 - (totals**2).sum()
    if expected == 0:
        return float("nan")
    observed = ((given**2 - (counts**2).sum(axis=1)) / (given - 1)).sum()
    return float(1 - (n - 1) * observed / expected)


def agreement(
    coded: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    cluster: pd.Series | None = None,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how far the coding frame agrees with human labels, topic by topic and overall.

    Parameters
    ----------
    coded : DataFrame of bool
        One row per comment, one column per topic, as from ``code_comments``.
    labels : DataFrame of bool
        The same rows, as people labelled them; missing where nobody did. Topics that are in one of
        the two alone are left out.
    cluster : Series, optional
        For each row, who wrote it: comments of one person are drawn together.
    level : float
        Confidence level of the intervals.
    resamples : int
        Bootstrap resamples of comments, or of those who wrote them.
    seed : int
        Their start.

    Returns
    -------
    DataFrame
        One row per topic, in the order of ``coded``, and a last one "all", over every pair of
        comment and topic: ``topic``; ``n`` labelled comments (pairs for "all"); ``labelled``,
        ``coded``, ``both`` (how many a person, the frame, both put into the topic); ``agreement``
        (percent with the same answer); ``estimate`` (Krippendorff's alpha, nominal), ``std_error``,
        ``low``, ``high``; ``kappa`` (Cohen's), ``kappa_low``, ``kappa_high``; ``note`` ("", "no
        variance": nobody has the topic, or everybody).

    Raises
    ------
    CxError
        If the frames do not have the same rows, or no topic in common.

    Notes
    -----
    Intervals are percentiles of a bootstrap. Sources: Krippendorff 2011, as in
    ``krippendorff_alpha``; Cohen 1960, Educational and Psychological Measurement 20, 37-46.

    Examples
    --------
    >>> coded = pd.DataFrame({"waiting": [place in (1, 8) for place in range(10)]})
    >>> labels = pd.DataFrame({"waiting": [place in (0, 1, 2, 5) for place in range(10)]})
    >>> agreement(coded, labels)[["topic", "n", "both", "estimate", "kappa"]].round(3).head(1)
         topic   n  both  estimate  kappa
    0  waiting  10     1     0.095  0.091
    """
    coded, labels = as_flags(coded), as_marks(labels)
    if not coded.index.equals(labels.index):
        raise CxError("coded comments and labels are not the same rows", got=len(labels),
                      expected=len(coded))  # fmt: skip
    if cluster is not None and len(cluster) != len(labels):
        raise CxError("comments and who wrote them are not the same rows", got=len(cluster),
                      expected=len(labels))  # fmt: skip
    topics = [name for name in coded if name in labels]
    if not topics:
        raise CxError("no topic is both coded and labelled", got=", ".join(map(str, labels)),
                      expected=", ".join(map(str, coded)))  # fmt: skip
    machine = coded[topics].to_numpy(dtype=bool)
    given = labels[topics].notna().to_numpy()
    person = labels[topics].astype("boolean").fillna(value=False).to_numpy(dtype=bool)
    cells = np.stack(  # both, person alone, frame alone, neither
        [given & person & machine, given & person & ~machine, given & ~person & machine,
         given & ~person & ~machine], axis=-1,
    ).astype(float)  # fmt: skip
    if cluster is not None:
        cells = _together(cells, cluster)
    draw = np.random.default_rng(seed)
    rows = [
        _row(str(name), cells[:, place], draw, resamples, level)
        for place, name in enumerate(topics)
    ]
    rows.append(_row(ALL, cells.sum(axis=1), draw, resamples, level))
    return pd.DataFrame(rows)[COLUMNS]


def weak_topics(agreed: pd.DataFrame) -> list[str]:
    """Return the topics that the frame sees otherwise than people do, the worst first."""
    weak = agreed[(agreed["topic"] != ALL) & (agreed["estimate"] < USABLE)]
    return [str(name) for name in weak.sort_values("estimate", kind="stable")["topic"]]


def _together(cells: Numbers, cluster: pd.Series) -> Numbers:
    """Add up the cells of the comments of each person; who has no id stands alone."""
    codes = pd.factorize(cluster)[0].astype(int)
    codes[codes < 0] = len(codes) + np.arange((codes < 0).sum())
    kinds, place = np.unique(codes, return_inverse=True)
    sums = np.zeros((len(kinds), *cells.shape[1:]))
    np.add.at(sums, place, cells)
    return sums


def _row(
    name: str, cells: Numbers, draw: np.random.Generator, resamples: int, level: float
) -> dict[str, object]:
    """Measure one topic from the cells of each comment, or of each person."""
    kinds, counts = np.unique(cells, axis=0, return_counts=True)
    whole = (counts[:, None] * kinds).sum(axis=0)
    n = int(whole.sum())
    alpha, kappa = (float(each[0]) for each in _alpha_and_kappa(whole[None, :]))
    both, person, machine, neither = whole
    row: dict[str, object] = {
        "topic": name, "n": n, "labelled": int(both + person), "coded": int(both + machine),
        "both": int(both), "agreement": 100 * (both + neither) / n if n else np.nan,
        "estimate": alpha, "kappa": kappa, "note": "" if np.isfinite(alpha) else NEVER,
    }  # fmt: skip
    ends = dict.fromkeys(("low", "high", "kappa_low", "kappa_high", "std_error"), np.nan)
    if np.isfinite(alpha) and resamples > 0:
        drawn = draw.multinomial(len(cells), counts / counts.sum(), size=resamples) @ kinds
        alphas, kappas = _alpha_and_kappa(drawn)
        tails = [50 * (1 - level), 50 * (1 + level)]
        ends["low"], ends["high"] = np.nanpercentile(alphas, tails)
        ends["kappa_low"], ends["kappa_high"] = np.nanpercentile(kappas, tails)
        ends["std_error"] = float(np.nanstd(alphas, ddof=1))
    return row | ends


def _alpha_and_kappa(cells: Numbers) -> tuple[Numbers, Numbers]:
    """Return alpha and kappa of tables of two coders: both, first alone, second alone, neither."""
    both, first, second, neither = cells.T
    n = cells.sum(axis=1)
    differ = first + second
    yes, no = 2 * both + differ, 2 * neither + differ
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = 1 - (2 * n - 1) * differ / np.where(yes * no > 0, yes * no, np.nan)
        chance = (both + first) * (both + second) + (neither + first) * (neither + second)
        chance = chance / n**2
        kappa = ((both + neither) / n - chance) / np.where(chance < 1, 1 - chance, np.nan)
    return alpha, kappa
