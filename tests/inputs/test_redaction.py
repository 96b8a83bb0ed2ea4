"""Free text comes back without personal data, and else as it was, sign by sign."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from planted import BEFORE_IT, WRITTEN, one
from small_project import CODEBOOK
from sources import column_of, problems_of, write_source

from cxreport import open_survey
from cxreport.demo.text import PHRASES
from cxreport.errors import CxError
from cxreport.inputs.codebook import read_codebook
from cxreport.inputs.dataset import open_source
from cxreport.inputs.redaction import count_redactions, redact
from cxreport.inputs.source import run

DEMO = Path(__file__).parents[2] / "data/demo"
CLEAN = {
    "it": [
        "Ho pagato 1.234,56 euro per 3 articoli.", "Ordinato il 12/10/2026, qui il 15/10/2026.",
        "Ho atteso dalle 10:30 alle 12.15.", "Sono contenta, voto 9/10.", "Via mail nulla.",
        "Il corso di nuoto costa 49,90 euro.", "Sono Soddisfatto del vostro servizio.",
        "Ci sono Problemi con il codice 8001234567890.", "Sconto del 20% su 2.500 punti.",
        "Dal 2019 al 2026 mai un ritardo.", "In via Internet 24 ore su 24.", "L'art. 12 non vale?",
    ],
    "en": [
        "I paid £1,234.56 for 3 items.", "Ordered on 12/10/2026, here on 15/10/2026.",
        "I waited from 10:30 to 12:15.", "I am happy, 9/10.", "I am British and I'm Retired.",
        "The XR-2000 has 16 GB.", "Half past 9, 24/7 service.", "In 2024-2025 I had 9,000 points.",
        "Best of 3 shops, 100% sure.", "I'm Not sure about size 42/44.", "Tickets cost 19.99 each.",
    ],
}  # fmt: skip


def sentences(language: str) -> list[str]:
    """Return clean sentences: the demo's, and some full of numbers, days and capitals."""
    words = PHRASES[language].PHRASES.values()
    phrases = [p for topic in words for pair in topic.values() for part in pair for p in part]
    return [p.replace("{n}", "4") for p in phrases] + CLEAN[language] * 8


def test_every_identifier_is_taken_out_and_few_other_words() -> None:
    rng = np.random.default_rng(11)
    texts, secrets, cleans = [], [], []
    for number in range(6_500):
        kind = [*WRITTEN][number % len(WRITTEN)]
        parts = list(rng.choice(sentences(("it", "en")[number % 2]), 3))
        written = WRITTEN[kind](rng)
        place = int(rng.integers(0, 4))
        lead = one(rng, "", "", "Info: ", "(")
        closing = {"(": ")"}.get(lead, one(rng, ".", ",", "", " -"))
        texts.append(" ".join([*parts[:place], lead + written + closing, *parts[place:]]))
        secrets.append((kind, BEFORE_IT.sub("", written)))
        cleans.append(Counter(" ".join(parts).split()))
    cleaned = redact(pd.Series(texts))
    left = [
        (kind, secret, text)
        for (kind, secret), text in zip(secrets, cleaned, strict=True)
        if secret in text
        or any(
            part in text
            for part in re.findall(r"\d{4,}|[A-Z]{3,}\d+", secret)
            if "2026" not in part
        )
    ]
    assert left == []
    lost = [clean - Counter(text.split()) for clean, text in zip(cleans, cleaned, strict=True)]
    tokens = sum(clean.total() for clean in cleans)
    assert sum(each.total() for each in lost) <= tokens / 1000, sum(lost, Counter()).most_common(20)


def test_clean_sentences_come_back_the_same() -> None:
    rng = np.random.default_rng(12)
    texts = pd.Series(
        [" ".join(rng.choice(sentences(("it", "en")[n % 2]), 4)) for n in range(5_000)]
    )
    same = redact(texts) == texts
    assert texts[~same].tolist() == []


def test_the_demo_s_identifiers_are_all_taken_out_when_it_is_opened() -> None:
    raw = pd.read_parquet(DEMO / "verbatims.parquet")
    opened = open_source(DEMO / "codebook.toml", only=("verbatims",))
    rows = run(opened.tables["verbatims"].select("text_id", "text")).set_index("text_id")["text"]
    assert rows.index.tolist() == raw["text_id"].tolist()  # in their order
    counted = opened.redactions.set_index("kind")["n"].to_dict()
    # planted, as data/demo/README.md counts them; the links are those of HYPERLINK(...)
    assert counted == {"email": 120, "phone": 100, "IBAN": 40, "tax code": 40, "link": 4}
    planted = re.compile(r"@|\d{5}|\d{3} ?\d{4}|IT\d\d|[A-Z]{6}\d")
    assert rows[rows.str.contains(planted.pattern)].tolist() == []
    before, after = (" ".join(texts).split() for texts in (raw["text"], rows))
    lost = Counter(before) - Counter(after)
    personal = [t for t in lost.elements() if planted.search(t) or re.search(r"\d{2,}|https", t)]
    assert lost.total() - len(personal) <= len(before) / 1000


