"""Both languages say the same things; numbers and dates are theirs, never the machine's."""

from __future__ import annotations

import datetime as dt
import math
import os
import subprocess
import sys

import pandas as pd
import pytest

from cxreport.errors import CxError
from cxreport.inputs.contracts import CATALOGUE
from cxreport.inputs.meaning import LANGUAGES
from cxreport.inputs.personal_data import IN_TEXT
from cxreport.inputs.redaction import redact
from cxreport.show.formats import Reader
from cxreport.show.texts import SHARED, texts_of
from cxreport.show.words import Words

EN, IT = Words("en"), Words("it")
MINUS = "-"


def test_every_problem_of_the_data_is_told_in_both_languages() -> None:
    assert len(CATALOGUE) > 10
    for name, entry in CATALOGUE.items():
        assert entry["severity"] in {"error", "note"}, name
        for language in LANGUAGES:
            what, what_to_do = entry[language]
            assert what.strip(), name
            assert what_to_do.strip(), name
        assert entry["en"] != entry["it"], name


def answers(language: str, n: int, before: int) -> str:
    """Say how many answers there are: a text of two forms."""
    return Reader(language, "survey").text("method.answers", {"n": n, "before": before})


def test_the_plural_is_the_language_s_own() -> None:
    assert "answers" not in answers("en", 1, 5).partition(";")[0]
    assert answers("en", 0, 5).startswith("0 answers")
    assert answers("en", 2, 5).startswith("2 answers")
    assert answers("it", 2, 5).startswith("2 risposte")


