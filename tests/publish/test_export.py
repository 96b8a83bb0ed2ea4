"""A page holds the Markdown and the blocks of a notebook, escaped, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from nbformat import NotebookNode, v4

from cxreport.errors import CxError
from cxreport.publish.export import export_page, pieces_of
from cxreport.publish.gate import check_page
from cxreport.show.blocks import MIME

HOSTILE = "<img src=x onerror=alert(1)>\"'&{{ 7*7 }}{% raw %}</style></script><!--"
PROVENANCE: dict[str, Any] = {
    "commit": None,
    "clean": False,
    "notebook": "monthly.ipynb",
    "parameters": {"source": "shops"},
    "codebook_sha256": "ab12",
    "data": {"answers.csv": "cd34"},
    "libraries": {"python": "3.11"},
}
BOTH = dict[str, str]


def both(text: str) -> BOTH:
    return {"en": text, "it": text}


def header(**other: object) -> dict[str, Any]:
    parameters = {
        "names": {},
        "labels": {},
        "period": {"name": "2026-10", "kind": "month"},
        "reference": None,
        "title": "monthly",
        "first": "2026-10-01",
        "last": "2026-10-31",
        "source": {"en": "Shops", "it": "Negozi"},
        "terms": both("invented"),
        "filters": {},
        "observed_until": "2026-10-31",
        "synthetic": False,
    }
    return {"kind": "header", "parameters": parameters | other}


def shown(*payloads: object) -> NotebookNode:
    outputs = [v4.new_output("display_data", {MIME: payload}) for payload in payloads]
    return v4.new_code_cell("secret_code()", outputs=outputs, metadata={"cxreport": {"number": 7}})


def text(source: str, *tags: str) -> NotebookNode:
    return v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def write(*cells: NotebookNode, language: str = "en", provenance: object = None) -> str:
    notebook = v4.new_notebook(cells=[shown(header()), *cells])
    given = PROVENANCE if provenance is None else provenance
    return export_page(notebook, language, given)  # type: ignore[arg-type]


def main_of(page: str) -> str:
    return page.partition("<main ")[2].partition("</main>")[0]


def test_one_notebook_gives_each_language_its_page() -> None:
    cells = [text("only in English", "en"), text("solo in italiano", "it"), text("in both")]
    english, italian = write(*cells), write(*cells, language="it")
    assert "only in English" in english
    assert "solo in italiano" not in english
    assert "solo in italiano" in italian
    assert "only in English" not in italian
    assert "in both" in english
    assert "in both" in italian
    assert '<html lang="it">' in italian
    assert "<title>Customer experience report – October 2026 – Shops</title>" in english


def test_a_report_may_have_a_title_of_its_own() -> None:
    own = v4.new_notebook(cells=[shown(header(title={"en": "My title", "it": "Il mio"}))])
    english, italian = (export_page(own, name, PROVENANCE) for name in ("en", "it"))
    assert "<h1>My title</h1>" in english
    assert "<title>Il mio – ottobre 2026 – Negozi</title>" in italian
    assert check_page(english) == []


def test_a_text_tagged_with_both_languages_stands_in_both() -> None:
    cell = text("in both", "it", "en", "keep_output")
    assert "in both" in write(cell)
    assert "in both" in write(cell, language="it")


def test_nothing_but_blocks_and_markdown_reaches_the_page() -> None:
    outputs = [
        v4.new_output("stream", name="stdout", text="printed"),
        v4.new_output("execute_result", {"text/plain": "a value", "text/html": "<b>a value</b>"}),
        v4.new_output("display_data", {"image/png": "aGVsbG8=", "image/svg+xml": "<svg/>"}),
        v4.new_output("display_data", {MIME: {"kind": "end"}}),
        v4.new_output("error", ename="Oops", evalue="failed", traceback=["trace"]),
    ]
    cell = v4.new_code_cell("secret_code()", outputs=outputs)
    raw = v4.new_raw_cell("<p>raw cell</p>")
    assert main_of(write(cell, raw)).split() == main_of(write()).split()
    assert "secret_code" not in write(cell)


@pytest.mark.parametrize(
    "source",
    [HOSTILE, f"## {HOSTILE}", f"- {HOSTILE}", f"`{HOSTILE}`", f"[{HOSTILE}](https://x.example)"],
)
def test_raw_html_in_markdown_stays_text(source: str) -> None:
    page = write(text(source))
    assert "<img" not in page
    assert page.count("</style>") == 1
    assert "<!--" not in page
    assert "{{ 7*7 }}" in page
    assert check_page(page) == []


def test_hostile_names_stay_text_wherever_they_come_from() -> None:
    block = header(
        source=both(HOSTILE),
        terms=both(HOSTILE),
        filters={"shop": [HOSTILE], HOSTILE: ["1"]},
        names={"shop": both(HOSTILE)},
    )
    provenance = PROVENANCE | {
        "commit": HOSTILE,
        "notebook": HOSTILE,
        "parameters": {HOSTILE: HOSTILE},
        "data": {HOSTILE: HOSTILE},
    }
    page = export_page(v4.new_notebook(cells=[shown(block)]), "it", provenance)
    assert "<img" not in page
    assert page.count("</style>") == 1
    assert "<!--" not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") >= 12
    assert check_page(page) == []


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "vbscript:x"]
)
def test_an_address_that_would_run_is_taken_out_and_the_page_refused(address: str) -> None:
    page = write(text(f"[a]({address}) <{address}>\n\n[b]\n\n[b]: {address}"))
    assert f'="{address.lower()}' not in page.lower()
    assert "nothing is called 'harmful-link'" in check_page(page)


def test_the_policy_holds_the_hash_of_the_one_style() -> None:
    page = write()
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in page
    assert page.index("Content-Security-Policy") < page.index("<style>")


def test_the_contents_lead_to_the_sections_of_their_language() -> None:
    cells = [text("## One *more*", "en"), text("## Uno", "it"), text("### deeper"), text("## Two")]
    page = write(*cells)
    contents = page.partition("<nav")[2].partition("</nav>")[0]
    assert re.findall(r'<a href="#(.+?)">(.+?)</a>', contents) == [
        ("section-1", "One more"),
        ("section-2", "Two"),
    ]
    assert '<h2 id="section-2">Two</h2>' in page
    assert check_page(page) == []


class Balance(HTMLParser):
    """Count what is opened and never closed, or closed and never opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "br", "hr", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def test_every_element_is_closed() -> None:
    balance = Balance()
    balance.feed(write(text("## One\n\n- a\n- b\n\n> *c* `d`\n\n1. e")))
    assert (balance.wrong, balance.open) == ([], [])


