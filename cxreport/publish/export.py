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
from cxreport.publish.fold import Piece, fold
from cxreport.publish.provenance import provenance_rows
from cxreport.show.blocks import MIME, read_block
from cxreport.show.labels import period_label, title_label
from cxreport.show.plain_text import all_visible, isolated, visible, visible_block
from cxreport.show.render import render
from cxreport.show.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nbformat import NotebookNode


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


@dataclass(frozen=True)
class Links:
    """Where a page leads.

    Attributes
    ----------
    other : list of str
        The other languages that it is made in.
    newest, periods, reports : str
        Addresses of the report's newest page, of the list of its periods, and of all reports.
    """

    other: list[str]
    newest: str
    periods: str
    reports: str


def export_page(
    notebook: NotebookNode,
    language: str,
    provenance: Mapping[str, Any],
    links: Links | None = None,
    changes: Mapping[str, Any] | None = None,
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
    links : Links, optional
        Where the page leads; nowhere when left out.
    changes : mapping, optional
        See ``cxreport.publish.changes``; nothing is said of them when left out.

    Returns
    -------
    str
        A whole HTML document.

    Raises
    ------
    CxError
        If an output is no block, or a block cannot be shown; which cell it is.
    """
    words = Words(language)
    markdown = Headings()
    write_markdown = mistune.create_markdown(renderer=markdown, plugins=["table"])
    pieces: list[Piece] = []
    header: dict[str, Any] = {}
    for number, cell in enumerate(notebook.cells):
        tagged = set(cell.metadata.get("tags", [])) & set(LANGUAGES)
        if cell.cell_type == "markdown" and (language in tagged or not tagged):
            pieces.append(Piece(visible(cell.source)))
        with _named(cell):
            for position, payload in enumerate(payloads(cell)):
                if payload != END:
                    block = visible_block(read_block(payload))
                    header = block.parameters if block.kind == "header" else header
                    written = render(block, language, prefix=f"f{number}-{position}")
                    pieces.append(Piece(block=block, html=written))
    parts = [
        Markup(write_markdown(piece.markdown)) if piece.markdown else piece.html  # noqa: S704
        for piece in fold(pieces, words)
    ]  # raw HTML in Markdown is escaped
    title = title_label(header, words) if header else visible(notebook.metadata.get("title", ""))
    source = header["source"][language] if header else ""
    resources = style() | {
        "language": language,
        "words": words,
        "links": links,
        "changes": all_visible(changes),
        "title": title,
        "full_title": " – ".join(
            isolated(part) for part in (title, period_label(header, words), source) if part
        ),
        "source": source,
        "parts": parts,
        "contents": markdown.contents,
        "provenance": all_visible(provenance_rows(provenance, words)),
    }
    exporter = PageExporter()  # type: ignore[no-untyped-call]
    page, _ = exporter.from_notebook_node(notebook, resources)
    return str(page)


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
