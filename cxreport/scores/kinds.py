"""What a score is: its unit, its range, which way is better, and whether it is a headline.

The one place that knows it: boards, charts, plans, texts and labels ask here. A new score is one
row of ``SCORES``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cxreport.stats.trend import Better


@dataclass(frozen=True)
class ScoreKind:
    """What one score is.

    Attributes
    ----------
    name : str
        As in the column ``metric`` of a frame of scores, and the role of its questions.
    unit : {"points", "percent"}
        Points lie between -100 and 100, percent between 0 and 100.
    counts : {"promoters", "favourable", "layers"}
        What it is made of; layers only where all three were asked.
    better : {"higher", "lower"}
        Which way is an improvement.
    is_headline : bool
        Whether a report opens with it and draws its trend.
    favourable : {"second best", "above the middle"}
        The lowest answer that counts as favourable, where nothing is declared.
    """

    name: str
    unit: Literal["points", "percent"] = "percent"
    counts: Literal["promoters", "favourable", "layers"] = "favourable"
    better: Better = "higher"
    is_headline: bool = False
    favourable: Literal["second best", "above the middle"] = "second best"

    @property
    def within(self) -> tuple[float, float]:
        """The lowest and the highest that it can be."""
        return (-100.0, 100.0) if self.unit == "points" else (0.0, 100.0)


SCORES = {
    kind.name: kind
    for kind in (
        ScoreKind("nps", "points", "promoters", is_headline=True),
        ScoreKind("csat", is_headline=True),
        ScoreKind("ces", is_headline=True, favourable="above the middle"),
        ScoreKind("needs", "points", "layers"),
        ScoreKind("ease", "points", "layers"),
        ScoreKind("enjoyability", "points", "layers"),
        ScoreKind("index", "points", "layers", is_headline=True),
        ScoreKind("all_three", counts="layers"),
    )
}


def score_kind(metric: str) -> ScoreKind:
    """Return what a metric is; one that nobody declared is a share, and more of it is better.

    Examples
    --------
    >>> score_kind("nps").within, score_kind("csat").unit
    ((-100.0, 100.0), 'percent')
    """
    return SCORES.get(metric, ScoreKind(metric))


def score_of(role: str) -> str:
    """Return the metric of one question by its role: satisfaction, where the role has no score.

    Examples
    --------
    >>> score_of("ces"), score_of("touchpoint"), score_of("needs")
    ('ces', 'csat', 'csat')
    """
    return role if role in SCORES and SCORES[role].counts != "layers" else "csat"