def test_the_foot_says_what_made_the_page() -> None:
    page = write(provenance=PROVENANCE | {"commit": "c0ffee", "clean": True})
    foot = page.partition("<footer>")[2]
    for fact in ("c0ffee", "monthly.ipynb", "shops", "ab12", "answers.csv", "cd34", "python 3.11"):
        assert fact in foot
    assert "not under version control" in write()


@pytest.mark.parametrize(
    ("payload", "cause"),
    [
        ({"kind": "tabel"}, "no such kind of block"),
        ({"kind": "note", "parameters": {"topic": "survey", "key": "no.such"}}, "no such text"),
        ({"kind": "note"}, "a block lacks something"),
        ({"kind": "note", "more": 1}, "an output is not a block"),
        ({"kind": "table", "frame": {"columns": ["a"], "rows": [[1, 2]]}}, "is not a block"),
        (["no", "block"], "an output is not a block"),
    ],
)
def test_a_block_that_cannot_be_shown_names_its_cell(payload: object, cause: str) -> None:
    with pytest.raises(CxError, match=cause) as caught:
        write(shown(payload))
    assert caught.value.parts["where"].startswith("cell 7")


def test_a_table_in_markdown_is_refused_by_the_gate() -> None:
    page = write(text("| a | b |\n|---|---|\n| 1 | 2 |"))
    assert "a table without a caption" in check_page(page)


