"""In brief: the score has its interval before the word "signal", the difference after it."""

import pandas as pd
import pytest

from cxreport.show.blocks import Block
from cxreport.show.brief import sentences_in_brief
from cxreport.show.words import Words

ABOUT = {
    "period": {"name": "2026-10", "kind": "month"},
    "reference": {"name": "2026-09", "kind": "month"},
    "names": {},
    "labels": {},
}


SAID = {
    ("en", False): "; no signal against the period before (September 2026): "
    "+3.0 points (-8.0 to +14.0).",
    ("en", True): "; signal against the period before (September 2026): "
    "+3.0 points (-8.0 to +14.0).",
    ("it", False): "; nessun segnale rispetto al periodo precedente (settembre 2026): "
    "+3,0 punti (da -8,0 a +14,0).",
}


@pytest.mark.parametrize(("language", "signal"), SAID)
def test_the_difference_stands_beside_the_word(language: str, signal: bool) -> None:
    row = {"metric": "nps", "question": "nps", "n": 500, "estimate": 36.0, "low": 29.0}
    row |= {"high": 43.0, "n_reference": 480, "difference": 3.0, "difference_low": -8.0}
    board = pd.DataFrame([row | {"difference_high": 14.0, "p_value": 0.4, "signal": signal}])
    told = sentences_in_brief(Block("in_brief", board, ABOUT), Words(language))[0]
    assert told.endswith(SAID[language, signal])


@pytest.mark.parametrize(
    ("language", "alone", "several"),
    [
        ("en", "for the comparisons of the other", "for the 2 comparisons made here"),
        ("it", "dei confronti delle altre", "dei 2 confronti fatti qui"),
    ],
)
def test_one_comparison_is_not_called_several(language: str, alone: str, several: str) -> None:
    row = {"metric": "nps", "question": "nps", "n": 500, "estimate": 36.0, "low": 29.0}
    row |= {"high": 43.0, "n_reference": 480, "difference": 3.0, "difference_low": -8.0}
    board = pd.DataFrame([row | {"difference_high": 14.0, "p_value": 0.4, "signal": False}])
    for rows, words in ((board, alone), (pd.concat([board, board]), several)):
        assert words in sentences_in_brief(Block("in_brief", rows, ABOUT), Words(language))[-1]
