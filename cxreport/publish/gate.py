"""May this page be published? One function per rule; each returns its problems in words.

Two sets: rules on the executed notebook (did it run to its end, and show blocks only) and rules on
the page (can everybody read it, does it load nothing, does it give nothing away). What a page may
hold is listed; whatever is not on the list is refused, so no list of dangers has to be complete.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from cxreport.errors import CxError
from cxreport.inputs.meaning import LANGUAGES
from cxreport.inputs.places import find_root
from cxreport.publish import executed
from cxreport.publish.elements import Element, read_page
from cxreport.publish.personal_data import no_ids_of, no_personal_data
from cxreport.show.blocks import MIME

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode

    from cxreport.publish.personal_data import Ids

PLACEHOLDER = "no description has been provided"
SIZE_LIMIT = 8 * 1024 * 1024
ELEMENTS = re.compile(
    "html|head|meta|title|style|body|header|nav|main|section|article|aside|footer|div|span|p|"
    "h[1-6]|ul|ol|li|dl|dt|dd|a|em|strong|b|i|small|sub|sup|abbr|time|mark|del|code|pre|"
    "blockquote|br|hr|wbr|table|caption|colgroup|col|thead|tbody|tfoot|tr|th|td|figure|figcaption|"
    "details|summary|img|svg|desc|g|defs|clippath|path|rect|circle|ellipse|line|polyline|polygon|"
    "use|text|tspan|image|pattern"
)
ATTRIBUTES = re.compile(
    "(aria|data)-[a-z-]+|lang|charset|http-equiv|name|content|id|class|role|tabindex|title|alt|"
    "href|hreflang|download|src|scope|colspan|rowspan|headers|start|open|datetime|"
    "xmlns|viewbox|preserveaspectratio|d|x|y|[xy][12]|c[xy]|r[xy]?|points|width|height|"
    "transform|patternunits|image-rendering|text-anchor|dominant-baseline|clip-path|opacity|"
    "fill(-opacity|-rule)?|font-(family|size|style|variant|weight|stretch)|"
    "stroke(-dasharray|-dashoffset|-linecap|-linejoin|-miterlimit|-opacity|-width)?"
)
PAINTS = re.compile(r"#?[\w-]+|url\(#[\w.:-]+\)|rgba?\([\d., %]+\)")
INSIDE = re.compile(r"#|data:image/(png|jpeg|gif|webp);base64,")
LINKS = re.compile(r"https?:|mailto:|tel:|data:text/csv[;,]|(?![a-z][a-z\d+.-]*:)")
FILE_ADDRESS = re.compile(r"\bfile:/+[^\s\"']*")
NO_NUMBER = re.compile(r"(?<!\w)(nan|NaN|NaT|<NA>|None|inf)(?!\w)")


def only_blocks(notebook: NotebookNode) -> list[str]:
    """Check that no cell shows anything but text outside a block: the page would lack it."""
    problems = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            kinds = sorted(set(output.get("data", {})) - {"text/plain"})
            if kinds and MIME not in kinds:
                number, listed = executed.cell_number(cell), ", ".join(kinds)
                problems.append(f"cell {number} shows {listed} outside a block")
    return problems


def one_header(notebook: NotebookNode) -> list[str]:
    """Check that the notebook says once what it is about."""
    payloads = [
        output["data"][MIME]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if MIME in output.get("data", {})
    ]
    n = sum(1 for p in payloads if isinstance(p, dict) and p.get("kind") == "header")
    return [] if n == 1 else [f"{n} header blocks, where one is expected"]


def structure(page: Element) -> list[str]:
    """Check that the page has a document type, a language, a title, and one main heading."""
    problems = []
    if not page.children or page.children[0].name != "!doctype html":
        problems.append("the page does not begin with <!doctype html>")
    if not any(html.attributes.get("lang") in LANGUAGES for html in page.every("html")[:1]):
        problems.append("the page names no language")
    titles = [c for head in page.every("head")[:1] for c in head.children if c.name == "title"]
    if not any(title.words().strip() for title in titles):
        problems.append("the page has no title")
    headings = page.every("h1")
    if len(headings) != 1 or not headings[0].words().strip():
        problems.append(f"{len(headings)} main headings, where one with words is expected")
    return problems


def content_policy(page: Element) -> list[str]:
    """Check that the page lets a browser run nothing and load nothing: one style, by its hash."""
    sheets = page.every("style")
    if len(sheets) != 1 or re.search(r"<|@import|url\(|\\", sheets[0].text, re.IGNORECASE):
        return [f"{len(sheets)} style blocks, where one that loads nothing is expected"]
    digest = base64.b64encode(hashlib.sha256(sheets[0].text.encode()).digest()).decode()
    expected = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    in_head = [child for head in page.every("head")[:1] for child in head.children]
    before = in_head[: in_head.index(sheets[0])] if sheets[0] in in_head else []
    policies = [e.attributes.get("content") for e in before if "http-equiv" in e.attributes]
    return [] if policies == [expected] else ["the page has no content policy that refuses all"]


def alt_texts(page: Element) -> list[str]:
    """Check that every picture says in words what it shows."""
    problems = []
    for picture in page.every("img", "svg"):
        titles = [child.words() for child in picture.children if child.name == "title"]
        text = picture.attributes.get("alt", "") if picture.name == "img" else "".join(titles[:1])
        hidden = picture.attributes.get("aria-hidden", "false") != "false"
        if not re.search(r"\w", text) or PLACEHOLDER in " ".join(text.lower().split()) or hidden:
            problems.append(f"a picture without alt text (got {text.strip()[:40]!r})")
    return problems


def table_captions(page: Element) -> list[str]:
    """Check that every table has a caption and headings that say what they head."""
    problems = []
    for table in page.every("table"):
        captions = [child.words().strip() for child in table.children if child.name == "caption"]
        if not any(captions):
            problems.append("a table without a caption")
        scopes = {heading.attributes.get("scope") for heading in table.every("th")}
        if not scopes or not scopes <= {"col", "row", "colgroup", "rowgroup"}:
            problems.append(f"a table whose headings have no scope: {''.join(captions)[:60]}")
    return problems


def nothing_foreign(page: Element) -> list[str]:
    """Check that the page holds known elements and attributes only: nothing runs, nothing loads."""
    problems = []
    for element in page.every():
        if not ELEMENTS.fullmatch(element.name) and element is not page.children[0]:
            problems.append(f"a <{element.name}> element")
        for name, value in element.attributes.items():
            if not ATTRIBUTES.fullmatch(name):
                problems.append(f"<{element.name}> has an attribute {name!r}")
            elif name == "http-equiv" and value.lower() != "content-security-policy":
                problems.append(f"an instruction to the browser: {value[:60]!r}")
            elif name in {"href", "src"}:
                problems += _address_problems(element, value)
            elif name in {"fill", "stroke", "clip-path"} and not PAINTS.fullmatch(value):
                problems.append(f"<{element.name} {name}> would load {value[:60]!r}")
    return problems


def _address_problems(element: Element, value: str) -> list[str]:
    """Check one address: a link may lead out, all else must be inside the page."""
    address = re.sub(r"[\x00-\x20]", "", value).lower()  # as a browser reads it
    if element.name == "a":
        return [] if LINKS.match(address) else [f"a link that would run {value[:60]!r}"]
    return [] if INSIDE.match(address) else [f"<{element.name}> would load {value[:60]!r}"]


def own_names(page: Element) -> list[str]:
    """Check that no name is given twice, and that whatever is pointed at is there."""
    elements = page.every()
    names = Counter(e.attributes["id"] for e in elements if "id" in e.attributes)
    wanted = {e.attributes["href"][1:] for e in elements if e.attributes.get("href", "")[:1] == "#"}
    for element in elements:
        wanted.update(element.attributes.get("aria-labelledby", "").split())
        wanted.update(re.findall(r"url\(#([^)]*)\)", element.attributes.get("clip-path", "")))
    problems = [f"the name {name!r} is given {n} times" for name, n in names.items() if n > 1]
    return problems + [f"nothing is called {name!r}" for name in sorted(wanted - set(names))]


def own_folders() -> set[Path]:
    """Return the folders whose names say where a page was made: project, home, libraries."""
    here = {Path.cwd(), Path.home(), Path(tempfile.gettempdir()), Path(__file__).parents[2]}
    with contextlib.suppress(CxError):
        here.add(find_root())
    return here | {Path(sys.prefix), Path(sys.base_prefix)}


def no_machine_path(page: Element) -> list[str]:
    """Check that the page gives away no path of the machine that made it.

    A category may be called like a path of another one, as pages of a website are.
    """
    texts: list[str] = []
    for element in [page, *page.every()]:
        texts += [*element.texts, *element.attributes.values()]
        kind, _, data = element.attributes.get("href", "").partition(";base64,")
        if kind.startswith("data:text/"):
            texts.append(base64.b64decode(data).decode(errors="replace"))
    text = "\n".join(texts)
    paths = {match.group() for match in FILE_ADDRESS.finditer(text)}
    for own in own_folders():
        # "/tmp" alone may be a word of the report; "/srv/reports" is not
        end = r"(?![\w-])" if len(own.parts) > 2 else r"/\w"
        if len(own.parts) > 1 and re.search(rf"(?<![\w/.]){re.escape(str(own))}{end}", text):
            paths.add(str(own))
    return [f"a path of this machine: {path}" for path in sorted(paths)]


def no_bare_nan(page: Element) -> list[str]:
    """Check that no cell of numbers shows one that is none; a code may well be called so."""
    return [
        f"a cell shows {cell.words().strip()!r}"
        for cell in page.every("td")
        if "n" in cell.attributes.get("class", "").split() and NO_NUMBER.search(cell.words())
    ]


NOTEBOOK_RULES: tuple[Callable[[NotebookNode], list[str]], ...] = (
    executed.end_problems,
    executed.unfinished_cells,
    executed.error_outputs,
    executed.stderr_outputs,
    executed.lost_plots,
    only_blocks,
    one_header,
)
PAGE_RULES: tuple[Callable[[Element], list[str]], ...] = (
    structure,
    content_policy,
    alt_texts,
    table_captions,
    nothing_foreign,
    own_names,
    no_machine_path,
    no_bare_nan,
)


def check_notebook(notebook: NotebookNode) -> list[str]:
    """Return every problem of an executed notebook."""
    return [problem for rule in NOTEBOOK_RULES for problem in rule(notebook)]


def check_page(html: str, *, ids: Ids | None = None, size_limit: int = SIZE_LIMIT) -> list[str]:
    """Return every problem of a page.

    Parameters
    ----------
    html : str
        The page.
    ids : Ids, optional
        Those of the source that it is made from, none of which may stand on it.
    size_limit : int
        Most bytes it may have.
    """
    page = read_page(html)
    problems = [problem for rule in PAGE_RULES for problem in rule(page)]
    problems += no_personal_data(page, ids.codebook.source.keep if ids else ())
    if ids:
        problems += no_ids_of(ids, page)
    size = len(html.encode())
    if size > size_limit:
        problems.append(f"the page has {size:,} bytes; the limit is {size_limit:,}")
    return list(dict.fromkeys(problems))