NOTE = {"kind": "note", "parameters": {"topic": "linkage", "key": "missing.people_told"}}
OTHER = {"kind": "note", "parameters": {"topic": "retention", "key": "missing.orders"}}
SAID = {
    "kind": "sentences",
    "parameters": {"topic": "survey", "sentences": [{"key": "method.gap", "values": {}}]},
}


def test_sections_without_data_are_one_list_at_the_end() -> None:
    few = {"topic": "show", "key": "missing_section.few", "n": 10}
    late = {"topic": "show", "key": "missing_section.not_known"}
    late |= {"table": "orders", "day": "2026-10-07"}
    nothing = {"kind": "several", "parameters": {"blocks": []}}
    page = write(
        text("## Word of mouth\n\nWho tells whom."), shown(NOTE), shown(nothing),
        text("## Do they come back?"), shown(OTHER), text("### Why"), shown(OTHER),
        text("## Shops"), shown({"kind": "note", "parameters": few}),
        text("## Data"), shown(SAID), text("### Weights"), shown(NOTE),
        text("## Value"), shown({"kind": "note", "parameters": late}),
        text("## Half"), shown(NOTE), text("### The rest"), shown(SAID),
    )  # fmt: skip
    assert re.findall(r"<h2 id=\S+>(.*?)</h2>", page) == [
        "Data", "Half", "What these data do not tell",
    ]  # fmt: skip
    assert re.findall(r"<h3>(.*?)</h3>", page) == ["The rest"]
    items = re.findall(r"<li><strong>(.*?)</strong> (.*?)</li>", page)
    names = ["Word of mouth", "Do they come back?", "Shops", "Weights", "Value", "Half"]
    assert [name for name, _ in items] == names
    assert [why.count(": ") for _, why in items][:2] == [1, 1]  # each note once
    assert "fewer than 10 people" in items[2][1]
    assert "October 7, 2026" in items[4][1]
    assert "Who tells whom." not in page
    assert check_page(page) == []


def test_what_is_missing_beside_something_else_is_said_at_the_end_too() -> None:
    few = {"kind": "note", "parameters": {"topic": "show", "key": "missing_section.few", "n": 10}}
    page = write(text("## Value"), shown(SAID), shown(OTHER), text("## Shops"), shown(SAID, few))
    assert re.findall(r"<li><strong>(.*?)</strong>", page) == ["Value"]
    (note,) = re.findall('<p class="note">(.*?)</p>', page)  # what is hidden, where it would stand
    assert note.startswith("Not all is shown here: numbers about fewer than 10 people")


def chart_of() -> dict[str, Any]:
    rows: dict[str, Any] = {"columns": ["period", "n", "estimate", "low", "high"]}
    rows["rows"] = [["2026-09", 9, 1, 0, 3], ["2026-10", 9, 2, 1, 4]]
    columns = [{"name": "n", "how": "count", "heading": "n"}]
    about = {"topic": "survey", "caption": "scoreboard_alone", "columns": columns, "how": "1"}
    about |= {"names": {}, "labels": {}, "period": {"name": "2026-10", "kind": "month"}}
    about |= {"label": {"name": "period", "how": "short"}, "x": "axis.score", "metric": "nps"}
    return {"kind": "intervals", "frame": rows, "parameters": about}


def test_sections_of_one_picture_share_a_row_and_a_lone_one_has_it_to_itself() -> None:
    def one() -> NotebookNode:
        return shown(SAID, chart_of())

    def two() -> NotebookNode:
        return shown(chart_of(), chart_of())

    page = write(
        text("## A"), one(), text("## B"), one(), text("## C"), one(), text("## D"), two(),
        text("## E", "fold"), two(), text("## F"), one(),
    )  # fmt: skip
    assert re.findall('<section class="(grid.*?)">', main_of(page)) == [
        "grid single half", "grid single half", "grid single", "grid", "grid single half",
        "grid single half",
    ]  # fmt: skip


def test_a_section_with_an_open_fold_shares_no_row() -> None:
    page = write(
        text("## A"), shown(chart_of()), text("## B"), text("### Deeper", "fold"), shown(SAID),
        text("## C"), shown(chart_of()),
    )  # fmt: skip
    assert main_of(page).count(" open>") == 1  # nothing else stands in B
    assert re.findall('<section class="(grid.*?)">', main_of(page)) == [
        "grid single", "grid", "grid single",
    ]  # fmt: skip


