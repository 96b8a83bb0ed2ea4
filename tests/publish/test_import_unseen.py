"""Exports in words that nobody foresaw are asked about, and never taken for another thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from importing import Source

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(tmp_path)


def proposed(source: Source, tmp_path: Path, question: str, answers: list[str]) -> tuple[str, str]:
    """Import answers to one question, each given three times, and return its role and why."""
    file = tmp_path / "answers.csv"
    rows = [f'R{n},2026-10-{1 + n % 28:02},"{answer}"' for n, answer in enumerate(answers * 3)]
    file.write_text("\n".join(["response_id,answered_at," + f'"{question}"', *rows, ""]), "utf-8")
    one = source.take(file, table="responses").proposals[-1]
    assert one.field.exported == question
    return one.role, one.why


@pytest.mark.parametrize(
    "words",
    [
        ["Sehr zufrieden", "Eher zufrieden", "Eher unzufrieden", "Sehr unzufrieden"],
        ["Très satisfait", "Plutôt satisfait", "Plutôt insatisfait", "Très insatisfait"],
        ["Very satisfied", "Satisfied", "Dissatisfied", "Very dissatisfied"],
    ],
)
def test_four_words_are_no_scale_of_five(source: Source, tmp_path: Path, words: list[str]) -> None:
    role, why = proposed(source, tmp_path, "Zufriedenheit, satisfaction", words)
    assert (role, "four steps" in why) == ("other", True)


def test_five_words_are(source: Source, tmp_path: Path) -> None:
    words = ["Sehr zufrieden", "Eher zufrieden", "Teils, teils", "Eher unzufrieden"]
    assert proposed(source, tmp_path, "Zufriedenheit", words)[0] == "csat"


@pytest.mark.parametrize(
    "question",
    [
        "Quel effort avez-vous dû fournir ?", "Quanto sforzo le è costato?",
        "How much effort did it take?", "Wie hoch war Ihr Aufwand?", "How dissatisfied are you?",
        "Quanto è insoddisfatto del servizio?", "Wie unzufrieden sind Sie?",
    ],
)  # fmt: skip
def test_of_effort_the_most_is_not_the_best(source: Source, tmp_path: Path, question: str) -> None:
    role, why = proposed(source, tmp_path, question, ["1", "2", "3", "4", "5", "6", "7"])
    assert (role, "the most the worst" in why) == ("other", True)


@pytest.mark.parametrize(
    ("question", "role"),
    [
        ("How satisfied or dissatisfied are you?", "csat"), ("ces", "ces"),
        ("The company made it easy: no effort for me", "ces"), ("Quanto è soddisfatto?", "csat"),
        ("Effortless: how easy was it?", "ease"),
    ],
)  # fmt: skip
def test_where_the_good_end_is_named_too_the_highest_is_best(
    source: Source, tmp_path: Path, question: str, role: str
) -> None:
    assert proposed(source, tmp_path, question, ["1", "2", "3", "4", "5", "6", "7"])[0] == role


def test_a_word_among_numbers_makes_them_no_group(source: Source, tmp_path: Path) -> None:
    answers = [*map(str, range(11)), "weiter nichts"]
    role, why = proposed(source, tmp_path, "Weiterempfehlung (0-10)", answers)
    assert (role, "numbers and words" in why) == ("other", True)


@pytest.mark.parametrize(
    "word", ["k.A.", "Weiß ich nicht", "Ne sait pas", "Nie dotyczy", "Trudno powiedzieć", "無回答"]
)
def test_no_answer_in_other_languages_is_no_answer(
    source: Source, tmp_path: Path, word: str
) -> None:
    answers = [*map(str, range(11)), word]
    assert proposed(source, tmp_path, "Weiterempfehlung (0-10)", answers)[0] == "nps"
    assert [*source.codebook.responses.columns["nps"].missing] == [word]