HOSTILE = {
    "": "",
    "👍🏽👩‍👩‍👧": "👍🏽👩‍👩‍👧",
    "<script>alert(1)</script>": "<script>alert(1)</script>",
    '=HYPERLINK("https://example.org/?q="&A1,"x")': '=HYPERLINK("[link]"&A1,"x")',
    "\u202eotset\u202c \u200f": "\u202eotset\u202c \u200f",
    "a\u200bb\u00ad c": "a\u200bb\u00ad c",
    "half \ud83d a sign": "half \ud83d a sign",
    "half \ud83d anna@example.org": "half \ud83d [email]",
    "\x00\x01\x02 ORD-1": "\x00\x01\x02 [order]",
    "&&&&amp;&#;&#x;&nosuch;": "&&&&amp;&#;&#x;&nosuch;",
    "[email] [name] [tax code]": "[email] [name] [tax code]",
    "{{ 7*7 }} \\1 \\g<0>": "{{ 7*7 }} \\1 \\g<0>",
}


@pytest.mark.parametrize(("text", "expected"), HOSTILE.items())
def test_hostile_text_does_no_harm(text: str, expected: str) -> None:
    assert (
        redact(pd.Series([text], dtype=object), patterns={"order": "ORD-[0-9]+"}).item() == expected
    )


def test_a_long_comment_is_read_and_its_person_is_taken_out() -> None:
    text = "parola, " * 12_500 + "anna@example.org"
    assert redact(pd.Series([text])).item() == "parola, " * 12_500 + "[email]"


def test_index_name_kind_and_missing_values_stay() -> None:
    for dtype in ("str", object, "category"):
        texts = pd.Series(
            ["a@b.it", None, "va bene"], index=[7, 7, "x"], name="comment", dtype=dtype
        )
        clean = redact(texts)
        assert clean.tolist()[0::2] == ["[email]", "va bene"]
        assert clean.isna().tolist() == [False, True, False]
        assert clean.index.tolist() == [7, 7, "x"]
        assert clean.name == "comment"
        assert texts.tolist()[0] == "a@b.it"
    assert redact(pd.Series([], dtype="str")).tolist() == []
    numbers = pd.Series([3331234567, 12, None], dtype=object)
    assert redact(numbers).tolist()[:2] == ["[phone]", 12]


def test_what_is_clean_already_does_not_change_again() -> None:
    texts = pd.Series(["mi chiamo Anna, a@b.it, via Roma 1", "Mr Smith 333 1234567 ORD-7"])
    once = redact(texts, patterns={"order": "ORD-[0-9]+"})
    assert redact(once, patterns={"order": "ORD-[0-9]+"}).tolist() == once.tolist()


def test_the_brand_s_own_numbers_stay() -> None:
    texts = pd.Series(["chiamato 800-123.456 e 800 654321", "INFO@acme.example o a@acme.example"])
    clean = redact(texts, keep=["+39 800 123456", "info@acme.example"])
    assert clean.tolist() == ["chiamato 800-123.456 e [phone]", "INFO@acme.example o [email]"]


def test_ids_are_found_by_the_codebook_s_patterns() -> None:
    texts = pd.Series(["ordini ORD-12 e ord-3331234567", "O\u200bRD-77 (T#9)", "RECORD"])
    clean = redact(texts, patterns={"order": "(?i)ORD-[0-9]+", "ticket": "T#[0-9]+"})
    assert clean.tolist() == ["ordini [order] e [order]", "[order] ([ticket])", "RECORD"]


@pytest.mark.parametrize("pattern", ["(", "a*", "", "(?<=x)y", r"(a)\1", "x" * 501, "a{2000}"])
def test_a_pattern_that_is_none_is_refused(pattern: str) -> None:
    with pytest.raises(CxError):
        redact(pd.Series(["x"]), patterns={"order": pattern})


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+b", "(.*a){20}b"])
def test_a_catastrophic_pattern_takes_no_time(pattern: str) -> None:
    start = time.perf_counter()
    redact(pd.Series(["a" * 5_000 + "!"]), patterns={"order": pattern})
    assert time.perf_counter() - start < 10  # for ever, where an engine goes back