@pytest.mark.parametrize(
    ("pays", "written"),
    [
        (85.0, "nell'85%"),  # ottantacinque
        (8.2, "nell'8%"),
        (11.0, "nell'11%"),  # undici
        (18.0, "nel 18%"),  # diciotto
        (100.0, "nel 100%"),
    ],
)
def test_an_italian_article_fits_its_figure(
    pays: float, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof = {"it": "conviene nel {pays:0}% dei casi"}
    monkeypatch.setitem(texts_of(SHARED), "proof", proof)
    assert IT.text("proof", pays=pays) == f"conviene {written} dei casi"
    monkeypatch.setitem(proof, "it", "I {n} clienti, dal {first}")
    assert IT.text("proof", n=8_000, first=dt.date(2026, 3, 11)).startswith("Gli 8.000 clienti")
    assert IT.text("proof", n=1_108, first=dt.date(2026, 3, 11)).startswith("I 1.108 clienti")
    assert IT.text("proof", n=1, first=dt.date(2026, 3, 11)).endswith("dall'11 marzo 2026")
    assert IT.text("proof", n=110, first=dt.date(2026, 3, 1)) == "I 110 clienti, dal 1 marzo 2026"


def test_a_million_answers_can_be_said_in_italian() -> None:
    # Italian has a plural of its own for whole millions ("1.000.000 di ...")
    assert answers("it", 1_000_000, 0).startswith("1.000.000 ")


@pytest.mark.parametrize(
    ("key", "values", "problem"),
    [
        ("no.such", {}, "no such text"),
        ("value", {}, "no such text"),
        ("value.none.more", {}, "no such text"),
        ("duration.whole_hours", {}, "a text asks for a value"),
        ("value.range", {"low": 1}, "a text asks for a value"),
    ],
)
def test_a_text_that_cannot_be_written_is_an_error(
    key: str, values: dict[str, object], problem: str
) -> None:
    with pytest.raises(CxError, match=problem):
        EN.text(key, **values)


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(CxError, match="no such language"):
        Words("fr").text("value.none")


def test_values_are_never_taken_for_patterns() -> None:
    assert EN.text("value.range", low="{high}", high="{0.__class__}") == "{high} to {0.__class__}"


@pytest.mark.parametrize(
    ("value", "decimals", "english", "italian"),
    [
        (1234567.891, 1, "1,234,567.9", "1.234.567,9"),
        (0.04, 1, "0.0", "0,0"),
        (-0.04, 1, "0.0", "0,0"),  # no minus before a zero
        (-39.84, 1, f"{MINUS}39.8", f"{MINUS}39,8"),
        (2746, 0, "2,746", "2.746"),
        (1.445, 2, "1.45", "1,45"),
        (math.nan, 1, "–", "–"),
        (math.inf, 0, "–", "–"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(
    value: float, decimals: int, english: str, italian: str
) -> None:
    assert (EN.number(value, decimals), IT.number(value, decimals)) == (english, italian)


def test_estimates_carry_their_unit_and_differences_their_sign() -> None:
    def score(value: float, metric: str) -> str:
        return Reader("it").write(value, "score", {"metric": metric})

    assert [score(82.07, m) for m in ("csat", "ces", "all_three")] == ["82,1%"] * 3
    assert [score(39.84, m) for m in ("nps", "needs", "index")] == ["39,8"] * 3
    assert score(math.nan, "csat") == "–"
    assert EN.signed(2.31).startswith("+2.3")
    assert EN.signed(0.04).startswith("+0.04")  # a low end of 0.04 leaves out zero
    assert EN.signed(0.0) == EN.signed(1e-12) == "0.0"
    assert EN.signed(-2.31).startswith(f"{MINUS}2.3")
    assert EN.signed(math.nan) == "–"


@pytest.mark.parametrize(
    ("name", "kind", "short", "english", "italian"),
    [
        ("2026-10", "month", False, "October 2026", "ottobre 2026"),
        ("2026-10", "month", True, "Oct 2026", "ott 2026"),
        ("2026-Q3", "quarter", False, "Q3 2026", "3º trimestre 2026"),
        ("2026-Q3", "quarter", True, "2026-Q3", "2026-Q3"),
        ("2026", "year", False, "2026", "2026"),
        ("Wave <3>", "wave", False, "Wave <3>", "Wave <3>"),
    ],
)
def test_periods_are_named_in_the_language(
    name: str, kind: str, short: bool, english: str, italian: str
) -> None:
    found = tuple(words.period(name, kind, short=short) for words in (EN, IT))
    assert found == (english, italian)


@pytest.mark.parametrize(
    ("value", "english", "italian"),
    [
        (True, "yes", "sì"),
        (False, "no", "no"),
        (None, "–", "–"),
        (1234, "1,234", "1.234"),
        (0.25, "0.2", "0,2"),
        (dt.date(2026, 10, 31), "October 31, 2026", "31 ottobre 2026"),
        ("1234", "1234", "1234"),
    ],
)
def test_whatever_a_frame_holds_is_written(value: object, english: str, italian: str) -> None:
    assert (EN.value(value), IT.value(value)) == (english, italian)


WRITTEN = """
import datetime, locale
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass
from cxreport.show.words import Words
for words in (Words("en"), Words("it")):
    day = words.day(datetime.date(2026, 3, 1))
    print(words.number(1234.5), day, words.period("2026-03", "month"))
"""


@pytest.mark.parametrize("machine", ["C", "it_IT.UTF-8", "en_US.UTF-8"])
def test_the_machine_s_own_language_changes_nothing(machine: str) -> None:
    names = dict.fromkeys(["LC_ALL", "LANG", "LANGUAGE", "LC_NUMERIC", "LC_TIME"], machine)
    said = subprocess.run(
        [sys.executable, "-c", WRITTEN],
        env=os.environ | names | {"PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "1,234.5 March 1, 2026 March 2026\n1.234,5 1 marzo 2026 marzo 2026\n"


def test_what_was_taken_out_of_a_comment_is_named_in_the_readers_language() -> None:
    given = ["Sono Anna, 333 1234567", "a@example.org, IT60X0542811101000000123456", "va bene"]
    texts = redact(pd.Series([*given, "[order] 7"]), patterns={"ticket": "TK-[0-9]+"}).tolist()
    assert texts == ["Sono [name], [phone]", "[email], [IBAN]", "va bene", "[order] 7"]
    for language, wanted in (
        ("it", ["Sono [nome], [numero di telefono]", "[indirizzo e-mail], [IBAN]"]),
        ("en", ["Sono [name], [phone number]", "[e-mail address], [IBAN]"]),
    ):
        reader = Reader(language, "voice")
        assert [reader.write(text, "comment", {}) for text in texts] == [
            *wanted, "va bene", "[order] 7",
        ]  # fmt: skip


def test_every_kind_of_personal_data_has_a_name_for_the_reader() -> None:
    kinds = {kind.name for kind in IN_TEXT}
    assert {f"redacted.{kind}" for kind in kinds} <= set(texts_of(SHARED))