def test_a_heading_tagged_so_hides_its_section_until_somebody_opens_it() -> None:
    page = write(
        text("## One"), shown(SAID), text("### Deeper\n\nHidden.", "fold"), text("Hidden, too."),
        text("## Two", "fold"), shown(SAID), text("### Below", "fold"), text("Last."),
        text("## Three"), text("### Alone", "fold"), shown(header()),
    )  # fmt: skip
    main = main_of(page)
    assert main.index("a gap is") < main.index("<details")
    folds = re.findall(
        r'<details class="section"( open)?>\s*<summary>\s*<h(\d)[^>]*>(.*?)</h', main
    )
    assert folds == [
        ("", "3", "Deeper"),
        ("", "2", "Two"),
        ("", "3", "Below"),
        (" open", "3", "Alone"),
    ]
    inside = [fold.partition("</details>")[0] for fold in main.split("<details")[1:]]
    assert "Hidden." in inside[0]
    assert "Hidden, too." in inside[0]
    assert "Two" not in inside[0]
    assert '<a href="#section-2">Two</a>' in page
    assert check_page(page) == []


def board_of(columns: int) -> dict[str, Any]:
    named = [{"name": f"n{n}", "how": "count", "heading": "n"} for n in range(columns)]
    rows = {"columns": [f"n{n}" for n in range(columns)], "rows": [[7] * columns]}
    about = {"topic": "survey", "caption": "scoreboard_alone", "columns": named}
    about |= {"names": {}, "labels": {}, "period": {"name": "2026-10", "kind": "month"}}
    return {"kind": "table", "frame": rows, "parameters": about}


def sentences_of(n: int) -> dict[str, Any]:
    said = [{"key": "method.gap", "values": {}}] * n
    return {"kind": "sentences", "parameters": {"topic": "survey", "sentences": said}}


@pytest.mark.parametrize(
    ("payloads", "folds"),
    [
        ([sentences_of(2)], []),
        ([sentences_of(5)], ["More"]),
        ([board_of(6)], []),
        ([board_of(7)], ["Scores of October 2026"]),
        ([sentences_of(1), board_of(2)], ["Scores of October 2026"]),
        ([sentences_of(2), board_of(2)], ["More", "Scores of October 2026"]),
        ([sentences_of(2), NOTE], []),
    ],
)
def test_a_brief_page_shows_the_first_sentences_and_folds_what_tables_say_again(
    payloads: list[object], folds: list[str]
) -> None:
    several = {"kind": "several", "parameters": {"blocks": payloads}}
    cells = [shown(header()), text("## One"), shown(several)]
    summaries = r"<summary>(.*?)</summary>"
    page = export_page(v4.new_notebook(cells=cells, metadata={"brief": True}), "en", PROVENANCE)
    assert re.findall(summaries, main_of(page)) == folds
    whole = export_page(v4.new_notebook(cells=cells), "en", PROVENANCE)
    assert re.findall(summaries, main_of(whole)) == []
    assert len(re.findall("<li>|<td", main_of(page))) == len(re.findall("<li>|<td", main_of(whole)))
    assert check_page(page) == []


def test_the_method_stands_on_a_page_of_its_own() -> None:
    method = shown(sentences_of(1))
    method.metadata["tags"] = ["method"]
    notebook = v4.new_notebook(cells=[shown(header()), text("## One"), method])
    page, apart = (export_page(notebook, "en", PROVENANCE, method=m) for m in (False, True))
    assert "A gap" not in page
    assert "a gap is never a zero" in apart
    assert "One" not in main_of(apart)
    assert '<a href="method.en.html">' in page
    assert '<a href="en.html">' in apart
    assert "<h1>How this report is made</h1>" in apart
    assert "Customer experience report – October 2026 – Shops</title>" in apart
    assert check_page(page) == check_page(apart) == []
    assert pieces_of(v4.new_notebook(cells=[shown(header())]), "en", method=True) == []
    assert "method.en.html" not in write()
