"""Executed notebook -> one offline HTML file in one language.

The page holds the notebook's Markdown and its blocks, and nothing else that a cell may have
printed: no code, no script, no address that would be loaded. Its style is one block, whose hash
stands in a content policy that refuses everything else.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import mistune
import nh3
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cxreport.errors import CxError
from cxreport.inputs.meaning import LANGUAGES
from cxreport.publish.brand import logo_of
from cxreport.publish.executed import END, cell_number
from cxreport.publish.fold import Piece, fold, in_fold, in_short
from cxreport.publish.places import METHOD
from cxreport.publish.provenance import provenance_rows
from cxreport.show.blocks import MIME, Block, read_block
from cxreport.show.labels import period_label, title_label
from cxreport.show.plain_text import all_visible, isolated, visible, visible_block
from cxreport.show.render import render
from cxreport.show.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nbformat import NotebookNode

FRONT = "front"
"""The kind of block that opens a page: it brings the heading, and stands before the contents."""


ALLOWED = {
    **{
        name: set[str]() for name in ("h1", "h3", "h4", "h5", "h6", "p", "ul", "li", "em", "strong")
    },
    **{name: set[str]() for name in ("blockquote", "code", "pre", "br", "hr", "del")},
    **{name: set[str]() for name in ("table", "thead", "tbody", "tr", "th", "td")},
    "h2": {"id"},
    "ol": {"start"},
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
}
"""What Markdown may become: elements, and their attributes."""
SCHEMES = {"http", "https", "mailto", "tel", "data"}
"""Where links may lead; the gate lets ``data`` through in pictures alone."""


def write_markdown(text: str, headings: Headings) -> Markup:
    r"""Write Markdown as HTML: raw HTML escaped, then nothing but what is allowed let through.

    Examples
    --------
    >>> write_markdown("*one* [two](javascript:x) <b>three</b>", Headings())
    Markup('<p><em>one</em> <a href="#harmful-link">two</a> &lt;b&gt;three&lt;/b&gt;</p>\n')
    """
    written = mistune.create_markdown(renderer=headings, plugins=["table"])(text)
    clean = nh3.clean(
        str(written),
        tags=set(ALLOWED),
        attributes=ALLOWED,
        url_schemes=SCHEMES,
        link_rel=None,
        strip_comments=True,
    )
    return Markup(clean)  # noqa: S704 - only what is allowed is left


class Headings(mistune.HTMLRenderer):
    """Write Markdown with raw HTML escaped, and note the headings for the contents."""

    def __init__(self) -> None:
        super().__init__(escape=True)
        self.contents: list[tuple[str, str]] = []

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        """Write a heading; those of the second level go into the contents."""
        if level != 2:
            return super().heading(text, level, **attrs)
        name = f"section-{len(self.contents) + 1}"
        self.contents.append((name, mistune.util.striptags(text)))
        return f'<h2 id="{name}">{text}</h2>\n'


@cache
def environment() -> Environment:
    """Return the templates of pages: everything is escaped, nothing may be undefined."""
    loader = ChoiceLoader(
        [PackageLoader("cxreport.publish", "template"), PackageLoader("cxreport.show", "template")]
    )
    return Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass(frozen=True)
class Links:
    """Where a page leads.

    Attributes
    ----------
    other : list of str
        The other languages that it is made in.
    before, after, newest, periods, reports : str
        Addresses of the page of the period before and of the one after, of the report's newest
        page, of the list of its periods, and of all reports.
    workbook : mapping or None
        The workbook beside the page: ``file``, and ``name``, under which it is kept.
    """

    other: list[str]
    before: str
    after: str
    newest: str
    periods: str
    reports: str
    workbook: Mapping[str, str] | None = None


def pieces_of(
    notebook: NotebookNode, language: str, *, file: str = "", method: bool = False
) -> list[Piece]:
    """Return what a page shows of an executed notebook.

    Parameters
    ----------
    notebook : NotebookNode
        As ``run_notebook`` left it.
    language : str
        ``en`` or ``it``.
    file : str, optional
        What the names of the files that can be taken from the page begin with.
    method : bool
        Whether the page is that of the method, with the cells tagged ``method``, or the one with
        all others.

    Returns
    -------
    list of Piece
        In the notebook's order; empty where no cell is tagged so.

    Raises
    ------
    CxError
        If an output is no block, or a block cannot be shown; which cell it is.
    """
    words = Words(language)
    brief, hidden = _is_brief(notebook, method=method), 0
    pieces: list[Piece] = []
    for number, cell in enumerate(notebook.cells):
        if _is_method(cell) != method:
            continue
        tags = set(cell.metadata.get("tags", []))
        if cell.cell_type == "markdown" and (language in tags or not tags & set(LANGUAGES)):
            pieces.append(Piece(visible(cell.source), folded="fold" in tags))
            hidden = in_fold(pieces[-1], hidden)
        with _named(cell):
            for position, payload in enumerate(payloads(cell)):
                if payload != END:
                    block = visible_block(read_block(payload))
                    block = in_short(block) if brief and not hidden else block
                    named = block.parameters | ({"file": file} if file else {})
                    block = Block(block.kind, block.frame, named)
                    written = render(block, words.language, prefix=f"f{number}-{position}")
                    pieces.append(Piece(block=block, html=written))
    return pieces


def export_page(
    notebook: NotebookNode,
    language: str,
    provenance: Mapping[str, Any],
    *,
    pieces: Sequence[Piece] | None = None,
    links: Links | None = None,
    changes: Mapping[str, Any] | None = None,
    method: bool = False,
) -> str:
    """Write an executed notebook as a page.

    Parameters
    ----------
    notebook : NotebookNode
        As ``run_notebook`` left it.
    language : str
        ``en`` or ``it``.
    provenance : mapping
        See ``cxreport.publish.provenance``; printed at the end of the page.
    pieces : sequence of Piece, optional
        What it shows, where it is known already; else from :func:`pieces_of`.
    links : Links, optional
        Where the page leads; nowhere when left out.
    changes : mapping, optional
        See ``cxreport.publish.changes``; nothing is said of them when left out.
    method : bool
        As in :func:`pieces_of`: the two pages lead to each other.

    Returns
    -------
    str
        A whole HTML document.
    """
    words = Words(language)
    if pieces is None:
        pieces = pieces_of(notebook, language, method=method)
    markdown = Headings()
    front = _of_kind(pieces, FRONT)
    about = _of_kind(pieces, "header") if front else Markup()  # the first screen names it in short
    apart = {FRONT, "header"} if front else set()
    rest = [piece for piece in pieces if piece.block is None or piece.block.kind not in apart]
    parts = [
        write_markdown(piece.markdown, markdown) if piece.markdown else piece.html
        for piece in fold(rest, words)
    ]
    header = _header(notebook)
    report = title_label(header, words) if header else visible(notebook.metadata.get("title", ""))
    source = header["source"][language] if header else ""
    title = words.text("method.title") if method else ""
    names = (title, report, period_label(header, words), source)
    brand = provenance.get("brand") or {}
    resources = style(brand.get("css", "")) | {
        "brand": logo_of(brand) if brand else "",
        "language": language,
        "words": words,
        "links": links,
        "changes": all_visible(changes),
        "title": title or report,
        "full_title": " – ".join(isolated(name) for name in names if name),
        "source": source,
        "front": front,
        "about": about,
        "parts": parts,
        "contents": markdown.contents,
        "link": _other_page(notebook, words, method=method),
        "brief": _is_brief(notebook, method=method),
        "provenance": all_visible(provenance_rows(provenance, words)),
    }
    return environment().get_template("page.html.j2").render(resources=resources)


def _of_kind(pieces: Sequence[Piece], kind: str) -> Markup:
    return Markup("\n").join(p.html for p in pieces if p.block and p.block.kind == kind)


def _other_page(notebook: NotebookNode, words: Words, *, method: bool) -> tuple[str, str] | None:
    """Return address and words of the link between a report and its method."""
    if method:
        return f"{words.language}.html", words.text("method.back")
    if any(_is_method(cell) for cell in notebook.cells):
        return f"{METHOD}.{words.language}.html", words.text("method.link")
    return None


def _is_brief(notebook: NotebookNode, *, method: bool) -> bool:
    return bool(notebook.metadata.get("brief")) and not method


def _is_method(cell: NotebookNode) -> bool:
    return METHOD in cell.metadata.get("tags", [])


def _header(notebook: NotebookNode) -> dict[str, Any]:
    """Return what a notebook says it is about."""
    contents = [payload for cell in notebook.cells for payload in payloads(cell) if payload != END]
    headers = [
        p["parameters"] for p in contents if isinstance(p, dict) and p.get("kind") == "header"
    ]
    return all_visible(headers[-1]) if headers else {}


@contextlib.contextmanager
def _named(cell: NotebookNode) -> Iterator[None]:
    """Return which cell a block stands in that cannot be shown."""
    try:
        yield
    except CxError as error:
        where = ", ".join(filter(None, [f"cell {cell_number(cell)}", error.parts.get("where")]))
        raise CxError(error.what, **error.parts | {"where": where}) from error


def payloads(cell: NotebookNode) -> list[Any]:
    """Return the data of a cell's blocks."""
    outputs = cell.get("outputs", [])
    return [o["data"][MIME] for o in outputs if MIME in o.get("data", {})]


def style(own: str = "") -> dict[str, Any]:
    """Return the one style block, an organisation's own at its end, and its hash for the policy."""
    text = files("cxreport.publish").joinpath("template/page.css").read_text(encoding="utf-8")
    text += own
    smaller = re.sub(r"\s*\n\s*", "\n", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)).strip()
    digest = base64.b64encode(hashlib.sha256(smaller.encode()).digest()).decode()
    return {"css": Markup(smaller), "css_hash": digest}  # noqa: S704 - our own file