def test_pieces_are_counted_by_kind() -> None:
    texts = pd.Series(["a@b.it o c@d.it", "a@b.it, 333 1234567", None, "bene"])
    counted = count_redactions(texts)
    assert counted.to_dict("list") == {"kind": ["email", "phone"], "n": [3, 1], "texts": [2, 1]}
    assert count_redactions(pd.Series(["bene"])).to_dict("list") == {
        "kind": [],
        "n": [],
        "texts": [],
    }


ROWS = (
    "id,day,score,comment",
    '1,2026-01-05,9,"sono Anna, 333 1234567"',
    "2,2026-01-06,8,perchÃ© Ã¨ lento",
    '3,2026-01-06,8,"perché è lento, ORD-12, chiamato 800 123456"',
    "4,2026-01-07,3,",
    "5,2026-01-07,3,va bene",
    '6,2026-01-08,3,"sono Anna, 333 1234567"',
)
SETTINGS = {
    "columns": {"comment": 'role = "comment"'},
    "source": 'keep = ["+39 800 123456"]\nid_patterns = { order = "ORD-[0-9]+" }',
}


def test_tables_are_opened_without_personal_data(tmp_path: Path) -> None:
    path = write_source(tmp_path, *ROWS, **SETTINGS)
    dataset = open_source(path)
    rows = run(dataset.tables["responses"])
    assert column_of(rows, "comment") == [
        "sono [name], [phone]", "perché è lento", "perché è lento, [order], chiamato 800 123456",
        None, "va bene", "sono [name], [phone]",
    ]  # fmt: skip
    assert column_of(rows, "id") == ["1", "2", "3", "4", "5", "6"]
    lines = dataset.redactions.sort_values("kind").to_numpy().tolist()
    assert lines == [
        ["responses", "comment", "name", 2, 2],
        ["responses", "comment", "order", 1, 1],
        ["responses", "comment", "phone", 2, 2],
    ]
    assert problems_of(path)["text-mended", "comment"]["n"] == 1


def test_frames_that_are_handed_in_are_read_the_same_way(tmp_path: Path) -> None:
    path = write_source(tmp_path, *ROWS, **SETTINGS)
    frame = pd.DataFrame(
        {
            "id": ["1"],
            "day": ["2026-01-05"],
            "score": ["9"],
            "comment": ["IT60X0542811101000000123456"],
        }
    )
    rows = run(open_source(path, tables={"responses": frame}).tables["responses"])
    assert column_of(rows, "comment") == ["[IBAN]"]


def test_text_of_tickets_and_verbatims_is_free_text_whatever_its_role(tmp_path: Path) -> None:
    more = """
[tables.tickets]
files = "tickets.csv"
columns.ticket_id = { role = "id" }
columns.created_at = { role = "date" }
columns.text = { role = "other" }
columns.team = { role = "other" }
"""
    lines = "ticket_id,created_at,text,team\n1,2026-01-05,sono Anna Rossi,Mr Smith\n"
    (tmp_path / "tickets.csv").write_text(lines, "utf-8")
    path = write_source(tmp_path, *ROWS, more=more)
    rows = run(open_source(path, only=("tickets",)).tables["tickets"])
    assert column_of(rows, "text") == ["sono [name]"]
    assert column_of(rows, "team") == ["Mr Smith"]  # a code, which reports break down by


def test_a_survey_says_what_was_taken_out(tmp_path: Path) -> None:
    (tmp_path / "codebook.toml").write_text(
        CODEBOOK + '[tables.responses.columns.comment]\nrole = "comment"\n', "utf-8"
    )
    lines = ["response_id,answered_at,nps,comment"]
    lines += [f"{n},2026-10-0{1 + n % 5},9,scrivete a p{n}@example.org" for n in range(20)]
    (tmp_path / "responses.csv").write_text("\n".join(lines), "utf-8")
    survey = open_survey(tmp_path / "codebook.toml", period="2026-10")
    assert survey.redactions.to_numpy().tolist() == [["responses", "comment", "email", 20, 20]]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('id_patterns = { order = "(" }', "this is no pattern"),
        ('id_patterns = { order = "x*" }', "finds an empty text"),
        ('id_patterns = { "Order[1]" = "x" }', "needed"),
        ('keep = ["12"]', "at least 5 letters and digits"),
    ],
)
def test_a_codebook_with_a_useless_setting_is_refused(
    tmp_path: Path, setting: str, said: str
) -> None:
    path = write_source(tmp_path, *ROWS, source=setting)
    with pytest.raises(CxError, match=re.escape(said)):
        read_codebook(path)
