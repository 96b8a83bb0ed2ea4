"""The CX pyramid index: needs met, ease, enjoyability, and the three together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.errors import CxError
from cxreport.scores.scales import ascending, turned
from cxreport.stats import estimates
from cxreport.stats.answers import Asked, count_each
from cxreport.stats.intervals import normal_quantile

if TYPE_CHECKING:
    from cxreport.inputs.source import Data
    from cxreport.stats.answers import Answers
    from cxreport.stats.group_columns import By

LAYERS = ("needs", "ease", "enjoyability")


def pyramid(
    data: Data,
    *,
    needs: str,
    ease: str,
    enjoyability: str,
    scale: tuple[int, int] = (1, 5),
    by: By = None,
    weight: str | None = None,
    cluster: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Measure whether needs were met, with ease, and enjoyably: each, and all at once.

    Only respondents who answered all three count, so that the layers describe the same people.

    Parameters
    ----------
    data, by, weight, cluster, level
        As in :func:`cxreport.scores.scores.nps`.
    needs, ease, enjoyability : str
        Columns of answers on one common scale.
    scale : (int, int)
        The worst answer and the best, at least four answers; ``(5, 1)`` declares
        that 1 is best.

    Returns
    -------
    DataFrame
        Five rows per group: the ``by`` columns; ``metric`` ("needs", "ease", "enjoyability",
        "index", "all_three"); ``n`` respondents with all three answers; ``missing`` and
        ``invalid`` rows (any invalid answer makes a row invalid), ``dropped`` (both together);
        ``bottom`` (two lowest answers), ``middle`` and ``top`` (two highest) for the layers and
        ``favourable`` for "all_three", unweighted, empty elsewhere; ``estimate``, ``std_error``,
        ``low`` and ``high``; ``n_effective``, ``weighted`` and ``note`` as in ``nps``.

        Layers: percent top two minus percent bottom two, -100..100, adjusted Wald interval.
        Index: mean of a respondent's three layers (100, 0 or -100 each), -100..100; its standard
        error is of that mean and so keeps their covariance; Student's interval, NaN when all
        respondents are equal. All three: percent of respondents in the top two on all three,
        0..100, Wilson's interval.

    Raises
    ------
    CxError
        As in ``nps``, and if the scale has fewer than four answers.

    Examples
    --------
    >>> answers = pd.DataFrame({"n": [5, 4, 1], "e": [4, 4, 3], "j": [5, 2, 3]})
    >>> layers = pyramid(answers, needs="n", ease="e", enjoyability="j")
    >>> layers[["metric", "n", "estimate"]].round(1)
             metric  n  estimate
    0         needs  3      33.3
    1          ease  3      66.7
    2  enjoyability  3       0.0
    3         index  3      33.3
    4     all_three  3      33.3
    """
    normal_quantile(level)
    asked = asked_layers(needs=needs, ease=ease, enjoyability=enjoyability, scale=scale)
    (answers,) = count_each(data, [asked], by=by, weight=weight, cluster=cluster)
    return layers_of(answers, scale=scale, level=level)


def asked_layers(*, needs: str, ease: str, enjoyability: str, scale: tuple[int, int]) -> Asked:
    """Return what to count for the pyramid.

    Raises
    ------
    CxError
        If the scale has fewer than four answers.
    """
    lowest, highest = ascending(scale)
    if highest - lowest < 3:
        raise CxError(
            "this scale is too short for two top and two bottom answers",
            got=scale,
            expected="at least four answers",
        )
    columns = dict(zip(LAYERS, (needs, ease, enjoyability), strict=True))
    return Asked(columns, (lowest, highest))


def layers_of(answers: Answers, *, scale: tuple[int, int], level: float) -> pd.DataFrame:
    """Return the layers of answers to all three questions, already counted; see ``pyramid``."""
    lowest, highest = ascending(scale)
    given = answers.valid[list(LAYERS)].apply(turned, scale=scale)
    signs = (given >= highest - 1).astype(int) - (given <= lowest + 1).astype(int)
    frames = {
        name: estimates.balance(answers, signs[name], ("bottom", "middle", "top"), level=level)
        for name in LAYERS
    }
    means = 100 * signs.sum(axis="columns") / len(LAYERS)
    frames["index"] = estimates.mean(answers, means, level=level, limits=(-100, 100))
    frames["all_three"] = estimates.share(answers, (signs == 1).all(axis="columns"), level=level)
    dropped = answers.count("missing") + answers.count("invalid")
    rows = pd.concat(
        estimates.tidy(answers, name, frame.assign(dropped=dropped))
        for name, frame in frames.items()
    ).sort_index(kind="stable", ignore_index=True)
    rows.insert(list(rows.columns).index("estimate"), "favourable", rows.pop("favourable"))
    return rows.astype(dict.fromkeys(("bottom", "middle", "top", "favourable"), "Int64"))
