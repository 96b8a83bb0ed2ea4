"""Word of mouth of a survey: who told how many people, where it was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.topics.linkage.word_of_mouth import COLUMNS, word_of_mouth

if TYPE_CHECKING:
    from cxreport.inputs.survey import Survey

TOLD = "told_n"


def survey_word_of_mouth(
    survey: Survey, *, periods: int = 12, bootstrap: int = 2000, seed: int = 0
) -> pd.DataFrame:
    """Answer how many people hear of the company from its promoters and from its detractors.

    Parameters
    ----------
    survey : Survey
        The survey reported.
    periods : int
        How many periods together, the one reported the last.
    bootstrap : int
        Resamples behind the intervals.
    seed : int
        Start of the resampling.

    Returns
    -------
    DataFrame
        As :func:`cxreport.topics.linkage.word_of_mouth`; without a row where the survey has
        no question of NPS or no column ``told_n`` of role ``number``.
    """
    score = next(iter(survey.columns("nps")), None)
    if score is None or TOLD not in survey.columns("number"):
        return pd.DataFrame(columns=COLUMNS)
    return word_of_mouth(
        survey.recent(periods), score=score, told=TOLD, ratio_level=survey.family_level,
        bootstrap=bootstrap, seed=seed,
    )  # fmt: skip
