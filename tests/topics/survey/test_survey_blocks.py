"""In brief: the score has its interval before the word "signal", the difference after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sources import SHOP

import cxreport as cx
from cxreport.inputs.company import Company
from cxreport.inputs.survey import Survey, open_survey
from cxreport.show.render import render
from cxreport.show.written import reader_of, sentences_of

if TYPE_CHECKING:
    from pathlib import Path

VERSIONS = 'nps = { role = "nps", versions = [{ until = 2026-01-31 }] }'
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


def shop_of_years(folder: Path, n_then: int, codebook: str = SHOP) -> Survey:
    """Open a shop with NPS 100 in October 2025, from so many answers, and 0 a year later."""
    months = {"2025-10": [10] * n_then, "2026-09": [0, 10] * 10, "2026-10": [0, 10] * 10}
    days = [
        (f"{month}-{k % 28 + 1:02d}", v)
        for month, values in months.items()
        for k, v in enumerate(values)
    ]
    answers = pd.DataFrame(days, columns=["answered_at", "nps"])
    answers["response_id"] = [f"r{k}" for k in range(len(answers))]
    (folder / "codebook.toml").write_text(codebook, "utf-8")
    return open_survey(folder / "codebook.toml", period="2026-10", tables={"responses": answers})


def board_of_years(survey: Survey) -> dict[str, object]:
    scores = cx.scoreboard(survey.current, survey.previous, survey.scored)
    history = cx.score_history(survey.responses, survey.scored, survey.history)
    block = cx.survey.board(scores, survey, history)
    headings = {"en": "A year before", "it": "Un anno prima"}
    is_there = block.frame["n_year"].notna().any()  # an empty column is not shown
    for language, heading in headings.items():
        assert (heading in str(render(block, language, prefix="b"))) == is_there
    return block.frame[["n_year", "estimate_year"]].iloc[0].to_dict()


def test_the_same_month_of_last_year_stands_in_the_board(tmp_path: Path) -> None:
    assert board_of_years(shop_of_years(tmp_path, 25)) == {"n_year": 25, "estimate_year": 100}


@pytest.mark.parametrize(
    ("n_then", "codebook"), [(9, SHOP), (25, SHOP.replace('nps = { role = "nps" }', VERSIONS))]
)
def test_few_or_other_words_of_last_year_show_no_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_then: int, codebook: str
) -> None:
    monkeypatch.setattr(Company, "minimum_group", 10)
    then = board_of_years(shop_of_years(tmp_path, n_then, codebook))
    assert pd.isna(then["n_year"])
    assert pd.isna(then["estimate_year"])


@pytest.mark.parametrize(
    ("declared", "shops", "english", "italian"),
    [
        (None, None, "declares no channel and no segment", "né canali né segmenti"),
        ('column = ""', None, "none was asked in this period", "non è stato rilevato nessuno"),
        ("", [""], "no answer of this period names its channel", "nessuna risposta indica"),
        ("", [f"s{n}" for n in range(13)], "more than 12 groups", "più di 12 gruppi"),
    ],
)
def test_no_break_down_for_one_reason(
    tmp_path: Path, declared: str | None, shops: list[str] | None, english: str, italian: str
) -> None:
    extra = ", ".join(filter(None, ['role = "segment"', declared]))
    codebook = SHOP if declared is None else f"{SHOP}shop = {{ {extra} }}\n"
    rows = pd.DataFrame({
        "response_id": [f"r{n}" for n in range(130)], "answered_at": "2026-10-05",
        "nps": [n % 11 for n in range(130)],
    })  # fmt: skip
    if shops:
        rows["shop"] = [shops[n % len(shops)] for n in range(130)]
    (tmp_path / "codebook.toml").write_text(codebook, "utf-8")
    rows.to_csv(tmp_path / "responses.csv", index=False)
    survey = cx.open_survey(tmp_path / "codebook.toml", period="2026-10")
    block = cx.survey.breakdown({}, pd.DataFrame(), survey)
    assert english in str(render(block, "en", prefix="b"))
    assert italian in str(render(block, "it", prefix="b"))
