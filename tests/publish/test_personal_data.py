"""The gate finds personal data by kind, and takes no measure, date or hash for them."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from threading import Thread
from typing import TYPE_CHECKING

import numpy as np
import pytest

from cxreport.inputs.codebook import Codebook, read_codebook
from cxreport.inputs.personal_data import kinds_in, without_persons
from cxreport.publish.elements import read_page
from cxreport.publish.personal_data import Ids, no_ids_of, no_personal_data

if TYPE_CHECKING:
    from collections.abc import Sequence

# published examples: ISO 13616 registry, card networks' test numbers, Agenzia delle Entrate's form
PERSONAL = {
    "write to anna.rossi+x@mail.example.it": "a mail address",
    "RSSMRA85T10A562S": "a tax code",
    "rssmra85t10a562s": "a tax code",
    "IT60 X054 2811 1010 0000 0123 456": "an IBAN",
    "DE89370400440532013000": "an IBAN",
    "IT60 X 05428 11101 000000123456": "an IBAN",
    "paid to IT60X0542811101000000123456 last week": "an IBAN",
    "GB29 NWBK 6016 1331 9268 19": "an IBAN",
    "4111 1111 1111 1111": "a payment card",
    "5555-5555-5555-4444": "a payment card",
    "378282246310005": "a payment card",
    "IT00743110157": "a VAT number",
    "00743110157": "a VAT number",
    "call +39 333 123 4567": "a phone number",
    "333 1234567": "a phone number",
    "3331234567": "a phone number",
    "06 69881234": "a phone number",
    "(212) 555-0123": "a phone number",
}
HARMLESS = [
    "1,234,567.8", "1.234.567,8", "2026-10-31", "31 ottobre 2026", "-3.5 (-12.9 to -0.4)",
    "20261031123045", "€ 12.345.678,90", "3.331234567", "1761955200", "RSSMRA85T10A562T",
    "IT61X0542811101000000123456", "4111 1111 1111 1112", "2024-2025", "10:30:15", "100%",
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), PERSONAL.items())
def test_each_kind_is_found(text: str, kind: str) -> None:
    assert kind in kinds_in(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_measures_and_dates_are_none(text: str) -> None:
    assert kinds_in(text) == []


@pytest.mark.parametrize(("text", "kind"), PERSONAL.items())
def test_a_log_shows_the_kind_and_nothing_of_the_person(text: str, kind: str) -> None:
    shown = without_persons(f"ValueError: '{text}' at line 12")
    assert f"[{kind}]" in shown
    assert kinds_in(shown) == []
    assert not {*re.findall(r"\d{3,}|anna|rossi|RSS", text)} & {*re.findall(r"\w+", shown)}


@pytest.mark.parametrize("text", HARMLESS)
def test_a_log_keeps_measures_and_dates(text: str) -> None:
    assert without_persons(text) == text


def test_false_alarms_on_hashes_and_amounts() -> None:
    generator = np.random.default_rng(1)
    hashes = [hashlib.sha256(str(i).encode()).hexdigest() for i in range(2000)]
    amounts = [f"{x:,.2f}" for x in generator.lognormal(8, 3, 2000)]
    counts = [f"{x:,}" for x in generator.integers(0, 10**9, 2000)]
    shown = [f"{a:.1f} ({b:.1f} to {c:.1f})" for a, b, c in generator.normal(0, 90, (2000, 3))]
    assert [t for t in [*hashes, *amounts, *counts, *shown] if kinds_in(t)] == []


def test_a_problem_names_kind_and_place_and_never_the_value() -> None:
    data = base64.b64encode(b"shop,n\nanna@example.org,3331234567\n").decode()
    page = read_page(
        "<!doctype html><h2>+39 333 123 4567</h2><table><tr><td>anna@example.org</td>"
        '<td class="n">3331234567</td></tr></table><svg><title>RSSMRA85T10A562S</title></svg>'
        f'<a download="data.csv" href="data:text/csv;base64,{data}">CSV</a>'
        '<a href="mailto:cx@example.org">cx@example.org</a>'
    )
    problems = no_personal_data(page)
    assert problems == [
        "a phone number in <h2> (element 2)",
        "a mail address in <td> (element 5)",
        "a tax code in <title> (element 8)",
        "a mail address in a download, row 2, column 1 (element 9)",
    ]


@pytest.mark.parametrize("word", ["x", "1", "x@", "x.", "AA11", "3 ", "+3", "0 ", "a@b."])
def test_a_page_of_one_long_word_is_read_in_a_moment(word: str) -> None:
    long, longer = (_seconds(word * times) for times in (20_000, 200_000))
    assert longer < 60 * max(long, 0.01)  # a hundred times where the time grows with the square


def _seconds(text: str) -> float:
    start = time.perf_counter()
    kinds_in(text)
    return time.perf_counter() - start


SOURCE = """
[source]
title = { en = "Shop", it = "Negozio" }
terms = { en = "invented", it = "inventati" }
[tables.responses]
files = "answers.csv"
columns.id = { role = "id" }
columns.day = { role = "date" }
columns.who = { role = "customer" }
columns.score = { role = "nps" }
columns.order_id = { role = "other" }
[tables.population]
files = "answers.csv"
columns.score = { role = "number" }
[tables.tickets]
files = "lost.csv"
columns.ticket_id = { role = "id" }
"""


@pytest.fixture(scope="module")
def codebook(tmp_path_factory: pytest.TempPathFactory) -> Codebook:
    folder = tmp_path_factory.mktemp("ids")
    rows = ["R_1kXz,2026-01-05,17850,9,A/1042", "2026-01,2026-01-05,marcovaldo-rossi,9,", "7,,9,9,"]
    (folder / "answers.csv").write_text("\n".join(["id,day,who,score,order_id", *rows]), "utf-8")
    (folder / "codebook.toml").write_text(SOURCE, "utf-8")
    return read_codebook(folder / "codebook.toml")


@pytest.mark.parametrize(
    ("html", "n"),
    [
        ("<p>customer 17850 wrote (R_1kXz)</p>", 2),
        ("<table><tr><td> A/1042 </td><td>marcovaldo-rossi</td></tr></table>", 2),
        ('<svg><title>R_1kXz</title><text>x</text></svg><p title="17850">x</p>', 2),
        (f'<a href="data:text/csv;base64,{base64.b64encode(b"id;R_1kXz").decode()}">x</a>', 1),
        ("<svg><title>x</title><text>17850</text></svg>", 0),  # on an axis
        ("<p>2026-01, 7 of 9 orders, 17,850 visits, R_1kXzz</p>", 0),
        ('<table><tr><td class="n">17850</td></tr></table>', 0),  # a measure
    ],
)
def test_an_id_of_the_source_is_found_wherever_it_stands(
    codebook: Codebook, html: str, n: int
) -> None:
    found = no_ids_of(Ids(codebook), read_page(html))
    assert [problem.partition(",")[0] for problem in found] == (
        [f"{n} ids of the source stand on the page"] if n else []
    )
    assert not re.search("17850|R_1kXz|A/1042", str(found))


def test_a_word_is_looked_up_once_for_all_files_of_a_report(
    codebook: Codebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def among(_codebook: Codebook, words: Sequence[str]) -> list[str]:
        asked.extend(words)
        return [word for word in words if word == "R_1kXz"]

    monkeypatch.setattr("cxreport.publish.personal_data.ids_among", among)
    ids, page = Ids(codebook), read_page("<p>visit A/1042 of R_1kXz</p>")
    first = no_ids_of(ids, page)
    assert no_ids_of(ids, page) == first != []
    assert no_ids_of(ids, read_page("<p>R_1kXz again 17850</p>")) == first
    assert len(asked) == len({*asked})


def test_pages_that_are_made_side_by_side_do_not_wait_for_ever(codebook: Codebook) -> None:
    page = read_page("<p>customer 17850 wrote (R_1kXz)</p>")
    found: list[str] = []
    threads = [
        Thread(target=lambda: [found.extend(no_ids_of(Ids(codebook), page)) for _ in range(15)],
               daemon=True)
        for _ in range(4)
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)
    assert len(found) == 60


def test_the_brand_s_own_numbers_may_stand_on_a_page() -> None:
    page = read_page("<p>Call 800 5551234 or +39 333 123 4567, or write to info@example.org</p>")
    assert len(no_personal_data(page)) == 2
    assert no_personal_data(page, ["info@example.org"]) == ["a phone number in <p> (element 1)"]
    assert no_personal_data(page, ["info@example.org", "333 1234567"]) == []
