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
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import mistune
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from nbconvert.exporters import TemplateExporter
from traitlets import default

from cxreport.errors import CxError
from cxreport.inputs.meaning import LANGUAGES
from cxreport.publish.executed import END, cell_number
from cxreport.publish.fold import Piece, fold, in_fold, in_short
from cxreport.publish.provenance import provenance_rows
from cxreport.show.blocks import MIME, read_block
from cxreport.show.labels import period_label, title_label
from cxreport.show.plain_text import all_visible, isolated, visible, visible_block
from cxreport.show.render import render
from cxreport.show.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nbformat import NotebookNode


METHOD = "method"
"""The tag of the cells that stand on the page of the method, and what that page is called."""


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


class PageExporter(TemplateExporter):
    """The nbconvert exporter of a page."""

    export_from_notebook = "cxreport page"
    file_extension = ".html"
    template_file = "page.html.j2"

    @default("template_name")
    def _template_name_default(self) -> str:
        return "base"

    @default("display_data_priority")
    def _display_data_priority_default(self) -> list[str]:
        return [MIME]

    def _create_environment(self) -> Environment:
        return environment()


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


def export_page(notebook: NotebookNode, language: str, provenance: Mapping[str, Any]) -> str:
    """Write an executed notebook as a page.

    Parameters
    ----------
    notebook : NotebookNode
        As ``run_notebook`` left it.
    language : str
        ``en`` or ``it``.
    provenance : mapping
        See ``cxreport.publish.provenance``; printed at the end of the page.

    Returns
    -------
    str
        A whole HTML document. What cells tagged ``method`` show stands on a page of its own, see
        ``export_method``, to which this one leads.

    Raises
    ------
    CxError
        If an output is no block, or a block cannot be shown; which cell it is.
    """
    words = Words(language)
    cells = {n: cell for n, cell in enumerate(notebook.cells) if not _is_method(cell)}
    others = len(cells) < len(notebook.cells)
    link = (f"{METHOD}.{language}.html", words.text("method.link")) if others else None
    return _write(notebook, cells, words, provenance, link=link)


def export_method(
    notebook: NotebookNode, language: str, provenance: Mapping[str, Any]
) -> str | None:
    """Write the page of a report's method: what the cells tagged ``method`` show.

    Parameters, errors : as ``export_page``.

    Returns
    -------
    str or None
        A whole HTML document; None where no cell is tagged so.
    """
    words = Words(language)
    cells = {n: cell for n, cell in enumerate(notebook.cells) if _is_method(cell)}
    link = (f"{language}.html", words.text("method.back"))
    title = words.text("method.title")
    return _write(notebook, cells, words, provenance, link=link, title=title) if cells else None


def _write(
    notebook: NotebookNode,
    cells: Mapping[int, NotebookNode],
    words: Words,
    provenance: Mapping[str, Any],
    *,
    link: tuple[str, str] | None,
    title: str = "",
) -> str:
    """Write some of a notebook's cells, by their place, as a page."""
    markdown = Headings()
    write_markdown = mistune.create_markdown(renderer=markdown, plugins=["table"])
    brief = bool(notebook.metadata.get("brief")) and not title
    pieces: list[Piece] = []
    hidden = 0
    for number, cell in cells.items():
        for piece in _pieces(cell, words, f"f{number}", brief=brief and not hidden):
            hidden = in_fold(piece, hidden)
            pieces.append(piece)
    parts = [
        Markup(write_markdown(piece.markdown)) if piece.markdown else piece.html  # noqa: S704
        for piece in fold(pieces, words)
    ]  # raw HTML in Markdown is escaped
    header = _header(notebook)
    about = title_label(header, words) if header else visible(notebook.metadata.get("title", ""))
    source = header["source"][words.language] if header else ""
    names = (title, about, period_label(header, words), source)
    resources = style() | {
        "language": words.language,
        "words": words,
        "title": title or about,
        "full_title": " – ".join(isolated(name) for name in names if name),
        "source": source,
        "parts": parts,
        "contents": markdown.contents,
        "link": link,
        "brief": brief,
        "provenance": all_visible(provenance_rows(provenance, words)),
    }
    exporter = PageExporter()  # type: ignore[no-untyped-call]
    page, _ = exporter.from_notebook_node(notebook, resources)
    return str(page)


def _is_method(cell: NotebookNode) -> bool:
    return METHOD in cell.metadata.get("tags", [])


def _pieces(cell: NotebookNode, words: Words, prefix: str, *, brief: bool) -> list[Piece]:
    """Return what a cell shows in a language."""
    tags = set(cell.metadata.get("tags", []))
    if cell.cell_type == "markdown":
        here = words.language in tags or not tags & set(LANGUAGES)
        return [Piece(visible(cell.source), folded="fold" in tags)] if here else []
    pieces = []
    with _named(cell):
        for position, payload in enumerate(payloads(cell)):
            if payload != END:
                block = visible_block(read_block(payload))
                block = in_short(block) if brief else block
                written = render(block, words.language, prefix=f"{prefix}-{position}")
                pieces.append(Piece(block=block, html=written))
    return pieces


def _header(notebook: NotebookNode) -> dict[str, Any]:
    """Return what a notebook says it is about."""
    shown = [payload for cell in notebook.cells for payload in payloads(cell) if payload != END]
    headers = [p["parameters"] for p in shown if isinstance(p, dict) and p.get("kind") == "header"]
    return all_visible(headers[-1]) if headers else {}


@contextlib.contextmanager
def _named(cell: NotebookNode) -> Iterator[None]:
    """Say which cell a block stands in that cannot be shown."""
    try:
        yield
    except CxError as error:
        where = ", ".join(filter(None, [f"cell {cell_number(cell)}", error.parts.get("where")]))
        raise CxError(error.what, **error.parts | {"where": where}) from error


def payloads(cell: NotebookNode) -> list[Any]:
    """Return the data of a cell's blocks."""
    outputs = cell.get("outputs", [])
    return [o["data"][MIME] for o in outputs if MIME in o.get("data", {})]


def style() -> dict[str, Any]:
    """Return the one style block, and its hash for the content policy."""
    text = files("cxreport.publish").joinpath("template/page.css").read_text(encoding="utf-8")
    smaller = re.sub(r"\s*\n\s*", "\n", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)).strip()
    digest = base64.b64encode(hashlib.sha256(smaller.encode()).digest()).decode()
    return {"css": Markup(smaller), "css_hash": digest}  # noqa: S704 - our own file
