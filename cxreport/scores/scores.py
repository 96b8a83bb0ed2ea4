"""Scores from survey answers: NPS, CSAT, CES, each with its counts and its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from cxreport.errors import CxError
from cxreport.inputs.meaning import NPS_SCALE
from cxreport.scores.pyramid import pyramid
from cxreport.scores.scales import ascending, first_favourable, turned
from cxreport.stats import estimates
from cxreport.stats.answers import count_answers
from cxreport.stats.intervals import (
    NetInterval,
    ShareInterval,
    check_interval,
    normal_quantile,
)

if TYPE_CHECKING:
    import pandas as pd

    from cxreport.inputs.source import Data
    from cxreport.stats.answers import Answers
    from cxreport.stats.group_columns import By

__all__ = ["ces", "csat", "nps", "pyramid"]


def nps(
    data: Data,
    score: str,
    *,
    by: By = None,
    weight: str | None = None,
    cluster: str | None = None,
    level: float = 0.95,
    interval: NetInterval = "adjusted-wald",
) -> pd.DataFrame:
    """Measure how many more customers would recommend us than warn against us.

    Parameters
    ----------
    data : pandas, polars or pyarrow frame, or Ibis table
        One row per answered questionnaire.
    score : str
        Column of answers to "how likely are you to recommend us", 0 to 10. Whole numbers count,
        also as text; NULL, NaN and blank text are missing, anything else is invalid.
    by : str or list of str, optional
        Columns to break down by. A missing value is a group of its own, the last.
    weight : str, optional
        Column of survey weights, above 0 in every row (also where the answer is missing).
    cluster : str, optional
        Column that says which answers belong together, usually the customer, who may answer more
        than once; a missing one is a cluster of its own.
    level : float
        Confidence level of the interval, between 0 and 1.
    interval : {"adjusted-wald", "score", "wald"}
        Adjusted Wald adds 3/4, 3/2 and 3/4 answers; "score" is Tango's, closer to its level where
        nobody is a detractor; "wald" is the textbook one, too narrow in small samples. Weighted or
        clustered answers have the first kind only, at ``n_effective``.

    Returns
    -------
    DataFrame
        One row per group, sorted: the ``by`` columns; ``metric`` ("nps"); ``n`` answers,
        ``missing`` and ``invalid`` rows; ``detractors`` (0-6), ``passives`` (7-8), ``promoters``
        (9-10), always unweighted; ``estimate`` in points (-100..100), ``std_error`` in points (not
        adjusted; NaN below two answers), ``low`` and ``high`` in points, cut at the ends of the
        scale; ``n_effective``, as many independent and equal answers are worth the same (Kish, over
        the effect of the clusters); ``weighted`` (bool); ``note`` ("", "no answers", "one answer",
        "all answers in one class", "too few answers": unequal ones worth fewer than five, "mostly
        invalid answers": more of them than valid ones, so that another scale may have been asked).

    Raises
    ------
    CxError
        If a column is unknown or of the wrong kind, a weight or the level is out of range, or
        ``interval`` is unknown or not for weighted or clustered answers.

    Notes
    -----
    At 95% the adjusted interval holds the estimate from two answers on; one answer alone, or a
    lower level, may leave an estimate of -100 or 100 just outside. Sources: Rocks 2016, The
    American Statistician 70(4), 365-372; Tango 1998, Statistics in Medicine 17, 891-908; standard
    error of weighted or clustered answers: R, ``survey::svymean``; their interval: Franco, Little,
    Louis & Slud 2019, Journal of Survey Statistics and Methodology 7, 334-364.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"recommend": [10, 9, 9, 8, 3, 11, None]})
    >>> nps(answers, "recommend")[["n", "missing", "invalid", "promoters", "estimate"]]
       n  missing  invalid  promoters  estimate
    0  5        1        1          3      40.0
    """
    check_interval(interval, get_args(NetInterval))
    for what, column in (("weighted answers", weight), ("answers in clusters", cluster)):
        if column is not None and interval != "adjusted-wald":
            raise CxError(f"this interval is not for {what}", got=interval, hint="leave it out")
    normal_quantile(level)  # refuses a wrong level before any work
    answers = count_answers(
        data, {"score": score}, scale=NPS_SCALE, by=by, weight=weight, cluster=cluster
    )
    return net_of(answers, level=level, interval=interval)


def net_of(
    answers: Answers, *, level: float = 0.95, interval: NetInterval = "adjusted-wald"
) -> pd.DataFrame:
    """Return the net score of answers to one question, already counted; see ``nps``."""
    given = answers.valid["score"]
    sign = (given >= 9).astype(int) - (given <= 6).astype(int)
    names = ("detractors", "passives", "promoters")
    net = estimates.balance(answers, sign, names, level=level, interval=interval)
    return estimates.tidy(answers, "nps", net)


def csat(
    data: Data,
    score: str,
    *,
    by: By = None,
    weight: str | None = None,
    cluster: str | None = None,
    level: float = 0.95,
    favourable_from: int | None = None,
    scale: tuple[int, int] = (1, 5),
    interval: ShareInterval = "wilson",
) -> pd.DataFrame:
    """Measure what share of customers is satisfied.

    Parameters
    ----------
    data, score, by, weight, cluster, level
        As in :func:`nps`; the answers are those of ``scale``.
    favourable_from : int, optional
        The lowest answer that counts as favourable, after turning: higher is better. When left
        out, the second best answer (4 of 1 to 5, 6 of 1 to 7) where it lies above the middle of
        the scale, or else the first above the middle (3 of 1 to 3).
    scale : (int, int)
        The worst answer and the best. ``(5, 1)`` declares that 1 is best: every answer x is then
        turned into 6 - x before anything else, so that ``mean`` too is "higher is better".
    interval : {"wilson", "jeffreys"}
        The interval of the share.

    Returns
    -------
    DataFrame
        One row per group, as in :func:`nps`, with ``metric`` "csat"; ``favourable`` answers
        (unweighted); ``mean``, ``mean_low`` and ``mean_high`` on the scale (Student's interval,
        cut at its ends; NaN limits when all answers are equal); ``estimate``, ``std_error``,
        ``low`` and ``high`` in percent favourable (0..100; when weighted or clustered, the
        interval is taken at the effective size of the share).

    Raises
    ------
    CxError
        As in :func:`nps`, and if ``scale`` or ``favourable_from`` makes no sense.

    Notes
    -----
    Wilson's interval always holds the estimate. Source: Newcombe 1998, Statistics in Medicine 17,
    857-872; weighted: Dean & Pagano 2015, Journal of Survey Statistics and Methodology 3, 484-503.

    Examples
    --------
    >>> import pandas as pd
    >>> grades = pd.DataFrame({"grade": [1, 1, 2, 4, 5]})  # school grades: 1 is best
    >>> csat(grades, "grade", scale=(5, 1))[["favourable", "mean", "estimate"]]
       favourable  mean  estimate
    0           3   3.4      60.0
    """
    return share_favourable(
        "csat",
        data,
        score,
        by=by,
        weight=weight,
        cluster=cluster,
        level=level,
        favourable_from=favourable_from,
        scale=scale,
        interval=interval,
    )


def ces(
    data: Data,
    score: str,
    *,
    by: By = None,
    weight: str | None = None,
    cluster: str | None = None,
    level: float = 0.95,
    favourable_from: int | None = None,
    scale: tuple[int, int] = (1, 7),
    interval: ShareInterval = "wilson",
) -> pd.DataFrame:
    """Measure what share of customers found it easy.

    Customer effort score 2.0: agreement from 1 to 7 with "they made it easy for me". The older
    effort question, 1 (very low) to 5 (very high), is ``scale=(5, 1)``.

    Parameters
    ----------
    data, score, by, weight, cluster, level, scale, interval
        As in :func:`csat`.
    favourable_from : int, optional
        As in :func:`csat`; when left out, the first answer above the middle (5 of 1 to 7).

    Returns
    -------
    DataFrame
        As in :func:`csat`, with ``metric`` "ces".

    Raises
    ------
    CxError
        As in :func:`csat`.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"easy": [7, 6, 5, 2]})
    >>> ces(answers, "easy")[["favourable", "mean", "estimate"]]
       favourable  mean  estimate
    0           3   5.0      75.0
    """
    return share_favourable(
        "ces",
        data,
        score,
        by=by,
        weight=weight,
        cluster=cluster,
        level=level,
        favourable_from=favourable_from,
        scale=scale,
        interval=interval,
    )


def share_favourable(
    metric: str,
    data: Data,
    score: str,
    *,
    by: By = None,
    weight: str | None = None,
    cluster: str | None = None,
    level: float = 0.95,
    favourable_from: int | None = None,
    scale: tuple[int, int] = (1, 5),
    interval: ShareInterval = "wilson",
) -> pd.DataFrame:
    """Measure the share of favourable answers of any score that counts them.

    Parameters
    ----------
    metric : str
        What the score is called.
    data, score, by, weight, cluster, level, favourable_from, scale, interval
        As in :func:`csat`.

    Returns
    -------
    DataFrame
        As in :func:`csat`, with this ``metric``.

    Raises
    ------
    CxError
        As in :func:`csat`.

    Examples
    --------
    >>> import pandas as pd
    >>> share_favourable("trust", pd.DataFrame({"trust": [5, 4, 1, 2]}), "trust")["estimate"].item()
    50.0
    """
    check_interval(interval, get_args(ShareInterval))
    normal_quantile(level)
    cut = lowest_favourable(metric, scale, favourable_from)
    answers = count_answers(
        data, {"score": score}, scale=ascending(scale), by=by, weight=weight, cluster=cluster
    )
    return share_of(answers, metric, scale=scale, cut=cut, level=level, interval=interval)


def lowest_favourable(metric: str, scale: tuple[int, int], declared: int | None) -> int:
    """Return the lowest answer that counts as favourable, after turning.

    Raises
    ------
    CxError
        If it is not inside the scale.
    """
    limits = ascending(scale)
    cut = first_favourable(metric, scale) if declared is None else declared
    if not limits[0] < cut <= limits[1]:
        raise CxError(
            "favourable_from is not inside the scale",
            got=cut,
            expected=f"{limits[0] + 1} to {limits[1]}",
            hint="it counts after turning, when higher is better",
        )
    return cut


def share_of(
    answers: Answers,
    metric: str,
    *,
    scale: tuple[int, int],
    cut: int,
    level: float = 0.95,
    interval: ShareInterval = "wilson",
) -> pd.DataFrame:
    """Return the share of favourable answers to one question, already counted; see ``csat``."""
    given = turned(answers.valid["score"], scale)
    columns = {"estimate": "mean", "low": "mean_low", "high": "mean_high"}
    mean = estimates.mean(answers, given, level=level, limits=ascending(scale))
    favoured = estimates.share(answers, given >= cut, level=level, interval=interval)
    return estimates.tidy(
        answers, metric, favoured.join(mean[list(columns)].rename(columns=columns))
    )
