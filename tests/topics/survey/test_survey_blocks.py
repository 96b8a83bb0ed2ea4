"""In brief: the score has its interval before the word "signal", the difference after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sources import SHOP

import cxreport as cx
from cxreport.inputs.survey import Survey, open_survey
from cxreport.show.written import reader_of, sentences_of

if TYPE_CHECKING:
    from pathlib import Path

SAID = {
    ("en", False): "; steady against the period before (September 2026): "
    "+3.0 points (-8.0 to +14.0), no more than chance would make.",
    ("en", True): "; better than in the period before (September 2026): "
    "+3.0 points (-8.0 to +14.0), a signal.",
    ("it", False): "; stabile rispetto al periodo precedente (settembre 2026): "
    "+3,0 punti (da -8,0 a +14,0), non più di quanto farebbe il caso.",
}


@pytest.fixture
def survey(tmp_path: Path) -> Survey:
    (tmp_path / "codebook.toml").write_text(SHOP, "utf-8")
    rows = "1,2026-09-01,9\n2,2026-10-01,9\n"
    (tmp_path / "responses.csv").write_text(f"response_id,answered_at,nps\n{rows}", "utf-8")
    return open_survey(tmp_path / "codebook.toml")


@pytest.mark.parametrize(("language", "signal"), SAID)
def test_the_difference_stands_beside_the_word(
    survey: Survey, language: str, *, signal: bool
) -> None:
    row = {"metric": "nps", "question": "nps", "n": 500, "estimate": 36.0, "low": 29.0}
    row |= {"high": 43.0, "n_reference": 480, "difference": 3.0, "difference_low": -8.0}
    board = pd.DataFrame([row | {"difference_high": 14.0, "p_value": 0.4, "signal": signal}])
    block = cx.survey.in_brief(board, survey)
    first = sentences_of(block, reader_of(block, language))[0]
    assert first.endswith(SAID[language, signal])


@pytest.mark.parametrize(
    ("language", "alone", "several"),
    [
        ("en", "for the comparisons of the other", "for the 2 comparisons made here"),
        ("it", "dei confronti delle altre", "dei 2 confronti fatti qui"),
    ],
)
def test_one_comparison_is_not_called_several(
    survey: Survey, language: str, alone: str, several: str
) -> None:
    row = {"metric": "nps", "question": "nps", "n": 500, "estimate": 36.0, "low": 29.0}
    row |= {"high": 43.0, "n_reference": 480, "difference": 3.0, "difference_low": -8.0}
    board = pd.DataFrame([row | {"difference_high": 14.0, "p_value": 0.4, "signal": False}])
    for rows, words in ((board, alone), (pd.concat([board, board]), several)):
        block = cx.survey.in_brief(rows, survey)
        assert words in sentences_of(block, reader_of(block, language))[-1]
