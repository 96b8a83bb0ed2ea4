"""Nothing broken is published: what breaks each rule, what keeps it, and the ways around it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode, v4

from cxreport.publish.gate import check_notebook, check_page
from cxreport.show.blocks import MIME

STYLE = "body { margin: 0 }"
HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    f"style-src 'sha256-{HASH}'; img-src data:; base-uri 'none'; form-action 'none'\">"
)
PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
PICTURE = (
    '<svg viewBox="0 0 9 9" aria-labelledby="a-t"><title id="a-t">NPS by month</title>'
    '<defs><clipPath id="a-c"><rect width="9" height="9"/></clipPath></defs>'
    '<g clip-path="url(#a-c)"><path d="M0 0" fill="#0072b2" stroke="rgb(1, 2, 3)"/></g></svg>'
)
TABLE = (
    '<table><caption>Scores</caption><thead><tr><th scope="col">Score</th></tr></thead>'
    '<tbody><tr><th scope="row">NPS</th><td class="n">39.8</td></tr></tbody></table>'
)
HEADING = "<h1>Report</h1>"
LINK = '<a href="#one">One</a>'
GOOD = f"""<!doctype html>
<html lang="it"><head><meta charset="utf-8">{POLICY}<title>Report</title><style>{STYLE}</style>
</head><body>{HEADING}<h2 id="one">One</h2>{LINK}{PICTURE}{TABLE}<!--here--></body></html>
""".replace("<!--here-->", "<p>end</p>")


def page(old: str = "<p>end</p>", new: str = "") -> str:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


def found(html: str) -> str:
    return "; ".join(check_page(html))


def test_a_good_page_may_be_published() -> None:
    assert check_page(GOOD) == []


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        (page("<!doctype html>"), "doctype"),
        (page(' lang="it"'), "names no language"),
        (page('lang="it"', 'lang=""'), "names no language"),
        (page("<title>Report</title>"), "no title"),  # the picture has one: it does not count
        (page("<title>Report</title>", "<title> </title>"), "no title"),
        (page(HEADING), "0 main headings"),
        (page(HEADING, "<h1> </h1>"), "1 main headings, where one with words"),
        (page(HEADING, HEADING * 2), "2 main headings"),
    ],
)
def test_a_page_has_a_language_a_title_and_one_main_heading(html: str, problem: str) -> None:
    assert problem in found(html)


@pytest.mark.parametrize(
    "html",
    [
        page(POLICY),
        page("default-src 'none'", "default-src *"),
        page("; base-uri", "; script-src 'unsafe-inline'; base-uri"),
        page(HASH, HASH[::-1]),
        page(f"{POLICY}", "").replace("<body>", f"<body>{POLICY}"),  # ignored there by browsers
        page(POLICY, "").replace("</style>", f"</style>{POLICY}"),  # too late for the style
        page(POLICY, POLICY * 2),
        page(f"<style>{STYLE}</style>"),
        page("<p>end</p>", f"<style>{STYLE}</style>"),
        page(STYLE, "@import 'https://x.example/a.css'"),
        page(STYLE, "p { background: URL(https://x.example/a.png) }"),
        page(STYLE, r"p { background: u\72l(https://x.example/a.png) }"),
        page("</style>", "</style/><p>x</p></style>"),
    ],
)
def test_a_page_has_one_style_and_a_policy_that_refuses_all_else(html: str) -> None:
    assert re.search("no content policy that refuses all|style blocks, where one", found(html))


@pytest.mark.parametrize(
    "picture",
    [
        f'<img src="{PIXEL}">',
        f'<img src="{PIXEL}" alt="">',
        f'<img src="{PIXEL}" alt=" . ">',
        f'<img src="{PIXEL}" alt="No description has been provided for this image">',
        f'<img src="{PIXEL}" alt="NO  description&#32;has been provided">',
        f'<IMG SRC="{PIXEL}">',
        '<svg viewBox="0 0 9 9"></svg>',
        '<svg viewBox="0 0 9 9"><title> </title></svg>',
        '<svg viewBox="0 0 9 9"><title></title><title>second</title></svg>',
        '<svg viewBox="0 0 9 9"><g><title>of a part</title></g></svg>',
        '<svg viewBox="0 0 9 9" aria-hidden="true"><title>NPS</title></svg>',
    ],
)
def test_a_picture_without_alt_text_is_refused(picture: str) -> None:
    assert "a picture without alt text" in found(page(new=picture))


def test_a_picture_with_alt_text_passes() -> None:
    assert check_page(page(new=f'<img src="{PIXEL}" alt="NPS by month">')) == []


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        (page("<caption>Scores</caption>"), "without a caption"),
        (page("<caption>Scores</caption>", "<caption>\n</caption>"), "without a caption"),
        (page(' scope="col"'), "no scope"),
        (page(' scope="col"', ' scope="yes"'), "no scope"),
        (page(' scope="row"'), "no scope"),
        (page(new=f"<table><tr><th scope=row>a</th><td>{TABLE}</td></tr></table>"), "a caption"),
        (page(new="<table><caption>c</caption><tr><td>1</td></tr></table>"), "no scope"),
    ],
)
def test_a_table_without_caption_or_scopes_is_refused(html: str, problem: str) -> None:
    assert problem in found(html)


RUNS = [
    "<script>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<svg><title>t</title><script>alert(1)</script></svg>",
    "<!--><script>alert(1)</script>-->",
    "<!-- hidden -->",
    "<![CDATA[<p>]]>",
    "<?php ?>",
    '<p onclick="alert(1)">x</p>',
    "<p ONCLICK=alert(1)>x</p>",
    "<svg/onload=alert(1)><title>t</title></svg>",
    '<p style="color: red">x</p>',
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" JavaScript:alert(1)">x</a>',
    '<a href="java&#10;script:alert(1)">x</a>',
    '<a href="java&Tab;script:alert(1)">x</a>',
    '<a href="&#106;avascript&colon;alert(1)">x</a>',
    '<a href="&#1;javascript:alert(1)">x</a>',
    '<a href="vbscript:x">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="blob:null/x">x</a>',
    '<a href="file:///etc/passwd">x</a>',
    '<a href="javascript:alert(1)" href="#one">x</a>',
    '<svg><title>t</title><a xlink:href="javascript:alert(1)">x</a></svg>',
    '<svg><title>t</title><a href="javascript:alert(1)">x</a></svg>',
    '<svg><title>t</title><animate attributeName="href" to="javascript:alert(1)"/></svg>',
    "<svg><title>t</title><foreignObject><p>x</p></foreignObject></svg>",
    '<meta http-equiv="refresh" content="0;url=https://x.example">',
    '<meta HTTP-EQUIV="Refresh" content="0;url=https://x.example">',
    '<meta http-equiv="Set-Cookie" content="a=b">',
    '<base href="https://x.example/">',
    '<form action="https://x.example"><button>x</button></form>',
    '<iframe srcdoc="x"></iframe>',
    '<object data="x.swf"></object>',
    '<embed src="x.swf">',
    "<template><p>x</p></template>",
    "<noscript><p>x</p></noscript>",
    "<math><mi>x</mi></math>",
]
LOADS = [
    '<img src="https://x.example/a.png" alt="a">',
    "<IMG SRC=//x.example/a.png ALT=a>",
    "<img/src=https://x.example/a.png alt=a>",
    '<img src="a.png" alt="a">',
    f'<img src="{PIXEL}" srcset="https://x.example/a.png 2x" alt="a">',
    f'<img src="https://x.example/a.png" src="{PIXEL}" alt="a">',
    '<img src="data:image/svg+xml,<svg/>" alt="a">',
    '<link rel="stylesheet" href="https://x.example/a.css">',
    '<link rel="preconnect" href="https://x.example">',
    '<svg><title>t</title><use href="https://x.example/a.svg#b"/></svg>',
    '<svg><title>t</title><use xlink:href="https://x.example/a.svg#b"/></svg>',
    '<svg><title>t</title><image href="https://x.example/a.png"/></svg>',
    '<svg><title>t</title><path d="M0 0" fill="url(https://x.example/a.svg#b)"/></svg>',
    '<svg><title>t</title><path d="M0 0" fill="URL( \'//x.example/a.svg#b\' )"/></svg>',
    r'<svg><title>t</title><path d="M0 0" stroke="u\72l(https://x.example/a.svg#b)"/></svg>',
    '<svg><title>t</title><path d="M0 0" filter="url(https://x.example/a.svg#b)"/></svg>',
    '<svg><title>t</title><style>@import "https://x.example/a.css";</style></svg>',
    '<video poster="https://x.example/a.png"></video>',
    '<audio src="https://x.example/a.mp3"></audio>',
    '<picture><source srcset="https://x.example/a.png"></picture>',
    '<input type="image" src="https://x.example/a.png">',
    '<p background="https://x.example/a.png">x</p>',
    '<a href="#one" ping="https://x.example">x</a>',
]


@pytest.mark.parametrize("markup", RUNS)
def test_what_would_run_is_refused(markup: str) -> None:
    assert check_page(page(new=markup)) != []


@pytest.mark.parametrize("markup", LOADS)
def test_what_would_be_loaded_is_refused(markup: str) -> None:
    assert check_page(page(new=markup)) != []


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="https://x.example/a">a link that a reader may follow</a>',
        '<a href="mailto:cx@x.example">write</a>',
        '<a href="sfo/2017/en.html" hreflang="en">English</a>',
        '<a href="../2017:8.html">a name with a colon</a>',
        '<a download="data.csv" href="data:text/csv;charset=utf-8;base64,bg==">CSV</a>',
        "<p>javascript:alert(1) &lt;script&gt; onclick=</p>",
        '<p title="https://x.example/a.png">an address in words</p>',
        '<svg><title>t</title><g id="m"><path d="M0 0"/></g><use href="#m" fill="none"/></svg>',
    ],
)
def test_what_neither_runs_nor_loads_passes(markup: str) -> None:
    assert check_page(page(new=markup)) == []


@pytest.mark.parametrize(
    ("markup", "problem"),
    [
        ('<p id="one">x</p>', "'one' is given 2 times"),
        ('<a href="#two">x</a>', "nothing is called 'two'"),
        ('<svg aria-labelledby="no"><title>t</title></svg>', "nothing is called 'no'"),
        ('<svg><title>t</title><g clip-path="url(#no)"/></svg>', "nothing is called 'no'"),
    ],
)
def test_names_are_given_once_and_lead_somewhere(markup: str, problem: str) -> None:
    assert problem in found(page(new=markup))


@pytest.mark.parametrize(
    "text",
    [
        "file:///srv/data.csv",
        str(Path(__file__)),
        f"({sys.executable})",
        json.__file__,
        f"{tempfile.gettempdir()}/x",
        str(Path.cwd()),
        f"in {Path.home()}/x",
    ],
)
def test_a_path_of_the_machine_is_refused_wherever_it_stands(text: str) -> None:
    csv = base64.b64encode(f"file\n{text}\n".encode()).decode()
    for markup in [
        f"<p>{text}</p>",
        f'<p title="{text}">x</p>',
        f'<a download="x" href="data:text/csv;base64,{csv}">x</a>',
    ]:
        assert "a path of this machine" in found(page(new=markup)), markup


@pytest.mark.parametrize(
    "text",
    [
        "web/app",
        "10/11",
        "https://x.example/home/page",
        "and/or",
        "e/o",
        "home/x",
        "C: x",
        "/home/login",  # pages of a website
        "/Users/account",
        r"C:\Till",
    ],
)
def test_a_category_like_a_path_of_no_folder_here_passes(text: str) -> None:
    assert check_page(page(new=f"<p>{text}</p>")) == []


@pytest.mark.parametrize(
    "text", ["nan", "NaN%", "nan to nan", "None", "&lt;NA&gt;", "-inf", "NaT", " nan "]
)
def test_a_number_that_is_none_is_refused(text: str) -> None:
    html = page('<td class="n">39.8</td>', f'<td class="n shade1">{text}</td>')
    assert "a cell shows" in found(html)


@pytest.mark.parametrize("cell", ['<td class="n">–</td>', "<td>nan</td>", "<td>None</td>"])
def test_a_dash_or_a_code_of_the_data_passes(cell: str) -> None:
    assert check_page(page('<td class="n">39.8</td>', cell)) == []


def test_a_page_larger_than_the_limit_is_refused() -> None:
    accented = page(new="<p>è</p>")  # two bytes
    assert check_page(accented, size_limit=len(accented) + 1) == []
    assert "the limit is" in "; ".join(check_page(accented, size_limit=len(accented)))
    assert "the limit is" in found(page(new=f"<p>{'x' * 8 * 1024 * 1024}</p>"))


def test_every_problem_is_told_at_once() -> None:
    problems = check_page(page(HEADING).replace(' lang="it"', "").replace(' scope="col"', ""))
    assert len(problems) == 3


def notebook(*outputs: NotebookNode) -> NotebookNode:
    """Make a notebook as a good run leaves it, whose second cell has these outputs."""
    header = v4.new_output("display_data", {MIME: {"kind": "header"}})
    end = v4.new_output("display_data", {MIME: {"kind": "end"}})
    cells = [
        v4.new_code_cell(
            "1",
            execution_count=1,
            outputs=shown,
            metadata={"papermill": {"status": "completed"}, "cxreport": {"number": number}},
        )
        for number, shown in [(1, [header]), (2, list(outputs)), (None, [end])]
    ]
    return v4.new_notebook(cells=cells, metadata={"cxreport": {"kernel_alive": True}})


def shows(**data: str) -> NotebookNode:
    kinds = {name.replace("__", "+").replace("_", "/"): text for name, text in data.items()}
    return v4.new_output("display_data", kinds)


def test_a_notebook_of_blocks_and_printed_text_passes() -> None:
    printed = v4.new_output("stream", name="stdout", text="rows read: 10")
    table = v4.new_output("execute_result", {MIME: {"kind": "table"}, "text/plain": "Block()"})
    assert check_notebook(notebook(printed, table, shows(text_plain="3"))) == []


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        (shows(text_html="<b>x</b>"), "cell 2 shows text/html outside a block"),
        (shows(text_plain="Figure", image_png="iVBO"), "cell 2 shows image/png"),
        (shows(image_svg__xml="<svg/>"), "cell 2 shows image/svg+xml"),
        (shows(text_markdown="**x**"), "cell 2 shows text/markdown"),
        (shows(text_latex="$x$"), "cell 2 shows text/latex"),
        (shows(application_javascript="alert(1)"), "cell 2 shows application/javascript"),
        (shows(video_mp4="AAAA"), "cell 2 shows video/mp4"),
        (v4.new_output("display_data", {MIME: {"kind": "header"}}), "2 header blocks"),
        (v4.new_output("stream", name="stderr", text="old call\n"), "cell 2 wrote to stderr"),
        (v4.new_output("error", ename="KeyError", evalue="'x'"), "cell 2 failed: KeyError: 'x'"),
    ],
)
def test_what_is_no_block_is_refused_with_its_cell(output: NotebookNode, problem: str) -> None:
    problems = check_notebook(notebook(output))
    assert len(problems) == 1
    assert problem in problems[0]


def test_a_notebook_without_header_is_refused() -> None:
    headless = notebook()
    headless.cells[0].outputs = [v4.new_output("display_data", {MIME: ["no", "block"]})]
    assert check_notebook(headless) == ["0 header blocks, where one is expected"]


def test_a_notebook_that_was_not_run_is_refused() -> None:
    written = nbformat.from_dict({"cells": [v4.new_code_cell("1")], "metadata": {}})
    assert len(check_notebook(written)) > 2
